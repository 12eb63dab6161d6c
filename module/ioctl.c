// SPDX-License-Identifier: GPL-2.0
/*
 * Serving ioctls by table: finding the row, copying the structure in and out
 * by the uapi's rules, installing new descriptors last.
 */
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "module/ioctl.h"
#include "module/vm.h"

/* Reserve a descriptor number for @file; dev_ioctl() installs it. */
int axvm_call_new_fd(struct axvm_call *call, struct file *file)
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

static const struct axvm_ioctl *find_row(const struct axvm_ioctl_table *table,
					 unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd) - table->first;

	if (_IOC_TYPE(cmd) != AXVM_IOC || _IOC_DIR(cmd) != _IOC_NONE ||
	    _IOC_SIZE(cmd) || nr >= table->n)
		return NULL;
	return &table->rows[array_index_nospec(nr, table->n)];
}

/* Fills all of the row's structure; nobody looks beyond it. */
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

long axvm_serve(struct axvm_call *call, const struct axvm_ioctl_table *table,
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
	call->new_file = NULL;
	call->new_fd = -1;
	err = copy_in(&call->arg, row, uarg, &usize);
	if (err)
		return err;
	return copy_out(call, row, uarg, row->fn(call));
}
