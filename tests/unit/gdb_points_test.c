// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of breakpoints and watchpoints: nobody sees those in memory, none is
 * left behind.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "tests/unit/gdb_client.h"

START_TEST(test_soft_points)
{
	const unsigned long long at = MOCK_HIGH + 0x30;

	setup();
	ASK("OK", "Z0,%llx,1", at);
	ASK("OK", "Z0,%llx,1", at); /* twice is once */
	ck_assert_uint_eq(mock.ram[0x30], 0xcc);
	/* nobody sees it */
	ASK("2f3031", "m%llx,3", at - 1);
	/* and it survives being written over, which is kept */
	ASK("OK", "M%llx,3:aabbcc", at - 1);
	ck_assert_mem_eq(mock.ram + 0x2f, "\xaa\xcc\xcc", 3);
	ASK("aabbcc", "m%llx,3", at - 1);
	ASK("OK", "z0,%llx,1", at);
	ck_assert_uint_eq(mock.ram[0x30], 0xbb);
	ASK("OK", "z0,%llx,1", at);
	/* the program's name and the kernel's of the same byte */
	ASK("OK", "Z0,%llx,1", MOCK_LOW);
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + MOCK_RAM / 2);
	ASK("OK", "z0,%llx,1", MOCK_LOW);
	ck_assert_uint_eq(mock.ram[MOCK_RAM / 2], 0xcc);
	ASK("OK", "z0,%llx,1", MOCK_HIGH + MOCK_RAM / 2);
	ck_assert_uint_eq(mock.ram[MOCK_RAM / 2], 0x80);
	/* the guest puts something else there: that stays */
	ASK("OK", "Z0,%llx,1", at);
	mock.ram[0x30] = 0x90;
	ASK("90", "m%llx,1", at);
	ASK("OK", "z0,%llx,1", at);
	ck_assert_uint_eq(mock.ram[0x30], 0x90);
	ASK("E06", "Z0,%llx,1", 0x1000ull);
	ASK("", "Z5,%llx,1", at);
	ASK("E16", "Z0");
	ASK("E16", "Z0,12");
	for (unsigned int i = 0; i < GDB_SOFT_POINTS; i++)
		ask("Z0,%llx,1", MOCK_HIGH + 0x2000 + i);
	ASK("E1c", "Z0,%llx,1", at);
	/* leaving takes them all away */
	ck_assert_str_eq(ask("D"), "OK|");
	for (unsigned int i = 0; i < GDB_SOFT_POINTS; i++)
		ck_assert_uint_eq(mock.ram[0x2000 + i], (uint8_t)(i ^ 0x20));
	ck_assert_uint_eq(mock.resumes, 1);
	ck_assert_int_eq(g->phase, GDB_DETACHED);
	teardown();
	ck_assert_uint_eq(mock.resumes, 1);
}
END_TEST

START_TEST(test_hard_points)
{
	setup();
	ASK("OK", "Z1,%llx,1", MOCK_HIGH);
	ASK("OK", "Z1,%llx,1", MOCK_HIGH);
	/* 12 bytes at 2 are 2, 4, 4, 2: with the first one too many for 4 */
	ASK("E1c", "Z2,%llx,c", MOCK_HIGH + 2);
	ASK("OK", "Z2,%llx,6", MOCK_HIGH + 2);
	for (unsigned int i = 0; i < 4; i++) {
		const struct axvm_debug_point *p = mock.debug[i].points;

		if (i == 2)
			continue;
		ck_assert_uint_eq(p[0].kind, AXVM_DEBUG_EXEC);
		ck_assert_uint_eq(p[0].len, 1);
		ck_assert_uint_eq(p[1].kind, AXVM_DEBUG_WRITE);
		ck_assert_uint_eq(p[1].addr, MOCK_HIGH + 2);
		ck_assert_uint_eq(p[1].len, 2);
		ck_assert_uint_eq(p[2].addr, MOCK_HIGH + 4);
		ck_assert_uint_eq(p[2].len, 4);
		ck_assert_uint_eq(p[3].kind, 0);
	}
	ck_assert_uint_eq(mock.debugs[2], 0);
	ASK("OK", "z1,%llx,1", MOCK_HIGH);
	ASK("OK", "Z4,%llx,8", MOCK_HIGH + 8);
	ck_assert_uint_eq(mock.debug[3].points[2].kind, AXVM_DEBUG_ACCESS);
	ck_assert_uint_eq(mock.debug[3].points[2].len, 8);
	ASK("OK", "z2,%llx,6", MOCK_HIGH + 2);
	ck_assert_uint_eq(mock.debug[3].points[0].addr, MOCK_HIGH + 8);
	ASK("E16", "Z2,%llx,0", MOCK_HIGH);
	ASK("E16", "Z2,ffffffffffffffff,2");
	ASK("E16", "Z2,%llx,%x", MOCK_HIGH, 8 * AXVM_DEBUG_POINTS + 1);
	teardown(); /* the client is gone without a word */
	ck_assert_uint_eq(mock.debug[0].points[0].kind, 0);
	ck_assert_uint_eq(mock.resumes, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gdb_points");
	TCase *tc = tcase_create("gdb_points");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_soft_points);
	tcase_add_test(tc, test_hard_points);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
