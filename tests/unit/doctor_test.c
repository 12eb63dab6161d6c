// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of vmctl doctor's judgement: one host for every illness.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "vmctl.h"

static const struct facts healthy_x86 = {
	.arch = HOST_X86,
	.machine = "x86_64",
	.release = "6.1.0",
	.cpu_vmx = FACT_YES,
	.cpu_svm = FACT_NO,
	.kernel_vmx = FACT_YES,
	.kernel_svm = FACT_NO,
	.is_guest = FACT_NO,
	.module_file = FACT_YES,
	.module_loaded = FACT_YES,
	.secure_boot = FACT_NO,
	.sig_enforce = FACT_NO,
	.lockdown = "none",
	.info = { .abi = AXVM_ABI_VERSION, .backend = AXVM_BACKEND_VMX },
};

static const struct facts healthy_arm64 = {
	.arch = HOST_ARM64,
	.machine = "aarch64",
	.release = "6.1.0",
	.el2 = FACT_YES,
	.kvm_off = true,
	.module_file = FACT_YES,
	.module_loaded = FACT_YES,
	.info = { .abi = AXVM_ABI_VERSION, .backend = AXVM_BACKEND_NVHE },
};

static struct finding list[DOCTOR_CHECKS];

static int judge(const struct facts *f)
{
	size_t n = doctor_judge(f, list);

	ck_assert_uint_eq(n, DOCTOR_CHECKS);
	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_nonnull(list[i].check);
		ck_assert_str_ne(list[i].text, "");
		/* Every failure has a remedy and a code. */
		if (list[i].status == FINDING_FAIL) {
			ck_assert_str_ne(list[i].remedy, "");
			ck_assert_int_ge(list[i].code, VMCTL_DR_HARDWARE);
		}
	}
	return doctor_code(list, n);
}

static const struct finding *find(const char *check)
{
	for (size_t i = 0; i < DOCTOR_CHECKS; i++) {
		if (!strcmp(list[i].check, check))
			return &list[i];
	}
	ck_abort_msg("no check %s", check);
	return NULL;
}

static void without_module(struct facts *f)
{
	f->module_loaded = FACT_NO;
	f->device = ENOENT;
	memset(&f->info, 0, sizeof(f->info));
}

START_TEST(test_healthy)
{
	ck_assert_int_eq(judge(&healthy_x86), 0);
	ck_assert_int_eq(judge(&healthy_arm64), 0);
	ck_assert_str_eq(find("guests")->text, "guests can run (nvhe)");
}
END_TEST

START_TEST(test_no_extension)
{
	struct facts f = healthy_x86;

	without_module(&f);
	f.cpu_vmx = f.kernel_vmx = FACT_NO;
	ck_assert_int_eq(judge(&f), VMCTL_DR_HARDWARE);
	f.is_guest = FACT_YES;
	ck_assert_int_eq(judge(&f), VMCTL_DR_NESTED);
	f.arch = HOST_OTHER;
	ck_assert_int_eq(judge(&f), VMCTL_DR_HARDWARE);
}
END_TEST

START_TEST(test_firmware)
{
	struct facts f = healthy_x86;

	f.kernel_vmx = FACT_NO; /* CPUID says yes, the kernel hides it */
	f.info.why = AXVM_WHY_FIRMWARE;
	ck_assert_int_eq(judge(&f), VMCTL_DR_FIRMWARE);
	without_module(&f);
	ck_assert_int_eq(judge(&f), VMCTL_DR_FIRMWARE);
}
END_TEST

START_TEST(test_el1)
{
	struct facts f = healthy_arm64;

	without_module(&f);
	f.el2 = FACT_NO;
	ck_assert_int_eq(judge(&f), VMCTL_DR_FIRMWARE);
	f.el2 = FACT_UNKNOWN; /* the kernel's log is not ours to read */
	ck_assert_int_eq(judge(&f), VMCTL_DR_MODULE);
	ck_assert_int_eq(find("firmware")->status, FINDING_UNKNOWN);
	f = healthy_arm64;
	f.el2 = FACT_UNKNOWN;
	f.info.backend = AXVM_BACKEND_NONE;
	f.info.why = AXVM_WHY_NO_EL2;
	ck_assert_int_eq(judge(&f), VMCTL_DR_FIRMWARE);
}
END_TEST

START_TEST(test_busy)
{
	struct facts f = healthy_x86;

	f.info.why = AXVM_WHY_BUSY;
	ck_assert_int_eq(judge(&f), VMCTL_DR_BUSY);
	f = healthy_arm64;
	f.info.why = AXVM_WHY_KVM;
	ck_assert_int_eq(judge(&f), VMCTL_DR_BUSY);
	ck_assert_ptr_nonnull(strstr(find("guests")->remedy, "kvm-arm.mode=none"));
	/* Without the module it is seen from outside. */
	without_module(&f);
	f.module_loaded = FACT_YES;
	f.device = 0;
	f.info.abi = AXVM_ABI_VERSION + 1;
	f.kvm_off = false;
	strcpy(f.kvm_owner, "KVM");
	ck_assert_int_eq(judge(&f), VMCTL_DR_ABI); /* comes first: the cause */
	ck_assert_int_eq(find("guests")->code, VMCTL_DR_BUSY);
}
END_TEST

START_TEST(test_module)
{
	struct facts f = healthy_x86;

	without_module(&f);
	ck_assert_int_eq(judge(&f), VMCTL_DR_MODULE);
	ck_assert_ptr_nonnull(strstr(find("module")->remedy, "modprobe"));
	f.module_file = FACT_NO;
	ck_assert_int_eq(judge(&f), VMCTL_DR_MODULE);
	ck_assert_ptr_nonnull(strstr(find("module")->remedy, "make install"));
}
END_TEST

START_TEST(test_abi)
{
	struct facts f = healthy_x86;

	f.info.abi++;
	ck_assert_int_eq(judge(&f), VMCTL_DR_ABI);
	f.info_error = ENOTTY;
	ck_assert_int_eq(judge(&f), VMCTL_DR_ABI);
}
END_TEST

START_TEST(test_access)
{
	struct facts f = healthy_x86;

	f.device = EACCES;
	ck_assert_int_eq(judge(&f), VMCTL_DR_ACCESS);
	f.device = ENOENT;
	ck_assert_int_eq(judge(&f), VMCTL_DR_ACCESS);
}
END_TEST

START_TEST(test_lockdown)
{
	struct facts f = healthy_x86;

	f.secure_boot = FACT_YES;
	strcpy(f.lockdown, "integrity");
	ck_assert_int_eq(judge(&f), 0); /* loaded all the same: signed */
	ck_assert_int_eq(find("lockdown")->status, FINDING_WARN);
	without_module(&f);
	ck_assert_int_eq(judge(&f), VMCTL_DR_LOCKDOWN);
}
END_TEST

START_TEST(test_kernel_symbol)
{
	struct facts f = healthy_x86;

	f.info.why = AXVM_WHY_KERNEL_SYMBOL;
	/* The whole field, without a NUL: it must be cut, not overrun. */
	memset(f.info.why_text, 'x', sizeof(f.info.why_text));
	memset(f.release, 'r', sizeof(f.release) - 1);
	ck_assert_int_eq(judge(&f), VMCTL_DR_KERNEL);
}
END_TEST

START_TEST(test_bugs)
{
	struct facts f = healthy_x86;

	ck_assert_int_eq(judge(&f), 0);
	ck_assert_int_eq(find("cpu-bugs")->status, FINDING_UNKNOWN);
	f.nr_bugs = 2;
	strcpy(f.bugs[0].name, "l1tf");
	strcpy(f.bugs[0].text, "Mitigation: PTE Inversion");
	strcpy(f.bugs[1].name, "meltdown");
	strcpy(f.bugs[1].text, "Not affected");
	judge(&f);
	ck_assert_int_eq(find("cpu-bugs")->status, FINDING_OK);
	ck_assert_ptr_null(strstr(find("cpu-bugs")->text, "guests"));
	strcpy(f.mitigations, "ibpb verw");
	judge(&f);
	ck_assert_ptr_nonnull(strstr(find("cpu-bugs")->text,
				     "; around guests: ibpb verw"));
	/* All there can be, with the longest names: cut, not overrun. */
	for (f.nr_bugs = 0; f.nr_bugs < DOCTOR_BUGS; f.nr_bugs++) {
		memset(f.bugs[f.nr_bugs].name, 'b', sizeof(f.bugs[0].name) - 1);
		strcpy(f.bugs[f.nr_bugs].text, "Vulnerable: no microcode");
	}
	ck_assert_int_eq(judge(&f), 0);
	ck_assert_int_eq(find("cpu-bugs")->status, FINDING_WARN);
	ck_assert_ptr_nonnull(strstr(find("cpu-bugs")->text, "bbbb"));
}
END_TEST

START_TEST(test_every_why)
{
	struct facts f = healthy_x86;

	for (f.info.why = 1; f.info.why <= AXVM_WHY_CPU_OFFLINE + 1; f.info.why++)
		ck_assert_int_ne(judge(&f), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("doctor");
	TCase *tc = tcase_create("doctor");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(tc, test_healthy);
	tcase_add_test(tc, test_no_extension);
	tcase_add_test(tc, test_firmware);
	tcase_add_test(tc, test_el1);
	tcase_add_test(tc, test_busy);
	tcase_add_test(tc, test_module);
	tcase_add_test(tc, test_abi);
	tcase_add_test(tc, test_access);
	tcase_add_test(tc, test_lockdown);
	tcase_add_test(tc, test_kernel_symbol);
	tcase_add_test(tc, test_bugs);
	tcase_add_test(tc, test_every_why);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
