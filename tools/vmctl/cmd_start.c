// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl start.
 */
#include <unistd.h>

#include "attach.h"
#include "build.h"
#include "dev.h"
#include "vmctl.h"

static struct {
	bool paused, all, console;
} o;

static const struct opt opts[] = {
	{ "paused", 'p', OPT_FLAG, &o.paused, NULL,
	  "stop before the first instruction" },
	{ "console", 'c', OPT_FLAG, &o.console, NULL,
	  "then attach to its console" },
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

/* The console is opened first: it shows all that this start prints. */
static int start_attached(struct vm *vm)
{
	int console = console_open(vm->fd, AXVM_CONSOLE_TAIL), ret;

	if (console < 0)
		return vmctl_failed(vm, "open the console of", console);
	ret = start(vm);
	if (!ret)
		ret = console_attach(vm, console);
	close(console);
	return ret;
}

static int run(int argc, char **argv)
{
	if (o.console && (o.all || argc != 1))
		return err(VMCTL_USAGE, "start: --console goes with one VM");
	if (o.console)
		return each_vm(argc, argv, start_attached);
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
		"`vmctl resume`.  With --console it goes on as `vmctl console` does.",
	.min = 0,
	.max = -1,
	.opts = opts,
	.run = run,
};
