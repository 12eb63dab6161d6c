// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: producer's side of the exit ring and of the flight recorder.  Owns
 * the protocol with the consumer (documented in uapi/axvm.h); whoever calls
 * serializes the producer.  The shared pages are written by a process that
 * may be hostile: the only field read from them is @consumed, once.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "module/lib/ring.h"

static struct axvm_exit *slot_of(void *shared, u32 slots, u64 index)
{
	struct axvm_exit *first = (void *)((char *)shared + AXVM_RING_HEADER);

	return &first[index & (slots - 1)];
}

/**
 * axvm_ring_init() - an empty ring
 * @r: private side
 * @shared: axvm_ring_bytes(@slots) zeroed bytes
 * @slots: a power of two
 */
void axvm_ring_init(struct axvm_ring_kernel *r, void *shared, u32 slots)
{
	memset(r, 0, sizeof(*r));
	r->shared = shared;
	r->slots = slots;
	r->shared->slots = slots;
	r->shared->magic = AXVM_RING_MAGIC;
}

/*
 * Take over the consumer's index if it is one that a consumer can have: not
 * behind the last one, not ahead of what was produced.
 */
static bool ring_sync(struct axvm_ring_kernel *r)
{
	/* acquire: pairs with the consumer's release after it read the slot */
	u64 consumed = smp_load_acquire(&r->shared->consumed);

	if (consumed - r->consumed > r->produced - r->consumed)
		return false;
	r->consumed = consumed;
	return true;
}

bool axvm_ring_put(struct axvm_ring_kernel *r, const struct axvm_exit *e)
{
	if (!ring_sync(r) || r->produced - r->consumed >= r->slots) {
		r->dropped++;
		WRITE_ONCE(r->shared->dropped, r->dropped);
		return false;
	}
	*slot_of(r->shared, r->slots, r->produced) = *e;
	r->produced++;
	/* release: pairs with the consumer's acquire before it reads the slot */
	smp_store_release(&r->shared->produced, r->produced);
	return true;
}

/* An index out of range counts as pending: the consumer has to look. */
bool axvm_ring_pending(struct axvm_ring_kernel *r)
{
	return !ring_sync(r) || r->consumed != r->produced;
}

void axvm_ring_park(struct axvm_ring_kernel *r, const struct axvm_exit *e)
{
	if (e)
		r->shared->parked = *e;
	/* release: pairs with the consumer's acquire before it reads @parked */
	smp_store_release(&r->shared->parked_seq, e ? e->seq : 0);
}

/**
 * axvm_flight_init() - an empty flight recorder
 * @f: private side
 * @shared: axvm_ring_bytes(@slots) zeroed bytes
 * @slots: a power of two
 */
void axvm_flight_init(struct axvm_flight_kernel *f, void *shared, u32 slots)
{
	memset(f, 0, sizeof(*f));
	f->shared = shared;
	f->slots = slots;
	f->shared->slots = slots;
	f->shared->magic = AXVM_FLIGHT_MAGIC;
}

void axvm_flight_put(struct axvm_flight_kernel *f, const struct axvm_exit *e)
{
	u64 *to = (u64 *)axvm_flight_next(f), word;
	unsigned int i;

	/* In a row, not in a loop: every record comes this way. */
#pragma GCC unroll 16
	for (i = 0; i < sizeof(*e) / sizeof(word); i++) {
		memcpy(&word, (const u8 *)e + i * sizeof(word), sizeof(word));
		WRITE_ONCE(to[i], word);
	}
	axvm_flight_publish(f);
}
