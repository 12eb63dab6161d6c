// SPDX-License-Identifier: GPL-2.0
/*
 * Takes ARG 0 interrupts in HLT, counting them by vector.  OUT 1: how often it
 * was woken; OUT 2: 1 when an interrupt was taken in the shadow of STI.
 */
#include "lib.h"

static volatile u64 taken;

static void on_irq(struct trap_frame *frame)
{
	taken++;
	OUT(0) = taken;
	OUT(8 + (frame->vector & 0xff))++;
}

void guest_main(u64 index)
{
	(void)index;
	irq_handler = on_irq;
	while (taken < ARG(0)) {
		asm volatile("sti; hlt; cli" : : : "memory");
		OUT(1)++;
	}
}
