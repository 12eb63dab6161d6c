// SPDX-License-Identifier: GPL-2.0
/*
 * The hardware half of a virtual GICv3 on a GICv3: a vCPU's list registers are
 * filled from the model before an entry when something has changed, and folded
 * back after an exit in which the guest has used them.  With nothing pending
 * neither takes a lock.
 */
#include <linux/acpi.h>
#include <linux/bitfield.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/minmax.h>
#include <linux/of_irq.h>
#include <linux/string.h>

#include "module/compat.h"
#include "module/trace.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/hyp/backend.h"

#define VTR_LIST_REGS GENMASK_ULL(4, 0)
#define VTR_TDS BIT_ULL(19)
#define VTR_PRE_BITS GENMASK_ULL(28, 26)

#define VMCR_ENG0 BIT_ULL(0)
#define VMCR_ENG1 BIT_ULL(1)
#define VMCR_FIQ_EN BIT_ULL(3) /* reads as one with system registers */
#define VMCR_EOIM BIT_ULL(9)
#define VMCR_PMR GENMASK_ULL(31, 24)

#define HCR_UIE BIT_ULL(1)
#define HCR_LRENPIE BIT_ULL(2)
#define HCR_NPIE BIT_ULL(3)
#define HCR_GRP0_EIE BIT_ULL(4)
#define HCR_GRP1_EIE BIT_ULL(6)
#define HCR_TC BIT_ULL(10)
#define HCR_TALL0 BIT_ULL(11)
#define HCR_TALL1 BIT_ULL(12)
#define HCR_TDIR BIT_ULL(14)
#define HCR_EOI_COUNT GENMASK_ULL(31, 27)

#define LR_STATE (VGIC_LR_PENDING | VGIC_LR_ACTIVE)

#define PFR0_GIC GENMASK_ULL(27, 24)

static unsigned int vgic_lrs; /* list registers; 0: not known yet */
static unsigned int vgic_aprs;
static bool vgic_tdir; /* ICC_DIR_EL1 can be trapped alone */
static int vgic_virq; /* maintenance interrupt, 0: none */
bool vgic_is_v2 __read_mostly; /* list registers are vgic_hw_v2.c's */
static bool vgic_claimed; /* it is ours */

/* Its line is a reason to leave the guest; there is nothing else to do. */
static DEFINE_PER_CPU(int, vgic_cookie);

bool vgic_hw_present(void)
{
	return vgic_virq;
}

/* ---- the host's maintenance interrupt ------------------------------------ */

static int maintenance_of(void)
{
	struct device_node *np;
	int virq;

	np = of_find_compatible_node(NULL, NULL, "arm,gic-v3");
	if (!np)
		return 0;
	virq = irq_of_parse_and_map(np, 0);
	of_node_put(np);
	return virq;
}

/* Every CPU's entry names the same interrupt: take the first. */
static const struct acpi_madt_generic_interrupt *
madt_gicc(const struct acpi_table_header *madt)
{
	const void *end = (const void *)madt + madt->length;
	const struct acpi_subtable_header *h =
		(const void *)madt + sizeof(struct acpi_table_madt);

	while ((const void *)(h + 1) <= end && h->length >= sizeof(*h)) {
		const struct acpi_madt_generic_interrupt *c = (const void *)h;

		if (h->type == ACPI_MADT_TYPE_GENERIC_INTERRUPT)
			return (const void *)&c->arm_mpidr <= end ? c : NULL;
		h = (const void *)h + h->length;
	}
	return NULL;
}

bool vgic_madt_find(struct vgic_madt *m)
{
	const struct acpi_madt_generic_interrupt *c;
	struct acpi_table_header *madt;
	int virq = 0;

	*m = (struct vgic_madt){};
	if (acpi_disabled || ACPI_FAILURE(acpi_get_table(ACPI_SIG_MADT, 0,
							 &madt)))
		return false;
	c = madt_gicc(madt);
	if (c && c->vgic_interrupt)
		virq = axvm_acpi_gsi(c->vgic_interrupt,
				     c->flags & ACPI_MADT_VGIC_IRQ_MODE ?
					     ACPI_EDGE_SENSITIVE :
					     ACPI_LEVEL_SENSITIVE,
				     ACPI_ACTIVE_HIGH);
	if (c) {
		m->gich = c->gich_base_address;
		m->gicv = c->gicv_base_address;
		m->virq = max(virq, 0);
	}
	acpi_put_table(madt);
	return c;
}

static int maintenance_acpi(void)
{
	struct vgic_madt m;

	return vgic_madt_find(&m) ? m.virq : 0;
}

static irqreturn_t maintenance_handler(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

/* A GICv3 that the host's kernel uses by system registers, or a GICv2. */
void vgic_hw_probe(void)
{
	if (!FIELD_GET(PFR0_GIC, sr_read(id_aa64pfr0_el1))) {
		vgic_virq = vgic_v2_probe();
		vgic_is_v2 = vgic_virq;
	} else if (sr_read(SR_ICC_SRE_EL1) & ICC_SRE_BIT_SRE) {
		vgic_virq = maintenance_of() ?: maintenance_acpi();
	}
}

int vgic_hw_init(void)
{
	int err;

	if (!vgic_virq)
		return 0;
	err = vgic_is_v2 ? vgic_v2_init() : 0;
	if (err)
		return err;
	err = request_percpu_irq(vgic_virq, maintenance_handler, "axvm-gic",
				 &vgic_cookie);
	if (err && vgic_is_v2)
		vgic_v2_exit();
	if (err)
		vgic_virq = 0;
	vgic_claimed = !err;
	return err;
}

void vgic_hw_exit(void)
{
	if (!vgic_claimed)
		return;
	free_percpu_irq(vgic_virq, &vgic_cookie);
	if (vgic_is_v2)
		vgic_v2_exit();
	vgic_claimed = false;
}

void vgic_hw_cpu_enable(void)
{
	u64 vtr;

	if (!vgic_claimed)
		return;
	enable_percpu_irq(vgic_virq, irq_get_trigger_type(vgic_virq));
	if (vgic_lrs)
		return; /* all CPUs have the same */
	if (vgic_is_v2) {
		WRITE_ONCE(vgic_lrs, min(vgic_v2_lrs(), HYP_MAX_LRS));
		return;
	}
	vtr = hyp_ops->backend == AXVM_BACKEND_VHE ?
		      sr_read(SR_ICH_VTR_EL2) :
		      hyp_nvhe_read(HYP_READ_ICH_VTR);
	vgic_aprs = 1u << (clamp_t(u32, FIELD_GET(VTR_PRE_BITS, vtr), 4, 6) -
			   4);
	vgic_tdir = vtr & VTR_TDS;
	WRITE_ONCE(vgic_lrs, min_t(u32, FIELD_GET(VTR_LIST_REGS, vtr) + 1,
				   HYP_MAX_LRS));
}

void vgic_hw_cpu_disable(void)
{
	/* In a crash somebody may hold the interrupt's lock for ever. */
	if (vgic_claimed && !oops_in_progress)
		disable_percpu_irq(vgic_virq);
}

/* ---- a vCPU's interface ---------------------------------------------------- */

/* Without a controller the guest's accesses to the interface trap. */
void vgic_hw_reset(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;

	memset(g, 0, sizeof(*g));
	vcpu->arch.gic_busy = false;
	if (!vgic_lrs)
		return;
	g->nr_aprs = vgic_aprs;
	if (vcpu->vm->arch.vgic)
		WRITE_ONCE(vcpu->arch.gic_todo, true);
	if (vgic_is_v2)
		return;
	g->vmcr = VMCR_FIQ_EN;
	if (vcpu->vm->arch.vgic) {
		g->hcr = ICH_HCR_BIT_EN;
	} else {
		g->extra = HCR_TC | HCR_TALL0 | HCR_TALL1;
	}
}

void vgic_hw_mask(struct axvm_vcpu *vcpu, struct vgic_mask *mask)
{
	u64 vmcr = vcpu->arch.hyp->gic.vmcr;

	mask->priority = FIELD_GET(VMCR_PMR, vmcr);
	mask->group[0] = vmcr & VMCR_ENG0;
	mask->group[1] = vmcr & VMCR_ENG1;
}

void vgic_hw_fetch(struct axvm_vcpu *vcpu)
{
	if (vgic_is_v2) {
		vgic_v2_fetch(vcpu);
		return;
	}
	vcpu->arch.hyp->gic.vmcr = hyp_ops->backend == AXVM_BACKEND_VHE ?
					   sr_read(SR_ICH_VMCR_EL2) :
					   hyp_nvhe_read(HYP_READ_ICH_VMCR);
}

unsigned int vgic_hw_state(struct axvm_vcpu *vcpu, u32 intid)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int i;

	for (i = 0; i < g->used_lrs; i++)
		if ((u32)g->lr[i] == intid)
			return g->lr[i] >> 62;
	return 0;
}

/*
 * Maintenance interrupts for what found no room.  As soon as nothing pending
 * is left, or few are left at all where nothing was; an end that no list
 * register saw; a group that opens.  Any other exit chooses anew as well, so
 * what is asked for here only saves time.
 */
static u64 maintenance(const struct vgic_mask *mask, u32 more)
{
	u64 hcr = 0;

	if (more & VGIC_MORE_PENDING)
		hcr |= (more & VGIC_NONE_PENDING ? HCR_UIE : HCR_NPIE) |
		       (mask->group[0] ? 0 : HCR_GRP0_EIE) |
		       (mask->group[1] ? 0 : HCR_GRP1_EIE);
	if (more & VGIC_MORE_ACTIVE)
		hcr |= HCR_LRENPIE | (vgic_tdir ? HCR_TDIR : 0);
	return hcr;
}

/*
 * Ends that no list register saw.  In split mode ICC_DIR_EL1 traps, and what a
 * CPU counts for ICC_EOIR1_EL1 drops a priority and ends nothing.
 */
static unsigned int unheld_ends(const struct hyp_gic *g)
{
	if (vgic_tdir && (g->vmcr & VMCR_EOIM))
		return 0;
	return FIELD_GET(HCR_EOI_COUNT, g->out);
}

static __always_inline void fold(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *vg = vcpu->vm->arch.vgic;
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int i;

	for (i = 0; i < g->used_lrs; i++)
		if ((g->lr[i] & (VGIC_LR_HW | LR_STATE)) == VGIC_LR_HW)
			vtimer_ended(vcpu, (g->lr[i] & VGIC_LR_INTID) ==
						   ARM64_PTIMER_INTID);
	vgic_sync(&vg->model, vcpu->index, g->lr, g->used_lrs,
		  unheld_ends(g));
	WRITE_ONCE(vcpu->arch.gic_busy, false);
	g->used_lrs = 0;
	g->extra = 0;
	g->out = 0;
	WRITE_ONCE(vcpu->arch.gic_todo,
		   !vgic_idle(&vg->model, vcpu->index));
}

void vgic_hw_fold(struct axvm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->vm->arch.vgic->lock);
	if (vcpu->arch.gic_busy)
		fold(vcpu);
}

/* Lock held, list registers folded: more than one to choose from, or none. */
static noinline void flush_some(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	struct vgic_mask mask;
	u32 more;

	vgic_hw_mask(vcpu, &mask);
	g->used_lrs = vgic_flush(&vcpu->vm->arch.vgic->model, vcpu->index,
				 &mask, g->lr, vgic_lrs, &more);
	g->extra = maintenance(&mask, more);
	memcpy(vcpu->arch.gic_in, g->lr, g->used_lrs * sizeof(*g->lr));
	WRITE_ONCE(vcpu->arch.gic_busy, g->used_lrs || g->extra);
}

/* Lock held: the host's interrupt of this timer is the guest's. */
static __always_inline bool timer_busy(const struct arm64_vgic *vg,
				       const struct axvm_vcpu *vcpu, u32 intid)
{
	const struct vgic_irq *irq = &vg->cpu[vcpu->index]->irq[intid];

	return irq->line || irq->active;
}

void vgic_hw_flush(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *vg = vcpu->vm->arch.vgic;
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	bool busy, ptimer_busy = false;

	raw_spin_lock(&vg->lock);
	if (vcpu->arch.gic_busy)
		fold(vcpu);
	WRITE_ONCE(vcpu->arch.gic_todo, false);
	if (likely(vgic_flush_only(&vg->model, vcpu->index, g->lr))) {
		g->used_lrs = 1;
		vcpu->arch.gic_in[0] = g->lr[0];
		WRITE_ONCE(vcpu->arch.gic_busy, true);
	} else {
		flush_some(vcpu);
	}
	busy = timer_busy(vg, vcpu, ARM64_VTIMER_INTID);
	if (unlikely(vcpu->arch.ptimer))
		ptimer_busy = timer_busy(vg, vcpu, ARM64_PTIMER_INTID);
	raw_spin_unlock(&vg->lock);
	if (busy != this_cpu_read(vtimer_cpus.phys_active[ARM64_VTIMER]))
		vtimer_host_active(ARM64_VTIMER, busy);
	if (unlikely(vcpu->arch.ptimer))
		vtimer_host_active(ARM64_PTIMER, ptimer_busy);
}

void vgic_hw_sync(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *vg = vcpu->vm->arch.vgic;
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	bool used = g->extra;
	unsigned int i;

	for (i = 0; i < g->used_lrs; i++) {
		u64 was = vcpu->arch.gic_in[i];

		if (!((was ^ g->lr[i]) & LR_STATE))
			continue;
		used = true;
		if (was & ~g->lr[i] & VGIC_LR_PENDING) {
			axvm_stat(vcpu, injected, 1);
			trace_axvm_inject(vcpu, (u32)was, was, 0);
		}
	}
	if (!used)
		return;
	raw_spin_lock(&vg->lock);
	fold(vcpu);
	raw_spin_unlock(&vg->lock);
}

void vgic_hw_put(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *vg = vcpu->vm->arch.vgic;
	unsigned long flags;

	if (!vcpu->arch.gic_busy)
		return;
	raw_spin_lock_irqsave(&vg->lock, flags);
	vgic_hw_fold(vcpu);
	raw_spin_unlock_irqrestore(&vg->lock, flags);
}
