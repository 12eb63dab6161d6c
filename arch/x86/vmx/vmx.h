/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the VMX backend share: capabilities as negotiated, what a
 * CPU keeps while it is in VMX operation, and each file's functions.
 */
#ifndef AXVM_X86_VMX_H
#define AXVM_X86_VMX_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <asm/desc_defs.h>
#include "module/vm.h"
#include "arch/x86/lapic.h"
#include "arch/x86/backend.h"
#include "arch/x86/emul/vmxctl.h"
#include "arch/x86/vmx/ops.h"

/* ---- caps.c: what the processor offers --------------------------------- */

/**
 * struct vmx_caps - capabilities and the controls chosen from them
 *
 * Written by vmx_caps_probe() only, constant while CPUs are taken.
 *
 * @basic: IA32_VMX_BASIC
 * @ctl: chosen controls
 * @cap: capability MSR of each field of controls
 * @ept_vpid: IA32_VMX_EPT_VPID_CAP
 * @misc: IA32_VMX_MISC
 * @cr0_fixed0, @cr0_fixed1, @cr4_fixed0, @cr4_fixed1: the fixed-bit MSRs
 */
struct vmx_caps {
	u64 basic;
	u32 ctl[VMXCTL_NR];
	u64 cap[VMXCTL_NR];
	u64 ept_vpid;
	u64 misc;
	u64 cr0_fixed0, cr0_fixed1;
	u64 cr4_fixed0, cr4_fixed1;
};

extern struct vmx_caps vmx_caps;

/** vmx_has() - is a control of the secondary field in use? */
static inline bool vmx_has(u32 proc2)
{
	return vmx_caps.ctl[VMXCTL_PROC2] & proc2;
}

int vmx_caps_probe(struct axvm_why *why);
void vmx_caps_info(struct axvm_info *info);
/** The typed reason for a negotiation that failed. */
int vmx_caps_refused(struct axvm_why *why, const struct vmxctl_bad *bad);

/* ---- cpu.c: VMX operation of a CPU, and VMCSs loaded on it --------------- */

/**
 * struct vmx_cpu - one CPU; its own, irqs off
 *
 * @region: VMXON region (set by vmx_cpus_alloc())
 * @on: in VMX operation
 * @loaded: vmx_vcpu.node of all VMCSs that are loaded here
 * @current_vmcs: the current one, or NULL
 * @last_vm: id of the VM that ran here last, for the branch predictor
 * @tr_base, @gdt, @idt, @gs_base, @sysenter_esp: constant host state
 * @star, @lstar, @cstar, @fmask, @tsc_aux, @xss: the host's MSRs
 */
struct vmx_cpu {
	void *region;
	bool on;
	struct list_head loaded;
	struct vmx_vcpu *current_vmcs;
	u64 last_vm;
	u64 tr_base;
	struct desc_ptr gdt;
	struct desc_ptr idt;
	u64 gs_base;
	u64 sysenter_esp;
	u64 sysenter_eip;
	u64 sysenter_cs;
	u64 star, lstar, cstar, fmask, tsc_aux, xss;
};

DECLARE_PER_CPU(struct vmx_cpu, vmx_cpu);

int vmx_cpus_alloc(struct axvm_why *why);
void vmx_cpus_free(void);
int vmx_cpu_enable(struct axvm_why *why);
void vmx_cpu_disable(void);

/**
 * vmx_load() - make the vCPU's VMCS current on this CPU, unless it is given
 * back meanwhile (irqs off, but on for a moment; preemption off)
 */
void vmx_load(struct axvm_vcpu *vcpu);
/** vmx_unload() - VMCLEAR it wherever it is loaded (process) */
void vmx_unload(struct axvm_vcpu *vcpu);
/** vmx_need_remote() - vx86_backend.need */
void vmx_need_remote(struct axvm_vcpu *vcpu, u32 mask);

/* ---- vmcs.c: VMCS contents ----------------------------------------------- */

void *vmx_vmcs_alloc(void);
void vmx_vmcs_free(void *vmcs);
/** First load: all controls (VMCS current, irqs off). */
void vmx_vmcs_setup(struct axvm_vcpu *vcpu);
/** Loaded on another CPU: its constant host state (VMCS current, irqs off). */
void vmx_vmcs_host(struct axvm_vcpu *vcpu);
/** Fetch parts of the state (VMCS current, irqs off). */
void vmx_fetch(struct axvm_vcpu *vcpu, u32 mask);
/** Write what is dirty (VMCS current, irqs off). */
void vmx_flush(struct axvm_vcpu *vcpu);
/** Change bits of the primary controls if they differ. */
void vmx_proc_set(struct axvm_vcpu *vcpu, u32 mask, u32 value);
/** Controls by what vcpu->arch.debug asks for (loaded, irqs off). */
void vmx_debug_controls(struct axvm_vcpu *vcpu);

/** vmx_need() - in a stay: make parts of the state valid */
static inline void vmx_need(struct axvm_vcpu *vcpu, u32 mask)
{
	u32 missing = mask & ~vcpu->arch.valid;

	if (missing)
		vmx_fetch(vcpu, missing);
}

/* What finishing an instruction looks at, fetched without further ado. */
#define VMX_RETIRE (VX86_RIP | VX86_RFLAGS | VX86_SHADOW)

static __always_inline void vmx_fetch_retire(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (unlikely(a->valid & VMX_RETIRE)) {
		vmx_need(vcpu, VMX_RETIRE);
		return;
	}
	a->state.rip = vmcs_read(VMCS_GUEST_RIP);
	a->state.rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	a->state.intr_shadow = vmcs_read32(VMCS_GUEST_INTERRUPTIBILITY);
	a->valid |= VMX_RETIRE;
}

/** vmx_flush_dirty() - vmx_flush() with the common case in line */
static __always_inline void vmx_flush_dirty(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (likely(a->dirty == VX86_RIP)) {
		vmcs_write(VMCS_GUEST_RIP, a->state.rip);
		a->dirty = 0;
	} else if (a->dirty) {
		vmx_flush(vcpu);
	}
}

/* ---- apicv.c: local APICs that the processor virtualizes ---------------- */

/** vmx_apicv_probe() - cut @caps down to what the parameter allows */
void vmx_apicv_probe(struct vmx_caps *caps);
/** A VM's MSR bitmap for x2APIC mode, from the other one (process). */
int vmx_apicv_vm_init(struct axvm_vm *vm);
void vmx_apicv_vm_exit(struct axvm_vm *vm);
/** First load: all fields about it (VMCS current, irqs off). */
void vmx_apicv_setup(struct axvm_vcpu *vcpu);
/** The local APIC's mode is another one (VMCS current, irqs off). */
void vmx_apicv_mode(struct axvm_vcpu *vcpu);
/** Requests that were posted, before an entry: others, now. */
static __always_inline void vmx_apicv_posted(struct axvm_vcpu *vcpu)
{
	const struct vlapic_posted *p = vcpu->arch.lapic->model.posted;

	/* After axvm_vcpu_enter_begin(): see notify() in lapic.c. */
	if (p && READ_ONCE(p->on))
		set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

/** Requests, before an entry: for the processor to deliver. */
void vmx_apicv_requests(struct axvm_vcpu *vcpu);
/** Requests that TPR holds back: exit when it falls. */
void vmx_apicv_threshold(struct axvm_vcpu *vcpu);

/* ---- spec.c: SPEC_CTRL and its relatives ---------------------------------- */

/** VCPUID_WITH_* of the MSRs that guests may have. */
u32 vmx_spec_features(void);
/** Those that only command: writes do not exit. */
void vmx_spec_direct(void *bitmap);
/** Bitmaps for vCPUs that use SPEC_CTRL, from the others (process). */
int vmx_spec_vm_init(struct axvm_vm *vm);
void vmx_spec_vm_exit(struct axvm_vm *vm);
int vmx_spec_init(struct axvm_vcpu *vcpu);
void vmx_spec_exit(struct axvm_vcpu *vcpu);
/** A stay begins, or ends with spec_on (VMCS current, irqs off). */
void vmx_spec_load(struct axvm_vcpu *vcpu);
void vmx_spec_save(struct axvm_vcpu *vcpu);
/** vmx_vcpu.spec_on: what exits are to leave behind (irqs off). */
void vmx_spec_host(struct axvm_vcpu *vcpu);
/** In a stay: the slot has a new value. */
void vmx_spec_written(struct axvm_vcpu *vcpu);

/* ---- inject.c ------------------------------------------------------------ */

/** Put what is pending into the VMCS, or ask for a window (irqs off). */
void vmx_inject(struct axvm_vcpu *vcpu);
/** An exit in the middle of an event's delivery: take it back. */
void vmx_take_back(struct axvm_vcpu *vcpu);

/* ---- exit.c -------------------------------------------------------------- */

/** Handle the exit that just happened (irqs off). */
enum axvm_run vmx_handle_exit(struct axvm_vcpu *vcpu);
/** The host's own interrupts among the exits: take them now. */
void vmx_host_event(struct axvm_vcpu *vcpu, u32 reason);

/* ---- run.c --------------------------------------------------------------- */

enum axvm_run vmx_stay(struct axvm_vcpu *vcpu);

/* ---- dump.c -------------------------------------------------------------- */

/** vmx_control() - vx86_backend.control */
int vmx_control(struct axvm_vcpu *vcpu, bool all, struct axvm_reg *fields,
		u32 *n, u32 *kind);
/** Log the VMCS after a failed entry, rate limited (VMCS current). */
void vmx_dump(struct axvm_vcpu *vcpu);

/* ---- enter.S ------------------------------------------------------------- */

#define VMX_ENTER_RESUME 1 /* VMRESUME */
#define VMX_ENTER_VERW 2 /* overwrite CPU buffers */
#define VMX_ENTER_IBRS 4 /* write IBRS after the exit */
#define VMX_ENTER_BHB 8 /* clear the branch history after the exit */

#define VMX_ENTERED 0
#define VMX_ENTER_FAILED 1 /* VMfail: see VM_INSN_ERROR */
#define VMX_ENTER_FAULTED 2 /* the instruction faulted */

/**
 * vmx_enter() - enter the guest and come back (irqs off, VMCS current)
 * @gpr: guest's registers in encoding order; RSP's slot is not used
 * @flags: VMX_ENTER_*
 * @host_rsp: vmx_vcpu.host_rsp
 *
 * Return: VMX_ENTERED ...
 */
unsigned int vmx_enter(u64 *gpr, unsigned long flags, u64 *host_rsp);

/** vmx_call_irq() - call the host's handler at @entry as an interrupt would */
void vmx_call_irq(unsigned long entry);

#endif /* AXVM_X86_VMX_H */
