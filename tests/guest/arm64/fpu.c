// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps patterns in all SIMD registers, FPSR and FPCR across exits and counts
 * registers that changed.
 */
#include "lib.h"

static u64 want[32][2], got[32][2];

static void make_pattern(u64 seed)
{
	unsigned int i, j;

	for (i = 0; i < 32; i++)
		for (j = 0; j < 2; j++) {
			seed = seed * 6364136223846793005ull +
			       1442695040888963407ull;
			want[i][j] = seed;
		}
}

#define EACH_PAIR(op, base)                                                   \
	asm volatile(                                                         \
		".arch_extension fp; .arch_extension simd\n\t" op             \
		" q0, q1, [%0]\n\t" op " q2, q3, [%0, #32]\n\t" op            \
		" q4, q5, [%0, #64]\n\t" op " q6, q7, [%0, #96]\n\t" op       \
		" q8, q9, [%0, #128]\n\t" op " q10, q11, [%0, #160]\n\t" op   \
		" q12, q13, [%0, #192]\n\t" op " q14, q15, [%0, #224]\n\t" op \
		" q16, q17, [%0, #256]\n\t" op " q18, q19, [%0, #288]\n\t" op \
		" q20, q21, [%0, #320]\n\t" op " q22, q23, [%0, #352]\n\t" op \
		" q24, q25, [%0, #384]\n\t" op " q26, q27, [%0, #416]\n\t" op \
		" q28, q29, [%0, #448]\n\t" op " q30, q31, [%0, #480]"        \
		:                                                             \
		: "r"(base)                                                   \
		: "memory")

void guest_main(u64 index)
{
	volatile u64 spin;
	unsigned int i, j;
	u64 round;

	(void)index;
	for (round = 0; round < ARG(1); round++) {
		make_pattern(ARG(0) + round);
		EACH_PAIR("ldp", want);
		asm volatile(".arch_extension fp\n\tmsr fpcr, %0"
			     :
			     : "r"((round & 3) << 22));
		hvc(0x84000000, 0, 0, 0, 0, 0, 0, 0);
		for (spin = 0; spin < 2000; spin++)
			;
		EACH_PAIR("stp", got);
		if ((READ(fpcr) >> 22 & 3) != (round & 3))
			OUT(0)++;
		for (i = 0; i < 32; i++)
			for (j = 0; j < 2; j++)
				if (got[i][j] != want[i][j])
					OUT(0)++;
		OUT(1) = round + 1;
	}
}
