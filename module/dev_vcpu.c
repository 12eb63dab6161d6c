// SPDX-License-Identifier: GPL-2.0
/*
 * The vCPU descriptor: its ioctls, mmap() of exit ring and flight recorder,
 * poll().
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "module/core.h"
#include "module/ioctl.h"

#define RUN_FLAGS (AXVM_VCPU_RUN_ANSWER | AXVM_VCPU_RUN_FAULT)

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
	return call->arg.reg_list.pad ?
		       -EINVAL :
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
	return axvm_exit_complete(call->vcpu, call->file, &call->arg.complete);
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

static int vcpu_debug(struct axvm_call *call)
{
	return axvm_vcpu_debug(call->vcpu, &call->arg.debug);
}

static int vcpu_control(struct axvm_call *call)
{
	return axvm_vcpu_control(call->vcpu, &call->arg.control);
}

static const struct axvm_ioctl vcpu_rows[] = {
	AXVM_ROW(AXVM_VCPU_INFO, 0x40, axvm_vcpu_info, 0, IOCTL_OUT, vcpu_info),
	AXVM_ROW(AXVM_VCPU_AFFINITY, 0x40, axvm_vcpu_affinity, 0, 0,
		 vcpu_affinity),
	AXVM_ROW(AXVM_VCPU_GET_REGS, 0x40, axvm_regs, 0, 0, vcpu_get_regs),
	AXVM_ROW(AXVM_VCPU_SET_REGS, 0x40, axvm_regs, 0, 0, vcpu_set_regs),
	AXVM_ROW(AXVM_VCPU_REG_IDS, 0x40, axvm_reg_list, 0, IOCTL_OUT,
		 vcpu_reg_ids),
	AXVM_ROW(AXVM_VCPU_GET_REG, 0x40, axvm_reg_list, 0,
		 IOCTL_OUT | IOCTL_OUT_ERR, vcpu_get_reg),
	AXVM_ROW(AXVM_VCPU_SET_REG, 0x40, axvm_reg_list, 0,
		 IOCTL_OUT | IOCTL_OUT_ERR, vcpu_set_reg),
	AXVM_ROW(AXVM_VCPU_CLAIM, 0x40, axvm_vcpu_claim, AXVM_CLAIM_RELEASE, 0,
		 vcpu_claim),
	AXVM_ROW(AXVM_VCPU_COMPLETE, 0x40, axvm_vcpu_complete,
		 AXVM_COMPLETE_FAULT, 0, vcpu_complete),
	AXVM_ROW(AXVM_VCPU_RUN, 0x40, axvm_vcpu_run, RUN_FLAGS, IOCTL_OUT,
		 vcpu_run),
	AXVM_ROW(AXVM_VCPU_TRANSLATE, 0x40, axvm_translate,
		 AXVM_XLATE_WRITE | AXVM_XLATE_EXEC | AXVM_XLATE_USER,
		 IOCTL_OUT, vcpu_translate),
	AXVM_ROW(AXVM_VCPU_DEBUG, 0x40, axvm_vcpu_debug,
		 AXVM_DEBUG_INSN | AXVM_DEBUG_STEP | AXVM_DEBUG_REFLECT |
			 AXVM_DEBUG_HOLD,
		 IOCTL_OUT, vcpu_debug),
	AXVM_ROW(AXVM_VCPU_CONTROL, 0x40, axvm_control, 0, IOCTL_OUT,
		 vcpu_control),
};

static const struct axvm_ioctl_table vcpu_table = {
	.first = 0x40,
	.n = ARRAY_SIZE(vcpu_rows),
	.rows = vcpu_rows,
};

/*
 * The commonest call, by the table's rules: what only goes in is copied in,
 * what only comes out is copied out.  @other: the structure is not of this
 * version, for the table to judge.
 */
static int vcpu_run_quick(struct axvm_vcpu *vcpu,
			  struct axvm_vcpu_run __user *uarg, bool *other)
{
	struct axvm_vcpu_run arg;
	int err;

	if (!user_read_access_begin(uarg, sizeof(*uarg))) {
		*other = true;
		return 0;
	}
	unsafe_get_user(arg.size, &uarg->size, fault_read);
	unsafe_get_user(arg.flags, &uarg->flags, fault_read);
	unsafe_get_user(arg.answer, &uarg->answer, fault_read);
	/* All of it must be there, or the guest would run for nothing. */
	unsafe_get_user(arg.exit.raw[7], &uarg->exit.raw[7], fault_read);
	user_read_access_end();
	*other = arg.size != sizeof(arg);
	if (*other)
		return 0;
	if (arg.flags & ~RUN_FLAGS)
		return -EINVAL;
	err = axvm_vcpu_run_sync(vcpu, &arg);
	if (err)
		return err;
	if (!user_write_access_begin(&uarg->exit, sizeof(uarg->exit)))
		return -EFAULT;
	unsafe_copy_to_user((char __user *)&uarg->exit, (char *)&arg.exit,
			    sizeof(arg.exit), fault_write);
	user_write_access_end();
	return 0;

fault_read:
	user_read_access_end();
	/* A short structure at the end of a mapping is EINVAL. */
	*other = true;
	return 0;
fault_write:
	user_write_access_end();
	return -EFAULT;
}

/* Not inline: its structure is large. */
static noinline long vcpu_serve(struct file *file, unsigned int cmd,
				unsigned long arg)
{
	struct axvm_vcpu *vcpu = file->private_data;
	struct axvm_call call AXVM_UNINIT; /* axvm_serve() fills the rest */

	call.file = file;
	call.vm = vcpu->vm;
	call.vcpu = vcpu;
	return axvm_serve(&call, &vcpu_table, cmd, arg);
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct axvm_vcpu *vcpu = file->private_data;
	bool other;
	int err;

	if (cmd == AXVM_VCPU_NEXT)
		return axvm_vcpu_run_next(vcpu, arg);
	if (unlikely(cmd != AXVM_VCPU_RUN) || READ_ONCE(vcpu->vm->dead))
		return vcpu_serve(file, cmd, arg);
	err = vcpu_run_quick(vcpu, (void __user *)arg, &other);
	return unlikely(other) ? vcpu_serve(file, cmd, arg) : err;
}

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

struct file *axvm_vcpu_file(struct axvm_vcpu *vcpu)
{
	struct file *file;

	axvm_vm_view_get(vcpu->vm); /* keeps the vCPU too */
	file = anon_inode_getfile("axvm-vcpu", &axvm_vcpu_fops, vcpu,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		axvm_vm_view_put_sync(vcpu->vm);
	return file;
}
