// SPDX-License-Identifier: GPL-2.0
/*
 * Texts for consoles as people type them on a command line.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

static int hex_byte(const char *p)
{
	char digits[3] = { p[0], p[0] ? p[1] : '\0', '\0' };

	if (!isxdigit((unsigned char)digits[0]) ||
	    !isxdigit((unsigned char)digits[1]))
		return -EINVAL;
	return (int)strtol(digits, NULL, 16);
}

int script_unescape(const char *text, char *out)
{
	static const char from[] = "nrtbe0\\\"'";
	static const char to[] = "\n\r\t\b\033\0\\\"'";
	char *p = out;

	for (; *text; text++) {
		const char *known;
		int byte;

		if (*text != '\\') {
			*p++ = *text;
			continue;
		}
		text++;
		known = *text ? strchr(from, *text) : NULL;
		if (known) {
			*p++ = to[known - from];
		} else if (*text == 'x') {
			byte = hex_byte(text + 1);
			if (byte < 0)
				return byte;
			*p++ = (char)byte;
			text += 2;
		} else {
			return -EINVAL;
		}
	}
	return (int)(p - out);
}
