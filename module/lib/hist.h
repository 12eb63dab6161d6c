/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: histograms of times with a bucket for each power of two, and the
 * place of a hardware exit reason in a table of them.
 */
#ifndef AXVM_LIB_HIST_H
#define AXVM_LIB_HIST_H

#include <linux/types.h>
#include "uapi/axvm.h"

/* Reasons 0 - 0x5f, then 0x100 - 0x10e, then all others. */
#define AXVM_HIST_LOW 0x60u
#define AXVM_HIST_HIGH 0x100u
#define AXVM_HIST_SLOTS 112u

/** struct axvm_hist - times of one kind, as in struct axvm_profile_row */
struct axvm_hist {
	u64 count;
	u64 ns;
	u64 max_ns;
	u64 bucket[AXVM_PROFILE_BUCKETS];
};

/** axvm_hist_slot() - where axvm_exit.hw_reason @reason is counted */
unsigned int axvm_hist_slot(u32 reason);

/** axvm_hist_reason() - the reason of a slot; ~0 for all others */
u32 axvm_hist_reason(unsigned int slot);

/** axvm_hist_bucket() - of a time: n for 2^n to 2^(n+1) - 1 ns, 0 also for 0 */
unsigned int axvm_hist_bucket(u64 ns);

void axvm_hist_add(struct axvm_hist *h, u64 ns);

/** axvm_hist_sum() - add @h, which may be changing, to @sum */
void axvm_hist_sum(struct axvm_hist *sum, const struct axvm_hist *h);

#endif /* AXVM_LIB_HIST_H */
