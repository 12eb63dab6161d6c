// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/psci.c: each function with good and bad
 * arguments, against the numbers of DEN0022.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/psci.h"

static struct {
	unsigned int on_calls, affinity_calls;
	u64 mpidr, entry, context, mask;
	int ret;
} vm;

static int vm_cpu_on(void *opaque, u64 mpidr, u64 entry, u64 context)
{
	ck_assert_ptr_eq(opaque, &vm);
	vm.on_calls++;
	vm.mpidr = mpidr;
	vm.entry = entry;
	vm.context = context;
	return vm.ret;
}

static int vm_affinity(void *opaque, u64 mpidr, u64 mask)
{
	ck_assert_ptr_eq(opaque, &vm);
	vm.affinity_calls++;
	vm.mpidr = mpidr;
	vm.mask = mask;
	return vm.ret;
}

static const struct vpsci_ops ops = {
	.cpu_on = vm_cpu_on,
	.affinity = vm_affinity,
};

static void setup(void)
{
	memset(&vm, 0, sizeof(vm));
}

static struct vpsci_result call(u64 x0, u64 x1, u64 x2, u64 x3)
{
	u64 x[4] = { x0, x1, x2, x3 };
	struct vpsci_result res;

	memset(&res, 0xff, sizeof(res));
	vpsci_call(&ops, &vm, x, &res);
	return res;
}

static s64 ret_of(u64 x0, u64 x1, u64 x2, u64 x3)
{
	struct vpsci_result res = call(x0, x1, x2, x3);

	ck_assert_int_eq(res.action, VPSCI_NOTHING);
	ck_assert_uint_eq(res.arg, 0);
	return res.ret;
}

START_TEST(version)
{
	ck_assert_int_eq(ret_of(0x84000000, 0, 0, 0), 0x10001);
	/* no SMC64 variant */
	ck_assert_int_eq(ret_of(0xc4000000, 0, 0, 0), -1);
	ck_assert_int_eq(ret_of(0x84000006, 0, 0, 0), 2);
}
END_TEST

START_TEST(unknown)
{
	u32 n;

	for (n = 0; n < 32; n++) {
		bool known = vpsci_name(0x84000000 + n) != NULL;
		bool listed = n <= 4 || n == 6 || (n >= 8 && n <= 10) ||
			      n == 18;

		ck_assert_msg(known == listed, "function %u", n);
		ck_assert(vpsci_is_call(0x84000000 + n));
		ck_assert(vpsci_is_call(0xc4000000 + n));
		if (!listed) {
			ck_assert_int_eq(ret_of(0x84000000 + n, 0, 0, 0), -1);
			ck_assert_int_eq(ret_of(0xc4000000 + n, 0, 0, 0), -1);
		}
	}
	ck_assert(!vpsci_is_call(0x84000020));
	ck_assert(!vpsci_is_call(0x83ffffff));
	ck_assert(!vpsci_is_call(0x04000000));
	ck_assert(!vpsci_is_call(0));
	ck_assert_int_eq(ret_of(0x83ffffff, 0, 0, 0), -1);
	ck_assert_int_eq(ret_of(0x84ffffff, 0, 0, 0), -1);
	ck_assert_int_eq(ret_of(0, 0, 0, 0), -1);
	ck_assert_str_eq(vpsci_name(0xc4000003), "CPU_ON");
	ck_assert_ptr_null(vpsci_name(0xc4000008));
}
END_TEST

START_TEST(features)
{
	static const u32 has[] = { 0x84000000, 0x84000001, 0xc4000001,
				   0x84000002, 0x84000003, 0xc4000003,
				   0x84000004, 0xc4000004, 0x84000006,
				   0x84000008, 0x84000009, 0x8400000a,
				   0x84000012, 0xc4000012, 0x80000000 };
	static const u32 lacks[] = { 0xc4000000, 0xc4000002, 0x84000005,
				     0x84000007, 0xc4000008, 0x8400000b,
				     0x8400000e, 0xc400000e, 0x84000013,
				     0x80000001, 0,	     ~0u };
	unsigned int i;

	for (i = 0; i < sizeof(has) / sizeof(*has); i++)
		ck_assert_msg(ret_of(0x8400000a, has[i], 0, 0) == 0, "0x%x",
			      has[i]);
	for (i = 0; i < sizeof(lacks) / sizeof(*lacks); i++)
		ck_assert_msg(ret_of(0x8400000a, lacks[i], 0, 0) == -1, "0x%x",
			      lacks[i]);
	/* SMC32: the upper half of an argument is not looked at */
	ck_assert_int_eq(
		ret_of(0x8400000a, 0xabcd00000000ull | 0x84000000, 0, 0), 0);
}
END_TEST

START_TEST(cpu_on)
{
	static const struct {
		int err;
		s64 ret;
	} map[] = {
		{ 0, 0 },	   { -ENOENT, -2 },
		{ -EALREADY, -4 }, { -EINPROGRESS, -5 },
		{ -EFAULT, -9 },   { -ENOMEM, -6 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(map) / sizeof(*map); i++) {
		vm.ret = map[i].err;
		ck_assert_int_eq(ret_of(0xc4000003, 0x1200030405ull,
					0x123456789000ull,
					0xfedcba9876543210ull),
				 map[i].ret);
		ck_assert_uint_eq(vm.mpidr, 0x1200030405ull);
		ck_assert_uint_eq(vm.entry, 0x123456789000ull);
		ck_assert_uint_eq(vm.context, 0xfedcba9876543210ull);
	}
	/* SMC32 cuts its arguments */
	vm.ret = 0;
	ck_assert_int_eq(ret_of(0x84000003, 0xff00000001ull, 0x1140000000ull,
				0x2200000007ull),
			 0);
	ck_assert_uint_eq(vm.mpidr, 1);
	ck_assert_uint_eq(vm.entry, 0x40000000);
	ck_assert_uint_eq(vm.context, 7);
	/* bits that no affinity has: refused before the VM is asked */
	vm.on_calls = 0;
	ck_assert_int_eq(ret_of(0xc4000003, 1ull << 31 | 1, 0, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000003, 1ull << 24, 0, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000003, 1ull << 40, 0, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000003, ~0ull, 0, 0), -2);
	ck_assert_uint_eq(vm.on_calls, 0);
}
END_TEST

START_TEST(affinity_info)
{
	vm.ret = VPSCI_AFFINITY_OFF;
	ck_assert_int_eq(ret_of(0xc4000004, 0x1200030405ull, 0, 0), 1);
	ck_assert_uint_eq(vm.mpidr, 0x1200030405ull);
	ck_assert_uint_eq(vm.mask, 0xff00ffffffull);
	ret_of(0xc4000004, 1, 1, 0);
	ck_assert_uint_eq(vm.mask, 0xff00ffff00ull);
	ret_of(0xc4000004, 1, 2, 0);
	ck_assert_uint_eq(vm.mask, 0xff00ff0000ull);
	ret_of(0xc4000004, 1, 3, 0);
	ck_assert_uint_eq(vm.mask, 0xff00000000ull);
	vm.ret = VPSCI_AFFINITY_ON_PENDING;
	ck_assert_int_eq(ret_of(0x84000004, 0xff00000001ull, 0, 0), 2);
	ck_assert_uint_eq(vm.mpidr, 1);
	vm.ret = VPSCI_AFFINITY_ON;
	ck_assert_int_eq(ret_of(0xc4000004, 0, 0, 0), 0);
	vm.ret = -ENOENT;
	ck_assert_int_eq(ret_of(0xc4000004, 0x77, 0, 0), -2);
	vm.affinity_calls = 0;
	ck_assert_int_eq(ret_of(0xc4000004, 0, 4, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000004, 0, ~0ull, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000004, 1ull << 30, 0, 0), -2);
	ck_assert_uint_eq(vm.affinity_calls, 0);
}
END_TEST

static void action(u64 x0, u64 x1, int act, u64 arg)
{
	struct vpsci_result res = call(x0, x1, 0, 0);

	ck_assert_int_eq(res.action, act);
	ck_assert_uint_eq(res.arg, arg);
}

START_TEST(actions)
{
	action(0x84000002, 0, VPSCI_OFF, 0);
	action(0x84000008, 0, VPSCI_POWEROFF, 0);
	action(0x84000009, 0, VPSCI_RESET, 0);
	/* SYSTEM_RESET2: architectural warm reset, reserved, vendor's */
	action(0x84000012, 0, VPSCI_RESET, 1ull << 32);
	action(0xc4000012, 0, VPSCI_RESET, 1ull << 32);
	ck_assert_int_eq(ret_of(0xc4000012, 1, 0, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000012, 1u << 31, 0, 0), -1);
	/* CPU_SUSPEND: stand-by and power-down wait alike */
	action(0xc4000001, 0, VPSCI_WAIT, 0);
	action(0x84000001, 1 << 16 | 1 << 24, VPSCI_WAIT, 0);
	ck_assert_int_eq(call(0x84000001, 0, 0, 0).ret, 0);
	ck_assert_int_eq(ret_of(0x84000001, 1 << 17, 0, 0), -2);
	ck_assert_int_eq(ret_of(0xc4000001, 1 << 26, 0, 0), -2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("psci");
	TCase *t = tcase_create("psci");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, version);
	tcase_add_test(t, unknown);
	tcase_add_test(t, features);
	tcase_add_test(t, cpu_on);
	tcase_add_test(t, affinity_info);
	tcase_add_test(t, actions);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
