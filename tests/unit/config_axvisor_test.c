// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of AxVisor's form key by key: each with every spelling that its files
 * may have, and with a value of the wrong type, which is refused by line and
 * key.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/config_rig.h"

/**
 * struct key - one of AxVisor's keys
 * @good: values that are taken without a word, NULL-terminated
 * @bad: one of a wrong type; @what: how the message names the key, if not by
 *	section and name
 * @more: what belongs to it, if anything
 */
static const struct key {
	const char *section, *name;
	const char *good[10];
	const char *bad, *what, *more;
} keys[] = {
	{ "base", "id", { "1", "0x10", "1_000" }, "[1]" },
	{ "base", "name", { "\"linux-qemu\"", "\"a.b_c-1\"", "'x'" }, "7" },
	{ "base", "vm_type", { "0", "1", "2" }, "true" },
	{ "base",
	  "cpu_num",
	  { "2", "0b10" },
	  "false",
	  NULL,
	  "phys_cpu_ids = [0, 1]" },
	{ "base",
	  "phys_cpu_ids",
	  { "[0]", "[0x100]", "[\n  3, # big\n]" },
	  "\"all\"" },
	{ "base", "phys_cpu_sets", { "[1]", "[0xf]", "[0b11,]" }, "[true]" },
	{ "kernel",
	  "entry_point",
	  { "0x8020_0000", "32768", "\"0x8000\"", "0o100000" },
	  "[]" },
	{ "kernel",
	  "kernel_path",
	  { "\"images/linux\"", "'/abs'" },
	  "5",
	  NULL,
	  "kernel_load_addr = 0" },
	{ "kernel",
	  "kernel_load_addr",
	  { "0x20_0000" },
	  "true",
	  NULL,
	  "kernel_path = 'k'" },
	{ "kernel",
	  "bios_path",
	  { "\"bios.bin\"" },
	  "5",
	  NULL,
	  "bios_load_addr = 0" },
	{ "kernel",
	  "bios_load_addr",
	  { "0x8000" },
	  "true",
	  NULL,
	  "bios_path = 'b'" },
	{ "kernel", "dtb_path", { "\"a.dtb\"" }, "5", NULL, "dtb_load_addr = 0" },
	{ "kernel",
	  "dtb_load_addr",
	  { "0x8000_0000" },
	  "{}",
	  NULL,
	  "dtb_path = 'd'" },
	{ "kernel",
	  "ramdisk_path",
	  { "\"initrd.gz\"" },
	  "5",
	  NULL,
	  "ramdisk_load_addr = 0" },
	{ "kernel",
	  "ramdisk_load_addr",
	  { "0x8400_0000" },
	  "[]",
	  NULL,
	  "ramdisk_path = 'r'" },
	{ "kernel", "image_location", { "\"fs\"", "\"memory\"" }, "1" },
	{ "kernel", "cmdline", { "\"console=ttyAMA0\"", "\"\"" }, "[\"a\"]" },
	{ "kernel", "disk_path", { "\"disk.img\"" }, "5" },
	{ "kernel",
	  "memory_regions",
	  { "[[0, 0x1000, 7, 0]]", "[[0x8000_0000, 0x1000_0000, 0x7, 1],]",
	    "[\n  [0, 0x1000, 0x3f, 0], # low\n  [0x2000, 0x1000, 1, 1],\n]",
	    "[[0, \"4K\"]]", "[{ gpa = 0, size = 4096, flags = 7 }]",
	    "[{ gpa = 0, size = 4096, flags = 7, map_type = 2, hpa = 0x1000 }]" },
	  "[[0, true]]",
	  "memory_regions" },
	{ "kernel", "enable_bios", { "true", "false" }, "\"yes\"" },
	{ "kernel",
	  "boot_protocol",
	  { "\"direct\"", "\"multiboot\"", "\"uefi\"" },
	  "2" },
	{ "kernel", "uefi_firmware_path", { "\"OVMF.fd\"" }, "2" },
	{ "devices",
	  "emu_devices",
	  { "[]", "[[\"x\", 0x900_0000, 0x1000, 33, 2, []]]",
	    "[[\"gicd\", 0x800_0000, 0x1_0000, 0, 0x21, [1, 2]],]",
	    "[{ name = \"c\", base_gpa = 1, length = 2, irq_id = 3, emu_type = 2 }]",
	    "[[\"a\",0,1,0,0,[]], [\"b\",0x10,1,0,1,[]], [\"c\",0x20,1,0,3,[]]]",
	    "[[\"a\",0,1,0,0xA,[]], [\"b\",0x10,1,0,0x20,[]], [\"c\",0x20,1,0,0x22,[]]]",
	    "[[\"a\",0,1,0,0x23,[]], [\"b\",0x10,1,0,0x24,[]]]",
	    "[[\"a\",0,1,0,0xE1,[]], [\"b\",0x10,1,0,0xE2,[]], [\"c\",0x20,1,0,0xE3,[]]]" },
	  "[[1, 2, 3, 4, 5, []]]",
	  "emu_devices" },
	{ "devices",
	  "passthrough_devices",
	  { "[]", "[[\"/\"]]", "[\n  [\"/soc/uart\"],\n  [\"/timer\"],\n]",
	    "[[\"HPET\", 0xfed0_0000, 0xfed0_0000, 0x1000, 0x1]]",
	    "[{ name = \"u\", base_gpa = 1, base_hpa = 2, length = 3, irq_id = 4 }]" },
	  "[[5]]",
	  "passthrough_devices" },
	{ "devices",
	  "passthrough_addresses",
	  { "[]", "[[0x1000, 0x1000]]", "[{ base = 0, length = 0x1000 }]" },
	  "[[\"a\", true]]",
	  "passthrough_addresses" },
	{ "devices",
	  "passthrough_ports",
	  { "[]", "[[0x3f8, 8]]", "[{ base = 0x3f8, length = 8 }]" },
	  "[[true, 8]]",
	  "passthrough_ports" },
	{ "devices",
	  "excluded_devices",
	  { "[]", "[[\"/pcie\"]]", "[[\"/a\"], [\"/b\"],]" },
	  "[[3]]",
	  "excluded_devices" },
	{ "devices",
	  "interrupt_mode",
	  { "\"no_irq\"", "\"no\"", "\"none\"", "\"emu\"", "\"emulated\"",
	    "\"passthrough\"", "\"pt\"" },
	  "1" },
	{ "devices", "spi_list", { "[]", "[33, 0x22]" }, "\"33\"" },
};

/* The key's line is told; what a file needs besides is added. */
static int parse_key(const struct key *k, const char *value)
{
	static const char *const sections[] = { "base", "kernel", "devices" };
	char text[2048];
	int line = 1, at = 0;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(sections); i++) {
		bool mine = !strcmp(k->section, sections[i]);
		bool kernel = !strcmp(sections[i], "kernel");

		n += (size_t)snprintf(text + n, sizeof(text) - n, "[%s]\n",
				      sections[i]);
		line++;
		if (mine) {
			at = line;
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%s = %s\n%s\n", k->name, value,
					      k->more ? k->more : "");
			line += 2;
			for (const char *p = value; *p; p++)
				line += *p == '\n';
		}
		if (kernel && strcmp(k->name, "entry_point")) {
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "entry_point = 0x8000\n");
			line++;
		}
		if (kernel && strcmp(k->name, "memory_regions")) {
			n += (size_t)snprintf(
				text + n, sizeof(text) - n,
				"memory_regions = [[0, 0x100_0000, 0x7, 0]]\n");
			line++;
		}
	}
	config_parse(text, n, "/etc/axvm/t.toml", &c, &d);
	return at;
}

START_TEST(good)
{
	const struct key *k = &keys[_i];

	for (size_t i = 0; i < COUNT(k->good) && k->good[i]; i++) {
		parse_key(k, k->good[i]);
		ck_assert_msg(!d.n, "%s = %s: %d: %s", k->name, k->good[i],
			      d.n ? d.list[0].line : 0,
			      d.n ? d.list[0].text : "");
		teardown();
		setup();
	}
}
END_TEST

START_TEST(bad)
{
	const struct key *k = &keys[_i];
	char name[80];
	int line = parse_key(k, k->bad);
	bool found = false;

	snprintf(name, sizeof(name), k->what ? "%s" : "%2$s.%1$s",
		 k->what ? k->what : k->name, k->section);
	for (size_t i = 0; i < d.n; i++)
		found |= d.list[i].level == DIAG_ERROR &&
			 d.list[i].line == line && strstr(d.list[i].text, name);
	ck_assert_msg(found, "%s = %s: line %d wanted; %d: %s", k->name, k->bad,
		      line, d.n ? d.list[0].line : 0,
		      d.n ? d.list[0].text : "nothing was said");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config_axvisor");
	TCase *tc = tcase_create("config_axvisor");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, good, 0, COUNT(keys));
	tcase_add_loop_test(tc, bad, 0, COUNT(keys));
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
