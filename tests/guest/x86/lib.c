// SPDX-License-Identifier: GPL-2.0
/*
 * Traps of the C guests, and printing.
 */
#include "lib.h"

volatile u64 fixup_rip;
volatile u64 fault_vector;
volatile u64 fault_error;
volatile u64 fault_rip;
void (*irq_handler)(struct trap_frame *frame);
void (*nmi_handler)(void);

void guest_trap(struct trap_frame *frame)
{
	if (frame->vector >= 32 && irq_handler) {
		irq_handler(frame);
		return;
	}
	if (frame->vector == 2 && nmi_handler) {
		nmi_handler();
		return;
	}
	if (fixup_rip) {
		fault_vector = 0x100 + frame->vector;
		fault_error = frame->error;
		fault_rip = frame->rip;
		frame->rip = fixup_rip;
		frame->rflags &= ~0x100ull; /* TF */
		fixup_rip = 0;
		return;
	}
	/* Nobody expected it: say so and stay down. */
	RESULTS[GUEST_R_FAULTS]++;
	RESULTS[GUEST_R_VECTOR] = frame->vector;
	RESULTS[GUEST_R_PC] = frame->rip;
	for (;;)
		asm volatile("cli; hlt");
}

void puts(const char *s)
{
	for (; *s; s++) {
		while (!(inb(0x3fd) & 0x20))
			;
		outb(0x3f8, *s);
	}
}
