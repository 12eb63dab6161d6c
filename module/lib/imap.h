/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a sorted array of disjoint intervals of u64, each with a pointer.
 * The owner provides locking, and memory: insertion never allocates.
 */
#ifndef AXVM_LIB_IMAP_H
#define AXVM_LIB_IMAP_H

#include <linux/types.h>

/** One interval [start, last], last included (so that the top fits). */
struct axvm_interval {
	u64 start;
	u64 last;
	void *value;
};

/**
 * struct axvm_imap - the map
 * @v: array of @cap entries, given by the owner
 * @n: entries used, sorted by start
 */
struct axvm_imap {
	struct axvm_interval *v;
	unsigned int n;
	unsigned int cap;
};

/** The interval that holds @at, or NULL. */
struct axvm_interval *axvm_imap_find(const struct axvm_imap *m, u64 at);
/** The first interval that meets [start, last], or NULL. */
struct axvm_interval *axvm_imap_overlap(const struct axvm_imap *m, u64 start,
					u64 last);
/** The first interval with start >= @at, or NULL. */
struct axvm_interval *axvm_imap_at_or_after(const struct axvm_imap *m, u64 at);
/** -EINVAL start > last; -EEXIST overlap; -ENOSPC no room; 0. */
int axvm_imap_insert(struct axvm_imap *m, u64 start, u64 last, void *value);
/** Remove exactly [start, last]; -ENOENT. */
int axvm_imap_remove(struct axvm_imap *m, u64 start, u64 last);

#endif /* AXVM_LIB_IMAP_H */
