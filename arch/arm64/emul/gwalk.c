// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: walking a guest's stage-1 tables at EL1&0: all granules, both halves
 * of the address space, hierarchical attributes.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/gwalk.h"

#define SCTLR_M BIT_ULL(0)
#define SCTLR_WXN BIT_ULL(19)

#define TCR_T0SZ GENMASK_ULL(5, 0)
#define TCR_EPD0 BIT_ULL(7)
#define TCR_TG0 GENMASK_ULL(15, 14)
#define TCR_T1SZ GENMASK_ULL(21, 16)
#define TCR_EPD1 BIT_ULL(23)
#define TCR_TG1 GENMASK_ULL(31, 30)
#define TCR_TBI0 BIT_ULL(37)
#define TCR_TBI1 BIT_ULL(38)
#define TCR_HPD0 BIT_ULL(41)
#define TCR_HPD1 BIT_ULL(42)

#define DESC_VALID BIT_ULL(0)
#define DESC_TABLE BIT_ULL(1)
#define DESC_AP_USER BIT_ULL(6)
#define DESC_AP_RO BIT_ULL(7)
#define DESC_AF BIT_ULL(10)
#define DESC_PXN BIT_ULL(53)
#define DESC_UXN BIT_ULL(54)
#define DESC_ADDR GENMASK_ULL(47, 12)
/* Hierarchical attributes of table descriptors. */
#define TABLE_PXN BIT_ULL(59)
#define TABLE_UXN BIT_ULL(60)
#define TABLE_NO_USER BIT_ULL(61)
#define TABLE_RO BIT_ULL(62)

/* What one half of the address space is set up as. */
struct half {
	u64 ttbr;
	unsigned int size; /* address bits */
	unsigned int page; /* bits of a page offset: 12, 14, 16 */
	bool hpd;
};

/* TG0 and TG1 encode the granules differently. */
static unsigned int granule(bool upper, unsigned int tg)
{
	static const u8 tg0[] = { 12, 16, 14, 0 };
	static const u8 tg1[] = { 0, 14, 12, 16 };

	return upper ? tg1[tg] : tg0[tg];
}

static int half_of(const struct gwalk *w, u64 gva, struct half *h)
{
	bool upper = gva & BIT_ULL(55), tbi, off;
	u64 tcr = w->tcr, top;

	h->ttbr = upper ? w->ttbr1 : w->ttbr0;
	h->size = 64 - (upper ? FIELD_GET(TCR_T1SZ, tcr) :
				FIELD_GET(TCR_T0SZ, tcr));
	h->page = granule(upper, upper ? FIELD_GET(TCR_TG1, tcr) :
					 FIELD_GET(TCR_TG0, tcr));
	h->hpd = tcr & (upper ? TCR_HPD1 : TCR_HPD0);
	tbi = tcr & (upper ? TCR_TBI1 : TCR_TBI0);
	off = tcr & (upper ? TCR_EPD1 : TCR_EPD0);
	if (!h->page || h->size < 16 || h->size > 48)
		return -EINVAL;
	/* Bits above the half's size must all be as bit 55 is. */
	top = gva >> h->size;
	if (tbi)
		top |= (upper ? 0xffull : 0) << 56 >> h->size;
	if (tbi && !upper)
		top &= ~(0xffull << 56 >> h->size);
	if (off || top != (upper ? ~0ull >> h->size : 0))
		return -ENXIO;
	return 0;
}

/* Narrow what is allowed by one table descriptor. */
static void apply_table(u64 desc, struct gwalk_result *r)
{
	if (desc & TABLE_NO_USER)
		r->user_read = false;
	if (desc & TABLE_RO)
		r->write = false;
	if (desc & TABLE_PXN)
		r->exec = false;
	if (desc & TABLE_UXN)
		r->user_exec = false;
}

static void apply_leaf(const struct gwalk *w, u64 desc, struct gwalk_result *r)
{
	if (!(desc & DESC_AP_USER))
		r->user_read = false;
	if (desc & DESC_AP_RO)
		r->write = false;
	if (desc & DESC_PXN)
		r->exec = false;
	if (desc & DESC_UXN)
		r->user_exec = false;
	r->user_write = r->user_read && r->write;
	/* What EL0 can write, EL1 does not execute. */
	if (r->user_write)
		r->exec = false;
	if (w->sctlr & SCTLR_WXN) {
		r->exec &= !r->write;
		r->user_exec &= !r->user_write;
	}
}

/* May a block stand at this level? */
static bool block_ok(unsigned int page, unsigned int level)
{
	return level == 2 || (level == 1 && page == 12);
}

static int walk(const struct gwalk *w, const struct half *h, u64 gva,
		struct gwalk_result *r)
{
	unsigned int stride = h->page - 3;
	unsigned int levels = (h->size - h->page + stride - 1) / stride;
	unsigned int level = 4 - levels;
	u64 table = h->ttbr & DESC_ADDR;
	u64 va = gva & (~0ull >> (64 - h->size));

	/* A root may be smaller than a page, and its address as aligned. */
	if (h->page > 12 || h->size - h->page != levels * stride)
		table = h->ttbr & GENMASK_ULL(47, 1) &
			~((8ull << (h->size - h->page - (levels - 1) * stride)) -
			  1);
	for (;; level++) {
		unsigned int shift = h->page + (3 - level) * stride;
		u64 index = va >> shift, desc, out;

		if (r->levels)
			index &= (1ull << stride) - 1;
		if (w->read64(w->opaque, table + 8 * index, &desc))
			return -EFAULT;
		r->levels++;
		if (!(desc & DESC_VALID))
			return -ENXIO;
		out = desc & DESC_ADDR & ~((1ull << h->page) - 1);
		if (level < 3 && desc & DESC_TABLE) {
			if (!h->hpd)
				apply_table(desc, r);
			table = out;
			continue;
		}
		if (level < 3 ? !block_ok(h->page, level) :
				!(desc & DESC_TABLE))
			return -ENXIO;
		if (!(desc & DESC_AF))
			return -ENXIO;
		r->size = 1ull << shift;
		r->gpa = (out & ~(r->size - 1)) | (va & (r->size - 1));
		apply_leaf(w, desc, r);
		return 0;
	}
}

int gwalk_translate(const struct gwalk *w, u64 gva, struct gwalk_result *r)
{
	struct half h;
	int err;

	*r = (struct gwalk_result){
		.gpa = gva,
		.size = 1ull << 12,
		.read = true,
		.write = true,
		.exec = true,
		.user_read = true,
		.user_write = true,
		.user_exec = true,
	};
	if (!(w->sctlr & SCTLR_M))
		return 0;
	err = half_of(w, gva, &h);
	return err ? err : walk(w, &h, gva, r);
}
