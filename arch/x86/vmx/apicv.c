// SPDX-License-Identifier: GPL-2.0
/*
 * Local APICs that the processor virtualizes: controls by mode, what it is
 * told before an entry, and its exits.  The registers are the model's page,
 * which it works on while the guest runs; see emul/vlapic.h.
 *
 * Manual: "APIC Virtualization and Virtual Interrupts".
 */
#include <linux/gfp.h>
#include <linux/moduleparam.h>

#include "module/arch.h"
#include "module/compat.h"
#include "arch/x86/lapic.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/x86.h"

static unsigned int apicv = VMX_APICV_DELIVERY;
static unsigned int level; /* what is left of it */

static int level_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%u\n", level);
}

static int level_set(const char *value, const struct kernel_param *kp)
{
	return param_set_uint(value, kp);
}

static const struct kernel_param_ops level_ops = {
	.set = level_set,
	.get = level_get,
};

module_param_cb(apicv, &level_ops, &apicv, 0444);
MODULE_PARM_DESC(
	apicv,
	"what the CPU may virtualize of local APICs: 0 nothing, 1 TPR, 2 registers, 3 interrupt delivery, 4 posted interrupts");

void vmx_apicv_probe(struct vmx_caps *caps)
{
	unsigned int most = AXVM_POSTED_VECTOR ? apicv :
			    min(apicv, (unsigned int)VMX_APICV_DELIVERY);

	level = vmx_apicv_limit(caps->ctl, caps->cap, most);
	vx86_apic_delivery = level >= VMX_APICV_DELIVERY;
	vx86_apic_posting = level >= VMX_APICV_POSTED;
	vx86_apic_page = caps->ctl[VMXCTL_PROC2] & VMX_PROC2_VIRT_APIC_ACCESS;
}

/* ---- controls ------------------------------------------------------------ */

int vmx_apicv_vm_init(struct axvm_vm *vm)
{
	struct axvm_vm_arch *va = &vm->arch;
	u32 proc2 = vmx_apicv_proc2(vmx_caps.ctl[VMXCTL_PROC2], true, true,
				    true, true);

	if (!vm->platform || !(proc2 & VMX_PROC2_VIRT_X2APIC))
		return 0;
	va->msr_bitmap_x2apic = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!va->msr_bitmap_x2apic)
		return -ENOMEM;
	copy_page(va->msr_bitmap_x2apic, va->msr_bitmap);
	vmx_apicv_msrs(va->msr_bitmap_x2apic, proc2);
	return 0;
}

void vmx_apicv_vm_exit(struct axvm_vm *vm)
{
	free_page((unsigned long)vm->arch.msr_bitmap_x2apic);
	vm->arch.msr_bitmap_x2apic = NULL;
}

static u32 proc2_now(const struct axvm_vcpu *vcpu)
{
	const struct vx86_lapic *l = vcpu->arch.lapic;
	u32 proc2 = vmx_caps.ctl[VMXCTL_PROC2];

	if (!vcpu->arch.vmx.vpid)
		proc2 &= ~VMX_PROC2_VPID;
	if (!l)
		return vmx_apicv_proc2(proc2, false, false, false, false);
	return vmx_apicv_proc2(proc2, true, vlapic_enabled(&l->model),
			       vlapic_x2apic(&l->model),
			       vlapic_accepts(&l->model));
}

static void write_mode(struct axvm_vcpu *vcpu)
{
	const struct axvm_vm_arch *va = &vcpu->vm->arch;
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	const void *bitmap;
	bool x2apic;

	vcpu->arch.apic_stale = false;
	vmx->proc2 = proc2_now(vcpu);
	vcpu->arch.apic_delivers = vmx->proc2 & VMX_PROC2_VIRT_INTR;
	/* What the bitmap lets through is for a processor that delivers. */
	x2apic = vmx->proc2 & VMX_PROC2_VIRT_X2APIC &&
		 (vcpu->arch.apic_delivers || !vx86_apic_delivery);
	vmcs_write32(VMCS_PIN_CONTROLS,
		     vmx_apicv_pin(vmx_caps.ctl[VMXCTL_PIN], vmx->proc2));
	vmcs_write32(VMCS_PROC_CONTROLS2, vmx->proc2);
	if (vmx->spec_on)
		bitmap = x2apic ? va->msr_bitmap_spec_x2apic :
				  va->msr_bitmap_spec;
	else
		bitmap = x2apic ? va->msr_bitmap_x2apic : va->msr_bitmap;
	vmcs_write64(VMCS_MSR_BITMAP, __pa(bitmap));
}

void vmx_apicv_mode(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	u32 before = vmx->proc2;

	write_mode(vcpu);
	if (!((before ^ vmx->proc2) & VMX_PROC2_VIRT_APIC_ACCESS))
		return;
	/* Translations to the page know what accesses to it do. */
	vmx_invept(VMX_INVEPT_SINGLE, vcpu->vm->arch.npt_root);
	if (vmx->vpid)
		vmx_invvpid(VMX_INVVPID_SINGLE, vmx->vpid);
}

static void write_eoi_exits(u64 b0, u64 b1, u64 b2, u64 b3)
{
	vmcs_write64(VMCS_EOI_EXIT_BITMAP_0, b0);
	vmcs_write64(VMCS_EOI_EXIT_BITMAP_1, b1);
	vmcs_write64(VMCS_EOI_EXIT_BITMAP_2, b2);
	vmcs_write64(VMCS_EOI_EXIT_BITMAP_3, b3);
}

void vmx_apicv_setup(struct axvm_vcpu *vcpu)
{
	const struct axvm_vm_arch *va = &vcpu->vm->arch;
	const struct vx86_lapic *l = vcpu->arch.lapic;
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	vmx->proc = vmx_apicv_proc(vmx_caps.ctl[VMXCTL_PROC], l);
	vmcs_write32(VMCS_PROC_CONTROLS, vmx->proc);
	write_mode(vcpu);
	if (!(vmx->proc & VMX_PROC_TPR_SHADOW))
		return;
	vmcs_write64(VMCS_VIRTUAL_APIC_ADDR, __pa(l->model.page));
	vmx->tpr_threshold = 0;
	vmcs_write32(VMCS_TPR_THRESHOLD, 0);
	if (va->apic_page)
		vmcs_write64(VMCS_APIC_ACCESS_ADDR, __pa(va->apic_page));
	if (!l->model.staged)
		return;
	if (l->model.posted) {
		vmcs_write16(VMCS_POSTED_INTR_VECTOR, AXVM_POSTED_VECTOR);
		vmcs_write64(VMCS_POSTED_INTR_DESC_ADDR,
			     __pa(l->model.posted));
	}
	vmcs_write16(VMCS_GUEST_INTR_STATUS, 0);
	write_eoi_exits(0, 0, 0, 0);
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

/* ---- before an entry ----------------------------------------------------- */

void vmx_apicv_requests(struct axvm_vcpu *vcpu)
{
	struct vlapic *m = &vcpu->arch.lapic->model;
	u16 status;

	if (!m->staged)
		return;
	vlapic_merge(m);
	if (unlikely(!vcpu->arch.apic_delivers))
		return;
	/* An end of what is level-triggered concerns the IOAPIC. */
	if (vlapic_tmr_moved(m))
		write_eoi_exits(vlapic_vectors(m, VLAPIC_TMR, 0),
				vlapic_vectors(m, VLAPIC_TMR, 1),
				vlapic_vectors(m, VLAPIC_TMR, 2),
				vlapic_vectors(m, VLAPIC_TMR, 3));
	status = vlapic_status(m);
	/* Whoever steps through the guest wants no handlers in between. */
	if (vcpu->arch.debug.step)
		status &= 0xff00;
	vmcs_write16(VMCS_GUEST_INTR_STATUS, status);
}

void vmx_apicv_threshold(struct axvm_vcpu *vcpu)
{
	const struct vlapic *m = &vcpu->arch.lapic->model;
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	u32 threshold;

	if (vcpu->arch.apic_delivers || !(vmx->proc & VMX_PROC_TPR_SHADOW))
		return;
	threshold =
		vmx_tpr_threshold(vlapic_get(m, VLAPIC_TPR), vlapic_highest(m));
	if (threshold == vmx->tpr_threshold)
		return;
	vmx->tpr_threshold = threshold;
	vmcs_write32(VMCS_TPR_THRESHOLD, threshold);
}

/* ---- exits --------------------------------------------------------------- */

/* TPR fell: something may go in now. */
enum axvm_run vmx_exit_tpr(struct axvm_vcpu *vcpu)
{
	set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
	return AXVM_RUN_RESUME;
}

/* After the instruction, as are APIC writes: nothing is to be retired. */
enum axvm_run vmx_exit_virtual_eoi(struct axvm_vcpu *vcpu)
{
	vx86_lapic_ended(vcpu, vmcs_read(VMCS_EXIT_QUALIFICATION));
	return AXVM_RUN_RESUME;
}

enum axvm_run vmx_exit_apic_write(struct axvm_vcpu *vcpu)
{
	vcpu->arch.qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	return vx86_lapic_written(vcpu, vcpu->arch.qual & (VLAPIC_PAGE - 1));
}
