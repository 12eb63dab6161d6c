// SPDX-License-Identifier: GPL-2.0
/*
 * Cost against size: vCPUs of a VM, VMs, bytes of memory.  One line for each:
 *
 *	point NAME SIZE TICKS
 */
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"

#define MIB (1ull << 20)
#define MOST_VMS 500

static void point(const struct op *op, uint64_t size, uint64_t ticks)
{
	printf("point %s %llu %llu\n", op->name, (unsigned long long)size,
	       (unsigned long long)ticks);
	fflush(stdout);
}

/* A VM with so many vCPUs, made and ended. */
static void scale_vcpus(const struct op *op)
{
	unsigned int n, i;
	uint64_t begin;
	struct vm vm;

	for (n = 1; n <= BENCH_VCPUS; n *= 2) {
		memset(&vm, 0, sizeof(vm));
		begin = now();
		side->vm_create(&vm);
		for (i = 0; i < n; i++)
			side->vcpu_create(&vm, i);
		side->vm_destroy(&vm);
		point(op, n, now() - begin);
	}
}

/* One VM more, with a vCPU, where there are so many. */
static void scale_vms(const struct op *op)
{
	static struct vm vms[MOST_VMS];
	unsigned int n, next = 1;
	uint64_t begin;

	for (n = 0; n < op->rounds; n++) {
		begin = now();
		side->vm_create(&vms[n]);
		side->vcpu_create(&vms[n], 0);
		if (n + 1 == next || n + 1 == op->rounds) {
			point(op, n + 1, now() - begin);
			next *= 2;
		}
	}
	while (n--)
		side->vm_destroy(&vms[n]);
}

/* Above what devices have below 4 GiB. */
#define SCALE_GPA (1ull << 32)

/* A region of so many bytes, mapped and unmapped. */
static void scale_memory(const struct op *op)
{
	uint64_t len, begin;
	struct vm vm = {};

	side->vm_create(&vm);
	for (len = MIB; len <= 8192 * MIB; len *= 2) {
		begin = now();
		side->map(&vm, 1, SCALE_GPA, len, MEM_HUGE);
		side->unmap(&vm, 1);
		point(op, len / MIB, now() - begin);
	}
	side->vm_destroy(&vm);
}

const struct op ops_scale[] = {
	{ "scale-vcpus", scale_vcpus },
	{ "scale-vms", scale_vms, 0, MOST_VMS },
	{ "scale-memory", scale_memory },
	{},
};
