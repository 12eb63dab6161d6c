// SPDX-License-Identifier: GPL-2.0
/*
 * Against what the host must be protected, as far as it does not depend on
 * the extension: executable blocks in nested tables.
 *
 * Some CPUs raise a machine check when the size of a page changes while its
 * translation is in the instruction TLB twice, which a guest that owns its
 * tables can bring about at will (iTLB multihit).  There no block of nested
 * tables may be executed; single pages may.
 */
#include <linux/cpu.h>
#include <linux/moduleparam.h>
#include <asm/cpufeature.h>

#include "arch/x86/x86.h"

static int nx_blocks = -1;
module_param(nx_blocks, int, 0444);
MODULE_PARM_DESC(nx_blocks,
		 "execute 4 KiB pages only: 1 yes, 0 no, -1 where the CPU needs it");

bool vx86_nx_blocks(void)
{
	if (nx_blocks >= 0)
		return nx_blocks;
	return boot_cpu_has_bug(X86_BUG_ITLB_MULTIHIT) &&
	       !cpu_mitigations_off();
}
