// SPDX-License-Identifier: GPL-2.0
/*
 * Texts for consoles as people type them on a command line.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

#define ESC 033
#define BEL 007

enum { PLAIN, ESCAPED, SEQUENCE, TITLE };

/* What follows in the state @state when @c comes; PLAIN: it is over. */
static int next_state(int state, unsigned char c)
{
	switch (state) {
	case ESCAPED:
		if (c == '[')
			return SEQUENCE;
		return c == ']' ? TITLE : c >= ' ' && c < '0' ? ESCAPED : PLAIN;
	case SEQUENCE: /* parameters, then one letter or so */
		return c >= '@' && c <= '~' ? PLAIN : SEQUENCE;
	case TITLE:
		return c == BEL ? PLAIN : c == ESC ? ESCAPED : TITLE;
	}
	return PLAIN;
}

size_t script_plain(int *state, const char *in, size_t n, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (*state != PLAIN)
			*state = next_state(*state, (unsigned char)in[i]);
		else if (in[i] == ESC)
			*state = ESCAPED;
		else if (in[i] != '\r')
			out[len++] = in[i] ? in[i] : ' ';
	}
	return len;
}

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
