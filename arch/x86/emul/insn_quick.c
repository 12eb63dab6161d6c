// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the quick decoder of MOV, which refuses whatever is not plain: any
 * prefix but REX, bytes and words, an end beyond what is at hand.
 *
 * Manual: "Instruction Format", MOV.
 */
#include <linux/kernel.h>

#include "arch/x86/emul/insn_quick.h"

#define OP_STORE 0x89
#define OP_LOAD 0x8b
#define OP_STORE_IMM 0xc7

#define REX 0x40
#define REX_B 0x01
#define REX_X 0x02
#define REX_R 0x04
#define REX_W 0x08

/* ModRM.rm and SIB fields with a meaning of their own. */
#define RM_SIB 4
#define RM_DISP 5
#define SIB_NO_INDEX 4

/* Opcode, ModRM, SIB, displacement, immediate. */
#define MOST_BYTES 12u

static s32 take32(const u8 *p)
{
	return (s32)(p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24);
}

/* Base and index of a SIB byte; *@disp: it has neither base nor mod. */
static u64 sib_address(const u64 *gpr, u8 sib, u8 rex, u8 mod, bool *disp)
{
	unsigned int index = (sib >> 3 & 7) | (rex & REX_X) << 2;
	unsigned int base = sib & 7;
	u64 at = 0;

	*disp = base == RM_DISP && !mod;
	if (!*disp)
		at = gpr[base | (rex & REX_B) << 3];
	if (index != SIB_NO_INDEX)
		at += gpr[index] << (sib >> 6);
	return at;
}

/* The memory operand at @p, where ModRM is.  Returns its bytes. */
static unsigned int operand(struct vinsn_quick *q, const u64 *gpr, u8 rex,
			    const u8 *p, bool *by_rip)
{
	u8 mod = p[0] >> 6, rm = p[0] & 7;
	unsigned int n = 1;
	bool disp = !mod && rm == RM_DISP;

	*by_rip = disp;
	if (rm == RM_SIB)
		q->ea = sib_address(gpr, p[n++], rex, mod, &disp);
	else
		q->ea = disp ? 0 : gpr[rm | (rex & REX_B) << 3];
	if (mod == 1) {
		q->ea += (s64)(s8)p[n];
		return n + 1;
	}
	if (!mod && !disp)
		return n;
	q->ea += (s64)take32(p + n);
	return n + 4;
}

bool vinsn_quick(struct vinsn_quick *q, const u64 *gpr, u64 rip,
		 const u8 *bytes, unsigned int len)
{
	bool by_rip;
	u8 rex = 0;
	unsigned int n = 0;

	if (len < MOST_BYTES + 1)
		return false;
	if ((bytes[0] & 0xf0) == REX)
		rex = bytes[n++];
	if (bytes[n] != OP_LOAD && bytes[n] != OP_STORE &&
	    bytes[n] != OP_STORE_IMM)
		return false;
	q->write = bytes[n] != OP_LOAD;
	q->has_imm = bytes[n++] == OP_STORE_IMM;
	q->bytes = rex & REX_W ? 8 : 4;
	q->reg = (bytes[n] >> 3 & 7) | (rex & REX_R) << 1;
	if (bytes[n] >> 6 == 3 || (q->has_imm && bytes[n] & 0x38))
		return false;
	n += operand(q, gpr, rex, bytes + n, &by_rip);
	q->imm = 0;
	if (q->has_imm) {
		q->imm = (s64)take32(bytes + n);
		n += 4;
	}
	if (by_rip)
		q->ea += rip + n;
	q->len = n;
	return true;
}
