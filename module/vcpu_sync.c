// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VCPU_RUN and AXVM_VCPU_NEXT: the run loop (vcpu_thread.c) in the
 * caller's own thread.
 */
#include <linux/sched/signal.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/loop.h"

/**
 * struct sync_call - one call of AXVM_VCPU_RUN or AXVM_VCPU_NEXT
 * @flags: AXVM_VCPU_RUN_*
 * @answer: with AXVM_VCPU_RUN_ANSWER
 * @out: where the record goes; NULL: the caller reads the flight recorder
 */
struct sync_call {
	u32 flags;
	u64 answer;
	struct axvm_exit *out;
};

static void sync_give(const struct sync_call *call, const struct axvm_exit *e)
{
	if (call->out)
		*call->out = *e;
}

/* Somebody else answered first.  AXVM_VCPU_NEXT does not mind. */
static noinline int sync_unanswered(const struct sync_call *call, int err,
				    u64 *since)
{
	*since = ktime_get_ns();
	return call->out ? err : 0;
}

/*
 * The answer that comes with the call.  With nothing in the way the
 * instruction is finished on the spot.  @since: out: when that was.
 */
static __always_inline int sync_answer(struct axvm_vcpu *vcpu,
				       const struct sync_call *call, u64 *since)
{
	bool now = !((READ_ONCE(vcpu->requests) & GATE_BITS) |
		     READ_ONCE(vcpu->special) |
		     (unsigned int)atomic_read(&vcpu->visitors));
	enum axvm_run r = AXVM_RUN_RESUME;
	int err;

	if (!(call->flags & AXVM_VCPU_RUN_ANSWER)) {
		*since = ktime_get_ns();
		return 0;
	}
	err = axvm_exit_answer(vcpu, call->answer,
			       call->flags & AXVM_VCPU_RUN_FAULT, now, &r);
	if (unlikely(err))
		return sync_unanswered(call, err, since);
	*since = vcpu->exits.parked_ns + vcpu->exits.answer_ns;
	if (unlikely(r != AXVM_RUN_RESUME))
		axvm_loop_handle(vcpu, r);
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

	axvm_loop_sleep_begin(vcpu, block);
	rcuwait_wait_event(&vcpu->wait,
			   sync_must_return(vcpu) ||
				   axvm_loop_blocked(vcpu) != block,
			   TASK_INTERRUPTIBLE);
	axvm_loop_sleep_end(vcpu, block, since);
	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	return signal_pending(current) ? -EINTR : 0;
}

/* What ended axvm_loop_run() is no record to answer.  1: a record is given. */
static int sync_other(struct axvm_vcpu *vcpu, enum vcpu_block block, bool ended,
		      bool asleep, const struct sync_call *call)
{
	u32 state = axvm_vm_state(vcpu->vm);

	if (block == BLOCK_BREAK) {
		WRITE_ONCE(vcpu->broken, false);
		sync_give(call, &vcpu->exit);
		return 1;
	}
	if (state == AXVM_VM_STOPPED &&
	    (vcpu->ended != ended || vcpu->asleep != asleep)) {
		sync_give(call, &vcpu->exit); /* what ended it happened here */
		return 1;
	}
	if (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED)
		return -EBADFD;
	if (block == BLOCK_SIGNAL)
		return -EINTR;
	return sync_sleep(vcpu, block);
}

/* A record waits for the caller's answer. */
static __always_inline void sync_parked(struct axvm_vcpu *vcpu,
					const struct sync_call *call)
{
	if (call->out)
		*call->out = *axvm_exit_parked_record(&vcpu->exits,
						      vcpu->exits.parked_seq);
	if (likely(vcpu->state == AXVM_VCPU_RUNNING &&
		   axvm_vm_state(vcpu->vm) == AXVM_VM_RUNNING))
		axvm_loop_step(vcpu, AXVM_VCPU_BLOCKED, AXVM_WAIT_PARKED);
	else
		axvm_loop_show_block(vcpu, BLOCK_PARKED);
}

/* Until there is a record, whatever it takes. */
static noinline int sync_wait(struct axvm_vcpu *vcpu, enum vcpu_block block,
			      bool ended, bool asleep,
			      const struct sync_call *call)
{
	int err;

	for (;;) {
		if (block == BLOCK_HALT)
			axvm_loop_fall_asleep(vcpu);
		err = sync_other(vcpu, block, ended, asleep, call);
		if (!err && READ_ONCE(vcpu->vm->dead))
			err = -ENODEV;
		if (err)
			break;
		block = axvm_loop_run(vcpu, ktime_get_ns());
		if (block == BLOCK_PARKED) {
			sync_parked(vcpu, call);
			return 0;
		}
	}
	if (err != -ENODEV)
		axvm_loop_show_block(vcpu, BLOCK_SIGNAL);
	return err < 0 ? err : 0;
}

static __always_inline int sync_run(struct axvm_vcpu *vcpu,
				    const struct sync_call *call)
{
	bool ended = vcpu->ended, asleep = vcpu->asleep;
	enum vcpu_block block;
	u64 since;
	int err;

	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	err = sync_answer(vcpu, call, &since);
	if (unlikely(err))
		return err;
	block = axvm_loop_run(vcpu, since);
	if (unlikely(block != BLOCK_PARKED))
		return sync_wait(vcpu, block, ended, asleep, call);
	sync_parked(vcpu, call);
	return 0;
}

/*
 * The run loop in the caller's thread.  sync_busy keeps the vCPU's
 * architecture part alive while a caller sleeps without run_lock; teardown
 * waits for it.
 */
static __always_inline int sync_enter(struct axvm_vcpu *vcpu,
				      struct sync_call *call, bool next)
{
	u32 state = axvm_vm_state(vcpu->vm);
	int err;

	if (!vcpu->sync ||
	    (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED))
		return READ_ONCE(vcpu->vm->dead) ? -ENODEV : -EBADFD;
	if (atomic_cmpxchg(&vcpu->sync_busy, 0, 1))
		return -EBUSY;
	err = -EINTR;
	if (mutex_lock_interruptible(&vcpu->run_lock))
		goto out_busy;
	if (next && axvm_exit_parked(vcpu) && !axvm_exit_answered(vcpu))
		call->flags = AXVM_VCPU_RUN_ANSWER;
	rcu_assign_pointer(vcpu->task, current);
	err = sync_run(vcpu, call);
	RCU_INIT_POINTER(vcpu->task, NULL);
	mutex_unlock(&vcpu->run_lock);
out_busy:
	atomic_set_release(&vcpu->sync_busy, 0);
	/* axvm_vcpu_teardown() waits; pairs with its set_current_state(). */
	if (unlikely(wq_has_sleeper(&vcpu->exits.wq)))
		wake_up_all(&vcpu->exits.wq);
	return err;
}

/**
 * axvm_vcpu_run_sync() - AXVM_VCPU_RUN
 * @vcpu: a sync vCPU
 * @arg: checked for size and flags; @arg->exit is filled
 */
int axvm_vcpu_run_sync(struct axvm_vcpu *vcpu, struct axvm_vcpu_run *arg)
{
	struct sync_call call = { .flags = arg->flags,
				  .answer = arg->answer,
				  .out = &arg->exit };

	if (!(arg->flags & AXVM_VCPU_RUN_ANSWER) && (arg->answer || arg->flags))
		return -EINVAL;
	return sync_enter(vcpu, &call, false);
}

/**
 * axvm_vcpu_run_next() - AXVM_VCPU_NEXT
 * @vcpu: a sync vCPU
 * @answer: of the exit that is parked, if one is
 */
int axvm_vcpu_run_next(struct axvm_vcpu *vcpu, u64 answer)
{
	struct sync_call call = { .answer = answer };

	return sync_enter(vcpu, &call, true);
}
