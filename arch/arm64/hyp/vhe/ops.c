// SPDX-License-Identifier: GPL-2.0
/*
 * The VHE backend's table: the host is at EL2 already, so taking a CPU takes
 * nothing, and TLB maintenance needs a moment without HCR_EL2.TGE.
 */
#include <linux/irqflags.h>
#include <asm/cpufeature.h>

#include "arch/arm64/hyp/backend.h"
#include "arch/arm64/hyp/tlb.h"

struct vhe_context {
	unsigned long flags;
	u64 hcr;
	u64 vttbr;
	u64 tcr;
	u64 sctlr;
	bool fix_at;
};

/* Make TLB maintenance mean @vttbr's guest.  Pairs with vhe_leave(). */
static void vhe_enter(struct vhe_context *c, u64 vttbr)
{
	local_irq_save(c->flags);
	asm volatile("dsb ishst" : : : "memory");
	c->hcr = sr_read(hcr_el2);
	c->vttbr = sr_read(vttbr_el2);
	c->fix_at = cpus_have_final_cap(ARM64_WORKAROUND_SPECULATIVE_AT);
	if (c->fix_at) {
		/* No speculative walk of EL1 tables while TGE is clear. */
		c->tcr = sr_read(SR_TCR_EL12);
		sr_write(SR_TCR_EL12, c->tcr | TCR_BIT_EPD0 | TCR_BIT_EPD1);
		sr_isb();
		c->sctlr = sr_read(SR_SCTLR_EL12);
		sr_write(SR_SCTLR_EL12, c->sctlr | SCTLR_BIT_M);
		sr_isb();
	}
	sr_write(vttbr_el2, vttbr);
	sr_isb();
	sr_write(hcr_el2, c->hcr & ~HCR_BIT_TGE);
	sr_isb();
}

static void vhe_leave(const struct vhe_context *c)
{
	sr_write(hcr_el2, c->hcr);
	sr_isb();
	sr_write(vttbr_el2, c->vttbr);
	if (c->fix_at) {
		sr_isb();
		sr_write(SR_SCTLR_EL12, c->sctlr);
		sr_isb();
		sr_write(SR_TCR_EL12, c->tcr);
	}
	sr_isb();
	local_irq_restore(c->flags);
}

static void vhe_tlbi_vmid(u64 vttbr)
{
	struct vhe_context c;

	vhe_enter(&c, vttbr);
	hyp_tlbi_vmid_here();
	vhe_leave(&c);
}

static void vhe_tlbi_range(u64 vttbr, u64 ipa, u64 pages)
{
	struct vhe_context c;

	vhe_enter(&c, vttbr);
	hyp_tlbi_range_here(ipa, pages);
	vhe_leave(&c);
}

static void vhe_tlbi_all(void)
{
	hyp_tlbi_all_here();
}

static int vhe_nothing(struct axvm_why *why)
{
	return 0;
}

static void vhe_nothing_undone(void)
{
}

static int vhe_share(void *page)
{
	return 0;
}

static void vhe_unshare(void *page)
{
}

const struct hyp_ops hyp_vhe_ops = {
	.backend = AXVM_BACKEND_VHE,
	.prepare = vhe_nothing,
	.unprepare = vhe_nothing_undone,
	.cpu_enable = vhe_nothing,
	.cpu_disable = vhe_nothing_undone,
	.share = vhe_share,
	.unshare = vhe_unshare,
	.tlbi_vmid = vhe_tlbi_vmid,
	.tlbi_range = vhe_tlbi_range,
	.tlbi_all = vhe_tlbi_all,
};
