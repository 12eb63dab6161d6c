// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl test's judgement: rules and their defaults, the end of a VM, headers
 * in guests' files, lines of the console.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static struct test_rule rule;
static struct test_outcome result;

static void rule_x86(struct config *c)
{
	test_rule(c, true, 1000, &rule);
}

static struct cfg_num num(uint64_t v)
{
	return (struct cfg_num){ .set = true, .v = v };
}

static struct cfg_text text(const char *s)
{
	return (struct cfg_text){ .set = true, .v = (char *)s };
}

static enum cfg_verdict judge(uint32_t reason, const struct axvm_exit *e)
{
	memset(&result, 0, sizeof(result));
	test_judge(&rule, reason, e, &result);
	ck_assert(*result.text);
	ck_assert_uint_eq(result.stop_reason, reason);
	return result.verdict;
}

START_TEST(defaults)
{
	struct config c = { 0 };

	rule_x86(&c);
	ck_assert(rule.has_port && !rule.has_mmio && !rule.has_hypercall);
	ck_assert_uint_eq(rule.port, 0xf4);
	ck_assert_uint_eq(rule.poweroff, CFG_VERDICT_PASS);
	ck_assert_uint_eq(rule.reset, CFG_VERDICT_FAIL);
	ck_assert_uint_eq(rule.halt, CFG_VERDICT_FAIL);
	ck_assert_uint_eq(rule.timeout_ns, 1000);
	ck_assert(*rule.panic && !*rule.pass);
	test_rule(&c, false, 1000, &rule);
	ck_assert(!rule.has_port);
	/* Another way to pass: a power-off is none any more. */
	c.test.hypercall = num(7);
	c.test.timeout = text("2s");
	c.test.panic = text("");
	rule_x86(&c);
	ck_assert(!rule.has_port && rule.has_hypercall);
	ck_assert_uint_eq(rule.poweroff, CFG_VERDICT_FAIL);
	ck_assert_uint_eq(rule.timeout_ns, 2000000000);
	ck_assert_str_eq(rule.panic, "");
	c.test.poweroff = num(CFG_VERDICT_PASS);
	rule_x86(&c);
	ck_assert_uint_eq(rule.poweroff, CFG_VERDICT_PASS);
}
END_TEST

START_TEST(values)
{
	struct axvm_exit e = { .reason = AXVM_EXIT_IO_WRITE, .pc = 0x8123 };
	struct config c = { 0 };

	rule_x86(&c);
	e.io.port = 0xf4;
	ck_assert_uint_eq(judge(AXVM_EXIT_IO_WRITE, &e), CFG_VERDICT_PASS);
	ck_assert_uint_eq(result.pc, 0x8123);
	e.io.data = 77;
	ck_assert_uint_eq(judge(AXVM_EXIT_IO_WRITE, &e), CFG_VERDICT_SKIP);
	e.io.data = 1;
	ck_assert_uint_eq(judge(AXVM_EXIT_IO_WRITE, &e), CFG_VERDICT_FAIL);
	ck_assert_str_eq(result.text, "port 0xf4: 1");
	e.io.port = 0xf5;
	ck_assert_uint_eq(judge(AXVM_EXIT_IO_WRITE, &e), CFG_VERDICT_ERROR);
	c.test.mmio = num(0x1000);
	c.test.pass_value = num(5);
	rule_x86(&c);
	e = (struct axvm_exit){ .reason = AXVM_EXIT_MMIO_WRITE, .gpa = 0x1000 };
	e.mmio.data = 5;
	ck_assert_uint_eq(judge(AXVM_EXIT_MMIO_WRITE, &e), CFG_VERDICT_PASS);
	e.mmio.data = 0;
	ck_assert_uint_eq(judge(AXVM_EXIT_MMIO_WRITE, &e), CFG_VERDICT_FAIL);
	c.test.hypercall = num(0x42);
	rule_x86(&c);
	e = (struct axvm_exit){ .reason = AXVM_EXIT_HYPERCALL };
	e.hypercall.nr = 0x42;
	e.hypercall.args[0] = 5;
	ck_assert_uint_eq(judge(AXVM_EXIT_HYPERCALL, &e), CFG_VERDICT_PASS);
}
END_TEST

START_TEST(ends)
{
	struct axvm_exit e = { .reason = AXVM_EXIT_FAIL_ENTRY,
			       .hw_reason = 0x80000021,
			       .pc = 0x10 };
	struct config c = { 0 };

	rule_x86(&c);
	ck_assert_uint_eq(judge(AXVM_EXIT_SYSTEM_DOWN, NULL), CFG_VERDICT_PASS);
	ck_assert_uint_eq(judge(AXVM_EXIT_CPU_DOWN, NULL), CFG_VERDICT_PASS);
	ck_assert_uint_eq(judge(AXVM_EXIT_RESET, NULL), CFG_VERDICT_FAIL);
	ck_assert_uint_eq(judge(AXVM_EXIT_HALTED, NULL), CFG_VERDICT_FAIL);
	ck_assert_uint_eq(judge(AXVM_EXIT_TRIPLE_FAULT, NULL),
			  CFG_VERDICT_TRIPLE);
	ck_assert_uint_eq(judge(AXVM_EXIT_FAIL_ENTRY, &e), CFG_VERDICT_ENTRY);
	ck_assert_ptr_nonnull(strstr(result.text, "0x80000021"));
	ck_assert_uint_eq(judge(AXVM_EXIT_STOPPED, NULL), CFG_VERDICT_ERROR);
	ck_assert_uint_eq(judge(AXVM_EXIT_MEMORY, NULL), CFG_VERDICT_ERROR);
	ck_assert_uint_eq(judge(AXVM_EXIT_INTERNAL_ERROR, NULL),
			  CFG_VERDICT_ERROR);
	c.test.halt = num(CFG_VERDICT_PASS);
	rule_x86(&c);
	ck_assert_uint_eq(judge(AXVM_EXIT_HALTED, NULL), CFG_VERDICT_PASS);
	/* What was expected is right; a skipped one always is. */
	c.test.expect = num(CFG_VERDICT_TRIPLE);
	rule_x86(&c);
	ck_assert(test_is_ok(&rule, CFG_VERDICT_TRIPLE));
	ck_assert(!test_is_ok(&rule, CFG_VERDICT_PASS));
	ck_assert(test_is_ok(&rule, CFG_VERDICT_SKIP));
	for (int v = 0; v <= CFG_VERDICT_ERROR; v++)
		ck_assert_str_ne(test_verdict_name(v), "?");
}
END_TEST

START_TEST(header)
{
	static const char file[] = "\x7f"
				   "ELF...AXVM-TEST\n[test]\nport = 1\n\0more";
	uint8_t *big = calloc(1, TEST_HEADER_WITHIN + 64);
	const char *found;
	size_t len;

	found = test_header((const uint8_t *)file, sizeof(file), &len);
	ck_assert_ptr_nonnull(found);
	ck_assert_uint_eq(len, strlen("[test]\nport = 1\n"));
	ck_assert(!memcmp(found, "[test]\nport = 1\n", len));
	/* Without its end it is none: a text that speaks of it. */
	ck_assert_ptr_null(test_header((const uint8_t *)file, 30, &len));
	ck_assert_ptr_null(test_header((const uint8_t *)file, 0, &len));
	/* A false one before the right one. */
	memset(big, 'x', 9000);
	memcpy(big, "AXVM-TEST\n", 10);
	strcpy((char *)big + 8990, "AXVM-TEST\n[test]\n");
	found = test_header(big, TEST_HEADER_WITHIN, &len);
	ck_assert_ptr_eq(found, (char *)big + 9000);
	/* Too far into the file. */
	memset(big, 0, TEST_HEADER_WITHIN + 64);
	strcpy((char *)big + TEST_HEADER_WITHIN - 4, "AXVM-TEST\n[test]\n");
	ck_assert_ptr_null(test_header(big, TEST_HEADER_WITHIN + 64, &len));
	free(big);
}
END_TEST

static bool feed(struct test_watch *w, const char *s, enum cfg_verdict *v,
		 char *line)
{
	return test_watch_feed(w, s, s ? strlen(s) : 0, v, line);
}

START_TEST(console)
{
	char line[TEST_TEXT];
	struct test_watch *w;
	enum cfg_verdict v;
	struct config c = { 0 };
	char *huge = malloc(20001);
	size_t n;

	c.test.pass = text("^STATUS=1$");
	c.test.fail = text("^STATUS=");
	rule_x86(&c);
	w = test_watch_new(&rule);
	ck_assert(!feed(w, "hello\r\nSTATUS", &v, line));
	ck_assert(!feed(w, "=1", &v, line)); /* 1, or 12? */
	ck_assert(feed(w, "2\r\n", &v, line));
	ck_assert_uint_eq(v, CFG_VERDICT_FAIL);
	ck_assert_str_eq(line, "STATUS=12");
	/* pass counts before fail */
	ck_assert(feed(w, "STATUS=1\n", &v, line));
	ck_assert_uint_eq(v, CFG_VERDICT_PASS);
	ck_assert(feed(w, "x\nKernel panic - not syncing: y\nSTATUS=1\n", &v,
		       line));
	ck_assert_uint_eq(v, CFG_VERDICT_PANIC);
	/* An unfinished line counts when nothing comes any more. */
	ck_assert(!feed(w, "\033[1mPANIC\033[0m here", &v, line));
	ck_assert(feed(w, NULL, &v, line));
	ck_assert_uint_eq(v, CFG_VERDICT_PANIC);
	ck_assert_str_eq(line, "PANIC here");
	/* Reports are text. */
	feed(w, "\n", &v, line);
	ck_assert(feed(w, "PANIC \xff!\n", &v, line));
	ck_assert_str_eq(line, "PANIC ?!");
	/* Lines without end, and long ones. */
	memset(huge, 'a', 20000);
	strcpy(huge + 19990, "!\nSTATUS=1");
	ck_assert(!feed(w, huge, &v, line));
	test_watch_tail(w, &n);
	ck_assert_uint_eq(n, TEST_TAIL);
	test_watch_free(w);
	free(huge);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("test_judge");
	TCase *tc = tcase_create("test_judge");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, defaults);
	tcase_add_test(tc, values);
	tcase_add_test(tc, ends);
	tcase_add_test(tc, header);
	tcase_add_test(tc, console);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
