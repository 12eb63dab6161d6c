// SPDX-License-Identifier: GPL-2.0
/*
 * What tests/guest/arm64/faults.c must have seen: a synchronous external
 * abort for device accesses, an undefined instruction for the rest, each at
 * the instruction itself, and no register changed.
 */
#include "tests/selftest/faults.h"
#include "uapi/axvm_arm64.h"

#define KEEP 0x1122334455667788ull
#define ABORT 0x96000010ull /* data abort at EL1, external, not on a walk */
#define WRITE 0x40ull
#define UNDEF 0x02000000ull

static const struct fault_seen seen[] = {
	{ "LDR", { ABORT, 0, 0, KEEP } },
	{ "STRH", { ABORT | WRITE, 2, 0, KEEP } },
	{ "LDR with writeback", { ABORT, 0, 0, 0 } },
	{ "LDP, its second half", { ABORT, 16, 0, 8 + ~0ull } },
	{ "STP, its second half", { ABORT | WRITE, 16, 0, 8 + ~0ull } },
	{ "MRS", { UNDEF, 0, 0, KEEP } },
	{ "MSR", { UNDEF, 0, 0, KEEP } },
	{ "HVC", { UNDEF, 0, 0, 0x1234 } },
	{ "SMC", { UNDEF, 0, 0, 0x1234 } },
};

const struct faults faults = {
	.ram = GUEST_ARM64_RAM,
	.ram_len = 64u << 20,
	.load = GUEST_ARM64_LOAD,
	.results = GUEST_ARM64_RESULTS,
	.device = 0x0b000000,
	.n = ARRAY_SIZE(seen),
	.seen = seen,
};

unsigned int faults_good(const struct axvm_exit *e)
{
	return 1;
}

/* start.S wants the index in x1. */
void faults_entry(int vcpu_fd)
{
	struct axvm_arm64_regs regs = { .pc = GUEST_ARM64_LOAD,
					.pstate = 0x3c5 };
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_GENERAL,
		.len = sizeof(regs),
		.buf = (uintptr_t)&regs,
	};

	REQUIRE_RET(call(vcpu_fd, AXVM_VCPU_SET_REGS, &block), 0);
}
