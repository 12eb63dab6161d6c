/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real mode: what differs there from the 64-bit guests.
 * OUT 0: CX after REP OUTSB of 4 bytes CS:0xfffe to port 0x508 (SI wraps);
 * OUT 1: SI; OUT 2: AX loaded from ES:BX+SI at 0xa0012 (no memory there);
 * OUT 3: DI after REP STOSW of 3 there; OUT 4: 1 when PUSHF shows IF after STI
 * and HLT was not entered; OUT 5: AX of VMCALL 0x16; OUT 6: BX:CX after CPUID
 * leaf 0x40000000 (low words); OUT 7: vector of UD2 through the IVT.
 */
#include "asm.inc"


	START
	movw	%ax, %ss
	movw	$0x6000, %sp
	STARTED

	/* Four bytes that wrap at the end of a segment based at 0x10000. */
	movw	$0x1000, %ax
	movw	%ax, %fs
	movl	$0x64636261, %eax
	movw	%ax, %fs:0xfffe
	shrl	$16, %eax
	movw	%ax, %fs:0
	movw	$0xfffe, %si
	movw	$4, %cx
	movw	$0x508, %dx
	rep outsb %fs:(%si), %dx
	movw	%cx, OUT(0)
	movw	%si, OUT(1)

	/* A device by real-mode addresses. */
	movw	$0xa000, %ax
	movw	%ax, %es
	movw	$0x10, %bx
	movw	$2, %si
	movw	%es:(%bx,%si), %ax
	movw	%ax, OUT(2)
	movw	$0xbeef, %ax
	movw	$0x20, %di
	movw	$3, %cx
	rep stosw
	movw	%di, OUT(3)

	sti
	pushfw
	popw	%ax
	cli
	shrw	$9, %ax
	andw	$1, %ax
	movw	%ax, OUT(4)

	movl	$0x16, %eax
	movl	$0x11, %edi
	vmcall
	movl	%eax, OUT(5)

	movl	$0x40000000, %eax
	xorl	%ecx, %ecx
	cpuid
	movw	%bx, OUT(6)
	movw	%cx, OUT(6) + 2

	/* #UD through the real-mode vector table. */
	movw	$on_ud, 6 * 4
	movw	$0, 6 * 4 + 2
	ud2
after_ud:
	movw	$GUEST_DONE, WORD(GUEST_R_DONE)
1:	hlt
	jmp	1b

on_ud:
	movw	$0x106, OUT(7)
	popw	%ax
	pushw	$after_ud
	iretw

	.section .note.GNU-stack, "", @progbits
