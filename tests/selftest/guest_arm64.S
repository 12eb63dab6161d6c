/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests of harness.h for arm64: EL1, MMU off, interrupts masked, x0 is
 * the argument, results at 0x40010000, test device at 0x0b000000.
 */
	.macro	GUEST name
	.section .data.rel.ro, "aw"
	.balign	8
	.globl	\name
\name:	.quad	9000f, 9001f
	.section .rodata
	.balign	4
9000:
	.endm

	.macro	END
9001:
	.endm

	.macro	HALT
8000:	wfi
	b	8000b
	.endm

	.macro	SET reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	.endm

#define RESULTS 0x40010000
#define DEVICE 0x0b000000
#define UART 0x09000000
#define UART_FR 0x18

	GUEST	guest_halt
	HALT
	END

	GUEST	guest_spin
	mov	w1, wzr
1:	add	w1, w1, #1
	str	w1, [x0]
	b	1b
	END

	GUEST	guest_store
	mov	w1, #0x600d
	str	w1, [x0]
	HALT
	END

	GUEST	guest_load
	SET	x2, RESULTS
	ldr	w1, [x0]
	str	w1, [x2]
	HALT
	END

	GUEST	guest_poweroff
	SET	x0, 0x84000008
	hvc	#0
	HALT
	END

	GUEST	guest_hypercall
	mov	x0, #0x1234
	mov	x1, #0x11
	mov	x2, #0x22
	mov	x3, #0x33
	mov	x4, #0x44
	mov	x5, #0x55
	mov	x6, #0x66
	hvc	#0
	SET	x9, RESULTS
	str	w0, [x9]
	mov	w1, #1
	str	w1, [x9, #8]
	HALT
	END

	GUEST	guest_hypercalls
	SET	x9, RESULTS
	mov	x10, xzr
1:	add	x10, x10, #1
	mov	x0, x10
	hvc	#0
	str	w10, [x9]
	b	1b
	END

	GUEST	guest_flood
	SET	x9, RESULTS
	SET	x12, DEVICE
	mov	x11, x0
	mov	x10, xzr
1:	add	x10, x10, #1
	mov	x0, x10
	hvc	#0
	cmp	x10, x11
	b.lo	1b
	ldr	w1, [x12]
	str	w1, [x9]
	HALT
	END

	GUEST	guest_device
	SET	x9, RESULTS
	SET	x12, DEVICE
	SET	x1, 0x11223344
	str	w1, [x12]
	ldr	w1, [x12, #4]
	str	w1, [x9]
	ldrb	w1, [x12, #8]
	str	w1, [x9, #8]
	mov	w1, #0xbeef
	strh	w1, [x12, #12]
	mov	w1, #1
	str	w1, [x9, #16]
	HALT
	END

	GUEST	guest_device_writes
	SET	x9, RESULTS
	SET	x12, DEVICE
	mov	w1, wzr
1:	add	w1, w1, #1
	str	w1, [x12]
	str	w1, [x9]
	b	1b
	END

	GUEST	guest_echo
	SET	x12, UART
	mov	w1, #'h'
	strb	w1, [x12]
	mov	w1, #'e'
	strb	w1, [x12]
	mov	w1, #'l'
	strb	w1, [x12]
	strb	w1, [x12]
	mov	w1, #'o'
	strb	w1, [x12]
	mov	w1, #10
	strb	w1, [x12]
1:	ldr	w1, [x12, #UART_FR]
	tbnz	w1, #4, 1b /* receive queue empty */
	ldr	w1, [x12]
	and	w1, w1, #0xff
	cmp	w1, #'q'
	b.eq	8000f
	add	w1, w1, #1
	strb	w1, [x12]
	b	1b
	HALT
	END

	GUEST	guest_print
	SET	x12, UART
	mov	w2, wzr
1:	cmp	w2, w0
	b.hs	8000f
	and	w1, w2, #63
	add	w1, w1, #'0'
	strb	w1, [x12]
	add	w2, w2, #1
	b	1b
	HALT
	END

	.section .note.GNU-stack, "", %progbits

	.macro	LABEL name
	.globl	\name
\name:
	.endm

/* Its vectors begin where it does; the breakpoint's counts in result 2. */
	GUEST	guest_debug
	adr	x1, 9000b
	msr	vbar_el1, x1
	isb
	SET	x2, RESULTS
	mov	w3, #0x600d
	LABEL	debug_insn
	brk	#0x42
	LABEL	debug_behind
	mov	w1, #1
	str	w1, [x2]
	LABEL	debug_store
	str	w3, [x0]
	LABEL	debug_stored
	nop
	LABEL	debug_emulated
	mrs	x4, id_aa64pfr0_el1
	LABEL	debug_after
	mov	w1, #3
	str	w1, [x2, #8]
	HALT
	.org	9000b + 0x200
	ldr	w5, [x2, #16]
	add	w5, w5, #1
	str	w5, [x2, #16]
	mrs	x6, elr_el1
	add	x6, x6, #4
	msr	elr_el1, x6
	eret
	END
