// SPDX-License-Identifier: GPL-2.0
/*
 * What single ioctls refuse and accept in their own fields.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/abi.h"

#define BAD_BUF 0xdead000000000000ull

/* ---- device ---------------------------------------------------------------- */

static int create(const char *name, size_t len, uint32_t policy, uint32_t mode)
{
	struct axvm_vm_create arg = {
		.size = sizeof(arg),
		.policy = policy,
		.mode = mode,
	};
	int err;

	memcpy(arg.name, name, len);
	err = call(dev_fd, AXVM_VM_CREATE, &arg);
	if (!err)
		close(arg.fd);
	return err;
}

void args_create(void)
{
	static const char *const bad[] = {
		"1st", "-st", ".st", "st/x", "st x", "st\n", "st\x80", "s\xff",
		"st*", "st\"", "st\\", "$st",
	};
	static const char *const good[] = {
		"st_", "st-a.b_c-9", "_st", "s", "ST0",
	};
	char full[AXVM_NAME_SIZE], one[2] = {};
	struct axvm_vm_info info;
	unsigned int i;
	struct vm vm;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_RET(create(bad[i], strlen(bad[i]), 0, 0), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(good); i++)
		CHECK_RET(create(good[i], strlen(good[i]), 0, 0), 0);
	for (i = 1; i < 256; i++) {
		bool ok = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') ||
			  i == '_';

		one[0] = i;
		CHECK_RET(create(one, 1, 0, 0), ok ? 0 : -EINVAL);
	}
	/* no NUL; 63 letters; something after the NUL of an empty name */
	memset(full, 's', sizeof(full));
	CHECK_RET(create(full, sizeof(full), 0, 0), -EINVAL);
	CHECK_RET(create(full, sizeof(full) - 1, 0, 0), 0);
	CHECK_RET(create("\0st", 3, 0, 0), -EINVAL);

	CHECK_RET(create("st-x", 4, 3, 0), -EINVAL);
	CHECK_RET(create("st-x", 4, ~0u, 0), -EINVAL);
	for (i = 0; i < 32; i++)
		CHECK_RET(create("st-x", 4, 0, 1u << i),
			  1u << i & 0660 ? 0 : -EINVAL);
	CHECK_RET(create("st-x", 4, 0, 0777), -EINVAL);

	REQUIRE_RET(vm_create(&vm, "st-info"), 0);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.id, vm.id);
	CHECK(!strcmp(info.name, "st-info"));
	CHECK_EQ(info.state, AXVM_VM_CREATED);
	CHECK_EQ(info.uid, geteuid());
	CHECK_EQ(info.gid, getegid());
	CHECK_EQ(info.mode, 0600);
	CHECK_EQ(info.policy, AXVM_POLICY_DESTROY);
	CHECK_EQ(info.nr_vcpus + info.nr_regions, 0);
	CHECK_EQ(info.nr_views, 1);
	CHECK_EQ(info.started_ns, 0);
	CHECK(info.created_ns > 0);
	CHECK_RET(create("st-info", 7, 0, 0), -EEXIST);
	/* close it, or the kernel's own name below could not be told apart */
	vm_close(&vm);
	REQUIRE_RET(vm_create(&vm, ""), 0);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	snprintf(full, sizeof(full), "vm%llu", (unsigned long long)vm.id);
	CHECK(!strcmp(info.name, full));
}

void args_ref(void)
{
	struct axvm_vm_ref ref = { .size = sizeof(ref) };
	struct vm a, b;
	int fd;

	REQUIRE_RET(vm_create(&a, "st-a"), 0);
	REQUIRE_RET(vm_create(&b, "st-b"), 0);
	CHECK(b.id > a.id && a.id >= 1);
	CHECK_RET(vm_open(~0ull, NULL), -ENOENT);
	CHECK_RET(vm_open(b.id + 1000, NULL), -ENOENT);
	CHECK_RET(vm_open(0, "st-none"), -ENOENT);
	CHECK_RET(vm_destroy(0, "st-none"), -ENOENT);
	CHECK_RET(call(dev_fd, AXVM_VM_OPEN, &ref), -EINVAL);
	CHECK_RET(call(dev_fd, AXVM_VM_DESTROY, &ref), -EINVAL);
	memset(ref.name, 'x', sizeof(ref.name));
	CHECK_RET(call(dev_fd, AXVM_VM_OPEN, &ref), -EINVAL);

	fd = vm_open(0, "st-a");
	CHECK(fd >= 0);
	close(fd);
	/* an id wins over a name */
	fd = vm_open(b.id, "st-a");
	CHECK(fd >= 0);
	close(fd);
	CHECK_RET(vm_destroy(0, "st-a"), 0);
	CHECK_RET(vm_open(0, "st-a"), -ENOENT);
	/* the name is free, the id is not used again */
	vm_close(&a);
	REQUIRE_RET(vm_create(&a, "st-a"), 0);
	CHECK(a.id > b.id);
	CHECK_RET(vm_destroy(b.id, NULL), 0);
	CHECK_RET(vm_open(0, "st-b"), -ENOENT);
}

void args_list(void)
{
	struct axvm_vm_info info[4] = {};
	struct axvm_list list = {
		.size = sizeof(list),
		.entries = (uintptr_t)info,
		.entry_size = sizeof(info[0]),
		.capacity = 4,
	};
	struct vm vm[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		REQUIRE_RET(vm_create(&vm[i], NULL), 0);
	list.after = vm[0].id - 1;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), 0);
	CHECK_EQ(list.count, 3);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(info[i].id, vm[i].id);
		CHECK(!strcmp(info[i].name, vm[i].name));
	}
	/* one at a time */
	list.after = vm[0].id - 1;
	list.capacity = 1;
	for (i = 0; i < 3; i++) {
		CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), 0);
		CHECK_EQ(list.count, 1);
		CHECK_EQ(info[0].id, vm[i].id);
		list.after = info[0].id;
	}
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), 0);
	CHECK_EQ(list.count, 0);
	list.after = ~0ull;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), 0);
	CHECK_EQ(list.count, 0);

	list.after = 0;
	list.capacity = 0;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), 0);
	CHECK_EQ(list.count, 0);
	list.capacity = 1;
	list.entry_size = 8;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), -EINVAL);
	list.entry_size = 0;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), -EINVAL);
	list.entry_size = sizeof(info[0]);
	list.entries = BAD_BUF;
	CHECK_RET(call(dev_fd, AXVM_VM_LIST, &list), -EFAULT);
}

/* ---- VM -------------------------------------------------------------------- */

void args_set_wait(void)
{
	struct axvm_vm_set set = { .size = sizeof(set) };
	struct axvm_vm_wait wait = { .size = sizeof(wait) };
	struct axvm_vm_info info;
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	set.flags = AXVM_SET_POLICY;
	set.policy = 3;
	CHECK_RET(call(vm.fd, AXVM_VM_SET, &set), -EINVAL);
	set.flags = AXVM_SET_MODE;
	set.policy = 0;
	set.mode = 01600;
	CHECK_RET(call(vm.fd, AXVM_VM_SET, &set), -EINVAL);
	set.mode = 0666;
	CHECK_RET(call(vm.fd, AXVM_VM_SET, &set), -EINVAL);
	set.mode = 0660;
	CHECK_RET(call(vm.fd, AXVM_VM_SET, &set), 0);
	set.flags = AXVM_SET_POLICY;
	set.mode = 0;
	set.policy = AXVM_POLICY_PAUSE;
	CHECK_RET(call(vm.fd, AXVM_VM_SET, &set), 0);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.mode, 0660);
	CHECK_EQ(info.policy, AXVM_POLICY_PAUSE);
	CHECK_RET(vm_set_policy(vm.fd, AXVM_POLICY_DESTROY), 0);

	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -EINVAL);
	wait.states = 1u << 4;
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -EINVAL);
	wait.states = 0;
	wait.reasons = 1ull << AXVM_NR_EXITS;
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -EINVAL);
	/* timeout 0 only looks */
	wait.reasons = 0;
	wait.states = 1u << AXVM_VM_STOPPED;
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -ETIMEDOUT);
	CHECK_EQ(wait.state, AXVM_VM_CREATED);
	wait.states |= 1u << AXVM_VM_CREATED;
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), 0);
	wait.states = 1u << AXVM_VM_STOPPED;
	wait.timeout_ns = 20000000;
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -ETIMEDOUT);
}

void args_blob(void)
{
	struct axvm_blob blob = { .size = sizeof(blob) };
	uint8_t *data = malloc(AXVM_BLOB_MAX + 1);
	uint8_t *back = calloc(1, AXVM_BLOB_MAX + 1);
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	memset(data, 0x5a, AXVM_BLOB_MAX + 1);
	blob.buf = (uintptr_t)data;
	blob.len = AXVM_BLOB_MAX + 1;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), -E2BIG);
	blob.len = ~0ull;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), -E2BIG);
	blob.len = 100;
	blob.buf = BAD_BUF;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), -EFAULT);
	/* nothing is there yet */
	blob.buf = (uintptr_t)back;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), 0);
	CHECK_EQ(blob.len, 0);

	blob.buf = (uintptr_t)data;
	blob.len = AXVM_BLOB_MAX;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), 0);
	blob.buf = (uintptr_t)back;
	blob.len = AXVM_BLOB_MAX - 1;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), -ENOSPC);
	CHECK_EQ(blob.len, AXVM_BLOB_MAX);
	CHECK_EQ(back[0], 0);
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), 0);
	CHECK(!memcmp(back, data, AXVM_BLOB_MAX));
	blob.buf = BAD_BUF;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), -EFAULT);
	/* a shorter one replaces it, an empty one removes it */
	blob.buf = (uintptr_t)"note";
	blob.len = 4;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), 0);
	blob.buf = (uintptr_t)back;
	blob.len = ~0ull;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), 0);
	CHECK_EQ(blob.len, 4);
	CHECK(!memcmp(back, "note", 4));
	blob.len = 0;
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_SET, &blob), 0);
	CHECK_RET(call(vm.fd, AXVM_VM_BLOB_GET, &blob), 0);
	CHECK_EQ(blob.len, 0);
}

static int io(int fd, uint32_t flags, uint32_t policy, uint64_t base,
	      uint64_t len)
{
	struct axvm_io arg = {
		.size = sizeof(arg),
		.flags = flags,
		.space = arch.space,
		.policy = policy,
		.base = base,
		.len = len,
	};

	return call(fd, AXVM_VM_IO, &arg);
}

static void io_ranges(int fd)
{
	uint64_t base = arch.device;

	CHECK_RET(io(fd, 0, AXVM_IO_USER, base, 0), -EINVAL);
	CHECK_RET(io(fd, 0, AXVM_IO_USER, ~0ull, 2), -EINVAL);
	CHECK_RET(io(fd, 0, AXVM_IO_USER, 2, ~0ull), -EINVAL);
	CHECK_RET(io(fd, 0, 4, base, 16), -EINVAL);
	CHECK_RET(io(fd, 0, AXVM_IO_USER, base, 16), 0);
	CHECK_RET(io(fd, 0, AXVM_IO_STOP, base, 16), -EEXIST);
	CHECK_RET(io(fd, 0, AXVM_IO_STOP, base + 15, 1), -EEXIST);
	CHECK_RET(io(fd, 0, AXVM_IO_STOP, base - 1, 2), -EEXIST);
	CHECK_RET(io(fd, 0, AXVM_IO_STOP, base - 1, 1), 0);
	CHECK_RET(io(fd, 0, AXVM_IO_STOP, base + 16, 1), 0);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base, 15), -ENOENT);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base + 1, 15), -ENOENT);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base + 64, 1), -ENOENT);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base, 0), -EINVAL);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, AXVM_IO_USER, base, 16), -EINVAL);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base, 16), 0);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base, 16), -ENOENT);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base - 1, 1), 0);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, base + 16, 1), 0);
}

static void io_limit(int fd)
{
	unsigned int i;

	for (i = 0; i < AXVM_IO_MAX; i++)
		REQUIRE_RET(io(fd, 0, AXVM_IO_USER, arch.device + 2 * i, 1),
			    0);
	CHECK_RET(io(fd, 0, AXVM_IO_USER, arch.device + 2 * i, 1), -ENOSPC);
	for (i = 0; i < AXVM_IO_MAX; i++)
		CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, arch.device + 2 * i, 1),
			  0);
}

static void io_eventfd(int fd)
{
	struct axvm_io arg = {
		.size = sizeof(arg),
		.space = arch.space,
		.policy = AXVM_IO_EVENTFD,
		.base = arch.device,
		.len = 4,
		.fd = eventfd(0, EFD_CLOEXEC),
	};
	int good = arg.fd;

	arg.datamatch = 5; /* without the flag */
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.flags = AXVM_IO_DATAMATCH;
	arg.space = AXVM_SPACE_SYSREG;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.space = AXVM_SPACE_HYPERCALL;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.space = arch.space;
	arg.fd = -1;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EBADF);
	arg.fd = 9999;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EBADF);
	arg.fd = dev_fd; /* open, but no eventfd */
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EBADF);
	arg.fd = good;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), 0);
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EEXIST);
	arg.policy = AXVM_IO_USER; /* datamatch and fd without EVENTFD */
	arg.base += 8;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.flags = 0;
	arg.datamatch = 0;
	CHECK_RET(call(fd, AXVM_VM_IO, &arg), -EINVAL);
	CHECK_RET(io(fd, AXVM_IO_REMOVE, 0, arch.device, 4), 0);
	close(good);
}

void args_io(void)
{
	struct axvm_io arg = {
		.size = sizeof(arg),
		.flags = AXVM_IO_DEFAULT,
		.policy = AXVM_IO_USER,
	};
	bool pio = dev_info.caps & AXVM_CAP_PIO;
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	io_ranges(vm.fd);
	io_limit(vm.fd);
	io_eventfd(vm.fd);

	for (arg.space = 0; arg.space < 4; arg.space++)
		CHECK_RET(call(vm.fd, AXVM_VM_IO, &arg),
			  arg.space == AXVM_SPACE_PIO && !pio ? -EOPNOTSUPP :
								0);
	CHECK_RET(call(vm.fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.space = AXVM_SPACE_MMIO;
	arg.policy = AXVM_IO_EVENTFD;
	CHECK_RET(call(vm.fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.policy = AXVM_IO_USER;
	arg.base = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_IO, &arg), -EINVAL);
	arg.base = 0;
	arg.flags |= AXVM_IO_REMOVE;
	CHECK_RET(call(vm.fd, AXVM_VM_IO, &arg), -EINVAL);
	if (!pio)
		return;
	/* ports end at 64 Ki; the UART's belong to the kernel */
	CHECK_RET(io(vm.fd, 0, AXVM_IO_USER, 0xffff, 2), -EINVAL);
	CHECK_RET(io(vm.fd, 0, AXVM_IO_USER, 0x10000, 1), -EINVAL);
	CHECK_RET(io(vm.fd, 0, AXVM_IO_USER, 0xffff, 1), 0);
	CHECK_RET(io(vm.fd, 0, AXVM_IO_USER, 0x3fa, 1), -EEXIST);
}

void args_irq(void)
{
	struct axvm_irq irq = {
		.size = sizeof(irq),
		.vcpus = 1,
		.irq = 40,
	};
	struct vm vm;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EBADFD);
	REQUIRE_RET(vm_start(vm.fd), 0);
	irq.vcpus = 0;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
	irq.vcpus = 3;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
	irq.vcpus = 1ull << 63;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
	irq.vcpus = 1;
	irq.level = 3;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
	irq.level = AXVM_IRQ_EDGE;
	irq.irq = 100000;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
	irq.irq = 40;
	irq.flags = AXVM_IRQ_NMI;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EINVAL);
}

void args_stats(void)
{
	uint64_t values[AXVM_NR_STATS + AXVM_NR_EXITS + 1];
	struct axvm_stats stats = {
		.size = sizeof(stats),
		.values = (uintptr_t)values,
		.count = ARRAY_SIZE(values),
	};
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	CHECK_EQ(dev_info.nr_stats, AXVM_NR_STATS + AXVM_NR_EXITS);
	memset(values, 0xee, sizeof(values));
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), 0);
	CHECK_EQ(stats.count, dev_info.nr_stats);
	CHECK_EQ(values[AXVM_STAT_exits], 0);
	CHECK_EQ(values[dev_info.nr_stats], 0xeeeeeeeeeeeeeeeeull);
	/* only as many as fit */
	stats.count = 2;
	memset(values, 0xee, sizeof(values));
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), 0);
	CHECK_EQ(stats.count, dev_info.nr_stats);
	CHECK_EQ(values[1], 0);
	CHECK_EQ(values[2], 0xeeeeeeeeeeeeeeeeull);
	stats.count = 0;
	stats.values = 0;
	stats.vcpu = AXVM_STATS_ALL;
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), 0);
	stats.values = BAD_BUF;
	stats.count = 8;
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), -EFAULT);
	stats.vcpu = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), -ENOENT);
	stats.vcpu = AXVM_MAX_VCPUS;
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), -ENOENT);
	stats.vcpu = AXVM_STATS_ALL - 1;
	CHECK_RET(call(vm.fd, AXVM_VM_STATS, &stats), -ENOENT);
}
