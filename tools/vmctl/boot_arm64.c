// SPDX-License-Identifier: GPL-2.0
/*
 * arm64 start state: EL1h with interrupts masked, MMU off, x0 = device tree,
 * as the Linux boot protocol for AArch64 has it; the other vCPUs are off until
 * PSCI turns them on.  Files are boot_arm64_files.c's.
 */
#include <string.h>

#include "arm64_fdt.h"
#include "boot_arm64.h"
#include "config.h"
#include "cpuid_policy.h"
#include "dev.h"
#include "vmctl.h"

#define PSTATE_EL1H 0x5u
#define PSTATE_DAIF 0x3c0u

static unsigned int arm64_memory(uint64_t bytes, struct boot_range *r)
{
	r[0] = (struct boot_range){ ARM64_RAM_BASE, bytes };
	return 1;
}

static void arm64_check(const struct config *c, struct diags *d)
{
	if (c->start_mode.set)
		diag_add(d, DIAG_ERROR, c->file, c->start_mode.line,
			 "%s is for x86 guests; this host runs arm64 ones",
			 CFG_KEY(c->start_mode, "boot.mode"));
	if (c->boot_protocol.set && (!strcmp(c->boot_protocol.v, "pvh") ||
				     !strcmp(c->boot_protocol.v, "multiboot")))
		diag_add(
			d, DIAG_ERROR, c->file, c->boot_protocol.line,
			"%s \"%s\" is for x86 guests; this host runs arm64 ones",
			CFG_KEY(c->boot_protocol, "boot.protocol"),
			c->boot_protocol.v);
	cpuid_policy_refuse(c, "is for x86 guests; this host runs arm64 ones",
			    d);
	if (boot_entry(c) % 4)
		diag_add(d, DIAG_ERROR, c->file, c->entry_point.line,
			 "%s must be a multiple of 4 on arm64",
			 CFG_KEY(c->entry_point, "boot.entry"));
}

static int arm64_setup(const struct vm *vm, int vcpu, const struct config *c,
		       struct boot *b)
{
	const struct arm64_boot *a = b->state;
	struct axvm_arm64_regs regs;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &regs, sizeof(regs));

	if (!ret) {
		regs.pc = a->kernel.n ? a->place.kernel.at : boot_entry(c);
		regs.pstate = PSTATE_DAIF | PSTATE_EL1H;
		regs.x[0] = a->tree		 ? a->place.dtb.at :
			    c->dtb_load_addr.set ? c->dtb_load_addr.v :
						   0;
		for (int i = 1; i < 31; i++)
			regs.x[i] = 0;
		ret = vcpu_set_regs(vcpu, AXVM_REGS_GENERAL, &regs,
				    sizeof(regs));
	}
	return ret ? vmctl_failed(vm, "set the start registers of", ret) : 0;
}

const struct boot_arch boot_arm64 = {
	.arch = CFG_ARCH_ARM64,
	.memory = arm64_memory,
	.check = arm64_check,
	.open = arm64_open,
	.place = arm64_find_places,
	.load = arm64_load,
	.setup = arm64_setup,
	.close = arm64_close,
};
