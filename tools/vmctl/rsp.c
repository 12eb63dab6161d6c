// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of GDB's remote protocol: frames, checksums, escapes, run lengths,
 * hex digits.  What packets say is gdb.c's.
 */
#include <string.h>

#include "rsp.h"

#define ESCAPE '}'
#define ESCAPE_XOR 0x20
#define RUN '*'

/* A run's length is a printable character; these two frame packets. */
#define RUN_BASE 29
#define RUN_LEAST 3u
#define RUN_MOST (126u - RUN_BASE)

int rsp_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* ---- in ------------------------------------------------------------------- */

static void begin(struct rsp_in *in)
{
	in->state = RSP_BODY;
	in->sum = 0;
	in->len = 0;
	in->bad = false;
}

static void keep(struct rsp_in *in, uint8_t byte)
{
	if (in->len < RSP_MAX)
		in->buf[in->len++] = (char)byte;
	else
		in->bad = true;
}

static enum rsp_event idle(struct rsp_in *in, uint8_t byte)
{
	switch (byte) {
	case '$':
		begin(in);
		return RSP_NONE;
	case '+':
		return RSP_ACK;
	case '-':
		return RSP_NAK;
	case 0x03:
		return RSP_INTERRUPT;
	}
	return RSP_NONE; /* noise of a line */
}

static enum rsp_event finish(struct rsp_in *in, uint8_t byte)
{
	int low = rsp_digit((char)byte);

	in->state = RSP_IDLE;
	if (low < 0 || in->bad || in->sum != (in->want << 4 | low))
		return RSP_BAD;
	in->buf[in->len] = '\0';
	return RSP_PACKET;
}

enum rsp_event rsp_feed(struct rsp_in *in, uint8_t byte)
{
	int digit;

	switch (in->state) {
	case RSP_IDLE:
		return idle(in, byte);
	case RSP_BODY:
		if (byte == '#') {
			in->state = RSP_SUM1;
			return RSP_NONE;
		}
		if (byte == '$') { /* never within one: the end got lost */
			begin(in);
			return RSP_NONE;
		}
		in->sum += byte;
		if (byte == ESCAPE)
			in->state = RSP_ESCAPED;
		else
			keep(in, byte);
		return RSP_NONE;
	case RSP_ESCAPED:
		in->sum += byte;
		in->state = RSP_BODY;
		keep(in, byte ^ ESCAPE_XOR);
		return RSP_NONE;
	case RSP_SUM1:
		digit = rsp_digit((char)byte);
		in->bad |= digit < 0;
		in->want = digit < 0 ? 0 : (uint8_t)digit;
		in->state = RSP_SUM2;
		return RSP_NONE;
	case RSP_SUM2:
		return finish(in, byte);
	}
	return RSP_NONE;
}

/* ---- out ------------------------------------------------------------------ */

static bool special(char c)
{
	return c == '$' || c == '#' || c == ESCAPE || c == RUN;
}

/* How often @data[0] comes again behind it, as far as one run can say. */
static size_t repeats(const char *data, size_t len)
{
	size_t n = 1;

	while (n < len && n <= RUN_MOST && data[n] == data[0])
		n++;
	n--;
	if (n == '#' - RUN_BASE || n == '$' - RUN_BASE)
		n = '#' - RUN_BASE - 1;
	return n;
}

size_t rsp_encode(const char *data, size_t len, char *wire)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum = 0;
	size_t n = 0;

	wire[n++] = '$';
	for (size_t i = 0; i < len; i++) {
		size_t again;

		if (special(data[i])) {
			wire[n++] = ESCAPE;
			wire[n++] = data[i] ^ ESCAPE_XOR;
			continue;
		}
		again = repeats(data + i, len - i);
		wire[n++] = data[i];
		if (again < RUN_LEAST)
			continue;
		wire[n++] = RUN;
		wire[n++] = (char)(again + RUN_BASE);
		i += again;
	}
	for (size_t i = 1; i < n; i++)
		sum += (uint8_t)wire[i];
	wire[n++] = '#';
	wire[n++] = digits[sum >> 4];
	wire[n++] = digits[sum & 15];
	return n;
}

void rsp_bytes(struct rsp_out *out, const void *data, size_t len)
{
	if (len > sizeof(out->buf) - out->len) {
		out->full = true;
		return;
	}
	if (len)
		memcpy(out->buf + out->len, data, len);
	out->len += len;
}

void rsp_text(struct rsp_out *out, const char *text)
{
	rsp_bytes(out, text, strlen(text));
}

void rsp_hex(struct rsp_out *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	if (len > (sizeof(out->buf) - out->len) / 2) {
		out->full = true;
		return;
	}
	for (size_t i = 0; i < len; i++) {
		out->buf[out->len++] = digits[p[i] >> 4];
		out->buf[out->len++] = digits[p[i] & 15];
	}
}

void rsp_number(struct rsp_out *out, uint64_t value)
{
	char text[16];
	size_t at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	rsp_bytes(out, text + at, sizeof(text) - at);
}

void rsp_error(struct rsp_out *out, int error)
{
	uint8_t byte = (uint8_t)(error < 0 ? -error : error);

	out->len = 0;
	rsp_text(out, "E");
	rsp_hex(out, &byte, 1);
}

/* ---- numbers -------------------------------------------------------------- */

bool rsp_get_number(const char **p, uint64_t *value)
{
	const char *at = *p;
	uint64_t v = 0;
	int digit;

	for (; (digit = rsp_digit(*at)) >= 0; at++) {
		if (v >> 60)
			return false;
		v = v << 4 | (uint64_t)digit;
	}
	if (at == *p)
		return false;
	*p = at;
	*value = v;
	return true;
}

bool rsp_get_hex(const char **p, void *data, size_t len)
{
	const char *at = *p;
	uint8_t *to = data;

	for (size_t i = 0; i < len; i++, at += 2) {
		int high = rsp_digit(at[0]);
		int low = high < 0 ? -1 : rsp_digit(at[1]);

		if (low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	*p = at;
	return true;
}

bool rsp_skip(const char **p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*p, word, n))
		return false;
	*p += n;
	return true;
}
