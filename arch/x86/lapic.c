// SPDX-License-Identifier: GPL-2.0
/*
 * Local APICs of a platform VM: where interrupt messages go in.  The
 * registers are emul/vlapic.c's.
 */
#include "arch/x86/intr.h"

bool vx86_apic_msg(struct axvm_vm *vm, const struct vapic_msg *msg)
{
	return false;
}

void vx86_extint(struct axvm_vm *vm, bool level)
{
}
