// SPDX-License-Identifier: GPL-2.0
/*
 * The values that EL2's control registers have while a guest runs: what is
 * trapped, and what this CPU adds to that.
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <asm/cpufeature.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/mitigate.h"
#include "arch/arm64/hyp/backend.h"

#define PFR0_RAS GENMASK_ULL(31, 28)
#define PFR0_AMU GENMASK_ULL(47, 44)
#define MMFR0_FGT GENMASK_ULL(59, 56)
#define MMFR1_HCX GENMASK_ULL(43, 40)

/*
 * Stage 2 on; interrupts and SErrors come to EL2; WFI, WFE, SMC, set/way cache
 * maintenance, ID registers, ACTLR_EL1, implementation-defined and LORegion
 * registers trap; barriers and TLB maintenance reach the inner shareable
 * domain, because a vCPU moves between CPUs; EL1 is AArch64.  PAuth (API, APK),
 * MTE (ATA) and context numbers (EnSCXT) stay 0: trapped, and hidden.
 */
#define HCR_GUEST                                                            \
	(HCR_BIT_VM | HCR_BIT_SWIO | HCR_BIT_PTW | HCR_BIT_FMO |             \
	 HCR_BIT_IMO | HCR_BIT_AMO | HCR_BIT_FB | HCR_BSU_INNER |            \
	 HCR_BIT_TWI | HCR_BIT_TWE | HCR_BIT_TID3 | HCR_BIT_TSC |            \
	 HCR_BIT_TIDCP | HCR_BIT_TACR | HCR_BIT_TSW | HCR_BIT_RW |           \
	 HCR_BIT_TLOR)

#define MDCR_GUEST                                                           \
	(MDCR_BIT_TPMCR | MDCR_BIT_TPM | MDCR_BIT_TDA | MDCR_BIT_TDOSA |     \
	 MDCR_BIT_TDRA | MDCR_BIT_TPMS | MDCR_BIT_TTRF)

/** struct arm64_cpu - what a CPU adds; written by itself when it is taken */
struct arm64_cpu {
	u32 taken; /* a number for each time that a CPU was taken */
	u64 hpmn; /* MDCR_EL2.HPMN: the host's counters stay the host's */
	u64 amu; /* traps of activity monitors, if there are any */
	u32 mitigate;
	u32 loops;
	u32 ras;
	u32 has_hcrx;
	u32 has_fgt;
};

static DEFINE_PER_CPU(struct arm64_cpu, arm64_cpus);

static bool is_vhe(void)
{
	return hyp_ops->backend == AXVM_BACKEND_VHE;
}

void arm64_controls_cpu_enable(void)
{
	static atomic_t taken = ATOMIC_INIT(0);
	struct arm64_cpu *c = this_cpu_ptr(&arm64_cpus);
	u64 pfr0 = sr_read(id_aa64pfr0_el1);

	c->taken = atomic_inc_return(&taken);
	c->hpmn = MDCR_HPMN_MASK & (is_vhe() ? sr_read(mdcr_el2) :
					      hyp_nvhe_read(HYP_READ_MDCR));
	c->amu = FIELD_GET(PFR0_AMU, pfr0) ? CPTR_VHE_TAM : 0;
	c->ras = FIELD_GET(PFR0_RAS, pfr0) != 0;
	c->has_hcrx = FIELD_GET(MMFR1_HCX, sr_read(id_aa64mmfr1_el1)) != 0;
	c->has_fgt = FIELD_GET(MMFR0_FGT, sr_read(id_aa64mmfr0_el1)) != 0;
	c->mitigate = mitigate_probe(&c->loops);
}

void arm64_controls_init(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	h->hcr = HCR_GUEST;
	h->vmpidr = BIT_ULL(31) | vcpu->hw_id;
	if (cpus_have_final_cap(ARM64_HAS_RAS_EXTN))
		h->hcr |= HCR_BIT_TERR | HCR_BIT_TEA;
	if (cpus_have_final_cap(ARM64_HAS_STAGE2_FWB))
		h->hcr |= HCR_BIT_FWB;
	h->fix_at = cpus_have_final_cap(ARM64_WORKAROUND_SPECULATIVE_AT);
}

void arm64_controls_fp(struct axvm_vcpu *vcpu, bool allow)
{
	struct arm64_cpu *c = this_cpu_ptr(&arm64_cpus);

	if (is_vhe())
		vcpu->arch.hyp->cptr = CPTR_VHE_TTA | c->amu |
				       (allow ? CPTR_VHE_FPEN : 0);
	else
		vcpu->arch.hyp->cptr = CPTR_NVHE_RES1 | CPTR_NVHE_TTA | c->amu |
				       (allow ? 0 : CPTR_NVHE_TFP);
}

/* Another CPU than last time, or somebody debugs the guest. */
static noinline void controls_renew(struct axvm_vcpu *vcpu)
{
	struct arm64_cpu *c = this_cpu_ptr(&arm64_cpus);
	struct hyp_vcpu *h = vcpu->arch.hyp;

	h->mdcr = MDCR_GUEST | c->hpmn;
	arm64_debug_controls(vcpu);
	/* TDE is only there for a debugger: look again the next time. */
	vcpu->arch.controls = h->mdcr & MDCR_BIT_TDE ? 0 : c->taken;
	h->vpidr = sr_read(midr_el1);
	h->vtcr = vcpu->vm->arch.vtcr;
	h->mitigate = c->mitigate;
	h->mitigate_loops = c->loops;
	h->ras = c->ras;
	h->has_hcrx = c->has_hcrx;
	h->has_fgt = c->has_fgt;
	arm64_controls_fp(vcpu, vcpu->arch.fp);
}

void arm64_controls_load(struct axvm_vcpu *vcpu)
{
	vcpu->arch.hyp->cntvoff = vcpu->vm->arch.counter_off;
	if (unlikely(vcpu->arch.controls !=
			     this_cpu_read(arm64_cpus.taken) ||
		     vcpu->arch.debug.on))
		controls_renew(vcpu);
}
