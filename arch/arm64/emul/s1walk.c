// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: a guest's stage-1 walk.  One loop for all granules; what the access
 * may do is worked out at its end.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/s1walk.h"

/* SCTLR_EL1 */
#define SCTLR_M BIT_ULL(0)
#define SCTLR_WXN BIT_ULL(19)
#define SCTLR_EE BIT_ULL(25)

/* TCR_EL1 */
#define TCR_T0SZ GENMASK_ULL(5, 0)
#define TCR_EPD0 BIT_ULL(7)
#define TCR_TG0 GENMASK_ULL(15, 14)
#define TCR_T1SZ GENMASK_ULL(21, 16)
#define TCR_EPD1 BIT_ULL(23)
#define TCR_TG1 GENMASK_ULL(31, 30)
#define TCR_IPS GENMASK_ULL(34, 32)
#define TCR_TBI0 BIT_ULL(37)
#define TCR_TBI1 BIT_ULL(38)
#define TCR_HA BIT_ULL(39)
#define TCR_HD BIT_ULL(40)
#define TCR_HPD0 BIT_ULL(41)
#define TCR_HPD1 BIT_ULL(42)
#define TCR_E0PD0 BIT_ULL(55)
#define TCR_E0PD1 BIT_ULL(56)

/* Descriptor.  Manual: "VMSAv8-64 translation table format descriptors". */
#define DESC_VALID BIT_ULL(0)
#define DESC_TABLE BIT_ULL(1) /* table; at level 3: page */
#define DESC_ATTR GENMASK_ULL(4, 2)
#define DESC_EL0 BIT_ULL(6)
#define DESC_RO BIT_ULL(7)
#define DESC_AF BIT_ULL(10)
#define DESC_NG BIT_ULL(11)
#define DESC_PA GENMASK_ULL(47, 12)
#define DESC_DBM BIT_ULL(51)
#define DESC_PXN BIT_ULL(53)
#define DESC_UXN BIT_ULL(54)
#define DESC_PXN_TABLE BIT_ULL(59)
#define DESC_UXN_TABLE BIT_ULL(60)
#define DESC_NO_EL0_TABLE BIT_ULL(61)
#define DESC_RO_TABLE BIT_ULL(62)

#define TTBR_BADDR GENMASK_ULL(47, 1)
#define LEAF_LEVEL 3
#define VA_SELECT 55 /* this bit tells TTBR1 from TTBR0 */

/* Fault status codes, without their level */
#define FSC_ADDRESS_SIZE 0x00
#define FSC_TRANSLATION 0x04
#define FSC_ACCESS_FLAG 0x08
#define FSC_PERMISSION 0x0c

/**
 * struct regime - one half of the address space
 * @ttbr: its table base register
 * @va_bits: width of its addresses
 * @page_shift: log2 of its granule
 * @tbi: the top byte is ignored
 * @disabled: no walks, or none from EL0
 * @hpd: permissions in table descriptors do not count
 * @out_bits: width of output addresses
 */
struct regime {
	u64 ttbr;
	unsigned int va_bits;
	unsigned int page_shift;
	bool tbi;
	bool disabled;
	bool hpd;
	unsigned int out_bits;
};

static int fault(struct s1walk_result *res, u8 fsc, int level)
{
	res->level = level;
	res->fsc = fsc | level;
	return -EFAULT;
}

static unsigned int output_bits(const struct s1walk_info *info)
{
	static const u8 ips[8] = { 32, 36, 40, 42, 44, 48, 48, 48 };

	return min_t(unsigned int, ips[FIELD_GET(TCR_IPS, info->tcr)],
		     info->ipa_bits);
}

static void get_regime(const struct s1walk_info *info, bool upper,
		       struct regime *r)
{
	/* Reserved granules: as 4 KiB. */
	static const u8 tg0[4] = { 12, 16, 14, 12 };
	static const u8 tg1[4] = { 12, 14, 12, 16 };
	u64 tcr = info->tcr;

	r->out_bits = output_bits(info);
	if (upper) {
		r->ttbr = info->ttbr1;
		r->va_bits = 64 - FIELD_GET(TCR_T1SZ, tcr);
		r->page_shift = tg1[FIELD_GET(TCR_TG1, tcr)];
		r->tbi = tcr & TCR_TBI1;
		r->disabled = tcr & TCR_EPD1 || (tcr & TCR_E0PD1 && info->el0);
		r->hpd = tcr & TCR_HPD1 && info->hpd;
	} else {
		r->ttbr = info->ttbr0;
		r->va_bits = 64 - FIELD_GET(TCR_T0SZ, tcr);
		r->page_shift = tg0[FIELD_GET(TCR_TG0, tcr)];
		r->tbi = tcr & TCR_TBI0;
		r->disabled = tcr & TCR_EPD0 || (tcr & TCR_E0PD0 && info->el0);
		r->hpd = tcr & TCR_HPD0 && info->hpd;
	}
}

/* Do all bits above the address proper equal the one that chose the half? */
static bool va_valid(const struct regime *r, gva_t gva, bool upper)
{
	unsigned int top = r->tbi ? VA_SELECT : 63;
	u64 mask = GENMASK_ULL(top, r->va_bits);

	return (gva & mask) == (upper ? mask : 0);
}

static bool va_bits_valid(const struct regime *r)
{
	unsigned int min = r->page_shift == 16 ? 17 : 16;

	return r->va_bits >= min && r->va_bits <= 48;
}

static unsigned int level_shift(const struct regime *r, int level)
{
	return r->page_shift + (r->page_shift - 3) * (LEAF_LEVEL - level);
}

static int start_level(const struct regime *r)
{
	int level = LEAF_LEVEL;

	while (level_shift(r, level) + r->page_shift - 3 < r->va_bits)
		level--;
	return level;
}

static bool block_allowed(const struct regime *r, int level)
{
	return level == 2 || (level == 1 && r->page_shift == 12);
}

static bool is_leaf(u64 desc, int level)
{
	return level == LEAF_LEVEL || !(desc & DESC_TABLE);
}

/* ---- permissions ------------------------------------------------------------ */

static bool is_writable(const struct s1walk_info *info, u64 desc, u64 tables)
{
	if (tables & DESC_RO_TABLE)
		return false;
	if (!(desc & DESC_RO))
		return true;
	/* Hardware makes it writable when it is written to. */
	return desc & DESC_DBM && info->hdbs && info->tcr & TCR_HD &&
	       info->tcr & TCR_HA;
}

static u32 leaf_prot(const struct s1walk_info *info, u64 desc, u64 tables)
{
	bool writable = is_writable(info, desc, tables);
	bool el0 = desc & DESC_EL0 && !(tables & DESC_NO_EL0_TABLE);
	bool wxn = info->sctlr & SCTLR_WXN;
	bool pxn = desc & DESC_PXN || tables & DESC_PXN_TABLE;
	bool uxn = desc & DESC_UXN || tables & DESC_UXN_TABLE;
	u32 prot = S1WALK_EL1_READ;

	if (writable)
		prot |= S1WALK_EL1_WRITE;
	if (el0)
		prot |= S1WALK_EL0_READ;
	if (el0 && writable)
		prot |= S1WALK_EL0_WRITE;
	/* What EL0 can write to, EL1 never executes. */
	if (!pxn && !(el0 && writable) && !(wxn && writable))
		prot |= S1WALK_EL1_EXEC;
	if (!uxn && !(wxn && el0 && writable))
		prot |= S1WALK_EL0_EXEC;
	return prot;
}

static bool allowed(const struct s1walk_info *info, u32 prot)
{
	if (info->fetch)
		return prot & (info->el0 ? S1WALK_EL0_EXEC : S1WALK_EL1_EXEC);
	if (info->el0)
		return prot &
		       (info->write ? S1WALK_EL0_WRITE : S1WALK_EL0_READ);
	if (info->pan && prot & S1WALK_EL0_READ)
		return false;
	return prot & (info->write ? S1WALK_EL1_WRITE : S1WALK_EL1_READ);
}

/* ---- walk ---------------------------------------------------------------------- */

static int finish(const struct s1walk_info *info, const struct regime *r,
		  gva_t gva, u64 desc, u64 tables, int level,
		  struct s1walk_result *res)
{
	u64 size = 1ull << level_shift(r, level);

	if (!(desc & DESC_AF) && !(info->haf && info->tcr & TCR_HA))
		return fault(res, FSC_ACCESS_FLAG, level);
	res->prot = leaf_prot(info, desc, tables);
	if (!allowed(info, res->prot))
		return fault(res, FSC_PERMISSION, level);
	res->gpa = (desc & DESC_PA & ~(size - 1)) | (gva & (size - 1));
	res->page_size = size;
	res->attr_index = FIELD_GET(DESC_ATTR, desc);
	res->ng = desc & DESC_NG;
	res->level = level;
	return 0;
}

static int walk(const struct s1walk_info *info, const struct s1walk_mem *mem,
		const struct regime *r, gva_t gva, struct s1walk_result *res)
{
	int level = start_level(r);
	unsigned int top = r->va_bits;
	u64 tables = 0, desc;
	gpa_t table = r->ttbr & TTBR_BADDR;

	/* The root is as large as its part of the address asks for. */
	table &= ~((8ull << (top - level_shift(r, level))) - 1);
	if (table >> r->out_bits)
		return fault(res, FSC_ADDRESS_SIZE, 0);
	for (;; level++) {
		unsigned int shift = level_shift(r, level);
		u64 index = gva >> shift & GENMASK_ULL(top - shift - 1, 0);
		int err = mem->read(mem->opaque, table + index * 8, &desc);

		if (err)
			return err;
		if (info->sctlr & SCTLR_EE)
			desc = __builtin_bswap64(desc);
		res->levels++;
		if (!(desc & DESC_VALID) ||
		    (level == LEAF_LEVEL ?
			     !(desc & DESC_TABLE) :
			     !(desc & DESC_TABLE) && !block_allowed(r, level)))
			return fault(res, FSC_TRANSLATION, level);
		if ((desc & DESC_PA) >> r->out_bits)
			return fault(res, FSC_ADDRESS_SIZE, level);
		if (is_leaf(desc, level))
			return finish(info, r, gva, desc, tables, level, res);
		if (!r->hpd)
			tables |= desc;
		table = desc & DESC_PA & ~((1ull << r->page_shift) - 1);
		top = shift;
	}
}

int s1walk(const struct s1walk_info *info, const struct s1walk_mem *mem,
	   gva_t gva, struct s1walk_result *res)
{
	bool upper = gva >> VA_SELECT & 1;
	struct regime r;

	memset(res, 0, sizeof(*res));
	if (!(info->sctlr & SCTLR_M)) {
		if (gva >> info->ipa_bits)
			return fault(res, FSC_ADDRESS_SIZE, 0);
		res->gpa = gva;
		res->page_size = 4096;
		res->prot = GENMASK(5, 0);
		return 0;
	}
	get_regime(info, upper, &r);
	if (r.disabled || !va_bits_valid(&r) || !va_valid(&r, gva, upper))
		return fault(res, FSC_TRANSLATION, 0);
	return walk(info, mem, &r, gva, res);
}
