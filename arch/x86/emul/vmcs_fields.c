// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: names of VMCS fields and of VM-instruction errors, for dumps and
 * messages.
 */
#include "arch/x86/emul/vmcs_fields.h"

#define INFO(kind_, width_, name_, encoding_) \
	{ .encoding = (encoding_),            \
	  .width = VMCS_WIDTH_##width_,       \
	  .kind = VMCS_KIND_##kind_,          \
	  .name = #name_ },

static const struct vmcs_field_info fields[] = { VMCS_FIELDS(INFO) };

const struct vmcs_field_info *vmcs_field_info(unsigned int n)
{
	return n < sizeof(fields) / sizeof(fields[0]) ? &fields[n] : NULL;
}

/* 64-bit controls that are no addresses of the host. */
static const u16 harmless[] = {
	VMCS_TSC_OFFSET,
	VMCS_VM_FUNCTION_CONTROLS,
	VMCS_EOI_EXIT_BITMAP_0,
	VMCS_EOI_EXIT_BITMAP_1,
	VMCS_EOI_EXIT_BITMAP_2,
	VMCS_EOI_EXIT_BITMAP_3,
	VMCS_XSS_EXITING_BITMAP,
	VMCS_ENCLS_EXITING_BITMAP,
	VMCS_TSC_MULTIPLIER,
	VMCS_TERTIARY_PROC_CONTROLS,
	VMCS_ENCLV_EXITING_BITMAP,
	VMCS_PCONFIG_EXITING_BITMAP,
	VMCS_SPEC_CTRL_MASK,
	VMCS_SPEC_CTRL_SHADOW,
	VMCS_SECONDARY_EXIT_CONTROLS,
};

bool vmcs_field_secret(u32 encoding)
{
	unsigned int i;

	if (vmcs_field_kind(encoding) == VMCS_KIND_HOST)
		return true;
	if (vmcs_field_kind(encoding) != VMCS_KIND_CTL ||
	    vmcs_field_width(encoding) != VMCS_WIDTH_64)
		return false;
	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (harmless[i] == encoding)
			return false;
	return true;
}

/* Manual: "VM Instruction Error Numbers". */
static const char *const insn_errors[] = {
	[0] = "no error",
	[1] = "VMCALL in VMX root operation",
	[2] = "VMCLEAR with invalid physical address",
	[3] = "VMCLEAR with VMXON pointer",
	[4] = "VMLAUNCH with non-clear VMCS",
	[5] = "VMRESUME with non-launched VMCS",
	[6] = "VMRESUME after VMXOFF",
	[7] = "VM entry with invalid control fields",
	[8] = "VM entry with invalid host-state fields",
	[9] = "VMPTRLD with invalid physical address",
	[10] = "VMPTRLD with VMXON pointer",
	[11] = "VMPTRLD with incorrect VMCS revision",
	[12] = "VMREAD or VMWRITE of an unsupported field",
	[13] = "VMWRITE to a read-only field",
	[15] = "VMXON in VMX root operation",
	[16] = "VM entry with invalid executive-VMCS pointer",
	[17] = "VM entry with non-launched executive VMCS",
	[18] = "VM entry with executive-VMCS pointer not VMXON pointer",
	[19] = "VMCALL with non-clear VMCS",
	[20] = "VMCALL with invalid VM-exit control fields",
	[22] = "VMCALL with incorrect MSEG revision",
	[23] = "VMXOFF under dual-monitor treatment",
	[24] = "VMCALL with invalid SMM-monitor features",
	[25] = "VM entry with invalid executive VM-execution controls",
	[26] = "VM entry with events blocked by MOV SS",
	[28] = "invalid operand to INVEPT or INVVPID",
};

const char *vmx_insn_error_text(u32 error)
{
	if (error >= sizeof(insn_errors) / sizeof(insn_errors[0]) ||
	    !insn_errors[error])
		return "unknown error";
	return insn_errors[error];
}
