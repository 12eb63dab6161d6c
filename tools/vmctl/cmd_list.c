// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl list: all VMs.
 */
#include <stdlib.h>
#include <unistd.h>

#include "describe.h"
#include "dev.h"
#include "out.h"
#include "vmctl.h"

static struct {
	bool json, bare;
} o;

static const struct opt opts[] = {
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL, "no headings, tabs between fields" },
	{ 0 },
};

static const struct column columns[] = {
	{ "id", "ID", true, NULL, NULL },
	{ "name", "NAME", false, NULL, NULL },
	{ "state", "STATE", false, NULL, out_color_state },
	{ "reason", "REASON", false, NULL, out_color_state },
	{ "vcpus", "VCPUS", true, NULL, NULL },
	{ "memory", "MEMORY", true, out_text_bytes, NULL },
	{ "resident", "RESIDENT", true, out_text_bytes, NULL },
	{ "exits", "EXITS", true, NULL, NULL },
	{ "owner", "OWNER", false, NULL, NULL },
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct json_object *rows = out_array();
	struct axvm_vm_info *list;
	struct axvm_info info;
	unsigned int n;
	int dev, ret = vmctl_device(&dev, &info);

	if (ret)
		goto out_put;
	ret = vm_list(dev, &list, &n);
	close(dev);
	if (ret) {
		ret = err(err_code(-ret), "cannot list the VMs: %s", err_text(-ret));
		goto out_put;
	}
	for (unsigned int i = 0; i < n; i++)
		out_push(rows, describe_vm(&list[i]));
	free(list);
	if (o.json)
		ret = out_json(rows);
	else if (o.bare)
		ret = out_tabs(columns, rows);
	else
		ret = out_table(columns, rows);
out_put:
	json_object_put(rows);
	return ret;
}

const struct command cmd_list = {
	.name = "list",
	.group = "Looking at a VM",
	.args = "",
	.summary = "list all VMs",
	.text = "Lists the VMs of all users.  REASON says why a VM stopped or is suspended.",
	.min = 0,
	.max = 0,
	.opts = opts,
	.run = run,
};
