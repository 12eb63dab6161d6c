// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/esr.c: syndromes put together from the
 * manual's bit numbers, and read back.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/esr.h"
#include "uapi/axvm_arm64.h"

static u64 esr(unsigned int ec, u32 iss)
{
	return (u64)ec << 26 | 1u << 25 | iss;
}

START_TEST(classes)
{
	unsigned int ec, named = 0;

	for (ec = 0; ec < 64; ec++) {
		ck_assert_uint_eq(syn_ec(esr(ec, 0x1ffffff)), ec);
		ck_assert_ptr_nonnull(syn_ec_name(ec));
		named += strcmp(syn_ec_name(ec), "reserved") != 0;
	}
	ck_assert_uint_eq(named, 49);
	ck_assert_str_eq(syn_ec_name(64), "reserved");
	ck_assert_str_eq(syn_ec_name(~0u), "reserved");
	ck_assert_str_eq(syn_ec_name(2), "reserved");
	ck_assert_str_eq(syn_ec_name(0x16), "HVC");
	ck_assert_str_eq(syn_ec_name(0x3c), "BRK");
	ck_assert_str_eq(syn_ec_name(0x24), "data abort from a lower level");
	ck_assert_uint_eq(syn_iss(esr(0x3f, 0x1abcdef)), 0x1abcdef);
	ck_assert_uint_eq(syn_insn_bytes(esr(0, 0)), 4);
	ck_assert_uint_eq(syn_insn_bytes(0), 2);
	/* ISS2, above bit 31, belongs to nobody here */
	ck_assert_uint_eq(syn_ec(0xff00000000ull | esr(0x24, 0)), 0x24);
}
END_TEST

START_TEST(data_abort)
{
	struct syn_abort a;

	/* str w3, [device]: ISV, SAS 2, SRT 3, WnR, translation fault level 1 */
	syn_abort_decode(esr(0x24, 1 << 24 | 2 << 22 | 3 << 16 | 1 << 6 | 5),
			 &a);
	ck_assert(!a.insn && a.isv && a.write && !a.sign_extend && !a.wide);
	ck_assert(!a.s1ptw && a.far_valid && !a.cache_op && !a.external_type);
	ck_assert(!a.acquire_release);
	ck_assert_uint_eq(a.bytes, 4);
	ck_assert_uint_eq(a.reg, 3);
	ck_assert_int_eq(a.kind, SYN_FAULT_TRANSLATION);
	ck_assert_int_eq(a.level, 1);
	ck_assert_uint_eq(a.fsc, 5);

	/* ldrsh x30, [device]: SAS 1, SSE, SRT 30, SF */
	syn_abort_decode(esr(0x24, 1 << 24 | 1 << 22 | 1 << 21 | 30 << 16 |
					   1 << 15 | 7),
			 &a);
	ck_assert(a.isv && !a.write && a.sign_extend && a.wide);
	ck_assert_uint_eq(a.bytes, 2);
	ck_assert_uint_eq(a.reg, 30);
	ck_assert_int_eq(a.level, 3);

	/* stlr x31, [device]: SAS 3, SF, AR, level 0, permission */
	syn_abort_decode(esr(0x25, 1 << 24 | 3 << 22 | 31 << 16 | 1 << 15 |
					   1 << 14 | 1 << 6 | 0xc),
			 &a);
	ck_assert(a.write && a.wide && a.acquire_release);
	ck_assert_uint_eq(a.bytes, 8);
	ck_assert_uint_eq(a.reg, 31);
	ck_assert_int_eq(a.kind, SYN_FAULT_PERMISSION);
	ck_assert_int_eq(a.level, 0);

	/* no ISV: whatever stands in its fields is nothing */
	syn_abort_decode(esr(0x24, 3 << 22 | 1 << 21 | 7 << 16 | 1 << 15 |
					   1 << 14 | 1 << 10 | 1 << 9 | 1 << 8 |
					   1 << 7 | 0x10),
			 &a);
	ck_assert(!a.isv && !a.bytes && !a.sign_extend && !a.reg && !a.wide);
	ck_assert(!a.acquire_release && !a.far_valid && a.external_type);
	ck_assert(a.cache_op && a.s1ptw && !a.write);
	ck_assert_int_eq(a.kind, SYN_FAULT_EXTERNAL);
	ck_assert_int_eq(a.level, SYN_LEVEL_NONE);
}
END_TEST

START_TEST(insn_abort)
{
	struct syn_abort a;

	/* bits that a data abort has are not an instruction abort's */
	syn_abort_decode(esr(0x20,
			     1 << 24 | 3 << 22 | 1 << 8 | 1 << 7 | 1 << 6 | 6),
			 &a);
	ck_assert(a.insn && !a.isv && !a.write && !a.cache_op && a.s1ptw);
	ck_assert_uint_eq(a.bytes, 0);
	ck_assert_int_eq(a.kind, SYN_FAULT_TRANSLATION);
	ck_assert_int_eq(a.level, 2);
	syn_abort_decode(esr(0x21, 0), &a);
	ck_assert(a.insn);
	syn_abort_decode(esr(0x24, 0), &a);
	ck_assert(!a.insn);
}
END_TEST

/* Manual: DFSC and IFSC encodings */
START_TEST(fault_codes)
{
	static const struct {
		u8 fsc;
		int kind, level;
	} known[] = {
		{ 0x00, SYN_FAULT_ADDRESS_SIZE, 0 },
		{ 0x03, SYN_FAULT_ADDRESS_SIZE, 3 },
		{ 0x04, SYN_FAULT_TRANSLATION, 0 },
		{ 0x07, SYN_FAULT_TRANSLATION, 3 },
		{ 0x08, SYN_FAULT_ACCESS_FLAG, 0 },
		{ 0x0b, SYN_FAULT_ACCESS_FLAG, 3 },
		{ 0x0c, SYN_FAULT_PERMISSION, 0 },
		{ 0x0f, SYN_FAULT_PERMISSION, 3 },
		{ 0x10, SYN_FAULT_EXTERNAL, SYN_LEVEL_NONE },
		{ 0x11, SYN_FAULT_TAG, SYN_LEVEL_NONE },
		{ 0x13, SYN_FAULT_EXTERNAL_WALK, -1 },
		{ 0x14, SYN_FAULT_EXTERNAL_WALK, 0 },
		{ 0x17, SYN_FAULT_EXTERNAL_WALK, 3 },
		{ 0x18, SYN_FAULT_ECC, SYN_LEVEL_NONE },
		{ 0x1b, SYN_FAULT_ECC_WALK, -1 },
		{ 0x1f, SYN_FAULT_ECC_WALK, 3 },
		{ 0x21, SYN_FAULT_ALIGNMENT, SYN_LEVEL_NONE },
		{ 0x23, SYN_FAULT_GPC_WALK, -1 },
		{ 0x27, SYN_FAULT_GPC_WALK, 3 },
		{ 0x28, SYN_FAULT_GPC, SYN_LEVEL_NONE },
		{ 0x29, SYN_FAULT_ADDRESS_SIZE, -1 },
		{ 0x2b, SYN_FAULT_TRANSLATION, -1 },
		{ 0x30, SYN_FAULT_TLB_CONFLICT, SYN_LEVEL_NONE },
		{ 0x31, SYN_FAULT_HW_UPDATE, SYN_LEVEL_NONE },
		{ 0x34, SYN_FAULT_LOCKDOWN, SYN_LEVEL_NONE },
		{ 0x35, SYN_FAULT_EXCLUSIVE, SYN_LEVEL_NONE },
		{ 0x19, SYN_FAULT_RESERVED, SYN_LEVEL_NONE },
		{ 0x20, SYN_FAULT_RESERVED, SYN_LEVEL_NONE },
		{ 0x3f, SYN_FAULT_RESERVED, SYN_LEVEL_NONE },
	};
	struct syn_abort a;
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		syn_abort_decode(esr(0x24, known[i].fsc), &a);
		ck_assert_msg(a.kind == known[i].kind, "code 0x%x",
			      known[i].fsc);
		ck_assert_msg(a.level == known[i].level, "code 0x%x",
			      known[i].fsc);
		ck_assert_uint_eq(a.fsc, known[i].fsc);
	}
	for (i = 0; i < SYN_NR_FAULTS; i++)
		ck_assert_ptr_nonnull(syn_fault_name(i));
	ck_assert_str_eq(syn_fault_name(SYN_FAULT_PERMISSION),
			 "permission fault");
	ck_assert_str_eq(syn_fault_name(SYN_NR_FAULTS), "reserved fault code");
}
END_TEST

START_TEST(addresses)
{
	struct syn_abort a;
	/* HPFAR_EL2 bits 43:4 are address bits 51:12 */
	u64 hpfar = (0x123456789000ull >> 12) << 4;

	syn_abort_decode(esr(0x24, 5), &a);
	ck_assert_uint_eq(syn_abort_ipa(&a, hpfar, 0xffff000012345abcull),
			  0x123456789abcull);
	/* NS and reserved bits above are no address */
	ck_assert_uint_eq(syn_abort_ipa(&a, hpfar | 1ull << 63 | 0xf, 0xabc),
			  0x123456789abcull);
	ck_assert(syn_abort_has_ipa(&a));
	/* on a stage-1 walk FAR is the access, not the table */
	syn_abort_decode(esr(0x24, 5 | 1 << 7), &a);
	ck_assert_uint_eq(syn_abort_ipa(&a, hpfar, 0xabc), 0x123456789000ull);
	/* FnV */
	syn_abort_decode(esr(0x24, 5 | 1 << 10), &a);
	ck_assert_uint_eq(syn_abort_ipa(&a, hpfar, 0xabc), 0x123456789000ull);
	/* which faults fill HPFAR_EL2 */
	syn_abort_decode(esr(0x24, 0x0f), &a);
	ck_assert(!syn_abort_has_ipa(&a));
	syn_abort_decode(esr(0x24, 0x0f | 1 << 7), &a);
	ck_assert(syn_abort_has_ipa(&a));
	syn_abort_decode(esr(0x20, 0x0b), &a);
	ck_assert(syn_abort_has_ipa(&a));
	syn_abort_decode(esr(0x20, 0x01), &a);
	ck_assert(syn_abort_has_ipa(&a));
	syn_abort_decode(esr(0x24, 0x10), &a);
	ck_assert(!syn_abort_has_ipa(&a));
}
END_TEST

START_TEST(values)
{
	const u64 v = 0x89abcdef8899aaf8ull;

	/* ldrb, ldrh, ldr w, ldr x */
	ck_assert_uint_eq(syn_load_extend(v, 1, false, false), 0xf8);
	ck_assert_uint_eq(syn_load_extend(v, 2, false, false), 0xaaf8);
	ck_assert_uint_eq(syn_load_extend(v, 4, false, false), 0x8899aaf8);
	ck_assert_uint_eq(syn_load_extend(v, 8, false, true), v);
	/* ldrsb w, ldrsb x, ldrsh w, ldrsh x, ldrsw x */
	ck_assert_uint_eq(syn_load_extend(v, 1, true, false), 0xfffffff8);
	ck_assert_uint_eq(syn_load_extend(v, 1, true, true),
			  0xfffffffffffffff8ull);
	ck_assert_uint_eq(syn_load_extend(v, 2, true, false), 0xffffaaf8);
	ck_assert_uint_eq(syn_load_extend(v, 2, true, true),
			  0xffffffffffffaaf8ull);
	ck_assert_uint_eq(syn_load_extend(v, 4, true, true),
			  0xffffffff8899aaf8ull);
	/* a positive one stays */
	ck_assert_uint_eq(syn_load_extend(0x17f, 1, true, true), 0x7f);
	ck_assert_uint_eq(syn_load_extend(0x7fff, 2, true, false), 0x7fff);
	ck_assert_uint_eq(syn_store_value(v, 1), 0xf8);
	ck_assert_uint_eq(syn_store_value(v, 2), 0xaaf8);
	ck_assert_uint_eq(syn_store_value(v, 4), 0x8899aaf8);
	ck_assert_uint_eq(syn_store_value(v, 8), v);
}
END_TEST

START_TEST(sysregs)
{
	struct syn_sysreg s;

	/* op0 21:20, op2 19:17, op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1 */
	/* mrs x5, pmcr_el0 (3, 3, c9, c12, 0) */
	syn_sysreg_decode(esr(0x18, 3 << 20 | 0 << 17 | 3 << 14 | 9 << 10 |
					    5 << 5 | 12 << 1 | 1),
			  &s);
	ck_assert_uint_eq(s.id, AXVM_ARM64_SYSREG(3, 3, 9, 12, 0));
	ck_assert_uint_eq(s.reg, 5);
	ck_assert(s.read);
	/* msr icc_sgi1r_el1, xzr (3, 0, c12, c11, 5) */
	syn_sysreg_decode(esr(0x18, 3 << 20 | 5 << 17 | 0 << 14 | 12 << 10 |
					    31 << 5 | 11 << 1),
			  &s);
	ck_assert_uint_eq(s.id, AXVM_ARM64_SYSREG(3, 0, 12, 11, 5));
	ck_assert_uint_eq(s.reg, 31);
	ck_assert(!s.read);
	ck_assert(syn_sysreg_writes(esr(0x18, 3 << 20 | 5 << 17 | 12 << 10 |
						      7 << 5 | 11 << 1),
				    3, 0, 12, 11, 5));
	ck_assert_uint_eq(syn_sysreg_reg(esr(0x18, 0x3fffff & ~(8 << 5))), 23);
	/* its read, another op1, op2, CRm: none of them */
	ck_assert(!syn_sysreg_writes(0x3a3016ull | 1, 3, 0, 12, 11, 5));
	ck_assert(!syn_sysreg_writes(0x3a3016ull | 1 << 14, 3, 0, 12, 11, 5));
	ck_assert(!syn_sysreg_writes(0x3a3016ull ^ 2 << 17, 3, 0, 12, 11, 5));
	ck_assert(!syn_sysreg_writes(0x3a3016ull ^ 1 << 2, 3, 0, 12, 11, 5));
	ck_assert(syn_sysreg_writes(0x3a3016ull, 3, 0, 12, 11, 5));
	/* dc cisw, x1 (1, 0, c7, c14, 2) */
	syn_sysreg_decode(esr(0x18, 1 << 20 | 2 << 17 | 0 << 14 | 7 << 10 |
					    1 << 5 | 14 << 1),
			  &s);
	ck_assert_uint_eq(s.id, AXVM_ARM64_SYSREG(1, 0, 7, 14, 2));
	/* all ones */
	syn_sysreg_decode(esr(0x18, 0x3fffff), &s);
	ck_assert_uint_eq(s.id, AXVM_ARM64_SYSREG(3, 7, 15, 15, 7));
	ck_assert_uint_eq(s.id, 0xffff);
}
END_TEST

START_TEST(waits_and_calls)
{
	struct syn_wfx w;

	syn_wfx_decode(esr(0x01, 0), &w);
	ck_assert_int_eq(w.what, SYN_WFI);
	syn_wfx_decode(esr(0x01, 0x1e00001 & 0x1ffffff), &w);
	ck_assert_int_eq(w.what, SYN_WFE);
	ck_assert(!w.reg_valid);
	syn_wfx_decode(esr(0x01, 7 << 5 | 1 << 2 | 2), &w);
	ck_assert_int_eq(w.what, SYN_WFIT);
	ck_assert(w.reg_valid);
	ck_assert_uint_eq(w.reg, 7);
	syn_wfx_decode(esr(0x01, 7 << 5 | 3), &w);
	ck_assert_int_eq(w.what, SYN_WFET);
	ck_assert(!w.reg_valid);
	ck_assert_uint_eq(w.reg, 0);
	ck_assert_uint_eq(syn_call_imm(esr(0x16, 0x1234)), 0x1234);
	ck_assert_uint_eq(syn_call_imm(esr(0x3c, 0x1ffffff)), 0xffff);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("esr");
	TCase *t = tcase_create("esr");
	SRunner *sr;
	int failed;

	tcase_add_test(t, classes);
	tcase_add_test(t, data_abort);
	tcase_add_test(t, insn_abort);
	tcase_add_test(t, fault_codes);
	tcase_add_test(t, addresses);
	tcase_add_test(t, values);
	tcase_add_test(t, sysregs);
	tcase_add_test(t, waits_and_calls);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
