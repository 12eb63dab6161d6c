// SPDX-License-Identifier: GPL-2.0
/*
 * VMCS encodings against the manual's rules for them, and VM-instruction
 * errors.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vmcs_fields.h"

/* R18: width and kind are part of an encoding, which says what they must be. */
START_TEST(field_list)
{
	const struct vmcs_field_info *f, *g;
	unsigned int i, j;

	for (i = 0; (f = vmcs_field_info(i)); i++) {
		ck_assert_msg(vmcs_field_width(f->encoding) == f->width,
			      "%s: width", f->name);
		ck_assert_msg(vmcs_field_kind(f->encoding) == f->kind,
			      "%s: kind", f->name);
		/* Bit 0 is the high half, bit 12 and from 15 on are zero. */
		ck_assert_msg(!(f->encoding & 0x9001), "%s: bits", f->name);
		for (j = i + 1; (g = vmcs_field_info(j)); j++)
			ck_assert_msg(f->encoding < g->encoding,
				      "%s and %s: order", f->name, g->name);
	}
	ck_assert_uint_gt(i, 150);
	ck_assert_ptr_null(vmcs_field_info(i));
	ck_assert_ptr_null(vmcs_field_info(~0u));
}
END_TEST

START_TEST(well_known_fields)
{
	ck_assert_uint_eq(VMCS_GUEST_RIP, 0x681e);
	ck_assert_uint_eq(VMCS_GUEST_RSP, 0x681c);
	ck_assert_uint_eq(VMCS_HOST_RIP, 0x6c16);
	ck_assert_uint_eq(VMCS_HOST_RSP, 0x6c14);
	ck_assert_uint_eq(VMCS_EXIT_REASON, 0x4402);
	ck_assert_uint_eq(VMCS_VM_INSN_ERROR, 0x4400);
	ck_assert_uint_eq(VMCS_EPT_POINTER, 0x201a);
	ck_assert_uint_eq(VMCS_GUEST_PHYSICAL_ADDRESS, 0x2400);
	ck_assert_uint_eq(VMCS_VMCS_LINK_POINTER, 0x2800);
	ck_assert_uint_eq(VMCS_GUEST_TR_SELECTOR, 0x80e);
	ck_assert_uint_eq(VMCS_GUEST_LDTR_ACCESS, 0x4820);
	ck_assert_uint_eq(VMCS_HOST_TR_BASE, 0x6c0a);
}
END_TEST

/* Whoever is no administrator learns nothing of the host. */
START_TEST(secrets)
{
	const struct vmcs_field_info *f;
	unsigned int i, secret = 0;

	for (i = 0; (f = vmcs_field_info(i)); i++) {
		bool address = strstr(f->name, "_ADDR") ||
			       strstr(f->name, "POINTER") ||
			       strstr(f->name, "IO_BITMAP") ||
			       strstr(f->name, "PASID") ||
			       !strcmp(f->name, "MSR_BITMAP");

		if (f->kind == VMCS_KIND_HOST ||
		    (f->kind == VMCS_KIND_CTL && f->width == VMCS_WIDTH_64 &&
		     address))
			ck_assert_msg(vmcs_field_secret(f->encoding), "%s",
				      f->name);
		if (f->kind == VMCS_KIND_GUEST || f->kind == VMCS_KIND_RO)
			ck_assert_msg(!vmcs_field_secret(f->encoding), "%s",
				      f->name);
		secret += vmcs_field_secret(f->encoding);
	}
	ck_assert_uint_gt(secret, 40);
	ck_assert(vmcs_field_secret(VMCS_EPT_POINTER));
	ck_assert(!vmcs_field_secret(VMCS_TSC_OFFSET));
	ck_assert(!vmcs_field_secret(VMCS_VPID));
}
END_TEST

START_TEST(insn_errors)
{
	unsigned int i;

	ck_assert_str_eq(vmx_insn_error_text(7),
			 "VM entry with invalid control fields");
	ck_assert_str_eq(vmx_insn_error_text(12),
			 "VMREAD or VMWRITE of an unsupported field");
	ck_assert_str_eq(vmx_insn_error_text(28),
			 "invalid operand to INVEPT or INVVPID");
	for (i = 0; i <= 28; i++) {
		bool gap = i == 14 || i == 21 || i == 27;

		ck_assert_msg(gap == !strcmp(vmx_insn_error_text(i),
					     "unknown error"),
			      "error %u", i);
	}
	ck_assert_str_eq(vmx_insn_error_text(29), "unknown error");
	ck_assert_str_eq(vmx_insn_error_text(~0u), "unknown error");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vmcs_fields");
	TCase *t = tcase_create("vmcs_fields");
	SRunner *r;
	int failed;

	tcase_add_test(t, field_list);
	tcase_add_test(t, well_known_fields);
	tcase_add_test(t, secrets);
	tcase_add_test(t, insn_errors);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
