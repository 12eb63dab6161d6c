/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access to system registers by name or by encoding, and the EL1 context as
 * one table.  Used by the module at EL1 or EL2 and by the EL2 image, which
 * must not depend on anything that the kernel patches at run time.
 */
#ifndef AXVM_HYP_SYSREG_H
#define AXVM_HYP_SYSREG_H

#include <linux/types.h>

#define SR_STR_(x) #x
#define SR_STR(x) SR_STR_(x)

/* S<op0>_<op1>_C<CRn>_C<CRm>_<op2>: the assembler's name for any register */
#define SR_ENC_(op0, op1, crn, crm, op2) \
	S##op0##_##op1##_C##crn##_C##crm##_##op2
#define SR_ENC(op0, op1, crn, crm, op2) SR_ENC_(op0, op1, crn, crm, op2)

#define sr_read(reg)                                                        \
	({                                                                  \
		u64 sr_val_;                                                \
		asm volatile("mrs %0, " SR_STR(reg) : "=r"(sr_val_));       \
		sr_val_;                                                    \
	})
#define sr_write(reg, val)                                                  \
	asm volatile("msr " SR_STR(reg) ", %x0" : : "rZ"((u64)(val)))

#define sr_isb() asm volatile("isb" : : : "memory")
#define sr_dsb(what) asm volatile("dsb " #what : : : "memory")

/* Registers that an assembler for plain ARMv8.0 may not know by name. */
#define SR_HCRX_EL2 S3_4_C1_C2_2
#define SR_HFGRTR_EL2 S3_4_C1_C1_4
#define SR_HFGWTR_EL2 S3_4_C1_C1_5
#define SR_DISR_EL1 S3_0_C12_C1_1
#define SR_CNTP_CTL_EL02 S3_5_C14_C2_1
#define SR_CNTP_CVAL_EL02 S3_5_C14_C2_2
#define SR_CNTV_CTL_EL02 S3_5_C14_C3_1
#define SR_CNTV_CVAL_EL02 S3_5_C14_C3_2
#define SR_TCR_EL12 S3_5_C2_C0_2
#define SR_SCTLR_EL12 S3_5_C1_C0_0
#define SR_ICC_SRE_EL1 S3_0_C12_C12_5
#define SR_ICC_SRE_EL2 S3_4_C12_C9_5
#define SR_ICH_HCR_EL2 S3_4_C12_C11_0
#define SR_ICH_VTR_EL2 S3_4_C12_C11_1
#define SR_ICH_VMCR_EL2 S3_4_C12_C11_7
#define SR_ICH_AP0R(n) SR_ENC(3, 4, 12, 8, n)
#define SR_ICH_AP1R(n) SR_ENC(3, 4, 12, 9, n)
#define SR_ICH_LR_LO(n) SR_ENC(3, 4, 12, 12, n) /* list registers 0-7 */
#define SR_ICH_LR_HI(n) SR_ENC(3, 4, 12, 13, n) /* list registers 8-15 */

/*
 * The EL1 context that is switched between host and guest:
 * X(name, op0, op1, CRn, CRm, op2, op1 when the host runs at EL2)
 * The last column differs where HCR_EL2.E2H redirects the EL1 name to EL2 and
 * the guest's register is reached by its EL12 alias.  TCR_EL1 and SCTLR_EL1
 * are in a table of their own: their order matters (see hyp/switch.h).  What a
 * host at EL1 has in the last table is dead when it calls EL2.
 */
#define HYP_SYSREGS_LIVE(X)                        \
	X(csselr_el1, 3, 2, 0, 0, 0, 2)            \
	X(cpacr_el1, 3, 0, 1, 0, 2, 5)             \
	X(ttbr0_el1, 3, 0, 2, 0, 0, 5)             \
	X(ttbr1_el1, 3, 0, 2, 0, 1, 5)             \
	X(sp_el1, 3, 4, 4, 1, 0, 4)                \
	X(mair_el1, 3, 0, 10, 2, 0, 5)             \
	X(amair_el1, 3, 0, 10, 3, 0, 5)            \
	X(vbar_el1, 3, 0, 12, 0, 0, 5)             \
	X(contextidr_el1, 3, 0, 13, 0, 1, 5)       \
	X(tpidr_el1, 3, 0, 13, 0, 4, 0)            \
	X(tpidr_el0, 3, 3, 13, 0, 2, 3)            \
	X(tpidrro_el0, 3, 3, 13, 0, 3, 3)          \
	X(cntkctl_el1, 3, 0, 14, 1, 0, 5)

/* What only exception entry and address translation leave behind. */
#define HYP_SYSREGS_EVENT(X)                       \
	X(spsr_el1, 3, 0, 4, 0, 0, 5)              \
	X(elr_el1, 3, 0, 4, 0, 1, 5)               \
	X(afsr0_el1, 3, 0, 5, 1, 0, 5)             \
	X(afsr1_el1, 3, 0, 5, 1, 1, 5)             \
	X(esr_el1, 3, 0, 5, 2, 0, 5)               \
	X(far_el1, 3, 0, 6, 0, 0, 5)               \
	X(par_el1, 3, 0, 7, 4, 0, 0)

#define HYP_SYSREGS_MMU(X)                         \
	X(sctlr_el1, 3, 0, 1, 0, 0, 5)             \
	X(tcr_el1, 3, 0, 2, 0, 2, 5)

/** struct hyp_sysregs - one side's EL1 context */
struct hyp_sysregs {
#define HYP_FIELD(name, ...) u64 name;
	HYP_SYSREGS_MMU(HYP_FIELD)
	HYP_SYSREGS_LIVE(HYP_FIELD)
	HYP_SYSREGS_EVENT(HYP_FIELD)
#undef HYP_FIELD
};

#endif /* AXVM_HYP_SYSREG_H */
