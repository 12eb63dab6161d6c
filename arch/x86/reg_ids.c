// SPDX-License-Identifier: GPL-2.0
/*
 * Single registers by id (AXVM_X86_REG()): which there are, reading, writing.
 * Writing goes through the register's block, so that it is checked alike.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "module/arch.h"
#include "arch/x86/x86.h"

#define ID_PREFIX 0x8600000000ull
#define ID_CLASS(id) ((id) >> 24 & 0xff)
#define ID_INDEX(id) ((u32)((id) & 0xffffff))

/* Where a register is in its block; MSRs have none. */
struct reg_place {
	u32 block;
	u32 at;
	u32 bytes;
};

#define GENERAL(f) AXVM_REGS_GENERAL, offsetof(struct axvm_x86_regs, f), 8
#define SYSTEM(f)                                                              \
	AXVM_REGS_SYSTEM, offsetof(struct axvm_x86_sregs, f),                  \
		sizeof_field(struct axvm_x86_sregs, f)

/* Registers other than GPRs, segments and MSRs. */
static const struct {
	u64 id;
	struct reg_place place;
} fixed[] = {
	{ AXVM_X86_REG(AXVM_X86_CLASS_GPR, 16), { GENERAL(rip) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_GPR, 17), { GENERAL(rflags) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 0), { SYSTEM(cr0) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 2), { SYSTEM(cr2) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 3), { SYSTEM(cr3) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 4), { SYSTEM(cr4) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 8), { SYSTEM(cr8) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_CR, 16), { SYSTEM(xcr0) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 0), { SYSTEM(dr[0]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 1), { SYSTEM(dr[1]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 2), { SYSTEM(dr[2]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 3), { SYSTEM(dr[3]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 6), { SYSTEM(dr[6]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DR, 7), { SYSTEM(dr[7]) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DT, 0), { SYSTEM(gdt.base) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DT, 1), { SYSTEM(gdt.limit) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DT, 2), { SYSTEM(idt.base) } },
	{ AXVM_X86_REG(AXVM_X86_CLASS_DT, 3), { SYSTEM(idt.limit) } },
};

#define NR_GPR_IDS 16u
#define NR_SEG_IDS 32u

static bool place_segment(u32 index, struct reg_place *p)
{
	static const struct reg_place part[] = {
		{ SYSTEM(seg[0].base) },
		{ SYSTEM(seg[0].limit) },
		{ SYSTEM(seg[0].selector) },
		{ SYSTEM(seg[0].access) },
	};

	if (index >= NR_SEG_IDS)
		return false;
	*p = part[index % 4];
	p->at += index / 4 * sizeof(struct axvm_x86_segment);
	return true;
}

static bool place_find(u64 id, struct reg_place *p)
{
	unsigned int i;

	if (id >> 32 != ID_PREFIX >> 32)
		return false;
	if (ID_CLASS(id) == AXVM_X86_CLASS_SEG)
		return place_segment(ID_INDEX(id), p);
	if (ID_CLASS(id) == AXVM_X86_CLASS_GPR && ID_INDEX(id) < NR_GPR_IDS) {
		*p = (struct reg_place){ GENERAL(gpr[0]) };
		p->at += 8 * ID_INDEX(id);
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (fixed[i].id == id) {
			*p = fixed[i].place;
			return true;
		}
	}
	return false;
}

static bool msr_find(u64 id, u32 *index)
{
	if (id >> 32 != ID_PREFIX >> 32)
		return false;
	*index = ID_INDEX(id);
	if (ID_CLASS(id) == AXVM_X86_CLASS_MSR_LOW)
		return true;
	*index |= 0xc0000000u;
	return ID_CLASS(id) == AXVM_X86_CLASS_MSR_HIGH;
}

static u64 msr_id(u32 index)
{
	if (index >= 0xc0000000u)
		return AXVM_X86_REG(AXVM_X86_CLASS_MSR_HIGH,
				    index & 0xffffffu);
	return AXVM_X86_REG(AXVM_X86_CLASS_MSR_LOW, index);
}

union reg_block {
	struct axvm_x86_regs general;
	struct axvm_x86_sregs system;
	u8 bytes[sizeof(struct axvm_x86_sregs)];
};

int axvm_arch_get_reg(struct axvm_vcpu *vcpu, struct axvm_reg *reg)
{
	union reg_block block;
	struct reg_place p;
	u32 msr;
	int err;

	if (msr_find(reg->id, &msr)) {
		err = vx86_msr_read(vcpu, msr, &reg->value);
		return err == -EINVAL ? -ENOENT : err;
	}
	if (!place_find(reg->id, &p))
		return -ENOENT;
	err = axvm_arch_get_regs(vcpu, p.block, &block);
	reg->value = 0;
	memcpy(&reg->value, block.bytes + p.at, p.bytes);
	return err;
}

int axvm_arch_set_reg(struct axvm_vcpu *vcpu, const struct axvm_reg *reg)
{
	union reg_block block;
	struct reg_place p;
	u32 msr;
	int err;

	if (msr_find(reg->id, &msr)) {
		err = vx86_msr_write(vcpu, msr, reg->value, true);
		if (!err)
			vcpu->arch.regs_given = true;
		return err;
	}
	if (!place_find(reg->id, &p))
		return -ENOENT;
	if (p.bytes < 8 && reg->value >> 8 * p.bytes)
		return -EINVAL;
	err = axvm_arch_get_regs(vcpu, p.block, &block);
	if (err)
		return err;
	memcpy(block.bytes + p.at, &reg->value, p.bytes);
	return axvm_arch_set_regs(vcpu, p.block, &block);
}

u64 axvm_arch_reg_id(struct axvm_vcpu *vcpu, unsigned int n)
{
	struct vmsr_env env;
	u32 index;

	if (n < NR_GPR_IDS)
		return AXVM_X86_REG(AXVM_X86_CLASS_GPR, n);
	n -= NR_GPR_IDS;
	if (n < ARRAY_SIZE(fixed))
		return fixed[n].id;
	n -= ARRAY_SIZE(fixed);
	if (n < NR_SEG_IDS)
		return AXVM_X86_REG(AXVM_X86_CLASS_SEG, n);
	n -= NR_SEG_IDS;
	vx86_msr_env(vcpu, &env);
	index = vmsr_index(&env, n);
	return index ? msr_id(index) : 0;
}
