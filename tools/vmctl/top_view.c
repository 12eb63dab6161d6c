// SPDX-License-Identifier: GPL-2.0
/*
 * What `vmctl top` makes of looks at the VMs: rates, an order, lines of text,
 * and what keys change.  PURE: the screen is another file's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "num.h"
#include "top.h"

/* All columns but the name's, with the spaces between. */
#define OTHER_COLS 55u
#define NAME_LEAST 8u
#define NAME_MOST 63u

#define SECOND 1000000000ull
#define INTERVAL_LEAST (SECOND / 8)
#define INTERVAL_MOST (64 * SECOND)

const char *const top_sort_words[TOP_SORTS] = { "cpu", "exits", "memory",
						"name" };
static const char sort_keys[TOP_SORTS + 1] = "cemn";

const char top_keys[] =
	"q quit  c,e,m,n order  r reverse  v vCPUs  +,- pace  h help";

static const char *const help[] = {
	"q, Ctrl-C      quit",
	"c, e, m, n     in the order of CPU time, exits, memory, names",
	"r              the other way round",
	"v              vCPUs: state, host CPU, rates, last exit",
	"arrows, PgUp, PgDn, Home, End   scroll",
	"+, -           look more often, less often",
	"Space, Ctrl-L  look now, draw the screen again",
	"h, ?           this page, and back",
};

#define HELP_LINES ((unsigned int)(sizeof(help) / sizeof(help[0])))

/* ---- rates ----------------------------------------------------------------- */

static const struct top_vm *find_vm(const struct top_look *l, uint64_t id)
{
	for (unsigned int i = 0; i < l->n; i++) {
		if (l->vms[i].info.id == id)
			return &l->vms[i];
	}
	return NULL;
}

static const struct top_vcpu *find_vcpu(const struct top_vm *vm,
					unsigned int index)
{
	for (unsigned int i = 0; i < vm->n_vcpus; i++) {
		if (vm->vcpus[i].info.index == index)
			return &vm->vcpus[i];
	}
	return NULL;
}

/* Counters begin anew when a thread does. */
static void add(struct top_rate *r, const struct top_rate *old, uint64_t exits,
		uint64_t old_exits, double seconds)
{
	if (r->busy_ns > old->busy_ns)
		r->cpu = (double)(r->busy_ns - old->busy_ns) / 1e9 / seconds;
	if (exits > old_exits)
		r->exits = (double)(exits - old_exits) / seconds;
}

void top_rates(const struct top_look *before, struct top_look *now)
{
	double seconds = (double)(now->when_ns - before->when_ns) / 1e9;

	for (unsigned int i = 0; i < now->n; i++) {
		struct top_vm *vm = &now->vms[i];
		const struct top_vm *old = find_vm(before, vm->info.id);

		if (!old || now->when_ns <= before->when_ns)
			continue;
		add(&vm->rate, &old->rate, vm->info.exits, old->info.exits,
		    seconds);
		for (unsigned int k = 0; k < vm->n_vcpus; k++) {
			struct top_vcpu *v = &vm->vcpus[k];
			const struct top_vcpu *was =
				find_vcpu(old, v->info.index);

			if (was)
				add(&v->rate, &was->rate, v->info.exits,
				    was->info.exits, seconds);
		}
	}
}

/* ---- the order ------------------------------------------------------------- */

static int descending(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare(const void *a, const void *b, void *view)
{
	const struct top_vm *x = a, *y = b;
	const struct top_view *v = view;
	int way = 0;

	if (v->sort == TOP_BY_CPU)
		way = descending(x->rate.cpu, y->rate.cpu);
	else if (v->sort == TOP_BY_EXITS)
		way = descending(x->rate.exits, y->rate.exits);
	else if (v->sort == TOP_BY_MEMORY)
		way = descending((double)x->info.mem_resident,
				 (double)y->info.mem_resident);
	if (!way)
		way = strcmp(x->info.name, y->info.name);
	return v->reverse ? -way : way;
}

void top_sort(const struct top_view *v, struct top_look *l)
{
	qsort_r(l->vms, l->n, sizeof(*l->vms), compare, (void *)v);
}

/* ---- keys ------------------------------------------------------------------ */

static unsigned int room(const struct top_view *v)
{
	return v->rows > TOP_FRAME ? v->rows - TOP_FRAME : 1;
}

void top_view_fit(struct top_view *v, const struct top_look *l)
{
	unsigned int n = top_lines(v, l), most = n > room(v) ? n - room(v) : 0;

	if (v->first > most)
		v->first = most;
}

static enum top_event scroll(struct top_view *v, const struct top_look *l,
			     int key)
{
	unsigned int page = room(v);

	switch (key) {
	case TOP_KEY_UP:
		v->first -= v->first ? 1 : 0;
		break;
	case TOP_KEY_PAGE_UP:
		v->first -= v->first < page ? v->first : page;
		break;
	case TOP_KEY_HOME:
		v->first = 0;
		break;
	case TOP_KEY_DOWN:
		v->first++;
		break;
	case TOP_KEY_PAGE_DOWN:
		v->first += page;
		break;
	case TOP_KEY_END:
		v->first = top_lines(v, l);
		break;
	default:
		return TOP_NOTHING;
	}
	top_view_fit(v, l);
	return TOP_DRAW;
}

enum top_event top_key(struct top_view *v, const struct top_look *l, int key)
{
	const char *sort = key > 0 && key < 0x80 ? strchr(sort_keys, key) :
						   NULL;

	if (sort) {
		v->sort = (enum top_sort)(sort - sort_keys);
		return TOP_DRAW;
	}
	switch (key) {
	case 'q':
		return TOP_QUIT;
	case ' ':
		return TOP_LOOK;
	case 0: /* another size */
		return TOP_DRAW;
	case 'r':
		v->reverse = !v->reverse;
		return TOP_DRAW;
	case 'v':
		v->vcpus = !v->vcpus;
		top_view_fit(v, l);
		return TOP_DRAW;
	case 'h':
	case '?':
		v->help = !v->help;
		v->first = 0;
		return TOP_DRAW;
	case '+':
		if (v->interval_ns > INTERVAL_LEAST)
			v->interval_ns /= 2;
		return TOP_LOOK;
	case '-':
		if (v->interval_ns <= INTERVAL_MOST / 2)
			v->interval_ns *= 2;
		return TOP_DRAW;
	}
	return scroll(v, l, key);
}

/* ---- lines ----------------------------------------------------------------- */

static int name_cols(const struct top_view *v)
{
	unsigned int n = v->cols > OTHER_COLS ? v->cols - OTHER_COLS : 0;

	return (int)(n < NAME_LEAST ? NAME_LEAST :
		     n > NAME_MOST  ? NAME_MOST :
				      n);
}

void top_title(const struct top_view *v, const struct top_look *l, char *buf)
{
	unsigned int running = 0;
	double cpu = 0, exits = 0;

	for (unsigned int i = 0; i < l->n; i++) {
		running += l->vms[i].info.state == AXVM_VM_RUNNING;
		cpu += l->vms[i].rate.cpu;
		exits += l->vms[i].rate.exits;
	}
	snprintf(buf, TOP_LINE_MAX,
		 "%u VM%s, %u running, %.1f%% of a CPU, %.0f exits/s; by %s%s",
		 l->n, l->n == 1 ? "" : "s", running, 100 * cpu, exits,
		 top_sort_words[v->sort], v->reverse ? ", reversed" : "");
}

void top_headings(const struct top_view *v, char *buf)
{
	snprintf(buf, TOP_LINE_MAX, "%5s %-*s %-9s %5s %6s %8s %8s %7s", "ID",
		 name_cols(v), "NAME", "STATE", "VCPUS", "CPU %", "EXITS/S",
		 "RESIDENT", "MEMORY");
}

static void vm_line(const struct top_view *v, const struct top_vm *vm,
		    char *buf)
{
	char resident[16], memory[16];
	int w = name_cols(v);

	snprintf(buf, TOP_LINE_MAX,
		 "%5" PRIu64 " %-*.*s %-9.9s %5u %6.1f %8.0f %8s %7s",
		 (uint64_t)vm->info.id, w, w, vm->info.name,
		 name_vm_state(vm->info.state), vm->info.nr_vcpus,
		 100 * vm->rate.cpu, vm->rate.exits,
		 num_bytes(vm->info.mem_resident, resident),
		 num_bytes(vm->info.mem_bytes, memory));
}

static void vcpu_line(const struct top_view *v, const struct top_vcpu *c,
		      char *buf)
{
	char name[32], on[16];

	snprintf(name, sizeof(name), "  vCPU %u", c->info.index);
	snprintf(on, sizeof(on), "on %u", c->info.cpu);
	snprintf(buf, TOP_LINE_MAX, "%5s %-*s %-9.9s %5s %6.1f %8.0f %16.16s",
		 "", name_cols(v), name, name_vcpu_state(c->info.state), on,
		 100 * c->rate.cpu, c->rate.exits,
		 c->info.exits ? name_exit(c->info.last_exit) : "-");
}

unsigned int top_lines(const struct top_view *v, const struct top_look *l)
{
	unsigned int n = l->n;

	if (v->help)
		return HELP_LINES;
	for (unsigned int i = 0; v->vcpus && i < l->n; i++)
		n += l->vms[i].n_vcpus;
	return n;
}

enum top_line top_line(const struct top_view *v, const struct top_look *l,
		       unsigned int n, char *buf)
{
	*buf = '\0';
	if (v->help) {
		if (n < HELP_LINES)
			snprintf(buf, TOP_LINE_MAX, "%s", help[n]);
		return TOP_LINE_HELP;
	}
	for (unsigned int i = 0; i < l->n; i++) {
		const struct top_vm *vm = &l->vms[i];

		if (!n) {
			vm_line(v, vm, buf);
			return TOP_LINE_VM;
		}
		n--;
		if (!v->vcpus)
			continue;
		if (n < vm->n_vcpus) {
			vcpu_line(v, &vm->vcpus[n], buf);
			return TOP_LINE_VCPU;
		}
		n -= vm->n_vcpus;
	}
	return TOP_LINE_VM;
}
