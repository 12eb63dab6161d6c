/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: an 82093AA I/O APIC with 24 pins, of version 0x20: with the EOI
 * register.  Its messages go to the owner, who also has the locks.
 */
#ifndef AXVM_X86_IOAPIC_H
#define AXVM_X86_IOAPIC_H

#include <linux/types.h>

#define IOAPIC_PINS 24u
/* Entries of tables by pin: a power of two, so that an index can be masked. */
#define IOAPIC_SLOTS 32u

/**
 * struct ioapic_msg - an interrupt message
 * @dest: APIC id, or logical destination
 * @logical: which of them
 * @mode: delivery mode, as in the redirection entry: 0 fixed, 1 lowest
 *	priority, 2 SMI, 4 NMI, 5 INIT, 7 ExtINT
 * @vector: 0-255
 * @level: the local APIC is to answer with an EOI
 */
struct ioapic_msg {
	u8 dest;
	bool logical;
	u8 mode;
	u8 vector;
	bool level;
};

struct ioapic;

/**
 * struct ioapic_ops - the owner's side; called with whatever lock it holds
 * @deliver: send a message; false: nobody took it
 */
struct ioapic_ops {
	bool (*deliver)(struct ioapic *ioapic, const struct ioapic_msg *msg);
};

/**
 * struct ioapic - state; everything under the owner's lock
 * @ops: (constant)
 * @id: as written, bits 27:24 of register 0
 * @select: IOREGSEL
 * @inputs: pins that are asserted
 * @pending: accepted, to be delivered: nobody took the message
 * @redir: redirection entries; bits 12 and 14 live elsewhere
 * @remote: remote IRR: level-triggered ones that wait for an EOI
 */
struct ioapic {
	const struct ioapic_ops *ops;
	u8 id;
	u8 select;
	u32 inputs;
	u32 pending;
	u32 remote;
	u64 redir[IOAPIC_SLOTS];
};

/** ioapic_reset() - all pins masked; inputs stay as they are */
void ioapic_reset(struct ioapic *ioapic);

/**
 * ioapic_set_input() - a pin is asserted or not
 *
 * "Asserted" is what the device means: that it is wired with the polarity
 * that the guest programs is taken for granted, since firmware tables and
 * wiring come from the same hand.
 */
void ioapic_set_input(struct ioapic *ioapic, unsigned int pin, bool asserted);

/** ioapic_eoi() - a local APIC ended @vector, or the guest wrote it to EOI */
void ioapic_eoi(struct ioapic *ioapic, u8 vector);

/**
 * ioapic_read() / ioapic_write() - @bytes at @offset into the page
 *
 * Registers are 32 bits wide.  A narrower access has their low bytes, a
 * wider one zeroes above them; what is not aligned to 16 is not there.
 */
u64 ioapic_read(struct ioapic *ioapic, u64 offset, unsigned int bytes);
void ioapic_write(struct ioapic *ioapic, u64 offset, unsigned int bytes,
		  u64 value);

#endif /* AXVM_X86_IOAPIC_H */
