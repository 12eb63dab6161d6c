// SPDX-License-Identifier: GPL-2.0
/*
 * What exits and interrupts cost a guest.  Under -icount (arm64_cost.box) a
 * nanosecond is an instruction of the machine; the limits guard against costs
 * that creep in.
 */
#include "tests/selftest/arm64_tiny.h"

static const struct {
	const char *name;
	unsigned int what, rounds, limit;
} costs[] = {
	{ "nothing", A64C_NOTHING, 2000, 100 },
	{ "HVC", A64C_HVC, 2000, 1000 },
	{ "GICD read", A64C_GICD, 2000, 1500 },
	{ "ID register read", A64C_SYSREG, 2000, 1500 },
	{ "SGI to itself", A64C_SELF, 1000, 2500 },
	{ "SGI to a sleeping vCPU", A64C_IPI, 500, 9000 },
	{ "virtual timer, awake", A64C_VTIMER, 500, 4000 },
	{ "physical timer, awake", A64C_PTIMER, 500, 6000 },
	{ "virtual timer, asleep", A64C_VTIMER_WFI, 500, 12000 },
};

/* One CPU for each: no time slices in it. */
static void pin(struct vm *vm, unsigned int index)
{
	struct axvm_vcpu_affinity a = { .size = sizeof(a) };

	a.mask[0] = 1ull << index;
	REQUIRE_RET(call(vm->vcpu[index], AXVM_VCPU_AFFINITY, &a), 0);
}

static uint64_t nanoseconds(struct vm *vm, unsigned int n, unsigned int rounds)
{
	return tiny_out(vm, n) * 1000000000 / tiny_out(vm, 2) / rounds;
}

static void measure(unsigned int i)
{
	uint64_t mean, best;
	struct vm vm;

	tiny_make_platform(&vm, "cost", 0);
	tiny_arg(&vm, 0, costs[i].what);
	tiny_arg(&vm, 1, costs[i].rounds);
	if (costs[i].what == A64C_IPI) {
		REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
		tiny_entry(&vm, 1);
		pin(&vm, 0);
		pin(&vm, 1);
	}
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(tiny_word(&vm, GUEST_R_FAULTS), 0);
	REQUIRE(CHECK_EQ(tiny_out(&vm, 1), costs[i].rounds));
	mean = nanoseconds(&vm, 0, costs[i].rounds);
	best = nanoseconds(&vm, 3, COST_BATCH);
	note("%-24s %6llu ns, mean %6llu ns", costs[i].name,
	     (unsigned long long)best, (unsigned long long)mean);
	CHECK(best <= costs[i].limit);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}

static void all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(costs); i++)
		measure(i);
}

static const struct test tests[] = {
	{ "exits and interrupts cost what they may", all, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
