/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of an x86 guest as it is told of (an E820 map), and room in it.
 */
#ifndef VMCTL_X86_RAM_H
#define VMCTL_X86_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bzimage.h"

/** struct x86_span - bytes [@at, @at + @len) of guest-physical space */
struct x86_span {
	uint64_t at, len;
};

/**
 * struct x86_ram - memory, and what of it is taken
 * @map: E820 map, sorted; @nr_map entries
 * @used: spans that are taken, @nr_used of them
 */
struct x86_ram {
	struct e820_range map[E820_MAX];
	size_t nr_map;
	struct x86_span used[E820_MAX];
	size_t nr_used;
};

/**
 * x86_ram_map() - make the map
 * @ram: spans of memory, sorted by address, not overlapping
 *
 * Spans that touch become one; 0x9fc00 - 1 MiB is no memory to the guest but
 * for the ACPI tables' place.
 * Return: false: more pieces than an E820 map has.
 */
bool x86_ram_map(struct x86_ram *r, const struct x86_span *ram, size_t n);

/** x86_ram_take() - [@at, @at + @len) is in use; false: too many spans */
bool x86_ram_take(struct x86_ram *r, uint64_t at, uint64_t len);

/** x86_ram_free() - is all of it memory, and nothing of it in use? */
bool x86_ram_free(const struct x86_ram *r, uint64_t at, uint64_t len);

/**
 * x86_ram_lowest() - first fit from below
 * @align: power of two
 * @min, @max: lowest address, highest address of the last byte
 * @at: out
 */
bool x86_ram_lowest(const struct x86_ram *r, uint64_t len, uint64_t align,
		    uint64_t min, uint64_t max, uint64_t *at);

/** x86_ram_highest() - first fit from above, likewise */
bool x86_ram_highest(const struct x86_ram *r, uint64_t len, uint64_t align,
		     uint64_t min, uint64_t max, uint64_t *at);

#endif /* VMCTL_X86_RAM_H */
