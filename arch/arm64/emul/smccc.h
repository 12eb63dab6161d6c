/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the SMC calling convention 1.1 as a guest sees it through HVC #0 and
 * SMC #0: version, features, CPU workarounds, random numbers, the vendor's
 * identity; power calls go to psci.c.  Nothing is ever handed to firmware.
 * Manual: "SMC Calling Convention" (DEN0028).
 */
#ifndef AXVM_ARM64_SMCCC_H
#define AXVM_ARM64_SMCCC_H

#include <linux/types.h>
#include "arch/arm64/emul/psci.h"

#define VSMCCC_VERSION 0x80000000u
#define VSMCCC_ARCH_FEATURES 0x80000001u
#define VSMCCC_ARCH_SOC_ID 0x80000002u
#define VSMCCC_WORKAROUND_1 0x80008000u /* branch target injection */
#define VSMCCC_WORKAROUND_2 0x80007fffu /* speculative store bypass */
#define VSMCCC_WORKAROUND_3 0x80003fffu /* branch history injection */
#define VSMCCC_TRNG_VERSION 0x84000050u
#define VSMCCC_TRNG_FEATURES 0x84000051u
#define VSMCCC_TRNG_GET_UUID 0x84000052u
#define VSMCCC_TRNG_RND32 0x84000053u
#define VSMCCC_TRNG_RND64 0xc4000053u
#define VSMCCC_HYP_CALL_UID 0x8600ff01u
#define VSMCCC_HYP_REVISION 0x8600ff03u

/* axvm's identity: first word of the four that VSMCCC_HYP_CALL_UID returns,
 * "axvm" in memory; the others are random and constant. */
#define VSMCCC_UID0 0x6d767861u
#define VSMCCC_UID1 0x4f1c5b7eu
#define VSMCCC_UID2 0x9d3a62a8u
#define VSMCCC_UID3 0x71e04bc5u

#define VSMCCC_NOT_SUPPORTED (-1)
#define VSMCCC_NOT_REQUIRED (-2)
#define VSMCCC_TRNG_INVALID_PARAMETERS (-2)
#define VSMCCC_TRNG_NO_ENTROPY (-3)

/**
 * enum vsmccc_workaround - what VSMCCC_ARCH_FEATURES says of one
 * @VSMCCC_WA_UNKNOWN: NOT_SUPPORTED: may be affected, nothing to call
 * @VSMCCC_WA_NEEDED: 0: the call must be made and helps
 * @VSMCCC_WA_UNAFFECTED: 1: may be called, does nothing; WORKAROUND_2:
 *	NOT_REQUIRED
 */
enum vsmccc_workaround {
	VSMCCC_WA_UNKNOWN,
	VSMCCC_WA_NEEDED,
	VSMCCC_WA_UNAFFECTED,
};

/**
 * struct vsmccc_vm - what a VM offers
 * @psci: power calls
 * @random: fill @words 64-bit words; false: no entropy now.  NULL: no TRNG
 * @workaround: of WORKAROUND_1, 2, 3
 */
struct vsmccc_vm {
	const struct vpsci_ops *psci;
	bool (*random)(void *opaque, u64 *words, unsigned int nr);
	enum vsmccc_workaround workaround[3];
};

/**
 * struct vsmccc_result - what a call ends with
 * @x: x0 ... x3
 * @nr: how many of them to write; the others keep their values
 * @action: as for PSCI; VPSCI_NOTHING for all else
 * @arg: see struct vpsci_result
 * @workaround: 1-3: the guest asked for a workaround that is NEEDED: the owner
 *	carries it out before it enters again; else 0
 * @psci: private: room for what PSCI says
 */
struct vsmccc_result {
	u64 x[4];
	unsigned int nr;
	enum vpsci_action action;
	u64 arg;
	unsigned int workaround;
	struct vpsci_result psci;
};

/**
 * vsmccc_is_call() - does HVC or SMC #0 with @x0 follow the convention?
 *
 * True for fast calls of the owners that a hypervisor answers itself: the
 * architecture (0), standard secure services (4: PSCI, TRNG), standard (5)
 * and vendor specific (6) hypervisor services.  All else is the user's
 * hypercall.
 */
static inline bool vsmccc_is_call(u64 x0)
{
	u32 fid = x0;

	/* Bit 31: a fast call; bits 29:24: its owner. */
	return fid >> 31 && (0x71ull >> (fid >> 24 & 0x3f) & 1);
}

/**
 * vsmccc_call() - carry out a call
 * @vm: what the VM offers
 * @opaque: handed to its functions
 * @x: x0 (function id) to x6
 * @res: out
 *
 * Unknown functions answer NOT_SUPPORTED.
 */
void vsmccc_call(const struct vsmccc_vm *vm, void *opaque, const u64 x[7],
		 struct vsmccc_result *res);

#endif /* AXVM_ARM64_SMCCC_H */
