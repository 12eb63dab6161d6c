// SPDX-License-Identifier: GPL-2.0
/* Goes over its pages again and again: each holds what was left there. */
#include "lib.h"

void guest_main(u64 index)
{
	u64 begin = ARG(1), end = ARG(1) + ARG(2) * 4096, rounds = ARG(3);
	u64 want = 0, round, at;

	(void)index;
	for (round = 1; round <= rounds; round++) {
		u64 leave = ARG(0) + round;

		for (at = begin; at < end; at += 4096) {
			volatile u64 *p = (volatile u64 *)at;

			if (*p != (want ? want ^ at : 0))
				OUT(0)++;
			*p = leave ^ at;
		}
		want = leave;
		OUT(1) = round;
	}
}
