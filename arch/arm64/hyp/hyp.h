/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module and the code that switches worlds share: a vCPU's page and
 * a CPU's page.  The EL2 image reaches both by physical address (its own
 * stage 1 maps them there), the module by the kernel's linear map.
 */
#ifndef AXVM_HYP_H
#define AXVM_HYP_H

#include <linux/types.h>
#include "arch/arm64/hyp/bits.h"
#include "arch/arm64/hyp/sysreg.h"

#define HYP_PAGE 4096
#define HYP_MAX_LRS 16
#define HYP_MAX_APRS 4

/**
 * struct hyp_gic - the virtual CPU interface of a vCPU (GICv3)
 * @lr: list registers 0 .. @used_lrs - 1 as they go in and came out
 * @apr: active priorities, group 0 then group 1
 * @vmcr: ICH_VMCR_EL2; after an exit only if @extra, and after a stay
 * @hcr: ICH_HCR_EL2 during the stay: nothing that traps a host at EL1
 * @extra: what this entry adds to @hcr
 * @out: ICH_HCR_EL2 after an exit, if @extra
 * @used_lrs: how many of @lr are switched
 * @nr_aprs: active-priority registers of a group that exist: 1, 2 or 4; 0:
 *	there is no GICv3
 */
struct hyp_gic {
	u64 lr[HYP_MAX_LRS];
	u64 apr[2][HYP_MAX_APRS];
	u64 vmcr;
	u64 hcr;
	u64 extra;
	u64 out;
	u32 used_lrs;
	u32 nr_aprs;
};

/**
 * struct hyp_fpsimd - FP and SIMD registers, in the order fpsimd.S moves them
 */
struct hyp_fpsimd {
	u64 v[32][2];
	u64 fpsr;
	u64 fpcr;
} __attribute__((aligned(16)));

/**
 * struct hyp_vcpu - one vCPU's registers and controls; a page of its own
 * @x: general registers; @sp_el0, @pc, @pstate with them
 * @sys: EL1 context
 * @hcr: HCR_EL2 in the guest, and so for @cptr ... @cntvoff
 * @cntv_ctl: nVHE: CNTV_CTL_EL0 when a stay begins, set with @cntvoff
 * @mdscr: MDSCR_EL1 in the guest, 0 unless it is debugged from outside
 * @has_hcrx: HCRX_EL2 exists and is 0 in the guest: nothing of what it enables
 * @has_fgt: so do HFGRTR_EL2 and HFGWTR_EL2: registers of later extensions
 *	trap (TPIDR2_EL0, SMPRI_EL1, ...)
 * @fix_at: the CPU may walk tables speculatively with half-switched controls
 * @odd: VHE: @fix_at or @has_hcrx
 * @loaded: EL2 registers that wait for HYP_CALL_PUT are the guest's
 * @mitigate: HYP_MITIGATE_*; @mitigate_loops with LOOP
 * @ras: the CPU has the RAS extension
 * @esr: ESR_EL2 of the last exit, and so for @far, @hpfar (aborts only), @disr
 * @host_*: the host's own while the guest runs
 */
struct hyp_vcpu {
	u64 x[31];
	u64 sp_el0;
	u64 pc;
	u64 pstate;
	struct hyp_sysregs sys;

	u64 hcr;
	u64 cptr;
	u64 mdcr;
	u64 mdscr;
	u64 vttbr;
	u64 vtcr;
	u64 vmpidr;
	u64 vpidr;
	u64 cntvoff;
	u64 cntv_ctl;
	u32 has_hcrx;
	u32 has_fgt;
	u32 fix_at;
	u32 odd;
	u32 loaded;
	u32 mitigate;
	u32 mitigate_loops;
	u32 ras;

	u64 esr;
	u64 far;
	u64 hpfar;
	u64 disr;

	u64 host_hcr;
	u64 host_cptr;
	u64 host_mdcr;
	u64 host_mdscr;
	u64 host_hcrx;
	u64 host_hfgrtr;
	u64 host_hfgwtr;
	u64 host_vbar;
	u64 host_cnthctl;
	u64 host_tpidr_el0; /* VHE: of the thread that runs the vCPU */
	u64 host_tpidrro_el0;
	u64 host_csselr;

	struct hyp_gic gic;
	struct hyp_fpsimd fp;
};

/**
 * struct hyp_cpu - one CPU's page under nVHE; its EL2 stack lies below
 * @stub_vbar: physical address of the kernel's own EL2 vectors
 * @stub_sctlr: SCTLR_EL2 as it was before, and so for the other @stub_*
 * @run: the vCPU between entry and exit, or NULL
 * @host: the host's EL1 context while a guest runs
 * @host_vmpidr: VMPIDR_EL2 of the host, and so for the other @host_*
 */
struct hyp_cpu {
	u64 stub_vbar;
	u64 stub_sctlr;
	u64 stub_tcr;
	u64 stub_ttbr0;
	u64 stub_mair;
	u64 stub_tpidr;
	struct hyp_vcpu *run;
	struct hyp_sysregs host;
	u64 host_vmpidr;
	u64 host_vpidr;
	u64 bug_esr;
	u64 bug_elr;
	u64 bug_far;
};

_Static_assert(sizeof(struct hyp_vcpu) <= HYP_PAGE, "a vCPU fits a page");
_Static_assert(sizeof(struct hyp_cpu) <= HYP_PAGE, "a CPU fits a page");

/* entry.S */

/**
 * hyp_guest_enter() - run the guest until something brings it back
 *
 * Every EL2 control is the guest's, VBAR_EL2 is hyp_guest_vectors, DAIF is
 * masked.  Saves and restores what the procedure call standard asks for,
 * SP_EL0 and x18.  Return: HYP_EXIT_*.
 */
u64 hyp_guest_enter(struct hyp_vcpu *v);
extern char hyp_guest_vectors[];

#endif /* AXVM_HYP_H */
