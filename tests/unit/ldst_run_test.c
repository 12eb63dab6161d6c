// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/ldst_run.c: instructions carried out against
 * an array of bytes as the device, with the registers they leave.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/ldst_run.h"

#define DEVICE 0x9000000ull

static u8 device[64];
static unsigned int accesses;

static int run(u32 insn, u64 offset, struct ldst_run *r)
{
	struct ldst_access a;
	struct ldst d;
	int err;

	ck_assert_int_eq(ldst_decode(insn, &d), 0);
	err = ldst_begin(r, &d, DEVICE + offset);
	if (err)
		return err;
	accesses = 0;
	while (ldst_next(r, &a)) {
		u64 data = 0;

		ck_assert_uint_eq(a.write, !d.load);
		ck_assert(a.bytes && a.bytes <= 8);
		ck_assert(a.gpa - DEVICE + a.bytes <= sizeof(device));
		if (a.write)
			memcpy(device + (a.gpa - DEVICE), &a.data, a.bytes);
		else
			memcpy(&data, device + (a.gpa - DEVICE), a.bytes);
		ldst_done(r, data);
		accesses++;
	}
	/* there is no more, however often one asks */
	ldst_done(r, ~0ull);
	ck_assert(!ldst_next(r, &a));
	return 0;
}

static void setup(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(device); i++)
		device[i] = 0xf0 + i;
}

static void loaded(u32 insn, unsigned int nr, u64 v0, u64 h0, u64 v1, u64 h1)
{
	struct ldst_run r;
	u64 high;

	memset(&r, 0xee, sizeof(r));
	ck_assert_int_eq(run(insn, 0, &r), 0);
	ck_assert_uint_eq(accesses, nr);
	ck_assert_uint_eq(ldst_result(&r, 0, &high), v0);
	ck_assert_uint_eq(high, h0);
	if (r.d.nr_regs == 1)
		return;
	ck_assert_uint_eq(ldst_result(&r, 1, &high), v1);
	ck_assert_uint_eq(high, h1);
}

START_TEST(loads)
{
	const u64 w0 = 0xf7f6f5f4f3f2f1f0ull, w1 = 0xfffefdfcfbfaf9f8ull;
	const u64 w2 = 0x0706050403020100ull, w3 = 0x0f0e0d0c0b0a0908ull;

	loaded(0xf84ff420, 1, w0, 0, 0, 0); /* ldr x0, [x1], #255 */
	loaded(0x38401ca4, 1, 0xf0, 0, 0, 0); /* ldrb w4, [x5, #1]! */
	loaded(0x38dffca4, 1, 0xfffffff0, 0, 0, 0); /* ldrsb w4, [x5, #-1]! */
	loaded(0x789fe4e6, 1, 0xfffffffffffff1f0ull, 0, 0, 0); /* ldrsh x6 */
	loaded(0xa9400440, 2, w0, 0, w1, 0); /* ldp x0, x1, [x2] */
	loaded(0x295f90a3, 2, (u32)w0, 0, w0 >> 32, 0); /* ldp w3, w4 */
	/* ldpsw x8, x9, [x10, #-256] */
	loaded(0x69602548, 2, 0xfffffffff3f2f1f0ull, 0, 0xfffffffff7f6f5f4ull,
	       0);
	loaded(0x3d400020, 1, 0xf0, 0, 0, 0); /* ldr b0, [x1] */
	loaded(0x3dffffff & ~0x3ffc1fu, 2, w0, w1, 0, 0); /* ldr q31, [x..] */
	loaded(0x2d400440, 2, (u32)w0, 0, w0 >> 32, 0); /* ldp s0, s1, [x2] */
	loaded(0xad400440, 4, w0, w1, w2, w3); /* ldp q0, q1, [x2] */
}
END_TEST

START_TEST(stores)
{
	struct ldst_run r;

	memset(device, 0, sizeof(device));
	memset(&r, 0, sizeof(r));
	r.value[0][0] = 0x1122334455667788ull;
	r.value[1][0] = 0x99aabbccddeeff00ull;
	/* stp x9, x10, [sp, #-16]! */
	ck_assert_int_eq(run(0xa9bf2be9, 0, &r), 0);
	ck_assert_uint_eq(accesses, 2);
	ck_assert_uint_eq(*(u64 *)device, 0x1122334455667788ull);
	ck_assert_uint_eq(*(u64 *)(device + 8), 0x99aabbccddeeff00ull);
	/* stp w11, w12, [x13], #8: halves, next to each other */
	ck_assert_int_eq(run(0x288131ab, 16, &r), 0);
	ck_assert_uint_eq(*(u64 *)(device + 16), 0xddeeff0055667788ull);
	ck_assert_uint_eq(*(u64 *)(device + 24), 0);
	/* strb w12, [sp], #1 */
	ck_assert_int_eq(run(0x380017ec, 31, &r), 0);
	ck_assert_uint_eq(*(u64 *)(device + 24), 0x8800000000000000ull);
	/* stp q9, q10, [x11], #32 */
	r.value[0][1] = 1;
	r.value[1][1] = 2;
	ck_assert_int_eq(run(0xac812969, 32, &r), 0);
	ck_assert_uint_eq(accesses, 4);
	ck_assert_uint_eq(*(u64 *)(device + 40), 1);
	ck_assert_uint_eq(*(u64 *)(device + 48), 0x99aabbccddeeff00ull);
	ck_assert_uint_eq(*(u64 *)(device + 56), 2);
}
END_TEST

START_TEST(nothing_to_do)
{
	struct ldst_run r;

	ck_assert_int_eq(run(0xf9800000, 4095, &r), 0); /* prfm */
	ck_assert_uint_eq(accesses, 0);
}
END_TEST

START_TEST(refused)
{
	struct ldst_run r;

	ck_assert_int_eq(run(0xc85f7c20, 0, &r), -EOPNOTSUPP); /* ldxr */
	ck_assert_int_eq(run(0xc8087d49, 0, &r), -EOPNOTSUPP); /* stxr */
	/* into the next page: 8 and 16 bytes of a pair, 2 of one */
	ck_assert_int_eq(run(0xa9400440, 4096 - 8, &r), -EOPNOTSUPP);
	ck_assert_int_eq(run(0xa9400440, 4096 - 15, &r), -EOPNOTSUPP);
	ck_assert_int_eq(run(0x789fe4e6, 4095, &r), -EOPNOTSUPP);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ldst_run");
	TCase *t = tcase_create("ldst_run");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, loads);
	tcase_add_test(t, stores);
	tcase_add_test(t, nothing_to_do);
	tcase_add_test(t, refused);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
