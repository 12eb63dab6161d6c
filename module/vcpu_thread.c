// SPDX-License-Identifier: GPL-2.0
/*
 * The outer run loop of a vCPU: what lets it in, what it does with each end
 * of a stay in the guest, where it sleeps.  One loop serves the vCPU's kernel
 * thread and AXVM_VCPU_RUN in the caller's own thread.
 *
 * The loop runs with run_lock held and sleeps without it.  While it sleeps,
 * anybody may visit the vCPU; what ends the sleep is recomputed from the
 * vCPU's flags by vcpu_blocked(), so there is no state to be lost.
 */
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/profile.h"
#include "module/trace.h"

/* Why a vCPU cannot run now, most pressing first. */
enum vcpu_block {
	BLOCK_NONE,
	BLOCK_GATE, /* VM not running, or host suspending */
	BLOCK_VISITOR,
	BLOCK_ENDED,
	BLOCK_OFF,
	BLOCK_BREAK, /* hit a breakpoint, or held by a debugger */
	BLOCK_PARKED,
	BLOCK_HALT,
	BLOCK_SIGNAL, /* AXVM_VCPU_RUN only */
};

#define GATE_BITS (BIT(AXVM_REQ_PAUSE) | BIT(AXVM_REQ_FREEZE))

/* Looks only; also evaluated by the sleeper, without run_lock. */
static enum vcpu_block vcpu_blocked(struct axvm_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->requests) & GATE_BITS)
		return BLOCK_GATE;
	if (atomic_read(&vcpu->visitors))
		return BLOCK_VISITOR;
	if (READ_ONCE(vcpu->ended))
		return BLOCK_ENDED;
	if (READ_ONCE(vcpu->broken) || READ_ONCE(vcpu->held))
		return BLOCK_BREAK;
	if (READ_ONCE(vcpu->off))
		return BLOCK_OFF;
	if (axvm_exit_parked(vcpu) && !axvm_exit_answered(vcpu))
		return BLOCK_PARKED;
	if (READ_ONCE(vcpu->halted) && !axvm_arch_vcpu_can_wake(vcpu))
		return BLOCK_HALT;
	if (vcpu->sync && signal_pending(current))
		return BLOCK_SIGNAL;
	return BLOCK_NONE;
}

/* The VM ends with vcpu->exit. */
static void vcpu_stop(struct axvm_vcpu *vcpu)
{
	vcpu->exit.flags = AXVM_EXIT_STOPS;
	WRITE_ONCE(vcpu->ended, true);
	axvm_exit_record(vcpu);
	axvm_vm_stop_from(vcpu->vm, &vcpu->exit);
}

static void vcpu_power_off(struct axvm_vcpu *vcpu)
{
	axvm_exit_record(vcpu);
	axvm_vm_live(vcpu, false);
	WRITE_ONCE(vcpu->off, true);
	/* Pairs with the architecture's own before axvm_vcpu_power_on(). */
	smp_mb();
	if (axvm_arch_vcpu_stays_off(vcpu))
		return;
	WRITE_ONCE(vcpu->off, false);
	axvm_vm_live(vcpu, true);
}

static void count_fill(struct axvm_vcpu *vcpu, u64 block, bool split)
{
	if (block >= 1ull << 30)
		axvm_stat(vcpu, faults_1g, 1);
	else if (block >= 1ull << 21)
		axvm_stat(vcpu, faults_2m, 1);
	else if (block)
		axvm_stat(vcpu, faults_4k, 1);
	if (split)
		axvm_stat(vcpu, exec_splits, 1);
}

/* No page could be had: the vCPU parks, an answer makes it try again. */
static enum axvm_run vcpu_no_memory(struct axvm_vcpu *vcpu)
{
	memset(&vcpu->exit, 0, sizeof(vcpu->exit));
	vcpu->exit.reason = AXVM_EXIT_MEMORY;
	vcpu->exit.gpa = vcpu->fault.gpa;
	vcpu->exit.gva = vcpu->fault.gva_valid ? vcpu->fault.gva : 0;
	vcpu->exit.qual = vcpu->fault.prot;
	return AXVM_RUN_EXIT;
}

/* A nested translation fault: memory to fill, or nothing we know as memory. */
static enum axvm_run vcpu_fault(struct axvm_vcpu *vcpu)
{
	u64 added = axvm_mem_added(&vcpu->vm->mem);
	u64 page = (vcpu->fault.gpa & PAGE_MASK) | 1;
	bool split;
	u64 block;
	int err;

	/* A device of userspace's: the same page again and again. */
	if (vcpu->hole == page && vcpu->hole_added == added) {
		vcpu->fault.hole = true;
		return axvm_arch_vcpu_mmio(vcpu);
	}
	err = axvm_mem_fault(vcpu->vm, vcpu->fault.gpa, vcpu->fault.prot,
			     &block, &split);
	if (!err) {
		count_fill(vcpu, block, split);
		return AXVM_RUN_RESUME;
	}
	if (err == -ENOMEM)
		return vcpu_no_memory(vcpu);
	vcpu->fault.hole = err == -ENOENT;
	if (vcpu->fault.hole) {
		vcpu->hole = page;
		vcpu->hole_added = added;
	}
	return axvm_arch_vcpu_mmio(vcpu);
}

/* Do what the end of a stay asks for, where it may sleep. */
static void vcpu_handle(struct axvm_vcpu *vcpu, enum axvm_run r)
{
	for (;;) {
		switch (r) {
		case AXVM_RUN_RESUME:
			return;
		case AXVM_RUN_WAIT:
			WRITE_ONCE(vcpu->halted, true);
			vcpu->asleep = false;
			return;
		case AXVM_RUN_SLOW:
			r = axvm_arch_vcpu_slow(vcpu);
			break;
		case AXVM_RUN_FAULT:
			r = vcpu_fault(vcpu);
			break;
		case AXVM_RUN_EXIT:
			r = axvm_exit_dispatch(vcpu);
			if (r == AXVM_RUN_EXIT) {
				vcpu->again = !axvm_exit_parked(vcpu);
				return;
			}
			break;
		case AXVM_RUN_STOP:
			vcpu_stop(vcpu);
			return;
		case AXVM_RUN_OFF:
			vcpu_power_off(vcpu);
			return;
		case AXVM_RUN_BREAK:
			axvm_vcpu_break(vcpu);
			return;
		}
	}
}

/* Something stands between the vCPU and its next entry. */
static bool vcpu_unfinished(struct axvm_vcpu *vcpu)
{
	return vcpu->halted || vcpu->again || axvm_exit_parked(vcpu);
}

/*
 * Ready to run: leave the halted state, take up an answer, or dispatch the
 * next record of an instruction that has several.
 */
static void vcpu_prepare(struct axvm_vcpu *vcpu)
{
	if (vcpu->halted) {
		WRITE_ONCE(vcpu->halted, false);
		axvm_arch_vcpu_woken(vcpu);
		axvm_vm_live(vcpu, true);
	}
	if (axvm_exit_parked(vcpu)) {
		vcpu_handle(vcpu, axvm_exit_finish(vcpu));
	} else if (vcpu->again) {
		vcpu->again = false;
		vcpu_handle(vcpu, AXVM_RUN_EXIT);
	}
}

/* A step that is allowed wherever it is made: RUNNING, and out of it. */
static void vcpu_step(struct axvm_vcpu *vcpu, u32 state, u32 wait)
{
	trace_axvm_vcpu_state(vcpu, state, wait);
	WRITE_ONCE(vcpu->wait_why, wait);
	WRITE_ONCE(vcpu->state, state);
}

/* Time since then; a record that has just been made knows what it is. */
static u64 vcpu_loop_ns(struct axvm_vcpu *vcpu, enum vcpu_block block,
			u64 since)
{
	u64 end = vcpu->exit.time_ns;

	if (block != BLOCK_PARKED || vcpu->exit.seq != vcpu->exits.parked_seq)
		end = ktime_get_ns();
	/* It may have been parked before, and nobody answered. */
	return end > since ? end - since : 0;
}

/*
 * Its CPU is not ours: given back, or never to be had again.  Let others have
 * it; the scheduler finds another place if there is one.
 */
static void vcpu_wait_cpu(struct axvm_vcpu *vcpu)
{
	mutex_unlock(&vcpu->run_lock);
	schedule_timeout_idle(1);
	mutex_lock(&vcpu->run_lock);
}

/*
 * Run until something blocks it; run_lock is held.  @since: when that began.
 * A record that waits for AXVM_VCPU_RUN's caller is on its way out at once:
 * what came since waits for the next call.
 */
static enum vcpu_block vcpu_loop(struct axvm_vcpu *vcpu, u64 since)
{
	enum vcpu_block block;

	lockdep_assert_held(&vcpu->run_lock);
	for (;;) {
		/* Cleared before visitors and answers are looked at. */
		axvm_vcpu_take(vcpu, AXVM_REQ_SYNC);
		axvm_vcpu_take(vcpu, AXVM_REQ_EVENT);
		block = vcpu_blocked(vcpu);
		if (block)
			break;
		if (vcpu->state == AXVM_VCPU_BLOCKED)
			vcpu_step(vcpu, AXVM_VCPU_RUNNING, AXVM_WAIT_NONE);
		else if (vcpu->state != AXVM_VCPU_RUNNING)
			axvm_vcpu_set_state(vcpu, AXVM_VCPU_RUNNING,
					    AXVM_WAIT_NONE);
		if (vcpu_unfinished(vcpu)) {
			vcpu_prepare(vcpu);
			continue;
		}
		vcpu_handle(vcpu, axvm_arch_vcpu_run(vcpu));
		if (axvm_exit_parked(vcpu)) {
			block = BLOCK_PARKED;
			if (vcpu->sync)
				break;
			continue; /* on its way to sleep */
		}
		if (unlikely(axvm_cpu_lost()))
			vcpu_wait_cpu(vcpu);
		cond_resched();
	}
	axvm_stat(vcpu, run_ns, vcpu_loop_ns(vcpu, block, since));
	return block;
}

static const u32 block_wait[] = {
	[BLOCK_GATE] = AXVM_WAIT_SUSPENDED, [BLOCK_ENDED] = AXVM_WAIT_ENDED,
	[BLOCK_OFF] = AXVM_WAIT_OFF,	    [BLOCK_BREAK] = AXVM_WAIT_SUSPENDED,
	[BLOCK_PARKED] = AXVM_WAIT_PARKED,  [BLOCK_HALT] = AXVM_WAIT_HALT,
};

/* First time asleep in this HLT or WFI: one record, and is it for ever? */
static void vcpu_fall_asleep(struct axvm_vcpu *vcpu)
{
	if (vcpu->asleep)
		return;
	vcpu->asleep = true;
	axvm_stat(vcpu, halts, 1);
	axvm_exit_record(vcpu);
	if (!axvm_arch_vcpu_may_wake(vcpu))
		axvm_vm_live(vcpu, false);
}

/* What userspace sees of a vCPU that does not run. */
static void vcpu_show_block(struct axvm_vcpu *vcpu, enum vcpu_block block)
{
	u32 vm_state = axvm_vm_state(vcpu->vm);

	if (vm_state == AXVM_VM_STOPPED || vm_state == AXVM_VM_CREATED) {
		/* READY: vm_start() has booted it, the VM is about to run. */
		if (vcpu->state != AXVM_VCPU_FREE &&
		    vcpu->state != AXVM_VCPU_READY)
			axvm_vcpu_set_state(vcpu, AXVM_VCPU_FREE,
					    AXVM_WAIT_NONE);
	} else if (vcpu->state == AXVM_VCPU_FREE) {
		return; /* reset: the VM's own state follows at once */
	} else if (block == BLOCK_VISITOR || block == BLOCK_SIGNAL) {
		axvm_vcpu_set_state(vcpu, AXVM_VCPU_READY, AXVM_WAIT_NONE);
	} else {
		axvm_vcpu_set_state(vcpu, AXVM_VCPU_BLOCKED, block_wait[block]);
	}
}

/* Before sleeping, with run_lock; then the sleep itself, without. */
static void vcpu_sleep_begin(struct axvm_vcpu *vcpu, enum vcpu_block block)
{
	if (block == BLOCK_HALT)
		vcpu_fall_asleep(vcpu);
	else if (block != BLOCK_PARKED)
		axvm_profile_forget(vcpu);
	vcpu_show_block(vcpu, block);
	mutex_unlock(&vcpu->run_lock);
}

static void vcpu_sleep_end(struct axvm_vcpu *vcpu, enum vcpu_block block,
			   u64 since)
{
	mutex_lock(&vcpu->run_lock);
	if (block == BLOCK_HALT) {
		axvm_stat(vcpu, halt_ns, ktime_get_ns() - since);
		axvm_stat(vcpu, wakeups, 1);
	}
}

static void vcpu_switched(struct axvm_watch *watch)
{
	axvm_arch_vcpu_switched(container_of(watch, struct axvm_vcpu, watch));
}

static int vcpu_thread(void *data)
{
	struct axvm_vcpu *vcpu = data;
	enum vcpu_block block;
	u64 since;

	rcu_assign_pointer(vcpu->task, current);
	vcpu->watched = axvm_watch_begin(&vcpu->watch, vcpu_switched);
	mutex_lock(&vcpu->run_lock);
	while (!kthread_should_stop()) {
		block = vcpu_loop(vcpu, ktime_get_ns());
		since = ktime_get_ns();
		vcpu_sleep_begin(vcpu, block);
		rcuwait_wait_event(&vcpu->wait,
				   kthread_should_stop() ||
					   vcpu_blocked(vcpu) != block,
				   TASK_IDLE);
		vcpu_sleep_end(vcpu, block, since);
	}
	mutex_unlock(&vcpu->run_lock);
	if (vcpu->watched)
		axvm_watch_end(&vcpu->watch);
	vcpu->watched = false;
	RCU_INIT_POINTER(vcpu->task, NULL);
	return 0;
}

/** axvm_vcpu_thread_create() - make the vCPU's thread; it waits at the gate */
int axvm_vcpu_thread_create(struct axvm_vcpu *vcpu)
{
	struct task_struct *thread;

	thread = kthread_create(vcpu_thread, vcpu, "axvm%llu/%u", vcpu->vm->id,
				vcpu->index);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	get_task_struct(thread);
	set_cpus_allowed_ptr(thread, &vcpu->affinity);
	WRITE_ONCE(vcpu->thread, thread);
	wake_up_process(thread);
	return 0;
}

/*
 * The answer that comes with AXVM_VCPU_RUN.  With nothing in the way the
 * instruction is finished on the spot.  @since: out: when that was.
 */
static int sync_answer(struct axvm_vcpu *vcpu, const struct axvm_vcpu_run *arg,
		       u64 *since)
{
	bool now = !(READ_ONCE(vcpu->requests) & GATE_BITS) &&
		   !atomic_read(&vcpu->visitors) && !vcpu->ended &&
		   !vcpu->broken && !vcpu->off && !vcpu->halted;
	enum axvm_run r = AXVM_RUN_RESUME;
	int err;

	if (!(arg->flags & AXVM_VCPU_RUN_ANSWER)) {
		*since = ktime_get_ns();
		return arg->answer || arg->flags ? -EINVAL : 0;
	}
	err = axvm_exit_answer(vcpu, arg->answer,
			       arg->flags & AXVM_VCPU_RUN_FAULT, now, &r);
	if (err)
		return err;
	*since = vcpu->exits.parked.time_ns + vcpu->exits.answer_ns;
	if (r != AXVM_RUN_RESUME)
		vcpu_handle(vcpu, r);
	return 0;
}

static bool sync_must_return(struct axvm_vcpu *vcpu)
{
	u32 state = axvm_vm_state(vcpu->vm);

	return READ_ONCE(vcpu->vm->dead) || signal_pending(current) ||
	       (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED);
}

/* Sleep in the caller's thread.  0, or why AXVM_VCPU_RUN returns. */
static int sync_sleep(struct axvm_vcpu *vcpu, enum vcpu_block block)
{
	u64 since = ktime_get_ns();

	vcpu_sleep_begin(vcpu, block);
	rcuwait_wait_event(&vcpu->wait,
			   sync_must_return(vcpu) ||
				   vcpu_blocked(vcpu) != block,
			   TASK_INTERRUPTIBLE);
	vcpu_sleep_end(vcpu, block, since);
	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	return signal_pending(current) ? -EINTR : 0;
}

/* What ended vcpu_loop() is no record to answer.  1: *@out is filled. */
static int sync_other(struct axvm_vcpu *vcpu, enum vcpu_block block, bool ended,
		      bool asleep, struct axvm_exit *out)
{
	u32 state = axvm_vm_state(vcpu->vm);

	if (block == BLOCK_BREAK) {
		WRITE_ONCE(vcpu->broken, false);
		*out = vcpu->exit;
		return 1;
	}
	if (state == AXVM_VM_STOPPED &&
	    (vcpu->ended != ended || vcpu->asleep != asleep)) {
		*out = vcpu->exit; /* what ended it happened here */
		return 1;
	}
	if (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED)
		return -EBADFD;
	if (block == BLOCK_SIGNAL)
		return -EINTR;
	return sync_sleep(vcpu, block);
}

static int sync_run(struct axvm_vcpu *vcpu, struct axvm_vcpu_run *arg)
{
	bool ended = vcpu->ended, asleep = vcpu->asleep;
	struct axvm_exit *out = &arg->exit;
	enum vcpu_block block;
	u64 since;
	int err;

	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	err = sync_answer(vcpu, arg, &since);
	if (err)
		return err;
	for (;;) {
		block = vcpu_loop(vcpu, since);
		if (likely(block == BLOCK_PARKED)) {
			*out = vcpu->exits.parked;
			if (likely(vcpu->state == AXVM_VCPU_RUNNING &&
				   axvm_vm_state(vcpu->vm) == AXVM_VM_RUNNING))
				vcpu_step(vcpu, AXVM_VCPU_BLOCKED,
					  AXVM_WAIT_PARKED);
			else
				vcpu_show_block(vcpu, block);
			return 0;
		}
		if (block == BLOCK_HALT)
			vcpu_fall_asleep(vcpu);
		err = sync_other(vcpu, block, ended, asleep, out);
		if (!err && READ_ONCE(vcpu->vm->dead))
			err = -ENODEV;
		if (err)
			break;
		since = ktime_get_ns();
	}
	if (err != -ENODEV)
		vcpu_show_block(vcpu, BLOCK_SIGNAL);
	return err < 0 ? err : 0;
}

/**
 * axvm_vcpu_run_sync() - AXVM_VCPU_RUN: the run loop in the caller's thread
 * @vcpu: a sync vCPU
 * @arg: checked for size and flags; @arg->exit is filled
 *
 * sync_busy keeps the vCPU's architecture part alive while a caller sleeps
 * without run_lock; teardown waits for it.
 */
int axvm_vcpu_run_sync(struct axvm_vcpu *vcpu, struct axvm_vcpu_run *arg)
{
	u32 state = axvm_vm_state(vcpu->vm);
	int err;

	if (!vcpu->sync ||
	    (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED))
		return -EBADFD;
	if (atomic_cmpxchg(&vcpu->sync_busy, 0, 1))
		return -EBUSY;
	err = -EINTR;
	if (mutex_lock_interruptible(&vcpu->run_lock))
		goto out_busy;
	rcu_assign_pointer(vcpu->task, current);
	err = sync_run(vcpu, arg);
	RCU_INIT_POINTER(vcpu->task, NULL);
	mutex_unlock(&vcpu->run_lock);
out_busy:
	atomic_set_release(&vcpu->sync_busy, 0);
	/* axvm_vcpu_teardown() waits; pairs with its set_current_state(). */
	if (unlikely(wq_has_sleeper(&vcpu->exits.wq)))
		wake_up_all(&vcpu->exits.wq);
	return err;
}
