/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calling a handler of the host's as the processor does when an interrupt
 * arrives: with posted interrupts, exits take interrupts from the host's APIC.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/segment.h>

/*
 * void vmx_call_irq(unsigned long entry)
 *
 * rdi: the gate's offset; interrupts are off, and off when it returns.
 * Clobbers what C lets it clobber.
 *
 * The frame that IRET takes away: SS, RSP, RFLAGS, CS, and RIP by the call.
 */
	.text
SYM_FUNC_START(vmx_call_irq)
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	push	$__KERNEL_DS
	push	%rbp
	pushf
	push	$__KERNEL_CS
	CALL_NOSPEC rdi
	/* RSP is RBP again, which no tool knows. */
	mov	%rbp, %rsp
	pop	%rbp
	RET
SYM_FUNC_END(vmx_call_irq)
