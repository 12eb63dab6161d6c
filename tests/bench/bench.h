/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The benchmark's parts: a side (axvm or KVM) that makes VMs, the operations
 * that are timed on either, and what an architecture contributes.
 */
#ifndef AXVM_BENCH_H
#define AXVM_BENCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/guest/bench.h"
#include "tests/guest/guest.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BENCH_VCPUS 64
#define BENCH_SLOTS 8

enum mem_kind {
	MEM_SMALL, /* pages of 4 KiB */
	MEM_HUGE, /* blocks of 2 MiB */
};

/**
 * struct vm - a VM of either side
 * @threads: vCPUs run in threads of their own, else in side->run()
 * @served: a second process answers vCPU 0's accesses (needs @threads)
 * @fd, @vcpu, @gic: descriptors, -1 when not there
 * @nr_vcpus: vCPUs made
 * @slot: memory: where, and KVM's own mapping of it
 * @run: KVM: struct kvm_run of each vCPU
 * @thread: KVM: who runs them; @stop: they shall end; @paused, @pauses, @out: pausing
 * @request: KVM: the page shared with the second process
 * @efd: eventfds to and from the second process
 */
struct vm {
	bool threads;
	bool served;
	int fd;
	int gic;
	int vcpu[BENCH_VCPUS];
	unsigned int nr_vcpus;
	struct {
		uint64_t gpa;
		uint64_t len;
		void *host;
	} slot[BENCH_SLOTS];
	void *run[BENCH_VCPUS];
	pthread_t thread[BENCH_VCPUS];
	unsigned int nr_threads;
	atomic_int stop;
	atomic_int paused;
	atomic_int pauses;
	atomic_int out;
	atomic_int done;
	uint64_t *request;
	int efd[2];
};

/**
 * struct side - axvm or KVM; errors end the program, naming the call
 * @open: false: not there
 * @platform: VMs have an interrupt controller in the kernel
 * @vm_create: with its in-kernel platform, without memory and vCPUs
 * @vm_destroy: all of it, memory too
 * @map, @unmap: guest memory
 * @write, @read: guest memory by address
 * @vcpu_create: until its registers can be set
 * @entry: where it starts, with the vCPU's index where the guests want it
 * @start: everything is there; threads run from here on
 * @run: vCPU 0 in this thread until the guest is done
 * @wait: the same for a VM with threads
 * @serve_prepare: what both processes need, before there are two; or NULL
 * @serve: the second process of a @served VM: until the guest is done
 * @pause, @resume: all vCPUs out of the guest, and in again
 * @irq: the benchmark's interrupt for vCPU 0
 */
struct side {
	const char *name;
	bool (*open)(void);
	bool (*platform)(void);
	void (*vm_create)(struct vm *vm);
	void (*vm_destroy)(struct vm *vm);
	void (*map)(struct vm *vm, unsigned int slot, uint64_t gpa,
		    uint64_t len, enum mem_kind kind);
	void (*unmap)(struct vm *vm, unsigned int slot);
	void (*write)(struct vm *vm, uint64_t gpa, const void *buf, size_t len);
	void (*read)(struct vm *vm, uint64_t gpa, void *buf, size_t len);
	volatile uint64_t *(*view)(struct vm *vm, uint64_t gpa);
	void (*vcpu_create)(struct vm *vm, unsigned int index);
	void (*entry)(struct vm *vm, unsigned int index);
	void (*start)(struct vm *vm);
	void (*run)(struct vm *vm);
	void (*wait)(struct vm *vm);
	void (*serve_prepare)(struct vm *vm);
	void (*serve)(struct vm *vm);
	void (*pause)(struct vm *vm);
	void (*resume)(struct vm *vm);
	void (*irq)(struct vm *vm);
};

extern const struct side side_axvm, side_kvm;
extern const struct side *side;

/* Guest image, linked in. */
extern const char bench_image[], bench_image_end[];

/**
 * struct bench_arch - what differs between x86 and arm64
 * @ram, @ram_len: where guests live; @load, @results: within
 * @touch: where memory is touched
 * @done, @user: ports or addresses that userspace answers
 * @mmio: the address that BENCH_MMIO_USER reads
 */
struct bench_arch {
	uint64_t ram, ram_len, load, results, touch;
	uint64_t done, user, mmio;
};

extern const struct bench_arch bench_arch;

/* The architecture's part of each side. */
void axvm_arch_entry(int vcpu_fd, unsigned int index);
uint64_t axvm_arch_irq(void);
struct kvm_run;
void kvm_arch_vm(struct vm *vm, int dev);
void kvm_arch_vcpu(struct vm *vm, unsigned int index, int dev);
void kvm_arch_entry(struct vm *vm, unsigned int index);
void kvm_arch_start(struct vm *vm);
void kvm_arch_irq(struct vm *vm);

/* main.c */
void die(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
int need(int result, const char *what);
void result_begin(const char *unit, unsigned int rounds);
void result_add(uint64_t total);
void result_end(void);
void skip(const char *why);
void cpu_pin(unsigned int cpu);
void cpu_unpin(void);
unsigned int cpus_online(void);
extern unsigned int effort; /* percent of the usual batches */

/* The counter that both guest and host read; barriers keep it in order. */
static inline uint64_t now(void)
{
#ifdef __x86_64__
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
#else
	uint64_t v;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(v) : : "memory");
	return v;
#endif
}

static inline void relax(void)
{
#ifdef __x86_64__
	__asm__ volatile("pause" : : : "memory");
#else
	__asm__ volatile("yield" : : : "memory");
#endif
}

/* Between these a TCG plugin counts (count_plugin.c), or Bochs (bochs_count.cc). */
static inline void mark_begin(void)
{
#ifdef __aarch64__
	__asm__ volatile("hint #0x5d" : : : "memory");
#else
	__asm__ volatile("prefetcht0 (%0)" : : "r"(0x5d5d5d01ul) : "memory");
#endif
}

/* What follows is another operation. */
static inline void mark_next(void)
{
#ifdef __aarch64__
	__asm__ volatile("hint #0x5c" : : : "memory");
#else
	__asm__ volatile("prefetcht0 (%0)" : : "r"(0x5d5d5d00ul) : "memory");
#endif
}

static inline void mark_end(void)
{
#ifdef __aarch64__
	__asm__ volatile("hint #0x5e" : : : "memory");
#else
	__asm__ volatile("prefetcht0 (%0)" : : "r"(0x5d5d5d02ul) : "memory");
#endif
}

/**
 * struct op - something that is measured
 * @arg: for @fn, as the table says
 * @rounds: in a batch; what is reported is a batch divided by them
 * @batches: the first one is not counted
 */
struct op {
	const char *name;
	void (*fn)(const struct op *op);
	uint64_t arg;
	unsigned int rounds;
	unsigned int batches;
	bool platform;
	unsigned int cpus;
};

extern const struct op ops_guest[], ops_life[], ops_irq[], ops_scale[];

/* A VM with RAM, the guest image and its arguments; more in vm.c. */
void bench_vm(struct vm *vm, unsigned int vcpus, bool threads);
void bench_args(struct vm *vm, uint64_t op, uint64_t rounds, uint64_t batches,
		uint64_t a3, uint64_t a4);
void bench_load(struct vm *vm);

#endif /* AXVM_BENCH_H */
