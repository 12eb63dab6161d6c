// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory for a debugging session: the packets m, M, x, X, qSearch:memory
 * and qCRC.
 */
#include <errno.h>
#include <string.h>

#include "gdb.h"

#define READ_MOST (RSP_MAX / 2 - 1)
/* A search or checksum looks at no more: the client waits. */
#define SCAN_MOST (1ull << 30)
#define SCAN_STEP 4096u
#define PATTERN_MOST 1024u

static uint8_t buf[READ_MOST > SCAN_STEP + PATTERN_MOST ?
			   READ_MOST :
			   SCAN_STEP + PATTERN_MOST];

static bool get_range(const char **p, char between, char behind, uint64_t *addr,
		      uint64_t *len)
{
	if (!rsp_get_number(p, addr) || *(*p)++ != between ||
	    !rsp_get_number(p, len))
		return false;
	return !behind || *(*p)++ == behind;
}

static int read_packet(struct gdb *g, const char *p, bool binary)
{
	uint64_t addr, len;
	long n;

	if (!get_range(&p, ',', '\0', &addr, &len) || *p)
		return -EINVAL;
	if (len > READ_MOST)
		len = READ_MOST; /* it asks again for the rest */
	n = len ? gdb_mem_read(g, addr, buf, (size_t)len) : 0;
	if (n < 0)
		return (int)n;
	if (binary) {
		rsp_text(&g->out, "b");
		rsp_bytes(&g->out, buf, (size_t)n);
	} else {
		rsp_hex(&g->out, buf, (size_t)n);
	}
	return 0;
}

static int write_packet(struct gdb *g, const char *p, size_t left, bool binary)
{
	const char *begin = p;
	uint64_t addr, len;
	long n;

	if (!get_range(&p, ',', ':', &addr, &len) || len > READ_MOST)
		return -EINVAL;
	left -= (size_t)(p - begin);
	if (binary ? left != len : left != 2 * len)
		return -EINVAL;
	if (binary)
		memcpy(buf, p, (size_t)len);
	else if (!rsp_get_hex(&p, buf, (size_t)len))
		return -EINVAL;
	n = len ? gdb_mem_write(g, addr, buf, (size_t)len) : 0;
	if (n < 0)
		return (int)n;
	if ((uint64_t)n != len)
		return -EFAULT;
	gdb_ok(g);
	return 0;
}

/* "ADDRESS;LENGTH;PATTERN", the pattern binary. */
static int search(struct gdb *g, const char *p, size_t left)
{
	const char *begin = p;
	uint64_t addr, len, at;
	size_t size;

	if (!get_range(&p, ';', ';', &addr, &len))
		return -EINVAL;
	size = left - (size_t)(p - begin);
	if (!size || size > PATTERN_MOST || len > SCAN_MOST)
		return -EINVAL;
	for (at = 0; at + size <= len; at += SCAN_STEP) {
		uint64_t want = len - at;
		uint8_t *hit;
		long n;

		if (want > SCAN_STEP + size - 1)
			want = SCAN_STEP + size - 1;
		n = gdb_mem_read(g, addr + at, buf, (size_t)want);
		if (n < 0)
			return (int)n;
		hit = memmem(buf, (size_t)n, p, size);
		if (hit) {
			rsp_text(&g->out, "1,");
			rsp_number(&g->out, addr + at + (uint64_t)(hit - buf));
			return 0;
		}
		if ((uint64_t)n < want)
			return -EFAULT; /* the rest is not there */
	}
	rsp_text(&g->out, "0");
	return 0;
}

/* The CRC-32 that gdb's compare-sections uses: not reflected, no final xor. */
static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	while (len--) {
		crc ^= (uint32_t)*data++ << 24;
		for (int i = 0; i < 8; i++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return crc;
}

static int checksum(struct gdb *g, const char *p)
{
	uint32_t crc = 0xffffffff;
	uint64_t addr, len;

	if (!get_range(&p, ',', '\0', &addr, &len) || len > SCAN_MOST)
		return -EINVAL;
	while (len) {
		size_t n = len < SCAN_STEP ? (size_t)len : SCAN_STEP;
		long got = gdb_mem_read(g, addr, buf, n);

		if (got < 0 || (size_t)got < n)
			return -EFAULT;
		crc = crc32(crc, buf, n);
		addr += n;
		len -= n;
	}
	rsp_text(&g->out, "C");
	rsp_number(&g->out, crc);
	return 0;
}

void gdb_mem_packet(struct gdb *g, const char *p, size_t len)
{
	const char *at = p + 1;
	int ret = -EINVAL;

	switch (*p) {
	case 'm':
	case 'x':
		ret = read_packet(g, at, *p == 'x');
		break;
	case 'M':
	case 'X':
		ret = write_packet(g, at, len - 1, *p == 'X');
		break;
	case 'q':
		if (rsp_skip(&at, "Search:memory:"))
			ret = search(g, at, len - (size_t)(at - p));
		else if (rsp_skip(&at, "CRC:"))
			ret = checksum(g, at);
		break;
	}
	if (ret)
		rsp_error(&g->out, ret);
}
