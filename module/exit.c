// SPDX-License-Identifier: GPL-2.0
/*
 * Exit records in the vCPU's own thread: numbering and publishing them, what
 * the policy of their range makes of them, parking, and completion.  The
 * claimant's side (claim, answer, mmap, poll) is exit_claim.c.
 *
 * es->lock is taken for a record only when somebody has claimed the ring or
 * the record parks, so that an unobserved VM pays for the flight recorder
 * alone.
 */
#include <linux/ktime.h>
#include <linux/nospec.h>

#include "module/arch.h"
#include "module/compat.h"
#include "module/profile.h"
#include "module/trace.h"
#include "module/vm.h"

static void exit_stamp(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = &vcpu->exit;

	e->seq = ++vcpu->exits.seq;
	e->time_ns = ktime_get_ns();
	e->vcpu = vcpu->index;
	if (e->reason >= AXVM_NR_EXITS)
		e->reason = AXVM_EXIT_UNKNOWN;
}

static void exit_count(struct axvm_vcpu *vcpu)
{
	u32 reason = array_index_nospec(vcpu->exit.reason, AXVM_NR_EXITS);
	u64 *count = &vcpu->exit_counts[reason];

	WRITE_ONCE(*count, *count + 1);
	WRITE_ONCE(vcpu->exits.last_reason, reason);
}

/* Under es->lock: tell the claimant, if there is one. */
static void exit_to_owner(struct axvm_vcpu *vcpu, bool park)
{
	struct axvm_exit_state *es = &vcpu->exits;

	lockdep_assert_held(&es->lock);
	if (!es->ring_pages)
		return;
	if (park)
		axvm_ring_park(&es->ring, &vcpu->exit);
	else if (!axvm_ring_put(&es->ring, &vcpu->exit))
		axvm_stat(vcpu, ring_dropped, 1);
	if (es->eventfd)
		axvm_eventfd_signal(es->eventfd);
}

/* Does AXVM_VM_WAIT wait for the last record's reason? */
static bool exit_awaited(struct axvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->wait_reasons) &
	       BIT_ULL(vcpu->exits.last_reason);
}

/*
 * A sleeper has said what it waits for, or queued itself, before it looked at
 * counts, ring or parked_seq; pairs with the barriers in axvm_vm_wait() and in
 * axvm_exit_poll().
 */
static bool exit_has_sleeper(struct axvm_vcpu *vcpu)
{
	smp_mb();
	return exit_awaited(vcpu) || waitqueue_active(&vcpu->exits.wq);
}

void axvm_exit_wake(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	if (!exit_has_sleeper(vcpu))
		return;
	if (exit_awaited(vcpu))
		wake_up_all(&vcpu->vm->wq);
	if (waitqueue_active(&es->wq))
		wake_up_all(&es->wq);
}

static void exit_publish(struct axvm_vcpu *vcpu, bool park)
{
	struct axvm_exit_state *es = &vcpu->exits;

	exit_stamp(vcpu);
	axvm_flight_put(&es->flight, &vcpu->exit);
	exit_count(vcpu);
	/*
	 * Without the lock a claim that is being made may miss this record,
	 * as if it had come before; a parked one it must not miss.
	 */
	if (park || READ_ONCE(es->owner)) {
		spin_lock(&es->lock);
		if (park) {
			es->parked = vcpu->exit;
			es->answered = false;
			WRITE_ONCE(es->parked_seq, vcpu->exit.seq);
		}
		exit_to_owner(vcpu, park);
		spin_unlock(&es->lock);
	}
	trace_axvm_record(vcpu, &vcpu->exit);
	axvm_exit_wake(vcpu);
}

void axvm_exit_record(struct axvm_vcpu *vcpu)
{
	exit_publish(vcpu, false);
}

static enum axvm_run exit_park(struct axvm_vcpu *vcpu)
{
	vcpu->exit.flags |= AXVM_EXIT_WANTS_ANSWER;
	axvm_stat(vcpu, user_exits, 1);
	exit_publish(vcpu, true);
	return AXVM_RUN_EXIT;
}

static u64 all_ones(unsigned int bytes)
{
	return bytes >= 8 ? ~0ull : (1ull << (8 * bytes)) - 1;
}

/* The bits of an answer that a read of this record can take. */
static u64 exit_answer_mask(const struct axvm_exit *e)
{
	switch (e->reason) {
	case AXVM_EXIT_IO_READ:
		return all_ones(e->io.bytes);
	case AXVM_EXIT_MMIO_READ:
		return all_ones(e->mmio.bytes);
	default:
		return ~0ull;
	}
}

/* Nobody is there: all-ones, or the architecture's fault. */
static enum axvm_run exit_unclaimed(struct axvm_vcpu *vcpu)
{
	const struct axvm_exit *e = &vcpu->exit;
	bool fault = e->reason != AXVM_EXIT_HYPERCALL &&
		     axvm_arch_unclaimed_faults(e->reason);

	exit_publish(vcpu, false);
	return axvm_arch_vcpu_complete(vcpu, exit_answer_mask(e), fault);
}

/*
 * An access that cannot be told to anybody.  Where nobody would have been told
 * the guest may have its fault, if the architecture has one for that.
 */
static u32 exit_policy_undecoded(struct axvm_vcpu *vcpu)
{
	const struct axvm_exit *e = &vcpu->exit;

	if (!axvm_arch_unclaimed_faults(e->reason) ||
	    axvm_policy_find(vcpu, AXVM_SPACE_MMIO, e->gpa, 1, false, 0) !=
		    AXVM_IO_UNCLAIMED)
		return AXVM_IO_STOP;
	return AXVM_IO_UNCLAIMED;
}

/* AXVM_IO_* for this record; kinds without a space always stop. */
static u32 exit_policy(struct axvm_vcpu *vcpu)
{
	const struct axvm_exit *e = &vcpu->exit;

	switch (e->reason) {
	case AXVM_EXIT_IO_READ:
	case AXVM_EXIT_IO_WRITE:
		return axvm_policy_find(vcpu, AXVM_SPACE_PIO, e->io.port,
					e->io.bytes,
					e->reason == AXVM_EXIT_IO_WRITE,
					e->io.data);
	case AXVM_EXIT_MMIO_READ:
	case AXVM_EXIT_MMIO_WRITE:
		return axvm_policy_find(vcpu, AXVM_SPACE_MMIO, e->gpa,
					e->mmio.bytes,
					e->reason == AXVM_EXIT_MMIO_WRITE,
					e->mmio.data);
	case AXVM_EXIT_HYPERCALL:
		return axvm_policy_find(vcpu, AXVM_SPACE_HYPERCALL,
					e->hypercall.nr, 1, false, 0);
	case AXVM_EXIT_SYSREG_READ:
	case AXVM_EXIT_SYSREG_WRITE:
		return axvm_policy_find(vcpu, AXVM_SPACE_SYSREG, e->sysreg.id,
					1, e->reason == AXVM_EXIT_SYSREG_WRITE,
					e->sysreg.value);
	case AXVM_EXIT_NESTED_PAGE_FAULT:
		return exit_policy_undecoded(vcpu);
	case AXVM_EXIT_MEMORY:
		return AXVM_IO_USER; /* answered when there is memory again */
	default:
		return AXVM_IO_STOP;
	}
}

enum axvm_run axvm_exit_dispatch(struct axvm_vcpu *vcpu)
{
	vcpu->exit.flags &= AXVM_EXIT_IN_KERNEL;
	switch (exit_policy(vcpu)) {
	case AXVM_IO_USER:
		return exit_park(vcpu);
	case AXVM_IO_STOP:
		return AXVM_RUN_STOP;
	case AXVM_IO_EVENTFD:
		return axvm_arch_vcpu_complete(vcpu, 0, false);
	default:
		return exit_unclaimed(vcpu);
	}
}

/* The space of a record that is answered with all-ones, or -1. */
static int exit_plain_space(const struct axvm_exit *e)
{
	switch (e->reason) {
	case AXVM_EXIT_HYPERCALL:
		return AXVM_SPACE_HYPERCALL;
	case AXVM_EXIT_IO_READ:
	case AXVM_EXIT_IO_WRITE:
		return AXVM_SPACE_PIO;
	default:
		return -1;
	}
}

enum axvm_quick axvm_exit_quick(struct axvm_vcpu *vcpu, u64 *answer)
{
	const struct axvm_buses *buses = &vcpu->vm->buses;
	struct axvm_exit_state *es = &vcpu->exits;
	struct axvm_exit *e = &vcpu->exit;
	int space = exit_plain_space(e);

	if (space < 0 || rcu_access_pointer(buses->policy[space]) ||
	    READ_ONCE(buses->fallback[space]) != AXVM_IO_UNCLAIMED ||
	    READ_ONCE(es->owner))
		return AXVM_QUICK_NO;
	e->flags &= AXVM_EXIT_IN_KERNEL;
	exit_stamp(vcpu);
	axvm_flight_put(&es->flight, e);
	exit_count(vcpu);
	trace_axvm_record(vcpu, e);
	*answer = exit_answer_mask(e);
	return exit_has_sleeper(vcpu) ? AXVM_QUICK_WAKE : AXVM_QUICK_DONE;
}

/*
 * A page could not be had.  Answered: the access is tried again.  Answered
 * with a fault: there is nothing the guest could be told, so the VM stops.
 */
static enum axvm_run exit_finish_memory(struct axvm_vcpu *vcpu, bool fault)
{
	if (!fault)
		return AXVM_RUN_RESUME;
	vcpu->exit.flags &= ~AXVM_EXIT_WANTS_ANSWER;
	return AXVM_RUN_STOP;
}

/* es->lock held, the parked exit is answered: it is parked no longer. */
static void exit_unpark(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	lockdep_assert_held(&es->lock);
	axvm_stat(vcpu, answer_ns, es->answer_ns);
	axvm_flight_answered(&es->flight, es->parked_seq, es->answer_ns);
	/* Others may have been recorded since; no two have the same number. */
	if (vcpu->exit.seq != es->parked_seq)
		vcpu->exit = es->parked;
	es->answered = false;
	WRITE_ONCE(es->parked_seq, 0);
}

static enum axvm_run exit_complete(struct axvm_vcpu *vcpu, u64 data, bool fault)
{
	if (vcpu->exit.reason == AXVM_EXIT_MEMORY)
		return exit_finish_memory(vcpu, fault);
	return axvm_arch_vcpu_complete(
		vcpu, data & exit_answer_mask(&vcpu->exit), fault);
}

enum axvm_run axvm_exit_finish(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;
	bool fault;
	u64 data;

	spin_lock(&es->lock);
	if (!es->parked_seq || !es->answered) {
		spin_unlock(&es->lock);
		return es->parked_seq ? AXVM_RUN_EXIT : AXVM_RUN_RESUME;
	}
	data = es->answer;
	fault = es->answer_fault;
	exit_unpark(vcpu);
	spin_unlock(&es->lock);
	return exit_complete(vcpu, data, fault);
}

int axvm_exit_answer(struct axvm_vcpu *vcpu, u64 data, bool fault, bool now,
		     enum axvm_run *r)
{
	struct axvm_exit_state *es = &vcpu->exits;

	spin_lock(&es->lock);
	if (!es->parked_seq || es->answered) {
		spin_unlock(&es->lock);
		return -ENOENT;
	}
	axvm_exit_set_answer(es, data, fault);
	if (now)
		exit_unpark(vcpu);
	spin_unlock(&es->lock);
	if (now)
		*r = exit_complete(vcpu, data, fault);
	return 0;
}

void axvm_exit_reset(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	spin_lock(&es->lock);
	WRITE_ONCE(es->last_reason, AXVM_EXIT_NONE);
	WRITE_ONCE(es->parked_seq, 0);
	es->answered = false;
	if (es->ring_pages)
		axvm_ring_park(&es->ring, NULL);
	spin_unlock(&es->lock);
	axvm_profile_forget(vcpu);
}
