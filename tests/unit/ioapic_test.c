// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/ioapic.c: every register of the 82093AA by its
 * data sheet, and the life of edge- and level-triggered interrupts.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/ioapic.h"

#define SEL 0x00
#define WIN 0x10
#define EOI 0x40

#define STATUS (1u << 12)
#define REMOTE (1u << 14)
#define LEVEL (1u << 15)
#define MASKED (1u << 16)
#define LOGICAL (1u << 11)

/* ck_assert() costs a system call, which loops that run often cannot afford. */
#define HOT(c)                                  \
	do {                                    \
		if (!(c))                       \
			ck_abort_msg("%s", #c); \
	} while (0)

static struct ioapic ioapic;
static struct ioapic_msg last;
static unsigned int sent;
static bool accept;

static bool deliver(struct ioapic *io, const struct ioapic_msg *msg)
{
	HOT(io == &ioapic);
	last = *msg;
	sent++;
	return accept;
}

static const struct ioapic_ops ops = { .deliver = deliver };

static void setup(void)
{
	ioapic = (struct ioapic){ .ops = &ops };
	ioapic_reset(&ioapic);
	sent = 0;
	accept = true;
}

static void put(unsigned int reg, u32 value)
{
	ioapic_write(&ioapic, SEL, 4, reg);
	ioapic_write(&ioapic, WIN, 4, value);
}

static u32 get(unsigned int reg)
{
	ioapic_write(&ioapic, SEL, 4, reg);
	return ioapic_read(&ioapic, WIN, 4);
}

static void redir(unsigned int pin, u32 low, u32 high)
{
	put(0x11 + 2 * pin, high);
	put(0x10 + 2 * pin, low);
}

static u32 low(unsigned int pin)
{
	return get(0x10 + 2 * pin);
}

static void line(unsigned int pin, bool level)
{
	ioapic_set_input(&ioapic, pin, level);
}

START_TEST(after_reset)
{
	unsigned int i;

	ck_assert_uint_eq(get(0), 0);
	ck_assert_uint_eq(get(1), 0x00170020); /* 24 entries, version 0x20 */
	ck_assert_uint_eq(get(2), 0);
	for (i = 0; i < 24; i++) {
		ck_assert_uint_eq(get(0x10 + 2 * i), MASKED);
		ck_assert_uint_eq(get(0x11 + 2 * i), 0);
		line(i, true);
	}
	ck_assert_uint_eq(sent, 0);
	for (i = 3; i < 0x10; i++)
		ck_assert_uint_eq(get(i), 0);
	for (i = 0x40; i < 0x100; i++)
		ck_assert_uint_eq(get(i), 0);
}
END_TEST

START_TEST(registers)
{
	unsigned int i;

	put(0, 0xffffffff);
	ck_assert_uint_eq(get(0), 0x0f000000);
	ck_assert_uint_eq(get(2), 0x0f000000); /* arbitration follows */
	put(2, 0x03000000); /* read-only */
	ck_assert_uint_eq(get(2), 0x0f000000);
	put(1, 0);
	ck_assert_uint_eq(get(1), 0x00170020);
	for (i = 0; i < 24; i++) {
		put(0x10 + 2 * i, 0xffffffff);
		put(0x11 + 2 * i, 0xffffffff);
		/* delivery status, remote IRR and reserved bits stay 0 */
		ck_assert_uint_eq(get(0x10 + 2 * i), 0x0001afff);
		ck_assert_uint_eq(get(0x11 + 2 * i), 0xff000000);
	}
	for (i = 0x40; i < 0x100; i++)
		put(i, 0x12345678);
	ck_assert_uint_eq(sent, 0);
	ck_assert_uint_eq(ioapic_read(&ioapic, SEL, 4), 0xff);
}
END_TEST

START_TEST(widths)
{
	put(0, 0x05000000);
	redir(7, MASKED | 0x1a5, 0);
	ioapic_write(&ioapic, SEL, 1, 0x11e);
	ck_assert_uint_eq(ioapic_read(&ioapic, SEL, 1), 0x1e);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN, 1), 0xa5);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN, 2), 0x1a5);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN, 8), MASKED | 0x1a5);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN + 1, 1), 0);
	ck_assert_uint_eq(ioapic_read(&ioapic, 0x20, 4), 0);
	ck_assert_uint_eq(ioapic_read(&ioapic, EOI, 4), 0);
	ioapic_write(&ioapic, WIN, 8, 0xffffffff00010042);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN, 4), MASKED | 0x42);
	ioapic_write(&ioapic, WIN + 4, 4, 0);
	ck_assert_uint_eq(ioapic_read(&ioapic, WIN, 4), MASKED | 0x42);
}
END_TEST

START_TEST(edge)
{
	redir(4, 0x34, 0x03000000);
	ck_assert_uint_eq(sent, 0);
	line(4, true);
	ck_assert_uint_eq(sent, 1);
	ck_assert_uint_eq(last.vector, 0x34);
	ck_assert_uint_eq(last.dest, 3);
	ck_assert_uint_eq(last.mode, 0);
	ck_assert(!last.logical && !last.level);
	ck_assert_uint_eq(low(4), 0x34); /* no remote IRR, delivered */
	line(4, true); /* no edge */
	line(4, false);
	ck_assert_uint_eq(sent, 1);
	line(4, true);
	ck_assert_uint_eq(sent, 2);
	ioapic_eoi(&ioapic, 0x34); /* means nothing */
	ck_assert_uint_eq(sent, 2);
	/* masked edges are lost */
	redir(4, MASKED | 0x34, 0);
	line(4, false);
	line(4, true);
	redir(4, 0x34, 0);
	ck_assert_uint_eq(sent, 2);
	line(24, true); /* there is no such pin */
	line(31, true);
	line(36, true);
	ck_assert_uint_eq(sent, 2);
}
END_TEST

START_TEST(level)
{
	redir(9, LEVEL | 0x29, 0);
	line(9, true);
	ck_assert_uint_eq(sent, 1);
	ck_assert(last.level);
	ck_assert_uint_eq(low(9), LEVEL | REMOTE | 0x29);
	ioapic_eoi(&ioapic, 0x28); /* another vector */
	ck_assert_uint_eq(low(9), LEVEL | REMOTE | 0x29);
	ioapic_eoi(&ioapic, 0x29); /* still asserted: again */
	ck_assert_uint_eq(sent, 2);
	line(9, false);
	ck_assert_uint_eq(low(9), LEVEL | REMOTE | 0x29);
	line(9, true); /* not before the EOI */
	line(9, false);
	ck_assert_uint_eq(sent, 2);
	ioapic_eoi(&ioapic, 0x29);
	ck_assert_uint_eq(sent, 2);
	ck_assert_uint_eq(low(9), LEVEL | 0x29);
	/* asserted while masked: due when unmasked */
	redir(9, MASKED | LEVEL | 0x29, 0);
	line(9, true);
	ck_assert_uint_eq(sent, 2);
	ck_assert_uint_eq(low(9), MASKED | LEVEL | 0x29);
	redir(9, LEVEL | 0x29, 0);
	ck_assert_uint_eq(sent, 3);
	/* asserted and gone while masked: ignored */
	line(9, false);
	ioapic_eoi(&ioapic, 0x29);
	redir(9, MASKED | LEVEL | 0x29, 0);
	line(9, true);
	line(9, false);
	redir(9, LEVEL | 0x29, 0);
	ck_assert_uint_eq(sent, 3);
}
END_TEST

START_TEST(masked_while_in_service)
{
	redir(9, LEVEL | 0x29, 0);
	line(9, true);
	put(0x10 + 18, MASKED | LEVEL | 0x29);
	ck_assert_uint_eq(low(9), MASKED | LEVEL | REMOTE | 0x29);
	ioapic_eoi(&ioapic, 0x29);
	ck_assert_uint_eq(low(9), MASKED | LEVEL | 0x29);
	ck_assert_uint_eq(sent, 1);
	put(0x10 + 18, LEVEL | 0x29);
	ck_assert_uint_eq(sent, 2);
}
END_TEST

START_TEST(eoi_register)
{
	redir(9, LEVEL | 0x29, 0);
	redir(10, LEVEL | 0x29, 0); /* shares the vector */
	redir(11, LEVEL | 0x2a, 0);
	line(9, true);
	line(10, true);
	line(11, true);
	line(9, false);
	line(10, false);
	line(11, false);
	ioapic_write(&ioapic, EOI, 4, 0x29);
	ck_assert_uint_eq(low(9), LEVEL | 0x29);
	ck_assert_uint_eq(low(10), LEVEL | 0x29);
	ck_assert_uint_eq(low(11), LEVEL | REMOTE | 0x2a);
	ck_assert_uint_eq(sent, 3);
}
END_TEST

/* Without an EOI register, drivers mask, turn to edge and back to level. */
START_TEST(edge_clears_remote)
{
	redir(9, LEVEL | 0x29, 0);
	line(9, true);
	line(9, false);
	put(0x10 + 18, MASKED | 0x29);
	ck_assert_uint_eq(low(9), MASKED | 0x29);
	put(0x10 + 18, MASKED | LEVEL | 0x29);
	ck_assert_uint_eq(low(9), MASKED | LEVEL | 0x29);
	put(0x10 + 18, LEVEL | 0x29);
	line(9, true);
	ck_assert_uint_eq(sent, 2);
}
END_TEST

START_TEST(modes)
{
	unsigned int mode;

	for (mode = 0; mode < 8; mode++) {
		redir(12, mode << 8 | LOGICAL | 0x55, 0xa5000000);
		line(12, true);
		ck_assert_uint_eq(sent, mode + 1);
		ck_assert_uint_eq(last.mode, mode);
		ck_assert_uint_eq(last.dest, 0xa5);
		ck_assert(last.logical);
		line(12, false);
	}
	/* SMI, NMI, INIT, ExtINT: nobody sends an EOI */
	for (mode = 2; mode < 8; mode++) {
		redir(12, LEVEL | mode << 8 | 0x55, 0);
		sent = 0;
		line(12, true);
		ck_assert_uint_eq(sent, 1);
		ck_assert(!last.level);
		ck_assert_uint_eq(low(12) & (REMOTE | STATUS), 0);
		line(12, false);
	}
	redir(12, LEVEL | 1 << 8 | 0x55, 0); /* lowest priority has one */
	line(12, true);
	ck_assert(last.level);
	ck_assert_uint_eq(low(12) & REMOTE, REMOTE);
}
END_TEST

/* Nobody took it: delivery status says so, and it is tried again. */
START_TEST(not_taken)
{
	accept = false;
	redir(9, LEVEL | 0x29, 0);
	redir(4, 0x34, 0);
	line(9, true);
	line(4, true);
	ck_assert_uint_eq(sent, 2);
	ck_assert_uint_eq(low(9), LEVEL | STATUS | 0x29);
	ck_assert_uint_eq(low(4), STATUS | 0x34);
	accept = true;
	put(0x11 + 18, 0);
	put(0x11 + 8, 0);
	ck_assert_uint_eq(sent, 4);
	ck_assert_uint_eq(low(9), LEVEL | REMOTE | 0x29);
	ck_assert_uint_eq(low(4), 0x34);
	/* a level that goes away is not sent any more, an edge is */
	accept = false;
	line(9, false);
	ioapic_eoi(&ioapic, 0x29);
	line(9, true);
	line(9, false);
	line(4, false);
	line(4, true);
	line(4, false);
	accept = true;
	sent = 0;
	put(0x11 + 18, 0);
	ck_assert_uint_eq(sent, 0);
	put(0x11 + 8, 0);
	ck_assert_uint_eq(sent, 1);
}
END_TEST

START_TEST(reset_keeps_inputs)
{
	redir(9, LEVEL | 0x29, 0);
	line(9, true);
	ioapic_reset(&ioapic);
	ck_assert_uint_eq(low(9), MASKED);
	redir(9, LEVEL | 0x29, 0);
	ck_assert_uint_eq(sent, 2);
}
END_TEST

START_TEST(random_accesses)
{
	unsigned int i;

	srand(_i);
	for (i = 0; i < 20000; i++) {
		unsigned int pin = rand() % 32, bytes = 1 << rand() % 4;
		u64 value = (u64)rand() << 32 ^ (u64)rand() << 12 ^ rand();

		accept = rand() & 3;
		switch (rand() % 6) {
		case 0:
			line(pin, rand() & 1);
			break;
		case 1:
			ioapic_eoi(&ioapic, rand());
			break;
		case 2:
			ioapic_read(&ioapic, rand() % 256, bytes);
			break;
		case 3:
			put(0x10 + pin * 2, value);
			break;
		default:
			ioapic_write(&ioapic, rand() % 8 * 16, bytes, value);
		}
		for (pin = 0; pin < 24; pin++) {
			u32 v = ioapic.redir[pin];

			HOT(!(ioapic.remote >> pin & 1) ||
			    (v & LEVEL && (v >> 8 & 7) < 2));
			HOT(!(ioapic.pending >> pin & 1) || !(v & MASKED));
		}
		HOT(!((ioapic.remote | ioapic.pending) >> 24));
	}
	ck_assert_uint_gt(sent, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ioapic");
	TCase *t = tcase_create("ioapic");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, after_reset);
	tcase_add_test(t, registers);
	tcase_add_test(t, widths);
	tcase_add_test(t, edge);
	tcase_add_test(t, level);
	tcase_add_test(t, masked_while_in_service);
	tcase_add_test(t, eoi_register);
	tcase_add_test(t, edge_clears_remote);
	tcase_add_test(t, modes);
	tcase_add_test(t, not_taken);
	tcase_add_test(t, reset_keeps_inputs);
	tcase_add_loop_test(t, random_accesses, 0, 20);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
