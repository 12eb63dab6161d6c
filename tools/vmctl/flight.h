/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flight recorder of a VM: reading the records of all its vCPUs in the
 * order of time, and telling what a record says.
 */
#ifndef VMCTL_FLIGHT_H
#define VMCTL_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"

struct json_object;
struct vm;

/** struct flight - the recorder of one vCPU, mapped */
struct flight {
	const struct axvm_flight *head;
	size_t bytes;
	uint32_t slots;
	uint64_t next; /* record to read next */
	uint64_t missed; /* overwritten before they were read */
};

struct flights {
	struct flight *v;
	size_t n;
	uint32_t backend;
};

/** Map the recorders of all vCPUs, or of @vcpu if it is not -1; VMCTL_*. */
int flights_open(const struct vm *vm, int vcpu, uint32_t backend,
		 struct flights *f);
void flights_close(struct flights *f);

/**
 * flights_read() - records that came since the last call, oldest first
 * @out: malloc()ed array
 * Return: how many.
 */
size_t flights_read(struct flights *f, struct axvm_exit **out);

/** One recorder; @from on, at most the recorder's slots, to @out.  For tests. */
size_t flight_read(struct flight *f, struct axvm_exit *out);

/** What a record says about its reason, in words; @size of @buf. */
const char *exit_detail(const struct axvm_exit *e, uint32_t backend, char *buf,
			size_t size);
/** Everything a record holds. */
struct json_object *exit_json(const struct axvm_exit *e, uint32_t backend);

#endif /* VMCTL_FLIGHT_H */
