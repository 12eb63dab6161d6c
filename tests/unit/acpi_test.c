// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of ACPI tables: what iasl, an independent reader, says about them,
 * what the tables' own rules demand, and that they name the CPUs.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acpi.h"
#include "le.h"

#define AT 0xe0000u

static uint8_t blob[ACPI_MAX_BYTES];
static struct acpi_machine m;
static size_t len;

static void make(unsigned int cpus)
{
	m.nr_cpus = cpus;
	for (unsigned int i = 0; i < cpus; i++)
		m.apic_id[i] = i;
	len = acpi_make(&m, AT, blob);
	ck_assert_uint_le(len, ACPI_MAX_BYTES);
}

static unsigned int sum(const uint8_t *p, size_t n)
{
	unsigned int v = 0;

	while (n--)
		v += *p++;
	return v & 0xff;
}

static const uint8_t *at(uint64_t address)
{
	ck_assert_uint_ge(address, AT);
	ck_assert_uint_lt(address, AT + len);
	return blob + (address - AT);
}

/* The table at @address, its checksum looked at. */
static const uint8_t *table(uint64_t address, const char *signature)
{
	const uint8_t *p = at(address);

	ck_assert(!memcmp(p, signature, 4));
	ck_assert_uint_le(address + le32_get(p + 4), AT + len);
	ck_assert_uint_eq(sum(p, le32_get(p + 4)), 0);
	return p;
}

static const uint8_t *xsdt(void)
{
	return table(le64_get(blob + 24), "XSDT");
}

static const uint8_t *fadt(void)
{
	return table(le64_get(xsdt() + 36), "FACP");
}

static const uint8_t *madt(void)
{
	return table(le64_get(xsdt() + 44), "APIC");
}

START_TEST(root)
{
	make(2);
	ck_assert(!memcmp(blob, "RSD PTR ", 8));
	ck_assert_uint_eq(sum(blob, 20), 0);
	ck_assert_uint_eq(sum(blob, 36), 0);
	ck_assert_uint_eq(blob[15], 2);
	ck_assert_uint_eq(le32_get(xsdt() + 4), 36 + 2 * 8);
}
END_TEST

START_TEST(fixed)
{
	const uint8_t *p, *facs;

	make(1);
	p = fadt();
	ck_assert_uint_eq(le32_get(p + 4), 276);
	facs = at(le32_get(p + 36));
	ck_assert(!memcmp(facs, "FACS", 4));
	ck_assert_uint_eq(le32_get(p + 36) % 64, 0);
	table(le32_get(p + 40), "DSDT");
	ck_assert_uint_eq(le64_get(p + 140), le32_get(p + 40));
	/* SCI, and where the module's platform has its registers */
	ck_assert_uint_eq(le16_get(p + 46), 9);
	ck_assert_uint_eq(le32_get(p + 56), 0x600);
	ck_assert_uint_eq(le32_get(p + 64), 0x604);
	ck_assert_uint_eq(le32_get(p + 76), 0x608);
	/* the 64-bit forms say the same: I/O space, width, address */
	ck_assert_uint_eq(p[148], 1);
	ck_assert_uint_eq(p[149], 32);
	ck_assert_uint_eq(le64_get(p + 152), 0x600);
	ck_assert_uint_eq(p[173], 16);
	ck_assert_uint_eq(le64_get(p + 176), 0x604);
	ck_assert_uint_eq(le64_get(p + 212), 0x608);
	ck_assert_uint_eq(le64_get(p + 120), 0xcf9);
	ck_assert_uint_eq(p[128], 6);
	ck_assert_uint_eq(le32_get(p + 112) & 1u << 10, 1u << 10);
	ck_assert_uint_eq(le32_get(p + 112) & 1u << 20, 0); /* not reduced */
}
END_TEST

START_TEST(cpus)
{
	unsigned int small = 0, large = 0, overrides = 0, ioapics = 0;
	const uint8_t *p, *end;

	make(64);
	for (unsigned int i = 0; i < 64; i++)
		m.apic_id[i] = i < 40 ? 2 * i : 215 + i; /* 255 and above */
	len = acpi_make(&m, AT, blob);
	p = madt();
	end = p + le32_get(p + 4);
	ck_assert_uint_eq(le32_get(p + 36), 0xfee00000);
	for (p += 44; p < end; p += p[1]) {
		ck_assert_uint_ge(p[1], 2);
		switch (p[0]) {
		case 0:
			ck_assert_uint_eq(p[3], m.apic_id[p[2]]);
			ck_assert_uint_eq(le32_get(p + 4), 1);
			small++;
			break;
		case 1:
			ck_assert_uint_eq(le32_get(p + 4), 0xfec00000);
			ioapics++;
			break;
		case 2:
			ck_assert_uint_eq(le32_get(p + 4), p[3] ? 9 : 2);
			ck_assert_uint_eq(le16_get(p + 8), p[3] ? 0xd : 0);
			overrides++;
			break;
		case 4:
			ck_assert_uint_eq(p[2], 0xff);
			ck_assert_uint_eq(p[5], 1);
			break;
		case 9:
			ck_assert_uint_eq(le32_get(p + 4),
					  m.apic_id[le32_get(p + 12)]);
			ck_assert_uint_ge(le32_get(p + 4), 255);
			large++;
			break;
		default:
			ck_abort_msg("entry type %u", p[0]);
		}
	}
	ck_assert_ptr_eq(p, end);
	ck_assert_uint_eq(small, 40);
	ck_assert_uint_eq(large, 24);
	ck_assert_uint_eq(ioapics, 1);
	ck_assert_uint_eq(overrides, 2);
}
END_TEST

/* iasl's listing of a table in @text. */
static void disassemble(const uint8_t *p, char *text, size_t room)
{
	char dir[] = "/tmp/axvm-acpi.XXXXXX", path[64], cmd[256];
	FILE *f;
	size_t n;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/t.aml", dir);
	f = fopen(path, "w");
	ck_assert_uint_eq(fwrite(p, 1, le32_get(p + 4), f), le32_get(p + 4));
	fclose(f);
	snprintf(cmd, sizeof(cmd),
		 "cd %s && { iasl -d t.aml && iasl -f t.dsl; cat t.dsl; } 2>&1",
		 dir);
	f = popen(cmd, "r");
	n = fread(text, 1, room - 1, f);
	text[n] = '\0';
	ck_assert_int_eq(pclose(f), 0);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}

/* The independent reader takes the byte code apart, and puts it together. */
START_TEST(iasl)
{
	static char text[1 << 18];

	make(64);
	disassemble(table(le32_get(fadt() + 40), "DSDT"), text, sizeof(text));
	ck_assert_msg(strstr(text, "0 Errors, 0 Warnings"), "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "Name (_S5, Package (0x04)"));
	ck_assert_ptr_nonnull(strstr(text, "Device (C03F)"));
	ck_assert_ptr_nonnull(strstr(text, "EisaId (\"PNP0501\")"));
	ck_assert_ptr_nonnull(strstr(text, "0x03F8,             // Range Min"));
	ck_assert_ptr_nonnull(
		strstr(text, "IRQNoFlags ()\n                    {4}"));
	disassemble(fadt(), text, sizeof(text));
	ck_assert_msg(strstr(text, "0 Errors, 0 Warnings"), "%s", text);
	disassemble(madt(), text, sizeof(text));
	ck_assert_msg(strstr(text, "0 Errors, 0 Warnings"), "%s", text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("acpi");
	TCase *tc = tcase_create("tables");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, root);
	tcase_add_test(tc, fixed);
	tcase_add_test(tc, cpus);
	tcase_add_test(tc, iasl);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
