// SPDX-License-Identifier: GPL-2.0
/*
 * Which vendor's extension is in use.
 */
#include <asm/cpufeature.h>

#include "arch/x86/backend.h"

#define VX86_BACKEND_DEFINE(op)                                                \
	DEFINE_STATIC_CALL_NULL(vx86_##op,                                     \
				*(((struct vx86_backend *)0)->op));
VX86_BACKEND_OPS(VX86_BACKEND_DEFINE)

void vx86_backend_select(const struct vx86_backend *b)
{
#define VX86_BACKEND_UPDATE(op) static_call_update(vx86_##op, b->op);
	VX86_BACKEND_OPS(VX86_BACKEND_UPDATE)
}

const struct vx86_backend *vx86_backend_choose(void)
{
	/* VMX may be switched off by firmware, which hides this bit as well. */
	if (boot_cpu_data.x86_vendor == X86_VENDOR_INTEL ||
	    boot_cpu_data.x86_vendor == X86_VENDOR_CENTAUR ||
	    boot_cpu_data.x86_vendor == X86_VENDOR_ZHAOXIN)
		return &vmx_backend;
	return NULL;
}
