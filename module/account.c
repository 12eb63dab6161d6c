// SPDX-License-Identifier: GPL-2.0
/*
 * Limits: how many VMs and vCPUs there may be, in all and of one user.  Each
 * user who has a VM has an account that counts, so that making a vCPU costs the
 * same however many VMs there are.
 *
 * A VM counts while it is on the list of VMs: from axvm_account_open() to
 * axvm_account_close(), which takes its vCPUs with it.
 */
#include <linux/capability.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "module/core.h"

unsigned int axvm_max_vms = 1024;
module_param_named(max_vms, axvm_max_vms, uint, 0644);
MODULE_PARM_DESC(max_vms, "Most VMs at one time (default 1024)");

unsigned int axvm_max_vms_uid = 256;
module_param_named(max_vms_uid, axvm_max_vms_uid, uint, 0644);
MODULE_PARM_DESC(max_vms_uid,
		 "Most VMs of one user without CAP_SYS_ADMIN (default 256)");

static unsigned int axvm_max_vcpus = 8192;
module_param_named(max_vcpus, axvm_max_vcpus, uint, 0644);
MODULE_PARM_DESC(max_vcpus, "Most vCPUs at one time (default 8192)");

static unsigned int axvm_max_vcpus_uid = 2048;
module_param_named(max_vcpus_uid, axvm_max_vcpus_uid, uint, 0644);
MODULE_PARM_DESC(max_vcpus_uid,
		 "Most vCPUs of one user without CAP_SYS_ADMIN (default 2048)");

/**
 * struct axvm_account - what a user has; all of it under axvm_account_lock
 * @node: among the accounts
 * @uid: whose
 * @vms: VMs on the list, never 0
 * @vcpus: theirs
 */
struct axvm_account {
	struct list_head node;
	kuid_t uid;
	unsigned int vms;
	unsigned int vcpus;
};

static DEFINE_MUTEX(axvm_account_lock); /* this, and vm->account */
static LIST_HEAD(axvm_accounts);
static struct axvm_account axvm_all; /* the sums */

static struct axvm_account *account_find(kuid_t uid)
{
	struct axvm_account *a;

	list_for_each_entry(a, &axvm_accounts, node)
		if (uid_eq(a->uid, uid))
			return a;
	return NULL;
}

static int account_open(struct axvm_vm *vm)
{
	struct axvm_account *a = account_find(vm->uid);

	if (axvm_all.vms >= READ_ONCE(axvm_max_vms))
		return -ENOSPC;
	if ((a ? a->vms : 0) >= READ_ONCE(axvm_max_vms_uid) &&
	    !capable(CAP_SYS_ADMIN))
		return -ENOSPC;
	if (!a) {
		a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
		if (!a)
			return -ENOMEM;
		a->uid = vm->uid;
		list_add(&a->node, &axvm_accounts);
	}
	a->vms++;
	axvm_all.vms++;
	vm->account = a;
	return 0;
}

/**
 * axvm_account_open() - a VM is about to be on the list
 * @vm: the VM; its owner is the user who pays
 *
 * Return: 0; -ENOSPC there are too many; -ENOMEM.
 */
int axvm_account_open(struct axvm_vm *vm)
{
	int err;

	mutex_lock(&axvm_account_lock);
	err = account_open(vm);
	mutex_unlock(&axvm_account_lock);
	return err;
}

/**
 * axvm_account_close() - it is on the list no more, or did not get there
 * @vm: the VM
 */
void axvm_account_close(struct axvm_vm *vm)
{
	struct axvm_account *a;

	mutex_lock(&axvm_account_lock);
	a = vm->account;
	vm->account = NULL;
	a->vcpus -= vm->vcpus_charged;
	axvm_all.vcpus -= vm->vcpus_charged;
	axvm_all.vms--;
	if (!--a->vms) {
		list_del(&a->node);
		kfree(a);
	}
	mutex_unlock(&axvm_account_lock);
}

/**
 * axvm_account_vcpu() - may a VM have one more vCPU?  Then it has.
 * @vm: the VM
 *
 * Return: 0; -ENOSPC; -ENODEV the VM is being destroyed.
 */
int axvm_account_vcpu(struct axvm_vm *vm)
{
	struct axvm_account *a;
	int err = -ENOSPC;

	mutex_lock(&axvm_account_lock);
	a = vm->account;
	if (!a) {
		err = -ENODEV;
	} else if (axvm_all.vcpus < READ_ONCE(axvm_max_vcpus) &&
		   (a->vcpus < READ_ONCE(axvm_max_vcpus_uid) ||
		    capable(CAP_SYS_ADMIN))) {
		vm->vcpus_charged++;
		a->vcpus++;
		axvm_all.vcpus++;
		err = 0;
	}
	mutex_unlock(&axvm_account_lock);
	return err;
}

/**
 * axvm_account_vcpu_undo() - that vCPU did not come to be
 * @vm: the VM
 */
void axvm_account_vcpu_undo(struct axvm_vm *vm)
{
	mutex_lock(&axvm_account_lock);
	if (vm->account) {
		vm->vcpus_charged--;
		vm->account->vcpus--;
		axvm_all.vcpus--;
	}
	mutex_unlock(&axvm_account_lock);
}
