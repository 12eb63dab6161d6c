/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records that are made where they stay, in the flight recorder's next slot,
 * right after the exit (own thread, atomic, irqs may be off): for accesses
 * that are known to be recorded, or answered by userspace, and while nobody
 * has claimed the vCPU's ring.
 */
#ifndef AXVM_EXIT_QUICK_H
#define AXVM_EXIT_QUICK_H

#include "module/vm.h"

/**
 * axvm_exit_quick_begin() - a place for a record
 *
 * Return: where to write all of it but seq, time_ns, flags and vcpu; then it
 * must be put or parked.  NULL: take the long way.
 */
static __always_inline struct axvm_exit *
axvm_exit_quick_begin(struct axvm_vcpu *vcpu)
{
	if (unlikely(READ_ONCE(vcpu->exits.owner)))
		return NULL;
	return axvm_flight_next(&vcpu->exits.flight);
}

/** Are accesses in @space only recorded, whatever their address? */
static __always_inline bool
axvm_exit_only_recorded(const struct axvm_vcpu *vcpu, unsigned int space)
{
	const struct axvm_buses *buses = &vcpu->vm->buses;

	return !rcu_access_pointer(buses->policy[space]) &&
	       READ_ONCE(buses->fallback[space]) == AXVM_IO_UNCLAIMED;
}

/**
 * axvm_exit_quick_put() - number, time-stamp and publish a record that is done
 * with
 *
 * Return: somebody waits for it: call axvm_exit_wake() where one may sleep.
 */
bool axvm_exit_quick_put(struct axvm_vcpu *vcpu, struct axvm_exit *e);

/**
 * axvm_exit_quick_park() - the same, and it waits for an answer
 *
 * vcpu->exit has in it what axvm_arch_vcpu_complete() looks at.
 * Return: AXVM_RUN_PARKED.
 */
enum axvm_run axvm_exit_quick_park(struct axvm_vcpu *vcpu, struct axvm_exit *e);

/** AXVM_RUN_PARKED: the rest, where one may sleep (own thread). */
void axvm_exit_quick_parked(struct axvm_vcpu *vcpu);

/**
 * axvm_exit_quick_user() - may the next access like the last one that was
 * vcpu->to_user, then with @version, be parked at once?
 */
static __always_inline bool axvm_exit_quick_user(const struct axvm_vcpu *vcpu,
						 u32 version)
{
	return READ_ONCE(vcpu->vm->buses.version) == version;
}

#endif /* AXVM_EXIT_QUICK_H */
