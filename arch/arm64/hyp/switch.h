/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Switching EL1 context, virtual CPU interface and fault registers: inlines
 * that VHE (at EL2 in the module) and the nVHE image compile for themselves.
 * HYP_VHE says which; the folder's Makefile fragment sets it.
 */
#ifndef AXVM_HYP_SWITCH_H
#define AXVM_HYP_SWITCH_H

#include "arch/arm64/hyp/hyp.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#if HYP_VHE
#define HYP_SR(op0, op1, crn, crm, op2, vhe) SR_ENC(op0, vhe, crn, crm, op2)
#else
#define HYP_SR(op0, op1, crn, crm, op2, vhe) SR_ENC(op0, op1, crn, crm, op2)
#endif

#define HYP_SAVE(name, ...) s->name = sr_read(HYP_SR(__VA_ARGS__));
#define HYP_RESTORE(name, ...) sr_write(HYP_SR(__VA_ARGS__), s->name);

static __always_inline void hyp_sysregs_save_live(struct hyp_sysregs *s)
{
	HYP_SYSREGS_MMU(HYP_SAVE)
	HYP_SYSREGS_LIVE(HYP_SAVE)
}

static __always_inline void hyp_sysregs_save(struct hyp_sysregs *s)
{
	hyp_sysregs_save_live(s);
	HYP_SYSREGS_EVENT(HYP_SAVE)
}

/*
 * SCTLR_EL1 and TCR_EL1 come first in the plain case.  Where a CPU may walk
 * EL1 tables speculatively from EL2 (@fix_at), EL1 translation is first put
 * where such a walk finds nothing (MMU "on", both table bases disabled), and
 * the true TCR_EL1 and SCTLR_EL1 are written last, behind a barrier: no walk
 * can mix one side's tables with the other's controls.
 */
static __always_inline void
hyp_sysregs_restore_live(const struct hyp_sysregs *s, bool fix_at)
{
	if (fix_at) {
		sr_write(HYP_SR(3, 0, 2, 0, 2, 5),
			 s->tcr_el1 | TCR_BIT_EPD0 | TCR_BIT_EPD1);
		sr_isb();
		sr_write(HYP_SR(3, 0, 1, 0, 0, 5), s->sctlr_el1 | SCTLR_BIT_M);
		sr_isb();
	} else {
		HYP_SYSREGS_MMU(HYP_RESTORE)
	}
	HYP_SYSREGS_LIVE(HYP_RESTORE)
}

static __always_inline void hyp_sysregs_restore(const struct hyp_sysregs *s,
						bool fix_at)
{
	hyp_sysregs_restore_live(s, fix_at);
	HYP_SYSREGS_EVENT(HYP_RESTORE)
}

/* The second half of a restore with @fix_at: VTTBR and HCR are in place. */
static __always_inline void hyp_sysregs_open(const struct hyp_sysregs *s)
{
	sr_isb();
	sr_write(HYP_SR(3, 0, 1, 0, 0, 5), s->sctlr_el1);
	sr_write(HYP_SR(3, 0, 2, 0, 2, 5), s->tcr_el1);
	sr_isb();
}

/* First half on the way out: nothing is walked while controls change. */
static __always_inline void hyp_sysregs_close(const struct hyp_sysregs *s)
{
	sr_write(HYP_SR(3, 0, 2, 0, 2, 5),
		 s->tcr_el1 | TCR_BIT_EPD0 | TCR_BIT_EPD1);
	sr_isb();
	sr_write(HYP_SR(3, 0, 1, 0, 0, 5), s->sctlr_el1 | SCTLR_BIT_M);
	sr_isb();
}

/*
 * The intermediate address of an abort.  HPFAR_EL2 holds it for translation
 * and access-flag faults and for faults on a stage-1 walk; for a permission
 * fault of stage 2 the hardware leaves it unknown and the guest's own tables
 * are asked.  False: they have changed meanwhile, the guest shall try again.
 */
static __always_inline bool hyp_fault_address(struct hyp_vcpu *v)
{
	u64 par, far;
	u32 ec = v->esr >> ESR_EC_SHIFT & 0x3f;

	if (ec != ESR_EC_DABT_LOW && ec != ESR_EC_IABT_LOW)
		return true;
	far = sr_read(far_el2);
	v->far = far;
	if ((v->esr & ESR_BIT_S1PTW) ||
	    (v->esr & ESR_FSC_TYPE) != ESR_FSC_PERM) {
		v->hpfar = sr_read(hpfar_el2);
		return true;
	}
	par = sr_read(par_el1);
	asm volatile("at s1e1r, %0\n\tisb" : : "r"(far) : "memory");
	v->hpfar = sr_read(par_el1);
	sr_write(par_el1, par);
	if (v->hpfar & 1)
		return false;
	/* PAR_EL1: address bits 47:12 in place; HPFAR_EL2: 8 bits lower. */
	v->hpfar = (v->hpfar & 0x000ffffffffff000ull) >> 8;
	return true;
}

static __always_inline u64 hyp_lr_read(unsigned int n)
{
#define HYP_LR_READ(n)                               \
	case n:                                      \
		return sr_read(SR_ICH_LR_LO(n));     \
	case n + 8:                                  \
		return sr_read(SR_ICH_LR_HI(n));
	switch (n) {
		HYP_LR_READ(0)
		HYP_LR_READ(1)
		HYP_LR_READ(2)
		HYP_LR_READ(3)
		HYP_LR_READ(4)
		HYP_LR_READ(5)
		HYP_LR_READ(6)
		HYP_LR_READ(7)
	}
#undef HYP_LR_READ
	return 0;
}

static __always_inline void hyp_lr_write(unsigned int n, u64 val)
{
#define HYP_LR_WRITE(n)                              \
	case n:                                      \
		sr_write(SR_ICH_LR_LO(n), val);      \
		return;                              \
	case n + 8:                                  \
		sr_write(SR_ICH_LR_HI(n), val);      \
		return;
	switch (n) {
		HYP_LR_WRITE(0)
		HYP_LR_WRITE(1)
		HYP_LR_WRITE(2)
		HYP_LR_WRITE(3)
		HYP_LR_WRITE(4)
		HYP_LR_WRITE(5)
		HYP_LR_WRITE(6)
		HYP_LR_WRITE(7)
	}
#undef HYP_LR_WRITE
}

/*
 * Once a stay: priorities, mask, and no way for the guest to leave SRE.  The
 * interface is on for the whole stay: with no list register in use it signals
 * nothing, and the host at EL1, or at EL2 with TGE, takes nothing from it.
 */
static __always_inline void hyp_gic_load(struct hyp_gic *g)
{
	if (!g->nr_aprs)
		return;
	sr_write(SR_ICH_HCR_EL2, g->hcr);
	sr_write(SR_ICH_VMCR_EL2, g->vmcr);
	sr_write(SR_ICH_AP0R(0), g->apr[0][0]);
	sr_write(SR_ICH_AP1R(0), g->apr[1][0]);
	if (g->nr_aprs > 1) {
		sr_write(SR_ICH_AP0R(1), g->apr[0][1]);
		sr_write(SR_ICH_AP1R(1), g->apr[1][1]);
	}
	if (g->nr_aprs > 2) {
		sr_write(SR_ICH_AP0R(2), g->apr[0][2]);
		sr_write(SR_ICH_AP1R(2), g->apr[1][2]);
		sr_write(SR_ICH_AP0R(3), g->apr[0][3]);
		sr_write(SR_ICH_AP1R(3), g->apr[1][3]);
	}
	sr_write(SR_ICC_SRE_EL2,
		 sr_read(SR_ICC_SRE_EL2) & ~ICC_SRE_BIT_ENABLE);
}

static __always_inline void hyp_gic_put(struct hyp_gic *g)
{
	if (!g->nr_aprs)
		return;
	sr_write(SR_ICH_HCR_EL2, 0);
	sr_write(SR_ICC_SRE_EL2, sr_read(SR_ICC_SRE_EL2) | ICC_SRE_BIT_ENABLE);
	g->vmcr = sr_read(SR_ICH_VMCR_EL2);
	g->apr[0][0] = sr_read(SR_ICH_AP0R(0));
	g->apr[1][0] = sr_read(SR_ICH_AP1R(0));
	if (g->nr_aprs > 1) {
		g->apr[0][1] = sr_read(SR_ICH_AP0R(1));
		g->apr[1][1] = sr_read(SR_ICH_AP1R(1));
	}
	if (g->nr_aprs > 2) {
		g->apr[0][2] = sr_read(SR_ICH_AP0R(2));
		g->apr[1][2] = sr_read(SR_ICH_AP1R(2));
		g->apr[0][3] = sr_read(SR_ICH_AP0R(3));
		g->apr[1][3] = sr_read(SR_ICH_AP1R(3));
	}
}

/* Every entry: the list registers in use, and maintenance interrupts. */
static __always_inline void hyp_gic_enter(struct hyp_gic *g)
{
	unsigned int i;

	for (i = 0; i < g->used_lrs && i < HYP_MAX_LRS; i++)
		hyp_lr_write(i, g->lr[i]);
	if (g->extra)
		sr_write(SR_ICH_HCR_EL2, g->hcr | g->extra);
}

/* Every exit: empty, so that nothing is signalled. */
static __always_inline void hyp_gic_leave(struct hyp_gic *g)
{
	unsigned int i;

	if (g->extra) {
		g->out = sr_read(SR_ICH_HCR_EL2);
		g->vmcr = sr_read(SR_ICH_VMCR_EL2);
		sr_write(SR_ICH_HCR_EL2, g->hcr);
	}
	for (i = 0; i < g->used_lrs && i < HYP_MAX_LRS; i++) {
		g->lr[i] = hyp_lr_read(i);
		hyp_lr_write(i, 0);
	}
}

/* Why the guest came back, for the C side; the guest's context is still in. */
static __always_inline u64 hyp_exit_finish(struct hyp_vcpu *v, u64 code)
{
	if (code == HYP_EXIT_SYNC && !hyp_fault_address(v))
		code = HYP_EXIT_RETRY;
	return code;
}

#endif /* AXVM_HYP_SWITCH_H */
