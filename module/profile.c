// SPDX-License-Identifier: GPL-2.0
/*
 * The time between exits and the entries that follow them, by hardware exit
 * reason.  The run loops of the architectures say when they leave and enter
 * the guest; all else is here.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/profile.h"
#include "module/stats.h"

DEFINE_STATIC_KEY_FALSE(axvm_profile_key);

noinline void axvm_profile_note_exit(struct axvm_vcpu *vcpu, u32 hw_reason)
{
	struct axvm_profiler *p = vcpu->profile;

	if (!p || !p->on)
		return;
	p->slot = axvm_hist_slot(hw_reason);
	p->since_ns = ktime_get_ns();
}

noinline void axvm_profile_note_entry(struct axvm_vcpu *vcpu)
{
	struct axvm_profiler *p = vcpu->profile;
	u64 now;

	if (!p || !p->on || !p->since_ns)
		return;
	now = ktime_get_ns();
	axvm_hist_add(&p->hist[array_index_nospec(p->slot, AXVM_HIST_SLOTS)],
		      now - p->since_ns);
	p->since_ns = 0;
}

void axvm_profile_forget(struct axvm_vcpu *vcpu)
{
	if (vcpu->profile)
		vcpu->profile->since_ns = 0;
}

/* ---- on and off ------------------------------------------------------------ */

int axvm_profile_init(struct axvm_vcpu *vcpu)
{
	struct axvm_profiler *p;

	if (!vcpu->vm->profiled || vcpu->profile)
		return 0;
	p = kvzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	p->on = true;
	/* release: pairs with the acquire in profile_add() */
	smp_store_release(&vcpu->profile, p);
	return 0;
}

void axvm_profile_free(struct axvm_vcpu *vcpu)
{
	kvfree(vcpu->profile);
	vcpu->profile = NULL;
}

/* vm->lock held; the vCPU is out meanwhile. */
static int profile_vcpu(struct axvm_vcpu *vcpu, bool on)
{
	struct axvm_profiler *p;
	int err = axvm_vcpu_visit(vcpu);

	if (err)
		return err;
	if (on)
		err = axvm_profile_init(vcpu);
	p = vcpu->profile;
	if (!err && p) {
		if (on)
			memset(p->hist, 0, sizeof(p->hist));
		p->since_ns = 0;
		p->on = on;
	}
	axvm_vcpu_leave(vcpu);
	return err;
}

static int profile_all(struct axvm_vm *vm, bool on)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < AXVM_MAX_VCPUS && !err; i++)
		if (vm->vcpus[i])
			err = profile_vcpu(vm->vcpus[i], on);
	return err;
}

/*
 * The key counts VMs that are profiled.  It is changed without vm->lock, as
 * it takes the CPUs' lock: up before the VM counts, down after.
 */
int axvm_profile_set(struct axvm_vm *vm, bool on)
{
	bool before, after;
	int err;

	if (on)
		static_branch_inc(&axvm_profile_key);
	mutex_lock(&vm->lock);
	before = vm->profiled;
	err = READ_ONCE(vm->dead) ? -ENODEV : 0;
	if (!err) {
		vm->profiled = on;
		err = profile_all(vm, on);
		if (err)
			vm->profiled = before;
	}
	after = vm->profiled;
	mutex_unlock(&vm->lock);
	/* One too many: it was on before, could not be, or is off now. */
	if (on ? before || !after : before && !after)
		static_branch_dec(&axvm_profile_key);
	return err;
}

/* The VM is destroyed: nobody turns it on again. */
void axvm_profile_end(struct axvm_vm *vm)
{
	if (vm->profiled)
		static_branch_dec(&axvm_profile_key);
}

/* ---- reading ----------------------------------------------------------------- */

static void profile_add(void *to, struct axvm_vcpu *vcpu)
{
	/* acquire: pairs with the release in axvm_profile_init() */
	struct axvm_profiler *p = smp_load_acquire(&vcpu->profile);
	struct axvm_hist *sum = to;
	unsigned int i;

	for (i = 0; p && i < AXVM_HIST_SLOTS; i++)
		axvm_hist_sum(&sum[i], &p->hist[i]);
}

static int profile_copy(struct axvm_profile *arg, const struct axvm_hist *sum)
{
	struct axvm_profile_row __user *rows = u64_to_user_ptr(arg->rows);
	struct axvm_profile_row row;
	unsigned int i, n = 0;

	for (i = 0; i < AXVM_HIST_SLOTS; i++) {
		if (!sum[i].count)
			continue;
		row = (struct axvm_profile_row){
			.hw_reason = axvm_hist_reason(i),
			.count = sum[i].count,
			.ns = sum[i].ns,
			.max_ns = sum[i].max_ns,
		};
		memcpy(row.bucket, sum[i].bucket, sizeof(row.bucket));
		if (n < arg->count && copy_to_user(&rows[n], &row, sizeof(row)))
			return -EFAULT;
		n++;
	}
	arg->count = n;
	return 0;
}

int axvm_profile_get(struct axvm_vm *vm, struct axvm_profile *arg)
{
	struct axvm_hist *sum;
	int err;

	if (arg->on || arg->pad)
		return -EINVAL;
	sum = kvcalloc(AXVM_HIST_SLOTS, sizeof(*sum), GFP_KERNEL_ACCOUNT);
	if (!sum)
		return -ENOMEM;
	err = axvm_stats_sum(vm, arg->vcpu, profile_add, sum);
	if (!err)
		err = profile_copy(arg, sum);
	arg->on = READ_ONCE(vm->profiled);
	kvfree(sum);
	return err;
}
