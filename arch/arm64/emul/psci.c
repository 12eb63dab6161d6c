// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: PSCI 1.1, SMCCC and TRNG calls of a guest.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/psci.h"

#define FAST BIT(31)
#define SMC64 BIT(30)

/* Function numbers, without the calling-convention bit. */
#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_SUSPEND 0x84000001u
#define PSCI_CPU_OFF 0x84000002u
#define PSCI_CPU_ON 0x84000003u
#define PSCI_AFFINITY_INFO 0x84000004u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u
#define PSCI_FEATURES 0x8400000au
#define PSCI_SYSTEM_RESET2 0x84000012u

#define SMCCC_VERSION 0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u
#define SMCCC_WORKAROUND_1 0x80008000u
#define SMCCC_WORKAROUND_3 0x80003fffu

#define TRNG_VERSION 0x84000050u
#define TRNG_FEATURES 0x84000051u
#define TRNG_UUID 0x84000052u
#define TRNG_RND 0x84000053u

#define PSCI_1_1 0x00010001
#define SMCCC_1_1 0x00010001
#define TRNG_1_0 0x00010000
#define MIGRATE_NOT_NEEDED 2
#define RESET2_WARM 0

/*
 * The owners of function numbers (bits 29:24) whose fast calls are answered
 * here: Arm architecture 0 and standard services 4.  Everything else (vendor
 * 5, 6 and trusted ranges) is the VM's own to answer: a hypercall.
 */
static bool mine(u32 fn)
{
	u32 owner = (fn >> 24) & 0x3f;

	return fn & FAST && (owner == 0 || owner == 4);
}

static enum psci_action result(struct psci_call *c, s64 value)
{
	c->x[0] = (u64)value;
	c->results = 1;
	return PSCI_DONE;
}

/* Is this PSCI function there?  Bits of PSCI_FEATURES, or NOT_SUPPORTED. */
static s64 psci_features(u32 fn)
{
	switch (fn) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case PSCI_SYSTEM_RESET2:
	case PSCI_CPU_SUSPEND | SMC64:
	case PSCI_CPU_ON | SMC64:
	case PSCI_AFFINITY_INFO | SMC64:
	case PSCI_SYSTEM_RESET2 | SMC64:
	case SMCCC_VERSION:
		return 0;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static s64 arch_features(u32 fn)
{
	switch (fn) {
	case SMCCC_VERSION:
	case SMCCC_ARCH_FEATURES:
		return 0;
	case SMCCC_WORKAROUND_1:
	case SMCCC_WORKAROUND_3:
		return 0; /* every exit goes through the host's mitigations */
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static enum psci_action cpu_on(const struct psci_ops *ops, void *vm,
			       struct psci_call *c, bool smc64)
{
	u64 mpidr = smc64 ? c->x[1] : (u32)c->x[1];
	u64 entry = smc64 ? c->x[2] : (u32)c->x[2];
	u64 context = smc64 ? c->x[3] : (u32)c->x[3];

	/* Affinity fields only: Aff3, Aff2, Aff1, Aff0. */
	if (mpidr & ~0xff00ffffffull)
		return result(c, PSCI_INVALID_PARAMETERS);
	if (!ops->entry_valid(vm, entry))
		return result(c, PSCI_INVALID_ADDRESS);
	return result(c, ops->cpu_on(vm, mpidr, entry, context));
}

/* Level 0 only: higher levels have no state of their own to ask for. */
static enum psci_action affinity_info(const struct psci_ops *ops, void *vm,
				      struct psci_call *c, bool smc64)
{
	u64 mpidr = smc64 ? c->x[1] : (u32)c->x[1];
	u64 level = smc64 ? c->x[2] : (u32)c->x[2];

	if (level || mpidr & ~0xff00ffffffull)
		return result(c, PSCI_INVALID_PARAMETERS);
	return result(c, ops->cpu_state(vm, mpidr));
}

/* Only standby states are offered: context is kept, it is a WFI. */
static enum psci_action cpu_suspend(struct psci_call *c)
{
	if (c->x[1] & BIT(16)) /* power-down */
		return result(c, PSCI_INVALID_PARAMETERS);
	result(c, PSCI_SUCCESS);
	return PSCI_WAIT;
}

static enum psci_action reset2(struct psci_call *c)
{
	u32 type = c->x[1];

	/* Vendor resets (bit 31) do not exist. */
	if (type != RESET2_WARM)
		return result(c, type & BIT(31) ? PSCI_NOT_SUPPORTED :
						  PSCI_INVALID_PARAMETERS);
	return PSCI_SYSTEM_RESET_NOW;
}

static enum psci_action trng_rnd(const struct psci_ops *ops, void *vm,
				 struct psci_call *c, bool smc64)
{
	unsigned int most = smc64 ? 192 : 96;
	u64 bits = smc64 ? c->x[1] : (u32)c->x[1];
	u64 out[3] = {};

	if (!bits || bits > most)
		return result(c, PSCI_INVALID_PARAMETERS);
	if (!ops->random || !ops->random(vm, out, bits))
		return result(c, -3); /* NO_ENTROPY */
	c->x[0] = PSCI_SUCCESS;
	if (smc64) {
		c->x[1] = out[2];
		c->x[2] = out[1];
		c->x[3] = out[0];
	} else {
		c->x[1] = (u32)out[1];
		c->x[2] = (u32)(out[0] >> 32);
		c->x[3] = (u32)out[0];
	}
	c->results = 4;
	return PSCI_DONE;
}

static enum psci_action trng(const struct psci_ops *ops, void *vm,
			     struct psci_call *c, u32 fn)
{
	static const u32 uuid[4] = { 0x8cd6a17fu, 0x4c34e1dbu, 0x2d1ab2a3u,
				     0x9be04c75u };
	u32 asked = c->x[1];

	switch (fn) {
	case TRNG_VERSION:
		return result(c, ops->random ? TRNG_1_0 : PSCI_NOT_SUPPORTED);
	case TRNG_FEATURES:
		asked &= ~SMC64;
		return result(c, ops->random && asked >= TRNG_VERSION &&
						 asked <= TRNG_RND ?
					 0 : PSCI_NOT_SUPPORTED);
	case TRNG_UUID:
		c->x[0] = uuid[0];
		c->x[1] = uuid[1];
		c->x[2] = uuid[2];
		c->x[3] = uuid[3];
		c->results = 4;
		return PSCI_DONE;
	case TRNG_RND:
	case TRNG_RND | SMC64:
		return trng_rnd(ops, vm, c, fn & SMC64);
	default:
		return result(c, PSCI_NOT_SUPPORTED);
	}
}

enum psci_action psci_call(const struct psci_ops *ops, void *vm,
			   struct psci_call *c)
{
	u32 fn = c->x[0];
	bool smc64 = fn & SMC64;

	c->results = 0;
	if (!mine(fn))
		return PSCI_NOT_MINE;
	switch (fn) {
	case PSCI_VERSION:
		return result(c, PSCI_1_1);
	case PSCI_FEATURES:
		return result(c, psci_features(c->x[1]));
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND | SMC64:
		return cpu_suspend(c);
	case PSCI_CPU_OFF:
		return PSCI_CPU_OFF_NOW;
	case PSCI_CPU_ON:
	case PSCI_CPU_ON | SMC64:
		return cpu_on(ops, vm, c, smc64);
	case PSCI_AFFINITY_INFO:
	case PSCI_AFFINITY_INFO | SMC64:
		return affinity_info(ops, vm, c, smc64);
	case PSCI_MIGRATE_INFO_TYPE:
		return result(c, MIGRATE_NOT_NEEDED);
	case PSCI_SYSTEM_OFF:
		return PSCI_SYSTEM_OFF_NOW;
	case PSCI_SYSTEM_RESET:
		return PSCI_SYSTEM_RESET_NOW;
	case PSCI_SYSTEM_RESET2:
	case PSCI_SYSTEM_RESET2 | SMC64:
		return reset2(c);
	case SMCCC_VERSION:
		return result(c, SMCCC_1_1);
	case SMCCC_ARCH_FEATURES:
		return result(c, arch_features(c->x[1]));
	case SMCCC_WORKAROUND_1:
	case SMCCC_WORKAROUND_3:
		return PSCI_DONE; /* no result: the exit itself did it */
	case TRNG_VERSION ... TRNG_RND:
	case TRNG_RND | SMC64:
		return trng(ops, vm, c, fn);
	default:
		return result(c, PSCI_NOT_SUPPORTED);
	}
}
