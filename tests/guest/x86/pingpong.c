// SPDX-License-Identifier: GPL-2.0
/* Two vCPUs pass a word to and fro; even values are vCPU 0's turn. */
#include "lib.h"

void guest_main(u64 index)
{
	u64 turn;

	for (turn = index; turn < ARG(0); turn += 2) {
		while (OUT(0) != turn)
			asm volatile("pause");
		OUT(1 + index)++;
		OUT(0) = turn + 1;
	}
}
