// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the table of system registers that a guest's accesses trap for.  Only
 * data: what a kind means is sysreg.c's.  A register that is not here is
 * unknown, which is not the same as hidden.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/sysreg.h"
#include "arch/arm64/emul/sysreg_table.h"
#include "uapi/axvm_arm64.h"

#define SR AXVM_ARM64_SYSREG
#define RW (VSYS_R | VSYS_W)

#define WORD GENMASK_ULL(31, 0)
#define DBG_ADDRESS (~3ull)
#define DBGBCR_FIELDS \
	(GENMASK_ULL(23, 13) | GENMASK_ULL(8, 5) | GENMASK_ULL(2, 0))
#define DBGWCR_FIELDS (GENMASK_ULL(28, 24) | GENMASK_ULL(20, 0))
#define MDCCINT_FIELDS GENMASK_ULL(30, 29)
/* SS, ERR, TDCC to MDE, SC2, TDA, INTdis, TXU, RXO, TXfull, RXfull */
#define MDSCR_FIELDS                                                   \
	(BIT_ULL(0) | BIT_ULL(6) | GENMASK_ULL(15, 12) | BIT_ULL(19) | \
	 GENMASK_ULL(23, 21) | GENMASK_ULL(27, 26) | GENMASK_ULL(30, 29))
/* External debug: implemented, disabled; no secure state. */
#define DBGAUTHSTATUS 0xa

#define ROW(f, l, k, fl, s, m, n)                                       \
	{                                                               \
		.first = f, .last = l, .kind = VSYS_K_##k, .flags = fl, \
		.slot = s, .mask = m, .name = n                         \
	}
#define HIDDEN(first, last, name) ROW(first, last, UNDEF, RW, 0, 0, name)
#define HIDE(at, name) HIDDEN(at, at, name)
#define IDS(first, last, name) ROW(first, last, ID, VSYS_R, 0, 0, name)
#define ID(at, name) IDS(at, at, name)
#define STATE(at, flags, slot, mask, name) \
	ROW(at, at, STATE, flags, slot, mask, name)
#define VALUE(at, value, name) ROW(at, at, READ, VSYS_R, 0, value, name)
#define ONE(at, kind, flags, name) ROW(at, at, kind, flags, 0, 0, name)
#define RUN(first, last, kind, name) ROW(first, last, kind, RW, 0, 0, name)

/* clang-format off */
const struct vsys_row vsys_rows[] = {
	ONE(SR(1, 0, 7, 6, 2), SETWAY, VSYS_W, "DC ISW"),
	HIDDEN(SR(1, 0, 7, 6, 4), SR(1, 0, 7, 6, 6), "DC IGSW"),
	ONE(SR(1, 0, 7, 10, 2), SETWAY, VSYS_W, "DC CSW"),
	HIDDEN(SR(1, 0, 7, 10, 4), SR(1, 0, 7, 10, 6), "DC CGSW"),
	ONE(SR(1, 0, 7, 14, 2), SETWAY, VSYS_W, "DC CISW"),
	HIDDEN(SR(1, 0, 7, 14, 4), SR(1, 0, 7, 14, 6), "DC CIGSW"),
	STATE(SR(2, 0, 0, 0, 2), RW, VSYS_OSDTRRX_EL1, WORD, "OSDTRRX_EL1"),
	STATE(SR(2, 0, 0, 0, 4), RW, VSYS_DBGBVR0 + 0, DBG_ADDRESS, "DBGBVR0_EL1"),
	STATE(SR(2, 0, 0, 0, 5), RW, VSYS_DBGBCR0 + 0, DBGBCR_FIELDS, "DBGBCR0_EL1"),
	STATE(SR(2, 0, 0, 0, 6), RW, VSYS_DBGWVR0 + 0, DBG_ADDRESS, "DBGWVR0_EL1"),
	STATE(SR(2, 0, 0, 0, 7), RW, VSYS_DBGWCR0 + 0, DBGWCR_FIELDS, "DBGWCR0_EL1"),
	STATE(SR(2, 0, 0, 1, 4), RW, VSYS_DBGBVR0 + 1, DBG_ADDRESS, "DBGBVR1_EL1"),
	STATE(SR(2, 0, 0, 1, 5), RW, VSYS_DBGBCR0 + 1, DBGBCR_FIELDS, "DBGBCR1_EL1"),
	STATE(SR(2, 0, 0, 1, 6), RW, VSYS_DBGWVR0 + 1, DBG_ADDRESS, "DBGWVR1_EL1"),
	STATE(SR(2, 0, 0, 1, 7), RW, VSYS_DBGWCR0 + 1, DBGWCR_FIELDS, "DBGWCR1_EL1"),
	STATE(SR(2, 0, 0, 2, 0), RW, VSYS_MDCCINT_EL1, MDCCINT_FIELDS, "MDCCINT_EL1"),
	STATE(SR(2, 0, 0, 2, 2), RW, VSYS_MDSCR_EL1, MDSCR_FIELDS, "MDSCR_EL1"),
	HIDDEN(SR(2, 0, 0, 2, 4), SR(2, 0, 0, 2, 7), "DBGBVR2_EL1 and its like"),
	STATE(SR(2, 0, 0, 3, 2), RW, VSYS_OSDTRTX_EL1, WORD, "OSDTRTX_EL1"),
	HIDDEN(SR(2, 0, 0, 3, 4), SR(2, 0, 0, 3, 7), "DBGBVR3_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 4, 4), SR(2, 0, 0, 4, 7), "DBGBVR4_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 5, 4), SR(2, 0, 0, 5, 7), "DBGBVR5_EL1 and its like"),
	STATE(SR(2, 0, 0, 6, 2), RW, VSYS_OSECCR_EL1, WORD, "OSECCR_EL1"),
	HIDDEN(SR(2, 0, 0, 6, 4), SR(2, 0, 0, 6, 7), "DBGBVR6_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 7, 4), SR(2, 0, 0, 7, 7), "DBGBVR7_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 8, 4), SR(2, 0, 0, 8, 7), "DBGBVR8_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 9, 4), SR(2, 0, 0, 9, 7), "DBGBVR9_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 10, 4), SR(2, 0, 0, 10, 7), "DBGBVR10_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 11, 4), SR(2, 0, 0, 11, 7), "DBGBVR11_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 12, 4), SR(2, 0, 0, 12, 7), "DBGBVR12_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 13, 4), SR(2, 0, 0, 13, 7), "DBGBVR13_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 14, 4), SR(2, 0, 0, 14, 7), "DBGBVR14_EL1 and its like"),
	HIDDEN(SR(2, 0, 0, 15, 4), SR(2, 0, 0, 15, 7), "DBGBVR15_EL1 and its like"),
	VALUE(SR(2, 0, 1, 0, 0), 0, "MDRAR_EL1"),
	ONE(SR(2, 0, 1, 0, 4), OSLAR, VSYS_W, "OSLAR_EL1"),
	STATE(SR(2, 0, 1, 1, 4), VSYS_R, VSYS_OSLSR_EL1, 0, "OSLSR_EL1"),
	ONE(SR(2, 0, 1, 3, 4), RAZ_WI, RW, "OSDLR_EL1"),
	STATE(SR(2, 0, 1, 4, 4), RW, VSYS_DBGPRCR_EL1, 1, "DBGPRCR_EL1"),
	ONE(SR(2, 0, 7, 8, 6), CLAIMSET, RW, "DBGCLAIMSET_EL1"),
	ONE(SR(2, 0, 7, 9, 6), CLAIMCLR, RW, "DBGCLAIMCLR_EL1"),
	VALUE(SR(2, 0, 7, 14, 6), DBGAUTHSTATUS, "DBGAUTHSTATUS_EL1"),
	HIDDEN(SR(2, 1, 0, 0, 0), SR(2, 1, 15, 15, 7), "trace and branch record registers"),
	VALUE(SR(2, 3, 0, 1, 0), 0, "MDCCSR_EL0"),
	ONE(SR(2, 3, 0, 4, 0), RAZ_WI, RW, "DBGDTR_EL0"),
	ONE(SR(2, 3, 0, 5, 0), RAZ_WI, RW, "DBGDTRRX_EL0, DBGDTRTX_EL0"),
	IDS(SR(3, 0, 0, 1, 0), SR(3, 0, 0, 3, 7), "ID registers of AArch32"),
	ID(SR(3, 0, 0, 4, 0), "ID_AA64PFR0_EL1"),
	ID(SR(3, 0, 0, 4, 1), "ID_AA64PFR1_EL1"),
	ID(SR(3, 0, 0, 4, 2), "ID_AA64PFR2_EL1"),
	ID(SR(3, 0, 0, 4, 3), "reserved ID register"),
	ID(SR(3, 0, 0, 4, 4), "ID_AA64ZFR0_EL1"),
	ID(SR(3, 0, 0, 4, 5), "ID_AA64SMFR0_EL1"),
	ID(SR(3, 0, 0, 4, 6), "reserved ID register"),
	ID(SR(3, 0, 0, 4, 7), "ID_AA64FPFR0_EL1"),
	ID(SR(3, 0, 0, 5, 0), "ID_AA64DFR0_EL1"),
	ID(SR(3, 0, 0, 5, 1), "ID_AA64DFR1_EL1"),
	ID(SR(3, 0, 0, 5, 2), "ID_AA64DFR2_EL1"),
	ID(SR(3, 0, 0, 5, 3), "reserved ID register"),
	ID(SR(3, 0, 0, 5, 4), "ID_AA64AFR0_EL1"),
	ID(SR(3, 0, 0, 5, 5), "ID_AA64AFR1_EL1"),
	IDS(SR(3, 0, 0, 5, 6), SR(3, 0, 0, 5, 7), "reserved ID register"),
	ID(SR(3, 0, 0, 6, 0), "ID_AA64ISAR0_EL1"),
	ID(SR(3, 0, 0, 6, 1), "ID_AA64ISAR1_EL1"),
	ID(SR(3, 0, 0, 6, 2), "ID_AA64ISAR2_EL1"),
	ID(SR(3, 0, 0, 6, 3), "ID_AA64ISAR3_EL1"),
	IDS(SR(3, 0, 0, 6, 4), SR(3, 0, 0, 6, 7), "reserved ID register"),
	ID(SR(3, 0, 0, 7, 0), "ID_AA64MMFR0_EL1"),
	ID(SR(3, 0, 0, 7, 1), "ID_AA64MMFR1_EL1"),
	ID(SR(3, 0, 0, 7, 2), "ID_AA64MMFR2_EL1"),
	ID(SR(3, 0, 0, 7, 3), "ID_AA64MMFR3_EL1"),
	ID(SR(3, 0, 0, 7, 4), "ID_AA64MMFR4_EL1"),
	IDS(SR(3, 0, 0, 7, 5), SR(3, 0, 0, 7, 7), "reserved ID register"),
	ONE(SR(3, 0, 1, 0, 0), VM, RW, "SCTLR_EL1"),
	STATE(SR(3, 0, 1, 0, 1), RW, VSYS_ACTLR_EL1, 0, "ACTLR_EL1"),
	HIDE(SR(3, 0, 1, 0, 3), "SCTLR2_EL1"),
	HIDE(SR(3, 0, 1, 0, 5), "RGSR_EL1"),
	HIDE(SR(3, 0, 1, 0, 6), "GCR_EL1"),
	HIDE(SR(3, 0, 1, 2, 0), "ZCR_EL1"),
	HIDE(SR(3, 0, 1, 2, 1), "TRFCR_EL1"),
	HIDE(SR(3, 0, 1, 2, 3), "TRCITECR_EL1"),
	HIDE(SR(3, 0, 1, 2, 4), "SMPRI_EL1"),
	HIDE(SR(3, 0, 1, 2, 6), "SMCR_EL1"),
	ONE(SR(3, 0, 2, 0, 0), VM, RW, "TTBR0_EL1"),
	ONE(SR(3, 0, 2, 0, 1), VM, RW, "TTBR1_EL1"),
	ONE(SR(3, 0, 2, 0, 2), VM, RW, "TCR_EL1"),
	HIDE(SR(3, 0, 2, 0, 3), "TCR2_EL1"),
	HIDDEN(SR(3, 0, 2, 1, 0), SR(3, 0, 2, 3, 1), "pointer authentication keys"),
	HIDDEN(SR(3, 0, 2, 5, 0), SR(3, 0, 2, 5, 2), "guarded control stack registers"),
	ONE(SR(3, 0, 4, 6, 0), GIC, RW, "ICC_PMR_EL1"),
	ONE(SR(3, 0, 5, 1, 0), VM, RW, "AFSR0_EL1"),
	ONE(SR(3, 0, 5, 1, 1), VM, RW, "AFSR1_EL1"),
	ONE(SR(3, 0, 5, 2, 0), VM, RW, "ESR_EL1"),
	HIDDEN(SR(3, 0, 5, 3, 0), SR(3, 0, 5, 5, 7), "error record registers"),
	HIDE(SR(3, 0, 5, 6, 0), "TFSR_EL1"),
	HIDE(SR(3, 0, 5, 6, 1), "TFSRE0_EL1"),
	ONE(SR(3, 0, 6, 0, 0), VM, RW, "FAR_EL1"),
	HIDE(SR(3, 0, 6, 0, 5), "PFAR_EL1"),
	HIDDEN(SR(3, 0, 9, 9, 0), SR(3, 0, 9, 14, 7), "statistical profiling, trace buffer, PMU"),
	ONE(SR(3, 0, 10, 2, 0), VM, RW, "MAIR_EL1"),
	HIDDEN(SR(3, 0, 10, 2, 1), SR(3, 0, 10, 2, 5), "MAIR2_EL1 and permission registers"),
	ONE(SR(3, 0, 10, 3, 0), VM, RW, "AMAIR_EL1"),
	HIDE(SR(3, 0, 10, 3, 1), "AMAIR2_EL1"),
	HIDDEN(SR(3, 0, 10, 4, 0), SR(3, 0, 10, 5, 7), "LORegion and MPAM registers"),
	ONE(SR(3, 0, 12, 8, 0), GIC, VSYS_R, "ICC_IAR0_EL1"),
	ONE(SR(3, 0, 12, 8, 1), GIC, VSYS_W, "ICC_EOIR0_EL1"),
	ONE(SR(3, 0, 12, 8, 2), GIC, VSYS_R, "ICC_HPPIR0_EL1"),
	ONE(SR(3, 0, 12, 8, 3), GIC, RW, "ICC_BPR0_EL1"),
	RUN(SR(3, 0, 12, 8, 4), SR(3, 0, 12, 8, 7), GIC, "ICC_AP0R_EL1"),
	RUN(SR(3, 0, 12, 9, 0), SR(3, 0, 12, 9, 3), GIC, "ICC_AP1R_EL1"),
	HIDE(SR(3, 0, 12, 9, 5), "ICC_NMIAR1_EL1"),
	ONE(SR(3, 0, 12, 11, 1), GIC, VSYS_W, "ICC_DIR_EL1"),
	ONE(SR(3, 0, 12, 11, 3), GIC, VSYS_R, "ICC_RPR_EL1"),
	ONE(SR(3, 0, 12, 11, 5), GIC, VSYS_W, "ICC_SGI1R_EL1"),
	ONE(SR(3, 0, 12, 11, 6), GIC, VSYS_W, "ICC_ASGI1R_EL1"),
	ONE(SR(3, 0, 12, 11, 7), GIC, VSYS_W, "ICC_SGI0R_EL1"),
	ONE(SR(3, 0, 12, 12, 0), GIC, VSYS_R, "ICC_IAR1_EL1"),
	ONE(SR(3, 0, 12, 12, 1), GIC, VSYS_W, "ICC_EOIR1_EL1"),
	ONE(SR(3, 0, 12, 12, 2), GIC, VSYS_R, "ICC_HPPIR1_EL1"),
	ONE(SR(3, 0, 12, 12, 3), GIC, RW, "ICC_BPR1_EL1"),
	ONE(SR(3, 0, 12, 12, 4), GIC, RW, "ICC_CTLR_EL1"),
	ONE(SR(3, 0, 12, 12, 5), GIC, RW, "ICC_SRE_EL1"),
	ONE(SR(3, 0, 12, 12, 6), GIC, RW, "ICC_IGRPEN0_EL1"),
	ONE(SR(3, 0, 12, 12, 7), GIC, RW, "ICC_IGRPEN1_EL1"),
	ONE(SR(3, 0, 13, 0, 1), VM, RW, "CONTEXTIDR_EL1"),
	HIDE(SR(3, 0, 13, 0, 5), "ACCDATA_EL1"),
	HIDE(SR(3, 0, 13, 0, 7), "SCXTNUM_EL1"),
	HIDE(SR(3, 1, 0, 0, 4), "GMID_EL1"),
	HIDE(SR(3, 1, 0, 0, 6), "SMIDR_EL1"),
	HIDE(SR(3, 3, 2, 5, 1), "GCSPR_EL0"),
	HIDDEN(SR(3, 3, 9, 12, 0), SR(3, 3, 9, 14, 7), "PMU"),
	HIDE(SR(3, 3, 10, 2, 4), "POR_EL0"),
	HIDE(SR(3, 3, 13, 0, 5), "TPIDR2_EL0"),
	HIDE(SR(3, 3, 13, 0, 7), "SCXTNUM_EL0"),
	HIDDEN(SR(3, 3, 13, 2, 0), SR(3, 3, 13, 15, 7), "activity monitors"),
	ONE(SR(3, 3, 14, 0, 1), TIMER, VSYS_R, "CNTPCT_EL0"),
	HIDE(SR(3, 3, 14, 0, 5), "CNTPCTSS_EL0"),
	HIDE(SR(3, 3, 14, 0, 6), "CNTVCTSS_EL0"),
	ONE(SR(3, 3, 14, 2, 0), TIMER, RW, "CNTP_TVAL_EL0"),
	ONE(SR(3, 3, 14, 2, 1), TIMER, RW, "CNTP_CTL_EL0"),
	ONE(SR(3, 3, 14, 2, 2), TIMER, RW, "CNTP_CVAL_EL0"),
	HIDDEN(SR(3, 3, 14, 8, 0), SR(3, 3, 14, 15, 7), "PMU event registers"),
};
/* clang-format on */

const unsigned int vsys_nr_rows = ARRAY_SIZE(vsys_rows);
