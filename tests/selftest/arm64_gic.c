// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt controller and timers of platform VMs, by guests that use
 * them: registers, priorities, list registers and more, SGIs, lines, timers,
 * and guests that mean harm.
 */
#include "tests/selftest/arm64_tiny.h"

static int irq_set(struct vm *vm, uint32_t intid, uint32_t level, uint64_t cpus)
{
	struct axvm_irq irq = {
		.size = sizeof(irq),
		.vcpus = cpus,
		.irq = intid,
		.level = level,
	};

	return call(vm->fd, AXVM_VM_IRQ, &irq);
}

/* Result @n is at least @value, soon. */
static bool wait_out(struct vm *vm, unsigned int n, uint64_t value)
{
	uint64_t limit = now_ns() + slow_ns(10000000000ull);

	while (tiny_out(vm, n) < value && now_ns() < limit)
		sleep_ms(1);
	return CHECK(tiny_out(vm, n) >= value);
}

/* However slow the machine is: the guest's work is counted, not timed. */
static void wait_end(struct vm *vm)
{
	uint64_t limit = now_ns() + slow_ns(40000000000ull);
	struct axvm_vm_wait wait;

	while (vm_state(vm->fd) == AXVM_VM_RUNNING && now_ns() < limit)
		sleep_ms(2);
	CHECK_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	tiny_check_done(vm);
}

/* Lines of a guest's source whose expectation failed. */
static void check_lines(struct vm *vm, const char *file, unsigned int count,
			unsigned int max)
{
	uint64_t i, n = tiny_out(vm, count);

	for (i = 0; i < n && i < max; i++)
		test_fail(file, tiny_out(vm, count + 1 + i), "in the guest");
	CHECK_EQ(n, 0);
}

static void controller(void)
{
	struct vm vm;

	tiny_make_platform(&vm, "gic", 0);
	tiny_run(&vm);
	check_lines(&vm, "gic.c", 0, 29);
	CHECK(tiny_out(&vm, 31) > 300);
}

static void sgis(uint64_t rounds, bool spin)
{
	struct vm vm;

	tiny_make_platform(&vm, "sgi", 0);
	tiny_arg(&vm, 0, rounds);
	tiny_arg(&vm, 1, spin);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	tiny_entry(&vm, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_end(&vm);
	SAW(0, rounds);
	check_lines(&vm, "sgi.c", 1, 20);
}

static void sgis_asleep(void)
{
	sgis(200, false);
}

static void sgis_awake(void)
{
	sgis(500, true);
}

static void injected(void)
{
	static const uint32_t intids[] = { 1, 20, 90, 77, 90 };
	unsigned int i, lines = 3;
	struct vm vm;

	tiny_make_platform(&vm, "irq", 0);
	tiny_arg(&vm, 0, ARRAY_SIZE(intids) + lines);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 2, 1);
	CHECK_RET(irq_set(&vm, 128, AXVM_IRQ_EDGE, 1), -EINVAL);
	CHECK_RET(irq_set(&vm, 1023, AXVM_IRQ_EDGE, 1), -EINVAL);
	CHECK_RET(irq_set(&vm, 3, AXVM_IRQ_HIGH, 1), -EINVAL);
	CHECK_RET(irq_set(&vm, 27, AXVM_IRQ_HIGH, 1), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		REQUIRE_RET(irq_set(&vm, intids[i], AXVM_IRQ_EDGE, 1), 0);
		REQUIRE(wait_out(&vm, 0, i + 1));
	}
	/* A line that stays high through the handler comes once a rise. */
	for (i = 0; i < lines; i++) {
		uint64_t zero = 0;

		REQUIRE_RET(irq_set(&vm, 40, AXVM_IRQ_HIGH, 1), 0);
		REQUIRE(wait_out(&vm, 3, 40));
		REQUIRE_RET(irq_set(&vm, 40, AXVM_IRQ_LOW, 1), 0);
		REQUIRE_RET(vm_write(vm.fd,
				     GUEST_ARM64_RESULTS +
					     8 * (GUEST_R_OUT + 3),
				     &zero, 8),
			    0);
		REQUIRE(wait_out(&vm, 0, ARRAY_SIZE(intids) + i + 1));
	}
	wait_end(&vm);
	SAW(0, ARRAY_SIZE(intids) + lines);
	SAW(8 + 1, 1);
	SAW(8 + 20, 1);
	SAW(8 + 90, 2);
	SAW(8 + 77, 1);
	SAW(8 + 40, lines);
	CHECK_RET(irq_set(&vm, 40, AXVM_IRQ_EDGE, 1), -EBADFD); /* it has ended */
}

/* The line is high when the handler ends: the interrupt comes again at once. */
static void level_again(void)
{
	struct vm vm;
	uint64_t zero = 0;
	unsigned int i;

	tiny_make_platform(&vm, "irq", 0);
	tiny_arg(&vm, 0, 5);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 2, 1);
	REQUIRE_RET(irq_set(&vm, 41, AXVM_IRQ_HIGH, 1), 0);
	for (i = 0; i < 5; i++) {
		REQUIRE(wait_out(&vm, 3, 41));
		CHECK_EQ(tiny_out(&vm, 0), i + 1);
		if (i == 4)
			REQUIRE_RET(irq_set(&vm, 41, AXVM_IRQ_LOW, 1), 0);
		REQUIRE_RET(vm_write(vm.fd,
				     GUEST_ARM64_RESULTS +
					     8 * (GUEST_R_OUT + 3),
				     &zero, 8),
			    0);
	}
	wait_end(&vm);
	SAW(8 + 41, 5);
}

/* A bare VM has no controller: no lines, no system registers. */
static void bare(void)
{
	struct vm vm;

	tiny_make(&vm, "exits", 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	if (vm_state(vm.fd) == AXVM_VM_RUNNING)
		CHECK_RET(irq_set(&vm, 40, AXVM_IRQ_EDGE, 1), -EOPNOTSUPP);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(tiny_out(&vm, A64_PFR0) >> 24 & 0xf, 0);
}

/* ---- timers ------------------------------------------------------------------ */

static void ticks(bool physical, bool spin)
{
	const uint64_t n = 20, step = 100000;
	struct vm vm;

	tiny_make_platform(&vm, "timer", 0);
	tiny_arg(&vm, 0, n);
	tiny_arg(&vm, 1, step);
	tiny_arg(&vm, 2, physical);
	tiny_arg(&vm, 3, spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_end(&vm);
	SAW(0, n);
	SAW(1, 0); /* none before its time */
	SAW(2, 0);
	CHECK(tiny_out(&vm, 3) >= n * step);
	SAW(5, 1);
	SAW(6, 0);
}

static void vtimer_asleep(void)
{
	ticks(false, false);
}

static void vtimer_awake(void)
{
	ticks(false, true);
}

static void ptimer_asleep(void)
{
	ticks(true, false);
}

static void ptimer_awake(void)
{
	ticks(true, true);
}

/* The guest's time stands still while the VM is suspended, or it goes on. */
static void suspend_for(uint32_t flags)
{
	const uint64_t n = 40, ms = 10;
	uint64_t freq, begin;
	struct vm vm;

	tiny_make_platform(&vm, "timer", 0);
	tiny_arg(&vm, 0, n);
	tiny_arg(&vm, 1, 62500 * ms); /* the emulators' 62.5 MHz */
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 0, 3);
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_SUSPEND, flags), 0);
	begin = tiny_out(&vm, 0);
	sleep_ms(1500);
	CHECK_EQ(tiny_out(&vm, 0), begin);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	wait_end(&vm);
	freq = tiny_out(&vm, 4);
	CHECK(freq != 0);
	SAW(0, n);
	SAW(1, 0);
	/* the last tick is due when it would have been, or that much later */
	if (flags & AXVM_OP_TIME_RUNS)
		CHECK(tiny_out(&vm, 3) >= freq * 3 / 2);
	else
		CHECK(tiny_out(&vm, 3) < 62500 * ms * n + freq * 3 / 2);
}

static void suspended(void)
{
	suspend_for(0);
}

static void suspended_runs(void)
{
	suspend_for(AXVM_OP_TIME_RUNS);
}

/* ---- harm --------------------------------------------------------------------- */

static void fuzz(void)
{
	const uint64_t rounds = 20000;
	unsigned int seed;
	struct vm vm;

	for (seed = 1; seed <= 3; seed++) {
		uint64_t limit = now_ns() + slow_ns(20000000000ull);

		tiny_make_platform(&vm, "gicfuzz", 0);
		tiny_arg(&vm, 0, rounds);
		tiny_arg(&vm, 1, seed);
		REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
		tiny_entry(&vm, 1);
		REQUIRE_RET(vm_start(vm.fd), 0);
		while ((tiny_out(&vm, 0) < rounds ||
			tiny_out(&vm, 1) < rounds) &&
		       now_ns() < limit)
			sleep_ms(5);
		SAW(0, rounds);
		SAW(1, rounds);
		CHECK_EQ(tiny_word(&vm, GUEST_R_FAULTS), 0);
		CHECK_RET(vm_destroy(vm.id, NULL), 0);
		vm_close(&vm);
	}
}

static const struct test tests[] = {
	{ "registers, priorities, preemption and full list registers",
	  controller },
	{ "SGIs between vCPUs wake the sleeping", sgis_asleep },
	{ "SGIs between vCPUs reach the running", sgis_awake },
	{ "AXVM_VM_IRQ raises SGIs, PPIs, edges and levels", injected },
	{ "a line that stays high interrupts again", level_again },
	{ "a bare VM has no interrupt controller", bare },
	{ "the virtual timer wakes the guest on time", vtimer_asleep },
	{ "the virtual timer interrupts a busy guest", vtimer_awake },
	{ "the physical timer wakes the guest on time", ptimer_asleep },
	{ "the physical timer interrupts a busy guest", ptimer_awake },
	{ "timers stand still while the VM is suspended", suspended },
	{ "or they go on, if that is asked for", suspended_runs },
	{ "random accesses of two vCPUs do no harm", fuzz },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
