/* SPDX-License-Identifier: GPL-2.0 */
/* A triple fault: #UD with an IDT of limit 0. */
	.code16
	.section .start, "ax"
	.globl _start
_start:
	lidtl	%cs:nowhere
	ud2
nowhere:
	.word	0
	.long	0
