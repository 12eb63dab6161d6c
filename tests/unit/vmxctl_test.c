// SPDX-License-Identifier: GPL-2.0
/*
 * VMX controls, capability checks and bitmaps.  The numbers come from the
 * manual's appendix "VMX Capability Reporting Facility" and from a Haswell's
 * capability MSRs.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vmxctl.h"

/* A Haswell: IA32_VMX_TRUE_PINBASED_CTLS and so on. */
#define HSW_PIN 0x0000007f00000016ull
#define HSW_PROC 0xfff9fffe04006172ull
#define HSW_PROC2 0x00007cff00000000ull

START_TEST(required_and_optional)
{
	struct vmxctl_want want = {
		.required = VMX_PIN_EXT_INTR | VMX_PIN_NMI,
		.optional = VMX_PIN_VIRTUAL_NMI | VMX_PIN_POSTED_INTR,
	};
	struct vmxctl_bad bad;
	u32 value = 0;

	ck_assert_int_eq(vmxctl_choose(VMXCTL_PIN, HSW_PIN, &want, &value,
				       &bad), 0);
	/* 0x16 stands whether asked for or not; bit 7 is not on offer. */
	ck_assert_uint_eq(value, 0x16 | 0x01 | 0x08 | 0x20);
}
END_TEST

START_TEST(missing_names_control_and_bit)
{
	struct vmxctl_want want = {
		.required = VMX_PROC2_EPT | VMX_PROC2_XSAVES,
	};
	struct vmxctl_bad bad = {};
	u32 value = 0x1234;

	ck_assert_int_eq(vmxctl_choose(VMXCTL_PROC2, HSW_PROC2, &want, &value,
				       &bad), -EOPNOTSUPP);
	ck_assert_uint_eq(value, 0x1234);
	ck_assert_int_eq(bad.id, VMXCTL_PROC2);
	ck_assert_uint_eq(bad.bit, 20);
	ck_assert(bad.set);
	ck_assert_str_eq(vmxctl_bit_name(bad.id, bad.bit),
			 "enable XSAVES/XRSTORS");
	ck_assert_str_eq(vmxctl_name(bad.id),
			 "secondary processor-based VM-execution controls");
}
END_TEST

START_TEST(stuck_bit_is_told)
{
	struct vmxctl_want want = { .clear = VMX_PROC_CR3_LOAD };
	struct vmxctl_bad bad = {};
	u32 value;

	/* Without TRUE MSRs CR3-load exiting is a default1 bit. */
	ck_assert_int_eq(vmxctl_choose(VMXCTL_PROC, 0xfff9fffe0401e172ull,
				       &want, &value, &bad), -EOPNOTSUPP);
	ck_assert_uint_eq(bad.bit, 15);
	ck_assert(!bad.set);
	ck_assert_int_eq(vmxctl_choose(VMXCTL_PROC, HSW_PROC, &want, &value,
				       &bad), 0);
	ck_assert_uint_eq(value, 0x04006172);
}
END_TEST

START_TEST(set_and_clear_is_invalid)
{
	struct vmxctl_want want = { .optional = BIT(7), .clear = BIT(7) };
	struct vmxctl_bad bad = {};
	u32 value;

	ck_assert_int_eq(vmxctl_choose(VMXCTL_PROC, ~0ull << 32, &want, &value,
				       &bad), -EINVAL);
	ck_assert_uint_eq(bad.bit, 7);
	want.optional = 0;
	want.required = BIT(7);
	ck_assert_int_eq(vmxctl_choose(VMXCTL_PROC, ~0ull << 32, &want, &value,
				       &bad), -EINVAL);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_PROC, 31),
			 "activate secondary controls");
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_ENTRY, 9),
			 "IA-32e mode guest");
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_EXIT, 9),
			 "host address-space size");
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_PIN, 1), "reserved");
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_PIN, 32), "reserved");
	ck_assert_str_eq(vmxctl_bit_name(VMXCTL_NR, 0), "reserved");
	ck_assert_str_eq(vmxctl_name(VMXCTL_NR), "?");
}
END_TEST

/* R2: what firmware may have left in IA32_FEATURE_CONTROL. */
START_TEST(feature_control)
{
	u64 msr = 0;

	ck_assert_int_eq(vmx_feature_control(&msr), 1);
	ck_assert_uint_eq(msr, 5);
	msr = 0x100000; /* not locked, another bit set: kept */
	ck_assert_int_eq(vmx_feature_control(&msr), 1);
	ck_assert_uint_eq(msr, 0x100005);
	msr = 1;
	ck_assert_int_eq(vmx_feature_control(&msr), -EOPNOTSUPP);
	ck_assert_uint_eq(msr, 1);
	msr = 3; /* locked, inside SMX only */
	ck_assert_int_eq(vmx_feature_control(&msr), -EOPNOTSUPP);
	msr = 5;
	ck_assert_int_eq(vmx_feature_control(&msr), 0);
	ck_assert_uint_eq(msr, 5);
}
END_TEST

START_TEST(fixed_bits)
{
	/* CR0: PE, NE, PG must be one; 32 bits may be. */
	ck_assert(vmx_cr_allowed(0x80050033, 0x80000021, 0xffffffff));
	ck_assert(!vmx_cr_allowed(0x80050013, 0x80000021, 0xffffffff));
	/* CR4: VMXE must; bit 24 must not. */
	ck_assert(vmx_cr_allowed(0x2020, 0x2000, 0x3727ff));
	ck_assert(!vmx_cr_allowed(0x20, 0x2000, 0x3727ff));
	ck_assert(!vmx_cr_allowed(0x1002020, 0x2000, 0x3727ff));
}
END_TEST

START_TEST(basic)
{
	const u64 good = 0x00da040000000012ull;

	ck_assert_ptr_null(vmx_basic_check(good));
	/* 8 KiB; uncacheable; no TRUE MSRs; no INS/OUTS information. */
	ck_assert_ptr_nonnull(vmx_basic_check(good | 1ull << 44));
	ck_assert_ptr_nonnull(vmx_basic_check(good & ~(0xfull << 50)));
	ck_assert_ptr_nonnull(vmx_basic_check(good & ~(1ull << 55)));
	ck_assert_ptr_nonnull(vmx_basic_check(good & ~(1ull << 54)));
	ck_assert_ptr_nonnull(vmx_basic_check(good | 1ull << 48));
}
END_TEST

START_TEST(ept)
{
	const u64 good = 0x00000f0106334141ull;

	ck_assert_ptr_null(vmx_ept_check(good));
	ck_assert(vmx_vpid_usable(good));
	ck_assert_ptr_nonnull(vmx_ept_check(good & ~(1ull << 6)));
	ck_assert_ptr_nonnull(vmx_ept_check(good & ~(1ull << 14)));
	ck_assert_ptr_nonnull(vmx_ept_check(good & ~(1ull << 20)));
	ck_assert_ptr_nonnull(vmx_ept_check(good & ~(1ull << 25)));
	ck_assert_ptr_nonnull(vmx_ept_check(good & ~(1ull << 26)));
	ck_assert(!vmx_vpid_usable(good & ~(1ull << 32)));
	ck_assert(!vmx_vpid_usable(good & ~(1ull << 41)));
	ck_assert(!vmx_vpid_usable(good & ~(1ull << 42)));
}
END_TEST

/* R12: four bitmaps of 1 KiB: reads low, reads high, writes low, high. */
START_TEST(msr_bitmap)
{
	u8 map[4096];

	memset(map, 0xff, sizeof(map));
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0x10, true, false), 0);
	ck_assert_uint_eq(map[2], 0xfe);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0xc0000100, true, false), 0);
	ck_assert_uint_eq(map[1024 + 0x20], 0xfe);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0x1fff, false, false), 0);
	ck_assert_uint_eq(map[2048 + 1023], 0x7f);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0xc0001fff, false, false), 0);
	ck_assert_uint_eq(map[4095], 0x7f);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0xc0001fff, false, true), 0);
	ck_assert_uint_eq(map[4095], 0xff);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0x2000, true, false), -EINVAL);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0xc0002000, true, false),
			 -EINVAL);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, 0xbfffffff, true, false),
			 -EINVAL);
	ck_assert_int_eq(vmx_msr_bitmap_set(map, ~0u, false, false), -EINVAL);
}
END_TEST

/* R11: one bit a port, A for 0-7fffh, B after it. */
START_TEST(io_bitmap)
{
	u8 map[8192];

	memset(map, 0xff, sizeof(map));
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0x3f8, 8, false), 0);
	ck_assert_uint_eq(map[0x7f], 0);
	ck_assert_uint_eq(map[0x7e], 0xff);
	ck_assert_uint_eq(map[0x80], 0xff);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0x7fff, 2, false), 0);
	ck_assert_uint_eq(map[4095], 0x7f);
	ck_assert_uint_eq(map[4096], 0xfe);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0xffff, 1, false), 0);
	ck_assert_uint_eq(map[8191], 0x7f);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0xffff, 2, false), -EINVAL);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0x10000, 1, false), -EINVAL);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0, 0, false), -EINVAL);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 1, ~0u, false), -EINVAL);
	ck_assert_int_eq(vmx_io_bitmap_set(map, 0, 0x10000, true), 0);
	ck_assert_uint_eq(map[8191], 0xff);
}
END_TEST

/*
 * "Format of the VM-Exit Interruption-Information Field": 7:0 vector, 10:8 type,
 * 11 error code, 12 NMI unblocking, 31 valid.
 */
START_TEST(whose_event)
{
	u32 type, vector, more;

	for (type = 0; type < 8; type++)
		for (vector = 0; vector < 256; vector++)
			for (more = 0; more < 4; more++) {
				u32 info = vector | type << 8 | more << 11;
				enum vmx_event want = VMX_EVENT_GUEST;

				ck_assert_int_eq(vmx_event_whose(info), want);
				if (type == 2)
					want = VMX_EVENT_HOST_NMI;
				/* INT 18 of a guest is none */
				else if (type == 3 && vector == 18)
					want = VMX_EVENT_HOST_MC;
				info |= 1u << 31;
				ck_assert_int_eq(vmx_event_whose(info), want);
			}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vmxctl");
	TCase *t = tcase_create("vmxctl");
	SRunner *r;
	int failed;

	tcase_add_test(t, required_and_optional);
	tcase_add_test(t, missing_names_control_and_bit);
	tcase_add_test(t, stuck_bit_is_told);
	tcase_add_test(t, set_and_clear_is_invalid);
	tcase_add_test(t, names);
	tcase_add_test(t, feature_control);
	tcase_add_test(t, fixed_bits);
	tcase_add_test(t, basic);
	tcase_add_test(t, ept);
	tcase_add_test(t, msr_bitmap);
	tcase_add_test(t, io_bitmap);
	tcase_add_test(t, whose_event);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
