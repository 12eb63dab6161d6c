// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl wait: until a VM is in a state, or has an exit.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "out.h"
#include "vmctl.h"

static struct {
	const char *exits, *states;
	struct opt_time timeout;
	bool json;
} o;

static const struct opt opts[] = {
	{ "exit", 'e', OPT_STRING, &o.exits, "REASON[,...]",
	  "until an exit for such a reason" },
	{ "state", 's', OPT_STRING, &o.states, "STATE[,...]",
	  "until such a state (stopped)" },
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "at most so long (exit code 13)" },
	OPT_JSON(o.json),
	{ 0 },
};

/* "halt,system-down" as a bit mask; VMCTL_USAGE. */
static int parse_words(const char *text, int (*number)(const char *),
		       const char *(*all)(void), const char *kind,
		       uint64_t *mask)
{
	char copy[512], *word, *rest;

	if (strlen(text) >= sizeof(copy))
		return err(VMCTL_USAGE, "wait: this is too long a list of %ss",
			   kind);
	strcpy(copy, text);
	for (word = strtok_r(copy, ",", &rest); word;
	     word = strtok_r(NULL, ",", &rest)) {
		int n = number(word);

		if (n < 0)
			return err(VMCTL_USAGE,
				   "wait: '%s' is no %s; there are: %s", word,
				   kind, all());
		*mask |= 1ull << n;
	}
	if (!*mask)
		return err(VMCTL_USAGE, "wait: which %s? there are: %s", kind,
			   all());
	return 0;
}

static void print(const struct axvm_vm_wait *wait)
{
	struct json_object *obj = out_object();

	out_str(obj, "state", name_vm_state(wait->state));
	out_str(obj, "reason",
		wait->stop_reason ? name_exit(wait->stop_reason) : NULL);
	out_str(obj, "exit", wait->reason ? name_exit(wait->reason) : NULL);
	out_num(obj, "vcpu", wait->vcpu);
	out_json(obj);
	json_object_put(obj);
}

/*
 * A VM that stopped without the exit will not have it any more: waiting for
 * ever helps nobody.
 */
static int judge(const struct vm *vm, const struct axvm_vm_wait *wait,
		 uint64_t states, uint64_t reasons)
{
	if (wait->reason || states >> wait->state & 1)
		return 0;
	if (reasons >> wait->stop_reason & 1)
		return 0;
	return err(VMCTL_STATE,
		   "VM '%s' has stopped (%s) without the exit waited for",
		   vm->name, name_exit(wait->stop_reason));
}

static int wait_for(const struct vm *vm, uint64_t states, uint64_t reasons)
{
	struct axvm_vm_wait wait = {
		.timeout_ns = o.timeout.set ? o.timeout.ns : ~0ull,
		.states = (uint32_t)states |
			  (reasons ? 1u << AXVM_VM_STOPPED : 0),
		.reasons = reasons,
	};
	int ret = DEV_CALL(vm->fd, AXVM_VM_WAIT, &wait);

	if (!ret && reasons && !wait.reason) {
		/* Ended by the state, which says nothing of exits: just look. */
		struct axvm_vm_wait look = { .reasons = reasons };

		if (!DEV_CALL(vm->fd, AXVM_VM_WAIT, &look))
			wait = look;
	}
	if (ret == -ETIMEDOUT)
		return err(VMCTL_TIMEOUT, "VM '%s': the time is up", vm->name);
	if (ret == -ENODEV)
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed", vm->name);
	if (ret)
		return vmctl_failed(vm, "wait for", ret);
	if (o.json)
		print(&wait);
	return judge(vm, &wait, states, reasons);
}

static int run(int argc, char **argv)
{
	uint64_t states = 0, reasons = 0;
	struct vm vm;
	int ret = 0;

	if (o.exits)
		ret = parse_words(o.exits, name_to_exit, names_exit,
				  "exit reason", &reasons);
	if (!ret && o.states)
		ret = parse_words(o.states, name_to_vm_state, names_vm_state,
				  "state", &states);
	if (!ret && !o.exits && !o.states)
		states = 1ull << AXVM_VM_STOPPED;
	if (!ret)
		ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	ret = wait_for(&vm, states, reasons);
	close(vm.fd);
	return ret;
}

const struct command cmd_wait = {
	.name = "wait",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "wait for a state or an exit",
	.text = "Waits until the VM has stopped, or for what --state and --exit say.  An exit\n"
		"counts when it is the last one of any vCPU since start, or comes meanwhile; the\n"
		"reason for which the VM stopped counts too.  Exit codes: 6 the VM stopped\n"
		"without that exit, 13 the time is up, 14 the VM was destroyed.",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
