// SPDX-License-Identifier: GPL-2.0
/*
 * No tick and no SGI is lost on its way to a sleeping vCPU, with more vCPUs
 * than CPUs, while threads move.  How late they come is judged by
 * arm64_late.c, where the clock counts instructions.
 */
#include "tests/selftest/arm64_wake.h"

static void run(const char *what, unsigned int vcpus, uint64_t ticks,
		uint64_t ahead_us, uint64_t flags)
{
	struct wake w = {
		.what = what,
		.vcpus = vcpus,
		.ticks = ticks,
		.ahead_us = ahead_us,
		.flags = flags,
	};
	uint64_t limit;

	wake_run(&w);
	/* One CPU of a busy emulator stands still for a second now and then. */
	limit = slow_ns(5000000000ull) + 4 * w.host_ns;
	CHECK(w.worst_ns < limit);
	CHECK(w.sgi_ns < limit);
}

static void few(void)
{
	run("2 vCPUs", 2, 1000, 500, 0);
}

static void more(void)
{
	run("8 vCPUs", 8, 400, 2000, 0);
}

static void soon(void)
{
	run("4 vCPUs, short sleeps", 4, 2000, 40, 0);
}

static void with_sgis(void)
{
	run("8 vCPUs and SGIs", 8, 400, 2000, WAKE_SGIS);
}

static void beside_busy(void)
{
	run("4 vCPUs, two of them busy", 4, 200, 5000, WAKE_BUSY | WAKE_SGIS);
}

static void many(void)
{
	run("64 vCPUs and SGIs", 64, 20, 20000, WAKE_SGIS);
}

static const struct test tests[] = {
	{ "two sleepers on two CPUs get all of their ticks", few },
	{ "eight sleepers do", more },
	{ "four that hardly sleep do", soon },
	{ "SGIs among sleepers come, too", with_sgis },
	{ "vCPUs that never sleep do not keep ticks back", beside_busy, 120 },
	{ "64 vCPUs get their ticks and SGIs", many, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
