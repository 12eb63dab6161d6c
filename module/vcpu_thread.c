// SPDX-License-Identifier: GPL-2.0
/*
 * The outer run loop of a vCPU: what lets it in, what it does with each end
 * of a stay in the guest, where it sleeps; and the vCPU's kernel thread.  The
 * same loop serves AXVM_VCPU_RUN in its caller's thread (vcpu_sync.c).
 *
 * The loop runs with run_lock held and sleeps without it.  While it sleeps,
 * anybody may visit the vCPU; what ends the sleep is recomputed from the
 * vCPU's flags by axvm_loop_blocked(), so there is no state to be lost.
 */
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/exit_quick.h"
#include "module/loop.h"
#include "module/profile.h"
#include "module/trace.h"

/*
 * The common case at one look: nothing at all keeps it from its next entry.
 * False says nothing.
 */
static __always_inline bool vcpu_clear(const struct axvm_vcpu *vcpu)
{
	return !(READ_ONCE(vcpu->requests) | READ_ONCE(vcpu->special) |
		 READ_ONCE(vcpu->exits.parked_seq) |
		 (unsigned int)atomic_read(&vcpu->visitors)) &&
	       likely(!axvm_task_asked());
}

/* Looks only; also evaluated by the sleeper, without run_lock. */
enum vcpu_block axvm_loop_blocked(struct axvm_vcpu *vcpu)
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
	if (axvm_vcpu_in_hole(vcpu)) {
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
void axvm_loop_handle(struct axvm_vcpu *vcpu, enum axvm_run r)
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
		case AXVM_RUN_PARKED:
			axvm_exit_quick_parked(vcpu);
			return;
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
		axvm_loop_handle(vcpu, axvm_exit_finish(vcpu));
	} else if (vcpu->again) {
		vcpu->again = false;
		axvm_loop_handle(vcpu, AXVM_RUN_EXIT);
	}
}

/* Time since then; a record that has just been made knows what it is. */
static u64 vcpu_loop_ns(struct axvm_vcpu *vcpu, enum vcpu_block block,
			u64 since)
{
	u64 end = block == BLOCK_PARKED ? vcpu->exits.parked_ns :
					  ktime_get_ns();

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
enum vcpu_block axvm_loop_run(struct axvm_vcpu *vcpu, u64 since)
{
	enum vcpu_block block;
	enum axvm_run r;

	lockdep_assert_held(&vcpu->run_lock);
	for (;;) {
		bool clear = vcpu_clear(vcpu);

		if (unlikely(!clear)) {
			/* Before visitors and answers are looked at. */
			axvm_vcpu_take(vcpu, AXVM_REQ_SYNC);
			axvm_vcpu_take(vcpu, AXVM_REQ_EVENT);
			block = axvm_loop_blocked(vcpu);
			if (block)
				break;
		}
		if (vcpu->state == AXVM_VCPU_BLOCKED)
			axvm_loop_step(vcpu, AXVM_VCPU_RUNNING, AXVM_WAIT_NONE);
		else if (vcpu->state != AXVM_VCPU_RUNNING)
			axvm_vcpu_set_state(vcpu, AXVM_VCPU_RUNNING,
					    AXVM_WAIT_NONE);
		if (unlikely(!clear) && vcpu_unfinished(vcpu)) {
			vcpu_prepare(vcpu);
			continue;
		}
		r = axvm_arch_vcpu_run(vcpu);
		if (likely(r == AXVM_RUN_PARKED))
			axvm_exit_quick_parked(vcpu);
		else
			axvm_loop_handle(vcpu, r);
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
void axvm_loop_fall_asleep(struct axvm_vcpu *vcpu)
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
void axvm_loop_show_block(struct axvm_vcpu *vcpu, enum vcpu_block block)
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
void axvm_loop_sleep_begin(struct axvm_vcpu *vcpu, enum vcpu_block block)
{
	if (block == BLOCK_HALT)
		axvm_loop_fall_asleep(vcpu);
	else if (block != BLOCK_PARKED)
		axvm_profile_forget(vcpu);
	axvm_loop_show_block(vcpu, block);
	mutex_unlock(&vcpu->run_lock);
}

void axvm_loop_sleep_end(struct axvm_vcpu *vcpu, enum vcpu_block block,
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
		block = axvm_loop_run(vcpu, ktime_get_ns());
		since = ktime_get_ns();
		axvm_loop_sleep_begin(vcpu, block);
		rcuwait_wait_event(&vcpu->wait,
				   kthread_should_stop() ||
					   axvm_loop_blocked(vcpu) != block,
				   TASK_IDLE);
		axvm_loop_sleep_end(vcpu, block, since);
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
