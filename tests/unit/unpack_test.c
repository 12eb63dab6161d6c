// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the unpackers: streams that the libraries' own compressors made,
 * cut, damaged, and beyond the limit.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "diag.h"
#include "unpack.h"

#define CONTENT (3u << 20) /* more than one growth */

static uint8_t *content;
static struct diags d;
static struct bytes out;

static void setup(void)
{
	content = malloc(CONTENT);
	for (size_t i = 0; i < CONTENT; i++)
		content[i] = (uint8_t)(i * 7 + (i >> 9) * 13);
}

static void teardown(void)
{
	free(content);
	bytes_free(&out);
	diag_free(&d);
}

static size_t pack(enum unpack_format f, size_t n, uint8_t *to, size_t room)
{
	z_stream z = { 0 };

	if (f == UNPACK_ZSTD)
		return ZSTD_compress(to, room, content, n, 3);
	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8,
				      Z_DEFAULT_STRATEGY),
			 Z_OK);
	z.next_in = content;
	z.avail_in = (uInt)n;
	z.next_out = to;
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

static const enum unpack_format formats[] = { UNPACK_GZIP, UNPACK_ZSTD };

static void complains(const char *what)
{
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	ck_assert_str_eq(d.list[0].file, "f");
	ck_assert_ptr_null(out.v);
}

START_TEST(test_whole)
{
	static const size_t sizes[] = { 0, 1, 4096, 1 << 20, CONTENT };
	uint8_t *packed = malloc(2 * CONTENT);

	for (int i = 0; i < 5; i++) {
		size_t n = pack(formats[_i], sizes[i], packed, 2 * CONTENT);

		ck_assert_int_eq(unpack_probe(packed, n), formats[_i]);
		/* What follows is not looked at; the limit is inclusive. */
		memset(packed + n, 0xff, 16);
		ck_assert(unpack(formats[_i], packed, n + 16, sizes[i], "f",
				 &out, &d));
		ck_assert_uint_eq(out.n, sizes[i]);
		ck_assert_int_eq(memcmp(out.v, content, out.n), 0);
		bytes_free(&out);
	}
	free(packed);
}
END_TEST

START_TEST(test_limit)
{
	uint8_t *packed = malloc(2 * CONTENT);
	size_t n = pack(formats[_i], CONTENT, packed, 2 * CONTENT);

	ck_assert(!unpack(formats[_i], packed, n, CONTENT - 1, "f", &out, &d));
	complains("larger than 3145727 bytes");
	free(packed);
}
END_TEST

START_TEST(test_truncated)
{
	uint8_t *packed = malloc(2 * CONTENT);
	size_t n = pack(formats[_i], 50000, packed, 2 * CONTENT);
	size_t cuts[] = { 4, n / 2, n - 1 };

	for (int i = 0; i < 3; i++) {
		/* Of its own size, so that reading beyond it is seen. */
		uint8_t *cut = memcpy(malloc(cuts[i]), packed, cuts[i]);

		ck_assert(!unpack(formats[_i], cut, cuts[i], CONTENT, "f", &out,
				  &d));
		complains("truncated");
		diag_free(&d);
		free(cut);
	}
	free(packed);
}
END_TEST

START_TEST(test_damaged)
{
	uint8_t *packed = malloc(2 * CONTENT);
	size_t n = pack(formats[_i], 50000, packed, 2 * CONTENT);

	memset(packed + n / 2, 0x55, n / 4);
	ck_assert(!unpack(formats[_i], packed, n, CONTENT, "f", &out, &d));
	complains("damaged");
	free(packed);
}
END_TEST

START_TEST(test_probe)
{
	ck_assert_int_eq(unpack_probe(NULL, 0), UNPACK_NONE);
	ck_assert_int_eq(unpack_probe((const uint8_t *)"\x1f", 1), UNPACK_NONE);
	ck_assert_int_eq(unpack_probe((const uint8_t *)"\x28\xb5\x2f", 3),
			 UNPACK_NONE);
	ck_assert_int_eq(unpack_probe((const uint8_t *)"MZ@\xfa", 4),
			 UNPACK_NONE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("unpack");
	TCase *tc = tcase_create("unpack");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_whole, 0, 2);
	tcase_add_loop_test(tc, test_limit, 0, 2);
	tcase_add_loop_test(tc, test_truncated, 0, 2);
	tcase_add_loop_test(tc, test_damaged, 0, 2);
	tcase_add_test(tc, test_probe);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
