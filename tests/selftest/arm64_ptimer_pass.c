// SPDX-License-Identifier: GPL-2.0
/*
 * The physical timer: a VM made with AXVM_VM_PTIMER has the CPU's own, where
 * the host is at EL2 (VHE); every other has one that is emulated, and both do
 * what the architecture says.  Nothing here is judged by how long it took.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/selftest/arm64_tiny.h"

#define CPU1 "/sys/devices/system/cpu/cpu1/online"
#define ROUNDS 1000 /* of four accesses */
#define PASS (AXVM_VM_PLATFORM | AXVM_VM_PTIMER)
#define HZ 62500000ull /* the emulators' */
#define CTL_LATE 7 /* on, masked, due */
#define LAST_CVAL 0x1234

static void need_platform(void)
{
	if (!(dev_info.caps & AXVM_CAP_PLATFORM) ||
	    dev_info.caps & AXVM_CAP_GICV2)
		test_skip("no GICv3 for guests here");
}

static void need_pass(void)
{
	need_platform();
	if (!(dev_info.caps & AXVM_CAP_PTIMER))
		test_skip("the physical timer is the host's own here");
}

static void pin(struct vm *vm, uint64_t mask)
{
	struct axvm_vcpu_affinity a = { .size = sizeof(a), .mask = { mask } };

	REQUIRE_RET(call(vm->vcpu[0], AXVM_VCPU_AFFINITY, &a), 0);
}

static bool running(struct vm *vm)
{
	return vm_state(vm->fd) == AXVM_VM_RUNNING;
}

/* The guest is halted, sooner or later. */
static void wait_end(struct vm *vm)
{
	uint64_t limit = now_ns() + slow_ns(60000000000ull);
	struct axvm_vm_wait wait;

	while (running(vm) && now_ns() < limit)
		sleep_ms(2);
	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	tiny_check_done(vm);
}

static void wait_out(struct vm *vm, unsigned int n, uint64_t value)
{
	uint64_t limit = now_ns() + slow_ns(60000000000ull);

	while (tiny_out(vm, n) < value && now_ns() < limit)
		sleep_ms(1);
	REQUIRE(tiny_out(vm, n) >= value);
}

/* ---- who may have it --------------------------------------------------------- */

static void asked_for(void)
{
	bool has = dev_info.caps & AXVM_CAP_PTIMER;
	struct axvm_vm_info info = { .size = sizeof(info) };
	struct vm vm;

	CHECK_RET(vm_create_flags(&vm, NULL, AXVM_VM_PTIMER), -EINVAL);
	need_platform();
	CHECK_EQ(has, dev_info.backend == AXVM_BACKEND_VHE);
	if (!has) {
		CHECK_RET(vm_create_flags(&vm, NULL, PASS), -EOPNOTSUPP);
		return;
	}
	REQUIRE_RET(vm_create_flags(&vm, NULL, PASS), 0);
	CHECK_RET(call(vm.fd, AXVM_VM_INFO, &info), 0);
	CHECK_EQ(info.flags, PASS);
	vm_close(&vm);
}

/* ---- what it does ------------------------------------------------------------ */

static void expectations(struct vm *vm)
{
	uint64_t i, n = tiny_out(vm, 8);

	CHECK_EQ(n, 0);
	for (i = 0; i < n && i < 20; i++)
		note("ptimer.c:%llu", (unsigned long long)tiny_out(vm, 9 + i));
}

static uint64_t behaves(uint32_t flags)
{
	struct axvm_arm64_sysregs r;
	uint64_t exits;
	struct vm vm;

	tiny_make_vm(&vm, "ptimer", flags);
	tiny_arg(&vm, 0, ROUNDS);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 1, 1);
	wait_end(&vm);
	expectations(&vm);
	exits = vm_stat(vm.fd, AXVM_STAT_exits);
	note("%llu exits", (unsigned long long)exits);
	/* The host sees what the hardware has. */
	REQUIRE_RET(vcpu_regs(vm.vcpu[0], AXVM_VCPU_GET_REGS, AXVM_REGS_SYSTEM,
			      &r, sizeof(r)),
		    0);
	CHECK_EQ(r.cntp_ctl_el0, CTL_LATE);
	CHECK_EQ(r.cntp_cval_el0, LAST_CVAL);
	/* Emulated, the physical count is the virtual one; else the host's. */
	if (flags & AXVM_VM_PTIMER)
		CHECK(tiny_out(&vm, 2) <= tiny_out(&vm, 3) + r.cntvoff_el2);
	else
		CHECK(tiny_out(&vm, 2) <= tiny_out(&vm, 3));
	CHECK_RET(vm_reset(vm.fd), 0);
	REQUIRE_RET(vcpu_regs(vm.vcpu[0], AXVM_VCPU_GET_REGS, AXVM_REGS_SYSTEM,
			      &r, sizeof(r)),
		    0);
	CHECK_EQ(r.cntp_ctl_el0, 0);
	CHECK_EQ(r.cntp_cval_el0, 0);
	vm_close(&vm);
	return exits;
}

/* CNTHCTL_EL2.EL1PCTEN and EL1PCEN are 0: each access comes to EL2. */
static void emulated(void)
{
	need_platform();
	CHECK(behaves(AXVM_VM_PLATFORM) > 4 * ROUNDS);
}

static void passed(void)
{
	uint64_t without, with;

	need_pass();
	without = behaves(AXVM_VM_PLATFORM);
	with = behaves(PASS);
	/* The accesses at the beginning make no exits any more. */
	CHECK(with + 3 * ROUNDS < without);
}

/* ---- ticks --------------------------------------------------------------------- */

static void ticks_begin(struct vm *vm, uint32_t flags, uint64_t n,
			uint64_t step, bool spin)
{
	tiny_make_vm(vm, "timer", flags);
	tiny_arg(vm, 0, n);
	tiny_arg(vm, 1, step);
	tiny_arg(vm, 2, 1);
	tiny_arg(vm, 3, spin);
}

/* As many as were asked for, none early, nothing else. */
static void ticks_end(struct vm *vm, uint64_t n, uint64_t step)
{
	wait_end(vm);
	CHECK_EQ(tiny_out(vm, 0), n);
	CHECK_EQ(tiny_out(vm, 1), 0);
	CHECK_EQ(tiny_out(vm, 2), 0);
	CHECK(tiny_out(vm, 3) >= n * step);
	CHECK_EQ(tiny_out(vm, 5), 1);
	CHECK_EQ(tiny_out(vm, 6), 0);
	vm_close(vm);
}

static void ticks(bool spin)
{
	struct vm vm;

	need_pass();
	ticks_begin(&vm, PASS, 100, 40000, spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	ticks_end(&vm, 100, 40000);
}

static void asleep(void)
{
	ticks(false);
}

static void awake(void)
{
	ticks(true);
}

/* Each has its own registers on the one CPU that all of them use. */
static void together(uint32_t flags, bool spin)
{
	struct vm a, b;

	need_pass();
	ticks_begin(&a, PASS, 100, 100000, spin);
	ticks_begin(&b, flags, 70, 170000, spin);
	pin(&a, 1);
	pin(&b, 1);
	REQUIRE_RET(vm_start(a.fd), 0);
	REQUIRE_RET(vm_start(b.fd), 0);
	ticks_end(&a, 100, 100000);
	ticks_end(&b, 70, 170000);
}

static void two(void)
{
	together(PASS, false);
	together(PASS, true);
}

static void with_other(void)
{
	together(AXVM_VM_PLATFORM, false);
	together(AXVM_VM_PLATFORM, true);
}

static void moves(bool spin)
{
	unsigned int i;
	struct vm vm;

	ticks_begin(&vm, PASS, 100, 200000, spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; running(&vm) && i < 5000; i++) {
		pin(&vm, 1ull << i % 2);
		sleep_ms(1);
	}
	ticks_end(&vm, 100, 200000);
}

static void moved(void)
{
	need_pass();
	if (dev_info.cpus_online < 2)
		test_skip("needs two CPUs");
	moves(false);
	moves(true);
}

static void cpu1(const char *what)
{
	int fd = open(CPU1, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	CHECK(write(fd, what, 1) == 1);
	close(fd);
}

/* Its CPU goes, armed as the timer is: it fires elsewhere. */
static void unplugged(void)
{
	unsigned int i;
	struct vm vm;

	need_pass();
	if (geteuid() || access(CPU1, W_OK))
		test_skip("CPU 1 cannot be taken offline");
	ticks_begin(&vm, PASS, ~0ull, HZ / 50, true);
	pin(&vm, 2);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 0, 2);
	for (i = 0; i < 2; i++) {
		cpu1("0");
		pin(&vm, 3);
		wait_out(&vm, 0, tiny_out(&vm, 0) + 2);
		cpu1("1");
		pin(&vm, 2);
		wait_out(&vm, 0, tiny_out(&vm, 0) + 2);
	}
	CHECK_EQ(tiny_out(&vm, 1), 0);
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}

/* The count is the CPU's: it goes on while the VM is suspended. */
static void suspended(void)
{
	const uint64_t n = 20, step = HZ / 100;
	uint64_t before;
	struct vm vm;

	need_pass();
	ticks_begin(&vm, PASS, n, step, false);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, 0, 3);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	before = tiny_out(&vm, 0);
	sleep_ms(1000);
	CHECK_EQ(tiny_out(&vm, 0), before);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	wait_end(&vm);
	CHECK_EQ(tiny_out(&vm, 0), n);
	CHECK_EQ(tiny_out(&vm, 1), 0);
	if (before < n)
		CHECK(tiny_out(&vm, 3) >= HZ);
	vm_close(&vm);
}

/* ---- an end in the middle --------------------------------------------------------- */

/* Far from due, asleep and awake; and in a storm of interrupts. */
static void destroyed(void)
{
	static const struct {
		uint64_t step;
		bool spin;
	} how[] = { { 1000 * HZ, false }, { 1000 * HZ, true }, { 1, true } };
	unsigned int i;
	struct vm vm;

	need_pass();
	for (i = 0; i < ARRAY_SIZE(how); i++) {
		ticks_begin(&vm, PASS, ~0ull, how[i].step, how[i].spin);
		REQUIRE_RET(vm_start(vm.fd), 0);
		wait_out(&vm, 4, 1);
		if (how[i].step == 1)
			wait_out(&vm, 0, 100);
		CHECK_RET(vm_destroy(vm.id, NULL), 0);
		vm_close(&vm);
	}
	/* Whoever comes next finds nothing left of it. */
	ticks_begin(&vm, PASS, 20, 40000, true);
	REQUIRE_RET(vm_start(vm.fd), 0);
	ticks_end(&vm, 20, 40000);
}

static const struct test tests[] = {
	{ "only a host at EL2 hands the physical timer out", asked_for },
	{ "without it accesses trap, and do what they should", emulated, 120 },
	{ "with it they do, and do not trap", passed, 180 },
	{ "it wakes the guest, a hundred times", asleep, 120 },
	{ "it interrupts a busy guest, a hundred times", awake, 120 },
	{ "two VMs have their own on one CPU", two, 180 },
	{ "so do one with it and one without", with_other, 180 },
	{ "it follows a vCPU that moves", moved, 180 },
	{ "it outlives the CPU it was armed on", unplugged, 180 },
	{ "its count goes on while the VM is suspended", suspended, 120 },
	{ "a VM is destroyed with it armed, and in a storm", destroyed, 180 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
