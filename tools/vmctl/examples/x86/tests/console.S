/* SPDX-License-Identifier: GPL-2.0 */
/* A verdict by what it prints; how, says console.toml beside it. */
	.include "axvm-test.inc"
	say	line
	jmp	stop
line:
	.asciz	"1 of 1 things are fine\r\nRESULT: good\r\n"
