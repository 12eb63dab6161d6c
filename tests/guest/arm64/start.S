/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry of the C guests at EL1, MMU off: stack, vectors, guest_main(index).
 * x1 at entry is the vCPU's index (set by the test, or by CPU_ON's caller
 * through secondary_start).
 *
 * Memory: 0x40070000 results, 0x40080000 image, stacks end at 0x40200000
 * (8 KiB a vCPU, downwards).
 */
#include "guest.h"

	.section .start, "ax"
	.globl _start
_start:
	mov	x20, x1
enter:
	msr	daifset, #0xf
	mov	x0, #0x40200000
	sub	x0, x0, x20, lsl #13
	msr	spsel, #1
	mov	sp, x0
	adr	x0, vectors
	msr	vbar_el1, x0
	mov	x0, #(3 << 20)		// FP and SIMD at EL1
	msr	cpacr_el1, x0
	isb
	ldr	x0, =GUEST_MAGIC
	ldr	x1, =GUEST_ARM64_RESULTS
	str	x0, [x1, #(8 * GUEST_R_MAGIC)]
	mov	x0, x20
	mov	x29, #0
	bl	guest_main
	ldr	x1, =GUEST_ARM64_RESULTS
	mov	x0, #GUEST_DONE
	str	x0, [x1, #(8 * GUEST_R_DONE)]
	msr	daifset, #0xf
1:	wfi
	b	1b

	/* PSCI CPU_ON enters here: x0 is the index. */
	.globl secondary_start
secondary_start:
	mov	x20, x0
	b	enter

	.ltorg
	.balign	2048
vectors:
	.set	kind, 0
	.rept	16
	.balign	128
	sub	sp, sp, #272
	stp	x0, x1, [sp]
	mov	x0, #kind
	b	common
	.set	kind, kind + 1
	.endr

	.balign	128
common:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x1, elr_el1
	stp	x30, x1, [sp, #240]
	mov	x1, sp
	bl	guest_trap
	ldp	x30, x1, [sp, #240]
	msr	elr_el1, x1
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldp	x0, x1, [sp]
	add	sp, sp, #272
	eret

	.section .note.GNU-stack, "", %progbits
