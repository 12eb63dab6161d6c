/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt wiring of a platform VM (vm->platform) between its chips
 * (IOAPIC, PIC and what drives their lines) and its local APICs.
 */
#ifndef AXVM_X86_INTR_H
#define AXVM_X86_INTR_H

#include <linux/types.h>
#include "arch/x86/emul/vapic_msg.h"

struct axvm_irq;
struct axvm_vm;

/* ---- chips: IOAPIC and PIC ---------------------------------------------- */

/**
 * vx86_gsi() - the line of a global system interrupt changes
 * @gsi: 0-23
 * @level: true: asserted
 *
 * Goes to the IOAPIC and, below 16, to the PIC.  Any context, irqs may be on.
 */
void vx86_gsi(struct axvm_vm *vm, unsigned int gsi, bool level);

/**
 * vx86_gsi_user() - AXVM_VM_IRQ with AXVM_IRQ_GSI (process, vm->lock held)
 *
 * Return: 0; -EINVAL no such line; -EBUSY a device in the kernel drives it;
 * -EOPNOTSUPP a bare VM.
 */
int vx86_gsi_user(struct axvm_vm *vm, const struct axvm_irq *irq);

/**
 * vx86_ioapic_eoi() - a local APIC ended a level-triggered interrupt
 *
 * Called with no lock of a local APIC held; any context.
 */
void vx86_ioapic_eoi(struct axvm_vm *vm, u8 vector);

/**
 * vx86_pic_ack() - an INTA cycle (atomic, irqs off)
 *
 * Return: the vector, that of a spurious interrupt included; -1 when INTR is
 * low.
 */
int vx86_pic_ack(struct axvm_vm *vm);

/* ---- local APICs --------------------------------------------------------- */

/**
 * vx86_apic_msg() - an interrupt message arrives at the local APICs
 *
 * A destination of 0xff is all of them; modes other than SIPI.  Any context.
 * Return: false: nobody took it.
 */
bool vx86_apic_msg(struct axvm_vm *vm, const struct vapic_msg *msg);

/**
 * vx86_extint() - the PIC's INTR output changes (any context)
 *
 * It is wired to LINT0 of the first vCPU, which takes it as ExtINT.
 */
void vx86_extint(struct axvm_vm *vm, bool level);

#endif /* AXVM_X86_INTR_H */
