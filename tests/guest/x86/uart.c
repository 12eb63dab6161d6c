// SPDX-License-Identifier: GPL-2.0
/*
 * Probes the UART at 0x3f8 as drivers do, then echoes lines.
 * OUT 0: IER after writing 0, OUT 1: after 0x0f; OUT 2: MSR & 0xf0 in loopback
 * with RTS and OUT2; OUT 3: IIR >> 6 with FIFOs on; OUT 4: bytes that the
 * receive FIFO holds in loopback; OUT 5, 6: IIR after enabling THRE twice;
 * OUT 7: LSR; then input is echoed in upper case until '.', counted in OUT 8.
 */
#include "lib.h"

enum { DATA = 0x3f8, IER, IIR, LCR, MCR, LSR, MSR, SCR };

static void probe(void)
{
	unsigned int n;

	outb(IER, 0);
	OUT(0) = inb(IER);
	outb(IER, 0x0f);
	OUT(1) = inb(IER);
	outb(IER, 0);
	outb(MCR, 0x1a);
	OUT(2) = inb(MSR) & 0xf0;
	outb(IIR, 7);
	OUT(3) = inb(IIR) >> 6;
	outb(MCR, 0x10);
	for (n = 0; n < 64; n++)
		outb(DATA, n);
	for (n = 0; inb(LSR) & 1; n++)
		inb(DATA);
	OUT(4) = n;
	outb(MCR, 0x03);
	outb(IER, 2);
	OUT(5) = inb(IIR);
	outb(IER, 0);
	outb(IER, 2);
	OUT(6) = inb(IIR);
	outb(IER, 0);
	OUT(7) = inb(LSR);
}

void guest_main(u64 index)
{
	u8 c = 0;

	(void)index;
	probe();
	puts("ready\n");
	while (c != '.') {
		while (!(inb(LSR) & 1))
			asm volatile("pause");
		c = inb(DATA);
		outb(DATA, c >= 'a' && c <= 'z' ? c - 32 : c);
		OUT(8)++;
	}
}
