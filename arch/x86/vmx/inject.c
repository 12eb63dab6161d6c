// SPDX-License-Identifier: GPL-2.0
/*
 * Events through the VMCS: what is pending goes into the next entry, or its
 * window is asked for; what an exit interrupted is taken back.
 *
 * Manual: "VM-Entry Controls for Event Injection", "Information for VM Exits
 * That Occur During Event Delivery".
 */
#include <linux/bitfield.h>

#include "module/trace.h"
#include "arch/x86/lapic.h"
#include "arch/x86/vmx/vmx.h"
#include "arch/x86/x86.h"

/* The same layout in ENTRY_INTR_INFO, EXIT_INTR_INFO, IDT_VECTORING_INFO. */
#define INFO_VECTOR GENMASK(7, 0)
#define INFO_TYPE GENMASK(10, 8)
#define INFO_ERROR BIT(11)
#define INFO_VALID BIT(31)

static bool software(u8 type)
{
	return type >= VX86_EVENT_SOFT_INTR;
}

static void inject(struct axvm_vcpu *vcpu, const struct vx86_event *e)
{
	u32 info = INFO_VALID | FIELD_PREP(INFO_TYPE, e->type) | e->vector;

	/* Real mode has no error codes. */
	if (e->has_error) {
		vmx_need(vcpu, VX86_CR0);
		if (vcpu->arch.state.cr0 & X86_CR0_PE) {
			info |= INFO_ERROR;
			vmcs_write32(VMCS_ENTRY_ERROR_CODE, e->error);
		}
	}
	if (software(e->type))
		vmcs_write32(VMCS_ENTRY_INSN_LENGTH, e->insn_len);
	vmcs_write32(VMCS_ENTRY_INTR_INFO, info);
	axvm_stat(vcpu, injected, 1);
	trace_axvm_inject(vcpu, e->vector, info, e->error);
}

static void inject_event(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	a->event.valid = false;
	clear_bit(VX86_PENDING_EVENT, &a->pending);
	inject(vcpu, &a->event);
}

/* True: it went in, there is no room for more. */
static bool inject_nmi(struct axvm_vcpu *vcpu)
{
	static const struct vx86_event nmi = { .type = VX86_EVENT_NMI,
					       .vector = 2 };
	struct vx86_state *s = &vcpu->arch.state;

	vmx_need(vcpu, VX86_SHADOW);
	/* While one is being handled, only one more is latched. */
	if (s->intr_shadow & VX86_SHADOW_NMI)
		clear_bit(VX86_PENDING_NMI2, &vcpu->arch.pending);
	/* Some processors refuse an NMI in the shadow of STI, too. */
	if (s->intr_shadow & (VX86_SHADOW_NMI | VX86_SHADOW_STI |
			      VX86_SHADOW_MOV_SS))
		return false;
	vx86_take_nmi(vcpu);
	inject(vcpu, &nmi);
	return true;
}

static bool inject_irq(struct axvm_vcpu *vcpu)
{
	struct vx86_event e = { .type = VX86_EVENT_INTR };
	int vector = vx86_next_inject(vcpu);

	if (vector < 0) {
		/* Or every entry would look again. */
		vx86_irq_settle(vcpu);
		return false;
	}
	vmx_need(vcpu, VX86_SHADOW | VX86_RFLAGS);
	if (!vx86_irq_open(vcpu))
		return false;
	vector = vx86_take_irq(vcpu, vector);
	if (vector < 0)
		return false;
	e.vector = vector;
	inject(vcpu, &e);
	return true;
}

void vmx_inject(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	bool nmi, irq, apic, full = false;
	u32 windows = 0;

	if (a->event.valid) {
		inject_event(vcpu);
		full = true;
	}
	nmi = test_bit(VX86_PENDING_NMI, &a->pending);
	if (nmi && !full)
		full = inject_nmi(vcpu);
	if (test_bit(VX86_PENDING_NMI, &a->pending))
		windows |= VMX_PROC_NMI_WINDOW;
	irq = test_bit(VX86_PENDING_IRQ, &a->pending);
	if (unlikely(a->apic_stale))
		vmx_apicv_mode(vcpu);
	apic = irq && a->lapic;
	if (apic)
		vmx_apicv_requests(vcpu);
	irq = irq && !a->debug.step;
	if (irq && !full)
		inject_irq(vcpu);
	if (apic)
		vmx_apicv_threshold(vcpu);
	/* What only its priority holds back has no use for a window. */
	if (irq && test_bit(VX86_PENDING_IRQ, &a->pending) &&
	    vx86_next_inject(vcpu) >= 0)
		windows |= VMX_PROC_INTR_WINDOW;
	vmx_proc_set(vcpu, VMX_PROC_NMI_WINDOW | VMX_PROC_INTR_WINDOW,
		     windows);
}

void vmx_take_back(struct axvm_vcpu *vcpu)
{
	u32 info = vmcs_read32(VMCS_IDT_VECTORING_INFO);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_event *e = &a->event;

	if (!(info & INFO_VALID))
		return;
	*e = (struct vx86_event){
		.valid = true,
		.type = FIELD_GET(INFO_TYPE, info),
		.vector = FIELD_GET(INFO_VECTOR, info),
		.has_error = info & INFO_ERROR,
	};
	if (e->has_error)
		e->error = vmcs_read32(VMCS_IDT_VECTORING_ERROR_CODE);
	if (software(e->type))
		e->insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH);
	/* Its delivery set the blocking that injecting it will set again. */
	if (e->type == VX86_EVENT_NMI) {
		vmx_need(vcpu, VX86_SHADOW);
		a->state.intr_shadow &= ~VX86_SHADOW_NMI;
		vx86_dirty(vcpu, VX86_SHADOW);
	}
	set_bit(VX86_PENDING_EVENT, &a->pending);
}
