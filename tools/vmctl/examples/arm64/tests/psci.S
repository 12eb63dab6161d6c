/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PSCI SYSTEM_OFF passes, which is what counts when nothing is said: it checks
 * that 2 + 2 is 4.
 */
	.include "axvm-test.inc"
	mov	x0, #2
	add	x0, x0, #2
	cmp	x0, #4
	b.eq	off
	b	stop
