// SPDX-License-Identifier: GPL-2.0
/*
 * bench axvm|kvm [-e PERCENT] NAME...: measures the named operations (or those
 * whose names begin so) on one side and prints a line for each:
 *
 *	result NAME UNIT ROUNDS TOTAL...	a total for each batch of ROUNDS
 *	skip NAME WHY
 *
 * tests/bench/run boots boxes for both sides and makes tables of it.
 */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

const struct side *side;
unsigned int effort = 100;

static const struct op *current;
static const char *result_name;
static uint64_t totals[BENCH_BATCHES_MAX];
static unsigned int nr_totals, result_rounds;
static const char *result_unit;

void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	printf("died %s ", current ? current->name : "-");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s\n", strerror(err));
	exit(1);
}

int need(int result, const char *what)
{
	if (result < 0)
		die("%s", what);
	return result;
}

void skip(const char *why)
{
	printf("skip %s %s\n", current->name, why);
}

void result_begin(const char *unit, unsigned int rounds)
{
	result_unit = unit;
	result_rounds = rounds;
	nr_totals = 0;
	result_name = current->name;
}

void result_add(uint64_t total)
{
	if (nr_totals < BENCH_BATCHES_MAX)
		totals[nr_totals++] = total;
}

void result_end(void)
{
	unsigned int i;

	printf("result %s %s %u", result_name, result_unit, result_rounds);
	for (i = 0; i < nr_totals; i++)
		printf(" %llu", (unsigned long long)totals[i]);
	printf("\n");
	fflush(stdout);
}

void cpu_pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

/* Threads inherit where their maker may run. */
void cpu_unpin(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	need(sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

unsigned int cpus_online(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

/* Ticks of now() in a second. */
static uint64_t frequency(void)
{
#ifdef __x86_64__
	struct timespec a, b;
	uint64_t begin, end, ns;

	clock_gettime(CLOCK_MONOTONIC_RAW, &a);
	begin = now();
	do {
		clock_gettime(CLOCK_MONOTONIC_RAW, &b);
		end = now();
		ns = (b.tv_sec - a.tv_sec) * 1000000000ull + b.tv_nsec -
		     a.tv_nsec;
	} while (ns < 20000000);
	return (double)(end - begin) * 1e9 / ns;
#else
	uint64_t v;

	__asm__("mrs %0, cntfrq_el0" : "=r"(v));
	return v;
#endif
}

static void op_run(const struct op *op)
{
	current = op;
	mark_next();
	if (op->cpus > cpus_online())
		skip("needs more CPUs");
	else if (op->platform && !side->platform())
		skip("no interrupt controller in the kernel yet");
	else
		op->fn(op);
	fflush(stdout);
}

static const struct op *const tables[] = {
	ops_guest,
	ops_life,
	ops_irq,
	ops_scale,
};

static unsigned int ops_run(const char *name)
{
	const struct op *op;
	unsigned int i, found = 0;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (op = tables[i]; op->name; op++)
			if (!strcmp(op->name, name)) {
				op_run(op);
				found++;
			}
	return found;
}

int main(int argc, char **argv)
{
	const struct rlimit files = { 8192, 8192 };
	int i = 2;

	if (argc < 3)
		goto usage;
	side = strcmp(argv[1], "kvm") ? &side_axvm : &side_kvm;
	if (!strcmp(argv[i], "-e") && argc > 4) {
		effort = atoi(argv[i + 1]);
		i += 2;
	}
	if (!side->open()) {
		printf("died - %s is not there\n", side->name);
		return 1;
	}
	/* Hundreds of VMs have several descriptors each. */
	setrlimit(RLIMIT_NOFILE, &files);
	/* What this program touches is there before anything is timed. */
	mlockall(MCL_CURRENT);
	printf("frequency %llu\n", (unsigned long long)frequency());
	for (; i < argc; i++)
		if (!ops_run(argv[i]))
			printf("skip %s unknown\n", argv[i]);
	return 0;
usage:
	fprintf(stderr, "usage: bench axvm|kvm [-e PERCENT] NAME...\n");
	return 2;
}
