// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that the guest itself repeats and times: what takes it out and
 * in again.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

/* Batches of the guest's own, the first of them for warming up. */
static void report(struct vm *vm, const struct op *op, unsigned int batches)
{
	uint64_t out[BENCH_BATCHES_MAX];
	unsigned int i;

	side->read(vm, bench_arch.results + 8 * GUEST_R_OUT, out,
		   batches * sizeof(out[0]));
	result_begin("ticks", op->rounds);
	for (i = 1; i < batches; i++)
		result_add(out[i]);
	result_end();
}

static unsigned int batches_of(const struct op *op)
{
	unsigned int n = op->batches * effort / 100;

	return n < 3 ? 3 : n;
}

static void go(struct vm *vm, const struct op *op, uint64_t a3, uint64_t a4)
{
	unsigned int batches = batches_of(op);

	bench_args(vm, op->arg, op->rounds, batches, a3, a4);
	side->start(vm);
	if (vm->threads)
		side->wait(vm);
	else
		side->run(vm);
	report(vm, op, batches);
	side->vm_destroy(vm);
}

static void in_guest(const struct op *op)
{
	struct vm vm;

	cpu_pin(0);
	bench_vm(&vm, 1, false);
	go(&vm, op, 0, 0);
}

/* Ticks until a timer fires: long enough to be programmed before. */
static void timer(const struct op *op)
{
	struct vm vm;

	cpu_pin(0);
	bench_vm(&vm, 1, false);
#ifdef __x86_64__
	go(&vm, op, 40000, 0);
#else
	go(&vm, op, 40000 / 16, 0);
#endif
}

static void ipi(const struct op *op)
{
	struct vm vm;

	cpu_unpin();
	bench_vm(&vm, 2, true);
	go(&vm, op, !strcmp(op->name, "ipi-halted"), 0);
}

#define MIB (1ull << 20)

/* Off by a page and too short for a block of 2 MiB anywhere. */
static void fault_4k(const struct op *op)
{
	struct vm vm;

	cpu_pin(0);
	bench_vm(&vm, 1, false);
	side->map(&vm, 1, bench_arch.touch + 4096, 2 * MIB - 8192, MEM_SMALL);
	go(&vm, op, bench_arch.touch + 4096, 4096);
}

static void fault_2m(const struct op *op)
{
	uint64_t len = 2 * MIB * op->rounds * batches_of(op);
	struct vm vm;

	cpu_pin(0);
	bench_vm(&vm, 1, false);
	side->map(&vm, 1, bench_arch.touch, len, MEM_HUGE);
	go(&vm, op, bench_arch.touch, 2 * MIB);
}

/* Another process answers. */
static void other_process(const struct op *op)
{
	struct vm vm;
	pid_t child;

	cpu_unpin();
	bench_vm(&vm, 0, true);
	vm.served = true;
	if (side->serve_prepare)
		side->serve_prepare(&vm);
	side->vcpu_create(&vm, 0);
	side->entry(&vm, 0);
	child = need(fork(), "fork");
	if (!child) {
		cpu_pin(0);
		side->serve(&vm);
		_exit(0);
	}
	go(&vm, op, 0, 0);
}

#define IN(n, b, r, ...)                                   \
	{                                                  \
		n, in_guest, BENCH_##b, r, 17, __VA_ARGS__ \
	}

const struct op ops_guest[] = {
	IN("null", NULL, 64),
	IN("call", CALL, 64),
	IN("reg-read", REG_READ, 64),
	IN("reg-write", REG_WRITE, 64),
	IN("mmio-kernel", MMIO_KERNEL, 64),
	IN("mmio-user", MMIO_USER, 32),
#ifdef __x86_64__
	IN("cpuid", CPUID, 64),
	IN("pio-kernel", PIO_KERNEL, 64, true),
	IN("pio-user", PIO_USER, 32),
	IN("ioapic", IOAPIC, 64, true),
	IN("icr-self", ICR_SELF, 32, true),
	{ "user-process", other_process, BENCH_PIO_USER, 16, 17 },
#else
	{ "user-process", other_process, BENCH_MMIO_USER, 16, 17 },
#endif
	IN("self-ipi", SELF_IPI, 32, true),
	{ "timer", timer, BENCH_TIMER, 16, 17, true },
	{ "timer-halted", timer, BENCH_TIMER_HALT, 16, 17, true },
	{ "ipi", ipi, BENCH_IPI, 16, 17, true, 2 },
	{ "ipi-halted", ipi, BENCH_IPI, 16, 17, true, 2 },
	{ "fault-4k", fault_4k, BENCH_TOUCH, 16, 17 },
	{ "fault-2m", fault_2m, BENCH_TOUCH, 1, 17 },
	{},
};
