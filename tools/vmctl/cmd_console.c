// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl console: stdin and stdout become the VM's console.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "attach.h"
#include "dev.h"
#include "names.h"
#include "out.h"
#include "script.h"
#include "term.h"
#include "vmctl.h"

static struct {
	bool tail, dump;
	struct script script;
	struct opt_time timeout;
} o;

static const struct opt opts[] = {
	{ "tail", 0, OPT_FLAG, &o.tail, NULL,
	  "only what is printed from now on" },
	{ "dump", 0, OPT_FLAG, &o.dump, NULL,
	  "print what is there, then leave" },
	{ "send", 's', OPT_STRING, &o.script.send, "TEXT",
	  "send TEXT (\\n, \\r, \\xHH...), then leave" },
	{ "expect", 'e', OPT_STRING, &o.script.expect, "REGEX",
	  "print what comes until a line matches" },
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "with --expect: at most so long (exit code 13)" },
	{ "log", 'l', OPT_STRING, &o.script.log, "FILE",
	  "with --send or --expect: add the output to FILE" },
	{ 0 },
};

static int dump(const struct vm *vm, int console)
{
	char buf[4096];
	ssize_t n;

	fcntl(console, F_SETFL, O_RDWR | O_NONBLOCK);
	while ((n = read(console, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	if (n < 0 && errno != EAGAIN)
		return vmctl_failed(vm, "read the console of", -errno);
	return 0;
}

int console_attach(const struct vm *vm, int console)
{
	struct attach a = { .vm = vm, .console = console };
	struct axvm_vm_info info;
	int ret = attach_prepare();

	if (ret)
		return err(VMCTL_FAILED, "cannot watch for signals: %s",
			   err_text(-ret));
	if (term_interactive())
		note("console of VM '%s'; Ctrl-] detaches", vm->name);
	switch (attach_run(&a)) {
	case ATTACH_DETACHED:
		note("detached from VM '%s'", vm->name);
		return 0;
	case ATTACH_GONE:
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed", vm->name);
	case ATTACH_SIGNAL:
		attach_die(a.signal);
	case ATTACH_OUTPUT:
		return attach_lost(&a);
	default:
		if (!vm_info(vm->fd, &info))
			note("VM '%s' has stopped: %s", vm->name,
			     name_exit(info.stop_reason));
		return a.error ? attach_lost(&a) : 0;
	}
}

static bool is_script(void)
{
	return o.script.send || o.script.expect;
}

static int run(int argc, char **argv)
{
	struct vm vm;
	int console, ret;

	if (!is_script() && (o.timeout.set || o.script.log))
		return err(
			VMCTL_USAGE,
			"console: --timeout and --log go with --send or --expect");
	if (is_script() && o.dump)
		return err(
			VMCTL_USAGE,
			"console: --dump goes with neither --send nor --expect");
	o.script.timeout_ns = o.timeout.ns;
	ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	console = console_open(vm.fd,
			       o.tail || o.script.send ? AXVM_CONSOLE_TAIL : 0);
	if (console < 0) {
		ret = vmctl_failed(&vm, "open the console of", console);
	} else {
		ret = o.dump	  ? dump(&vm, console) :
		      is_script() ? script_run(&vm, console, &o.script) :
				    console_attach(&vm, console);
		close(console);
	}
	close(vm.fd);
	return ret;
}

const struct command cmd_console = {
	.name = "console",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "attach to the console; Ctrl-] detaches",
	.text = "Prints what the guest has printed and prints, and hands it what is typed.\n"
		"Any number of consoles may be attached.  Ctrl-] detaches (on a terminal);\n"
		"otherwise it ends when the VM stops (0) or is destroyed (14).  The end of\n"
		"the input does not end it.  On a terminal Ctrl-C goes to the guest.\n"
		"For scripts: --send hands the guest a text; --expect prints output until a line\n"
		"matches: from the oldest that is kept, or (--tail, --send) what comes from now\n"
		"on.  Exit code 0, 13 when the time is up, 6 when the VM stopped, 14 when it was\n"
		"destroyed.",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
