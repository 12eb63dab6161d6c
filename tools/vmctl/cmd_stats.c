// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl stats: counters of a VM.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "out.h"
#include "vmctl.h"

static struct {
	uint64_t vcpu;
	bool vcpu_given, json, bare, all;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "of this vCPU, not the sum",
	  &o.vcpu_given },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "also counters that are zero" },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "no headings, tabs between fields" },
	{ 0 },
};

#define ROOM 256u

#define STAT_ROW(name, unit, text) { #name, unit, text },
static const struct {
	const char *name, *unit, *text;
} known[] = { AXVM_STATS(STAT_ROW) };

static const struct column columns[] = {
	{ "name", "NAME", false, NULL, NULL },
	{ "value", "VALUE", true, NULL, NULL },
	{ "unit", "UNIT", false, NULL, NULL },
	{ "description", "DESCRIPTION", false, NULL, NULL },
	{ 0 },
};

static void add(struct json_object *rows, const char *name, uint64_t value,
		const char *unit, const char *text)
{
	struct json_object *row;

	if (!value && !o.all && !o.json)
		return;
	row = out_object();
	out_str(row, "name", name);
	out_num(row, "value", value);
	out_str(row, "unit", unit);
	out_str(row, "description", text);
	out_push(rows, row);
}

/* Counters by name; then one for each exit reason. */
static struct json_object *rows_of(const __u64 *values, unsigned int n)
{
	struct json_object *rows = out_array();
	char name[48], text[64];

	for (unsigned int i = 0; i < n && i < AXVM_NR_STATS; i++)
		add(rows, known[i].name, values[i], known[i].unit,
		    known[i].text);
	for (unsigned int i = 1; i < AXVM_NR_EXITS && AXVM_NR_STATS + i < n;
	     i++) {
		snprintf(name, sizeof(name), "exit.%s", name_exit(i));
		snprintf(text, sizeof(text), "exits: %s", name_exit(i));
		add(rows, name, values[AXVM_NR_STATS + i], "count", text);
	}
	return rows;
}

static int run(int argc, char **argv)
{
	__u64 values[ROOM];
	struct axvm_stats arg = { .vcpu = AXVM_STATS_ALL,
				  .count = ROOM,
				  .values = (uintptr_t)values };
	struct json_object *rows;
	struct vm vm;
	int ret = vmctl_open(argv[0], &vm);

	if (ret)
		return ret;
	if (o.vcpu_given)
		arg.vcpu = o.vcpu < AXVM_MAX_VCPUS ? (uint32_t)o.vcpu :
						     AXVM_MAX_VCPUS;
	ret = DEV_CALL(vm.fd, AXVM_VM_STATS, &arg);
	if (ret) {
		if (o.vcpu_given && (ret == -ENOENT || ret == -EINVAL))
			ret = err(VMCTL_USAGE, "VM '%s' has no vCPU %llu",
				  vm.name, (unsigned long long)o.vcpu);
		else
			ret = vmctl_failed(&vm, "read the counters of", ret);
		close(vm.fd);
		return ret;
	}
	close(vm.fd);
	rows = rows_of(values, arg.count < ROOM ? arg.count : ROOM);
	ret = o.json ? out_json(rows) :
	      o.bare ? out_tabs(columns, rows) :
		       out_table(columns, rows);
	json_object_put(rows);
	return ret;
}

const struct command cmd_stats = {
	.name = "stats",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "show counters",
	.text = "Shows the VM's counters since it was created: the sum over its vCPUs, or one's.",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
