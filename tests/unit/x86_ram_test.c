// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of an x86 guest's memory: the E820 map of various regions, and that
 * whatever is placed lies in memory, aligned, within its bounds, as low or
 * high as it goes (against a search of every page), and on
 * nothing else.
 */
#include <check.h>
#include <stdlib.h>

#include "x86_ram.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

static struct x86_ram r;

static void entry(size_t i, uint64_t at, uint64_t end, uint32_t type)
{
	ck_assert_uint_lt(i, r.nr_map);
	ck_assert_uint_eq(r.map[i].at, at);
	ck_assert_uint_eq(r.map[i].at + r.map[i].len, end);
	ck_assert_uint_eq(r.map[i].type, type);
}

START_TEST(map)
{
	const struct x86_span ram[] = {
		{ 0, 256 * MIB },
		{ 256 * MIB, 3 * GIB - 256 * MIB }, /* touches: one range */
		{ 4 * GIB, 2 * GIB },
	};

	ck_assert(x86_ram_map(&r, ram, 3));
	ck_assert_uint_eq(r.nr_map, 5);
	entry(0, 0, 0x9fc00, E820_RAM);
	entry(1, 0x9fc00, 0xa0000, E820_RESERVED);
	entry(2, 0xe0000, 0x100000, E820_ACPI);
	entry(3, 0x100000, 3 * GIB, E820_RAM);
	entry(4, 4 * GIB, 6 * GIB, E820_RAM);
}
END_TEST

START_TEST(map_odd)
{
	const struct x86_span ram[] = { { 0, 0x80000 },
					{ 0xf0000, 0x20000 },
					{ 5 * GIB, 4096 } };
	struct x86_span many[E820_MAX + 1];

	ck_assert(x86_ram_map(&r, ram, 3));
	ck_assert_uint_eq(r.nr_map, 4);
	entry(0, 0, 0x80000, E820_RAM);
	entry(1, 0xf0000, 0x100000, E820_ACPI);
	entry(2, 0x100000, 0x110000, E820_RAM);
	entry(3, 5 * GIB, 5 * GIB + 4096, E820_RAM);
	for (size_t i = 0; i <= E820_MAX; i++)
		many[i] = (struct x86_span){ GIB + i * 8192, 4096 };
	ck_assert(x86_ram_map(&r, many, E820_MAX));
	ck_assert(!x86_ram_map(&r, many, E820_MAX + 1));
	ck_assert(x86_ram_map(&r, NULL, 0));
	ck_assert_uint_eq(r.nr_map, 0);
}
END_TEST

START_TEST(free_or_not)
{
	const struct x86_span ram[] = { { 0, 64 * MIB } };

	ck_assert(x86_ram_map(&r, ram, 1));
	ck_assert(x86_ram_free(&r, MIB, 63 * MIB));
	ck_assert(!x86_ram_free(&r, MIB, 63 * MIB + 1));
	ck_assert(!x86_ram_free(&r, 0x9f000, 0x1000));
	ck_assert(!x86_ram_free(&r, 0xe0000, 1));
	ck_assert(!x86_ram_free(&r, UINT64_MAX, 1));
	ck_assert(!x86_ram_free(&r, MIB, UINT64_MAX));
	ck_assert(x86_ram_take(&r, 2 * MIB, 4096));
	ck_assert(!x86_ram_free(&r, 2 * MIB + 4095, 1));
	ck_assert(x86_ram_free(&r, 2 * MIB + 4096, 1));
	ck_assert(x86_ram_free(&r, MIB, MIB));
	ck_assert(!x86_ram_free(&r, MIB, MIB + 1));
}
END_TEST

/* Memory and used spans at random; each search against all pages there are. */
static void search_once(void)
{
	const uint64_t page = 4096, pages = 4096;
	struct x86_span ram[2];
	uint64_t len, align, min, max, at, low = 0, high = 0;
	bool found = false;

	ram[0] = (struct x86_span){ 0, (256 + (unsigned)rand() % 1024) * page };
	ram[1] = (struct x86_span){ (1400 + (unsigned)rand() % 1000) * page,
				    (1 + (unsigned)rand() % 1024) * page };
	ck_assert(x86_ram_map(&r, ram, 2));
	for (int i = rand() % 12; i > 0; i--)
		x86_ram_take(&r, (unsigned)rand() % pages * page,
			     (1 + (unsigned)rand() % 64) * page);
	len = (1 + (unsigned)rand() % 200) * page;
	align = page << rand() % 6;
	min = (unsigned)rand() % 1500 * page;
	max = (unsigned)rand() % pages * page - 1 + page;
	for (at = 0; at < pages * page; at += page) {
		if (at % align || at < min || at + len - 1 > max ||
		    !x86_ram_free(&r, at, len))
			continue;
		if (!found)
			low = at;
		high = at;
		found = true;
	}
	ck_assert_int_eq(x86_ram_lowest(&r, len, align, min, max, &at), found);
	if (found)
		ck_assert_uint_eq(at, low);
	ck_assert_int_eq(x86_ram_highest(&r, len, align, min, max, &at), found);
	if (found)
		ck_assert_uint_eq(at, high);
}

START_TEST(search)
{
	srand(1);
	for (int i = 0; i < 500; i++)
		search_once();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("x86_ram");
	TCase *tc = tcase_create("memory");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, map);
	tcase_add_test(tc, map_odd);
	tcase_add_test(tc, free_or_not);
	tcase_add_test(tc, search);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
