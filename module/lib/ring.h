/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the exit ring (single producer: the kernel; single consumer: an
 * untrusted process that shares the pages) and the overwriting flight
 * recorder.  Indices that matter are private to the kernel; the consumer's
 * index is read once and range-checked.
 */
#ifndef AXVM_LIB_RING_H
#define AXVM_LIB_RING_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <asm/barrier.h>
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

/**
 * axvm_flight_next() - where the next record goes, to be filled in place (all
 * of it, with WRITE_ONCE() or an equal) and put by axvm_flight_publish()
 *
 * Readers are never waited for, so a slot may change while it is copied.  A
 * reader that saw any of the new record sees, after its load barrier, a
 * @produced at which the old record was no longer good.
 */
static __always_inline struct axvm_exit *
axvm_flight_next(struct axvm_flight_kernel *f)
{
	struct axvm_exit *first =
		(void *)((char *)f->shared + AXVM_RING_HEADER);

	/* the last @produced before this slot; pairs with the reader's rmb */
	smp_wmb();
	return &first[f->produced & (f->slots - 1)];
}

static __always_inline void axvm_flight_publish(struct axvm_flight_kernel *f)
{
	f->produced++;
	/* release: pairs with the reader's acquire before it reads the slot */
	smp_store_release(&f->shared->produced, f->produced);
}

/** Record @seq as it was put, if it is among the last f->slots. */
static __always_inline struct axvm_exit *
axvm_flight_slot(const struct axvm_flight_kernel *f, u64 seq)
{
	struct axvm_exit *first =
		(void *)((char *)f->shared + AXVM_RING_HEADER);

	/* None is ever taken out, so record number @seq was put at @seq - 1. */
	return &first[(seq - 1) & (f->slots - 1)];
}

/** Record @seq was answered after @ns; nothing if it is overwritten. */
static __always_inline void axvm_flight_answered(struct axvm_flight_kernel *f,
						 u64 seq, u64 ns)
{
	struct axvm_exit *e;

	if (unlikely(!seq || seq > f->produced ||
		     f->produced - seq >= f->slots))
		return;
	e = axvm_flight_slot(f, seq);
	WRITE_ONCE(e->answer.ns, ns > ~0u ? ~0u : (u32)ns);
	/* release: a reader that sees the flag sees the time */
	smp_store_release(&e->flags, e->flags | AXVM_EXIT_ANSWERED);
}

#endif /* AXVM_LIB_RING_H */
