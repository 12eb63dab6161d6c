// SPDX-License-Identifier: GPL-2.0
/*
 * vCPUs 0 and 1 read the TSC in turns, ARG 0 times each: it never goes back from
 * one to the other.  Results: checks.h; OUT 5: turns; 8, 9: first and last value.
 */
#include "checks.h"

static volatile u64 last;
static volatile u32 turn;

void guest_main(u64 index)
{
	u64 n = ARG(0), i, now;

	for (i = 0; i < n; i++) {
		while (turn != index)
			asm volatile("pause");
		asm volatile("lfence" : : : "memory");
		now = rdtsc();
		if (!OUT(8))
			OUT(8) = now;
		if (now < last)
			CHECK(now, last);
		last = now;
		OUT(9) = now;
		OUT(5)++;
		turn = !index;
	}
	/* The last turn is vCPU 1's; vCPU 0 says that they are done. */
	while (!index && turn)
		asm volatile("pause");
	while (index)
		asm volatile("cli; hlt");
}
