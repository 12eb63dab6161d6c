// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl stats: counters of a VM, once or again and again with their rates.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "dev.h"
#include "out.h"
#include "stats.h"
#include "vmctl.h"

static struct {
	uint64_t vcpu, count;
	struct opt_time interval;
	bool vcpu_given, json, bare, all, watch, count_given;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "of this vCPU, not the sum",
	  &o.vcpu_given },
	{ "all", 'a', OPT_FLAG, &o.all, NULL, "also counters that are zero" },
	{ "watch", 'w', OPT_FLAG, &o.watch, NULL,
	  "again and again, with rates, until it is destroyed" },
	{ "interval", 'i', OPT_TIME, &o.interval, "SECONDS",
	  "with --watch: how often (1)" },
	{ "count", 'c', OPT_U64, &o.count, "N", "with --watch: so many times",
	  &o.count_given },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "no headings, tabs between fields" },
	{ 0 },
};

static const struct column columns[] = {
	{ "name", "NAME", false, NULL, NULL },
	{ "value", "VALUE", true, NULL, NULL },
	{ "unit", "UNIT", false, NULL, NULL },
	{ "description", "DESCRIPTION", false, NULL, NULL },
	{ 0 },
};

static int failed(const struct vm *vm, int ret)
{
	if (o.vcpu_given && (ret == -ENOENT || ret == -EINVAL))
		return err(VMCTL_USAGE, "VM '%s' has no vCPU %llu", vm->name,
			   (unsigned long long)o.vcpu);
	return vmctl_failed(vm, "read the counters of", ret);
}

static int read_now(const struct vm *vm, struct stats *s)
{
	uint32_t vcpu = AXVM_STATS_ALL;

	if (o.vcpu_given)
		vcpu = o.vcpu < AXVM_MAX_VCPUS ? (uint32_t)o.vcpu :
						 AXVM_MAX_VCPUS;
	return stats_read(vm, vcpu, s);
}

/* One look: a table, or with --json a line. */
static void show_look(const struct vm *vm, const struct stats *s,
		      const struct stats *before)
{
	struct json_object *rows = stats_rows(s, before, o.all);

	if (o.json) {
		puts(json_object_to_json_string_ext(
			rows, JSON_C_TO_STRING_PLAIN |
				      JSON_C_TO_STRING_NOSLASHESCAPE));
	} else {
		if (out_color())
			fputs("\033[H\033[J", stdout); /* home, clear */
		printf("VM '%s', every %g s\n", vm->name,
		       (double)o.interval.ns / 1e9);
		stats_table(rows, true);
	}
	json_object_put(rows);
}

static int watch(const struct vm *vm)
{
	struct stats looks[2];
	struct timespec ts;
	int ret = read_now(vm, &looks[0]);

	if (!o.interval.set || !o.interval.ns)
		o.interval.ns = 1000000000;
	ts.tv_sec = (time_t)(o.interval.ns / 1000000000);
	ts.tv_nsec = (long)(o.interval.ns % 1000000000);
	for (uint64_t i = 0; !ret && (!o.count_given || i < o.count); i++) {
		nanosleep(&ts, NULL);
		ret = read_now(vm, &looks[(i + 1) % 2]);
		if (ret)
			break;
		show_look(vm, &looks[(i + 1) % 2], &looks[i % 2]);
		if (fflush(stdout))
			return 0; /* out_finish() says it */
	}
	if (ret == -ENODEV)
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed", vm->name);
	return ret ? failed(vm, ret) : 0;
}

static int look(const struct vm *vm)
{
	struct json_object *rows;
	struct stats s;
	int ret = read_now(vm, &s);

	if (ret)
		return failed(vm, ret);
	rows = stats_rows(&s, NULL, o.all || o.json);
	ret = o.json ? out_json(rows) :
	      o.bare ? out_tabs(columns, rows) :
		       stats_table(rows, false);
	json_object_put(rows);
	return ret;
}

static int run(int argc, char **argv)
{
	struct vm vm;
	int ret;

	if (!o.watch && (o.interval.set || o.count_given))
		return err(VMCTL_USAGE,
			   "stats: --interval and --count go with --watch");
	if (o.watch && o.bare)
		return err(VMCTL_USAGE,
			   "stats: --watch prints tables, or lines of --json");
	ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	ret = o.watch ? watch(&vm) : look(&vm);
	close(vm.fd);
	return ret;
}

const struct command cmd_stats = {
	.name = "stats",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "show counters",
	.text = "Shows the VM's counters since it was created: the sum over its vCPUs, or one's;\n"
		"exit.REASON counts exits by reason.  With --watch again and again, with rates;\n"
		"with --json too: one array a line, with a member \"rate\".",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
