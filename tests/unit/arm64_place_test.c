// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the places of kernel, RAM disk and device tree: the rules of
 * "Booting AArch64 Linux", asked of many random layouts too.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_image.h"
#include "arm64_place.h"
#include "diag.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static struct arm64_image image;
static struct arm64_place p;
static struct span ram[8], used[8];
static struct diags d;

static void setup(void)
{
	memset(&d, 0, sizeof(d));
	image = (struct arm64_image){ .memory = 33 * MIB,
				      .bounded = true,
				      .anywhere = true };
	ram[0] = (struct span){ GIB, 512 * MIB, NULL };
	p = (struct arm64_place){
		.file = "t.toml",
		.ram = ram,
		.nr_ram = 1,
		.used = used,
		.image = &image,
		.kernel = { .what = "kernel", .len = 33 * MIB, .line = 3 },
		.dtb = { .what = "dtb", .len = 64 << 10 },
		.initrd = { .what = "initrd", .len = 10 * MIB + 1, .line = 7 },
	};
}

static void teardown(void)
{
	diag_free(&d);
}

static void complains(const char *what, int line)
{
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	ck_assert_int_eq(d.list[0].line, line);
	diag_free(&d);
}

START_TEST(test_usual)
{
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB);
	ck_assert_uint_eq(p.dtb.at, GIB + 33 * MIB);
	ck_assert_uint_eq(p.initrd.at, GIB + 33 * MIB + (64 << 10));
}
END_TEST

START_TEST(test_text_offset)
{
	image.text_offset = 0x80000;
	ram[0].at += 0x100000;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB + 2 * MIB + 0x80000);
	/* The half below the 2 MiB boundary is the kernel's to give away. */
	ram[0].at = GIB + 0x80000;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB + 0x80000);
}
END_TEST

START_TEST(test_unbounded)
{
	/* As much memory as possible free after the kernel. */
	image.bounded = false;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB);
	ck_assert_uint_eq(p.dtb.at, GIB + 512 * MIB - (64 << 10));
	ck_assert_uint_eq(p.initrd.at, GIB + 502 * MIB - (128 << 10));
}
END_TEST

START_TEST(test_other_images)
{
	p.nr_used = 2;
	used[0] = (struct span){ GIB + 40 * MIB, 1, "image" };
	used[1] = (struct span){ GIB + 4 * MIB, 2 * MIB, "image" };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB + 6 * MIB);
	p.kernel.fixed = true;
	p.kernel.at = GIB;
	p.kernel.len = 4 * MIB;
	ck_assert(arm64_place(&p, &d));
	p.kernel.len++;
	ck_assert(!arm64_place(&p, &d));
	complains("overlap image at 0x40400000", 3);
}
END_TEST

START_TEST(test_fixed)
{
	p.kernel.fixed = true;
	p.kernel.at = GIB + 0x1000;
	ck_assert(!arm64_place(&p, &d));
	complains("0x40001000 must be 0x0 above a multiple of 0x200000", 3);
	p.kernel.at = GIB + 480 * MIB;
	ck_assert(!arm64_place(&p, &d));
	complains("do not lie within the guest's memory", 3);
	p.kernel.at = 0xffffffffffe00000;
	ck_assert(!arm64_place(&p, &d));
	complains("do not lie within", 3);
	p.kernel.at = GIB + 2 * MIB;
	p.dtb.fixed = true;
	p.dtb.at = GIB + 4;
	ck_assert(!arm64_place(&p, &d));
	complains("multiple of 0x8", 0);
	p.dtb.at = GIB + 8;
	p.initrd.fixed = true;
	p.initrd.at = GIB + 300 * MIB + 1;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.dtb.at, GIB + 8);
	p.initrd.at = GIB + 34 * MIB;
	ck_assert(!arm64_place(&p, &d));
	complains("overlap kernel at 0x40200000", 7);
}
END_TEST

START_TEST(test_what_is_told_comes_first)
{
	/* The device tree is where the kernel would have gone. */
	p.dtb.fixed = true;
	p.dtb.at = GIB;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB + 2 * MIB);
}
END_TEST

START_TEST(test_too_small)
{
	ram[0].len = 33 * MIB - 1;
	ck_assert(!arm64_place(&p, &d));
	complains("kernel: the guest's memory has no free place for 0x2100000",
		  3);
	ram[0].len = 33 * MIB;
	ck_assert(!arm64_place(&p, &d));
	complains("dtb: the guest's memory has no free place", 0);
	ram[0].len = 43 * MIB + (64 << 10);
	ck_assert(!arm64_place(&p, &d));
	complains("initrd: the guest's memory has no free place", 7);
	ram[0].len++;
	ck_assert(arm64_place(&p, &d));
	p.dtb.len = (2 << 20) + 1;
	ck_assert(!arm64_place(&p, &d));
	complains("the boot protocol allows 2 MiB", 0);
	p.nr_ram = 0;
	ck_assert(!arm64_place(&p, &d));
	complains("no free place", 3);
}
END_TEST

START_TEST(test_window)
{
	/* The kernel at 1 GiB, and memory from 31 to 34 GiB. */
	p.nr_ram = 2;
	ram[0].len = 34 * MIB;
	ram[1] = (struct span){ 31 * GIB, 3 * GIB, NULL };
	p.initrd.len = 2 * GIB;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.initrd.at, 31 * GIB);
	p.initrd.len++;
	ck_assert(!arm64_place(&p, &d));
	complains("no free place", 7);
	p.initrd.fixed = true;
	p.initrd.at = 31 * GIB;
	ck_assert(!arm64_place(&p, &d));
	complains("one window of 32 GiB", 7);
	/* The kernel above, the RAM disk told to be below. */
	ram[0].at = 50 * GIB;
	ram[1] = (struct span){ 18 * GIB, 2 * GIB, NULL };
	p.initrd = (struct arm64_item){
		.what = "initrd", .len = GIB, .at = 19 * GIB, .fixed = true
	};
	p.kernel.fixed = true;
	p.kernel.at = 50 * GIB;
	ck_assert(arm64_place(&p, &d));
	p.initrd.at = 19 * GIB - 1;
	ck_assert(!arm64_place(&p, &d));
	complains("one window of 32 GiB", 0);
	p.initrd.fixed = false;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_ge(p.initrd.at, 19 * GIB);
}
END_TEST

START_TEST(test_dtb_reach)
{
	/* Within 512 MiB where that can be, anywhere where not. */
	p.nr_ram = 2;
	p.initrd.len = 0;
	ram[0].len = 33 * MIB + (32 << 10);
	ram[1] = (struct span){ GIB + 511 * MIB, GIB, NULL };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.dtb.at, GIB + 511 * MIB);
	ram[1].at = 4 * GIB;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.dtb.at, 4 * GIB);
}
END_TEST

START_TEST(test_joined)
{
	/* Regions that touch each other are one; the order is anybody's. */
	p.nr_ram = 3;
	ram[2] = (struct span){ GIB, 16 * MIB, NULL };
	ram[0] = (struct span){ GIB + 16 * MIB, 48 * MIB, NULL };
	ram[1] = (struct span){ 0, 16 * MIB, NULL };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, GIB);
}
END_TEST

START_TEST(test_raw)
{
	/* No kernel to place: only the others. */
	p.image = NULL;
	p.kernel.len = 0;
	p.nr_used = 1;
	used[0] = (struct span){ GIB, 4096, "kernel" };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.dtb.at, GIB + (64 << 10));
	p.dtb.fixed = true;
	p.dtb.at = GIB;
	ck_assert(!arm64_place(&p, &d));
	complains("overlap kernel", 0);
}
END_TEST

/* The end of the address space is memory like any other. */
START_TEST(test_top)
{
	ram[0] = (struct span){ 0xfffffffff0000000, 256 * MIB, NULL };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, 0xfffffffff0000000);
	image.bounded = false;
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.dtb.at, 0xffffffffffff0000);
	ram[0] = (struct span){ 0, 256 * MIB, NULL };
	ck_assert(arm64_place(&p, &d));
	ck_assert_uint_eq(p.kernel.at, 0);
}
END_TEST

static bool apart(const struct arm64_item *a, uint64_t at, uint64_t len)
{
	return !a->len || !len || a->at + a->len - 1 < at ||
	       at + len - 1 < a->at;
}

static bool inside(const struct arm64_item *it, const struct span *s, int n)
{
	for (int i = 0; it->len && i < n; i++) {
		if (it->at >= s[i].at && it->at + it->len <= s[i].at + s[i].len)
			return true;
	}
	return !it->len;
}

START_TEST(test_random)
{
	static const uint64_t lens[] = { 1, 4096, MIB, 33 * MIB, 300 * MIB };
	int placed = 0;

	srandom(1);
	for (int n = 0; n < 20000; n++) {
		struct arm64_item *it[] = { &p.kernel, &p.dtb, &p.initrd };
		uint64_t at = 0, lo, hi;

		setup();
		image.text_offset = (uint64_t)(random() % 3) * 0x80000;
		image.bounded = random() % 2;
		p.nr_ram = (size_t)(1 + random() % 4);
		p.nr_used = (size_t)(random() % 4);
		for (size_t i = 0; i < p.nr_ram; i++) {
			at += (uint64_t)(1 + random() % 4096) * MIB / 2;
			ram[i] = (struct span){
				at, (uint64_t)(1 + random() % 1024) * MIB / 2,
				NULL
			};
			at += ram[i].len;
		}
		for (size_t i = 0; i < p.nr_used; i++)
			used[i] = (struct span){
				ram[random() % (long)p.nr_ram].at +
					(uint64_t)random() % (64 * MIB),
				(uint64_t)random() % (8 * MIB), "used"
			};
		p.kernel.len = image.memory = lens[random() % 4];
		p.dtb.len = lens[random() % 3];
		p.initrd.len = lens[random() % 5];
		if (!arm64_place(&p, &d)) {
			diag_free(&d);
			continue;
		}
		placed++;
		ck_assert_uint_eq((p.kernel.at - image.text_offset) % (2 * MIB),
				  0);
		ck_assert_uint_eq(p.dtb.at % 8, 0);
		lo = p.initrd.at < p.kernel.at ? p.initrd.at : p.kernel.at;
		hi = p.initrd.at + p.initrd.len > p.kernel.at + p.kernel.len ?
			     p.initrd.at + p.initrd.len :
			     p.kernel.at + p.kernel.len;
		ck_assert_uint_le(hi - lo / GIB * GIB, 32 * GIB);
		for (int i = 0; i < 3; i++) {
			ck_assert(inside(it[i], ram, (int)p.nr_ram));
			for (int k = 0; k < i; k++)
				ck_assert(apart(it[i], it[k]->at, it[k]->len));
			for (size_t k = 0; k < p.nr_used; k++)
				ck_assert(
					apart(it[i], used[k].at, used[k].len));
		}
	}
	ck_assert_int_gt(placed, 10000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arm64_place");
	TCase *tc = tcase_create("arm64_place");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_usual);
	tcase_add_test(tc, test_text_offset);
	tcase_add_test(tc, test_unbounded);
	tcase_add_test(tc, test_other_images);
	tcase_add_test(tc, test_fixed);
	tcase_add_test(tc, test_what_is_told_comes_first);
	tcase_add_test(tc, test_too_small);
	tcase_add_test(tc, test_window);
	tcase_add_test(tc, test_dtb_reach);
	tcase_add_test(tc, test_joined);
	tcase_add_test(tc, test_raw);
	tcase_add_test(tc, test_top);
	tcase_add_test(tc, test_random);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
