// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl start.
 */
#include "build.h"
#include "dev.h"
#include "vmctl.h"

static struct {
	bool paused, all;
} o;

static const struct opt opts[] = {
	{ "paused", 'p', OPT_FLAG, &o.paused, NULL,
	  "stop before the first instruction" },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "every VM that does not run" },
	{ 0 },
};

static int start(struct vm *vm)
{
	struct axvm_vm_info info;
	int ret = vm_info(vm->fd, &info);

	if (!ret && info.state == AXVM_VM_STOPPED)
		return build_reset(vm, true, o.paused);
	if (!ret)
		ret = vm_op(vm->fd, AXVM_VM_START,
			    o.paused ? AXVM_OP_PAUSED : 0, 0);
	return ret ? vmctl_failed(vm, "start", ret) : 0;
}

static int run(int argc, char **argv)
{
	return each_or_all("start", o.all,
			   1u << AXVM_VM_CREATED | 1u << AXVM_VM_STOPPED, argc,
			   argv, start);
}

const struct command cmd_start = {
	.name = "start",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "start VMs",
	.text = "Starts VMs that were created, or that have stopped; these boot anew, with\n"
		"their images loaded again.  With --paused they wait, suspended, for\n"
		"`vmctl resume`.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
