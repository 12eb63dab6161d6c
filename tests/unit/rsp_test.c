// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the packets of GDB's remote protocol, against its manual: frames,
 * checksums, escapes, run lengths, what a line may garble.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rsp.h"

static struct rsp_in in;
static struct rsp_out out;

/* Feed all of @text; the last event that is one, and how many there were. */
static enum rsp_event feed(const char *text, size_t len, unsigned int *n)
{
	enum rsp_event last = RSP_NONE, e;

	*n = 0;
	for (size_t i = 0; i < len; i++) {
		e = rsp_feed(&in, (uint8_t)text[i]);
		if (e) {
			last = e;
			++*n;
		}
	}
	return last;
}

START_TEST(test_in)
{
	static const struct {
		const char *wire;
		enum rsp_event event;
		unsigned int n;
		const char *packet;
	} cases[] = {
		{ "$g#67", RSP_PACKET, 1, "g" },
		{ "$#00", RSP_PACKET, 1, "" },
		{ "+$m0,4#fd", RSP_PACKET, 2, "m0,4" },
		{ "$m0,4#FD", RSP_PACKET, 1, "m0,4" },
		{ "$g#68", RSP_BAD, 1, NULL },
		{ "$g#6g", RSP_BAD, 1, NULL },
		{ "$g#g7", RSP_BAD, 1, NULL },
		{ "\003", RSP_INTERRUPT, 1, NULL },
		{ "-", RSP_NAK, 1, NULL },
		{ "+", RSP_ACK, 1, NULL },
		{ "noise on the line", RSP_NONE, 0, NULL },
		/* the beginning of one whose end got lost */
		{ "$abc$g#67", RSP_PACKET, 1, "g" },
		/* "}]" is '}', "}\003" is '#': both count as they came */
		{ "$X}]}\003#b2", RSP_PACKET, 1, "X}#" },
		/* Ctrl-C within a packet is a byte of it */
		{ "$a\003#64", RSP_PACKET, 1, "a\003" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int n;

		memset(&in, 0, sizeof(in));
		ck_assert_msg(feed(cases[i].wire, strlen(cases[i].wire), &n) ==
				      cases[i].event,
			      "%s", cases[i].wire);
		ck_assert_uint_eq(n, cases[i].n);
		if (!cases[i].packet)
			continue;
		ck_assert_uint_eq(in.len, strlen(cases[i].packet));
		ck_assert_str_eq(in.buf, cases[i].packet);
	}
}
END_TEST

START_TEST(test_too_long)
{
	char *wire = malloc(RSP_MAX + 16);
	unsigned int n;
	uint8_t sum = 0;

	memset(&in, 0, sizeof(in));
	for (size_t len = RSP_MAX; len <= RSP_MAX + 1; len++) {
		memset(wire + 1, 'a', len);
		sum = (uint8_t)(len * 'a');
		wire[0] = '$';
		sprintf(wire + 1 + len, "#%02x", sum);
		ck_assert_int_eq(feed(wire, len + 4, &n),
				 len > RSP_MAX ? RSP_BAD : RSP_PACKET);
		ck_assert_uint_eq(n, 1);
	}
	/* and it is none the worse for it */
	ck_assert_int_eq(feed("$g#67", 5, &n), RSP_PACKET);
	free(wire);
}
END_TEST

static const char *encode(const char *data, size_t len)
{
	static char wire[RSP_WIRE + 1];

	wire[rsp_encode(data, len, wire)] = '\0';
	return wire;
}

START_TEST(test_out)
{
	ck_assert_str_eq(encode("", 0), "$#00");
	ck_assert_str_eq(encode("OK", 2), "$OK#9a");
	/* the manual's own example of a run: "0* " is four zeros */
	ck_assert_str_eq(encode("0000", 4), "$0* #7a");
	/* three are as they are */
	ck_assert_str_eq(encode("000", 3), "$000#90");
	ck_assert_str_eq(encode("a#b", 3), "$a}\003b#43");
	ck_assert_str_eq(encode("*", 1), "$}\n#87");
}
END_TEST

/* The other side: runs and escapes undone. */
static size_t decode(const char *wire, size_t len, char *data)
{
	size_t n = 0;
	unsigned int want;
	bool good = true;
	uint8_t sum = 0;

	ck_assert_int_eq(wire[0], '$');
	ck_assert_int_eq(wire[len - 3], '#');
	for (size_t i = 1; i < len - 3; i++)
		sum += (uint8_t)wire[i];
	ck_assert_int_eq(sscanf(wire + len - 2, "%2x", &want), 1);
	ck_assert_uint_eq(want, sum);
	for (size_t i = 1; i < len - 3; i++) {
		good &= wire[i] != '$' && wire[i] != '#';
		if (wire[i] == '}') {
			data[n++] = wire[++i] ^ 0x20;
		} else if (wire[i] == '*') {
			int again = wire[++i] - 29;

			good &= wire[i] >= ' ' && wire[i] <= '~' && n;
			good &= again >= 3;
			memset(data + n, data[n - 1], (size_t)again);
			n += (size_t)again;
		} else {
			data[n++] = wire[i];
		}
	}
	ck_assert(good);
	return n;
}

START_TEST(test_round)
{
	static char data[600], back[800], wire[RSP_WIRE];
	uint32_t seed = 1;

	/* runs of every length, of plain and of special characters */
	for (size_t len = 0; len < 300; len++) {
		static const char which[] = "0x}*$#";
		size_t n;

		for (size_t k = 0; k < sizeof(which) - 1; k++) {
			memset(data, which[k], len);
			n = rsp_encode(data, len, wire);
			ck_assert_uint_eq(decode(wire, n, back), len);
			ck_assert_mem_eq(back, data, len);
		}
	}
	for (int round = 0; round < 2000; round++) {
		size_t len = (size_t)round % sizeof(data), n;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = (char)(seed >> 28 ? seed >> 24 :
						      data[i ? i - 1 : 0]);
		}
		n = rsp_encode(data, len, wire);
		ck_assert_uint_eq(decode(wire, n, back), len);
		ck_assert_mem_eq(back, data, len);
	}
}
END_TEST

START_TEST(test_numbers)
{
	const char *p = "ffffffffffffffff,";
	uint8_t bytes[3];
	uint64_t v;

	ck_assert(rsp_get_number(&p, &v));
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert_int_eq(*p, ',');
	p = "10000000000000000";
	ck_assert(!rsp_get_number(&p, &v));
	p = "";
	ck_assert(!rsp_get_number(&p, &v));
	p = "00aB";
	ck_assert(rsp_get_number(&p, &v));
	ck_assert_uint_eq(v, 0xab);
	p = "0102f";
	ck_assert(!rsp_get_hex(&p, bytes, 3));
	ck_assert_int_eq(*p, '0');
	p = "01aBff";
	ck_assert(rsp_get_hex(&p, bytes, 3));
	ck_assert_mem_eq(bytes, "\x01\xab\xff", 3);
	p = "vCont;c";
	ck_assert(!rsp_skip(&p, "vCont?"));
	ck_assert(rsp_skip(&p, "vCont"));
	ck_assert_str_eq(p, ";c");
}
END_TEST

START_TEST(test_builder)
{
	static char big[RSP_MAX];

	memset(&out, 0, sizeof(out));
	rsp_text(&out, "T05");
	rsp_number(&out, 0);
	rsp_number(&out, 0x12ab);
	rsp_hex(&out, "\x00\xff", 2);
	ck_assert_uint_eq(out.len, 12);
	ck_assert_mem_eq(out.buf, "T05012ab00ff", 12);
	rsp_error(&out, -22);
	ck_assert_mem_eq(out.buf, "E16", 3);
	ck_assert_uint_eq(out.len, 3);
	ck_assert(!out.full);
	rsp_bytes(&out, big, sizeof(big));
	ck_assert(out.full && out.len == 3);
	out.full = false;
	rsp_hex(&out, big, sizeof(big) / 2);
	ck_assert(out.full && out.len == 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rsp");
	TCase *tc = tcase_create("rsp");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(tc, test_in);
	tcase_add_test(tc, test_too_long);
	tcase_add_test(tc, test_out);
	tcase_add_test(tc, test_round);
	tcase_add_test(tc, test_numbers);
	tcase_add_test(tc, test_builder);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
