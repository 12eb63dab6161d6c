/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the two 8259A interrupt controllers of a PC, the second one cascaded
 * into input 2 of the first, with the edge/level registers that chip sets
 * added.  Buses, locks and where INTR goes are the owner's.
 */
#ifndef AXVM_X86_PIC_H
#define AXVM_X86_PIC_H

#include <linux/kernel.h>
#include <linux/types.h>

/**
 * struct pic_chip - one 8259A
 * @irr: requests, latched (edge) or as the inputs are (level)
 * @isr: in service
 * @imr: mask
 * @inputs: inputs as they are now
 * @elcr: inputs that are level-triggered
 * @elcr_mask: those that can be
 * @base: vector of input 0 (ICW2)
 * @lowest: input of lowest priority
 * @init: the next write to the odd port is ICW @init (2-4); 0: OCW1
 * @icw4_due: ICW1 said that an ICW4 comes
 * @single: ICW1 said that there is no cascade, and no ICW3
 * @ready: initialised since reset: requests are passed on
 * @auto_eoi, @nested: ICW4: automatic EOI; special fully nested mode
 * @rotate: rotate at automatic EOI
 * @special: special mask mode
 * @read_isr: the even port reads ISR, not IRR
 * @poll: the next read is a poll
 */
struct pic_chip {
	u8 irr;
	u8 isr;
	u8 imr;
	u8 inputs;
	u8 elcr;
	u8 elcr_mask;
	u8 base;
	u8 lowest;
	u8 init;
	bool icw4_due;
	bool single;
	bool ready;
	bool auto_eoi;
	bool nested;
	bool rotate;
	bool special;
	bool read_isr;
	bool poll;
};

/** struct pic - master and slave; everything under the owner's lock */
struct pic {
	struct pic_chip chip[2];
};

/** pic_reset() - all masked and uninitialised; inputs stay as they are */
void pic_reset(struct pic *pic);

/** pic_set_input() - input @irq (0-15, not 2) goes high or low */
void pic_set_input(struct pic *pic, unsigned int irq, bool high);

/** pic_output() - the master's INT pin */
bool pic_output(const struct pic *pic);

/**
 * pic_ack() - an INTA cycle
 *
 * Return: the vector; that of input 7 when there is no request (any more).
 */
u8 pic_ack(struct pic *pic);

/** pic_read() - ports 0x20 and 0x21 (@chip 0), 0xa0 and 0xa1 (1); @odd: A0 */
u8 pic_read(struct pic *pic, unsigned int chip, bool odd);

/**
 * pic_peek() - pic_read() where that changes nothing
 *
 * A register is a byte: this needs no lock against anything else here.
 * Return: false: the read is a poll, which acknowledges.
 */
static inline bool pic_peek(const struct pic *pic, unsigned int chip, bool odd,
			    u8 *value)
{
	const struct pic_chip *c = &pic->chip[chip & 1];

	if (READ_ONCE(c->poll))
		return false;
	if (odd)
		*value = READ_ONCE(c->imr);
	else
		*value = READ_ONCE(c->read_isr) ? READ_ONCE(c->isr) :
						  READ_ONCE(c->irr);
	return true;
}
void pic_write(struct pic *pic, unsigned int chip, bool odd, u8 value);

/** pic_elcr_read() - ports 0x4d0 (@chip 0) and 0x4d1 (1) */
u8 pic_elcr_read(const struct pic *pic, unsigned int chip);
void pic_elcr_write(struct pic *pic, unsigned int chip, u8 value);

#endif /* AXVM_X86_PIC_H */
