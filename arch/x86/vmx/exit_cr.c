// SPDX-License-Identifier: GPL-2.0
/*
 * Access to control and debug registers.
 *
 * A move to CR0 or CR4 exits only if it changes a bit that we own.  Such a
 * move is not emulated: after checking what concerns those bits, their new
 * values go into the read shadow and the guest executes the instruction again,
 * which then does not exit; so the processor makes all checks and changes of
 * mode by itself.
 *
 * Manual: "Exit Qualification for Control-Register Accesses", "... for MOV
 * DR".
 */
#include <linux/bitfield.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/msr-index.h>

#include "arch/x86/lapic.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/vmx/host.h"
#include "arch/x86/x86.h"

#define CR_NUMBER GENMASK(3, 0)
#define CR_ACCESS GENMASK(5, 4)
#define CR_GPR GENMASK(11, 8)
#define CR_LMSW GENMASK(31, 16)

#define CR_MOV_TO 0
#define CR_MOV_FROM 1
#define CR_CLTS 2

static void advance(struct axvm_vcpu *vcpu)
{
	vx86_advance(vcpu, vmcs_read32(VMCS_EXIT_INSN_LENGTH));
}

static u64 gpr_read(struct axvm_vcpu *vcpu, unsigned int n)
{
	u64 value;

	if (n == GPR_RSP)
		vmx_need(vcpu, VX86_RSP);
	value = vcpu->arch.state.gpr[n];
	return vx86_mode(vcpu) == AXVM_X86_MODE_64 ? value : (u32)value;
}

static void gpr_write(struct axvm_vcpu *vcpu, unsigned int n, u64 value)
{
	vcpu->arch.state.gpr[n] = value;
	if (n == GPR_RSP)
		vx86_dirty(vcpu, VX86_RSP);
}

/*
 * The move will load PDPTEs: the processor's #GP must not come when bits that
 * we own have changed already.  Manual: "PDPTE Registers".
 */
static enum axvm_run pdptes_first(struct axvm_vcpu *vcpu, u32 part, u64 value)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	a->qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	a->cr_part = part;
	a->cr_value = value;
	a->slow = VX86_SLOW_PDPTES;
	return AXVM_RUN_SLOW;
}

/* ---- CR0 ------------------------------------------------------------------- */

/* What the processor would refuse when it executes the move again. */
static bool cr0_ok(struct axvm_vcpu *vcpu, u64 new)
{
	struct vx86_state *s = &vcpu->arch.state;
	bool lme, was;

	if (new >> 32)
		return false;
	if (new & X86_CR0_NW && !(new & X86_CR0_CD))
		return false;
	if (new & X86_CR0_PG && !(new & X86_CR0_PE))
		return false;
	vmx_need(vcpu, VX86_CR4 | VX86_EFER | VX86_SEG(AXVM_X86_CS));
	lme = s->msr.value[VMSR_EFER] & EFER_LME;
	was = s->cr0 & X86_CR0_PG;
	if (new & X86_CR0_PG && !was && lme)
		return s->cr4 & X86_CR4_PAE &&
		       !(s->seg[AXVM_X86_CS].access & BIT(13));
	if (!(new & X86_CR0_PG) && was)
		return !(s->cr4 & X86_CR4_PCIDE) &&
		       vx86_mode(vcpu) != AXVM_X86_MODE_64;
	return true;
}

static enum axvm_run cr0_write(struct axvm_vcpu *vcpu, u64 new)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	u64 value, load = X86_CR0_PG | X86_CR0_CD | X86_CR0_NW;

	vmx_need(vcpu, VX86_CR0);
	if (!cr0_ok(vcpu, new)) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	value = (s->cr0 & ~a->cr0_owned) | (new & a->cr0_owned);
	if (new & X86_CR0_PG && (new ^ s->cr0) & load && s->cr4 & X86_CR4_PAE &&
	    !(s->msr.value[VMSR_EFER] & EFER_LME))
		return pdptes_first(vcpu, VX86_CR0, value);
	s->cr0 = value;
	vx86_dirty(vcpu, VX86_CR0);
	return AXVM_RUN_RESUME;
}

/* ---- CR4, CR8 ----------------------------------------------------------------- */

/* What the processor would refuse, but for PDPTEs. */
static bool cr4_ok(struct axvm_vcpu *vcpu, u64 new)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 on = new & ~a->state.cr4;
	bool lma;

	if (new & ~a->cr4_allowed)
		return false;
	vmx_need(vcpu, VX86_CR3 | VX86_EFER);
	lma = a->state.msr.value[VMSR_EFER] & EFER_LMA;
	if (lma && !(new & X86_CR4_PAE))
		return false;
	return !(on & X86_CR4_PCIDE) ||
	       (lma && !(a->state.cr3 & X86_CR3_PCID_MASK));
}

static enum axvm_run cr4_write(struct axvm_vcpu *vcpu, u64 new)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	u64 owned = a->vmx.cr4_mask, value;
	u64 load = X86_CR4_PAE | X86_CR4_PGE | X86_CR4_PSE | X86_CR4_SMEP;

	vmx_need(vcpu, VX86_CR0 | VX86_CR4);
	if (!cr4_ok(vcpu, new)) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	value = (s->cr4 & ~owned) | (new & owned);
	if (new & X86_CR4_PAE && (new ^ s->cr4) & load &&
	    s->cr0 & X86_CR0_PG && !(s->msr.value[VMSR_EFER] & EFER_LMA))
		return pdptes_first(vcpu, VX86_CR4, value);
	s->cr4 = value;
	vx86_dirty(vcpu, VX86_CR4);
	return AXVM_RUN_RESUME;
}

static void cr8_write(struct axvm_vcpu *vcpu, u64 new)
{
	if (new > 15) {
		vx86_raise_gp(vcpu);
		return;
	}
	vcpu->arch.state.cr8 = new;
	vx86_lapic_set_cr8(vcpu);
	advance(vcpu);
}

static enum axvm_run mov_to_cr(struct axvm_vcpu *vcpu, unsigned int cr,
			       u64 value)
{
	switch (cr) {
	case 0:
		return cr0_write(vcpu, value);
	case 4:
		return cr4_write(vcpu, value);
	case 8:
		cr8_write(vcpu, value);
		return AXVM_RUN_RESUME;
	default:
		return vmx_exit_unknown(vcpu);
	}
}

static enum axvm_run mov_from_cr(struct axvm_vcpu *vcpu, unsigned int cr,
				 unsigned int gpr)
{
	if (cr != 8)
		return vmx_exit_unknown(vcpu);
	vx86_lapic_get_cr8(vcpu);
	gpr_write(vcpu, gpr, vcpu->arch.state.cr8);
	advance(vcpu);
	return AXVM_RUN_RESUME;
}

/* TS and what LMSW changes are the guest's own and should not exit. */
static void cr0_low(struct axvm_vcpu *vcpu, u64 clear, u64 set)
{
	struct vx86_state *s = &vcpu->arch.state;

	vmx_need(vcpu, VX86_CR0);
	s->cr0 = (s->cr0 & ~clear) | set;
	vx86_dirty(vcpu, VX86_CR0);
	advance(vcpu);
}

enum axvm_run vmx_exit_cr(struct axvm_vcpu *vcpu)
{
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	unsigned int cr = FIELD_GET(CR_NUMBER, qual);
	unsigned int gpr = FIELD_GET(CR_GPR, qual);

	switch (FIELD_GET(CR_ACCESS, qual)) {
	case CR_MOV_TO:
		return mov_to_cr(vcpu, cr, gpr_read(vcpu, gpr));
	case CR_MOV_FROM:
		return mov_from_cr(vcpu, cr, gpr);
	case CR_CLTS:
		cr0_low(vcpu, X86_CR0_TS, 0);
		return AXVM_RUN_RESUME;
	default: /* LMSW sets PE, but never clears it */
		cr0_low(vcpu, X86_CR0_MP | X86_CR0_EM | X86_CR0_TS,
			FIELD_GET(CR_LMSW, qual) & 0xf);
		return AXVM_RUN_RESUME;
	}
}

/* ---- debug registers -------------------------------------------------------------- */

#define DR_NUMBER GENMASK(2, 0)
#define DR_FROM BIT(4)
#define DR_GPR GENMASK(11, 8)

#define DR6_FIXED 0xffff0ff0ull
#define DR6_VOLATILE 0xe00full
#define DR6_BD BIT(13)
#define DR7_GD BIT_ULL(13)
#define DR7_FIXED 0x400ull
#define DR7_WRITABLE 0xffff2bffull

static u64 dr_read(struct axvm_vcpu *vcpu, unsigned int n)
{
	struct vx86_state *s = &vcpu->arch.state;

	if (n < 4)
		return s->dr[n];
	return n == 6 ? s->dr6 : s->dr7;
}

static bool dr_write(struct axvm_vcpu *vcpu, unsigned int n, u64 value)
{
	struct vx86_state *s = &vcpu->arch.state;

	if (n >= 6 && value >> 32)
		return false;
	if (n < 4) {
		s->dr[n] = value;
	} else if (n == 6) {
		s->dr6 = (value & DR6_VOLATILE) | DR6_FIXED;
	} else {
		s->dr7 = (value & DR7_WRITABLE) | DR7_FIXED;
		vx86_dirty(vcpu, VX86_DR7);
	}
	if (n < 4)
		vcpu->arch.dr_loaded = false;
	vmx_debug_load(vcpu);
	return true;
}

/* As delivering it does: DR6 tells, and GD is off in the handler. */
static void general_detect(struct axvm_vcpu *vcpu)
{
	struct vx86_state *s = &vcpu->arch.state;

	s->dr6 |= DR6_BD;
	s->dr7 &= ~DR7_GD;
	vx86_dirty(vcpu, VX86_DR7);
	vx86_raise(vcpu, VX86_DB, false, 0);
}

/*
 * These exits come before the checks of privilege and of CR4.DE, and before
 * the #DB of DR7.GD.  True: one of them has been raised.
 */
static bool dr_refused(struct axvm_vcpu *vcpu, unsigned int n)
{
	struct vx86_state *s = &vcpu->arch.state;

	vmx_need(vcpu, VX86_CR4);
	if ((n == 4 || n == 5) && s->cr4 & X86_CR4_DE)
		vx86_raise_ud(vcpu);
	else if (vx86_cpl(vcpu))
		vx86_raise_gp(vcpu);
	else if (s->dr7 & DR7_GD)
		general_detect(vcpu);
	else
		return false;
	return true;
}

enum axvm_run vmx_exit_dr(struct axvm_vcpu *vcpu)
{
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	unsigned int n = FIELD_GET(DR_NUMBER, qual);
	unsigned int gpr = FIELD_GET(DR_GPR, qual);

	if (dr_refused(vcpu, n))
		return AXVM_RUN_RESUME;
	/* DR4 and DR5 are other names of DR6 and DR7. */
	if (n == 4 || n == 5)
		n += 2;
	if (qual & DR_FROM) {
		gpr_write(vcpu, gpr, dr_read(vcpu, n));
		advance(vcpu);
	} else if (dr_write(vcpu, n, gpr_read(vcpu, gpr))) {
		advance(vcpu);
	} else {
		vx86_raise_gp(vcpu);
	}
	return AXVM_RUN_RESUME;
}
