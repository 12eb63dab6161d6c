// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: PSCI 1.1.  One table of functions; a call is a look-up and a handler.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/psci.h"

#define PSCI_VERSION_1_1 0x10001
#define PSCI_SMC64 BIT(30)

/* MPIDR_EL1's affinity fields, as CPU_ON and AFFINITY_INFO take them. */
#define MPIDR_AFFINITY (GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

/* power_state, original format: what is no field must be zero. */
#define POWER_STATE_RESERVED (GENMASK(31, 26) | GENMASK(23, 17))

#define TOS_NOT_PRESENT 2 /* MIGRATE_INFO_TYPE: nothing to migrate */

#define RESET2_VENDOR BIT(31)
#define RESET2_WARM 0

/* FEATURES also tells whether VSMCCC_VERSION can be called. */
#define FN_SMCCC_VERSION 0x80000000u

/**
 * struct call - a call being carried out
 * @ops: the VM's side
 * @opaque: handed to it
 * @x: x0 to x3
 * @mask: of an argument: all bits, or 32 for SMC32
 * @res: the result
 */
struct call {
	const struct vpsci_ops *ops;
	void *opaque;
	const u64 *x;
	u64 mask;
	struct vpsci_result *res;
};

/* Argument @n: x1 is 0. */
static u64 arg(const struct call *c, unsigned int n)
{
	return c->x[n + 1] & c->mask;
}

/**
 * struct function - a PSCI function
 * @name: its name
 * @call: carries it out, returns what goes to x0; NULL: always @value
 * @value: see @call
 * @smc64: exists with the SMC64 convention too
 */
struct function {
	const char *name;
	s64 (*call)(const struct call *c);
	s64 value;
	bool smc64;
};

/* Every power state is entered as the shallowest one: waiting as WFI does. */
static s64 psci_cpu_suspend(const struct call *c)
{
	if (arg(c, 0) & POWER_STATE_RESERVED)
		return VPSCI_INVALID_PARAMETERS;
	c->res->action = VPSCI_WAIT;
	return VPSCI_SUCCESS;
}

static s64 psci_cpu_off(const struct call *c)
{
	c->res->action = VPSCI_OFF;
	return VPSCI_SUCCESS;
}

static s64 psci_cpu_on(const struct call *c)
{
	if (arg(c, 0) & ~MPIDR_AFFINITY)
		return VPSCI_INVALID_PARAMETERS;
	switch (c->ops->cpu_on(c->opaque, arg(c, 0), arg(c, 1), arg(c, 2))) {
	case 0:
		return VPSCI_SUCCESS;
	case -ENOENT:
		return VPSCI_INVALID_PARAMETERS;
	case -EALREADY:
		return VPSCI_ALREADY_ON;
	case -EINPROGRESS:
		return VPSCI_ON_PENDING;
	case -EFAULT:
		return VPSCI_INVALID_ADDRESS;
	default:
		return VPSCI_INTERNAL_FAILURE;
	}
}

static s64 psci_affinity_info(const struct call *c)
{
	static const u64 masks[] = {
		GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0),
		GENMASK_ULL(39, 32) | GENMASK_ULL(23, 8),
		GENMASK_ULL(39, 32) | GENMASK_ULL(23, 16),
		GENMASK_ULL(39, 32),
	};
	int state;

	if (arg(c, 0) & ~MPIDR_AFFINITY || arg(c, 1) >= ARRAY_SIZE(masks))
		return VPSCI_INVALID_PARAMETERS;
	state = c->ops->affinity(c->opaque, arg(c, 0), masks[arg(c, 1) & 3]);
	return state < 0 ? VPSCI_INVALID_PARAMETERS : state;
}

static s64 psci_system_off(const struct call *c)
{
	c->res->action = VPSCI_POWEROFF;
	return VPSCI_INTERNAL_FAILURE; /* if it should ever come back */
}

static s64 psci_system_reset(const struct call *c)
{
	c->res->action = VPSCI_RESET;
	return VPSCI_INTERNAL_FAILURE;
}

/* The one architectural type; vendors' types are not ours. */
static s64 psci_system_reset2(const struct call *c)
{
	u32 type = arg(c, 0);

	if (type != RESET2_WARM)
		return type & RESET2_VENDOR ? VPSCI_NOT_SUPPORTED :
					      VPSCI_INVALID_PARAMETERS;
	c->res->action = VPSCI_RESET;
	c->res->arg = BIT_ULL(32) | type;
	return VPSCI_INTERNAL_FAILURE;
}

static s64 psci_features(const struct call *c);

#define FUNCTION(NAME, fn, has64)                             \
	[VPSCI_##NAME - VPSCI_VERSION] = { .name = #NAME,     \
					   .call = psci_##fn, \
					   .smc64 = has64 }
#define CONSTANT(NAME, v)                                 \
	[VPSCI_##NAME - VPSCI_VERSION] = { .name = #NAME, \
					   .value = v }

static const struct function functions[] = {
	CONSTANT(VERSION, PSCI_VERSION_1_1),
	FUNCTION(CPU_SUSPEND, cpu_suspend, true),
	FUNCTION(CPU_OFF, cpu_off, false),
	FUNCTION(CPU_ON, cpu_on, true),
	FUNCTION(AFFINITY_INFO, affinity_info, true),
	CONSTANT(MIGRATE_INFO_TYPE, TOS_NOT_PRESENT),
	FUNCTION(SYSTEM_OFF, system_off, false),
	FUNCTION(SYSTEM_RESET, system_reset, false),
	FUNCTION(FEATURES, features, false),
	FUNCTION(SYSTEM_RESET2, system_reset2, true),
};

static const struct function *find(u32 fid)
{
	u32 n = (fid & ~PSCI_SMC64) - VPSCI_VERSION;

	if (n >= ARRAY_SIZE(functions) || !functions[n].name)
		return NULL;
	if (fid & PSCI_SMC64 && !functions[n].smc64)
		return NULL;
	return &functions[n];
}

/* No optional feature of any function: the flags are all zero. */
static s64 psci_features(const struct call *c)
{
	u32 fid = arg(c, 0);

	if (fid == FN_SMCCC_VERSION || find(fid))
		return VPSCI_SUCCESS;
	return VPSCI_NOT_SUPPORTED;
}

/* Not inline: the structure would make every call check the stack. */
static noinline s64 carry_out(const struct function *f,
			      const struct vpsci_ops *ops, void *opaque,
			      const u64 x[4], struct vpsci_result *res)
{
	struct call c = {
		.ops = ops,
		.opaque = opaque,
		.x = x,
		.mask = x[0] & PSCI_SMC64 ? ~0ull : ~0u,
		.res = res,
	};

	return f->call(&c);
}

void vpsci_call(const struct vpsci_ops *ops, void *opaque, const u64 x[4],
		struct vpsci_result *res)
{
	const struct function *f = find(x[0]);

	res->ret = VPSCI_NOT_SUPPORTED;
	res->action = VPSCI_NOTHING;
	res->arg = 0;
	if (f)
		res->ret = f->call ? carry_out(f, ops, opaque, x, res) :
				     f->value;
}

const char *vpsci_name(u32 fid)
{
	const struct function *f = find(fid);

	return f ? f->name : NULL;
}
