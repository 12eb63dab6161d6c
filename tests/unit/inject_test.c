// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/inject.c: every source of an exception, and
 * each PSTATE bit, against the manual's pseudocode AArch64.TakeException.
 */
#include <check.h>
#include <stdlib.h>

#include "arch/arm64/emul/inject.h"

#define N (1ull << 31)
#define Z (1ull << 30)
#define C (1ull << 29)
#define V (1ull << 28)
#define TCO (1ull << 25)
#define DIT (1ull << 24)
#define UAO (1ull << 23)
#define PAN (1ull << 22)
#define SS (1ull << 21)
#define IL (1ull << 20)
#define ALLINT (1ull << 13)
#define SSBS (1ull << 12)
#define BTYPE (3ull << 10)
#define DAIF (0xfull << 6)
#define EL0T 0
#define EL1T 4
#define EL1H 5
#define A32_USER 0x10

#define SPAN (1ull << 23)
#define DSSBS (1ull << 44)
#define SPINTMASK (1ull << 62)

#define ALL                                                                   \
	(INJECT_HAS_PAN | INJECT_HAS_UAO | INJECT_HAS_SSBS | INJECT_HAS_DIT | \
	 INJECT_HAS_MTE | INJECT_HAS_NMI)

static struct inject_state make(u64 pstate, u32 features, u64 sctlr)
{
	return (struct inject_state){
		.features = features,
		.pc = 0xffff000000001234ull,
		.pstate = pstate,
		.sctlr = sctlr,
		.vbar = 0xffff800000010000ull,
		.elr = 1,
		.spsr = 2,
		.esr = 3,
		.far = 4,
	};
}

START_TEST(vectors)
{
	static const struct {
		u64 pstate, offset;
	} from[] = {
		{ EL1T, 0x000 },
		{ EL1H, 0x200 },
		{ EL0T, 0x400 },
		{ A32_USER, 0x600 },
	};
	static const struct {
		enum inject_type type;
		u64 offset;
	} what[] = {
		{ INJECT_SYNC, 0 },
		{ INJECT_IRQ, 0x80 },
		{ INJECT_FIQ, 0x100 },
		{ INJECT_SERROR, 0x180 },
	};
	unsigned int i, j;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++) {
			struct inject_state s = make(from[i].pstate, 0, 0);

			inject_take(&s, what[j].type, 0xabc);
			ck_assert_uint_eq(s.pc, 0xffff800000010000ull +
							from[i].offset +
							what[j].offset);
			ck_assert_uint_eq(s.elr, 0xffff000000001234ull);
			ck_assert_uint_eq(s.spsr, from[i].pstate);
			ck_assert_uint_eq(s.esr, 0xabc);
			ck_assert_uint_eq(s.far, 4);
			ck_assert_uint_eq(s.pstate, DAIF | EL1H);
		}
}
END_TEST

START_TEST(vbar_low_bits)
{
	struct inject_state s = make(EL1H, 0, 0);

	s.vbar |= 0x7ff;
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pc, 0xffff800000010200ull);
}
END_TEST

START_TEST(pstate_bits)
{
	struct inject_state s;
	u64 full = N | Z | C | V | TCO | DIT | UAO | PAN | SS | IL | ALLINT |
		   SSBS | BTYPE | EL0T;

	/* nothing but the flags survives where there is no feature */
	s = make(full, 0, ~0ull);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, N | Z | C | V | DAIF | EL1H);
	ck_assert_uint_eq(s.spsr, full);
	s = make(N | C, 0, 0);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, N | C | DAIF | EL1H);

	/* PAN: set unless SPAN keeps it */
	s = make(EL0T, INJECT_HAS_PAN, 0);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, PAN | DAIF | EL1H);
	s = make(EL0T, INJECT_HAS_PAN, SPAN);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, DAIF | EL1H);
	s = make(EL1H | PAN, INJECT_HAS_PAN, SPAN);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, PAN | DAIF | EL1H);

	/* SSBS: from SCTLR_EL1.DSSBS, whatever it was */
	s = make(EL0T | SSBS, INJECT_HAS_SSBS, 0);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, DAIF | EL1H);
	s = make(EL0T, INJECT_HAS_SSBS, DSSBS);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, SSBS | DAIF | EL1H);

	/* DIT stays, UAO goes, TCO is set, ALLINT by SPINTMASK */
	s = make(EL0T | DIT | UAO, ALL, SPAN | SPINTMASK);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, DIT | TCO | DAIF | EL1H);
	s = make(EL0T, ALL, SPAN);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, TCO | ALLINT | DAIF | EL1H);
	/* AArch32's Q flag and IT state are not AArch64's */
	s = make(A32_USER | 1ull << 27 | 3ull << 25 | 0xfc00 | DIT, 0, 0);
	inject_take(&s, INJECT_SYNC, 0);
	ck_assert_uint_eq(s.pstate, DAIF | EL1H);
}
END_TEST

START_TEST(undefined)
{
	struct inject_state s = make(EL1H, 0, 0);

	inject_undef(&s, 4);
	ck_assert_uint_eq(s.esr, 0x02000000); /* EC 0, IL */
	ck_assert_uint_eq(s.far, 4);
	ck_assert_uint_eq(s.pc, 0xffff800000010200ull);
	ck_assert_uint_eq(s.elr, 0xffff000000001234ull);
}
END_TEST

START_TEST(aborts)
{
	struct inject_state s = make(EL1H, 0, 0);

	/* data abort, same level, external (0x10), IL */
	inject_abort(&s, false, 0xdead, false, 4);
	ck_assert_uint_eq(s.esr, 0x96000010);
	ck_assert_uint_eq(s.far, 0xdead);
	s = make(EL0T, 0, 0);
	inject_abort(&s, false, 0xdead, true, 4);
	ck_assert_uint_eq(s.esr, 0x92000050);
	ck_assert_uint_eq(s.pc, 0xffff800000010400ull);
	s = make(EL1T, 0, 0);
	inject_abort(&s, true, 0xbeef, false, 4);
	ck_assert_uint_eq(s.esr, 0x86000010);
	ck_assert_uint_eq(s.pc, 0xffff800000010000ull);
	s = make(A32_USER, 0, 0);
	inject_abort(&s, true, 0xbeef, true, 4);
	ck_assert_uint_eq(s.esr, 0x82000010);
	ck_assert_uint_eq(s.far, 0xbeef);
	/* alignment, 0x21 */
	s = make(EL1H, 0, 0);
	inject_alignment(&s, 0x1001, true);
	ck_assert_uint_eq(s.esr, 0x96000061);
	ck_assert_uint_eq(s.far, 0x1001);
	s = make(EL0T, 0, 0);
	inject_alignment(&s, 0x1001, false);
	ck_assert_uint_eq(s.esr, 0x92000021);
}
END_TEST

START_TEST(reflect)
{
	struct inject_state s = make(EL1H, 0, 0);

	/* BRK #7 has one class for all levels */
	inject_reflect(&s, 0xf2000007, 0x99);
	ck_assert_uint_eq(s.esr, 0xf2000007);
	ck_assert_uint_eq(s.far, 4);
	/* a breakpoint, step and watchpoint have two */
	s = make(EL1H, 0, 0);
	inject_reflect(&s, 0xc2000022, 0x99);
	ck_assert_uint_eq(s.esr, 0xc6000022);
	ck_assert_uint_eq(s.far, 4);
	s = make(EL0T, 0, 0);
	inject_reflect(&s, 0xc2000022, 0x99);
	ck_assert_uint_eq(s.esr, 0xc2000022);
	s = make(EL1T, 0, 0);
	inject_reflect(&s, 0xca000022, 0x99);
	ck_assert_uint_eq(s.esr, 0xce000022);
	s = make(EL1H, 0, 0);
	inject_reflect(&s, 0xd2000022, 0x99);
	ck_assert_uint_eq(s.esr, 0xd6000022);
	ck_assert_uint_eq(s.far, 0x99);
	/* a data abort from EL1 and EL0 */
	s = make(EL1H, 0, 0);
	inject_reflect(&s, 0x92000021, 0x1001);
	ck_assert_uint_eq(s.esr, 0x96000021);
	ck_assert_uint_eq(s.far, 0x1001);
	/* PC alignment has an address, SP alignment has none */
	s = make(EL1H, 0, 0);
	inject_reflect(&s, 0x8a000000, 0x1001);
	ck_assert_uint_eq(s.esr, 0x8a000000);
	ck_assert_uint_eq(s.far, 0x1001);
	s = make(EL1H, 0, 0);
	inject_reflect(&s, 0x9a000000, 0x1001);
	ck_assert_uint_eq(s.esr, 0x9a000000);
	ck_assert_uint_eq(s.far, 4);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("inject");
	TCase *t = tcase_create("inject");
	SRunner *sr;
	int failed;

	tcase_add_test(t, vectors);
	tcase_add_test(t, vbar_low_bits);
	tcase_add_test(t, pstate_bits);
	tcase_add_test(t, undefined);
	tcase_add_test(t, aborts);
	tcase_add_test(t, reflect);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
