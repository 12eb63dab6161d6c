// SPDX-License-Identifier: GPL-2.0
/*
 * How a guest ended.
 */
#include "names.h"
#include "outcome.h"
#include "uapi/axvm.h"
#include "vmctl.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	uint32_t reason;
	int code;
	const char *text;
} outcomes[] = {
	{ AXVM_EXIT_SYSTEM_DOWN, VMCTL_OK, "powered off" },
	{ AXVM_EXIT_HALTED, VMCTL_OK, "halted for good" },
	{ AXVM_EXIT_HALT, VMCTL_OK, "halted for good" },
	{ AXVM_EXIT_CPU_DOWN, VMCTL_OK, "its last vCPU is off" },
	{ AXVM_EXIT_TRIPLE_FAULT, VMCTL_TRIPLE, "triple fault" },
	{ AXVM_EXIT_FAIL_ENTRY, VMCTL_ENTRY, "the CPU refused to enter the guest" },
	{ AXVM_EXIT_RESET, VMCTL_RESET, "the guest asked for a reset" },
	{ AXVM_EXIT_STOPPED, VMCTL_STOPPED, "stopped from outside" },
	{ AXVM_EXIT_MEMORY, VMCTL_LIMIT, "the host has no memory for the guest" },
};

int outcome_code(uint32_t reason)
{
	for (unsigned int i = 0; i < COUNT(outcomes); i++) {
		if (outcomes[i].reason == reason)
			return outcomes[i].code;
	}
	return VMCTL_INTERNAL;
}

const char *outcome_text(uint32_t reason)
{
	for (unsigned int i = 0; i < COUNT(outcomes); i++) {
		if (outcomes[i].reason == reason)
			return outcomes[i].text;
	}
	return name_exit(reason);
}
