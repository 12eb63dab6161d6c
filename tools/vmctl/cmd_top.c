// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl top: which VMs use the host, again and again.  On a terminal a live
 * screen with keys, elsewhere one table after the other.
 */
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "out.h"
#include "stats.h"
#include "term.h"
#include "top.h"
#include "vmctl.h"

#define SECOND 1000000000ull
#define SLICE_NS (SECOND / 4) /* a signal waits for no longer */
#define TABLE_COLS 80u

static struct {
	struct opt_time interval;
	uint64_t count;
	bool count_given, json, vcpus;
	const char *sort;
} o;

static const struct opt opts[] = {
	{ "interval", 'i', OPT_TIME, &o.interval, "SECONDS", "how often (1)" },
	{ "count", 'c', OPT_U64, &o.count, "N", "so many times, then end",
	  &o.count_given },
	{ "sort", 's', OPT_STRING, &o.sort, "cpu|exits|memory|name",
	  "what comes first (cpu)" },
	{ "vcpus", 'v', OPT_FLAG, &o.vcpus, NULL, "vCPUs, too" },
	OPT_JSON(o.json),
	{ 0 },
};

/* ---- without a screen ------------------------------------------------------- */

static void add_rate(struct json_object *obj, const struct top_rate *r)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%.3f", r->cpu);
	out_add(obj, "cpu", json_object_new_double_s(r->cpu, buf));
	snprintf(buf, sizeof(buf), "%.1f", r->exits);
	out_add(obj, "exits_per_second",
		json_object_new_double_s(r->exits, buf));
}

static struct json_object *json_vcpus(const struct top_vm *vm)
{
	struct json_object *list = out_array();

	for (unsigned int i = 0; i < vm->n_vcpus; i++) {
		const struct top_vcpu *v = &vm->vcpus[i];
		struct json_object *obj = out_object();

		out_num(obj, "index", v->info.index);
		out_str(obj, "state", name_vcpu_state(v->info.state));
		out_num(obj, "host_cpu", v->info.cpu);
		add_rate(obj, &v->rate);
		out_num(obj, "exits", v->info.exits);
		out_str(obj, "last_exit",
			v->info.exits ? name_exit(v->info.last_exit) : NULL);
		out_push(list, obj);
	}
	return list;
}

static void print_json(const struct top_look *l)
{
	struct json_object *list = out_array();

	for (unsigned int i = 0; i < l->n; i++) {
		const struct top_vm *vm = &l->vms[i];
		struct json_object *obj = out_object();

		out_num(obj, "id", vm->info.id);
		out_str(obj, "name", vm->info.name);
		out_str(obj, "state", name_vm_state(vm->info.state));
		out_num(obj, "vcpus", vm->info.nr_vcpus);
		add_rate(obj, &vm->rate);
		out_num(obj, "resident", vm->info.mem_resident);
		out_num(obj, "memory", vm->info.mem_bytes);
		if (o.vcpus)
			out_add(obj, "vcpu", json_vcpus(vm));
		out_push(list, obj);
	}
	puts(json_object_to_json_string_ext(
		list, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(list);
}

static void print_table(const struct top_view *v, const struct top_look *l)
{
	unsigned int n = top_lines(v, l);
	char buf[TOP_LINE_MAX];

	top_title(v, l, buf);
	puts(buf);
	top_headings(v, buf);
	puts(buf);
	for (unsigned int i = 0; i < n; i++) {
		top_line(v, l, i, buf);
		puts(buf);
	}
}

/* ---- again and again -------------------------------------------------------- */

static volatile sig_atomic_t ended;

static void on_signal(int sig)
{
	ended = sig;
}

/*
 * Once: a second one ends vmctl in any case, for instance while it writes to a
 * terminal that has been stopped.
 */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal,
				 .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &act, NULL);
}

static void sleep_until(uint64_t until)
{
	uint64_t now;

	while (!ended && (now = stats_now()) < until) {
		uint64_t ns = until - now < SLICE_NS ? until - now : SLICE_NS;
		const struct timespec t = { (time_t)(ns / SECOND),
					    (long)(ns % SECOND) };

		nanosleep(&t, NULL);
	}
}

/* Keys until it is time to look again; false when it shall end. */
static bool keys_until(uint64_t start, struct top_view *v, struct top_look *l)
{
	while (!ended) {
		uint64_t until = start + v->interval_ns, now = stats_now(), ns;
		int key, got;

		if (now >= until)
			return true;
		ns = until - now < SLICE_NS ? until - now : SLICE_NS;
		got = top_screen_key((int)((ns + 999999) / 1000000), &key);
		if (got < 0)
			ended = SIGHUP;
		if (got <= 0)
			continue;
		switch (top_key(v, l, key)) {
		case TOP_QUIT:
			return false;
		case TOP_LOOK:
			return true;
		case TOP_DRAW:
			top_sort(v, l);
			top_screen_draw(v, l);
			break;
		case TOP_NOTHING:
			break;
		}
	}
	return false;
}

static void show(bool screen, struct top_view *v, struct top_look *l)
{
	top_sort(v, l);
	if (screen)
		top_screen_draw(v, l);
	else if (o.json)
		print_json(l);
	else
		print_table(v, l);
}

static int loop(int dev, bool screen, struct top_view *v)
{
	struct top_look looks[2] = { { 0 } };
	int ret = top_look(dev, &looks[1], &looks[0]);

	for (uint64_t i = 0; !ret && !ended; i++) {
		struct top_look *now = &looks[i % 2];
		struct top_look *next = &looks[(i + 1) % 2];
		uint64_t start = stats_now();

		show(screen, v, now);
		if ((!screen && !out_flush()) ||
		    (o.count_given && i + 1 >= o.count))
			break; /* out_finish() tells of lost output */
		if (screen && !keys_until(start, v, now))
			break;
		if (!screen)
			sleep_until(start + v->interval_ns);
		if (ended)
			break;
		top_look_free(next);
		ret = top_look(dev, now, next);
	}
	top_look_free(&looks[0]);
	top_look_free(&looks[1]);
	return ret;
}

static int parse_sort(struct top_view *v)
{
	unsigned int i = 0;

	while (o.sort && i < TOP_SORTS && strcmp(top_sort_words[i], o.sort))
		i++;
	if (i == TOP_SORTS)
		return err(
			VMCTL_USAGE,
			"top: --sort takes cpu, exits, memory or name, not '%s'",
			o.sort);
	v->sort = (enum top_sort)i;
	return 0;
}

static int run(int argc, char **argv)
{
	struct top_view view = { .vcpus = o.vcpus, .cols = TABLE_COLS };
	bool screen = isatty(STDOUT_FILENO) && term_interactive() && !o.json;
	struct axvm_info info;
	int dev, ret = parse_sort(&view);

	if (!ret)
		ret = vmctl_device(&dev, &info);
	if (ret)
		return ret;
	view.interval_ns = o.interval.set && o.interval.ns ? o.interval.ns :
							     SECOND;
	catch_signals();
	if (screen && !top_screen_open()) {
		const char *term = getenv("TERM");

		warn("the terminal '%s' (TERM) is not known: tables instead of a screen",
		     term ? term : "");
		screen = false;
	}
	ret = loop(dev, screen, &view);
	if (screen)
		top_screen_close();
	close(dev);
	return ended ? 128 + ended : ret;
}

const struct command cmd_top = {
	.name = "top",
	.group = "Looking at a VM",
	.args = "",
	.summary = "which VMs use the host, live",
	.text = "Shows all VMs with their use of host CPUs, exits per second and memory. Keys:\n"
		"q quits; c, e, m, n: in the order of CPU time, exits, memory, names; r: the\n"
		"other way round; v: vCPUs; arrows scroll; + and - change how often; h: all\n"
		"keys. Without a terminal one table follows the other; with --json one array\n"
		"a line.",
	.min = 0,
	.max = 0,
	.opts = opts,
	.run = run,
};
