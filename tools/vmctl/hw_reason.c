// SPDX-License-Identifier: GPL-2.0
/*
 * The hardware's reasons for exits in words: basic exit reasons of VMX, the
 * exception classes of arm64 and its other ways out.
 */
#include <inttypes.h>
#include <stdio.h>

#include "dev.h"
#include "hw_reason.h"

#define VMX_REASON(number, name, text) [number] = text,
static const char *const vmx_reasons[] = { AXVM_X86_VMX_REASONS(VMX_REASON) };

/* ESR_ELx.EC, then the other ways out. */
static const struct {
	uint32_t reason;
	const char *text;
} arm64_reasons[] = {
	{ 0x00, "unknown or undefined" },
	{ 0x01, "WFI or WFE" },
	{ 0x07, "FP or SIMD access" },
	{ 0x09, "pointer authentication" },
	{ 0x0e, "illegal execution state" },
	{ 0x15, "SVC" },
	{ 0x16, "HVC" },
	{ 0x17, "SMC" },
	{ 0x18, "system register or instruction" },
	{ 0x19, "SVE access" },
	{ 0x1a, "ERET" },
	{ 0x20, "instruction abort" },
	{ 0x22, "PC alignment" },
	{ 0x24, "data abort" },
	{ 0x26, "SP alignment" },
	{ 0x2f, "SError" },
	{ 0x30, "breakpoint" },
	{ 0x32, "software step" },
	{ 0x34, "watchpoint" },
	{ 0x3c, "BRK" },
	{ 0x100, "interrupt" },
	{ 0x101, "FIQ" },
	{ 0x102, "SError" },
	{ 0x103, "illegal state at entry" },
	{ 0x104, "exception of our own at EL2" },
	{ 0x105, "nothing: entered again" },
	{ 0x106, "AArch32 state" },
};

const char *hw_reason_text(uint32_t backend, uint32_t reason, char *buf,
			   size_t size)
{
	const char *text = NULL;

	if (reason == ~0u)
		return "others";
	if (BACKEND_IS_ARM64(backend)) {
		for (size_t i = 0;
		     i < sizeof(arm64_reasons) / sizeof(arm64_reasons[0]);
		     i++) {
			if (arm64_reasons[i].reason == reason)
				text = arm64_reasons[i].text;
		}
	} else if (backend == AXVM_BACKEND_VMX &&
		   reason < sizeof(vmx_reasons) / sizeof(vmx_reasons[0])) {
		text = vmx_reasons[reason];
	}
	if (text)
		return text;
	snprintf(buf, size, "reason 0x%" PRIx32, reason);
	return buf;
}
