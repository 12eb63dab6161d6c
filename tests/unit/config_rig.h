/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of configurations share: one that is parsed from a string, and
 * what was said about it.  Each test program has its own.
 */
#ifndef UNIT_CONFIG_RIG_H
#define UNIT_CONFIG_RIG_H

#include <stdio.h>
#include <string.h>

#include "config.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct config c;
static struct diags d;

static inline void setup(void)
{
	memset(&c, 0, sizeof(c));
	memset(&d, 0, sizeof(d));
}

static inline void teardown(void)
{
	config_free(&c);
	diag_free(&d);
}

static inline bool parse(const char *text)
{
	return config_parse(text, strlen(text), "/etc/axvm/t.toml", &c, &d);
}

/** What was said at @line with @part in it; NULL, and all of it on stderr. */
static inline const struct diag *said(enum diag_level level, int line,
				      const char *part)
{
	for (size_t i = 0; i < d.n; i++) {
		if (d.list[i].level == level && d.list[i].line == line &&
		    strstr(d.list[i].text, part))
			return &d.list[i];
	}
	for (size_t i = 0; i < d.n; i++)
		fprintf(stderr, "%d:%d: %s\n", d.list[i].level, d.list[i].line,
			d.list[i].text);
	return NULL;
}

#endif /* UNIT_CONFIG_RIG_H */
