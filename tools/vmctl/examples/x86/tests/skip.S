/* SPDX-License-Identifier: GPL-2.0 */
/* Not to be tested here: 77. */
	.include "axvm-test.inc"
	verdict	77
	jmp	stop
