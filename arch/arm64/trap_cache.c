// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that turns its caches off or on.  Maintenance by set and way says
 * nothing about addresses, so the first of it makes all of the VM's memory
 * coherent.  From then on writes to the guest's translation controls trap:
 * what follows the first changes nothing until caches go on or off.
 */
#include <linux/stddef.h>
#include <asm/cpufeature.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/hyp/backend.h"

#define SCTLR_M BIT_ULL(0)
#define SCTLR_C BIT_ULL(2)

#define SR AXVM_ARM64_SYSREG

/* What HCR_EL2.TVM traps, and where it lives. */
static const struct {
	u32 id;
	u32 offset; /* in struct hyp_sysregs */
} vm_regs[] = {
#define VM_REG(name, ...)                                     \
	{                                                     \
		.id = SR(__VA_ARGS__),                        \
		.offset = offsetof(struct hyp_sysregs, name), \
	}
	VM_REG(sctlr_el1, 3, 0, 1, 0, 0),
	VM_REG(ttbr0_el1, 3, 0, 2, 0, 0),
	VM_REG(ttbr1_el1, 3, 0, 2, 0, 1),
	VM_REG(tcr_el1, 3, 0, 2, 0, 2),
	VM_REG(afsr0_el1, 3, 0, 5, 1, 0),
	VM_REG(afsr1_el1, 3, 0, 5, 1, 1),
	VM_REG(esr_el1, 3, 0, 5, 2, 0),
	VM_REG(far_el1, 3, 0, 6, 0, 0),
	VM_REG(mair_el1, 3, 0, 10, 2, 0),
	VM_REG(amair_el1, 3, 0, 10, 3, 0),
	VM_REG(contextidr_el1, 3, 0, 13, 0, 1),
#undef VM_REG
};

static bool caches_on(const struct hyp_sysregs *s)
{
	return (s->sctlr_el1 & (SCTLR_M | SCTLR_C)) == (SCTLR_M | SCTLR_C);
}

enum axvm_run arm64_cache_setway(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	/* With FWB the guest cannot get past the caches. */
	if (cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) || (h->hcr & HCR_BIT_TVM))
		return AXVM_RUN_RESUME;
	h->hcr |= HCR_BIT_TVM;
	return AXVM_RUN_SLOW;
}

enum axvm_run arm64_cache_control(struct axvm_vcpu *vcpu, u32 id, u64 value)
{
	struct hyp_sysregs *s = arm64_sys_begin(vcpu);
	bool before = caches_on(s), after;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vm_regs); i++)
		if (vm_regs[i].id == id)
			*(u64 *)((char *)s + vm_regs[i].offset) = value;
	after = caches_on(s);
	arm64_sys_end(vcpu);
	if (after)
		vcpu->arch.hyp->hcr &= ~HCR_BIT_TVM;
	return before == after ? AXVM_RUN_RESUME : AXVM_RUN_SLOW;
}
