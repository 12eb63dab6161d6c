// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: what emulated instructions have in common: general registers at all
 * widths, and the way from an offset in a segment to a linear address.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#define EFLAGS_VM BIT_ULL(17)

/* Access rights in VMX format. */
#define SEG_CODE BIT(3)
#define SEG_DOWN BIT(2) /* data: expands down */
#define SEG_RW BIT(1) /* data: writable; code: readable */
#define SEG_DB BIT(14)
#define SEG_UNUSABLE BIT(16)

static u64 width_mask(unsigned int bytes)
{
	return bytes >= 8 ? ~0ull : BIT_ULL(8 * bytes) - 1;
}

u64 vinsn_reg_get(const struct vinsn_cpu *cpu, unsigned int reg,
		  unsigned int bytes, bool high8)
{
	if (high8)
		return cpu->gpr[reg & 3] >> 8 & 0xff;
	return cpu->gpr[reg & 15] & width_mask(bytes);
}

void vinsn_reg_set(struct vinsn_cpu *cpu, unsigned int reg, unsigned int bytes,
		   bool high8, u64 value)
{
	u64 *r = &cpu->gpr[high8 ? reg & 3 : reg & 15];

	if (high8)
		*r = (*r & ~0xff00ull) | (value & 0xff) << 8;
	else if (bytes >= 4)
		*r = value & width_mask(bytes);
	else
		*r = (*r & ~width_mask(bytes)) | (value & width_mask(bytes));
}

void vinsn_reg_add(struct vinsn_cpu *cpu, unsigned int reg, unsigned int bytes,
		   s64 n)
{
	vinsn_reg_set(cpu, reg, bytes, false,
		      vinsn_reg_get(cpu, reg, bytes, false) + n);
}

static u8 linear_fault(unsigned int seg)
{
	return seg == AXVM_X86_SS ? VINSN_FAULT_SS : VINSN_FAULT_GP;
}

static bool canonical(const struct vinsn_cpu *cpu, u64 addr)
{
	unsigned int unused = cpu->la57 ? 7 : 16;

	return (u64)((s64)(addr << unused) >> unused) == addr;
}

static bool limit_ok(const struct vinsn_seg *s, u64 offset, unsigned int bytes)
{
	u64 last = offset + bytes - 1;

	if ((s->access & (SEG_CODE | SEG_DOWN)) == SEG_DOWN)
		return offset > s->limit &&
		       last <= (s->access & SEG_DB ? 0xffffffffull : 0xffff);
	return last <= s->limit;
}

static bool type_ok(const struct vinsn_seg *s, bool write)
{
	bool code = s->access & SEG_CODE, rw = s->access & SEG_RW;

	return write ? !code && rw : !code || rw;
}

u8 vinsn_linear(const struct vinsn_cpu *cpu, unsigned int seg, u64 offset,
		unsigned int bytes, bool write, gva_t *linear)
{
	const struct vinsn_seg *s = &cpu->seg[seg % VINSN_NR_SEGS];
	bool checked = cpu->mode != AXVM_X86_MODE_REAL &&
		       !(cpu->rflags & EFLAGS_VM);

	if (cpu->mode == AXVM_X86_MODE_64) {
		*linear = offset;
		if (seg == AXVM_X86_FS || seg == AXVM_X86_GS)
			*linear += s->base;
		return canonical(cpu, *linear) &&
				       canonical(cpu, *linear + bytes - 1) ?
			       VINSN_NO_FAULT :
			       linear_fault(seg);
	}
	*linear = lower_32_bits(s->base + offset);
	if (checked && (s->access & SEG_UNUSABLE || !type_ok(s, write)))
		return linear_fault(seg);
	return limit_ok(s, offset, bytes) ? VINSN_NO_FAULT : linear_fault(seg);
}
