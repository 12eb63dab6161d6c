// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/uart16550.c: every register by the 16550A's
 * data sheet, and the probing that drivers do: existence, loopback, chip
 * type, FIFO size and both tests of the transmitter's interrupt.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/uart16550.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, FCR = IIR };

static struct uart16550 uart;
static char sent[1024];
static unsigned int nsent, edges;
static const char *input;
static unsigned int ninput;
static bool line;

static void tx(struct uart16550 *u, u8 byte)
{
	if (nsent < sizeof(sent))
		sent[nsent++] = byte;
}

static int rx(struct uart16550 *u)
{
	if (!ninput)
		return -1;
	ninput--;
	return (u8)*input++;
}

static void irq(struct uart16550 *u, bool level)
{
	ck_assert(level != line);
	line = level;
	edges++;
}

static const struct uart16550_ops ops = { .tx = tx, .rx = rx, .irq = irq };

static void setup(void)
{
	nsent = ninput = edges = 0;
	line = false;
	uart16550_init(&uart, &ops);
}

static u8 in(unsigned int reg)
{
	return uart16550_read(&uart, reg);
}

static void out(unsigned int reg, u8 value)
{
	uart16550_write(&uart, reg, value);
}

static void feed(const char *bytes, unsigned int n)
{
	input = bytes;
	ninput = n;
	uart16550_input(&uart);
}

START_TEST(reset_state)
{
	ck_assert_uint_eq(in(IER), 0);
	ck_assert_uint_eq(in(IIR), 0x01);
	ck_assert_uint_eq(in(LCR), 0);
	ck_assert_uint_eq(in(MCR), 0);
	ck_assert_uint_eq(in(LSR), 0x60);
	ck_assert_uint_eq(in(MSR)&0x0f, 0);
	ck_assert_uint_eq(in(MSR), 0xb0); /* DCD, DSR, CTS: a ready peer */
	ck_assert(!line);
}
END_TEST

START_TEST(registers)
{
	unsigned int i;

	for (i = 0; i < 256; i++) {
		out(SCR, i);
		ck_assert_uint_eq(in(SCR), i);
		out(LCR, i);
		ck_assert_uint_eq(in(LCR), i);
		out(LCR, 0);
		out(IER, i & ~2);
		ck_assert_uint_eq(in(IER), i & 0x0d);
		out(MCR, i);
		ck_assert_uint_eq(in(MCR), i & 0x1f);
	}
	out(MCR, 0);
	in(LSR);
	out(LSR, 0xff);
	out(MSR, 0xff);
	ck_assert_uint_eq(in(LSR)&0x60, 0x60);
}
END_TEST

START_TEST(divisor)
{
	out(LCR, 0x83);
	out(0, 0x34);
	out(1, 0x12);
	ck_assert_uint_eq(in(0), 0x34);
	ck_assert_uint_eq(in(1), 0x12);
	out(LCR, 0x03);
	ck_assert_uint_eq(in(IER), 0);
	ck_assert_uint_eq(nsent, 0);
	out(0, 'x');
	ck_assert_uint_eq(nsent, 1);
	out(LCR, 0x80);
	ck_assert_uint_eq(in(0), 0x34);
}
END_TEST

START_TEST(transmit)
{
	const char *s = "hello, world\n";

	while (*s) {
		ck_assert_uint_eq(in(LSR)&0x60, 0x60);
		out(0, *s++);
	}
	ck_assert_uint_eq(nsent, 13);
	ck_assert_int_eq(memcmp(sent, "hello, world\n", 13), 0);
	ck_assert(!line);
}
END_TEST

START_TEST(thre)
{
	/* enabling it with nothing to send raises it */
	out(IER, 2);
	ck_assert(line);
	ck_assert_uint_eq(in(IIR), 0x02);
	ck_assert(!line);
	ck_assert_uint_eq(in(IIR), 0x01);
	/* writing it enabled again without a change does not */
	out(IER, 2);
	ck_assert(!line);
	out(IER, 0);
	out(IER, 2);
	ck_assert(line);
	/* disabling hides it, and it comes back */
	out(IER, 0);
	ck_assert(!line);
	out(IER, 2);
	ck_assert(line);
	in(IIR);
	/* a byte gone raises it */
	out(0, 'a');
	ck_assert(line);
	in(IIR);
	ck_assert(!line);
	/* every byte is a new edge once acknowledged */
	edges = 0;
	out(0, 'b');
	in(IIR);
	out(0, 'c');
	in(IIR);
	ck_assert_uint_eq(edges, 4);
}
END_TEST

START_TEST(receive_one)
{
	feed("xyz", 3);
	/* no FIFO: one byte, the rest waits outside, no overrun */
	ck_assert_uint_eq(ninput, 2);
	ck_assert_uint_eq(in(LSR), 0x61);
	ck_assert_uint_eq(in(RBR), 'x');
	ck_assert_uint_eq(in(RBR), 'y');
	ck_assert_uint_eq(in(RBR), 'z');
	ck_assert_uint_eq(in(LSR), 0x60);
	ck_assert_uint_eq(in(RBR), 0);
}
END_TEST

START_TEST(receive_irq)
{
	out(IER, 1);
	ck_assert(!line);
	feed("a", 1);
	ck_assert(line);
	ck_assert_uint_eq(in(IIR), 0x04);
	ck_assert_uint_eq(in(IIR), 0x04); /* reading RBR clears it, not IIR */
	ck_assert(line);
	ck_assert_uint_eq(in(RBR), 'a');
	ck_assert(!line);
	ck_assert_uint_eq(in(IIR), 0x01);
}
END_TEST

START_TEST(fifo_trigger)
{
	static const u8 level[] = { 1, 4, 8, 14 };
	char many[20] = "0123456789abcdefghi";
	unsigned int t, n;

	for (t = 0; t < 4; t++)
		for (n = 1; n <= 16; n++) {
			setup();
			out(FCR, 1 | t << 6);
			out(IER, 1);
			feed(many, n);
			ck_assert(line);
			/* below the trigger: nothing more comes: time-out */
			ck_assert_uint_eq(in(IIR), n >= level[t] ? 0xc4 : 0xcc);
			ck_assert_uint_eq(in(LSR), 0x61);
			while (in(LSR)&1)
				in(RBR);
			ck_assert(!line);
		}
}
END_TEST

START_TEST(fifo_order)
{
	char many[200];
	unsigned int i, j, got = 0;

	for (i = 0; i < sizeof(many); i++)
		many[i] = i * 7 + 3;
	out(FCR, 0xc1);
	feed(many, sizeof(many));
	ck_assert_uint_eq(ninput, sizeof(many) - 16);
	for (i = 0; i < 60; i++) {
		for (j = 0; j < i % 9 && (in(LSR)&1); j++)
			ck_assert_uint_eq(in(RBR), (u8)(got++ * 7 + 3));
		uart16550_input(&uart);
	}
	while (in(LSR)&1)
		ck_assert_uint_eq(in(RBR), (u8)(got++ * 7 + 3));
	ck_assert_uint_eq(got, sizeof(many));
}
END_TEST

START_TEST(fifo_control)
{
	out(FCR, 0xc0); /* without the enable bit nothing is taken */
	ck_assert_uint_eq(in(IIR), 0x01);
	out(FCR, 0x01);
	ck_assert_uint_eq(in(IIR), 0xc1);
	feed("abcd", 4);
	out(FCR, 0x03); /* clear receiver, self-clearing */
	ck_assert_uint_eq(in(LSR), 0x60);
	feed("efgh", 4);
	ck_assert_uint_eq(in(RBR), 'e');
	out(FCR, 0x05); /* transmitter: the receiver keeps its bytes */
	ck_assert_uint_eq(in(RBR), 'f');
	out(FCR, 0x00); /* off: emptied */
	ck_assert_uint_eq(in(LSR), 0x60);
	ck_assert_uint_eq(in(IIR), 0x01);
	feed("ij", 2);
	out(FCR, 0x01); /* on: emptied, then what waited comes in */
	ck_assert_uint_eq(in(RBR), 'j');
}
END_TEST

START_TEST(priorities)
{
	out(FCR, 1);
	out(MCR, 0x10);
	out(MCR, 0x12); /* CTS changes: modem status */
	out(0, 'x'); /* looped: data, and the transmitter is empty */
	while (!(uart.lsr_errors & 2))
		out(0, 'y'); /* overrun: line status */
	out(IER, 0x0f);
	ck_assert_uint_eq(in(IIR)&0x0f, 0x06);
	ck_assert_uint_eq(in(LSR), 0x63);
	ck_assert_uint_eq(in(LSR), 0x61); /* read once */
	ck_assert_uint_eq(in(IIR)&0x0f, 0x04);
	out(IER, 0x0e);
	ck_assert_uint_eq(in(IIR)&0x0f, 0x02);
	ck_assert_uint_eq(in(IIR)&0x0f, 0x00);
	ck_assert(line);
	ck_assert_uint_eq(in(MSR)&0x0f, 0x0b); /* CTS, DSR, DCD changed */
	ck_assert_uint_eq(in(IIR)&0x0f, 0x01);
	ck_assert(!line);
	/* IIR read while something higher is named must not ack THRE */
	out(0, 'z');
	out(IER, 0x0f);
	in(LSR);
	ck_assert_uint_eq(in(IIR)&0x0f, 0x04);
	out(IER, 0x0e);
	ck_assert_uint_eq(in(IIR)&0x0f, 0x02);
}
END_TEST

START_TEST(loopback_modem)
{
	unsigned int i;

	/* DTR, RTS, OUT1, OUT2 come back as DSR, CTS, RI, DCD */
	for (i = 0; i < 16; i++) {
		u8 want = (i & 1 ? 0x20 : 0) | (i & 2 ? 0x10 : 0) |
			  (i & 4 ? 0x40 : 0) | (i & 8 ? 0x80 : 0);

		out(MCR, 0x10 | i);
		ck_assert_uint_eq(in(MSR)&0xf0, want);
	}
	out(MCR, 0x14);
	in(MSR);
	out(MCR, 0x10); /* RI: only its trailing edge counts */
	ck_assert_uint_eq(in(MSR), 0x04);
	out(MCR, 0x14);
	ck_assert_uint_eq(in(MSR), 0x40);
}
END_TEST

START_TEST(loopback_data)
{
	static const u8 bits[] = { 0x1f, 0x3f, 0x7f, 0xff };
	unsigned int i;

	feed("q", 0);
	out(LCR, 0x03);
	out(MCR, 0x10);
	input = "outside";
	ninput = 7;
	uart16550_input(&uart);
	ck_assert_uint_eq(ninput, 7);
	out(0, 0x5a);
	ck_assert_uint_eq(nsent, 0);
	ck_assert_uint_eq(in(LSR), 0x61);
	out(0, 0xa5); /* no FIFO: the first byte is lost */
	ck_assert_uint_eq(in(LSR), 0x63);
	ck_assert_uint_eq(in(RBR), 0xa5);
	/* a break comes back as a null byte with BI */
	out(LCR, 0x40);
	ck_assert_uint_eq(in(LSR), 0x71);
	ck_assert_uint_eq(in(RBR), 0);
	/* a character has 5 to 8 bits; what goes out keeps all */
	for (i = 0; i < 4; i++) {
		out(LCR, i);
		out(0, 0xff);
		ck_assert_uint_eq(in(RBR), bits[i]);
	}
	/* with FIFOs LSR tells that one in them is bad; an overrun is none */
	out(LCR, 0x03);
	out(FCR, 1);
	out(LCR, 0x43);
	ck_assert_uint_eq(in(LSR), 0xf1);
	ck_assert_uint_eq(in(LSR), 0x61);
	for (i = 0; i < 17; i++)
		out(0, i);
	ck_assert_uint_eq(in(LSR), 0x63);
	out(FCR, 0);
	out(LCR, 0);
	out(MCR, 0);
	ck_assert_uint_eq(in(RBR), 'o');
	out(0, 0xff);
	ck_assert_uint_eq(sent[nsent - 1] & 0xff, 0xff);
}
END_TEST

/* ---- what drivers do --------------------------------------------------------- */

START_TEST(probe_existence)
{
	u8 zero, ones;

	out(IER, 0);
	zero = in(IER)&0x0f;
	out(IER, 0x0f);
	ones = in(IER)&0x0f;
	out(IER, 0);
	ck_assert_uint_eq(zero, 0);
	ck_assert_uint_eq(ones, 0x0f);
	out(MCR, 0x1a);
	ck_assert_uint_eq(in(MSR)&0xf0, 0x90);
	out(MCR, 0);
}
END_TEST

START_TEST(probe_type)
{
	u8 dlab0, dlab1;

	/* an EFR would be zero here; ours is IIR, never zero */
	out(LCR, 0xbf);
	out(2, 0);
	out(LCR, 0);
	out(FCR, 1);
	ck_assert_uint_eq(in(IIR) >> 6, 3); /* 16550A */
	out(LCR, 0x80);
	ck_assert_uint_ne(in(2), 0);
	out(LCR, 0xbf);
	ck_assert_uint_ne(in(2), 0);
	/* no 16750: bit 5 stays clear with and without DLAB */
	out(LCR, 0);
	out(FCR, 0x21);
	dlab0 = in(IIR) >> 5;
	out(FCR, 1);
	out(LCR, 0x80);
	out(FCR, 0x21);
	dlab1 = in(IIR) >> 5;
	out(FCR, 1);
	out(LCR, 0);
	ck_assert_uint_eq(dlab0, 6);
	ck_assert_uint_eq(dlab1, 6);
	/* no unit-enable bit in IER */
	out(IER, 0x40);
	ck_assert_uint_eq(in(IER)&0x40, 0);
}
END_TEST

START_TEST(probe_fifo_size)
{
	unsigned int n;

	out(FCR, 0x07);
	out(MCR, 0x10);
	out(LCR, 0x80);
	out(0, 1);
	out(1, 0);
	out(LCR, 0x03);
	for (n = 0; n < 256; n++)
		out(0, n);
	for (n = 0; (in(LSR)&1) && n < 256; n++)
		ck_assert_uint_eq(in(RBR), n);
	ck_assert_uint_eq(n, 16);
	ck_assert_uint_eq(nsent, 0);
}
END_TEST

START_TEST(probe_thre)
{
	u8 first, second, lsr;

	out(FCR, 1);
	out(FCR, 7);
	out(FCR, 0);
	in(LSR);
	in(RBR);
	in(IIR);
	in(MSR);
	/* is THRE raised again when re-enabled? */
	out(IER, 2);
	first = in(IIR);
	out(IER, 0);
	out(IER, 2);
	second = in(IIR);
	out(IER, 0);
	ck_assert(!(first & 1) && !(second & 1));
	/* and with the transmitter empty? */
	out(LCR, 3);
	out(MCR, 8);
	out(IER, 2);
	lsr = in(LSR);
	second = in(IIR);
	out(IER, 0);
	ck_assert((lsr & 0x40) && !(second & 1));
	ck_assert(!line);
}
END_TEST

START_TEST(reset_drops_line)
{
	out(IER, 2);
	ck_assert(line);
	uart16550_reset(&uart);
	ck_assert(!line);
	ck_assert_uint_eq(in(IER), 0);
	uart16550_read(&uart, 99);
	uart16550_write(&uart, 99, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("uart16550");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, reset_state);
	tcase_add_test(t, registers);
	tcase_add_test(t, divisor);
	tcase_add_test(t, transmit);
	tcase_add_test(t, thre);
	tcase_add_test(t, receive_one);
	tcase_add_test(t, receive_irq);
	tcase_add_test(t, fifo_trigger);
	tcase_add_test(t, fifo_order);
	tcase_add_test(t, fifo_control);
	tcase_add_test(t, priorities);
	tcase_add_test(t, loopback_modem);
	tcase_add_test(t, loopback_data);
	tcase_add_test(t, probe_existence);
	tcase_add_test(t, probe_type);
	tcase_add_test(t, probe_fifo_size);
	tcase_add_test(t, probe_thre);
	tcase_add_test(t, reset_drops_line);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
