// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the instruction decoder: bytes to struct vinsn.  Tables say which
 * opcodes are emulated; all others, and forms without a memory operand, are
 * refused.  Executing is in insn_exec.c.
 *
 * Manual: "Instruction Format", "Opcode Map".
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#define SEG_DB (1u << 14)
#define SEG_NONE 0xff

/* struct op.flags */
#define OP_BYTE (1u << 0) /* operands are bytes */
#define OP_MODRM (1u << 1)
#define OP_IMM8 (1u << 2) /* one immediate byte, sign-extended */
#define OP_IMMZ (1u << 3) /* immediate of operand size, at most 4 bytes */
#define OP_MOFFS (1u << 4) /* address in the instruction, register A */
#define OP_STRING (1u << 5)
#define OP_GROUP (1u << 6) /* ModRM.reg selects: @alu is the group */
#define OP_LOCK (1u << 7) /* LOCK is allowed */
#define OP_MEM8 (1u << 8) /* memory operand of 1, 2, 4 bytes whatever the */
#define OP_MEM16 (1u << 9) /* operand size */
#define OP_MEM32 (1u << 10)
#define OP_SIGN (1u << 11)
#define OP_64 (1u << 12) /* only in 64-bit mode */
#define OP_NOT_64 (1u << 13) /* not in 64-bit mode */
/* no 66, F2, F3 prefix (else something else), and at least 32 bits */
#define OP_PLAIN (1u << 14)
#define OP_SREG (1u << 15) /* ModRM.reg is a segment register */

struct op {
	u8 kind;
	u8 alu;
	u16 flags;
};

/* clang-format off */
#define ALU_ROWS(n, lock)                                                      \
	[(n) * 8 + 0] = { VINSN_ALU, n, OP_MODRM | OP_BYTE | (lock) },         \
	[(n) * 8 + 1] = { VINSN_ALU, n, OP_MODRM | (lock) },                   \
	[(n) * 8 + 2] = { VINSN_ALU_REG, n, OP_MODRM | OP_BYTE },              \
	[(n) * 8 + 3] = { VINSN_ALU_REG, n, OP_MODRM }
/* clang-format on */

/* Groups by ModRM.reg, struct op.alu of OP_GROUP rows. */
enum { GROUP_1, GROUP_3, GROUP_4, GROUP_8, GROUP_11 };

static const struct op one_byte[256] = {
	ALU_ROWS(VINSN_ADD, OP_LOCK),
	ALU_ROWS(VINSN_OR, OP_LOCK),
	ALU_ROWS(VINSN_ADC, OP_LOCK),
	ALU_ROWS(VINSN_SBB, OP_LOCK),
	ALU_ROWS(VINSN_AND, OP_LOCK),
	ALU_ROWS(VINSN_SUB, OP_LOCK),
	ALU_ROWS(VINSN_XOR, OP_LOCK),
	ALU_ROWS(VINSN_CMP, 0),
	[0x63] = { VINSN_LOAD, 0, OP_MODRM | OP_MEM32 | OP_SIGN | OP_64 },
	[0x80] = { VINSN_ALU, GROUP_1,
		   OP_MODRM | OP_GROUP | OP_BYTE | OP_IMM8 },
	[0x81] = { VINSN_ALU, GROUP_1, OP_MODRM | OP_GROUP | OP_IMMZ },
	[0x82] = { VINSN_ALU, GROUP_1,
		   OP_MODRM | OP_GROUP | OP_BYTE | OP_IMM8 | OP_NOT_64 },
	[0x83] = { VINSN_ALU, GROUP_1, OP_MODRM | OP_GROUP | OP_IMM8 },
	[0x84] = { VINSN_ALU, VINSN_TEST, OP_MODRM | OP_BYTE },
	[0x85] = { VINSN_ALU, VINSN_TEST, OP_MODRM },
	[0x86] = { VINSN_XCHG, 0, OP_MODRM | OP_BYTE | OP_LOCK },
	[0x87] = { VINSN_XCHG, 0, OP_MODRM | OP_LOCK },
	[0x88] = { VINSN_STORE, 0, OP_MODRM | OP_BYTE },
	[0x89] = { VINSN_STORE, 0, OP_MODRM },
	[0x8a] = { VINSN_LOAD, 0, OP_MODRM | OP_BYTE },
	[0x8b] = { VINSN_LOAD, 0, OP_MODRM },
	[0x8c] = { VINSN_STORE, 0, OP_MODRM | OP_SREG },
	[0xa0] = { VINSN_LOAD, 0, OP_MOFFS | OP_BYTE },
	[0xa1] = { VINSN_LOAD, 0, OP_MOFFS },
	[0xa2] = { VINSN_STORE, 0, OP_MOFFS | OP_BYTE },
	[0xa3] = { VINSN_STORE, 0, OP_MOFFS },
	[0xa4] = { VINSN_MOVS, 0, OP_STRING | OP_BYTE },
	[0xa5] = { VINSN_MOVS, 0, OP_STRING },
	[0xaa] = { VINSN_STOS, 0, OP_STRING | OP_BYTE },
	[0xab] = { VINSN_STOS, 0, OP_STRING },
	[0xac] = { VINSN_LODS, 0, OP_STRING | OP_BYTE },
	[0xad] = { VINSN_LODS, 0, OP_STRING },
	[0xc6] = { VINSN_STORE, GROUP_11,
		   OP_MODRM | OP_GROUP | OP_BYTE | OP_IMM8 },
	[0xc7] = { VINSN_STORE, GROUP_11, OP_MODRM | OP_GROUP | OP_IMMZ },
	[0xf6] = { VINSN_UNARY, GROUP_3, OP_MODRM | OP_GROUP | OP_BYTE },
	[0xf7] = { VINSN_UNARY, GROUP_3, OP_MODRM | OP_GROUP },
	[0xfe] = { VINSN_UNARY, GROUP_4, OP_MODRM | OP_GROUP | OP_BYTE },
	[0xff] = { VINSN_UNARY, GROUP_4, OP_MODRM | OP_GROUP },
};

static const struct op two_byte[256] = {
	[0xa3] = { VINSN_BIT, VINSN_BT, OP_MODRM },
	[0xab] = { VINSN_BIT, VINSN_BTS, OP_MODRM | OP_LOCK },
	[0xb0] = { VINSN_CMPXCHG, 0, OP_MODRM | OP_BYTE | OP_LOCK },
	[0xb1] = { VINSN_CMPXCHG, 0, OP_MODRM | OP_LOCK },
	[0xb3] = { VINSN_BIT, VINSN_BTR, OP_MODRM | OP_LOCK },
	[0xb6] = { VINSN_LOAD, 0, OP_MODRM | OP_MEM8 },
	[0xb7] = { VINSN_LOAD, 0, OP_MODRM | OP_MEM16 },
	[0xba] = { VINSN_BIT, GROUP_8, OP_MODRM | OP_GROUP | OP_IMM8 },
	[0xbb] = { VINSN_BIT, VINSN_BTC, OP_MODRM | OP_LOCK },
	[0xbe] = { VINSN_LOAD, 0, OP_MODRM | OP_MEM8 | OP_SIGN },
	[0xbf] = { VINSN_LOAD, 0, OP_MODRM | OP_MEM16 | OP_SIGN },
	[0xc0] = { VINSN_XADD, 0, OP_MODRM | OP_BYTE | OP_LOCK },
	[0xc1] = { VINSN_XADD, 0, OP_MODRM | OP_LOCK },
	[0xc3] = { VINSN_STORE, 0, OP_MODRM | OP_PLAIN }, /* MOVNTI */
};

/* What decoding needs and struct vinsn does not keep. */
struct decoder {
	const u8 *bytes;
	unsigned int len; /* bytes given */
	unsigned int at; /* next byte */
	bool cut; /* more bytes were needed */
	bool mode64;
	bool data16, addr_flip, repne, repe;
	u8 rex;
	u8 seg; /* override, or SEG_NONE */
	u8 modrm;
	struct op op;
	bool rip_relative;
	u64 ea; /* before the address size cuts it */
};

static u64 take(struct decoder *d, unsigned int bytes)
{
	u64 value = 0;
	unsigned int i;

	if (bytes > d->len - d->at) {
		d->cut = true;
		d->at = d->len;
		return 0;
	}
	for (i = 0; i < bytes; i++)
		value |= (u64)d->bytes[d->at + i] << (8 * i);
	d->at += bytes;
	return value;
}

/* Sign-extended. */
static s64 take_signed(struct decoder *d, unsigned int bytes)
{
	unsigned int unused = 64 - 8 * bytes;

	return (s64)(take(d, bytes) << unused) >> unused;
}

static unsigned int rex_w(const struct decoder *d)
{
	return d->rex >> 3 & 1;
}

static unsigned int rex_r(const struct decoder *d)
{
	return d->rex >> 2 & 1;
}

static unsigned int rex_x(const struct decoder *d)
{
	return d->rex >> 1 & 1;
}

static unsigned int rex_b(const struct decoder *d)
{
	return d->rex & 1;
}

/* In 64-bit mode an override of ES, CS, SS, DS is no override at all. */
static void segment_prefix(struct decoder *d, u8 seg)
{
	if (!d->mode64 || seg == AXVM_X86_FS || seg == AXVM_X86_GS)
		d->seg = seg;
}

/* One prefix; false: @byte is none. */
static bool prefix(struct decoder *d, struct vinsn *insn, u8 byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		segment_prefix(d, byte >> 3 & 3);
		return true;
	case 0x64:
		segment_prefix(d, AXVM_X86_FS);
		return true;
	case 0x65:
		segment_prefix(d, AXVM_X86_GS);
		return true;
	case 0x66:
		d->data16 = true;
		return true;
	case 0x67:
		d->addr_flip = true;
		return true;
	case 0xf0:
		insn->lock = true;
		return true;
	case 0xf2:
		d->repne = true;
		return true;
	case 0xf3:
		d->repe = true;
		return true;
	}
	return false;
}

/* Prefixes up to the opcode; a REX counts only right before it. */
static u8 decode_prefixes(struct decoder *d, struct vinsn *insn)
{
	for (;;) {
		u8 byte = take(d, 1);

		if (d->cut)
			return 0;
		if (prefix(d, insn, byte)) {
			d->rex = 0;
			continue;
		}
		if (!d->mode64 || (byte & 0xf0) != 0x40)
			return byte;
		d->rex = byte;
	}
}

static void decode_sizes(struct decoder *d, struct vinsn *insn,
			 const struct vinsn_cpu *cpu)
{
	/* CS.D counts in real mode, too: it may be left from protected mode */
	bool wide = d->mode64 || (cpu->seg[AXVM_X86_CS].access & SEG_DB);

	if (d->mode64)
		insn->addr_bytes = d->addr_flip ? 4 : 8;
	else
		insn->addr_bytes = wide != d->addr_flip ? 4 : 2;
	if (d->op.flags & OP_BYTE)
		insn->op_bytes = 1;
	else if (rex_w(d))
		insn->op_bytes = 8;
	else
		insn->op_bytes = wide != d->data16 ? 4 : 2;
	if (d->op.flags & OP_PLAIN)
		insn->op_bytes = max_t(u8, insn->op_bytes, 4);
	if (d->op.flags & OP_SREG)
		insn->op_bytes = 2;

	insn->mem_bytes = insn->op_bytes;
	if (d->op.flags & OP_MEM8)
		insn->mem_bytes = 1;
	else if (d->op.flags & OP_MEM16)
		insn->mem_bytes = 2;
	else if (d->op.flags & OP_MEM32)
		insn->mem_bytes = 4;
}

/* 16-bit forms: BX+SI, BX+DI, BP+SI, BP+DI, SI, DI, BP or disp16, BX. */
static void decode_modrm16(struct decoder *d, struct vinsn *insn,
			   const struct vinsn_cpu *cpu)
{
	static const u8 base[8] = { 3, 3, 5, 5, 6, 7, 5, 3 };
	static const u8 index[8] = { 6, 7, 6, 7 };
	unsigned int mod = d->modrm >> 6, rm = d->modrm & 7;

	if (mod == 0 && rm == 6) {
		d->ea = take(d, 2);
		return;
	}
	d->ea = cpu->gpr[base[rm]];
	if (rm < 4)
		d->ea += cpu->gpr[index[rm]];
	if (base[rm] == VINSN_RBP)
		insn->seg = AXVM_X86_SS;
	if (mod == 1)
		d->ea += take_signed(d, 1);
	else if (mod == 2)
		d->ea += take(d, 2);
}

static void decode_sib(struct decoder *d, struct vinsn *insn,
		       const struct vinsn_cpu *cpu)
{
	unsigned int mod = d->modrm >> 6;
	u8 sib = take(d, 1);
	unsigned int index = (sib >> 3 & 7) | rex_x(d) << 3;
	unsigned int base = sib & 7;

	if (base == 5 && mod == 0) {
		d->ea = take_signed(d, 4);
	} else {
		if (base == VINSN_RSP || base == VINSN_RBP)
			insn->seg = rex_b(d) ? AXVM_X86_DS : AXVM_X86_SS;
		d->ea = cpu->gpr[base | rex_b(d) << 3];
	}
	if (index != 4)
		d->ea += cpu->gpr[index] << (sib >> 6);
}

static void decode_modrm32(struct decoder *d, struct vinsn *insn,
			   const struct vinsn_cpu *cpu)
{
	unsigned int mod = d->modrm >> 6, rm = d->modrm & 7;

	if (rm == 4) {
		decode_sib(d, insn, cpu);
	} else if (mod == 0 && rm == 5) {
		d->ea = take_signed(d, 4);
		d->rip_relative = d->mode64;
		return;
	} else {
		if (rm == VINSN_RBP && !rex_b(d))
			insn->seg = AXVM_X86_SS;
		d->ea = cpu->gpr[rm | rex_b(d) << 3];
	}
	if (mod == 1)
		d->ea += take_signed(d, 1);
	else if (mod == 2)
		d->ea += take_signed(d, 4);
}

/* REX.R does not count here, and there are six. */
static bool set_sreg(struct decoder *d, struct vinsn *insn)
{
	insn->reg = d->modrm >> 3 & 7;
	insn->sreg = true;
	return insn->reg < VINSN_NR_SEGS;
}

static void set_reg(struct decoder *d, struct vinsn *insn)
{
	insn->reg = (d->modrm >> 3 & 7) | rex_r(d) << 3;
	if (insn->op_bytes == 1 && !d->rex && insn->reg >= 4)
		insn->high8 = true;
}

/* Where ModRM.reg belongs to the opcode.  False: not emulated. */
static bool decode_group(struct decoder *d, struct vinsn *insn)
{
	unsigned int nr = d->modrm >> 3 & 7;

	switch (insn->alu) {
	case GROUP_1:
		insn->alu = nr;
		if (nr != VINSN_CMP)
			d->op.flags |= OP_LOCK;
		return true;
	case GROUP_3:
		if (nr < 2) {
			insn->kind = VINSN_ALU;
			insn->alu = VINSN_TEST;
			d->op.flags |= d->op.flags & OP_BYTE ? OP_IMM8 :
							       OP_IMMZ;
			return true;
		}
		insn->alu = nr == 2 ? VINSN_NOT : VINSN_NEG;
		d->op.flags |= OP_LOCK;
		return nr < 4;
	case GROUP_4:
		insn->alu = nr == 0 ? VINSN_INC : VINSN_DEC;
		d->op.flags |= OP_LOCK;
		return nr < 2;
	case GROUP_8:
		insn->alu = VINSN_BT + (nr & 3);
		if (insn->alu != VINSN_BT)
			d->op.flags |= OP_LOCK;
		return nr >= 4;
	default: /* GROUP_11 */
		return nr == 0;
	}
}

/* ModRM with its operands.  False: not emulated. */
static bool decode_modrm(struct decoder *d, struct vinsn *insn,
			 const struct vinsn_cpu *cpu)
{
	d->modrm = take(d, 1);
	if (d->cut)
		return true;
	if (d->modrm >> 6 == 3)
		return false;
	if (d->op.flags & OP_GROUP) {
		if (!decode_group(d, insn))
			return false;
	} else if (d->op.flags & OP_SREG) {
		if (!set_sreg(d, insn))
			return false;
	} else {
		set_reg(d, insn);
	}
	if (insn->addr_bytes == 2)
		decode_modrm16(d, insn, cpu);
	else
		decode_modrm32(d, insn, cpu);
	return true;
}

static void decode_imm(struct decoder *d, struct vinsn *insn)
{
	if (d->op.flags & OP_IMM8)
		insn->imm = take_signed(d, 1);
	else if (d->op.flags & OP_IMMZ)
		insn->imm = take_signed(d, min_t(u8, insn->op_bytes, 4));
	else
		return;
	insn->has_imm = true;
}

static u64 cut_address(u64 ea, unsigned int bytes)
{
	return bytes == 8 ? ea : ea & ((1ull << (8 * bytes)) - 1);
}

/* BT and its like with a register: the bit may be anywhere in memory. */
static void move_bit_operand(struct decoder *d, const struct vinsn *insn,
			     const struct vinsn_cpu *cpu)
{
	unsigned int unused = 64 - 8 * insn->op_bytes;
	s64 bit = (s64)(cpu->gpr[insn->reg] << unused) >> unused;

	/* down to the operand that holds the bit, also below zero */
	d->ea += (bit & -(s64)(8 * insn->op_bytes)) / 8;
}

static bool decode_opcode(struct decoder *d, struct vinsn *insn)
{
	u8 opcode = decode_prefixes(d, insn);

	if (!d->cut && opcode == 0x0f)
		d->op = two_byte[take(d, 1)];
	else
		d->op = one_byte[opcode];
	if (d->cut)
		return true;
	insn->kind = d->op.kind;
	insn->alu = d->op.alu;
	insn->sign = d->op.flags & OP_SIGN;
	if (insn->kind == VINSN_NONE)
		return false;
	if ((d->op.flags & OP_PLAIN) && (d->data16 || d->repne || d->repe))
		return false;
	return !(d->op.flags & (d->mode64 ? OP_NOT_64 : OP_64));
}

/* All bytes.  False: not emulated (unless d->cut: unknown). */
static bool decode(struct decoder *d, struct vinsn *insn,
		   const struct vinsn_cpu *cpu)
{
	if (!decode_opcode(d, insn))
		return false;
	if (d->cut)
		return true;
	decode_sizes(d, insn, cpu);
	insn->seg = AXVM_X86_DS;
	if ((d->op.flags & OP_MODRM) && !decode_modrm(d, insn, cpu))
		return false;
	if (d->op.flags & OP_MOFFS)
		d->ea = take(d, insn->addr_bytes);
	decode_imm(d, insn);
	if (d->seg != SEG_NONE)
		insn->seg = d->seg;
	insn->rep = (d->op.flags & OP_STRING) && (d->repne || d->repe);
	/* a group's members are known only with their ModRM */
	return d->cut || !insn->lock || (d->op.flags & OP_LOCK);
}

int vinsn_decode(struct vinsn *insn, const struct vinsn_cpu *cpu,
		 const u8 *bytes, unsigned int len)
{
	struct decoder d = {
		.bytes = bytes,
		.len = min_t(unsigned int, len, VINSN_MAX_BYTES),
		.mode64 = cpu->mode == AXVM_X86_MODE_64,
		.seg = SEG_NONE,
	};

	memset(insn, 0, sizeof(*insn));
	if (!decode(&d, insn, cpu))
		return -EOPNOTSUPP;
	if (d.cut)
		return len >= VINSN_MAX_BYTES ? -EOPNOTSUPP : -ENODATA;
	insn->len = d.at;
	if (d.rip_relative)
		d.ea += cpu->rip + insn->len;
	if (insn->kind == VINSN_BIT && !insn->has_imm)
		move_bit_operand(&d, insn, cpu);
	insn->ea = cut_address(d.ea, insn->addr_bytes);
	return 0;
}
