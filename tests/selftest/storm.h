/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of hostile guests share: how responsive the host stays meanwhile,
 * what its kernel's log says, and destruction from another thread.
 */
#ifndef SELFTEST_STORM_H
#define SELFTEST_STORM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct vm;

/**
 * struct watchdog - a thread that wants to run every millisecond
 * @worst: how much later than that it was at most, nanoseconds
 */
struct watchdog {
	pthread_t thread;
	int log;
	bool stop;
	uint64_t worst;
	unsigned int beats;
};

/** watchdog_start() - begin; the kernel's log is looked at from here on */
void watchdog_start(struct watchdog *w);

/**
 * watchdog_stop() - end
 *
 * Fails the test when the host did not run the thread for long, or when the
 * kernel's log got a line of warning or worse.
 */
void watchdog_stop(struct watchdog *w);

/** destroy_from_thread() - the VM dies, at once, by another thread's doing */
void destroy_from_thread(struct vm *vm);

#endif /* SELFTEST_STORM_H */
