// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that mean harm (tests/guest/arm64/hostile.c): four vCPUs each, on
 * whatever CPUs there are.  The host goes on: somebody who sleeps a
 * millisecond at a time is woken, the kernel's log stays as it is, and destroy
 * works at once, in the middle of it.
 */
#include <stdlib.h>
#include <sys/klog.h>

#include "tests/selftest/arm64_tiny.h"
#include "tests/selftest/latency.h"

#define VCPUS 4
#define STORM_MS 1500
#define STORM_LATE_MS 100 /* where a nanosecond is an instruction */
/*
 * How late a thread of the host may be, judged where the clock stands still with
 * the emulator (arm64_hostile_late.sh says so): elsewhere a busy machine below
 * looks the same as a guest that holds the host up.  The scheduler's share of
 * it is 8 ms.
 */
#define LATE_WORST_NS 40000000ull
#define LATE_MEAN_NS 5000000ull
#define LATE (getenv("AXVM_TEST_LATE") != NULL)
#define LOG_BYTES 2000 /* of the kernel's log, at most */

static int log_bytes(void)
{
	static char *buf;

	if (!buf)
		buf = malloc(1 << 20);
	return buf ? klogctl(3, buf, 1 << 20) : -1;
}

/* ---- a storm -------------------------------------------------------------- */

static void storm_make(struct vm *vm, unsigned int what, bool only_first)
{
	unsigned int i;

	tiny_make_platform(vm, "hostile", 0);
	tiny_arg(vm, 0, what);
	tiny_arg(vm, 1, 1 + what);
	tiny_arg(vm, 2, LATE);
	for (i = 1; i < VCPUS; i++) {
		REQUIRE_RET(vm_vcpu(vm, i, 0), 0);
		if (!only_first)
			tiny_entry(vm, i);
	}
}

static uint64_t rounds(struct vm *vm)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		sum += tiny_out(vm, i);
	return sum;
}

/* It should have come to its end: where is it? */
static void where(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		note("vCPU %u at %#llx, after %llu rounds", i,
		     (unsigned long long)arch_pc(vm->vcpu[i]),
		     (unsigned long long)tiny_out(vm, i));
}

/* Until it has gone through all there is, or long enough. */
static void storm_watch(struct vm *vm, bool has_end)
{
	uint64_t begin = now_ns();
	uint64_t storm = (LATE ? STORM_LATE_MS : STORM_MS) * 1000000ull;
	uint64_t limit = has_end ? slow_ns(240000000000ull) : storm;

	while (now_ns() - begin < limit && !(has_end && tiny_out(vm, 8)))
		sleep_ms(10);
	if (has_end && !CHECK_EQ(tiny_out(vm, 8), 1))
		where(vm);
	note("%llu rounds, %llu exits in %llu ms",
	     (unsigned long long)rounds(vm),
	     (unsigned long long)vm_stat(vm->fd, AXVM_STAT_exits),
	     (unsigned long long)(now_ns() - begin) / 1000000);
	note("filled: %llu of 2 MiB, %llu of 4 KiB; %llu injected; run for %llu ms",
	     (unsigned long long)vm_stat(vm->fd, AXVM_STAT_faults_2m),
	     (unsigned long long)vm_stat(vm->fd, AXVM_STAT_faults_4k),
	     (unsigned long long)vm_stat(vm->fd, AXVM_STAT_injected),
	     (unsigned long long)vm_stat(vm->fd, AXVM_STAT_run_ns) / 1000000);
}

static void storm_destroy(struct vm *vm)
{
	uint64_t begin = now_ns(), took;

	CHECK_EQ(vm_state(vm->fd), AXVM_VM_RUNNING);
	CHECK_RET(vm_destroy(vm->id, NULL), 0);
	took = now_ns() - begin;
	note("destroyed in %llu us", (unsigned long long)took / 1000);
	CHECK(took < slow_ns(1000000000ull));
	CHECK_RET(vm_state(vm->fd), -ENODEV);
	vm_close(vm);
}

/*
 * What an access may raise: undefined; a trap that the guest's own CPACR_EL1
 * asks for (FP, trace, SVE, SME); DC ZVA's alignment fault with the MMU off.
 */
static const uint64_t fair_classes = 1ull << 0 | 1ull << 0x07 | 1ull << 0x18 |
				     1ull << 0x19 | 1ull << 0x1d | 1ull << 0x25;

static void check_sysregs(struct vm *vm)
{
	uint64_t accesses = 0;
	unsigned int ec, i;

	for (i = 0; i < VCPUS; i++)
		accesses += tiny_out(vm, 80 + i);
	note("%llu accesses, %llu undefined", (unsigned long long)accesses,
	     (unsigned long long)tiny_out(vm, 16));
	CHECK(accesses >= 3 * 65536);
	for (ec = 0; ec < 64; ec++)
		if (tiny_out(vm, 16 + ec) && !(fair_classes >> ec & 1))
			test_fail(__FILE__, __LINE__,
				  "%llu exceptions of class %#x",
				  (unsigned long long)tiny_out(vm, 16 + ec),
				  ec);
}

static void storm(unsigned int what, bool has_end, uint64_t least_exits)
{
	int log = log_bytes();
	uint64_t late;
	struct vm vm;

	if (has_end && getenv("AXVM_TEST_SHORT"))
		test_skip("what takes minutes here");
	storm_make(&vm, what, what == A64H_PSCI || what == A64H_POWER);
	has_end = has_end && !LATE;
	latency_begin();
	REQUIRE_RET(vm_start(vm.fd), 0);
	storm_watch(&vm, has_end);
	CHECK(vm_stat(vm.fd, AXVM_STAT_exits) >= (LATE ? 20 : least_exits));
	if (has_end && what == A64H_SYSREGS)
		check_sysregs(&vm);
	if (what != A64H_PSCI && /* its vCPUs begin anywhere */
	    !CHECK_EQ(tiny_word(&vm, GUEST_R_FAULTS), 0))
		note("syndrome %#llx at %#llx",
		     (unsigned long long)tiny_word(&vm, GUEST_R_VECTOR),
		     (unsigned long long)tiny_word(&vm, GUEST_R_PC));
	storm_destroy(&vm);
	late = latency_end();
	note("a host thread was late by %llu us at worst, %llu us on average",
	     (unsigned long long)late / 1000,
	     (unsigned long long)latency_mean() / 1000);
	if (LATE) {
		CHECK(late < LATE_WORST_NS);
		CHECK(latency_mean() < LATE_MEAN_NS);
	}
	CHECK(log < 0 || log_bytes() - log < LOG_BYTES);
}

#define STORM(name, what, has_end, exits)    \
	static void name(void)               \
	{                                    \
		storm(what, has_end, exits); \
	}

STORM(faults, A64H_FAULTS, false, 200)
STORM(sgis, A64H_SGIS, false, 200)
STORM(timers, A64H_TIMERS, false, 200)
STORM(waits, A64H_WFI, false, 20)
STORM(psci, A64H_PSCI, true, 100000)
STORM(calls, A64H_CALLS, false, 200)
STORM(power, A64H_POWER, false, 200)
STORM(caches, A64H_CACHES, false, 200)
STORM(tables, A64H_TABLES, false, 200)
STORM(sysregs, A64H_SYSREGS, true, 500)
STORM(frames, A64H_FRAMES, true, 100000)
STORM(overflow, A64H_OVERFLOW, false, 200)

static const struct test tests[] = {
	{ "nested faults everywhere", faults },
	{ "storms of SGIs", sgis },
	{ "timers that fire for ever", timers },
	{ "WFI and WFE, masked and for ever", waits },
	{ "every PSCI function with random arguments", psci, 180 },
	{ "HVC and SMC of every kind", calls },
	{ "vCPUs that go on and off", power },
	{ "cache and TLB maintenance, caches off and on", caches },
	{ "translation tables in devices and nowhere", tables },
	{ "every offset of the interrupt controller, every width", frames,
	  180 },
	{ "more interrupts than list registers, in any state", overflow },
	{ "every system-register encoding, read and written", sysregs, 180 },
};

/* AXVM_TEST_FIRST=N: from the Nth one on. */
int main(void)
{
	const char *first = getenv("AXVM_TEST_FIRST");
	unsigned int skip = first ? atoi(first) - 1 : 0;

	if (skip >= ARRAY_SIZE(tests))
		skip = 0;
	return run_tests(tests + skip, ARRAY_SIZE(tests) - skip);
}
