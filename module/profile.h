/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long each kind of exit keeps its vCPU out of the guest, counted while
 * AXVM_SET_PROFILE is on for its VM.  While it is on for none, an entry or an
 * exit passes a no-op here.
 */
#ifndef AXVM_PROFILE_H
#define AXVM_PROFILE_H

#include <linux/jump_label.h>
#include "module/lib/hist.h"
#include "module/vm.h"

DECLARE_STATIC_KEY_FALSE(axvm_profile_key);

/**
 * struct axvm_profiler - what is counted of a vCPU
 *
 * Legend: (o) the vCPU's own thread, or run_lock while it is out.
 *
 * @on: (o) count
 * @slot: (o) of the exit that it is out for
 * @since_ns: (o) when that was, 0: it is not known
 * @hist: (o) read freely: a reader may miss the last event
 */
struct axvm_profiler {
	bool on;
	unsigned int slot;
	u64 since_ns;
	struct axvm_hist hist[AXVM_HIST_SLOTS];
};

void axvm_profile_note_exit(struct axvm_vcpu *vcpu, u32 hw_reason);
void axvm_profile_note_entry(struct axvm_vcpu *vcpu);

/** The guest was left for @hw_reason, as in axvm_exit (own thread, atomic). */
static __always_inline void axvm_profile_exit(struct axvm_vcpu *vcpu,
					      u32 hw_reason)
{
	if (static_branch_unlikely(&axvm_profile_key))
		axvm_profile_note_exit(vcpu, hw_reason);
}

/** The guest is about to be entered (own thread, atomic). */
static __always_inline void axvm_profile_entry(struct axvm_vcpu *vcpu)
{
	if (static_branch_unlikely(&axvm_profile_key))
		axvm_profile_note_entry(vcpu);
}

/** What comes until the next entry is not its last exit's (run_lock held). */
void axvm_profile_forget(struct axvm_vcpu *vcpu);

/** AXVM_SET_PROFILE, AXVM_SET_NO_PROFILE (process). */
int axvm_profile_set(struct axvm_vm *vm, bool on);
/** The VM is dead, its vCPUs are torn down; no lock is held. */
void axvm_profile_end(struct axvm_vm *vm);
/** A new vCPU of a VM that is profiled (vm->lock held).  0 or -ENOMEM. */
int axvm_profile_init(struct axvm_vcpu *vcpu);
void axvm_profile_free(struct axvm_vcpu *vcpu);
/** AXVM_VM_PROFILE. */
int axvm_profile_get(struct axvm_vm *vm, struct axvm_profile *arg);

#endif /* AXVM_PROFILE_H */
