// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms: every bucket's borders, sums, and slots of exit reasons there
 * and back.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "module/lib/hist.h"

START_TEST(buckets)
{
	unsigned int i;

	ck_assert_uint_eq(axvm_hist_bucket(0), 0);
	ck_assert_uint_eq(axvm_hist_bucket(1), 0);
	ck_assert_uint_eq(axvm_hist_bucket(2), 1);
	ck_assert_uint_eq(axvm_hist_bucket(3), 1);
	ck_assert_uint_eq(axvm_hist_bucket(1000), 9);
	for (i = 1; i < AXVM_PROFILE_BUCKETS - 1; i++) {
		ck_assert_uint_eq(axvm_hist_bucket(1ull << i), i);
		ck_assert_uint_eq(axvm_hist_bucket((2ull << i) - 1), i);
	}
	ck_assert_uint_eq(axvm_hist_bucket(1ull << 31), 31);
	ck_assert_uint_eq(axvm_hist_bucket(~0ull), 31);
}
END_TEST

START_TEST(slots)
{
	static const u32 reasons[] = { 0, 1, 48, 0x5f, 0x100, 0x103, 0x10e };
	unsigned int i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		ck_assert_uint_eq(axvm_hist_reason(axvm_hist_slot(reasons[i])),
				  reasons[i]);
	ck_assert_uint_eq(axvm_hist_slot(0x60), AXVM_HIST_SLOTS - 1);
	ck_assert_uint_eq(axvm_hist_slot(0x10f), AXVM_HIST_SLOTS - 1);
	ck_assert_uint_eq(axvm_hist_slot(~0u), AXVM_HIST_SLOTS - 1);
	ck_assert_uint_eq(axvm_hist_reason(AXVM_HIST_SLOTS - 1), ~0u);
	for (i = 0; i < AXVM_HIST_SLOTS - 1; i++)
		ck_assert_uint_eq(axvm_hist_slot(axvm_hist_reason(i)), i);
}
END_TEST

START_TEST(sums)
{
	struct axvm_hist a = {}, b = {}, sum = {};

	axvm_hist_add(&a, 5);
	axvm_hist_add(&a, 7);
	axvm_hist_add(&b, 1000);
	axvm_hist_sum(&sum, &a);
	axvm_hist_sum(&sum, &b);
	ck_assert_uint_eq(sum.count, 3);
	ck_assert_uint_eq(sum.ns, 1012);
	ck_assert_uint_eq(sum.max_ns, 1000);
	ck_assert_uint_eq(sum.bucket[2], 2);
	ck_assert_uint_eq(sum.bucket[9], 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hist");
	TCase *tc = tcase_create("hist");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, buckets);
	tcase_add_test(tc, slots);
	tcase_add_test(tc, sums);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
