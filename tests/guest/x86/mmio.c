// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes at ARG 0 (no memory there, mapped by the guest's tables)
 * of every width and by several instructions.  OUT n: what each read gave.
 */
#include "lib.h"

void guest_main(u64 index)
{
	volatile u8 *at = (volatile u8 *)ARG(0);
	u64 v = 0x1111111111111111ull;
	u8 b = 0x5a;

	(void)index;
	*(volatile u8 *)(at + 0) = 0x11;
	*(volatile u16 *)(at + 2) = 0x2222;
	*(volatile u32 *)(at + 4) = 0x33333333;
	*(volatile u64 *)(at + 8) = 0x4444444444444444ull;
	OUT(0) = *(volatile u8 *)(at + 0x10);
	OUT(1) = *(volatile u16 *)(at + 0x12);
	OUT(2) = *(volatile u32 *)(at + 0x14);
	OUT(3) = *(volatile u64 *)(at + 0x18);
	asm volatile("movsbl (%1), %k0" : "=r"(v) : "r"(at + 0x20));
	OUT(4) = v;
	asm volatile("movzwl (%1), %k0" : "=r"(v) : "r"(at + 0x22));
	OUT(5) = v;
	v = 0x1111111111111111ull;
	asm volatile("movb (%1), %b0" : "+r"(v) : "r"(at + 0x20));
	OUT(6) = v; /* upper bytes stay */
	asm volatile("movq $-2, (%0)" : : "r"(at + 0x28) : "memory");
	asm volatile("movb %h1, (%0)" : : "r"(at + 0x30), "Q"(0x7700)
		     : "memory");
	asm volatile("testb %1, (%0); setz %1" : "+r"(at), "+q"(b) : : "cc");
	OUT(7) = b;
	asm volatile("orl $0x10, (%0)" : : "r"(at + 0x34) : "memory", "cc");
}
