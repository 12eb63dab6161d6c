// SPDX-License-Identifier: GPL-2.0
/*
 * The hardware half of a virtual GICv2 on a GICv2: list registers and control
 * are memory-mapped (GICH), and the guest has the virtual CPU interface (GICV)
 * itself in the place of its CPU interface.  What goes into list registers is
 * decided as for version 3, in that version's layout (vgic_hw_v3.c).
 */
#include <linux/acpi.h>
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"

#define GICH_HCR 0x000
#define GICH_VTR 0x004
#define GICH_VMCR 0x008
#define GICH_APR 0x0f0
#define GICH_LR(n) (0x100 + 4 * (n))
#define GICH_BYTES 0x200

#define HCR_EN BIT(0)
#define VTR_LIST_REGS GENMASK(5, 0)

/* List register, and where version 3 has the same. */
#define LR_INTID GENMASK(9, 0)
#define LR_PHYSICAL GENMASK(19, 10) /* or sender, and a wish for the end */
#define LR_PRIORITY GENMASK(27, 23) /* the upper five bits */
#define LR_PENDING BIT(28)
#define LR_ACTIVE BIT(29)
#define LR_GROUP1 BIT(30)
#define LR_HW BIT(31)

#define V3_PHYSICAL GENMASK_ULL(41, 32)
#define V3_PRIORITY GENMASK_ULL(55, 51)

static phys_addr_t v2_gich, v2_gicv;
static void __iomem *v2_regs;

static u32 lr_to_v2(u64 lr)
{
	return FIELD_PREP(LR_INTID, lr) |
	       FIELD_PREP(LR_PHYSICAL, FIELD_GET(V3_PHYSICAL, lr)) |
	       FIELD_PREP(LR_PRIORITY, FIELD_GET(V3_PRIORITY, lr)) |
	       (lr & VGIC_LR_PENDING ? LR_PENDING : 0) |
	       (lr & VGIC_LR_ACTIVE ? LR_ACTIVE : 0) |
	       (lr & VGIC_LR_GROUP1 ? LR_GROUP1 : 0) |
	       (lr & VGIC_LR_HW ? LR_HW : 0);
}

/* The guest changes the state only. */
static u64 lr_state_from_v2(u64 lr, u32 now)
{
	return (lr & ~(VGIC_LR_PENDING | VGIC_LR_ACTIVE)) |
	       (now & LR_PENDING ? VGIC_LR_PENDING : 0) |
	       (now & LR_ACTIVE ? VGIC_LR_ACTIVE : 0);
}

/* ---- what the host has ----------------------------------------------------- */

static bool frames_usable(void)
{
	return v2_gich && v2_gicv && IS_ALIGNED(v2_gicv, PAGE_SIZE);
}

static int probe_of(void)
{
	static const char *const names[] = { "arm,gic-400",
					     "arm,cortex-a15-gic",
					     "arm,cortex-a7-gic" };
	struct device_node *np = NULL;
	struct resource gich, gicv;
	int virq = 0;
	unsigned int i;

	for (i = 0; !np && i < ARRAY_SIZE(names); i++)
		np = of_find_compatible_node(NULL, NULL, names[i]);
	if (np && !of_address_to_resource(np, 2, &gich) &&
	    !of_address_to_resource(np, 3, &gicv) &&
	    resource_size(&gicv) >= VGIC_V2_CPU_BYTES) {
		v2_gich = gich.start;
		v2_gicv = gicv.start;
		virq = irq_of_parse_and_map(np, 0);
	}
	of_node_put(np);
	return virq;
}

/* GICv2 in ACPI: every CPU's entry names the frames all of them have. */
static int probe_acpi(void)
{
	struct vgic_madt m;

	if (!vgic_madt_find(&m))
		return 0;
	v2_gich = m.gich;
	v2_gicv = m.gicv;
	return m.virq;
}

int vgic_v2_probe(void)
{
	int virq = probe_of() ?: probe_acpi();

	return frames_usable() ? virq : 0;
}

phys_addr_t vgic_v2_cpu_frame(void)
{
	return v2_gicv;
}

int vgic_v2_init(void)
{
	v2_regs = ioremap(v2_gich, GICH_BYTES);
	return v2_regs ? 0 : -ENOMEM;
}

void vgic_v2_exit(void)
{
	iounmap(v2_regs);
	v2_regs = NULL;
}

unsigned int vgic_v2_lrs(void)
{
	return FIELD_GET(VTR_LIST_REGS, readl_relaxed(v2_regs + GICH_VTR)) + 1;
}

/* ---- a stay ------------------------------------------------------------------ */

void vgic_v2_load(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;

	writel_relaxed(g->vmcr, v2_regs + GICH_VMCR);
	writel_relaxed(g->apr[0][0], v2_regs + GICH_APR);
}

void vgic_v2_put(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;

	g->vmcr = readl_relaxed(v2_regs + GICH_VMCR);
	g->apr[0][0] = readl_relaxed(v2_regs + GICH_APR);
}

void vgic_v2_fetch(struct axvm_vcpu *vcpu)
{
	vcpu->arch.hyp->gic.vmcr = readl_relaxed(v2_regs + GICH_VMCR);
}

/*
 * EL2 must find nothing to do: it knows version 3's registers only.  What is
 * used comes back behind the exit.
 */
void vgic_v2_enter(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int i;

	for (i = 0; i < g->used_lrs; i++)
		writel_relaxed(lr_to_v2(g->lr[i]), v2_regs + GICH_LR(i));
	writel_relaxed(HCR_EN | g->extra, v2_regs + GICH_HCR);
	vcpu->arch.gic_v2_lrs = g->used_lrs;
	vcpu->arch.gic_v2_extra = g->extra;
	g->used_lrs = 0;
	g->extra = 0;
}

void vgic_v2_leave(struct axvm_vcpu *vcpu)
{
	struct hyp_gic *g = &vcpu->arch.hyp->gic;
	unsigned int i;

	g->used_lrs = vcpu->arch.gic_v2_lrs;
	g->extra = vcpu->arch.gic_v2_extra;
	if (g->extra) {
		g->out = readl_relaxed(v2_regs + GICH_HCR);
		vgic_v2_fetch(vcpu);
	}
	writel_relaxed(0, v2_regs + GICH_HCR);
	for (i = 0; i < g->used_lrs; i++) {
		g->lr[i] = lr_state_from_v2(
			g->lr[i], readl_relaxed(v2_regs + GICH_LR(i)));
		writel_relaxed(0, v2_regs + GICH_LR(i));
	}
}
