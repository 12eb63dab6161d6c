// SPDX-License-Identifier: GPL-2.0
/*
 * The clock and the host's timer behind the timer of a local APIC.
 *
 * The hrtimer only says that it is time to look (VX86_PENDING_TIMER, a kick);
 * the vCPU's own thread then asks the model, which decides by the clock.  So a
 * timer that fires late, or for an expiry that is no more, does no harm.  It
 * must not fire early while the vCPU is halted: the callback looks at the
 * clock, too.
 *
 * Started with irqs off on the vCPU's CPU; if it was started elsewhere, it is
 * cancelled first, so a callback and a start never run at the same time.
 */
#include <linux/math64.h>
#include <linux/smp.h>
#include <asm/tsc.h>

#include "module/arch.h"
#include "module/compat.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

static u64 ticks_now(const struct axvm_vm_arch *va)
{
	return va->time_stopped ? va->tsc_stopped : rdtsc() + va->tsc_offset;
}

void vx86_lapic_now(const struct axvm_vcpu *vcpu, struct vlapic_now *now)
{
	const struct axvm_vm_arch *va = &vcpu->vm->arch;

	now->ticks = ticks_now(va);
	/* The offset is always valid here. */
	now->tsc = now->ticks - va->tsc_offset + vcpu->arch.state.tsc_offset;
}

static void start(struct vx86_lapic *l, u64 ticks)
{
	const struct vx86_lapics *all = l->vcpu->vm->arch.lapics;
	u64 ns;

	ticks = min(ticks, all->max_ticks);
	ns = mul_u64_u64_shr(ticks, all->ns_per_tick, 32) + 1;
	hrtimer_start(&l->timer, ns_to_ktime(ns), HRTIMER_MODE_REL_PINNED_HARD);
}

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	struct vx86_lapic *l = container_of(timer, struct vx86_lapic, timer);
	u64 expiry = READ_ONCE(l->model.expiry);
	u64 now = ticks_now(&l->vcpu->vm->arch);

	if (now < expiry) {
		if (expiry != VLAPIC_NEVER)
			start(l, expiry - now);
		return HRTIMER_NORESTART;
	}
	set_bit(VX86_PENDING_TIMER, &l->vcpu->arch.pending);
	axvm_vcpu_request(l->vcpu, AXVM_REQ_IRQ);
	return HRTIMER_NORESTART;
}

void vx86_lapic_timer_setup(struct vx86_lapic *l)
{
	axvm_hrtimer_setup(&l->timer, expired, HRTIMER_MODE_REL_PINNED_HARD);
	l->timer_cpu = -1;
}

/* irqs off. */
static void arm_here(struct vx86_lapic *l)
{
	struct axvm_vcpu *vcpu = l->vcpu;
	struct vlapic_now now;

	if (l->timer_cpu != smp_processor_id()) {
		hrtimer_cancel(&l->timer);
		l->timer_cpu = smp_processor_id();
	}
	vx86_lapic_now(vcpu, &now);
	if (vlapic_timer_run(&l->model, &now))
		set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
	if (l->model.expiry != VLAPIC_NEVER && !vcpu->vm->arch.time_stopped)
		start(l, l->model.expiry - now.ticks);
	else if (hrtimer_is_queued(&l->timer))
		hrtimer_try_to_cancel(&l->timer);
}

void vx86_lapic_arm(struct axvm_vcpu *vcpu)
{
	unsigned long flags;

	local_irq_save(flags);
	arm_here(vcpu->arch.lapic);
	local_irq_restore(flags);
}

void vx86_lapic_event(struct axvm_vcpu *vcpu)
{
	clear_bit(VX86_PENDING_TIMER, &vcpu->arch.pending);
	vx86_lapic_arm(vcpu);
}

void vx86_lapic_follow(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	if (l && unlikely(l->timer_cpu != smp_processor_id()))
		vx86_lapic_arm(vcpu);
}

void vx86_lapic_tsc_set(struct axvm_vcpu *vcpu)
{
	struct vlapic_now now;

	if (!vcpu->arch.lapic)
		return;
	vx86_lapic_now(vcpu, &now);
	vlapic_tsc_set(&vcpu->arch.lapic->model, &now);
	vx86_lapic_arm(vcpu);
}

/*
 * Expiries are in guest time: they need no change.  Visitors, too, may set a
 * timer meanwhile.
 */
void vx86_lapics_time(struct axvm_vm *vm, bool run)
{
	unsigned int i;

	if (!vm->arch.lapics)
		return;
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		mutex_lock(&vcpu->run_lock);
		if (run)
			vx86_lapic_arm(vcpu);
		else
			hrtimer_cancel(&vcpu->arch.lapic->timer);
		mutex_unlock(&vcpu->run_lock);
	}
}
