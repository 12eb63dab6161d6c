/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface: register blocks and register ids of arm64 vCPUs.
 */
#ifndef _UAPI_AXVM_ARM64_H
#define _UAPI_AXVM_ARM64_H

#include "axvm.h"

/** struct axvm_arm64_regs - AXVM_REGS_GENERAL */
struct axvm_arm64_regs {
	__u64 x[31];
	__u64 pc;
	__u64 pstate;
	__u64 sp_el0;
	__u64 sp_el1;
	__u64 elr_el1;
	__u64 spsr_el1;
};

/** struct axvm_arm64_sysregs - AXVM_REGS_SYSTEM: the EL1 context */
struct axvm_arm64_sysregs {
	__u64 sctlr_el1;
	__u64 actlr_el1;
	__u64 cpacr_el1;
	__u64 ttbr0_el1;
	__u64 ttbr1_el1;
	__u64 tcr_el1;
	__u64 esr_el1;
	__u64 far_el1;
	__u64 afsr0_el1;
	__u64 afsr1_el1;
	__u64 par_el1;
	__u64 mair_el1;
	__u64 amair_el1;
	__u64 vbar_el1;
	__u64 contextidr_el1;
	__u64 tpidr_el0;
	__u64 tpidrro_el0;
	__u64 tpidr_el1;
	__u64 mdscr_el1;
	__u64 csselr_el1;
	__u64 cntkctl_el1;
	__u64 cntv_ctl_el0;
	__u64 cntv_cval_el0;
	__u64 cntp_ctl_el0;
	__u64 cntp_cval_el0;
	__u64 cntvoff_el2;
	__u64 midr_el1;
	__u64 mpidr_el1;
};

/** struct axvm_arm64_fpsimd - AXVM_REGS_FPU; @v: low, high halves */
struct axvm_arm64_fpsimd {
	__u64 v[32][2];
	__u32 fpsr;
	__u32 fpcr;
	__u64 pad;
};

/*
 * System register encoding, also axvm_exit.sysreg.id:
 * op0 15:14, op1 13:11, CRn 10:7, CRm 6:3, op2 2:0.
 */
#define AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2)                             \
	(((op0) << 14) | ((op1) << 11) | ((crn) << 7) | ((crm) << 3) | (op2))

/* Register ids of struct axvm_reg: class in bits 31:24, index below. */
#define AXVM_ARM64_REG(class, index)                                           \
	(0x6400000000ull | ((class) << 24) | (index))
#define AXVM_ARM64_CLASS_GENERAL 0x01ull /* index in axvm_arm64_regs */
#define AXVM_ARM64_CLASS_SYSREG 0x02ull /* AXVM_ARM64_SYSREG encoding */
#define AXVM_ARM64_CLASS_FPSIMD 0x03ull /* v[n] * 2 + half; 64 fpsr, 65 fpcr */

AXVM_LAYOUT(axvm_arm64_regs, 296);
AXVM_OFFSET(axvm_arm64_regs, pc, 248);
AXVM_LAYOUT(axvm_arm64_sysregs, 224);
AXVM_LAYOUT(axvm_arm64_fpsimd, 528);

#endif /* _UAPI_AXVM_ARM64_H */
