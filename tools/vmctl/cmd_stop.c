// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl stop.
 */
#include "dev.h"
#include "vmctl.h"

#define DEFAULT_NS (10 * 1000000000ull)

static struct {
	bool force, all;
	struct opt_time timeout;
} o;

static const struct opt opts[] = {
	{ "force", 'f', OPT_FLAG, &o.force, NULL, "do not ask the guest" },
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "how long the guest may take (10)" },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "every VM that runs" },
	{ 0 },
};

static int stop(struct vm *vm)
{
	uint64_t ns = o.force ? 0 : o.timeout.set ? o.timeout.ns : DEFAULT_NS;
	int ret = vm_op(vm->fd, AXVM_VM_STOP, o.force ? AXVM_OP_FORCE : 0, ns);

	return ret ? vmctl_failed(vm, "stop", ret) : 0;
}

static int run(int argc, char **argv)
{
	return each_or_all("stop", o.all,
			   1u << AXVM_VM_RUNNING | 1u << AXVM_VM_SUSPENDED,
			   argc, argv, stop);
}

const struct command cmd_stop = {
	.name = "stop",
	.group = "Life of a VM",
	.args = "VM... | --all",
	.summary = "stop VMs",
	.text = "Asks the guest to power off, and stops it by force when it has not done so\n"
		"in time.  Memory and registers stay to be looked at; `vmctl start` boots anew.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
