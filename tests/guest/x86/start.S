/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry of the C guests: from real mode at 0x8000 to 64-bit mode with 1 GiB
 * mapped one to one by 2 MiB pages, an IDT whose handlers go to fixups, and
 * guest_main(index).  %ebx at entry is the vCPU's index (set by the test).
 *
 * Memory: 0x7000 results, 0x8000 image, 0x60000 stacks (4 KiB a vCPU; of
 * those from the 16th on at 0x110000), 0x70000 page tables (PML4, PDPT, PD),
 * 0x73000 IDT.
 */
#include "asm.inc"

#define PML4	0x70000
#define PDPT	0x71000
#define PD	0x72000
#define IDT	0x73000
#define STACKS	0x60000
#define MORE_STACKS 0x100000

	START32

	/* vCPU 0 makes the tables; the others wait until it says so. */
	testl	%ebx, %ebx
	jz	tables
1:	pause
	cmpl	$0, GUEST_X86_RESULTS + 8 * GUEST_R_MAGIC
	je	1b
	jmp	paging

tables:
	movl	$(PDPT + 3), PML4
	movl	$0, PML4 + 4
	movl	$(PD + 3), PDPT
	movl	$0, PDPT + 4
	movl	$PD, %edi
	movl	$0x83, %eax
	movl	$512, %ecx
1:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b

paging:
	movl	$PML4, %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	movl	%eax, %cr4
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x100, %eax		/* LME */
	wrmsr
	movl	%cr0, %eax
	andl	$~0xc, %eax		/* EM, TS off */
	orl	$0x80000002, %eax	/* PG, MP */
	movl	%eax, %cr0
	ljmpl	$24, $long_mode

	.code64
long_mode:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%ebx, %eax
	shll	$12, %eax
	leaq	STACKS + 0x1000(%rax), %rsp
	cmpl	$16, %ebx
	jb	1f
	leaq	MORE_STACKS + 0x1000(%rax), %rsp
1:
	movl	%ebx, %edi
	testl	%ebx, %ebx
	jnz	1f
	pushq	%rdi
	subq	$8, %rsp
	call	make_idt
	addq	$8, %rsp
	popq	%rdi
1:	lidt	idt_pointer
	movabsq	$GUEST_MAGIC, %rax
	movq	%rax, GUEST_X86_RESULTS + 8 * GUEST_R_MAGIC
	call	guest_main
	movq	$GUEST_DONE, GUEST_X86_RESULTS + 8 * GUEST_R_DONE
	cli
2:	hlt
	jmp	2b

/* 256 gates, each to its own 16-byte stub. */
make_idt:
	movl	$IDT, %edi
	movl	$stubs, %eax
	movl	$256, %ecx
1:	movw	%ax, (%rdi)
	movw	$24, 2(%rdi)
	movb	$0, 4(%rdi)
	movb	$0x8e, 5(%rdi)
	movl	%eax, %edx
	shrl	$16, %edx
	movw	%dx, 6(%rdi)
	movq	$0, 8(%rdi)
	addq	$16, %rdi
	addl	$16, %eax
	decl	%ecx
	jnz	1b
	ret

	.balign	16
stubs:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	!(vector == 8 || (vector >= 10 && vector <= 14) || \
		  vector == 17 || vector == 21)
	pushq	$0			/* no error code */
	.endif
	pushq	$vector
	jmp	common
	.set	vector, vector + 1
	.endr

	.balign	16
common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	movq	%rsp, %rdi
	cld
	call	guest_trap
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 8: 32-bit code */
	.quad	0x00cf93000000ffff	/* 16: data */
	.quad	0x00af9b000000ffff	/* 24: 64-bit code */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
	.balign	8
idt_pointer:
	.word	256 * 16 - 1
	.quad	IDT

	.section .note.GNU-stack, "", @progbits
