// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the PVH start: the note's forms and rules, and the start info at the
 * offsets that Xen's public header draws.
 */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "elf_image.h"
#include "pvh.h"

static uint8_t raw[64];
static struct elf_image e;
static struct diags d;

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static void set_note(uint32_t len, uint64_t v)
{
	const Elf64_Nhdr n = { 4, len, 18 };

	memcpy(raw, &n, sizeof(n));
	memcpy(raw + 12, "Xen", 4);
	memcpy(raw + 16, &v, sizeof(v));
}

static void setup(void)
{
	memset(&d, 0, sizeof(d));
	e = (struct elf_image){
		.is64 = true,
		.load = { { 0x1000000, 0, 0, 0, 0x1000 },
			  { 0xffffff000, 0, 0, 0, 0x2000 } },
		.nr_load = 2,
		.notes = { { .offset = 0, .filesz = 64 } },
		.note_align = { 4 },
		.nr_notes = 1,
	};
}

static void teardown(void)
{
	diag_free(&d);
}

static void refused(const char *what)
{
	uint32_t entry;

	ck_assert(!pvh_entry(&e, raw, sizeof(raw), "vmlinux", &entry, &d));
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s", d.list[0].text);
	diag_free(&d);
}

START_TEST(test_note)
{
	uint32_t entry = 1;

	set_note(4, 0xffffffff01000800);
	ck_assert(pvh_entry(&e, raw, sizeof(raw), "vmlinux", &entry, &d));
	ck_assert_uint_eq(entry, 0x1000800);
	set_note(8, 0x1000fff);
	ck_assert(pvh_entry(&e, raw, sizeof(raw), "vmlinux", &entry, &d));
	ck_assert_uint_eq(entry, 0x1000fff);
	raw[8] = 17;
	ck_assert(pvh_entry(&e, raw, sizeof(raw), "vmlinux", &entry, &d));
	ck_assert_uint_eq(entry, 0);
}
END_TEST

START_TEST(test_note_rules)
{
	set_note(6, 0x1000000);
	refused("it has 6 bytes; an address of 4 or 8 bytes");
	set_note(8, 0x1001000);
	refused("entry point 0x1001000 must lie in a PT_LOAD segment");
	set_note(8, 0xffffff000);
	refused("below 4 GiB");
	set_note(4, 0);
	refused("entry point 0x0");
}
END_TEST

START_TEST(test_info)
{
	static const struct e820_range map[] = {
		{ 0, 0x9fc00, E820_RAM },
		{ 0xe0000, 0x20000, E820_ACPI },
		{ 0x100000000, 0x40000000, E820_RAM },
	};
	const struct pvh_boot b = {
		.cmdline = 0x20000,
		.rsdp = 0xe0000,
		.initrd = 0x7000000,
		.initrd_len = 0x123456,
		.map = map,
		.nr_map = 3,
	};
	uint8_t *out = malloc(PVH_INFO_BYTES);
	size_t n = pvh_info(&b, 0x7000, out);
	const uint8_t *p;

	ck_assert_uint_eq(n, 56 + 32 + 3 * 24);
	ck_assert_uint_eq(get(out, 4), 0x336ec578);
	ck_assert_uint_eq(get(out + 4, 4), 1); /* version */
	ck_assert_uint_eq(get(out + 8, 4), 0); /* flags */
	ck_assert_uint_eq(get(out + 12, 4), 1); /* nr_modules */
	ck_assert_uint_eq(get(out + 24, 8), 0x20000); /* cmdline_paddr */
	ck_assert_uint_eq(get(out + 32, 8), 0xe0000); /* rsdp_paddr */
	ck_assert_uint_eq(get(out + 48, 4), 3); /* memmap_entries */
	ck_assert_uint_eq(get(out + 52, 4), 0);
	p = out + get(out + 16, 8) - 0x7000; /* modlist_paddr */
	ck_assert_uint_eq(get(p, 8), 0x7000000);
	ck_assert_uint_eq(get(p + 8, 8), 0x123456);
	ck_assert_uint_eq(get(p + 16, 8), 0);
	ck_assert_uint_eq(get(p + 24, 8), 0);
	p = out + get(out + 40, 8) - 0x7000; /* memmap_paddr */
	for (int i = 0; i < 3; i++, p += 24) {
		ck_assert_uint_eq(get(p, 8), map[i].at);
		ck_assert_uint_eq(get(p + 8, 8), map[i].len);
		ck_assert_uint_eq(get(p + 16, 4), map[i].type);
		ck_assert_uint_eq(get(p + 20, 4), 0);
	}
	ck_assert_ptr_eq(p, out + n);
	free(out);
}
END_TEST

START_TEST(test_info_full)
{
	struct e820_range *map = calloc(E820_MAX, sizeof(*map));
	struct pvh_boot b = { .map = map, .nr_map = E820_MAX };
	uint8_t *out = malloc(PVH_INFO_BYTES);

	/* Without a RAM disk there is no module. */
	ck_assert_uint_eq(pvh_info(&b, 0, out), 56 + E820_MAX * 24);
	ck_assert_uint_eq(get(out + 12, 4), 0);
	ck_assert_uint_eq(get(out + 16, 8), 0);
	b.initrd_len = 1;
	ck_assert_uint_eq(pvh_info(&b, 0, out), PVH_INFO_BYTES);
	free(out);
	free(map);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pvh");
	TCase *tc = tcase_create("pvh");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_note);
	tcase_add_test(tc, test_note_rules);
	tcase_add_test(tc, test_info);
	tcase_add_test(tc, test_info_full);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
