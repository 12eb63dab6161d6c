// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of [cpuid]: names and bits by leaf, what builds on what, mistakes with
 * their line, the way out as TOML.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpuid_policy.h"
#include "tests/unit/config_rig.h"

#define CPUID_TOML(text) \
	"memory = \"1M\"\n[boot]\nentry = 0x1000\n[cpuid]\n" text

static const struct {
	const char *text;
	int line;
	const char *part;
} cpuid_bad[] = {
	{ "features = \"-avx,-x2apik\"", 5,
	  "no feature \"x2apik\" is known (did you mean \"x2apic\"?)" },
	{ "features = \"avx\"", 5, "\"avx\" is neither -NAME" },
	{ "features = \"-\"", 5, "\"-\" is neither" },
	{ "features = \"-0123456789012345678901234567890123456789\"", 5,
	  "no feature \"0123456789" },
	{ "features = \"-avx +avx\"", 5, "avx is insisted on, and hidden" },
	{ "features = \"+avx512vl -xsave\"", 5,
	  "avx512vl is insisted on, and hidden" },
	{ "features = 7", 5, "must be a string" },
	{ "[[cpuid.hide]]\nebx = 1", 5, "leaf is missing" },
	{ "[[cpuid.hide]]\nleaf = 7", 5, "no bit of eax" },
	{ "[[cpuid.hide]]\nleaf = 7\nedx = 0x1_0000_0000", 5, "have 32 bits" },
	{ "[[cpuid.need]]\nleaf = 0x1_0000_0007\nedx = 1", 5, "have 32 bits" },
	{ "features = \"-fsgsbase\"\n[[cpuid.need]]\nleaf = 7\nebx = 3", 5,
	  "leaf 0x7, 0: bits 0x1 of ebx are insisted on, and hidden" },
};

START_TEST(test_cpuid_bad)
{
	char text[512];

	snprintf(text, sizeof(text), CPUID_TOML("%s\n"), cpuid_bad[_i].text);
	ck_assert(!parse(text));
	ck_assert_ptr_nonnull(
		said(DIAG_ERROR, cpuid_bad[_i].line, cpuid_bad[_i].part));
}
END_TEST

static const struct cpuid_leaf *leaf(const struct cpuid_policy *p, uint32_t nr,
				     uint32_t sub)
{
	for (unsigned int i = 0; i < p->n; i++) {
		if (p->leaf[i].leaf == nr && p->leaf[i].subleaf == sub)
			return &p->leaf[i];
	}
	ck_abort_msg("no leaf 0x%x, %u", nr, sub);
}

/* Bits by the manual: CPUID, "Feature Information", leaves 7 and 0xd. */
START_TEST(test_cpuid)
{
	struct cpuid_policy p;
	char *toml;

	ck_assert(parse(CPUID_TOML(
		"features = \"-avx,+aes\\t-pni\"\n"
		"[[cpuid.hide]]\nleaf = 7\nsubleaf = 2\nedx = \"0x9\"\n"
		"[[cpuid.hide]]\nleaf = 1\nedx = 0x8000_0000\n")));
	cpuid_policy_read(&c, &p, &d);
	ck_assert_uint_eq(d.n, 0);
	ck_assert_uint_eq(leaf(&p, 1, 0)->hide[CPUID_ECX],
			  1 | 1u << 12 | 1u << 28 | 1u << 29);
	ck_assert_uint_eq(leaf(&p, 1, 0)->hide[CPUID_EDX], 1u << 31);
	ck_assert_uint_eq(leaf(&p, 1, 0)->need[CPUID_ECX], 1u << 25);
	ck_assert_uint_eq(leaf(&p, 7, 0)->hide[CPUID_EBX], 0xd0230020);
	ck_assert_uint_eq(leaf(&p, 7, 0)->hide[CPUID_ECX], 0x5e42);
	ck_assert_uint_eq(leaf(&p, 7, 0)->hide[CPUID_EDX], 0x80010c);
	ck_assert_uint_eq(leaf(&p, 7, 1)->hide[CPUID_EAX], 0x30);
	ck_assert_uint_eq(leaf(&p, 7, 2)->hide[CPUID_EDX], 9);
	ck_assert_uint_eq(leaf(&p, 0xd, 0)->hide[CPUID_EAX], 0xe4);
	toml = config_to_toml(&c, NULL);
	ck_assert(
		strstr(toml, "[cpuid]\nfeatures = \"-avx,+aes\\u0009-pni\"\n"));
	ck_assert(strstr(
		toml,
		"[[cpuid.hide]]\nleaf = 0x7\nsubleaf = 0x2\nedx = 0x9\n"));
	free(toml);
	cpuid_policy_refuse(&c, "is not for this", &d);
	ck_assert_ptr_nonnull(
		said(DIAG_ERROR, 5, "cpuid.features is not for this"));
	ck_assert_ptr_nonnull(
		said(DIAG_ERROR, 6, "cpuid.hide is not for this"));
	ck_assert_uint_eq(d.n, 2);
}
END_TEST

/* More leaves than the module hides bits of; than a policy has room for. */
START_TEST(test_cpuid_many)
{
	char text[8192];
	size_t len = (size_t)snprintf(text, sizeof(text), CPUID_TOML("\n"));

	for (int i = 0; i < _i; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"[[cpuid.hide]]\nleaf = %d\neax = 1\n",
					i);
	ck_assert_int_eq(parse(text), _i <= 32);
	if (_i > 64)
		ck_assert_ptr_nonnull(
			said(DIAG_ERROR, 6 + 3 * 64, "more than 64 leaves"));
	else if (_i > 32)
		ck_assert_ptr_nonnull(said(DIAG_ERROR, 6, "at most 32"));
}
END_TEST

START_TEST(test_cpuid_mode)
{
	ck_assert(!parse(
		"memory = \"1M\"\n[boot]\nentry = 0x1000\nmode = \"long64\"\n"
		"[cpuid]\nfeatures = \"-lm\"\n"));
	ck_assert_ptr_nonnull(said(
		DIAG_ERROR, 6,
		"cpuid.features hides lm, without which there is no boot.mode"));
}
END_TEST

/* Each name is found, and everything leads to a name. */
START_TEST(test_cpuid_words)
{
	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		const struct cpuid_word *w = &cpuid_words[i];

		ck_assert_uint_lt(w->bit, 32);
		ck_assert(!w->needs || cpuid_word(w->needs));
		if (!w->name)
			continue;
		ck_assert_uint_lt(strlen(w->name), 31);
		ck_assert_ptr_nonnull(cpuid_word(w->name));
		for (unsigned int k = 0; k < i; k++)
			ck_assert(!cpuid_words[k].name ||
				  strcmp(cpuid_words[k].name, w->name));
	}
	ck_assert_uint_lt(cpuid_nr_words, 192);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config_cpuid");
	TCase *tc = tcase_create("cpuid");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_cpuid);
	tcase_add_loop_test(tc, test_cpuid_bad, 0, COUNT(cpuid_bad));
	tcase_add_loop_test(tc, test_cpuid_many, 31, 67);
	tcase_add_test(tc, test_cpuid_mode);
	tcase_add_test(tc, test_cpuid_words);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
