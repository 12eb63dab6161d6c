/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the fields of a VMCS by the manual's encodings: numbers for the list
 * that is in the uapi, and what an encoding says.
 * Manual: "Field Encoding in VMCS".
 */
#ifndef AXVM_X86_VMCS_FIELDS_H
#define AXVM_X86_VMCS_FIELDS_H

#include <linux/types.h>
#include "uapi/axvm_x86_vmcs.h"

#define VMCS_FIELDS AXVM_X86_VMCS_FIELDS

enum vmcs_field {
#define VMCS_ENUM(kind, width, name, encoding) VMCS_##name = (encoding),
	VMCS_FIELDS(VMCS_ENUM)
#undef VMCS_ENUM
};

/* Bits 14:13 of an encoding. */
#define VMCS_WIDTH_16 0u
#define VMCS_WIDTH_64 1u
#define VMCS_WIDTH_32 2u
#define VMCS_WIDTH_N 3u
/* Bits 11:10. */
#define VMCS_KIND_CTL 0u
#define VMCS_KIND_RO 1u
#define VMCS_KIND_GUEST 2u
#define VMCS_KIND_HOST 3u

static inline unsigned int vmcs_field_width(u32 encoding)
{
	return encoding >> 13 & 3;
}

static inline unsigned int vmcs_field_kind(u32 encoding)
{
	return encoding >> 10 & 3;
}

struct vmcs_field_info {
	u16 encoding;
	u8 width;
	u8 kind;
	const char *name;
};

/** vmcs_field_info() - the n-th field of the list, or NULL past the last */
const struct vmcs_field_info *vmcs_field_info(unsigned int n);

/**
 * vmcs_field_secret() - would a field tell where the host's code or memory is?
 *
 * The host's state, and the addresses among the controls.
 */
bool vmcs_field_secret(u32 encoding);

/** vmx_insn_error_text() - VM-instruction error 0-28 in words */
const char *vmx_insn_error_text(u32 error);

#endif /* AXVM_X86_VMCS_FIELDS_H */
