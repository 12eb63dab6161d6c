// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl test: many small guests, each in a VM of its own, as KTAP.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <regex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach.h"
#include "boot.h"
#include "dev.h"
#include "names.h"
#include "out.h"
#include "progress.h"
#include "test.h"
#include "vmctl.h"

#define TIMEOUT_NS 30000000000ull
#define JOBS_MOST 1024u
#define RUNS_MOST 1000000u
#define TAIL_LINES 12u

static struct {
	uint64_t jobs, repeat, scale;
	struct opt_time timeout;
	const char *filter, *log_dir;
	bool list, json, bare, fail_fast;
	bool jobs_given, repeat_given, scale_given;
} o;

static const struct opt opts[] = {
	{ "jobs", 'j', OPT_U64, &o.jobs, "N",
	  "run so many at a time (one a host CPU)", &o.jobs_given },
	{ "filter", 'f', OPT_STRING, &o.filter, "REGEX",
	  "only tests whose name matches" },
	{ "timeout", 't', OPT_TIME, &o.timeout, "SECONDS",
	  "for tests that say none themselves (30)" },
	{ "timeout-scale", 0, OPT_U64, &o.scale, "N",
	  "all times N times as long, on a slow machine", &o.scale_given },
	{ "repeat", 'r', OPT_U64, &o.repeat, "N", "run each one N times",
	  &o.repeat_given },
	{ "fail-fast", 'x', OPT_FLAG, &o.fail_fast, NULL,
	  "begin no more after one that is not ok" },
	{ "log-dir", 'd', OPT_STRING, &o.log_dir, "DIR",
	  "console, exits, registers, messages: in DIR/NAME" },
	{ "list", 'l', OPT_FLAG, &o.list, NULL, "only list the tests" },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "with --list: no headings, tabs between fields" },
	{ 0 },
};

/* What the reports add up to. */
static struct {
	struct json_object *rows;
	size_t n, passed, failed, skipped, not_run;
	bool progress;
} sum;

static const struct column list_columns[] = {
	{ "name", "NAME", false, NULL, NULL },
	{ "expect", "EXPECT", false, NULL, NULL },
	{ "timeout_ns", "TIMEOUT", true, out_text_ns, NULL },
	{ "file", "FILE", false, NULL, NULL },
	{ "summary", "SUMMARY", false, NULL, NULL },
	{ 0 },
};

/* ---- which ---------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct test *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void forget(struct test *t)
{
	config_free(&t->config);
	free(t->name);
	free(t->file);
}

static int pick(struct tests *list)
{
	size_t kept = 0;
	char why[128];
	regex_t re;
	int bad;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_name);
	if (!o.filter)
		return 0;
	bad = regcomp(&re, o.filter, REG_EXTENDED | REG_NOSUB);
	if (bad) {
		regerror(bad, &re, why, sizeof(why));
		return err(VMCTL_USAGE,
			   "test: --filter '%s' is no regular expression: %s",
			   o.filter, why);
	}
	for (size_t i = 0; i < list->n; i++) {
		if (regexec(&re, list->v[i].name, 0, NULL, 0))
			forget(&list->v[i]);
		else
			list->v[kept++] = list->v[i];
	}
	list->n = kept;
	regfree(&re);
	return 0;
}

static uint64_t scaled(uint64_t ns)
{
	uint64_t out;

	return o.scale_given && __builtin_mul_overflow(ns, o.scale, &out) ?
		       UINT64_MAX / 4 :
	       o.scale_given ? ns * o.scale :
			       ns;
}

static void rule_of(const struct test *t, struct test_rule *r)
{
	test_rule(&t->config, boot_host() == CFG_ARCH_X86,
		  o.timeout.set ? o.timeout.ns : TIMEOUT_NS, r);
	r->timeout_ns = scaled(r->timeout_ns);
	if (r->timeout_ns > UINT64_MAX / 4)
		r->timeout_ns = UINT64_MAX / 4;
}

static int list_tests(const struct tests *list)
{
	struct json_object *rows = out_array();
	int ret;

	for (size_t i = 0; i < list->n; i++) {
		const struct test *t = &list->v[i];
		struct json_object *row = out_object();
		struct test_rule r;

		rule_of(t, &r);
		out_str(row, "name", t->name);
		out_str(row, "file", t->file);
		out_str(row, "expect", test_verdict_name(r.expect));
		out_num(row, "timeout_ns", r.timeout_ns);
		out_str(row, "summary", t->config.test.summary.v);
		out_str(row, "problem", t->bad ? t->why : NULL);
		out_push(rows, row);
	}
	ret = o.json ? out_json(rows) :
	      o.bare ? out_tabs(list_columns, rows) :
		       out_table(list_columns, rows);
	json_object_put(rows);
	return ret;
}

/* ---- reports --------------------------------------------------------------- */

/* A verdict as it stands behind the # of a result. */
static void print_verdict(enum cfg_verdict v)
{
	for (const char *p = test_verdict_name(v); *p; p++)
		putchar(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
}

/* The last lines of the console, as remarks. */
static void print_tail(const char *tail)
{
	const char *from = tail + strlen(tail);
	unsigned int lines = 0;

	while (from > tail && lines <= TAIL_LINES) {
		if (*--from == '\n' && from[1] && ++lines > TAIL_LINES)
			from++;
	}
	while (*from) {
		int len = (int)strcspn(from, "\n");

		printf("# console: ");
		for (int i = 0; i < len; i++) {
			unsigned char c = (unsigned char)from[i];

			putchar(c < ' ' || c == 0x7f ? '?' : c);
		}
		putchar('\n');
		from += len + (from[len] == '\n');
	}
}

static void print_result(size_t i, const struct test_job *job,
			 const struct test_outcome *r, const char *tail)
{
	enum cfg_verdict expect = job->rule.expect;
	bool ok = r && test_is_ok(&job->rule, r->verdict);

	printf("%sok %zu %s", ok ? "" : "not ", i + 1, job->label);
	if (!r) {
		printf(" # SKIP not run\n");
	} else if (r->verdict == CFG_VERDICT_PASS && ok) {
		putchar('\n');
	} else {
		printf(" # ");
		print_verdict(r->verdict);
		printf(" %s%s", r->text,
		       ok && expect != CFG_VERDICT_PASS &&
				       r->verdict == expect ?
			       ", as it should" :
			       "");
		if (!ok && expect != CFG_VERDICT_PASS)
			printf("; expected: %s", test_verdict_name(expect));
		putchar('\n');
	}
	if (r && !ok)
		print_tail(tail);
}

static void add_row(const struct test_job *job, const struct test_outcome *r,
		    const char *tail)
{
	struct json_object *row = out_object();
	bool ok = r && test_is_ok(&job->rule, r->verdict);

	out_str(row, "name", job->label);
	out_str(row, "file", job->test->file);
	out_str(row, "verdict", r ? test_verdict_name(r->verdict) : NULL);
	out_str(row, "expect", test_verdict_name(job->rule.expect));
	out_bool(row, "ok", ok);
	out_str(row, "text", r ? r->text : NULL);
	out_str(row, "stop_reason",
		r && r->stop_reason ? name_exit(r->stop_reason) : NULL);
	if (r && r->pc)
		out_hex(row, "pc", r->pc);
	else
		out_add(row, "pc", NULL);
	out_num(row, "ns", r ? r->ns : 0);
	out_str(row, "log", job->log);
	out_str(row, "console", tail);
	out_push(sum.rows, row);
}

static void report(size_t i, const struct test_job *job,
		   const struct test_outcome *r, const char *tail)
{
	if (!r)
		sum.not_run++;
	else if (!test_is_ok(&job->rule, r->verdict))
		sum.failed++;
	else if (r->verdict == CFG_VERDICT_SKIP &&
		 job->rule.expect != CFG_VERDICT_SKIP)
		sum.skipped++;
	else
		sum.passed++;
	if (sum.progress)
		fputs("\r\033[K", stderr);
	if (o.json)
		add_row(job, r, tail);
	else
		print_result(i, job, r, tail);
	fflush(stdout);
	if (sum.progress && i + 1 < sum.n)
		fprintf(stderr, "%zu of %zu, %zu not ok", i + 1, sum.n,
			sum.failed);
}

static void summary(void)
{
	struct json_object *all;

	if (!o.json) {
		printf("# passed %zu, failed %zu, skipped %zu", sum.passed,
		       sum.failed, sum.skipped);
		if (sum.not_run)
			printf(", not run %zu", sum.not_run);
		putchar('\n');
		return;
	}
	all = out_object();
	out_bool(all, "ok", !sum.failed && !sum.not_run);
	out_num(all, "passed", sum.passed);
	out_num(all, "failed", sum.failed);
	out_num(all, "skipped", sum.skipped);
	out_num(all, "not_run", sum.not_run);
	out_add(all, "tests", sum.rows);
	out_json(all);
	json_object_put(all);
}

/* ---- running ---------------------------------------------------------------- */

static int make_folders(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return err(VMCTL_FAILED,
				   "cannot make the folder %s: %s", path,
				   err_text(errno));
		*p = '/';
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return err(VMCTL_FAILED, "cannot make the folder %s: %s", path,
			   err_text(errno));
	return 0;
}

/* A VM's name says whose test it is. */
static void name_vm(struct test_job *job, size_t i)
{
	const char *slash = strrchr(job->test->name, '/');
	char *p = job->name;

	snprintf(p, sizeof(job->name), "test-%.30s-%d-%zu",
		 slash ? slash + 1 : job->test->name, (int)getpid(), i);
	for (; *p; p++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-",
			    *p))
			*p = '_';
	}
}

static int prepare_job(struct test_job *job, const struct test *t, size_t i,
		       size_t run)
{
	job->test = t;
	rule_of(t, &job->rule);
	name_vm(job, i);
	if (o.repeat > 1 ?
		    asprintf(&job->label, "%s:%zu", t->name, run + 1) < 0 :
		    !(job->label = strdup(t->name)))
		must(NULL);
	if (!o.log_dir)
		return 0;
	if (asprintf(&job->log, "%s/%s", o.log_dir, job->label) < 0)
		must(NULL);
	return make_folders(job->log);
}

static int host_ready(void)
{
	struct axvm_info info;
	int dev, ret = vmctl_device(&dev, &info);

	if (ret)
		return ret;
	close(dev);
	if (info.why == AXVM_WHY_OK)
		return 0;
	return err(VMCTL_CPU, "this host cannot run guests now (%s): %.*s",
		   name_why(info.why), (int)sizeof(info.why_text),
		   info.why_text);
}

static unsigned int host_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ?
		       1 :
		       (unsigned int)CPU_COUNT(&set);
}

static int run_jobs(struct test_pool *pool)
{
	int sig;

	sum.n = pool->n;
	sum.rows = out_array();
	sum.progress = progress_wanted();
	if (!o.json)
		printf("KTAP version 1\n1..%zu\n", pool->n);
	fflush(stdout);
	sig = test_pool_run(pool);
	if (sum.progress)
		fputs("\r\033[K", stderr);
	if (sig == SIGPIPE)
		return VMCTL_FAILED; /* out_finish() says what there is to say */
	if (sig) {
		if (!o.json)
			printf("Bail out! signal %d\n", sig);
		fflush(stdout);
		attach_die(sig);
	}
	summary();
	return sum.failed || sum.not_run ? VMCTL_TESTS : 0;
}

static int run_tests(const struct tests *list)
{
	size_t runs = o.repeat_given ? o.repeat : 1;
	struct test_pool pool = { .fail_fast = o.fail_fast, .report = report };
	int ret = host_ready();

	pool.n = list->n * runs;
	pool.jobs = must(calloc(pool.n + 1, sizeof(*pool.jobs)));
	pool.parallel = o.jobs_given ? (unsigned int)o.jobs : host_cpus();
	if (pool.parallel > pool.n)
		pool.parallel = (unsigned int)pool.n;
	for (size_t i = 0; !ret && i < pool.n; i++)
		ret = prepare_job(&pool.jobs[i], &list->v[i / runs], i,
				  i % runs);
	if (!ret)
		ret = run_jobs(&pool);
	for (size_t i = 0; i < pool.n; i++) {
		free(pool.jobs[i].label);
		free(pool.jobs[i].log);
	}
	free(pool.jobs);
	return ret;
}

static int run(int argc, char **argv)
{
	struct tests list = { 0 };
	int ret = 0;

	if ((o.jobs_given && (!o.jobs || o.jobs > JOBS_MOST)) ||
	    (o.repeat_given && (!o.repeat || o.repeat > RUNS_MOST)) ||
	    (o.scale_given && !o.scale))
		return err(
			VMCTL_USAGE,
			"test: --jobs is 1 to %u, --repeat 1 to %u, --timeout-scale at least 1",
			JOBS_MOST, RUNS_MOST);
	if (o.timeout.set && !o.timeout.ns)
		return err(VMCTL_USAGE, "test: --timeout 0 leaves no time");
	for (int i = 0; i < argc && !ret; i++)
		ret = tests_find(argv[i], &list);
	if (!ret)
		ret = pick(&list);
	if (!ret && !list.n)
		ret = err(
			VMCTL_CONFIG,
			"test: there is no test%s; a test is a guest ending in .flat, .bin or .elf, one with a header, or a configuration with a [test] section",
			o.filter ? " of such a name" : "");
	if (!ret)
		ret = o.list ? list_tests(&list) : run_tests(&list);
	tests_free(&list);
	return ret;
}

const struct command cmd_test = {
	.name = "test",
	.group = "Life of a VM",
	.args = "DIR|FILE...",
	.summary = "run small guests that are tests, print KTAP",
	.text = "Runs each guest in a VM of its own, many at a time, and prints a line of KTAP\n"
		"for each: pass, fail, skip, panic, triple-fault, entry-failure, timeout, error\n"
		"(it could not be run).  A test is a configuration with a [test] section, or a\n"
		"guest that carries one (AXVM-TEST, a newline, TOML, a NUL), has one beside it\n"
		"(NAME.toml), or ends in .flat, .bin or .elf.  [test] says what the verdict is:\n"
		"a value at a port (x86: 0xf4 when nothing is said), at an address or of a\n"
		"hypercall, a power-off, a pattern on the console; see axvm-config(5).\n"
		"Exit code 0 when all are as they should be, 19 when not.  Ctrl-C ends all VMs.",
	.min = 1,
	.max = -1,
	.opts = opts,
	.run = run,
};
