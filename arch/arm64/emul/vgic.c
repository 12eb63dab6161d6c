// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: interrupts of a GICv3: their state, who may take them, and list
 * registers.  The register maps are vgic_mmio.c's.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/vgic.h"
#include "arch/arm64/emul/vgic_irq.h"

/* ICC_SGI1R_EL1 */
#define SGI_LIST GENMASK_ULL(15, 0)
#define SGI_AFF1 GENMASK_ULL(23, 16)
#define SGI_INTID GENMASK_ULL(27, 24)
#define SGI_AFF2 GENMASK_ULL(39, 32)
#define SGI_ALL_BUT_SELF BIT_ULL(40)
#define SGI_RANGE GENMASK_ULL(47, 44)
#define SGI_AFF3 GENMASK_ULL(55, 48)

#define ROUTER_AFFINITY (GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

struct vgic_irq *vgic_irq_find(const struct vgic *v, unsigned int cpu,
			       unsigned int intid)
{
	if (intid < VGIC_NR_PRIVATE)
		return cpu < v->nr_cpus ? &v->cpu[cpu].irq[intid] : NULL;
	intid -= VGIC_NR_PRIVATE;
	return intid < v->nr_spis ? &v->spi[intid] : NULL;
}

bool vgic_irq_pending(const struct vgic_irq *irq)
{
	return irq->latch || (!irq->edge && irq->line);
}

/* Would the CPU interface see it, were it not for priorities? */
static bool irq_deliverable(const struct vgic *v, const struct vgic_irq *irq)
{
	return vgic_irq_pending(irq) && irq->enabled &&
	       v->group_enabled[irq->group1];
}

static void want(struct vgic_cpu *c, unsigned int intid, bool wanted)
{
	if (wanted)
		c->wanted[intid / 64] |= BIT_ULL(intid % 64);
	else
		c->wanted[intid / 64] &= ~BIT_ULL(intid % 64);
}

void vgic_irq_update(struct vgic *v, unsigned int cpu, unsigned int intid)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);
	unsigned int to = intid < VGIC_NR_PRIVATE ? cpu : irq->target;

	if (to >= v->nr_cpus)
		return;
	want(&v->cpu[to], intid, vgic_irq_pending(irq) || irq->active);
	if (irq_deliverable(v, irq) && !irq->active)
		v->ops->kick(v, to);
}

/* Which vCPU has this affinity? */
static u16 cpu_by_affinity(const struct vgic *v, u64 affinity)
{
	unsigned int i;

	for (i = 0; i < v->nr_cpus; i++)
		if (v->cpu[i].affinity == affinity)
			return i;
	return VGIC_NOWHERE;
}

void vgic_irq_route(struct vgic *v, unsigned int intid, u64 router)
{
	struct vgic_irq *irq = vgic_irq_find(v, 0, intid);

	if (irq->target < v->nr_cpus)
		want(&v->cpu[irq->target], intid, false);
	irq->router = router & ROUTER_AFFINITY;
	irq->target = cpu_by_affinity(v, irq->router);
	vgic_irq_update(v, 0, intid);
}

static void irq_reset(struct vgic_irq *irq, bool edge, u16 target)
{
	*irq = (struct vgic_irq){
		.edge = edge,
		.target = target,
		.hw = irq->hw,
		.line = irq->line,
	};
}

void vgic_reset(struct vgic *v)
{
	unsigned int i, n;

	v->group_enabled[0] = false;
	v->group_enabled[1] = false;
	for (i = 0; i < v->nr_cpus; i++) {
		struct vgic_cpu *c = &v->cpu[i];

		memset(c->wanted, 0, sizeof(c->wanted));
		c->asleep = true;
		for (n = 0; n < VGIC_NR_PRIVATE; n++) {
			irq_reset(&c->irq[n], n < VGIC_NR_SGIS, VGIC_NOWHERE);
			vgic_irq_update(v, i, n);
		}
	}
	for (n = 0; n < v->nr_spis; n++) {
		irq_reset(&v->spi[n], false, cpu_by_affinity(v, 0));
		vgic_irq_update(v, 0, n + VGIC_NR_PRIVATE);
	}
}

int vgic_set_line(struct vgic *v, unsigned int cpu, unsigned int intid,
		  bool level)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq || intid < VGIC_NR_SGIS)
		return -EINVAL;
	if (irq->edge && level && !irq->line)
		irq->latch = true;
	irq->line = level;
	vgic_irq_update(v, cpu, intid);
	return 0;
}

static void send_sgi(struct vgic *v, unsigned int cpu, unsigned int intid,
		     bool group1)
{
	struct vgic_irq *irq = &v->cpu[cpu].irq[intid];

	/* The register of group 0 raises what the target has there, only. */
	if (!group1 && irq->group1)
		return;
	irq->latch = true;
	vgic_irq_update(v, cpu, intid);
}

void vgic_sgi(struct vgic *v, unsigned int from, u64 value, bool group1)
{
	u64 cluster = FIELD_GET(SGI_AFF3, value) << 32 |
		      FIELD_GET(SGI_AFF2, value) << 16 |
		      FIELD_GET(SGI_AFF1, value) << 8;
	unsigned int intid = FIELD_GET(SGI_INTID, value);
	u64 range = FIELD_GET(SGI_RANGE, value);
	unsigned int i;

	for (i = 0; i < v->nr_cpus; i++) {
		u64 aff = v->cpu[i].affinity;

		if (value & SGI_ALL_BUT_SELF) {
			if (i != from)
				send_sgi(v, i, intid, group1);
		} else if ((aff & ~0xffull) == cluster &&
			   (aff & 0xff) / 16 == range &&
			   value & SGI_LIST & BIT_ULL(aff & 15)) {
			send_sgi(v, i, intid, group1);
		}
	}
}

/* ---- list registers --------------------------------------------------------- */

static u64 lr_value(const struct vgic *v, const struct vgic_irq *irq,
		    unsigned int intid)
{
	u64 lr = intid | (u64)irq->priority << VGIC_LR_PRIORITY_SHIFT;

	if (irq->group1)
		lr |= VGIC_LR_GROUP1;
	if (irq->active)
		lr |= VGIC_LR_ACTIVE;
	/* A line is looked at again when the interrupt has ended. */
	if (irq_deliverable(v, irq) &&
	    (!irq->active || (irq->edge && !irq->hw)))
		lr |= VGIC_LR_PENDING;
	if (irq->hw)
		lr |= VGIC_LR_HW | (u64)irq->hw << VGIC_LR_PINTID_SHIFT;
	else if (!irq->edge)
		lr |= VGIC_LR_EOI;
	return lr;
}

/* More urgent: pending before only active, then priority, then INTID. */
static bool lr_before(u64 a, u64 b)
{
	u8 pa = a >> VGIC_LR_PRIORITY_SHIFT, pb = b >> VGIC_LR_PRIORITY_SHIFT;

	if ((a ^ b) & VGIC_LR_PENDING)
		return a & VGIC_LR_PENDING;
	if (pa != pb)
		return pa < pb;
	return (u32)a < (u32)b;
}

/* Keep @lr sorted and at most @nr long; true: something fell out. */
static bool lr_insert(u64 *lr, unsigned int *used, unsigned int nr, u64 value)
{
	unsigned int at = *used;
	bool full = *used == nr;

	if (full && (!nr || !lr_before(value, lr[nr - 1])))
		return true;
	if (full)
		at = nr - 1;
	else
		(*used)++;
	for (; at && lr_before(value, lr[at - 1]); at--)
		lr[at] = lr[at - 1];
	lr[at] = value;
	return full;
}

/*
 * An edge moves into the list register, so that one that comes while the guest
 * runs is told from it.
 */
static void lr_sent(struct vgic *v, unsigned int cpu, u64 lr)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, lr & VGIC_LR_INTID);

	irq->sent = lr & VGIC_LR_PENDING;
	if (irq->sent && irq->edge)
		irq->latch = false;
}

unsigned int vgic_flush(struct vgic *v, unsigned int cpu, u64 *lr,
			unsigned int nr, bool *more)
{
	const struct vgic_cpu *c = &v->cpu[cpu];
	unsigned int used = 0, w, i;

	*more = false;
	nr = min(nr, VGIC_MAX_LRS);
	memset(lr, 0, nr * sizeof(*lr));
	for (w = 0; w < ARRAY_SIZE(c->wanted); w++) {
		u64 bits = c->wanted[w];

		for (; bits; bits &= bits - 1) {
			unsigned int intid = w * 64 + __builtin_ctzll(bits);
			u64 value = lr_value(v, vgic_irq_find(v, cpu, intid),
					     intid);

			if (value & (VGIC_LR_PENDING | VGIC_LR_ACTIVE) &&
			    lr_insert(lr, &used, nr, value))
				*more = true;
		}
	}
	for (i = 0; i < used; i++)
		lr_sent(v, cpu, lr[i]);
	return used;
}

void vgic_sync(struct vgic *v, unsigned int cpu, const u64 *lr, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < min(nr, VGIC_MAX_LRS); i++) {
		unsigned int intid = lr[i] & VGIC_LR_INTID;
		struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

		if (!irq)
			continue;
		if (irq->edge)
			irq->latch |= !!(lr[i] & VGIC_LR_PENDING);
		else if (irq->sent && !(lr[i] & VGIC_LR_PENDING))
			irq->latch = false; /* taken */
		irq->sent = false;
		irq->active = lr[i] & VGIC_LR_ACTIVE;
		vgic_irq_update(v, cpu, intid);
	}
}

bool vgic_pending(const struct vgic *v, unsigned int cpu)
{
	const struct vgic_cpu *c = &v->cpu[cpu];
	unsigned int w;

	for (w = 0; w < ARRAY_SIZE(c->wanted); w++) {
		u64 bits = c->wanted[w];

		for (; bits; bits &= bits - 1) {
			const struct vgic_irq *irq = vgic_irq_find(
				v, cpu, w * 64 + __builtin_ctzll(bits));

			if (irq_deliverable(v, irq) && !irq->active)
				return true;
		}
	}
	return false;
}
