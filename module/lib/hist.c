// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: see hist.h.
 */
#include <linux/kernel.h>

#include "module/lib/hist.h"

unsigned int axvm_hist_slot(u32 reason)
{
	if (reason < AXVM_HIST_LOW)
		return reason;
	if (reason >= AXVM_HIST_HIGH &&
	    reason - AXVM_HIST_HIGH < AXVM_HIST_SLOTS - AXVM_HIST_LOW - 1)
		return AXVM_HIST_LOW + (reason - AXVM_HIST_HIGH);
	return AXVM_HIST_SLOTS - 1;
}

u32 axvm_hist_reason(unsigned int slot)
{
	if (slot < AXVM_HIST_LOW)
		return slot;
	if (slot < AXVM_HIST_SLOTS - 1)
		return AXVM_HIST_HIGH + (slot - AXVM_HIST_LOW);
	return ~0u;
}

unsigned int axvm_hist_bucket(u64 ns)
{
	unsigned int n = 0;

	while (ns > 1 && n < AXVM_PROFILE_BUCKETS - 1) {
		ns >>= 1;
		n++;
	}
	return n;
}

void axvm_hist_add(struct axvm_hist *h, u64 ns)
{
	u64 *bucket = &h->bucket[axvm_hist_bucket(ns)];

	WRITE_ONCE(*bucket, *bucket + 1);
	WRITE_ONCE(h->ns, h->ns + ns);
	if (ns > h->max_ns)
		WRITE_ONCE(h->max_ns, ns);
	WRITE_ONCE(h->count, h->count + 1);
}

void axvm_hist_sum(struct axvm_hist *sum, const struct axvm_hist *h)
{
	u64 max = READ_ONCE(h->max_ns);
	unsigned int i;

	sum->count += READ_ONCE(h->count);
	sum->ns += READ_ONCE(h->ns);
	if (max > sum->max_ns)
		sum->max_ns = max;
	for (i = 0; i < AXVM_PROFILE_BUCKETS; i++)
		sum->bucket[i] += READ_ONCE(h->bucket[i]);
}
