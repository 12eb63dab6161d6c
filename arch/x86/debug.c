// SPDX-License-Identifier: GPL-2.0
/*
 * A guest debugged from outside: which debug registers are in force, and the
 * records of what was hit.  While somebody watches, the processor's debug
 * registers are his, and the guest's own are only kept.
 *
 * Manual: "Debug, Branch Profile, TSC, and Intel Resource Director Technology
 * Features", debug registers; "Monitor Trap Flag".
 */
#include <linux/bitops.h>

#include "module/arch.h"
#include "arch/x86/x86.h"

#define DR7_FIXED 0x400ull
#define DR7_GLOBAL(n) BIT_ULL(2 * (n) + 1)
#define DR7_KIND_SHIFT(n) (16 + 4 * (n))
#define DR7_LEN_SHIFT(n) (18 + 4 * (n))
#define DR7_WRITE 1ull
#define DR7_ACCESS 3ull

bool vx86_can_step;

static bool canonical(u64 addr)
{
	return sign_extend64(addr, 56) == (s64)addr;
}

/* The length field counts 1, 2, 8, 4. */
static u64 dr7_len(u32 len)
{
	return len == 8 ? 2 : len - 1;
}

static u64 dr7_of(const struct axvm_debug_point *p, unsigned int n)
{
	u64 kind = p->kind == AXVM_DEBUG_EXEC  ? 0 :
		   p->kind == AXVM_DEBUG_WRITE ? DR7_WRITE :
						 DR7_ACCESS;

	return DR7_GLOBAL(n) | kind << DR7_KIND_SHIFT(n) |
	       dr7_len(p->len) << DR7_LEN_SHIFT(n);
}

static int take_points(struct vx86_debug *d, const struct axvm_vcpu_debug *arg)
{
	unsigned int n;

	for (n = 0; n < AXVM_DEBUG_POINTS && arg->points[n].kind; n++) {
		const struct axvm_debug_point *p = &arg->points[n];

		if (n == VX86_DEBUG_POINTS)
			return -ENOSPC;
		if (!canonical(p->addr) ||
		    (p->kind == AXVM_DEBUG_EXEC && p->len != 1))
			return -EINVAL;
		d->addr[n] = p->addr;
		d->dr7 |= dr7_of(p, n);
		if (p->kind == AXVM_DEBUG_EXEC)
			d->exec |= BIT(n);
	}
	return 0;
}

/* The guest gets the #BP that it was kept from. */
static int reflect(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (!a->debug.insn_len)
		return -EBADFD;
	a->event = (struct vx86_event){
		.valid = true,
		.type = VX86_EVENT_SOFT_EXCEPTION,
		.vector = VX86_BP,
		.insn_len = a->debug.insn_len,
	};
	a->debug.insn_len = 0;
	set_bit(VX86_PENDING_EVENT, &a->pending);
	return 0;
}

int axvm_arch_vcpu_debug(struct axvm_vcpu *vcpu, struct axvm_vcpu_debug *arg)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_debug d = {
		.dr7 = DR7_FIXED,
		.insns = arg->flags & AXVM_DEBUG_INSN,
		.step = arg->flags & AXVM_DEBUG_STEP,
		.changed = true,
		.insn_len = a->debug.insn_len,
	};
	int err;

	if (!vx86_can_step)
		return -EOPNOTSUPP;
	arg->nr_exec = arg->nr_data = arg->nr_points = VX86_DEBUG_POINTS;
	err = take_points(&d, arg);
	if (!err && arg->flags & AXVM_DEBUG_REFLECT)
		err = reflect(vcpu);
	if (err)
		return err;
	d.insn_len = a->debug.insn_len;
	d.on = d.dr7 != DR7_FIXED || d.step;
	a->debug = d;
	a->dr_loaded = false;
	vx86_dirty(vcpu, VX86_DR7);
	return 0;
}

void vx86_debug_reset(struct axvm_vcpu *vcpu)
{
	vcpu->arch.stepped = false;
	vcpu->arch.debug.insn_len = 0;
}

/* The processor's registers go back to the guest, unless there are points. */
static void step_over(struct axvm_vcpu *vcpu)
{
	struct vx86_debug *d = &vcpu->arch.debug;

	d->step = false;
	vcpu->arch.stepped = false;
	d->changed = true;
	d->on = d->dr7 != DR7_FIXED;
	vcpu->arch.dr_loaded = false;
	vx86_dirty(vcpu, VX86_DR7);
}

static struct axvm_exit *record(struct axvm_vcpu *vcpu, u32 what)
{
	struct axvm_exit *e = vx86_exit_new(vcpu, AXVM_EXIT_DEBUG);

	e->debug.what = what;
	if (vcpu->arch.debug.step)
		step_over(vcpu);
	return e;
}

enum axvm_run vx86_debug_stepped(struct axvm_vcpu *vcpu)
{
	record(vcpu, AXVM_DEBUG_HIT_STEP);
	return AXVM_RUN_BREAK;
}

bool vx86_debug_insn(struct axvm_vcpu *vcpu, u32 len)
{
	if (!vcpu->arch.debug.insns)
		return false;
	record(vcpu, AXVM_DEBUG_HIT_INSN);
	vcpu->arch.debug.insn_len = len;
	return true;
}

bool vx86_debug_points(struct axvm_vcpu *vcpu, u64 hits)
{
	struct vx86_debug *d = &vcpu->arch.debug;
	struct axvm_exit *e;
	unsigned int n;

	hits &= BIT(VX86_DEBUG_POINTS) - 1;
	if (!d->on || !hits)
		return false;
	n = __ffs(hits);
	e = record(vcpu, d->exec & BIT(n) ? AXVM_DEBUG_HIT_EXEC :
					    AXVM_DEBUG_HIT_DATA);
	e->gva = d->addr[n];
	if (!(d->exec & BIT(n)))
		return true;
	/* A fault: when it goes on, the instruction shall be executed. */
	vx86_need(vcpu, VX86_RFLAGS);
	vcpu->arch.state.rflags |= X86_EFLAGS_RF;
	vx86_dirty(vcpu, VX86_RFLAGS);
	return true;
}
