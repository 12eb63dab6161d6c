/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of a VM: reading them, and as rows of a table.
 */
#ifndef VMCTL_STATS_H
#define VMCTL_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "uapi/axvm.h"

struct json_object;
struct vm;

#define STATS_ROOM 256u

/** struct stats - counters at a time: AXVM_STATS, then one a reason of exits */
struct stats {
	__u64 values[STATS_ROOM];
	unsigned int n;
	uint64_t when_ns; /* CLOCK_MONOTONIC */
};

/** stats_read() - of @vcpu, or AXVM_STATS_ALL; 0 or -errno */
int stats_read(const struct vm *vm, uint32_t vcpu, struct stats *s);

/**
 * stats_rows() - an array of name, value, unit, description
 * @before: if not NULL: also rate, per second since then
 * @all: also counters that are zero
 */
struct json_object *stats_rows(const struct stats *s,
			       const struct stats *before, bool all);

/** Print such rows as a table, with rates if there are. */
int stats_table(struct json_object *rows, bool rates);

/** CLOCK_MONOTONIC in nanoseconds. */
uint64_t stats_now(void);

#endif /* VMCTL_STATS_H */
