// SPDX-License-Identifier: GPL-2.0
/* Counts for ever, without an exit of its own. */
#include "lib.h"

void guest_main(u64 index)
{
	(void)index;
	for (;;)
		OUT(0)++;
}
