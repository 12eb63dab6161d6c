// SPDX-License-Identifier: GPL-2.0
/*
 * arm64 stage 1 page tables of EL1&0 step by step, for granules of 4, 16 and
 * 64 KiB and 48-bit addresses (manual: the VMSAv8-64 translation table format
 * descriptors; TCR_EL1, TTBRn_EL1).
 */
#include <stdio.h>
#include <string.h>

#include "uapi/axvm_arm64.h"
#include "walk.h"

#define SCTLR_M (1ull << 0)
#define TCR_EPD0 (1ull << 7)
#define TCR_EPD1 (1ull << 23)
#define TCR_TBI0 (1ull << 37)
#define TCR_TBI1 (1ull << 38)
#define BITS(v, high, low) ((v) >> (low) & ((1ull << ((high) - (low) + 1)) - 1))

#define DESC_VALID 1ull
#define DESC_TABLE 2ull

/**
 * struct half - one half of the address space
 * @base: first table
 * @bits: width of an input address
 * @granule: log2 of its pages
 */
struct half {
	const char *name;
	uint64_t ttbr;
	unsigned int bits, granule;
	bool off, tbi;
};

/* TG0 and TG1 have different encodings. */
static unsigned int granule_of(uint64_t tcr, bool high)
{
	static const unsigned char tg0[] = { 12, 16, 14, 0 };
	static const unsigned char tg1[] = { 0, 14, 12, 16 };

	return high ? tg1[BITS(tcr, 31, 30)] : tg0[BITS(tcr, 15, 14)];
}

static struct half half_of(const struct axvm_arm64_sysregs *s, uint64_t gva)
{
	uint64_t tcr = s->tcr_el1;
	bool high = gva >> 55 & 1;

	if (high)
		return (struct half){ "TTBR1_EL1",
				      s->ttbr1_el1,
				      64 - (unsigned int)BITS(tcr, 21, 16),
				      granule_of(tcr, true),
				      tcr & TCR_EPD1,
				      tcr & TCR_TBI1 };
	return (struct half){ "TTBR0_EL1",
			      s->ttbr0_el1,
			      64 - (unsigned int)BITS(tcr, 5, 0),
			      granule_of(tcr, false),
			      tcr & TCR_EPD0,
			      tcr & TCR_TBI0 };
}

static void describe_leaf(struct walk_step *s)
{
	static const char *const access[] = { "rw-kernel", "rw-user",
					      "ro-kernel", "ro-user" };
	uint64_t e = s->entry;

	snprintf(s->text, WALK_TEXT, "page %s%s%s attr %u%s%s%s",
		 access[BITS(e, 7, 6)], e >> 53 & 1 ? " pxn" : "",
		 e >> 54 & 1 ? " uxn" : "", (unsigned int)BITS(e, 4, 2),
		 BITS(e, 9, 8) == 3 ? " inner" :
		 BITS(e, 9, 8) == 2 ? " outer" :
				      "",
		 e >> 10 & 1 ? "" : " no-access-flag",
		 e >> 11 & 1 ? " not-global" : "");
}

/* The bits above an address of the half must all say which half it is. */
static bool in_half(const struct half *h, uint64_t gva)
{
	unsigned int top = h->tbi ? 55 : 63;
	uint64_t above = BITS(gva, top, h->bits);
	uint64_t ones = (1ull << (top - h->bits + 1)) - 1;

	return above == (gva >> 55 & 1 ? ones : 0);
}

static uint64_t table_of(uint64_t entry, unsigned int granule)
{
	return entry & 0x0000ffffffffffffull & ~((1ull << granule) - 1);
}

static void found(struct walk *w, uint64_t entry, uint64_t gva,
		  unsigned int shift)
{
	uint64_t size = 1ull << shift;

	w->mapped = true;
	w->page_size = size;
	w->gpa = (entry & 0x0000ffffffffffffull & ~(size - 1)) |
		 (gva & (size - 1));
}

static void walk_levels(struct walk *w, const struct half *h, uint64_t gva,
			walk_read_fn read, void *ctx)
{
	static const char *const names[] = { "level 0", "level 1", "level 2",
					     "level 3" };
	unsigned int per = h->granule - 3; /* bits a level resolves */
	unsigned int level = 4 - (h->bits - h->granule + per - 1) / per;
	uint64_t base = h->ttbr & 0x0000fffffffffffeull;

	for (; level <= 3; level++) {
		unsigned int shift = h->granule + (3 - level) * per;
		unsigned int high = shift + per < h->bits ? shift + per :
							    h->bits;
		struct walk_step *s = &w->step[w->n++];
		bool leaf;

		*s = (struct walk_step){ .table = names[level],
					 .index = (unsigned int)BITS(
						 gva, high - 1, shift) };
		s->at = base + 8ull * s->index;
		if (read(ctx, s->at, &s->entry, 8)) {
			strcpy(s->text, "there is no guest memory");
			w->why = "a table is not in guest memory";
			return;
		}
		leaf = level == 3 ? s->entry & DESC_TABLE :
				    !(s->entry & DESC_TABLE);
		/* Blocks: not in level 0; with 4 KiB in 1 and 2, else in 2. */
		if (!(s->entry & DESC_VALID) || (level == 3 && !leaf) ||
		    (leaf && level < 2 && (level == 0 || h->granule != 12))) {
			strcpy(s->text, "invalid");
			w->why = "a descriptor is invalid";
			return;
		}
		if (leaf) {
			describe_leaf(s);
			found(w, s->entry, gva, shift);
			return;
		}
		strcpy(s->text, "table");
		base = table_of(s->entry, h->granule);
	}
}

void walk_arm64(const struct axvm_arm64_sysregs *s, uint64_t gva,
		walk_read_fn read, void *ctx, struct walk *w)
{
	struct half h = half_of(s, gva);

	*w = (struct walk){ 0 };
	if (!(s->sctlr_el1 & SCTLR_M)) {
		found(w, gva, gva, 12);
		return;
	}
	w->root = h.name;
	w->root_value = h.ttbr;
	if (!h.granule || h.bits > 48 || h.bits < 16)
		w->why =
			"TCR_EL1 asks for a granule or size that is not shown here";
	else if (h.off)
		w->why = "TCR_EL1 has walks of this half disabled";
	else if (!in_half(&h, gva))
		w->why = "the address is in neither half of the address space";
	else
		walk_levels(w, &h, gva, read, ctx);
}
