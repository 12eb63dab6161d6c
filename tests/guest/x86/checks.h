/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hostile guests share: checks that are counted in the results (OUT 0:
 * failed; 1-3: line of the first one, what it got, what it wanted; 4: made),
 * chance, and a few instructions.
 */
#ifndef GUEST_X86_CHECKS_H
#define GUEST_X86_CHECKS_H

#include <stdbool.h>

#include "lib.h"

#define GP 0x10d
#define PF 0x10e
#define UD 0x106

static inline void check(u64 nr, u64 got, u64 want)
{
	OUT(4)++;
	if (got == want)
		return;
	if (!OUT(0)) {
		OUT(1) = nr;
		OUT(2) = got;
		OUT(3) = want;
	}
	OUT(0)++;
}

#define CHECK(got, want) check(__LINE__, got, want)

static inline u64 rnd(void)
{
	static u64 seed = 88172645463325252ull;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr"
		     :
		     : "a"((u32)v), "d"((u32)(v >> 32)), "c"(msr)
		     : "memory");
}

static inline void sti(void)
{
	asm volatile("sti; nop" : : : "memory");
}

static inline void cli(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void flush_tlb(void)
{
	asm volatile("mov %0, %%cr3" : : "r"(read_cr3()) : "memory");
}

#endif /* GUEST_X86_CHECKS_H */
