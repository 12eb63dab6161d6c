// SPDX-License-Identifier: GPL-2.0
/*
 * What tests/guest/x86/faults.c must have seen: #GP(0) at the instruction,
 * and nothing changed but by the elements of a string that were answered.
 */
#include "tests/selftest/faults.h"

#define GP 0x10d
#define KEEP 0x1122334455667788ull

static const struct fault_seen seen[] = {
	{ "IN of a byte", { GP, 0, 0, KEEP } },
	{ "IN of four bytes", { GP, 0, 0, KEEP } },
	{ "OUT", { GP, 0, 0, KEEP } },
	{ "REP OUTS after two elements", { GP, 0, 0, 0x302 } },
	{ "REP INS after two elements", { GP, 0, 0, 0x302 } },
	{ "what REP INS stored", { GP, 0, 0, 0xa763 } },
	{ "a read", { GP, 0, 0, KEEP } },
	{ "a write", { GP, 0, 0, KEEP } },
	{ "XCHG", { GP, 0, 0, KEEP } },
	{ "REP MOVS after two elements", { GP, 0, 0, 0x30a02 } },
	{ "RDMSR", { GP, 0, 0, 0 } },
	{ "WRMSR", { GP, 0, 0, 0 } },
	{ "VMCALL", { GP, 0, 0, KEEP } },
};

const struct faults faults = {
	.ram = 0,
	.ram_len = 16u << 20,
	.load = GUEST_X86_LOAD,
	.results = GUEST_X86_RESULTS,
	.device = 0x20000000,
	.n = ARRAY_SIZE(seen),
	.seen = seen,
};

/* Strings: two elements; XCHG: its read. */
unsigned int faults_good(const struct axvm_exit *e)
{
	return (e->reason == AXVM_EXIT_MMIO_READ ||
		e->reason == AXVM_EXIT_MMIO_WRITE) &&
			       e->mmio.bytes == 4 ?
		       1 :
		       2;
}

/* start.S wants the index in EBX, real mode otherwise. */
void faults_entry(int vcpu_fd)
{
	REQUIRE_RET(arch_set_entry(vcpu_fd, GUEST_X86_LOAD, 0), 0);
}
