// SPDX-License-Identifier: GPL-2.0
/*
 * All that a vCPU's page tables map.  The guest wrote them: a table may point
 * anywhere, to itself too; the number of runs bounds the walk, since what maps
 * nothing new ends at its level.  PURE but for its memory.
 */
#include <stdlib.h>

#include "pagemap.h"
#include "vmctl.h"

#define ADDRESS_48 0x0000fffffffff000ull
#define ADDRESS_52 0x000ffffffffff000ull

#define X86_PRESENT 1u
#define X86_LARGE (1u << 7)
#define X86_BLOCKS 2 /* 1 GiB */

#define ARM64_VALID 1u
#define ARM64_TABLE 2u

/* TCR_EL1 */
#define TCR_T1SZ 16
#define TCR_TG0 14
#define TCR_TG1 30
#define TCR_EPD0 7
#define TCR_EPD1 23

/**
 * struct format - tables of one architecture and granule
 * @page: log2 of the page size
 * @bits: index bits of a full table
 * @address: where entries have the next address
 * @sign: this bit of an address is repeated above it, 0: none is
 * @blocks: highest level with leaves
 * @leaf: is it the end at @level (0: pages)?  @present: is it anything?
 */
struct format {
	unsigned int page, bits;
	uint64_t address;
	unsigned int sign, blocks;
	bool (*present)(uint64_t e);
	bool (*leaf)(uint64_t e, unsigned int level);
};

/** struct walk - @tables that may yet be read: a guest's loops end */
struct walk {
	struct pagemap *m;
	const struct format *f;
	uint64_t tables;
};

#define MAX_TABLES (1u << 20) /* 4 GiB of them */

static bool x86_present(uint64_t e)
{
	return e & X86_PRESENT;
}

static bool x86_leaf(uint64_t e, unsigned int level)
{
	return !level || e & X86_LARGE;
}

static bool arm64_present(uint64_t e)
{
	return e & ARM64_VALID;
}

static bool arm64_leaf(uint64_t e, unsigned int level)
{
	return !level || !(e & ARM64_TABLE);
}

static void add(struct pagemap *m, uint64_t gva, uint64_t gpa, uint64_t len)
{
	struct core_run *last = m->n ? &m->runs[m->n - 1] : NULL;

	if (last && last->gva + last->len == gva &&
	    last->gpa + last->len == gpa) {
		last->len += len;
		return;
	}
	if (m->n == m->max) {
		m->full = true;
		return;
	}
	if (m->n == m->room) {
		m->room = m->room ? 2 * m->room : 256;
		m->runs = must(realloc(m->runs, m->room * sizeof(*m->runs)));
	}
	m->runs[m->n++] = (struct core_run){ gva, gpa, len };
}

/* @bits: of this table's index; the first table may have fewer. */
static void walk(struct walk *w, uint64_t table, uint64_t gva,
		 unsigned int level, unsigned int bits)
{
	const struct format *f = w->f;
	unsigned int shift = f->page + level * f->bits;
	size_t n = (size_t)1 << bits;
	uint64_t *e;

	if (!w->tables || w->m->full)
		return;
	w->tables--;
	e = must(malloc(n * sizeof(*e)));
	if (!w->m->read(w->m->opaque, table, e, n * sizeof(*e)))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = gva + ((uint64_t)i << shift);
		uint64_t next = e[i] & f->address;

		if (!f->present(e[i]))
			continue;
		if (f->sign && at >> f->sign & 1)
			at |= -(1ull << f->sign);
		if (!f->leaf(e[i], level))
			walk(w, next & -(1ull << f->page), at, level - 1,
			     f->bits);
		else if (level <= f->blocks)
			add(w->m, at, next & -(1ull << shift), 1ull << shift);
	}
	free(e);
}

void pagemap_x86(struct pagemap *m, uint64_t cr3, bool five_levels)
{
	unsigned int top = five_levels ? 4 : 3;
	const struct format f = { 12,		9,	    ADDRESS_52,
				  20 + 9 * top, X86_BLOCKS, x86_present,
				  x86_leaf };
	struct walk w = { m, &f, MAX_TABLES };

	walk(&w, cr3 & ADDRESS_52, 0, top, 9);
}

/* One half: @size is T0SZ or T1SZ, @page log2 of the granule. */
static void half(struct pagemap *m, uint64_t ttbr, unsigned int size,
		 unsigned int page, uint64_t base)
{
	const struct format f = { page,	     page - 3,		 ADDRESS_48,
				  0,	     page == 12 ? 2 : 1, arm64_present,
				  arm64_leaf };
	struct walk w = { m, &f, MAX_TABLES };
	unsigned int bits, level;

	if (size < 16 || size > 48)
		return; /* no 52-bit addresses */
	bits = 64 - size - page;
	level = (bits - 1) / f.bits;
	bits -= level * f.bits;
	walk(&w, ttbr & 0x0000fffffffffffeull & -(8ull << bits), base, level,
	     bits);
}

void pagemap_arm64(struct pagemap *m, uint64_t ttbr0, uint64_t ttbr1,
		   uint64_t tcr)
{
	/* TG0 and TG1 have their own ways to say 4, 16 and 64 KiB. */
	static const uint8_t granule0[] = { 12, 16, 14, 12 };
	static const uint8_t granule1[] = { 12, 14, 12, 16 };
	unsigned int size1 = tcr >> TCR_T1SZ & 0x3f;

	if (!(tcr >> TCR_EPD0 & 1))
		half(m, ttbr0, tcr & 0x3f, granule0[tcr >> TCR_TG0 & 3], 0);
	if (!(tcr >> TCR_EPD1 & 1) && size1)
		half(m, ttbr1, size1, granule1[tcr >> TCR_TG1 & 3],
		     -(1ull << (64 - size1)));
}
