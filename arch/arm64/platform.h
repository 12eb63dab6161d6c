/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel devices of an arm64 VM.  So far: the PL011 at 0x09000000 on
 * the console.
 */
#ifndef AXVM_ARM64_PLATFORM_H
#define AXVM_ARM64_PLATFORM_H

#include <linux/types.h>

struct axvm_vm;

/** Make the devices (process; after buses and console).  0, -ENOMEM, -EEXIST. */
int axvm_arm64_platform_init(struct axvm_vm *vm);
/** Undo; also right when init failed or never ran. */
void axvm_arm64_platform_exit(struct axvm_vm *vm);
/** Devices to their reset state (vCPUs are out). */
void axvm_arm64_platform_reset(struct axvm_vm *vm);
/** Where lines (INTIDs) go: any context; NULL: nowhere. */
void axvm_arm64_platform_set_irq(struct axvm_vm *vm,
				 void (*fn)(struct axvm_vm *vm,
					    unsigned int intid, bool level));

#endif /* AXVM_ARM64_PLATFORM_H */
