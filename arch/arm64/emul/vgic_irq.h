/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what vgic.c and vgic_mmio.c share.
 */
#ifndef AXVM_ARM64_VGIC_IRQ_H
#define AXVM_ARM64_VGIC_IRQ_H

#include "arch/arm64/emul/vgic.h"

/** vgic_irq_find() - an interrupt as vCPU @cpu sees it, or NULL */
struct vgic_irq *vgic_irq_find(const struct vgic *v, unsigned int cpu,
			       unsigned int intid);

/** vgic_irq_pending() - is it pending, enabled or not? */
bool vgic_irq_pending(const struct vgic_irq *irq);

/** vgic_irq_update() - its state has changed: who wants it now? Tells them. */
void vgic_irq_update(struct vgic *v, unsigned int cpu, unsigned int intid);

/** vgic_irq_route() - an SPI goes to the vCPU with this affinity */
void vgic_irq_route(struct vgic *v, unsigned int intid, u64 router);

#endif /* AXVM_ARM64_VGIC_IRQ_H */
