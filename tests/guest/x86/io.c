// SPDX-License-Identifier: GPL-2.0
/*
 * Port I/O at 0x500-0x50f of every width, and string I/O.
 * OUT 0-2: IN of 1, 2, 4 bytes; OUT 3: upper half of RAX after IN of 1 byte
 * with RAX preset; OUT 4: RCX after REP OUTSB; OUT 5: RSI advance; OUT 6: sum
 * of what REP INSW read (5 words); OUT 7: RDI advance with DF set, negative;
 * OUT 8: IN at an unclaimed port.
 */
#include "lib.h"

static u8 text[8] = "abcdefg";
static u16 words[8];

void guest_main(u64 index)
{
	u64 rax = 0x1122334455667788ull, rcx = 7, rsi = (u64)text;
	u64 rdi = (u64)words;
	unsigned int i;

	(void)index;
	outb(0x500, 0x11);
	outw(0x502, 0x2222);
	outl(0x504, 0x33333333);
	OUT(0) = inb(0x500);
	OUT(1) = inw(0x502);
	OUT(2) = inl(0x504);
	asm volatile("inb %%dx, %%al" : "+a"(rax) : "d"(0x500));
	OUT(3) = rax;
	asm volatile("cld; rep outsb"
		     : "+c"(rcx), "+S"(rsi) : "d"(0x508) : "memory");
	OUT(4) = rcx;
	OUT(5) = rsi - (u64)text;
	rcx = 5;
	asm volatile("rep insw" : "+c"(rcx), "+D"(rdi) : "d"(0x50a)
		     : "memory");
	for (i = 0; i < 5; i++)
		OUT(6) += words[i];
	rcx = 3;
	rdi = (u64)&words[7];
	asm volatile("std; rep insw; cld" : "+c"(rcx), "+D"(rdi) : "d"(0x50a)
		     : "memory");
	OUT(7) = rdi - (u64)&words[7];
	OUT(8) = inl(0x600);
}
