/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt wiring of a platform VM (vm->platform) between its chips
 * (IOAPIC, PIC and what drives their lines) and its local APICs.
 */
#ifndef AXVM_X86_INTR_H
#define AXVM_X86_INTR_H

#include <linux/types.h>

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

/* vapic_msg.mode: delivery modes of interrupt messages. */
#define VAPIC_MODE_FIXED 0
#define VAPIC_MODE_LOWEST 1
#define VAPIC_MODE_SMI 2
#define VAPIC_MODE_NMI 4
#define VAPIC_MODE_INIT 5
#define VAPIC_MODE_SIPI 6
#define VAPIC_MODE_EXTINT 7

/**
 * struct vapic_msg - an interrupt message (IOAPIC, IPI, MSI)
 * @dest: APIC id, or logical destination; 0xff: all (from the IOAPIC)
 * @logical: @dest is a logical destination
 * @mode: VAPIC_MODE_*
 * @vector: 0-255; SIPI: page of the start address
 * @level: level-triggered: the EOI goes to vx86_ioapic_eoi()
 */
struct vapic_msg {
	u32 dest;
	bool logical;
	u8 mode;
	u8 vector;
	bool level;
};

/**
 * vx86_apic_msg() - an interrupt message arrives at the local APICs
 *
 * Any context.  Return: false: nobody took it.
 */
bool vx86_apic_msg(struct axvm_vm *vm, const struct vapic_msg *msg);

/**
 * vx86_extint() - the PIC's INTR output changes (any context)
 *
 * It is wired to LINT0 of the first vCPU, which takes it as ExtINT.
 */
void vx86_extint(struct axvm_vm *vm, bool level);

#endif /* AXVM_X86_INTR_H */
