// SPDX-License-Identifier: GPL-2.0
/*
 * Bochs advances the TSC by one for each instruction.
 */
#include "boot_ticks.h"

unsigned long long ticks_now(void)
{
	unsigned int lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (unsigned long long)hi << 32 | lo;
}
