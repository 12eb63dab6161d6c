/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real mode: VMCALL 0x42 with known arguments, its result stored at 0x7000,
 * then a CPUID, then port 0x604 asks for power-off.
 */
	.code16
	.section .start, "ax"
	.globl _start
_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movl	$0x42, %eax
	movl	$1, %edi
	movl	$2, %esi
	movl	$3, %edx
	movl	$4, %ecx
	vmcall
	movl	%eax, 0x7000
	xorl	%eax, %eax
	cpuid
	movl	%ebx, 0x7004
	movw	$0x604, %dx
	movw	$0x2000, %ax
	outw	%ax, %dx
1:	cli
	hlt
	jmp	1b
