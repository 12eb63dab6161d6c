// SPDX-License-Identifier: GPL-2.0
/*
 * VMs with an image of tests/guest/x86.
 */
#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"
#include "uapi/axvm_x86.h"

#define RAM (16u << 20)

/* start.S wants the index in EBX, real mode otherwise. */
void image_entry(struct vm *vm, unsigned int index)
{
	struct axvm_x86_regs regs = { .rip = GUEST_X86_LOAD, .rflags = 2 };

	REQUIRE_RET(arch_set_entry(vm->vcpu[index], GUEST_X86_LOAD, 0), 0);
	regs.gpr[3] = index;
	REQUIRE_RET(vcpu_regs(vm->vcpu[index], AXVM_VCPU_SET_REGS,
			      AXVM_REGS_GENERAL, &regs, sizeof(regs)),
		    0);
}

void image_vm(struct vm *vm, const char *name, uint32_t vm_flags,
	      uint32_t vcpu_flags)
{
	REQUIRE_RET(vm_create_flags(vm, NULL, vm_flags), 0);
	REQUIRE_RET(vm_memory(vm, 0, IMAGE_REAL_HOLE), 0);
	REQUIRE_RET(vm_memory(vm, 1 << 20, RAM - (1 << 20)), 0);
	image_load(vm, name);
	REQUIRE_RET(vm_vcpu(vm, 0, vcpu_flags), 0);
	image_entry(vm, 0);
}

void set_arg(struct vm *vm, unsigned int n, uint64_t value)
{
	REQUIRE_RET(vm_write(vm->fd, GUEST_X86_RESULTS + 8 * (GUEST_R_ARG + n),
			     &value, 8),
		    0);
}

uint64_t word(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, GUEST_X86_RESULTS + 8 * n);
}

uint64_t out(struct vm *vm, unsigned int n)
{
	return word(vm, GUEST_R_OUT + n);
}

void check_done(struct vm *vm)
{
	CHECK_EQ(word(vm, GUEST_R_MAGIC), GUEST_MAGIC);
	if (!CHECK_EQ(word(vm, GUEST_R_FAULTS), 0))
		note("vector %d at %#llx", (int)word(vm, GUEST_R_VECTOR),
		     (unsigned long long)word(vm, GUEST_R_PC));
	CHECK_EQ((uint16_t)word(vm, GUEST_R_DONE), GUEST_DONE);
}
