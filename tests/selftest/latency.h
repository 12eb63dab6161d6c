/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How late this machine wakes somebody who sleeps a millisecond at a time.
 */
#ifndef SELFTEST_LATENCY_H
#define SELFTEST_LATENCY_H

#include <stdint.h>

/** Begin to watch, in a thread of its own. */
void latency_begin(void);
/** End, and by how many nanoseconds the latest was late. */
uint64_t latency_end(void);
/** How late it was on average, once that has ended. */
uint64_t latency_mean(void);

#endif /* SELFTEST_LATENCY_H */
