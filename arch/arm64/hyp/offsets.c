// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets and constants that the assembly of hyp/ needs, turned into
 * hyp-offsets.h by the build.  Never linked.
 */
#define COMPILE_OFFSETS
#include <linux/kbuild.h>
#include <linux/stddef.h>
#include "arch/arm64/hyp/hyp.h"

int main(void)
{
	OFFSET(VCPU_X, hyp_vcpu, x);
	OFFSET(VCPU_SP_EL0, hyp_vcpu, sp_el0);
	OFFSET(VCPU_PC, hyp_vcpu, pc);
	OFFSET(VCPU_ESR, hyp_vcpu, esr);
	OFFSET(VCPU_FAR, hyp_vcpu, far);
	OFFSET(VCPU_DISR, hyp_vcpu, disr);
	OFFSET(VCPU_RAS, hyp_vcpu, ras);
	OFFSET(VCPU_MITIGATE, hyp_vcpu, mitigate);
	OFFSET(VCPU_MITIGATE_LOOPS, hyp_vcpu, mitigate_loops);
	BLANK();
	OFFSET(CPU_STUB_VBAR, hyp_cpu, stub_vbar);
	OFFSET(CPU_STUB_SCTLR, hyp_cpu, stub_sctlr);
	OFFSET(CPU_STUB_TCR, hyp_cpu, stub_tcr);
	OFFSET(CPU_STUB_TTBR0, hyp_cpu, stub_ttbr0);
	OFFSET(CPU_STUB_MAIR, hyp_cpu, stub_mair);
	OFFSET(CPU_STUB_TPIDR, hyp_cpu, stub_tpidr);
	OFFSET(CPU_RUN, hyp_cpu, run);
	OFFSET(CPU_BUG_ESR, hyp_cpu, bug_esr);
	OFFSET(CPU_BUG_ELR, hyp_cpu, bug_elr);
	OFFSET(CPU_BUG_FAR, hyp_cpu, bug_far);
	return 0;
}
