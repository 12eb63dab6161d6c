/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exit records: the flight recorder of every vCPU, the ring of its claimant,
 * and the parked exit that waits for an answer.
 */
#ifndef AXVM_EXIT_H
#define AXVM_EXIT_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include "uapi/axvm.h"
#include "module/lib/types.h"
#include "module/lib/ring.h"

struct axvm_vm;
struct axvm_vcpu;
struct eventfd_ctx;
struct file;
struct page;
struct vm_area_struct;
struct poll_table_struct;

/**
 * struct axvm_exit_pages - pages that the kernel writes and userspace maps
 * @nr: pages
 * @addr: where the kernel sees them
 * @page: the pages; a user mapping holds its own references on them
 */
struct axvm_exit_pages {
	unsigned int nr;
	void *addr;
	struct page *page[];
};

/**
 * struct axvm_exit_state - one vCPU's records
 *
 * Legend: (c) constant after axvm_exit_init(); (k) @lock; (o) the vCPU's own
 * thread; (ko) written by it under @lock, read by it or under @lock.
 *
 * @lock: claimant and completer against the vCPU thread
 * @ring: (k) private indices of the ring (lib/ring.h)
 * @ring_pages: (k) shared with the claimant; each claim has new ones
 * @flight: (o) indices of the flight recorder
 * @flight_pages: (k) set once, read-only for userspace, overwriting
 * @seq: (o) last sequence number
 * @last_reason: (o) reason of the last record since START; read lockless by
 *	AXVM_VM_WAIT
 * @parked_seq: (o) number of the record that waits for an answer, 0: none;
 *	read anywhere, see axvm_exit_parked_record()
 * @parked_ns: (o) its time; read with @parked_seq
 * @late: (o) somebody must be told of the parked record yet
 * @kept: (ko) @parked is a copy of it, as other records came later
 * @parked: (ko) see @kept
 * @answered: (k) @answer and @answer_fault are valid; cleared by (o) while
 *	nothing is parked; read lockless
 * @answer: (k) what came back
 * @answer_ns: (k) how long after the record
 * @answer_fault: (k) the access faults instead
 * @owner: (k) the descriptor that claimed it, or NULL; read lockless
 * @eventfd: (k) or NULL
 * @wq: poll() of the claimant; teardown
 */
struct axvm_exit_state {
	spinlock_t lock;
	struct axvm_ring_kernel ring;
	struct axvm_exit_pages *ring_pages;
	struct axvm_flight_kernel flight;
	struct axvm_exit_pages *flight_pages;
	u64 seq;
	u32 last_reason;
	u64 parked_seq;
	u64 parked_ns;
	bool late;
	bool kept;
	bool answered;
	u64 answer;
	u64 answer_ns;
	bool answer_fault;
	const struct file *owner;
	struct eventfd_ctx *eventfd;
	wait_queue_head_t wq;
	struct axvm_exit parked;
};

/*
 * Internal flag of a record that is not published yet: its range is for
 * userspace, nobody needs to look that up again.
 */
#define AXVM_EXIT_TO_USER (1u << 31)

/**
 * axvm_exit_zero() - an empty record
 *
 * Stores in a row: for so little a call of memset() costs more, and every
 * record begins here.
 */
static __always_inline void axvm_exit_zero(struct axvm_exit *e)
{
	u64 *word = (u64 *)e;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < sizeof(*e) / sizeof(*word); i++)
		WRITE_ONCE(word[i], 0);
}

void axvm_exit_init(struct axvm_vcpu *vcpu);
/**
 * axvm_exit_flight() - make the flight recorder, unless there is one: before
 * the vCPU runs, or before somebody maps it (process)
 *
 * Return: 0, -ENOMEM.
 */
int axvm_exit_flight(struct axvm_vcpu *vcpu);
/** Nobody runs it, no descriptor is open. */
void axvm_exit_free(struct axvm_vcpu *vcpu);
/** Forget parked exit, answer and last reason (START, RESET; vCPU out). */
void axvm_exit_reset(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_record() - number, time-stamp and publish vcpu->exit
 * (vCPU's own thread, process context)
 *
 * Into the flight recorder always, into the ring if there is a claimant;
 * counts it, wakes waiters of AXVM_VM_WAIT and poll().
 */
void axvm_exit_record(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_dispatch() - what becomes of vcpu->exit (policy of its range)
 * (vCPU's own thread, process context)
 *
 * Records it unless it was an eventfd's write, or the VM stops.
 * Return: AXVM_RUN_RESUME: completed.  AXVM_RUN_EXIT: either it is parked
 * (axvm_exit_parked(); wait for axvm_exit_answered(), then
 * axvm_exit_finish()), or it was completed and vcpu->exit is the next record
 * of the same instruction: look at requests, then dispatch again.
 * AXVM_RUN_STOP: the VM must stop; the caller records it.
 */
enum axvm_run axvm_exit_dispatch(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_parked_record() - the record @seq, which is parked, or was a moment
 * ago (es->lock, or its own thread)
 */
const struct axvm_exit *
axvm_exit_parked_record(const struct axvm_exit_state *es, u64 seq);
/** Wake whoever waits for a record (process context). */
void axvm_exit_wake(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_finish() - consume the answer: completes the instruction
 * (vCPU's own thread)
 * Return: as axvm_arch_vcpu_complete(): RESUME, or EXIT: vcpu->exit is a new
 * record to dispatch.  EXIT with axvm_exit_parked() still true: no answer yet.
 * STOP: as axvm_exit_dispatch().
 */
enum axvm_run axvm_exit_finish(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_answer() - the answer that comes with AXVM_VCPU_RUN (vCPU's own
 * thread; no claim needed: the caller runs the vCPU)
 * @now: finish the instruction, too, as axvm_exit_finish() would
 * @r: out, with @now: what that returns
 *
 * Return: 0; -ENOENT nothing is parked, or somebody else has answered.
 */
int axvm_exit_answer(struct axvm_vcpu *vcpu, u64 data, bool fault, bool now,
		     enum axvm_run *r);

/* ioctls of the vCPU descriptor */
int axvm_exit_claim(struct axvm_vcpu *vcpu, const struct file *file,
		    const struct axvm_vcpu_claim *arg);
/** Descriptor closed: drop the claim if @file holds it. */
void axvm_exit_unclaim(struct axvm_vcpu *vcpu, const struct file *file);
int axvm_exit_complete(struct axvm_vcpu *vcpu, const struct file *file,
		       const struct axvm_vcpu_complete *arg);
/** The parked exit, which has no answer yet, gets one (@es->lock held). */
void axvm_exit_set_answer(struct axvm_exit_state *es, u64 data, bool fault);
int axvm_exit_mmap(struct axvm_vcpu *vcpu, struct file *file,
		   struct vm_area_struct *vma);
__poll_t axvm_exit_poll(struct axvm_vcpu *vcpu, struct file *file,
			struct poll_table_struct *pt);

#endif /* AXVM_EXIT_H */
