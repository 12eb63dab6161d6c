/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exits of a VM by hardware reason, with the time they took.
 */
#ifndef VMCTL_PROFILE_H
#define VMCTL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"

struct json_object;
struct vm;

#define PROFILE_ROOM 128u

/** struct profile - at a time; @on: the VM counts now */
struct profile {
	struct axvm_profile_row rows[PROFILE_ROOM];
	unsigned int n;
	bool on;
	uint64_t when_ns; /* CLOCK_MONOTONIC */
};

/** profile_read() - of @vcpu, or AXVM_STATS_ALL; 0 or -errno */
int profile_read(const struct vm *vm, uint32_t vcpu, struct profile *p);

/**
 * profile_rows() - an array of reason, hw_reason, count, ns, mean_ns, max_ns,
 * log2_ns, by time
 * @before: if not NULL: what came since then, with rate
 */
struct json_object *profile_rows(const struct profile *now,
				 const struct profile *before,
				 uint32_t backend);

/** Print such rows as a table and histograms, or separated by tabs. */
int profile_table(struct json_object *rows, bool rates);
int profile_tabs(struct json_object *rows);

#endif /* VMCTL_PROFILE_H */
