/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In-kernel devices on the port and MMIO buses of a VM, and the user's
 * policies for ranges that no device has.
 */
#ifndef AXVM_DEVICE_H
#define AXVM_DEVICE_H

#include <linux/mutex.h>
#include <linux/types.h>
#include "uapi/axvm.h"
#include "module/lib/bus.h"

struct axvm_vm;
struct axvm_vcpu;

/**
 * struct axvm_device - something in the kernel that answers a range
 * @name: for messages and listings
 * @base: first port or guest-physical address
 * @len: length of the range
 * @access: atomic, irqs may be off; @addr is relative to @base; @bytes is
 *	1, 2, 4 or 8; *@data is the value written, or to be filled (already
 *	zero).  True when it answered; false: as if nothing were there.
 */
struct axvm_device {
	const char *name;
	u64 base;
	u64 len;
	bool (*access)(struct axvm_device *dev, struct axvm_vcpu *vcpu,
		       u64 addr, unsigned int bytes, bool write, u64 *data);
};

#define AXVM_BUS_PIO AXVM_SPACE_PIO
#define AXVM_BUS_MMIO AXVM_SPACE_MMIO
#define AXVM_NR_BUSES 2
#define AXVM_NR_SPACES 4 /* AXVM_SPACE_* */

/**
 * struct axvm_buses - both buses and all policies of a VM
 * @lock: writers
 * @bus: sorted tables of devices, replaced as a whole, read under RCU
 * @policy: per space: user ranges, same rules
 * @nr_policies: ranges over all spaces; @lock
 * @version: grows with each change of a table, after it; written under @lock
 * @fallback: AXVM_IO_* of each space where no range matches; written under
 *	@lock, read lockless
 */
struct axvm_buses {
	struct mutex lock;
	struct axvm_bus __rcu *bus[AXVM_NR_BUSES];
	struct axvm_bus __rcu *policy[AXVM_NR_SPACES];
	unsigned int nr_policies;
	u32 version;
	u32 fallback[AXVM_NR_SPACES];
};

int axvm_buses_init(struct axvm_vm *vm);
void axvm_buses_exit(struct axvm_vm *vm);

/**
 * axvm_device_add() - put a device on a bus (process)
 *
 * Return: 0; -EINVAL empty or wrapping range; -EEXIST overlaps a device or a
 * policy's range; -ENOMEM.
 */
int axvm_device_add(struct axvm_vm *vm, unsigned int bus,
		    struct axvm_device *dev);
/** Take it off; when this returns no vCPU is inside @dev->access (process). */
void axvm_device_remove(struct axvm_vm *vm, unsigned int bus,
			struct axvm_device *dev);

/** axvm_device_at() - is there an in-kernel device at @addr? (atomic, fast) */
bool axvm_device_at(struct axvm_vcpu *vcpu, unsigned int bus, u64 addr);

/**
 * axvm_device_access() - let an in-kernel device answer (atomic, fast)
 *
 * Return: true when one did.  False: vcpu->to_user says whether the access is
 * known to be for userspace: its record gets AXVM_EXIT_TO_USER then.  So are
 * others to this address while buses->version is vcpu->to_user_version.
 */
bool axvm_device_access(struct axvm_vcpu *vcpu, unsigned int bus, u64 addr,
			unsigned int bytes, bool write, u64 *data);

/** Any in-kernel device in the range? (process) */
bool axvm_device_overlaps(struct axvm_vm *vm, unsigned int bus, u64 base,
			  u64 len);

/** AXVM_VM_IO. */
int axvm_policy_set(struct axvm_vm *vm, const struct axvm_io *arg);

/**
 * axvm_policy_find() - what happens to an access that no device answered
 *
 * Signals the eventfd itself when one matches.  Return: AXVM_IO_*.
 */
u32 axvm_policy_find(struct axvm_vcpu *vcpu, unsigned int space, u64 addr,
		     unsigned int bytes, bool write, u64 data);

#endif /* AXVM_DEVICE_H */
