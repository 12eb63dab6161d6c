/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel devices of an arm64 VM.  So far: the PL011 at 0x09000000 on
 * the console.
 */
#ifndef AXVM_ARM64_PLATFORM_H
#define AXVM_ARM64_PLATFORM_H

#include <linux/types.h>

struct axvm_vm;
struct arm64_platform;

#define ARM64_UART_BASE 0x09000000ull
#define ARM64_UART_SPI 1u /* its shared peripheral interrupt: INTID 33 */

/**
 * axvm_arm64_platform_init() - make the devices and put them on the bus
 * (process; from axvm_arch_vm_init(), after the core's buses and console)
 *
 * Kept in vm->arch.platform.
 * Return: 0, -ENOMEM, -EEXIST.
 */
int axvm_arm64_platform_init(struct axvm_vm *vm);

/** axvm_arm64_platform_exit() - undo; also right when init failed or never ran */
void axvm_arm64_platform_exit(struct axvm_vm *vm);

/** axvm_arm64_platform_reset() - devices to their reset state (vCPUs are out) */
void axvm_arm64_platform_reset(struct axvm_vm *vm);

/**
 * axvm_arm64_platform_set_irq() - where interrupt lines of the devices go
 * @fn: called with the line (SPI number, ARM64_UART_SPI) and its level; any
 *	context, irqs may be off; NULL: nowhere (the initial state)
 *
 * Before the VM starts; called with the present level of each line.
 */
void axvm_arm64_platform_set_irq(struct axvm_vm *vm,
				 void (*fn)(struct axvm_vm *vm,
					    unsigned int spi, bool level));

#endif /* AXVM_ARM64_PLATFORM_H */
