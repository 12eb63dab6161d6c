/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guests that sleep until their timers or others wake them, and how late that
 * is (tests/guest/arm64/timers.c).
 */
#ifndef SELFTEST_ARM64_WAKE_H
#define SELFTEST_ARM64_WAKE_H

#include "tests/selftest/arm64_tiny.h"

/**
 * struct wake - a run, and what came of it
 * @what: in words
 * @vcpus: how many
 * @ticks: of each
 * @ahead_us: the longest sleep
 * @flags: WAKE_*
 * @worst_ns: the latest tick of all, and the mean, and the latest SGI
 * @early: ticks before their time
 * @lost: ticks later than half a second
 * @host_ns: the latest that somebody on the host was meanwhile
 */
struct wake {
	const char *what;
	unsigned int vcpus;
	uint64_t ticks;
	uint64_t ahead_us;
	uint64_t flags;
	uint64_t worst_ns;
	uint64_t mean_ns;
	uint64_t sgi_ns;
	uint64_t early;
	uint64_t lost;
	uint64_t host_ns;
};

#define WAKE_VIRTUAL 1 /* the virtual timer alone */
#define WAKE_SGIS 2 /* they wake one another, too */
#define WAKE_BUSY 4 /* odd vCPUs spin */

/** Run it to its end, at which the VM halts, and say what was seen. */
void wake_run(struct wake *w);

#endif /* SELFTEST_ARM64_WAKE_H */
