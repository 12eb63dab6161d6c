/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: an immutable sorted table of address ranges, for lock-free look-up
 * by readers while a writer builds its successor.
 */
#ifndef AXVM_LIB_BUS_H
#define AXVM_LIB_BUS_H

#include <linux/types.h>

struct axvm_bus_range {
	u64 start;
	u64 last; /* included */
	void *value;
};

/**
 * struct axvm_bus - the table
 * @n: ranges, sorted by @start, disjoint
 */
struct axvm_bus {
	unsigned int n;
	struct axvm_bus_range range[];
};

/** Bytes of a table of @n ranges. */
static inline size_t axvm_bus_bytes(unsigned int n)
{
	return sizeof(struct axvm_bus) + n * sizeof(struct axvm_bus_range);
}

/**
 * axvm_bus_find() - the range that holds all of [addr, addr + bytes)
 * @bus: table, may be NULL
 */
const struct axvm_bus_range *axvm_bus_find(const struct axvm_bus *bus, u64 addr,
					   unsigned int bytes);

/** axvm_bus_at_hint() - axvm_bus_find() in the range number @hint alone */
static inline const struct axvm_bus_range *
axvm_bus_at_hint(const struct axvm_bus *bus, u64 addr, unsigned int bytes,
		 unsigned int hint)
{
	const struct axvm_bus_range *range;

	if (!bus || hint >= bus->n)
		return NULL;
	range = &bus->range[hint];
	/* Unsigned: an address below the range is far above it. */
	if (bytes && addr - range->start <= range->last - range->start &&
	    bytes - 1 <= range->last - addr)
		return range;
	return NULL;
}

/**
 * axvm_bus_find_near() - the same, where the last one was likely hit again
 * @hint: in and out: where to look first; any value will do, also one from
 *	another table
 */
static inline const struct axvm_bus_range *
axvm_bus_find_near(const struct axvm_bus *bus, u64 addr, unsigned int bytes,
		   unsigned int *hint)
{
	const struct axvm_bus_range *range;

	range = axvm_bus_at_hint(bus, addr, bytes, *hint);
	if (range)
		return range;
	range = axvm_bus_find(bus, addr, bytes);
	if (range)
		*hint = range - bus->range;
	return range;
}

/** Does anything meet [start, last]? */
bool axvm_bus_overlaps(const struct axvm_bus *bus, u64 start, u64 last);
/** @to (room for from->n + 1) = @from plus a range.  -EEXIST, -EINVAL, 0. */
int axvm_bus_with(struct axvm_bus *to, const struct axvm_bus *from, u64 start,
		  u64 last, void *value);
/** @to (room for from->n) = @from minus exactly [start, last].  -ENOENT, 0. */
int axvm_bus_without(struct axvm_bus *to, const struct axvm_bus *from,
		     u64 start, u64 last);

#endif /* AXVM_LIB_BUS_H */
