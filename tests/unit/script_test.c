// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the texts of console scripts: escapes as typed, output as a
 * pattern sees it.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

START_TEST(test_unescape)
{
	static const struct {
		const char *text, *bytes;
		int n;
	} cases[] = {
		{ "", "", 0 },
		{ "ls -l\\n", "ls -l\n", 6 },
		{ "\\r\\t\\b\\e\\\\\\\"\\'", "\r\t\b\033\\\"'", 7 },
		{ "\\x41\\x0a\\xfF", "A\n\xff", 3 },
		{ "a\\0b", "a\0b", 3 },
		{ "\\", NULL, -EINVAL },
		{ "\\q", NULL, -EINVAL },
		{ "\\x4", NULL, -EINVAL },
		{ "\\xg0", NULL, -EINVAL },
		{ "\\x", NULL, -EINVAL },
	};
	char out[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_int_eq(script_unescape(cases[i].text, out), cases[i].n);
		if (cases[i].n > 0)
			ck_assert_mem_eq(out, cases[i].bytes, (size_t)cases[i].n);
	}
}
END_TEST

START_TEST(test_plain)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain\n", "plain\n" },
		{ "line\r\n", "line\n" },
		{ "guest# \033[6n", "guest# " },
		{ "\033[1;32mroot@x\033[0m:~# ", "root@x:~# " },
		{ "\033]0;a title\007$ ", "$ " },
		{ "\033(Bx\0337y\0338z", "xyz" },
		{ "\033[?2004hls", "ls" },
	};
	char out[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i].in), len = 0;
		int state = 0;

		/* All at once, and byte by byte: pieces come as they like. */
		len = script_plain(&state, cases[i].in, n, out);
		ck_assert_uint_eq(len, strlen(cases[i].out));
		ck_assert_mem_eq(out, cases[i].out, len);
		for (size_t k = 0, at = 0; k < n; k++) {
			at += script_plain(&state, cases[i].in + k, 1, out + at);
			if (k == n - 1)
				ck_assert_uint_eq(at, len);
		}
		ck_assert_mem_eq(out, cases[i].out, len);
	}
	{
		int state = 0;

		ck_assert_uint_eq(script_plain(&state, "a\0b", 3, out), 3);
		ck_assert_mem_eq(out, "a b", 3);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("script");
	TCase *tc = tcase_create("script");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(tc, test_unescape);
	tcase_add_test(tc, test_plain);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
