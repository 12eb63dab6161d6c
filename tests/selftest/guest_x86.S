/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests of harness.h for x86: real mode, every segment at base 0, %edi
 * is the argument, results at 0x7000, test device at port 0x500.
 */
	.macro	GUEST name
	.section .data.rel.ro, "aw"
	.balign	8
	.globl	\name
\name:	.quad	9000f, 9001f
	.section .rodata
	.code16
9000:
	.endm

	.macro	END
9001:
	.code64
	.endm

	.macro	HALT
8000:	cli
	hlt
	jmp	8000b
	.endm

#define RESULT(n) (0x7000 + 8 * n)
#define DEVICE 0x500
#define UART 0x3f8
#define UART_LSR 0x3fd

	GUEST	guest_halt
	HALT
	END

	GUEST	guest_spin
1:	incl	(%di)
	jmp	1b
	END

	GUEST	guest_store
	movl	$0x600d, (%di)
	HALT
	END

	GUEST	guest_load
	movl	(%di), %eax
	movl	%eax, RESULT(0)
	HALT
	END

	GUEST	guest_poweroff
	movw	$0x604, %dx
	movw	$0x2000, %ax
	outw	%ax, %dx
	HALT
	END

	GUEST	guest_hypercall
	movl	$0x1234, %eax
	movl	$0x11, %edi
	movl	$0x22, %esi
	movl	$0x33, %edx
	movl	$0x44, %ecx
	/* r8 and r9 do not exist in this mode: they stay as they are */
	vmcall
	movl	%eax, RESULT(0)
	movl	$1, RESULT(1)
	HALT
	END

	GUEST	guest_hypercalls
	xorl	%ebx, %ebx
1:	incl	%ebx
	movl	%ebx, %eax
	vmcall
	movl	%ebx, RESULT(0)
	jmp	1b
	END

	GUEST	guest_flood
	movl	%edi, %ecx
	xorl	%ebx, %ebx
1:	incl	%ebx
	movl	%ebx, %eax
	vmcall
	cmpl	%ecx, %ebx
	jb	1b
	movw	$DEVICE, %dx
	inl	%dx, %eax
	movl	%eax, RESULT(0)
	HALT
	END

	GUEST	guest_device
	movw	$DEVICE, %dx
	movl	$0x11223344, %eax
	outl	%eax, %dx
	movw	$DEVICE + 4, %dx
	inl	%dx, %eax
	movl	%eax, RESULT(0)
	xorl	%eax, %eax
	movw	$DEVICE + 8, %dx
	inb	%dx, %al
	movl	%eax, RESULT(1)
	movw	$DEVICE + 12, %dx
	movw	$0xbeef, %ax
	outw	%ax, %dx
	movl	$1, RESULT(2)
	HALT
	END

	GUEST	guest_device_writes
	movw	$DEVICE, %dx
	xorl	%eax, %eax
1:	incl	%eax
	outl	%eax, %dx
	movl	%eax, RESULT(0)
	jmp	1b
	END

	GUEST	guest_echo
	movw	$UART, %dx
	movb	$'h', %al
	outb	%al, %dx
	movb	$'e', %al
	outb	%al, %dx
	movb	$'l', %al
	outb	%al, %dx
	outb	%al, %dx
	movb	$'o', %al
	outb	%al, %dx
	movb	$10, %al
	outb	%al, %dx
1:	movw	$UART_LSR, %dx
	inb	%dx, %al
	testb	$1, %al
	jz	1b
	movw	$UART, %dx
	inb	%dx, %al
	cmpb	$'q', %al
	je	8000f
	incb	%al
	outb	%al, %dx
	jmp	1b
	HALT
	END

	GUEST	guest_print
	movw	$UART, %dx
	xorl	%ecx, %ecx
1:	cmpl	%edi, %ecx
	jae	8000f
	movb	%cl, %al
	andb	$63, %al
	addb	$'0', %al
	outb	%al, %dx
	incl	%ecx
	jmp	1b
	HALT
	END

	.section .note.GNU-stack, "", @progbits

	.macro	LABEL name
	.globl	\name
\name:
	.endm

/* The breakpoint's handler counts in result 2. */
	GUEST	guest_debug
	movw	$0x6f00, %sp
	movw	$(0x1000 + 2f - 9000b), 4 * 3
	movw	$0, 4 * 3 + 2
LABEL debug_insn
	int3
LABEL debug_behind
	movl	$1, RESULT(0)
LABEL debug_store
	movl	$0x600d, (%di)
LABEL debug_stored
	xorl	%eax, %eax
LABEL debug_emulated
	cpuid
LABEL debug_after
	movl	$3, RESULT(1)
	HALT
2:	incl	RESULT(2)
	iretw
	END
