// SPDX-License-Identifier: GPL-2.0
/*
 * Events on their way into a guest, whatever the extension: exceptions that
 * we raise, and interrupts and NMIs that anybody may make pending at any time.
 *
 * Setting a bit of irqs, then of pending, then AXVM_REQ_IRQ, pairs with the
 * entry path, which sees the request or is kicked, and then looks at pending
 * before irqs.
 */
#include <linux/bitops.h>

#include "module/arch.h"
#include "module/trace.h"
#include "arch/x86/intr.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* Manual: "Interrupt 8 - Double Fault Exception", classes of exceptions. */
static bool contributory(u8 vector)
{
	return vector == VX86_DE || (vector >= VX86_TS && vector <= VX86_GP);
}

static bool makes_double(const struct vx86_event *first, u8 second)
{
	if (first->type != VX86_EVENT_EXCEPTION)
		return false;
	if (contributory(first->vector))
		return contributory(second);
	return first->vector == VX86_PF &&
	       (second == VX86_PF || contributory(second));
}

/* Faults return to the instruction: RF keeps a breakpoint from hitting again. */
static void set_rf(struct axvm_vcpu *vcpu, u8 vector)
{
	if (vector == VX86_DB || vector == VX86_DF || vector == VX86_MC)
		return;
	vx86_need(vcpu, VX86_RFLAGS);
	vcpu->arch.state.rflags |= X86_EFLAGS_RF;
	vx86_dirty(vcpu, VX86_RFLAGS);
}

void vx86_raise(struct axvm_vcpu *vcpu, u8 vector, bool has_error, u32 error)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_event *e = &a->event;

	if (e->valid && e->type == VX86_EVENT_EXCEPTION &&
	    e->vector == VX86_DF) {
		a->triple = true;
		return;
	}
	if (e->valid && makes_double(e, vector)) {
		vector = VX86_DF;
		has_error = true;
		error = 0;
	}
	/* What was being delivered comes again, or is restarted. */
	if (e->valid && e->type == VX86_EVENT_INTR)
		vx86_pend_irq(vcpu, e->vector);
	else if (e->valid && e->type == VX86_EVENT_NMI)
		vx86_pend_nmi(vcpu);
	*e = (struct vx86_event){
		.valid = true,
		.type = VX86_EVENT_EXCEPTION,
		.vector = vector,
		.has_error = has_error,
		.error = error,
	};
	set_rf(vcpu, vector);
	set_bit(VX86_PENDING_EVENT, &a->pending);
}

void vx86_raise_pf(struct axvm_vcpu *vcpu, gva_t gva, u32 error)
{
	vcpu->arch.state.cr2 = gva;
	vx86_raise(vcpu, VX86_PF, true, error);
}

void vx86_pend_irq(struct axvm_vcpu *vcpu, u8 vector)
{
	set_bit(vector, vcpu->arch.irqs);
	smp_mb__before_atomic(); /* pairs with the one in vx86_irq_settle() */
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

void vx86_pend_nmi(struct axvm_vcpu *vcpu)
{
	if (test_and_set_bit(VX86_PENDING_NMI, &vcpu->arch.pending))
		set_bit(VX86_PENDING_NMI2, &vcpu->arch.pending);
}

/* Is there a vector that no local APIC holds?  Asked often, rarely so. */
static bool any(const struct axvm_vcpu *vcpu)
{
	const unsigned long *irqs = vcpu->arch.irqs;

	BUILD_BUG_ON(ARRAY_SIZE(vcpu->arch.irqs) != 4);
	return READ_ONCE(irqs[0]) | READ_ONCE(irqs[1]) | READ_ONCE(irqs[2]) |
	       READ_ONCE(irqs[3]);
}

/* The highest of them, or -1. */
static int highest(const struct axvm_vcpu *vcpu)
{
	unsigned long n = any(vcpu) ? find_last_bit(vcpu->arch.irqs, 256) : 256;

	return n < 256 ? (int)n : -1;
}

/* With a local APIC: what it gave away and could not be delivered yet. */
int vx86_next_irq(const struct axvm_vcpu *vcpu)
{
	int vector = highest(vcpu);

	if (vcpu->arch.lapic)
		return vector >= 0 ? vector : vx86_lapic_next(vcpu);
	return vector >= 0 && vector >> 4 > vcpu->arch.state.cr8 ? vector : -1;
}

int vx86_next_inject(const struct axvm_vcpu *vcpu)
{
	int vector = highest(vcpu);

	if (vector < 0 && vcpu->arch.lapic)
		return vx86_lapic_next_inject(vcpu);
	return vx86_next_irq(vcpu);
}

static bool irq_waits(const struct axvm_vcpu *vcpu)
{
	return any(vcpu) || (vcpu->arch.lapic && vx86_lapic_requests(vcpu));
}

void vx86_irq_settle(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (irq_waits(vcpu))
		return;
	clear_bit(VX86_PENDING_IRQ, &a->pending);
	smp_mb__after_atomic(); /* pairs with vx86_pend_irq(), lapic.c's pend() */
	if (irq_waits(vcpu))
		set_bit(VX86_PENDING_IRQ, &a->pending);
}

int vx86_take_irq(struct axvm_vcpu *vcpu, int next)
{
	bool outside = next < 256 && test_bit(next, vcpu->arch.irqs);

	if (outside)
		clear_bit(next, vcpu->arch.irqs);
	else if (vcpu->arch.lapic)
		next = vx86_lapic_take(vcpu, next);
	vx86_irq_settle(vcpu);
	return next;
}

void vx86_take_nmi(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (!test_and_clear_bit(VX86_PENDING_NMI2, &a->pending))
		clear_bit(VX86_PENDING_NMI, &a->pending);
}

bool vx86_irq_open(const struct axvm_vcpu *vcpu)
{
	const struct vx86_state *s = &vcpu->arch.state;

	return s->rflags & X86_EFLAGS_IF &&
	       !(s->intr_shadow & (VX86_SHADOW_STI | VX86_SHADOW_MOV_SS));
}

static void events_forget(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	memset(a->irqs, 0, sizeof(a->irqs));
	a->event.valid = false;
	a->triple = false;
	vx86_debug_reset(vcpu);
	a->halted = false;
}

void vx86_events_reset(struct axvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->arch.pending, 0);
	events_forget(vcpu);
}

void vx86_events_init(struct axvm_vcpu *vcpu)
{
	static const u8 bits[] = { VX86_PENDING_IRQ,   VX86_PENDING_NMI,
				   VX86_PENDING_NMI2,  VX86_PENDING_EVENT,
				   VX86_PENDING_TIMER, VX86_PENDING_EXTINT };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++)
		clear_bit(bits[i], &vcpu->arch.pending);
	events_forget(vcpu);
}

/* ---- the core's view ---------------------------------------------------- */

int axvm_arch_irq(struct axvm_vm *vm, const struct axvm_irq *irq)
{
	bool nmi = irq->flags & AXVM_IRQ_NMI;
	unsigned int i;

	if (irq->flags & AXVM_IRQ_GSI)
		return vx86_gsi_user(vm, irq);
	if (nmi ? irq->irq != 0 : irq->irq < 16 || irq->irq > 255)
		return -EINVAL;
	if (irq->level != AXVM_IRQ_EDGE)
		return -EINVAL;
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!(irq->vcpus & BIT_ULL(i)) || !vcpu)
			continue;
		if (nmi)
			vx86_pend_nmi(vcpu);
		else if (vcpu->arch.lapic)
			vx86_lapic_irq(vcpu, irq->irq);
		else
			vx86_pend_irq(vcpu, irq->irq);
		axvm_vcpu_request(vcpu, AXVM_REQ_IRQ);
	}
	return 0;
}

/*
 * Asked while the vCPU is halted: what it looks at was fetched when HLT was
 * executed, and only a visitor changes it.
 */
bool axvm_arch_vcpu_can_wake(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	unsigned long pending = READ_ONCE(a->pending);

	if (pending & (BIT(VX86_PENDING_EVENT) | BIT(VX86_PENDING_MP)))
		return true;
	if (pending & BIT(VX86_PENDING_NMI) &&
	    !(READ_ONCE(a->state.intr_shadow) & VX86_SHADOW_NMI))
		return true;
	if (!(pending & (BIT(VX86_PENDING_IRQ) | BIT(VX86_PENDING_TIMER))) &&
	    !a->apic_delivers)
		return false;
	if (!vx86_irq_open(vcpu))
		return false;
	return vx86_next_irq(vcpu) >= 0 || (a->lapic && vx86_lapic_wakes(vcpu));
}

bool axvm_arch_vcpu_may_wake(struct axvm_vcpu *vcpu)
{
	return vcpu->arch.state.rflags & X86_EFLAGS_IF ||
	       axvm_arch_vcpu_can_wake(vcpu);
}

void axvm_arch_vcpu_woken(struct axvm_vcpu *vcpu)
{
	vcpu->arch.halted = false;
}

bool axvm_arch_vcpu_is_off(struct axvm_vcpu *vcpu)
{
	return vcpu->arch.off;
}
