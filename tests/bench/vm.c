// SPDX-License-Identifier: GPL-2.0
/*
 * A VM of either side with the benchmark's guest in it.
 */
#include <string.h>

#include "tests/bench/bench.h"

void bench_load(struct vm *vm)
{
	side->write(vm, bench_arch.load, bench_image,
		    bench_image_end - bench_image);
}

void bench_args(struct vm *vm, uint64_t op, uint64_t rounds, uint64_t batches,
		uint64_t a3, uint64_t a4)
{
	uint64_t args[] = { op, rounds, batches, a3, a4, 0 };

	args[5] = side->platform() ? BENCH_A64_GICD + 4 : BENCH_A64_UART_FR;
	side->write(vm, bench_arch.results + 8 * GUEST_R_ARG, args,
		    sizeof(args));
}

void bench_vm(struct vm *vm, unsigned int vcpus, bool threads)
{
	unsigned int i;

	memset(vm, 0, sizeof(*vm));
	vm->threads = threads;
	side->vm_create(vm);
	side->map(vm, 0, bench_arch.ram, bench_arch.ram_len, MEM_SMALL);
	bench_load(vm);
	for (i = 0; i < vcpus; i++)
		side->vcpu_create(vm, i);
	for (i = 0; i < vcpus; i++)
		side->entry(vm, i);
}
