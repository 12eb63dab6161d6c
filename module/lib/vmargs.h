/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: validation of what VM and vCPU ioctls are handed, and the vCPU state
 * machine.  Memory regions are checked in args.h.
 */
#ifndef AXVM_LIB_VMARGS_H
#define AXVM_LIB_VMARGS_H

#include <linux/types.h>
#include "uapi/axvm.h"

/** Is @name [A-Za-z_][A-Za-z0-9_.-]{0,62}, with its NUL inside the array? */
bool axvm_name_valid(const char name[AXVM_NAME_SIZE]);

/** Permission bits: 0, or read and write of user and group only. */
bool axvm_mode_valid(u32 mode);

/** -EINVAL, or 0.  An empty name is allowed when all of it is zero. */
int axvm_args_vm_create(const struct axvm_vm_create *arg);

/** A name (with id 0) or an id.  -EINVAL, or 0. */
int axvm_args_vm_ref(const struct axvm_vm_ref *arg);

/** -EINVAL, or 0; @arg->flags are known ones already. */
int axvm_args_vm_set(const struct axvm_vm_set *arg);

/** -EINVAL, or 0. */
int axvm_args_vm_wait(const struct axvm_vm_wait *arg);

/** -EINVAL, or 0; @present is the mask of vCPUs that exist. */
int axvm_args_irq(const struct axvm_irq *arg, u64 present);

/**
 * Pads, and points: their kinds, lengths, alignment, and the unused ones zero
 * and last.  -EINVAL, or 0.
 */
int axvm_args_vcpu_debug(const struct axvm_vcpu_debug *arg);

/**
 * axvm_vcpu_step_ok() - may a vCPU go from one state to another?
 * @from: AXVM_VCPU_*
 * @to: AXVM_VCPU_*
 *
 * Return: 0, or -EBADFD; the vCPU keeps its state then.
 */
int axvm_vcpu_step_ok(u32 from, u32 to);

#endif /* AXVM_LIB_VMARGS_H */
