// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/pic.c: the 8259A by its data sheet, initialised
 * as PC firmware and Linux do it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/pic.h"

enum { MASTER, SLAVE };

#define EOI 0x20
#define SPECIFIC 0x60
#define READ_IRR 0x0a
#define READ_ISR 0x0b
#define POLL 0x0c

/* ck_assert() costs a system call, which loops that run often cannot afford. */
#define HOT(c)                                  \
	do {                                    \
		if (!(c))                       \
			ck_abort_msg("%s", #c); \
	} while (0)

static struct pic pic;

static void cmd(unsigned int chip, u8 v)
{
	pic_write(&pic, chip, false, v);
}

static void data(unsigned int chip, u8 v)
{
	pic_write(&pic, chip, true, v);
}

static u8 mask(unsigned int chip)
{
	return pic_read(&pic, chip, true);
}

static u8 irr(unsigned int chip)
{
	cmd(chip, READ_IRR);
	return pic_read(&pic, chip, false);
}

static u8 isr(unsigned int chip)
{
	cmd(chip, READ_ISR);
	return pic_read(&pic, chip, false);
}

static void raise(unsigned int irq)
{
	pic_set_input(&pic, irq, true);
}

static void lower(unsigned int irq)
{
	pic_set_input(&pic, irq, false);
}

static void pulse(unsigned int irq)
{
	lower(irq);
	raise(irq);
}

static void init(u8 icw4)
{
	cmd(MASTER, 0x11);
	data(MASTER, 0x30);
	data(MASTER, 0x04);
	data(MASTER, icw4);
	cmd(SLAVE, 0x11);
	data(SLAVE, 0x38);
	data(SLAVE, 0x02);
	data(SLAVE, 0x01);
}

static void setup(void)
{
	memset(&pic, 0, sizeof(pic));
	pic_reset(&pic);
	init(0x01);
}

START_TEST(after_reset)
{
	unsigned int i;

	pic_reset(&pic);
	for (i = 0; i < 16; i++)
		if (i != 2)
			pulse(i);
	data(MASTER, 0);
	data(SLAVE, 0);
	ck_assert(!pic_output(&pic)); /* not before ICW1 */
	for (i = 0; i < 2; i++) {
		u8 v = i ? 0x55 : 0xaa;

		data(i, v);
		ck_assert_uint_eq(mask(i), v);
	}
}
END_TEST

START_TEST(init_sequence)
{
	raise(4);
	data(MASTER, 0xff);
	cmd(MASTER, 0x11);
	ck_assert_uint_eq(mask(MASTER), 0); /* IMR is cleared, */
	ck_assert_uint_eq(irr(MASTER), 0); /* and so is the edge */
	ck_assert(!pic_output(&pic));
	data(MASTER, 0x47); /* the low three bits are the input's */
	pulse(4);
	ck_assert(!pic_output(&pic)); /* amid initialisation */
	data(MASTER, 0x04);
	data(MASTER, 0x01);
	ck_assert(pic_output(&pic));
	ck_assert_uint_eq(pic_ack(&pic), 0x44);
	/* without ICW4 the next byte is the mask, and no automatic EOI */
	init(0x03);
	cmd(MASTER, 0x10);
	data(MASTER, 0x30);
	data(MASTER, 0x04);
	data(MASTER, 0x81);
	ck_assert_uint_eq(mask(MASTER), 0x81);
	pulse(4);
	pic_ack(&pic);
	ck_assert_uint_eq(isr(MASTER), 0x10);
	/* single: no ICW3, and input 2 is one like others */
	cmd(MASTER, 0x13);
	data(MASTER, 0x30);
	data(MASTER, 0x01);
	data(MASTER, 0x42);
	ck_assert_uint_eq(mask(MASTER), 0x42);
}
END_TEST

START_TEST(edge)
{
	raise(4);
	ck_assert(pic_output(&pic));
	ck_assert_uint_eq(irr(MASTER), 0x10);
	ck_assert_uint_eq(pic_ack(&pic), 0x34);
	ck_assert_uint_eq(irr(MASTER), 0);
	ck_assert_uint_eq(isr(MASTER), 0x10);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(isr(MASTER), 0);
	ck_assert(!pic_output(&pic)); /* still high: no new edge */
	raise(4);
	ck_assert(!pic_output(&pic));
	pulse(4);
	ck_assert(pic_output(&pic));
	/* gone before INTA: the vector of input 7, nothing in service */
	lower(4);
	ck_assert(!pic_output(&pic));
	ck_assert_uint_eq(pic_ack(&pic), 0x37);
	ck_assert_uint_eq(isr(MASTER), 0);
}
END_TEST

START_TEST(masks)
{
	data(MASTER, 0x10);
	raise(4);
	ck_assert(!pic_output(&pic));
	ck_assert_uint_eq(irr(MASTER), 0x10); /* latched nevertheless */
	data(MASTER, 0);
	ck_assert(pic_output(&pic));
	data(MASTER, 0xef);
	ck_assert_uint_eq(pic_ack(&pic), 0x34);
}
END_TEST

START_TEST(priorities)
{
	raise(7);
	raise(3);
	raise(5);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
	ck_assert(!pic_output(&pic)); /* lower ones wait */
	raise(1);
	ck_assert(pic_output(&pic)); /* a higher one does not */
	ck_assert_uint_eq(pic_ack(&pic), 0x31);
	ck_assert_uint_eq(isr(MASTER), 0x0a);
	cmd(MASTER, EOI); /* ends the highest */
	ck_assert_uint_eq(isr(MASTER), 0x08);
	pulse(3);
	ck_assert(!pic_output(&pic)); /* itself waits, too */
	cmd(MASTER, SPECIFIC | 3);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(pic_ack(&pic), 0x35);
	cmd(MASTER, SPECIFIC | 5);
	ck_assert_uint_eq(pic_ack(&pic), 0x37);
	ck_assert_uint_eq(isr(MASTER), 0x80);
	cmd(MASTER, SPECIFIC | 6); /* not in service: nothing */
	ck_assert_uint_eq(isr(MASTER), 0x80);
}
END_TEST

START_TEST(cascade)
{
	raise(12);
	ck_assert(pic_output(&pic));
	ck_assert_uint_eq(irr(MASTER), 0x04);
	ck_assert_uint_eq(irr(SLAVE), 0x10);
	ck_assert_uint_eq(pic_ack(&pic), 0x3c);
	ck_assert_uint_eq(isr(MASTER), 0x04);
	ck_assert_uint_eq(isr(SLAVE), 0x10);
	raise(15); /* lower than 12 */
	raise(8); /* higher, but the master has input 2 in service */
	raise(3);
	ck_assert(!pic_output(&pic));
	cmd(SLAVE, EOI);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(pic_ack(&pic), 0x38); /* 8-15 come before 3 */
	cmd(SLAVE, SPECIFIC | 0);
	cmd(MASTER, SPECIFIC | 2);
	ck_assert_uint_eq(pic_ack(&pic), 0x3f);
	cmd(SLAVE, EOI);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
	/* the slave masked by its master, and by itself */
	data(MASTER, 0x04);
	cmd(MASTER, EOI);
	pulse(9);
	ck_assert(!pic_output(&pic));
	data(SLAVE, 0x02);
	data(MASTER, 0);
	ck_assert(!pic_output(&pic));
	data(SLAVE, 0);
	ck_assert_uint_eq(pic_ack(&pic), 0x39);
}
END_TEST

/* Requests that come before the EOI of one from the slave are not lost. */
START_TEST(cascade_many)
{
	static const u8 order[] = { 8, 9, 10, 11, 12, 13, 14, 15 };
	unsigned int i;

	for (i = 15; i >= 8; i--)
		raise(i);
	for (i = 0; i < 8; i++) {
		ck_assert(pic_output(&pic));
		ck_assert_uint_eq(pic_ack(&pic), 0x30 + order[i]);
		cmd(SLAVE, EOI);
		cmd(MASTER, EOI);
	}
	ck_assert(!pic_output(&pic));
}
END_TEST

/* The slave's request goes away between both INTAs: its input 7. */
START_TEST(spurious_of_slave)
{
	raise(10);
	/* the master's latch is what counts for it */
	ck_assert(pic_output(&pic));
	pic.chip[1].irr = 0;
	ck_assert_uint_eq(pic_ack(&pic), 0x3f);
	ck_assert_uint_eq(isr(SLAVE), 0);
	ck_assert_uint_eq(isr(MASTER), 0x04); /* as Linux knows to end */
}
END_TEST

START_TEST(special_fully_nested)
{
	init(0x11);
	raise(12);
	ck_assert_uint_eq(pic_ack(&pic), 0x3c);
	raise(14);
	ck_assert(!pic_output(&pic));
	raise(9); /* higher within the slave */
	ck_assert(pic_output(&pic));
	ck_assert_uint_eq(pic_ack(&pic), 0x39);
	ck_assert_uint_eq(isr(SLAVE), 0x12);
}
END_TEST

START_TEST(level)
{
	unsigned int i;

	pic_elcr_write(&pic, MASTER, 0xff);
	pic_elcr_write(&pic, SLAVE, 0xff);
	ck_assert_uint_eq(pic_elcr_read(&pic, MASTER), 0xf8);
	ck_assert_uint_eq(pic_elcr_read(&pic, SLAVE), 0xde);
	raise(5);
	for (i = 0; i < 3; i++) { /* as long as it is high */
		ck_assert_uint_eq(pic_ack(&pic), 0x35);
		ck_assert(!pic_output(&pic));
		cmd(MASTER, EOI);
		ck_assert(pic_output(&pic));
	}
	lower(5);
	ck_assert(!pic_output(&pic));
	raise(11);
	for (i = 0; i < 3; i++) {
		ck_assert_uint_eq(pic_ack(&pic), 0x3b);
		cmd(SLAVE, EOI);
		cmd(MASTER, EOI);
	}
	lower(11);
	ck_assert(!pic_output(&pic));
	/* a high input that becomes level-triggered is a request */
	pic_elcr_write(&pic, SLAVE, 0);
	raise(9);
	pic_ack(&pic);
	cmd(SLAVE, EOI);
	cmd(MASTER, EOI);
	ck_assert(!pic_output(&pic));
	pic_elcr_write(&pic, SLAVE, 0x02);
	ck_assert(pic_output(&pic));
	pic_elcr_write(&pic, SLAVE, 0);
	ck_assert(!pic_output(&pic));
}
END_TEST

START_TEST(rotation)
{
	raise(4);
	pic_ack(&pic);
	cmd(MASTER, 0xa0); /* rotate on non-specific EOI: 4 is lowest now */
	pulse(4);
	raise(6);
	raise(0);
	ck_assert_uint_eq(pic_ack(&pic), 0x36); /* 5 6 7 0 1 2 3 4 */
	cmd(MASTER, EOI);
	ck_assert_uint_eq(pic_ack(&pic), 0x30);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(pic_ack(&pic), 0x34);
	cmd(MASTER, 0xe4); /* rotate on specific EOI */
	ck_assert_uint_eq(isr(MASTER), 0);
	cmd(MASTER, 0xc0); /* set priority: 0 is lowest */
	pulse(0);
	pulse(1);
	ck_assert_uint_eq(pic_ack(&pic), 0x31);
	cmd(MASTER, 0x40); /* no operation */
	ck_assert_uint_eq(isr(MASTER), 0x02);
}
END_TEST

START_TEST(automatic_eoi)
{
	init(0x03);
	raise(3);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
	ck_assert_uint_eq(isr(MASTER), 0);
	raise(6); /* nothing in service */
	ck_assert_uint_eq(pic_ack(&pic), 0x36);
	cmd(MASTER, 0x80); /* rotate in automatic EOI mode */
	pulse(3);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
	pulse(3);
	pulse(6);
	ck_assert_uint_eq(pic_ack(&pic), 0x36);
	cmd(MASTER, 0x00);
	ck_assert_uint_eq(pic_ack(&pic), 0x33);
}
END_TEST

START_TEST(special_mask)
{
	raise(1);
	ck_assert_uint_eq(pic_ack(&pic), 0x31);
	raise(5);
	data(MASTER, 0x02);
	ck_assert(!pic_output(&pic));
	cmd(MASTER, 0x68); /* set special mask mode */
	ck_assert_uint_eq(pic_ack(&pic), 0x35);
	/* a non-specific EOI does not see the masked one */
	cmd(MASTER, EOI);
	ck_assert_uint_eq(isr(MASTER), 0x02);
	cmd(MASTER, EOI);
	ck_assert_uint_eq(isr(MASTER), 0x02);
	cmd(MASTER, 0x48); /* reset it */
	pulse(5);
	ck_assert(!pic_output(&pic));
	cmd(MASTER, 0x28); /* without ESMM: no change */
	ck_assert(!pic_output(&pic));
	cmd(MASTER, EOI);
	ck_assert_uint_eq(isr(MASTER), 0);
}
END_TEST

START_TEST(poll)
{
	cmd(MASTER, POLL);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false) & 0x80, 0);
	raise(6);
	raise(9);
	cmd(MASTER, POLL);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x82);
	ck_assert_uint_eq(isr(MASTER), 0x04);
	cmd(SLAVE, POLL);
	ck_assert_uint_eq(pic_read(&pic, SLAVE, true), 0x81);
	ck_assert_uint_eq(isr(SLAVE), 0x02);
	cmd(SLAVE, EOI);
	cmd(MASTER, EOI);
	cmd(MASTER, POLL);
	ck_assert_uint_eq(pic_read(&pic, MASTER, true), 0x86);
	ck_assert_uint_eq(mask(MASTER), 0); /* one read only */
}
END_TEST

START_TEST(read_select)
{
	raise(3);
	pic_ack(&pic);
	raise(5);
	cmd(MASTER, READ_ISR);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x08);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x08);
	cmd(MASTER, 0x09); /* RR not set: as before */
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x08);
	cmd(MASTER, READ_IRR);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x20);
	cmd(MASTER, READ_ISR);
	init(1); /* IRR again */
	pulse(5);
	ck_assert_uint_eq(pic_read(&pic, MASTER, false), 0x20);
}
END_TEST

/* Anything at all: the output is what an acknowledge finds. */
START_TEST(random_accesses)
{
	unsigned int i;

	srand(_i);
	for (i = 0; i < 20000; i++) {
		unsigned int irq = rand() % 16;
		bool output;

		switch (rand() % 8) {
		case 0:
			pic_write(&pic, rand(), rand() & 1, rand());
			break;
		case 1:
			pic_read(&pic, rand(), rand() & 1);
			break;
		case 2:
			pic_elcr_write(&pic, rand(), rand());
			break;
		case 3:
			init(rand() & 0x13);
			break;
		case 4:
			output = pic_output(&pic);
			if (!output)
				HOT((pic_ack(&pic) & 7) == 7);
			else
				pic_ack(&pic);
			break;
		default:
			pic_set_input(&pic, irq == 2 ? 3 : irq, rand() & 1);
		}
		HOT(!(pic.chip[0].elcr & 7) && !(pic.chip[1].elcr & 0x21));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pic");
	TCase *t = tcase_create("pic");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, after_reset);
	tcase_add_test(t, init_sequence);
	tcase_add_test(t, edge);
	tcase_add_test(t, masks);
	tcase_add_test(t, priorities);
	tcase_add_test(t, cascade);
	tcase_add_test(t, cascade_many);
	tcase_add_test(t, spurious_of_slave);
	tcase_add_test(t, special_fully_nested);
	tcase_add_test(t, level);
	tcase_add_test(t, rotation);
	tcase_add_test(t, automatic_eoi);
	tcase_add_test(t, special_mask);
	tcase_add_test(t, poll);
	tcase_add_test(t, read_select);
	tcase_add_loop_test(t, random_accesses, 0, 20);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
