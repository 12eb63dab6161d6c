/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The installed example: prints a line on the UART at port 0x3f8 in real mode
 * and halts with interrupts off.
 */
	.code16
	.section .start, "ax"
	.globl _start
_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	$line, %si
next:
	lodsb
	testb	%al, %al
	jz	halt
	movb	%al, %bl
	movw	$0x3fd, %dx		/* line status */
wait:
	inb	%dx, %al
	testb	$0x20, %al		/* transmit holding register empty */
	jz	wait
	movb	%bl, %al
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	next
halt:
	hlt
	jmp	halt

line:
	.asciz	"Hello from a guest of axvm, in real mode.\r\n"
