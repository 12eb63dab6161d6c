/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The installed example: prints a line on the PL011 at 0x09000000 and waits
 * for ever with interrupts masked.
 */
	.section .start, "ax"
	.globl _start
_start:
	mov	x1, #0x09000000
	adr	x2, line
next:
	ldrb	w3, [x2], #1
	cbz	w3, halt
wait:
	ldr	w4, [x1, #0x18]		// flags
	tbnz	w4, #5, wait		// transmit FIFO full
	str	w3, [x1]
	b	next
halt:
	wfi
	b	halt

line:
	.asciz	"Hello from a guest of axvm, at EL1.\r\n"
