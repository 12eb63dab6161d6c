/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A verdict by hypercall: number in EAX, value in EDI. Another one is answered
 * with -1 and changes nothing.
 */
	.include "axvm-test.inc"
	movl	$0x42, %eax
	vmcall
	cmpl	$-1, %eax
	setne	%bl
	movzbl	%bl, %edi
	movl	$0x4158, %eax
	vmcall
	jmp	stop
	test_header "hypercall = 0x4158\n"
