// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl exits: the flight recorder.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dev.h"
#include "flight.h"
#include "names.h"
#include "out.h"
#include "vmctl.h"

#define FOLLOW_NS 50000000

static struct {
	uint64_t last, vcpu;
	bool last_given, vcpu_given, follow, json, bare;
	const char *reason;
} o;

static const struct opt opts[] = {
	{ "follow", 'f', OPT_FLAG, &o.follow, NULL, "go on with new ones" },
	{ "last", 'l', OPT_U64, &o.last, "N", "only the last N that are kept",
	  &o.last_given },
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "only of this vCPU",
	  &o.vcpu_given },
	{ "reason", 'r', OPT_STRING, &o.reason, "REASON",
	  "only with this reason" },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "no headings, tabs between fields" },
	{ 0 },
};

/* When each vCPU had its last exit, to tell how long it took to the next. */
static uint64_t last_ns[AXVM_MAX_VCPUS];

/* Nanoseconds since the exit before on the same vCPU; 0: not known. */
static uint64_t since(const struct axvm_exit *e)
{
	uint64_t *last = &last_ns[e->vcpu % AXVM_MAX_VCPUS];
	uint64_t ns = *last && e->time_ns > *last ? e->time_ns - *last : 0;

	*last = e->time_ns;
	return ns;
}

/* What became of a record that wanted an answer, or of the VM. */
static const char *print_end(const struct axvm_exit *e)
{
	static char buf[48];

	if (e->flags & AXVM_EXIT_STOPS)
		return " (stops)";
	if (e->flags & AXVM_EXIT_ANSWERED) {
		snprintf(buf, sizeof(buf), " (answered in %u.%03u us)",
			 e->answer.ns / 1000, e->answer.ns % 1000);
		return buf;
	}
	return e->flags & AXVM_EXIT_WANTS_ANSWER ? " (wants an answer)" : "";
}

static const char *since_text(uint64_t ns, char *buf, size_t size)
{
	if (!ns)
		snprintf(buf, size, "-");
	else if (ns < 10000000)
		snprintf(buf, size, "%.1fus", (double)ns / 1e3);
	else if (ns < 10000000000)
		snprintf(buf, size, "%.1fms", (double)ns / 1e6);
	else
		snprintf(buf, size, "%.1fs", (double)ns / 1e9);
	return buf;
}

static void print_heading(void)
{
	printf("%-15s %9s %4s %8s  %-18s %-18s %s\n", "TIME", "SINCE", "VCPU",
	       "SEQ", "REASON", "PC", "DETAIL");
}

static void print_text(const struct axvm_exit *e, uint32_t backend, uint64_t ns)
{
	char detail[160], pc[24], passed[24];

	snprintf(pc, sizeof(pc), "0x%" PRIx64, (uint64_t)e->pc);
	exit_detail(e, backend, detail, sizeof(detail));
	printf("%8" PRIu64 ".%06u %9s %4u %8" PRIu64 "  %-18s %s%*s%s%s\n",
	       (uint64_t)e->time_ns / 1000000000,
	       (unsigned int)(e->time_ns % 1000000000 / 1000),
	       since_text(ns, passed, sizeof(passed)), e->vcpu,
	       (uint64_t)e->seq, name_exit(e->reason), pc,
	       *detail ? 19 - (int)strlen(pc) : 0, "", detail, print_end(e));
}

/* Numbers as they are, for scripts. */
static void print_tabs(const struct axvm_exit *e, uint32_t backend, uint64_t ns)
{
	char detail[160];

	printf("%" PRIu64 "\t%" PRIu64 "\t%u\t%" PRIu64 "\t%s\t0x%" PRIx64
	       "\t%s\t",
	       (uint64_t)e->time_ns, ns, e->vcpu, (uint64_t)e->seq,
	       name_exit(e->reason), (uint64_t)e->pc,
	       exit_detail(e, backend, detail, sizeof(detail)));
	if (e->flags & AXVM_EXIT_ANSWERED)
		printf("%u", e->answer.ns);
	putchar('\n');
}

/* With --follow one object a line, else members of @list. */
static void print_json(const struct axvm_exit *e, uint32_t backend, uint64_t ns,
		       struct json_object *list)
{
	struct json_object *obj = exit_json(e, backend);

	out_num(obj, "since_ns", ns);

	if (!o.follow) {
		out_push(list, obj);
		return;
	}
	puts(json_object_to_json_string_ext(
		obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static void print_some(const struct flights *f, struct axvm_exit *e, size_t n,
		       int reason, uint64_t last, struct json_object *list)
{
	uint64_t *ns = must(calloc(n + 1, sizeof(*ns)));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t passed = since(&e[i]);

		if (reason >= 0 && e[i].reason != (uint32_t)reason)
			continue;
		ns[kept] = passed;
		e[kept++] = e[i];
	}
	for (size_t i = kept > last ? kept - (size_t)last : 0; i < kept; i++) {
		if (o.json)
			print_json(&e[i], f->backend, ns[i], list);
		else if (o.bare)
			print_tabs(&e[i], f->backend, ns[i]);
		else
			print_text(&e[i], f->backend, ns[i]);
	}
	free(ns);
}

static bool destroyed(const struct vm *vm)
{
	struct axvm_vm_wait wait = { .states = 1u << AXVM_VM_STOPPED };

	return DEV_CALL(vm->fd, AXVM_VM_WAIT, &wait) == -ENODEV;
}

static void say_missed(struct flights *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].missed)
			warn("%" PRIu64
			     " exits came faster than they could be shown",
			     f->v[i].missed);
		f->v[i].missed = 0;
	}
}

static int follow(const struct vm *vm, struct flights *f, int reason)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_NS };
	struct axvm_exit *e;

	for (;;) {
		bool gone = destroyed(vm);
		size_t n = flights_read(f, &e);

		say_missed(f);
		print_some(f, e, n, reason, UINT64_MAX, NULL);
		free(e);
		if (!out_flush())
			return 0; /* out_finish() says it */
		if (gone)
			return err(VMCTL_DESTROYED, "VM '%s' was destroyed",
				   vm->name);
		nanosleep(&pause, NULL);
	}
}

static int show(const struct vm *vm, uint32_t backend, int reason)
{
	struct json_object *list = out_array();
	struct axvm_exit *e;
	struct flights f;
	int ret =
		flights_open(vm, o.vcpu_given ? (int)o.vcpu : -1, backend, &f);

	if (!ret) {
		size_t n = flights_read(&f, &e);

		/* What was overwritten before we looked is not news. */
		for (size_t i = 0; i < f.n; i++)
			f.v[i].missed = 0;
		if (!o.json && !o.bare)
			print_heading();
		print_some(&f, e, n, reason, o.last_given ? o.last : UINT64_MAX,
			   list);
		free(e);
		if (o.json && !o.follow)
			out_json(list);
		if (o.follow)
			ret = follow(vm, &f, reason);
	}
	flights_close(&f);
	json_object_put(list);
	return ret;
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	int ret, reason = -1;
	struct vm vm;

	if (o.reason) {
		reason = name_to_exit(o.reason);
		if (reason < 0)
			return err(
				VMCTL_USAGE,
				"exits: '%s' is not an exit reason; there are: %s",
				o.reason, names_exit());
	}
	if (o.vcpu_given && o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE, "exits: vCPUs are 0 to %d",
			   AXVM_MAX_VCPUS - 1);
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	ret = show(&vm, info.backend, reason);
	close(vm.fd);
	return ret;
}

const struct command cmd_exits = {
	.name = "exits",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "show the last exits (flight recorder)",
	.text = "Shows the last exits of the VM's vCPUs, 255 for each, by time (seconds of\n"
		"CLOCK_MONOTONIC); SINCE is the time since the exit before on the same vCPU.\n"
		"They are kept always, also after a triple fault, until the VM is destroyed.\n"
		"With --follow and --json: one object a line.  An exit that a client answered\n"
		"tells how long that took, unless it was shown before.",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
