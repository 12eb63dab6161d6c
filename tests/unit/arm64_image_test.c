// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of arm64 kernel images: headers as "Booting AArch64 Linux" lays them
 * out, every wrong field, and each way to pack an Image.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "arm64_image.h"
#include "diag.h"

#define LEN 0x3000u
#define LIMIT (64ull << 20)

static uint8_t raw[LEN];
static struct arm64_image image;
static struct diags d;

static void put(uint8_t *p, unsigned int bytes, uint64_t v)
{
	for (; bytes--; v >>= 8)
		*p++ = (uint8_t)v;
}

/* What Debian's kernel has: EFI stub, two sections, 4 KiB pages, anywhere. */
static void setup(void)
{
	memset(raw, 0, sizeof(raw));
	memset(&d, 0, sizeof(d));
	memcpy(raw, "MZ\x40\xfa", 4);
	put(raw + 16, 8, 0x5000);
	put(raw + 24, 8, 0xa);
	memcpy(raw + 56, "ARM\x64", 4);
	put(raw + 60, 4, 0x40);
	memcpy(raw + 0x40, "PE\0", 4);
	put(raw + 0x44, 2, 0xaa64);
	put(raw + 0x46, 2, 2);
	put(raw + 0x54, 2, 0xa0);
	put(raw + 0xf8 + 16, 4, 0x1000);
	put(raw + 0xf8 + 20, 4, 0x1000);
	put(raw + 0x120 + 16, 4, 0x1000);
	put(raw + 0x120 + 20, 4, 0x2000);
}

static void teardown(void)
{
	diag_free(&d);
}

static bool parse(size_t n)
{
	/* Of its own size, so that reading beyond it is seen. */
	uint8_t *copy = memcpy(malloc(n ? n : 1), raw, n);
	bool ok = arm64_image_parse(copy, n, "Image", &image, &d);

	free(copy);
	return ok;
}

static void complains(const char *what)
{
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	ck_assert_str_eq(d.list[0].file, "Image");
	diag_free(&d);
}

START_TEST(test_header)
{
	ck_assert(parse(LEN));
	ck_assert_uint_eq(image.text_offset, 0);
	ck_assert_uint_eq(image.memory, 0x5000);
	ck_assert(image.bounded);
	ck_assert(image.anywhere);
	ck_assert(!image.big_endian);
	ck_assert_uint_eq(image.page_size, 4096);
	put(raw + 8, 8, 0x80000);
	put(raw + 16, 8, 0x2000);
	put(raw + 24, 8, 0xfffffffffffffff7);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(image.text_offset, 0x80000);
	ck_assert_uint_eq(image.memory, LEN); /* never less than the file */
	ck_assert(!image.anywhere);
	ck_assert(image.big_endian);
	ck_assert_uint_eq(image.page_size, 65536);
	put(raw + 24, 8, 4);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(image.page_size, 16384);
	put(raw + 24, 8, 0);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(image.page_size, 0);
}
END_TEST

/* Before 3.17: image_size 0, text_offset of any endianness. */
START_TEST(test_old)
{
	put(raw + 8, 8, 0x0000080000000000);
	put(raw + 16, 8, 0);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(image.text_offset, 0x80000);
	ck_assert_uint_eq(image.memory, LEN);
	ck_assert(!image.bounded);
	ck_assert(!image.anywhere);
	ck_assert_uint_eq(image.page_size, 0);
}
END_TEST

/* Without an EFI stub there is no PE header to look at. */
START_TEST(test_no_stub)
{
	memset(raw, 0, 8);
	put(raw + 60, 4, 0);
	ck_assert(parse(64));
	put(raw + 60, 4, 0x12345678);
	ck_assert(parse(64));
}
END_TEST

START_TEST(test_wrong)
{
	ck_assert(!parse(63));
	complains("header has 64 bytes, the file 63");
	ck_assert(!parse(0));
	complains("too short");
	raw[56] = 'B';
	ck_assert(!parse(LEN));
	complains("magic at byte 56 is 0x644d5242, not 0x644d5241");
	setup();
	put(raw + 8, 8, 0x200000);
	ck_assert(!parse(LEN));
	complains("text_offset is 0x200000, not below 2 MiB");
	setup();
	put(raw + 16, 8, (1ull << 48) + 1);
	ck_assert(!parse(LEN));
	complains("image_size is 0x1000000000001");
	put(raw + 16, 8, 1ull << 48);
	ck_assert(parse(LEN));
}
END_TEST

START_TEST(test_truncated)
{
	ck_assert(!parse(LEN - 1));
	complains("PE section 1 ends at 0x3000, the file has 0x2fff bytes");
	ck_assert(!parse(0x147));
	complains("table of 2 PE sections");
	ck_assert(!parse(0x57));
	complains("no PE header at 0x40");
	raw[0x41] = 'X';
	ck_assert(!parse(LEN));
	complains("no PE header");
	setup();
	put(raw + 60, 4, 0xffffffff);
	ck_assert(!parse(LEN));
	complains("0xffffffff");
	setup();
	put(raw + 0x120 + 20, 4, 0xffffffff);
	put(raw + 0x120 + 16, 4, 0xffffffff);
	ck_assert(!parse(LEN));
	complains("ends at 0x1fffffffe");
}
END_TEST

static struct bytes copy_of(const void *v, size_t n)
{
	return (struct bytes){ memcpy(malloc(n), v, n), n };
}

static struct bytes gzip(const struct bytes *in)
{
	struct bytes out = { malloc(in->n + 1024), in->n + 1024 };
	z_stream z = { .next_in = in->v,
		       .avail_in = (uInt)in->n,
		       .next_out = out.v,
		       .avail_out = (uInt)out.n };

	deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.n -= z.avail_out;
	deflateEnd(&z);
	return out;
}

static struct bytes zstd(const struct bytes *in)
{
	size_t room = ZSTD_compressBound(in->n);
	struct bytes out = { malloc(room), 0 };

	out.n = ZSTD_compress(out.v, room, in->v, in->n, 1);
	ck_assert(!ZSTD_isError(out.n));
	return out;
}

/* As the kernel's zboot-header.S lays it out, payload at 0x200. */
static struct bytes zboot(const struct bytes *in, const char *type)
{
	struct bytes out = { calloc(1, 0x200 + in->n + 4), 0x200 + in->n + 4 };

	memcpy(out.v, "MZ\0\0zimg", 8);
	put(out.v + 8, 4, 0x200);
	put(out.v + 12, 4, in->n);
	memcpy(out.v + 24, type, strlen(type));
	memcpy(out.v + 0x200, in->v, in->n);
	return out;
}

static void unpacks(struct bytes *b)
{
	ck_assert(arm64_image_is(b->v, b->n));
	ck_assert(arm64_image_unpack(b, LIMIT, "Image", &d));
	ck_assert_uint_eq(b->n, LEN);
	ck_assert_int_eq(memcmp(b->v, raw, LEN), 0);
	bytes_free(b);
}

START_TEST(test_packed)
{
	struct bytes plain = copy_of(raw, LEN), a = gzip(&plain),
		     b = zstd(&plain), c = zboot(&a, "gzip"),
		     e = zboot(&b, "zstd22"), f = gzip(&e);

	unpacks(&plain);
	unpacks(&a);
	unpacks(&b);
	unpacks(&c);
	unpacks(&e);
	unpacks(&f);
}
END_TEST

START_TEST(test_packed_wrong)
{
	struct bytes plain = copy_of(raw, LEN), a = gzip(&plain), z, b, c;

	z = zboot(&a, "lz4\x01");
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("\"lz4?\"; gzip and zstd are served");
	bytes_free(&z);

	/* All 32 bytes of the type are there, without a NUL. */
	z = zboot(&a, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("gzip and zstd are served");
	bytes_free(&z);

	z = zboot(&a, "gzip");
	z.n -= 5; /* the appended size and one byte of the payload */
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("must lie within the file");
	put(z.v + 8, 4, 0xffffffff);
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("payload offset 0xffffffff");
	bytes_free(&z);

	z = zboot(&plain, "gzip");
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("damaged");
	bytes_free(&z);

	ck_assert(!arm64_image_unpack(&a, LEN - 1, "Image", &d));
	complains("larger than");
	b = gzip(&a);
	c = gzip(&b);
	z = gzip(&c);
	ck_assert(!arm64_image_unpack(&z, LIMIT, "Image", &d));
	complains("packed more than 3 times");
	bytes_free(&z);
	bytes_free(&c);
	bytes_free(&b);
	bytes_free(&a);
	bytes_free(&plain);
}
END_TEST

START_TEST(test_probe)
{
	ck_assert(arm64_image_is(raw, LEN));
	ck_assert(arm64_image_is(raw, 64));
	ck_assert(!arm64_image_is(raw, 63));
	memset(raw + 56, 0, 4);
	ck_assert(!arm64_image_is(raw, LEN));
	ck_assert(!arm64_image_is(NULL, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arm64_image");
	TCase *tc = tcase_create("arm64_image");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_header);
	tcase_add_test(tc, test_old);
	tcase_add_test(tc, test_no_stub);
	tcase_add_test(tc, test_wrong);
	tcase_add_test(tc, test_truncated);
	tcase_add_test(tc, test_packed);
	tcase_add_test(tc, test_packed_wrong);
	tcase_add_test(tc, test_probe);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
