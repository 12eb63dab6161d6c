// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the walker of nested page tables: map, unmap, look up, destroy.
 * Entry formats are in npt_format.c.  Hardware walks the tables while they
 * change: each entry is written once, whole, after what it points to.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/x86/emul/npt.h"

#define NPT_ENTRIES 512u
#define NPT_ADDRESS GENMASK_ULL(51, 12)
#define NPT_PAGE_SIZE BIT_ULL(7)
#define NPT_PAGE 4096ull

static unsigned int npt_shift(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static u64 npt_span(unsigned int level)
{
	return 1ull << npt_shift(level);
}

static unsigned int npt_index(gpa_t gpa, unsigned int level)
{
	return (gpa >> npt_shift(level)) & (NPT_ENTRIES - 1);
}

static bool npt_is_leaf(u64 entry, unsigned int level)
{
	return level == 1 ||
	       ((level == 2 || level == 3) && (entry & NPT_PAGE_SIZE));
}

static bool npt_present(const struct npt *npt, u64 entry)
{
	return npt->format->present(entry);
}

/* Physical address of a leaf at @level (AMD keeps PAT in an address bit). */
static hpa_t npt_leaf_hpa(u64 entry, unsigned int level)
{
	return entry & NPT_ADDRESS & ~(npt_span(level) - 1);
}

static u64 *npt_child(struct npt *npt, u64 entry)
{
	return npt->ops->to_virt(npt, entry & NPT_ADDRESS);
}

static u64 *npt_alloc(struct npt *npt)
{
	u64 *table = npt->ops->alloc(npt);

	if (table)
		npt->tables++;
	return table;
}

unsigned int npt_gpa_bits(const struct npt *npt)
{
	return 12 + 9 * npt->levels;
}

static bool npt_range_ok(const struct npt *npt, gpa_t gpa, u64 size)
{
	u64 limit = 1ull << npt_gpa_bits(npt);

	return gpa < limit && size <= limit - gpa;
}

int npt_init(struct npt *npt)
{
	if (npt->levels < 4 || npt->levels > NPT_MAX_LEVELS ||
	    npt->phys_bits < 32 || npt->phys_bits > 52)
		return -EINVAL;
	npt->tables = 0;
	npt->flush = false;
	npt->root = npt_alloc(npt);
	return npt->root ? 0 : -ENOMEM;
}

/* Hand @table and all below it to @drop; depth is bounded by the levels. */
static void npt_drop(struct npt *npt, u64 *table, unsigned int level,
		     void (*drop)(struct npt *npt, void *table))
{
	unsigned int i;

	for (i = 0; level > 1 && i < NPT_ENTRIES; i++) {
		u64 entry = READ_ONCE(table[i]);

		if (npt_present(npt, entry) && !npt_is_leaf(entry, level))
			npt_drop(npt, npt_child(npt, entry), level - 1, drop);
	}
	npt->tables--;
	drop(npt, table);
}

void npt_destroy(struct npt *npt)
{
	if (!npt->root)
		return;
	npt_drop(npt, npt->root, npt->levels, npt->ops->free);
	npt->root = NULL;
}

hpa_t npt_root(struct npt *npt)
{
	return npt->ops->to_phys(npt, npt->root);
}

u64 npt_eptp(struct npt *npt)
{
	u64 eptp = npt_root(npt) | 6 | (u64)(npt->levels - 1) << 3;

	if (npt->features & NPT_USE_AD)
		eptp |= BIT_ULL(6);
	return eptp;
}

/* The same block as a table of smaller ones; rights and flags carry over. */
static int npt_split(struct npt *npt, u64 *entry, unsigned int level)
{
	const struct npt_format *format = npt->format;
	u64 old = READ_ONCE(*entry);
	u64 flags = old & (format->accessed | format->dirty);
	hpa_t hpa = npt_leaf_hpa(old, level);
	u32 prot = format->prot(old);
	enum npt_memtype memtype = format->memtype(old, level);
	u64 *table = npt_alloc(npt);
	unsigned int i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < NPT_ENTRIES; i++) {
		u64 leaf = format->leaf(level - 1, hpa, prot, memtype);

		WRITE_ONCE(table[i], leaf | flags);
		hpa += npt_span(level - 1);
	}
	WRITE_ONCE(*entry, format->table(npt->ops->to_phys(npt, table)));
	npt->flush = true;
	return 0;
}

/* Does the leaf @entry already say what is asked for? */
static bool npt_same(const struct npt *npt, u64 entry, unsigned int level,
		     gpa_t gpa, hpa_t hpa, u32 prot, enum npt_memtype memtype)
{
	u64 offset = gpa & (npt_span(level) - 1);

	return npt_leaf_hpa(entry, level) + offset == hpa &&
	       npt->format->prot(entry) == prot &&
	       npt->format->memtype(entry, level) == memtype;
}

static unsigned int npt_size_level(const struct npt *npt, u64 size)
{
	if (size == npt_span(1))
		return 1;
	if (size == npt_span(2) && (npt->features & NPT_HAS_2M))
		return 2;
	if (size == npt_span(3) && (npt->features & NPT_HAS_1G))
		return 3;
	return 0;
}

static void npt_set_leaf(struct npt *npt, u64 *entry, unsigned int level,
			 u64 leaf)
{
	u64 old = READ_ONCE(*entry);

	WRITE_ONCE(*entry, leaf);
	if (!npt_present(npt, old))
		return;
	npt->flush = true;
	if (!npt_is_leaf(old, level))
		npt_drop(npt, npt_child(npt, old), level - 1, npt->ops->retire);
}

int npt_map(struct npt *npt, gpa_t gpa, hpa_t hpa, u64 size, u32 prot,
	    enum npt_memtype memtype)
{
	unsigned int target = npt_size_level(npt, size), level;
	u64 *table = npt->root, *entry, *child;

	if (!target || ((gpa | hpa) & (size - 1)) ||
	    !npt_range_ok(npt, gpa, size) || hpa >> npt->phys_bits ||
	    (prot & ~(NPT_READ | NPT_WRITE | NPT_EXEC)) ||
	    !npt->format->valid(npt, prot) || memtype >= NPT_NR_MEMTYPES)
		return -EINVAL;

	for (level = npt->levels;; level--) {
		u64 old;

		entry = &table[npt_index(gpa, level)];
		old = READ_ONCE(*entry);
		if (npt_present(npt, old) && npt_is_leaf(old, level) &&
		    npt_same(npt, old, level, gpa, hpa, prot, memtype))
			return 0;
		if (level == target)
			break;
		if (!npt_present(npt, old)) {
			child = npt_alloc(npt);
			if (!child)
				return -ENOMEM;
			WRITE_ONCE(*entry, npt->format->table(npt->ops->to_phys(
						   npt, child)));
		} else if (npt_is_leaf(old, level)) {
			if (npt_split(npt, entry, level))
				return -ENOMEM;
		}
		table = npt_child(npt, READ_ONCE(*entry));
	}
	npt_set_leaf(npt, entry, level,
		     npt->format->leaf(level, hpa, prot, memtype));
	return 0;
}

static bool npt_empty(const struct npt *npt, const u64 *table)
{
	unsigned int i;

	for (i = 0; i < NPT_ENTRIES; i++)
		if (npt_present(npt, READ_ONCE(table[i])))
			return false;
	return true;
}

/*
 * Clear [start, end) of @table, which begins at @base.  Recursion is bounded
 * by the levels, the work by the tables that the range meets.
 */
static void npt_clear(struct npt *npt, u64 *table, unsigned int level,
		      gpa_t base, gpa_t start, gpa_t end)
{
	u64 span = npt_span(level);
	unsigned int i = start > base ? (start - base) >> npt_shift(level) : 0;

	for (; i < NPT_ENTRIES && base + i * span < end; i++) {
		gpa_t at = base + i * span;
		bool whole = start <= at && at + span <= end;
		u64 old = READ_ONCE(table[i]);
		bool leaf = npt_is_leaf(old, level);
		u64 *child;

		if (!npt_present(npt, old))
			continue;
		if (!whole && leaf && !npt_split(npt, &table[i], level)) {
			leaf = false;
			old = READ_ONCE(table[i]);
		}
		child = leaf ? NULL : npt_child(npt, old);
		if (!whole && child) {
			npt_clear(npt, child, level - 1, at, start, end);
			if (!npt_empty(npt, child))
				continue;
		}
		WRITE_ONCE(table[i], 0);
		npt->flush = true;
		if (child)
			npt_drop(npt, child, level - 1, npt->ops->retire);
	}
}

int npt_unmap(struct npt *npt, gpa_t gpa, u64 size)
{
	if (((gpa | size) & (NPT_PAGE - 1)) || !npt_range_ok(npt, gpa, size))
		return -EINVAL;
	npt_clear(npt, npt->root, npt->levels, 0, gpa, gpa + size);
	return 0;
}

int npt_lookup(struct npt *npt, gpa_t gpa, struct npt_mapping *m)
{
	u64 *table = npt->root;
	unsigned int level;
	u64 entry;

	if (!npt_range_ok(npt, gpa, 1))
		return -ENOENT;
	for (level = npt->levels;; level--) {
		entry = READ_ONCE(table[npt_index(gpa, level)]);
		if (!npt_present(npt, entry))
			return -ENOENT;
		if (npt_is_leaf(entry, level))
			break;
		table = npt_child(npt, entry);
	}
	m->size = npt_span(level);
	m->gpa = gpa & ~(m->size - 1);
	m->hpa = npt_leaf_hpa(entry, level);
	m->prot = npt->format->prot(entry);
	m->memtype = npt->format->memtype(entry, level);
	m->accessed = entry & npt->format->accessed;
	m->dirty = entry & npt->format->dirty;
	return 0;
}

int npt_exec(struct npt *npt, gpa_t gpa, bool *split)
{
	struct npt_mapping m;
	gpa_t page = gpa & ~(NPT_PAGE - 1);
	int err = npt_lookup(npt, gpa, &m);

	*split = false;
	if (err || m.prot & NPT_EXEC)
		return err;
	err = npt_map(npt, page, m.hpa + (page - m.gpa), NPT_PAGE,
		      m.prot | NPT_EXEC, m.memtype);
	*split = !err && m.size > NPT_PAGE;
	return err;
}
