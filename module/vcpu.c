// SPDX-License-Identifier: GPL-2.0
/*
 * vCPU objects: creation and teardown, requests and kicks, visitors, and what
 * userspace sees and sets of them.  Running them is vcpu_thread.c.
 *
 * Visiting: whoever wants a vCPU's registers raises vcpu->visitors, asks it
 * out (AXVM_REQ_SYNC) and takes run_lock.  The run loop gives run_lock up when
 * it sees a visitor and sleeps until the last one has left, so a visitor gets
 * in within one exit, whatever the guest does.
 */
#include <linux/kthread.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/profile.h"
#include "module/lib/vmargs.h"
#include "module/trace.h"

static void vcpu_init_locks(struct axvm_vcpu *vcpu)
{
	mutex_init(&vcpu->run_lock);
	rcuwait_init(&vcpu->wait);
	atomic_set(&vcpu->visitors, 0);
	atomic_set(&vcpu->sync_busy, 0);
}

static struct axvm_vcpu *vcpu_alloc(struct axvm_vm *vm,
				    const struct axvm_vcpu_create *arg)
{
	struct axvm_vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);

	if (!vcpu)
		return NULL;
	vcpu->vm = vm;
	vcpu->index = arg->index;
	vcpu->sync = arg->flags & AXVM_VCPU_SYNC;
	vcpu->hw_id = arg->flags & AXVM_VCPU_HW_ID ?
			      arg->hw_id : axvm_arch_hw_id(arg->index);
	vcpu->cpu = -1;
	vcpu->last_cpu_counted = -1;
	vcpu->state = AXVM_VCPU_CREATED;
	cpumask_copy(&vcpu->affinity, current->cpus_ptr);
	vcpu_init_locks(vcpu);
	set_bit(AXVM_REQ_PAUSE, &vcpu->requests);
	return vcpu;
}

static bool hw_id_taken(struct axvm_vm *vm, u64 id)
{
	unsigned int i, left = vm->nr_vcpus;

	for (i = 0; left && i < AXVM_MAX_VCPUS; i++) {
		if (!vm->vcpus[i])
			continue;
		if (vm->vcpus[i]->hw_id == id)
			return true;
		left--;
	}
	return false;
}

/* vm->lock held. */
static int vcpu_add(struct axvm_vm *vm, struct axvm_vcpu_create *arg,
		    unsigned int index)
{
	struct axvm_vcpu *vcpu;
	int err;

	if (vm->state != AXVM_VM_CREATED)
		return -EBADFD;
	if (vm->vcpus[index])
		return -EEXIST;
	err = axvm_account_vcpu(vm);
	if (err)
		return err;
	vcpu = vcpu_alloc(vm, arg);
	err = -ENOMEM;
	if (!vcpu)
		goto out_uncharge;
	err = -EINVAL;
	if (!axvm_arch_hw_id_valid(vcpu->hw_id))
		goto out_free;
	err = -EEXIST;
	if (hw_id_taken(vm, vcpu->hw_id))
		goto out_free;
	axvm_exit_init(vcpu);
	err = axvm_arch_vcpu_init(vcpu);
	if (err)
		goto out_free;
	err = axvm_profile_init(vcpu);
	if (err)
		goto out_arch;
	axvm_vcpu_set_state(vcpu, AXVM_VCPU_FREE, AXVM_WAIT_NONE);
	arg->hw_id = vcpu->hw_id;
	vm->nr_vcpus++;
	/* release: whoever sees the pointer sees a finished vCPU */
	smp_store_release(&vm->vcpus[index], vcpu);
	return 0;

out_arch:
	axvm_arch_vcpu_exit(vcpu);
out_free:
	kfree(vcpu);
out_uncharge:
	axvm_account_vcpu_undo(vm);
	return err;
}

int axvm_vcpu_create(struct axvm_vm *vm, struct axvm_vcpu_create *arg)
{
	unsigned int index;
	int err;

	if (arg->index >= AXVM_MAX_VCPUS)
		return -EINVAL;
	if (!(arg->flags & AXVM_VCPU_HW_ID) && arg->hw_id)
		return -EINVAL;
	index = array_index_nospec(arg->index, AXVM_MAX_VCPUS);
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	err = READ_ONCE(vm->dead) ? -ENODEV : vcpu_add(vm, arg, index);
	mutex_unlock(&vm->lock);
	return err;
}

/*
 * The VM is destroyed: the thread ends, the architecture's part goes; the
 * struct, its locks and its exit records stay for open descriptors.
 * vm->lock held, vm->dead set, gate closed.
 */
void axvm_vcpu_teardown(struct axvm_vcpu *vcpu)
{
	if (vcpu->thread) {
		struct task_struct *thread = vcpu->thread;

		WRITE_ONCE(vcpu->thread, NULL);
		kthread_stop(thread);
		put_task_struct(thread);
	}
	/* A caller asleep in AXVM_VCPU_RUN looks at the architecture's part. */
	wait_event(vcpu->exits.wq, !atomic_read_acquire(&vcpu->sync_busy));
	mutex_lock(&vcpu->run_lock);
	axvm_arch_vcpu_exit(vcpu);
	mutex_unlock(&vcpu->run_lock);
	wake_up_all(&vcpu->exits.wq);
}

/* Nobody can reach it any more. */
void axvm_vcpu_free(struct axvm_vcpu *vcpu)
{
	axvm_exit_free(vcpu);
	axvm_profile_free(vcpu);
	kfree(vcpu);
}

/*
 * State of a vCPU, by its run loop or with run_lock held while it is out.  A
 * step that the table forbids leaves the vCPU as it was.
 */
void axvm_vcpu_set_state(struct axvm_vcpu *vcpu, u32 state, u32 wait)
{
	u32 old = vcpu->state;

	if (old == state && vcpu->wait_why == wait)
		return;
	if (old != state && WARN_ON_ONCE(axvm_vcpu_step_ok(old, state)))
		return;
	trace_axvm_vcpu_state(vcpu, state, wait);
	WRITE_ONCE(vcpu->wait_why, wait);
	WRITE_ONCE(vcpu->state, state);
}

/* AXVM_VCPU_CONTROL */
int axvm_vcpu_control(struct axvm_vcpu *vcpu, struct axvm_control *arg)
{
	struct axvm_reg *fields;
	bool all = capable(CAP_SYS_ADMIN);
	u32 n = 0, kind = 0;
	int err;

	if (arg->kind || arg->pad)
		return -EINVAL;
	fields = kvcalloc(AXVM_CONTROL_FIELDS, sizeof(*fields),
			  GFP_KERNEL_ACCOUNT);
	if (!fields)
		return -ENOMEM;
	err = axvm_vcpu_visit(vcpu);
	if (err)
		goto out_free;
	err = axvm_arch_control(vcpu, all, fields, &n, &kind);
	axvm_vcpu_leave(vcpu);
	if (!err && copy_to_user(u64_to_user_ptr(arg->fields), fields,
				 min(n, arg->count) * sizeof(*fields)))
		err = -EFAULT;
	arg->flags = all ? 0 : AXVM_CONTROL_PARTIAL;
	arg->kind = kind;
	arg->count = n;
out_free:
	kvfree(fields);
	return err;
}

/* Nothing of an earlier run is left: run_lock held. */
static void vcpu_fresh(struct axvm_vcpu *vcpu)
{
	axvm_exit_reset(vcpu);
	vcpu->halted = false;
	vcpu->asleep = false;
	vcpu->again = false;
	vcpu->broken = false;
	vcpu->held = false;
	vcpu->ended = false;
}

/* The VM starts: vm->lock held, gate closed. */
void axvm_vcpu_boot(struct axvm_vcpu *vcpu)
{
	mutex_lock(&vcpu->run_lock);
	axvm_arch_vcpu_start(vcpu);
	vcpu_fresh(vcpu);
	vcpu->off = axvm_arch_vcpu_is_off(vcpu);
	vcpu->live = false;
	if (!vcpu->off)
		axvm_vm_live(vcpu, true);
	axvm_vcpu_set_state(vcpu, AXVM_VCPU_READY, AXVM_WAIT_NONE);
	mutex_unlock(&vcpu->run_lock);
}

/* Back to the boot registers: vm->lock held, gate closed. */
void axvm_vcpu_reset(struct axvm_vcpu *vcpu)
{
	mutex_lock(&vcpu->run_lock);
	axvm_arch_vcpu_reset(vcpu);
	vcpu_fresh(vcpu);
	vcpu->off = false;
	if (vcpu->state != AXVM_VCPU_FREE)
		axvm_vcpu_set_state(vcpu, AXVM_VCPU_FREE, AXVM_WAIT_NONE);
	mutex_unlock(&vcpu->run_lock);
}

void axvm_vcpu_kick(struct axvm_vcpu *vcpu)
{
	struct task_struct *task;

	rcuwait_wake_up(&vcpu->wait);
	smp_mb(); /* pairs with the one in axvm_vcpu_enter_begin() */
	if (!READ_ONCE(vcpu->in_guest))
		return;
	rcu_read_lock();
	task = rcu_dereference(vcpu->task);
	if (task && task != current)
		kick_process(task);
	rcu_read_unlock();
}

void axvm_vcpu_request(struct axvm_vcpu *vcpu, enum axvm_request req)
{
	/* What is asked for is seen with the bit: pairs with axvm_vcpu_take(). */
	smp_mb__before_atomic();
	set_bit(req, &vcpu->requests);
	axvm_vcpu_kick(vcpu);
}

void axvm_vcpu_power_on(struct axvm_vcpu *vcpu)
{
	/* Counted before it runs: the VM cannot end as halted in between. */
	axvm_vm_live(vcpu, true);
	WRITE_ONCE(vcpu->off, false);
	axvm_vcpu_request(vcpu, AXVM_REQ_EVENT);
}

int axvm_vcpu_visit(struct axvm_vcpu *vcpu)
{
	int err = -EINTR;

	atomic_inc(&vcpu->visitors);
	axvm_vcpu_request(vcpu, AXVM_REQ_SYNC);
	if (mutex_lock_killable(&vcpu->run_lock))
		goto out_leave;
	if (!READ_ONCE(vcpu->vm->dead))
		return 0;
	err = -ENODEV;
	mutex_unlock(&vcpu->run_lock);
out_leave:
	if (atomic_dec_and_test(&vcpu->visitors))
		rcuwait_wake_up(&vcpu->wait);
	return err;
}

void axvm_vcpu_leave(struct axvm_vcpu *vcpu)
{
	mutex_unlock(&vcpu->run_lock);
	if (atomic_dec_and_test(&vcpu->visitors))
		rcuwait_wake_up(&vcpu->wait);
}

int axvm_vcpu_translate(struct axvm_vcpu *vcpu, struct axvm_translate *t)
{
	int err = axvm_vcpu_visit(vcpu);

	if (err)
		return err;
	err = axvm_arch_translate(vcpu, t);
	axvm_vcpu_leave(vcpu);
	return err;
}

/* A thread that sleeps at the gate does not notice that the VM stopped. */
static void vcpu_fill_state(struct axvm_vcpu *vcpu, struct axvm_vcpu_info *info)
{
	u32 vm_state = axvm_vm_state(vcpu->vm);

	info->state = AXVM_VCPU_FREE;
	if (vm_state == AXVM_VM_CREATED || vm_state == AXVM_VM_STOPPED)
		return;
	info->state = READ_ONCE(vcpu->state);
	info->wait = READ_ONCE(vcpu->wait_why);
	if (vm_state == AXVM_VM_SUSPENDED &&
	    info->state != AXVM_VCPU_BLOCKED) {
		info->state = AXVM_VCPU_BLOCKED;
		info->wait = AXVM_WAIT_SUSPENDED;
	}
}

void axvm_vcpu_fill_info(struct axvm_vcpu *vcpu, struct axvm_vcpu_info *info)
{
	struct axvm_vm *vm = vcpu->vm;
	u32 size = info->size;
	unsigned int cpu;

	memset(info, 0, sizeof(*info));
	info->size = size;
	vcpu_fill_state(vcpu, info);
	info->index = vcpu->index;
	info->sync = vcpu->sync;
	info->hw_id = vcpu->hw_id;
	info->last_exit = READ_ONCE(vcpu->exits.last_reason);
	info->claimed = !!READ_ONCE(vcpu->exits.owner);
	info->exits = READ_ONCE(vcpu->stats[AXVM_STAT_exits]);
	info->run_ns = READ_ONCE(vcpu->stats[AXVM_STAT_run_ns]);
	info->cpu = READ_ONCE(vcpu->cpu);
	mutex_lock(&vm->lock);
	if (vcpu->thread)
		info->tid = task_pid_nr(vcpu->thread);
	for_each_cpu(cpu, &vcpu->affinity)
		if (cpu < 1024)
			info->affinity[cpu / 64] |= BIT_ULL(cpu % 64);
	mutex_unlock(&vm->lock);
}

int axvm_vcpu_set_affinity(struct axvm_vcpu *vcpu,
			   const struct axvm_vcpu_affinity *arg)
{
	struct axvm_vm *vm = vcpu->vm;
	cpumask_var_t mask;
	unsigned int cpu;
	int err = 0;

	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
		return -ENOMEM;
	for_each_cpu(cpu, current->cpus_ptr)
		if (cpu < 1024 && arg->mask[cpu / 64] & BIT_ULL(cpu % 64))
			cpumask_set_cpu(cpu, mask);
	mutex_lock(&vm->lock);
	if (READ_ONCE(vm->dead))
		err = -ENODEV;
	else if (!cpumask_intersects(mask, cpu_online_mask))
		err = -EINVAL;
	else if (vcpu->thread)
		err = set_cpus_allowed_ptr(vcpu->thread, mask);
	if (!err)
		cpumask_copy(&vcpu->affinity, mask);
	mutex_unlock(&vm->lock);
	free_cpumask_var(mask);
	return err;
}

/* Registers may be written while nothing can run. */
static int regs_writable(struct axvm_vcpu *vcpu)
{
	u32 state = axvm_vm_state(vcpu->vm);

	return state == AXVM_VM_CREATED || state == AXVM_VM_SUSPENDED ?
		       0 : -EBADFD;
}

static int regs_copy(struct axvm_vcpu *vcpu, u32 block, void *buf, bool set)
{
	int err = axvm_vcpu_visit(vcpu);

	if (err)
		return err;
	if (set)
		err = regs_writable(vcpu) ?:
			      axvm_arch_set_regs(vcpu, block, buf);
	else
		err = axvm_arch_get_regs(vcpu, block, buf);
	axvm_vcpu_leave(vcpu);
	return err;
}

int axvm_vcpu_regs(struct axvm_vcpu *vcpu, const struct axvm_regs *arg,
		   bool set)
{
	void __user *ubuf = u64_to_user_ptr(arg->buf);
	size_t len = axvm_arch_regs_size(arg->block);
	void *buf;
	int err;

	if (!len || arg->len != len)
		return -EINVAL;
	buf = kzalloc(len, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	err = -EFAULT;
	if (set && copy_from_user(buf, ubuf, len))
		goto out_free;
	err = regs_copy(vcpu, arg->block, buf, set);
	if (!err && !set && copy_to_user(ubuf, buf, len))
		err = -EFAULT;
out_free:
	kfree_sensitive(buf);
	return err;
}

int axvm_vcpu_reg_ids(struct axvm_vcpu *vcpu, struct axvm_reg_list *arg)
{
	struct axvm_reg __user *regs = u64_to_user_ptr(arg->regs);
	struct axvm_reg reg = {};
	unsigned int n;

	for (n = 0; (reg.id = axvm_arch_reg_id(vcpu, n)); n++)
		if (n < arg->count &&
		    copy_to_user(&regs[n], &reg, sizeof(reg)))
			return -EFAULT;
	arg->count = n;
	return 0;
}

#define AXVM_REGS_MAX 4096

static int reg_list_apply(struct axvm_vcpu *vcpu, struct axvm_reg *regs,
			  u32 *count, bool set)
{
	int err = axvm_vcpu_visit(vcpu);
	u32 n;

	if (err)
		return err;
	if (set)
		err = regs_writable(vcpu);
	for (n = 0; !err && n < *count; n++)
		err = set ? axvm_arch_set_reg(vcpu, &regs[n]) :
			    axvm_arch_get_reg(vcpu, &regs[n]);
	axvm_vcpu_leave(vcpu);
	*count = err && n ? n - 1 : n;
	return err;
}

int axvm_vcpu_reg_list(struct axvm_vcpu *vcpu, struct axvm_reg_list *arg,
		       bool set)
{
	struct axvm_reg __user *uregs = u64_to_user_ptr(arg->regs);
	struct axvm_reg *regs;
	size_t bytes;
	int err;

	if (arg->pad || !arg->count || arg->count > AXVM_REGS_MAX)
		return -EINVAL;
	bytes = arg->count * sizeof(*regs);
	regs = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!regs)
		return -ENOMEM;
	err = -EFAULT;
	if (copy_from_user(regs, uregs, bytes))
		goto out_free;
	err = reg_list_apply(vcpu, regs, &arg->count, set);
	if (!set && copy_to_user(uregs, regs, bytes))
		err = -EFAULT;
out_free:
	kvfree(regs);
	return err;
}
