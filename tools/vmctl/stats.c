// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of a VM: reading them, and as rows of a table.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <time.h>

#include "dev.h"
#include "names.h"
#include "out.h"
#include "stats.h"

#define STAT_ROW(name, unit, text) { #name, unit, text },
static const struct {
	const char *name, *unit, *text;
} known[] = { AXVM_STATS(STAT_ROW) };

uint64_t stats_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int stats_read(const struct vm *vm, uint32_t vcpu, struct stats *s)
{
	struct axvm_stats arg = { .vcpu = vcpu,
				  .count = STATS_ROOM,
				  .values = (uintptr_t)s->values };
	int ret = DEV_CALL(vm->fd, AXVM_VM_STATS, &arg);

	s->n = arg.count < STATS_ROOM ? arg.count : STATS_ROOM;
	s->when_ns = stats_now();
	return ret;
}

/* Counters are reset by nobody, but a reader may be: never below zero. */
static double rate_of(const struct stats *s, const struct stats *before,
		      unsigned int i)
{
	uint64_t ns = s->when_ns - before->when_ns;

	if (!ns || i >= before->n || s->values[i] < before->values[i])
		return 0;
	return (double)(s->values[i] - before->values[i]) * 1e9 / (double)ns;
}

static void add(struct json_object *rows, const struct stats *s,
		const struct stats *before, bool all, unsigned int i,
		const char *name, const char *unit, const char *text)
{
	struct json_object *row;
	char buf[32];

	if (!s->values[i] && !all)
		return;
	row = out_object();
	out_str(row, "name", name);
	out_num(row, "value", s->values[i]);
	if (before) {
		double rate = rate_of(s, before, i);

		snprintf(buf, sizeof(buf), "%.1f", rate);
		out_add(row, "rate", json_object_new_double_s(rate, buf));
	}
	out_str(row, "unit", unit);
	out_str(row, "description", text);
	out_push(rows, row);
}

struct json_object *stats_rows(const struct stats *s,
			       const struct stats *before, bool all)
{
	struct json_object *rows = out_array();
	char name[48], text[64];

	for (unsigned int i = 0; i < s->n && i < AXVM_NR_STATS; i++)
		add(rows, s, before, all, i, known[i].name, known[i].unit,
		    known[i].text);
	for (unsigned int i = 1; i < AXVM_NR_EXITS && AXVM_NR_STATS + i < s->n;
	     i++) {
		snprintf(name, sizeof(name), "exit.%s", name_exit(i));
		snprintf(text, sizeof(text), "exits: %s", name_exit(i));
		add(rows, s, before, all, AXVM_NR_STATS + i, name, "count",
		    text);
	}
	return rows;
}

int stats_table(struct json_object *rows, bool rates)
{
	static const struct column plain[] = {
		{ "name", "NAME", false, NULL, NULL },
		{ "value", "VALUE", true, NULL, NULL },
		{ "unit", "UNIT", false, NULL, NULL },
		{ "description", "DESCRIPTION", false, NULL, NULL },
		{ 0 },
	};
	static const struct column rated[] = {
		{ "name", "NAME", false, NULL, NULL },
		{ "value", "VALUE", true, NULL, NULL },
		{ "rate", "PER SECOND", true, NULL, NULL },
		{ "unit", "UNIT", false, NULL, NULL },
		{ "description", "DESCRIPTION", false, NULL, NULL },
		{ 0 },
	};

	return out_table(rates ? rated : plain, rows);
}
