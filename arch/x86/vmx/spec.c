// SPDX-License-Identifier: GPL-2.0
/*
 * SPEC_CTRL of guests.  Until a vCPU writes another value than zero its writes
 * exit, and the host's value is in force.  From then on it has the MSR to
 * itself, and the processor switches it in entries and exits, by the lists of
 * MSRs in the VMCS: no instruction of the host runs with the guest's value.
 *
 * PRED_CMD and FLUSH_CMD keep nothing: where CPUID tells of them, guests write
 * them without an exit.
 *
 * Manual: "VM-Exit Controls for MSRs", "VM-Entry Controls for MSRs".
 */
#include <linux/gfp.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include <asm/msr-index.h>

#include "arch/x86/hw.h"
#include "arch/x86/vmx/vmx.h"
#include "arch/x86/x86.h"

/* An entry of a list of MSRs. */
struct vmx_msr_entry {
	u32 index;
	u32 reserved;
	u64 value;
} __aligned(16);

/* Lists of one: entries load what exits have stored. */
struct vmx_spec {
	struct vmx_msr_entry guest;
	struct vmx_msr_entry host;
};

static bool has_spec_ctrl(void)
{
	return boot_cpu_has(X86_FEATURE_MSR_SPEC_CTRL) &&
	       boot_cpu_has(X86_FEATURE_IBPB);
}

static bool has_flush_cmd(void)
{
	return boot_cpu_has(X86_FEATURE_FLUSH_L1D);
}

u32 vmx_spec_features(void)
{
	return (has_spec_ctrl() ? VCPUID_WITH_SPEC_CTRL : 0) |
	       (has_flush_cmd() ? VCPUID_WITH_FLUSH_CMD : 0);
}

/* ---- VMs: bitmaps ---------------------------------------------------------- */

void vmx_spec_direct(void *bitmap)
{
	if (has_spec_ctrl())
		vmx_msr_bitmap_set(bitmap, MSR_IA32_PRED_CMD, false, false);
	if (has_flush_cmd())
		vmx_msr_bitmap_set(bitmap, MSR_IA32_FLUSH_CMD, false, false);
}

static void *bitmap_with(const void *other)
{
	void *map = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);

	if (!map)
		return NULL;
	copy_page(map, (void *)other);
	vmx_msr_bitmap_set(map, MSR_IA32_SPEC_CTRL, true, false);
	vmx_msr_bitmap_set(map, MSR_IA32_SPEC_CTRL, false, false);
	return map;
}

int vmx_spec_vm_init(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;

	if (!has_spec_ctrl())
		return 0;
	a->msr_bitmap_spec = bitmap_with(a->msr_bitmap);
	if (!a->msr_bitmap_spec)
		return -ENOMEM;
	if (!a->msr_bitmap_x2apic)
		return 0;
	a->msr_bitmap_spec_x2apic = bitmap_with(a->msr_bitmap_x2apic);
	return a->msr_bitmap_spec_x2apic ? 0 : -ENOMEM;
}

void vmx_spec_vm_exit(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;

	free_page((unsigned long)a->msr_bitmap_spec);
	free_page((unsigned long)a->msr_bitmap_spec_x2apic);
	a->msr_bitmap_spec = NULL;
	a->msr_bitmap_spec_x2apic = NULL;
}

/* ---- vCPUs ------------------------------------------------------------------- */

int vmx_spec_init(struct axvm_vcpu *vcpu)
{
	struct vmx_spec *spec;

	if (!has_spec_ctrl())
		return 0;
	spec = kzalloc(sizeof(*spec), GFP_KERNEL_ACCOUNT);
	if (!spec)
		return -ENOMEM;
	spec->guest.index = MSR_IA32_SPEC_CTRL;
	spec->host.index = MSR_IA32_SPEC_CTRL;
	vcpu->arch.vmx.spec = spec;
	return 0;
}

void vmx_spec_exit(struct axvm_vcpu *vcpu)
{
	kfree(vcpu->arch.vmx.spec);
	vcpu->arch.vmx.spec = NULL;
}

/* The first value that is not the one of reset. */
static void begin(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	vmx->spec_on = true;
	vmcs_write64(VMCS_ENTRY_MSR_LOAD_ADDR, __pa(&vmx->spec->guest));
	vmcs_write64(VMCS_EXIT_MSR_STORE_ADDR, __pa(&vmx->spec->guest));
	vmcs_write64(VMCS_EXIT_MSR_LOAD_ADDR, __pa(&vmx->spec->host));
	vmcs_write32(VMCS_ENTRY_MSR_LOAD_COUNT, 1);
	vmcs_write32(VMCS_EXIT_MSR_STORE_COUNT, 1);
	vmcs_write32(VMCS_EXIT_MSR_LOAD_COUNT, 1);
	vmx_apicv_mode(vcpu); /* the other bitmap */
}

void vmx_spec_load(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	u64 value = vcpu->arch.state.msr.value[VMSR_SPEC_CTRL];

	if (!vmx->spec_on && value)
		begin(vcpu);
	if (vmx->spec_on)
		vmx->spec->guest.value = value;
}

void vmx_spec_save(struct axvm_vcpu *vcpu)
{
	vcpu->arch.state.msr.value[VMSR_SPEC_CTRL] =
		vcpu->arch.vmx.spec->guest.value;
}

void vmx_spec_host(struct axvm_vcpu *vcpu)
{
	vcpu->arch.vmx.spec->host.value = vx86_rdmsr(MSR_IA32_SPEC_CTRL);
}

void vmx_spec_written(struct axvm_vcpu *vcpu)
{
	vmx_spec_load(vcpu);
	if (vcpu->arch.vmx.spec_on)
		vmx_spec_host(vcpu);
}
