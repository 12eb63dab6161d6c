/* SPDX-License-Identifier: GPL-2.0 */
/* What a kernel that crashed says is told apart from a test that failed. */
	.include "axvm-test.inc"
	say	line
	jmp	stop
line:
	.asciz	"PANIC: nothing is where it should be\r\n"
	test_header "expect = \"panic\"\n"
