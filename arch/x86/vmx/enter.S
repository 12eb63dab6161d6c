/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VM entry and VM exit: the guest's general registers, and what must happen
 * around the world switch before any C code runs.  Everything else is C.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#include <asm/segment.h>
#include <asm/unwind_hints.h>

/* vmx.h: VMX_ENTER_*, VMX_ENTER_FAILED ... */
#define F_RESUME_BIT 0
#define F_VERW 2
#define F_IBRS 4
#define F_BHB 8
#define FAILED 1
#define FAULTED 2

#define HOST_RSP_FIELD 0x6c14

/* Register n in encoding order is at 8 * n of the array. */
.macro LOAD_GUEST
	mov	0x08(%rax), %rcx
	mov	0x10(%rax), %rdx
	mov	0x18(%rax), %rbx
	mov	0x28(%rax), %rbp
	mov	0x30(%rax), %rsi
	mov	0x38(%rax), %rdi
	mov	0x40(%rax), %r8
	mov	0x48(%rax), %r9
	mov	0x50(%rax), %r10
	mov	0x58(%rax), %r11
	mov	0x60(%rax), %r12
	mov	0x68(%rax), %r13
	mov	0x70(%rax), %r14
	mov	0x78(%rax), %r15
	mov	0x00(%rax), %rax
.endm

/*
 * unsigned int vmx_enter(u64 *gpr, unsigned long flags, u64 *host_rsp)
 *
 * rdi: guest registers; rsi: VMX_ENTER_*; rdx: value of HOST_RSP as written
 * Returns VMX_ENTERED, VMX_ENTER_FAILED or VMX_ENTER_FAULTED in eax.
 * Clobbers what C lets it clobber.  Interrupts are off.
 *
 * Stack during the guest's stay: flags, gpr, then the saved registers.
 */
	.text
SYM_FUNC_START(vmx_enter)
	push	%rbp
	mov	%rsp, %rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx
	push	%rdi
	push	%rsi

	cmp	%rsp, (%rdx)
	je	.Lrsp_written
	mov	%rsp, (%rdx)
	mov	$HOST_RSP_FIELD, %ecx
	vmwrite	%rsp, %rcx
.Lrsp_written:
	mov	%rdi, %rax
	/* The stack at the exit is as it is here. */
	UNWIND_HINT_SAVE
	test	$F_VERW, %esi
	jnz	.Lenter_verw

	/* CF survives the moves below: VMRESUME or VMLAUNCH. */
	bt	$F_RESUME_BIT, %esi
	LOAD_GUEST
	jnc	.Llaunch
.Lresume:
	vmresume
	jmp	.Lfailed
.Llaunch:
	vmlaunch
	jmp	.Lfailed

	/* VERW changes ZF only. */
.Lenter_verw:
	bt	$F_RESUME_BIT, %esi
	LOAD_GUEST
	verw	verw_selector(%rip)
	jnc	.Llaunch_verw
.Lresume_verw:
	vmresume
	jmp	.Lfailed
.Llaunch_verw:
	vmlaunch
	jmp	.Lfailed

SYM_INNER_LABEL(vmx_exit_point, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ANNOTATE_NOENDBR
	/* Stack: flags, gpr.  All other registers are the guest's. */
	push	%rax
	mov	0x10(%rsp), %rax
	mov	%rcx, 0x08(%rax)
	mov	%rdx, 0x10(%rax)
	mov	%rbx, 0x18(%rax)
	mov	%rbp, 0x28(%rax)
	mov	%rsi, 0x30(%rax)
	mov	%rdi, 0x38(%rax)
	mov	%r8,  0x40(%rax)
	mov	%r9,  0x48(%rax)
	mov	%r10, 0x50(%rax)
	mov	%r11, 0x58(%rax)
	mov	%r12, 0x60(%rax)
	mov	%r13, 0x68(%rax)
	mov	%r14, 0x70(%rax)
	mov	%r15, 0x78(%rax)
	pop	(%rax)
	xor	%eax, %eax

.Lout:
	/*
	 * eax: result.  Nothing of the guest's may steer speculation here:
	 * each register is the host's or zero before anything branches.
	 */
	pop	%rsi
	pop	%rdi
	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d

	/* Before the first RET, and before any indirect branch. */
	FILL_RETURN_BUFFER %_ASM_CX, RSB_CLEAR_LOOPS, X86_FEATURE_RSB_VMEXIT, \
			   X86_FEATURE_RSB_VMEXIT_LITE

	test	$(F_IBRS | F_BHB), %esi
	jnz	.Lbarriers
.Lrestore:
	RET

.Lfailed:
	/* The guest's values are in all registers but RSP. */
	mov	$FAILED, %eax
	jmp	.Lout
.Lfaulted:
	mov	$FAULTED, %eax
	jmp	.Lout

.Lbarriers:
	mov	%eax, %r8d
	test	$F_IBRS, %esi
	jz	.Lno_ibrs
	/* Legacy IBRS holds from the write on: write it again. */
	mov	$MSR_IA32_SPEC_CTRL, %ecx
	rdmsr
	or	$SPEC_CTRL_IBRS, %eax
	wrmsr
.Lno_ibrs:
	test	$F_BHB, %esi
	jz	.Lno_bhb
	call	clear_history
.Lno_bhb:
	mov	%r8d, %eax
	jmp	.Lrestore

	_ASM_EXTABLE(.Lresume, .Lfaulted)
	_ASM_EXTABLE(.Llaunch, .Lfaulted)
	_ASM_EXTABLE(.Lresume_verw, .Lfaulted)
	_ASM_EXTABLE(.Llaunch_verw, .Lfaulted)
SYM_FUNC_END(vmx_enter)

/*
 * Overwrite the branch history with branches of our own: enough taken ones
 * for the deepest history buffer known (Alder Lake: 194).
 * Clobbers ecx, edx.
 */
SYM_FUNC_START_LOCAL(clear_history)
	mov	$26, %ecx
.Lhistory_outer:
	mov	$8, %edx
	.p2align 5
.Lhistory_inner:
	sub	$1, %edx
	jnz	.Lhistory_inner
	sub	$1, %ecx
	jnz	.Lhistory_outer
	lfence
	RET
SYM_FUNC_END(clear_history)

	.section .rodata
	.balign 2
SYM_DATA_LOCAL(verw_selector, .word __KERNEL_DS)
