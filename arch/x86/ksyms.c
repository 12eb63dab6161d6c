// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the functions of ksyms.h.
 */
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/perf_event.h>
#include <asm/tlbflush.h>

#include "module/arch.h"
#include "module/compat.h"
#include "uapi/axvm.h"
#include "arch/x86/ksyms.h"

struct vx86_ksyms vx86_ksyms;

static int missing(struct axvm_why *why, const char *name)
{
	why->code = AXVM_WHY_KERNEL_SYMBOL;
	why->err = -EOPNOTSUPP;
	snprintf(why->text, sizeof(why->text),
		 "unsupported kernel: %s cannot be found", name);
	return why->err;
}

int vx86_ksyms_find(struct axvm_why *why)
{
	struct vx86_ksyms *k = &vx86_ksyms;

	k->cr4_update_irqsoff = AXVM_KVM_SYMBOL(cr4_update_irqsoff);
	if (!k->cr4_update_irqsoff)
		return missing(why, "cr4_update_irqsoff");
	k->hw_breakpoint_restore = AXVM_KVM_SYMBOL(hw_breakpoint_restore);
	if (!k->hw_breakpoint_restore)
		return missing(why, "hw_breakpoint_restore");
	if (!boot_cpu_has(X86_FEATURE_INTEL_PT))
		return 0;
	k->intel_pt_handle_vmx = AXVM_KVM_SYMBOL(intel_pt_handle_vmx);
	if (!k->intel_pt_handle_vmx)
		return missing(why, "intel_pt_handle_vmx");
	return 0;
}
