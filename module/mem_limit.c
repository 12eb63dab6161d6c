// SPDX-License-Identifier: GPL-2.0
/*
 * How much guest memory each uid has configured, and all of them together,
 * against the module's parameters.  This is what VMs may come to use; what
 * they do use is the memory cgroup's and RLIMIT_MEMLOCK's.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "module/mem.h"

unsigned long long axvm_max_mem_uid;
module_param_named(max_mem_uid, axvm_max_mem_uid, ullong, 0644);
MODULE_PARM_DESC(max_mem_uid,
		 "Most guest memory of one user, bytes (default 0: any)");

unsigned long long axvm_max_mem;
module_param_named(max_mem, axvm_max_mem, ullong, 0644);
MODULE_PARM_DESC(max_mem, "Most guest memory in all, bytes (default 0: any)");

static DEFINE_MUTEX(limit_lock); /* what follows */
static DEFINE_XARRAY(limit_uids); /* uid -> u64, gone when 0 */
static u64 limit_total;

/* *@sum = @have + @more if @max (0: any) allows it. */
static bool limit_fits(u64 have, u64 more, u64 max, u64 *sum)
{
	if (check_add_overflow(have, more, sum))
		return false;
	return !max || *sum <= max;
}

static u64 *limit_of(kuid_t uid)
{
	u64 *used = xa_load(&limit_uids, __kuid_val(uid));

	if (used)
		return used;
	used = kzalloc(sizeof(*used), GFP_KERNEL);
	if (!used)
		return NULL;
	if (xa_err(xa_store(&limit_uids, __kuid_val(uid), used, GFP_KERNEL))) {
		kfree(used);
		return NULL;
	}
	return used;
}

static void limit_drop_if_unused(kuid_t uid, u64 *used)
{
	if (*used)
		return;
	xa_erase(&limit_uids, __kuid_val(uid));
	kfree(used);
}

int axvm_limit_mem_charge(kuid_t uid, u64 bytes)
{
	int err = -ENOSPC;
	u64 mine, total;
	u64 *used;

	mutex_lock(&limit_lock);
	used = limit_of(uid);
	if (!used) {
		err = -ENOMEM;
		goto out_unlock;
	}
	if (limit_fits(*used, bytes, READ_ONCE(axvm_max_mem_uid), &mine) &&
	    limit_fits(limit_total, bytes, READ_ONCE(axvm_max_mem), &total)) {
		*used = mine;
		limit_total = total;
		err = 0;
	}
	limit_drop_if_unused(uid, used);
out_unlock:
	mutex_unlock(&limit_lock);
	return err;
}

void axvm_limit_mem_uncharge(kuid_t uid, u64 bytes)
{
	u64 *used;

	mutex_lock(&limit_lock);
	used = xa_load(&limit_uids, __kuid_val(uid));
	if (!WARN_ON_ONCE(!used || *used < bytes)) {
		*used -= bytes;
		limit_total -= bytes;
		limit_drop_if_unused(uid, used);
	}
	mutex_unlock(&limit_lock);
}
