// SPDX-License-Identifier: GPL-2.0
/*
 * How late ticks and SGIs reach sleeping vCPUs where the machine's clock
 * counts instructions (arm64_late.box): a nanosecond is one.
 */
#include "tests/selftest/arm64_wake.h"

static void judge(const char *what, unsigned int vcpus, uint64_t ticks,
		  uint64_t ahead_us, uint64_t flags, uint64_t limit_us)
{
	struct wake w = {
		.what = what,
		.vcpus = vcpus,
		.ticks = ticks,
		.ahead_us = ahead_us,
		.flags = flags,
	};

	wake_run(&w);
	CHECK(w.worst_ns <= limit_us * 1000);
	CHECK(w.sgi_ns <= limit_us * 1000);
	CHECK_EQ(w.lost, 0);
}

static void asleep(void)
{
	judge("2 vCPUs", 2, 300, 2000, 0, 1000);
	judge("4 vCPUs", 4, 200, 4000, 0, 5000);
	judge("8 vCPUs", 8, 100, 4000, WAKE_SGIS, 10000);
}

static void long_sleeps(void)
{
	judge("4 vCPUs, sleeps of seconds", 4, 8, 2000000, 0, 5000);
}

static void beside_busy(void)
{
	judge("4 vCPUs, two of them busy", 4, 40, 20000, WAKE_BUSY, 40000);
}

static const struct test tests[] = {
	{ "sleepers are woken in time", asleep, 240 },
	{ "after long sleeps, too", long_sleeps, 240 },
	{ "and beside vCPUs that never sleep", beside_busy, 240 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
