// SPDX-License-Identifier: GPL-2.0
/*
 * What tests need to know of arm64: EL1 without MMU, MMIO.
 */
#include "tests/selftest/harness.h"
#include "uapi/axvm_arm64.h"

#define PSTATE_EL1H_MASKED 0x3c5

const struct arch arch = {
	.mem_base = 0x40000000,
	.mem_len = 0x20000,
	.code = 0x40000000,
	.results = 0x40010000,
	.hole = 0x50000000,
	.space = AXVM_SPACE_MMIO,
	.device = 0x0b000000,
	.device_read = AXVM_EXIT_MMIO_READ,
	.device_write = AXVM_EXIT_MMIO_WRITE,
	.mmio_faults = true,
	.watch_before = true,
	.insn_len = 4,
	.general_bytes = sizeof(struct axvm_arm64_regs),
	.system_bytes = sizeof(struct axvm_arm64_sysregs),
};

int arch_set_entry(int vcpu_fd, uint64_t pc, uint64_t arg)
{
	struct axvm_arm64_regs regs = {
		.pc = pc,
		.pstate = PSTATE_EL1H_MASKED,
	};
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_GENERAL,
		.len = sizeof(regs),
		.buf = (uintptr_t)&regs,
	};

	regs.x[0] = arg;
	return call(vcpu_fd, AXVM_VCPU_SET_REGS, &block);
}

int arch_set_far(int vcpu_fd, uint64_t gpa)
{
	return arch_set_entry(vcpu_fd, arch.code, gpa);
}

static int general(int vcpu_fd, unsigned long nr, struct axvm_arm64_regs *regs)
{
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_GENERAL,
		.len = sizeof(*regs),
		.buf = (uintptr_t)regs,
	};

	return call(vcpu_fd, nr, &block);
}

int arch_set_pc(int vcpu_fd, uint64_t pc)
{
	struct axvm_arm64_regs regs;
	int err = general(vcpu_fd, AXVM_VCPU_GET_REGS, &regs);

	regs.pc = pc;
	return err ? err : general(vcpu_fd, AXVM_VCPU_SET_REGS, &regs);
}

uint64_t arch_pc(int vcpu_fd)
{
	struct axvm_arm64_regs regs = { 0 };

	general(vcpu_fd, AXVM_VCPU_GET_REGS, &regs);
	return regs.pc;
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
