/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fields of the EL2 registers that axvm writes, as the architecture names
 * them.  Values for the assembler and for C; nothing else.
 */
#ifndef AXVM_HYP_BITS_H
#define AXVM_HYP_BITS_H

#ifdef __ASSEMBLY__
#define HYP_BIT(n) (1 << (n))
#define HYP_VAL(v, n) ((v) << (n))
#else
#define HYP_BIT(n) (1ull << (n))
#define HYP_VAL(v, n) ((u64)(v) << (n))
#endif

/* HCR_EL2 */
#define HCR_BIT_VM HYP_BIT(0)
#define HCR_BIT_SWIO HYP_BIT(1)
#define HCR_BIT_PTW HYP_BIT(2)
#define HCR_BIT_FMO HYP_BIT(3)
#define HCR_BIT_IMO HYP_BIT(4)
#define HCR_BIT_AMO HYP_BIT(5)
#define HCR_BIT_VSE HYP_BIT(8)
#define HCR_BIT_FB HYP_BIT(9)
#define HCR_BSU_INNER HYP_VAL(1, 10)
#define HCR_BIT_TWI HYP_BIT(13)
#define HCR_BIT_TWE HYP_BIT(14)
#define HCR_BIT_TID1 HYP_BIT(16)
#define HCR_BIT_TID3 HYP_BIT(18)
#define HCR_BIT_TSC HYP_BIT(19)
#define HCR_BIT_TIDCP HYP_BIT(20)
#define HCR_BIT_TACR HYP_BIT(21)
#define HCR_BIT_TSW HYP_BIT(22)
#define HCR_BIT_TVM HYP_BIT(26)
#define HCR_BIT_TGE HYP_BIT(27)
#define HCR_BIT_RW HYP_BIT(31)
#define HCR_BIT_E2H HYP_BIT(34)
#define HCR_BIT_TLOR HYP_BIT(35)
#define HCR_BIT_TERR HYP_BIT(36)
#define HCR_BIT_TEA HYP_BIT(37)
#define HCR_BIT_FWB HYP_BIT(46)
#define HCR_BIT_TID5 HYP_BIT(58)

/* CPTR_EL2: HCR_EL2.E2H = 0 */
#define CPTR_NVHE_RES1 0x33ff
#define CPTR_NVHE_TZ HYP_BIT(8)
#define CPTR_NVHE_TFP HYP_BIT(10)
#define CPTR_NVHE_TSM HYP_BIT(12)
#define CPTR_NVHE_TTA HYP_BIT(20)
#define CPTR_NVHE_TAM HYP_BIT(30)
/* CPTR_EL2: E2H = 1, laid out like CPACR_EL1; 0 in ZEN, SMEN, FPEN traps */
#define CPTR_VHE_FPEN HYP_VAL(3, 20)
#define CPTR_VHE_TTA HYP_BIT(28)
#define CPTR_VHE_TAM HYP_BIT(30)

/* MDCR_EL2 */
#define MDCR_HPMN_MASK 0x1f
#define MDCR_BIT_TPMCR HYP_BIT(5)
#define MDCR_BIT_TPM HYP_BIT(6)
#define MDCR_BIT_TDE HYP_BIT(8)
#define MDCR_BIT_TDA HYP_BIT(9)
#define MDCR_BIT_TDOSA HYP_BIT(10)
#define MDCR_BIT_TDRA HYP_BIT(11)
#define MDCR_BIT_TPMS HYP_BIT(14)
#define MDCR_BIT_TTRF HYP_BIT(19)

/* MDSCR_EL1: what makes a debug exception */
#define MDSCR_BIT_SS HYP_BIT(0)
#define MDSCR_BIT_KDE HYP_BIT(13)
#define MDSCR_BIT_MDE HYP_BIT(15)

/* CNTHCTL_EL2: E2H = 0, and E2H = 1 */
#define CNTHCTL_NVHE_EL1PCTEN HYP_BIT(0)
#define CNTHCTL_NVHE_EL1PCEN HYP_BIT(1)
#define CNTHCTL_VHE_EL1PCTEN HYP_BIT(10)
#define CNTHCTL_VHE_EL1PTEN HYP_BIT(11)

/* SCTLR_EL2, E2H = 0 */
#define HYP_SCTLR_RES1 0x30c50830
#define SCTLR_BIT_M HYP_BIT(0)
#define SCTLR_BIT_C HYP_BIT(2)
#define SCTLR_BIT_SA HYP_BIT(3)
#define SCTLR_BIT_I HYP_BIT(12)
#define SCTLR_BIT_WXN HYP_BIT(19)

/* TCR_EL1 */
#define TCR_BIT_EPD0 HYP_BIT(7)
#define TCR_BIT_EPD1 HYP_BIT(23)

/* ESR_ELx */
#define ESR_EC_SHIFT 26
#define ESR_EC_ILLEGAL 0x0e
#define ESR_EC_HVC64 0x16
#define ESR_EC_IABT_LOW 0x20
#define ESR_EC_DABT_LOW 0x24
#define ESR_BIT_S1PTW HYP_BIT(7)
#define ESR_FSC_TYPE 0x3c
#define ESR_FSC_PERM 0x0c

/* ICC_SRE_ELx, ICH_HCR_EL2 */
#define ICC_SRE_BIT_SRE HYP_BIT(0)
#define ICC_SRE_BIT_ENABLE HYP_BIT(3)
#define ICH_HCR_BIT_EN HYP_BIT(0)

/* SPSR_ELx */
#define SPSR_BIT_IL HYP_BIT(20)
#define SPSR_BIT_SS HYP_BIT(21)

/* What a return from the guest was. */
#define HYP_EXIT_SYNC 0
#define HYP_EXIT_IRQ 1
#define HYP_EXIT_FIQ 2
#define HYP_EXIT_SERROR 3
#define HYP_EXIT_ILLEGAL 4 /* the guest's PSTATE was refused by ERET */
#define HYP_EXIT_BUG 5 /* an exception of our own at EL2 */
#define HYP_EXIT_RETRY 6 /* nothing to do: enter again */

/* struct hyp_vcpu.mitigate: what an exit does against branch injection */
#define HYP_MITIGATE_NONE 0
#define HYP_MITIGATE_LOOP 1 /* mitigate_loops branches */
#define HYP_MITIGATE_CLRBHB 2
#define HYP_MITIGATE_WA1 3 /* SMCCC_ARCH_WORKAROUND_1 */
#define HYP_MITIGATE_WA3 4 /* SMCCC_ARCH_WORKAROUND_3 */

/* Calls into the EL2 image: x0; arguments in x1...; result in x0. */
#define HYP_CALL_BASE 0x41780000
#define HYP_CALL_INIT (HYP_CALL_BASE + 0)
#define HYP_CALL_RELEASE (HYP_CALL_BASE + 1)
#define HYP_CALL_RUN (HYP_CALL_BASE + 2)
#define HYP_CALL_PUT (HYP_CALL_BASE + 3)
#define HYP_CALL_TLBI_VMID (HYP_CALL_BASE + 4)
#define HYP_CALL_TLBI_RANGE (HYP_CALL_BASE + 5)
#define HYP_CALL_TLBI_ALL (HYP_CALL_BASE + 6)
#define HYP_CALL_TLBI_EL2 (HYP_CALL_BASE + 7)
#define HYP_CALL_READ (HYP_CALL_BASE + 8)
#define HYP_CALL_NR 9

/* What HYP_CALL_READ reads: x1. */
#define HYP_READ_ICH_VTR 0
#define HYP_READ_MDCR 1
#define HYP_READ_ICH_VMCR 2

/* Calls of the kernel's stub, its ABI. */
#define STUB_SET_VECTORS 0
#define STUB_SOFT_RESTART 1
#define STUB_RESET_VECTORS 2
#define STUB_ERR 0xbadca11

#define HYP_MAGIC 0x6d767861 /* "axvm", first word of the image */

#endif /* AXVM_HYP_BITS_H */
