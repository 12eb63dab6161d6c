// SPDX-License-Identifier: GPL-2.0
/*
 * What a second CPU does to a vCPU: interrupts from userspace, pause and
 * resume.  The client is on CPU 1, the vCPU on CPU 0.
 */
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static unsigned int batches_of(const struct op *op)
{
	unsigned int n = op->batches * effort / 100;

	return n < 3 ? 3 : n;
}

static void start(struct vm *vm, uint64_t op, volatile uint64_t **out)
{
	cpu_unpin();
	bench_vm(vm, 1, true);
	bench_args(vm, op, 0, 0, 0, 0);
	side->start(vm);
	cpu_pin(1);
	*out = side->view(vm, bench_arch.results + 8 * GUEST_R_OUT);
	while (!(*out)[BENCH_READY])
		usleep(1000);
}

/* From the call until the guest's handler has counted it. */
static void inject(const struct op *op)
{
	unsigned int b, i, n = batches_of(op);
	uint64_t begin, seen, sum;
	volatile uint64_t *out;
	struct vm vm;

	start(&vm, op->arg, &out);
	result_begin("ticks", op->rounds);
	for (b = 0; b < n; b++) {
		sum = 0;
		for (i = 0; i < op->rounds; i++) {
			seen = out[BENCH_TAKEN];
			begin = now();
			side->irq(&vm);
			while (out[BENCH_TAKEN] == seen)
				relax();
			sum += now() - begin;
			/* Back in its loop, or asleep again. */
			usleep(1000);
		}
		if (b)
			result_add(sum);
	}
	result_end();
	side->vm_destroy(&vm);
}

static void pause_resume(const struct op *op)
{
	unsigned int b, i, n = batches_of(op);
	volatile uint64_t *out;
	uint64_t begin;
	struct vm vm;

	start(&vm, op->arg, &out);
	result_begin("ticks", op->rounds);
	for (b = 0; b < n; b++) {
		begin = now();
		for (i = 0; i < op->rounds; i++) {
			side->pause(&vm);
			side->resume(&vm);
		}
		if (b)
			result_add(now() - begin);
	}
	result_end();
	side->vm_destroy(&vm);
}

const struct op ops_irq[] = {
	{ "irq-running", inject, BENCH_IRQ_SPIN, 8, 13, true, 2 },
	{ "irq-halted", inject, BENCH_IRQ_HALT, 8, 13, true, 2 },
	{ "pause-resume", pause_resume, BENCH_IRQ_SPIN, 8, 13, true, 2 },
	{},
};
