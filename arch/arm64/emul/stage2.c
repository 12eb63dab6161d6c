// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: stage-2 translation tables of arm64.  Owns walking, splitting and
 * break-before-make of the tables; has no lock and touches no TLB itself.
 *
 * A table that is taken out stays where it was until the flush: its entry
 * only loses the valid bit, and hardware ignores the rest.  So nothing has to
 * remember what is to be freed, and unmapping needs one flush a call.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <asm/barrier.h>

#include "arch/arm64/emul/stage2.h"
#include "uapi/axvm.h"

/* Descriptor.  Manual: "VMSAv8-64 stage 2 block and page descriptors". */
#define S2_VALID BIT_ULL(0)
#define S2_TABLE BIT_ULL(1) /* table; at level 3: page */
#define S2_MEMATTR GENMASK_ULL(5, 2)
#define S2_READ BIT_ULL(6)
#define S2_WRITE BIT_ULL(7)
#define S2_SH GENMASK_ULL(9, 8)
#define S2_AF BIT_ULL(10)
#define S2_PA GENMASK_ULL(47, 12)
#define S2_XN BIT_ULL(54)

#define S2_SH_INNER 3ull
#define S2_MEMATTR_WB 0xfull
#define S2_MEMATTR_NC 0x5ull
#define S2_MEMATTR_DEVICE 0x1ull /* nGnRE */
#define S2_MEMATTR_FWB_WB 0x6ull /* no matter what stage 1 says */

/* What tells two leaves apart, besides the address. */
#define S2_ATTRS (S2_MEMATTR | S2_READ | S2_WRITE | S2_SH | S2_AF | S2_XN)

#define S2_ENTRIES 512u
#define S2_LEAF_LEVEL 3u

/* VTCR_EL2 */
#define VTCR_T0SZ GENMASK_ULL(5, 0)
#define VTCR_SL0 GENMASK_ULL(7, 6)
#define VTCR_IRGN0 GENMASK_ULL(9, 8)
#define VTCR_ORGN0 GENMASK_ULL(11, 10)
#define VTCR_SH0 GENMASK_ULL(13, 12)
#define VTCR_PS GENMASK_ULL(18, 16)
#define VTCR_VS BIT_ULL(19)
#define VTCR_RES1 BIT_ULL(31)
#define VTCR_WBWA 1ull

static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48 };

unsigned int stage2_pa_bits(unsigned int parange)
{
	return pa_bits[min_t(unsigned int, parange, ARRAY_SIZE(pa_bits) - 1)];
}

unsigned int stage2_start_level(unsigned int ipa_bits)
{
	/* Up to 16 concatenated tables add 4 bits to a level. */
	return ipa_bits > 39 + 4 ? 0 : 1;
}

static unsigned int level_shift(unsigned int level)
{
	return 12 + 9 * (S2_LEAF_LEVEL - level);
}

static u64 level_size(unsigned int level)
{
	return 1ull << level_shift(level);
}

unsigned int stage2_root_pages(unsigned int ipa_bits)
{
	unsigned int one = level_shift(stage2_start_level(ipa_bits)) + 9;

	return ipa_bits > one ? 1u << (ipa_bits - one) : 1;
}

static bool ipa_bits_valid(unsigned int ipa_bits)
{
	return ipa_bits >= STAGE2_MIN_IPA_BITS &&
	       ipa_bits <= STAGE2_MAX_IPA_BITS;
}

u64 stage2_vtcr(unsigned int parange, unsigned int ipa_bits, bool vmid16)
{
	unsigned int ps = min_t(unsigned int, parange, ARRAY_SIZE(pa_bits) - 1);
	/* SL0 counts up from level 2. */
	u64 sl0 = 2 - stage2_start_level(ipa_bits);

	if (!ipa_bits_valid(ipa_bits) || ipa_bits > pa_bits[ps])
		return 0;
	return VTCR_RES1 | FIELD_PREP(VTCR_T0SZ, 64ull - ipa_bits) |
	       FIELD_PREP(VTCR_SL0, sl0) | FIELD_PREP(VTCR_IRGN0, VTCR_WBWA) |
	       FIELD_PREP(VTCR_ORGN0, VTCR_WBWA) |
	       FIELD_PREP(VTCR_SH0, S2_SH_INNER) |
	       FIELD_PREP(VTCR_PS, (u64)ps) | (vmid16 ? VTCR_VS : 0);
}

/* ---- entries ------------------------------------------------------------ */

static bool is_valid(u64 e)
{
	return e & S2_VALID;
}

static bool is_table(u64 e, unsigned int level)
{
	return (e & (S2_VALID | S2_TABLE)) == (S2_VALID | S2_TABLE) &&
	       level < S2_LEAF_LEVEL;
}

/* A table that waits for the flush: see the top of this file. */
static bool is_retired(u64 e)
{
	return !is_valid(e) && e;
}

static u64 leaf_entry(const struct stage2 *s2, unsigned int level, hpa_t pa,
		      u32 prot)
{
	u64 e = pa | S2_VALID | S2_AF;
	u64 attr = s2->fwb ? S2_MEMATTR_FWB_WB : S2_MEMATTR_WB;

	if (level == S2_LEAF_LEVEL)
		e |= S2_TABLE;
	if (prot & AXVM_MEM_READ)
		e |= S2_READ;
	if (prot & AXVM_MEM_WRITE)
		e |= S2_WRITE;
	if (!(prot & AXVM_MEM_EXEC))
		e |= S2_XN;
	if (prot & AXVM_MEM_DEVICE)
		return e | FIELD_PREP(S2_MEMATTR, S2_MEMATTR_DEVICE);
	if (prot & AXVM_MEM_UNCACHED)
		attr = S2_MEMATTR_NC;
	return e | FIELD_PREP(S2_MEMATTR, attr) |
	       FIELD_PREP(S2_SH, S2_SH_INNER);
}

static u32 leaf_prot(u64 e)
{
	u64 attr = FIELD_GET(S2_MEMATTR, e);

	return (e & S2_READ ? AXVM_MEM_READ : 0) |
	       (e & S2_WRITE ? AXVM_MEM_WRITE : 0) |
	       (e & S2_XN ? 0 : AXVM_MEM_EXEC) |
	       (attr == S2_MEMATTR_DEVICE ? AXVM_MEM_DEVICE : 0) |
	       (attr == S2_MEMATTR_NC ? AXVM_MEM_UNCACHED : 0);
}

static u64 *entry_of(const struct stage2 *s2, u64 *table, unsigned int level,
		     gpa_t gpa)
{
	u64 index = gpa >> level_shift(level);

	/* Concatenated root tables lie one behind the other. */
	return table + (level == s2->start_level ? index : index % S2_ENTRIES);
}

static u64 *table_of(struct stage2 *s2, u64 e)
{
	return s2->ops->to_virt(s2, e & S2_PA);
}

static u64 *table_alloc(struct stage2 *s2)
{
	u64 *table = s2->ops->alloc(s2, 1);

	if (table)
		s2->tables++;
	return table;
}

/* Free a table with all below it; depth is bounded by the levels. */
static void table_free(struct stage2 *s2, u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; level < S2_LEAF_LEVEL && i < S2_ENTRIES; i++)
		if (is_table(table[i], level) || is_retired(table[i]))
			table_free(s2, table_of(s2, table[i]), level + 1);
	s2->ops->free(s2, table, 1);
	s2->tables--;
}

/* The table's own stores come before the entry that shows it to a walker. */
static void link_table(struct stage2 *s2, u64 *e, const u64 *table)
{
	smp_store_release(e, s2->ops->to_phys(s2, table) | S2_VALID | S2_TABLE);
}

static void publish(struct stage2 *s2)
{
	if (s2->ops->publish)
		s2->ops->publish(s2);
}

/* Break: @e loses what it has; its table, if any, stays for the flush. */
static void entry_break(u64 *e, unsigned int level)
{
	u64 old = READ_ONCE(*e);

	WRITE_ONCE(*e, is_table(old, level) ? old & ~S2_VALID : 0);
}

/* After the flush nobody looks at what @e had. */
static void entry_reap(struct stage2 *s2, u64 *e, unsigned int level)
{
	u64 old = *e;

	if (!is_retired(old))
		return;
	WRITE_ONCE(*e, 0);
	table_free(s2, table_of(s2, old), level + 1);
}

/* Break a single entry and wait until it is gone everywhere. */
static void entry_clear(struct stage2 *s2, u64 *e, unsigned int level,
			gpa_t gpa)
{
	if (!is_valid(*e))
		return;
	entry_break(e, level);
	s2->ops->flush(s2, ALIGN_DOWN(gpa, level_size(level)),
		       level_size(level));
	entry_reap(s2, e, level);
}

/*
 * Replace the block at @e by a table of smaller ones.
 * Return: the table, or NULL with nothing changed.
 */
static u64 *entry_split(struct stage2 *s2, u64 *e, unsigned int level,
			gpa_t gpa)
{
	u64 block = *e;
	u64 part = level_size(level + 1);
	u64 *table = table_alloc(s2);
	unsigned int i;

	if (!table)
		return NULL;
	for (i = 0; i < S2_ENTRIES; i++)
		table[i] = (block + i * part) |
			   (level + 1 == S2_LEAF_LEVEL ? S2_TABLE : 0);
	entry_clear(s2, e, level, gpa);
	link_table(s2, e, table);
	publish(s2);
	return table;
}

/* ---- interface ------------------------------------------------------------ */

int stage2_init(struct stage2 *s2)
{
	if (!ipa_bits_valid(s2->ipa_bits))
		return -EINVAL;
	s2->start_level = stage2_start_level(s2->ipa_bits);
	s2->root_pages = stage2_root_pages(s2->ipa_bits);
	s2->root = s2->ops->alloc(s2, s2->root_pages);
	if (!s2->root)
		return -ENOMEM;
	s2->tables = s2->root_pages;
	return 0;
}

void stage2_destroy(struct stage2 *s2)
{
	u64 *root = s2->root;
	unsigned int i;

	if (!root)
		return;
	for (i = 0; i < s2->root_pages * S2_ENTRIES; i++)
		if (is_table(root[i], s2->start_level))
			table_free(s2, table_of(s2, root[i]),
				   s2->start_level + 1);
	s2->ops->free(s2, root, s2->root_pages);
	s2->root = NULL;
	s2->tables = 0;
}

static int size_level(u64 size)
{
	unsigned int level;

	for (level = 1; level <= S2_LEAF_LEVEL; level++)
		if (size == level_size(level))
			return level;
	return -EINVAL;
}

static bool ipa_in_range(const struct stage2 *s2, gpa_t gpa, u64 size)
{
	u64 end = 1ull << s2->ipa_bits;

	return gpa < end && size <= end - gpa;
}

static int map_check(const struct stage2 *s2, gpa_t gpa, hpa_t hpa, u64 size,
		     u32 prot)
{
	int level = size_level(size);

	if (level < 0 || ((gpa | hpa) & (size - 1)) ||
	    !ipa_in_range(s2, gpa, size) || hpa > S2_PA ||
	    !(prot & (AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC)))
		return -EINVAL;
	return level;
}

/* Does the leaf @e at @level already say what @new says for @gpa? */
static bool leaf_has(u64 e, unsigned int level, gpa_t gpa, u64 new)
{
	u64 inside = gpa & (level_size(level) - 1);

	return ((e & S2_PA) | inside) == (new &S2_PA) &&
	       (e & S2_ATTRS) == (new &S2_ATTRS);
}

int stage2_map(struct stage2 *s2, gpa_t gpa, hpa_t hpa, u64 size, u32 prot)
{
	int leaf = map_check(s2, gpa, hpa, size, prot);
	unsigned int level = s2->start_level;
	u64 *table = s2->root;
	u64 *e, new;

	if (leaf < 0)
		return leaf;
	new = leaf_entry(s2, leaf, hpa, prot);
	for (;; level++) {
		e = entry_of(s2, table, level, gpa);
		if (is_valid(*e) && !is_table(*e, level) &&
		    leaf_has(*e, level, gpa, new))
			return 0;
		if (level == (unsigned int)leaf)
			break;
		if (is_table(*e, level)) {
			table = table_of(s2, *e);
		} else if (is_valid(*e)) {
			table = entry_split(s2, e, level, gpa);
		} else {
			table = table_alloc(s2);
			if (table)
				link_table(s2, e, table);
		}
		if (!table)
			return -ENOMEM;
	}
	entry_clear(s2, e, level, gpa);
	WRITE_ONCE(*e, new);
	publish(s2);
	return 0;
}

/* ---- unmapping -------------------------------------------------------------- */

/**
 * struct unmap - one call of stage2_unmap()
 * @s2: the tables
 * @start: first address
 * @end: behind the last one
 * @lo: lowest address that lost its translation
 * @hi: behind the highest one; 0: none has
 */
struct unmap {
	struct stage2 *s2;
	gpa_t start;
	gpa_t end;
	gpa_t lo;
	gpa_t hi;
};

static void unmap_entry(struct unmap *u, u64 *e, unsigned int level, gpa_t at,
			u64 size)
{
	entry_break(e, level);
	u->lo = u->hi ? min(u->lo, at) : at;
	u->hi = max(u->hi, at + size);
}

static bool table_empty(const u64 *table)
{
	unsigned int i;

	for (i = 0; i < S2_ENTRIES; i++)
		if (is_valid(table[i]))
			return false;
	return true;
}

/* The part of [@base, @base + bytes of @level's entries) that is unmapped. */
static gpa_t unmap_from(const struct unmap *u, unsigned int level, gpa_t base)
{
	return ALIGN_DOWN(max(u->start, base), level_size(level));
}

/* Break every entry of @table, which maps [@base, @limit), in the range. */
static void unmap_break(struct unmap *u, u64 *table, unsigned int level,
			gpa_t base, gpa_t limit)
{
	u64 size = level_size(level);
	gpa_t at = unmap_from(u, level, base);

	for (; at < min(u->end, limit); at += size) {
		u64 *e = entry_of(u->s2, table, level, at);
		bool whole = at >= u->start && u->end - at >= size;
		u64 *below;

		if (!is_valid(*e))
			continue;
		if (!whole && !is_table(*e, level) &&
		    !entry_split(u->s2, e, level, at))
			whole = true; /* rather too much than too little */
		if (whole) {
			unmap_entry(u, e, level, at, size);
			continue;
		}
		below = table_of(u->s2, *e);
		unmap_break(u, below, level + 1, at, at + size);
		/* Any one address of it makes walkers forget the table. */
		if (table_empty(below))
			unmap_entry(u, e, level, max(u->start, at),
				    STAGE2_TABLE_BYTES);
	}
}

/* After the flush: free what unmap_break() took out. */
static void unmap_reap(struct unmap *u, u64 *table, unsigned int level,
		       gpa_t base, gpa_t limit)
{
	u64 size = level_size(level);
	gpa_t at = unmap_from(u, level, base);

	for (; at < min(u->end, limit); at += size) {
		u64 *e = entry_of(u->s2, table, level, at);

		if (is_table(*e, level))
			unmap_reap(u, table_of(u->s2, *e), level + 1, at,
				   at + size);
		else if (level < S2_LEAF_LEVEL)
			entry_reap(u->s2, e, level);
	}
}

int stage2_unmap(struct stage2 *s2, gpa_t gpa, u64 size)
{
	struct unmap u = { .s2 = s2, .start = gpa, .end = gpa + size };
	gpa_t limit = 1ull << s2->ipa_bits;

	if (!size || ((gpa | size) & (STAGE2_TABLE_BYTES - 1)) ||
	    !ipa_in_range(s2, gpa, size))
		return -EINVAL;
	unmap_break(&u, s2->root, s2->start_level, 0, limit);
	if (!u.hi)
		return 0;
	s2->ops->flush(s2, u.lo, u.hi - u.lo);
	unmap_reap(&u, s2->root, s2->start_level, 0, limit);
	return 0;
}

int stage2_lookup(struct stage2 *s2, gpa_t gpa, struct stage2_mapping *m)
{
	unsigned int level = s2->start_level;
	u64 *table = s2->root;
	u64 e;

	if (!ipa_in_range(s2, gpa, 1))
		return -ENOENT;
	for (;; level++) {
		e = *entry_of(s2, table, level, gpa);
		if (!is_valid(e) || !is_table(e, level))
			break;
		table = table_of(s2, e);
	}
	*m = (struct stage2_mapping){
		.gpa = ALIGN_DOWN(gpa, level_size(level)),
		.size = level_size(level),
	};
	if (!is_valid(e))
		return -ENOENT;
	*m = (struct stage2_mapping){
		.gpa = m->gpa,
		.hpa = e & S2_PA,
		.size = m->size,
		.prot = leaf_prot(e),
		.accessed = e & S2_AF,
	};
	return 0;
}
