// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of Multiboot 1: the header wherever it may be, ELF and a.out kludge,
 * each broken rule by name, and the information at the offsets of the
 * Multiboot Specification.
 */
#include <check.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "multiboot.h"

#define LEN 0x4000u
#define HEADER 0x40u

static uint8_t raw[LEN];
static struct multiboot m;
static struct diags d;

static void put(size_t at, uint32_t v)
{
	memcpy(raw + at, &v, 4);
}

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static void put_header(size_t at, uint32_t flags)
{
	put(at, 0x1badb002);
	put(at + 4, flags);
	put(at + 8, -(0x1badb002 + flags));
}

static void setup_kludge(void)
{
	memset(raw, 0, sizeof(raw));
	memset(&d, 0, sizeof(d));
	put_header(HEADER, 0x10003);
	put(HEADER + 12, 0x100020); /* header_addr: 0x20 bytes are not loaded */
	put(HEADER + 16, 0x100000); /* load_addr */
	put(HEADER + 20, 0x101000); /* load_end_addr */
	put(HEADER + 24, 0x105000); /* bss_end_addr */
	put(HEADER + 28, 0x100100); /* entry_addr */
}

static void setup_elf(void)
{
	Elf32_Ehdr h = { .e_type = ET_EXEC,
			 .e_machine = EM_386,
			 .e_entry = 0x200000,
			 .e_phoff = sizeof(h),
			 .e_phentsize = sizeof(Elf32_Phdr),
			 .e_phnum = 1 };
	const Elf32_Phdr p = { .p_type = PT_LOAD,
			       .p_offset = 0x1000,
			       .p_vaddr = 0x200000,
			       .p_paddr = 0x200000,
			       .p_filesz = 0x1000,
			       .p_memsz = 0x1000 };

	setup_kludge();
	memset(raw, 0, sizeof(raw));
	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS32;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(raw, &h, sizeof(h));
	memcpy(raw + sizeof(h), &p, sizeof(p));
	put_header(0x1000, 0);
}

static void teardown(void)
{
	diag_free(&d);
}

static bool parse(size_t n)
{
	/* Of its own size, so that reading beyond it is seen. */
	uint8_t *copy = memcpy(malloc(n ? n : 1), raw, n);
	bool ok = multiboot_parse(copy, n, "kernel", &m, &d);

	ck_assert(ok || !multiboot_is(copy, n) || d.errors == 1);
	free(copy);
	return ok;
}

static void refused(size_t n, const char *what)
{
	ck_assert(!parse(n));
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	diag_free(&d);
	setup_kludge();
}

START_TEST(test_kludge)
{
	ck_assert(multiboot_is(raw, LEN));
	ck_assert(parse(LEN));
	ck_assert(m.align_modules);
	ck_assert_uint_eq(m.elf.entry, 0x100100);
	ck_assert_uint_eq(m.elf.nr_load, 1);
	ck_assert_uint_eq(m.elf.load[0].at, 0x100000);
	ck_assert_uint_eq(m.elf.load[0].offset, 0x20);
	ck_assert_uint_eq(m.elf.load[0].filesz, 0x1000);
	ck_assert_uint_eq(m.elf.load[0].memsz, 0x5000);
	/* load_end_addr 0: all of the file; bss_end_addr 0: no bss */
	put(HEADER + 20, 0);
	put(HEADER + 24, 0);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(m.elf.load[0].filesz, LEN - 0x20);
	ck_assert_uint_eq(m.elf.load[0].memsz, LEN - 0x20);
}
END_TEST

START_TEST(test_kludge_rules)
{
	put(HEADER + 16, 0x100021);
	refused(LEN, "load_addr is 0x100021 and header_addr 0x100020");
	put(HEADER + 16, 0xfffdf);
	refused(LEN, "there are only 0x40 bytes before the header");
	put(HEADER + 20, 0xfffff);
	refused(LEN, "load_end_addr 0xfffff is below load_addr 0x100000");
	refused(0x101f,
		"load_end_addr - load_addr is 0x1000, the file has 0xfff bytes");
	put(HEADER + 24, 0x100fff);
	refused(LEN, "bss_end_addr 0x100fff is below the end");
	put(HEADER + 28, 0xfffff);
	refused(LEN, "entry_addr 0xfffff is not in what is loaded");
	put(HEADER + 28, 0x105000);
	refused(LEN, "entry_addr 0x105000 is not in what is loaded");
	refused(HEADER + 31, "truncated within its Multiboot header");
}
END_TEST

START_TEST(test_search)
{
	memset(raw, 0, sizeof(raw));
	ck_assert(!multiboot_is(raw, LEN));
	refused(LEN, "no header (0x1badb002");
	memset(raw, 0, sizeof(raw));
	put_header(0x42, 0); /* not at a multiple of 4 */
	ck_assert(!multiboot_is(raw, LEN));
	put_header(8192 - 12, 0);
	ck_assert(multiboot_is(raw, LEN));
	ck_assert(multiboot_is(raw, 8192));
	ck_assert(!multiboot_is(raw, 8191));
	put(8192 - 4, 0);
	ck_assert(!multiboot_is(raw, LEN)); /* checksum */
	put_header(8192 - 8, 0);
	ck_assert(!multiboot_is(raw, LEN)); /* ends beyond */
	ck_assert(!multiboot_is(raw, 0));
}
END_TEST

START_TEST(test_flags)
{
	put_header(HEADER, 0x10004);
	refused(LEN, "flags is 0x00010004: it requires a video mode (bit 2)");
	put_header(HEADER, 0x18000);
	refused(LEN, "it requires something unknown (bits 3-15)");
	put_header(HEADER, 0xffff0000); /* bits 16-31 are wishes */
	ck_assert(parse(LEN));
	ck_assert(!m.align_modules);
	put_header(HEADER, 3);
	refused(LEN, "flags bit 16 is clear, but the file is no ELF file");
}
END_TEST

START_TEST(test_elf)
{
	setup_elf();
	ck_assert(parse(LEN));
	ck_assert(!m.align_modules);
	ck_assert_uint_eq(m.elf.entry, 0x200000);
	ck_assert_uint_eq(m.elf.load[0].offset, 0x1000);
	put(sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_filesz), 0x1001);
	refused(LEN, "p_filesz 0x1001 is more than p_memsz 0x1000");
	/* Bit 16 beats the ELF header. */
	setup_elf();
	put_header(0x1000, 0x10000);
	put(0x1000 + 12, 0x300000);
	put(0x1000 + 16, 0x300000);
	put(0x1000 + 28, 0x300000);
	ck_assert(parse(LEN));
	ck_assert_uint_eq(m.elf.entry, 0x300000);
}
END_TEST

START_TEST(test_elf_high)
{
	Elf64_Ehdr h = { .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_entry = 1ull << 32,
			 .e_phoff = sizeof(h),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1 };
	const Elf64_Phdr p = { .p_type = PT_LOAD,
			       .p_vaddr = 1ull << 32,
			       .p_paddr = 1ull << 32,
			       .p_memsz = 0x1000 };

	setup_elf();
	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS64;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(raw, &h, sizeof(h));
	memcpy(raw + sizeof(h), &p, sizeof(p));
	refused(LEN, "begins in 32-bit mode, below 4 GiB");
}
END_TEST

START_TEST(test_info)
{
	static const struct e820_range map[] = {
		{ 0, 0x9fc00, E820_RAM },
		{ 0xe0000, 0x20000, E820_ACPI },
		{ 0x100000, 0x3ff00000, E820_RAM },
	};
	static const struct multiboot_module modules[] = {
		{ 0x800000, 0x1234, "initrd" },
		{ 0x900000, 1,
		  "0123456789012345678901234567890123456789012345678901234567890123456789" },
	};
	const struct multiboot_boot b = { 0x20000, modules, 2, map, 3 };
	uint8_t *out = malloc(MULTIBOOT_INFO_BYTES);
	size_t n = multiboot_info(&b, 0x7000, out);
	const uint8_t *p;

	ck_assert_uint_le(n, MULTIBOOT_INFO_BYTES);
	ck_assert_uint_eq(get(out, 4), 1 | 4 | 8 | 64 | 512);
	ck_assert_uint_eq(get(out + 4, 4), 639);
	ck_assert_uint_eq(get(out + 8, 4), 1047552); /* 1 GiB - 1 MiB */
	ck_assert_uint_eq(get(out + 16, 4), 0x20000);
	ck_assert_uint_eq(get(out + 20, 4), 2);
	p = out + get(out + 24, 4) - 0x7000;
	ck_assert_uint_eq(get(p, 4), 0x800000);
	ck_assert_uint_eq(get(p + 4, 4), 0x801234);
	ck_assert_str_eq((char *)out + get(p + 8, 4) - 0x7000, "initrd");
	ck_assert_uint_eq(get(p + 12, 4), 0);
	ck_assert_uint_eq(get(p + 20, 4), 0x900001);
	ck_assert_uint_eq(strlen((char *)out + get(p + 24, 4) - 0x7000), 63);
	ck_assert_uint_eq(get(out + 44, 4), 3 * 24);
	p = out + get(out + 48, 4) - 0x7000;
	for (int i = 0; i < 3; i++, p += 4 + get(p, 4)) {
		ck_assert_uint_eq(get(p, 4), 20);
		ck_assert_uint_eq(get(p + 4, 8), map[i].at);
		ck_assert_uint_eq(get(p + 12, 8), map[i].len);
		ck_assert_uint_eq(get(p + 20, 4), map[i].type);
	}
	ck_assert_str_eq((char *)out + get(out + 64, 4) - 0x7000, "axvm");
	free(out);
}
END_TEST

/* The most that fits, in a buffer of just that size. */
START_TEST(test_info_full)
{
	struct multiboot_module modules[MULTIBOOT_MODULES];
	struct e820_range map[E820_MAX] = { 0 };
	const struct multiboot_boot b = { 0, modules, MULTIBOOT_MODULES, map,
					  E820_MAX };
	uint8_t *out = malloc(MULTIBOOT_INFO_BYTES);

	for (unsigned int i = 0; i < MULTIBOOT_MODULES; i++)
		modules[i] = (struct multiboot_module){ 0, 0, "m" };
	map[5] = (struct e820_range){ 0, 1ull << 60, E820_RAM };
	ck_assert_uint_le(multiboot_info(&b, 0, out), MULTIBOOT_INFO_BYTES);
	ck_assert_uint_eq(get(out + 8, 4), UINT32_MAX);
	free(out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("multiboot");
	TCase *tc = tcase_create("multiboot");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup_kludge, teardown);
	tcase_add_test(tc, test_kludge);
	tcase_add_test(tc, test_kludge_rules);
	tcase_add_test(tc, test_search);
	tcase_add_test(tc, test_flags);
	tcase_add_test(tc, test_elf);
	tcase_add_test(tc, test_elf_high);
	tcase_add_test(tc, test_info);
	tcase_add_test(tc, test_info_full);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
