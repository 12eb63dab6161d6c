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
#include "module/exit_quick.h"
#include "module/profile.h"
#include "module/trace.h"
#include "module/vm.h"

const struct axvm_exit *
axvm_exit_parked_record(const struct axvm_exit_state *es, u64 seq)
{
	return es->kept ? &es->parked : axvm_flight_slot(&es->flight, seq);
}

/*
 * The parked record is read from the flight recorder.  Another one comes,
 * which is rare: others may follow and overwrite it, so it is copied.
 */
static noinline void exit_keep(struct axvm_exit_state *es)
{
	spin_lock(&es->lock);
	if (es->parked_seq && !es->kept) {
		es->parked = *axvm_flight_slot(&es->flight, es->parked_seq);
		es->kept = true;
	}
	spin_unlock(&es->lock);
}

static __always_inline void exit_stamp(struct axvm_vcpu *vcpu,
				       struct axvm_exit *e)
{
	if (unlikely(vcpu->exits.parked_seq))
		exit_keep(&vcpu->exits);
	e->seq = ++vcpu->exits.seq;
	e->time_ns = ktime_get_ns();
	e->vcpu = vcpu->index;
}

static __always_inline void exit_count(struct axvm_vcpu *vcpu, u32 reason)
{
	u64 *count;

	reason = array_index_nospec(reason, AXVM_NR_EXITS);
	count = &vcpu->exit_counts[reason];
	WRITE_ONCE(*count, *count + 1);
	WRITE_ONCE(vcpu->exits.last_reason, reason);
}

/* Tell the claimant, if there is one. */
static noinline void exit_to_owner(struct axvm_vcpu *vcpu, bool park)
{
	struct axvm_exit_state *es = &vcpu->exits;

	spin_lock(&es->lock);
	/* A claimant that guessed its number may have answered already. */
	if (!es->ring_pages || (park && es->answered))
		goto out;
	if (park)
		axvm_ring_park(&es->ring,
			       axvm_exit_parked_record(es, es->parked_seq));
	else if (!axvm_ring_put(&es->ring, &vcpu->exit))
		axvm_stat(vcpu, ring_dropped, 1);
	if (es->eventfd)
		axvm_eventfd_signal(es->eventfd);
out:
	spin_unlock(&es->lock);
}

/*
 * A sleeper has said what it waits for, or queued itself, before it looked at
 * counts, ring or parked_seq; pairs with the barriers in axvm_vm_wait() and in
 * axvm_exit_poll().
 */
static __always_inline bool exit_has_sleeper(struct axvm_vcpu *vcpu)
{
	smp_mb();
	return axvm_exit_awaited(vcpu) || waitqueue_active(&vcpu->exits.wq);
}

void axvm_exit_wake(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	if (axvm_exit_awaited(vcpu))
		wake_up_all(&vcpu->vm->wq);
	if (waitqueue_active(&es->wq))
		wake_up_all(&es->wq);
}

/*
 * Nothing is parked, and nobody but this thread changes that: whoever holds
 * es->lock sees either nothing or all of it.
 */
static __always_inline void exit_set_parked(struct axvm_vcpu *vcpu,
					    const struct axvm_exit *e)
{
	struct axvm_exit_state *es = &vcpu->exits;

	es->kept = false;
	WRITE_ONCE(es->answered, false);
	es->parked_ns = e->time_ns;
	axvm_stat(vcpu, user_exits, 1);
	/* release: whoever sees the number sees the rest */
	smp_store_release(&es->parked_seq, e->seq);
}

/*
 * A claim that is being made may miss a record, as if it had come before; a
 * parked one it must not miss: either it sees the number, or the owner is seen
 * here.  The barrier in exit_has_sleeper() pairs with the one in claim_take().
 */
static __always_inline void exit_publish(struct axvm_vcpu *vcpu, bool park)
{
	struct axvm_exit_state *es = &vcpu->exits;
	bool wake;

	if (vcpu->exit.reason >= AXVM_NR_EXITS)
		vcpu->exit.reason = AXVM_EXIT_UNKNOWN;
	exit_stamp(vcpu, &vcpu->exit);
	axvm_flight_put(&es->flight, &vcpu->exit);
	exit_count(vcpu, vcpu->exit.reason);
	if (park)
		exit_set_parked(vcpu, &vcpu->exit);
	trace_axvm_record(vcpu, &vcpu->exit);
	wake = exit_has_sleeper(vcpu);
	if (unlikely(READ_ONCE(es->owner))) {
		exit_to_owner(vcpu, park);
		wake = true;
	}
	if (unlikely(wake))
		axvm_exit_wake(vcpu);
}

void axvm_exit_record(struct axvm_vcpu *vcpu)
{
	exit_publish(vcpu, false);
}

static enum axvm_run exit_park(struct axvm_vcpu *vcpu)
{
	vcpu->exit.flags = (vcpu->exit.flags & AXVM_EXIT_IN_KERNEL) |
			   AXVM_EXIT_WANTS_ANSWER;
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
	if (likely(vcpu->exit.flags & AXVM_EXIT_TO_USER))
		return exit_park(vcpu);
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

/* ---- quick ones ------------------------------------------------------- */

bool axvm_exit_quick_put(struct axvm_vcpu *vcpu, struct axvm_exit *e)
{
	exit_stamp(vcpu, e);
	e->flags = 0;
	axvm_flight_publish(&vcpu->exits.flight);
	exit_count(vcpu, e->reason);
	trace_axvm_record(vcpu, e);
	return exit_has_sleeper(vcpu);
}

enum axvm_run axvm_exit_quick_park(struct axvm_vcpu *vcpu, struct axvm_exit *e)
{
	struct axvm_exit_state *es = &vcpu->exits;

	exit_stamp(vcpu, e);
	e->flags = AXVM_EXIT_WANTS_ANSWER;
	axvm_flight_publish(&es->flight);
	exit_count(vcpu, e->reason);
	vcpu->exit.seq = e->seq;
	vcpu->exit.reason = e->reason;
	exit_set_parked(vcpu, e);
	trace_axvm_record(vcpu, e);
	/* As in exit_publish(). */
	es->late = exit_has_sleeper(vcpu) || READ_ONCE(es->owner);
	return AXVM_RUN_PARKED;
}

void axvm_exit_quick_parked(struct axvm_vcpu *vcpu)
{
	if (likely(!vcpu->exits.late))
		return;
	if (READ_ONCE(vcpu->exits.owner))
		exit_to_owner(vcpu, true);
	axvm_exit_wake(vcpu);
}

/* ---- answers ---------------------------------------------------------- */

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

/* The parked exit @seq, parked no longer, was answered after @ns. */
static __always_inline void exit_unparked(struct axvm_vcpu *vcpu, u64 seq,
					  u64 ns)
{
	struct axvm_exit_state *es = &vcpu->exits;

	axvm_stat(vcpu, answer_ns, ns);
	/* Others may have been recorded since; no two have the same number. */
	if (unlikely(vcpu->exit.seq != seq))
		vcpu->exit = *axvm_exit_parked_record(es, seq);
	axvm_flight_answered(&es->flight, seq, ns);
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
	u64 data, seq, ns;
	bool fault;

	spin_lock(&es->lock);
	seq = es->parked_seq;
	if (!seq || !es->answered) {
		spin_unlock(&es->lock);
		return seq ? AXVM_RUN_EXIT : AXVM_RUN_RESUME;
	}
	data = es->answer;
	fault = es->answer_fault;
	ns = es->answer_ns;
	WRITE_ONCE(es->parked_seq, 0);
	spin_unlock(&es->lock);
	exit_unparked(vcpu, seq, ns);
	return exit_complete(vcpu, data, fault);
}

/* The claimant may have answered first.  True: it has not. */
static noinline bool exit_answer_owned(struct axvm_exit_state *es, u64 seq)
{
	bool first;

	spin_lock(&es->lock);
	first = !es->answered;
	if (!first)
		WRITE_ONCE(es->parked_seq, seq);
	else if (es->ring_pages)
		axvm_ring_park(&es->ring, NULL);
	spin_unlock(&es->lock);
	return first;
}

/*
 * Answered and finished.  Without a claimant nobody else answers: whoever
 * claims it now sees nothing parked, or is seen here.  Pairs with the barrier
 * in claim_take().
 */
static int exit_answer_now(struct axvm_vcpu *vcpu, u64 data, bool fault,
			   enum axvm_run *r)
{
	struct axvm_exit_state *es = &vcpu->exits;
	u64 seq = es->parked_seq, ns;

	if (!seq || READ_ONCE(es->answered))
		return -ENOENT;
	ns = ktime_get_ns() - es->parked_ns;
	WRITE_ONCE(es->parked_seq, 0);
	smp_mb();
	/* acquire: the answer of one who has given the claim up since */
	if (unlikely(smp_load_acquire(&es->owner) || READ_ONCE(es->answered)) &&
	    !exit_answer_owned(es, seq))
		return -ENOENT;
	es->answer_ns = ns;
	exit_unparked(vcpu, seq, ns);
	*r = exit_complete(vcpu, data, fault);
	return 0;
}

int axvm_exit_answer(struct axvm_vcpu *vcpu, u64 data, bool fault, bool now,
		     enum axvm_run *r)
{
	struct axvm_exit_state *es = &vcpu->exits;
	int err = -ENOENT;

	if (likely(now))
		return exit_answer_now(vcpu, data, fault, r);
	spin_lock(&es->lock);
	if (es->parked_seq && !es->answered) {
		axvm_exit_set_answer(es, data, fault);
		err = 0;
	}
	spin_unlock(&es->lock);
	return err;
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
