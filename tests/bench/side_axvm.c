// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark's VMs through /dev/axvm: vCPUs driven by AXVM_VCPU_RUN, or by
 * their own kernel threads.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "uapi/axvm.h"

#define ARG(type, name, ...) \
	struct type name = { .size = sizeof(name), __VA_ARGS__ }

static int dev_fd;
static uint64_t caps;

static bool axvm_open(void)
{
	ARG(axvm_info, info);

	dev_fd = open(AXVM_DEVICE, O_RDWR | O_CLOEXEC);
	if (dev_fd < 0)
		return false;
	need(ioctl(dev_fd, AXVM_INFO, &info), "AXVM_INFO");
	caps = info.caps;
	printf("backend %u\n", info.backend);
	return info.why == AXVM_WHY_OK;
}

static bool axvm_platform(void)
{
	return caps & AXVM_CAP_PLATFORM;
}

static void axvm_vm_create(struct vm *vm)
{
	ARG(axvm_vm_create, arg);

	if (axvm_platform())
		arg.flags = AXVM_VM_PLATFORM;
	vm->gic = -1;
	need(ioctl(dev_fd, AXVM_VM_CREATE, &arg), "AXVM_VM_CREATE");
	vm->fd = arg.fd;
}

static void axvm_vm_destroy(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		close(vm->vcpu[i]);
	close(vm->fd);
	vm->nr_vcpus = 0;
}

static void axvm_map(struct vm *vm, unsigned int slot, uint64_t gpa,
		     uint64_t len, enum mem_kind kind)
{
	ARG(axvm_mem, mem, .gpa = gpa, .len = len, .kind = AXVM_MEM_ALLOC,
	    .flags = AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC);

	need(ioctl(vm->fd, AXVM_VM_MEM_MAP, &mem), "AXVM_VM_MEM_MAP");
	vm->slot[slot].gpa = gpa;
	vm->slot[slot].len = len;
}

static void axvm_unmap(struct vm *vm, unsigned int slot)
{
	ARG(axvm_mem, mem, .gpa = vm->slot[slot].gpa,
	    .len = vm->slot[slot].len);

	need(ioctl(vm->fd, AXVM_VM_MEM_UNMAP, &mem), "AXVM_VM_MEM_UNMAP");
}

static void mem_rw(struct vm *vm, uint64_t gpa, void *buf, size_t len,
		   uint32_t flags)
{
	ARG(axvm_mem_rw, rw, .flags = flags, .addr = gpa, .buf = (uintptr_t)buf,
	    .len = len);

	need(ioctl(vm->fd, AXVM_VM_MEM_RW, &rw), "AXVM_VM_MEM_RW");
}

static void axvm_write(struct vm *vm, uint64_t gpa, const void *buf, size_t len)
{
	mem_rw(vm, gpa, (void *)buf, len, AXVM_RW_WRITE);
}

static void axvm_read(struct vm *vm, uint64_t gpa, void *buf, size_t len)
{
	mem_rw(vm, gpa, buf, len, 0);
}

static volatile uint64_t *axvm_view(struct vm *vm, uint64_t gpa)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, vm->fd,
		       gpa & ~4095ull);

	if (p == MAP_FAILED)
		die("mmap of guest memory");
	return (void *)((char *)p + (gpa & 4095));
}

static void vcpu_pin(int fd, unsigned int cpu)
{
	ARG(axvm_vcpu_affinity, arg);

	arg.mask[cpu / 64] = 1ull << cpu % 64;
	need(ioctl(fd, AXVM_VCPU_AFFINITY, &arg), "AXVM_VCPU_AFFINITY");
}

static void axvm_vcpu_create(struct vm *vm, unsigned int index)
{
	ARG(axvm_vcpu_create, arg, .index = index,
	    .flags = vm->threads ? 0 : AXVM_VCPU_SYNC);

	need(ioctl(vm->fd, AXVM_VCPU_CREATE, &arg), "AXVM_VCPU_CREATE");
	vm->vcpu[index] = arg.fd;
	vm->nr_vcpus++;
	if (vm->threads)
		vcpu_pin(arg.fd, index % cpus_online());
}

static void axvm_entry(struct vm *vm, unsigned int index)
{
	axvm_arch_entry(vm->vcpu[index], index);
}

static void policy(struct vm *vm, uint64_t base, uint32_t policy)
{
	uint32_t space = base < 0x10000 ? AXVM_SPACE_PIO : AXVM_SPACE_MMIO;
	ARG(axvm_io, io, .space = space, .policy = policy, .base = base,
	    .len = 8);

	need(ioctl(vm->fd, AXVM_VM_IO, &io), "AXVM_VM_IO");
}

static void axvm_start(struct vm *vm)
{
	ARG(axvm_vm_op, op);

	policy(vm, bench_arch.user, AXVM_IO_USER);
	if (bench_arch.mmio != bench_arch.user)
		policy(vm, bench_arch.mmio, AXVM_IO_USER);
	policy(vm, bench_arch.done,
	       vm->threads && !vm->served ? AXVM_IO_STOP : AXVM_IO_USER);
	need(ioctl(vm->fd, AXVM_VM_START, &op), "AXVM_VM_START");
}

static bool is_done(const struct axvm_exit *e)
{
	return (e->reason == AXVM_EXIT_IO_WRITE &&
		e->io.port == bench_arch.done) ||
	       (e->reason == AXVM_EXIT_MMIO_WRITE && e->gpa == bench_arch.done);
}

static bool is_read(const struct axvm_exit *e)
{
	return e->reason == AXVM_EXIT_IO_READ ||
	       e->reason == AXVM_EXIT_MMIO_READ;
}

#define FLIGHT_BYTES \
	(AXVM_RING_HEADER + AXVM_FLIGHT_SLOTS * sizeof(struct axvm_exit))

/* What AXVM_VCPU_NEXT came back with: the recorder's last record. */
static const struct axvm_exit *last(const struct axvm_flight *f)
{
	const struct axvm_exit *slots = (void *)((char *)f + AXVM_RING_HEADER);
	uint64_t n = __atomic_load_n(&f->produced, __ATOMIC_ACQUIRE);

	return &slots[(n - 1) % AXVM_FLIGHT_SLOTS];
}

/* The recorder is worth mapping once there is more than one record. */
static void axvm_run(struct vm *vm)
{
	const struct axvm_flight *flight;
	const struct axvm_exit *e;
	int fd = vm->vcpu[0];
	ARG(axvm_vcpu_run, run);

	need(ioctl(fd, AXVM_VCPU_RUN, &run), "AXVM_VCPU_RUN");
	if (is_done(&run.exit))
		return;
	flight = mmap(NULL, FLIGHT_BYTES, PROT_READ, MAP_SHARED, fd,
		      AXVM_MMAP_FLIGHT);
	if (flight == MAP_FAILED)
		die("mmap of the flight recorder");
	for (e = &run.exit; is_read(e); e = last(flight))
		need(ioctl(fd, AXVM_VCPU_NEXT, 0x55), "AXVM_VCPU_NEXT");
	if (!is_done(e))
		die("exit %u (hardware %#x) at %#llx, %#llx", e->reason,
		    e->hw_reason, (long long)e->pc, (long long)e->gpa);
	munmap((void *)flight, FLIGHT_BYTES);
}

static void axvm_wait(struct vm *vm)
{
	ARG(axvm_vm_wait, wait, .timeout_ns = ~0ull,
	    .states = 1u << AXVM_VM_STOPPED);

	if (vm->served) {
		waitpid(-1, NULL, 0);
		return;
	}
	need(ioctl(vm->fd, AXVM_VM_WAIT, &wait), "AXVM_VM_WAIT");
	if (wait.stop_reason != AXVM_EXIT_IO_WRITE &&
	    wait.stop_reason != AXVM_EXIT_MMIO_WRITE)
		die("stopped by %u", wait.stop_reason);
}

/* Own the exit ring; sleep on its eventfd, answer what is parked. */
static void axvm_serve(struct vm *vm)
{
	int efd = need(eventfd(0, 0), "eventfd"), fd = vm->vcpu[0];
	ARG(axvm_vcpu_claim, claim, .eventfd = efd);
	ARG(axvm_vcpu_complete, answer, .data = 0x55);
	struct axvm_ring *ring;
	uint64_t count;

	need(ioctl(fd, AXVM_VCPU_CLAIM, &claim), "AXVM_VCPU_CLAIM");
	ring = mmap(NULL,
		    AXVM_RING_HEADER +
			    AXVM_RING_SLOTS * sizeof(struct axvm_exit),
		    PROT_READ | PROT_WRITE, MAP_SHARED, fd, AXVM_MMAP_RING);
	if (ring == MAP_FAILED)
		die("mmap of the ring");
	for (;;) {
		answer.seq =
			__atomic_load_n(&ring->parked_seq, __ATOMIC_ACQUIRE);
		if (!answer.seq) {
			need(read(efd, &count, 8), "read");
			continue;
		}
		if (is_done(&ring->parked))
			return;
		need(ioctl(fd, AXVM_VCPU_COMPLETE, &answer),
		     "AXVM_VCPU_COMPLETE");
	}
}

static void axvm_pause(struct vm *vm)
{
	ARG(axvm_vm_op, op);

	need(ioctl(vm->fd, AXVM_VM_SUSPEND, &op), "AXVM_VM_SUSPEND");
}

static void axvm_resume(struct vm *vm)
{
	ARG(axvm_vm_op, op);

	need(ioctl(vm->fd, AXVM_VM_RESUME, &op), "AXVM_VM_RESUME");
}

static void axvm_irq(struct vm *vm)
{
	static ARG(axvm_irq, irq, .vcpus = 1, .level = AXVM_IRQ_EDGE);

	irq.irq = axvm_arch_irq();
	need(ioctl(vm->fd, AXVM_VM_IRQ, &irq), "AXVM_VM_IRQ");
}

const struct side side_axvm = {
	.name = "axvm",
	.open = axvm_open,
	.platform = axvm_platform,
	.vm_create = axvm_vm_create,
	.vm_destroy = axvm_vm_destroy,
	.map = axvm_map,
	.unmap = axvm_unmap,
	.write = axvm_write,
	.read = axvm_read,
	.view = axvm_view,
	.vcpu_create = axvm_vcpu_create,
	.entry = axvm_entry,
	.start = axvm_start,
	.run = axvm_run,
	.wait = axvm_wait,
	.serve = axvm_serve,
	.pause = axvm_pause,
	.resume = axvm_resume,
	.irq = axvm_irq,
};
