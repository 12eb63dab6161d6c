// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/axvm and the VM and vCPU descriptors: one table of ioctls for each,
 * the size and flag rules of the uapi, and descriptors made and installed only
 * after everything else has worked.  What an ioctl does is elsewhere.
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/console.h"
#include "module/core.h"
#include "module/cpu.h"
#include "module/lib/vmargs.h"
#include "module/stats.h"

/* Room for any ioctl's structure. */
union axvm_arg {
	struct {
		__u32 size;
		__u32 flags;
	};
	struct axvm_info info;
	struct axvm_vm_create vm_create;
	struct axvm_vm_ref vm_ref;
	struct axvm_vm_info vm_info;
	struct axvm_list list;
	struct axvm_vm_set vm_set;
	struct axvm_vm_op vm_op;
	struct axvm_vm_wait vm_wait;
	struct axvm_blob blob;
	struct axvm_mem mem;
	struct axvm_mem_rw mem_rw;
	struct axvm_io io;
	struct axvm_irq irq;
	struct axvm_vcpu_create vcpu_create;
	struct axvm_vcpu_info vcpu_info;
	struct axvm_vcpu_affinity affinity;
	struct axvm_regs regs;
	struct axvm_reg_list reg_list;
	struct axvm_vcpu_claim claim;
	struct axvm_vcpu_complete complete;
	struct axvm_vcpu_run run;
	struct axvm_translate translate;
	struct axvm_stats stats;
	struct axvm_console console;
};

/**
 * struct axvm_call - one ioctl being served
 * @file: the descriptor it came through
 * @vm: its VM (VM and vCPU descriptors)
 * @vcpu: its vCPU (vCPU descriptors)
 * @arg: the structure, in the kernel
 * @new_file: a descriptor to install as @new_fd once @arg is copied back
 * @new_fd: reserved, or -1
 */
struct axvm_call {
	struct file *file;
	struct axvm_vm *vm;
	struct axvm_vcpu *vcpu;
	union axvm_arg arg;
	struct file *new_file;
	int new_fd;
};

#define IOCTL_OUT BIT(0) /* the structure is copied back */
#define IOCTL_OUT_ERR BIT(1) /* ... also when the call failed */

/**
 * struct axvm_ioctl - one row of a descriptor's table
 * @name: for readers
 * @size: bytes of the structure in ABI version 1 and now
 * @allowed: flags that mean something
 * @how: IOCTL_*
 * @fn: does it
 */
struct axvm_ioctl {
	const char *name;
	u32 size;
	u32 allowed;
	u32 how;
	int (*fn)(struct axvm_call *call);
};

struct axvm_ioctl_table {
	unsigned int first;
	unsigned int n;
	const struct axvm_ioctl *rows;
};

/* ---- new descriptors ------------------------------------------------- */

static const struct file_operations axvm_vm_fops;
static const struct file_operations axvm_vcpu_fops;

/* Reserve a descriptor number for @file; dev_ioctl() installs it. */
static int call_new_fd(struct axvm_call *call, struct file *file)
{
	int fd;

	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		fput(file);
		return fd;
	}
	call->new_file = file;
	call->new_fd = fd;
	return fd;
}

/* A descriptor of @vm; takes over one view.  All share one address_space. */
static struct file *vm_file(struct axvm_vm *vm)
{
	struct file *file = anon_inode_getfile("axvm-vm", &axvm_vm_fops, vm,
					       O_RDWR | O_CLOEXEC);

	if (IS_ERR(file))
		axvm_vm_view_put_sync(vm);
	else
		file->f_mapping = vm->mem.inode->i_mapping;
	return file;
}

/* ---- device descriptor ------------------------------------------------ */

static int axvm_dev_info(struct axvm_call *call)
{
	struct axvm_info *info = &call->arg.info;
	const struct axvm_why *why = axvm_cpu_why();
	u32 size = info->size;

	memset(info, 0, sizeof(*info));
	info->size = size;
	info->abi = AXVM_ABI_VERSION;
	info->why = why->code;
	info->max_vcpus = AXVM_MAX_VCPUS;
	info->caps = AXVM_CAP_SYNC_RUN | AXVM_CAP_EXIT_RING | AXVM_CAP_FLIGHT |
		     AXVM_CAP_MEM_USER | AXVM_CAP_MEM_HOST | AXVM_CAP_CONSOLE |
		     AXVM_CAP_IO_POLICY | AXVM_CAP_TRANSLATE;
	info->nr_vms = axvm_vm_count();
	info->cpus_taken = axvm_cpu_taken();
	info->cpus_online = num_online_cpus();
	info->max_vms = READ_ONCE(axvm_max_vms);
	info->max_vms_uid = READ_ONCE(axvm_max_vms_uid);
	info->max_mem_uid = READ_ONCE(axvm_max_mem_uid);
	info->nr_stats = AXVM_NR_STATS + AXVM_NR_EXITS;
	strscpy(info->version, AXVM_VERSION, sizeof(info->version));
	strscpy(info->why_text, why->text, sizeof(info->why_text));
	axvm_arch_info(info);
	return 0;
}

static int dev_vm_create(struct axvm_call *call)
{
	struct axvm_vm *vm;
	int fd = axvm_vm_create(&call->arg.vm_create, &vm);

	if (fd)
		return fd;
	fd = call_new_fd(call, vm_file(vm));
	call->arg.vm_create.fd = fd;
	return fd < 0 ? fd : 0;
}

/* The VM that @ref names, if the caller may use it. */
static struct axvm_vm *dev_find(const struct axvm_vm_ref *ref)
{
	int err = axvm_args_vm_ref(ref);
	struct axvm_vm *vm;

	if (err)
		return ERR_PTR(err);
	vm = axvm_vm_find(ref->id, ref->name);
	if (!vm)
		return ERR_PTR(-ENOENT);
	if (axvm_vm_may(vm))
		return vm;
	axvm_vm_put(vm);
	return ERR_PTR(-EACCES);
}

static int dev_vm_open(struct axvm_call *call)
{
	struct axvm_vm_ref *ref = &call->arg.vm_ref;
	struct axvm_vm *vm = dev_find(ref);
	int fd;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	axvm_vm_view_get(vm);
	ref->id = vm->id;
	memcpy(ref->name, vm->name, sizeof(ref->name));
	fd = READ_ONCE(vm->dead) ? -ENOENT : 0;
	if (fd)
		axvm_vm_view_put_sync(vm);
	else
		fd = call_new_fd(call, vm_file(vm));
	axvm_vm_put(vm);
	ref->fd = fd;
	return fd < 0 ? fd : 0;
}

static int dev_vm_destroy(struct axvm_call *call)
{
	struct axvm_vm *vm = dev_find(&call->arg.vm_ref);
	int err;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	err = axvm_vm_destroy(vm);
	axvm_vm_put(vm);
	return err;
}

/* One entry of a list, cut to or padded up to the caller's entry size. */
static int list_put(const struct axvm_list *list, const void *entry,
		    size_t size)
{
	void __user *to = u64_to_user_ptr(
		list->entries + (u64)list->count * list->entry_size);
	size_t n = min_t(size_t, size, list->entry_size);

	if (copy_to_user(to, entry, n) ||
	    clear_user(to + n, list->entry_size - n))
		return -EFAULT;
	return 0;
}

static int dev_vm_list(struct axvm_call *call)
{
	struct axvm_list *list = &call->arg.list;
	struct axvm_vm_info info;
	u64 after = list->after;
	struct axvm_vm *vm;
	int err = 0;

	if (list->pad || list->entry_size < sizeof(info) ||
	    list->entry_size > PAGE_SIZE)
		return -EINVAL;
	list->count = 0;
	while (!err && list->count < list->capacity &&
	       (vm = axvm_vm_next(after))) {
		after = vm->id;
		info.size = sizeof(info);
		axvm_vm_fill_info(vm, &info);
		axvm_vm_put(vm);
		err = list_put(list, &info, sizeof(info));
		list->count += !err;
		cond_resched();
	}
	return err;
}

/* ---- VM descriptor ------------------------------------------------------ */

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
	return 0;
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
	return axvm_vm_suspend(call->vm);
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
	fd = call_new_fd(call, axvm_console_file(call->vm, arg->flags));
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
		if (copy_from_user(blob, u64_to_user_ptr(arg->buf),
				   arg->len)) {
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

static struct file *vcpu_file(struct axvm_vcpu *vcpu)
{
	struct file *file;

	axvm_vm_view_get(vcpu->vm); /* keeps the vCPU too */
	file = anon_inode_getfile("axvm-vcpu", &axvm_vcpu_fops, vcpu,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		axvm_vm_view_put_sync(vcpu->vm);
	return file;
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
	fd = call_new_fd(call, vcpu_file(vcpu));
	arg->fd = fd;
	return fd < 0 ? fd : 0;
}

static int vm_vcpu_create(struct axvm_call *call)
{
	int err = axvm_vcpu_create(call->vm, &call->arg.vcpu_create);

	return err ?: vm_vcpu_open(call);
}

/* ---- vCPU descriptor ------------------------------------------------------ */

static int vcpu_info(struct axvm_call *call)
{
	axvm_vcpu_fill_info(call->vcpu, &call->arg.vcpu_info);
	return 0;
}

static int vcpu_affinity(struct axvm_call *call)
{
	return axvm_vcpu_set_affinity(call->vcpu, &call->arg.affinity);
}

static int vcpu_get_regs(struct axvm_call *call)
{
	return axvm_vcpu_regs(call->vcpu, &call->arg.regs, false);
}

static int vcpu_set_regs(struct axvm_call *call)
{
	return axvm_vcpu_regs(call->vcpu, &call->arg.regs, true);
}

static int vcpu_reg_ids(struct axvm_call *call)
{
	return call->arg.reg_list.pad ? -EINVAL :
		axvm_vcpu_reg_ids(call->vcpu, &call->arg.reg_list);
}

static int vcpu_get_reg(struct axvm_call *call)
{
	return axvm_vcpu_reg_list(call->vcpu, &call->arg.reg_list, false);
}

static int vcpu_set_reg(struct axvm_call *call)
{
	return axvm_vcpu_reg_list(call->vcpu, &call->arg.reg_list, true);
}

static int vcpu_claim(struct axvm_call *call)
{
	return axvm_exit_claim(call->vcpu, call->file, &call->arg.claim);
}

static int vcpu_complete(struct axvm_call *call)
{
	return axvm_exit_complete(call->vcpu, call->file,
				  &call->arg.complete);
}

static int vcpu_run(struct axvm_call *call)
{
	return axvm_vcpu_run_sync(call->vcpu, &call->arg.run);
}

static int vcpu_translate(struct axvm_call *call)
{
	struct axvm_translate *t = &call->arg.translate;

	t->gpa = t->page_size = 0;
	t->prot = t->levels = 0;
	return axvm_vcpu_translate(call->vcpu, t);
}

/* ---- tables -------------------------------------------------------------- */

#define ROW(number, base, type, allow, hows, func)                             \
	[_IOC_NR(number) - (base)] = { .name = #number,                        \
				       .size = sizeof(struct type),            \
				       .allowed = (allow),                     \
				       .how = (hows),                          \
				       .fn = (func) }

static const struct axvm_ioctl dev_rows[] = {
	ROW(AXVM_INFO, 0, axvm_info, 0, IOCTL_OUT, axvm_dev_info),
	ROW(AXVM_VM_CREATE, 0, axvm_vm_create, 0, IOCTL_OUT | IOCTL_OUT_ERR,
	    dev_vm_create),
	ROW(AXVM_VM_OPEN, 0, axvm_vm_ref, 0, IOCTL_OUT, dev_vm_open),
	ROW(AXVM_VM_LIST, 0, axvm_list, 0, IOCTL_OUT, dev_vm_list),
	ROW(AXVM_VM_DESTROY, 0, axvm_vm_ref, 0, 0, dev_vm_destroy),
};

#define VM_OP(number, allow, func)                                             \
	ROW(number, 0x20, axvm_vm_op, allow, 0, func)
#define MEM_FLAGS                                                              \
	(AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC | AXVM_MEM_DEVICE |    \
	 AXVM_MEM_UNCACHED | AXVM_MEM_POPULATE)

static const struct axvm_ioctl vm_rows[] = {
	ROW(AXVM_VM_INFO, 0x20, axvm_vm_info, 0, IOCTL_OUT, vm_info),
	ROW(AXVM_VM_SET, 0x20, axvm_vm_set, AXVM_SET_POLICY | AXVM_SET_MODE, 0,
	    vm_set),
	VM_OP(AXVM_VM_START, AXVM_OP_PAUSED, vm_start),
	VM_OP(AXVM_VM_STOP, AXVM_OP_FORCE, vm_stop),
	VM_OP(AXVM_VM_SUSPEND, 0, vm_suspend),
	VM_OP(AXVM_VM_RESUME, 0, vm_resume),
	VM_OP(AXVM_VM_RESET, AXVM_OP_START | AXVM_OP_PAUSED, vm_reset),
	ROW(AXVM_VM_WAIT, 0x20, axvm_vm_wait, 0, IOCTL_OUT | IOCTL_OUT_ERR,
	    vm_wait),
	ROW(AXVM_VM_MEM_MAP, 0x20, axvm_mem, MEM_FLAGS, 0, vm_mem_map),
	ROW(AXVM_VM_MEM_UNMAP, 0x20, axvm_mem, 0, 0, vm_mem_unmap),
	ROW(AXVM_VM_MEM_LIST, 0x20, axvm_list, 0, IOCTL_OUT, vm_mem_list),
	ROW(AXVM_VM_MEM_RW, 0x20, axvm_mem_rw, AXVM_RW_WRITE | AXVM_RW_GVA,
	    IOCTL_OUT | IOCTL_OUT_ERR, vm_mem_rw),
	ROW(AXVM_VCPU_CREATE, 0x20, axvm_vcpu_create,
	    AXVM_VCPU_SYNC | AXVM_VCPU_HW_ID, IOCTL_OUT, vm_vcpu_create),
	ROW(AXVM_VCPU_OPEN, 0x20, axvm_vcpu_create, 0, IOCTL_OUT,
	    vm_vcpu_open),
	ROW(AXVM_VM_IO, 0x20, axvm_io,
	    AXVM_IO_DEFAULT | AXVM_IO_REMOVE | AXVM_IO_DATAMATCH, 0, vm_io),
	ROW(AXVM_VM_IRQ, 0x20, axvm_irq, AXVM_IRQ_NMI, 0, vm_irq),
	ROW(AXVM_VM_STATS, 0x20, axvm_stats, 0, IOCTL_OUT, vm_stats),
	ROW(AXVM_VM_CONSOLE, 0x20, axvm_console, AXVM_CONSOLE_TAIL, IOCTL_OUT,
	    vm_console),
	ROW(AXVM_VM_BLOB_SET, 0x20, axvm_blob, 0, 0, vm_blob_set),
	ROW(AXVM_VM_BLOB_GET, 0x20, axvm_blob, 0, IOCTL_OUT | IOCTL_OUT_ERR,
	    vm_blob_get),
};

static const struct axvm_ioctl vcpu_rows[] = {
	ROW(AXVM_VCPU_INFO, 0x40, axvm_vcpu_info, 0, IOCTL_OUT, vcpu_info),
	ROW(AXVM_VCPU_AFFINITY, 0x40, axvm_vcpu_affinity, 0, 0, vcpu_affinity),
	ROW(AXVM_VCPU_GET_REGS, 0x40, axvm_regs, 0, 0, vcpu_get_regs),
	ROW(AXVM_VCPU_SET_REGS, 0x40, axvm_regs, 0, 0, vcpu_set_regs),
	ROW(AXVM_VCPU_REG_IDS, 0x40, axvm_reg_list, 0, IOCTL_OUT,
	    vcpu_reg_ids),
	ROW(AXVM_VCPU_GET_REG, 0x40, axvm_reg_list, 0,
	    IOCTL_OUT | IOCTL_OUT_ERR, vcpu_get_reg),
	ROW(AXVM_VCPU_SET_REG, 0x40, axvm_reg_list, 0,
	    IOCTL_OUT | IOCTL_OUT_ERR, vcpu_set_reg),
	ROW(AXVM_VCPU_CLAIM, 0x40, axvm_vcpu_claim, AXVM_CLAIM_RELEASE, 0,
	    vcpu_claim),
	ROW(AXVM_VCPU_COMPLETE, 0x40, axvm_vcpu_complete, AXVM_COMPLETE_FAULT,
	    0, vcpu_complete),
	ROW(AXVM_VCPU_RUN, 0x40, axvm_vcpu_run,
	    AXVM_VCPU_RUN_ANSWER | AXVM_VCPU_RUN_FAULT, IOCTL_OUT, vcpu_run),
	ROW(AXVM_VCPU_TRANSLATE, 0x40, axvm_translate,
	    AXVM_XLATE_WRITE | AXVM_XLATE_EXEC | AXVM_XLATE_USER, IOCTL_OUT,
	    vcpu_translate),
};

static const struct axvm_ioctl_table dev_table = {
	.first = 0x00, .n = ARRAY_SIZE(dev_rows), .rows = dev_rows,
};

static const struct axvm_ioctl_table vm_table = {
	.first = 0x20, .n = ARRAY_SIZE(vm_rows), .rows = vm_rows,
};

static const struct axvm_ioctl_table vcpu_table = {
	.first = 0x40, .n = ARRAY_SIZE(vcpu_rows), .rows = vcpu_rows,
};

/* ---- dispatch -------------------------------------------------------------- */

static const struct axvm_ioctl *find_row(const struct axvm_ioctl_table *table,
					 unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd) - table->first;

	if (_IOC_TYPE(cmd) != AXVM_IOC || _IOC_DIR(cmd) != _IOC_NONE ||
	    _IOC_SIZE(cmd) || nr >= table->n)
		return NULL;
	return &table->rows[array_index_nospec(nr, table->n)];
}

static int copy_in(union axvm_arg *arg, const struct axvm_ioctl *row,
		   const void __user *uarg, u32 *usize)
{
	int err;

	if (get_user(*usize, (const u32 __user *)uarg))
		return -EFAULT;
	if (*usize < row->size)
		return -EINVAL;
	if (*usize > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(arg, row->size, uarg, *usize);
	if (err)
		return err;
	arg->size = *usize; /* it may have changed under us */
	return arg->flags & ~row->allowed ? -EINVAL : 0;
}

/* Copy back, then let new descriptors be seen: in this order. */
static int copy_out(struct axvm_call *call, const struct axvm_ioctl *row,
		    void __user *uarg, int err)
{
	u32 when = err ? IOCTL_OUT_ERR : IOCTL_OUT;

	if (row->how & when && copy_to_user(uarg, &call->arg, row->size))
		err = err ?: -EFAULT;
	if (!call->new_file)
		return err;
	if (err) {
		put_unused_fd(call->new_fd);
		fput(call->new_file);
	} else {
		fd_install(call->new_fd, call->new_file);
	}
	return err;
}

static long serve(struct axvm_call *call, const struct axvm_ioctl_table *table,
		  unsigned int cmd, unsigned long argp)
{
	const struct axvm_ioctl *row = find_row(table, cmd);
	void __user *uarg = (void __user *)argp;
	u32 usize;
	int err;

	if (!row)
		return -ENOTTY;
	if (call->vm && READ_ONCE(call->vm->dead))
		return -ENODEV;
	memset(&call->arg, 0, sizeof(call->arg));
	err = copy_in(&call->arg, row, uarg, &usize);
	if (err)
		return err;
	return copy_out(call, row, uarg, row->fn(call));
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_call call = { .file = file, .new_fd = -1 };

	return serve(&call, &dev_table, cmd, arg);
}

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_call call = { .file = file,
				  .vm = file->private_data,
				  .new_fd = -1 };

	return serve(&call, &vm_table, cmd, arg);
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_vcpu *vcpu = file->private_data;
	struct axvm_call call = { .file = file,
				  .vm = vcpu->vm,
				  .vcpu = vcpu,
				  .new_fd = -1 };

	return serve(&call, &vcpu_table, cmd, arg);
}

/* ---- files ---------------------------------------------------------------- */

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

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct axvm_vcpu *vcpu = file->private_data;

	axvm_exit_unclaim(vcpu, file);
	axvm_vm_view_put_sync(vcpu->vm);
	return 0;
}

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct axvm_vcpu *vcpu = file->private_data;

	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	return axvm_exit_mmap(vcpu, file, vma);
}

static __poll_t vcpu_poll(struct file *file, poll_table *pt)
{
	return axvm_exit_poll(file->private_data, file, pt);
}

static const struct file_operations axvm_vcpu_fops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vcpu_mmap,
	.poll = vcpu_poll,
	.llseek = noop_llseek,
};

static const struct file_operations axvm_dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice axvm_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "axvm",
	.fops = &axvm_dev_fops,
	.mode = 0660,
};

int axvm_dev_init(void)
{
	return misc_register(&axvm_misc);
}

void axvm_dev_exit(void)
{
	misc_deregister(&axvm_misc);
}
