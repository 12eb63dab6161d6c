/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verdict by the exit port, which is what counts when nothing is said: it
 * checks that 2 + 2 is 4.
 */
	.include "axvm-test.inc"
	movw	$2, %ax
	addw	$2, %ax
	cmpw	$4, %ax
	jne	wrong
	verdict	0
wrong:
	verdict	1
	jmp	stop
