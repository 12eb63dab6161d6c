// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: which VMX controls let the processor virtualize local APICs, by what
 * it can do, what is asked for and the mode that an APIC is in.
 *
 * Manual: "APIC Virtualization and Virtual Interrupts", and the checks on
 * VM-execution control fields that VM entries make.
 */
#include <linux/bitfield.h>

#include "arch/x86/emul/vlapic.h"
#include "arch/x86/emul/vmxctl.h"

#define CR8_EXITS (VMX_PROC_CR8_LOAD | VMX_PROC_CR8_STORE)

/* All others build on the TPR shadow, which is of no use if CR8 exits. */
static bool has_shadow(const u32 ctl[VMXCTL_NR], const u64 cap[VMXCTL_NR])
{
	return ctl[VMXCTL_PROC] & VMX_PROC_TPR_SHADOW &&
	       !((u32)cap[VMXCTL_PROC] & CR8_EXITS);
}

static bool has_delivery(const u32 ctl[VMXCTL_NR])
{
	u32 need = VMX_PROC2_APIC_REGISTER | VMX_PROC2_VIRT_INTR;

	return (ctl[VMXCTL_PROC2] & need) == need &&
	       ctl[VMXCTL_PIN] & VMX_PIN_EXT_INTR;
}

static bool has_posting(const u32 ctl[VMXCTL_NR])
{
	return ctl[VMXCTL_PIN] & VMX_PIN_POSTED_INTR &&
	       ctl[VMXCTL_EXIT] & VMX_EXIT_ACK_INTR;
}

static unsigned int level_of(const u32 ctl[VMXCTL_NR], const u64 cap[VMXCTL_NR])
{
	if (!has_shadow(ctl, cap))
		return VMX_APICV_NONE;
	if (!(ctl[VMXCTL_PROC2] & VMX_PROC2_APIC_REGISTER))
		return VMX_APICV_TPR;
	if (!has_delivery(ctl))
		return VMX_APICV_REGISTERS;
	return has_posting(ctl) ? VMX_APICV_POSTED : VMX_APICV_DELIVERY;
}

unsigned int vmx_apicv_limit(u32 ctl[VMXCTL_NR], const u64 cap[VMXCTL_NR],
			     unsigned int level)
{
	unsigned int has = level_of(ctl, cap);

	if (has < level)
		level = has;
	if (level < VMX_APICV_POSTED) {
		ctl[VMXCTL_PIN] &= ~VMX_PIN_POSTED_INTR;
		ctl[VMXCTL_EXIT] &= ~VMX_EXIT_ACK_INTR;
	}
	if (level < VMX_APICV_DELIVERY)
		ctl[VMXCTL_PROC2] &= ~VMX_PROC2_VIRT_INTR;
	if (level < VMX_APICV_REGISTERS)
		ctl[VMXCTL_PROC2] &= ~VMX_PROC2_APIC_REGISTER;
	if (level < VMX_APICV_TPR) {
		ctl[VMXCTL_PROC] &= ~VMX_PROC_TPR_SHADOW;
		ctl[VMXCTL_PROC2] &= ~VMX_PROC2_APICV;
	}
	return level;
}

u32 vmx_apicv_proc(u32 proc, bool apic)
{
	if (apic && proc & VMX_PROC_TPR_SHADOW)
		return proc & ~CR8_EXITS;
	return (proc & ~VMX_PROC_TPR_SHADOW) | CR8_EXITS;
}

u32 vmx_apicv_proc2(u32 proc2, bool apic, bool on, bool x2apic, bool accepts)
{
	if (!apic)
		return proc2 & ~VMX_PROC2_APICV;
	/* Never both: the entry would fail. */
	if (!on || !x2apic)
		proc2 &= ~VMX_PROC2_VIRT_X2APIC;
	if (!on || x2apic)
		proc2 &= ~VMX_PROC2_VIRT_APIC_ACCESS;
	/* Self-IPIs go the long way, where they are looked at. */
	if (!on || !accepts)
		proc2 &= ~VMX_PROC2_VIRT_INTR;
	return proc2;
}

void vmx_apicv_msrs(void *bitmap, u32 proc2)
{
	bool delivery = proc2 & VMX_PROC2_VIRT_INTR;
	u32 msr;

	if (!(proc2 & VMX_PROC2_VIRT_X2APIC))
		return;
	for (msr = VLAPIC_MSR; msr < VLAPIC_MSR + VLAPIC_NR_MSRS; msr++)
		if (proc2 & VMX_PROC2_APIC_REGISTER &&
		    vlapic_msr_plain(msr, delivery))
			vmx_msr_bitmap_set(bitmap, msr, true, false);
	vmx_msr_bitmap_set(bitmap, VLAPIC_MSR + VLAPIC_TPR, true, false);
	vmx_msr_bitmap_set(bitmap, VLAPIC_MSR + VLAPIC_TPR, false, false);
	if (!delivery)
		return;
	vmx_msr_bitmap_set(bitmap, VLAPIC_MSR + VLAPIC_EOI, false, false);
	vmx_msr_bitmap_set(bitmap, VLAPIC_MSR + VLAPIC_SELF_IPI, false, false);
}

u32 vmx_tpr_threshold(u32 tpr, int vector)
{
	/* What TPR does not hold back needs none. */
	if (vector < 0 || tpr >> 4 < (u32)vector >> 4)
		return 0;
	return (u32)vector >> 4;
}
