// SPDX-License-Identifier: GPL-2.0
/*
 * What tests need to know of arm64: EL1 without MMU, MMIO.
 */
#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "uapi/axvm_arm64.h"

#define PSTATE_EL1H_MASKED 0x3c5

const struct arch arch = {
	.name = "arm64",
	.mem_base = 0x40000000,
	.mem_len = 0x20000,
	.code = 0x40000000,
	.results = 0x40010000,
	.image = GUEST_ARM64_LOAD,
	.hole = 0x50000000,
	.space = AXVM_SPACE_MMIO,
	.device = 0x0b000000,
	.device_read = AXVM_EXIT_MMIO_READ,
	.device_write = AXVM_EXIT_MMIO_WRITE,
	.mmio_faults = true,
	.watch_before = true,
	.insn_len = 4,
	.general_bytes = sizeof(struct axvm_arm64_regs),
	.pc_at = offsetof(struct axvm_arm64_regs, pc),
	.system_bytes = sizeof(struct axvm_arm64_sysregs),
};

int arch_set_entry(int vcpu_fd, uint64_t pc, uint64_t arg)
{
	struct axvm_arm64_regs regs = {
		.pc = pc,
		.pstate = PSTATE_EL1H_MASKED,
	};

	regs.x[0] = arg;
	return vcpu_regs(vcpu_fd, AXVM_VCPU_SET_REGS, AXVM_REGS_GENERAL, &regs,
			 sizeof(regs));
}

int arch_set_far(int vcpu_fd, uint64_t gpa)
{
	return arch_set_entry(vcpu_fd, arch.code, gpa);
}

uint64_t arch_exit_data(const struct axvm_exit *e)
{
	return e->mmio.data;
}

unsigned int arch_exit_bytes(const struct axvm_exit *e)
{
	return e->mmio.bytes;
}

uint64_t arch_exit_address(const struct axvm_exit *e)
{
	return e->gpa;
}
