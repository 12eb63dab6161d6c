// SPDX-License-Identifier: GPL-2.0
/*
 * The list of what is wrong or odd in a configuration.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "vmctl.h"

/* A hostile file may be wrong a million times; nobody reads more than this. */
#define DIAG_MOST 50

void diag_add(struct diags *d, enum diag_level level, const char *file,
	      int line, const char *fmt, ...)
{
	struct diag *one;
	va_list ap;

	d->errors += level == DIAG_ERROR;
	if (d->n >= DIAG_MOST)
		return;
	d->list = must(realloc(d->list, (d->n + 1) * sizeof(*d->list)));
	one = &d->list[d->n++];
	*one = (struct diag){ .level = level,
			      .line = line,
			      .file = must(strdup(file)) };
	va_start(ap, fmt);
	if (vasprintf(&one->text, fmt, ap) < 0)
		one->text = NULL;
	va_end(ap);
	must(one->text);
}

const char *diag_where(const char *file, int line)
{
	static char buf[4400];

	if (line == DIAG_COMMAND_LINE)
		return "command line";
	if (line)
		snprintf(buf, sizeof(buf), "%s:%d", file, line);
	else
		snprintf(buf, sizeof(buf), "%s", file);
	return buf;
}

void diag_print(const struct diags *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];
		const char *where = diag_where(one->file, one->line);

		if (one->level == DIAG_ERROR)
			err(0, "%s: %s", where, one->text);
		else
			warn("%s: %s", where, one->text);
	}
	if (d->n == DIAG_MOST)
		err(0, "there may be more; these were the first %d", DIAG_MOST);
}

void diag_free(struct diags *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->list[i].file);
		free(d->list[i].text);
	}
	free(d->list);
	*d = (struct diags){ 0 };
}
