/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Multiboot header and entry of mb.c. EAX and EBX are the boot loader's, ESP
 * is nobody's yet; the segment registers are used as they are.
 */
#define FLAGS (0x3 | KLUDGE << 16)

	.section .start, "ax"
	.balign	4
header:
	.long	0x1badb002, FLAGS, -(0x1badb002 + FLAGS)
	.long	header, _load, _data_end, _end, _start
	.globl	_start
_start:
	movl	$stack_end, %esp
	pushl	%ebx
	pushl	%eax
	call	mb_main
1:	hlt
	jmp	1b

	.bss
	.balign	16
	.skip	4096
stack_end:

	.section .note.GNU-stack, "", @progbits
