/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel devices of an x86 VM: a UART; with vm->platform also interrupt
 * controllers, timers and power management.  What their interrupts go
 * through is intr.h's.
 */
#ifndef AXVM_X86_PLATFORM_H
#define AXVM_X86_PLATFORM_H

#include <linux/types.h>

struct axvm_vm;
struct axvm_x86_platform;

/* The page of the IOAPIC; only its first bytes are registers. */
#define VX86_IOAPIC_BASE 0xfec00000ull
#define VX86_IOAPIC_LEN 0x1000u

/**
 * axvm_x86_platform_init() - make the devices and put them on the buses
 * (process; from axvm_arch_vm_init(), after the core's buses and console)
 *
 * Kept in vm->arch.platform, a struct axvm_x86_platform *.
 * Return: 0, -ENOMEM, -EEXIST.
 */
int axvm_x86_platform_init(struct axvm_vm *vm);

/** axvm_x86_platform_exit() - undo; also right when init failed or never ran */
void axvm_x86_platform_exit(struct axvm_vm *vm);

/** axvm_x86_platform_reset() - devices to their reset state (vCPUs are out) */
void axvm_x86_platform_reset(struct axvm_vm *vm);

/**
 * axvm_x86_platform_time() - guest time stops or goes on, and timers with it
 * (process; vCPUs are out)
 */
void axvm_x86_platform_time(struct axvm_vm *vm, bool run);

#endif /* AXVM_X86_PLATFORM_H */
