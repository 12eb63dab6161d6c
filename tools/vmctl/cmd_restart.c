// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl restart: stop as `stop` does, then boot anew as `start` does.
 */
#include <errno.h>

#include "build.h"
#include "dev.h"
#include "vmctl.h"

#define DEFAULT_NS (10 * 1000000000ull)

static struct {
	bool force, paused, all;
	struct opt_time timeout;
} o;

static const struct opt opts[] = {
	{ "force", 'f', OPT_FLAG, &o.force, NULL, "do not ask the guest" },
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "how long the guest may take to stop (10)" },
	{ "paused", 'p', OPT_FLAG, &o.paused, NULL,
	  "suspended before the first instruction" },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "every VM that runs" },
	{ 0 },
};

static int restart(struct vm *vm)
{
	uint64_t ns = o.force ? 0 : o.timeout.set ? o.timeout.ns : DEFAULT_NS;
	struct axvm_vm_info info;
	int ret = vm_info(vm->fd, &info);

	if (ret)
		return vmctl_failed(vm, "look at", ret);
	if (info.state == AXVM_VM_RUNNING || info.state == AXVM_VM_SUSPENDED)
		ret = vm_op(vm->fd, AXVM_VM_STOP, o.force ? AXVM_OP_FORCE : 0,
			    ns);
	/* Stopped meanwhile, by itself or by another vmctl: as well. */
	if (ret && ret != -EBADFD)
		return vmctl_failed(vm, "stop", ret);
	return build_reset(vm, true, o.paused);
}

static int run(int argc, char **argv)
{
	return each_or_all("restart", o.all,
			   1u << AXVM_VM_RUNNING | 1u << AXVM_VM_SUSPENDED,
			   argc, argv, restart);
}

const struct command cmd_restart = {
	.name = "restart",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "stop VMs and boot them anew",
	.text = "Stops VMs as `vmctl stop` does and boots them anew, with their images loaded\n"
		"again.  A VM that does not run is just started.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
