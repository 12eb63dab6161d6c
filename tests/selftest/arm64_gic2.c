// SPDX-License-Identifier: GPL-2.0
/*
 * The GICv2 of guests on a host that has one (arm64_gic2.box).
 */
#include "tests/selftest/arm64_tiny.h"

static void run(uint32_t flags)
{
	uint64_t i, n;
	struct vm vm;

	if (!(dev_info.caps & AXVM_CAP_GICV2))
		test_skip("this host has no GICv2");
	if (flags & AXVM_VM_PTIMER && !(dev_info.caps & AXVM_CAP_PTIMER))
		test_skip("the physical timer is the host's own here");
	tiny_make_vm(&vm, "gic2", flags);
	tiny_run(&vm);
	n = tiny_out(&vm, 0);
	for (i = 0; i < n && i < 29; i++)
		test_fail("gic2.c", tiny_out(&vm, 1 + i), "in the guest");
	CHECK_EQ(n, 0);
	CHECK(tiny_out(&vm, 31) > 200);
}

static void controller(void)
{
	run(AXVM_VM_PLATFORM);
}

static void with_ptimer(void)
{
	run(AXVM_VM_PLATFORM | AXVM_VM_PTIMER);
}

static const struct test tests[] = {
	{ "more than list registers, both ways to end, in any order",
	  controller },
	{ "it does so with the CPU's own physical timer", with_ptimer },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
