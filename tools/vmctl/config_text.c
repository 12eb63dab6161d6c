// SPDX-License-Identifier: GPL-2.0
/*
 * Values of a configuration as people write them; num.c and config_reader.c
 * read the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config_text.h"
#include "uapi/axvm.h"

const char *cfg_mask_text(uint64_t mask, char buf[CFG_TEXT_MAX])
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int from = 0; from < 64; from++) {
		unsigned int to = from;

		if (!(mask >> from & 1))
			continue;
		while (to < 63 && mask >> (to + 1) & 1)
			to++;
		len += (size_t)snprintf(buf + len, CFG_TEXT_MAX - len, "%s%u",
					len ? "," : "", from);
		if (to > from)
			len += (size_t)snprintf(buf + len, CFG_TEXT_MAX - len,
						"-%u", to);
		from = to;
	}
	if (!mask)
		strcpy(buf, "0x0"); /* no CPU: the reader complains about it */
	return buf;
}

const char *cfg_access_text(uint64_t flags, char buf[CFG_TEXT_MAX])
{
	static const char letters[] = "rwxu";
	uint64_t rest = flags & ~0xfull;
	char *p = buf;

	for (unsigned int i = 0; i < 4; i++) {
		if (flags >> i & 1)
			*p++ = letters[i];
	}
	*p = '\0';
	if (p > buf && rest == AXVM_MEM_DEVICE)
		strcpy(p, "+device");
	else if (p > buf && rest == AXVM_MEM_UNCACHED)
		strcpy(p, "+uncached");
	else if (p == buf || rest)
		snprintf(buf, CFG_TEXT_MAX, "0x%" PRIx64, flags);
	return buf;
}

const char *cfg_size_text(uint64_t bytes, char buf[CFG_TEXT_MAX])
{
	static const char units[] = "\0KMGT";
	unsigned int u = 0;

	while (bytes && !(bytes & 1023) && units[u + 1]) {
		bytes >>= 10;
		u++;
	}
	snprintf(buf, CFG_TEXT_MAX, "%" PRIu64 "%c", bytes, units[u]);
	return buf;
}

const char *cfg_hex_text(uint64_t v, char buf[CFG_TEXT_MAX])
{
	char digits[20], *p = buf;
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIx64, v);

	*p++ = '0';
	*p++ = 'x';
	for (size_t i = 0; i < n; i++) {
		if (i && (n - i) % 4 == 0)
			*p++ = '_';
		*p++ = digits[i];
	}
	*p = '\0';
	return buf;
}
