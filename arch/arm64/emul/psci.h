/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: PSCI 1.1 as a guest calls it.  Decides what a call answers and what is
 * to happen; the VM's vCPUs are the owner's.
 * Manual: "Arm Power State Coordination Interface" (DEN0022).
 */
#ifndef AXVM_ARM64_PSCI_H
#define AXVM_ARM64_PSCI_H

#include <linux/types.h>

/* Function ids; SMC64 variants have bit 30 set. */
#define VPSCI_FN(n) (0x84000000u + (n))
#define VPSCI_FN64(n) (0xc4000000u + (n))
#define VPSCI_VERSION VPSCI_FN(0)
#define VPSCI_CPU_SUSPEND VPSCI_FN(1)
#define VPSCI_CPU_OFF VPSCI_FN(2)
#define VPSCI_CPU_ON VPSCI_FN(3)
#define VPSCI_AFFINITY_INFO VPSCI_FN(4)
#define VPSCI_MIGRATE VPSCI_FN(5)
#define VPSCI_MIGRATE_INFO_TYPE VPSCI_FN(6)
#define VPSCI_MIGRATE_INFO_UP_CPU VPSCI_FN(7)
#define VPSCI_SYSTEM_OFF VPSCI_FN(8)
#define VPSCI_SYSTEM_RESET VPSCI_FN(9)
#define VPSCI_FEATURES VPSCI_FN(10)
#define VPSCI_SYSTEM_RESET2 VPSCI_FN(18)
#define VPSCI_LAST VPSCI_FN(31)

/* Results. */
#define VPSCI_SUCCESS 0
#define VPSCI_NOT_SUPPORTED (-1)
#define VPSCI_INVALID_PARAMETERS (-2)
#define VPSCI_DENIED (-3)
#define VPSCI_ALREADY_ON (-4)
#define VPSCI_ON_PENDING (-5)
#define VPSCI_INTERNAL_FAILURE (-6)
#define VPSCI_NOT_PRESENT (-7)
#define VPSCI_DISABLED (-8)
#define VPSCI_INVALID_ADDRESS (-9)

/* AFFINITY_INFO. */
#define VPSCI_AFFINITY_ON 0
#define VPSCI_AFFINITY_OFF 1
#define VPSCI_AFFINITY_ON_PENDING 2

/**
 * enum vpsci_action - what the caller must do besides returning a result
 * @VPSCI_NOTHING: write the result, go on
 * @VPSCI_WAIT: write the result; the vCPU waits as after WFI
 * @VPSCI_OFF: the vCPU goes off; there is no result
 * @VPSCI_POWEROFF: the VM powers off
 * @VPSCI_RESET: the VM resets
 */
enum vpsci_action {
	VPSCI_NOTHING,
	VPSCI_WAIT,
	VPSCI_OFF,
	VPSCI_POWEROFF,
	VPSCI_RESET,
};

/**
 * struct vpsci_ops - the VM's side
 * @cpu_on: power the vCPU with affinity @mpidr on, at @entry (guest-physical)
 *	with x0 = @context.  Return: 0; -ENOENT no such vCPU; -EALREADY it is
 *	on; -EINPROGRESS it is being powered on; -EFAULT no memory at @entry;
 *	other errors are an internal failure
 * @affinity: state of the vCPUs whose affinity equals @mpidr under @mask.
 *	Return: VPSCI_AFFINITY_ON if any is on, ON_PENDING, OFF; -ENOENT
 *	there is none
 */
struct vpsci_ops {
	int (*cpu_on)(void *opaque, u64 mpidr, u64 entry, u64 context);
	int (*affinity)(void *opaque, u64 mpidr, u64 mask);
};

/**
 * struct vpsci_result - what a call ends with
 * @ret: goes to x0 (sign extended to 64 bits)
 * @action: what else to do
 * @arg: RESET: 0 SYSTEM_RESET, else 0x100000000 | reset type
 */
struct vpsci_result {
	s64 ret;
	enum vpsci_action action;
	u64 arg;
};

/** vpsci_is_call() - is @fid in PSCI's range of functions? */
static inline bool vpsci_is_call(u32 fid)
{
	u32 base = fid & ~0x40000000u;

	return base >= VPSCI_VERSION && base <= VPSCI_LAST;
}

/**
 * vpsci_call() - carry out a call
 * @ops: the VM's side
 * @opaque: handed to them
 * @x: x0 (function id) to x3
 * @res: out
 *
 * An unknown function answers VPSCI_NOT_SUPPORTED.
 */
void vpsci_call(const struct vpsci_ops *ops, void *opaque, const u64 x[4],
		struct vpsci_result *res);

/** vpsci_name() - name of a function, or NULL */
const char *vpsci_name(u32 fid);

#endif /* AXVM_ARM64_PSCI_H */
