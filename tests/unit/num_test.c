// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of tools/vmctl/num.c and of the nearest-word search in names.c.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "num.h"
#include "uapi/axvm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text;
	int ret;
	uint64_t value;
} numbers[] = {
	{ "0", 0, 0 },
	{ "42", 0, 42 },
	{ "0x8020_0000", 0, 0x80200000 },
	{ "0XfF", 0, 255 },
	{ "0b101", 0, 5 },
	{ "0o17", 0, 15 },
	{ "010", 0, 10 }, /* not octal: nobody means that */
	{ "1_000", 0, 1000 },
	{ "512M", 0, 512ull << 20 },
	{ "4K", 0, 4096 },
	{ "4k", 0, 4096 },
	{ "1GiB", 0, 1ull << 30 },
	{ "2TB", 0, 2ull << 40 },
	{ "0x10K", 0, 0x4000 },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "0xffffffffffffffff", 0, UINT64_MAX },
	{ "18446744073709551616", -ERANGE, 0 },
	{ "0x1_0000_0000_0000_0000", -ERANGE, 0 },
	{ "16777216T", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "0x", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "_1", -EINVAL, 0 },
	{ "1_", -EINVAL, 0 },
	{ "1__0", -EINVAL, 0 },
	{ "0b2", -EINVAL, 0 },
	{ "1Z", -EINVAL, 0 },
	{ "1Kx", -EINVAL, 0 },
	{ "12x", -EINVAL, 0 },
	{ "99999999999999999999x", -EINVAL, 0 },
};

START_TEST(test_parse)
{
	uint64_t v = 7;
	int ret = num_parse(numbers[_i].text, &v);

	ck_assert_msg(ret == numbers[_i].ret, "'%s': %d", numbers[_i].text, ret);
	ck_assert_msg(v == (ret ? 7 : numbers[_i].value), "'%s': %llx",
		      numbers[_i].text, (unsigned long long)v);
}
END_TEST

static const struct {
	const char *text;
	int ret;
	uint64_t ns;
} times[] = {
	{ "5", 0, 5000000000 },
	{ "0", 0, 0 },
	{ "0.5", 0, 500000000 },
	{ "1.25s", 0, 1250000000 },
	{ "200ms", 0, 200000000 },
	{ "1.5ms", 0, 1500000 },
	{ "3us", 0, 3000 },
	{ "7ns", 0, 7 },
	{ "2m", 0, 120000000000 },
	{ "1h", 0, 3600000000000 },
	{ "0.1234567899", 0, 123456789 },
	{ "0.999999999h", 0, 3599999996400 },
	{ "1.9ns", 0, 1 },
	{ "99999999999h", -ERANGE, 0 },
	{ "99999999999999999999", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ ".5", -EINVAL, 0 },
	{ "5 s", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "5d", -EINVAL, 0 },
	{ "5sx", -EINVAL, 0 },
};

START_TEST(test_time)
{
	uint64_t ns = 7;
	int ret = num_parse_time(times[_i].text, &ns);

	ck_assert_msg(ret == times[_i].ret, "'%s': %d", times[_i].text, ret);
	ck_assert_msg(ns == (ret ? 7 : times[_i].ns), "'%s': %llu", times[_i].text,
		      (unsigned long long)ns);
}
END_TEST

static const struct {
	const char *text;
	int ret;
	uint64_t mask;
} masks[] = {
	{ "0", 0, 1 },
	{ "0x3", 0, 3 },
	{ "0,2-3", 0, 0xd },
	{ "63", 0, 1ull << 63 },
	{ "0-63", 0, UINT64_MAX },
	{ "64", -ERANGE, 0 },
	{ "3-1", -EINVAL, 0 },
	{ "1,", -EINVAL, 0 },
	{ ",1", -EINVAL, 0 },
	{ "1-", -EINVAL, 0 },
	{ "a", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
};

START_TEST(test_mask)
{
	uint64_t m = 0x55;
	int ret = num_parse_mask(masks[_i].text, &m);

	ck_assert_msg(ret == masks[_i].ret, "'%s': %d", masks[_i].text, ret);
	ck_assert_msg(m == (ret ? 0x55 : masks[_i].mask), "'%s': %llx", masks[_i].text,
		      (unsigned long long)m);
}
END_TEST

START_TEST(test_bytes)
{
	char buf[16];

	ck_assert_str_eq(num_bytes(0, buf), "0B");
	ck_assert_str_eq(num_bytes(1023, buf), "1023B");
	ck_assert_str_eq(num_bytes(1024, buf), "1K");
	ck_assert_str_eq(num_bytes(1536, buf), "1.5K");
	ck_assert_str_eq(num_bytes(512ull << 20, buf), "512M");
	ck_assert_str_eq(num_bytes((1ull << 30) + (100ull << 20), buf), "1.1G");
	ck_assert_str_eq(num_bytes(UINT64_MAX, buf), "16.0E");
}
END_TEST

START_TEST(test_nearest)
{
	static const char *const words[] = { "kernel_path", "kernel_load_addr", "dtb_path" };
	char giant[300];

	ck_assert_str_eq(name_nearest("kernel_pth", words, 3), "kernel_path");
	ck_assert_str_eq(name_nearest("kernelload_addr", words, 3), "kernel_load_addr");
	ck_assert_str_eq(name_nearest("dtbpath", words, 3), "dtb_path");
	ck_assert_ptr_null(name_nearest("zzzz", words, 3));
	ck_assert_ptr_null(name_nearest("", words, 3));
	memset(giant, 'k', sizeof(giant) - 1);
	giant[sizeof(giant) - 1] = '\0';
	name_nearest(giant, words, 3); /* must stay within its row */
}
END_TEST

START_TEST(test_words)
{
	for (uint32_t i = 0; i < AXVM_NR_EXITS; i++) {
		ck_assert_str_ne(name_exit(i), "?");
		ck_assert_int_eq(name_to_exit(name_exit(i)), (int)i);
	}
	ck_assert_str_eq(name_exit(AXVM_NR_EXITS), "?");
	ck_assert_str_eq(name_exit(~0u), "?");
	ck_assert_int_eq(name_to_exit("frob"), -1);
	ck_assert_str_eq(name_exit(AXVM_EXIT_HALT), "halt");
	ck_assert_str_eq(name_exit(AXVM_EXIT_TRIPLE_FAULT), "triple-fault");
	for (uint32_t i = 0; i <= AXVM_WHY_CPU_OFFLINE; i++)
		ck_assert_str_ne(name_why(i), "?");
	ck_assert_str_eq(name_why(AXVM_WHY_CPU_OFFLINE + 1), "?");
	ck_assert_int_eq(name_to_vm_state("stopped"), AXVM_VM_STOPPED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("num");
	TCase *tc = tcase_create("num");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, test_parse, 0, COUNT(numbers));
	tcase_add_loop_test(tc, test_time, 0, COUNT(times));
	tcase_add_loop_test(tc, test_mask, 0, COUNT(masks));
	tcase_add_test(tc, test_bytes);
	tcase_add_test(tc, test_nearest);
	tcase_add_test(tc, test_words);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
