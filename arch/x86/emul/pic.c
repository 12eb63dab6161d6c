// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: two cascaded 8259A, by Intel's data sheet, in 8086 mode (vectors of
 * the older MCS-80 mode do not exist on a PC).  Inputs are edge- or
 * level-triggered by ELCR, not by ICW1, as in every PC chip set.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/pic.h"

#define CASCADE 2u /* the master's input where the slave's INT goes */

#define ICW1_ICW4 BIT(0)
#define ICW1_SINGLE BIT(1)
#define ICW1 BIT(4) /* tells it from OCW2 and OCW3 */
#define ICW2_BASE GENMASK(7, 3)
#define ICW4_AUTO_EOI BIT(1)
#define ICW4_NESTED BIT(4)

#define OCW2_LEVEL GENMASK(2, 0)
#define OCW2_EOI BIT(5)
#define OCW2_SPECIFIC BIT(6)
#define OCW2_ROTATE BIT(7)

#define OCW3 BIT(3)
#define OCW3_RIS BIT(0)
#define OCW3_RR BIT(1)
#define OCW3_POLL BIT(2)
#define OCW3_SMM BIT(5)
#define OCW3_ESMM BIT(6)

#define POLL_REQUEST BIT(7)

/* The first input of @set in order of priority, or -1. */
static int chip_first(const struct pic_chip *c, u8 set)
{
	unsigned int i;

	for (i = 1; i <= 8; i++)
		if (set & BIT((c->lowest + i) % 8))
			return (c->lowest + i) % 8;
	return -1;
}

/* 0: highest.  8: lower than all, for -1. */
static unsigned int chip_rank(const struct pic_chip *c, int input)
{
	return input < 0 ? 8 : (unsigned int)(input + 7 - c->lowest) % 8;
}

/*
 * The input that INT stands for, or -1.  Normally it must be of higher priority
 * than what is in service.  In special mask mode masked levels in service
 * do not count.  In special fully nested mode the master lets further
 * requests of the slave through while one is in service.
 */
static int chip_request(const struct pic_chip *c)
{
	u8 serving = c->isr;
	int request;

	if (!(c->irr & ~c->imr) || !c->ready || c->init)
		return -1;
	request = chip_first(c, c->irr & ~c->imr);
	if (c->special)
		serving &= ~c->imr;
	if (c->nested && request == CASCADE)
		serving &= ~BIT(CASCADE);
	if (chip_rank(c, request) < chip_rank(c, chip_first(c, serving)))
		return request;
	return -1;
}

static void chip_input(struct pic_chip *c, unsigned int input, bool high)
{
	u8 bit = BIT(input);

	if (!high) {
		/* a request must stay until it is acknowledged */
		c->inputs &= ~bit;
		c->irr &= ~bit;
		return;
	}
	if (c->elcr & bit || !(c->inputs & bit))
		c->irr |= bit;
	c->inputs |= bit;
}

/* The slave's INT is an input of the master. */
static void pic_cascade(struct pic *pic)
{
	bool high = chip_request(&pic->chip[1]) >= 0;

	if (high != !!(pic->chip[0].inputs & BIT(CASCADE)))
		chip_input(&pic->chip[0], CASCADE, high);
}

/* Bottom priority to @input. */
static void chip_rotate(struct pic_chip *c, unsigned int input)
{
	c->lowest = input;
}

static void chip_serve(struct pic_chip *c, unsigned int input)
{
	if (!(c->elcr & BIT(input)))
		c->irr &= ~BIT(input);
	if (!c->auto_eoi)
		c->isr |= BIT(input);
	else if (c->rotate)
		chip_rotate(c, input);
}

/* An acknowledge of one chip: the input, 7 if there is no request. */
static unsigned int chip_ack(struct pic_chip *c)
{
	int request = chip_request(c);

	if (request < 0)
		return 7;
	chip_serve(c, request);
	return request;
}

/*
 * The slave's INT falls with INTA and rises again if it has more: an edge for
 * the master each time.
 */
static void pic_slave_acked(struct pic *pic)
{
	chip_input(&pic->chip[0], CASCADE, false);
	pic_cascade(pic);
}

void pic_set_input(struct pic *pic, unsigned int irq, bool high)
{
	chip_input(&pic->chip[(irq / 8) & 1], irq % 8, high);
	pic_cascade(pic);
}

bool pic_output(const struct pic *pic)
{
	return chip_request(&pic->chip[0]) >= 0;
}

u8 pic_ack(struct pic *pic)
{
	struct pic_chip *master = &pic->chip[0], *slave = &pic->chip[1];
	int request = chip_request(master);
	unsigned int input = chip_ack(master);

	if (request != CASCADE || master->single)
		return master->base + input;
	input = chip_ack(slave);
	pic_slave_acked(pic);
	return slave->base + input;
}

/* ---- registers ------------------------------------------------------------ */

/* A poll is an acknowledge that answers with the input's number. */
static u8 chip_poll(struct pic *pic, unsigned int n)
{
	struct pic_chip *c = &pic->chip[n];
	int request = chip_request(c);

	c->poll = false;
	if (request < 0)
		return 7;
	chip_serve(c, request);
	if (n)
		pic_slave_acked(pic);
	return POLL_REQUEST | request;
}

u8 pic_read(struct pic *pic, unsigned int chip, bool odd)
{
	u8 value;

	if (!pic_peek(pic, chip, odd, &value))
		value = chip_poll(pic, chip & 1);
	return value;
}

/* Level-triggered requests are there again while their inputs are high. */
static void chip_icw1(struct pic_chip *c, u8 value)
{
	c->irr = c->inputs & c->elcr;
	c->isr = 0;
	c->imr = 0;
	c->lowest = 7;
	c->auto_eoi = false;
	c->nested = false;
	c->rotate = false;
	c->special = false;
	c->read_isr = false;
	c->poll = false;
	c->icw4_due = value & ICW1_ICW4;
	c->single = value & ICW1_SINGLE;
	c->ready = true;
	c->init = 2;
}

static void chip_icw(struct pic_chip *c, u8 value)
{
	switch (c->init) {
	case 2:
		c->base = value & ICW2_BASE;
		c->init = !c->single ? 3 : c->icw4_due ? 4 : 0;
		break;
	case 3: /* which input is cascaded: soldered */
		c->init = c->icw4_due ? 4 : 0;
		break;
	default:
		c->auto_eoi = value & ICW4_AUTO_EOI;
		c->nested = value & ICW4_NESTED;
		c->init = 0;
		break;
	}
}

/*
 * The level that a non-specific EOI ends: the highest in service; in special
 * mask mode masked ones are left alone.
 */
static int chip_eoi_level(const struct pic_chip *c)
{
	return chip_first(c, c->special ? c->isr & ~c->imr : c->isr);
}

static void chip_ocw2(struct pic_chip *c, u8 value)
{
	int level = value & OCW2_LEVEL;

	if (!(value & OCW2_EOI)) {
		if (!(value & OCW2_SPECIFIC))
			c->rotate = value & OCW2_ROTATE;
		else if (value & OCW2_ROTATE)
			chip_rotate(c, level);
		return;
	}
	if (!(value & OCW2_SPECIFIC))
		level = chip_eoi_level(c);
	if (level < 0)
		return;
	c->isr &= ~BIT(level);
	if (value & OCW2_ROTATE)
		chip_rotate(c, level);
}

static void chip_ocw3(struct pic_chip *c, u8 value)
{
	if (value & OCW3_POLL)
		c->poll = true;
	else if (value & OCW3_RR)
		c->read_isr = value & OCW3_RIS;
	if (value & OCW3_ESMM)
		c->special = value & OCW3_SMM;
}

void pic_write(struct pic *pic, unsigned int chip, bool odd, u8 value)
{
	struct pic_chip *c = &pic->chip[chip & 1];

	if (odd) {
		if (c->init)
			chip_icw(c, value);
		else
			c->imr = value;
	} else if (value & ICW1) {
		chip_icw1(c, value);
	} else if (value & OCW3) {
		chip_ocw3(c, value);
	} else {
		chip_ocw2(c, value);
	}
	pic_cascade(pic);
}

u8 pic_elcr_read(const struct pic *pic, unsigned int chip)
{
	return pic->chip[chip & 1].elcr;
}

void pic_elcr_write(struct pic *pic, unsigned int chip, u8 value)
{
	struct pic_chip *c = &pic->chip[chip & 1];
	u8 changed = (value ^ c->elcr) & c->elcr_mask;

	c->elcr = value & c->elcr_mask;
	/* a level is a request while it lasts; an edge is past */
	c->irr = (c->irr & ~changed) | (c->inputs & changed & c->elcr);
	pic_cascade(pic);
}

static void chip_reset(struct pic_chip *c, u8 elcr_mask)
{
	u8 inputs = c->inputs;

	*c = (struct pic_chip){
		.inputs = inputs,
		.imr = 0xff,
		.lowest = 7,
		.elcr_mask = elcr_mask,
	};
}

/* Timer, keyboard, cascade, RTC and FPU are always edge-triggered. */
void pic_reset(struct pic *pic)
{
	chip_reset(&pic->chip[0], 0xf8);
	chip_reset(&pic->chip[1], 0xde);
	pic->chip[0].inputs &= ~BIT(CASCADE);
}
