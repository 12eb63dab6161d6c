/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel devices of an x86 VM.  So far: the UART at ports 0x3f8-0x3ff
 * on the console.
 */
#ifndef AXVM_X86_PLATFORM_H
#define AXVM_X86_PLATFORM_H

#include <linux/types.h>

struct axvm_vm;
struct axvm_x86_platform;

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
 * axvm_x86_platform_set_irq() - where interrupt lines of the devices go
 * @fn: called with the line (ISA number) and its level; any context, irqs
 *	may be off; NULL: nowhere (the initial state)
 *
 * Before the VM starts; called with the present level of each line.
 */
void axvm_x86_platform_set_irq(struct axvm_vm *vm,
			       void (*fn)(struct axvm_vm *vm, unsigned int line,
					  bool level));

#endif /* AXVM_X86_PLATFORM_H */
