// SPDX-License-Identifier: GPL-2.0
/*
 * The physical timer of a vCPU, emulated: its registers trap, a host timer
 * raises its line.  It counts as the virtual one does: a guest's physical
 * count is its virtual count.
 */
#include "module/compat.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"

#define CNTPCT_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 1)
#define CNTP_TVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 0)
#define CNTP_CTL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 1)
#define CNTP_CVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 2)

#define CTL_ENABLE BIT_ULL(0)
#define CTL_IMASK BIT_ULL(1)
#define CTL_ISTATUS BIT_ULL(2)

static bool ptimer_armed(struct axvm_vcpu *vcpu)
{
	return (vcpu->arch.timer[ARM64_PTIMER].ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

static bool ptimer_reached(struct axvm_vcpu *vcpu)
{
	return (vcpu->arch.timer[ARM64_PTIMER].ctl & CTL_ENABLE) &&
	       vtimer_count(vcpu->vm) >= vcpu->arch.timer[ARM64_PTIMER].cval;
}

static enum hrtimer_restart ptimer_fn(struct hrtimer *t)
{
	struct axvm_vcpu *vcpu = container_of(t, struct axvm_vcpu,
					      arch.timer[ARM64_PTIMER].host);

	if (!ptimer_armed(vcpu))
		return HRTIMER_NORESTART;
	if (!ptimer_reached(vcpu)) {
		hrtimer_forward_now(t, ns_to_ktime(vtimer_ns_until(
					       vcpu->vm,
					       vcpu->arch.timer[ARM64_PTIMER].cval)));
		return HRTIMER_RESTART;
	}
	arm64_vgic_line(vcpu, ARM64_PTIMER_INTID, true);
	return HRTIMER_NORESTART;
}

void ptimer_vcpu_init(struct axvm_vcpu *vcpu)
{
	axvm_hrtimer_setup(&vcpu->arch.timer[ARM64_PTIMER].host, ptimer_fn,
			   HRTIMER_MODE_REL_HARD);
}

void ptimer_stop(struct axvm_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->arch.timer[ARM64_PTIMER].host);
}

/* The host timer is not running: the registers are ours alone. */
static void ptimer_start(struct axvm_vcpu *vcpu)
{
	struct axvm_vm *vm = vcpu->vm;
	bool armed = ptimer_armed(vcpu);
	bool line = armed && ptimer_reached(vcpu);

	arm64_vgic_line(vcpu, ARM64_PTIMER_INTID, line);
	/* Guest time stands still: this runs again when it goes on. */
	if (!armed || line || READ_ONCE(vm->arch.counter_at))
		return;
	hrtimer_start(&vcpu->arch.timer[ARM64_PTIMER].host,
		      ns_to_ktime(vtimer_ns_until(vm, vcpu->arch.timer[ARM64_PTIMER].cval)),
		      HRTIMER_MODE_REL_HARD);
}

void ptimer_update(struct axvm_vcpu *vcpu)
{
	if (!vcpu->vm->arch.vgic)
		return;
	ptimer_stop(vcpu);
	if (!vcpu->arch.ptimer)
		ptimer_start(vcpu);
}

static u64 ptimer_read(struct axvm_vcpu *vcpu, u32 id)
{
	struct arm64_timer *p = &vcpu->arch.timer[ARM64_PTIMER];

	switch (id) {
	case CNTP_TVAL_EL0:
		return (u32)(p->cval - vtimer_count(vcpu->vm));
	case CNTP_CVAL_EL0:
		return p->cval;
	case CNTP_CTL_EL0:
		return p->ctl | (ptimer_reached(vcpu) ? CTL_ISTATUS : 0);
	default:
		return vtimer_count(vcpu->vm);
	}
}

static void ptimer_write(struct axvm_vcpu *vcpu, u32 id, u64 val)
{
	struct arm64_timer *p = &vcpu->arch.timer[ARM64_PTIMER];

	ptimer_stop(vcpu);
	if (id == CNTP_TVAL_EL0)
		p->cval = vtimer_count(vcpu->vm) + (s32)val;
	else if (id == CNTP_CVAL_EL0)
		p->cval = val;
	else
		p->ctl = val & (CTL_ENABLE | CTL_IMASK);
	if (vcpu->vm->arch.vgic)
		ptimer_start(vcpu);
}

enum vsys_outcome ptimer_access(struct axvm_vcpu *vcpu, u32 id, bool write,
				u64 *val)
{
	switch (id) {
	case CNTPCT_EL0:
		if (write)
			return VSYS_UNDEF;
		break;
	case CNTP_TVAL_EL0:
	case CNTP_CVAL_EL0:
	case CNTP_CTL_EL0:
		break;
	default:
		return VSYS_UNKNOWN;
	}
	if (write)
		ptimer_write(vcpu, id, *val);
	else
		*val = ptimer_read(vcpu, id);
	return VSYS_DONE;
}
