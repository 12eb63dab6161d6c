// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU's accesses to its own local APIC, and doing what they ask for.  MSRs
 * are done in the inner loop; only a message that may start a vCPU, and the
 * xAPIC's page, which needs the instruction decoder, go where one may sleep.
 */
#include <linux/bitfield.h>

#include "module/arch.h"
#include "arch/x86/intr.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

#define MSR_TSC_DEADLINE 0x6e0
#define MSR_ICR (VLAPIC_MSR + VLAPIC_ICR)

static void finish(struct axvm_vcpu *vcpu, const struct vlapic_do *to_do)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u32 what = to_do->what;

	if (what & VLAPIC_DO_TIMER)
		vx86_lapic_arm(vcpu);
	if (what & VLAPIC_DO_EOI)
		vx86_ioapic_eoi(vcpu->vm, to_do->vector);
	if (what & VLAPIC_DO_IPI)
		vx86_lapic_send(vcpu, to_do);
	if (what & VLAPIC_DO_MODE)
		a->apic_stale = true;
	/* A processor that delivers must hear of TPR and ISR, too. */
	if (what & (VLAPIC_DO_TPR | VLAPIC_DO_MODE) ||
	    (what & (VLAPIC_DO_IRQ | VLAPIC_DO_LINT) &&
	     (a->apic_delivers || vx86_lapic_requests(vcpu))))
		set_bit(VX86_PENDING_IRQ, &a->pending);
}

/* ---- MSRs ---------------------------------------------------------------- */

enum axvm_run vx86_lapic_rdmsr(struct axvm_vcpu *vcpu, u32 index)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 *gpr = a->state.gpr, value = 0;
	struct vlapic_now now;

	vx86_lapic_now(vcpu, &now);
	if (index == MSR_TSC_DEADLINE) {
		value = vlapic_deadline_read(&a->lapic->model, &now);
	} else if (vlapic_msr_read(&a->lapic->model, &now, index, &value)) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	gpr[GPR_RAX] = (u32)value;
	gpr[GPR_RDX] = value >> 32;
	vx86_advance(vcpu, a->insn_len);
	return AXVM_RUN_RESUME;
}

static enum axvm_run do_wrmsr(struct axvm_vcpu *vcpu, u32 index, u64 value)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vlapic_do to_do;
	struct vlapic_now now;

	vx86_lapic_now(vcpu, &now);
	if (vlapic_msr_write(&a->lapic->model, &now, index, value, &to_do)) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	finish(vcpu, &to_do);
	vx86_advance(vcpu, a->insn_len);
	return AXVM_RUN_RESUME;
}

static bool starts_vcpu(u32 index, u64 value)
{
	return index == MSR_ICR && (value >> 8 & 7) == VAPIC_MODE_SIPI;
}

enum axvm_run vx86_lapic_wrmsr(struct axvm_vcpu *vcpu, u32 index, u64 value)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (index == MSR_TSC_DEADLINE) {
		vx86_lapic_set_deadline(vcpu, value);
		vx86_advance(vcpu, a->insn_len);
		return AXVM_RUN_RESUME;
	}
	if (unlikely(starts_vcpu(index, value))) {
		a->slow = VX86_SLOW_WRMSR;
		return AXVM_RUN_SLOW;
	}
	return do_wrmsr(vcpu, index, value);
}

enum axvm_run vx86_lapic_slow_wrmsr(struct axvm_vcpu *vcpu)
{
	const u64 *gpr = vcpu->arch.state.gpr;

	return do_wrmsr(vcpu, gpr[GPR_RCX],
			(u32)gpr[GPR_RAX] | gpr[GPR_RDX] << 32);
}

u64 vx86_lapic_deadline(struct axvm_vcpu *vcpu)
{
	struct vlapic_now now;

	vx86_lapic_now(vcpu, &now);
	return vlapic_deadline_read(&vcpu->arch.lapic->model, &now);
}

void vx86_lapic_set_deadline(struct axvm_vcpu *vcpu, u64 value)
{
	struct vlapic_now now;

	vx86_lapic_now(vcpu, &now);
	vlapic_deadline_write(&vcpu->arch.lapic->model, &now, value);
	vx86_lapic_arm(vcpu);
}

/* ---- what the processor did by itself ------------------------------------ */

static void do_written(struct axvm_vcpu *vcpu, u32 offset)
{
	struct vlapic_do to_do;
	struct vlapic_now now;

	vx86_lapic_now(vcpu, &now);
	vlapic_written(&vcpu->arch.lapic->model, &now, offset, &to_do);
	finish(vcpu, &to_do);
}

enum axvm_run vx86_lapic_written(struct axvm_vcpu *vcpu, u32 offset)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u32 icr = vlapic_get(&a->lapic->model, VLAPIC_ICR);

	if (unlikely(starts_vcpu(VLAPIC_MSR + (offset >> 4), icr))) {
		a->slow = VX86_SLOW_APIC_WRITE;
		return AXVM_RUN_SLOW;
	}
	do_written(vcpu, offset);
	return AXVM_RUN_RESUME;
}

enum axvm_run vx86_lapic_slow_written(struct axvm_vcpu *vcpu)
{
	do_written(vcpu, vcpu->arch.qual & (VLAPIC_PAGE - 1));
	return AXVM_RUN_RESUME;
}

void vx86_lapic_ended(struct axvm_vcpu *vcpu, u8 vector)
{
	struct vlapic_do to_do = {};

	vlapic_ended(&vcpu->arch.lapic->model, vector, &to_do);
	/* It has looked at what may go in now. */
	to_do.what &= VLAPIC_DO_EOI;
	finish(vcpu, &to_do);
}

/* ---- the page ------------------------------------------------------------ */

bool vx86_lapic_mmio(struct axvm_vcpu *vcpu, gpa_t gpa, unsigned int bytes,
		     bool write, u64 *data)
{
	struct vx86_lapic *l = vcpu->arch.lapic;
	struct vlapic_do to_do;
	struct vlapic_now now;

	if (!l || !vlapic_enabled(&l->model) || vlapic_x2apic(&l->model))
		return false;
	if (((gpa ^ l->model.base) & ~(u64)(VLAPIC_PAGE - 1)) != 0)
		return false;
	vx86_lapic_now(vcpu, &now);
	vlapic_mmio(&l->model, &now, gpa & (VLAPIC_PAGE - 1), bytes, write,
		    data, &to_do);
	finish(vcpu, &to_do);
	return true;
}
