// SPDX-License-Identifier: GPL-2.0
/*
 * The physical timer of a vCPU, emulated: its registers trap, its host timer
 * (vtimer_hw.c) raises its line.  It counts as the virtual one does: a guest's physical
 * count is its virtual count.
 */
#include "arch/arm64/vtimer.h"

#define CNTPCT_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 1)
#define CNTP_TVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 0)
#define CNTP_CTL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 1)
#define CNTP_CVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 2)

void ptimer_stop(struct axvm_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->arch.timer[ARM64_PTIMER].host);
}

/* The host timer is not running: the registers are ours alone. */
static void ptimer_start(struct axvm_vcpu *vcpu)
{
	bool line = vtimer_ctl_line(vtimer_ctl(vcpu, ARM64_PTIMER));

	arm64_vgic_line(vcpu, ARM64_PTIMER_INTID, line);
	/* Guest time stands still: this runs again when it goes on. */
	if (!line && !READ_ONCE(vcpu->vm->arch.counter_at))
		vtimer_wait_for(vcpu, ARM64_PTIMER);
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
		return vtimer_ctl(vcpu, ARM64_PTIMER);
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
