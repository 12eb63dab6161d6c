/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs that run the guests of tests/guest/arm64, and the page of their results.
 */
#ifndef SELFTEST_ARM64_TINY_H
#define SELFTEST_ARM64_TINY_H

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "uapi/axvm_arm64.h"

#define TINY_RAM (64u << 20) /* bytes of its memory */

/** A VM with guest @name and one vCPU; @flags are the vCPU's. */
void tiny_make(struct vm *vm, const char *name, uint32_t flags);
/** The same with the platform's devices; skips where there are none. */
void tiny_make_platform(struct vm *vm, const char *name, uint32_t flags);
/** The same with AXVM_VM_* flags, which the host is known to take. */
void tiny_make_vm(struct vm *vm, const char *name, uint32_t vm_flags);
/** vCPU @index begins where the image does, powered on. */
void tiny_entry(struct vm *vm, unsigned int index);
/** Set argument @n. */
void tiny_arg(struct vm *vm, unsigned int n, uint64_t value);
/** Word @n of the results, and result @n. */
uint64_t tiny_word(struct vm *vm, unsigned int n);
uint64_t tiny_out(struct vm *vm, unsigned int n);
/** The guest has come to its end without an exception of its own. */
void tiny_check_done(struct vm *vm);
/** Start it and wait until it has halted. */
void tiny_run(struct vm *vm);

#define SAW(what, want) CHECK_EQ(tiny_out(&vm, what), want)

#endif /* SELFTEST_ARM64_TINY_H */
