// SPDX-License-Identifier: GPL-2.0
/*
 * The EL2 image's C side: the calls of the host, and the world switch where
 * the host is at EL1 (nVHE) and its EL1 context makes way for the guest's.
 * Linked on its own, runs at any page-aligned address: no data, no pointers in
 * tables, nothing of the kernel's.
 */
#define HYP_VHE 0
#include "arch/arm64/hyp/switch.h"
#include "arch/arm64/hyp/tlb.h"

extern char host_vectors[];
u64 hyp_call(u64 nr, u64 a, u64 b, u64 d, struct hyp_cpu *c);
u64 hyp_bug(struct hyp_cpu *c);

/*
 * The first entry of a stay.  The host cannot be preempted before its end, so
 * what is noted here holds for all entries of it.
 */
static void hyp_load(struct hyp_vcpu *v, struct hyp_cpu *c)
{
	hyp_sysregs_save_live(&c->host);
	v->host_hcr = sr_read(hcr_el2);
	v->host_cptr = sr_read(cptr_el2);
	v->host_mdcr = sr_read(mdcr_el2);
	v->host_mdscr = sr_read(mdscr_el1);
	v->host_cnthctl = sr_read(cnthctl_el2);
	c->host_vmpidr = sr_read(vmpidr_el2);
	c->host_vpidr = sr_read(vpidr_el2);
	if (v->has_hcrx)
		v->host_hcrx = sr_read(SR_HCRX_EL2);
	if (v->has_fgt) {
		v->host_hfgrtr = sr_read(SR_HFGRTR_EL2);
		v->host_hfgwtr = sr_read(SR_HFGWTR_EL2);
	}
	sr_write(cntvoff_el2, v->cntvoff);
	if (v->cntv_ctl) {
		sr_isb();
		sr_write(cntv_ctl_el0, v->cntv_ctl);
	}
	sr_write(vtcr_el2, v->vtcr);
	hyp_gic_load(&v->gic);
	v->loaded = 1;
}

static void hyp_switch_in(struct hyp_vcpu *v, struct hyp_cpu *c)
{
	if (!v->loaded)
		hyp_load(v, c);
	c->run = v;
	c->host.sp_el1 = sr_read(sp_el1);
	if (v->has_hcrx)
		sr_write(SR_HCRX_EL2, 0);
	if (v->has_fgt) {
		sr_write(SR_HFGRTR_EL2, 0);
		sr_write(SR_HFGWTR_EL2, 0);
	}
	sr_write(mdscr_el1, v->mdscr);
	hyp_sysregs_restore(&v->sys, v->fix_at);
	sr_write(vttbr_el2, v->vttbr);
	if (v->fix_at)
		sr_isb();
	sr_write(vmpidr_el2, v->vmpidr);
	sr_write(vpidr_el2, v->vpidr);
	/* No physical counter and timer for EL1 and EL0 of the guest. */
	sr_write(cnthctl_el2, 0);
	sr_write(mdcr_el2, v->mdcr);
	sr_write(cptr_el2, v->cptr);
	sr_write(hcr_el2, v->hcr);
	if (v->fix_at)
		hyp_sysregs_open(&v->sys);
	hyp_gic_enter(&v->gic);
	sr_write(vbar_el2, hyp_guest_vectors);
	/* ERET synchronises what was written. */
}

static void hyp_switch_out(struct hyp_vcpu *v, struct hyp_cpu *c)
{
	hyp_gic_leave(&v->gic);
	if (v->fix_at)
		hyp_sysregs_close(&c->host);
	sr_write(hcr_el2, v->host_hcr);
	sr_write(vttbr_el2, 0);
	if (v->fix_at)
		sr_isb();
	sr_write(cptr_el2, v->host_cptr);
	sr_write(mdcr_el2, v->host_mdcr);
	sr_write(cnthctl_el2, v->host_cnthctl);
	sr_write(vmpidr_el2, c->host_vmpidr);
	sr_write(vpidr_el2, c->host_vpidr);
	if (v->has_hcrx)
		sr_write(SR_HCRX_EL2, v->host_hcrx);
	if (v->has_fgt) {
		sr_write(SR_HFGRTR_EL2, v->host_hfgrtr);
		sr_write(SR_HFGWTR_EL2, v->host_hfgwtr);
	}
	hyp_sysregs_restore_live(&c->host, v->fix_at);
	if (v->fix_at)
		hyp_sysregs_open(&c->host);
	sr_write(mdscr_el1, v->host_mdscr);
	sr_write(vbar_el2, host_vectors);
	c->run = 0;
}

static u64 hyp_run(struct hyp_vcpu *v, struct hyp_cpu *c)
{
	u64 code;

	hyp_switch_in(v, c);
	code = hyp_exit_finish(v, hyp_guest_enter(v));
	hyp_sysregs_save(&v->sys);
	hyp_switch_out(v, c);
	return code;
}

/* The end of a stay: what stayed the guest's while the host was at EL1. */
static u64 hyp_put(struct hyp_vcpu *v)
{
	if (!v->loaded)
		return 0;
	sr_write(cntvoff_el2, 0);
	hyp_gic_put(&v->gic);
	sr_isb();
	v->loaded = 0;
	return 0;
}

/*
 * TLB maintenance for a VMID that is not current: the host's EL1 tables must
 * not be walked with that VMID's stage 2 meanwhile (@fix_at as in hyp_vcpu).
 */
static u64 hyp_tlbi(u64 vttbr, u64 ipa, u64 pages, struct hyp_cpu *c)
{
	u64 tcr = sr_read(tcr_el1);

	sr_dsb(ishst);
	/* The host's walks stop for the moment: harmless, EL2 runs alone. */
	sr_write(tcr_el1, tcr | TCR_BIT_EPD0 | TCR_BIT_EPD1);
	sr_isb();
	sr_write(vttbr_el2, vttbr);
	sr_isb();
	hyp_tlbi_range_here(ipa, pages);
	sr_write(vttbr_el2, 0);
	sr_isb();
	sr_write(tcr_el1, tcr);
	sr_isb();
	return 0;
}

static u64 hyp_tlbi_el2(u64 page)
{
	asm volatile("dsb ishst\n\ttlbi vae2is, %0\n\tdsb ish\n\tisb"
		     : : "r"(page >> 12 & 0xfffffffffffull) : "memory");
	return 0;
}

static u64 hyp_read(u64 what)
{
	switch (what) {
	case HYP_READ_ICH_VTR:
		return sr_read(SR_ICH_VTR_EL2);
	case HYP_READ_MDCR:
		return sr_read(mdcr_el2);
	case HYP_READ_ICH_VMCR:
		return sr_read(SR_ICH_VMCR_EL2);
	}
	return STUB_ERR;
}

u64 hyp_call(u64 nr, u64 a, u64 b, u64 d, struct hyp_cpu *c)
{
	switch (nr + HYP_CALL_BASE) {
	case HYP_CALL_RUN:
		return hyp_run((struct hyp_vcpu *)a, c);
	case HYP_CALL_PUT:
		return hyp_put((struct hyp_vcpu *)a);
	case HYP_CALL_TLBI_VMID:
		return hyp_tlbi(a, 0, ~0ull, c);
	case HYP_CALL_TLBI_RANGE:
		return hyp_tlbi(a, b, d, c);
	case HYP_CALL_TLBI_ALL:
		hyp_tlbi_all_here();
		return 0;
	case HYP_CALL_TLBI_EL2:
		return hyp_tlbi_el2(a);
	case HYP_CALL_READ:
		return hyp_read(a);
	}
	return STUB_ERR;
}

u64 hyp_bug(struct hyp_cpu *c)
{
	struct hyp_vcpu *v = c->run;

	if (v) {
		v->esr = c->bug_esr;
		v->far = c->bug_far;
		v->hpfar = c->bug_elr;
		hyp_switch_out(v, c);
	}
	return HYP_EXIT_BUG;
}
