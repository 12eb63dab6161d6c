// SPDX-License-Identifier: GPL-2.0
/*
 * How long each kind of exit kept a VM's vCPUs out of the guest: reading it,
 * and as rows of a table and as histograms.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev.h"
#include "hw_reason.h"
#include "out.h"
#include "profile.h"
#include "stats.h"
#include "vmctl.h"

#define BAR 40u

int profile_read(const struct vm *vm, uint32_t vcpu, struct profile *p)
{
	struct axvm_profile arg = { .vcpu = vcpu,
				    .count = PROFILE_ROOM,
				    .rows = (uintptr_t)p->rows };
	int ret = DEV_CALL(vm->fd, AXVM_VM_PROFILE, &arg);

	p->n = ret ? 0 : arg.count < PROFILE_ROOM ? arg.count : PROFILE_ROOM;
	p->on = arg.on;
	p->when_ns = stats_now();
	return ret;
}

static const struct axvm_profile_row *find(const struct profile *p,
					   uint32_t reason)
{
	for (unsigned int i = 0; p && i < p->n; i++) {
		if (p->rows[i].hw_reason == reason)
			return &p->rows[i];
	}
	return NULL;
}

/* Since @before: turned off and on again it begins at zero. */
static void since(struct axvm_profile_row *row,
		  const struct axvm_profile_row *before)
{
	if (!before || before->count > row->count || before->ns > row->ns)
		return;
	row->count -= before->count;
	row->ns -= before->ns;
	for (unsigned int i = 0; i < AXVM_PROFILE_BUCKETS; i++)
		row->bucket[i] -= before->bucket[i];
}

static int by_time(const void *a, const void *b)
{
	const struct axvm_profile_row *x = a, *y = b;

	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

struct json_object *profile_rows(const struct profile *now,
				 const struct profile *before, uint32_t backend)
{
	struct axvm_profile_row sorted[PROFILE_ROOM];
	struct json_object *rows = out_array();
	uint64_t ns = before ? now->when_ns - before->when_ns : 0;
	char buf[48];

	memcpy(sorted, now->rows, now->n * sizeof(sorted[0]));
	for (unsigned int i = 0; i < now->n; i++)
		since(&sorted[i], find(before, sorted[i].hw_reason));
	qsort(sorted, now->n, sizeof(sorted[0]), by_time);
	for (unsigned int i = 0; i < now->n; i++) {
		const struct axvm_profile_row *r = &sorted[i];
		struct json_object *row, *hist;

		if (!r->count)
			continue;
		row = out_object();
		out_str(row, "reason",
			hw_reason_text(backend, r->hw_reason, buf,
				       sizeof(buf)));
		if (r->hw_reason == ~0u)
			out_add(row, "hw_reason", NULL);
		else
			out_hex(row, "hw_reason", r->hw_reason);
		out_num(row, "count", r->count);
		if (ns) {
			double rate = (double)r->count * 1e9 / (double)ns;

			snprintf(buf, sizeof(buf), "%.1f", rate);
			out_add(row, "rate",
				json_object_new_double_s(rate, buf));
		}
		out_num(row, "ns", r->ns);
		out_num(row, "mean_ns", r->ns / r->count);
		out_num(row, "max_ns", r->max_ns);
		hist = out_array();
		for (unsigned int k = 0; k < AXVM_PROFILE_BUCKETS; k++)
			out_push(hist, json_object_new_uint64(r->bucket[k]));
		out_add(row, "log2_ns", hist);
		out_push(rows, row);
	}
	return rows;
}

static void time_text(unsigned int bucket, char *buf, size_t size)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	uint64_t ns = bucket ? 1ull << bucket : 0;
	unsigned int unit = 0;

	/* Binary thousands: 1024 ns is "1 us", as a log2 scale is read. */
	while (ns >= 1024 && unit < 3) {
		ns >>= 10;
		unit++;
	}
	snprintf(buf, size, "%" PRIu64 " %s", ns, units[unit]);
}

/* One reason: a bar for each power of two between the first and the last. */
static void print_histogram(struct json_object *row)
{
	struct json_object *hist = json_object_object_get(row, "log2_ns");
	uint64_t most = 1, v[AXVM_PROFILE_BUCKETS];
	unsigned int first = AXVM_PROFILE_BUCKETS, last = 0;
	char from[24];

	for (unsigned int i = 0; i < AXVM_PROFILE_BUCKETS; i++) {
		v[i] = json_object_get_uint64(
			json_object_array_get_idx(hist, i));
		if (!v[i])
			continue;
		most = v[i] > most ? v[i] : most;
		first = i < first ? i : first;
		last = i;
	}
	printf("\n%s\n",
	       json_object_get_string(json_object_object_get(row, "reason")));
	for (unsigned int i = first; i <= last; i++) {
		unsigned int bar = (unsigned int)(v[i] * BAR / most);

		time_text(i, from, sizeof(from));
		printf("%8s+ %10" PRIu64 " ", from, v[i]);
		for (unsigned int k = 0; k < bar || (!k && v[i]); k++)
			putchar('#');
		putchar('\n');
	}
}

static const struct column plain[] = {
	{ "reason", "REASON", false, NULL, NULL },
	{ "count", "COUNT", true, NULL, NULL },
	{ "ns", "TIME", true, out_text_ns, NULL },
	{ "mean_ns", "MEAN", true, out_text_ns, NULL },
	{ "max_ns", "MAX", true, out_text_ns, NULL },
	{ 0 },
};

static const struct column rated[] = {
	{ "reason", "REASON", false, NULL, NULL },
	{ "count", "COUNT", true, NULL, NULL },
	{ "rate", "PER SECOND", true, NULL, NULL },
	{ "ns", "TIME", true, out_text_ns, NULL },
	{ "mean_ns", "MEAN", true, out_text_ns, NULL },
	{ "max_ns", "MAX", true, out_text_ns, NULL },
	{ 0 },
};

static const struct column tabs[] = {
	{ "reason", "REASON", false, NULL, NULL },
	{ "hw_reason", "NUMBER", false, NULL, NULL },
	{ "count", "COUNT", true, NULL, NULL },
	{ "ns", "NS", true, NULL, NULL },
	{ "mean_ns", "MEAN", true, NULL, NULL },
	{ "max_ns", "MAX", true, NULL, NULL },
	{ 0 },
};

int profile_table(struct json_object *rows, bool rates)
{
	int ret = out_table(rates ? rated : plain, rows);

	for (size_t i = 0; !ret && i < json_object_array_length(rows); i++)
		print_histogram(json_object_array_get_idx(rows, i));
	return ret;
}

int profile_tabs(struct json_object *rows)
{
	return out_tabs(tabs, rows);
}
