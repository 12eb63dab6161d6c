/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the exit ring (single producer: the kernel; single consumer: an
 * untrusted process that shares the pages) and the overwriting flight
 * recorder.  Indices that matter are private to the kernel; the consumer's
 * index is read once and range-checked.
 */
#ifndef AXVM_LIB_RING_H
#define AXVM_LIB_RING_H

#include <linux/types.h>
#include "uapi/axvm.h"

/**
 * struct axvm_ring_kernel - the kernel's side of an exit ring
 * @shared: header page, slots at AXVM_RING_HEADER; written by the consumer too
 * @slots: private copy of the number of slots, a power of two
 * @produced: private index of the next record
 * @consumed: last valid index read from the consumer
 * @dropped: records that found no room
 */
struct axvm_ring_kernel {
	struct axvm_ring *shared;
	u32 slots;
	u64 produced;
	u64 consumed;
	u64 dropped;
};

struct axvm_flight_kernel {
	struct axvm_flight *shared;
	u32 slots;
	u64 produced;
};

/** Bytes of the shared area of a ring or recorder with @slots slots. */
static inline size_t axvm_ring_bytes(u32 slots)
{
	return AXVM_RING_HEADER + (size_t)slots * sizeof(struct axvm_exit);
}

void axvm_ring_init(struct axvm_ring_kernel *r, void *shared, u32 slots);
/** Put a record.  False when the ring is full (counted, published). */
bool axvm_ring_put(struct axvm_ring_kernel *r, const struct axvm_exit *e);
/** Is there something the consumer has not taken? */
bool axvm_ring_pending(struct axvm_ring_kernel *r);
/** Publish (e != NULL) or clear the parked record. */
void axvm_ring_park(struct axvm_ring_kernel *r, const struct axvm_exit *e);

void axvm_flight_init(struct axvm_flight_kernel *f, void *shared, u32 slots);
void axvm_flight_put(struct axvm_flight_kernel *f, const struct axvm_exit *e);
/** Record @seq was answered after @ns; nothing if it is overwritten. */
void axvm_flight_answered(struct axvm_flight_kernel *f, u64 seq, u64 ns);

#endif /* AXVM_LIB_RING_H */
