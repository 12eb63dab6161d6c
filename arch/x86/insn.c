// SPDX-License-Identifier: GPL-2.0
/*
 * Small things about the guest's current instruction: its mode, finishing
 * it, the record of an exit at it.
 */
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/msr-index.h>

#include "module/arch.h"
#include "arch/x86/x86.h"

#define ACCESS_L BIT(13)
#define ACCESS_DPL_SHIFT 5

u32 vx86_mode(struct axvm_vcpu *vcpu)
{
	struct vx86_state *s = &vcpu->arch.state;

	vx86_need(vcpu, VX86_EFER | VX86_CR0 | VX86_SEG(AXVM_X86_CS));
	if (s->msr.value[VMSR_EFER] & EFER_LMA)
		return s->seg[AXVM_X86_CS].access & ACCESS_L ?
			       AXVM_X86_MODE_64 :
			       AXVM_X86_MODE_COMPAT;
	return s->cr0 & X86_CR0_PE ? AXVM_X86_MODE_PROTECTED :
				     AXVM_X86_MODE_REAL;
}

/* Manual: "Guest Register State": the DPL of SS is the CPL. */
u32 vx86_cpl(struct axvm_vcpu *vcpu)
{
	vx86_need(vcpu, VX86_SEG(AXVM_X86_SS));
	return vcpu->arch.state.seg[AXVM_X86_SS].access >> ACCESS_DPL_SHIFT & 3;
}

void vx86_advance_rare(struct axvm_vcpu *vcpu, u64 from)
{
	struct vx86_state *s = &vcpu->arch.state;

	vcpu->arch.stepped = vcpu->arch.debug.step;
	if (s->intr_shadow & (VX86_SHADOW_STI | VX86_SHADOW_MOV_SS)) {
		s->intr_shadow &= ~(VX86_SHADOW_STI | VX86_SHADOW_MOV_SS);
		vx86_dirty(vcpu, VX86_SHADOW);
	}
	if (s->rflags & X86_EFLAGS_RF) {
		s->rflags &= ~X86_EFLAGS_RF;
		vx86_dirty(vcpu, VX86_RFLAGS);
	}
	if ((s->rip ^ from) >> 32 && vx86_mode(vcpu) != AXVM_X86_MODE_64)
		s->rip = (u32)s->rip;
	if (s->rflags & X86_EFLAGS_TF) {
		s->dr6 |= DR_STEP;
		vx86_raise(vcpu, VX86_DB, false, 0);
	}
}

struct axvm_exit *vx86_exit_new(struct axvm_vcpu *vcpu, u32 reason)
{
	struct axvm_exit *e = &vcpu->exit;

	vx86_need(vcpu, VX86_RIP);
	axvm_exit_zero(e);
	e->reason = reason;
	e->pc = vcpu->arch.state.rip;
	e->hw_reason = vcpu->arch.vmx.exit_reason;
	e->qual = vcpu->arch.qual;
	return e;
}

void vx86_icpu_load(struct axvm_vcpu *vcpu, bool segments)
{
	struct vx86_state *s = &vcpu->arch.state;
	struct vinsn_cpu *c = &vcpu->arch.icpu;
	unsigned int i;

	c->mode = vx86_mode(vcpu);
	if (c->mode != AXVM_X86_MODE_64)
		segments = true;
	vx86_need(vcpu, (segments ? VX86_SEGS : 0) | VX86_RIP | VX86_RSP |
				VX86_RFLAGS);
	memcpy(c->gpr, s->gpr, sizeof(c->gpr));
	c->rip = s->rip;
	c->rflags = s->rflags;
	for (i = 0; segments && i < VINSN_NR_SEGS; i++) {
		c->seg[i].base = s->seg[i].base;
		c->seg[i].limit = s->seg[i].limit;
		c->seg[i].access = s->seg[i].access;
		c->seg[i].selector = s->seg[i].selector;
	}
}

/* RIP moves by vx86_advance(), which looks at more than the emulator does. */
void vx86_icpu_store(struct axvm_vcpu *vcpu)
{
	struct vx86_state *s = &vcpu->arch.state;
	struct vinsn_cpu *c = &vcpu->arch.icpu;

	memcpy(s->gpr, c->gpr, sizeof(s->gpr));
	s->rflags = c->rflags;
	vx86_dirty(vcpu, VX86_RSP | VX86_RFLAGS);
}
