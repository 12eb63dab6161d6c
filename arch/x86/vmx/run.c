// SPDX-License-Identifier: GPL-2.0
/*
 * The inner loop: interrupts are off from here to here but for moments in
 * which the host takes its own; nothing sleeps.
 */
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <asm/special_insns.h>

#include "module/arch.h"
#include "module/profile.h"
#include "module/trace.h"
#include "arch/x86/lapic.h"
#include "arch/x86/vmx/host.h"
#include "arch/x86/x86.h"

/* First entry on this CPU since it was elsewhere, or ever. */
static noinline void tlb_catch_up(struct axvm_vcpu *vcpu)
{
	struct axvm_vm_arch *va = &vcpu->vm->arch;
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	int cpu = smp_processor_id();

	if (!cpumask_test_cpu(cpu, &va->npt_cpus)) {
		cpumask_set_cpu(cpu, &va->npt_cpus);
		smp_mb(); /* pairs with the one in flush() (x86.c) */
		/* Another VM's tables may have had the same root. */
		vmx_invept(VMX_INVEPT_SINGLE, va->npt_root);
	}
	if (vmx->flushed_cpu == cpu)
		return;
	vmx->flushed_cpu = cpu;
	if (vmx->vpid)
		vmx_invvpid(VMX_INVVPID_SINGLE, vmx->vpid);
}

/* True: nothing is left that keeps the vCPU out. */
static bool take_requests(struct axvm_vcpu *vcpu)
{
	axvm_vcpu_take(vcpu, AXVM_REQ_IRQ);
	axvm_vcpu_take(vcpu, AXVM_REQ_TLB); /* flush() interrupts every CPU */
	if (test_bit(VX86_PENDING_TIMER, &vcpu->arch.pending))
		vx86_lapic_event(vcpu);
	return axvm_vcpu_may_enter(vcpu) &&
	       !test_bit(VX86_PENDING_MP, &vcpu->arch.pending);
}

static enum axvm_run enter_failed(struct axvm_vcpu *vcpu, unsigned int how)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	struct axvm_exit *e;

	vmx->insn_error = how == VMX_ENTER_FAILED ?
				  vmcs_read32(VMCS_VM_INSN_ERROR) : 0;
	vmx->exit_reason = 0;
	vcpu->arch.qual = 0;
	e = vx86_exit_new(vcpu, AXVM_EXIT_FAIL_ENTRY);
	e->fail.insn_error = vmx->insn_error;
	e->fail.info = how;
	if (how == VMX_ENTER_FAILED) {
		vmcs_write32(VMCS_ENTRY_INTR_INFO, 0);
		vmx_dump(vcpu);
	}
	return AXVM_RUN_STOP;
}

static void trace_exit(struct axvm_vcpu *vcpu)
{
	vmx_need(vcpu, VX86_RIP);
	trace_axvm_exit(vcpu, vcpu->arch.vmx.exit_reason,
			vcpu->arch.state.rip,
			vmcs_read(VMCS_EXIT_QUALIFICATION));
}

/* One entry and the exit that ends it; requests have been looked at. */
static enum axvm_run enter_once(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vmx_vcpu *vmx = &a->vmx;
	unsigned int how;

	if (a->apic_delivers)
		vmx_apicv_posted(vcpu);
	if (a->pending)
		vmx_inject(vcpu);
	vmx_flush_dirty(vcpu);
	if (a->state.cr2 != native_read_cr2())
		native_write_cr2(a->state.cr2);
	if (trace_axvm_entry_enabled()) {
		vmx_need(vcpu, VX86_RIP);
		trace_axvm_entry(vcpu, a->state.rip);
	}
	axvm_profile_entry(vcpu);
	how = vmx_enter(a->state.gpr, vmx_enter_flags | vmx->resume,
			&vmx->host_rsp);
	if (unlikely(a->host_debugctl | a->host_pebs))
		vmx_host_repair(vcpu);
	axvm_stat(vcpu, entries, 1);
	if (unlikely(how != VMX_ENTERED))
		return enter_failed(vcpu, how);
	a->state.cr2 = native_read_cr2();
	a->valid = VX86_KEPT;
	vmx->exit_reason = vmcs_read32(VMCS_EXIT_REASON);
	if (unlikely(!vmx->resume) && !(vmx->exit_reason >> 31))
		vmx->resume = VMX_ENTER_RESUME;
	axvm_profile_exit(vcpu, vmx->exit_reason & 0xffff);
	axvm_stat(vcpu, exits, 1);
	if (trace_axvm_exit_enabled())
		trace_exit(vcpu);
	return vmx_handle_exit(vcpu);
}

static enum axvm_run inner_loop(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r;

	do {
		if (unlikely(a->host_stale))
			vmx_host_refresh(vcpu);
		if (unlikely(!axvm_vcpu_enter_begin(vcpu))) {
			axvm_vcpu_enter_end(vcpu);
			if (!take_requests(vcpu))
				return AXVM_RUN_RESUME;
			r = AXVM_RUN_RESUME;
			continue;
		}
		r = enter_once(vcpu);
		axvm_vcpu_enter_end(vcpu);
		/* An exception that cannot be delivered any more, ... */
		if (unlikely(a->due))
			break;
		/* Softirqs that ksoftirqd waits for: let it run. */
		if (unlikely(a->host_stale && local_softirq_pending()))
			break;
	} while (likely(r == AXVM_RUN_RESUME));
	return r;
}

enum axvm_run vmx_stay(struct axvm_vcpu *vcpu)
{
	int cpu = smp_processor_id();
	enum axvm_run r;

	local_irq_disable();
	/* A CPU that is given back clears its VMCSs in an interrupt. */
	if (unlikely(this_cpu_read(vmx_cpu.current_vmcs) != &vcpu->arch.vmx)) {
		vmx_load(vcpu);
		if (this_cpu_read(vmx_cpu.current_vmcs) != &vcpu->arch.vmx) {
			local_irq_enable();
			return AXVM_RUN_RESUME;
		}
	}
	vcpu->arch.in_stay = true;
	if (unlikely(vcpu->arch.debug.changed))
		vmx_debug_controls(vcpu);
	if (unlikely(!cpumask_test_cpu(cpu, &vcpu->vm->arch.npt_cpus) ||
		     vcpu->arch.vmx.flushed_cpu != cpu))
		tlb_catch_up(vcpu);
	if (vcpu->arch.lapic)
		vx86_lapic_follow(vcpu);
	vmx_host_leave(vcpu);
	r = inner_loop(vcpu);
	vmx_host_return(vcpu);
	vcpu->arch.in_stay = false;
	local_irq_enable();
	return r;
}

#define INFO_VECTOR GENMASK(7, 0)
#define INFO_VALID BIT(31)

/* The exit has taken it from the host's APIC: its handler must be called. */
static void acknowledged(struct axvm_vcpu *vcpu)
{
	const struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	const gate_desc *idt = (const gate_desc *)c->idt.address;
	u32 info = vmcs_read32(VMCS_EXIT_INTR_INFO);

	if (info & INFO_VALID)
		vmx_call_irq(gate_offset(&idt[info & INFO_VECTOR]));
}

/*
 * Let the host take what made the guest exit.  RCU learns that this CPU holds
 * nothing of it: with one busy vCPU there is no other quiescent state.
 */
static void host_interrupt(struct axvm_vcpu *vcpu)
{
	axvm_vcpu_enter_end(vcpu);
	if (vmx_caps.ctl[VMXCTL_EXIT] & VMX_EXIT_ACK_INTR)
		acknowledged(vcpu);
	rcu_note_context_switch(false);
	vcpu->arch.host_stale = true;
	local_irq_enable();
	/* The instruction after STI still runs with interrupts off. */
	asm volatile("nop");
	local_irq_disable();
	axvm_stat(vcpu, host_irqs, 1);
}

#define REASON_EXTERNAL_INTERRUPT 1

void vmx_host_event(struct axvm_vcpu *vcpu, u32 reason)
{
	if (reason == REASON_EXTERNAL_INTERRUPT)
		host_interrupt(vcpu);
	else if (reason == VX86_MC)
		asm volatile("int $18");
	else
		/* NMIs are blocked since the exit; the handler's IRET ends it. */
		asm volatile("int $2");
}
