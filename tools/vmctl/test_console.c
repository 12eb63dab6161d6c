// SPDX-License-Identifier: GPL-2.0
/*
 * A test's console: its lines against the patterns of the test, and the end
 * of it kept for whoever wants to know what went wrong.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "test.h"
#include "vmctl.h"

#define LINE 4096u

/*
 * In the order in which they count when one line matches several: what fails
 * is often all that does not pass.
 */
static const enum cfg_verdict order[] = { CFG_VERDICT_PANIC, CFG_VERDICT_PASS,
					  CFG_VERDICT_SKIP, CFG_VERDICT_FAIL };
#define PATTERNS (sizeof(order) / sizeof(order[0]))

struct test_watch {
	regex_t re[PATTERNS];
	bool has[PATTERNS];
	int escape; /* script_plain() */
	size_t line_n, tail_n;
	char line[LINE + 1];
	char tail[TEST_TAIL];
};

static const char *pattern(const struct test_rule *r, enum cfg_verdict v)
{
	return v == CFG_VERDICT_PANIC ? r->panic :
	       v == CFG_VERDICT_FAIL  ? r->fail :
	       v == CFG_VERDICT_SKIP  ? r->skip :
					r->pass;
}

struct test_watch *test_watch_new(const struct test_rule *r)
{
	struct test_watch *w = must(calloc(1, sizeof(*w)));

	for (size_t i = 0; i < PATTERNS; i++) {
		const char *p = pattern(r, order[i]);

		/* That they are right, config_check() has seen. */
		w->has[i] = *p &&
			    !regcomp(&w->re[i], p, REG_EXTENDED | REG_NOSUB);
	}
	return w;
}

void test_watch_free(struct test_watch *w)
{
	for (size_t i = 0; w && i < PATTERNS; i++) {
		if (w->has[i])
			regfree(&w->re[i]);
	}
	free(w);
}

/* For reports, which are UTF-8: what is not plain ASCII is a ?. */
static void make_ascii(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c >= 0x7f)
			s[i] = '?';
	}
}

static bool match(struct test_watch *w, enum cfg_verdict *v, char *text)
{
	w->line[w->line_n] = '\0';
	for (size_t i = 0; i < PATTERNS; i++) {
		if (!w->has[i] || regexec(&w->re[i], w->line, 0, NULL, 0))
			continue;
		*v = order[i];
		strncpy(text, w->line, TEST_TEXT - 1);
		text[TEST_TEXT - 1] = '\0';
		make_ascii(text, strlen(text));
		return true;
	}
	return false;
}

static void keep(struct test_watch *w, const char *in, size_t n)
{
	if (n > TEST_TAIL) {
		in += n - TEST_TAIL;
		n = TEST_TAIL;
	}
	if (w->tail_n + n > TEST_TAIL) {
		size_t drop = w->tail_n + n - TEST_TAIL;

		memmove(w->tail, w->tail + drop, w->tail_n - drop);
		w->tail_n -= drop;
	}
	memcpy(w->tail + w->tail_n, in, n);
	make_ascii(w->tail + w->tail_n, n);
	w->tail_n += n;
}

bool test_watch_feed(struct test_watch *w, const char *bytes, size_t n,
		     enum cfg_verdict *v, char *text)
{
	char plain[4096];
	bool found = false;

	if (!n)
		return w->line_n && match(w, v, text);
	while (n) {
		size_t some = n < sizeof(plain) ? n : sizeof(plain);
		size_t got = script_plain(&w->escape, bytes, some, plain);

		keep(w, plain, got);
		for (size_t i = 0; i < got; i++) {
			if (plain[i] != '\n') {
				/* A line that has no end: its end counts. */
				if (w->line_n == LINE) {
					memmove(w->line, w->line + LINE / 2,
						LINE / 2);
					w->line_n = LINE / 2;
				}
				w->line[w->line_n++] = plain[i];
				continue;
			}
			/* The first line that says something is it. */
			if (!found)
				found = match(w, v, text);
			w->line_n = 0;
		}
		bytes += some;
		n -= some;
	}
	return found;
}

const char *test_watch_tail(const struct test_watch *w, size_t *n)
{
	*n = w->tail_n;
	return w->tail;
}
