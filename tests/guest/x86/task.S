/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hardware task switches in protected mode with 32-bit paging: JMP, CALL, IRET,
 * task gates of INT, of an interrupt (vector 0x31, which the test sends) and of
 * #DF, the debug trap, a fault in the new task, a virtual-8086 task.  What each
 * OUT is stands in tests/selftest/x86_task.c.
 */
#define IDT	0x76000
#include "asm.inc"

#define PD	0x70000
#define PD_A	0x71000
#define PT_A	0x72000
#define PAGE	0x6000

#define TSS_M	0x77000
#define TSS_A	0x77100
#define TSS_DF	0x77200
#define TSS_B	0x77300
#define TSS_V	0x77400
#define SEL_M	0x28
#define SEL_A	0x30
#define SEL_DF	0x38
#define SEL_B	0x40
#define SEL_V	0x48
#define BAD	0x1f8 /* beyond the GDT */

	.macro	TASKGATE vector selector
	movw	$\selector, IDT + 8 * \vector + 2
	movw	$0x8500, IDT + 8 * \vector + 4
	.endm

	/* TASK tss eip esp eflags directory */
	.macro	TASK tss eip esp eflags directory
	movl	$\directory, \tss + 0x1c
	movl	$\eip, \tss + 0x20
	movl	$\eflags, \tss + 0x24
	movl	$0xa0a0, \tss + 0x28
	movl	$\esp, \tss + 0x38
	movl	$16, \tss + 0x48
	movl	$8, \tss + 0x4c
	movl	$16, \tss + 0x50
	movl	$16, \tss + 0x54
	movl	$104, \tss + 0x66
	.endm

	.macro	FLAGS out
	pushfl
	popl	OUT(\out)
	.endm

	/* Back to the task that called this one, from a handler in it. */
	.macro	RETURN_TASK
	pushfl
	orl	$0x4000, (%esp)
	popfl
	iretl
	.endm

	START32
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$0x5000, %esp
	STARTED
	movl	$PD, %edi
	xorl	%eax, %eax
	movl	$(0x8000 / 4), %ecx
	rep stosl
	GATE	1, on_db
	GATE	6, unexpected
	GATE	10, on_ts
	GATE	11, unexpected
	GATE	12, unexpected
	GATE	13, on_gp
	GATE	14, unexpected
	TASKGATE 8, SEL_DF
	TASKGATE 0x30, SEL_A
	TASKGATE 0x31, SEL_A
	lidt	idt_pointer

	/* One to one, for users too; task A has another page beside it. */
	movl	$0x87, PD
	movl	$0x87, PD_A
	movl	$(PT_A + 3), PD_A + 4 * 64	/* at 0x10000000 */
	movl	$(PAGE + 3), PT_A
	movl	$0xfeed1234, PAGE + 8
	movl	%cr4, %eax
	orl	$0x10, %eax			/* PSE */
	movl	%eax, %cr4
	movl	$PD, %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$0x80010000, %eax		/* PG, WP */
	andl	$~8, %eax			/* TS */
	movl	%eax, %cr0
	jmp	1f
1:
	TASK	TSS_A, task_a, 0x4c00, 2, PD_A
	TASK	TSS_DF, task_df, 0x4800, 2, PD
	TASK	TSS_B, unexpected, 0x4400, 2, PD
	TASK	TSS_V, (v86 - 0x8000), 0, 0x20002, PD
	movl	$BAD, TSS_B + 0x54
	movl	$0x4200, TSS_V + 4
	movl	$16, TSS_V + 8
	movl	$0x800, TSS_V + 0x4c		/* CS: 0x8000 */
	movl	$PD, TSS_M + 0x1c		/* which is never saved */
	movw	$SEL_M, %ax
	ltr	%ax

	/* ---- JMP there and back ---- */
	movl	$0x11112222, %ebx
	movl	$0x33334444, %ebp
	ljmp	$SEL_A, $0
	movl	%ebx, OUT(10)
	movl	%ebp, OUT(11)
	movl	%esp, OUT(12)
	str	%eax
	movl	%eax, OUT(13)
	movl	%cr3, %eax
	movl	%eax, OUT(14)
	movzbl	gdt + SEL_M + 5, %eax
	movl	%eax, OUT(15)
	movzbl	gdt + SEL_A + 5, %eax
	movl	%eax, OUT(16)

	/* ---- CALL and IRET ---- */
	lcall	$SEL_A, $0
	FLAGS	17
	movzbl	gdt + SEL_A + 5, %eax
	movl	%eax, OUT(18)

	/* ---- INT ---- */
	int	$0x30
	movl	$1, OUT(19)

	/* ---- an interrupt ---- */
	sti
	hlt
	cli
	movl	$1, OUT(20)

	/* ---- the debug trap ---- */
	movl	$0x3ff, %eax			/* L and G of all, LE, GE */
	movl	%eax, %dr7
	movw	$1, TSS_A + 0x64
	lcall	$SEL_A, $0
	movl	%dr7, %eax
	movl	%eax, OUT(21)
	movl	$0x400, %eax
	movl	%eax, %dr7

	/* ---- #DF: the gate of #GP is not there ---- */
	movw	$0, IDT + 8 * 13 + 4
	movl	$BAD, %eax
at_df:	movl	%eax, %ds
	movl	$1, WORD(GUEST_R_FAULTS)
after_df:
	movw	$0x8e00, IDT + 8 * 13 + 4
	movl	$1, OUT(22)

	/* ---- #TS in the new task ---- */
	lcall	$SEL_B, $0
	movl	$1, OUT(23)

	/* ---- virtual-8086 mode ---- */
	lcall	$SEL_V, $0
	movl	$1, OUT(24)

	movl	$GUEST_DONE, WORD(GUEST_R_DONE)
1:	hlt
	jmp	1b

task_a:
	movl	%eax, OUT(0)
	FLAGS	1
	str	%eax
	movl	%eax, OUT(2)
	movl	%cr3, %eax
	movl	%eax, OUT(3)
	movl	%cr0, %eax
	movl	%eax, OUT(4)
	clts
	movl	0x10000008, %eax
	movl	%eax, OUT(5)
	ljmp	$SEL_M, $0
	/* called */
	FLAGS	6
	movzwl	TSS_A, %eax
	movl	%eax, OUT(7)
	iretl
	/* INT */
	incl	OUT(8)
	iretl
	/* the interrupt */
	incl	OUT(9)
	iretl
	/* after the debug trap */
	incl	OUT(25)
	iretl

on_db:
	movl	%dr6, %eax
	movl	%eax, OUT(26)
	str	%eax
	movl	%eax, OUT(27)
	movw	$0, TSS_A + 0x64
	iretl

task_df:
	popl	OUT(28)
	str	%eax
	movl	%eax, OUT(29)
	movl	TSS_M + 0x20, %eax
	subl	$at_df, %eax
	movl	%eax, OUT(30)
	movl	$after_df, TSS_M + 0x20
	iretl

on_ts:
	movl	$16, %eax
	movl	%eax, %ds
	popl	OUT(31)
	str	%eax
	movl	%eax, OUT(32)
	RETURN_TASK

on_gp:
	movl	$16, %eax
	movl	%eax, %ds
	popl	OUT(33)
	movl	8(%esp), %eax
	movl	%eax, OUT(34)
	str	%eax
	movl	%eax, OUT(35)
	RETURN_TASK

unexpected:
	movl	$16, %eax
	movl	%eax, %ds
	incl	WORD(GUEST_R_FAULTS)
	movl	(%esp), %eax
	movl	%eax, WORD(GUEST_R_PC)
	movl	4(%esp), %eax
	movl	%eax, WORD(GUEST_R_PC) + 4
1:	hlt
	jmp	1b

	.code16
v86:
	movw	$(GUEST_X86_RESULTS >> 4), %ax
	movw	%ax, %ds
	movw	%cs, %ax
	movw	%ax, OUT(36) - GUEST_X86_RESULTS
	cli				/* IOPL 0: #GP */

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code */
	.quad	0x00cf93000000ffff	/* 0x10: data */
	.quad	0
	.quad	0
	.quad	0x0000890770000067	/* SEL_M */
	.quad	0x0000890771000067	/* SEL_A */
	.quad	0x0000890772000067	/* SEL_DF */
	.quad	0x0000890773000067	/* SEL_B */
	.quad	0x0000890774000067	/* SEL_V */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	0x32 * 8 - 1
	.long	IDT

	.section .note.GNU-stack, "", @progbits
