// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/pl011.c: the registers as the technical
 * reference manual has them, and what Linux's driver and early console do
 * with them.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/pl011.h"

#define DR 0x00
#define RSR 0x04
#define FR 0x18
#define ILPR 0x20
#define IBRD 0x24
#define FBRD 0x28
#define LCR_H 0x2c
#define CR 0x30
#define IFLS 0x34
#define IMSC 0x38
#define RIS 0x3c
#define MIS 0x40
#define ICR 0x44
#define DMACR 0x48

#define FR_CTS 0x01
#define FR_RXFE 0x10
#define FR_TXFF 0x20
#define FR_RXFF 0x40
#define FR_TXFE 0x80
#define FR_BUSY 0x08
#define RX 0x10
#define TX 0x20
#define RT 0x40
#define FEN 0x10

static struct pl011 uart;
static char sent[256];
static unsigned int nr_sent;
static const char *input;
static bool line;
static unsigned int line_changes;

static void tx(struct pl011 *u, u8 byte)
{
	ck_assert_ptr_eq(u, &uart);
	sent[nr_sent++] = byte;
}

static int rx(struct pl011 *u)
{
	ck_assert_ptr_eq(u, &uart);
	return *input ? (u8)*input++ : -1;
}

static void irq(struct pl011 *u, bool level)
{
	ck_assert_ptr_eq(u, &uart);
	ck_assert(level != line);
	line = level;
	line_changes++;
}

static const struct pl011_ops ops = { .tx = tx, .rx = rx, .irq = irq };

static u32 rd(unsigned int reg)
{
	return pl011_read(&uart, reg);
}

static void wr(unsigned int reg, u32 value)
{
	pl011_write(&uart, reg, value);
}

static void setup(void)
{
	memset(&uart, 0xa5, sizeof(uart));
	memset(sent, 0, sizeof(sent));
	nr_sent = 0;
	input = "";
	line = false;
	line_changes = 0;
	pl011_init(&uart, &ops);
}

START_TEST(reset_values)
{
	static const struct {
		unsigned int reg;
		u32 value;
	} values[] = {
		{ DR, 0 },	 { RSR, 0 },	  { ILPR, 0 },
		{ IBRD, 0 },	 { FBRD, 0 },	  { LCR_H, 0 },
		{ CR, 0x300 },	 { IFLS, 0x12 },  { IMSC, 0 },
		{ RIS, 0 },	 { MIS, 0 },	  { ICR, 0 },
		{ DMACR, 0 },	 { 0x08, 0 },	  { 0x80, 0 },
		{ 0xfe0, 0x11 }, { 0xfe4, 0x10 }, { 0xfe8, 0x14 },
		{ 0xfec, 0x00 }, { 0xff0, 0x0d }, { 0xff4, 0xf0 },
		{ 0xff8, 0x05 }, { 0xffc, 0xb1 },
	};
	unsigned int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < sizeof(values) / sizeof(*values); i++)
			ck_assert_msg(rd(values[i].reg) == values[i].value,
				      "register 0x%x", values[i].reg);
		/* nothing to read, nothing to send, the other side is there */
		ck_assert_uint_eq(rd(FR), FR_TXFE | FR_RXFE | 7);
		for (i = 0; i < 0x1000; i += 4)
			wr(i, ~0u);
		wr(CR, 0);
		wr(DR, 'x');
		ck_assert(line);
		pl011_reset(&uart);
		ck_assert(!line);
	}
}
END_TEST

START_TEST(widths)
{
	unsigned int i;

	for (i = 4; i < 0x1000; i += 4) /* all but DR */
		wr(i, ~0u);
	ck_assert_uint_eq(rd(ILPR), 0xff);
	ck_assert_uint_eq(rd(IBRD), 0xffff);
	ck_assert_uint_eq(rd(FBRD), 0x3f);
	ck_assert_uint_eq(rd(LCR_H), 0xff);
	ck_assert_uint_eq(rd(CR), 0xff87);
	ck_assert_uint_eq(rd(IFLS), 0x3f);
	ck_assert_uint_eq(rd(IMSC), 0x7ff);
	ck_assert_uint_eq(rd(DMACR), 0x7);
	ck_assert_uint_eq(rd(0xfe0), 0x11);
	/* parts of a register, and addresses that wrap */
	ck_assert_uint_eq(rd(CR + 1), 0xff);
	ck_assert_uint_eq(rd(CR + 2), 0);
	ck_assert_uint_eq(rd(0x1000 + IMSC), 0x7ff);
	wr(IMSC + 1, 0);
	ck_assert_uint_eq(rd(IMSC), 0x7ff);
}
END_TEST

/* As Linux's early console: no set-up, TXFF and BUSY polled. */
START_TEST(early_console)
{
	const char *s = "Booting Linux\n";

	for (; *s; s++) {
		ck_assert(!(rd(FR) & FR_TXFF));
		wr(DR, *s);
		ck_assert(!(rd(FR) & FR_BUSY));
	}
	ck_assert_str_eq(sent, "Booting Linux\n");
	ck_assert_uint_eq(line_changes, 0);
}
END_TEST

START_TEST(transmit_interrupt)
{
	/* not before anything was sent: it is about passing a level */
	wr(IMSC, TX);
	ck_assert(!line);
	wr(DR, 'a');
	ck_assert(line);
	ck_assert_uint_eq(rd(RIS), TX);
	ck_assert_uint_eq(rd(MIS), TX);
	wr(ICR, TX);
	ck_assert(!line);
	ck_assert_uint_eq(rd(RIS), 0);
	wr(DR, 'b');
	ck_assert(line);
	wr(IMSC, 0); /* the driver has nothing more to send */
	ck_assert(!line);
	ck_assert_uint_eq(rd(RIS), TX);
	ck_assert_uint_eq(rd(MIS), 0);
	ck_assert_uint_eq(line_changes, 4);
}
END_TEST

static void check_read(const char *want)
{
	for (; *want; want++) {
		ck_assert(!(rd(FR) & FR_RXFE));
		ck_assert_uint_eq(rd(DR), (u8)*want);
	}
}

START_TEST(receive_one)
{
	/* FIFO off: one character at a time */
	wr(IMSC, RX | RT);
	input = "xyz";
	pl011_input(&uart);
	ck_assert(line);
	ck_assert_uint_eq(rd(FR) & (FR_RXFF | FR_RXFE), FR_RXFF);
	ck_assert_str_eq(input, "yz");
	check_read("xyz");
	ck_assert(!line);
	ck_assert_uint_eq(rd(FR) & (FR_RXFF | FR_RXFE), FR_RXFE);
	ck_assert_uint_eq(rd(DR), 0);
}
END_TEST

START_TEST(receive_fifo)
{
	static const struct {
		u32 ifls;
		unsigned int level;
	} trigger[] = { { 0, 2 }, { 1, 4 }, { 2, 8 }, { 3, 12 }, { 4, 14 } };
	const char *text = "0123456789abcdefghijklmnopqrstuvwxyz";
	char part[20];
	unsigned int i;

	wr(LCR_H, FEN | 0x60);
	for (i = 0; i < 5; i++) {
		wr(IFLS, trigger[i].ifls << 3);
		/* one less than the level: only the time-out */
		memcpy(part, text, 20);
		part[trigger[i].level - 1] = 0;
		input = part;
		pl011_input(&uart);
		ck_assert_uint_eq(rd(RIS), RT);
		input = "!";
		pl011_input(&uart);
		ck_assert_uint_eq(rd(RIS), RT | RX);
		/* below the level again */
		ck_assert_uint_eq(rd(DR), '0');
		ck_assert_uint_eq(rd(RIS), RT);
		while (!(rd(FR) & FR_RXFE))
			rd(DR);
		ck_assert_uint_eq(rd(RIS), 0);
	}
	/* more than fits: the rest stays where it is until there is room */
	input = text;
	pl011_input(&uart);
	ck_assert_str_eq(input, text + 16);
	ck_assert(rd(FR) & FR_RXFF);
	check_read(text);
	ck_assert(rd(FR) & FR_RXFE);
	ck_assert_uint_eq(rd(RIS), 0);
}
END_TEST

/*
 * As Linux's driver: start up (drain, clear, unmask), then take interrupts
 * until the line is low.
 */
START_TEST(linux_driver)
{
	char got[64] = "";
	unsigned int n = 0, i;

	input = "left over";
	pl011_input(&uart);
	wr(ICR, 0x7ff);
	wr(IFLS, 2 << 3 | 2); /* both half */
	wr(LCR_H, FEN | 0x60);
	wr(CR, 0x301);
	wr(ICR, RT | RX);
	for (i = 0; i < 32 && !(rd(FR) & FR_RXFE); i++)
		rd(DR);
	wr(IMSC, RT | RX);
	ck_assert(!line);
	ck_assert_str_eq(input, "");
	input = "a line of more than sixteen characters\n";
	pl011_input(&uart);
	for (i = 0; line && i < 64; i++) {
		u32 status = rd(RIS) & rd(IMSC);

		ck_assert_uint_ne(status, 0);
		wr(ICR, status & ~(TX | RT | RX));
		while (!(rd(FR) & FR_RXFE))
			got[n++] = rd(DR);
	}
	ck_assert_str_eq(got, "a line of more than sixteen characters\n");
	/* one key at a time */
	input = "k";
	pl011_input(&uart);
	ck_assert(line);
	ck_assert_uint_eq(rd(DR), 'k');
	ck_assert(!line);
	pl011_input(&uart);
	ck_assert(!line);
}
END_TEST

START_TEST(clear_and_again)
{
	/* a cleared interrupt comes back with the next character */
	wr(LCR_H, FEN);
	wr(IMSC, RT);
	input = "1";
	pl011_input(&uart);
	wr(ICR, RT);
	ck_assert(!line);
	input = "2";
	pl011_input(&uart);
	ck_assert(line);
	/* switching the FIFO off and on loses nothing */
	wr(LCR_H, 0);
	ck_assert(rd(FR) & FR_RXFF);
	wr(LCR_H, FEN);
	ck_assert(!(rd(FR) & FR_RXFF));
	check_read("12");
	ck_assert(!line);
}
END_TEST

START_TEST(loopback)
{
	wr(CR, 0x381 | 1 << 11); /* LBE, RTS */
	wr(LCR_H, FEN);
	input = "outside";
	pl011_input(&uart);
	ck_assert(rd(FR) & FR_RXFE);
	/* RTS is CTS, DTR is DSR, Out1 is DCD, Out2 is RI */
	ck_assert_uint_eq(rd(FR) & 0x107, 0x001);
	wr(CR, 0x381 | 1 << 10);
	ck_assert_uint_eq(rd(FR) & 0x107, 0x002);
	wr(CR, 0x381 | 3 << 12);
	ck_assert_uint_eq(rd(FR) & 0x107, 0x104);
	wr(DR, 'L');
	ck_assert_uint_eq(nr_sent, 0);
	ck_assert_uint_eq(rd(RIS), TX | RT);
	check_read("L");
	ck_assert(rd(FR) & FR_RXFE);
	/* a full FIFO drops what is looped back */
	for (unsigned int i = 0; i < 40; i++)
		wr(DR, i);
	ck_assert(rd(FR) & FR_RXFF);
	for (unsigned int i = 0; i < 16; i++)
		ck_assert_uint_eq(rd(DR), i);
	ck_assert(rd(FR) & FR_RXFE);
	wr(CR, 0x301);
	check_read("outside");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pl011");
	TCase *t = tcase_create("pl011");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, reset_values);
	tcase_add_test(t, widths);
	tcase_add_test(t, early_console);
	tcase_add_test(t, transmit_interrupt);
	tcase_add_test(t, receive_one);
	tcase_add_test(t, receive_fifo);
	tcase_add_test(t, linux_driver);
	tcase_add_test(t, clear_and_again);
	tcase_add_test(t, loopback);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
