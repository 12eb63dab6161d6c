// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers as people write them.  Pure: no output, no global state.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "num.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* Digits of @base with single underscores between them; @text moves on. */
static int parse_digits(const char **text, int base, uint64_t *value)
{
	const char *s = *text;
	uint64_t v = 0;
	bool overflow = false;
	int digits = 0;

	for (;; s++) {
		if (*s == '_' && digits && digit_of(s[1]) < base)
			continue;
		if (digit_of(*s) >= base)
			break;
		overflow |= __builtin_mul_overflow(v, (uint64_t)base, &v);
		overflow |= __builtin_add_overflow(v, (uint64_t)digit_of(*s),
						   &v);
		digits++;
	}
	if (!digits)
		return -EINVAL;
	*text = s;
	*value = v;
	return overflow ? -ERANGE : 0;
}

static int parse_suffix(const char *s, unsigned int *shift)
{
	static const char units[] = "KMGTP";
	const char *u;

	*shift = 0;
	if (!*s)
		return 0;
	u = strchr(units, toupper((unsigned char)*s));
	if (!u)
		return -EINVAL;
	*shift = 10 * (unsigned int)(u - units + 1);
	s++;
	return !*s || !strcmp(s, "iB") || !strcmp(s, "B") ? 0 : -EINVAL;
}

int num_parse(const char *text, uint64_t *value)
{
	unsigned int shift;
	uint64_t v;
	int base = 10, ret, bad;

	if (text[0] == '0' && text[1] && strchr("xXoObB", text[1])) {
		base = strchr("xX", text[1]) ? 16 : strchr("oO", text[1]) ? 8 : 2;
		text += 2;
	}
	ret = parse_digits(&text, base, &v);
	if (ret == -EINVAL)
		return ret;
	bad = parse_suffix(text, &shift);
	if (bad)
		return bad;
	if (ret)
		return ret;
	if (shift && v >> (64 - shift))
		return -ERANGE;
	*value = v << shift;
	return 0;
}

static int time_unit(const char *s, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 },	 { "s", 1000000000 },
		{ "ms", 1000000 },	 { "us", 1000 },
		{ "ns", 1 },		 { "m", 60 * 1000000000ull },
		{ "h", 3600 * 1000000000ull },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(s, units[i].name)) {
			*ns = units[i].ns;
			return 0;
		}
	}
	return -EINVAL;
}

int num_parse_time(const char *text, uint64_t *ns)
{
	uint64_t whole = 0, fraction = 0, scale = 1, unit, result;
	int ret;

	ret = parse_digits(&text, 10, &whole);
	if (ret)
		return ret;
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++) {
			if (scale >= 1000000000)
				continue;
			fraction = fraction * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
	}
	ret = time_unit(text, &unit);
	if (ret)
		return ret;
	if (__builtin_mul_overflow(whole, unit, &result))
		return -ERANGE;
	/* fraction < 1e9 and unit <= 3.6e12: divide first to stay in range */
	if (unit >= scale)
		fraction = fraction * (unit / scale);
	else
		fraction = fraction * unit / scale;
	if (__builtin_add_overflow(result, fraction, &result))
		return -ERANGE;
	*ns = result;
	return 0;
}

int num_parse_mask(const char *text, uint64_t *mask)
{
	uint64_t first, last, m = 0;
	int ret;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return num_parse(text, mask);
	for (;; text++) {
		ret = parse_digits(&text, 10, &first);
		if (ret)
			return ret;
		last = first;
		if (*text == '-') {
			text++;
			ret = parse_digits(&text, 10, &last);
			if (ret)
				return ret;
		}
		if (last < first)
			return -EINVAL;
		if (last > 63)
			return -ERANGE;
		for (uint64_t bit = first; bit <= last; bit++)
			m |= 1ull << bit;
		if (!*text)
			break;
		if (*text != ',')
			return -EINVAL;
	}
	*mask = m;
	return 0;
}

const char *num_bytes(uint64_t bytes, char *buf)
{
	static const char units[] = "BKMGTPE";
	unsigned int u = 0;
	uint64_t whole = bytes;

	while (whole >= 1024 && units[u + 1]) {
		whole >>= 10;
		u++;
	}
	if (!u)
		snprintf(buf, 16, "%uB", (unsigned int)(whole & 0xffff));
	else if (whole << (10 * u) == bytes)
		snprintf(buf, 16, "%u%c", (unsigned int)(whole & 0xffff), units[u]);
	else
		snprintf(buf, 16, "%.1f%c",
			 (double)bytes / (double)(1ull << (10 * u)), units[u]);
	return buf;
}
