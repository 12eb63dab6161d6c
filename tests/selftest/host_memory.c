// SPDX-License-Identifier: GPL-2.0
/*
 * Host-physical memory that the administrator has kept from Linux (mem=1G in
 * host_memory.box): guests share it, in blocks as large as alignment allows.
 */
#include <stdio.h>
#include <string.h>

#include "tests/selftest/harness.h"

#define GIB (1ull << 30)
#define STORED 0x600d /* by guest_store */

/* The first gigabyte of RAM is Linux'; this one is nobody's. */
static uint64_t kept(void)
{
	return arch.mem_base + GIB;
}

static void needs_kept_memory(void)
{
	char line[1024] = "";
	FILE *f = fopen("/proc/cmdline", "r");

	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = 0;
		fclose(f);
	}
	if (!strstr(line, "mem=1G"))
		test_skip("the host keeps no memory from Linux (mem=1G)");
}

/* A VM that has @len of it at @gpa, and stores one word at @store. */
static void run_store(struct vm *vm, uint64_t gpa, uint64_t hpa, uint64_t len,
		      uint64_t store)
{
	vm_guest(vm, &guest_store, 0, 0);
	REQUIRE_RET(vm_map(vm->fd, AXVM_MEM_HOST, RWX, gpa, len, hpa), 0);
	REQUIRE_RET(arch_set_far(vm->vcpu[0], store), 0);
	REQUIRE_RET(vm_start(vm->fd), 0);
	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, NULL), 0);
}

static uint64_t blocks(struct vm *vm, unsigned int stat)
{
	return vm_stat(vm->fd, stat);
}

/* Two VMs have the same gigabyte at different places. */
static void gigabyte(void)
{
	const uint64_t at[] = { 5 * MIB + 0x120, 700 * MIB + 0x3440 };
	struct vm vm[2];
	unsigned int i, j;
	uint64_t big, zero = 0;

	needs_kept_memory();
	for (i = 0; i < 2; i++) {
		uint64_t gpa = arch.mem_base + (i + 1) * GIB;

		run_store(&vm[i], gpa, kept(), GIB, gpa + at[i]);
		big = blocks(&vm[i], AXVM_STAT_faults_1g);
		note("1 GiB blocks: %d, 2 MiB blocks: %d", (int)big,
		     (int)blocks(&vm[i], AXVM_STAT_faults_2m));
		/* Every arm64 has them, not every VMX. */
		CHECK_EQ(big + (arch.space == AXVM_SPACE_PIO ?
					blocks(&vm[i], AXVM_STAT_faults_2m) :
					0),
			 1);
	}
	for (i = 0; i < 2; i++)
		for (j = 0; j < 2; j++)
			CHECK_EQ((uint32_t)vm_read64(
					 vm[i].fd,
					 arch.mem_base + (i + 1) * GIB + at[j]),
				 STORED);
	for (j = 0; j < 2; j++)
		CHECK_RET(vm_write(vm[0].fd, arch.mem_base + GIB + at[j], &zero,
				   8),
			  0);
	CHECK_EQ(vm_read64(vm[1].fd, arch.mem_base + 2 * GIB + at[1]), 0);
}

/* Host and guest address differ by 2 MiB, then by 4 KiB: smaller blocks. */
static void unaligned(void)
{
	const uint64_t gpa = arch.mem_base + GIB, at = gpa + 9 * MIB;
	struct vm vm;

	needs_kept_memory();
	run_store(&vm, gpa, kept() + 2 * MIB, GIB - 2 * MIB, at);
	CHECK_EQ(blocks(&vm, AXVM_STAT_faults_1g), 0);
	CHECK_EQ(blocks(&vm, AXVM_STAT_faults_2m), 1);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, at), STORED);
	vm_close(&vm);

	run_store(&vm, gpa, kept() + 4096, GIB - 4096, at);
	CHECK_EQ(blocks(&vm, AXVM_STAT_faults_1g), 0);
	CHECK_EQ(blocks(&vm, AXVM_STAT_faults_2m), 0);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, at), STORED);
}

/* What was a gigabyte is gone at once, and may come back as something else. */
static void unmapped(void)
{
	const uint64_t gpa = arch.mem_base + GIB, at = gpa + 9 * MIB;
	uint64_t word;
	struct vm vm;

	needs_kept_memory();
	run_store(&vm, gpa, kept(), GIB, at);
	CHECK_RET(vm_unmap(&vm, gpa, GIB), 0);
	CHECK(vm_read(vm.fd, at, &word, 8) < 0);
	REQUIRE_RET(vm_memory(&vm, gpa, GIB), 0);
	CHECK_EQ(vm_read64(vm.fd, at), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, at), STORED);
}

static void linux_memory(void)
{
	struct vm vm;

	needs_kept_memory();
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	CHECK_RET(vm_map(vm.fd, AXVM_MEM_HOST, RWX, arch.mem_base + GIB,
			 4 * MIB, kept() - 2 * MIB),
		  -EINVAL);
}

static const struct test tests[] = {
	{ "two guests share a gigabyte, in one block each", gigabyte },
	{ "unaligned to each other: blocks of 2 MiB, of 4 KiB", unaligned },
	{ "unmapped and mapped again with other memory", unmapped },
	{ "a range that is Linux' in part is refused", linux_memory },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
