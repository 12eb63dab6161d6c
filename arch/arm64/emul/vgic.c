// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: interrupts of a GICv3 or GICv2: their state, who may take them, and list
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

/* Would the CPU interface see it, were it not for priorities? */
static bool irq_deliverable(const struct vgic *v, const struct vgic_irq *irq)
{
	return vgic_irq_pending(irq) && irq->enabled &&
	       v->group_enabled[irq->group1];
}

static bool wanted(const struct vgic_cpu *c, unsigned int intid)
{
	return c->wanted[intid / 64] & BIT_ULL(intid % 64);
}

static void want(struct vgic_cpu *c, unsigned int intid, bool wanted)
{
	unsigned int w = intid / 64;

	if (wanted) {
		c->wanted[w] |= BIT_ULL(intid % 64);
		c->words |= BIT(w);
		return;
	}
	c->wanted[w] &= ~BIT_ULL(intid % 64);
	if (!c->wanted[w])
		c->words &= ~BIT(w);
}

/* Each interrupt that a vCPU wants, lowest first; @w and @bits are scratch. */
#define for_each_wanted(c, w, bits, intid)                                     \
	for ((w) = (c)->words; (w); (w) &= (w)-1)                              \
		for ((bits) = (c)->wanted[__builtin_ctz(w)];                   \
		     (bits) &&                                                 \
		     ((intid) = __builtin_ctz(w) * 64 + __builtin_ctzll(bits), \
		     true);                                                    \
		     (bits) &= (bits)-1)

/* vgic_irq_update() where it is known already. */
static __always_inline void irq_update(struct vgic *v, struct vgic_irq *irq,
				       unsigned int cpu, unsigned int intid)
{
	unsigned int to = intid < VGIC_NR_PRIVATE ? cpu : irq->target;
	bool now = vgic_irq_pending(irq) || irq->active;

	if (to >= v->nr_cpus || (!now && !wanted(v->cpu[to], intid)))
		return;
	want(v->cpu[to], intid, now);
	v->ops->changed(v, to, irq_deliverable(v, irq) && !irq->active);
}

void vgic_irq_update(struct vgic *v, unsigned int cpu, unsigned int intid)
{
	irq_update(v, vgic_irq_find(v, cpu, intid), cpu, intid);
}

/* Which vCPU has this affinity? */
static u16 cpu_by_affinity(const struct vgic *v, u64 affinity)
{
	unsigned int i;

	for (i = 0; i < v->nr_cpus; i++)
		if (v->cpu[i]->affinity == affinity)
			return i;
	return VGIC_NOWHERE;
}

void vgic_irq_route(struct vgic *v, unsigned int intid, u64 router)
{
	struct vgic_irq *irq = vgic_irq_find(v, 0, intid);

	if (irq->target < v->nr_cpus && wanted(v->cpu[irq->target], intid)) {
		want(v->cpu[irq->target], intid, false);
		v->ops->changed(v, irq->target, false);
	}
	irq->router = router & ROUTER_AFFINITY;
	irq->target = cpu_by_affinity(v, irq->router);
	vgic_irq_update(v, 0, intid);
}

void vgic_irq_target(struct vgic *v, unsigned int intid, u8 mask)
{
	struct vgic_irq *irq = vgic_irq_find(v, 0, intid);

	/* One CPU alone has no choice, and no register for it. */
	if (v->nr_cpus == 1)
		mask = 1;
	mask &= (1u << min(v->nr_cpus, VGIC_V2_CPUS)) - 1;
	if (irq->target < v->nr_cpus && wanted(v->cpu[irq->target], intid)) {
		want(v->cpu[irq->target], intid, false);
		v->ops->changed(v, irq->target, false);
	}
	irq->router = mask;
	irq->target = mask ? __builtin_ctz(mask) : VGIC_NOWHERE;
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

void vgic_reset_cpu(struct vgic *v, unsigned int cpu)
{
	struct vgic_cpu *c = v->cpu[cpu];
	unsigned int n;

	memset(c->wanted, 0, sizeof(c->wanted));
	c->words = 0;
	c->asleep = true;
	for (n = 0; n < VGIC_NR_PRIVATE; n++) {
		irq_reset(&c->irq[n], n < VGIC_NR_SGIS, VGIC_NOWHERE);
		if (c->irq[n].line)
			vgic_irq_update(v, cpu, n);
	}
}

void vgic_reset_spis(struct vgic *v)
{
	u16 target = v->v2 ? VGIC_NOWHERE : cpu_by_affinity(v, 0);
	unsigned int n;

	for (n = 0; n < v->nr_spis; n++) {
		irq_reset(&v->spi[n], false, target);
		if (v->v2)
			vgic_irq_target(v, n + VGIC_NR_PRIVATE, 0);
		else if (v->spi[n].line)
			vgic_irq_update(v, 0, n + VGIC_NR_PRIVATE);
	}
}

void vgic_reset(struct vgic *v)
{
	unsigned int i;

	v->group_enabled[0] = false;
	v->group_enabled[1] = false;
	for (i = 0; i < v->nr_cpus; i++)
		vgic_reset_cpu(v, i);
	vgic_reset_spis(v);
}

int vgic_set_line(struct vgic *v, unsigned int cpu, unsigned int intid,
		  bool level)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq || intid < VGIC_NR_SGIS)
		return -EINVAL;
	if (irq->line == level)
		return 0;
	if (irq->edge && level)
		irq->latch = true;
	irq->line = level;
	irq_update(v, irq, cpu, intid);
	return 0;
}

int vgic_pulse(struct vgic *v, unsigned int cpu, unsigned int intid)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq)
		return -EINVAL;
	irq->latch = true;
	irq_update(v, irq, cpu, intid);
	return 0;
}

void vgic_deactivate(struct vgic *v, unsigned int cpu, unsigned int intid)
{
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq || !irq->active)
		return;
	irq->active = false;
	vgic_irq_update(v, cpu, intid);
}

static void send_sgi(struct vgic *v, unsigned int cpu, unsigned int intid,
		     bool group1)
{
	struct vgic_irq *irq = &v->cpu[cpu]->irq[intid];

	/* The register of group 0 raises what the target has there, only. */
	if (!group1 && irq->group1)
		return;
	irq->latch = true;
	irq_update(v, irq, cpu, intid);
}

/*
 * To one vCPU, which has the affinity that its index suggests: no need to look
 * at the others, no two have the same.
 */
static bool sgi_to_one(struct vgic *v, u64 value, bool group1)
{
	u64 list = value & SGI_LIST;
	u64 at = FIELD_GET(SGI_RANGE, value) * 16 +
		 __builtin_ctzll(list | BIT_ULL(16));

	if (value & (SGI_ALL_BUT_SELF | SGI_AFF3 | SGI_AFF2 | SGI_AFF1) ||
	    !list || list & (list - 1) || at >= v->nr_cpus ||
	    v->cpu[at]->affinity != at)
		return false;
	send_sgi(v, at, FIELD_GET(SGI_INTID, value), group1);
	return true;
}

void vgic_sgi(struct vgic *v, unsigned int from, u64 value, bool group1)
{
	u64 cluster = FIELD_GET(SGI_AFF3, value) << 32 |
		      FIELD_GET(SGI_AFF2, value) << 16 |
		      FIELD_GET(SGI_AFF1, value) << 8;
	unsigned int intid = FIELD_GET(SGI_INTID, value);
	u64 range = FIELD_GET(SGI_RANGE, value);
	unsigned int i;

	if (sgi_to_one(v, value, group1))
		return;
	for (i = 0; i < v->nr_cpus; i++) {
		u64 aff = v->cpu[i]->affinity;

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

void vgic_irq_send(struct vgic *v, unsigned int to, unsigned int intid,
		   unsigned int from)
{
	struct vgic_irq *irq = &v->cpu[to]->irq[intid];

	irq->sources |= 1u << from;
	irq->latch = true;
	vgic_irq_update(v, to, intid);
}

/* ---- list registers --------------------------------------------------------- */

/*
 * An SGI of version 2 is one for each sender, of which one at a time is in a
 * list register; the next one goes in when that has ended.
 */
static u64 lr_sender(const struct vgic_irq *irq, u64 lr)
{
	u8 next = irq->sources ? __builtin_ctz(irq->sources) : 0;

	if (irq->active) {
		lr &= ~VGIC_LR_PENDING;
		next = irq->source;
	}
	if (irq->active ? irq->latch : irq->sources & (irq->sources - 1))
		lr |= VGIC_LR_EOI;
	return lr | (u64)next << VGIC_LR_PINTID_SHIFT;
}

static __always_inline u64 lr_value(const struct vgic *v,
				    const struct vgic_irq *irq,
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
	else if (!irq->edge && vgic_irq_pending(irq))
		lr |= VGIC_LR_EOI;
	return v->v2 && intid < VGIC_NR_SGIS ? lr_sender(irq, lr) : lr;
}

/* A group that the CPU interface does not take: no use in a list register. */
static bool lr_closed(const struct vgic_mask *mask, u64 lr)
{
	return !(lr & VGIC_LR_ACTIVE) && !mask->group[!!(lr & VGIC_LR_GROUP1)];
}

static bool lr_before(const struct vgic_mask *mask, u64 a, u64 b)
{
	u8 pa = a >> VGIC_LR_PRIORITY_SHIFT, pb = b >> VGIC_LR_PRIORITY_SHIFT;

	if (lr_closed(mask, a) != lr_closed(mask, b))
		return lr_closed(mask, b);
	if (pa != pb)
		return pa < pb;
	if ((a ^ b) & VGIC_LR_ACTIVE)
		return a & VGIC_LR_ACTIVE;
	return (u32)a < (u32)b;
}

/**
 * struct lr_list - list registers being chosen
 * @mask: groups that are open
 * @lr: the most urgent ones so far, sorted
 * @used: how many
 * @nr: most
 * @active: the most urgent active one, or 0
 * @out: one that is kept out, or 0
 */
struct lr_list {
	const struct vgic_mask *mask;
	u64 *lr;
	unsigned int used;
	unsigned int nr;
	u64 active;
	u64 out;
};

/* Keep the list sorted and short; @out is what found no room. */
static void lr_insert(struct lr_list *l, u64 value)
{
	unsigned int at = l->used;

	l->out = 0;
	if (l->used == l->nr) {
		if (!l->nr || !lr_before(l->mask, value, l->lr[l->nr - 1])) {
			l->out = value;
			return;
		}
		l->out = l->lr[--at];
	} else {
		l->used++;
	}
	for (; at && lr_before(l->mask, value, l->lr[at - 1]); at--)
		l->lr[at] = l->lr[at - 1];
	l->lr[at] = value;
}

static u32 lr_left(u64 lr)
{
	return (lr & VGIC_LR_PENDING ? VGIC_MORE_PENDING : 0) |
	       (lr & VGIC_LR_ACTIVE ? VGIC_MORE_ACTIVE : 0);
}

/* The most urgent active one, if others have crowded it out. */
static u32 lr_keep_active(struct lr_list *l)
{
	unsigned int i;
	u32 left = 0;

	for (i = 0; l->active && i < l->used; i++)
		if (l->lr[i] == l->active)
			return 0;
	if (l->active && l->nr) {
		left = lr_left(l->lr[l->nr - 1]);
		l->lr[l->nr - 1] = l->active;
	}
	return left;
}

/*
 * An edge moves into the list register, so that one that comes while the guest
 * runs is told from it.
 */
static __always_inline void lr_sent(const struct vgic *v, struct vgic_irq *irq,
				    u64 lr)
{
	irq->held = true;
	irq->sent = lr & VGIC_LR_PENDING;
	if (irq->sent && irq->edge)
		irq->latch = false;
	if (irq->sent && v->v2 && (lr & VGIC_LR_INTID) < VGIC_NR_SGIS) {
		irq->source = lr >> VGIC_LR_PINTID_SHIFT & (VGIC_V2_CPUS - 1);
		irq->sources &= ~(1u << irq->source);
		irq->latch = irq->sources;
	}
}

/* The only interrupt that the vCPU wants, or -1: there are more, or none. */
static int only_wanted(const struct vgic_cpu *c)
{
	unsigned int w = c->words;
	u64 bits;

	if (!w || w & (w - 1))
		return -1;
	w = __builtin_ctz(w);
	bits = c->wanted[w];
	return bits & (bits - 1) ? -1 : (int)(w * 64 + __builtin_ctzll(bits));
}

/* The usual case, with room for one. */
bool vgic_flush_only(struct vgic *v, unsigned int cpu, u64 *lr)
{
	int intid = only_wanted(v->cpu[cpu]);
	struct vgic_irq *irq;
	u64 value;

	if (intid < 0)
		return false;
	irq = vgic_irq_find(v, cpu, intid);
	value = lr_value(v, irq, intid);
	if ((value & (VGIC_LR_PENDING | VGIC_LR_ACTIVE)) != VGIC_LR_PENDING)
		return false;
	lr[0] = value;
	lr_sent(v, irq, value);
	return true;
}

static unsigned int flush_all(struct vgic *v, unsigned int cpu,
			      const struct vgic_mask *mask, u64 *lr,
			      unsigned int nr, u32 *more)
{
	struct lr_list l = { .mask = mask, .lr = lr, .nr = nr };
	const struct vgic_cpu *c = v->cpu[cpu];
	unsigned int w, intid, i;
	bool pending = false;
	u64 bits;

	*more = 0;
	for_each_wanted(c, w, bits, intid)
	{
		u64 value = lr_value(v, vgic_irq_find(v, cpu, intid), intid);

		if (!(value & (VGIC_LR_PENDING | VGIC_LR_ACTIVE)))
			continue;
		if (value & VGIC_LR_ACTIVE &&
		    (!l.active || lr_before(mask, value, l.active)))
			l.active = value;
		lr_insert(&l, value);
		*more |= lr_left(l.out);
	}
	*more |= lr_keep_active(&l);
	for (i = 0; i < l.used; i++) {
		lr_sent(v, vgic_irq_find(v, cpu, lr[i] & VGIC_LR_INTID), lr[i]);
		pending |= (lr[i] & (VGIC_LR_PENDING | VGIC_LR_ACTIVE)) ==
			   VGIC_LR_PENDING;
	}
	if (!pending)
		*more |= VGIC_NONE_PENDING;
	return l.used;
}

unsigned int vgic_flush(struct vgic *v, unsigned int cpu,
			const struct vgic_mask *mask, u64 *lr, unsigned int nr,
			u32 *more)
{
	if (nr && vgic_flush_only(v, cpu, lr)) {
		*more = 0;
		return 1;
	}
	return flush_all(v, cpu, mask, lr, min(nr, VGIC_MAX_LRS), more);
}

/* What an end means that no list register saw: the most urgent active one. */
static noinline void end_unheld(struct vgic *v, unsigned int cpu)
{
	const struct vgic_cpu *c = v->cpu[cpu];
	unsigned int w, intid, end = VGIC_NR_INTIDS;
	u8 priority = 0;
	u64 bits;

	for_each_wanted(c, w, bits, intid)
	{
		struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

		if (irq->active && !irq->held &&
		    (end == VGIC_NR_INTIDS || irq->priority < priority)) {
			end = intid;
			priority = irq->priority;
		}
	}
	if (end != VGIC_NR_INTIDS)
		vgic_deactivate(v, cpu, end);
}

static __always_inline void sync_one(struct vgic *v, unsigned int cpu, u64 lr)
{
	unsigned int intid = lr & VGIC_LR_INTID;
	struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

	if (!irq || !irq->held)
		return;
	if (irq->edge && lr & VGIC_LR_PENDING) {
		irq->latch = true;
		if (v->v2 && intid < VGIC_NR_SGIS)
			irq->sources |= 1u << irq->source;
	} else if (!irq->edge && irq->sent && !(lr & VGIC_LR_PENDING)) {
		irq->latch = false; /* taken */
	}
	irq->sent = false;
	irq->held = false;
	irq->active = lr & VGIC_LR_ACTIVE;
	/* Ended in hardware too: that says so if the line is still high. */
	if (irq->hw && !(lr & (VGIC_LR_PENDING | VGIC_LR_ACTIVE)))
		irq->line = false;
	if (intid < VGIC_NR_PRIVATE || irq->target == cpu)
		want(v->cpu[cpu], intid, vgic_irq_pending(irq) || irq->active);
	else
		vgic_irq_update(v, cpu, intid);
}

void vgic_sync(struct vgic *v, unsigned int cpu, const u64 *lr, unsigned int nr,
	       unsigned int ends)
{
	unsigned int i;

	for (; unlikely(ends); ends--)
		end_unheld(v, cpu);
	nr = min(nr, VGIC_MAX_LRS);
	for (i = 0; i < nr; i++)
		sync_one(v, cpu, lr[i]);
}

bool vgic_pending(const struct vgic *v, unsigned int cpu,
		  const struct vgic_mask *mask)
{
	const struct vgic_cpu *c = v->cpu[cpu];
	unsigned int w, intid;
	u64 bits;

	for_each_wanted(c, w, bits, intid)
	{
		const struct vgic_irq *irq = vgic_irq_find(v, cpu, intid);

		if (irq_deliverable(v, irq) && !irq->active &&
		    mask->group[irq->group1] && irq->priority < mask->priority)
			return true;
	}
	return false;
}
