// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl create: a VM that stays until it is destroyed.
 */
#include <stdio.h>
#include <unistd.h>

#include "build.h"
#include "dev.h"
#include "out.h"
#include "vmctl.h"

static struct {
	struct config_flags flags;
	bool json;
} o;

static const struct opt opts[] = {
	BUILD_OPTS(o.flags),
	OPT_JSON(o.json),
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct json_object *obj;
	struct vm vm;
	int ret = build_vm(argc ? argv[0] : NULL, &o.flags, &vm);

	if (ret)
		return ret;
	ret = build_keep(&vm);
	if (!ret && o.json) {
		obj = out_object();
		out_num(obj, "id", vm.id);
		out_str(obj, "name", vm.name);
		out_json(obj);
		json_object_put(obj);
	} else if (!ret && !o.flags.name) {
		puts(vm.name);
	}
	close(vm.fd);
	return ret;
}

const struct command cmd_create = {
	.name = "create",
	.group = "Life of a VM",
	.args = "[CONFIG.toml]",
	.summary = "make a VM from a configuration",
	.text = "Makes a VM from a configuration, from options (at least --kernel and --memory),\n"
		"or from both: options beat the file.  It gets memory, vCPUs, images and start\n"
		"registers, and stays until it is destroyed, whatever becomes of this process.\n"
		"`vmctl start` starts it.\n"
		"Prints the VM's name, unless -n gave it.",
	.min = 0,
	.max = 1,
	.opts = opts,
	.run = run,
};
