// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/smccc.c against the numbers of DEN0028 and
 * of the TRNG firmware interface (DEN0098).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/smccc.h"

static int opaque;
static bool no_entropy;

static bool ones(void *o, u64 *words, unsigned int nr)
{
	ck_assert_ptr_eq(o, &opaque);
	memset(words, 0xff, nr * 8);
	return !no_entropy;
}

static int cpu_on(void *o, u64 mpidr, u64 entry, u64 context)
{
	ck_assert_ptr_eq(o, &opaque);
	ck_assert_uint_eq(mpidr, 1);
	ck_assert_uint_eq(entry, 2);
	ck_assert_uint_eq(context, 3);
	return 0;
}

static int affinity(void *o, u64 mpidr, u64 mask)
{
	return 0;
}

static const struct vpsci_ops psci = { .cpu_on = cpu_on, .affinity = affinity };
static struct vsmccc_vm vm;

static void setup(void)
{
	vm = (struct vsmccc_vm){ .psci = &psci, .random = ones };
	no_entropy = false;
}

static struct vsmccc_result call(u64 x0, u64 x1)
{
	u64 x[7] = { x0, x1, 2, 3, 4, 5, 6 };
	struct vsmccc_result res;

	memset(&res, 0xff, sizeof(res));
	vsmccc_call(&vm, &opaque, x, &res);
	return res;
}

static s64 ret_of(u64 x0, u64 x1)
{
	struct vsmccc_result res = call(x0, x1);

	ck_assert_uint_eq(res.nr, 1);
	ck_assert_int_eq(res.action, VPSCI_NOTHING);
	ck_assert_uint_eq(res.workaround, 0);
	return res.x[0];
}

START_TEST(who_answers)
{
	/* fast calls: architecture, standard, hypervisor services */
	ck_assert(vsmccc_is_call(0x80000000));
	ck_assert(vsmccc_is_call(0xc0000000));
	ck_assert(vsmccc_is_call(0x84000000));
	ck_assert(vsmccc_is_call(0xc4000003));
	ck_assert(vsmccc_is_call(0xc5000020));
	ck_assert(vsmccc_is_call(0x8600ff01));
	/* W0 is the function; what stands above is nothing */
	ck_assert(vsmccc_is_call(0xffffffff84000000ull));
	/* yielding calls, CPU, SiP, OEM, trusted applications and OS */
	ck_assert(!vsmccc_is_call(0));
	ck_assert(!vsmccc_is_call(0x42));
	ck_assert(!vsmccc_is_call(0x04000000));
	ck_assert(!vsmccc_is_call(0x81000000));
	ck_assert(!vsmccc_is_call(0x82000000));
	ck_assert(!vsmccc_is_call(0x83000000));
	ck_assert(!vsmccc_is_call(0xb0000000));
	ck_assert(!vsmccc_is_call(0xbf00ff01));
	ck_assert(!vsmccc_is_call(0x8400000000000000ull));
}
END_TEST

START_TEST(unknown)
{
	static const u32 fid[] = { 0x80000003, 0xc0000000, 0x80000002,
				   0x84000020, 0x8400ff01, 0xc5000020,
				   0x86000000, 0x8600ff00, 0x8000ffff };
	unsigned int i;

	for (i = 0; i < sizeof(fid) / sizeof(*fid); i++)
		ck_assert_msg(ret_of(fid[i], 0) == -1, "0x%x", fid[i]);
}
END_TEST

START_TEST(version)
{
	ck_assert_int_eq(ret_of(0x80000000, 0), 0x10001);
	ck_assert_int_eq(ret_of(0x80000001, 0x80000000), 0);
	ck_assert_int_eq(ret_of(0x80000001, 0x80000001), 0);
	ck_assert_int_eq(ret_of(0x80000001, 0x80000002), -1); /* SOC_ID */
	ck_assert_int_eq(ret_of(0x80000001, 0x84000000), -1);
}
END_TEST

START_TEST(workarounds)
{
	static const u32 fid[3] = { 0x80008000, 0x80007fff, 0x80003fff };
	static const s64 none[3] = { 1, -2, 1 };
	struct vsmccc_result res;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		vm.workaround[i] = VSMCCC_WA_UNKNOWN;
		ck_assert_int_eq(ret_of(0x80000001, fid[i]), -1);
		ck_assert_int_eq(ret_of(fid[i], 0), -1);

		vm.workaround[i] = VSMCCC_WA_NEEDED;
		ck_assert_int_eq(ret_of(0x80000001, fid[i]), 0);
		res = call(fid[i], 0);
		ck_assert_uint_eq(res.nr, 0);
		ck_assert_uint_eq(res.workaround, i + 1);

		vm.workaround[i] = VSMCCC_WA_UNAFFECTED;
		ck_assert_int_eq(ret_of(0x80000001, fid[i]), none[i]);
		res = call(fid[i], 0);
		ck_assert_uint_eq(res.nr, 0);
		ck_assert_uint_eq(res.workaround, 0);
		vm.workaround[i] = VSMCCC_WA_UNKNOWN;
	}
}
END_TEST

static void rnd(u32 fid, u64 bits, u64 x1, u64 x2, u64 x3)
{
	struct vsmccc_result res = call(fid, bits);

	ck_assert_uint_eq(res.nr, 4);
	ck_assert_int_eq((s64)res.x[0], 0);
	ck_assert_uint_eq(res.x[1], x1);
	ck_assert_uint_eq(res.x[2], x2);
	ck_assert_uint_eq(res.x[3], x3);
}

START_TEST(random_numbers)
{
	const u64 all = ~0ull;

	ck_assert_int_eq(ret_of(0x84000050, 0), 0x10000);
	ck_assert_int_eq(ret_of(0x84000051, 0x84000053), 0);
	ck_assert_int_eq(ret_of(0x84000051, 0xc4000053), 0);
	ck_assert_int_eq(ret_of(0x84000051, 0x84000054), -1);
	ck_assert_uint_eq(call(0x84000052, 0).nr, 4);
	/* all bits that were not asked for are zero */
	rnd(0xc4000053, 192, all, all, all);
	rnd(0xc4000053, 129, 1, all, all);
	rnd(0xc4000053, 128, 0, all, all);
	rnd(0xc4000053, 65, 0, 1, all);
	rnd(0xc4000053, 64, 0, 0, all);
	rnd(0xc4000053, 1, 0, 0, 1);
	rnd(0x84000053, 96, 0xffffffff, 0xffffffff, 0xffffffff);
	rnd(0x84000053, 33, 0, 1, 0xffffffff);
	rnd(0x84000053, 31, 0, 0, 0x7fffffff);
	/* SMC32: only w1 counts */
	rnd(0x84000053, 0xf00000001ull, 0, 0, 1);
	ck_assert_int_eq(ret_of(0xc4000053, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000053, 193), -2);
	ck_assert_int_eq(ret_of(0xc4000053, all), -2);
	ck_assert_int_eq(ret_of(0x84000053, 97), -2);
	no_entropy = true;
	ck_assert_int_eq(ret_of(0xc4000053, 64), -3);
	vm.random = NULL;
	ck_assert_int_eq(ret_of(0x84000050, 0), -1);
	ck_assert_int_eq(ret_of(0xc4000053, 64), -1);
}
END_TEST

START_TEST(power)
{
	struct vsmccc_result res;

	ck_assert_int_eq(ret_of(0x84000000, 0), 0x10001);
	ck_assert_int_eq(ret_of(0xc4000003, 1), 0);
	res = call(0x84000008, 0);
	ck_assert_int_eq(res.action, VPSCI_POWEROFF);
	res = call(0xc4000012, 0);
	ck_assert_int_eq(res.action, VPSCI_RESET);
	ck_assert_uint_eq(res.arg, 1ull << 32);
	/* garbage above w0 */
	ck_assert_int_eq(ret_of(0xabcdef0184000000ull, 0), 0x10001);
}
END_TEST

START_TEST(vendor)
{
	struct vsmccc_result res = call(0x8600ff01, 0);
	u32 word = res.x[0];

	ck_assert_uint_eq(res.nr, 4);
	ck_assert(!memcmp(&word, "axvm", 4));
	ck_assert_uint_eq(res.x[0] >> 32 | res.x[1] >> 32 | res.x[2] >> 32 |
				  res.x[3] >> 32,
			  0);
	ck_assert_uint_eq(call(0x8600ff03, 0).nr, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("smccc");
	TCase *t = tcase_create("smccc");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, who_answers);
	tcase_add_test(t, unknown);
	tcase_add_test(t, version);
	tcase_add_test(t, workarounds);
	tcase_add_test(t, random_numbers);
	tcase_add_test(t, power);
	tcase_add_test(t, vendor);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
