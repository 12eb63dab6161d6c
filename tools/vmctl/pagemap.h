/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that a vCPU's page tables map, as runs of addresses.
 */
#ifndef VMCTL_PAGEMAP_H
#define VMCTL_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfcore.h"

/** Most bytes of a table: a 64 KiB granule's. */
#define PAGEMAP_TABLE 65536u

/**
 * struct pagemap - a walk over one set of tables, and what it found
 * @read: read @n bytes (a whole table) at @gpa; false: there is no memory
 * @opaque: for @read
 * @runs: mappings, merged where they go on; @n of them, room for @room
 * @max: most runs to be collected; @full tells that there were more
 */
struct pagemap {
	bool (*read)(void *opaque, uint64_t gpa, void *buf, size_t n);
	void *opaque;
	struct core_run *runs;
	size_t n, room, max;
	bool full;
};

/**
 * pagemap_x86() - 4- or 5-level tables of 64-bit mode
 * "Intel SDM", volume 3, "4-Level Paging and 5-Level Paging"
 */
void pagemap_x86(struct pagemap *m, uint64_t cr3, bool five_levels);

/**
 * pagemap_arm64() - both halves of an EL1 translation regime
 * "Arm ARM", "The AArch64 Virtual Memory System Architecture", 48-bit
 * descriptors
 */
void pagemap_arm64(struct pagemap *m, uint64_t ttbr0, uint64_t ttbr1,
		   uint64_t tcr);

#endif /* VMCTL_PAGEMAP_H */
