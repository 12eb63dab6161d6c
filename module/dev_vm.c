// SPDX-License-Identifier: GPL-2.0
/*
 * The VM descriptor: its ioctls, mmap() of guest memory, poll().
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/console.h"
#include "module/core.h"
#include "module/ioctl.h"
#include "module/lib/vmargs.h"
#include "module/profile.h"
#include "module/stats.h"

static int vm_info(struct axvm_call *call)
{
	axvm_vm_fill_info(call->vm, &call->arg.vm_info);
	return 0;
}

static int vm_set(struct axvm_call *call)
{
	const struct axvm_vm_set *set = &call->arg.vm_set;
	int err = axvm_args_vm_set(set);

	if (err)
		return err;
	mutex_lock(&call->vm->lock);
	if (set->flags & AXVM_SET_POLICY)
		WRITE_ONCE(call->vm->policy, set->policy);
	if (set->flags & AXVM_SET_MODE)
		WRITE_ONCE(call->vm->mode, set->mode ?: 0600);
	mutex_unlock(&call->vm->lock);
	if (set->flags & (AXVM_SET_PROFILE | AXVM_SET_NO_PROFILE))
		err = axvm_profile_set(call->vm, set->flags & AXVM_SET_PROFILE);
	return err;
}

static int vm_profile(struct axvm_call *call)
{
	return axvm_profile_get(call->vm, &call->arg.profile);
}

static int vm_start(struct axvm_call *call)
{
	if (call->arg.vm_op.timeout_ns)
		return -EINVAL;
	return axvm_vm_start(call->vm, &call->arg.vm_op);
}

static int vm_stop(struct axvm_call *call)
{
	return axvm_vm_stop(call->vm, &call->arg.vm_op);
}

static int vm_suspend(struct axvm_call *call)
{
	if (call->arg.vm_op.timeout_ns)
		return -EINVAL;
	return axvm_vm_suspend(call->vm, call->arg.vm_op.flags);
}

static int vm_resume(struct axvm_call *call)
{
	if (call->arg.vm_op.timeout_ns)
		return -EINVAL;
	return axvm_vm_resume(call->vm);
}

static int vm_reset(struct axvm_call *call)
{
	const struct axvm_vm_op *op = &call->arg.vm_op;

	if (op->timeout_ns ||
	    (op->flags & AXVM_OP_PAUSED && !(op->flags & AXVM_OP_START)))
		return -EINVAL;
	return axvm_vm_reset(call->vm, op);
}

static int vm_wait(struct axvm_call *call)
{
	int err = axvm_args_vm_wait(&call->arg.vm_wait);

	return err ?: axvm_vm_wait(call->vm, &call->arg.vm_wait);
}

static int vm_mem_map(struct axvm_call *call)
{
	return axvm_mem_map(call->vm, &call->arg.mem);
}

static int vm_mem_unmap(struct axvm_call *call)
{
	return axvm_mem_unmap(call->vm, &call->arg.mem);
}

static int vm_mem_list(struct axvm_call *call)
{
	return axvm_mem_list(call->vm, &call->arg.list);
}

static int vm_mem_rw(struct axvm_call *call)
{
	return axvm_mem_rw(call->vm, &call->arg.mem_rw);
}

static int vm_io(struct axvm_call *call)
{
	return axvm_policy_set(call->vm, &call->arg.io);
}

static int vm_irq(struct axvm_call *call)
{
	struct axvm_vm *vm = call->vm;
	u64 present = 0;
	unsigned int i;
	u32 state;
	int err;

	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (READ_ONCE(vm->vcpus[i]))
			present |= BIT_ULL(i);
	err = axvm_args_irq(&call->arg.irq, present);
	if (err)
		return err;
	mutex_lock(&vm->lock);
	state = axvm_vm_state(vm);
	if (READ_ONCE(vm->dead))
		err = -ENODEV;
	else if (state != AXVM_VM_RUNNING && state != AXVM_VM_SUSPENDED)
		err = -EBADFD;
	else
		err = axvm_arch_irq(vm, &call->arg.irq);
	mutex_unlock(&vm->lock);
	return err;
}

static int vm_cpuid(struct axvm_call *call)
{
	struct axvm_cpuid *arg = &call->arg.cpuid;
	struct axvm_vm *vm = call->vm;
	bool hide = arg->flags & AXVM_CPUID_HIDE;
	int err;

	if (!hide && memchr_inv(arg->hide, 0, sizeof(arg->hide)))
		return -EINVAL;
	if (memchr_inv(arg->regs, 0, sizeof(arg->regs)))
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (READ_ONCE(vm->dead))
		err = -ENODEV;
	else if (hide && axvm_vm_state(vm) != AXVM_VM_CREATED)
		err = -EBADFD;
	else
		err = axvm_arch_vm_cpuid(vm, arg);
	mutex_unlock(&vm->lock);
	return err;
}

static int vm_stats(struct axvm_call *call)
{
	return axvm_stats_get(call->vm, &call->arg.stats);
}

static int vm_console(struct axvm_call *call)
{
	struct axvm_console *arg = &call->arg.console;
	int fd;

	if (arg->pad || arg->fd)
		return -EINVAL;
	fd = axvm_call_new_fd(call, axvm_console_file(call->vm, arg->flags));
	arg->fd = fd;
	return fd < 0 ? fd : 0;
}

/*
 * User memory is not touched under vm->lock: it may block for as long as its
 * owner likes.
 */
static int vm_blob_set(struct axvm_call *call)
{
	const struct axvm_blob *arg = &call->arg.blob;
	void *blob = NULL;

	if (arg->len > AXVM_BLOB_MAX)
		return -E2BIG;
	if (arg->len) {
		blob = kvmalloc(arg->len, GFP_KERNEL_ACCOUNT);
		if (!blob)
			return -ENOMEM;
		if (copy_from_user(blob, u64_to_user_ptr(arg->buf), arg->len)) {
			kvfree(blob);
			return -EFAULT;
		}
	}
	mutex_lock(&call->vm->lock);
	swap(call->vm->blob, blob);
	call->vm->blob_len = arg->len;
	mutex_unlock(&call->vm->lock);
	kvfree(blob);
	return 0;
}

static int vm_blob_get(struct axvm_call *call)
{
	struct axvm_blob *arg = &call->arg.blob;
	size_t room = min_t(u64, arg->len, AXVM_BLOB_MAX);
	struct axvm_vm *vm = call->vm;
	void *copy = kvmalloc(room ?: 1, GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!copy)
		return -ENOMEM;
	mutex_lock(&vm->lock);
	arg->len = vm->blob_len;
	if (room < vm->blob_len)
		err = -ENOSPC;
	else if (vm->blob_len)
		memcpy(copy, vm->blob, vm->blob_len);
	mutex_unlock(&vm->lock);
	if (!err && copy_to_user(u64_to_user_ptr(arg->buf), copy, arg->len))
		err = -EFAULT;
	kvfree(copy);
	return err;
}

static int vm_vcpu_open(struct axvm_call *call)
{
	struct axvm_vcpu_create *arg = &call->arg.vcpu_create;
	struct axvm_vcpu *vcpu;
	unsigned int index;
	int fd;

	if (arg->index >= AXVM_MAX_VCPUS)
		return -EINVAL;
	index = array_index_nospec(arg->index, AXVM_MAX_VCPUS);
	/* acquire: pairs with the release in vcpu_add() */
	vcpu = smp_load_acquire(&call->vm->vcpus[index]);
	if (!vcpu)
		return -ENOENT;
	arg->hw_id = vcpu->hw_id;
	fd = axvm_call_new_fd(call, axvm_vcpu_file(vcpu));
	arg->fd = fd;
	return fd < 0 ? fd : 0;
}

static int vm_vcpu_create(struct axvm_call *call)
{
	int err = axvm_vcpu_create(call->vm, &call->arg.vcpu_create);

	return err ?: vm_vcpu_open(call);
}

#define VM_OP(number, allow, func) \
	AXVM_ROW(number, 0x20, axvm_vm_op, allow, 0, func)
#define MEM_FLAGS                                                           \
	(AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC | AXVM_MEM_DEVICE | \
	 AXVM_MEM_UNCACHED | AXVM_MEM_POPULATE)

static const struct axvm_ioctl vm_rows[] = {
	AXVM_ROW(AXVM_VM_INFO, 0x20, axvm_vm_info, 0, IOCTL_OUT, vm_info),
	AXVM_ROW(AXVM_VM_SET, 0x20, axvm_vm_set,
		 AXVM_SET_POLICY | AXVM_SET_MODE | AXVM_SET_PROFILE |
			 AXVM_SET_NO_PROFILE,
		 0, vm_set),
	VM_OP(AXVM_VM_START, AXVM_OP_PAUSED, vm_start),
	VM_OP(AXVM_VM_STOP, AXVM_OP_FORCE, vm_stop),
	VM_OP(AXVM_VM_SUSPEND, AXVM_OP_TIME_RUNS, vm_suspend),
	VM_OP(AXVM_VM_RESUME, 0, vm_resume),
	VM_OP(AXVM_VM_RESET, AXVM_OP_START | AXVM_OP_PAUSED, vm_reset),
	AXVM_ROW(AXVM_VM_WAIT, 0x20, axvm_vm_wait, 0, IOCTL_OUT | IOCTL_OUT_ERR,
		 vm_wait),
	AXVM_ROW(AXVM_VM_MEM_MAP, 0x20, axvm_mem, MEM_FLAGS, 0, vm_mem_map),
	AXVM_ROW(AXVM_VM_MEM_UNMAP, 0x20, axvm_mem, 0, 0, vm_mem_unmap),
	AXVM_ROW(AXVM_VM_MEM_LIST, 0x20, axvm_list, 0, IOCTL_OUT, vm_mem_list),
	AXVM_ROW(AXVM_VM_MEM_RW, 0x20, axvm_mem_rw,
		 AXVM_RW_WRITE | AXVM_RW_GVA | AXVM_RW_PEEK,
		 IOCTL_OUT | IOCTL_OUT_ERR, vm_mem_rw),
	AXVM_ROW(AXVM_VCPU_CREATE, 0x20, axvm_vcpu_create,
		 AXVM_VCPU_SYNC | AXVM_VCPU_HW_ID, IOCTL_OUT, vm_vcpu_create),
	AXVM_ROW(AXVM_VCPU_OPEN, 0x20, axvm_vcpu_create, 0, IOCTL_OUT,
		 vm_vcpu_open),
	AXVM_ROW(AXVM_VM_IO, 0x20, axvm_io,
		 AXVM_IO_DEFAULT | AXVM_IO_REMOVE | AXVM_IO_DATAMATCH, 0,
		 vm_io),
	AXVM_ROW(AXVM_VM_IRQ, 0x20, axvm_irq, AXVM_IRQ_NMI | AXVM_IRQ_GSI, 0,
		 vm_irq),
	AXVM_ROW(AXVM_VM_STATS, 0x20, axvm_stats, 0, IOCTL_OUT, vm_stats),
	AXVM_ROW(AXVM_VM_CONSOLE, 0x20, axvm_console, AXVM_CONSOLE_TAIL,
		 IOCTL_OUT, vm_console),
	AXVM_ROW(AXVM_VM_BLOB_SET, 0x20, axvm_blob, 0, 0, vm_blob_set),
	AXVM_ROW(AXVM_VM_BLOB_GET, 0x20, axvm_blob, 0,
		 IOCTL_OUT | IOCTL_OUT_ERR, vm_blob_get),
	AXVM_ROW(AXVM_VM_PROFILE, 0x20, axvm_profile, 0, IOCTL_OUT, vm_profile),
	AXVM_ROW(AXVM_VM_CPUID, 0x20, axvm_cpuid, AXVM_CPUID_HIDE, IOCTL_OUT,
		 vm_cpuid),
};

static const struct axvm_ioctl_table vm_table = {
	.first = 0x20,
	.n = ARRAY_SIZE(vm_rows),
	.rows = vm_rows,
};

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_call call AXVM_UNINIT; /* axvm_serve() fills the rest */

	call.file = file;
	call.vm = file->private_data;
	call.vcpu = NULL;
	return axvm_serve(&call, &vm_table, cmd, arg);
}

static int vm_release(struct inode *inode, struct file *file)
{
	axvm_vm_view_put_sync(file->private_data);
	return 0;
}

static int vm_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct axvm_vm *vm = file->private_data;

	return READ_ONCE(vm->dead) ? -ENODEV : axvm_mem_mmap(vm, vma);
}

static __poll_t vm_poll(struct file *file, poll_table *pt)
{
	struct axvm_vm *vm = file->private_data;
	__poll_t events = 0;

	poll_wait(file, &vm->wq, pt);
	if (READ_ONCE(vm->dead))
		events |= EPOLLHUP | EPOLLERR;
	if (axvm_vm_state(vm) != AXVM_VM_RUNNING)
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}

static const struct file_operations axvm_vm_fops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vm_mmap,
	.poll = vm_poll,
	.llseek = noop_llseek,
};

/* A descriptor of @vm; takes over one view.  All share one address_space. */
struct file *axvm_vm_file(struct axvm_vm *vm)
{
	struct file *file = anon_inode_getfile("axvm-vm", &axvm_vm_fops, vm,
					       O_RDWR | O_CLOEXEC);

	if (IS_ERR(file))
		axvm_vm_view_put_sync(vm);
	else
		file->f_mapping = vm->mem.inode->i_mapping;
	return file;
}
