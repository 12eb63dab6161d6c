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
struct vm_area_struct;
struct poll_table_struct;

/**
 * struct axvm_exit_state - one vCPU's records
 * @lock: guards what follows against claimant, completer and vCPU thread
 * @ring: pages shared with the claimant, and private indices (lib/ring.h)
 * @flight: read-only pages, overwriting
 * @seq: last sequence number
 * @last_reason: reason of the last record since START, for waiters
 * @parked: record that waits for an answer (valid if @parked_seq)
 * @parked_seq: its number, 0: none
 * @answer: what came back; @answer_fault; valid if @answered
 * @owner: the descriptor that claimed it, or NULL
 * @eventfd: or NULL
 * @wq: poll() of the claimant
 */
struct axvm_exit_state {
	spinlock_t lock;
	struct axvm_ring_kernel ring;
	struct axvm_flight_kernel flight;
	u64 seq;
	u32 last_reason;
	struct axvm_exit parked;
	u64 parked_seq;
	u64 answer;
	bool answer_fault;
	bool answered;
	const struct file *owner;
	struct eventfd_ctx *eventfd;
	wait_queue_head_t wq;
};

int axvm_exit_init(struct axvm_vcpu *vcpu);
void axvm_exit_free(struct axvm_vcpu *vcpu);
/** Forget parked exit, answer and last reason (START, RESET). */
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
 *
 * Return: AXVM_RUN_RESUME: recorded and completed; AXVM_RUN_EXIT: parked (the
 * caller waits for axvm_exit_answered()); AXVM_RUN_STOP: the VM must stop.
 */
enum axvm_run axvm_exit_dispatch(struct axvm_vcpu *vcpu);

/** Has the parked exit been answered?  Lockless look, any context. */
bool axvm_exit_answered(struct axvm_vcpu *vcpu);
/** Is one parked? */
bool axvm_exit_parked(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_finish() - consume the answer: completes the instruction
 * (vCPU's own thread)
 * Return: as axvm_arch_vcpu_complete().
 */
enum axvm_run axvm_exit_finish(struct axvm_vcpu *vcpu);

/* ioctls of the vCPU descriptor */
int axvm_exit_claim(struct axvm_vcpu *vcpu, struct file *file,
		    const struct axvm_vcpu_claim *arg);
/** Descriptor closed: drop the claim if @file holds it. */
void axvm_exit_unclaim(struct axvm_vcpu *vcpu, const struct file *file);
int axvm_exit_complete(struct axvm_vcpu *vcpu, const struct file *file,
		       const struct axvm_vcpu_complete *arg);
/** Answer from AXVM_VCPU_RUN (no claim needed: the caller runs the vCPU). */
int axvm_exit_answer(struct axvm_vcpu *vcpu, u64 data, bool fault);
int axvm_exit_mmap(struct axvm_vcpu *vcpu, struct file *file,
		   struct vm_area_struct *vma);
__poll_t axvm_exit_poll(struct axvm_vcpu *vcpu, struct file *file,
			struct poll_table_struct *pt);

#endif /* AXVM_EXIT_H */
