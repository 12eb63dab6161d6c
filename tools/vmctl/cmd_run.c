// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl run: create, start, console, wait, destroy; the exit status tells how
 * the guest ended.  Whatever ends this process ends the VM too, because the
 * kernel destroys a VM of policy "destroy" with its last descriptor; only
 * Ctrl-] lets it go on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "attach.h"
#include "build.h"
#include "dev.h"
#include "flight.h"
#include "names.h"
#include "outcome.h"
#include "term.h"
#include "vmctl.h"

#define LAST_EXITS 6

static struct {
	struct config_flags flags;
	struct opt_time timeout;
	bool restart;
} o;

static const struct opt opts[] = {
	BUILD_OPTS(o.flags),
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "end it then (exit code 13)" },
	{ "restart", 0, OPT_FLAG, &o.restart, NULL,
	  "boot again when the guest asks for a reset" },
	{ 0 },
};

/* A guest that ended badly: what it did last, before all that is gone. */
static void show_last(const struct vm *vm)
{
	struct axvm_info info = { 0 };
	struct axvm_exit *e;
	struct flights f;
	char buf[160];
	size_t n;
	int dev = dev_open();

	if (dev >= 0) {
		DEV_CALL(dev, AXVM_INFO, &info);
		close(dev);
	}
	if (!flights_open(vm, -1, info.backend, &f)) {
		n = flights_read(&f, &e);
		for (size_t i = n > LAST_EXITS ? n - LAST_EXITS : 0; i < n; i++)
			note("  vCPU %u at 0x%llx: %s %s", e[i].vcpu,
			     (unsigned long long)e[i].pc,
			     name_exit(e[i].reason),
			     exit_detail(&e[i], info.backend, buf,
					 sizeof(buf)));
		free(e);
	}
	flights_close(&f);
}

static int ended(const struct vm *vm)
{
	struct axvm_vm_info info;
	int code, ret = vm_info(vm->fd, &info);

	if (ret)
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed", vm->name);
	code = outcome_code(info.stop_reason);
	note("VM '%s' ended: %s", vm->name, outcome_text(info.stop_reason));
	if (code >= VMCTL_TRIPLE && code <= VMCTL_INTERNAL)
		show_last(vm);
	return code;
}

static int destroy(struct vm *vm)
{
	struct axvm_vm_ref ref = { .id = vm->id };
	int dev = dev_open(), ret;

	if (dev < 0)
		return dev;
	ret = DEV_CALL(dev, AXVM_VM_DESTROY, &ref);
	close(dev);
	return ret;
}

static bool wants_restart(const struct vm *vm)
{
	struct axvm_vm_info info;

	return o.restart && !vm_info(vm->fd, &info) &&
	       info.stop_reason == AXVM_EXIT_RESET;
}

/* Why the console ended, as an exit code; *keep: the VM stays. */
static int finish(struct attach *a, enum attach_end end, bool *keep)
{
	int code;

	switch (end) {
	case ATTACH_DETACHED:
		*keep = !build_keep(a->vm);
		note("detached; VM '%s' goes on: vmctl console %s", a->vm->name,
		     a->vm->name);
		return VMCTL_DETACHED;
	case ATTACH_STOPPED:
		code = ended(a->vm);
		return code || !a->error ? code : attach_lost(a);
	case ATTACH_MEMORY:
		return err(VMCTL_LIMIT,
			   "VM '%s' ended: the host has no memory for it",
			   a->vm->name);
	case ATTACH_GONE:
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed",
			   a->vm->name);
	case ATTACH_TIMEOUT:
		return err(VMCTL_TIMEOUT, "VM '%s' ended: the time is up",
			   a->vm->name);
	case ATTACH_SIGNAL:
		return VMCTL_DESTROYED;
	case ATTACH_OUTPUT:
		return attach_lost(a);
	}
	return VMCTL_FAILED;
}

static int attend(struct vm *vm, struct attach *a, bool *keep)
{
	enum attach_end end;
	struct timespec ts;
	int ret;

	if (o.timeout.set) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		if (__builtin_add_overflow((uint64_t)ts.tv_sec * 1000000000 +
						   (uint64_t)ts.tv_nsec,
					   o.timeout.ns, &a->deadline_ns))
			a->deadline_ns = 0;
	}
	ret = vm_op(vm->fd, AXVM_VM_START, 0, 0);
	if (ret)
		return vmctl_failed(vm, "start", ret);
	if (term_interactive())
		note("console of VM '%s'; Ctrl-] detaches", vm->name);
	for (;;) {
		end = attach_run(a);
		if (end != ATTACH_STOPPED || !wants_restart(vm))
			return finish(a, end, keep);
		ret = build_reset(vm, true, false);
		if (ret)
			return ret;
	}
}

static int run(int argc, char **argv)
{
	struct attach a = { .memory = true };
	bool keep = false;
	struct vm vm;
	int ret;

	ret = build_vm(argc ? argv[0] : NULL, &o.flags, &vm);
	if (ret)
		return ret;
	ret = attach_prepare();
	if (ret) {
		ret = err(VMCTL_FAILED, "cannot watch for signals: %s",
			  err_text(-ret));
	} else {
		a.vm = &vm;
		a.console = console_open(vm.fd, 0);
		ret = a.console < 0 ? vmctl_failed(&vm, "open the console of",
						   a.console) :
				      attend(&vm, &a, &keep);
	}
	if (!keep)
		destroy(&vm); /* at the latest the kernel does, when we are gone */
	if (a.signal)
		attach_die(a.signal);
	return ret;
}

const struct command cmd_run = {
	.name = "run",
	.group = "Life of a VM",
	.args = "[CONFIG.toml]",
	.summary = "create, start, attach, wait, destroy",
	.text = "Runs a VM with its console on stdin and stdout, and destroys it when it ends.\n"
		"A configuration, options (at least --kernel and --memory), or both describe it.\n"
		"The exit code tells how it ended: 0 powered off or halted for good, 10 triple\n"
		"fault, 11 entry failure, 12 internal error, 13 time up, 14 destroyed, 15 reset\n"
		"(without --restart), 16 detached, 17 stopped by another vmctl, 18 no memory.\n"
		"Ctrl-] detaches: the VM stays and goes on.  SIGINT, SIGTERM and SIGHUP destroy\n"
		"it; on a terminal Ctrl-C is a key for the guest.",
	.min = 0,
	.max = 1,
	.opts = opts,
	.run = run,
};
