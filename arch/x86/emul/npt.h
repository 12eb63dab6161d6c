/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: nested page tables of x86 (second-level translation), EPT and AMD's
 * nested paging over one walker.  Owns the tables' contents; table pages come
 * from the owner, who also serializes the calls and flushes TLBs.
 */
#ifndef AXVM_X86_NPT_H
#define AXVM_X86_NPT_H

#include <linux/types.h>
#include "module/lib/types.h"

struct npt;

#define NPT_TABLE_BYTES 4096u
#define NPT_MAX_LEVELS 5

/* Access rights of a mapping.  EPT cannot express WRITE without READ. */
#define NPT_READ (1u << 0)
#define NPT_WRITE (1u << 1)
#define NPT_EXEC (1u << 2)

/**
 * enum npt_memtype - memory type of a mapping
 * @NPT_WB: write-back; with EPT whatever the guest's PAT says, so that host
 *	and guest never see RAM through different types
 * @NPT_UC: uncacheable; the guest's PAT may make it write-combining
 * @NPT_WC: write-combining, or uncacheable if the guest's PAT says so
 * @NPT_WT: write-through, or weaker
 * @NPT_WP: write-protected, or weaker
 *
 * AMD: types are entries of the host's PAT as Linux programs it (0 WB, 1 WC,
 * 3 UC, 5 WP, 7 WT).
 */
enum npt_memtype {
	NPT_WB,
	NPT_UC,
	NPT_WC,
	NPT_WT,
	NPT_WP,
	NPT_NR_MEMTYPES,
};

/* What the hardware offers, npt.features. */
#define NPT_HAS_2M (1u << 0) /* 2 MiB blocks */
#define NPT_HAS_1G (1u << 1) /* 1 GiB blocks */
#define NPT_HAS_EXEC_ONLY (1u << 2) /* EPT: X without R */
#define NPT_USE_AD (1u << 3) /* EPT: accessed and dirty flags (EPTP bit 6) */

/**
 * struct npt_ops - what the owner gives
 * @alloc: a zeroed, page-aligned table page, or NULL; may sleep if the
 *	owner's callers may
 * @free: give a page back that no CPU has ever seen, or that no CPU can see
 *	any more (npt_destroy())
 * @retire: the page is unlinked, but TLBs and paging-structure caches may
 *	still refer to it: the owner keeps it unchanged until it has flushed
 * @to_phys: host-physical address of a table page
 * @to_virt: its inverse
 */
struct npt_ops {
	void *(*alloc)(struct npt *npt);
	void (*free)(struct npt *npt, void *table);
	void (*retire)(struct npt *npt, void *table);
	hpa_t (*to_phys)(struct npt *npt, const void *table);
	void *(*to_virt)(struct npt *npt, hpa_t pa);
};

/**
 * struct npt_format - how entries look: npt_format_ept or npt_format_amd
 * @valid: can the format express these rights?
 * @leaf: a leaf entry at @level (1: 4 KiB) for valid arguments
 * @table: an entry that points to the table at @pa
 * @present: does the entry lead anywhere?
 * @prot: NPT_* of a leaf
 * @memtype: memory type of a leaf at @level
 * @accessed: accessed flag
 * @dirty: dirty flag
 */
struct npt_format {
	bool (*valid)(const struct npt *npt, u32 prot);
	u64 (*leaf)(unsigned int level, hpa_t pa, u32 prot,
		    enum npt_memtype memtype);
	u64 (*table)(hpa_t pa);
	bool (*present)(u64 entry);
	u32 (*prot)(u64 entry);
	enum npt_memtype (*memtype)(u64 entry, unsigned int level);
	u64 accessed;
	u64 dirty;
};

extern const struct npt_format npt_format_ept;
extern const struct npt_format npt_format_amd;

/**
 * struct npt - the nested tables of one VM; the owner embeds it
 *
 * All fields: constant after npt_init(), but @tables and @flush, which the
 * lock that the owner holds over every call guards.
 *
 * @ops: the owner's functions
 * @format: entry format
 * @levels: 4 or 5
 * @phys_bits: width of a host-physical address
 * @features: NPT_HAS_*, NPT_USE_AD
 * @root: top table
 * @tables: table pages in use, the root included
 * @flush: an entry that hardware may have cached was taken away or lost
 *	rights: flush on every CPU, then free the retired pages; the owner
 *	clears it
 */
struct npt {
	const struct npt_ops *ops;
	const struct npt_format *format;
	unsigned int levels;
	unsigned int phys_bits;
	u32 features;
	void *root;
	unsigned long tables;
	bool flush;
};

/**
 * struct npt_mapping - what npt_lookup() found
 * @gpa: first guest-physical address of the page or block
 * @hpa: host-physical address of it
 * @size: its bytes
 * @prot: NPT_*
 * @memtype: memory type
 * @accessed: hardware used it (NPT_USE_AD or AMD)
 * @dirty: hardware wrote to it
 */
struct npt_mapping {
	gpa_t gpa;
	hpa_t hpa;
	u64 size;
	u32 prot;
	enum npt_memtype memtype;
	bool accessed;
	bool dirty;
};

/**
 * npt_init() - allocate the root of empty tables
 * @npt: ops, format, levels, phys_bits and features are set, the rest zero
 *
 * Return: 0; -EINVAL levels or phys_bits out of range; -ENOMEM.
 */
int npt_init(struct npt *npt);

/**
 * npt_destroy() - free every table page with ops->free
 *
 * No CPU uses the tables any more and their translations are flushed.
 */
void npt_destroy(struct npt *npt);

/** npt_root() - host-physical address of the root: nCR3, or EPTP's base */
hpa_t npt_root(struct npt *npt);

/**
 * npt_eptp() - the EPT pointer: write-back walks, length, A/D, root
 * Manual: "Extended-Page-Table Pointer (EPTP)".
 */
u64 npt_eptp(struct npt *npt);

/** npt_gpa_bits() - width of a guest-physical address that tables cover */
unsigned int npt_gpa_bits(const struct npt *npt);

/**
 * npt_map() - map a page or block
 * @npt: the tables
 * @gpa: guest-physical address, aligned to @size
 * @hpa: host-physical address, aligned to @size
 * @size: 4 KiB, 2 MiB or 1 GiB, as the features allow
 * @prot: NPT_READ | WRITE | EXEC
 * @memtype: memory type
 *
 * A mapping of the same host page with the same rights and type is left alone,
 * also if it is part of a larger block.  Any other one is replaced: a larger
 * block is split, a table under a new block is retired with all below it.
 * Check npt->flush afterwards, also on error.
 *
 * Return: 0; -EINVAL unaligned, out of range, unsupported size, or rights the
 * format cannot express; -ENOMEM nothing changed that matters: what was mapped
 * still is.
 */
int npt_map(struct npt *npt, gpa_t gpa, hpa_t hpa, u64 size, u32 prot,
	    enum npt_memtype memtype);

/**
 * npt_unmap() - take [gpa, gpa + size) out of the tables
 *
 * Blocks that reach out of the range are split.  If there is no memory for
 * that, the whole block goes: more is unmapped than was asked for, which
 * filling on demand repairs.  Tables that are empty then are retired.
 * Time: linear in the number of table pages in the range.
 * Check npt->flush afterwards.
 *
 * Return: 0; -EINVAL not page aligned or out of range.
 */
int npt_unmap(struct npt *npt, gpa_t gpa, u64 size);

/**
 * npt_lookup() - the mapping that holds @gpa
 * Return: 0 with @m filled; -ENOENT nothing is mapped there.
 */
int npt_lookup(struct npt *npt, gpa_t gpa, struct npt_mapping *m);

/**
 * npt_exec() - let the 4 KiB page at @gpa be executed
 * @split: out: it was part of a larger block, which was split for it
 *
 * The rest of the block keeps its rights.  Check npt->flush afterwards.
 * Return: 0, also if it could be already; -ENOENT nothing is mapped there;
 * -ENOMEM.
 */
int npt_exec(struct npt *npt, gpa_t gpa, bool *split);

#endif /* AXVM_X86_NPT_H */
