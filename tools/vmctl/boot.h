/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Start states: how vCPU 0 finds itself at the configuration's entry point.
 */
#ifndef VMCTL_BOOT_H
#define VMCTL_BOOT_H

#include <stdint.h>

struct config;
struct diags;
struct vm;

/**
 * struct boot_arch - start states of an architecture
 * @check: complain about what the configuration asks for, before a VM is made
 * @setup: set vCPU 0's registers (descriptor @vcpu); VMCTL_*
 */
struct boot_arch {
	void (*check)(const struct config *c, struct diags *d);
	int (*setup)(const struct vm *vm, int vcpu, const struct config *c);
};

extern const struct boot_arch boot_x86, boot_arm64;

/** The one that goes with a backend, or NULL. */
const struct boot_arch *boot_for(uint32_t backend);

/** Where vCPU 0 starts. */
uint64_t boot_entry(const struct config *c);

#endif /* VMCTL_BOOT_H */
