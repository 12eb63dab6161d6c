// SPDX-License-Identifier: GPL-2.0
/*
 * Which VMX capabilities this processor has, which controls we choose from
 * them, and why it does not do, if it does not.
 */
#include <asm/cpufeature.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>

#include "module/arch.h"
#include "arch/x86/hw.h"
#include "arch/x86/vmx/vmx.h"
#include "arch/x86/x86.h"

struct vmx_caps vmx_caps;

/* What we ask for.  SECONDARY must stand: without it there is no EPT. */
static const struct vmxctl_want want[VMXCTL_NR] = {
	[VMXCTL_PIN] = {
		.required = VMX_PIN_EXT_INTR | VMX_PIN_NMI |
			    VMX_PIN_VIRTUAL_NMI,
		.optional = VMX_PIN_POSTED_INTR,
		.clear = VMX_PIN_PREEMPTION_TIMER,
	},
	[VMXCTL_PROC] = {
		.required = VMX_PROC_HLT | VMX_PROC_TSC_OFFSET |
			    VMX_PROC_MWAIT | VMX_PROC_MONITOR |
			    VMX_PROC_RDPMC | VMX_PROC_CR8_LOAD |
			    VMX_PROC_CR8_STORE | VMX_PROC_MOV_DR |
			    VMX_PROC_UNCOND_IO | VMX_PROC_MSR_BITMAPS |
			    VMX_PROC_SECONDARY,
		.optional = VMX_PROC_TPR_SHADOW,
		.clear = VMX_PROC_CR3_LOAD | VMX_PROC_CR3_STORE |
			 VMX_PROC_INVLPG | VMX_PROC_RDTSC | VMX_PROC_PAUSE |
			 VMX_PROC_INTR_WINDOW | VMX_PROC_NMI_WINDOW |
			 VMX_PROC_MTF | VMX_PROC_IO_BITMAPS,
	},
	[VMXCTL_PROC2] = {
		.required = VMX_PROC2_EPT | VMX_PROC2_UNRESTRICTED,
		.optional = VMX_PROC2_VPID | VMX_PROC2_RDTSCP |
			    VMX_PROC2_INVPCID | VMX_PROC2_XSAVES |
			    VMX_PROC2_WBINVD | VMX_PROC2_APICV,
		.clear = VMX_PROC2_DESC_TABLE | VMX_PROC2_RDRAND |
			 VMX_PROC2_RDSEED,
	},
	[VMXCTL_EXIT] = {
		.required = VMX_EXIT_HOST_64 | VMX_EXIT_SAVE_DEBUG |
			    VMX_EXIT_SAVE_PAT | VMX_EXIT_LOAD_PAT |
			    VMX_EXIT_SAVE_EFER | VMX_EXIT_LOAD_EFER,
		.optional = VMX_EXIT_PT_CONCEAL | VMX_EXIT_ACK_INTR,
		.clear = VMX_EXIT_SAVE_TIMER,
	},
	[VMXCTL_ENTRY] = {
		.required = VMX_ENTRY_LOAD_DEBUG | VMX_ENTRY_LOAD_PAT |
			    VMX_ENTRY_LOAD_EFER,
		.optional = VMX_ENTRY_PT_CONCEAL,
		.clear = VMX_ENTRY_IA32E | VMX_ENTRY_SMM |
			 VMX_ENTRY_NO_DUAL_MONITOR,
	},
};

static const u32 cap_msr[VMXCTL_NR] = {
	[VMXCTL_PIN] = MSR_IA32_VMX_TRUE_PINBASED_CTLS,
	[VMXCTL_PROC] = MSR_IA32_VMX_TRUE_PROCBASED_CTLS,
	[VMXCTL_PROC2] = MSR_IA32_VMX_PROCBASED_CTLS2,
	[VMXCTL_EXIT] = MSR_IA32_VMX_TRUE_EXIT_CTLS,
	[VMXCTL_ENTRY] = MSR_IA32_VMX_TRUE_ENTRY_CTLS,
};

static u64 read_msr(u32 msr)
{
	u64 value = 0;

	vx86_rdmsr_safe(msr, &value);
	return value;
}

__printf(4, 5) static int refuse(struct axvm_why *why, u32 code, int err,
				 const char *fmt, ...)
{
	va_list args;

	why->code = code;
	why->err = err;
	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return err;
}

int vmx_caps_refused(struct axvm_why *why, const struct vmxctl_bad *bad)
{
	const char *what = vmxctl_bit_name(bad->id, bad->bit);
	bool paging = bad->id == VMXCTL_PROC2 && BIT(bad->bit) == VMX_PROC2_EPT;

	return refuse(why,
		      paging ? AXVM_WHY_NO_NESTED_PAGING : AXVM_WHY_NO_CONTROL,
		      -EOPNOTSUPP,
		      "this processor's %s do not allow '%s' (bit %u) to be %s",
		      vmxctl_name(bad->id), what, bad->bit,
		      bad->set ? "set" : "clear");
}

static int check_firmware(struct axvm_why *why)
{
	u64 feat;

	if (!(vx86_hw_cpuid(1, 0).ecx & BIT(5)))
		return refuse(
			why, AXVM_WHY_NO_EXTENSION, -EOPNOTSUPP,
			"this processor has no VMX, or the hypervisor that this machine runs under hides it (CPUID.1:ECX.VMX is 0)");
	if (vx86_rdmsr_safe(MSR_IA32_FEAT_CTL, &feat))
		return refuse(why, AXVM_WHY_FIRMWARE, -EOPNOTSUPP,
			      "IA32_FEATURE_CONTROL cannot be read");
	if (vmx_feature_control(&feat) < 0)
		return refuse(
			why, AXVM_WHY_FIRMWARE, -EOPNOTSUPP,
			"VMX is disabled by firmware (IA32_FEATURE_CONTROL is locked without it): enable virtualization in the firmware's setup");
	return 0;
}

static int choose_controls(struct axvm_why *why, struct vmx_caps *c)
{
	struct vmxctl_bad bad;
	unsigned int i;

	for (i = 0; i < VMXCTL_NR; i++) {
		c->cap[i] = read_msr(cap_msr[i]);
		if (vmxctl_choose(i, c->cap[i], &want[i], &c->ctl[i], &bad))
			return vmx_caps_refused(why, &bad);
	}
	return 0;
}

static int check_paging(struct axvm_why *why, struct vmx_caps *c)
{
	const char *what;

	c->ept_vpid = read_msr(MSR_IA32_VMX_EPT_VPID_CAP);
	what = vmx_ept_check(c->ept_vpid);
	if (what)
		return refuse(why, AXVM_WHY_NO_NESTED_PAGING, -EOPNOTSUPP,
			      "this processor's EPT does not do: %s", what);
	if (!vmx_vpid_usable(c->ept_vpid))
		c->ctl[VMXCTL_PROC2] &= ~VMX_PROC2_VPID;
	return 0;
}

static int check_busy(struct axvm_why *why)
{
	if (native_read_cr4() & X86_CR4_VMXE)
		return refuse(
			why, AXVM_WHY_BUSY, -EBUSY,
			"another hypervisor uses VMX on CPU %d (CR4.VMXE is set): stop its VMs, or unload it (KVM: modprobe -r kvm_intel)",
			raw_smp_processor_id());
	return 0;
}

#define CR4_FRED BIT_ULL(32)

/* Its events do not come through the IDT, which hands NMIs to the host. */
static int check_fred(struct axvm_why *why)
{
	if (native_read_cr4() & CR4_FRED)
		return refuse(
			why, AXVM_WHY_KERNEL_SYMBOL, -EOPNOTSUPP,
			"this kernel delivers events by FRED, which axvm does not support: boot it with fred=off");
	return 0;
}

static int check_fixed(struct axvm_why *why, struct vmx_caps *c)
{
	u64 cr0 = native_read_cr0(), cr4 = native_read_cr4() | X86_CR4_VMXE;

	c->cr0_fixed0 = read_msr(MSR_IA32_VMX_CR0_FIXED0);
	c->cr0_fixed1 = read_msr(MSR_IA32_VMX_CR0_FIXED1);
	c->cr4_fixed0 = read_msr(MSR_IA32_VMX_CR4_FIXED0);
	c->cr4_fixed1 = read_msr(MSR_IA32_VMX_CR4_FIXED1);
	if (!vmx_cr_allowed(cr0, c->cr0_fixed0, c->cr0_fixed1))
		return refuse(
			why, AXVM_WHY_BAD_CR, -EPROTO,
			"CR0 %llx is not allowed in VMX operation (must be one: %llx, may be one: %llx)",
			cr0, c->cr0_fixed0, c->cr0_fixed1);
	if (!vmx_cr_allowed(cr4, c->cr4_fixed0, c->cr4_fixed1))
		return refuse(
			why, AXVM_WHY_BAD_CR, -EPROTO,
			"CR4 %llx is not allowed in VMX operation (must be one: %llx, may be one: %llx)",
			cr4, c->cr4_fixed0, c->cr4_fixed1);
	return 0;
}

int vmx_caps_probe(struct axvm_why *why)
{
	struct vmx_caps c = {};
	const char *what;
	int err;

	err = check_firmware(why);
	if (err)
		return err;
	c.basic = read_msr(MSR_IA32_VMX_BASIC);
	c.misc = read_msr(MSR_IA32_VMX_MISC);
	what = vmx_basic_check(c.basic);
	if (what)
		return refuse(why, AXVM_WHY_BAD_BASIC, -EOPNOTSUPP,
			      "this processor's VMX does not do: %s", what);
	err = choose_controls(why, &c)	    ?:
		      check_paging(why, &c) ?:
		      check_fred(why)	    ?:
		      check_fixed(why, &c)  ?:
					      check_busy(why);
	vmx_apicv_probe(&c);
	vmx_caps = c;
	vx86_can_step = read_msr(cap_msr[VMXCTL_PROC]) >> 32 & VMX_PROC_MTF;
	return err;
}

void vmx_caps_info(struct axvm_info *info)
{
	info->backend = AXVM_BACKEND_VMX;
	info->gpa_bits = min_t(u32, 48, boot_cpu_data.x86_phys_bits);
	info->block_sizes = BIT_ULL(12);
	if (vmx_caps.ept_vpid & VMX_EPT_2M)
		info->block_sizes |= BIT_ULL(21);
	if (vmx_caps.ept_vpid & VMX_EPT_1G)
		info->block_sizes |= BIT_ULL(30);
	info->caps |= AXVM_CAP_CPUID | AXVM_CAP_CONTROL | AXVM_CAP_PLATFORM |
		      AXVM_CAP_PIO |
		      AXVM_CAP_UNRESTRICTED | AXVM_CAP_TRANSLATE;
	if (vx86_can_step)
		info->caps |= AXVM_CAP_DEBUG;
}
