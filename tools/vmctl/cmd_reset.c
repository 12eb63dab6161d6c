// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl reset: back to the start, with images loaded again.
 */
#include "build.h"
#include "dev.h"
#include "vmctl.h"

static struct {
	bool start, hold, paused, all;
} o;

static const struct opt opts[] = {
	{ "start", 0, OPT_FLAG, &o.start, NULL,
	  "start it, also if it did not run" },
	{ "no-start", 0, OPT_FLAG, &o.hold, NULL,
	  "leave it created, also if it ran" },
	{ "paused", 'p', OPT_FLAG, &o.paused, NULL, "when started: suspended" },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "every VM" },
	{ 0 },
};

static int reset(struct vm *vm)
{
	struct axvm_vm_info info;
	int ret = vm_info(vm->fd, &info);
	bool ran;

	if (ret)
		return vmctl_failed(vm, "reset", ret);
	ran = info.state == AXVM_VM_RUNNING || info.state == AXVM_VM_SUSPENDED;
	return build_reset(vm, (ran && !o.hold) || o.start,
			   o.paused || (info.state == AXVM_VM_SUSPENDED &&
					!o.start));
}

static int run(int argc, char **argv)
{
	if (o.start && o.hold)
		return err(VMCTL_USAGE,
			   "reset: --start and --no-start exclude each other");
	return each_or_all("reset", o.all, ~0u, argc, argv, reset);
}

const struct command cmd_reset = {
	.name = "reset",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "reset VMs",
	.text = "Brings VMs back to their start: images are loaded again, registers set; the\n"
		"rest of guest memory keeps its contents.  One that ran runs again, one that\n"
		"was suspended is suspended at its start, any other waits for `vmctl start`.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
