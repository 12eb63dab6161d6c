// SPDX-License-Identifier: GPL-2.0
/*
 * Making, changing and ending VMs, as their client sees it: time until the
 * calls have returned, and the kernel's memory.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static unsigned int batches_of(const struct op *op)
{
	unsigned int n = op->batches * effort / 100;

	return n < 3 ? 3 : n;
}

/* What was put off by the batch before is done by now. */
static void settle(void)
{
	usleep(20000);
}

/* @op->arg: another VM lives, so that CPUs need not be taken and given back. */
static void create_destroy(const struct op *op)
{
	unsigned int b, i, n = batches_of(op);
	struct vm vm, other = {};
	uint64_t begin;

	cpu_pin(0);
	if (op->arg)
		side->vm_create(&other);
	result_begin("ticks", op->rounds);
	for (b = 0; b < n; b++) {
		settle();
		begin = now();
		mark_begin();
		for (i = 0; i < op->rounds; i++) {
			memset(&vm, 0, sizeof(vm));
			side->vm_create(&vm);
			side->vm_destroy(&vm);
		}
		mark_end();
		if (b)
			result_add(now() - begin);
	}
	result_end();
	if (op->arg)
		side->vm_destroy(&other);
}

static void vcpu_create(const struct op *op)
{
	unsigned int b, i, n = batches_of(op);
	uint64_t begin, end;
	struct vm vm;

	cpu_pin(0);
	result_begin("ticks", op->rounds);
	for (b = 0; b < n; b++) {
		memset(&vm, 0, sizeof(vm));
		side->vm_create(&vm);
		settle();
		begin = now();
		mark_begin();
		for (i = 0; i < op->rounds; i++)
			side->vcpu_create(&vm, i);
		mark_end();
		end = now();
		if (b)
			result_add(end - begin);
		side->vm_destroy(&vm);
	}
	result_end();
}

/* From nothing to the guest's first access that userspace answers. */
static void first_instruction(const struct op *op)
{
	unsigned int b, n = batches_of(op);
	uint64_t begin, end;
	struct vm vm;

	cpu_pin(0);
	result_begin("ticks", 1);
	for (b = 0; b < n; b++) {
		settle();
		begin = now();
		bench_vm(&vm, 1, false);
		bench_args(&vm, BENCH_FIRST, 0, 0, 0, 0);
		side->start(&vm);
		side->run(&vm);
		end = now();
		if (b)
			result_add(end - begin);
		side->vm_destroy(&vm);
	}
	result_end();
}

/* A region of @op->arg bytes that nobody touched; @unmap: time its end. */
static void region(const struct op *op, bool unmap)
{
	unsigned int b, n = batches_of(op);
	uint64_t begin, end, mapped;
	struct vm vm;

	cpu_pin(0);
	bench_vm(&vm, 1, false);
	result_begin("ticks", 1);
	for (b = 0; b < n; b++) {
		begin = now();
		side->map(&vm, 1, bench_arch.touch, op->arg, MEM_HUGE);
		mapped = now();
		side->unmap(&vm, 1);
		end = now();
		if (b)
			result_add(unmap ? end - mapped : mapped - begin);
	}
	result_end();
	side->vm_destroy(&vm);
}

static void map_region(const struct op *op)
{
	region(op, false);
}

static void unmap_region(const struct op *op)
{
	region(op, true);
}

/* Every block of @op->arg bytes was touched. */
static void destroy_touched(const struct op *op)
{
	unsigned int b, n = batches_of(op);
	uint64_t begin, end;
	struct vm vm;

	cpu_pin(0);
	result_begin("ticks", 1);
	for (b = 0; b < n; b++) {
		bench_vm(&vm, 1, false);
		side->map(&vm, 1, bench_arch.touch, op->arg, MEM_HUGE);
		bench_args(&vm, BENCH_TOUCH, op->arg / (2 * MIB), 1,
			   bench_arch.touch, 2 * MIB);
		side->start(&vm);
		side->run(&vm);
		settle();
		begin = now();
		side->vm_destroy(&vm);
		end = now();
		if (b)
			result_add(end - begin);
	}
	result_end();
}

/* ---- kernel memory ---------------------------------------------------------- */

/*
 * Free pages of the machine, those that CPUs keep for themselves included.
 * Without the first line CPUs would have told only part of what they did.
 */
static uint64_t free_pages(void)
{
	FILE *f = fopen("/proc/sys/vm/stat_refresh", "r");
	uint64_t pages = 0, n;
	char line[128];

	if (f) {
		(void)!fread(line, 1, sizeof(line), f);
		fclose(f);
	}
	f = fopen("/proc/zoneinfo", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " nr_free_pages %lu", &n) == 1 ||
		    sscanf(line, " count: %lu", &n) == 1)
			pages += n;
	if (f)
		fclose(f);
	return pages;
}

#define IDLE_BATCHES 4

/*
 * Sleeping VMs with one vCPU each that has run, and the few pages (the same on
 * both sides) that hold the guest itself.  All of them live until the end:
 * what one batch gave back, the next would take without anybody noticing.
 */
static void idle_memory(const struct op *op)
{
	static struct vm vms[IDLE_BATCHES * 96];
	unsigned int i, b, n = op->rounds;
	uint64_t before, after;
	struct vm *vm = vms;

	cpu_unpin();
	/* The array itself is there before anything is counted. */
	memset(vms, 0, sizeof(vms));
	result_begin("bytes", n);
	for (b = 0; b < IDLE_BATCHES; b++) {
		settle();
		before = free_pages();
		for (i = 0; i < n; i++, vm++) {
			bench_vm(vm, 1, true);
			bench_args(vm, BENCH_HALT, 0, 0, 0, 0);
			side->start(vm);
		}
		settle();
		usleep(300000);
		after = free_pages();
		if (b && before > after)
			result_add((before - after) * 4096);
	}
	result_end();
	while (vm-- > vms)
		side->vm_destroy(vm);
}

const struct op ops_life[] = {
	{ "vm-create-destroy", create_destroy, 1, 8, 17 },
	{ "vm-only", create_destroy, 0, 8, 9 },
	{ "vcpu-create", vcpu_create, 0, 8, 17 },
	{ "first-instruction", first_instruction, 0, 1, 17 },
	{ "map-1g", map_region, GIB, 1, 17 },
	{ "unmap-1g", unmap_region, GIB, 1, 17 },
	{ "destroy-1g", destroy_touched, GIB, 1, 3 },
	{ "idle-memory", idle_memory, 0, 96, IDLE_BATCHES },
	{},
};
