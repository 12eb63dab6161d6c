// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: entering, removing and finding stage-2 translations.  Any change of a
 * valid entry goes through an invalid one and a flush (break-before-make).
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/stage2.h"
#include "uapi/axvm.h"

#define DESC_VALID BIT_ULL(0)
#define DESC_TABLE BIT_ULL(1) /* table, or page at level 3 */
#define DESC_ATTR GENMASK_ULL(5, 2)
#define DESC_S2AP_READ BIT_ULL(6)
#define DESC_S2AP_WRITE BIT_ULL(7)
#define DESC_SH_INNER (3ull << 8)
#define DESC_AF BIT_ULL(10)
#define DESC_XN BIT_ULL(54) /* XN[1:0] = 0b10: not at EL0 nor EL1 */
#define DESC_ADDR GENMASK_ULL(47, 12)

/* MemAttr without FWB: outer and inner type; with FWB: override. */
#define ATTR_DEVICE_NGNRE 0x1
#define ATTR_NORMAL_NC 0x5
#define ATTR_NORMAL_WB 0xf
#define ATTR_FWB_WB 0x6
#define ATTR_FWB_NC 0x5
#define ATTR_FWB_DEVICE 0x1

#define VTCR_T0SZ GENMASK_ULL(5, 0)
#define VTCR_SL0 GENMASK_ULL(7, 6)
#define VTCR_IRGN_WBWA BIT_ULL(8)
#define VTCR_ORGN_WBWA BIT_ULL(10)
#define VTCR_SH_INNER (3ull << 12)
#define VTCR_PS GENMASK_ULL(18, 16)
#define VTCR_VS BIT_ULL(19)
#define VTCR_RES1 BIT_ULL(31)

#define LAST 3u
#define PER_TABLE 512u

/* Bits of address below one entry of @level. */
static unsigned int shift_of(unsigned int level)
{
	return 39 - 9 * level;
}

static u64 span_of(unsigned int level)
{
	return 1ull << shift_of(level);
}

/* Entry of @gpa; a root may have more than 512. */
static unsigned int index_of(const struct stage2 *s2, unsigned int level,
			     u64 gpa)
{
	u64 i = gpa >> shift_of(level);

	return level == s2->start ? i : i % PER_TABLE;
}

static bool is_table(u64 desc, unsigned int level)
{
	return level < LAST &&
	       (desc & (DESC_VALID | DESC_TABLE)) == (DESC_VALID | DESC_TABLE);
}

static u64 *table_of(const struct stage2 *s2, u64 desc)
{
	return s2->ops->to_virt((struct stage2 *)s2, desc & DESC_ADDR);
}

int stage2_init(struct stage2 *s2)
{
	unsigned int bits = s2->ipa_bits;

	if (bits < 32 || bits > 48)
		return -EINVAL;
	/*
	 * Up to 43 bits, level 1 with as many concatenated tables as are
	 * needed (at most 16) saves a level; 30 + 9 + 4 = 43.
	 */
	s2->start = bits <= 43 ? 1 : 0;
	bits -= min(bits, shift_of(s2->start) + 9);
	s2->root_pages = 1u << bits;
	s2->root = s2->ops->alloc(s2, s2->root_pages);
	return s2->root ? 0 : -ENOMEM;
}

/* @level is that of the entries in @table. */
static void table_free(struct stage2 *s2, u64 *table, unsigned int level,
		       unsigned int pages)
{
	unsigned int i;

	for (i = 0; level < LAST && i < pages * PER_TABLE; i++)
		if (is_table(table[i], level))
			table_free(s2, table_of(s2, table[i]), level + 1, 1);
	s2->ops->free(s2, table, pages);
}

void stage2_destroy(struct stage2 *s2)
{
	if (s2->root)
		table_free(s2, s2->root, s2->start, s2->root_pages);
	s2->root = NULL;
}

static u64 attr_of(const struct stage2 *s2, u32 prot)
{
	if (prot & AXVM_MEM_DEVICE)
		return s2->fwb ? ATTR_FWB_DEVICE : ATTR_DEVICE_NGNRE;
	if (prot & AXVM_MEM_UNCACHED)
		return s2->fwb ? ATTR_FWB_NC : ATTR_NORMAL_NC;
	return s2->fwb ? ATTR_FWB_WB : ATTR_NORMAL_WB;
}

static u64 leaf_of(const struct stage2 *s2, u64 hpa, unsigned int level,
		   u32 prot)
{
	u64 d = hpa | DESC_VALID | DESC_SH_INNER | DESC_AF |
		FIELD_PREP(DESC_ATTR, attr_of(s2, prot));

	if (level == LAST)
		d |= DESC_TABLE;
	if (prot & AXVM_MEM_READ)
		d |= DESC_S2AP_READ;
	if (prot & AXVM_MEM_WRITE)
		d |= DESC_S2AP_WRITE;
	if (!(prot & AXVM_MEM_EXEC))
		d |= DESC_XN;
	return d;
}

static int level_of(u64 size, unsigned int *level)
{
	for (*level = LAST; *level >= 1; (*level)--)
		if (size == span_of(*level))
			return 0;
	return -EINVAL;
}

static bool ipa_valid(const struct stage2 *s2, u64 gpa, u64 size)
{
	u64 end = 1ull << s2->ipa_bits;

	return size <= end && gpa <= end - size;
}

/* Make a valid entry invalid everywhere; its table, if it was one, is freed. */
static void entry_break(struct stage2 *s2, u64 *entry, unsigned int level,
			u64 gpa)
{
	u64 old = *entry, span = span_of(level);

	WRITE_ONCE(*entry, 0);
	s2->ops->flush(s2, gpa & ~(span - 1), span);
	if (is_table(old, level))
		table_free(s2, table_of(s2, old), level + 1, 1);
}

static void entry_make(struct stage2 *s2, u64 *entry, u64 desc)
{
	s2->ops->publish(s2); /* what it points to, before it */
	WRITE_ONCE(*entry, desc);
	s2->ops->publish(s2);
}

/* Does the block @desc at @level translate @gpa to @hpa with what @leaf says? */
static bool block_serves(u64 desc, unsigned int level, u64 gpa, u64 hpa,
			 u64 leaf)
{
	u64 off = gpa & (span_of(level) - 1);

	return (desc & DESC_ADDR) + off == hpa &&
	       !((desc ^ leaf) & ~(DESC_ADDR | DESC_TABLE));
}

/* The table under @entry, made if need be; NULL: no memory. */
static u64 *entry_table(struct stage2 *s2, u64 *entry, unsigned int level,
			u64 gpa)
{
	u64 *table;

	if (is_table(*entry, level))
		return table_of(s2, *entry);
	table = s2->ops->alloc(s2, 1);
	if (!table)
		return NULL;
	if (*entry & DESC_VALID) /* a block gives way; the rest faults again */
		entry_break(s2, entry, level, gpa);
	entry_make(s2, entry, s2->ops->to_phys(s2, table) | DESC_VALID |
			      DESC_TABLE);
	return table;
}

int stage2_map(struct stage2 *s2, u64 gpa, u64 hpa, u64 size, u32 prot)
{
	u64 *table = s2->root, *entry, leaf;
	unsigned int level, end;

	if (level_of(size, &end) || (gpa | hpa) & (size - 1) ||
	    hpa & ~DESC_ADDR || !ipa_valid(s2, gpa, size))
		return -EINVAL;
	leaf = leaf_of(s2, hpa, end, prot);
	for (level = s2->start;; level++) {
		entry = &table[index_of(s2, level, gpa)];
		if (level == end)
			break;
		if (*entry & DESC_VALID && !is_table(*entry, level) &&
		    block_serves(*entry, level, gpa, hpa, leaf))
			return 0;
		table = entry_table(s2, entry, level, gpa);
		if (!table)
			return -ENOMEM;
	}
	if (*entry == leaf)
		return 0;
	if (*entry & DESC_VALID)
		entry_break(s2, entry, level, gpa);
	entry_make(s2, entry, leaf);
	return 0;
}

/*
 * Clear what meets [gpa, end) below @table, whose first entry is for address
 * @base.  Tables stay until stage2_destroy(): a walker may be inside them.
 */
static void clear_range(struct stage2 *s2, u64 *table, unsigned int level,
			u64 gpa, u64 end)
{
	u64 span = span_of(level), next;

	for (; gpa < end; gpa = next) {
		u64 *entry = &table[index_of(s2, level, gpa)];

		next = min((gpa & ~(span - 1)) + span, end);
		if (is_table(*entry, level))
			clear_range(s2, table_of(s2, *entry), level + 1, gpa,
				    next);
		else if (*entry & DESC_VALID)
			WRITE_ONCE(*entry, 0);
	}
}

/* The range and the blocks that reach out of it. */
static void whole_blocks(const struct stage2 *s2, u64 *gpa, u64 *end)
{
	u64 hpa, size;
	u32 prot;

	size = stage2_lookup(s2, *gpa, &hpa, &prot);
	if (size)
		*gpa &= ~(size - 1);
	size = stage2_lookup(s2, *end - 1, &hpa, &prot);
	if (size)
		*end = ((*end - 1) | (size - 1)) + 1;
}

void stage2_unmap(struct stage2 *s2, u64 gpa, u64 size)
{
	u64 end = 1ull << s2->ipa_bits;

	if (!size || gpa >= end)
		return;
	end = min(end - gpa, size) + gpa;
	whole_blocks(s2, &gpa, &end);
	clear_range(s2, s2->root, s2->start, gpa, end);
	s2->ops->publish(s2);
	s2->ops->flush(s2, gpa, end - gpa);
}

static u32 prot_of(const struct stage2 *s2, u64 desc)
{
	u64 attr = FIELD_GET(DESC_ATTR, desc);
	u32 prot = 0;

	if (desc & DESC_S2AP_READ)
		prot |= AXVM_MEM_READ;
	if (desc & DESC_S2AP_WRITE)
		prot |= AXVM_MEM_WRITE;
	if (!(desc & DESC_XN))
		prot |= AXVM_MEM_EXEC;
	if (attr == attr_of(s2, AXVM_MEM_DEVICE))
		prot |= AXVM_MEM_DEVICE;
	else if (attr == attr_of(s2, AXVM_MEM_UNCACHED))
		prot |= AXVM_MEM_UNCACHED;
	return prot;
}

u64 stage2_lookup(const struct stage2 *s2, u64 gpa, u64 *hpa, u32 *prot)
{
	const u64 *table = s2->root;
	unsigned int level;

	if (!ipa_valid(s2, gpa, 1))
		return 0;
	for (level = s2->start;; level++) {
		u64 d = table[index_of(s2, level, gpa)];
		u64 span = span_of(level);

		if (!(d & DESC_VALID))
			return 0;
		if (is_table(d, level)) {
			table = table_of(s2, d);
			continue;
		}
		*hpa = (d & DESC_ADDR & ~(span - 1)) | (gpa & (span - 1));
		*prot = prot_of(s2, d);
		return span;
	}
}

u64 stage2_vtcr(const struct stage2 *s2, unsigned int parange, bool vmid16)
{
	/* SL0, 4 KiB granule: 2 starts at level 0, 1 at level 1. */
	return VTCR_RES1 | VTCR_SH_INNER | VTCR_ORGN_WBWA | VTCR_IRGN_WBWA |
	       FIELD_PREP(VTCR_PS, min(parange, 5u)) |
	       FIELD_PREP(VTCR_SL0, 2 - s2->start) |
	       FIELD_PREP(VTCR_T0SZ, 64 - s2->ipa_bits) |
	       (vmid16 ? VTCR_VS : 0);
}
