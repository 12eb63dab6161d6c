// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any text as a number, a time, a list of CPUs, escapes of
 * --send.  What is a number must be one that another reading agrees with.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool plain(const char *s)
{
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *out = malloc(size + 1), buf[16],
	     back[24];
	uint64_t v, again;
	int n, escape = 0;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!num_parse(text, &v)) {
		snprintf(back, sizeof(back), "0x%llx", (unsigned long long)v);
		if (num_parse(back, &again) || again != v)
			abort();
		if (plain(text) && strtoull(text, NULL, 10) != v)
			abort();
		if (strlen(num_bytes(v, buf)) >= sizeof(buf))
			abort();
	}
	if (!num_parse_time(text, &v) && plain(text) &&
	    v != strtoull(text, NULL, 10) * 1000000000)
		abort();
	num_parse_mask(text, &v);
	n = script_unescape(text, out);
	if (n > (int)strlen(text))
		abort();
	if (script_plain(&escape, text, size, out) > size)
		abort();
	free(text);
	free(out);
	return 0;
}
