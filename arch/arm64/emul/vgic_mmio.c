// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the register maps of a GICv3's distributor and redistributors, and what
 * a GICv2's distributor has in common with them (vgic_mmio_v2.c).  Most
 * registers are an array with a field for each interrupt: one table says which
 * array lies where, and two functions how a field is read and written.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/vgic.h"
#include "arch/arm64/emul/vgic_irq.h"

/* Distributor */
#define GICD_CTLR 0x0000
#define GICD_TYPER 0x0004
#define GICD_IIDR 0x0008
#define GICD_IROUTER 0x6000 /* of INTID 32 on: 0x6100 */

#define CTLR_GROUP(n) BIT(n)
#define CTLR_ARE BIT(4)
#define CTLR_DS BIT(6) /* one security state */
#define TYPER_IDBITS (9u << 19) /* INTIDs of 10 bits */
#define TYPER_A3V BIT(24)
#define TYPER_NO_1N BIT(25)
#define IIDR 0x6100043bu /* product 'a', implementer Arm */

/* Redistributor: its own frame, then that of SGIs and PPIs */
#define GICR_IIDR 0x0004
#define GICR_TYPER 0x0008
#define GICR_WAKER 0x0014
#define GICR_SGI 0x10000

#define GICR_TYPER_LAST BIT_ULL(4)
#define WAKER_SLEEP BIT(1)
#define WAKER_CHILDREN BIT(2)

/* Both: identification */
#define ID_REGS 0xffd0
static const u8 id_regs[] = { 0x44, 0x00, 0x00, 0x00, 0x92, 0xb4,
			      0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

#define PRIORITY_BITS 0xf8

enum field {
	IGROUPR,
	ISENABLER,
	ICENABLER,
	ISPENDR,
	ICPENDR,
	ISACTIVER,
	ICACTIVER,
	IPRIORITYR,
	ICFGR,
	NR_FIELDS
};

/**
 * struct array - registers that hold a field of each interrupt
 * @offset: of the first, in both maps
 * @bits: width of a field
 * @sync: list registers may hold what they are about
 */
struct array {
	u16 offset;
	u8 bits;
	bool sync;
};

static const struct array arrays[NR_FIELDS] = {
	[IGROUPR] = { 0x080, 1, false },   [ISENABLER] = { 0x100, 1, false },
	[ICENABLER] = { 0x180, 1, false }, [ISPENDR] = { 0x200, 1, true },
	[ICPENDR] = { 0x280, 1, true },	   [ISACTIVER] = { 0x300, 1, true },
	[ICACTIVER] = { 0x380, 1, true },  [IPRIORITYR] = { 0x400, 8, false },
	[ICFGR] = { 0xc00, 2, true },
};

static unsigned int field_read(const struct vgic_irq *irq, enum field f)
{
	switch (f) {
	case IGROUPR:
		return irq->group1;
	case ISENABLER:
	case ICENABLER:
		return irq->enabled;
	case ISPENDR:
	case ICPENDR:
		return vgic_irq_pending(irq);
	case ISACTIVER:
	case ICACTIVER:
		return irq->active;
	case IPRIORITYR:
		return irq->priority;
	case ICFGR:
		return irq->edge << 1;
	default:
		return 0;
	}
}

/* Zeroes mean nothing to the registers that set or clear. */
static bool field_sets(enum field f)
{
	return f >= ISENABLER && f <= ICACTIVER;
}

static void field_write(struct vgic_irq *irq, unsigned int intid, enum field f,
			unsigned int value)
{
	switch (f) {
	case IGROUPR:
		irq->group1 = value;
		break;
	case ISENABLER:
		irq->enabled |= !!value;
		break;
	case ICENABLER:
		irq->enabled &= !value;
		break;
	case ISPENDR:
		irq->latch |= !!value;
		break;
	case ICPENDR:
		irq->latch &= !value;
		break;
	case ISACTIVER:
		irq->active |= !!value;
		break;
	case ICACTIVER:
		irq->active &= !value;
		break;
	case IPRIORITYR:
		irq->priority = value & PRIORITY_BITS;
		break;
	case ICFGR:
		if (intid >= VGIC_NR_SGIS)
			irq->edge = value & 2;
		break;
	default:
		break;
	}
}

/* Of bits: 0x80 bytes each; priorities and configuration are larger. */
static const struct array *array_find(unsigned int offset)
{
	if (offset < arrays[IPRIORITYR].offset)
		return offset < arrays[IGROUPR].offset ?
			       NULL :
			       &arrays[IGROUPR + offset / 0x80 - 1];
	if (offset < arrays[IPRIORITYR].offset + 1024)
		return &arrays[IPRIORITYR];
	if (offset - arrays[ICFGR].offset < 256)
		return &arrays[ICFGR];
	return NULL;
}

/* @first and @last: interrupts that this map has. */
static void array_access(struct vgic *v, unsigned int cpu,
			 const struct array *a, unsigned int offset,
			 unsigned int bytes, bool write, u64 *value,
			 unsigned int first, unsigned int last)
{
	unsigned int per = bytes * 8 / a->bits, i;
	unsigned int intid = (offset - a->offset) * 8 / a->bits;
	enum field f = a - arrays;
	u64 mask = GENMASK_ULL(a->bits - 1, 0);

	/* Priorities by bytes or words, all others by words. */
	if (bytes != 4 && !(f == IPRIORITYR && bytes == 1))
		return;
	for (i = 0; i < per; i++, intid++) {
		struct vgic_irq *irq = intid < first || intid > last ?
					       NULL :
					       vgic_irq_find(v, cpu, intid);

		if (!irq)
			continue;
		if (!write) {
			*value |= (u64)field_read(irq, f) << i * a->bits;
			continue;
		}
		if (field_sets(f) && !(*value >> i & 1))
			continue;
		field_write(irq, intid, f, *value >> i * a->bits & mask);
		vgic_irq_update(v, cpu, intid);
	}
}

bool vgic_array_access(struct vgic *v, unsigned int cpu, unsigned int offset,
		       unsigned int bytes, bool write, u64 *value,
		       unsigned int first, unsigned int last)
{
	const struct array *a = array_find(offset);

	if (a)
		array_access(v, cpu, a, offset, bytes, write, value, first,
			     last);
	return a;
}

bool vgic_array_sync(unsigned int offset)
{
	const struct array *a = array_find(offset);

	return a && a->sync;
}

static u32 id_read(unsigned int offset)
{
	unsigned int n = (offset - ID_REGS) / 4;

	return offset >= ID_REGS && n < ARRAY_SIZE(id_regs) ? id_regs[n] : 0;
}

/* Groups on or off: all that is wanted may be deliverable now. */
void vgic_ctlr_write(struct vgic *v, u32 value)
{
	unsigned int cpu, intid;

	v->group_enabled[0] = value & CTLR_GROUP(0);
	v->group_enabled[1] = value & CTLR_GROUP(1);
	for (cpu = 0; cpu < v->nr_cpus; cpu++)
		for (intid = 0; intid < VGIC_NR_PRIVATE; intid++)
			vgic_irq_update(v, cpu, intid);
	for (intid = 0; intid < v->nr_spis; intid++)
		vgic_irq_update(v, 0, intid + VGIC_NR_PRIVATE);
}

static u32 typer_read(const struct vgic *v)
{
	u32 lines = (v->nr_spis + VGIC_NR_PRIVATE + 31) / 32 - 1;

	return lines | TYPER_IDBITS | TYPER_A3V | TYPER_NO_1N;
}

/* 64 bits, or either half. */
static void router_access(struct vgic *v, unsigned int offset,
			  unsigned int bytes, bool write, u64 *value)
{
	unsigned int intid = (offset - GICD_IROUTER) / 8;
	struct vgic_irq *irq = vgic_irq_find(v, 0, intid);
	unsigned int shift = offset & 4 ? 32 : 0;
	u64 mask = bytes == 8 ? ~0ull : GENMASK_ULL(31, 0) << shift;

	if (!irq || intid < VGIC_NR_PRIVATE || bytes < 4)
		return;
	if (write)
		vgic_irq_route(v, intid,
			       (irq->router & ~mask) |
				       (*value << shift & mask));
	else
		*value = (irq->router & mask) >> shift;
}

static u32 dist_read(const struct vgic *v, unsigned int offset)
{
	switch (offset) {
	case GICD_CTLR:
		return CTLR_ARE | CTLR_DS |
		       (v->group_enabled[0] ? CTLR_GROUP(0) : 0) |
		       (v->group_enabled[1] ? CTLR_GROUP(1) : 0);
	case GICD_TYPER:
		return typer_read(v);
	case GICD_IIDR:
		return IIDR;
	default:
		return offset & 3 ? 0 : id_read(offset);
	}
}

bool vgic_access_valid(unsigned int offset, unsigned int bytes,
		       unsigned int limit)
{
	return (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8) &&
	       offset < limit && !(offset & (bytes - 1));
}

void vgic_dist_access(struct vgic *v, unsigned int offset, unsigned int bytes,
		      bool write, u64 *value)
{
	const struct array *a;

	if (!write && bytes == 4 && offset < arrays[IGROUPR].offset) {
		*value = dist_read(v, offset);
		return;
	}
	a = array_find(offset);
	if (!write)
		*value = 0;
	if (!vgic_access_valid(offset, bytes, VGIC_DIST_BYTES))
		return;
	if (a)
		array_access(v, 0, a, offset, bytes, write, value,
			     VGIC_NR_PRIVATE, VGIC_NR_INTIDS - 1);
	else if (offset >= GICD_IROUTER &&
		 offset < GICD_IROUTER + 8 * VGIC_NR_INTIDS)
		router_access(v, offset, bytes, write, value);
	else if (bytes == 4 && !write)
		*value = dist_read(v, offset);
	else if (bytes == 4 && offset == GICD_CTLR)
		vgic_ctlr_write(v, *value);
}

/* ---- redistributor ------------------------------------------------------------ */

static u64 redist_typer(const struct vgic *v, unsigned int cpu)
{
	u64 aff = v->cpu[cpu]->affinity;

	/* Affinity without its hole: Aff3 next to Aff2. */
	return (aff >> 32 & 0xff) << 56 | (aff & 0xffffff) << 32 |
	       (u64)cpu << 8 | (cpu == v->nr_cpus - 1 ? GICR_TYPER_LAST : 0);
}

static void redist_read(const struct vgic *v, unsigned int cpu,
			unsigned int offset, unsigned int bytes, u64 *value)
{
	unsigned int reg = offset & ~7u;

	if (reg == GICR_TYPER && bytes >= 4) {
		*value = redist_typer(v, cpu) >> 8 * (offset & 4);
		if (bytes == 4)
			*value = (u32)*value;
	} else if (bytes != 4) {
		return;
	} else if (offset == GICR_IIDR) {
		*value = IIDR;
	} else if (offset == GICR_WAKER) {
		*value = v->cpu[cpu]->asleep ? WAKER_SLEEP | WAKER_CHILDREN : 0;
	} else {
		*value = id_read(offset);
	}
}

void vgic_redist_access(struct vgic *v, unsigned int cpu, unsigned int offset,
			unsigned int bytes, bool write, u64 *value)
{
	const struct array *a = NULL;

	if (!write)
		*value = 0;
	if (cpu >= v->nr_cpus ||
	    !vgic_access_valid(offset, bytes, VGIC_REDIST_BYTES))
		return;
	if (offset >= GICR_SGI)
		a = array_find(offset - GICR_SGI);
	if (a)
		array_access(v, cpu, a, offset - GICR_SGI, bytes, write, value,
			     0, VGIC_NR_PRIVATE - 1);
	else if (offset >= GICR_SGI)
		return;
	else if (!write)
		redist_read(v, cpu, offset, bytes, value);
	else if (offset == GICR_WAKER && bytes == 4)
		v->cpu[cpu]->asleep = *value & WAKER_SLEEP;
}

bool vgic_is_fixed(bool redist, unsigned int offset)
{
	return redist ? offset < GICR_SGI :
			offset >= ID_REGS || offset < arrays[IGROUPR].offset;
}

bool vgic_needs_sync(bool redist, unsigned int offset)
{
	const struct array *a;

	if (redist && offset < GICR_SGI)
		return false;
	if (!redist && offset >= GICD_IROUTER)
		return offset < GICD_IROUTER + 8 * VGIC_NR_INTIDS;
	a = array_find(redist ? offset - GICR_SGI : offset);
	return a && a->sync;
}
