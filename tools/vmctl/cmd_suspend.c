// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl suspend, vmctl resume: stop time for a VM, and let it go on.
 */
#include <string.h>

#include "dev.h"
#include "vmctl.h"

static bool all;
static const char *time_policy;

static const struct opt suspend_opts[] = {
	{ "all", 'a', OPT_FLAG, &all, NULL, "every VM that runs" },
	{ "time", 0, OPT_STRING, &time_policy, "stop|run",
	  "does the guest's time stop (default) or go on?" },
	{ 0 },
};

static const struct opt resume_opts[] = {
	{ "all", 'a', OPT_FLAG, &all, NULL, "every VM that is suspended" },
	{ 0 },
};

static int suspend_one(struct vm *vm)
{
	bool runs = time_policy && !strcmp(time_policy, "run");
	int ret =
		vm_op(vm->fd, AXVM_VM_SUSPEND, runs ? AXVM_OP_TIME_RUNS : 0, 0);

	return ret ? vmctl_failed(vm, "suspend", ret) : 0;
}

static int resume_one(struct vm *vm)
{
	int ret = vm_op(vm->fd, AXVM_VM_RESUME, 0, 0);

	return ret ? vmctl_failed(vm, "resume", ret) : 0;
}

static int run_suspend(int argc, char **argv)
{
	if (time_policy && strcmp(time_policy, "run") &&
	    strcmp(time_policy, "stop"))
		return err(VMCTL_USAGE, "suspend: --time is stop or run");
	return each_or_all("suspend", all, 1u << AXVM_VM_RUNNING, argc, argv,
			   suspend_one);
}

static int run_resume(int argc, char **argv)
{
	return each_or_all("resume", all, 1u << AXVM_VM_SUSPENDED, argc, argv,
			   resume_one);
}

const struct command cmd_suspend = {
	.name = "suspend",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "stop time for VMs",
	.text = "Takes every vCPU out of the guest and stops the guest's time, or lets it\n"
		"go on with --time=run.",
	.min = 0,
	.max = -1,
	.opts = suspend_opts,
	.run = run_suspend,
};

const struct command cmd_resume = {
	.name = "resume",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "let suspended VMs go on",
	.text = "Lets VMs go on that were suspended, or started with --paused.",
	.min = 0,
	.max = -1,
	.opts = resume_opts,
	.run = run_resume,
};
