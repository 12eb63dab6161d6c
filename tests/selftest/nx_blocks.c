// SPDX-License-Identifier: GPL-2.0
/*
 * Executing pages of blocks that may not be executed as a whole, as on CPUs
 * with iTLB multihit (nx_blocks.box makes this one such).
 */
#include <stdio.h>

#include "tests/selftest/harness.h"

#define RAM (4u << 20)
#define PAGES 6

static bool nx_blocks(void)
{
	FILE *f = fopen("/sys/module/axvm/parameters/nx_blocks", "r");
	int value = 0;

	if (!f)
		return false;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value == 1;
}

static void put_code(struct vm *vm, uint64_t at)
{
	REQUIRE_RET(vm_write(vm->fd, at, guest_store.begin,
			     (const char *)guest_store.end -
				     (const char *)guest_store.begin),
		    0);
}

static void run_page(struct vm *vm, uint64_t at)
{
	const uint32_t zero = 0;

	REQUIRE_RET(vm_reset(vm->fd), 0);
	REQUIRE_RET(arch_set_entry(vm->vcpu[0], at, arch.results), 0);
	REQUIRE_RET(vm_write(vm->fd, arch.results, &zero, 4), 0);
	REQUIRE_RET(vm_start(vm->fd), 0);
	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm->fd, 0), 0x600d);
}

/* Each page is split out once; the others stay executable meanwhile. */
static void page_by_page(void)
{
	struct vm vm;
	unsigned int i, turn;

	if (!nx_blocks())
		test_skip("load the module with nx_blocks=1");
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_memory(&vm, 0, RAM), 0);
	for (i = 0; i < PAGES; i++)
		put_code(&vm, (i + 1) * page);
	REQUIRE_RET(vm_vcpu(&vm, 0, 0), 0);
	for (turn = 0; turn < 3; turn++)
		for (i = 0; i < PAGES; i++)
			run_page(&vm, (i + 1) * page);
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_faults_2m), 1);
	/* the first splits the block, the others lie in its table */
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_exec_splits), 1);
}

/* An instruction that lies in two such pages. */
static void across(void)
{
	const uint64_t at = 2 * page - 1;
	struct vm vm;

	if (!nx_blocks())
		test_skip("load the module with nx_blocks=1");
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_memory(&vm, 0, RAM), 0);
	put_code(&vm, at);
	REQUIRE_RET(vm_vcpu(&vm, 0, 0), 0);
	run_page(&vm, at);
}

static const struct test tests[] = {
	{ "pages of a block become executable one by one", page_by_page },
	{ "an instruction in two pages is executed", across },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
