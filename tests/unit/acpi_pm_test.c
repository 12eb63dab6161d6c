// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/acpi_pm.c by the ACPI specification, and of the
 * reset ports of sysport.c.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/acpi_pm.h"
#include "arch/x86/emul/sysport.h"

#define NSEC 1000000000ull
#define HZ 3579545

static struct acpi_pm pm;
static u64 now;

static void setup(void)
{
	now = 0;
	acpi_pm_reset(&pm);
}

static u64 in(unsigned int offset, unsigned int bytes)
{
	return acpi_pm_read(&pm, offset, bytes, now);
}

static bool out(unsigned int offset, unsigned int bytes, u64 value)
{
	return acpi_pm_write(&pm, offset, bytes, value, now);
}

START_TEST(after_reset)
{
	ck_assert_uint_eq(in(0, 2), 0);
	ck_assert_uint_eq(in(2, 2), 0);
	ck_assert_uint_eq(in(4, 2), 1); /* SCI_EN: never in SMI mode */
	ck_assert_uint_eq(in(6, 2), 0);
	ck_assert(!acpi_pm_sci(&pm, now));
	ck_assert(acpi_pm_next(&pm, now) == ACPI_PM_NEVER);
}
END_TEST

START_TEST(timer)
{
	u64 second;

	for (second = 0; second < 10000; second += 7) {
		now = second * NSEC;
		ck_assert_uint_eq(in(8, 4), (u32)(second * HZ));
		now += NSEC / 2;
		ck_assert_uint_eq(in(8, 4), (u32)(second * HZ + HZ / 2));
	}
	now = 123456 * NSEC / 1000;
	ck_assert_uint_eq(in(8, 1), in(8, 4) & 0xff);
	ck_assert_uint_eq(in(9, 1), in(8, 4) >> 8 & 0xff);
	ck_assert_uint_eq(in(10, 2), in(8, 4) >> 16);
	ck_assert(!out(8, 4, 0)); /* read-only */
	ck_assert_uint_eq(in(8, 4), 123456ull * HZ / 1000);
}
END_TEST

START_TEST(timer_status)
{
	u64 half = (1ull << 31) * NSEC / HZ; /* ten minutes */

	out(2, 2, 1);
	ck_assert_uint_eq(acpi_pm_next(&pm, now) / 1000, half / 1000);
	now = acpi_pm_next(&pm, now) - 1;
	ck_assert(!acpi_pm_sci(&pm, now));
	now++;
	ck_assert_uint_eq(in(8, 4), 0x80000000);
	ck_assert(acpi_pm_sci(&pm, now));
	ck_assert(acpi_pm_next(&pm, now) == ACPI_PM_NEVER);
	ck_assert_uint_eq(in(0, 2), 1);
	out(0, 2, 1); /* ones clear */
	ck_assert(!acpi_pm_sci(&pm, now));
	ck_assert_uint_eq(acpi_pm_next(&pm, now) / 1000, 2 * half / 1000);
	out(2, 2, 0);
	ck_assert(acpi_pm_next(&pm, now) == ACPI_PM_NEVER);
	now += half + 1000;
	ck_assert(!acpi_pm_sci(&pm, now)); /* flagged, not enabled */
	ck_assert_uint_eq(in(0, 1), 1);
}
END_TEST

START_TEST(power_button)
{
	ck_assert(!acpi_pm_power_button(&pm)); /* nobody listens */
	ck_assert_uint_eq(in(0, 2), 0x100);
	ck_assert(!acpi_pm_sci(&pm, now));
	out(2, 2, 0x100);
	ck_assert(acpi_pm_sci(&pm, now));
	out(0, 2, 0xfeff);
	ck_assert(acpi_pm_sci(&pm, now));
	out(1, 1, 1);
	ck_assert(!acpi_pm_sci(&pm, now));
	ck_assert(acpi_pm_power_button(&pm));
	ck_assert(acpi_pm_sci(&pm, now));
	out(1, 1, 1);
	ck_assert_uint_eq(in(0, 4), 0x01000000);
}
END_TEST

START_TEST(enables)
{
	out(2, 2, 0xffff);
	ck_assert_uint_eq(in(2, 2), 0x0721);
	out(3, 1, 0);
	ck_assert_uint_eq(in(2, 2), 0x0021);
	out(0, 4, 0x07000000);
	ck_assert_uint_eq(in(2, 2), 0x0700);
}
END_TEST

START_TEST(power_off)
{
	ck_assert(!out(4, 2, 0x0001));
	ck_assert(!out(4, 2, 0x1c03));
	ck_assert_uint_eq(in(4, 2), 0x1c03);
	ck_assert(!out(4, 2, 0x3c01)); /* a type that is not S5 */
	ck_assert_uint_eq(in(4, 2), 0x1c03 & ~2); /* SLP_EN reads zero */
	ck_assert(!out(4, 2, 0x2400));
	ck_assert(out(4, 2, 0x2000));
	ck_assert(out(4, 2, 0x2001));
	ck_assert(out(4, 4, 0x2000));
	ck_assert(out(5, 1, 0x20));
	ck_assert(!out(4, 1, 0x20));
	ck_assert(!out(5, 1, 0x24));
	ck_assert(!out(6, 2, 0x2000));
}
END_TEST

START_TEST(reset_ports)
{
	struct sysport s;

	sysport_reset(&s);
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_A), 2); /* A20 open */
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_RESET), 0);
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_KBD), 0xff);
	ck_assert(!sysport_write(&s, SYSPORT_RESET, 0x02));
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_RESET), 0x02);
	ck_assert(sysport_write(&s, SYSPORT_RESET, 0x06));
	sysport_reset(&s);
	ck_assert(sysport_write(&s, SYSPORT_RESET, 0x0e));
	ck_assert(!sysport_write(&s, SYSPORT_RESET, 0x0e)); /* no edge */
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_RESET), 0x0e);
	ck_assert(!sysport_write(&s, SYSPORT_RESET, 0xf0));
	ck_assert(!sysport_write(&s, SYSPORT_A, 0xfe));
	ck_assert_uint_eq(sysport_read(&s, SYSPORT_A), 2);
	ck_assert(sysport_write(&s, SYSPORT_A, 3));
	ck_assert(sysport_write(&s, SYSPORT_KBD, 0xfe));
	ck_assert(sysport_write(&s, SYSPORT_KBD, 0xf0));
	ck_assert(!sysport_write(&s, SYSPORT_KBD, 0xff));
	ck_assert(!sysport_write(&s, SYSPORT_KBD, 0xd1));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("acpi_pm");
	TCase *t = tcase_create("acpi_pm");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, after_reset);
	tcase_add_test(t, timer);
	tcase_add_test(t, timer_status);
	tcase_add_test(t, power_button);
	tcase_add_test(t, enables);
	tcase_add_test(t, power_off);
	tcase_add_test(t, reset_ports);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
