// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is shared: guest memory mapped into a process and lost again,
 * the caller's own memory, host memory.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

/* Far from what vm_guest() maps and from any device. */
#define FAR (arch.mem_base + (256 * MIB))

/* ---- mmap() ----------------------------------------------------------------- */

static sigjmp_buf bus_jump;

static void on_bus(int sig)
{
	siglongjmp(bus_jump, 1);
}

/* Does touching @p raise SIGBUS? */
static bool raises_bus(volatile uint32_t *p)
{
	struct sigaction action = { .sa_handler = on_bus };
	struct sigaction old;
	bool raised = true;

	sigaction(SIGBUS, &action, &old);
	if (!sigsetjmp(bus_jump, 1)) {
		*p;
		raised = false;
	}
	sigaction(SIGBUS, &old, NULL);
	return raised;
}

static volatile uint32_t *map_vm(int fd, uint64_t gpa, size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, gpa);

	REQUIRE(p != MAP_FAILED);
	return p;
}

static void mapped(void)
{
	volatile uint32_t *p, *q;
	uint32_t value = 0x1234abcd;
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	p = map_vm(vm.fd, arch.results, page);
	CHECK_RET(vm_write(vm.fd, arch.results + 32, &value, 4), 0);
	CHECK_EQ(p[8], value);
	p[9] = ~value;
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.results + 36), ~value);
	/* another descriptor, the same pages; the guest writes to them */
	fd = vm_open(vm.id, NULL);
	REQUIRE(fd >= 0);
	q = map_vm(fd, arch.results, page);
	CHECK_EQ(q[8], value);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_result(vm.fd, 0, 1), 0);
	CHECK(p[0] > 0);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK_EQ(p[0], q[0]);
	CHECK_EQ(p[0], vm_result(vm.fd, 0));
	/* where no memory is */
	q = map_vm(vm.fd, FAR, page);
	CHECK(raises_bus(q));
	REQUIRE_RET(vm_memory(&vm, FAR, page), 0);
	CHECK(!raises_bus(q));
}

static void revoked(void)
{
	volatile uint32_t *p, *other;
	struct vm vm;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_memory(&vm, FAR, 4 * MIB), 0);
	p = map_vm(vm.fd, FAR, 4 * MIB);
	other = map_vm(vm.fd, arch.results, page);
	p[0] = 1;
	p[MIB / 2] = 2;
	other[16] = 3;
	REQUIRE_RET(vm_unmap(&vm, FAR, 4 * MIB), 0);
	CHECK(raises_bus(&p[0]));
	CHECK(raises_bus(&p[MIB / 2]));
	CHECK(!raises_bus(other));
	/* a new region there starts at zero */
	REQUIRE_RET(vm_memory(&vm, FAR, 4 * MIB), 0);
	CHECK(!raises_bus(p));
	CHECK_EQ(p[0], 0);
	p[0] = 4;
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK(raises_bus(p));
	CHECK(raises_bus(other));
}

static void map_refused(void)
{
	struct vm vm;
	void *p;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_memory(&vm, FAR, 4 * page), 0);
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, vm.fd, FAR);
	CHECK(p == MAP_FAILED && errno == EINVAL);
}

/* ---- the caller's own memory ------------------------------------------------ */

static void user_refused(void)
{
	uint8_t *p = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vm vm;
	int fd;

	REQUIRE(p != MAP_FAILED);
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	fd = vm.fd;
#define USER(flags, len, source) \
	vm_map(fd, AXVM_MEM_USER, flags, FAR, len, (uintptr_t)(source))
	CHECK_RET(USER(RWX, page, p + 8), -EINVAL);
	CHECK_RET(USER(RWX, page, p + 2048), -EINVAL);
	CHECK_RET(USER(RWX, page, NULL), -EFAULT);
	CHECK_RET(USER(RWX, page, 0xffff800000000000ul), -EFAULT);
	CHECK_RET(USER(RWX, 1ull << 30, p), -EFAULT);
	REQUIRE(!munmap(p + 3 * page, page));
	CHECK_RET(USER(RWX, 4 * page, p), -EFAULT);
	REQUIRE(!mprotect(p, page, PROT_READ));
	CHECK_RET(USER(RWX, page, p), -EFAULT);
	CHECK_RET(USER(AXVM_MEM_READ, page, p), 0);
#undef USER
}

/* Pages that are pinned in the whole host now, or -1. */
static long pinned(void)
{
	FILE *refresh = fopen("/proc/sys/vm/stat_refresh", "we");
	FILE *f = fopen("/proc/vmstat", "re");
	long got = -1, put = 0;
	char line[128];

	/* counters of single CPUs are added up */
	if (refresh) {
		fputs("1\n", refresh);
		fclose(refresh);
	}
	while (refresh && f && fgets(line, sizeof(line), f)) {
		sscanf(line, "nr_foll_pin_acquired %ld", &got);
		sscanf(line, "nr_foll_pin_released %ld", &put);
	}
	if (f)
		fclose(f);
	return got < 0 ? -1 : got - put;
}

static void user_memory(void)
{
	volatile uint32_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile uint32_t *q;
	struct vm vm;

	REQUIRE(p != MAP_FAILED);
	vm_guest(&vm, &guest_store, arch.hole + 16, 0);
	REQUIRE_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, arch.hole, 2 * page,
			   (uintptr_t)p),
		    0);
	p[0] = 0x11112222;
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.hole), 0x11112222);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(p[4], 0x600d);
	/* it is there twice: in its owner and through the VM */
	q = map_vm(vm.fd, arch.hole, page);
	CHECK_EQ(q[4], 0x600d);
	q[5] = 7;
	CHECK_EQ(p[5], 7);
	REQUIRE_RET(vm_unmap(&vm, arch.hole, 2 * page), 0);
	CHECK(raises_bus(q));
	CHECK_EQ(p[5], 7);
}

static void user_released(void)
{
	void *p = mmap(NULL, 100 * page, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long before = pinned();
	struct vm vm;

	REQUIRE(p != MAP_FAILED);
	if (before < 0)
		test_skip("the kernel does not tell what is pinned");
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR, 100 * page,
			   (uintptr_t)p),
		    0);
	CHECK_EQ(pinned(), before + 100);
	REQUIRE_RET(vm_unmap(&vm, FAR, 100 * page), 0);
	CHECK_EQ(pinned(), before);
	REQUIRE_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR, 100 * page,
			   (uintptr_t)p),
		    0);
	CHECK_EQ(pinned(), before + 100);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_EQ(pinned(), before);
}

/* The owner's mapping goes: the VM keeps the pages. */
static void user_unmapped(void)
{
	uint32_t *p = mmap(NULL, page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vm vm;

	REQUIRE(p != MAP_FAILED);
	p[0] = 0x77;
	vm_guest(&vm, &guest_load, arch.hole, 0);
	REQUIRE_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, arch.hole, page,
			   (uintptr_t)p),
		    0);
	REQUIRE(!munmap(p, page));
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0x77);
}

static void user_limit_child(void *opaque)
{
	struct rlimit limit = { 4 * page, 4 * page };
	void *p = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct vm vm;

	REQUIRE(p != MAP_FAILED);
	REQUIRE(!setrlimit(RLIMIT_MEMLOCK, &limit));
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	/* this descriptor of the device was opened with rights; drop them */
	REQUIRE(!setresuid(1001, 1001, 1001));
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR, 8 * page,
			 (uintptr_t)p),
		  -ENOMEM);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR, 4 * page,
			 (uintptr_t)p),
		  0);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR + MIB, page,
			 (uintptr_t)p),
		  -ENOMEM);
	CHECK_RET(vm_unmap(&vm, FAR, 4 * page), 0);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_USER, RWX, FAR + MIB, page,
			 (uintptr_t)p),
		  0);
}

static void user_limit(void)
{
	if (geteuid())
		test_skip("needs root");
	CHECK(reap(spawn(user_limit_child, NULL), false));
}

/* ---- host memory ------------------------------------------------------------ */

static void host_child(void *opaque)
{
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE(!setresuid(1001, 1001, 1001));
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_HOST, RWX, FAR, 4096, 0xfee00000ull),
		  -EPERM);
}

static void host_refused(void)
{
	struct vm vm;

	if (geteuid())
		test_skip("needs root");
	CHECK(reap(spawn(host_child, NULL), false));
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_HOST, RWX, FAR, 4096, 0x1001),
		  -EINVAL);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_HOST, RWX, FAR, 8192, ~0ull - 4095),
		  -EINVAL);
}

/* Where Linux' own memory is, from /proc/iomem (root sees addresses). */
static uint64_t host_ram(void)
{
	FILE *f = fopen("/proc/iomem", "re");
	unsigned long long start, end, ram = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx-%llx", &start, &end) == 2 &&
		    strstr(line, "System RAM") && end - start > 16 * MIB)
			ram = start;
	if (f)
		fclose(f);
	return ram;
}

static void host_is_ram(void)
{
	uint64_t ram = host_ram();
	struct vm vm;
	int err;

	if (geteuid() || !ram)
		test_skip("needs root and /proc/iomem");
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	err = vm_map(vm.fd, AXVM_MEM_HOST, RWX, FAR, 4096,
		     (ram + 4 * MIB) & ~4095ull);
	if (err == -EPERM)
		test_skip("the kernel is locked down");
	CHECK_RET(err, -EINVAL);
}

static const struct test tests[] = {
	{ "mmap of the VM shows the guest's memory", mapped },
	{ "mappings raise SIGBUS after unmap and destroy", revoked },
	{ "private mappings are refused", map_refused },
	{ "the caller's memory: what is refused", user_refused },
	{ "the caller's memory: guest, process and mapping agree",
	  user_memory },
	{ "the caller's memory is unpinned by unmap and destroy",
	  user_released },
	{ "the caller's memory outlives its mapping", user_unmapped },
	{ "pinned memory counts against RLIMIT_MEMLOCK", user_limit },
	{ "host memory needs CAP_SYS_RAWIO and sane addresses", host_refused },
	{ "host memory that is Linux' own is refused", host_is_ram },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
