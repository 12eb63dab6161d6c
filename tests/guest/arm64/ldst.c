// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and stores at ARG 0 (a device that keeps what is written, 256 bytes)
 * that no syndrome describes: pairs, writeback, SIMD registers.  OUT n: what
 * the registers held afterwards, see guest.h.  ARG 1: ends with one that
 * nobody can emulate.
 */
#include "lib.h"

void guest_main(u64 index)
{
	u64 at = ARG(0), p, a, b;

	(void)index;
	/* bytes 0 - 63 by pairs and writeback */
	p = at;
	asm volatile("stp %1, %2, [%0], #16"
		     : "+r"(p)
		     : "r"(0x1122334455667788ull), "r"(0x99aabbccddeeff00ull)
		     : "memory");
	asm volatile("stp %w1, %w2, [%0, #8]!"
		     : "+r"(p)
		     : "r"(0x01020304), "r"(0x85868788)
		     : "memory");
	asm volatile("str %1, [%0], #-8"
		     : "+r"(p)
		     : "r"(0xa5a5a5a5a5a5a5a5ull)
		     : "memory");
	asm volatile("strb %w1, [%0, #24]!" : "+r"(p) : "r"(0xee) : "memory");
	OUT(A64L_STORE_BASE) = p - at;

	asm volatile("ldp %0, %1, [%2]" : "=&r"(a), "=r"(b) : "r"(at));
	OUT(A64L_LDP0) = a;
	OUT(A64L_LDP1) = b;
	asm volatile("ldp %w0, %w1, [%2, #8]" : "=&r"(a), "=r"(b) : "r"(at));
	OUT(A64L_LDPW0) = a;
	OUT(A64L_LDPW1) = b;
	asm volatile("ldpsw %0, %1, [%2, #8]" : "=&r"(a), "=r"(b) : "r"(at));
	OUT(A64L_LDPSW0) = a;
	OUT(A64L_LDPSW1) = b;
	p = at;
	asm volatile("ldrsb %0, [%1, #40]!" : "=r"(a), "+r"(p));
	OUT(A64L_LDRSB) = a;
	asm volatile("ldrsh %w0, [%1], #-40" : "=r"(a), "+r"(p));
	OUT(A64L_LDRSH) = a;
	OUT(A64L_LOAD_BASE) = p - at;

	/* SIMD: 16 bytes to 64, and back as a pair of 8 */
	asm volatile(".arch_extension fp\n\t.arch_extension simd\n\t"
		     "ldr q31, [%0]\n\tstr q31, [%0, #64]\n\t"
		     "ldp d0, d1, [%0, #64]\n\tstp d1, d0, [%0, #80]\n\t"
		     "ldr b2, [%0, #40]\n\tstr q2, [%0, #96]\n\t"
		     "ldp q3, q4, [%0, #64]\n\tfmov %1, d4"
		     : "+r"(at), "=r"(a)
		     :
		     : "memory");
	OUT(A64L_SIMD) = a;
	/* the stack pointer as base */
	asm volatile("mov x9, sp\n\tmov sp, %1\n\tldr %0, [sp], #16\n\t"
		     "mov x10, sp\n\tmov sp, x9\n\tsub x10, x10, %1\n\t"
		     "add %0, %0, x10"
		     : "=&r"(a)
		     : "r"(at)
		     : "x9", "x10");
	OUT(A64L_SP) = a;
	/* into the next page, which may be anywhere */
	if (ARG(1))
		asm volatile("ldp x0, x1, [%0]"
			     :
			     : "r"(at + 4088)
			     : "x0", "x1", "memory");
}
