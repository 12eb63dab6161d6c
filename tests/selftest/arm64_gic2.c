// SPDX-License-Identifier: GPL-2.0
/*
 * The GICv2 of guests on a host that has one (arm64_gic2.box).
 */
#include "tests/selftest/arm64_tiny.h"

static void controller(void)
{
	uint64_t i, n;
	struct vm vm;

	tiny_make_platform(&vm, "gic2", 0);
	if (!(dev_info.caps & AXVM_CAP_GICV2))
		test_skip("this host has no GICv2");
	tiny_run(&vm);
	n = tiny_out(&vm, 0);
	for (i = 0; i < n && i < 29; i++)
		test_fail("gic2.c", tiny_out(&vm, 1 + i), "in the guest");
	CHECK_EQ(n, 0);
	CHECK(tiny_out(&vm, 31) > 200);
}

static const struct test tests[] = {
	{ "more than list registers, both ways to end, in any order",
	  controller },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
