/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guests in assembly share: results, the way from real mode to flat
 * 32-bit segments, interrupt gates.  The guest brings gdt_pointer, whose
 * selectors 8 and 16 are code and data, and says before it includes this where
 * its gates are (IDT).
 */
#ifndef GUEST_X86_ASM_H
#define GUEST_X86_ASM_H

#include "guest.h"

#define WORD(n)	(GUEST_X86_RESULTS + 8 * (n))
#define OUT(n)	WORD(GUEST_R_OUT + (n))

	/* START: the image's first instructions. */
	.macro	START
	.code16
	.section .start, "ax"
	.globl _start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	.endm

	/* START32: the same, and on in protected mode. */
	.macro	START32
	START
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$8, $protected
	.code32
protected:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	.endm

	/* STARTED: results follow. */
	.macro	STARTED
	movl	$(GUEST_MAGIC & 0xffffffff), WORD(GUEST_R_MAGIC)
	movl	$(GUEST_MAGIC >> 32), WORD(GUEST_R_MAGIC) + 4
	.endm

	/* GATE vector handler type: an interrupt gate; type 0xee: for CPL 3, too. */
	.macro	GATE vector handler type=0x8e
	movl	$\handler, %eax
	movw	%ax, IDT + 8 * \vector
	movw	$8, IDT + 8 * \vector + 2
	movw	$(\type << 8), IDT + 8 * \vector + 4
	shrl	$16, %eax
	movw	%ax, IDT + 8 * \vector + 6
	.endm

#endif /* GUEST_X86_ASM_H */
