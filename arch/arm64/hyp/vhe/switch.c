// SPDX-License-Identifier: GPL-2.0
/*
 * World switch where the host kernel runs at EL2 (VHE).  The EL1 context is
 * the guest's for a whole stay: nothing of it concerns a host at EL2, except
 * EL0's thread pointers, which are those of the process that runs a sync
 * vCPU.  Traps, stage 2 and vectors are the guest's only between entry and
 * exit.
 */
#include <asm/daifflags.h>
#include <asm/cpufeature.h>

#define HYP_VHE 1
#include "arch/arm64/hyp/switch.h"
#include "arch/arm64/hyp/backend.h"

#define HYP_CNTHCTL_EL1 (CNTHCTL_VHE_EL1PCTEN | CNTHCTL_VHE_EL1PTEN)

/* EL2 controls that do not concern the host while HCR_EL2.TGE is set. */
void hyp_vhe_load(struct hyp_vcpu *v)
{
	/* EL0 of the host uses these itself: no EL12 alias keeps them apart. */
	v->host_tpidr_el0 = sr_read(tpidr_el0);
	v->host_tpidrro_el0 = sr_read(tpidrro_el0);
	v->host_csselr = sr_read(csselr_el1);
	hyp_sysregs_restore(&v->sys, false);
	sr_write(vmpidr_el2, v->vmpidr);
	sr_write(vpidr_el2, v->vpidr);
	sr_write(vtcr_el2, v->vtcr);
	sr_write(vttbr_el2, v->vttbr);
	sr_write(cntvoff_el2, v->cntvoff);
	/* No physical counter, no timer: who has them is vtimer_load()'s. */
	v->host_cnthctl = sr_read(cnthctl_el2);
	sr_write(cnthctl_el2, v->host_cnthctl & ~HYP_CNTHCTL_EL1);
	hyp_gic_load(&v->gic);
	/* What the host has all through the stay: it cannot be preempted. */
	v->host_vbar = sr_read(vbar_el1); /* at EL2: VBAR_EL2 */
	v->host_mdcr = sr_read(mdcr_el2);
	v->host_hcr = sr_read(hcr_el2);
	if (v->has_hcrx)
		v->host_hcrx = sr_read(SR_HCRX_EL2);
	if (v->has_fgt) {
		/* Without effect on a host at EL2 and its EL0. */
		v->host_hfgrtr = sr_read(SR_HFGRTR_EL2);
		v->host_hfgwtr = sr_read(SR_HFGWTR_EL2);
		sr_write(SR_HFGRTR_EL2, 0);
		sr_write(SR_HFGWTR_EL2, 0);
	}
	v->odd = v->fix_at || v->has_hcrx;
	sr_isb();
	v->loaded = 1;
}

void hyp_vhe_put(struct hyp_vcpu *v)
{
	struct hyp_sysregs *s = &v->sys;

	hyp_sysregs_save(s);
	sr_write(tpidr_el0, v->host_tpidr_el0);
	sr_write(tpidrro_el0, v->host_tpidrro_el0);
	sr_write(csselr_el1, v->host_csselr);
	hyp_gic_put(&v->gic);
	if (v->has_fgt) {
		sr_write(SR_HFGRTR_EL2, v->host_hfgrtr);
		sr_write(SR_HFGWTR_EL2, v->host_hfgwtr);
	}
	sr_write(vttbr_el2, 0);
	sr_write(cntvoff_el2, 0);
	sr_write(cnthctl_el2, (sr_read(cnthctl_el2) & ~HYP_CNTHCTL_EL1) |
			      (v->host_cnthctl & HYP_CNTHCTL_EL1));
	v->loaded = 0;
}

void hyp_vhe_fetch(struct hyp_vcpu *v)
{
	hyp_sysregs_save(&v->sys);
}

void hyp_vhe_store(struct hyp_vcpu *v)
{
	hyp_sysregs_restore(&v->sys, false);
	sr_isb();
}

/*
 * irqs off, loaded, guest's FP state as @v->cptr says.  @odd: a CPU with
 * HCRX_EL2, or one that needs the guest's stage 1 and 2 complete before TGE
 * goes, and TGE back before the host's translation is used or changed.
 */
static u64 hyp_vhe_switch(struct hyp_vcpu *v)
{
	bool odd = v->odd;
	u64 mdscr, debug, code;

	v->host_cptr = sr_read(cpacr_el1); /* at EL2: CPTR_EL2 */
	mdscr = sr_read(mdscr_el1);
	debug = (mdscr & (MDSCR_BIT_SS | MDSCR_BIT_MDE)) | v->mdscr;
	if (unlikely(debug))
		sr_write(mdscr_el1, v->mdscr);
	hyp_gic_enter(&v->gic);
	sr_write(mdcr_el2, v->mdcr);
	sr_write(cpacr_el1, v->cptr);
	sr_write(vbar_el1, hyp_guest_vectors);
	if (unlikely(odd)) {
		if (v->has_hcrx)
			sr_write(SR_HCRX_EL2, 0);
		sr_isb();
	}
	sr_write(hcr_el2, v->hcr | HCR_BIT_E2H);

	code = hyp_exit_finish(v, hyp_guest_enter(v));

	sr_write(hcr_el2, v->host_hcr);
	if (unlikely(odd)) {
		sr_isb();
		if (v->has_hcrx)
			sr_write(SR_HCRX_EL2, v->host_hcrx);
	}
	sr_write(vbar_el1, v->host_vbar);
	sr_write(cpacr_el1, v->host_cptr);
	sr_write(mdcr_el2, v->host_mdcr);
	hyp_gic_leave(&v->gic);
	if (unlikely(debug))
		sr_write(mdscr_el1, mdscr);
	sr_isb();
	return code;
}

u64 hyp_vhe_run(struct hyp_vcpu *v)
{
	u64 code;

	/* All of DAIF; with pseudo-NMIs, PMR lets interrupts end the stay. */
	local_daif_mask();
	pmr_sync();
	code = hyp_vhe_switch(v);
	local_daif_restore(DAIF_PROCCTX_NOIRQ);
	return code;
}
