/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs with an image of tests/guest/x86: memory, entry, the results page.
 */
#ifndef SELFTEST_X86_IMAGE_H
#define SELFTEST_X86_IMAGE_H

#include <stdint.h>

#include "tests/selftest/image.h"

struct vm;

/* No memory from here to 1 MiB. */
#define IMAGE_REAL_HOLE 0xa0000ull

/** A VM with 16 MiB, the image and vCPU 0 at its entry. */
void image_vm(struct vm *vm, const char *name, uint32_t vm_flags,
	      uint32_t vcpu_flags);
/** The registers that start.S wants in a vCPU. */
void image_entry(struct vm *vm, unsigned int index);
/** Argument @n, a word of the results page, result @n. */
void set_arg(struct vm *vm, unsigned int n, uint64_t value);
uint64_t word(struct vm *vm, unsigned int n);
uint64_t out(struct vm *vm, unsigned int n);
/** The guest ran to its end without a fault that it did not expect. */
void check_done(struct vm *vm);

#endif /* SELFTEST_X86_IMAGE_H */
