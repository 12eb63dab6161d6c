// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes at ARG 0 (no memory there) of every width.  OUT n: what
 * each read gave.
 */
#include "lib.h"

void guest_main(u64 index)
{
	u64 at = ARG(0), v;

	(void)index;
	asm volatile("strb %w1, [%0]" : : "r"(at), "r"(0x11) : "memory");
	asm volatile("strh %w1, [%0]" : : "r"(at + 2), "r"(0x2222) : "memory");
	asm volatile("str %w1, [%0]"
		     :
		     : "r"(at + 4), "r"(0x33333333)
		     : "memory");
	asm volatile("str %1, [%0]"
		     :
		     : "r"(at + 8), "r"(0x4444444444444444ull)
		     : "memory");
	asm volatile("ldrb %w0, [%1]" : "=r"(v) : "r"(at + 0x10));
	OUT(0) = v;
	asm volatile("ldrh %w0, [%1]" : "=r"(v) : "r"(at + 0x12));
	OUT(1) = v;
	asm volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at + 0x14));
	OUT(2) = v;
	asm volatile("ldr %0, [%1]" : "=r"(v) : "r"(at + 0x18));
	OUT(3) = v;
	asm volatile("ldrsb %0, [%1]" : "=r"(v) : "r"(at + 0x20));
	OUT(4) = v;
	asm volatile("ldrsb %w0, [%1]" : "=r"(v) : "r"(at + 0x20));
	OUT(5) = v;
	asm volatile("ldrsh %0, [%1]" : "=r"(v) : "r"(at + 0x22));
	OUT(6) = v;
	asm volatile("ldrsw %0, [%1]" : "=r"(v) : "r"(at + 0x24));
	OUT(7) = v;
	asm volatile("str wzr, [%0]" : : "r"(at + 0x28) : "memory");
	asm volatile("ldr wzr, [%0]" : : "r"(at + 0x2c) : "memory");
}
