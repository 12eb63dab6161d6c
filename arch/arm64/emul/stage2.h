/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: stage-2 translation tables, 4 KiB granule, three or four levels.
 * Memory and TLBs are the owner's, as is locking.
 *
 * Manual: "VMSAv8-64 translation table format descriptors", "Concatenated
 * translation tables", "Using break-before-make when updating translation
 * table entries".
 */
#ifndef AXVM_ARM64_EMUL_STAGE2_H
#define AXVM_ARM64_EMUL_STAGE2_H

#include <linux/types.h>

struct stage2;

/**
 * struct stage2_ops - the owner's side
 * @alloc: @pages contiguous zeroed pages, aligned to their size; NULL: none
 * @free: give them back; no walker can reach them any more
 * @to_phys: physical address of a table
 * @to_virt: and back
 * @flush: entries of [gpa, gpa + size) were made invalid: forget them in all
 *	TLBs and walk caches before returning
 * @publish: barrier: table stores before it are seen by walkers first
 */
struct stage2_ops {
	void *(*alloc)(struct stage2 *s2, unsigned int pages);
	void (*free)(struct stage2 *s2, void *table, unsigned int pages);
	u64 (*to_phys)(struct stage2 *s2, const void *table);
	void *(*to_virt)(struct stage2 *s2, u64 pa);
	void (*flush)(struct stage2 *s2, u64 gpa, u64 size);
	void (*publish)(struct stage2 *s2);
};

/**
 * struct stage2 - the tables of a VM
 * @ops: the owner's side
 * @ipa_bits: width of an intermediate physical address, 32 to 48
 * @fwb: FEAT_S2FWB is on: memory attributes are encoded differently
 * @root_pages: pages of the root: 1, or up to 16 concatenated
 * @start: level of the root, 0 or 1
 * @root: its first page
 */
struct stage2 {
	const struct stage2_ops *ops;
	unsigned int ipa_bits;
	bool fwb;
	unsigned int root_pages;
	unsigned int start;
	u64 *root;
};

/** @ops, @ipa_bits and @fwb are set.  0, -EINVAL, -ENOMEM. */
int stage2_init(struct stage2 *s2);

/** Free all tables; nothing translates through them any more. */
void stage2_destroy(struct stage2 *s2);

/**
 * stage2_map() - enter a page or block
 * @gpa: aligned to @size
 * @hpa: aligned to @size
 * @size: 4 KiB, 2 MiB or 1 GiB
 * @prot: AXVM_MEM_READ | WRITE | EXEC, DEVICE, UNCACHED
 *
 * What is mapped there already and translates @gpa to the same place by a
 * larger block is left alone; anything else is replaced, break-before-make.
 * Return: 0, -EINVAL (alignment, size, out of range), -ENOMEM.
 */
int stage2_map(struct stage2 *s2, u64 gpa, u64 hpa, u64 size, u32 prot);

/**
 * stage2_unmap() - take a page-aligned range out, and flush it
 *
 * A block of which only a part goes is taken out as a whole: what was next to
 * the range faults again.
 */
void stage2_unmap(struct stage2 *s2, u64 gpa, u64 size);

/**
 * stage2_lookup() - what translates @gpa
 * Return: size of the page or block, 0: nothing; @hpa of @gpa and @prot.
 */
u64 stage2_lookup(const struct stage2 *s2, u64 gpa, u64 *hpa, u32 *prot);

/**
 * stage2_vtcr() - VTCR_EL2 for these tables
 * @parange: ID_AA64MMFR0_EL1.PARange (0-6)
 * @vmid16: VMIDs have 16 bits
 */
u64 stage2_vtcr(const struct stage2 *s2, unsigned int parange, bool vmid16);

#endif /* AXVM_ARM64_EMUL_STAGE2_H */
