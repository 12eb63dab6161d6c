// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/leave.c: interrupts are the host's and the
 * guest goes on; SErrors, refused entries and what nobody expects stop the vCPU
 * with a record that says what it was.
 */
#include <check.h>
#include <stdlib.h>

#include "uapi/axvm.h"
#include "arch/arm64/emul/leave.h"

#define ESR_SERROR (0x2full << 26 | 1 << 25 | 0x11)
#define ESR_HVC (0x16ull << 26 | 1 << 25)

static void check(u64 code, u32 hw_reason, u32 reason, bool host_irq)
{
	const struct leave *l = leave_decode(code);

	ck_assert_uint_eq(l->hw_reason, hw_reason);
	ck_assert_uint_eq(l->reason, reason);
	ck_assert_int_eq(l->host_irq, host_irq);
	ck_assert_uint_eq(leave_hw_reason(code, ~0ull), hw_reason);
}

START_TEST(interrupts)
{
	check(LEAVE_IRQ, 0x100, 0, true);
	check(LEAVE_FIQ, 0x101, 0, true);
}
END_TEST

START_TEST(serrors)
{
	check(LEAVE_SERROR, 0x102, AXVM_EXIT_HOST, false);
	/* Why the guest was left, or found on the way out of an HVC. */
	ck_assert_uint_eq(leave_serror(ESR_SERROR, 0), ESR_SERROR);
	ck_assert_uint_eq(leave_serror(ESR_HVC, 0x80000011), 0x80000011);
}
END_TEST

START_TEST(entries)
{
	check(LEAVE_ILLEGAL, 0x103, AXVM_EXIT_FAIL_ENTRY, false);
	check(LEAVE_RETRY, 0x105, 0, false);
}
END_TEST

START_TEST(unexpected)
{
	static const u64 codes[] = { LEAVE_BUG, LEAVE_RETRY + 1, 64, 0xffffffff,
				     ~0ull };
	unsigned int i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		check(codes[i], 0x104, AXVM_EXIT_INTERNAL_ERROR, false);
	/* A synchronous exception has a class, and no business here. */
	ck_assert_uint_eq(leave_decode(LEAVE_SYNC)->reason,
			  AXVM_EXIT_INTERNAL_ERROR);
	ck_assert_uint_eq(leave_hw_reason(LEAVE_SYNC, ESR_HVC), 0x16);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("leave");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, interrupts);
	tcase_add_test(tc, serrors);
	tcase_add_test(tc, entries);
	tcase_add_test(tc, unexpected);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
