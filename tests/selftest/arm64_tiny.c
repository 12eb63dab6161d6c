// SPDX-License-Identifier: GPL-2.0
/*
 * VMs that run the guests of tests/guest/arm64.
 */
#include "tests/selftest/arm64_tiny.h"
#include "tests/selftest/image.h"

/* start.S wants the index in x1. */
void tiny_entry(struct vm *vm, unsigned int index)
{
	struct axvm_arm64_regs regs = { .pc = GUEST_ARM64_LOAD,
					.pstate = 0x3c5 };

	regs.x[1] = index;
	REQUIRE_RET(vcpu_regs(vm->vcpu[index], AXVM_VCPU_SET_REGS,
			      AXVM_REGS_GENERAL, &regs, sizeof(regs)),
		    0);
}

static void make(struct vm *vm, const char *name, uint32_t vm_flags,
		 uint32_t flags)
{
	REQUIRE_RET(vm_create_flags(vm, NULL, vm_flags), 0);
	REQUIRE_RET(vm_memory(vm, GUEST_ARM64_RAM, TINY_RAM), 0);
	image_load(vm, name);
	REQUIRE_RET(vm_vcpu(vm, 0, flags), 0);
	tiny_entry(vm, 0);
}

void tiny_make(struct vm *vm, const char *name, uint32_t flags)
{
	make(vm, name, 0, flags);
}

void tiny_make_platform(struct vm *vm, const char *name, uint32_t flags)
{
	if (!(dev_info.caps & AXVM_CAP_PLATFORM))
		test_skip("no GIC for guests here");
	make(vm, name, AXVM_VM_PLATFORM, flags);
}

void tiny_make_vm(struct vm *vm, const char *name, uint32_t vm_flags)
{
	make(vm, name, vm_flags, 0);
}

void tiny_arg(struct vm *vm, unsigned int n, uint64_t value)
{
	REQUIRE_RET(vm_write(vm->fd,
			     GUEST_ARM64_RESULTS + 8 * (GUEST_R_ARG + n),
			     &value, 8),
		    0);
}

uint64_t tiny_word(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, GUEST_ARM64_RESULTS + 8 * n);
}

uint64_t tiny_out(struct vm *vm, unsigned int n)
{
	return tiny_word(vm, GUEST_R_OUT + n);
}

void tiny_check_done(struct vm *vm)
{
	CHECK_EQ(tiny_word(vm, GUEST_R_MAGIC), GUEST_MAGIC);
	if (!CHECK_EQ(tiny_word(vm, GUEST_R_FAULTS), 0))
		note("syndrome %#llx at %#llx",
		     (unsigned long long)tiny_word(vm, GUEST_R_VECTOR),
		     (unsigned long long)tiny_word(vm, GUEST_R_PC));
	CHECK_EQ(tiny_word(vm, GUEST_R_DONE), GUEST_DONE);
}

void tiny_run(struct vm *vm)
{
	struct axvm_vm_wait wait;

	REQUIRE_RET(vm_start(vm->fd), 0);
	CHECK_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	tiny_check_done(vm);
}
