// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU with -icount shift=0 lets a nanosecond of the virtual counter pass for
 * each instruction.
 */
#include "boot_ticks.h"

unsigned long long ticks_now(void)
{
	unsigned long long count, frequency;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(count) : : "memory");
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	return (unsigned __int128)count * 1000000000 / frequency;
}
