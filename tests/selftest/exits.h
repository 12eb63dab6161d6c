/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of exits share (ring.c, policy.c).
 */
#ifndef SELFTEST_EXITS_H
#define SELFTEST_EXITS_H

#include "tests/selftest/harness.h"

/** An index that the kernel writes. */
uint64_t load(const __u64 *p);

/** Copy record @index out of the recorder; false: it was overwritten. */
bool flight_read(const struct axvm_flight *f, uint64_t index,
		 struct axvm_exit *out);

/**
 * device_step() - the next access of guest_device: is it this, and answer it
 * @offset: from the device's base
 * @data: of a write
 * @answer: to a read
 */
void device_step(struct vm *vm, struct axvm_ring *ring, uint32_t reason,
		 uint64_t offset, unsigned int bytes, uint64_t data,
		 uint64_t answer);

#endif /* SELFTEST_EXITS_H */
