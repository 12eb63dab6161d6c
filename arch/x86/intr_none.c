// SPDX-License-Identifier: GPL-2.0
/*
 * Stands for the IOAPIC and the PIC until a VM has them.
 */
#include "arch/x86/intr.h"

void vx86_ioapic_eoi(struct axvm_vm *vm, u8 vector)
{
}

int vx86_pic_ack(struct axvm_vm *vm)
{
	return -1;
}
