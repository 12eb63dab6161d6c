/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Into the guest and out of it: general registers, SP_EL0, and the vectors
 * that are in VBAR_EL2 while a guest runs.  Assembled twice, for the module
 * (VHE) and for the EL2 image (nVHE); it reaches everything through the stack
 * and the vCPU's page, so it needs no per-CPU register.
 *
 * Stack while the guest runs (grows down):
 *	x29, x30 ... x19, x20; x18, host SP_EL0; struct hyp_vcpu *, 0
 */
#include <linux/linkage.h>
#include "arch/arm64/hyp/bits.h"
#include "hyp-offsets.h"

	.text

/*
 * u64 hyp_guest_enter(struct hyp_vcpu *v)
 * In: x0 = v.  Out: x0 = HYP_EXIT_*.  Clobbers x1-x17 and the flags.
 */
SYM_FUNC_START(hyp_guest_enter)
	stp	x29, x30, [sp, #-128]!
	stp	x27, x28, [sp, #16]
	stp	x25, x26, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x21, x22, [sp, #64]
	stp	x19, x20, [sp, #80]
	mrs	x1, sp_el0
	stp	x18, x1, [sp, #96]
	str	x0, [sp, #112]

	/* x0 = v from here to the last load */
	ldp	x1, x2, [x0, #VCPU_PC]
	ldr	x3, [x0, #VCPU_SP_EL0]
	msr	elr_el2, x1
	msr	spsr_el2, x2
	msr	sp_el0, x3
	ldp	x2, x3, [x0, #VCPU_X + 16]
	ldp	x4, x5, [x0, #VCPU_X + 32]
	ldp	x6, x7, [x0, #VCPU_X + 48]
	ldp	x8, x9, [x0, #VCPU_X + 64]
	ldp	x10, x11, [x0, #VCPU_X + 80]
	ldp	x12, x13, [x0, #VCPU_X + 96]
	ldp	x14, x15, [x0, #VCPU_X + 112]
	ldp	x16, x17, [x0, #VCPU_X + 128]
	ldp	x18, x19, [x0, #VCPU_X + 144]
	ldp	x20, x21, [x0, #VCPU_X + 160]
	ldp	x22, x23, [x0, #VCPU_X + 176]
	ldp	x24, x25, [x0, #VCPU_X + 192]
	ldp	x26, x27, [x0, #VCPU_X + 208]
	ldp	x28, x29, [x0, #VCPU_X + 224]
	ldr	x30, [x0, #VCPU_X + 240]
	ldp	x0, x1, [x0, #VCPU_X]
	eret
	/* Nothing is executed speculatively past the return. */
	dsb	nsh
	isb
SYM_FUNC_END(hyp_guest_enter)

/*
 * The guest is out: x0 = HYP_EXIT_*, the guest's x0 and x1 on the stack below
 * hyp_guest_enter()'s frame, everything else still the guest's.
 */
SYM_CODE_START_LOCAL(guest_exit)
	ldr	x1, [sp, #16 + 112]
	/* x1 = v to the end */
	stp	x2, x3, [x1, #VCPU_X + 16]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x1, #VCPU_X]
	stp	x4, x5, [x1, #VCPU_X + 32]
	stp	x6, x7, [x1, #VCPU_X + 48]
	stp	x8, x9, [x1, #VCPU_X + 64]
	stp	x10, x11, [x1, #VCPU_X + 80]
	stp	x12, x13, [x1, #VCPU_X + 96]
	stp	x14, x15, [x1, #VCPU_X + 112]
	stp	x16, x17, [x1, #VCPU_X + 128]
	stp	x18, x19, [x1, #VCPU_X + 144]
	stp	x20, x21, [x1, #VCPU_X + 160]
	stp	x22, x23, [x1, #VCPU_X + 176]
	stp	x24, x25, [x1, #VCPU_X + 192]
	stp	x26, x27, [x1, #VCPU_X + 208]
	stp	x28, x29, [x1, #VCPU_X + 224]
	str	x30, [x1, #VCPU_X + 240]
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	mrs	x4, sp_el0
	mrs	x5, esr_el2
	stp	x2, x3, [x1, #VCPU_PC]
	str	x4, [x1, #VCPU_SP_EL0]
	str	x5, [x1, #VCPU_ESR]

	ldr	w2, [x1, #VCPU_MITIGATE]
	cbnz	w2, mitigate
	/* x0 = HYP_EXIT_*, x1 = v */
SYM_INNER_LABEL(guest_exit_clean, SYM_L_LOCAL)
	/*
	 * An SError that the guest caused must not be taken for the host's:
	 * collect it here while it can be told apart.
	 */
	ldr	w2, [x1, #VCPU_RAS]
	cbz	w2, 1f
	hint	#16				// ESB
	mrs	x2, S3_0_C12_C1_1		// DISR_EL1
	cbz	x2, 2f
	msr	S3_0_C12_C1_1, xzr
	str	x2, [x1, #VCPU_DISR]
	mov	x0, #HYP_EXIT_SERROR
	b	2f
1:	dsb	sy
	isb
	mrs	x2, isr_el1
	tbnz	x2, #8, serror_collect		// A: an SError is pending
SYM_INNER_LABEL(guest_exit_end, SYM_L_LOCAL)
2:
	/* Host state: the frame of hyp_guest_enter() */
	ldp	x18, x2, [sp, #96]
	msr	sp_el0, x2
	ldp	x19, x20, [sp, #80]
	ldp	x21, x22, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #32]
	ldp	x27, x28, [sp, #16]
	ldp	x29, x30, [sp], #128
	ret
SYM_CODE_END(guest_exit)

/*
 * Without the RAS extension an SError can only be collected by taking it:
 * from serror_open to serror_closed, where hyp_guest_vectors expects it.
 */
SYM_CODE_START_LOCAL(serror_collect)
SYM_INNER_LABEL(serror_open, SYM_L_LOCAL)
	msr	daifclr, #4
	isb
	nop
SYM_INNER_LABEL(serror_closed, SYM_L_LOCAL)
	msr	daifset, #4
	mrs	x2, esr_el2
	str	x2, [x1, #VCPU_DISR]
	mov	x0, #HYP_EXIT_SERROR
	b	guest_exit_end
SYM_CODE_END(serror_collect)

/* An SError at EL2: the guest's that serror_collect waits for, or a bug. */
SYM_CODE_START_LOCAL(el2_serror)
	mrs	x0, elr_el2
	adr	x1, serror_open
	sub	x0, x0, x1
	cmp	x0, #(serror_closed - serror_open)
	b.hi	el2_exception
	ldp	x0, x1, [sp], #16
	eret
SYM_CODE_END(el2_serror)

/*
 * Branches that the guest trained must not steer the host: before the first
 * indirect branch.  x0 = HYP_EXIT_*, x1 = v, w2 = how.
 */
SYM_CODE_START_LOCAL(mitigate)
	cmp	w2, #HYP_MITIGATE_CLRBHB
	b.eq	2f
	b.hi	3f
	ldr	w3, [x1, #VCPU_MITIGATE_LOOPS]
1:	b	. + 4
	subs	w3, w3, #1
	b.ne	1b
	dsb	nsh
	isb
	b	guest_exit_clean
2:	hint	#22				// CLRBHB
	isb
	b	guest_exit_clean
3:	mov	x19, x0				// x19, x20: saved above
	mov	x20, x1
	mov	w0, #0x80000000
	cmp	w2, #HYP_MITIGATE_WA3
	mov	w4, #0x3fff
	mov	w5, #0x8000
	csel	w4, w4, w5, eq
	orr	w0, w0, w4			// SMCCC_ARCH_WORKAROUND_3 or _1
	smc	#0				// may clobber x0-x17
	mov	x0, x19
	mov	x1, x20
	b	guest_exit_clean
SYM_CODE_END(mitigate)

/*
 * An exception at EL2 itself between entry and exit.  One kind is the
 * guest's: ERET refused its PSTATE and set IL, which shows as an illegal
 * execution at the guest's own PC.  Everything else is a bug of ours; the
 * frame is good, so go back and say so.
 */
SYM_CODE_START_LOCAL(el2_exception)
	mrs	x0, esr_el2
	ubfx	x0, x0, #ESR_EC_SHIFT, #6
	cmp	x0, #ESR_EC_ILLEGAL
	mov	x1, #HYP_EXIT_ILLEGAL
	mov	x0, #HYP_EXIT_BUG
	csel	x0, x1, x0, eq
	ldr	x1, [sp, #16 + 112]
	str	x2, [x1, #VCPU_X + 16]
	mrs	x2, far_el2
	str	x2, [x1, #VCPU_FAR]
	ldr	x2, [x1, #VCPU_X + 16]
	b	guest_exit
SYM_CODE_END(el2_exception)

.macro guest_vector code
	.align	7
	stp	x0, x1, [sp, #-16]!
	mov	x0, #\code
	b	guest_exit
.endm

.macro own_vector to=el2_exception
	.align	7
	stp	x0, x1, [sp, #-16]!
	b	\to
.endm

	.align	11
SYM_CODE_START(hyp_guest_vectors)
	/* EL2 with SP_EL0: never used */
	own_vector
	own_vector
	own_vector
	own_vector
	/* EL2 with SP_EL2: illegal return, or a bug */
	own_vector
	own_vector
	own_vector
	own_vector el2_serror
	/* EL1 and EL0, AArch64 */
	guest_vector HYP_EXIT_SYNC
	guest_vector HYP_EXIT_IRQ
	guest_vector HYP_EXIT_FIQ
	guest_vector HYP_EXIT_SERROR
	/* EL0, AArch32: the C side refuses it by PSTATE.nRW */
	guest_vector HYP_EXIT_SYNC
	guest_vector HYP_EXIT_IRQ
	guest_vector HYP_EXIT_FIQ
	guest_vector HYP_EXIT_SERROR
	.align	7
SYM_CODE_END(hyp_guest_vectors)
