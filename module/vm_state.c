// SPDX-License-Identifier: GPL-2.0
/*
 * Transitions of a VM: start, stop, suspend, resume, reset, the end that a
 * guest brings about itself, and waiting for any of them.
 *
 * The gate: while AXVM_REQ_PAUSE (or FREEZE) is set in a vCPU's requests, the
 * vCPU stays out of its run loop.  Closing it sets the bit, kicks, and takes
 * each run_lock once: afterwards no vCPU is inside, and none gets in again.
 * vm->lock is held by every transition a user asks for, so they exclude each
 * other; a guest's own end (axvm_vm_stop_from) takes only the state lock.
 */
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/trace.h"

static void vm_set_state(struct axvm_vm *vm, u32 state)
{
	lockdep_assert_held(&vm->state_lock);
	trace_axvm_vm_state(vm, vm->state, state);
	WRITE_ONCE(vm->state, state);
}

static void gate_mark(struct axvm_vm *vm, enum axvm_request req)
{
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = READ_ONCE(vm->vcpus[i]);

		if (vcpu)
			axvm_vcpu_request(vcpu, req);
	}
}

/* vm->lock held.  On return no vCPU is in its run loop. */
void axvm_vm_gate_close(struct axvm_vm *vm, enum axvm_request req)
{
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	gate_mark(vm, req);
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		mutex_lock(&vcpu->run_lock);
		mutex_unlock(&vcpu->run_lock);
	}
}

void axvm_vm_gate_open(struct axvm_vm *vm, enum axvm_request req)
{
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		clear_bit(req, &vcpu->requests);
		smp_mb__after_atomic(); /* the sleeper looks at requests */
		rcuwait_wake_up(&vcpu->wait);
	}
	wake_up_all(&vm->wq); /* sync runners wait for the state */
}

/* The VM ends now: state, reason, and every vCPU on its way out. */
static bool vm_end(struct axvm_vm *vm, u32 reason, u64 detail)
{
	bool ended = false;
	unsigned long flags;

	raw_spin_lock_irqsave(&vm->state_lock, flags);
	if (vm->state == AXVM_VM_RUNNING || vm->state == AXVM_VM_SUSPENDED) {
		vm_set_state(vm, AXVM_VM_STOPPED);
		vm->stop_reason = reason;
		vm->stop_detail = detail;
		ended = true;
	}
	raw_spin_unlock_irqrestore(&vm->state_lock, flags);
	if (ended) {
		gate_mark(vm, AXVM_REQ_PAUSE);
		wake_up_all(&vm->wq);
	}
	return ended;
}

void axvm_vm_stop_from(struct axvm_vm *vm, const struct axvm_exit *exit)
{
	vm_end(vm, exit->reason, exit->hw_reason);
}

/*
 * Count @vcpu as one that can go on by itself, or not.  When none is left
 * nothing inside can ever happen again, and the VM ends as halted.
 */
void axvm_vm_live(struct axvm_vcpu *vcpu, bool live)
{
	struct axvm_vm *vm = vcpu->vm;
	unsigned long flags;
	bool last = false;

	raw_spin_lock_irqsave(&vm->state_lock, flags);
	if (vcpu->live != live) {
		vcpu->live = live;
		vm->nr_live += live ? 1 : -1;
		last = !vm->nr_live;
	}
	raw_spin_unlock_irqrestore(&vm->state_lock, flags);
	if (last)
		vm_end(vm, AXVM_EXIT_HALTED, 0);
}

static void vm_reset_all(struct axvm_vm *vm)
{
	unsigned int i;

	axvm_arch_vm_reset(vm);
	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			axvm_vcpu_reset(vm->vcpus[i]);
}

/* Threads, and what else a vCPU needs only when it runs. */
static int vm_prepare_vcpus(struct axvm_vm *vm)
{
	unsigned int i;
	int err;

	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		err = axvm_exit_flight(vcpu);
		if (!err && !vcpu->sync && !vcpu->thread)
			err = axvm_vcpu_thread_create(vcpu);
		if (err)
			return err;
	}
	return 0;
}

/* vm->lock held; the VM is CREATED or STOPPED and not dead. */
static int vm_start(struct axvm_vm *vm, bool paused)
{
	unsigned int i;
	int err;

	if (!vm->nr_vcpus)
		return -EINVAL;
	axvm_vm_gate_close(vm, AXVM_REQ_PAUSE);
	err = vm_prepare_vcpus(vm);
	if (err)
		return err;
	if (vm->state == AXVM_VM_STOPPED)
		vm_reset_all(vm);
	axvm_arch_vm_start(vm);
	vm->nr_live = 0; /* no vCPU runs: nobody else looks */
	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			axvm_vcpu_boot(vm->vcpus[i]);

	WRITE_ONCE(vm->started_ns, ktime_get_real_ns());
	raw_spin_lock_irq(&vm->state_lock);
	vm->stop_reason = paused ? AXVM_EXIT_PAUSED : AXVM_EXIT_NONE;
	vm->stop_detail = 0;
	vm_set_state(vm, paused ? AXVM_VM_SUSPENDED : AXVM_VM_RUNNING);
	raw_spin_unlock_irq(&vm->state_lock);
	axvm_arch_vm_time(vm, !paused);
	if (!paused)
		axvm_vm_gate_open(vm, AXVM_REQ_PAUSE);
	wake_up_all(&vm->wq);
	return 0;
}

static int vm_lock(struct axvm_vm *vm)
{
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	if (!READ_ONCE(vm->dead))
		return 0;
	mutex_unlock(&vm->lock);
	return -ENODEV;
}

int axvm_vm_start(struct axvm_vm *vm, const struct axvm_vm_op *op)
{
	int err = vm_lock(vm);

	if (err)
		return err;
	if (vm->state == AXVM_VM_CREATED || vm->state == AXVM_VM_STOPPED)
		err = vm_start(vm, op->flags & AXVM_OP_PAUSED);
	else
		err = -EBADFD;
	mutex_unlock(&vm->lock);
	return err;
}

static bool vm_ended(struct axvm_vm *vm)
{
	u32 state = axvm_vm_state(vm);

	return READ_ONCE(vm->dead) || state == AXVM_VM_STOPPED ||
	       state == AXVM_VM_CREATED;
}

int axvm_vm_stop(struct axvm_vm *vm, const struct axvm_vm_op *op)
{
	int err = vm_lock(vm);
	long left;

	if (err)
		return err;
	if (vm_ended(vm)) {
		mutex_unlock(&vm->lock);
		return -EBADFD;
	}
	if (!(op->flags & AXVM_OP_FORCE) && vm->state == AXVM_VM_RUNNING &&
	    op->timeout_ns && !axvm_arch_ask_poweroff(vm)) {
		mutex_unlock(&vm->lock);
		left = wait_event_interruptible_timeout(
			vm->wq, vm_ended(vm),
			nsecs_to_jiffies(op->timeout_ns) + 1);
		if (left < 0)
			return -EINTR;
		err = vm_lock(vm);
		if (err)
			return err;
	}
	vm_end(vm, AXVM_EXIT_STOPPED, 0); /* no-op if it ended by itself */
	axvm_vm_gate_close(vm, AXVM_REQ_PAUSE);
	mutex_unlock(&vm->lock);
	return 0;
}

/* Somebody suspended it just before the breakpoint could. */
static void vm_suspend_reason(struct axvm_vm *vm, u32 reason, u64 detail)
{
	raw_spin_lock_irq(&vm->state_lock);
	vm->stop_reason = reason;
	vm->stop_detail = detail;
	raw_spin_unlock_irq(&vm->state_lock);
	wake_up_all(&vm->wq);
}

static int vm_suspend(struct axvm_vm *vm, u32 reason, u64 detail,
		      bool time_stops)
{
	int err = vm_lock(vm);

	if (err)
		return err;
	if (vm->state == AXVM_VM_SUSPENDED && reason == AXVM_EXIT_DEBUG) {
		vm_suspend_reason(vm, reason, detail);
		mutex_unlock(&vm->lock);
		return 0;
	}
	if (vm->state != AXVM_VM_RUNNING) {
		mutex_unlock(&vm->lock);
		return -EBADFD;
	}
	axvm_vm_gate_close(vm, AXVM_REQ_PAUSE);
	axvm_vm_unhold(vm);
	if (time_stops)
		axvm_arch_vm_time(vm, false);
	raw_spin_lock_irq(&vm->state_lock);
	if (vm->state == AXVM_VM_RUNNING) {
		vm_set_state(vm, AXVM_VM_SUSPENDED);
		vm->stop_reason = reason;
		vm->stop_detail = detail;
	} else {
		err = -EBADFD; /* it ended on its way out */
	}
	raw_spin_unlock_irq(&vm->state_lock);
	wake_up_all(&vm->wq);
	mutex_unlock(&vm->lock);
	return err;
}

int axvm_vm_suspend(struct axvm_vm *vm, u32 flags)
{
	return vm_suspend(vm, AXVM_EXIT_PAUSED, 0,
			  !(flags & AXVM_OP_TIME_RUNS));
}

int axvm_vm_suspend_for(struct axvm_vm *vm, u32 reason, u64 detail)
{
	return vm_suspend(vm, reason, detail, true);
}

int axvm_vm_resume(struct axvm_vm *vm)
{
	int err = vm_lock(vm);

	if (err)
		return err;
	if (vm->state != AXVM_VM_SUSPENDED) {
		mutex_unlock(&vm->lock);
		return -EBADFD;
	}
	axvm_vm_unbreak(vm);
	axvm_arch_vm_time(vm, true);
	raw_spin_lock_irq(&vm->state_lock);
	vm_set_state(vm, AXVM_VM_RUNNING);
	vm->stop_reason = AXVM_EXIT_NONE;
	vm->stop_detail = 0;
	raw_spin_unlock_irq(&vm->state_lock);
	axvm_vm_gate_open(vm, AXVM_REQ_PAUSE);
	mutex_unlock(&vm->lock);
	return 0;
}

int axvm_vm_reset(struct axvm_vm *vm, const struct axvm_vm_op *op)
{
	int err = vm_lock(vm);

	if (err)
		return err;
	axvm_vm_gate_close(vm, AXVM_REQ_PAUSE);
	/* A VM that never started has no boot registers to go back to. */
	if (vm->state != AXVM_VM_CREATED)
		vm_reset_all(vm);
	raw_spin_lock_irq(&vm->state_lock);
	vm_set_state(vm, AXVM_VM_CREATED);
	vm->stop_reason = AXVM_EXIT_NONE;
	vm->stop_detail = 0;
	raw_spin_unlock_irq(&vm->state_lock);
	wake_up_all(&vm->wq);
	if (op->flags & AXVM_OP_START)
		err = vm_start(vm, op->flags & AXVM_OP_PAUSED);
	mutex_unlock(&vm->lock);
	return err;
}

/* What a waiter looks at: exits by reason, summed over vCPUs. */
static void wait_counts(struct axvm_vm *vm, u64 counts[AXVM_NR_EXITS])
{
	unsigned int i, r;

	memset(counts, 0, sizeof(u64) * AXVM_NR_EXITS);
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = READ_ONCE(vm->vcpus[i]);

		for (r = 0; vcpu && r < AXVM_NR_EXITS; r++)
			counts[r] += READ_ONCE(vcpu->exit_counts[r]);
	}
}

static bool wait_last_exit(struct axvm_vm *vm, struct axvm_vm_wait *arg)
{
	unsigned int i;

	for (i = 0; arg->reasons && i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = READ_ONCE(vm->vcpus[i]);
		u32 r = vcpu ? READ_ONCE(vcpu->exits.last_reason) : 0;

		if (!r || r >= AXVM_NR_EXITS || !(arg->reasons & BIT_ULL(r)))
			continue;
		arg->reason = r;
		arg->vcpu = i;
		return true;
	}
	return false;
}

static bool wait_new_exit(struct axvm_vm *vm, struct axvm_vm_wait *arg,
			  const u64 before[AXVM_NR_EXITS])
{
	u64 now[AXVM_NR_EXITS];
	unsigned int r;

	if (!arg->reasons)
		return false;
	wait_counts(vm, now);
	for (r = 1; r < AXVM_NR_EXITS; r++)
		if (arg->reasons & BIT_ULL(r) && now[r] != before[r]) {
			arg->reason = r;
			return true;
		}
	return false;
}

static bool wait_done(struct axvm_vm *vm, struct axvm_vm_wait *arg,
		      const u64 before[AXVM_NR_EXITS])
{
	bool done;

	arg->reason = AXVM_EXIT_NONE;
	arg->vcpu = 0;
	raw_spin_lock_irq(&vm->state_lock);
	arg->state = vm->state;
	arg->stop_reason = vm->stop_reason;
	arg->stop_detail = vm->stop_detail;
	done = vm->dead || arg->states & BIT(vm->state);
	raw_spin_unlock_irq(&vm->state_lock);
	return done || wait_last_exit(vm, arg) ||
	       wait_new_exit(vm, arg, before);
}

/*
 * Say which exits are waited for, or no longer: a vCPU wakes nobody for the
 * others.
 */
static void wait_announce(struct axvm_vm *vm, u64 reasons, bool begin)
{
	unsigned int r;

	if (!reasons)
		return;
	raw_spin_lock_irq(&vm->state_lock);
	for (r = 0; r < AXVM_NR_EXITS; r++) {
		if (!(reasons & BIT_ULL(r)))
			continue;
		vm->waiters[r] += begin ? 1 : -1;
		if (vm->waiters[r])
			vm->wait_reasons |= BIT_ULL(r);
		else
			vm->wait_reasons &= ~BIT_ULL(r);
	}
	raw_spin_unlock_irq(&vm->state_lock);
	smp_mb(); /* before counts are read; pairs with exit_has_sleeper() */
}

static long wait_sleep(struct axvm_vm *vm, struct axvm_vm_wait *arg,
		       const u64 before[AXVM_NR_EXITS])
{
	unsigned long jiffies = 0;

	if (arg->timeout_ns == ~0ull)
		return wait_event_interruptible(vm->wq, wait_done(vm, arg, before)) ?:
			       1;
	if (arg->timeout_ns)
		jiffies = nsecs_to_jiffies(arg->timeout_ns) + 1;
	return wait_event_interruptible_timeout(
		vm->wq, wait_done(vm, arg, before), jiffies);
}

int axvm_vm_wait(struct axvm_vm *vm, struct axvm_vm_wait *arg)
{
	u64 before[AXVM_NR_EXITS];
	long left;

	wait_counts(vm, before);
	wait_announce(vm, arg->reasons, true);
	left = wait_sleep(vm, arg, before);
	wait_announce(vm, arg->reasons, false);
	if (left < 0)
		return -EINTR;
	if (READ_ONCE(vm->dead))
		return -ENODEV;
	return left || wait_done(vm, arg, before) ? 0 : -ETIMEDOUT;
}
