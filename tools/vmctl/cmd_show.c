// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl show: everything about one VM.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "build.h"
#include "describe.h"
#include "dev.h"
#include "out.h"
#include "stats.h"
#include "vmctl.h"

static struct {
	bool json, config, stats;
} o;

static const struct opt opts[] = {
	{ "config", 'c', OPT_FLAG, &o.config, NULL, "the configuration it was made from, as JSON" },
	{ "stats", 's', OPT_FLAG, &o.stats, NULL, "also its counters" },
	OPT_JSON(o.json),
	{ 0 },
};

static const struct column vm_lines[] = {
	{ "name", "Name", false, NULL, NULL },
	{ "id", "Id", false, NULL, NULL },
	{ "state", "State", false, NULL, NULL },
	{ "reason", "Reason", false, NULL, NULL },
	{ "owner", "Owner", false, NULL, NULL },
	{ "mode", "Mode", false, NULL, NULL },
	{ "policy", "On last close", false, NULL, NULL },
	{ "memory", "Memory", false, out_text_bytes, NULL },
	{ "resident", "Resident", false, out_text_bytes, NULL },
	{ "exits", "Exits", false, NULL, NULL },
	{ "created_ns", "Created", false, out_text_when, NULL },
	{ "started_ns", "Started", false, out_text_when, NULL },
	{ "file", "Configuration", false, NULL, NULL },
	{ 0 },
};

static const struct column vcpu_columns[] = {
	{ "index", "VCPU", true, NULL, NULL },
	{ "state", "STATE", false, NULL, out_color_state },
	{ "wait", "WAIT", false, NULL, NULL },
	{ "hw_id", "HW-ID", false, NULL, NULL },
	{ "tid", "THREAD", true, NULL, NULL },
	{ "cpu", "CPU", true, NULL, NULL },
	{ "affinity", "AFFINITY", false, NULL, NULL },
	{ "last_exit", "LAST EXIT", false, NULL, out_color_state },
	{ "exits", "EXITS", true, NULL, NULL },
	{ "run_ns", "TIME", true, out_text_ns, NULL },
	{ 0 },
};

static const struct column region_columns[] = {
	{ "gpa", "ADDRESS", true, NULL, NULL },
	{ "size", "SIZE", true, out_text_bytes, NULL },
	{ "kind", "KIND", false, NULL, NULL },
	{ "access", "ACCESS", false, NULL, NULL },
	{ "type", "TYPE", false, NULL, NULL },
	{ "resident", "RESIDENT", true, out_text_bytes, NULL },
	{ 0 },
};

static int add_vcpus(const struct vm *vm, struct json_object *obj,
		     unsigned int n)
{
	struct json_object *list = out_array();

	out_add(obj, "vcpu", list);
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS && n; i++) {
		struct axvm_vcpu_info info;
		int vcpu = vcpu_open(vm->fd, i), ret;

		if (vcpu == -ENOENT)
			continue;
		if (vcpu < 0)
			return vmctl_failed(vm, "look at", vcpu);
		n--;
		ret = vcpu_info(vcpu, &info);
		close(vcpu);
		if (ret)
			return vmctl_failed(vm, "look at", ret);
		out_push(list, describe_vcpu(&info));
	}
	return 0;
}

static int add_regions(const struct vm *vm, struct json_object *obj)
{
	struct json_object *list = out_array();
	struct axvm_mem *mem;
	unsigned int n;
	int ret;

	out_add(obj, "region", list);
	ret = vm_regions(vm->fd, &mem, &n);
	if (ret)
		return vmctl_failed(vm, "list the memory of", ret);
	for (unsigned int i = 0; i < n; i++)
		out_push(list, describe_region(&mem[i]));
	free(mem);
	return 0;
}

static int add_stats(const struct vm *vm, struct json_object *obj)
{
	struct stats s;
	int ret = stats_read(vm, AXVM_STATS_ALL, &s);

	if (ret)
		return vmctl_failed(vm, "read the counters of", ret);
	out_add(obj, "stats", stats_rows(&s, NULL, o.json));
	return 0;
}

static void print(struct json_object *obj)
{
	struct json_object *list;

	out_pairs(vm_lines, obj);
	if (json_object_object_get_ex(obj, "vcpu", &list) && json_object_array_length(list)) {
		putchar('\n');
		out_table(vcpu_columns, list);
	}
	if (json_object_object_get_ex(obj, "region", &list) && json_object_array_length(list)) {
		putchar('\n');
		out_table(region_columns, list);
	}
	if (json_object_object_get_ex(obj, "stats", &list) &&
	    json_object_array_length(list)) {
		putchar('\n');
		stats_table(list, false);
	}
}

static int show_config(const struct vm *vm)
{
	struct json_object *note = build_note(vm);

	if (!note)
		return err(VMCTL_FAILED, "VM '%s' carries no configuration: vmctl did not make it",
			   vm->name);
	out_json(note);
	json_object_put(note);
	return 0;
}

static int show(struct vm *vm)
{
	struct json_object *obj, *note, *file;
	struct axvm_vm_info info;
	int ret;

	if (o.config)
		return show_config(vm);
	ret = vm_info(vm->fd, &info);
	if (ret)
		return vmctl_failed(vm, "look at", ret);
	obj = describe_vm(&info);
	ret = add_vcpus(vm, obj, info.nr_vcpus);
	if (!ret)
		ret = add_regions(vm, obj);
	if (!ret && o.stats)
		ret = add_stats(vm, obj);
	note = build_note(vm);
	if (note && json_object_object_get_ex(note, "file", &file))
		out_str(obj, "file", json_object_get_string(file));
	if (!ret && o.json)
		out_json(obj);
	else if (!ret)
		print(obj);
	json_object_put(note);
	json_object_put(obj);
	return ret;
}

static int run(int argc, char **argv)
{
	return each_vm(argc, argv, show);
}

const struct command cmd_show = {
	.name = "show",
	.group = "Looking at a VM",
	.args = "VM...",
	.summary = "show a VM, its vCPUs and its memory",
	.text = "Shows state, owner, vCPUs with their host threads, and memory regions.\n"
		"With --stats also its counters.  With --config: the configuration that the VM\n"
		"carries, with absolute paths.",
	.min = 1,
	.max = -1,
	.opts = opts,
	.run = run,
};
