/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of vCPUs without a kernel thread share (sync.c, next.c): VMs
 * that have one, a thread that is inside it, and a signal that gets it out.
 */
#ifndef SELFTEST_SYNC_VCPU_H
#define SELFTEST_SYNC_VCPU_H

#include <pthread.h>

#include "tests/selftest/harness.h"

/** vm_guest() with a vCPU that its callers run. */
void sync_vm(struct vm *vm, const struct guest *guest, uint64_t arg);

/** SIGALRM, which only interrupts, in @ms, and every @ms if @repeat; 0: none. */
void interrupt_in(unsigned int ms, bool repeat);

/**
 * interrupted() - a signal every @ms gets this thread out of vCPU 0, and
 * guest_spin in there gets on all the same
 * @enter: the call, given the vCPU; must return -EINTR
 * @ms: more where the machine does not get into the guest in that time
 * @calls: at least
 */
void interrupted(const struct vm *vm, int (*enter)(int fd), unsigned int ms,
		 unsigned int calls);

/**
 * struct runner - a thread in a vCPU
 * @thread: to be joined
 * @enter: the call, given @fd
 * @fd: the vCPU's
 * @result: what the call returned
 */
struct runner {
	pthread_t thread;
	int (*enter)(int fd);
	int fd;
	int result;
};

/** A thread that calls @enter for vCPU 0. */
void runner_start(struct runner *r, const struct vm *vm, int (*enter)(int fd));
/** The same, and guest_spin runs in it. */
void runner_spin(struct runner *r, const struct vm *vm, int (*enter)(int fd));
/** Wait for its end. Return: what @enter returned. */
int runner_end(struct runner *r);

#endif /* SELFTEST_SYNC_VCPU_H */
