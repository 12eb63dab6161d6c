// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions of the C guests, and printing.
 */
#include "lib.h"

volatile u64 expect_trap;
volatile u64 trap_esr;
volatile u64 trap_far;
volatile u64 trap_elr;
volatile u64 *trap_counts;
void (*irq_handler)(void);

void guest_trap(u64 kind, struct trap_frame *frame)
{
	u64 esr = READ(esr_el1);

	if ((kind & 3) == 1 && irq_handler) {
		irq_handler();
		return;
	}
	if ((kind & 3) == 0 && expect_trap) {
		if (expect_trap != TRAPS_ALWAYS)
			expect_trap = 0;
		trap_esr = esr;
		trap_far = READ(far_el1);
		trap_elr = frame->elr;
		if (trap_counts)
			trap_counts[esr >> 26 & 0x3f]++;
		/* What cannot be fetched was called. */
		if ((esr >> 26 & 0x3f) == 0x21)
			frame->elr = frame->x[30];
		else
			frame->elr += 4;
		return;
	}
	/* Nobody expected it: say so and stay down. */
	RESULTS[GUEST_R_FAULTS]++;
	RESULTS[GUEST_R_VECTOR] = esr;
	RESULTS[GUEST_R_PC] = frame->elr;
	asm volatile("msr daifset, #0xf");
	for (;;)
		asm volatile("wfi");
}

void puts(const char *s)
{
	volatile u32 *uart = (volatile u32 *)0x09000000;

	for (; *s; s++) {
		while (uart[0x18 / 4] & 1u << 5)
			;
		uart[0] = *s;
	}
}
