// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl top: which VMs use the host, again and again.  On a terminal a live
 * screen with keys, elsewhere one table after the other.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "num.h"
#include "out.h"
#include "stats.h"
#include "term.h"
#include "vmctl.h"

#define MOST 4096u /* VMs that are told apart */

static struct {
	struct opt_time interval;
	uint64_t count;
	bool count_given, json;
	const char *sort;
} o;

static const struct opt opts[] = {
	{ "interval", 'i', OPT_TIME, &o.interval, "SECONDS", "how often (1)" },
	{ "count", 'c', OPT_U64, &o.count, "N", "so many times, then end",
	  &o.count_given },
	{ "sort", 's', OPT_STRING, &o.sort, "cpu|exits|memory|name",
	  "what comes first (cpu)" },
	OPT_JSON(o.json),
	{ 0 },
};

/** struct row - one VM; rates are of the time since the last look */
struct row {
	struct axvm_vm_info info;
	uint64_t busy_ns; /* in the guest or working for it, all vCPUs */
	double cpu; /* of one host CPU */
	double exits; /* per second */
};

/** struct look - all VMs that may be opened, at a time */
struct look {
	struct row *rows;
	unsigned int n;
	uint64_t when_ns;
};

static const char sorts[] = "cemn"; /* keys: cpu, exits, memory, name */
static char sort_key;

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (sort_key == 'c' && x->cpu != y->cpu)
		return x->cpu < y->cpu ? 1 : -1;
	if (sort_key == 'e' && x->exits != y->exits)
		return x->exits < y->exits ? 1 : -1;
	if (sort_key == 'm' && x->info.mem_resident != y->info.mem_resident)
		return x->info.mem_resident < y->info.mem_resident ? 1 : -1;
	return strcmp(x->info.name, y->info.name);
}

/* How long a thread was on a CPU; the kernel's counters lag behind a stay. */
static uint64_t thread_ns(uint32_t tid)
{
	unsigned long long ns = 0;
	char path[48];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/schedstat", tid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return ns;
}

static uint64_t busy_of(int dev, const struct axvm_vm_info *info)
{
	struct axvm_vm_ref ref = { .id = info->id };
	unsigned int left = info->nr_vcpus;
	uint64_t ns = 0;

	if (DEV_CALL(dev, AXVM_VM_OPEN, &ref))
		return 0;
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS && left; i++) {
		struct axvm_vcpu_info v;
		int vcpu = vcpu_open(ref.fd, i);

		if (vcpu < 0)
			continue;
		left--;
		if (!vcpu_info(vcpu, &v))
			ns += v.tid ? thread_ns(v.tid) : v.run_ns;
		close(vcpu);
	}
	close(ref.fd);
	return ns;
}

static const struct row *row_of(const struct look *l, uint64_t id)
{
	for (unsigned int i = 0; i < l->n; i++) {
		if (l->rows[i].info.id == id)
			return &l->rows[i];
	}
	return NULL;
}

static void add_rates(struct row *r, const struct row *old, double seconds)
{
	if (!old || seconds <= 0)
		return;
	if (r->busy_ns > old->busy_ns)
		r->cpu = (double)(r->busy_ns - old->busy_ns) / 1e9 / seconds;
	if (r->info.exits > old->info.exits)
		r->exits = (double)(r->info.exits - old->info.exits) / seconds;
}

static int look(int dev, const struct look *before, struct look *now)
{
	struct axvm_vm_info *list;
	unsigned int n;
	int ret = vm_list(dev, &list, &n);

	*now = (struct look){ .when_ns = stats_now() };
	if (ret)
		return err(err_code(-ret), "cannot list the VMs: %s",
			   err_text(-ret));
	now->n = n < MOST ? n : MOST;
	now->rows = must(calloc(now->n + 1, sizeof(*now->rows)));
	for (unsigned int i = 0; i < now->n; i++) {
		struct row *r = &now->rows[i];

		r->info = list[i];
		r->busy_ns = busy_of(dev, &list[i]);
		add_rates(r, row_of(before, list[i].id),
			  (double)(now->when_ns - before->when_ns) / 1e9);
	}
	qsort(now->rows, now->n, sizeof(*now->rows), compare);
	free(list);
	return 0;
}

static void print_json(const struct look *l)
{
	struct json_object *list = out_array();
	char buf[32];

	for (unsigned int i = 0; i < l->n; i++) {
		const struct row *r = &l->rows[i];
		struct json_object *obj = out_object();

		out_num(obj, "id", r->info.id);
		out_str(obj, "name", r->info.name);
		out_str(obj, "state", name_vm_state(r->info.state));
		out_num(obj, "vcpus", r->info.nr_vcpus);
		snprintf(buf, sizeof(buf), "%.3f", r->cpu);
		out_add(obj, "cpu", json_object_new_double_s(r->cpu, buf));
		snprintf(buf, sizeof(buf), "%.1f", r->exits);
		out_add(obj, "exits_per_second",
			json_object_new_double_s(r->exits, buf));
		out_num(obj, "resident", r->info.mem_resident);
		out_num(obj, "memory", r->info.mem_bytes);
		out_push(list, obj);
	}
	puts(json_object_to_json_string_ext(
		list, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(list);
}

/* @room: lines of the screen; 0: as many as there are. */
static void print_table(const struct look *l, unsigned int room)
{
	unsigned int running = 0, shown = l->n;
	char resident[16], memory[16];
	double cpu = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		running += l->rows[i].info.state == AXVM_VM_RUNNING;
		cpu += l->rows[i].cpu;
	}
	printf("%u VM%s, %u running, %.1f%% of a CPU%s\n", l->n,
	       l->n == 1 ? "" : "s", running, 100 * cpu,
	       room ? "   (q: quit; c, e, m, n: by CPU, exits, memory, name)" :
		      "");
	printf("%6s %-20s %-10s %5s %7s %10s %9s %9s\n", "ID", "NAME", "STATE",
	       "VCPUS", "CPU %", "EXITS/S", "RESIDENT", "MEMORY");
	if (room && shown + 3 > room)
		shown = room > 3 ? room - 3 : 0;
	for (unsigned int i = 0; i < shown; i++) {
		const struct row *r = &l->rows[i];

		printf("%6" PRIu64 " %-20.20s %-10s %5u %7.1f %10.0f %9s %9s\n",
		       (uint64_t)r->info.id, r->info.name,
		       name_vm_state(r->info.state), r->info.nr_vcpus,
		       100 * r->cpu, r->exits,
		       num_bytes(r->info.mem_resident, resident),
		       num_bytes(r->info.mem_bytes, memory));
	}
}

static volatile sig_atomic_t ended;

static void on_signal(int sig)
{
	ended = sig;
}

/* Keys until the time is up; false when it shall end. */
static bool pause_for(bool keys)
{
	uint64_t until = stats_now() + o.interval.ns, now;
	char key;

	while (!ended && (now = stats_now()) < until) {
		struct pollfd p = { keys ? STDIN_FILENO : -1, POLLIN, 0 };

		if (poll(&p, 1, (int)((until - now + 999999) / 1000000)) <= 0)
			continue;
		if (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' ||
		    key == 3 /* Ctrl-C */)
			return false;
		if (strchr(sorts, key)) {
			sort_key = key;
			return true;
		}
	}
	return !ended;
}

static unsigned int lines_of_terminal(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return 24;
	return size.ws_row;
}

static int loop(int dev, bool screen)
{
	struct look looks[2] = { { 0 } };
	int ret = look(dev, &looks[1], &looks[0]);

	for (uint64_t i = 0; !ret; i++) {
		struct look *now = &looks[(i + 1) % 2];

		if (screen)
			fputs("\033[H\033[J", stdout); /* home, clear */
		if (o.json)
			print_json(&looks[i % 2]);
		else
			print_table(&looks[i % 2],
				    screen ? lines_of_terminal() : 0);
		if (fflush(stdout) || (o.count_given && i + 1 >= o.count))
			break; /* out_finish() tells of lost output */
		if (!pause_for(screen))
			break;
		free(now->rows);
		ret = look(dev, &looks[i % 2], now);
	}
	free(looks[0].rows);
	free(looks[1].rows);
	return ret;
}

static int parse_sort(void)
{
	static const char *const words[] = { "cpu", "exits", "memory", "name" };

	sort_key = 'c';
	for (size_t i = 0; o.sort; i++) {
		if (i == 4)
			return err(
				VMCTL_USAGE,
				"top: --sort takes cpu, exits, memory or name, not '%s'",
				o.sort);
		if (!strcmp(words[i], o.sort)) {
			sort_key = sorts[i];
			break;
		}
	}
	return 0;
}

static int run(int argc, char **argv)
{
	bool screen = isatty(STDOUT_FILENO) && term_interactive() && !o.json;
	struct axvm_info info;
	int dev, ret = parse_sort();

	if (!ret)
		ret = vmctl_device(&dev, &info);
	if (ret)
		return ret;
	if (!o.interval.set || !o.interval.ns)
		o.interval.ns = 1000000000;
	if (screen) {
		const struct sigaction sa = { .sa_handler = on_signal };

		sigaction(SIGTERM, &sa, NULL);
		sigaction(SIGHUP, &sa, NULL);
		sigaction(SIGINT, &sa, NULL);
		term_raw();
		fputs("\033[?1049h\033[?25l",
		      stdout); /* own screen, no cursor */
	}
	ret = loop(dev, screen);
	if (screen) {
		fputs("\033[?25h\033[?1049l", stdout);
		fflush(stdout);
		term_restore();
	}
	close(dev);
	return ended ? 128 + ended : ret;
}

const struct command cmd_top = {
	.name = "top",
	.group = "Looking at a VM",
	.args = "",
	.summary = "which VMs use the host, live",
	.text = "Shows all VMs with their use of host CPUs, exits per second and memory.  Keys:\n"
		"q quits; c, e, m, n sort by CPU, exits, memory, name.  Without a terminal one\n"
		"table follows the other; with --json one array a line.",
	.min = 0,
	.max = 0,
	.opts = opts,
	.run = run,
};
