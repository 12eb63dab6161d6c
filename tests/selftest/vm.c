// SPDX-License-Identifier: GPL-2.0
/*
 * Wrappers over the uapi for tests.  Nothing here decides whether a test
 * passes, except vm_guest(), without which most have nothing to test.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define WAIT_NS 10000000000ull

static int name_copy(char to[AXVM_NAME_SIZE], const char *name)
{
	if (!name)
		return 0;
	if (strlen(name) >= AXVM_NAME_SIZE)
		return -EINVAL;
	strcpy(to, name);
	return 0;
}

int vm_create(struct vm *vm, const char *name)
{
	return vm_create_flags(vm, name, 0);
}

int vm_create_flags(struct vm *vm, const char *name, uint32_t flags)
{
	static unsigned int count;
	struct axvm_vm_create arg = {
		.size = sizeof(arg),
		.flags = flags,
		.policy = AXVM_POLICY_DESTROY,
	};
	unsigned int i;
	int err;

	memset(vm, 0, sizeof(*vm));
	vm->fd = -1;
	for (i = 0; i < VM_VCPUS; i++)
		vm->vcpu[i] = -1;
	if (name)
		snprintf(arg.name, sizeof(arg.name), "%s", name);
	else
		snprintf(arg.name, sizeof(arg.name), "st-%d-%u", getpid(),
			 ++count);
	err = call(dev_fd, AXVM_VM_CREATE, &arg);
	if (err)
		return err;
	vm->fd = arg.fd;
	vm->id = arg.id;
	memcpy(vm->name, arg.name, sizeof(vm->name));
	return 0;
}

int vm_open(uint64_t id, const char *name)
{
	struct axvm_vm_ref ref = { .size = sizeof(ref), .id = id };
	int err = name_copy(ref.name, name);

	err = err ?: call(dev_fd, AXVM_VM_OPEN, &ref);
	return err ?: ref.fd;
}

int vm_destroy(uint64_t id, const char *name)
{
	struct axvm_vm_ref ref = { .size = sizeof(ref), .id = id };
	int err = name_copy(ref.name, name);

	return err ?: call(dev_fd, AXVM_VM_DESTROY, &ref);
}

void vm_close(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < VM_VCPUS; i++)
		if (vm->vcpu[i] >= 0)
			close(vm->vcpu[i]);
	for (i = 0; i < VM_VCPUS; i++)
		vm->vcpu[i] = -1;
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = -1;
}

/* ---- memory ------------------------------------------------------------- */

int vm_map(int vm_fd, uint32_t kind, uint32_t flags, uint64_t gpa, uint64_t len,
	   uint64_t source)
{
	struct axvm_mem mem = {
		.size = sizeof(mem),
		.flags = flags,
		.gpa = gpa,
		.len = len,
		.source = source,
		.kind = kind,
	};

	return call(vm_fd, AXVM_VM_MEM_MAP, &mem);
}

int vm_memory(struct vm *vm, uint64_t gpa, uint64_t len)
{
	return vm_map(vm->fd, AXVM_MEM_ALLOC, RWX, gpa, len, 0);
}

int vm_unmap(struct vm *vm, uint64_t gpa, uint64_t len)
{
	struct axvm_mem mem = { .size = sizeof(mem), .gpa = gpa, .len = len };

	return call(vm->fd, AXVM_VM_MEM_UNMAP, &mem);
}

static int mem_rw(int vm_fd, uint64_t gpa, void *buf, size_t len,
		  uint32_t flags)
{
	struct axvm_mem_rw rw = {
		.size = sizeof(rw),
		.flags = flags,
		.addr = gpa,
		.buf = (uintptr_t)buf,
		.len = len,
	};
	int err = call(vm_fd, AXVM_VM_MEM_RW, &rw);

	return err ?: rw.len == len ? 0 : -EIO;
}

int vm_read(int vm_fd, uint64_t gpa, void *buf, size_t len)
{
	return mem_rw(vm_fd, gpa, buf, len, 0);
}

int vm_write(int vm_fd, uint64_t gpa, const void *buf, size_t len)
{
	return mem_rw(vm_fd, gpa, (void *)buf, len, AXVM_RW_WRITE);
}

uint64_t vm_read64(int vm_fd, uint64_t gpa)
{
	uint64_t value = 0;

	CHECK_RET(vm_read(vm_fd, gpa, &value, sizeof(value)), 0);
	return value;
}

/* ---- states ------------------------------------------------------------- */

int vm_op(int vm_fd, unsigned long request, uint32_t flags)
{
	struct axvm_vm_op op = { .size = sizeof(op), .flags = flags };

	return call(vm_fd, request, &op);
}

int vm_set_policy(int vm_fd, uint32_t policy)
{
	struct axvm_vm_set set = {
		.size = sizeof(set),
		.flags = AXVM_SET_POLICY,
		.policy = policy,
	};

	return call(vm_fd, AXVM_VM_SET, &set);
}

int vm_info(int vm_fd, struct axvm_vm_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return call(vm_fd, AXVM_VM_INFO, info);
}

int vm_state(int vm_fd)
{
	struct axvm_vm_info info;
	int err = vm_info(vm_fd, &info);

	return err ?: (int)info.state;
}

static int vm_wait(int vm_fd, uint32_t states, uint64_t reasons,
		   struct axvm_vm_wait *out)
{
	struct axvm_vm_wait wait = {
		.size = sizeof(wait),
		.timeout_ns = slow_ns(WAIT_NS),
		.states = states,
		.reasons = reasons,
	};
	int err = call(vm_fd, AXVM_VM_WAIT, &wait);

	if (out)
		*out = wait;
	return err;
}

int vm_wait_state(int vm_fd, uint32_t state, struct axvm_vm_wait *out)
{
	return vm_wait(vm_fd, 1u << state, 0, out);
}

int vm_wait_exit(int vm_fd, uint32_t reason, struct axvm_vm_wait *out)
{
	return vm_wait(vm_fd, 0, 1ull << reason, out);
}

/* ---- vCPUs -------------------------------------------------------------- */

int vm_vcpu(struct vm *vm, unsigned int index, uint32_t flags)
{
	struct axvm_vcpu_create arg = {
		.size = sizeof(arg),
		.flags = flags,
		.index = index,
	};
	int err = call(vm->fd, AXVM_VCPU_CREATE, &arg);

	if (!err && index < VM_VCPUS)
		vm->vcpu[index] = arg.fd;
	return err;
}

int vm_vcpu_open(int vm_fd, unsigned int index)
{
	struct axvm_vcpu_create arg = { .size = sizeof(arg), .index = index };
	int err = call(vm_fd, AXVM_VCPU_OPEN, &arg);

	return err ?: arg.fd;
}

int vm_console(int vm_fd, uint32_t flags)
{
	struct axvm_console arg = { .size = sizeof(arg), .flags = flags };
	int err = call(vm_fd, AXVM_VM_CONSOLE, &arg);

	return err ?: arg.fd;
}

int vcpu_regs(int vcpu_fd, unsigned long request, uint32_t block, void *buf,
	      uint32_t len)
{
	struct axvm_regs regs = {
		.size = sizeof(regs),
		.block = block,
		.len = len,
		.buf = (uintptr_t)buf,
	};

	return call(vcpu_fd, request, &regs);
}

uint64_t arch_pc(int vcpu_fd)
{
	uint8_t regs[1024] = { 0 };
	uint64_t pc;

	CHECK_RET(vcpu_regs(vcpu_fd, AXVM_VCPU_GET_REGS, AXVM_REGS_GENERAL,
			    regs, arch.general_bytes),
		  0);
	memcpy(&pc, regs + arch.pc_at, sizeof(pc));
	return pc;
}

int arch_set_pc(int vcpu_fd, uint64_t pc)
{
	uint8_t regs[1024];
	int err = vcpu_regs(vcpu_fd, AXVM_VCPU_GET_REGS, AXVM_REGS_GENERAL,
			    regs, arch.general_bytes);

	if (err)
		return err;
	memcpy(regs + arch.pc_at, &pc, sizeof(pc));
	return vcpu_regs(vcpu_fd, AXVM_VCPU_SET_REGS, AXVM_REGS_GENERAL, regs,
			 arch.general_bytes);
}

int vcpu_info(int vcpu_fd, struct axvm_vcpu_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return call(vcpu_fd, AXVM_VCPU_INFO, info);
}

int vcpu_wait_blocked(int vcpu_fd, uint32_t wait)
{
	uint64_t limit = now_ns() + slow_ns(WAIT_NS);
	struct axvm_vcpu_info info;
	int err;

	do {
		err = vcpu_info(vcpu_fd, &info);
		if (err)
			return err;
		if (info.state == AXVM_VCPU_BLOCKED && info.wait == wait)
			return 0;
		sleep_ms(1);
	} while (now_ns() < limit);
	return -ETIMEDOUT;
}

/* ---- exits -------------------------------------------------------------- */

int vcpu_claim(int vcpu_fd, int eventfd)
{
	struct axvm_vcpu_claim claim = {
		.size = sizeof(claim),
		.eventfd = eventfd,
	};

	return call(vcpu_fd, AXVM_VCPU_CLAIM, &claim);
}

int vcpu_release(int vcpu_fd)
{
	struct axvm_vcpu_claim claim = {
		.size = sizeof(claim),
		.flags = AXVM_CLAIM_RELEASE,
		.eventfd = -1,
	};

	return call(vcpu_fd, AXVM_VCPU_CLAIM, &claim);
}

int vcpu_complete(int vcpu_fd, uint64_t seq, uint64_t data, uint32_t flags)
{
	struct axvm_vcpu_complete arg = {
		.size = sizeof(arg),
		.flags = flags,
		.seq = seq,
		.data = data,
	};

	return call(vcpu_fd, AXVM_VCPU_COMPLETE, &arg);
}

static size_t whole_pages(size_t bytes)
{
	return (bytes + page - 1) / page * page;
}

size_t ring_bytes(void)
{
	return whole_pages(AXVM_RING_HEADER +
			   AXVM_RING_SLOTS * sizeof(struct axvm_exit));
}

size_t flight_bytes(void)
{
	return whole_pages(AXVM_RING_HEADER +
			   AXVM_FLIGHT_SLOTS * sizeof(struct axvm_exit));
}

struct axvm_ring *vcpu_ring(int vcpu_fd)
{
	void *p = mmap(NULL, ring_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED,
		       vcpu_fd, AXVM_MMAP_RING);

	return p == MAP_FAILED ? NULL : p;
}

struct axvm_flight *vcpu_flight(int vcpu_fd)
{
	void *p = mmap(NULL, flight_bytes(), PROT_READ, MAP_SHARED, vcpu_fd,
		       AXVM_MMAP_FLIGHT);

	return p == MAP_FAILED ? NULL : p;
}

const struct axvm_exit *ring_slot(const void *header, uint64_t index)
{
	const struct axvm_exit *first =
		(const void *)((const char *)header + AXVM_RING_HEADER);
	uint32_t slots = ((const struct axvm_ring *)header)->slots;

	return &first[index % slots];
}

uint64_t ring_wait_parked(struct axvm_ring *ring)
{
	uint64_t limit = now_ns() + slow_ns(WAIT_NS), seq;

	do {
		seq = __atomic_load_n(&ring->parked_seq, __ATOMIC_ACQUIRE);
		if (seq)
			return seq;
		sleep_ms(1);
	} while (now_ns() < limit);
	return 0;
}

int vm_policy(int vm_fd, uint32_t space, uint64_t base, uint64_t len,
	      uint32_t policy)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.flags = len ? 0 : AXVM_IO_DEFAULT,
		.space = space,
		.policy = policy,
		.base = base,
		.len = len,
	};

	return call(vm_fd, AXVM_VM_IO, &io);
}

uint64_t vm_stat(int vm_fd, unsigned int index)
{
	uint64_t values[AXVM_NR_STATS + AXVM_NR_EXITS] = {};
	struct axvm_stats stats = {
		.size = sizeof(stats),
		.vcpu = AXVM_STATS_ALL,
		.count = ARRAY_SIZE(values),
		.values = (uintptr_t)values,
	};

	CHECK_RET(call(vm_fd, AXVM_VM_STATS, &stats), 0);
	return values[index];
}

/* ---- guests ------------------------------------------------------------- */

int vm_load(int vm_fd, const struct guest *guest)
{
	size_t len = (const char *)guest->end - (const char *)guest->begin;

	return vm_write(vm_fd, arch.code, guest->begin, len);
}

void vm_guest(struct vm *vm, const struct guest *guest, uint64_t arg,
	      uint32_t flags)
{
	REQUIRE_RET(vm_create(vm, NULL), 0);
	REQUIRE_RET(vm_memory(vm, arch.mem_base, arch.mem_len), 0);
	REQUIRE_RET(vm_load(vm->fd, guest), 0);
	REQUIRE_RET(vm_vcpu(vm, 0, flags), 0);
	REQUIRE_RET(arch_set_entry(vm->vcpu[0], arch.code, arg), 0);
}

uint32_t vm_result(int vm_fd, unsigned int n)
{
	uint32_t value = 0;

	CHECK_RET(vm_read(vm_fd, arch.results + 8 * n, &value, sizeof(value)),
		  0);
	return value;
}

int vm_wait_result(int vm_fd, unsigned int n, uint32_t value)
{
	uint64_t limit = now_ns() + slow_ns(WAIT_NS);
	uint32_t now;
	int err;

	do {
		err = vm_read(vm_fd, arch.results + 8 * n, &now, sizeof(now));
		if (err)
			return err;
		if (now >= value)
			return 0;
		sleep_ms(1);
	} while (now_ns() < limit);
	return -ETIMEDOUT;
}

bool vm_progresses(int vm_fd, unsigned int n)
{
	uint64_t limit = now_ns() + slow_ns(WAIT_NS / 2);
	uint32_t before = vm_result(vm_fd, n);

	while (now_ns() < limit) {
		if (vm_result(vm_fd, n) != before)
			return true;
		sleep_ms(1);
	}
	return false;
}

bool vm_stands_still(int vm_fd)
{
	uint32_t before = vm_result(vm_fd, 0);

	sleep_ms(60);
	return vm_result(vm_fd, 0) == before;
}

void vm_spin(struct vm *vm)
{
	vm_guest(vm, &guest_spin, arch.results, 0);
}
