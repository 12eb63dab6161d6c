// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: sorted tables of disjoint address ranges.  A table is never changed:
 * a writer builds its successor, readers search without a lock.  Allocation
 * and publication are the owner's.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "module/lib/bus.h"

/* Index of the first range that does not end before @addr. */
static unsigned int bus_lower(const struct axvm_bus *bus, u64 addr)
{
	unsigned int low = 0, high = bus ? bus->n : 0;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (bus->range[mid].last < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct axvm_bus_range *axvm_bus_find(const struct axvm_bus *bus, u64 addr,
					   unsigned int bytes)
{
	u64 last = addr + bytes - 1;
	unsigned int i;

	if (!bus || !bytes || last < addr)
		return NULL;
	i = bus_lower(bus, addr);
	if (i == bus->n || bus->range[i].start > addr ||
	    bus->range[i].last < last)
		return NULL;
	return &bus->range[i];
}

bool axvm_bus_overlaps(const struct axvm_bus *bus, u64 start, u64 last)
{
	unsigned int i = bus_lower(bus, start);

	return bus && i < bus->n && bus->range[i].start <= last;
}

int axvm_bus_with(struct axvm_bus *to, const struct axvm_bus *from, u64 start,
		  u64 last, void *value)
{
	unsigned int n = from ? from->n : 0;
	unsigned int at = bus_lower(from, start);
	unsigned int i;

	if (start > last)
		return -EINVAL;
	if (axvm_bus_overlaps(from, start, last))
		return -EEXIST;
	for (i = 0; i < at; i++)
		to->range[i] = from->range[i];
	to->range[at] = (struct axvm_bus_range){
		.start = start,
		.last = last,
		.value = value,
	};
	for (i = at; i < n; i++)
		to->range[i + 1] = from->range[i];
	to->n = n + 1;
	return 0;
}

int axvm_bus_without(struct axvm_bus *to, const struct axvm_bus *from,
		     u64 start, u64 last)
{
	unsigned int at = bus_lower(from, start);
	unsigned int i;

	if (!from || at == from->n || from->range[at].start != start ||
	    from->range[at].last != last)
		return -ENOENT;
	for (i = 0; i < at; i++)
		to->range[i] = from->range[i];
	for (i = at + 1; i < from->n; i++)
		to->range[i - 1] = from->range[i];
	to->n = from->n - 1;
	return 0;
}
