// SPDX-License-Identifier: GPL-2.0
/*
 * VM objects: creation, look-up by id and name, ownership, reference counts,
 * what happens when the last view is gone, and destruction from every state.
 * Transitions between states are in vm_state.c.
 *
 * Lifetime.  A VM is alive while it is in axvm_vms.  The list holds one
 * reference and the VM holds one reference on the module; both end in
 * axvm_vm_destroy(), which gives back everything the VM owns (memory, threads,
 * nested tables, the CPUs).  The struct and its vCPU structs stay until the
 * last descriptor is closed; every operation on such a VM says ENODEV.
 * vm->dead is set first, teardown happens under the locks below, and every
 * operation looks at vm->dead (or vm->mem.closed) after it took its lock.
 *
 * Lock order, outer to inner:
 *
 *	vm->lock			configuration, transitions
 *	  axvm_vms_lock			the list of VMs
 *	    axvm_account_lock		what users have of them (account.c)
 *	  vcpu->run_lock		one vCPU's state and run loop
 *	    mmap_lock			(user accesses; never under mem.lock)
 *	      vm->mem.lock		regions, nested tables
 *	        vm->buses.lock		device and policy tables (writers)
 *	    vcpu->exits.lock		claim, parked exit (spin)
 *	  vm->state_lock		state, stop reason, live count (raw)
 *
 * A vCPU's own thread holds run_lock and never takes vm->lock, so whoever
 * holds vm->lock may wait for vCPUs to leave the run loop.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "module/arch.h"
#include "module/console.h"
#include "module/core.h"
#include "module/cpu.h"
#include "module/lib/vmargs.h"
#include "module/profile.h"
#include "module/trace.h"

static DEFINE_MUTEX(axvm_vms_lock); /* axvm_vms, axvm_nr_vms, axvm_next_id */
static DEFINE_XARRAY(axvm_vms);
static unsigned int axvm_nr_vms;
static u64 axvm_next_id = 1;
static struct workqueue_struct *axvm_reaper;

static void axvm_vm_reap(struct work_struct *work);

/* The last reference is gone: nothing but the structs is left. */
static void axvm_vm_release(struct kref *ref)
{
	struct axvm_vm *vm = container_of(ref, struct axvm_vm, ref);
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			axvm_vcpu_free(vm->vcpus[i]);
	axvm_console_free(vm);
	axvm_mem_free(vm);
	kvfree(vm->blob);
	kfree(vm);
}

struct axvm_vm *axvm_vm_get(struct axvm_vm *vm)
{
	kref_get(&vm->ref);
	return vm;
}

void axvm_vm_put(struct axvm_vm *vm)
{
	kref_put(&vm->ref, axvm_vm_release);
}

void axvm_vm_view_get(struct axvm_vm *vm)
{
	axvm_vm_get(vm);
	atomic_inc(&vm->views);
}

/*
 * May be called with mmap_lock held (a mapping goes), so the policy is
 * carried out by the reaper, which holds no lock of its caller's.
 */
void axvm_vm_view_put(struct axvm_vm *vm)
{
	if (atomic_dec_and_test(&vm->views) && !READ_ONCE(vm->dead) &&
	    READ_ONCE(vm->policy) != AXVM_POLICY_KEEP) {
		axvm_vm_get(vm);
		if (!queue_work(axvm_reaper, &vm->reap))
			axvm_vm_put(vm);
	}
	axvm_vm_put(vm);
}

/* A descriptor is closed: as above, but the policy is done on return. */
void axvm_vm_view_put_sync(struct axvm_vm *vm)
{
	axvm_vm_get(vm);
	axvm_vm_view_put(vm);
	if (!atomic_read(&vm->views))
		flush_work(&vm->reap);
	axvm_vm_put(vm);
}

/* The work holds a reference, like the reaper's. */
void axvm_vm_queue_break(struct axvm_vm *vm)
{
	axvm_vm_get(vm);
	if (!queue_work(axvm_reaper, &vm->brk))
		axvm_vm_put(vm);
}

static void axvm_vm_reap(struct work_struct *work)
{
	struct axvm_vm *vm = container_of(work, struct axvm_vm, reap);

	/* Somebody may have opened it again since the work was queued. */
	if (!atomic_read(&vm->views)) {
		u32 policy = READ_ONCE(vm->policy);

		if (policy == AXVM_POLICY_DESTROY)
			axvm_vm_destroy(vm);
		else if (policy == AXVM_POLICY_PAUSE)
			axvm_vm_suspend(vm, 0);
	}
	axvm_vm_put(vm);
}

/* May the caller use @vm?  Owner, group by mode, or CAP_SYS_ADMIN. */
bool axvm_vm_may(struct axvm_vm *vm)
{
	u32 mode = READ_ONCE(vm->mode);

	if (current_user_ns() != &init_user_ns)
		return false;
	if (uid_eq(current_euid(), vm->uid) && (mode & 0600) == 0600)
		return true;
	if ((mode & 0060) == 0060 && in_egroup_p(vm->gid))
		return true;
	return capable(CAP_SYS_ADMIN);
}

/**
 * axvm_vm_find() - look a VM up
 * @id: its id, or 0
 * @name: its name, used when @id is 0
 *
 * Return: the VM with a reference, or NULL.
 */
struct axvm_vm *axvm_vm_find(u64 id, const char *name)
{
	struct axvm_vm *vm = NULL;
	unsigned long i;

	mutex_lock(&axvm_vms_lock);
	if (id) {
		vm = xa_load(&axvm_vms, id);
	} else {
		xa_for_each(&axvm_vms, i, vm)
			if (!strcmp(vm->name, name))
				break;
	}
	if (vm)
		axvm_vm_get(vm);
	mutex_unlock(&axvm_vms_lock);
	return vm;
}

/** axvm_vm_next() - the VM with the lowest id above @after, with a reference */
struct axvm_vm *axvm_vm_next(u64 after)
{
	unsigned long i = after;
	struct axvm_vm *vm;

	mutex_lock(&axvm_vms_lock);
	vm = xa_find_after(&axvm_vms, &i, ULONG_MAX, XA_PRESENT);
	if (vm)
		axvm_vm_get(vm);
	mutex_unlock(&axvm_vms_lock);
	return vm;
}

unsigned int axvm_vm_count(void)
{
	return READ_ONCE(axvm_nr_vms);
}

/* Under axvm_vms_lock. */
static bool axvm_vm_name_taken(const char *name)
{
	struct axvm_vm *other;
	unsigned long i;

	xa_for_each(&axvm_vms, i, other)
		if (!strcmp(other->name, name))
			return true;
	return false;
}

static int axvm_vm_publish(struct axvm_vm *vm)
{
	int err;

	mutex_lock(&axvm_vms_lock);
	vm->id = axvm_next_id;
	if (!vm->name[0])
		snprintf(vm->name, sizeof(vm->name), "vm%llu", vm->id);
	err = -EEXIST;
	if (axvm_vm_name_taken(vm->name))
		goto out_unlock;
	err = axvm_account_open(vm);
	if (err)
		goto out_unlock;
	err = xa_err(xa_store(&axvm_vms, vm->id, vm, GFP_KERNEL_ACCOUNT));
	if (err) {
		axvm_account_close(vm);
		goto out_unlock;
	}
	axvm_next_id++;
	axvm_nr_vms++;
	axvm_vm_get(vm);
out_unlock:
	mutex_unlock(&axvm_vms_lock);
	return err;
}

/* True for the one caller that took it off the list. */
static bool axvm_vm_unpublish(struct axvm_vm *vm)
{
	bool mine;

	mutex_lock(&axvm_vms_lock);
	mine = xa_load(&axvm_vms, vm->id) == vm;
	if (mine) {
		xa_erase(&axvm_vms, vm->id);
		axvm_nr_vms--;
		axvm_account_close(vm);
	}
	mutex_unlock(&axvm_vms_lock);
	return mine;
}

static struct axvm_vm *axvm_vm_alloc(const struct axvm_vm_create *arg)
{
	struct axvm_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);

	if (!vm)
		return NULL;
	memcpy(vm->name, arg->name, sizeof(vm->name));
	vm->uid = current_euid();
	vm->gid = current_egid();
	vm->mode = arg->mode ?: 0600;
	vm->policy = arg->policy;
	vm->platform = arg->flags & AXVM_VM_PLATFORM;
	vm->user_calls = arg->flags & AXVM_VM_USER_CALLS;
	vm->ptimer = arg->flags & AXVM_VM_PTIMER;
	vm->created_ns = ktime_get_real_ns();
	kref_init(&vm->ref); /* the creator's view */
	atomic_set(&vm->views, 1);
	mutex_init(&vm->lock);
	raw_spin_lock_init(&vm->state_lock);
	init_waitqueue_head(&vm->wq);
	INIT_WORK(&vm->reap, axvm_vm_reap);
	INIT_WORK(&vm->brk, axvm_vm_break_work);
	return vm;
}

/**
 * axvm_vm_create() - AXVM_VM_CREATE
 * @arg: checked for size and flags; @arg->id and @arg->why are filled
 * @out: the VM, with a view for the descriptor the caller will make
 */
int axvm_vm_create(struct axvm_vm_create *arg, struct axvm_vm **out)
{
	struct axvm_why why = {};
	struct axvm_vm *vm;
	int err;

	if (current_user_ns() != &init_user_ns)
		return -EPERM;
	err = axvm_args_vm_create(arg);
	if (err)
		return err;
	vm = axvm_vm_alloc(arg);
	if (!vm)
		return -ENOMEM;
	err = axvm_console_init(vm);
	if (err)
		goto out_put;
	err = axvm_cpu_get(&why);
	arg->why = why.code;
	if (err)
		goto out_put;
	err = axvm_buses_init(vm);
	if (err)
		goto out_cpu;
	err = axvm_mem_init(vm);
	if (err)
		goto out_buses;
	err = axvm_arch_vm_init(vm);
	if (err)
		goto out_mem;
	__module_get(THIS_MODULE); /* dropped by axvm_vm_destroy() */
	err = axvm_vm_publish(vm);
	if (err)
		goto out_module;
	trace_axvm_vm_create(vm);
	arg->id = vm->id;
	*out = vm;
	return 0;

out_module:
	module_put(THIS_MODULE); /* the caller runs under the device's own */
	axvm_arch_vm_exit(vm);
out_mem:
	axvm_mem_exit(vm);
out_buses:
	axvm_buses_exit(vm);
out_cpu:
	axvm_cpu_put();
out_put:
	axvm_vm_put(vm);
	return err;
}

/**
 * axvm_vm_destroy() - end a VM from whatever state it is in
 * @vm: the VM; the caller holds a reference
 *
 * Return: 0, or -ENOENT when somebody else is destroying it or has.
 */
int axvm_vm_destroy(struct axvm_vm *vm)
{
	unsigned int i;

	if (!axvm_vm_unpublish(vm))
		return -ENOENT;
	trace_axvm_vm_destroy(vm);
	raw_spin_lock_irq(&vm->state_lock);
	WRITE_ONCE(vm->dead, true);
	raw_spin_unlock_irq(&vm->state_lock);
	wake_up_all(&vm->wq);
	axvm_console_close(vm);

	mutex_lock(&vm->lock);
	axvm_vm_gate_close(vm, AXVM_REQ_PAUSE);
	axvm_arch_vm_time(vm, false); /* timers would find vCPUs torn down */
	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			axvm_vcpu_teardown(vm->vcpus[i]);
	axvm_mem_exit(vm);
	axvm_arch_vm_exit(vm);
	axvm_buses_exit(vm);
	mutex_unlock(&vm->lock);
	axvm_cpu_put();
	axvm_profile_end(vm);
	wake_up_all(&vm->wq);

	axvm_vm_put(vm); /* the list's; the caller has its own */
	module_put(THIS_MODULE); /* the caller: a descriptor or the reaper */
	return 0;
}

void axvm_vm_fill_info(struct axvm_vm *vm, struct axvm_vm_info *info)
{
	u32 size = info->size;
	unsigned int i;

	memset(info, 0, sizeof(*info));
	info->size = size;
	info->flags = (vm->platform ? AXVM_VM_PLATFORM : 0) |
		      (vm->user_calls ? AXVM_VM_USER_CALLS : 0) |
		      (vm->ptimer ? AXVM_VM_PTIMER : 0);
	info->id = vm->id;
	memcpy(info->name, vm->name, sizeof(info->name));
	raw_spin_lock_irq(&vm->state_lock);
	info->state = vm->state;
	info->stop_reason = vm->stop_reason;
	info->stop_detail = vm->stop_detail;
	raw_spin_unlock_irq(&vm->state_lock);
	info->uid = from_kuid(&init_user_ns, vm->uid);
	info->gid = from_kgid(&init_user_ns, vm->gid);
	info->mode = READ_ONCE(vm->mode);
	info->policy = READ_ONCE(vm->policy);
	info->nr_vcpus = READ_ONCE(vm->nr_vcpus);
	info->nr_regions = axvm_mem_nr_regions(vm);
	info->nr_views = atomic_read(&vm->views);
	info->mem_bytes = READ_ONCE(vm->mem.bytes);
	info->mem_resident = READ_ONCE(vm->mem.resident);
	info->created_ns = vm->created_ns;
	info->started_ns = READ_ONCE(vm->started_ns);
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = READ_ONCE(vm->vcpus[i]);

		if (vcpu)
			info->exits += READ_ONCE(
				vcpu->stats[AXVM_STAT_exits]);
	}
}

/* The host suspends or goes on: all vCPUs out, or in again. */
void axvm_vms_freeze(bool freeze)
{
	struct axvm_vm *vm;
	u64 id = 0;

	while ((vm = axvm_vm_next(id))) {
		id = vm->id;
		mutex_lock(&vm->lock);
		if (freeze)
			axvm_vm_gate_close(vm, AXVM_REQ_FREEZE);
		else
			axvm_vm_gate_open(vm, AXVM_REQ_FREEZE);
		mutex_unlock(&vm->lock);
		axvm_vm_put(vm);
	}
}

int axvm_vms_init(void)
{
	axvm_reaper = alloc_workqueue("axvm_reaper", WQ_UNBOUND, 0);
	return axvm_reaper ? 0 : -ENOMEM;
}

/* No VM is alive; a reaper may still be on its way out of our text. */
void axvm_vms_exit(void)
{
	destroy_workqueue(axvm_reaper);
	xa_destroy(&axvm_vms);
}
