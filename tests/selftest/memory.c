// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: what regions are refused, limits, listing, reading and
 * writing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

/* Far from what vm_guest() maps and from any device. */
#define FAR (arch.mem_base + (256 * MIB))

static int alloc(int fd, uint64_t gpa, uint64_t len)
{
	return vm_map(fd, AXVM_MEM_ALLOC, RWX, gpa, len, 0);
}

static uint64_t gpa_top(void)
{
	return dev_info.gpa_bits >= 64 ? 0 : 1ull << dev_info.gpa_bits;
}

/* ---- regions ---------------------------------------------------------------- */

static void refused(void)
{
	uint64_t top = gpa_top();
	struct axvm_mem mem;
	struct vm vm;
	int fd, bit;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	fd = vm.fd;
	CHECK_RET(alloc(fd, FAR + 1, 4096), -EINVAL);
	CHECK_RET(alloc(fd, FAR + 2048, 4096), -EINVAL);
	CHECK_RET(alloc(fd, FAR, 4095), -EINVAL);
	CHECK_RET(alloc(fd, FAR, 1), -EINVAL);
	CHECK_RET(alloc(fd, FAR, 0), -EINVAL);
	CHECK_RET(alloc(fd, ~0ull - 4095, 8192), -EINVAL);
	CHECK_RET(alloc(fd, 4096, ~0ull - 4095), -EINVAL);
	CHECK_RET(alloc(fd, ~0ull - 4095, 4096), -EINVAL);
	CHECK_RET(alloc(fd, top, 4096), -EINVAL);
	CHECK_RET(alloc(fd, top - 4096, 8192), -EINVAL);
	CHECK_RET(alloc(fd, 1ull << 63, 4096), -EINVAL);
	CHECK_RET(vm_map(fd, 3, RWX, FAR, 4096, 0), -EINVAL);
	CHECK_RET(vm_map(fd, ~0u, RWX, FAR, 4096, 0), -EINVAL);
	CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, RWX, FAR, 4096, 4096), -EINVAL);
	CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, 0, FAR, 4096, 0), -EINVAL);
	CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, AXVM_MEM_WRITE, FAR, 4096, 0),
		  -EINVAL);
	CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, RWX | AXVM_MEM_DEVICE, FAR, 4096,
			 0),
		  -EINVAL);
	CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, RWX | AXVM_MEM_UNCACHED, FAR, 4096,
			 0),
		  -EINVAL);
	for (bit = 9; bit < 32; bit++)
		CHECK_RET(vm_map(fd, AXVM_MEM_ALLOC, RWX | 1u << bit, FAR, 4096,
				 0),
			  -EINVAL);
	mem = (struct axvm_mem){ .size = sizeof(mem),
				 .flags = RWX,
				 .gpa = FAR,
				 .len = 4096,
				 .resident = 1 };
	CHECK_RET(call(fd, AXVM_VM_MEM_MAP, &mem), -EINVAL);
	/* nothing of that left a region */
	CHECK_RET(vm_unmap(&vm, FAR, 4096), -ENOENT);
}

static void overlaps(void)
{
	struct vm vm;
	int fd;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	fd = vm.fd;
	REQUIRE_RET(alloc(fd, FAR + 0x10000, 0x4000), 0);
	CHECK_RET(alloc(fd, FAR + 0x10000, 0x4000), -EEXIST);
	CHECK_RET(alloc(fd, FAR + 0x13000, 0x1000), -EEXIST);
	CHECK_RET(alloc(fd, FAR + 0xf000, 0x2000), -EEXIST);
	CHECK_RET(alloc(fd, FAR + 0xf000, 0x8000), -EEXIST);
	CHECK_RET(alloc(fd, FAR + 0x11000, 0x1000), -EEXIST);
	CHECK_RET(alloc(fd, FAR, 256 * MIB), -EEXIST);
	/* neighbours touch, and do not overlap */
	CHECK_RET(alloc(fd, FAR + 0xf000, 0x1000), 0);
	CHECK_RET(alloc(fd, FAR + 0x14000, 0x1000), 0);
	/* only exactly one region can go */
	CHECK_RET(vm_unmap(&vm, FAR + 0x10000, 0x1000), -ENOENT);
	CHECK_RET(vm_unmap(&vm, FAR + 0x11000, 0x3000), -ENOENT);
	CHECK_RET(vm_unmap(&vm, FAR + 0xf000, 0x6000), -ENOENT);
	CHECK_RET(vm_unmap(&vm, FAR + 0x10000, 0x5000), -ENOENT);
	CHECK_RET(vm_unmap(&vm, FAR + 0x10000, 0), -EINVAL);
	CHECK_RET(vm_unmap(&vm, FAR + 0x10001, 0x4000), -EINVAL);
	CHECK_RET(vm_unmap(&vm, FAR + 0x10000, 0x4000), 0);
	CHECK_RET(vm_unmap(&vm, FAR + 0x10000, 0x4000), -ENOENT);
	CHECK_RET(alloc(fd, FAR + 0x10000, 0x4000), 0);
}

static void device_overlap(void)
{
	struct vm vm;

	if (arch.space != AXVM_SPACE_MMIO)
		test_skip("the console is not memory-mapped here");
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	CHECK_RET(alloc(vm.fd, 0x09000000, 0x1000), -EEXIST);
	CHECK_RET(alloc(vm.fd, 0x08ff0000, 0x20000), -EEXIST);
}

static void top_of_space(void)
{
	uint64_t last = gpa_top() - 4096;
	uint32_t value = 0x12345678, back = 0;
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(alloc(vm.fd, last, 4096), 0);
	CHECK_RET(vm_write(vm.fd, last + 4092, &value, 4), 0);
	CHECK_RET(vm_read(vm.fd, last + 4092, &back, 4), 0);
	CHECK_EQ(back, value);
	CHECK_RET(vm_read(vm.fd, last + 4093, &back, 4), -ENOENT);
	CHECK_RET(vm_unmap(&vm, last, 4096), 0);
	CHECK_RET(vm_read(vm.fd, last, &back, 4), -ENOENT);
}

/* Larger than the host: only what is touched costs memory. */
static void huge(void)
{
	uint64_t len = 8ull << 30, base = 1ull << 32, at;
	struct axvm_vm_info info;
	uint32_t value, back;
	struct vm vm;
	int err;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	err = alloc(vm.fd, base, len);
	if (err == -ENOSPC)
		test_skip("the limit per uid is below 8 GiB");
	REQUIRE_RET(err, 0);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.mem_bytes, len);
	CHECK_EQ(info.mem_resident, 0);
	for (at = base; at < base + len; at += 1ull << 30) {
		value = at >> 20;
		CHECK_RET(vm_write(vm.fd, at, &value, 4), 0);
	}
	for (at = base; at < base + len; at += 1ull << 30) {
		CHECK_RET(vm_read(vm.fd, at, &back, 4), 0);
		CHECK_EQ(back, at >> 20);
	}
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK(info.mem_resident >= 8 * 4096);
	CHECK(info.mem_resident <= 8 * 2 * MIB);
}

static void limits(void)
{
	uint64_t max = dev_info.max_mem_uid / 4096 * 4096;
	uint64_t space = gpa_top() - FAR;
	struct vm vm;
	int err;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	if (!max || max >= space)
		test_skip("no limit below the guest-physical space");
	CHECK_RET(alloc(vm.fd, FAR, max + 4096), -ENOSPC);
	err = alloc(vm.fd, FAR, max);
	CHECK(err == 0 || err == -ENOSPC); /* others may have VMs */
	if (!err) {
		CHECK_RET(alloc(vm.fd, FAR + max, 4096), -ENOSPC);
		CHECK_RET(vm_unmap(&vm, FAR, max), 0);
		CHECK_RET(alloc(vm.fd, FAR + max, 4096), 0);
	}
}

static void listing(void)
{
	struct axvm_mem mem[4];
	struct axvm_list list = {
		.size = sizeof(list),
		.entries = (uintptr_t)mem,
		.entry_size = sizeof(mem[0]),
		.capacity = 4,
	};
	struct axvm_vm_info info;
	struct vm vm;
	unsigned int i;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	for (i = 0; i < 3; i++)
		REQUIRE_RET(vm_map(vm.fd, AXVM_MEM_ALLOC,
				   AXVM_MEM_READ |
					   (i == 1 ? AXVM_MEM_POPULATE : 0),
				   FAR + (2 - i) * MIB, 0x3000, 0),
			    0);
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_LIST, &list), 0);
	CHECK_EQ(list.count, 3);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(mem[i].gpa, FAR + i * MIB);
		CHECK_EQ(mem[i].len, 0x3000);
		CHECK_EQ(mem[i].kind, AXVM_MEM_ALLOC);
		CHECK_EQ(mem[i].resident, i == 1 ? 0x3000 : 0);
		CHECK(mem[i].flags & AXVM_MEM_READ);
		CHECK(!(mem[i].flags & AXVM_MEM_WRITE));
	}
	/* the key is gpa + 1: continue after the first */
	list.after = FAR + 1;
	list.capacity = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_LIST, &list), 0);
	CHECK_EQ(list.count, 1);
	CHECK_EQ(mem[0].gpa, FAR + MIB);
	list.after = FAR + 2 * MIB + 1;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_LIST, &list), 0);
	CHECK_EQ(list.count, 0);
	list.after = 0;
	list.entry_size = 8;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_LIST, &list), -EINVAL);
	list.entry_size = sizeof(mem[0]);
	list.entries = 0xdead000000000000ull;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_LIST, &list), -EFAULT);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.nr_regions, 3);
	CHECK_EQ(info.mem_bytes, 0x9000);
	CHECK_EQ(info.mem_resident, 0x3000);
}

/* ---- reading and writing ---------------------------------------------------- */

static void read_write(void)
{
	static uint8_t out[0x5000], in[0x5000];
	struct axvm_mem_rw rw = {
		.size = sizeof(rw),
		.addr = FAR + 0x2ffe,
		.buf = (uintptr_t)in,
		.len = 16,
	};
	struct vm vm;
	unsigned int i;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(alloc(vm.fd, FAR, 0x2000), 0);
	REQUIRE_RET(alloc(vm.fd, FAR + 0x2000, 0x1000), 0);
	/* new memory is zero */
	memset(in, 0xff, sizeof(in));
	CHECK_RET(vm_read(vm.fd, FAR, in, 0x3000), 0);
	for (i = 0; i < 0x3000; i++)
		CHECK_EQ(in[i], 0);
	/* across pages and regions, unaligned */
	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 256;
	CHECK_RET(vm_write(vm.fd, FAR + 13, out, 0x2f00), 0);
	CHECK_RET(vm_read(vm.fd, FAR + 13, in, 0x2f00), 0);
	CHECK(!memcmp(in, out, 0x2f00));
	/* past the end: what could be done is done, and told */
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -ENOENT);
	CHECK_EQ(rw.len, 2);
	rw.addr = FAR - 1;
	rw.len = 4;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -ENOENT);
	CHECK_EQ(rw.len, 0);
	rw.addr = ~0ull;
	rw.len = 4;
	CHECK(call(vm.fd, AXVM_VM_MEM_RW, &rw) != 0);
	rw.addr = FAR;
	rw.len = 0;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), 0);
	rw.len = 8;
	rw.buf = 0xdead000000000000ull;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -EFAULT);
	rw.flags = AXVM_RW_WRITE;
	rw.len = 8;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -EFAULT);
	rw.buf = (uintptr_t)in;
	rw.flags = 0;
	rw.vcpu = 1; /* without AXVM_RW_GVA */
	rw.len = 8;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -EINVAL);
	rw.flags = AXVM_RW_GVA;
	rw.vcpu = 5;
	rw.len = 8;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -ENOENT);
}

/* Looking at what nobody touched shows zeros, and costs nothing. */
static void peek(void)
{
	static unsigned char buf[3 * MIB];
	struct axvm_mem_rw rw = { .size = sizeof(rw), .flags = AXVM_RW_PEEK };
	struct axvm_vm_info info;
	uint32_t mark = 0x600df00d;
	uint64_t resident;
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_memory(&vm, arch.mem_base, 64 * MIB), 0);
	/* a page in the middle, in a chunk of its own */
	REQUIRE_RET(vm_write(vm.fd, arch.mem_base + 2 * MIB + 0x5000, &mark, 4),
		    0);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	resident = info.mem_resident;
	rw.buf = (uintptr_t)buf;
	for (uint64_t at = 0; at < 63 * MIB; at += sizeof(buf)) {
		memset(buf, 0xee, sizeof(buf));
		rw.addr = arch.mem_base + at;
		rw.len = sizeof(buf);
		REQUIRE_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), 0);
		CHECK_EQ(rw.len, sizeof(buf));
		if (!at) {
			CHECK(!memcmp(buf + 2 * MIB + 0x5000, &mark, 4));
			memset(buf + 2 * MIB + 0x5000, 0, 4);
		}
		for (size_t i = 0; i < sizeof(buf); i++)
			if (buf[i]) {
				CHECK_EQ(buf[i], 0);
				break;
			}
	}
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.mem_resident, resident);
	rw.addr = arch.mem_base + (64 * MIB) - 2;
	rw.len = 4;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -ENOENT);
	CHECK_EQ(rw.len, 2);
	rw.buf = 0xdead000000000000ull;
	rw.addr = arch.mem_base;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -EFAULT);
	rw.flags |= AXVM_RW_WRITE;
	CHECK_RET(call(vm.fd, AXVM_VM_MEM_RW, &rw), -EINVAL);
	vm_close(&vm);
}

static void guest_sees(void)
{
	uint32_t value = 0xcafe1234;
	struct vm vm;

	/* what was written is what the guest loads, and the reverse */
	vm_guest(&vm, &guest_load, arch.results + 64, 0);
	REQUIRE_RET(vm_write(vm.fd, arch.results + 64, &value, 4), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), value);
	vm_close(&vm);

	vm_guest(&vm, &guest_store, arch.hole, 0);
	REQUIRE_RET(vm_memory(&vm, arch.hole, 4096), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.hole), 0x600d);
}

/* Memory comes and goes under a running guest. */
static void while_running(void)
{
	struct axvm_vm_info info;
	struct vm vm;
	unsigned int i;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < 50; i++) {
		REQUIRE_RET(vm_memory(&vm, FAR, 4 * MIB), 0);
		CHECK_RET(vm_write(vm.fd, FAR + i * 4096, &i, 4), 0);
		REQUIRE_RET(vm_unmap(&vm, FAR, 4 * MIB), 0);
	}
	CHECK_RET(vm_wait_result(vm.fd, 0, 1), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.nr_regions, 1);
	CHECK_EQ(info.mem_bytes, arch.mem_len);
}

static const struct test tests[] = {
	{ "malformed regions are refused", refused },
	{ "regions do not overlap; neighbours may touch", overlaps },
	{ "regions do not overlap devices", device_overlap },
	{ "the last page of the guest-physical space", top_of_space },
	{ "a region larger than the host", huge },
	{ "the limit per uid", limits },
	{ "listing regions", listing },
	{ "reading and writing guest memory", read_write },
	{ "memory that nobody touched is looked at for nothing", peek },
	{ "host and guest see the same memory", guest_sees },
	{ "mapping and unmapping under a running guest", while_running },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
