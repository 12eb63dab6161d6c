// SPDX-License-Identifier: GPL-2.0
/*
 * Copies counters out.  They are counted where things happen, each by its
 * vCPU's own thread; readers take no lock and may be one event behind.
 */
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "module/stats.h"
#include "module/vm.h"

int axvm_stats_sum(struct axvm_vm *vm, u32 index, axvm_stats_add_t add,
		   void *sum)
{
	struct axvm_vcpu *vcpu;
	unsigned int i;

	if (index != AXVM_STATS_ALL) {
		if (index >= AXVM_MAX_VCPUS)
			return -ENOENT;
		i = array_index_nospec(index, AXVM_MAX_VCPUS);
		/* acquire: pairs with the release that publishes a vCPU */
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		if (!vcpu)
			return -ENOENT;
		add(sum, vcpu);
		return 0;
	}
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		vcpu = smp_load_acquire(&vm->vcpus[i]); /* as above */
		if (vcpu)
			add(sum, vcpu);
	}
	return 0;
}

static void stats_add(void *sum, struct axvm_vcpu *vcpu)
{
	u64 *values = sum;
	unsigned int i;

	for (i = 0; i < AXVM_NR_STATS; i++)
		values[i] += READ_ONCE(vcpu->stats[i]);
	for (i = 0; i < AXVM_NR_EXITS; i++)
		values[AXVM_NR_STATS + i] += READ_ONCE(vcpu->exit_counts[i]);
}

/**
 * axvm_stats_get() - AXVM_VM_STATS
 * @vm: the VM
 * @arg: checked for size only; @arg->count is filled
 *
 * Return: 0; -EINVAL; -ENOENT no such vCPU; -EFAULT.
 */
int axvm_stats_get(struct axvm_vm *vm, struct axvm_stats *arg)
{
	u64 values[AXVM_STATS_COUNT] = {};
	u32 n = min_t(u32, arg->count, AXVM_STATS_COUNT);
	int err;

	if (arg->flags)
		return -EINVAL;
	err = axvm_stats_sum(vm, arg->vcpu, stats_add, values);
	if (err)
		return err;
	if (copy_to_user(u64_to_user_ptr(arg->values), values,
			 n * sizeof(values[0])))
		return -EFAULT;
	arg->count = AXVM_STATS_COUNT;
	return 0;
}
