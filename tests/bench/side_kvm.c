// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark's VMs through /dev/kvm: a small client without layers, with
 * the interrupt controller in the kernel.  vCPUs are driven by the caller, or
 * by a thread each.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static int dev_fd;
static size_t run_bytes;

static void on_signal(int number)
{
}

static bool kvm_open(void)
{
	struct sigaction act = { .sa_handler = on_signal };

	dev_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (dev_fd < 0)
		return false;
	run_bytes = need(ioctl(dev_fd, KVM_GET_VCPU_MMAP_SIZE, 0),
			 "KVM_GET_VCPU_MMAP_SIZE");
	sigaction(SIGUSR1, &act, NULL);
	return true;
}

static bool kvm_platform(void)
{
	return true;
}

static void kvm_vm_create(struct vm *vm)
{
	vm->gic = -1;
	vm->fd = need(ioctl(dev_fd, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	kvm_arch_vm(vm, dev_fd);
}

static void futex_wait(atomic_int *word, int value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(atomic_int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 0x7fffffff, NULL, NULL, 0);
}

/* Make each vCPU thread leave KVM_RUN. */
static void threads_kick(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_threads; i++) {
		struct kvm_run *run = vm->run[i];

		run->immediate_exit = 1;
		pthread_kill(vm->thread[i], SIGUSR1);
	}
}

static void threads_end(struct vm *vm)
{
	unsigned int i;

	vm->stop = 1;
	vm->paused = 0;
	futex_wake(&vm->paused);
	threads_kick(vm);
	for (i = 0; i < vm->nr_threads; i++)
		pthread_join(vm->thread[i], NULL);
	vm->nr_threads = 0;
}

static void kvm_vm_destroy(struct vm *vm)
{
	unsigned int i;

	threads_end(vm);
	for (i = 0; i < vm->nr_vcpus; i++) {
		munmap(vm->run[i], run_bytes);
		close(vm->vcpu[i]);
	}
	if (vm->gic >= 0)
		close(vm->gic);
	close(vm->fd);
	for (i = 0; i < BENCH_SLOTS; i++)
		if (vm->slot[i].host)
			munmap(vm->slot[i].host, vm->slot[i].len);
	vm->nr_vcpus = 0;
}

static void region_set(struct vm *vm, unsigned int slot, uint64_t len)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = vm->slot[slot].gpa,
		.memory_size = len,
		.userspace_addr = (uintptr_t)vm->slot[slot].host,
	};

	need(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region),
	     "KVM_SET_USER_MEMORY_REGION");
}

#define BLOCK (2ull << 20)

/* Anonymous memory at an address that allows blocks where @gpa does. */
static void *host_memory(uint64_t gpa, uint64_t len, enum mem_kind kind)
{
	char *p = mmap(NULL, len + BLOCK, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t skew;

	if (p == MAP_FAILED)
		die("mmap of memory");
	skew = (gpa - (uintptr_t)p) & (BLOCK - 1);
	munmap(p, skew);
	munmap(p + skew + len, BLOCK - skew);
	p += skew;
	mprotect(p, len, PROT_READ | PROT_WRITE);
	madvise(p, len, kind == MEM_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	madvise(p, len, MADV_DONTFORK);
	return p;
}

static void kvm_map(struct vm *vm, unsigned int slot, uint64_t gpa,
		    uint64_t len, enum mem_kind kind)
{
	vm->slot[slot].gpa = gpa;
	vm->slot[slot].len = len;
	vm->slot[slot].host = host_memory(gpa, len, kind);
	region_set(vm, slot, len);
}

static void kvm_unmap(struct vm *vm, unsigned int slot)
{
	region_set(vm, slot, 0);
	munmap(vm->slot[slot].host, vm->slot[slot].len);
	vm->slot[slot].host = NULL;
}

static volatile uint64_t *kvm_view(struct vm *vm, uint64_t gpa)
{
	return (void *)((char *)vm->slot[0].host + (gpa - vm->slot[0].gpa));
}

static void kvm_write(struct vm *vm, uint64_t gpa, const void *buf, size_t len)
{
	memcpy((void *)kvm_view(vm, gpa), buf, len);
}

static void kvm_read(struct vm *vm, uint64_t gpa, void *buf, size_t len)
{
	memcpy(buf, (void *)kvm_view(vm, gpa), len);
}

static void kvm_vcpu_create(struct vm *vm, unsigned int index)
{
	int fd = need(ioctl(vm->fd, KVM_CREATE_VCPU, index), "KVM_CREATE_VCPU");

	vm->vcpu[index] = fd;
	vm->run[index] = mmap(NULL, run_bytes, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0);
	if (vm->run[index] == MAP_FAILED)
		die("mmap of kvm_run");
	vm->nr_vcpus++;
	kvm_arch_vcpu(vm, index, dev_fd);
}

static void kvm_entry(struct vm *vm, unsigned int index)
{
	kvm_arch_entry(vm, index);
}

/* What the guest wants of the second process: there and back. */
#define REQUEST_QUIT 2

static void ask(struct vm *vm, uint64_t what)
{
	uint64_t one = 1;

	vm->request[0] = what;
	need(write(vm->efd[0], &one, 8), "write");
	if (what != REQUEST_QUIT)
		need(read(vm->efd[1], &one, 8), "read");
}

/* True: done. */
static bool handle(struct vm *vm, struct kvm_run *run)
{
	if (run->exit_reason == KVM_EXIT_IO) {
		void *data = (char *)run + run->io.data_offset;

		if (run->io.direction == KVM_EXIT_IO_OUT)
			return run->io.port == bench_arch.done;
		if (vm->served)
			ask(vm, 1);
		*(uint32_t *)data = vm->served ? vm->request[1] : 0x55;
		return false;
	}
	if (run->exit_reason == KVM_EXIT_MMIO) {
		if (run->mmio.is_write)
			return run->mmio.phys_addr == bench_arch.done;
		if (vm->served)
			ask(vm, 1);
		*(uint64_t *)run->mmio.data = vm->served ? vm->request[1] :
							   0x55;
		return false;
	}
	die("KVM exit %u, reason %#llx", run->exit_reason,
	    (long long)run->hw.hardware_exit_reason);
}

static void kvm_run_vcpu(struct vm *vm)
{
	struct kvm_run *run = vm->run[0];
	int fd = vm->vcpu[0];

	do {
		need(ioctl(fd, KVM_RUN, 0), "KVM_RUN");
	} while (!handle(vm, run));
}

struct thread_arg {
	struct vm *vm;
	unsigned int index;
};

/* The next pause may come before this thread has left the last one. */
static void paused(struct vm *vm, struct kvm_run *run)
{
	int seen = 0, pause;

	run->immediate_exit = 0;
	while (vm->paused) {
		pause = vm->pauses;
		if (pause != seen) {
			seen = pause;
			vm->out++;
			futex_wake(&vm->out);
		}
		futex_wait(&vm->paused, 1);
	}
}

static void *thread_run(void *opaque)
{
	struct thread_arg arg = *(struct thread_arg *)opaque;
	struct vm *vm = arg.vm;
	struct kvm_run *run = vm->run[arg.index];
	int fd = vm->vcpu[arg.index];

	free(opaque);
	cpu_pin(arg.index % cpus_online());
	while (!vm->stop) {
		if (ioctl(fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				die("KVM_RUN");
			paused(vm, run);
		} else if (handle(vm, run)) {
			break;
		}
	}
	if (!arg.index && !vm->stop) {
		if (vm->served)
			ask(vm, REQUEST_QUIT);
		vm->done = 1;
		futex_wake(&vm->done);
	}
	return NULL;
}

static void threads_start(struct vm *vm)
{
	pthread_attr_t attr;
	unsigned int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < vm->nr_vcpus; i++) {
		struct thread_arg *arg = malloc(sizeof(*arg));

		*arg = (struct thread_arg){ vm, i };
		if (pthread_create(&vm->thread[i], &attr, thread_run, arg))
			die("pthread_create");
		vm->nr_threads++;
	}
}

static void kvm_start(struct vm *vm)
{
	kvm_arch_start(vm);
	if (vm->threads)
		threads_start(vm);
}

static void kvm_wait(struct vm *vm)
{
	while (!vm->done)
		futex_wait(&vm->done, 0);
	if (vm->served)
		waitpid(-1, NULL, 0);
}

static void kvm_serve(struct vm *vm)
{
	uint64_t count = 1;

	for (;;) {
		need(read(vm->efd[0], &count, 8), "read");
		if (vm->request[0] == REQUEST_QUIT)
			return;
		vm->request[1] = 0x55;
		count = 1;
		need(write(vm->efd[1], &count, 8), "write");
	}
}

static void kvm_serve_prepare(struct vm *vm)
{
	vm->request = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vm->efd[0] = need(eventfd(0, 0), "eventfd");
	vm->efd[1] = need(eventfd(0, 0), "eventfd");
}

static void kvm_pause(struct vm *vm)
{
	int out;

	vm->out = 0;
	vm->pauses++;
	vm->paused = 1;
	threads_kick(vm);
	while ((out = vm->out) != (int)vm->nr_threads)
		futex_wait(&vm->out, out);
}

static void kvm_resume(struct vm *vm)
{
	vm->paused = 0;
	futex_wake(&vm->paused);
}

const struct side side_kvm = {
	.name = "kvm",
	.open = kvm_open,
	.platform = kvm_platform,
	.vm_create = kvm_vm_create,
	.vm_destroy = kvm_vm_destroy,
	.map = kvm_map,
	.unmap = kvm_unmap,
	.write = kvm_write,
	.read = kvm_read,
	.view = kvm_view,
	.vcpu_create = kvm_vcpu_create,
	.entry = kvm_entry,
	.start = kvm_start,
	.run = kvm_run_vcpu,
	.wait = kvm_wait,
	.serve_prepare = kvm_serve_prepare,
	.serve = kvm_serve,
	.pause = kvm_pause,
	.resume = kvm_resume,
	.irq = kvm_arch_irq,
};
