// SPDX-License-Identifier: GPL-2.0
/* Touches one word of every page of a range. */
#include "lib.h"

void guest_main(u64 index)
{
	u64 at, end = ARG(0) + ARG(1);

	(void)index;
	for (at = ARG(0); at < end; at += 4096) {
		volatile u64 *p = (volatile u64 *)at;

		if (*p)
			OUT(0)++;
		*p = at ^ 0x5a5a5a5a;
		OUT(1)++;
	}
}
