/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong or odd in a configuration: collected first, said later, so
 * that checks can be tested and all mistakes are told in one go.
 */
#ifndef VMCTL_DIAG_H
#define VMCTL_DIAG_H

#include <stdbool.h>
#include <stddef.h>

/* Line of what an option of the command line says, not a file. */
#define DIAG_COMMAND_LINE (-1)

enum diag_level { DIAG_WARNING, DIAG_ERROR };

struct diag {
	enum diag_level level;
	char *file;
	int line; /* 0: not known */
	char *text;
};

/** struct diags - a list; zeroed is empty.  @errors of the @n are errors */
struct diags {
	struct diag *list;
	size_t n;
	size_t errors;
};

void diag_add(struct diags *d, enum diag_level level, const char *file,
	      int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/** "file:line", as far as known, in a static buffer */
const char *diag_where(const char *file, int line);
/** Say them all on stderr as "file:line: text". */
void diag_print(const struct diags *d);
void diag_free(struct diags *d);

#endif /* VMCTL_DIAG_H */
