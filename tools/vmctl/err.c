// SPDX-License-Identifier: GPL-2.0
/*
 * How vmctl complains: one line on stderr, "vmctl: " first, with the exit
 * code that goes with an errno.  Knows nothing about commands.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>

#include "vmctl.h"

bool opt_quiet;

/*
 * What files and users are called must not steer a terminal, or make lines.
 * All in one piece: several vmctls may speak at once.
 */
static void say(const char *kind, const char *fmt, va_list ap)
{
	char *text, *line, *to;

	fflush(stdout);
	if (vasprintf(&text, fmt, ap) < 0)
		return;
	line = malloc(4 * strlen(text) + strlen(kind) + 16);
	if (line) {
		to = line + sprintf(line, "vmctl: %s", kind);
		for (const char *p = text; *p; p++) {
			unsigned char c = (unsigned char)*p;

			if (c < ' ' || c == 0x7f)
				to += sprintf(to, "\\x%02x", c);
			else
				*to++ = (char)c;
		}
		strcpy(to, "\n");
		fputs(line, stderr);
	}
	free(line);
	free(text);
}

int err(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	return code;
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void note(const char *fmt, ...)
{
	va_list ap;

	if (opt_quiet)
		return;
	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

int err_code(int error)
{
	switch (error) {
	case ENOENT:
		return VMCTL_NO_VM;
	case EACCES:
	case EPERM:
		return VMCTL_DENIED;
	case EEXIST:
		return VMCTL_EXISTS;
	case EBADFD:
		return VMCTL_STATE;
	case ENODEV:
		return VMCTL_DESTROYED;
	case ETIMEDOUT:
		return VMCTL_TIMEOUT;
	case ENOMEM:
	case ENOSPC:
		return VMCTL_LIMIT;
	}
	return VMCTL_FAILED;
}

const char *err_text(int error)
{
	static char buf[128];

	snprintf(buf, sizeof(buf), "%s", strerror(error));
	if (isupper((unsigned char)buf[0]) && islower((unsigned char)buf[1]))
		buf[0] = tolower((unsigned char)buf[0]);
	return buf;
}

void *must(void *allocated)
{
	if (!allocated) {
		fputs("vmctl: out of memory\n", stderr);
		exit(VMCTL_LIMIT);
	}
	return allocated;
}
