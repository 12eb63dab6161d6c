// SPDX-License-Identifier: GPL-2.0
/*
 * What tests need to know of x86: real mode, ports.
 */
#include <stddef.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "uapi/axvm_x86.h"

const struct arch arch = {
	.name = "x86",
	.mem_base = 0,
	.mem_len = 0x8000,
	.code = 0x1000,
	.results = 0x7000,
	.image = GUEST_X86_LOAD,
	.hole = 0x9000,
	.space = AXVM_SPACE_PIO,
	.device = 0x500,
	.device_read = AXVM_EXIT_IO_READ,
	.device_write = AXVM_EXIT_IO_WRITE,
	.mmio_faults = false,
	.watch_before = false,
	.insn_len = 1,
	.general_bytes = sizeof(struct axvm_x86_regs),
	.pc_at = offsetof(struct axvm_x86_regs, rip),
	.system_bytes = sizeof(struct axvm_x86_sregs),
};

static int sregs_get(int vcpu_fd, struct axvm_x86_sregs *sregs)
{
	return vcpu_regs(vcpu_fd, AXVM_VCPU_GET_REGS, AXVM_REGS_SYSTEM, sregs,
			 sizeof(*sregs));
}

static int sregs_set(int vcpu_fd, struct axvm_x86_sregs *sregs)
{
	return vcpu_regs(vcpu_fd, AXVM_VCPU_SET_REGS, AXVM_REGS_SYSTEM, sregs,
			 sizeof(*sregs));
}

int arch_set_entry(int vcpu_fd, uint64_t pc, uint64_t arg)
{
	struct axvm_x86_regs regs = { .rip = pc, .rflags = 2 };
	struct axvm_x86_sregs sregs;
	int err = sregs_get(vcpu_fd, &sregs);

	if (err)
		return err;
	sregs.seg[AXVM_X86_CS].base = 0;
	sregs.seg[AXVM_X86_CS].selector = 0;
	regs.gpr[7] = arg;
	err = sregs_set(vcpu_fd, &sregs);
	return err   ?:
		       vcpu_regs(vcpu_fd, AXVM_VCPU_SET_REGS, AXVM_REGS_GENERAL,
				 &regs, sizeof(regs));
}

/* Real mode reaches 64 KiB from the base of DS. */
int arch_set_far(int vcpu_fd, uint64_t gpa)
{
	struct axvm_x86_sregs sregs;
	int err;

	err = arch_set_entry(vcpu_fd, arch.code, gpa & 0xffff);
	err = err ?: sregs_get(vcpu_fd, &sregs);
	if (err)
		return err;
	sregs.seg[AXVM_X86_DS].base = gpa & ~0xffffull;
	return sregs_set(vcpu_fd, &sregs);
}

uint64_t arch_exit_data(const struct axvm_exit *e)
{
	return e->io.data;
}

unsigned int arch_exit_bytes(const struct axvm_exit *e)
{
	return e->io.bytes;
}

uint64_t arch_exit_address(const struct axvm_exit *e)
{
	return e->io.port;
}
