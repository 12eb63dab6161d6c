// SPDX-License-Identifier: GPL-2.0
/*
 * Two vCPUs pass a word to and fro; even values are vCPU 0's turn.  With ARG 1
 * set, vCPU 0 powers vCPU 1 on itself and notes the result in OUT 4.
 */
#include "lib.h"

#define PSCI_CPU_ON 0xc4000003u

void guest_main(u64 index)
{
	u64 turn;

	if (!index && ARG(1))
		OUT(4) = hvc(PSCI_CPU_ON, 1, (u64)secondary_start, 1, 0, 0, 0,
			     0);
	for (turn = index; turn < ARG(0); turn += 2) {
		while (OUT(0) != turn)
			asm volatile("yield");
		OUT(1 + index)++;
		asm volatile("dmb sy");
		OUT(0) = turn + 1;
	}
}
