// SPDX-License-Identifier: GPL-2.0
/*
 * More VMs than VMIDs (vmid.box leaves three): they run at the same time and
 * keep their memory apart.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/image.h"
#include "uapi/axvm_arm64.h"

#define NR_VMS 7
#define RAM (4u << 20)
#define PAGES 64
#define ROUNDS 20000
#define PARAMETERS "/sys/module/axvm/parameters/"

static unsigned long parameter(const char *path)
{
	unsigned long value = 0;
	FILE *f = fopen(path, "r");

	REQUIRE(f);
	CHECK_EQ(fscanf(f, "%lu", &value), 1);
	fclose(f);
	return value;
}

static void make_vm(struct vm *vm, unsigned int n)
{
	struct axvm_arm64_regs regs = { .pc = GUEST_ARM64_LOAD,
					.pstate = 0x3c5 };
	const uint64_t args[] = { n * 0x100000001000000ull,
				  GUEST_ARM64_RAM + (1 << 20), PAGES, ROUNDS };

	REQUIRE_RET(vm_create(vm, NULL), 0);
	REQUIRE_RET(vm_memory(vm, GUEST_ARM64_RAM, RAM), 0);
	image_load(vm, "pages");
	REQUIRE_RET(vm_write(vm->fd, GUEST_ARM64_RESULTS + 8 * GUEST_R_ARG,
			     args, sizeof(args)),
		    0);
	REQUIRE_RET(vm_vcpu(vm, 0, 0), 0);
	REQUIRE_RET(vcpu_regs(vm->vcpu[0], AXVM_VCPU_SET_REGS,
			      AXVM_REGS_GENERAL, &regs, sizeof(regs)),
		    0);
}

static uint64_t out(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, GUEST_ARM64_RESULTS + 8 * (GUEST_R_OUT + n));
}

static void check_vm(struct vm *vm)
{
	struct axvm_vm_wait wait;

	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	CHECK_EQ(out(vm, 0), 0);
	CHECK_EQ(out(vm, 1), ROUNDS);
}

static void at_once(void)
{
	unsigned long before = parameter(PARAMETERS "vmid_rollovers");
	struct vm vm[NR_VMS];
	unsigned int i;

	if (parameter(PARAMETERS "vmid_bits") > 2)
		test_skip(
			"there are more VMIDs; load the module with vmid_bits=2");
	for (i = 0; i < NR_VMS; i++)
		make_vm(&vm[i], i);
	for (i = 0; i < NR_VMS; i++)
		REQUIRE_RET(vm_start(vm[i].fd), 0);
	for (i = 0; i < NR_VMS; i++)
		check_vm(&vm[i]);
	CHECK(parameter(PARAMETERS "vmid_rollovers") > before);
	note("VMIDs were used up %lu times",
	     parameter(PARAMETERS "vmid_rollovers") - before);
}

/* A VMID that a destroyed VM had serves another. */
static void one_after_another(void)
{
	unsigned int i;
	struct vm vm;

	for (i = 0; i < 3 * NR_VMS; i++) {
		make_vm(&vm, i);
		REQUIRE_RET(vm_start(vm.fd), 0);
		check_vm(&vm);
		REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
		vm_close(&vm);
	}
}

static const struct test tests[] = {
	{ "more VMs than VMIDs run at once", at_once, 120 },
	{ "VMIDs go from VM to VM", one_after_another, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
