// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl version: of vmctl and of the module, and the module's limits.
 */
#include <stdio.h>
#include <unistd.h>

#include "describe.h"
#include "dev.h"
#include "out.h"
#include "vmctl.h"

static struct {
	bool json;
} o;

static const struct opt opts[] = {
	OPT_JSON(o.json),
	{ 0 },
};

static const char *text_limit(struct json_object *v, char *buf, size_t size)
{
	return json_object_get_uint64(v) ? out_text_bytes(v, buf, size) :
					   "no limit";
}

static const struct column lines[] = {
	{ "version", "module", false, NULL, NULL },
	{ "abi", "ABI", false, NULL, NULL },
	{ "backend", "backend", false, NULL, NULL },
	{ "why", "status", false, NULL, NULL },
	{ "vms", "VMs", false, NULL, NULL },
	{ "max_vms", "most VMs", false, NULL, NULL },
	{ "max_vms_uid", "most VMs per user", false, NULL, NULL },
	{ "max_mem_uid", "most memory per user", false, text_limit, NULL },
	{ "max_vcpus", "most vCPUs per VM", false, NULL, NULL },
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct json_object *obj = out_object(), *module = NULL;
	struct axvm_info info = { 0 };
	int dev = dev_open();

	if (dev >= 0 && !DEV_CALL(dev, AXVM_INFO, &info))
		module = describe_info(&info);
	if (dev >= 0)
		close(dev);
	if (o.json) {
		out_str(obj, "vmctl", VMCTL_VERSION);
		out_num(obj, "abi", AXVM_ABI_VERSION);
		out_add(obj, "module", json_object_get(module));
		out_json(obj);
	} else {
		printf("vmctl %s, ABI %u\n", VMCTL_VERSION, AXVM_ABI_VERSION);
		if (module)
			out_pairs(lines, module);
		else
			puts("module: not loaded, or not to be opened (vmctl doctor)");
	}
	json_object_put(module);
	json_object_put(obj);
	return 0;
}

const struct command cmd_version = {
	.name = "version",
	.group = "This host",
	.args = "",
	.summary = "versions of vmctl and module, limits",
	.text = "Prints the versions of vmctl and of the loaded module, and its limits.",
	.min = 0,
	.max = 0,
	.opts = opts,
	.run = run,
};
