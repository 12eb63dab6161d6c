// SPDX-License-Identifier: GPL-2.0
/*
 * The VMX backend: its table of functions, and what it adds to VMs and vCPUs.
 */
#include <linux/gfp.h>
#include <linux/idr.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>

#include "module/arch.h"
#include "arch/x86/hw.h"
#include "arch/x86/ksyms.h"
#include "arch/x86/vmx/host.h"
#include "arch/x86/x86.h"

/* VPID 0 is the host's. */
static DEFINE_IDA(vpids);

static int probe(struct axvm_why *why)
{
	vmx_host_probe();
	return vmx_caps_probe(why) ?: vx86_ksyms_find(why);
}

/* ---- VMs ------------------------------------------------------------------ */

/* MSRs that the guest has to itself, or reads as the hardware holds them. */
static const struct {
	u32 index;
	bool write;
} direct[] = {
	{ MSR_FS_BASE, true },
	{ MSR_GS_BASE, true },
	{ MSR_KERNEL_GS_BASE, true },
	{ MSR_IA32_SYSENTER_CS, true },
	{ MSR_IA32_SYSENTER_ESP, true },
	{ MSR_IA32_SYSENTER_EIP, true },
	{ MSR_EFER, false },
	{ MSR_IA32_CR_PAT, false },
	{ MSR_IA32_TSC, false },
};

static void *msr_bitmap_new(void)
{
	void *map = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!map)
		return NULL;
	memset(map, 0xff, PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(direct); i++) {
		vmx_msr_bitmap_set(map, direct[i].index, true, false);
		if (direct[i].write)
			vmx_msr_bitmap_set(map, direct[i].index, false, false);
	}
	vmx_spec_direct(map);
	return map;
}

static void vm_exit(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;

	vmx_spec_vm_exit(vm);
	vmx_apicv_vm_exit(vm);
	npt_destroy(&a->npt);
	free_page((unsigned long)a->msr_bitmap);
	a->msr_bitmap = NULL;
}

static int vm_init(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;
	int err;

	a->npt.format = &npt_format_ept;
	a->npt.levels = 4;
	a->npt.phys_bits = boot_cpu_data.x86_phys_bits;
	if (vmx_caps.ept_vpid & VMX_EPT_2M)
		a->npt.features |= NPT_HAS_2M;
	if (vmx_caps.ept_vpid & VMX_EPT_1G)
		a->npt.features |= NPT_HAS_1G;
	if (vmx_caps.ept_vpid & VMX_EPT_EXEC_ONLY)
		a->npt.features |= NPT_HAS_EXEC_ONLY;
	a->msr_bitmap = msr_bitmap_new();
	if (!a->msr_bitmap)
		return -ENOMEM;
	err = npt_init(&a->npt);
	if (err) {
		free_page((unsigned long)a->msr_bitmap);
		a->msr_bitmap = NULL;
		return err;
	}
	a->npt_root = npt_eptp(&a->npt);
	err = vmx_apicv_vm_init(vm) ?: vmx_spec_vm_init(vm);
	if (err)
		vm_exit(vm);
	return err;
}

static void flush_npt(struct axvm_vm *vm)
{
	vmx_invept(VMX_INVEPT_SINGLE, vm->arch.npt_root);
}

/* ---- vCPUs ------------------------------------------------------------------ */

static int vcpu_init(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	int vpid = 0;

	vmx->cpu = -1;
	vmx->flushed_cpu = -1;
	if (vmx_has(VMX_PROC2_VPID)) {
		vpid = ida_alloc_range(&vpids, 1, 0xffff, GFP_KERNEL_ACCOUNT);
		if (vpid < 0)
			return vpid;
	}
	vmx->vpid = vpid;
	vmx->vmcs = vmx_vmcs_alloc();
	if (!vmx->vmcs || vmx_spec_init(vcpu)) {
		vmx_vmcs_free(vmx->vmcs);
		if (vpid)
			ida_free(&vpids, vpid);
		return -ENOMEM;
	}
	vmx->vmcs_pa = __pa(vmx->vmcs);
	/* PE and PG are the guest's (unrestricted guest); caches stay on. */
	vcpu->arch.cr0_owned =
		(vmx_caps.cr0_fixed0 & ~(u64)(X86_CR0_PE | X86_CR0_PG)) |
		X86_CR0_CD | X86_CR0_NW;
	return 0;
}

static void vcpu_exit(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	vmx_unload(vcpu);
	vmx_spec_exit(vcpu);
	vmx_vmcs_free(vmx->vmcs);
	vmx->vmcs = NULL;
	if (vmx->vpid)
		ida_free(&vpids, vmx->vpid);
}

static void need(struct axvm_vcpu *vcpu, u32 mask)
{
	if (vcpu->arch.in_stay)
		vmx_need(vcpu, mask);
	else
		vmx_need_remote(vcpu, mask);
}

static u32 cpuid_features(void)
{
	u32 f = vmx_spec_features();

	if (vmx_has(VMX_PROC2_RDTSCP))
		f |= VCPUID_WITH_RDTSCP;
	if (vmx_has(VMX_PROC2_INVPCID))
		f |= VCPUID_WITH_INVPCID;
	if (vmx_has(VMX_PROC2_XSAVES))
		f |= VCPUID_WITH_XSAVES;
	return f;
}

/* The processor holds the guest's once syscall_to_guest() has been there. */
static void syscall_changed(unsigned int slot, u64 value)
{
	switch (slot) {
	case VMSR_STAR:
		vx86_wrmsr(MSR_STAR, value);
		break;
	case VMSR_LSTAR:
		vx86_wrmsr(MSR_LSTAR, value);
		break;
	case VMSR_CSTAR:
		vx86_wrmsr(MSR_CSTAR, value);
		break;
	case VMSR_FMASK:
		vx86_wrmsr(MSR_SYSCALL_MASK, value);
		break;
	}
}

/* Slots that the processor holds while the guest runs. */
static void msr_changed(struct axvm_vcpu *vcpu, unsigned int slot)
{
	u64 value = vcpu->arch.state.msr.value[slot];

	if (!vcpu->arch.in_stay)
		return;
	if (slot == VMSR_TSC_AUX)
		vx86_wrmsr(MSR_TSC_AUX, value);
	else if (slot == VMSR_SPEC_CTRL)
		vmx_spec_written(vcpu);
	else if (vcpu->arch.syscall_loaded)
		syscall_changed(slot, value);
}

const struct vx86_backend vmx_backend = {
	.probe = probe,
	.info = vmx_caps_info,
	.prepare = vmx_cpus_alloc,
	.unprepare = vmx_cpus_free,
	.cpu_enable = vmx_cpu_enable,
	.cpu_disable = vmx_cpu_disable,
	.vm_init = vm_init,
	.vm_exit = vm_exit,
	.vcpu_init = vcpu_init,
	.vcpu_exit = vcpu_exit,
	.stay = vmx_stay,
	.need = need,
	.cpuid_features = cpuid_features,
	.msr_changed = msr_changed,
	.mitigations = vmx_mitigations,
	.forget_guest = vmx_forget_guest,
	.control = vmx_control,
	.flush_npt = flush_npt,
};
