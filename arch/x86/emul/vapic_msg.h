/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: interrupt messages, as they travel between IOAPIC, local APICs and
 * MSI senders.
 */
#ifndef AXVM_X86_VAPIC_MSG_H
#define AXVM_X86_VAPIC_MSG_H

#include <linux/types.h>

/* vapic_msg.mode: delivery modes. */
#define VAPIC_MODE_FIXED 0
#define VAPIC_MODE_LOWEST 1
#define VAPIC_MODE_SMI 2
#define VAPIC_MODE_NMI 4
#define VAPIC_MODE_INIT 5
#define VAPIC_MODE_SIPI 6
#define VAPIC_MODE_EXTINT 7

/* vapic_msg.dest: all local APICs, physical or logical. */
#define VAPIC_DEST_ALL 0xffffffffu

/**
 * struct vapic_msg - an interrupt message
 * @dest: APIC id, or logical destination; VAPIC_DEST_ALL.  What has only 8
 *	bits (IOAPIC, MSI, xAPIC) means VAPIC_DEST_ALL by 0xff.
 * @logical: @dest is a logical destination
 * @mode: VAPIC_MODE_*
 * @vector: 0-255; SIPI: page of the start address
 * @level: level-triggered: its EOI is broadcast
 */
struct vapic_msg {
	u32 dest;
	bool logical;
	u8 mode;
	u8 vector;
	bool level;
};

#endif /* AXVM_X86_VAPIC_MSG_H */
