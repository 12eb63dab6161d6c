// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: a sorted array of disjoint intervals, found by binary search.  What
 * the intervals mean, their locking and the array's memory are the owner's.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "module/lib/imap.h"

/* Index of the first interval that ends at or after @at; m->n if none. */
static unsigned int imap_lower(const struct axvm_imap *m, u64 at)
{
	unsigned int lo = 0, hi = m->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (m->v[mid].last < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct axvm_interval *axvm_imap_find(const struct axvm_imap *m, u64 at)
{
	unsigned int i = imap_lower(m, at);

	if (i == m->n || m->v[i].start > at)
		return NULL;
	return &m->v[i];
}

struct axvm_interval *axvm_imap_overlap(const struct axvm_imap *m, u64 start,
					u64 last)
{
	unsigned int i = imap_lower(m, start);

	if (i == m->n || m->v[i].start > last)
		return NULL;
	return &m->v[i];
}

struct axvm_interval *axvm_imap_at_or_after(const struct axvm_imap *m, u64 at)
{
	unsigned int i = imap_lower(m, at);

	/* Only the first candidate can begin below @at. */
	if (i < m->n && m->v[i].start < at)
		i++;
	return i < m->n ? &m->v[i] : NULL;
}

int axvm_imap_insert(struct axvm_imap *m, u64 start, u64 last, void *value)
{
	unsigned int i;

	if (start > last)
		return -EINVAL;
	if (axvm_imap_overlap(m, start, last))
		return -EEXIST;
	if (m->n >= m->cap)
		return -ENOSPC;
	i = imap_lower(m, start);
	memmove(&m->v[i + 1], &m->v[i], (m->n - i) * sizeof(*m->v));
	m->v[i].start = start;
	m->v[i].last = last;
	m->v[i].value = value;
	m->n++;
	return 0;
}

int axvm_imap_remove(struct axvm_imap *m, u64 start, u64 last)
{
	unsigned int i = imap_lower(m, start);

	if (i == m->n || m->v[i].start != start || m->v[i].last != last)
		return -ENOENT;
	m->n--;
	memmove(&m->v[i], &m->v[i + 1], (m->n - i) * sizeof(*m->v));
	return 0;
}
