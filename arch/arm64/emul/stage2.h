/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: stage-2 translation tables of arm64, 4 KiB granule, VMSAv8-64.  Owns
 * the tables' contents and break-before-make; table pages, TLB maintenance,
 * caches and serialization of the calls are the owner's.
 */
#ifndef AXVM_ARM64_STAGE2_H
#define AXVM_ARM64_STAGE2_H

#include <linux/types.h>
#include "module/lib/types.h"

struct stage2;

#define STAGE2_TABLE_BYTES 4096u
#define STAGE2_MIN_IPA_BITS 32u
#define STAGE2_MAX_IPA_BITS 48u
/* What stage2_map() takes besides 4 KiB pages. */
#define STAGE2_BLOCK_SIZES (0x1000ull | 0x200000ull | 0x40000000ull)

/**
 * struct stage2_ops - what the owner gives
 * @alloc: @pages (1, 2, 4, 8 or 16) zeroed pages, aligned to all of them, or
 *	NULL; may sleep if the owner's callers may
 * @free: give back what @alloc gave; no CPU can reach it any more
 * @to_phys: host-physical address of a table page
 * @to_virt: its inverse
 * @flush: entries of [@gpa, @gpa + @size) were made invalid: return when no
 *	CPU's TLB or walk cache holds anything that a walk for an address of
 *	that range used, tables on the way included (stage-2 and combined
 *	entries of this VMID); begins with DSB ISHST
 * @publish: new valid entries were written: make them visible to the table
 *	walkers of all CPUs (DSB ISHST); NULL when stores alone do
 */
struct stage2_ops {
	void *(*alloc)(struct stage2 *s2, unsigned int pages);
	void (*free)(struct stage2 *s2, void *table, unsigned int pages);
	hpa_t (*to_phys)(struct stage2 *s2, const void *table);
	void *(*to_virt)(struct stage2 *s2, hpa_t pa);
	void (*flush)(struct stage2 *s2, gpa_t gpa, u64 size);
	void (*publish)(struct stage2 *s2);
};

/**
 * struct stage2 - the stage-2 tables of one VM; the owner embeds it
 *
 * All fields: constant after stage2_init(), but @tables, which the lock that
 * the owner holds over every call guards.
 *
 * @ops: the owner's functions
 * @ipa_bits: width of a guest-physical address
 * @fwb: HCR_EL2.FWB is set while the guest runs: other memory attributes
 * @start_level: level of the root, 0 or 1
 * @root_pages: concatenated root tables, 1 to 16
 * @root: the root; VTTBR_EL2.BADDR is its physical address
 * @tables: table pages in use, the root's included
 */
struct stage2 {
	const struct stage2_ops *ops;
	unsigned int ipa_bits;
	bool fwb;
	unsigned int start_level;
	unsigned int root_pages;
	void *root;
	unsigned long tables;
};

/**
 * struct stage2_mapping - what stage2_lookup() found
 * @gpa: first guest-physical address of the page or block
 * @hpa: host-physical address of it
 * @size: its bytes
 * @prot: AXVM_MEM_READ | WRITE | EXEC | DEVICE | UNCACHED
 * @accessed: the access flag (always set by stage2_map())
 */
struct stage2_mapping {
	gpa_t gpa;
	hpa_t hpa;
	u64 size;
	u32 prot;
	bool accessed;
};

/**
 * stage2_pa_bits() - width that ID_AA64MMFR0_EL1.PARange stands for
 *
 * Return: bits, 32 to 48: more than 48 needs another table format.
 */
unsigned int stage2_pa_bits(unsigned int parange);

/**
 * stage2_start_level() - level of the root for @ipa_bits: 1 up to 43 bits
 * with concatenated tables, else 0
 */
unsigned int stage2_start_level(unsigned int ipa_bits);

/** stage2_root_pages() - concatenated root tables for @ipa_bits */
unsigned int stage2_root_pages(unsigned int ipa_bits);

/**
 * stage2_vtcr() - VTCR_EL2: 4 KiB granule, write-back inner-shareable walks
 * @parange: ID_AA64MMFR0_EL1.PARange, the smallest of all CPUs
 * @ipa_bits: width of a guest-physical address
 * @vmid16: 16-bit VMIDs
 *
 * Manual: "VTCR_EL2, Virtualization Translation Control Register".
 * Return: the value, or 0 when @ipa_bits is out of range or exceeds @parange.
 */
u64 stage2_vtcr(unsigned int parange, unsigned int ipa_bits, bool vmid16);

/**
 * stage2_init() - allocate the root of empty tables
 * @s2: ops, ipa_bits and fwb are set, the rest zero
 *
 * Return: 0; -EINVAL ipa_bits out of range; -ENOMEM.
 */
int stage2_init(struct stage2 *s2);

/**
 * stage2_destroy() - free every table page
 *
 * No CPU uses the tables any more and their translations are flushed.
 */
void stage2_destroy(struct stage2 *s2);

/**
 * stage2_map() - map a page or block
 * @s2: the tables
 * @gpa: guest-physical address, aligned to @size
 * @hpa: host-physical address, aligned to @size
 * @size: 4 KiB, 2 MiB or 1 GiB
 * @prot: AXVM_MEM_READ | WRITE | EXEC, and DEVICE (Device-nGnRE) or UNCACHED
 *	(Normal non-cacheable); else Normal write-back
 *
 * A mapping of the same host page with the same rights and type is left alone,
 * also if it is part of a larger block.  Any other one is replaced, break
 * before make: a larger block is split, a table under a new block goes with
 * all below it.
 *
 * Return: 0; -EINVAL unaligned, out of range, wrong size or no access right;
 * -ENOMEM: what was mapped still is.
 */
int stage2_map(struct stage2 *s2, gpa_t gpa, hpa_t hpa, u64 size, u32 prot);

/**
 * stage2_unmap() - take [gpa, gpa + size) out of the tables and flush it
 *
 * Blocks that reach out of the range are split.  If there is no memory for
 * that, the whole block goes: more is unmapped than was asked for, which
 * filling on demand repairs.  Tables that are empty then are freed.
 * Time: linear in the number of table pages in the range.
 *
 * Return: 0; -EINVAL not page aligned or out of range.
 */
int stage2_unmap(struct stage2 *s2, gpa_t gpa, u64 size);

/**
 * stage2_lookup() - the mapping that holds @gpa
 * Return: 0 with @m filled; -ENOENT nothing is mapped there: inside of the
 * address space @m's gpa and size then tell how far that is certain.
 */
int stage2_lookup(struct stage2 *s2, gpa_t gpa, struct stage2_mapping *m);

#endif /* AXVM_ARM64_STAGE2_H */
