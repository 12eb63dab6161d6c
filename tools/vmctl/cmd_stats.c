// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl stats: counters of a VM, once or again and again with their rates.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dev.h"
#include "out.h"
#include "profile.h"
#include "stats.h"
#include "vmctl.h"

static struct {
	uint64_t vcpu, count;
	struct opt_time interval;
	const char *profile;
	bool vcpu_given, json, bare, all, watch, count_given, latency;
} o;

static uint32_t backend;

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
	{ "latency", 'l', OPT_FLAG, &o.latency, NULL,
	  "by hardware exit reason: count, time, log2 histogram" },
	{ "profile", 'p', OPT_STRING, &o.profile, "on|off",
	  "begin or end counting for --latency" },
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

static uint32_t which(void)
{
	if (!o.vcpu_given)
		return AXVM_STATS_ALL;
	return o.vcpu < AXVM_MAX_VCPUS ? (uint32_t)o.vcpu : AXVM_MAX_VCPUS;
}

/* One look at whatever is shown; @s or @p is filled. */
union look {
	struct stats s;
	struct profile p;
};

static int read_now(const struct vm *vm, union look *l)
{
	return o.latency ? profile_read(vm, which(), &l->p) :
			   stats_read(vm, which(), &l->s);
}

static int not_on(const struct vm *vm)
{
	return err(
		VMCTL_STATE,
		"VM '%s' does not count how long exits take: vmctl stats --profile on %s",
		vm->name, vm->name);
}

static struct json_object *rows_of(const union look *l,
				   const union look *before)
{
	if (o.latency)
		return profile_rows(&l->p, before ? &before->p : NULL, backend);
	return stats_rows(&l->s, before ? &before->s : NULL,
			  o.all || (o.json && !before));
}

static void print_table(struct json_object *rows, bool rates)
{
	if (o.latency)
		profile_table(rows, rates);
	else
		stats_table(rows, rates);
}

/* One look of many: a table, or with --json a line. */
static void show_look(const struct vm *vm, struct json_object *rows)
{
	if (o.json) {
		puts(json_object_to_json_string_ext(
			rows, JSON_C_TO_STRING_PLAIN |
				      JSON_C_TO_STRING_NOSLASHESCAPE));
		return;
	}
	if (out_color())
		fputs("\033[H\033[J", stdout); /* home, clear */
	printf("VM '%s', every %g s\n", vm->name, (double)o.interval.ns / 1e9);
	print_table(rows, true);
}

static int watch(const struct vm *vm)
{
	union look *looks = must(calloc(2, sizeof(*looks)));
	struct timespec ts;
	int ret = read_now(vm, &looks[0]);

	if (!o.interval.set || !o.interval.ns)
		o.interval.ns = 1000000000;
	ts.tv_sec = (time_t)(o.interval.ns / 1000000000);
	ts.tv_nsec = (long)(o.interval.ns % 1000000000);
	for (uint64_t i = 0; !ret && (!o.count_given || i < o.count); i++) {
		struct json_object *rows;

		nanosleep(&ts, NULL);
		ret = read_now(vm, &looks[(i + 1) % 2]);
		if (ret)
			break;
		if (o.latency && !looks[(i + 1) % 2].p.on) {
			ret = -EBADFD;
			break;
		}
		rows = rows_of(&looks[(i + 1) % 2], &looks[i % 2]);
		show_look(vm, rows);
		json_object_put(rows);
		if (!out_flush())
			break; /* out_finish() says it */
	}
	free(looks);
	if (ret == -ENODEV)
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed", vm->name);
	if (ret == -EBADFD && o.latency)
		return not_on(vm);
	return ret ? failed(vm, ret) : 0;
}

static int look(const struct vm *vm)
{
	union look *l = must(calloc(1, sizeof(*l)));
	struct json_object *rows;
	int ret = read_now(vm, l);

	if (ret) {
		ret = failed(vm, ret);
	} else if (o.latency && !l->p.on && !l->p.n) {
		ret = not_on(vm);
	} else {
		rows = rows_of(l, NULL);
		if (o.json)
			ret = out_json(rows);
		else if (o.bare)
			ret = o.latency ? profile_tabs(rows) :
					  out_tabs(columns, rows);
		else
			print_table(rows, false);
		json_object_put(rows);
	}
	free(l);
	return ret;
}

static int set_profile(const struct vm *vm)
{
	struct axvm_vm_set set = { .flags = strcmp(o.profile, "on") ?
						    AXVM_SET_NO_PROFILE :
						    AXVM_SET_PROFILE };
	int ret = DEV_CALL(vm->fd, AXVM_VM_SET, &set);

	return ret ? vmctl_failed(vm, "change the profile of", ret) : 0;
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	struct vm vm;
	int ret;

	if (!o.watch && (o.interval.set || o.count_given))
		return err(VMCTL_USAGE,
			   "stats: --interval and --count go with --watch");
	if (o.watch && o.bare)
		return err(VMCTL_USAGE,
			   "stats: --watch prints tables, or lines of --json");
	if (o.profile && strcmp(o.profile, "on") && strcmp(o.profile, "off"))
		return err(VMCTL_USAGE, "stats: --profile is on or off");
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	backend = info.backend;
	if (o.profile)
		ret = set_profile(&vm);
	if (!ret && (!o.profile || o.watch || o.latency))
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
		"with --json too: one array a line, with a member \"rate\".\n"
		"With --latency exits by the hardware's reason, with the time from each to the\n"
		"next entry: in all, mean, longest, and how often which power of two.  A VM\n"
		"counts that after --profile on, until --profile off: it costs a little.",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
