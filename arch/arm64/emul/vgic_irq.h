/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what vgic.c, vgic_mmio.c and vgic_mmio_v2.c share.
 */
#ifndef AXVM_ARM64_VGIC_IRQ_H
#define AXVM_ARM64_VGIC_IRQ_H

#include "arch/arm64/emul/vgic.h"

/** vgic_irq_find() - an interrupt as vCPU @cpu sees it, or NULL */
static inline struct vgic_irq *
vgic_irq_find(const struct vgic *v, unsigned int cpu, unsigned int intid)
{
	if (intid < VGIC_NR_PRIVATE)
		return cpu < v->nr_cpus ? &v->cpu[cpu]->irq[intid] : NULL;
	intid -= VGIC_NR_PRIVATE;
	return intid < v->nr_spis ? &v->spi[intid] : NULL;
}

/** vgic_irq_pending() - is it pending, enabled or not? */
static inline bool vgic_irq_pending(const struct vgic_irq *irq)
{
	return irq->latch || (!irq->edge && irq->line);
}

/** vgic_irq_update() - its state has changed: who wants it now? Tells them. */
void vgic_irq_update(struct vgic *v, unsigned int cpu, unsigned int intid);

/** vgic_irq_route() - an SPI goes to the vCPU with this affinity */
void vgic_irq_route(struct vgic *v, unsigned int intid, u64 router);

/** vgic_irq_target() - an SPI goes to the first of these vCPUs (version 2) */
void vgic_irq_target(struct vgic *v, unsigned int intid, u8 mask);

/** vgic_irq_send() - an SGI from one vCPU to another (version 2) */
void vgic_irq_send(struct vgic *v, unsigned int to, unsigned int intid,
		   unsigned int from);

/**
 * vgic_array_access() - registers that hold a field of each interrupt, in both
 * versions at the same offsets
 * @first, @last: interrupts that this map has
 * Return: false when @offset is of no such register.
 */
bool vgic_array_access(struct vgic *v, unsigned int cpu, unsigned int offset,
		       unsigned int bytes, bool write, u64 *value,
		       unsigned int first, unsigned int last);

/** vgic_array_sync() - is it one that list registers may hold the truth of? */
bool vgic_array_sync(unsigned int offset);

/** vgic_access_valid() - a width that exists, aligned, below @limit */
bool vgic_access_valid(unsigned int offset, unsigned int bytes,
		       unsigned int limit);

/** vgic_ctlr_write() - GICD_CTLR: groups on or off */
void vgic_ctlr_write(struct vgic *v, u32 value);

#endif /* AXVM_ARM64_VGIC_IRQ_H */
