// SPDX-License-Identifier: GPL-2.0
/*
 * arm64 registers by name.
 */
#include <stddef.h>

#include "dev.h"
#include "regs.h"

#define X(n) { "x" #n, 8 * (n) }
#define GENERAL(r) { #r, offsetof(struct axvm_arm64_regs, r) }
#define SYSTEM(r) { #r, offsetof(struct axvm_arm64_sysregs, r) }

static const struct reg_name general[] = {
	X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10),
	X(11), X(12), X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20),
	X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
	GENERAL(pc), GENERAL(pstate), GENERAL(sp_el0), GENERAL(sp_el1),
	GENERAL(elr_el1), GENERAL(spsr_el1),
	{ 0 },
};

static const struct reg_name system_regs[] = {
	SYSTEM(sctlr_el1), SYSTEM(actlr_el1), SYSTEM(cpacr_el1), SYSTEM(ttbr0_el1),
	SYSTEM(ttbr1_el1), SYSTEM(tcr_el1), SYSTEM(esr_el1), SYSTEM(far_el1),
	SYSTEM(afsr0_el1), SYSTEM(afsr1_el1), SYSTEM(par_el1), SYSTEM(mair_el1),
	SYSTEM(amair_el1), SYSTEM(vbar_el1), SYSTEM(contextidr_el1),
	SYSTEM(tpidr_el0), SYSTEM(tpidrro_el0), SYSTEM(tpidr_el1),
	SYSTEM(mdscr_el1), SYSTEM(csselr_el1), SYSTEM(cntkctl_el1),
	SYSTEM(cntv_ctl_el0), SYSTEM(cntv_cval_el0), SYSTEM(cntp_ctl_el0),
	SYSTEM(cntp_cval_el0), SYSTEM(cntvoff_el2), SYSTEM(midr_el1),
	SYSTEM(mpidr_el1),
	{ 0 },
};

static int read_all(int vcpu, struct json_object *obj)
{
	struct axvm_arm64_sysregs sys;
	struct axvm_arm64_regs regs;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &regs, sizeof(regs));

	if (ret)
		return ret;
	ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &sys, sizeof(sys));
	if (ret)
		return ret;
	regs_group(obj, "general", &regs, general);
	regs_group(obj, "system", &sys, system_regs);
	return 0;
}

const struct regs_arch regs_arm64 = {
	.read = read_all,
	.general = { general, sizeof(struct axvm_arm64_regs) },
	.system = { system_regs, sizeof(struct axvm_arm64_sysregs) },
};
