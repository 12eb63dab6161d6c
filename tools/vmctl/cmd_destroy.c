// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl destroy: the end of VMs, from every state.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "dev.h"
#include "vmctl.h"

static struct {
	bool all, if_exists;
} o;

static const struct opt opts[] = {
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "every VM that you may destroy" },
	{ "if-exists", 0, OPT_FLAG, &o.if_exists, NULL,
	  "a VM that is not there is fine" },
	{ 0 },
};

static int destroy_one(int dev, const char *arg)
{
	struct axvm_vm_ref ref;
	int ret = vmctl_ref(arg, &ref);

	if (ret)
		return ret;
	ret = DEV_CALL(dev, AXVM_VM_DESTROY, &ref);
	if (!ret || (ret == -ENOENT && o.if_exists))
		return 0;
	if (ret == -ENOENT)
		return err(VMCTL_NO_VM,
			   "there is no VM '%s'; `vmctl list` shows them", arg);
	if (ret == -EACCES)
		return err(
			VMCTL_DENIED,
			"VM '%s' belongs to somebody else; ask its owner (vmctl list), or run as root",
			arg);
	return err(err_code(-ret), "cannot destroy VM '%s': %s", arg,
		   err_text(-ret));
}

static int destroy_all(int dev)
{
	struct axvm_vm_info *list;
	unsigned int n, left = 0;
	int ret = vm_list(dev, &list, &n), result = 0;

	if (ret)
		return err(err_code(-ret), "cannot list the VMs: %s",
			   err_text(-ret));
	for (unsigned int i = 0; i < n; i++) {
		struct axvm_vm_ref ref = { .id = list[i].id };

		ret = DEV_CALL(dev, AXVM_VM_DESTROY, &ref);
		left += ret == -EACCES;
		if (ret && ret != -ENOENT && ret != -EACCES)
			result = err(err_code(-ret),
				     "cannot destroy VM '%s': %s", list[i].name,
				     err_text(-ret));
	}
	if (left)
		note("%u VM%s of other users left alone", left,
		     left == 1 ? "" : "s");
	free(list);
	return result;
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	int dev, ret, result = 0;

	if (o.all == (argc > 0))
		return err(
			VMCTL_USAGE,
			"destroy: it takes either VMs or --all; see `vmctl help destroy`");
	ret = vmctl_device(&dev, &info);
	if (ret)
		return ret;
	if (o.all)
		result = destroy_all(dev);
	for (int i = 0; i < argc; i++) {
		ret = destroy_one(dev, argv[i]);
		if (!result)
			result = ret;
	}
	close(dev);
	return result;
}

const struct command cmd_destroy = {
	.name = "destroy",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "destroy VMs, whatever they do",
	.text = "Ends VMs from every state and frees all they had.  When it returns their\n"
		"names are free.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};

/* What others call it. */
const struct command cmd_delete = {
	.name = "delete",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "the same as destroy",
	.text = "The same as `vmctl destroy`.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
