// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bzImage headers as "The Linux/x86 Boot Protocol" lays them out:
 * what a kernel says is understood, each broken rule is named, and boot_params
 * tell what they should.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bzimage.h"
#include "diag.h"

#define SETUP (5u * 512)
#define BODY 0x2000u
#define LEN (SETUP + BODY)

static uint8_t raw[LEN];
static struct bzimage z;
static struct diags d;

static void put(size_t at, unsigned int bytes, uint64_t v)
{
	for (; bytes--; v >>= 8)
		raw[at++] = (uint8_t)v;
}

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* As Debian's 6.1 has it: 2.15, relocatable, 64-bit entry. */
static void setup(void)
{
	memset(raw, 0, sizeof(raw));
	memset(&d, 0, sizeof(d));
	put(0x1f1, 1, 4);
	put(0x1f4, 4, BODY / 16);
	put(0x1fe, 2, 0xaa55);
	put(0x200, 2, 0x6aeb);
	memcpy(raw + 0x202, "HdrS", 4);
	put(0x206, 2, 0x20f);
	put(0x211, 1, 0x01);
	put(0x22c, 4, 0x7fffffff);
	put(0x230, 4, 0x200000);
	put(0x234, 1, 1);
	put(0x236, 2, 0x7f);
	put(0x238, 4, 2047);
	put(0x258, 8, 0x1000000);
	put(0x260, 4, 0x2c8e000);
}

static void teardown(void)
{
	diag_free(&d);
}

static bool parse(size_t n)
{
	/* Of its own size, so that reading beyond it is seen. */
	uint8_t *copy = memcpy(malloc(n ? n : 1), raw, n);
	bool ok = bzimage_parse(copy, n, "vmlinuz", &z, &d);

	free(copy);
	return ok;
}

static void refused(size_t n, const char *word)
{
	ck_assert(!parse(n));
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, word), "%s", d.list[0].text);
	diag_free(&d);
}

START_TEST(fields)
{
	ck_assert(parse(LEN));
	ck_assert_uint_eq(z.version, 0x20f);
	ck_assert_uint_eq(z.setup, SETUP);
	ck_assert_uint_eq(z.body, BODY);
	ck_assert_uint_eq(z.header_end, 0x26c);
	ck_assert(z.relocatable);
	ck_assert_uint_eq(z.alignment, 0x200000);
	ck_assert_uint_eq(z.preferred, 0x1000000);
	ck_assert_uint_eq(z.init_size, 0x2c8e000);
	ck_assert_uint_eq(z.initrd_max, 0x7fffffff);
	ck_assert_uint_eq(z.cmdline_max, 2047);
	ck_assert(z.xloadflags & BZIMAGE_64);
	ck_assert(z.xloadflags & BZIMAGE_ABOVE_4G);
}
END_TEST

/* Fields that a version does not have are not read, but have old defaults. */
START_TEST(versions)
{
	put(0x206, 2, 0x204);
	put(0x1f1, 1, 0);
	put(0x22c, 4, 0);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(z.setup, SETUP); /* 0 sectors: 4 */
	ck_assert(!z.relocatable);
	ck_assert_uint_eq(z.preferred, 0x100000);
	ck_assert_uint_eq(z.init_size, BODY);
	ck_assert_uint_eq(z.initrd_max, 0x37ffffff);
	ck_assert_uint_eq(z.cmdline_max, 255);
	ck_assert_uint_eq(z.xloadflags, 0);
	put(0x206, 2, 0x20a);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(z.init_size, 0x2c8e000);
	ck_assert_uint_eq(z.xloadflags, 0);
}
END_TEST

START_TEST(wrong)
{
	put(0x206, 2, 0x203);
	refused(LEN, "version is 2.03");
	setup();
	put(0x201, 1, 0x20); /* the header ends before its fields */
	refused(LEN, "setup header: it ends");
	setup();
	put(0x211, 1, 0);
	refused(LEN, "LOADED_HIGH");
	setup();
	put(0x230, 4, 0x300000);
	refused(LEN, "kernel_alignment");
	put(0x230, 4, 0);
	refused(LEN, "kernel_alignment");
	setup();
	put(0x1f1, 1, 64);
	refused(LEN, "setup_sects");
	setup();
	put(0x1f4, 4, BODY / 16 + 1);
	refused(LEN, "syssize");
	setup();
	put(0x1fe, 2, 0x55aa);
	refused(LEN, "0xaa55");
	setup();
	raw[0x203] = 'D';
	refused(LEN, "HdrS");
}
END_TEST

START_TEST(truncated)
{
	for (size_t n = 0; n < LEN; n += n < 0x300 ? 1 : 64) {
		ck_assert_msg(!parse(n), "%zu", n);
		ck_assert_uint_eq(d.errors, 1);
		diag_free(&d);
	}
}
END_TEST

START_TEST(params)
{
	const struct e820_range map[] = {
		{ 0, 0x9fc00, E820_RAM },
		{ 0x9fc00, 0x400, E820_RESERVED },
		{ 0x100000, 0x123456789000, E820_RAM },
	};
	const struct bzimage_boot b = {
		.cmdline = 0x20000,
		.initrd = 0x123456000,
		.initrd_len = 0x1020304050,
		.rsdp = 0xe0000,
		.load = 0x1000000,
		.map = map,
		.nr_map = 3,
	};
	uint8_t out[BOOT_PARAMS_BYTES];

	put(0x210, 1, 0x77);
	put(0x211, 1, 0x81); /* CAN_USE_HEAP is the loader's to say */
	ck_assert(parse(LEN));
	memset(out, 0xee, sizeof(out));
	bzimage_params(&z, raw, &b, out);
	ck_assert_uint_eq(get(out + 0x070, 8), 0xe0000);
	ck_assert_uint_eq(get(out + 0x0c0, 4), 1);
	ck_assert_uint_eq(get(out + 0x0c4, 4), 0x10);
	ck_assert_uint_eq(get(out + 0x0c8, 4), 0);
	ck_assert_uint_eq(get(out + 0x1e8, 1), 3);
	ck_assert_uint_eq(get(out + 0x1ef, 1), 0); /* the sentinel */
	ck_assert_uint_eq(get(out + 0x202, 4), 0x53726448);
	ck_assert_uint_eq(get(out + 0x210, 1), 0xff);
	ck_assert_uint_eq(get(out + 0x211, 1), 0x01);
	ck_assert_uint_eq(get(out + 0x214, 4), 0x1000000);
	ck_assert_uint_eq(get(out + 0x218, 4), 0x23456000);
	ck_assert_uint_eq(get(out + 0x21c, 4), 0x20304050);
	ck_assert_uint_eq(get(out + 0x228, 4), 0x20000);
	ck_assert_uint_eq(get(out + 0x258, 8), 0x1000000);
	/* behind the header nothing of the file is told */
	ck_assert_uint_eq(get(out + 0x26c, 4), 0);
	ck_assert_uint_eq(get(out + 0x2d0 + 20, 8), 0x9fc00);
	ck_assert_uint_eq(get(out + 0x2d0 + 28, 8), 0x400);
	ck_assert_uint_eq(get(out + 0x2d0 + 36, 4), 2);
	ck_assert_uint_eq(get(out + 0x2d0 + 40, 8), 0x100000);
	ck_assert_uint_eq(get(out + 0x2d0 + 48, 8), 0x123456789000);
	ck_assert_uint_eq(get(out + 0x2d0 + 60, 8), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bzimage");
	TCase *tc = tcase_create("header");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, fields);
	tcase_add_test(tc, versions);
	tcase_add_test(tc, wrong);
	tcase_add_test(tc, truncated);
	tcase_add_test(tc, params);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
