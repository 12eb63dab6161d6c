// SPDX-License-Identifier: GPL-2.0
/*
 * A guest debugged from outside: debug exceptions come to EL2, the CPU's break-
 * and watchpoint registers are the watcher's from each entry to its exit.  The
 * guest's own debug registers are emulated and never in force.
 *
 * Manual: "AArch64 Self-hosted Debug", software step, breakpoint and
 * watchpoint exceptions; MDCR_EL2.TDE.
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <asm/sysreg.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/hyp/backend.h"

#define DFR0_BRPS GENMASK_ULL(15, 12)
#define DFR0_WRPS GENMASK_ULL(23, 20)

/* DBGBCR, DBGWCR: enabled, at EL1 and EL0, in both security states. */
#define CR_ON (BIT_ULL(0) | 3ull << 1)
#define BCR_INSN (0xfull << 5)
#define WCR_STORE (2ull << 3)
#define WCR_ACCESS (3ull << 3)
#define WCR_BYTES_SHIFT 5
#define WATCH_BYTES 8ull

#define PSTATE_SS BIT_ULL(21)
#define PSTATE_I BIT_ULL(7)

#define EACH_PAIR(X)                                                         \
	X(0)                                                                 \
	X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) \
		X(14) X(15)

/* Exchange pair @n of the CPU with *@value and *@control. */
#define SWAP(type, n)                                           \
	case n:                                                 \
		v = read_sysreg(dbg##type##vr##n##_el1);        \
		c = read_sysreg(dbg##type##cr##n##_el1);        \
		write_sysreg(*value, dbg##type##vr##n##_el1);   \
		write_sysreg(*control, dbg##type##cr##n##_el1); \
		break;
#define SWAP_B(n) SWAP(b, n)
#define SWAP_W(n) SWAP(w, n)

static void swap_break(unsigned int n, u64 *value, u64 *control)
{
	u64 v = 0, c = 0;

	switch (n) {
		EACH_PAIR(SWAP_B)
	}
	*value = v;
	*control = c;
}

static void swap_watch(unsigned int n, u64 *value, u64 *control)
{
	u64 v = 0, c = 0;

	switch (n) {
		EACH_PAIR(SWAP_W)
	}
	*value = v;
	*control = c;
}

/*
 * Twice around an entry, irqs off: in goes the watcher's, out comes the
 * host's, and back.
 */
void arm64_debug_swap(struct axvm_vcpu *vcpu)
{
	struct arm64_debug *d = &vcpu->arch.debug;
	unsigned int i;

	for (i = 0; i < d->nr_exec; i++)
		swap_break(i, &d->exec[i].value, &d->exec[i].control);
	for (i = 0; i < d->nr_data; i++)
		swap_watch(i, &d->data[i].value, &d->data[i].control);
	isb();
}

/*
 * Where interrupts are masked there is no need, and the guest may be about to
 * acknowledge one.  An active one must be there for its end to be seen.
 */
unsigned int arm64_debug_quiet(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	struct hyp_gic *g = &h->gic;
	unsigned int i, used = g->used_lrs;

	if (h->pstate & PSTATE_I || g->extra)
		return 0;
	for (i = 0; i < used; i++)
		if (g->lr[i] & VGIC_LR_ACTIVE)
			return 0;
	g->used_lrs = 0;
	return used;
}

void arm64_debug_controls(struct axvm_vcpu *vcpu)
{
	struct arm64_debug *d = &vcpu->arch.debug;
	struct hyp_vcpu *h = vcpu->arch.hyp;

	h->mdscr = 0;
	if (!d->on)
		return;
	h->mdcr |= MDCR_BIT_TDE;
	if (d->nr_exec || d->nr_data)
		h->mdscr |= MDSCR_BIT_MDE;
	if (!d->step)
		return;
	h->mdscr |= MDSCR_BIT_SS;
	if (!d->armed)
		h->pstate |= PSTATE_SS;
	d->armed = true;
}

/* ---- what to watch for ------------------------------------------------------ */

static int take_point(struct arm64_debug *d, const struct axvm_debug_point *p)
{
	u64 bytes;

	if ((s64)(p->addr << 8) >> 8 != (s64)p->addr)
		return -EINVAL;
	if (p->kind == AXVM_DEBUG_EXEC) {
		if (p->len != 4 || p->addr % 4)
			return -EINVAL;
		d->exec[d->nr_exec++] = (struct arm64_debug_pair){
			.value = p->addr, .control = CR_ON | BCR_INSN
		};
		return 0;
	}
	bytes = GENMASK_ULL(p->len - 1, 0) << (p->addr % WATCH_BYTES);
	d->data[d->nr_data].value = p->addr & ~(WATCH_BYTES - 1);
	d->data[d->nr_data].control =
		CR_ON | bytes << WCR_BYTES_SHIFT |
		(p->kind == AXVM_DEBUG_WRITE ? WCR_STORE : WCR_ACCESS);
	d->addr[d->nr_data++] = p->addr;
	return 0;
}

static int take_points(struct arm64_debug *d, const struct axvm_vcpu_debug *arg)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < AXVM_DEBUG_POINTS && arg->points[i].kind; i++) {
		bool exec = arg->points[i].kind == AXVM_DEBUG_EXEC;

		if (exec ? d->nr_exec == arg->nr_exec :
			   d->nr_data == arg->nr_data)
			return -ENOSPC;
		err = take_point(d, &arg->points[i]);
	}
	return err;
}

int axvm_arch_vcpu_debug(struct axvm_vcpu *vcpu, struct axvm_vcpu_debug *arg)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);
	struct arm64_debug *now = &vcpu->arch.debug;
	struct arm64_debug d = {
		.step = arg->flags & AXVM_DEBUG_STEP,
		.brk = now->brk,
	};
	int err;

	arg->nr_exec = FIELD_GET(DFR0_BRPS, dfr0) + 1;
	arg->nr_data = FIELD_GET(DFR0_WRPS, dfr0) + 1;
	arg->nr_points = arg->nr_exec + arg->nr_data;
	err = take_points(&d, arg);
	if (err)
		return err;
	if (arg->flags & AXVM_DEBUG_REFLECT) {
		if (!now->brk)
			return -EBADFD;
		arm64_inject_reflect(vcpu, now->brk);
		d.brk = 0;
	}
	d.on = d.step || d.nr_exec || d.nr_data || arg->flags & AXVM_DEBUG_INSN;
	d.insns = arg->flags & AXVM_DEBUG_INSN;
	*now = d;
	return 0;
}

void arm64_debug_reset(struct axvm_vcpu *vcpu)
{
	vcpu->arch.debug.brk = 0;
	vcpu->arch.debug.armed = false;
}

/* ---- what was hit ------------------------------------------------------------ */

static void record(struct axvm_vcpu *vcpu, u32 what, u64 gva)
{
	struct arm64_debug *d = &vcpu->arch.debug;
	struct axvm_exit *e = arm64_record(vcpu, AXVM_EXIT_DEBUG);

	e->debug.what = what;
	e->gva = gva;
	d->step = false;
	d->armed = false;
	d->on = d->insns || d->nr_exec || d->nr_data;
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

/* FAR is within the access, which may begin below the point. */
static u64 watch_hit(const struct arm64_debug *d, u64 far)
{
	unsigned int i, best = 0;

	for (i = 1; i < d->nr_data; i++)
		if (distance(d->addr[i], far) < distance(d->addr[best], far))
			best = i;
	return d->nr_data ? d->addr[best] : far;
}

enum axvm_run arm64_exit_debug(struct axvm_vcpu *vcpu, u64 esr)
{
	struct arm64_debug *d = &vcpu->arch.debug;
	struct hyp_vcpu *h = vcpu->arch.hyp;

	switch (syn_ec(esr)) {
	case SYN_EC_BRK64:
		if (!d->insns) {
			arm64_inject_reflect(vcpu, esr);
			return AXVM_RUN_RESUME;
		}
		record(vcpu, AXVM_DEBUG_HIT_INSN, 0);
		d->brk = esr;
		break;
	case SYN_EC_STEP_LOW:
		record(vcpu, AXVM_DEBUG_HIT_STEP, 0);
		break;
	case SYN_EC_WATCH_LOW:
		record(vcpu, AXVM_DEBUG_HIT_DATA, watch_hit(d, h->far));
		break;
	default:
		record(vcpu, AXVM_DEBUG_HIT_EXEC, h->pc);
		break;
	}
	return AXVM_RUN_BREAK;
}
