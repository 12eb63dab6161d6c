// SPDX-License-Identifier: GPL-2.0
/*
 * The hardware half of the virtual interrupt controller on a GICv3: what waits
 * for the guest goes into list registers before an entry, what the guest did
 * with it is read back after the exit.  Which interrupts wait is decided
 * elsewhere; here they are a set of edges and a set of lines per vCPU.
 */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/hyp/backend.h"

#define VTR_LIST_REGS GENMASK_ULL(4, 0)
#define VTR_PRE_BITS GENMASK_ULL(28, 26)

#define VMCR_ENG1 BIT_ULL(1)
#define VMCR_FIQ_EN BIT_ULL(3) /* reads as one with system registers */
#define VMCR_PMR GENMASK_ULL(31, 24)

#define LR_VINTID GENMASK_ULL(31, 0)
#define LR_PINTID GENMASK_ULL(44, 32)
#define LR_EOI_MAINTENANCE BIT_ULL(41)
#define LR_PRIORITY GENMASK_ULL(55, 48)
#define LR_GROUP1 BIT_ULL(60)
#define LR_HW BIT_ULL(61)
#define LR_PENDING BIT_ULL(62)
#define LR_ACTIVE BIT_ULL(63)
#define LR_STATE (LR_PENDING | LR_ACTIVE)

#define PFR0_GIC GENMASK_ULL(27, 24)

/* Until there is a distributor every interrupt has this priority. */
#define DEFAULT_PRIORITY 0xa0

static unsigned int vgic_lrs; /* list registers; 0: no GICv3 */
static unsigned int vgic_aprs;

bool vgic_hw_present(void)
{
	return READ_ONCE(vgic_lrs);
}

/** On the first CPU taken; all have the same (preemption off). */
void vgic_hw_cpu_enable(void)
{
	u64 vtr;

	if (vgic_lrs || !FIELD_GET(PFR0_GIC, sr_read(id_aa64pfr0_el1)) ||
	    !(sr_read(SR_ICC_SRE_EL1) & ICC_SRE_BIT_SRE))
		return;
	vtr = hyp_ops->backend == AXVM_BACKEND_VHE ?
		      sr_read(SR_ICH_VTR_EL2) :
		      hyp_nvhe_read(HYP_READ_ICH_VTR);
	vgic_aprs = 1u << (clamp_t(u32, FIELD_GET(VTR_PRE_BITS, vtr), 4, 6) -
			   4);
	WRITE_ONCE(vgic_lrs, min_t(u32, FIELD_GET(VTR_LIST_REGS, vtr) + 1,
				   HYP_MAX_LRS));
}

void vgic_hw_reset(struct axvm_vcpu *vcpu)
{
	struct arm64_irqs *q = &vcpu->arch.irqs;
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	bitmap_zero(q->pending, ARM64_NR_INTIDS);
	bitmap_zero(q->level, ARM64_NR_INTIDS);
	q->any = false;
	raw_spin_unlock_irqrestore(&q->lock, flags);
	memset(g, 0, sizeof(*g));
	if (!vgic_hw_present())
		return;
	g->hcr = ICH_HCR_BIT_EN;
	g->vmcr = VMCR_FIQ_EN;
	g->nr_aprs = vgic_aprs;
}

void vgic_hw_vcpu_init(struct axvm_vcpu *vcpu)
{
	raw_spin_lock_init(&vcpu->arch.irqs.lock);
	vgic_hw_reset(vcpu);
}

/* The list register that holds @intid, or NULL. */
static u64 *lr_of(struct hyp_gic *g, u32 intid)
{
	unsigned int i;

	for (i = 0; i < g->used_lrs; i++)
		if ((g->lr[i] & LR_STATE) &&
		    FIELD_GET(LR_VINTID, g->lr[i]) == intid)
			return &g->lr[i];
	return NULL;
}

static u64 *lr_free(struct hyp_gic *g)
{
	unsigned int i;

	for (i = 0; i < vgic_lrs; i++)
		if (i >= g->used_lrs || !(g->lr[i] & LR_STATE)) {
			g->used_lrs = max(g->used_lrs, i + 1);
			return &g->lr[i];
		}
	return NULL;
}

static u64 lr_pending(u32 intid)
{
	return FIELD_PREP(LR_VINTID, intid) | LR_GROUP1 | LR_PENDING |
	       FIELD_PREP(LR_PRIORITY, DEFAULT_PRIORITY);
}

/* False: no list register is free; the interrupt waits for the next entry. */
static bool flush_one(struct hyp_gic *g, u32 intid, bool edge)
{
	u64 *lr = lr_of(g, intid);

	if (lr) {
		/* A line that is active is looked at again when it ends. */
		if (edge)
			*lr |= LR_PENDING;
		return true;
	}
	lr = lr_free(g);
	if (!lr)
		return false;
	*lr = lr_pending(intid) | (edge ? 0 : LR_EOI_MAINTENANCE);
	return true;
}

/*
 * Give the guest @intid as physical interrupt @pintid, which is active and
 * becomes inactive when the guest ends its own.
 */
bool vgic_hw_map(struct axvm_vcpu *vcpu, u32 intid, u32 pintid)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	u64 *lr = lr_of(g, intid) ?: lr_free(g);

	if (!lr)
		return false;
	*lr = (lr_pending(intid) & ~LR_PINTID) | LR_HW |
	      FIELD_PREP(LR_PINTID, pintid);
	return true;
}

/** The state of @intid in the list registers: bit 0 pending, 1 active. */
unsigned int vgic_hw_state(struct axvm_vcpu *vcpu, u32 intid)
{
	u64 *lr = lr_of(&vcpu->arch.hyp->gic, intid);

	return lr ? FIELD_GET(LR_STATE, *lr) : 0;
}

/** Take a pending interrupt that was not taken yet back. */
void vgic_hw_unmap(struct axvm_vcpu *vcpu, u32 intid)
{
	u64 *lr = lr_of(&vcpu->arch.hyp->gic, intid);

	if (lr)
		*lr = 0;
}

void vgic_hw_flush(struct axvm_vcpu *vcpu)
{
	struct arm64_irqs *q = &vcpu->arch.irqs;
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int intid;

	if (!vgic_lrs)
		return;
	raw_spin_lock(&q->lock);
	for_each_set_bit(intid, q->pending, ARM64_NR_INTIDS) {
		if (!flush_one(g, intid, true))
			goto out;
		__clear_bit(intid, q->pending);
		axvm_stat(vcpu, injected, 1);
	}
	for_each_set_bit(intid, q->level, ARM64_NR_INTIDS)
		if (!flush_one(g, intid, false))
			goto out;
	q->any = !bitmap_empty(q->level, ARM64_NR_INTIDS);
out:
	raw_spin_unlock(&q->lock);
}

void vgic_hw_sync(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;

	while (g->used_lrs && !(g->lr[g->used_lrs - 1] & LR_STATE))
		g->used_lrs--;
}

/* Would the CPU interface signal an interrupt of the default priority? */
static bool vgic_signals(const struct hyp_gic *g)
{
	return (g->vmcr & VMCR_ENG1) &&
	       FIELD_GET(VMCR_PMR, g->vmcr) > DEFAULT_PRIORITY;
}

bool vgic_hw_open(struct axvm_vcpu *vcpu)
{
	return vgic_hw_present() && vgic_signals(&vcpu->arch.hyp->gic);
}

bool vgic_hw_pending(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int i;

	if (!vgic_signals(g))
		return false;
	if (READ_ONCE(vcpu->arch.irqs.any))
		return true;
	for (i = 0; i < g->used_lrs; i++)
		if ((g->lr[i] & LR_STATE) == LR_PENDING)
			return true;
	return false;
}

void vgic_hw_inject(struct axvm_vcpu *vcpu, u32 intid, u32 level)
{
	struct arm64_irqs *q = &vcpu->arch.irqs;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	switch (level) {
	case AXVM_IRQ_EDGE:
		__set_bit(intid, q->pending);
		break;
	case AXVM_IRQ_HIGH:
		__set_bit(intid, q->level);
		break;
	case AXVM_IRQ_LOW:
		__clear_bit(intid, q->level);
		break;
	}
	WRITE_ONCE(q->any, !bitmap_empty(q->level, ARM64_NR_INTIDS) ||
			   !bitmap_empty(q->pending, ARM64_NR_INTIDS));
	raw_spin_unlock_irqrestore(&q->lock, flags);
}
