// SPDX-License-Identifier: GPL-2.0
/*
 * A whole client of axvm in one file: makes a VM, gives it memory and a vCPU,
 * loads seven instructions, answers the hypercall they make, and reads what
 * they did with the answer.
 *
 *	cc -I. -IDocumentation/examples/x86 Documentation/examples/client.c
 *
 * (or .../arm64: the guest's code and registers are in guest.h there).  Each
 * structure begins with its size, so that an older or newer module knows what
 * it is given; what is not named is zero.
 */
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi/axvm.h"
#include "guest.h"

/* ioctl() or out, with a word on what failed. */
static void must(int fd, unsigned long request, void *arg, const char *what)
{
	if (ioctl(fd, request, arg) < 0)
		err(1, "%s", what);
}

/*
 * Can guests run here?  If not, the module knows why, and what to do.  The
 * ABI may change until version 1.0 of axvm, hence the check.
 */
static int open_device(void)
{
	struct axvm_info info = { .size = sizeof(info) };
	int dev = open(AXVM_DEVICE, O_RDWR | O_CLOEXEC);

	if (dev < 0)
		err(1, "%s", AXVM_DEVICE);
	must(dev, AXVM_INFO, &info, "AXVM_INFO");
	if (info.abi != AXVM_ABI_VERSION)
		errx(1, "the module speaks ABI %u, not %u", info.abi,
		     AXVM_ABI_VERSION);
	if (info.why != AXVM_WHY_OK)
		errx(1, "no guests here: %s", info.why_text);
	return dev;
}

/*
 * Policy DESTROY: should we die, nothing is left behind.  A VM that should
 * outlive its maker gets AXVM_POLICY_KEEP, now or later by AXVM_VM_SET.
 */
static int create_vm(int dev)
{
	struct axvm_vm_create create = {
		.size = sizeof(create),
		.name = "client-example",
		.policy = AXVM_POLICY_DESTROY,
	};

	must(dev, AXVM_VM_CREATE, &create, "AXVM_VM_CREATE");
	return create.fd;
}

/* Memory of the kernel's, filled when it is touched; then the program. */
static void load_guest(int vm)
{
	struct axvm_mem mem = {
		.size = sizeof(mem),
		.flags = AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC,
		.gpa = GUEST_BASE,
		.len = GUEST_SIZE,
		.kind = AXVM_MEM_ALLOC,
	};
	struct axvm_mem_rw rw = {
		.size = sizeof(rw),
		.flags = AXVM_RW_WRITE,
		.addr = GUEST_ENTRY,
		.buf = (uintptr_t)guest_code,
		.len = sizeof(guest_code),
	};

	must(vm, AXVM_VM_MEM_MAP, &mem, "AXVM_VM_MEM_MAP");
	must(vm, AXVM_VM_MEM_RW, &rw, "AXVM_VM_MEM_RW");
}

/* One vCPU.  The kernel will make a thread for it when the VM starts. */
static int create_vcpu(int vm)
{
	struct axvm_vcpu_create create = { .size = sizeof(create) };
	struct axvm_reg_list set = {
		.size = sizeof(set),
		.regs = (uintptr_t)guest_regs,
		.count = sizeof(guest_regs) / sizeof(guest_regs[0]),
	};

	must(vm, AXVM_VCPU_CREATE, &create, "AXVM_VCPU_CREATE");
	must(create.fd, AXVM_VCPU_SET_REG, &set, "AXVM_VCPU_SET_REG");
	return create.fd;
}

/*
 * We want to answer hypercalls.  By default nobody does, and they return
 * all-ones; the policy USER parks the vCPU until the owner of its exit ring
 * has answered.
 */
static struct axvm_ring *claim_exits(int vm, int vcpu)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.flags = AXVM_IO_DEFAULT,
		.space = AXVM_SPACE_HYPERCALL,
		.policy = AXVM_IO_USER,
	};
	struct axvm_vcpu_claim claim = {
		.size = sizeof(claim),
		.eventfd = -1,
	};
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = AXVM_RING_HEADER +
		       AXVM_RING_SLOTS * sizeof(struct axvm_exit);
	void *ring;

	must(vm, AXVM_VM_IO, &io, "AXVM_VM_IO");
	must(vcpu, AXVM_VCPU_CLAIM, &claim, "AXVM_VCPU_CLAIM");
	bytes = (bytes + page - 1) / page * page;
	ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu,
		    AXVM_MMAP_RING);
	if (ring == MAP_FAILED)
		err(1, "mmap of the exit ring");
	return ring;
}

/* Records that ask nothing: look, and give the slot back. */
static void drain(struct axvm_ring *ring)
{
	const struct axvm_exit *slot = (void *)((char *)ring +
						AXVM_RING_HEADER);
	uint64_t end = __atomic_load_n(&ring->produced, __ATOMIC_ACQUIRE);
	uint64_t i;

	for (i = ring->consumed; i < end; i++) {
		const struct axvm_exit *e = &slot[i % AXVM_RING_SLOTS];

		printf("exit %llu: reason %u at pc %#llx\n",
		       (unsigned long long)e->seq, e->reason,
		       (unsigned long long)e->pc);
	}
	__atomic_store_n(&ring->consumed, end, __ATOMIC_RELEASE);
}

/* The one that asks waits in its own place, however full the ring is. */
static void answer(int vcpu, struct axvm_ring *ring)
{
	uint64_t seq = __atomic_load_n(&ring->parked_seq, __ATOMIC_ACQUIRE);
	const struct axvm_exit *e = &ring->parked;
	struct axvm_vcpu_complete complete = {
		.size = sizeof(complete),
		.seq = seq,
	};

	if (!seq || e->reason != AXVM_EXIT_HYPERCALL)
		return;
	complete.data = e->hypercall.args[0] + e->hypercall.args[1];
	printf("hypercall %llu(%llu, %llu) = %llu\n",
	       (unsigned long long)e->hypercall.nr,
	       (unsigned long long)e->hypercall.args[0],
	       (unsigned long long)e->hypercall.args[1],
	       (unsigned long long)complete.data);
	must(vcpu, AXVM_VCPU_COMPLETE, &complete, "AXVM_VCPU_COMPLETE");
}

/* The VM descriptor is readable when the VM does not run (any more). */
static void serve(int vm, int vcpu, struct axvm_ring *ring)
{
	struct pollfd fds[] = {
		{ .fd = vcpu, .events = POLLIN },
		{ .fd = vm, .events = POLLIN },
	};

	do {
		if (poll(fds, 2, -1) < 0)
			err(1, "poll");
		answer(vcpu, ring);
		drain(ring);
	} while (!fds[1].revents);
}

static uint32_t read_result(int vm)
{
	uint32_t result = 0;
	struct axvm_mem_rw rw = {
		.size = sizeof(rw),
		.addr = GUEST_RESULT,
		.buf = (uintptr_t)&result,
		.len = sizeof(result),
	};

	must(vm, AXVM_VM_MEM_RW, &rw, "AXVM_VM_MEM_RW");
	return result;
}

int main(void)
{
	struct axvm_vm_info info = { .size = sizeof(info) };
	struct axvm_vm_op start = { .size = sizeof(start) };
	int dev = open_device();
	int vm = create_vm(dev);
	struct axvm_ring *ring;
	int vcpu;

	load_guest(vm);
	vcpu = create_vcpu(vm);
	ring = claim_exits(vm, vcpu);
	must(vm, AXVM_VM_START, &start, "AXVM_VM_START");
	serve(vm, vcpu, ring);
	must(vm, AXVM_VM_INFO, &info, "AXVM_VM_INFO");
	printf("stopped, reason %u; the guest wrote %u\n", info.stop_reason,
	       read_result(vm));
	/* Descriptors and mapping go with us, and the VM with them. */
	return info.stop_reason == AXVM_EXIT_HALTED && read_result(vm) == 42 ?
		       0 : 1;
}
