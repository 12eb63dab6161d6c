// SPDX-License-Identifier: GPL-2.0
/*
 * Local APICs of a platform VM: where interrupt messages go in, and what a
 * vCPU finds when it looks for an interrupt.  Registers are the model's
 * (emul/vlapic.c), accesses lapic_access.c's.
 */
#include <linux/math64.h>
#include <linux/slab.h>
#include <asm/tsc.h>

#include "module/arch.h"
#include "module/compat.h"
#include "arch/x86/intr.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* Timers are set to an hour at most, and then again. */
#define MAX_SECONDS 3600
/* A periodic timer must leave a guest time to take its interrupt. */
#define MIN_PERIOD_US 200

bool vx86_apic_delivery __read_mostly;
bool vx86_apic_posting __read_mostly;

/* ---- lifetime ------------------------------------------------------------ */

int vx86_lapics_init(struct axvm_vm *vm)
{
	struct vx86_lapics *all;

	BUILD_BUG_ON(VAPIC_MAX != AXVM_MAX_VCPUS);
	all = kzalloc(sizeof(*all), GFP_KERNEL_ACCOUNT);
	if (!all)
		return -ENOMEM;
	if (vx86_lapic_page_init(vm)) {
		kfree(all);
		return -ENOMEM;
	}
	all->ns_per_tick = div_u64(1000000ull << 32, tsc_khz);
	all->max_ticks = tsc_khz * 1000ull * MAX_SECONDS;
	vm->arch.lapics = all;
	return 0;
}

static void lapic_free(struct vx86_lapic *l)
{
	kfree(l->model.posted);
	free_page((unsigned long)l->model.page);
	kfree(l);
}

/* A size that is a power of two: aligned to it, as the processor wants. */
static int lapic_pages(struct vx86_lapic *l)
{
	BUILD_BUG_ON(sizeof(*l->model.posted) != 64);
	l->model.page = (u32 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!l->model.page)
		return -ENOMEM;
	if (!vx86_apic_posting)
		return 0;
	l->model.posted = kzalloc(sizeof(*l->model.posted),
				  GFP_KERNEL_ACCOUNT);
	return l->model.posted ? 0 : -ENOMEM;
}

/* Devices, which send messages, are gone. */
void vx86_lapics_exit(struct axvm_vm *vm)
{
	struct vx86_lapics *all = vm->arch.lapics;
	unsigned int i;

	if (!all)
		return;
	for (i = 0; i < all->bus.n; i++)
		if (all->bus.apic[i])
			lapic_free(container_of(all->bus.apic[i],
						struct vx86_lapic, model));
	vm->arch.lapics = NULL;
	kfree(all);
}

int vx86_lapic_init(struct axvm_vcpu *vcpu)
{
	struct vx86_lapics *all = vcpu->vm->arch.lapics;
	struct vx86_lapic *l;

	if (!all)
		return 0;
	l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return -ENOMEM;
	if (lapic_pages(l)) {
		lapic_free(l);
		return -ENOMEM;
	}
	l->vcpu = vcpu;
	l->model.staged = vx86_apic_delivery;
	l->model.id = vcpu->hw_id;
	l->model.bus_shift = vcpuid_bus_shift(tsc_khz);
	l->model.min_period = div_u64(tsc_khz * (u64)MIN_PERIOD_US, 1000);
	raw_spin_lock_init(&l->mp_lock);
	vx86_lapic_timer_setup(l);
	vcpu->arch.lapic = l;
	vx86_lapic_reset(vcpu);
	all->bus.n = max(all->bus.n, vcpu->index + 1);
	/* release: whoever sees the pointer sees what it points to */
	smp_store_release(&all->bus.apic[vcpu->index], &l->model);
	return 0;
}

/*
 * Devices may still send messages: it hears none, and stays until the VM goes.
 */
void vx86_lapic_exit(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	if (!l)
		return;
	vlapic_reset(&l->model, 0);
	hrtimer_cancel(&l->timer);
}

/*
 * There is no firmware: the first processor begins as one leaves it, with the
 * PIC's INTR on LINT0, as a guest without a driver for APICs needs it.
 */
static void virtual_wire(struct vlapic *m)
{
	vlapic_put(m, VLAPIC_LVT_LINT0, VAPIC_MODE_EXTINT << 8);
}

void vx86_lapic_reset(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	if (!l)
		return;
	hrtimer_cancel(&l->timer);
	l->timer_cpu = -1;
	vlapic_reset(&l->model, vcpu->arch.state.msr.value[VMSR_APIC_BASE]);
	if (vcpu->index == 0)
		virtual_wire(&l->model);
	vx86_lapic_set_cr8(vcpu);
	if (vcpu->index == 0)
		WRITE_ONCE(vcpu->vm->arch.lapics->intr, false);
	vcpu->arch.apic_moved = true;
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

void vx86_lapic_base(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	if (!l)
		return;
	vlapic_set_base(&l->model, vcpu->arch.state.msr.value[VMSR_APIC_BASE]);
	vcpu->arch.apic_moved = true;
	vx86_lapic_arm(vcpu);
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

void vx86_lapic_set_cr8(struct axvm_vcpu *vcpu)
{
	struct vx86_lapic *l = vcpu->arch.lapic;

	if (!l)
		return;
	vlapic_set_tpr(&l->model, vcpu->arch.state.cr8 << 4);
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

void vx86_lapic_get_cr8(struct axvm_vcpu *vcpu)
{
	const struct vx86_lapic *l = vcpu->arch.lapic;

	if (l)
		vcpu->arch.state.cr8 = vlapic_get(&l->model, VLAPIC_TPR) >> 4;
}

/* ---- messages ---------------------------------------------------------------- */

/* The calling thread is in the guest with @vcpu: it looks before it enters. */
static bool own_stay(const struct axvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->arch.in_stay) &&
	       rcu_access_pointer(vcpu->task) == current;
}

/* Pairs with vx86_take_irq(): a request is set before the bit. */
static void pend(struct axvm_vcpu *vcpu)
{
	smp_mb__before_atomic();
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
	if (!own_stay(vcpu))
		axvm_vcpu_request(vcpu, AXVM_REQ_IRQ);
}

/*
 * The processor takes it without an exit if it is in the guest: it sees the
 * notification, or, if it was only about to enter, .on.
 */
static void notify(struct axvm_vcpu *vcpu)
{
	struct vlapic_posted *posted = vcpu->arch.lapic->model.posted;

	/* A full barrier, which pairs with that of axvm_vcpu_enter_begin(). */
	if (test_and_set_bit(0, &posted->on))
		return;
	preempt_disable();
	if (own_stay(vcpu))
		; /* it looks before it enters */
	else if (READ_ONCE(vcpu->in_guest) &&
		 READ_ONCE(vcpu->arch.apic_delivers))
		axvm_send_posted(READ_ONCE(vcpu->cpu));
	else
		pend(vcpu);
	preempt_enable();
}

static bool deliver_edge(struct vx86_lapic *l, u8 vector)
{
	switch (vlapic_post(&l->model, vector)) {
	case VLAPIC_POSTED:
		notify(l->vcpu);
		return true;
	case VLAPIC_STAGED:
		pend(l->vcpu);
		return true;
	default:
		/* An illegal vector may have raised the error's. */
		if (vector < 16)
			pend(l->vcpu);
		return false;
	}
}

static bool deliver(struct vlapic *to, const struct vapic_msg *msg)
{
	struct vx86_lapic *l = container_of(to, struct vx86_lapic, model);
	bool taken;

	switch (msg->mode) {
	case VAPIC_MODE_FIXED:
	case VAPIC_MODE_LOWEST:
		if (to->posted && !msg->level)
			return deliver_edge(l, msg->vector);
		taken = vlapic_accept(to, msg->vector, msg->level);
		/* An illegal vector may have raised the error's. */
		if (taken || msg->vector < 16)
			pend(l->vcpu);
		return taken;
	case VAPIC_MODE_NMI:
		vx86_pend_nmi(l->vcpu);
		if (!own_stay(l->vcpu))
			axvm_vcpu_request(l->vcpu, AXVM_REQ_IRQ);
		return true;
	case VAPIC_MODE_INIT:
	case VAPIC_MODE_SIPI:
		return vx86_lapic_mp_msg(l, msg->mode, msg->vector);
	case VAPIC_MODE_EXTINT:
		set_bit(VX86_PENDING_EXTINT, &l->vcpu->arch.pending);
		pend(l->vcpu);
		return true;
	default:
		return true; /* SMI: there is no SMM */
	}
}

bool vx86_apic_msg(struct axvm_vm *vm, const struct vapic_msg *msg)
{
	struct vapic_msg m = *msg;

	if (m.mode == VAPIC_MODE_SIPI)
		return false;
	if (m.dest == 0xff)
		m.dest = VAPIC_DEST_ALL;
	return vapic_route(&vm->arch.lapics->bus, NULL, &m, VLAPIC_TO_DEST,
			   deliver);
}

void vx86_lapic_send(struct axvm_vcpu *vcpu, const struct vlapic_do *to_do)
{
	vapic_route(&vcpu->vm->arch.lapics->bus, &vcpu->arch.lapic->model,
		    &to_do->msg, to_do->shorthand, deliver);
}

void vx86_lapic_irq(struct axvm_vcpu *vcpu, u8 vector)
{
	struct vapic_msg msg = { .vector = vector };

	deliver(&vcpu->arch.lapic->model, &msg);
}

/* LINT0 of the first vCPU: a level as ExtINT, else its rising edge counts. */
void vx86_extint(struct axvm_vm *vm, bool level)
{
	struct vx86_lapics *all = vm->arch.lapics;
	struct vapic_msg msg = {};
	struct vlapic *m;
	bool was;
	int mode;

	was = xchg(&all->intr, level);
	m = smp_load_acquire(&all->bus.apic[0]);
	if (!level || !m)
		return;
	if (vlapic_takes_extint(m)) {
		pend(container_of(m, struct vx86_lapic, model)->vcpu);
		return;
	}
	mode = was ? -1 : vlapic_lint(m, 0);
	if (mode == VAPIC_MODE_FIXED) {
		pend(container_of(m, struct vx86_lapic, model)->vcpu);
	} else if (mode == VAPIC_MODE_NMI || mode == VAPIC_MODE_INIT) {
		msg.mode = mode;
		deliver(m, &msg);
	}
}

/* ---- what a vCPU finds ----------------------------------------------------------- */

static bool extint_waits(const struct axvm_vcpu *vcpu)
{
	if (test_bit(VX86_PENDING_EXTINT, &vcpu->arch.pending))
		return true;
	return vcpu->index == 0 && READ_ONCE(vcpu->vm->arch.lapics->intr) &&
	       vlapic_takes_extint(&vcpu->arch.lapic->model);
}

int vx86_lapic_next(const struct axvm_vcpu *vcpu)
{
	if (unlikely(extint_waits(vcpu)))
		return VX86_IRQ_EXTINT;
	return vlapic_next(&vcpu->arch.lapic->model);
}

int vx86_lapic_next_inject(const struct axvm_vcpu *vcpu)
{
	if (vcpu->arch.apic_delivers)
		return extint_waits(vcpu) ? VX86_IRQ_EXTINT : -1;
	return vx86_lapic_next(vcpu);
}

int vx86_lapic_take(struct axvm_vcpu *vcpu, int vector)
{
	if (vector == VX86_IRQ_EXTINT) {
		clear_bit(VX86_PENDING_EXTINT, &vcpu->arch.pending);
		return vx86_pic_ack(vcpu->vm);
	}
	vlapic_take(&vcpu->arch.lapic->model, vector);
	return vector;
}

bool vx86_lapic_requests(const struct axvm_vcpu *vcpu)
{
	const struct vlapic *m = &vcpu->arch.lapic->model;

	/* What was merged is the processor's business. */
	if (vcpu->arch.apic_delivers ? vlapic_unmerged(m) : vlapic_requested(m))
		return true;
	return extint_waits(vcpu);
}

bool vx86_lapic_wakes(const struct axvm_vcpu *vcpu)
{
	const struct vlapic *m = &vcpu->arch.lapic->model;

	if (READ_ONCE(vcpu->arch.pending) & BIT(VX86_PENDING_TIMER) &&
	    vlapic_timer_next(m) >= 0)
		return true;
	return vx86_lapic_next(vcpu) >= 0;
}
