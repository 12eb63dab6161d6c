// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for SVE and SME, which guests have not: OUT 0 ID_AA64PFR0_EL1.SVE, 1
 * ID_AA64ZFR0_EL1, 2 syndrome of a vector instruction, 3 of ZCR_EL1, 4
 * ID_AA64PFR1_EL1.SME, 5 syndrome of SMSTART.
 */
#include "lib.h"

void guest_main(u64 index)
{
	(void)index;
	/* What it would switch on; else the traps were its own. */
	WRITE(cpacr_el1, READ(cpacr_el1) | 3 << 16 | 3 << 24);
	OUT(0) = READ(id_aa64pfr0_el1) >> 32 & 15;
	OUT(1) = READ(s3_0_c0_c4_4);
	OUT(2) = TRY(".inst 0x0420e3e0" /* cntb x0 */, : : : "x0", "memory");
	OUT(3) = TRY("mrs x0, s3_0_c1_c2_0", : : : "x0", "memory");
	OUT(4) = READ(id_aa64pfr1_el1) >> 24 & 15;
	OUT(5) = TRY(".inst 0xd503477f" /* smstart */, : : : "memory");
}
