/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the outer run loop (vcpu_thread.c) and its two users share: the vCPU's
 * kernel thread, and AXVM_VCPU_RUN (vcpu_sync.c).
 */
#ifndef AXVM_LOOP_H
#define AXVM_LOOP_H

#include "module/trace.h"
#include "module/vm.h"

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

/* Requests that keep a vCPU out for long. */
#define GATE_BITS (BIT(AXVM_REQ_PAUSE) | BIT(AXVM_REQ_FREEZE))

/* A step that is allowed wherever it is made: RUNNING, and out of it. */
static inline void axvm_loop_step(struct axvm_vcpu *vcpu, u32 state, u32 wait)
{
	trace_axvm_vcpu_state(vcpu, state, wait);
	WRITE_ONCE(vcpu->wait_why, wait);
	WRITE_ONCE(vcpu->state, state);
}

/** What blocks it; looks only, also by the sleeper, without run_lock. */
enum vcpu_block axvm_loop_blocked(struct axvm_vcpu *vcpu);
/** Do what the end of a stay asks for, where it may sleep. */
void axvm_loop_handle(struct axvm_vcpu *vcpu, enum axvm_run r);
/** Run until something blocks it; run_lock is held.  @since: its begin. */
enum vcpu_block axvm_loop_run(struct axvm_vcpu *vcpu, u64 since);
/** First time asleep in this HLT or WFI: one record, and is it for ever? */
void axvm_loop_fall_asleep(struct axvm_vcpu *vcpu);
/** What userspace sees of a vCPU that does not run. */
void axvm_loop_show_block(struct axvm_vcpu *vcpu, enum vcpu_block block);
/** Before a sleep: gives run_lock up. */
void axvm_loop_sleep_begin(struct axvm_vcpu *vcpu, enum vcpu_block block);
/** After it: takes run_lock.  @since: when it began. */
void axvm_loop_sleep_end(struct axvm_vcpu *vcpu, enum vcpu_block block,
			 u64 since);

#endif /* AXVM_LOOP_H */
