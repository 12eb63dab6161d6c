// SPDX-License-Identifier: GPL-2.0
/*
 * What hangs on CPUID.  OUT 0-2: EBX, ECX, EDX of leaf 7; OUT 3: vector of a
 * move that sets CR4.FSGSBASE; OUT 4: of writing TSC_AUX.
 */
#include "lib.h"

void guest_main(u64 index)
{
	u32 r[4];

	(void)index;
	cpuid(7, 0, r);
	OUT(0) = r[1];
	OUT(1) = r[2];
	OUT(2) = r[3];
	OUT(3) = try_write_cr4(read_cr4() | 1 << 16);
	OUT(4) = try_wrmsr(0xc0000103, 5);
}
