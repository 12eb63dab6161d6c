// SPDX-License-Identifier: GPL-2.0
/*
 * Guest states that the processor refuses to enter: the VM stops with the
 * hardware's reason, the host and other VMs go on.
 */
#include <string.h>

#include "tests/selftest/harness.h"
#include "uapi/axvm_x86.h"

#define CR0_PE 1
#define RFLAGS_VM (1u << 17)

static int regs_io(int vcpu, unsigned long request, uint32_t which, void *buf,
		   size_t len)
{
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = which,
		.len = len,
		.buf = (uintptr_t)buf,
	};

	return call(vcpu, request, &block);
}

/*
 * Virtual-8086 mode with segments of protected mode: each block of registers
 * is fine by itself, together the processor refuses them.
 */
static void spoil(struct vm *vm)
{
	struct axvm_x86_regs regs = { .rip = arch.code, .rflags = 2 };
	struct axvm_x86_sregs s;
	unsigned int i;

	REQUIRE_RET(regs_io(vm->vcpu[0], AXVM_VCPU_GET_REGS, AXVM_REGS_SYSTEM,
			    &s, sizeof(s)),
		    0);
	s.cr0 |= CR0_PE;
	for (i = AXVM_X86_ES; i <= AXVM_X86_GS; i++) {
		s.seg[i].base = 0;
		s.seg[i].limit = 0xffffffff;
		s.seg[i].selector = i == AXVM_X86_CS ? 8 : 16;
		s.seg[i].access = i == AXVM_X86_CS ? 0xc09b : 0xc093;
	}
	REQUIRE_RET(regs_io(vm->vcpu[0], AXVM_VCPU_SET_REGS, AXVM_REGS_SYSTEM,
			    &s, sizeof(s)),
		    0);
	regs.rflags |= RFLAGS_VM;
	REQUIRE_RET(regs_io(vm->vcpu[0], AXVM_VCPU_SET_REGS, AXVM_REGS_GENERAL,
			    &regs, sizeof(regs)),
		    0);
}

static void refused(void)
{
	const struct axvm_flight *flight;
	const struct axvm_exit *e;
	struct axvm_vm_wait wait;
	struct vm vm, other;

	vm_guest(&other, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_start(other.fd), 0);
	vm_guest(&vm, &guest_halt, 0, 0);
	spoil(&vm);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_FAIL_ENTRY);

	flight = vcpu_flight(vm.vcpu[0]);
	REQUIRE(flight);
	REQUIRE(flight->produced == 1);
	e = ring_slot(flight, 0);
	CHECK_EQ(e->reason, AXVM_EXIT_FAIL_ENTRY);
	CHECK_EQ(e->hw_reason, 0x80000021); /* invalid guest state */
	CHECK_EQ(e->fail.hw_reason, 33);
	CHECK(e->flags & AXVM_EXIT_STOPS);
	CHECK_EQ(vm_state(other.fd), AXVM_VM_RUNNING);

	/* It can be put right. */
	REQUIRE_RET(vm_reset(vm.fd), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[0], arch.code, 0), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	vm_close(&vm);
	vm_close(&other);
}

static const struct test tests[] = {
	{ "a state that cannot be entered stops the VM with the reason",
	  refused },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
