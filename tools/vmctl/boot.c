// SPDX-License-Identifier: GPL-2.0
/*
 * Start states: which architecture's, and where to start.
 */
#include "boot.h"
#include "config.h"
#include "dev.h"

const struct boot_arch *boot_for(uint32_t backend)
{
	if (BACKEND_IS_X86(backend))
		return &boot_x86;
	if (BACKEND_IS_ARM64(backend))
		return &boot_arm64;
	return NULL;
}

uint64_t boot_entry(const struct config *c)
{
	return c->entry_point.set ? c->entry_point.v : c->kernel_load_addr.v;
}
