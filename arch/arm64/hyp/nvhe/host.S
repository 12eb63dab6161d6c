/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The EL2 image's head: its header, the vectors that take EL2 over from the
 * kernel's stub, and the vectors that serve the host at EL1 while EL2 is ours.
 * Addresses at EL2 are physical ones, before the MMU is on and after.
 *
 * While a CPU is ours TPIDR_EL2 is its struct hyp_cpu, and the stack lies
 * right below that.
 */
#include <linux/linkage.h>
#include "arch/arm64/hyp/bits.h"
#include "hyp-offsets.h"

/* Frame of a host call: x18-x30, ELR_EL2, SPSR_EL2, and one word of room. */
#define FRAME 128

	.section .head, "ax"
	.align	12
SYM_CODE_START(hyp_image)
	.word	HYP_MAGIC
	.word	init_vectors - hyp_image
SYM_CODE_END(hyp_image)

/*
 * Off with the MMU and everything else back as the stub had it; VBAR_EL2 is
 * the stub's at the end.  Runs on, because addresses are physical.
 * Clobbers x9-x16.
 */
.macro give_back
	mrs	x9, tpidr_el2
	ldp	x10, x11, [x9, #CPU_STUB_VBAR]
	ldp	x12, x13, [x9, #CPU_STUB_TCR]
	ldp	x14, x15, [x9, #CPU_STUB_MAIR]
	msr	sctlr_el2, x11
	isb
	tlbi	alle2
	dsb	nsh
	isb
	msr	tcr_el2, x12
	msr	ttbr0_el2, x13
	msr	mair_el2, x14
	msr	tpidr_el2, x15
	msr	vbar_el2, x10
	isb
.endm

/* HVC_SOFT_RESTART: x1 = where to, x2, x3, x4 = its x0, x1, x2. */
.macro soft_restart
	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4
.endm

.macro vector target
	.align	7
	b	\target
.endm

	.align	11
SYM_CODE_START_LOCAL(init_vectors)
	.rept	8
	vector	init_stray
	.endr
	vector	init_sync
	.rept	7
	vector	init_stray
	.endr
	.align	7
SYM_CODE_END(init_vectors)

SYM_CODE_START_LOCAL(init_stray)
	eret
SYM_CODE_END(init_stray)

/*
 * HYP_CALL_INIT: x1 = TTBR0_EL2, x2 = TCR_EL2, x3 = MAIR_EL2, x4 = struct
 * hyp_cpu, x5 = the stub's vectors, x6 = SCTLR_EL2.  All in registers: with
 * the MMU off memory would be read past the caches.  Out: x0 = 0.
 */
SYM_CODE_START_LOCAL(init_sync)
	mov	w7, #(HYP_CALL_INIT & 0xffff)
	movk	w7, #(HYP_CALL_INIT >> 16), lsl #16
	cmp	x0, x7
	b.ne	2f
	mrs	x7, sctlr_el2
	tbnz	x7, #0, 1f			// somebody runs EL2 already
	mrs	x8, tcr_el2
	mrs	x9, ttbr0_el2
	mrs	x10, mair_el2
	mrs	x11, tpidr_el2
	msr	tcr_el2, x2
	msr	ttbr0_el2, x1
	msr	mair_el2, x3
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x6
	isb
	stp	x5, x7, [x4, #CPU_STUB_VBAR]
	stp	x8, x9, [x4, #CPU_STUB_TCR]
	stp	x10, x11, [x4, #CPU_STUB_MAIR]
	msr	tpidr_el2, x4
	mov	sp, x4
	adr	x0, host_vectors
	msr	vbar_el2, x0
	isb
	mov	x0, #0
	eret
1:	mov	w0, #(STUB_ERR & 0xffff)
	movk	w0, #(STUB_ERR >> 16), lsl #16
	eret
	/* The stub's own calls: the take-over may be undone before INIT. */
2:	cmp	x0, #STUB_SET_VECTORS
	b.ne	3f
	msr	vbar_el2, x1
	mov	x0, #0
	eret
3:	cmp	x0, #STUB_SOFT_RESTART
	b.ne	1b
	soft_restart
SYM_CODE_END(init_sync)

	.align	11
SYM_CODE_START(host_vectors)
	.rept	8
	vector	hyp_exception
	.endr
	vector	host_sync
	.rept	7
	vector	host_stray
	.endr
	.align	7
SYM_CODE_END(host_vectors)

/* The host at EL1 called, or did something that traps. */
SYM_CODE_START_LOCAL(host_sync)
	stp	x0, x1, [sp, #-16]!
	mrs	x1, esr_el2
	ubfx	x1, x1, #ESR_EC_SHIFT, #6
	cmp	x1, #ESR_EC_HVC64
	b.ne	host_undefined
	ldp	x0, x1, [sp], #16
	mov	w9, #(HYP_CALL_BASE & 0xffff)
	movk	w9, #(HYP_CALL_BASE >> 16), lsl #16
	sub	x9, x0, x9
	cmp	x9, #HYP_CALL_NR
	b.hs	stub_call
	cmp	x9, #(HYP_CALL_RELEASE - HYP_CALL_BASE)
	b.eq	release

	/* x9 = number of the call, x1-x3 = arguments */
	sub	sp, sp, #FRAME
	mrs	x10, elr_el2
	mrs	x11, spsr_el2
	stp	x18, x19, [sp]
	stp	x20, x21, [sp, #16]
	stp	x22, x23, [sp, #32]
	stp	x24, x25, [sp, #48]
	stp	x26, x27, [sp, #64]
	stp	x28, x29, [sp, #80]
	stp	x30, x10, [sp, #96]
	str	x11, [sp, #112]
	mov	x0, x9
	mrs	x4, tpidr_el2
	bl	hyp_call
SYM_INNER_LABEL(host_return, SYM_L_LOCAL)
	ldp	x30, x10, [sp, #96]
	ldr	x11, [sp, #112]
	msr	elr_el2, x10
	msr	spsr_el2, x11
	ldp	x18, x19, [sp]
	ldp	x20, x21, [sp, #16]
	ldp	x22, x23, [sp, #32]
	ldp	x24, x25, [sp, #48]
	ldp	x26, x27, [sp, #64]
	ldp	x28, x29, [sp, #80]
	add	sp, sp, #FRAME
	eret
	dsb	nsh
	isb
SYM_CODE_END(host_sync)

SYM_CODE_START_LOCAL(release)
	give_back
	mov	x0, #0
	eret
SYM_CODE_END(release)

/*
 * What the kernel asks of its stub.  EL2 is ours: nobody else's vectors.
 * RESET_VECTORS means "the stub again", SOFT_RESTART leaves for ever; both
 * give EL2 back.
 */
SYM_CODE_START_LOCAL(stub_call)
	cmp	x0, #STUB_RESET_VECTORS
	b.eq	release
	cmp	x0, #STUB_SOFT_RESTART
	b.eq	1f
	mov	w0, #(STUB_ERR & 0xffff)
	movk	w0, #(STUB_ERR >> 16), lsl #16
	eret
1:	give_back
	soft_restart
SYM_CODE_END(stub_call)

/*
 * The host trapped where nothing of its own should: let it have an undefined
 * instruction there, so that its own report names the place.
 */
SYM_CODE_START_LOCAL(host_undefined)
	mrs	x0, elr_el2
	mrs	x1, spsr_el2
	msr	elr_el1, x0
	msr	spsr_el1, x1
	mov	x0, #(1 << 25)			// EC 0 (unknown), IL
	msr	esr_el1, x0
	mrs	x0, vbar_el1
	tst	x1, #0xf			// from EL0, or from EL1h?
	mov	x1, #0x200
	b.ne	1f
	mov	x1, #0x400
1:	add	x0, x0, x1
	msr	elr_el2, x0
	mov	x0, #0x3c5			// EL1h, DAIF masked
	msr	spsr_el2, x0
	ldp	x0, x1, [sp], #16
	eret
SYM_CODE_END(host_undefined)

/* Not routed to EL2 while the host runs. */
SYM_CODE_START_LOCAL(host_stray)
	stp	x0, x1, [sp, #-16]!
	b	host_undefined
SYM_CODE_END(host_stray)

/*
 * An exception of the image's own.  Note it, put the host's context back if
 * it was away, and return an error from the call that was under way.
 */
SYM_CODE_START_LOCAL(hyp_exception)
	mrs	x0, tpidr_el2
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	ldr	x4, [x0, #CPU_BUG_ESR]
	str	x1, [x0, #CPU_BUG_ESR]
	stp	x2, x3, [x0, #CPU_BUG_ELR]
	sub	x5, x0, #FRAME
	mov	sp, x5
	cbnz	x4, .				// again: nothing can be trusted
	bl	hyp_bug
	b	host_return
SYM_CODE_END(hyp_exception)
