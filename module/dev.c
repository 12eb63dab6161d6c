// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/axvm: what this host offers, and VMs made, found, listed, destroyed.
 */
#include <linux/compat.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/cpu.h"
#include "module/ioctl.h"
#include "module/lib/vmargs.h"

static int axvm_dev_info(struct axvm_call *call)
{
	struct axvm_info *info = &call->arg.info;
	u32 size = info->size;
	struct axvm_why why;

	axvm_cpu_why(&why);
	memset(info, 0, sizeof(*info));
	info->size = size;
	info->abi = AXVM_ABI_VERSION;
	info->why = why.code;
	info->max_vcpus = AXVM_MAX_VCPUS;
	info->caps = AXVM_CAP_SYNC_RUN | AXVM_CAP_EXIT_RING | AXVM_CAP_FLIGHT |
		     AXVM_CAP_MEM_USER | AXVM_CAP_MEM_HOST | AXVM_CAP_CONSOLE |
		     AXVM_CAP_IO_POLICY | AXVM_CAP_TRANSLATE | AXVM_CAP_PROFILE;
	info->nr_vms = axvm_vm_count();
	info->cpus_taken = axvm_cpu_taken();
	info->cpus_online = num_online_cpus();
	info->max_vms = READ_ONCE(axvm_max_vms);
	info->max_vms_uid = READ_ONCE(axvm_max_vms_uid);
	info->max_mem_uid = READ_ONCE(axvm_max_mem_uid);
	info->nr_stats = AXVM_NR_STATS + AXVM_NR_EXITS;
	strscpy(info->version, AXVM_VERSION, sizeof(info->version));
	strscpy(info->why_text, why.text, sizeof(info->why_text));
	axvm_arch_info(info);
	return 0;
}

static int dev_vm_create(struct axvm_call *call)
{
	struct axvm_vm *vm;
	int fd = axvm_vm_create(&call->arg.vm_create, &vm);

	if (fd)
		return fd;
	fd = axvm_call_new_fd(call, axvm_vm_file(vm));
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
		fd = axvm_call_new_fd(call, axvm_vm_file(vm));
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
	void __user *to = u64_to_user_ptr(list->entries +
					  (u64)list->count * list->entry_size);
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

static const struct axvm_ioctl dev_rows[] = {
	AXVM_ROW(AXVM_INFO, 0, axvm_info, 0, IOCTL_OUT, axvm_dev_info),
	AXVM_ROW(AXVM_VM_CREATE, 0, axvm_vm_create,
		 AXVM_VM_PLATFORM | AXVM_VM_USER_CALLS | AXVM_VM_PTIMER,
		 IOCTL_OUT | IOCTL_OUT_ERR, dev_vm_create),
	AXVM_ROW(AXVM_VM_OPEN, 0, axvm_vm_ref, 0, IOCTL_OUT, dev_vm_open),
	AXVM_ROW(AXVM_VM_LIST, 0, axvm_list, 0, IOCTL_OUT, dev_vm_list),
	AXVM_ROW(AXVM_VM_DESTROY, 0, axvm_vm_ref, 0, 0, dev_vm_destroy),
};

static const struct axvm_ioctl_table dev_table = {
	.first = 0x00,
	.n = ARRAY_SIZE(dev_rows),
	.rows = dev_rows,
};

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_call call AXVM_UNINIT; /* axvm_serve() fills the rest */

	call.file = file;
	call.vm = NULL;
	call.vcpu = NULL;
	return axvm_serve(&call, &dev_table, cmd, arg);
}

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
