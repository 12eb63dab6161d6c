// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: validation of VM and vCPU ioctl arguments, and the table of vCPU state
 * transitions.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/lib/vmargs.h"

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_char(char c)
{
	return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool axvm_name_valid(const char name[AXVM_NAME_SIZE])
{
	unsigned int i;

	if (!letter(name[0]))
		return false;
	for (i = 1; i < AXVM_NAME_SIZE; i++) {
		if (!name[i])
			return true;
		if (!name_char(name[i]))
			return false;
	}
	return false;
}

bool axvm_mode_valid(u32 mode)
{
	return !(mode & ~0660u);
}

static bool name_empty(const char name[AXVM_NAME_SIZE])
{
	unsigned int i;

	for (i = 0; i < AXVM_NAME_SIZE; i++)
		if (name[i])
			return false;
	return true;
}

int axvm_args_vm_create(const struct axvm_vm_create *arg)
{
	if (!name_empty(arg->name) && !axvm_name_valid(arg->name))
		return -EINVAL;
	if (arg->policy > AXVM_POLICY_PAUSE || !axvm_mode_valid(arg->mode))
		return -EINVAL;
	if (arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	return 0;
}

int axvm_args_vm_ref(const struct axvm_vm_ref *arg)
{
	if (arg->pad)
		return -EINVAL;
	return arg->id || axvm_name_valid(arg->name) ? 0 : -EINVAL;
}

int axvm_args_vm_set(const struct axvm_vm_set *arg)
{
	if (!(arg->flags & AXVM_SET_POLICY) && arg->policy)
		return -EINVAL;
	if (!(arg->flags & AXVM_SET_MODE) && arg->mode)
		return -EINVAL;
	if (arg->policy > AXVM_POLICY_PAUSE || !axvm_mode_valid(arg->mode))
		return -EINVAL;
	if (arg->flags & AXVM_SET_PROFILE && arg->flags & AXVM_SET_NO_PROFILE)
		return -EINVAL;
	return 0;
}

int axvm_args_vm_wait(const struct axvm_vm_wait *arg)
{
	if (arg->pad || arg->states & ~GENMASK(AXVM_VM_STOPPED, 0))
		return -EINVAL;
	if (arg->reasons & ~GENMASK_ULL(AXVM_NR_EXITS - 1, 1))
		return -EINVAL;
	return arg->states || arg->reasons ? 0 : -EINVAL;
}

int axvm_args_irq(const struct axvm_irq *arg, u64 present)
{
	bool line = arg->flags & AXVM_IRQ_GSI;

	if (line == !!arg->vcpus || arg->vcpus & ~present)
		return -EINVAL;
	if (arg->level > AXVM_IRQ_HIGH)
		return -EINVAL;
	if (line && arg->flags & AXVM_IRQ_NMI)
		return -EINVAL;
	if ((arg->flags & AXVM_IRQ_NMI) && (arg->irq || arg->level))
		return -EINVAL;
	return 0;
}

/* Bit t of entry f: a vCPU may go from state f to state t. */
static const u8 vcpu_steps[] = {
	[AXVM_VCPU_CREATED] = BIT(AXVM_VCPU_FREE),
	[AXVM_VCPU_FREE] = BIT(AXVM_VCPU_READY),
	[AXVM_VCPU_READY] = BIT(AXVM_VCPU_RUNNING) | BIT(AXVM_VCPU_BLOCKED) |
			    BIT(AXVM_VCPU_FREE),
	[AXVM_VCPU_RUNNING] = BIT(AXVM_VCPU_READY) | BIT(AXVM_VCPU_BLOCKED) |
			      BIT(AXVM_VCPU_FREE),
	[AXVM_VCPU_BLOCKED] = BIT(AXVM_VCPU_READY) | BIT(AXVM_VCPU_RUNNING) |
			      BIT(AXVM_VCPU_FREE),
};

int axvm_vcpu_step_ok(u32 from, u32 to)
{
	if (from >= ARRAY_SIZE(vcpu_steps) || to >= ARRAY_SIZE(vcpu_steps))
		return -EBADFD;
	return vcpu_steps[from] & BIT(to) ? 0 : -EBADFD;
}

static bool debug_point_valid(const struct axvm_debug_point *p)
{
	switch (p->kind) {
	case AXVM_DEBUG_OFF:
		return !p->addr && !p->len;
	case AXVM_DEBUG_EXEC:
		return p->len == 1 || p->len == 4;
	case AXVM_DEBUG_WRITE:
	case AXVM_DEBUG_ACCESS:
		return (p->len == 1 || p->len == 2 || p->len == 4 ||
			p->len == 8) &&
		       !(p->addr & (p->len - 1));
	}
	return false;
}

int axvm_args_vcpu_debug(const struct axvm_vcpu_debug *arg)
{
	bool last = false;
	unsigned int i;

	if (arg->pad)
		return -EINVAL;
	for (i = 0; i < AXVM_DEBUG_POINTS; i++) {
		const struct axvm_debug_point *p = &arg->points[i];

		if (!debug_point_valid(p) || (last && p->kind))
			return -EINVAL;
		last = !p->kind;
	}
	return 0;
}
