/* SPDX-License-Identifier: GPL-2.0 */
/* A triple fault: #UD with an IDT of limit 0. */
	.include "axvm-test.inc"
	lidtl	nowhere
	ud2
nowhere:
	.word	0
	.long	0
	test_header "expect = \"triple-fault\"\n"
