// SPDX-License-Identifier: GPL-2.0
/*
 * The documents keep up with the program: every command and option of vmctl
 * stands in vmctl(1), every command in the README, every key of a
 * configuration in both its descriptions, every exit code in vmctl(1); and
 * the completions of bash and zsh offer what vmctl says.
 */
#include <check.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_schema.h"
#include "exitcodes.h"

static char root[512];

static char *slurp(const char *name)
{
	char path[1024];
	size_t size = 0;
	char *text = NULL;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", *name == '/' ? "" : root, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	n = getdelim(&text, &size, '\0', f);
	ck_assert_int_gt(n, 0);
	fclose(f);
	return text;
}

/* Is @word there as a word of its own? */
static bool has_word(const char *text, const char *word)
{
	static const char inner[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = strlen(word);

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
		if ((p == text || !strchr(inner, p[-1])) && !strchr(inner, p[n]))
			return true;
	}
	return false;
}

/* "\-\-no\-start", as groff wants hyphens that can be copied. */
static void groff_option(const char *name, char *out)
{
	out += sprintf(out, "\\-\\-");
	for (; *name; name++)
		out += sprintf(out, *name == '-' ? "\\-" : "%c", *name);
}

/* The next string of C in @p, into @buf; NULL if there is none in the line. */
static const char *c_string(const char *p, char *buf, size_t size)
{
	const char *from = strchr(p, '"'), *to;

	if (!from || memchr(p, '\n', (size_t)(from - p)))
		return NULL;
	to = strchr(from + 1, '"');
	snprintf(buf, size, "%.*s", (int)(to - from - 1), from + 1);
	return to + 1;
}

/* Calls @fn for each command (@option false) or option in vmctl's sources. */
static unsigned int each(bool option, void (*fn)(const char *, const char *file))
{
	char pattern[600], word[64];
	unsigned int n = 0;
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%stools/vmctl/*.[ch]", root);
	ck_assert_int_eq(glob(pattern, 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char *text = slurp(g.gl_pathv[i]);
		const char *mark = option ? ", OPT_" : "const struct command cmd_";

		for (const char *p = strstr(text, mark); p; p = strstr(p + 1, mark)) {
			const char *at = p;

			if (option) {
				while (at > text && at[-1] != '\n')
					at--;
				at = strstr(at, "{ \"");
			} else {
				at = strstr(p, ".name = ");
			}
			if (!at || !c_string(at, word, sizeof(word)))
				continue;
			fn(word, g.gl_pathv[i]);
			n++;
		}
		free(text);
	}
	globfree(&g);
	return n;
}

static char *man, *readme;

static void command_in_man(const char *name, const char *file)
{
	char line[2][80];

	snprintf(line[0], 80, "\n.BI \"%s ", name);
	snprintf(line[1], 80, "\n.BR \"%s ", name);
	ck_assert_msg(strstr(man, line[0]) || strstr(man, line[1]),
		      "vmctl.1 does not explain %s", name);
}

static void command_in_readme(const char *name, const char *file)
{
	char tick[80];

	snprintf(tick, sizeof(tick), "`%s`", name);
	ck_assert_msg(strstr(readme, tick) != NULL, "README.md does not list `%s`", name);
}

static void option_in_man(const char *name, const char *file)
{
	char word[160];

	groff_option(name, word);
	ck_assert_msg(strstr(man, word) != NULL, "vmctl.1 lacks --%s of %s", name, file);
}

START_TEST(test_commands)
{
	man = slurp("tools/vmctl/vmctl.1");
	readme = slurp("README.md");
	ck_assert_uint_ge(each(false, command_in_man), 20);
	ck_assert_uint_ge(each(false, command_in_readme), 20);
	ck_assert_uint_ge(each(true, option_in_man), 30);
	free(man);
	free(readme);
}
END_TEST

START_TEST(test_exit_codes)
{
	char line[32];

	man = slurp("tools/vmctl/vmctl.1");
#define CODE_CHECK(name, nr, text)                                             \
	snprintf(line, sizeof(line), "\n%d\t", nr);                            \
	ck_assert_msg(strstr(man, line) != NULL, "vmctl.1 lacks exit code %d", nr);
	VMCTL_EXITS(CODE_CHECK)
	free(man);
}
END_TEST

static void check_keys(const char *text, const char *name, const struct cfg_section *s)
{
	for (; s->name; s++) {
		for (const struct cfg_field *f = s->fields; f->name; f++) {
			ck_assert_msg(has_word(text, f->name), "%s lacks %s", name, f->key);
			for (const struct cfg_field *r = f->row ? f->row->fields : NULL;
			     r && r->name; r++)
				ck_assert_msg(r->alias || has_word(text, r->name),
					      "%s lacks %s of %s", name, r->name, f->key);
		}
	}
}

START_TEST(test_keys)
{
	static const char *const pages[] = { "Documentation/config.md",
					     "tools/vmctl/axvm-config.5" };
	char *text = slurp(pages[_i]);

	check_keys(text, pages[_i], cfg_own);
	check_keys(text, pages[_i], cfg_axvisor);
	for (const struct cfg_word *w = cfg_device_words; w->name; w++)
		ck_assert_msg(strstr(text, w->name) != NULL, "%s lacks %s", pages[_i], w->name);
	free(text);
}
END_TEST

/* The script of bash, with a vmctl that tells what it was asked. */
START_TEST(test_bash)
{
	static const struct {
		const char *words, *cword, *reply;
	} cases[] = {
		{ "vmctl s", "1", "show start stop" },
		{ "vmctl start a", "2", "alpha" },
		{ "vmctl wait alpha --exit halt,ha", "4", "halt,halt halt,halted" },
		{ "vmctl -q start ''", "3", "alpha beta" },
	};
	char cmd[2048], got[256] = "";
	FILE *f;

	if (access("/bin/bash", X_OK))
		return;
	snprintf(cmd, sizeof(cmd),
		 "bash -c 'vmctl() { case \"$*\" in \"__complete s\")"
		 " printf \"%%s\\tx\\n\" show start stop run;;"
		 " *--exit*) printf \"%%s\\t\\n\" halt halted reset;;"
		 " *start*) printf \"%%s\\tx y\\n\" alpha beta;; esac; };"
		 " complete() { :; }; . %stools/vmctl/completion/vmctl.bash;"
		 " COMP_WORDS=(%s); COMP_CWORD=%s; _vmctl; echo \"${COMPREPLY[*]}\"'",
		 root, _i == 3 ? "vmctl -q start \"\"" : cases[_i].words, cases[_i].cword);
	f = popen(cmd, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(got, sizeof(got), f));
	pclose(f);
	got[strcspn(got, "\n")] = '\0';
	ck_assert_str_eq(got, cases[_i].reply);
}
END_TEST

/* The script of zsh in an interactive one, likewise. */
START_TEST(test_zsh)
{
	static const struct {
		const char *typed, *line;
	} cases[] = {
		{ "vmctl doc", "vmctl doctor " },
		{ "vmctl start al", "vmctl start alpha " },
		{ "vmctl run /etc/host", "vmctl run /etc/host" },
	};
	char dir[] = "/tmp/docs_test.XXXXXX", cmd[2048], got[256] = "";
	FILE *f;

	if (access("/usr/bin/zsh", X_OK))
		return;
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(cmd, sizeof(cmd), "%s/vmctl", dir);
	f = fopen(cmd, "w");
	ck_assert_ptr_nonnull(f);
	fputs("#!/bin/sh\ncase \"$*\" in *start*) printf 'alpha\\tx: y\\nbeta\\t\\n';;\n"
	      "*run*) echo :file;; *) printf 'doctor\\tz\\nrun\\tz\\n';; esac\n", f);
	fclose(f);
	ck_assert_int_eq(chmod(cmd, 0755), 0);
	snprintf(cmd, sizeof(cmd),
		 "PATH=%s:$PATH zsh -f %stests/unit/zsh_complete.zsh %stools/vmctl/completion '%s'",
		 dir, root, root, cases[_i].typed);
	f = popen(cmd, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(got, sizeof(got), f));
	pclose(f);
	got[strcspn(got, "\n")] = '\0';
	/* Files: what there is begins so. */
	if (_i == 2)
		ck_assert(!strncmp(got, cases[_i].line, strlen(cases[_i].line)));
	else
		ck_assert_str_eq(got, cases[_i].line);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}
END_TEST

int main(void)
{
	const char *slash = strstr(__FILE__, "tests/unit/");
	Suite *s = suite_create("docs");
	TCase *tc = tcase_create("docs");
	SRunner *sr = srunner_create(s);
	int failed;

	snprintf(root, sizeof(root), "%.*s", slash ? (int)(slash - __FILE__) : 0, __FILE__);
	tcase_add_test(tc, test_commands);
	tcase_add_test(tc, test_exit_codes);
	tcase_add_loop_test(tc, test_keys, 0, 2);
	tcase_add_loop_test(tc, test_bash, 0, 4);
	tcase_add_loop_test(tc, test_zsh, 0, 3);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
