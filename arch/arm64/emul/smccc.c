// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the SMC calling convention for a guest: which calls a hypervisor
 * answers, and what.  Power calls are psci.c's.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/smccc.h"

/* Function id.  Manual: "Function Identifiers". */
#define FID_SMC64 BIT(30)
#define FID_OWNER GENMASK(29, 24)

#define OWNER_ARCH 0
#define OWNER_STANDARD 4
#define OWNER_VENDOR_HYP 6

#define VERSION_1_1 0x10001
#define TRNG_VERSION_1_0 0x10000
#define HYP_REVISION 1

#define TRNG_MAX_BITS_32 96u
#define TRNG_MAX_BITS_64 192u

static void answer(struct vsmccc_result *res, s64 value)
{
	res->x[0] = value;
	res->nr = 1;
}

/* Index in vsmccc_vm.workaround, or negative. */
static int workaround_index(u32 fid)
{
	switch (fid) {
	case VSMCCC_WORKAROUND_1:
		return 0;
	case VSMCCC_WORKAROUND_2:
		return 1;
	case VSMCCC_WORKAROUND_3:
		return 2;
	default:
		return -1;
	}
}

/*
 * WORKAROUND_2 says "not required" with a number of its own; a guest that
 * need not do anything may still call the other two.
 */
static s64 workaround_answer(const struct vsmccc_vm *vm, int i)
{
	switch (vm->workaround[i]) {
	case VSMCCC_WA_NEEDED:
		return 0;
	case VSMCCC_WA_UNAFFECTED:
		return i == 1 ? VSMCCC_NOT_REQUIRED : 1;
	default:
		return VSMCCC_NOT_SUPPORTED;
	}
}

static s64 arch_features(const struct vsmccc_vm *vm, u32 fid)
{
	int i = workaround_index(fid);

	if (i >= 0)
		return workaround_answer(vm, i);
	switch (fid) {
	case VSMCCC_VERSION:
	case VSMCCC_ARCH_FEATURES:
		return 0;
	default:
		return VSMCCC_NOT_SUPPORTED;
	}
}

/* There is no result: every register keeps its value. */
static void workaround_call(const struct vsmccc_vm *vm, int i,
			    struct vsmccc_result *res)
{
	res->nr = 0;
	if (vm->workaround[i] == VSMCCC_WA_NEEDED)
		res->workaround = i + 1;
}

static void arch_call(const struct vsmccc_vm *vm, const u64 x[7],
		      struct vsmccc_result *res)
{
	u32 fid = x[0];
	int i = workaround_index(fid);

	if (fid == VSMCCC_VERSION)
		answer(res, VERSION_1_1);
	else if (fid == VSMCCC_ARCH_FEATURES)
		answer(res, arch_features(vm, x[1]));
	else if (i >= 0 && vm->workaround[i] != VSMCCC_WA_UNKNOWN)
		workaround_call(vm, i, res);
}

/* ---- random numbers: "True Random Number Generator Firmware Interface" ---- */

/* Not inline: its buffer would make every call check the stack. */
static noinline void trng_random(const struct vsmccc_vm *vm, void *opaque,
				 const u64 x[7], struct vsmccc_result *res)
{
	bool smc64 = (u32)x[0] & FID_SMC64;
	u64 bits = smc64 ? x[1] : (u32)x[1];
	u64 random[3];
	unsigned int i;

	if (!bits || bits > (smc64 ? TRNG_MAX_BITS_64 : TRNG_MAX_BITS_32)) {
		answer(res, VSMCCC_TRNG_INVALID_PARAMETERS);
		return;
	}
	if (!vm->random(opaque, random, 3)) {
		answer(res, VSMCCC_TRNG_NO_ENTROPY);
		return;
	}
	answer(res, 0);
	res->nr = 4;
	/* The first bits are the last register's low ones. */
	for (i = 0; i < 3; i++) {
		u64 word = smc64 ? random[i] : (u32)random[i];
		unsigned int width = smc64 ? 64 : 32;

		if (bits < width)
			word &= bits ? GENMASK_ULL(bits - 1, 0) : 0;
		res->x[3 - i] = word;
		bits -= min_t(u64, bits, width);
	}
	memset(random, 0, sizeof(random));
}

static s64 trng_features(u32 fid)
{
	switch (fid) {
	case VSMCCC_TRNG_VERSION:
	case VSMCCC_TRNG_FEATURES:
	case VSMCCC_TRNG_GET_UUID:
	case VSMCCC_TRNG_RND32:
	case VSMCCC_TRNG_RND64:
		return 0;
	default:
		return VSMCCC_NOT_SUPPORTED;
	}
}

static void answer_uid(struct vsmccc_result *res)
{
	static const u32 uid[4] = { VSMCCC_UID0, VSMCCC_UID1, VSMCCC_UID2,
				    VSMCCC_UID3 };
	unsigned int i;

	for (i = 0; i < 4; i++)
		res->x[i] = uid[i];
	res->nr = 4;
}

static void trng_call(const struct vsmccc_vm *vm, void *opaque, const u64 x[7],
		      struct vsmccc_result *res)
{
	switch ((u32)x[0]) {
	case VSMCCC_TRNG_VERSION:
		answer(res, TRNG_VERSION_1_0);
		break;
	case VSMCCC_TRNG_FEATURES:
		answer(res, trng_features(x[1]));
		break;
	case VSMCCC_TRNG_GET_UUID:
		answer_uid(res);
		break;
	case VSMCCC_TRNG_RND32:
	case VSMCCC_TRNG_RND64:
		trng_random(vm, opaque, x, res);
		break;
	}
}

/* ---- owners ------------------------------------------------------------------ */

static void standard_call(const struct vsmccc_vm *vm, void *opaque,
			  const u64 x[7], struct vsmccc_result *res)
{
	struct vpsci_result *psci = &res->psci;

	if (!vpsci_is_call(x[0])) {
		if (vm->random)
			trng_call(vm, opaque, x, res);
		return;
	}
	vpsci_call(vm->psci, opaque, x, psci);
	answer(res, psci->ret);
	res->action = psci->action;
	res->arg = psci->arg;
}

static void vendor_call(const u64 x[7], struct vsmccc_result *res)
{
	switch ((u32)x[0]) {
	case VSMCCC_HYP_CALL_UID:
		answer_uid(res);
		break;
	case VSMCCC_HYP_REVISION:
		res->x[0] = HYP_REVISION;
		res->x[1] = 0;
		res->nr = 2;
		break;
	}
}

void vsmccc_call(const struct vsmccc_vm *vm, void *opaque, const u64 x[7],
		 struct vsmccc_result *res)
{
	res->action = VPSCI_NOTHING;
	res->arg = 0;
	res->workaround = 0;
	answer(res, VSMCCC_NOT_SUPPORTED);
	switch (FIELD_GET(FID_OWNER, (u32)x[0])) {
	case OWNER_ARCH:
		arch_call(vm, x, res);
		break;
	case OWNER_STANDARD:
		standard_call(vm, opaque, x, res);
		break;
	case OWNER_VENDOR_HYP:
		vendor_call(x, res);
		break;
	}
}
