// SPDX-License-Identifier: GPL-2.0
/*
 * Exits of VMX by basic reason: a table of handlers, and the handlers that
 * are about instructions.  Control and debug registers are in exit_cr.c,
 * exceptions and nested page faults in exit_fault.c.
 *
 * A handler runs with interrupts off right after the exit.  RESUME: go on in
 * the inner loop.
 */
#include <linux/nospec.h>

#include "module/arch.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/x86.h"

/* The instruction that exited is done. */
static __always_inline void advance(struct axvm_vcpu *vcpu)
{
	vmx_fetch_retire(vcpu);
	vx86_advance(vcpu, vmcs_read32(VMCS_EXIT_INSN_LENGTH));
}

/* A record at this exit, with its qualification. */
struct axvm_exit *vmx_exit_new(struct axvm_vcpu *vcpu, u32 reason)
{
	vcpu->arch.qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	vmx_need(vcpu, VX86_RIP);
	return vx86_exit_new(vcpu, reason);
}

enum axvm_run vmx_exit_unknown(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = vmx_exit_new(vcpu, AXVM_EXIT_UNKNOWN);

	e->raw[0] = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	e->raw[1] = vmcs_read32(VMCS_EXIT_INSN_INFO);
	e->raw[2] = vmcs_read32(VMCS_EXIT_INTR_INFO);
	e->raw[3] = vmcs_read32(VMCS_IDT_VECTORING_INFO);
	return AXVM_RUN_STOP;
}

static enum axvm_run exit_external_interrupt(struct axvm_vcpu *vcpu)
{
	vmx_host_event(vcpu, VMX_REASON_EXTERNAL_INTERRUPT);
	return AXVM_RUN_RESUME;
}

static enum axvm_run exit_mtf(struct axvm_vcpu *vcpu)
{
	vmx_take_back(vcpu);
	return vx86_debug_stepped(vcpu);
}

static enum axvm_run exit_triple_fault(struct axvm_vcpu *vcpu)
{
	vmx_exit_new(vcpu, AXVM_EXIT_TRIPLE_FAULT);
	return AXVM_RUN_STOP;
}

/* The next entry injects, and closes the window if nothing else waits. */
static enum axvm_run exit_window(struct axvm_vcpu *vcpu)
{
	vmx_proc_set(vcpu, VMX_PROC_INTR_WINDOW | VMX_PROC_NMI_WINDOW, 0);
	return AXVM_RUN_RESUME;
}

/* The event that found a task gate, if one did, is what goes through it. */
static enum axvm_run exit_task_switch(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (vx86_mode(vcpu) != AXVM_X86_MODE_PROTECTED)
		return vmx_exit_unknown(vcpu);
	a->qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	a->insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	vmx_take_back(vcpu);
	vmx_need(vcpu, VX86_TASK);
	a->slow = VX86_SLOW_TASK;
	return AXVM_RUN_SLOW;
}

static enum axvm_run exit_cpuid(struct axvm_vcpu *vcpu)
{
	vx86_cpuid(vcpu);
	advance(vcpu);
	return AXVM_RUN_RESUME;
}

/* Asleep unless something is there to wake it already. */
static enum axvm_run exit_hlt(struct axvm_vcpu *vcpu)
{
	vmx_exit_new(vcpu, AXVM_EXIT_HALT);
	advance(vcpu);
	if (axvm_arch_vcpu_can_wake(vcpu))
		return AXVM_RUN_RESUME;
	vcpu->arch.halted = true;
	return AXVM_RUN_WAIT;
}

/* Caches are coherent with everything that a guest can reach. */
static enum axvm_run exit_wbinvd(struct axvm_vcpu *vcpu)
{
	advance(vcpu);
	return AXVM_RUN_RESUME;
}

static enum axvm_run exit_ud(struct axvm_vcpu *vcpu)
{
	vx86_raise_ud(vcpu);
	return AXVM_RUN_RESUME;
}

static enum axvm_run exit_gp(struct axvm_vcpu *vcpu)
{
	vx86_raise_gp(vcpu);
	return AXVM_RUN_RESUME;
}

/* What a hypercall's record says, beyond what all have. */
static void hypercall_words(struct axvm_vcpu *vcpu, u64 words[8])
{
	const u64 *gpr = vcpu->arch.state.gpr;

	words[0] = gpr[GPR_RAX];
	words[1] = gpr[GPR_RDI];
	words[2] = gpr[GPR_RSI];
	words[3] = gpr[GPR_RDX];
	words[4] = gpr[GPR_RCX];
	words[5] = gpr[GPR_R8];
	words[6] = gpr[GPR_R9];
	words[7] = vmcs_read32(VMCS_GUEST_SS_ACCESS) >> 5 & 3; /* CPL */
}

/* Other modes than 64-bit have no upper halves. */
static noinline void hypercall_narrow(u64 words[8])
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		words[i] = (u32)words[i];
}

/* The long way: the outer loop finds out what becomes of it. */
static noinline enum axvm_run hypercall_record(struct axvm_vcpu *vcpu,
					       const u64 words[8],
					       enum axvm_run r)
{
	struct axvm_exit *e = vx86_exit_new(vcpu, AXVM_EXIT_HYPERCALL);

	memcpy(e->raw, words, sizeof(e->raw));
	return r;
}

/* R20 */
static enum axvm_run exit_vmcall(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct axvm_exit *e = NULL;
	enum axvm_run r;
	u64 words[8];

	BUILD_BUG_ON(offsetof(struct axvm_exit, hypercall.level) !=
		     offsetof(struct axvm_exit, raw[7]));
	a->qual = 0;
	vmx_fetch_retire(vcpu);
	a->insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	hypercall_words(vcpu, words);
	if (unlikely(!(vmcs_read32(VMCS_ENTRY_CONTROLS) & VMX_ENTRY_IA32E)))
		hypercall_narrow(words);
	if (unlikely(words[7] && !vcpu->vm->user_calls)) {
		a->slow = VX86_SLOW_REFUSED;
		return hypercall_record(vcpu, words, AXVM_RUN_SLOW);
	}
	if (axvm_exit_only_recorded(vcpu, AXVM_SPACE_HYPERCALL))
		e = axvm_exit_quick_begin(vcpu);
	if (!e)
		return hypercall_record(vcpu, words, AXVM_RUN_EXIT);
	vx86_exit_begin(vcpu, e, AXVM_EXIT_HYPERCALL, words);
	r = vx86_exit_put(vcpu, e);
	a->state.gpr[GPR_RAX] = ~0ull;
	vx86_advance(vcpu, a->insn_len);
	return r;
}

#define IO_STRING BIT(4)
#define IO_IN BIT(3)

/* INS and OUTS need registers that are fetched where it may sleep. */
static enum axvm_run exit_io_string(struct axvm_vcpu *vcpu, u64 qual)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u32 info = vmcs_read32(VMCS_EXIT_INSN_INFO);
	u32 mode = vx86_mode(vcpu);
	bool db = a->state.seg[AXVM_X86_CS].access & BIT(14);

	if (pio_decode_vmx(&a->pio, qual, info, true, mode, db))
		return vmx_exit_unknown(vcpu);
	return vx86_exit_io(vcpu, vmcs_read32(VMCS_EXIT_INSN_LENGTH));
}

static enum axvm_run exit_io(struct axvm_vcpu *vcpu)
{
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct pio *pio = &a->pio;

	a->qual = qual;
	vmx_fetch_retire(vcpu);
	if (~qual == a->user_io.key &&
	    axvm_exit_quick_user(vcpu, a->user_io.version))
		return vx86_exit_io_again(vcpu,
					  vmcs_read32(VMCS_EXIT_INSN_LENGTH));
	if (unlikely(qual & IO_STRING))
		return exit_io_string(vcpu, qual);
	/* Manual: "Exit Qualification for I/O Instructions". */
	pio->port = qual >> 16;
	pio->bytes = (qual & 7) + 1;
	pio->in = qual & IO_IN;
	pio->string = false;
	pio->rep = false;
	return vx86_exit_io(vcpu, vmcs_read32(VMCS_EXIT_INSN_LENGTH));
}

static enum axvm_run exit_rdmsr(struct axvm_vcpu *vcpu)
{
	vcpu->arch.insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	vcpu->arch.qual = 0;
	vmx_fetch_retire(vcpu);
	return vx86_exit_rdmsr(vcpu);
}

static enum axvm_run exit_wrmsr(struct axvm_vcpu *vcpu)
{
	vcpu->arch.insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	vcpu->arch.qual = 0;
	vmx_fetch_retire(vcpu);
	return vx86_exit_wrmsr(vcpu);
}

static enum axvm_run exit_xsetbv(struct axvm_vcpu *vcpu)
{
	const u64 *gpr = vcpu->arch.state.gpr;
	u64 value = (u32)gpr[GPR_RAX] | gpr[GPR_RDX] << 32;

	/* Not every processor looks at CPL before it exits. */
	if (!vx86_cpl(vcpu) && vx86_xsetbv(vcpu, gpr[GPR_RCX], value))
		advance(vcpu);
	else
		vx86_raise_gp(vcpu);
	return AXVM_RUN_RESUME;
}

/* Entry failures: nothing of the guest ran; the exit reason's bit 31 is set. */
static enum axvm_run exit_entry_failed(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = vmx_exit_new(vcpu, AXVM_EXIT_FAIL_ENTRY);

	e->fail.hw_reason = vcpu->arch.vmx.exit_reason & VMX_REASON_BASIC;
	e->fail.info = e->qual;
	/* No exit cleared it: what was to be injected is gone. */
	vmcs_write32(VMCS_ENTRY_INTR_INFO, 0);
	if (e->fail.hw_reason == VMX_REASON_ENTRY_MCE)
		vmx_host_event(vcpu, VX86_MC);
	else
		vmx_dump(vcpu);
	return AXVM_RUN_STOP;
}

/* Reasons that are not here stop the vCPU with an UNKNOWN record. */
static enum axvm_run (*const handlers[])(struct axvm_vcpu *vcpu) = {
	[VMX_REASON_EXCEPTION_NMI] = vmx_exit_exception,
	[VMX_REASON_EXTERNAL_INTERRUPT] = exit_external_interrupt,
	[VMX_REASON_TRIPLE_FAULT] = exit_triple_fault,
	[VMX_REASON_INTR_WINDOW] = exit_window,
	[VMX_REASON_NMI_WINDOW] = exit_window,
	[VMX_REASON_TASK_SWITCH] = exit_task_switch,
	[VMX_REASON_CPUID] = exit_cpuid,
	[VMX_REASON_GETSEC] = exit_ud,
	[VMX_REASON_HLT] = exit_hlt,
	[VMX_REASON_INVD] = exit_wbinvd,
	[VMX_REASON_RDPMC] = exit_gp,
	[VMX_REASON_RSM] = exit_ud,
	[VMX_REASON_VMCALL] = exit_vmcall,
	[VMX_REASON_VMCLEAR ... VMX_REASON_VMXON] = exit_ud,
	[VMX_REASON_CR] = vmx_exit_cr,
	[VMX_REASON_DR] = vmx_exit_dr,
	[VMX_REASON_IO] = exit_io,
	[VMX_REASON_RDMSR] = exit_rdmsr,
	[VMX_REASON_WRMSR] = exit_wrmsr,
	[VMX_REASON_MWAIT] = exit_ud,
	[VMX_REASON_MTF] = exit_mtf,
	[VMX_REASON_MONITOR] = exit_ud,
	[VMX_REASON_TPR_THRESHOLD] = vmx_exit_tpr,
	[VMX_REASON_APIC_ACCESS] = vmx_exit_apic_access,
	[VMX_REASON_VIRTUAL_EOI] = vmx_exit_virtual_eoi,
	[VMX_REASON_APIC_WRITE] = vmx_exit_apic_write,
	[VMX_REASON_EPT_VIOLATION] = vmx_exit_ept_violation,
	[VMX_REASON_EPT_MISCONFIG] = vmx_exit_ept_misconfig,
	[VMX_REASON_INVEPT] = exit_ud,
	[VMX_REASON_INVVPID] = exit_ud,
	[VMX_REASON_WBINVD] = exit_wbinvd,
	[VMX_REASON_XSETBV] = exit_xsetbv,
	[VMX_REASON_VMFUNC] = exit_ud,
	[VMX_REASON_ENCLS] = exit_ud,
	[VMX_REASON_XSAVES] = exit_ud,
	[VMX_REASON_XRSTORS] = exit_ud,
	[VMX_REASON_UMWAIT] = exit_ud,
	[VMX_REASON_TPAUSE] = exit_ud,
};

/* The frequent ones without an indirect call, which retpolines make slow. */
static enum axvm_run handle(struct axvm_vcpu *vcpu, u32 reason)
{
	enum axvm_run (*fn)(struct axvm_vcpu *vcpu);

	if (reason == VMX_REASON_CPUID)
		return exit_cpuid(vcpu);
	if (reason == VMX_REASON_EXTERNAL_INTERRUPT)
		return exit_external_interrupt(vcpu);
	if (reason == VMX_REASON_IO)
		return exit_io(vcpu);
	if (reason == VMX_REASON_VMCALL)
		return exit_vmcall(vcpu);
	if (reason == VMX_REASON_EPT_VIOLATION)
		return vmx_exit_ept_violation(vcpu);
	if (reason == VMX_REASON_WRMSR)
		return exit_wrmsr(vcpu);
	if (reason >= ARRAY_SIZE(handlers))
		return vmx_exit_unknown(vcpu);
	fn = handlers[array_index_nospec(reason, ARRAY_SIZE(handlers))];
	return fn ? fn(vcpu) : vmx_exit_unknown(vcpu);
}

enum axvm_run vmx_handle_exit(struct axvm_vcpu *vcpu)
{
	u32 reason = vcpu->arch.vmx.exit_reason;

	if (unlikely(reason & VMX_REASON_ENTRY_FAILED))
		return exit_entry_failed(vcpu);
	return handle(vcpu, reason & VMX_REASON_BASIC);
}
