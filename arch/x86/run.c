// SPDX-License-Identifier: GPL-2.0
/*
 * A stay in the guest, around the vendor's inner loop, and what follows where
 * one may sleep.
 */
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/preempt.h>

#include "module/arch.h"
#include "module/cpu.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/*
 * Softirqs that the last interrupt left to ksoftirqd run now, where they may:
 * the inner loop left because of them.
 */
static void run_softirqs(void)
{
	if (!local_softirq_pending())
		return;
	local_bh_disable();
	local_bh_enable();
}

static enum axvm_run triple_fault(struct axvm_vcpu *vcpu)
{
	vcpu->arch.triple = false;
	vx86_exit_new(vcpu, AXVM_EXIT_TRIPLE_FAULT);
	return AXVM_RUN_STOP;
}

/* PAE and registers from userspace: PDPTEs that VM entry will check. */
static enum axvm_run pdptes_first(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e;
	int err;

	vcpu->arch.pdpte_stale = false;
	err = vx86_load_pdptes(vcpu);
	if (!err)
		return AXVM_RUN_RESUME;
	e = vx86_exit_new(vcpu, AXVM_EXIT_FAIL_ENTRY);
	e->gpa = vcpu->arch.state.cr3;
	e->fail.info = -err;
	return AXVM_RUN_STOP;
}

static void count_cpu(struct axvm_vcpu *vcpu)
{
	int cpu = smp_processor_id();

	if (vcpu->cpu == cpu)
		return;
	if (vcpu->cpu >= 0)
		axvm_stat(vcpu, moved, 1);
	WRITE_ONCE(vcpu->cpu, cpu);
}

/* Before the next entry goes by the new mode. */
static void apic_moved(struct axvm_vcpu *vcpu)
{
	vcpu->arch.apic_moved = false;
	vx86_lapic_page_update(vcpu->vm);
	vcpu->arch.apic_stale = true;
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

/* What must be done before the guest goes on.  RESUME: nothing is left. */
static noinline enum axvm_run due_first(struct axvm_vcpu *vcpu)
{
	enum axvm_run r;

	if (vcpu->arch.pdpte_stale) {
		r = pdptes_first(vcpu);
		if (r != AXVM_RUN_RESUME)
			return r;
	}
	if (vcpu->arch.apic_moved)
		apic_moved(vcpu);
	if (vcpu->arch.triple)
		return triple_fault(vcpu);
	if (vcpu->arch.stepped)
		return vx86_debug_stepped(vcpu);
	return AXVM_RUN_RESUME;
}

enum axvm_run axvm_arch_vcpu_run(struct axvm_vcpu *vcpu)
{
	enum axvm_run r = AXVM_RUN_RESUME;

	if (unlikely(test_bit(VX86_PENDING_MP, &vcpu->arch.pending))) {
		r = vx86_lapic_mp(vcpu);
		if (r != AXVM_RUN_RESUME)
			return r;
	}
	if (unlikely(vcpu->arch.due)) {
		r = due_first(vcpu);
		if (r != AXVM_RUN_RESUME)
			return r;
	}
	vcpu->arch.debug.insn_len = 0;
	run_softirqs();
	vx86_fpu_enter(vcpu);
	if (likely(axvm_cpu_ready())) {
		count_cpu(vcpu);
		r = vx86_call(stay)(vcpu);
	}
	if (r == AXVM_RUN_RESUME && need_resched())
		axvm_stat(vcpu, preempted, 1);
	vx86_fpu_leave(vcpu);
	return r;
}

void axvm_arch_vcpu_switched(struct axvm_vcpu *vcpu)
{
	if (!vcpu->arch.trained)
		return;
	vcpu->arch.trained = false;
	vx86_call(forget_guest)();
}

/* A hypercall from CPL > 0: the record tells, the guest gets -EPERM. */
static enum axvm_run slow_refused(struct axvm_vcpu *vcpu)
{
	vcpu->exit.flags |= AXVM_EXIT_IN_KERNEL;
	axvm_exit_record(vcpu);
	vcpu->arch.state.gpr[GPR_RAX] = (u64)-EPERM;
	vx86_advance(vcpu, vcpu->arch.insn_len);
	return AXVM_RUN_RESUME;
}

enum axvm_run axvm_arch_vcpu_slow(struct axvm_vcpu *vcpu)
{
	u32 slow = vcpu->arch.slow;

	vcpu->arch.slow = 0;
	switch (slow) {
	case VX86_SLOW_STRING_IO:
		return vx86_slow_string(vcpu);
	case VX86_SLOW_REFUSED:
		return slow_refused(vcpu);
	case VX86_SLOW_WRMSR:
		return vx86_lapic_slow_wrmsr(vcpu);
	case VX86_SLOW_APIC_WRITE:
		return vx86_lapic_slow_written(vcpu);
	case VX86_SLOW_TASK:
		return vx86_task_switch(vcpu);
	case VX86_SLOW_PDPTES:
		return vx86_slow_pdptes(vcpu);
	case VX86_SLOW_WAKE:
		axvm_exit_wake(vcpu);
		return AXVM_RUN_RESUME;
	default:
		return AXVM_RUN_RESUME;
	}
}

static void complete_rdmsr(struct axvm_vcpu *vcpu, u64 data)
{
	u64 *gpr = vcpu->arch.state.gpr;

	gpr[GPR_RAX] = (u32)data;
	gpr[GPR_RDX] = data >> 32;
	vx86_advance(vcpu, vcpu->arch.insn_len);
}

enum axvm_run axvm_arch_vcpu_complete(struct axvm_vcpu *vcpu, u64 data,
				      bool fault)
{
	if (unlikely(fault)) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	switch (vcpu->exit.reason) {
	case AXVM_EXIT_IO_READ:
	case AXVM_EXIT_IO_WRITE:
		return vx86_complete_io(vcpu, data);
	case AXVM_EXIT_MMIO_READ:
	case AXVM_EXIT_MMIO_WRITE:
		return vx86_complete_mmio(vcpu, data);
	case AXVM_EXIT_HYPERCALL:
		vcpu->arch.state.gpr[GPR_RAX] = data;
		vx86_advance(vcpu, vcpu->arch.insn_len);
		return AXVM_RUN_RESUME;
	case AXVM_EXIT_SYSREG_READ:
		complete_rdmsr(vcpu, data);
		return AXVM_RUN_RESUME;
	case AXVM_EXIT_SYSREG_WRITE:
		vx86_advance(vcpu, vcpu->arch.insn_len);
		return AXVM_RUN_RESUME;
	default:
		return AXVM_RUN_RESUME;
	}
}

bool axvm_arch_unclaimed_faults(u32 reason)
{
	return reason == AXVM_EXIT_SYSREG_READ ||
	       reason == AXVM_EXIT_SYSREG_WRITE;
}
