// SPDX-License-Identifier: GPL-2.0
/*
 * INIT and SIPI: how a guest takes processors down and brings them up.
 *
 * The message leaves its mark in vx86_lapic.mp, under its lock, and the vCPU's
 * own thread does the rest.  A vCPU that waits for SIPI is powered off; as it
 * may get one between its decision to wait and the moment when the core marks
 * it as off, the core asks axvm_arch_vcpu_stays_off() afterwards.
 *
 * Manual: "Processor State Following Power-up, Reset, or INIT",
 * "Multiple-Processor (MP) Initialization".
 */
#include "module/arch.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

void vx86_lapic_start(struct axvm_vcpu *vcpu, bool off)
{
	if (vcpu->arch.lapic)
		vcpu->arch.lapic->mp = off ? VX86_MP_WAIT : VX86_MP_RUN;
}

static bool take_init(struct vx86_lapic *l)
{
	if (l->mp == VX86_MP_WAIT)
		return false; /* it has been through one */
	l->mp = VX86_MP_INIT;
	return true;
}

/* Ignored by all but those that have had an INIT. */
static bool take_sipi(struct vx86_lapic *l, u8 vector)
{
	if (l->mp == VX86_MP_INIT)
		l->mp = VX86_MP_INIT_SIPI;
	else if (l->mp == VX86_MP_WAIT)
		l->mp = VX86_MP_START;
	else
		return false;
	l->sipi = vector;
	return l->mp == VX86_MP_START;
}

bool vx86_lapic_mp_msg(struct vx86_lapic *l, u8 mode, u8 vector)
{
	bool init = mode == VAPIC_MODE_INIT;
	struct axvm_vcpu *vcpu = l->vcpu;
	unsigned long flags;
	bool news;

	raw_spin_lock_irqsave(&l->mp_lock, flags);
	news = init ? take_init(l) : take_sipi(l, vector);
	if (news)
		set_bit(VX86_PENDING_MP, &vcpu->arch.pending);
	raw_spin_unlock_irqrestore(&l->mp_lock, flags);
	if (!news)
		return true;
	if (init)
		axvm_vcpu_request(vcpu, AXVM_REQ_IRQ);
	else
		axvm_vcpu_power_on(vcpu);
	return true;
}

bool axvm_arch_vcpu_stays_off(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	return !l || READ_ONCE(l->mp) == VX86_MP_WAIT;
}

/* What INIT leaves alone: most MSRs, FPU and XCR0, CR0.CD and NW. */
static void init_registers(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	u64 cr0, xcr0 = s->xcr0;
	struct vmsr_state msr;

	vx86_need(vcpu, VX86_ALL);
	msr = s->msr;
	cr0 = s->cr0 & (X86_CR0_CD | X86_CR0_NW);
	vx86_reset_state(vcpu);
	msr.value[VMSR_EFER] = 0;
	s->msr = msr;
	s->cr0 = X86_CR0_ET | cr0;
	s->xcr0 = xcr0;
	vx86_events_init(vcpu);
	vlapic_init_reset(&a->lapic->model);
	vx86_lapic_arm(vcpu);
	a->apic_stale = true;
	set_bit(VX86_PENDING_IRQ, &a->pending);
	vx86_cpuid_forget(vcpu);
	a->pdpte_stale = false;
}

/* Manual: "MP Initialization Protocol Algorithm": CS:IP = VV00:0000. */
static void sipi_registers(struct axvm_vcpu *vcpu, u8 vector)
{
	struct vx86_state *s = &vcpu->arch.state;

	s->seg[AXVM_X86_CS].selector = vector << 8;
	s->seg[AXVM_X86_CS].base = vector << 12;
	s->rip = 0;
	vx86_dirty(vcpu, VX86_SEG(AXVM_X86_CS) | VX86_RIP);
}

/* One step; what it was is returned, and that of SIPI in @vector. */
static u8 mp_step(struct axvm_vcpu *vcpu, u8 *vector)
{
	struct vx86_lapic *l = vcpu->arch.lapic;
	unsigned long flags;
	u8 was;

	raw_spin_lock_irqsave(&l->mp_lock, flags);
	was = l->mp;
	*vector = l->sipi;
	clear_bit(VX86_PENDING_MP, &vcpu->arch.pending);
	/* The first processor does not wait. */
	if (was == VX86_MP_INIT && vcpu->index)
		WRITE_ONCE(l->mp, VX86_MP_WAIT);
	else if (was != VX86_MP_WAIT)
		WRITE_ONCE(l->mp, VX86_MP_RUN);
	raw_spin_unlock_irqrestore(&l->mp_lock, flags);
	return was;
}

enum axvm_run vx86_lapic_mp(struct axvm_vcpu *vcpu)
{
	u8 vector, was;

	was = mp_step(vcpu, &vector);
	if (was == VX86_MP_INIT || was == VX86_MP_INIT_SIPI)
		init_registers(vcpu);
	if (was == VX86_MP_START || (was == VX86_MP_INIT_SIPI && vcpu->index))
		sipi_registers(vcpu, vector);
	if (was != VX86_MP_INIT || !vcpu->index)
		return AXVM_RUN_RESUME;
	vx86_exit_new(vcpu, AXVM_EXIT_CPU_DOWN);
	return AXVM_RUN_OFF;
}
