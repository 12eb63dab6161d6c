/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HVC with a number that is nobody's, its result stored at 0x40070000, then
 * PSCI SYSTEM_OFF.
 */
#include "guest.h"

	.section .start, "ax"
	.globl _start
_start:
	mov	x0, #0x42
	mov	x1, #1
	mov	x2, #2
	mov	x3, #3
	mov	x4, #4
	hvc	#0
	mov	x1, #(GUEST_ARM64_RESULTS)
	str	x0, [x1]
	mov	x0, #0x84000000
	movk	x0, #8
	hvc	#0
1:	b	1b
