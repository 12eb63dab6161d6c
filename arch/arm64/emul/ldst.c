// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: decoding of A64 loads and stores.  Manual: "Loads and Stores" of the
 * A64 instruction set encoding; one function for each of its groups.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/ldst.h"

/* Fields that most groups share. */
#define INSN_SIZE GENMASK(31, 30)
#define INSN_V BIT(26)
#define INSN_OPC GENMASK(23, 22)
#define INSN_RM GENMASK(20, 16)
#define INSN_IMM9 GENMASK(20, 12)
#define INSN_MODE GENMASK(11, 10)
#define INSN_RT2 GENMASK(14, 10)
#define INSN_RN GENMASK(9, 5)
#define INSN_RT GENMASK(4, 0)

/* Register offset */
#define INSN_OPTION GENMASK(15, 13)
#define INSN_S BIT(12)
/* Unsigned offset */
#define INSN_IMM12 GENMASK(21, 10)
/* Pairs */
#define INSN_PAIR_MODE GENMASK(24, 23)
#define INSN_PAIR_LOAD BIT(22)
#define INSN_IMM7 GENMASK(21, 15)
/* Literal */
#define INSN_IMM19 GENMASK(23, 5)
/* Exclusive and ordered */
#define INSN_O2 BIT(23)
#define INSN_O1 BIT(21)
#define INSN_EXCL_LOAD BIT(22)

/* LDAPR stands among the atomics, but is a plain load. */
#define LDAPR_MASK 0x3ffffc00u
#define LDAPR 0x38bfc000u

enum { MODE_UNSCALED, MODE_POST, MODE_UNPRIVILEGED, MODE_PRE };
enum { PAIR_NO_ALLOCATE, PAIR_POST, PAIR_OFFSET, PAIR_PRE };
enum { OPC_STORE, OPC_LOAD, OPC_LOAD_S64, OPC_LOAD_S32 };

static s32 sign_extend(u32 value, unsigned int bits)
{
	u32 sign = 1u << (bits - 1);

	return (s32)((value ^ sign) - sign);
}

static void writeback_after(struct ldst *d, s32 add)
{
	d->offset = 0;
	d->writeback = true;
	d->base_add = add;
}

static void writeback_before(struct ldst *d, s32 add)
{
	d->offset = add;
	d->writeback = true;
	d->base_add = add;
}

/* Size and opc of the single-register forms that SIMD and FP share. */
static int decode_fp_size(u32 insn, struct ldst *d)
{
	u32 size = FIELD_GET(INSN_SIZE, insn);
	u32 opc = FIELD_GET(INSN_OPC, insn);

	if (opc & 2 && size)
		return -EINVAL;
	d->fp = true;
	d->load = opc & 1;
	d->bytes = opc & 2 ? 16 : 1u << size;
	return 0;
}

static int decode_size(u32 insn, struct ldst *d)
{
	u32 size = FIELD_GET(INSN_SIZE, insn);
	u32 opc = FIELD_GET(INSN_OPC, insn);

	if (insn & INSN_V)
		return decode_fp_size(insn, d);
	d->bytes = 1u << size;
	d->load = opc != OPC_STORE;
	d->wide = size == 3 || opc == OPC_LOAD_S64;
	d->sign_extend = opc >= OPC_LOAD_S64;
	if (opc == OPC_LOAD_S64 && size == 3) {
		d->prefetch = true;
		d->sign_extend = false;
	}
	if (opc == OPC_LOAD_S32 && size >= 2)
		return -EINVAL;
	return 0;
}

/* Unscaled, post-indexed, unprivileged, pre-indexed: imm9 */
static int decode_imm9(u32 insn, struct ldst *d)
{
	u32 mode = FIELD_GET(INSN_MODE, insn);
	s32 imm = sign_extend(FIELD_GET(INSN_IMM9, insn), 9);

	if (mode != MODE_UNSCALED && d->prefetch)
		return -EINVAL;
	if (mode == MODE_UNPRIVILEGED && d->fp)
		return -EINVAL;
	if (mode == MODE_POST)
		writeback_after(d, imm);
	else if (mode == MODE_PRE)
		writeback_before(d, imm);
	else
		d->offset = imm;
	return 0;
}

static int decode_reg_offset(u32 insn, struct ldst *d)
{
	u32 option = FIELD_GET(INSN_OPTION, insn);

	if (!(option & 2))
		return -EINVAL;
	d->index = FIELD_GET(INSN_RM, insn);
	d->extend = option;
	if (insn & INSN_S)
		d->shift = __builtin_ctz(d->bytes);
	return 0;
}

/* Bits 29:27 are 111. */
static int decode_single(u32 insn, struct ldst *d)
{
	bool bit21 = insn & BIT(21), imm12 = insn & BIT(24);
	u32 mode = FIELD_GET(INSN_MODE, insn);
	int err;

	if (!imm12 && bit21 && mode != 2) {
		/* atomics, loads with pointer authentication, LS64 */
		if (insn & INSN_V)
			return -EINVAL;
		if ((insn & LDAPR_MASK) != LDAPR)
			return -EOPNOTSUPP;
		d->bytes = 1u << FIELD_GET(INSN_SIZE, insn);
		d->wide = d->bytes == 8;
		d->load = true;
		return 0;
	}
	err = decode_size(insn, d);
	if (err)
		return err;
	if (imm12) {
		d->offset = FIELD_GET(INSN_IMM12, insn) * d->bytes;
		return 0;
	}
	return bit21 ? decode_reg_offset(insn, d) : decode_imm9(insn, d);
}

/* Bits 29:27 are 101. */
static int decode_pair(u32 insn, struct ldst *d)
{
	u32 opc = FIELD_GET(INSN_SIZE, insn);
	u32 mode = FIELD_GET(INSN_PAIR_MODE, insn);
	s32 imm;

	if (opc == 3)
		return -EINVAL;
	d->load = insn & INSN_PAIR_LOAD;
	d->fp = insn & INSN_V;
	d->nr_regs = 2;
	d->reg[1] = FIELD_GET(INSN_RT2, insn);
	if (d->fp) {
		d->bytes = 4u << opc;
	} else if (opc == 1) {
		if (mode == PAIR_NO_ALLOCATE)
			return -EINVAL;
		if (!d->load)
			return -EOPNOTSUPP; /* STGP */
		d->bytes = 4;
		d->sign_extend = true;
		d->wide = true;
	} else {
		d->bytes = opc ? 8 : 4;
		d->wide = opc;
	}
	imm = sign_extend(FIELD_GET(INSN_IMM7, insn), 7) * d->bytes;
	if (mode == PAIR_POST)
		writeback_after(d, imm);
	else if (mode == PAIR_PRE)
		writeback_before(d, imm);
	else
		d->offset = imm;
	return 0;
}

static int decode_literal(u32 insn, struct ldst *d)
{
	u32 opc = FIELD_GET(INSN_SIZE, insn);

	d->load = true;
	d->base = LDST_NO_REG;
	d->offset = sign_extend(FIELD_GET(INSN_IMM19, insn), 19) * 4;
	d->fp = insn & INSN_V;
	if (d->fp) {
		if (opc == 3)
			return -EINVAL;
		d->bytes = 4u << opc;
		return 0;
	}
	d->bytes = opc == 1 ? 8 : 4;
	d->wide = opc;
	d->sign_extend = opc == 2;
	if (opc == 3) {
		d->prefetch = true;
		d->bytes = 8;
	}
	return 0;
}

/* LDAPUR, STLUR: as the unscaled forms */
static int decode_unscaled_ordered(u32 insn, struct ldst *d)
{
	int err;

	if (insn & (INSN_V | BIT(21) | INSN_MODE))
		return -EOPNOTSUPP; /* tags, memory copy, SIMD */
	err = decode_size(insn, d);
	if (err || d->prefetch)
		return -EINVAL;
	d->offset = sign_extend(FIELD_GET(INSN_IMM9, insn), 9);
	return 0;
}

/* Bits 29:27 are 011. */
static int decode_literal_group(u32 insn, struct ldst *d)
{
	return insn & BIT(24) ? decode_unscaled_ordered(insn, d) :
				decode_literal(insn, d);
}

/* Bits 29:27 are 001. */
static int decode_exclusive_group(u32 insn, struct ldst *d)
{
	u32 size = FIELD_GET(INSN_SIZE, insn);
	bool o2 = insn & INSN_O2, o1 = insn & INSN_O1;

	if (insn & (INSN_V | BIT(24)))
		return -EOPNOTSUPP; /* SIMD structures, newer forms */
	if (o1 && (o2 || size < 2))
		return -EOPNOTSUPP; /* CAS, CASP */
	d->load = insn & INSN_EXCL_LOAD;
	/* Register fields that a form has no use for are all ones. */
	if ((!o1 && ~insn & INSN_RT2) || ((d->load || o2) && ~insn & INSN_RM))
		return -EINVAL;
	d->bytes = 1u << size;
	d->wide = size == 3;
	if (o2)
		return 0;
	d->exclusive = true;
	if (!d->load)
		d->status = FIELD_GET(INSN_RM, insn);
	if (o1) {
		d->nr_regs = 2;
		d->reg[1] = FIELD_GET(INSN_RT2, insn);
	}
	return 0;
}

int ldst_decode(u32 insn, struct ldst *d)
{
	/* Loads and stores have bit 27 set and bit 25 clear. */
	if ((insn & (BIT(27) | BIT(25))) != BIT(27))
		return -EINVAL;
	memset(d, 0, sizeof(*d));
	d->nr_regs = 1;
	d->reg[0] = FIELD_GET(INSN_RT, insn);
	d->base = FIELD_GET(INSN_RN, insn);
	d->status = LDST_NO_REG;
	d->index = LDST_NO_REG;
	switch (insn >> 28 & 3) {
	case 0:
		return decode_exclusive_group(insn, d);
	case 1:
		return decode_literal_group(insn, d);
	case 2:
		return decode_pair(insn, d);
	default:
		return decode_single(insn, d);
	}
}

static u64 index_value(const struct ldst *d, const u64 *x)
{
	u64 v = d->index < 31 ? x[d->index] : 0;

	if (d->extend == 2)
		v = (u32)v;
	else if (d->extend == 6)
		v = (u64)(s64)(s32)v;
	return v << d->shift;
}

u64 ldst_address(const struct ldst *d, const u64 *x, u64 sp, u64 pc)
{
	u64 base = d->base == LDST_NO_REG ? pc : d->base < 31 ? x[d->base] : sp;

	if (d->index != LDST_NO_REG)
		return base + index_value(d, x);
	return base + (u64)(s64)d->offset;
}

void ldst_writeback(const struct ldst *d, u64 *x, u64 *sp)
{
	u64 *base = d->base < 31 ? &x[d->base] : sp;

	if (d->writeback)
		*base += (u64)(s64)d->base_add;
}
