/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Protected mode: no paging, 32-bit paging, PAE, and CPL 3.
 * OUT 0: EAX of VMCALL 0x32; OUT 1: what a 4 KiB alias wrote, read back by its
 * own address (32-bit paging, next to a 4 MiB page); OUT 2, 3: error code and
 * CR2 of a write to a read-only page; OUT 4, 5: of a read of no page; OUT 6:
 * the alias through PAE; OUT 7, 8: error code and CR2 once its PDPTE is gone
 * from a reloaded CR3; OUT 9: vector of MOV CR3 to a PDPTE with a reserved bit;
 * OUT 10: EAX of VMCALL at CPL 3; OUT 11: vector of CLI at CPL 3 (IOPL 0);
 * OUT 12: read of ARG 0 (no memory there) through PAE.
 * With that PDPTE: OUT 13: vector of MOV CR0 that sets CD, OUT 14: CR0; OUT 15:
 * of MOV CR4 that sets PGE and MCE, OUT 16: CR4; OUT 17-19: vector, CR0, CR4
 * with a good one.
 */
#define IDT	0x76000
#include "asm.inc"

#define PD	0x70000
#define PT	0x71000
#define PDPT	0x72000
#define PD_LOW	0x73000
#define PD_HIGH	0x74000
#define PT_HIGH	0x75000
#define TSS	0x77000
#define PAGE	0x6000

	/* EXPECT: a fault goes on at 9f with its vector in %ebp. */
	.macro	EXPECT
	movl	$9f, %esi
	xorl	%ebp, %ebp
	xorl	%ebx, %ebx
	.endm

	START32
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$0x5000, %esp
	STARTED
	movl	$IDT, %edi
	xorl	%eax, %eax
	movl	$(0x2000 / 4), %ecx
	rep stosl
	GATE	6, on_ud, 0xee
	GATE	13, on_gp, 0xee
	GATE	14, on_pf, 0xee
	GATE	0x30, on_return, 0xee
	lidt	idt_pointer

	movl	$0x32, %eax
	movl	$1, %edi
	movl	$2, %esi
	movl	$3, %edx
	movl	$4, %ecx
	vmcall
	movl	%eax, OUT(0)

	/* ---- 32-bit paging ---- */
	movl	$PD, %edi
	xorl	%eax, %eax
	movl	$(6 * 1024), %ecx
	rep stosl
	movl	$0x83, PD			/* 4 MiB, one to one */
	movl	$(PT + 3), PD + 4 * 64		/* at 0x10000000 */
	movl	$(PAGE + 3), PT
	movl	$(PAGE + 1), PT + 4		/* read-only */
	movl	%cr4, %eax
	orl	$0x10, %eax			/* PSE */
	movl	%eax, %cr4
	movl	$PD, %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$0x80010000, %eax		/* PG, WP */
	movl	%eax, %cr0
	jmp	1f
1:	movl	$0xfeed1234, 0x10000008
	movl	PAGE + 8, %eax
	movl	%eax, OUT(1)
	EXPECT
	movl	$1, 0x10001010
9:	movl	%ebx, OUT(2)
	movl	%cr2, %eax
	movl	%eax, OUT(3)
	EXPECT
	movl	0x10002020, %eax
9:	movl	%ebx, OUT(4)
	movl	%cr2, %eax
	movl	%eax, OUT(5)

	/* ---- PAE ---- */
	movl	$(PD_LOW + 1), PDPT
	movl	$(PD_HIGH + 1), PDPT + 8	/* at 0x40000000 */
	movl	$0x83, PD_LOW			/* 2 MiB, one to one */
	movl	$(PT_HIGH + 3), PD_HIGH
	movl	$(PAGE + 3), PT_HIGH
	movl	WORD(GUEST_R_ARG), %eax		/* the device, at 0x40001000 */
	andl	$0xfffff000, %eax
	orl	$3, %eax
	movl	%eax, PT_HIGH + 8
	movl	WORD(GUEST_R_ARG) + 4, %eax
	movl	%eax, PT_HIGH + 12
	movl	%cr0, %eax
	andl	$0x7fffffff, %eax
	movl	%eax, %cr0
	jmp	1f
1:	movl	%cr4, %eax
	orl	$0x20, %eax
	movl	%eax, %cr4
	movl	$PDPT, %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	andl	$~0x60000000, %eax		/* CD, NW */
	orl	$0x80000000, %eax
	movl	%eax, %cr0
	jmp	1f
1:	movl	0x40000008, %eax
	movl	%eax, OUT(6)
	movl	0x40001004, %eax
	movl	%eax, OUT(12)
	movl	$0, PDPT + 8
	movl	$PDPT, %eax
	movl	%eax, %cr3
	EXPECT
	movl	0x40000008, %eax
9:	movl	%ebx, OUT(7)
	movl	%cr2, %eax
	movl	%eax, OUT(8)
	movl	$(PD_HIGH + 3), PDPT + 8	/* bit 1 is reserved */
	EXPECT
	movl	$PDPT, %eax
	movl	%eax, %cr3
9:	movl	%ebp, OUT(9)

	/* Nor do CR0 and CR4 change with it. */
	EXPECT
	movl	%cr0, %eax
	orl	$0x40000000, %eax		/* CD */
	movl	%eax, %cr0
9:	movl	%ebp, OUT(13)
	movl	%cr0, %eax
	movl	%eax, OUT(14)
	EXPECT
	movl	%cr4, %eax
	orl	$0xc0, %eax			/* PGE, MCE */
	movl	%eax, %cr4
9:	movl	%ebp, OUT(15)
	movl	%cr4, %eax
	movl	%eax, OUT(16)
	movl	$(PD_HIGH + 1), PDPT + 8
	EXPECT
	movl	%cr0, %eax
	orl	$0x40000000, %eax
	movl	%eax, %cr0
	movl	%cr4, %eax
	orl	$0xc0, %eax
	movl	%eax, %cr4
9:	movl	%ebp, OUT(17)
	movl	%cr0, %eax
	movl	%eax, OUT(18)
	movl	%cr4, %eax
	movl	%eax, OUT(19)
	movl	%cr0, %eax
	andl	$~0x40000000, %eax
	movl	%eax, %cr0

	/* ---- CPL 3 ---- */
	movl	$0x87, PD_LOW			/* user page */
	movl	$PDPT, %eax
	movl	%eax, %cr3
	movl	$TSS, %edi
	xorl	%eax, %eax
	movl	$26, %ecx
	rep stosl
	movl	$0x5000, TSS + 4
	movl	$16, TSS + 8
	movw	$104, TSS + 102
	movw	$0x28, %ax
	ltr	%ax
	movl	$0x23, %eax			/* IRET to CPL 3 clears others */
	movl	%eax, %ds
	pushl	$(0x20 + 3)
	pushl	$0x4800
	pushl	$2
	pushl	$(0x18 + 3)
	pushl	$user
	iretl
user:
	movl	$0x33, %eax
	vmcall
	movl	%eax, OUT(10)
	EXPECT
	cli
9:	movl	%ebp, OUT(11)
	int	$0x30

on_return:
	movl	$16, %eax
	movl	%eax, %ds
	movl	$GUEST_DONE, WORD(GUEST_R_DONE)
1:	hlt
	jmp	1b

on_ud:
	movl	$0x106, %ebp
	xorl	%ebx, %ebx
	jmp	resume
on_gp:
	movl	$0x10d, %ebp
	popl	%ebx
	jmp	resume
on_pf:
	movl	$0x10e, %ebp
	popl	%ebx
resume:
	movl	%esi, (%esp)
	movl	$unexpected, %esi
	iretl
unexpected:
	incl	WORD(GUEST_R_FAULTS)
1:	hlt
	jmp	1b

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code */
	.quad	0x00cf93000000ffff	/* 0x10: data */
	.quad	0x00cffb000000ffff	/* 0x18: user code */
	.quad	0x00cff3000000ffff	/* 0x20: user data */
	.quad	0x0000890770000067	/* 0x28: TSS */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	0x31 * 8 - 1
	.long	IDT

	.section .note.GNU-stack, "", @progbits
