// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the register map of a GICv2's distributor: one frame, in which each
 * vCPU finds its own SGIs and PPIs, targets by CPU number, and SGIs that
 * remember their sender.  The CPU interface is hardware's.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/vgic.h"
#include "arch/arm64/emul/vgic_irq.h"

#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_IIDR 0x008
#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ITARGETSR 0x800
#define GICD_ITARGETSR_END 0xbfc /* 1020 bytes */
#define GICD_SGIR 0xf00
#define GICD_CPENDSGIR 0xf10
#define GICD_SPENDSGIR 0xf20
#define GICD_SPENDSGIR_END 0xf30

#define TYPER_CPUS_SHIFT 5
#define IIDR 0x6100043bu /* product 'a', implementer Arm */

#define SGIR_INTID GENMASK(3, 0)
#define SGIR_LIST_SHIFT 16
#define SGIR_FILTER_SHIFT 24
#define FILTER_LIST 0u
#define FILTER_OTHERS 1u
#define FILTER_SELF 2u

#define SGI_BITS GENMASK_ULL(15, 0)

#define ID_REGS 0xfd0
static const u8 id_regs[] = { 0x04, 0x00, 0x00, 0x00, 0x90, 0xb4,
			      0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static u32 fixed_read(const struct vgic *v, unsigned int offset)
{
	unsigned int n = (offset - ID_REGS) / 4;

	switch (offset) {
	case GICD_CTLR:
		return (v->group_enabled[0] ? BIT(0) : 0) |
		       (v->group_enabled[1] ? BIT(1) : 0);
	case GICD_TYPER:
		return ((v->nr_spis + VGIC_NR_PRIVATE + 31) / 32 - 1) |
		       (v->nr_cpus - 1) << TYPER_CPUS_SHIFT;
	case GICD_IIDR:
		return IIDR;
	default:
		return offset >= ID_REGS && n < ARRAY_SIZE(id_regs) ?
			       id_regs[n] :
			       0;
	}
}

static void sgir_write(struct vgic *v, unsigned int cpu, u32 value)
{
	u32 list = value >> SGIR_LIST_SHIFT & 0xff;
	unsigned int i;

	switch (value >> SGIR_FILTER_SHIFT & 3) {
	case FILTER_LIST:
		break;
	case FILTER_OTHERS:
		list = 0xff & ~BIT(cpu);
		break;
	case FILTER_SELF:
		list = BIT(cpu);
		break;
	default:
		return; /* reserved */
	}
	for (i = 0; i < min(v->nr_cpus, VGIC_V2_CPUS); i++)
		if (list & BIT(i))
			vgic_irq_send(v, i, value & SGIR_INTID, cpu);
}

/* A byte for each interrupt; those of SGIs and PPIs say who is asking. */
static u8 target_access(struct vgic *v, unsigned int cpu, unsigned int intid,
			bool write, u8 value)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq)
		return 0;
	if (intid < VGIC_NR_PRIVATE)
		return v->nr_cpus == 1 ? 0 : BIT(cpu);
	if (write)
		vgic_irq_target(v, intid, value);
	return v->nr_cpus == 1 ? 0 : irq->router;
}

/* A byte for each SGI: who has sent it. */
static u8 senders_access(struct vgic *v, unsigned int cpu, unsigned int intid,
			 bool write, bool set, u8 value)
{
	struct vgic_irq *irq = &v->cpu[cpu]->irq[intid];

	if (write) {
		value &= (1u << min(v->nr_cpus, VGIC_V2_CPUS)) - 1;
		if (set)
			irq->sources |= value;
		else
			irq->sources &= ~value;
		irq->latch = irq->sources;
		vgic_irq_update(v, cpu, intid);
	}
	return irq->sources;
}

static u8 byte_access(struct vgic *v, unsigned int cpu, unsigned int offset,
		      bool write, u8 value)
{
	if (offset < GICD_ITARGETSR_END)
		return target_access(v, cpu, offset - GICD_ITARGETSR, write,
				     value);
	return senders_access(v, cpu, offset % VGIC_NR_SGIS, write,
			      offset >= GICD_SPENDSGIR, value);
}

static bool is_bytes(unsigned int offset)
{
	return (offset >= GICD_ITARGETSR && offset < GICD_ITARGETSR_END) ||
	       (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR_END);
}

static void bytes_access(struct vgic *v, unsigned int cpu, unsigned int offset,
			 unsigned int bytes, bool write, u64 *value)
{
	unsigned int i;

	if (bytes != 1 && bytes != 4)
		return;
	for (i = 0; i < bytes; i++) {
		u8 got =
			byte_access(v, cpu, offset + i, write, *value >> 8 * i);

		if (!write)
			*value |= (u64)got << 8 * i;
	}
}

void vgic2_dist_access(struct vgic *v, unsigned int cpu, unsigned int offset,
		       unsigned int bytes, bool write, u64 *value)
{
	u64 copy = *value;

	if (!write)
		*value = 0;
	if (cpu >= min(v->nr_cpus, VGIC_V2_CPUS) ||
	    !vgic_access_valid(offset, bytes, VGIC_DIST_BYTES))
		return;
	/* SGIs are made pending, and not, for each sender. */
	if (write && (offset == GICD_ISPENDR || offset == GICD_ICPENDR))
		copy &= ~SGI_BITS;
	if (vgic_array_access(v, cpu, offset, bytes, write,
			      write ? &copy : value, 0, VGIC_NR_INTIDS - 1))
		return;
	if (is_bytes(offset))
		bytes_access(v, cpu, offset, bytes, write, value);
	else if (bytes == 4 && !write)
		*value = fixed_read(v, offset);
	else if (bytes == 4 && offset == GICD_CTLR)
		vgic_ctlr_write(v, *value);
	else if (bytes == 4 && offset == GICD_SGIR)
		sgir_write(v, cpu, *value);
}

bool vgic2_needs_sync(unsigned int offset)
{
	return vgic_array_sync(offset) || is_bytes(offset);
}
