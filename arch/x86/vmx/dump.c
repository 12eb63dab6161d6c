// SPDX-License-Identifier: GPL-2.0
/*
 * The VMCS in the kernel log when an entry failed, by field name.
 */
#include <linux/ratelimit.h>

#include "arch/x86/vmx/vmx.h"

static const char *const kinds[] = {
	[VMCS_KIND_CTL] = "control",
	[VMCS_KIND_RO] = "read-only",
	[VMCS_KIND_GUEST] = "guest",
	[VMCS_KIND_HOST] = "host",
};

/*
 * Host state is the same for all, and tells where the kernel is.  The error
 * is in the first line; reading fields that do not exist overwrites it.
 */
static bool shown(const struct vmcs_field_info *f, u64 value)
{
	return value && f->kind != VMCS_KIND_HOST &&
	       f->encoding != VMCS_VM_INSN_ERROR;
}

void vmx_dump(struct axvm_vcpu *vcpu)
{
	static DEFINE_RATELIMIT_STATE(limit, 60 * HZ, 1);
	const struct vmcs_field_info *f;
	unsigned int i;
	u64 value;

	if (!__ratelimit(&limit))
		return;
	pr_info("axvm: VM %llu vCPU %u: VM entry failed: exit reason 0x%x, VM-instruction error %u (%s)\n",
		vcpu->vm->id, vcpu->index, vcpu->arch.vmx.exit_reason,
		vcpu->arch.vmx.insn_error,
		vmx_insn_error_text(vcpu->arch.vmx.insn_error));
	for (i = 0; (f = vmcs_field_info(i)); i++)
		if (!vmx_vmread_any(f->encoding, &value) && shown(f, value))
			pr_info("axvm:   %-9s %-24s 0x%llx\n", kinds[f->kind],
				f->name, value);
}
