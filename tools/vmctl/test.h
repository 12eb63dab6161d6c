/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guests that are tests: what describes one, how it is found, run and judged.
 * A test is a VM's configuration whose [test] section says what counts.
 */
#ifndef VMCTL_TEST_H
#define VMCTL_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config.h"
#include "uapi/axvm.h"

struct diags;
struct json_object;

#define TEST_TEXT 240u
#define TEST_TAIL 2048u

/**
 * struct test - one guest to run
 * @name: path below the folder that was named, without its ending
 * @file: the configuration, or the guest with its header
 * @config: finished; @bad: it is not, and @result says why
 */
struct test {
	char *name;
	char *file;
	struct config config;
	bool bad;
	char why[TEST_TEXT];
};

/** struct tests - a growing list */
struct tests {
	struct test *v;
	size_t n;
};

/** struct test_rule - a test's [test] section with what it leaves out */
struct test_rule {
	bool has_port, has_mmio, has_hypercall;
	uint64_t port, mmio, hypercall, pass_value, skip_value;
	enum cfg_verdict poweroff, reset, halt, expect;
	const char *pass, *fail, *skip, *panic; /* "" none */
	uint64_t timeout_ns;
};

/** struct test_outcome - what became of it; travels through a pipe */
struct test_outcome {
	enum cfg_verdict verdict;
	uint32_t stop_reason; /* AXVM_EXIT_*, 0: it was stopped by us */
	uint64_t ns;
	uint64_t pc;
	char text[TEST_TEXT]; /* what happened, half a sentence */
	uint32_t tail_n; /* bytes of console output that follow */
};

/* ---- test_find.c ------------------------------------------------------- */

/**
 * tests_find() - the tests that a file or folder holds
 * @path: as typed
 * Return: VMCTL_*, having said what is wrong with @path itself.
 */
int tests_find(const char *path, struct tests *list);
void tests_free(struct tests *list);

/* ---- test_header.c: PURE ------------------------------------------------ */

#define TEST_HEADER_WITHIN (64u << 10)

/**
 * test_header() - the configuration that a guest's file carries in itself:
 * the line "AXVM-TEST", then TOML up to a NUL
 * @in: the file's first TEST_HEADER_WITHIN bytes, or all of it
 * @len: out: length of the text
 * Return: where the text begins in @in, or NULL.
 */
const char *test_header(const uint8_t *in, size_t n, size_t *len);

/* ---- test_judge.c: PURE ------------------------------------------------- */

/** test_rule() - what a configuration says, and defaults (@x86: of x86) */
void test_rule(const struct config *c, bool x86, uint64_t timeout_ns,
	       struct test_rule *r);

/**
 * test_judge() - what the end of a VM means
 * @reason: its stop_reason
 * @e: the record that ended it, or NULL
 * @out: @verdict, @pc and @text are filled
 */
void test_judge(const struct test_rule *r, uint32_t reason,
		const struct axvm_exit *e, struct test_outcome *out);

/** Words for verdicts, as in test.expect; "error" and "skip" besides. */
const char *test_verdict_name(enum cfg_verdict v);

/** Is it what was to be? A skipped test is. */
bool test_is_ok(const struct test_rule *r, enum cfg_verdict v);

/* ---- test_console.c ------------------------------------------------------ */

struct test_watch;

/** Patterns of a rule made ready; NULL: out of memory. */
struct test_watch *test_watch_new(const struct test_rule *r);
/**
 * test_watch_feed() - more console output; @n 0: no more comes for now, so an
 * unfinished line counts
 * @v: out: the verdict of a line that matched
 * @text: out: that line, TEST_TEXT bytes
 * Return: true: a line matched.
 */
bool test_watch_feed(struct test_watch *w, const char *bytes, size_t n,
		     enum cfg_verdict *v, char *text);
/** The end of the output, at most TEST_TAIL bytes, as plain text. */
const char *test_watch_tail(const struct test_watch *w, size_t *n);
void test_watch_free(struct test_watch *w);

/* ---- test_run.c ----------------------------------------------------------- */

/**
 * struct test_job - one run
 * @label: of the run, as reports name it
 * @name: of the VM
 * @log: folder for its logs, or NULL
 */
struct test_job {
	const struct test *test;
	struct test_rule rule;
	char *label;
	char name[AXVM_NAME_SIZE];
	char *log;
};

/**
 * test_child() - in a process of its own: run the job, write a test_result
 * and the tail of the console to @out
 */
void test_child(const struct test_job *job, int out) __attribute__((noreturn));

/* ---- test_pool.c ---------------------------------------------------------- */

/**
 * struct test_pool - many runs, some at a time
 * @jobs: all of them
 * @parallel: how many at a time
 * @fail_fast: begin no more after one that is not ok
 * @report: called in the order of @jobs; @result NULL: it was not run
 */
struct test_pool {
	struct test_job *jobs;
	size_t n;
	unsigned int parallel;
	bool fail_fast;
	void (*report)(size_t i, const struct test_job *job,
		       const struct test_outcome *result, const char *tail);
};

/**
 * test_pool_run() - run them
 * Return: 0, or the signal that ended it; all processes are gone then.
 */
int test_pool_run(struct test_pool *pool);

#endif /* VMCTL_TEST_H */
