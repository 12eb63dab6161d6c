// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the configuration that a test guest carries in its own file.
 */
#include <string.h>

#include "test.h"

#define MAGIC "AXVM-TEST\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define TEXT_MOST 8192u

const char *test_header(const uint8_t *in, size_t n, size_t *len)
{
	const uint8_t *at = in, *end;

	if (n > TEST_HEADER_WITHIN)
		n = TEST_HEADER_WITHIN;
	while ((at = memmem(at, n - (size_t)(at - in), MAGIC, MAGIC_LEN))) {
		size_t most;

		at += MAGIC_LEN;
		most = n - (size_t)(at - in);
		if (most > TEXT_MOST)
			most = TEXT_MOST;
		/* A text file that only speaks of it has no NUL. */
		end = memchr(at, '\0', most);
		if (end) {
			*len = (size_t)(end - at);
			return (const char *)at;
		}
	}
	return NULL;
}
