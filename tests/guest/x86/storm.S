/* SPDX-License-Identifier: GPL-2.0 */
/* Real mode: CPUID, VMCALL and OUT for ever: exits as fast as they come. */
	.code16
	.section .start, "ax"
	.globl _start
_start:
	xorl	%eax, %eax
	cpuid
	movl	$1, %eax
	vmcall
	outb	%al, $0x80
	jmp	_start
