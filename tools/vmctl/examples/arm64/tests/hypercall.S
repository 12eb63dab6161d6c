/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verdict by hypercall: number in x0, value in x1. Another one is answered
 * with -1 and changes nothing.
 */
	.include "axvm-test.inc"
	mov	x0, #0x42
	hvc	#0
	cmn	x0, #1
	cset	x1, ne
	mov	x0, #0x4158
	hvc	#0
	b	stop
	test_header "hypercall = 0x4158\n"
