// SPDX-License-Identifier: GPL-2.0
/*
 * gzip and zstd streams into memory that grows as they unfold; a bomb ends at
 * the limit.  Knows nothing about what is inside.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "diag.h"
#include "unpack.h"
#include "vmctl.h"

#define GROW (1u << 20)
/* Windows of what kernels are packed with (zstd -22 --ultra: 2^27). */
#define ZSTD_WINDOW_LOG 27

/* How a stream goes on; the rest are errors. */
enum step { STEP_MORE, STEP_END, STEP_SHORT, STEP_BAD };

/**
 * struct stream - one decompression
 * @in, @left: input not taken yet
 * @out, @room: where output goes next
 * @why: what is wrong, STEP_BAD
 */
struct stream {
	const uint8_t *in;
	size_t left;
	uint8_t *out;
	size_t room;
	const char *why;
	z_stream z;
	ZSTD_DCtx *zstd;
};

struct unpacker {
	const char *name;
	bool (*begin)(struct stream *s);
	enum step (*step)(struct stream *s);
	void (*end)(struct stream *s);
};

static bool gzip_begin(struct stream *s)
{
	return inflateInit2(&s->z, 16 + MAX_WBITS) == Z_OK;
}

static enum step gzip_step(struct stream *s)
{
	int ret;

	s->z.next_in = (uint8_t *)s->in;
	s->z.avail_in = s->left < UINT_MAX ? (uInt)s->left : UINT_MAX;
	s->z.next_out = s->out;
	s->z.avail_out = (uInt)s->room;
	ret = inflate(&s->z, Z_NO_FLUSH);
	s->left -= (size_t)(s->z.next_in - s->in);
	s->in = s->z.next_in;
	s->out = s->z.next_out;
	s->room = s->z.avail_out;
	if (ret == Z_STREAM_END)
		return STEP_END;
	if (ret == Z_OK || (ret == Z_BUF_ERROR && !s->room))
		return STEP_MORE;
	if (ret == Z_BUF_ERROR)
		return STEP_SHORT;
	s->why = s->z.msg ? s->z.msg : "not a gzip stream";
	return STEP_BAD;
}

static void gzip_end(struct stream *s)
{
	inflateEnd(&s->z);
}

static bool zstd_begin(struct stream *s)
{
	s->zstd = ZSTD_createDCtx();
	return s->zstd &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(
		       s->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

static enum step zstd_step(struct stream *s)
{
	ZSTD_inBuffer in = { s->in, s->left, 0 };
	ZSTD_outBuffer out = { s->out, s->room, 0 };
	size_t ret = ZSTD_decompressStream(s->zstd, &out, &in);

	s->in += in.pos;
	s->left -= in.pos;
	s->out += out.pos;
	s->room -= out.pos;
	if (ZSTD_isError(ret)) {
		s->why = ZSTD_getErrorName(ret);
		return STEP_BAD;
	}
	if (!ret)
		return STEP_END;
	/* Nothing in, nothing out, and still room: it wants what is not there. */
	return !in.pos && !out.pos && s->room ? STEP_SHORT : STEP_MORE;
}

static void zstd_end(struct stream *s)
{
	ZSTD_freeDCtx(s->zstd);
}

static const struct unpacker unpackers[] = {
	[UNPACK_GZIP] = { "gzip", gzip_begin, gzip_step, gzip_end },
	[UNPACK_ZSTD] = { "zstd", zstd_begin, zstd_step, zstd_end },
};

enum unpack_format unpack_probe(const uint8_t *in, size_t n)
{
	static const uint8_t gzip[] = { 0x1f, 0x8b };
	static const uint8_t zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };

	if (n >= sizeof(gzip) && !memcmp(in, gzip, sizeof(gzip)))
		return UNPACK_GZIP;
	if (n >= sizeof(zstd) && !memcmp(in, zstd, sizeof(zstd)))
		return UNPACK_ZSTD;
	return UNPACK_NONE;
}

/* Room for more output; false at the limit. */
static bool grow(struct stream *s, struct bytes *out, size_t *size,
		 uint64_t limit)
{
	size_t more = *size < GROW ? GROW : *size;

	out->n = *size - s->room;
	if (out->n > limit)
		return false;
	if (s->room)
		return true;
	/* One byte more than the limit tells "full" from "too much". */
	if (more > limit + 1 - *size)
		more = (size_t)(limit + 1 - *size);
	if (more > UINT_MAX)
		more = UINT_MAX;
	*size += more;
	out->v = must(realloc(out->v, *size));
	s->out = out->v + out->n;
	s->room = *size - out->n;
	return true;
}

bool unpack(enum unpack_format format, const uint8_t *in, size_t n,
	    uint64_t limit, const char *file, struct bytes *out,
	    struct diags *d)
{
	const struct unpacker *u = &unpackers[format];
	struct stream s = { .in = in, .left = n };
	enum step step = STEP_MORE;
	size_t size = 0;

	*out = (struct bytes){ 0 };
	if (limit > SIZE_MAX / 2)
		limit = SIZE_MAX / 2;
	must(u->begin(&s) ? &s : NULL);
	while (step == STEP_MORE) {
		if (!grow(&s, out, &size, limit))
			break;
		step = u->step(&s);
	}
	out->n = size - s.room;
	if (step == STEP_END && out->n > limit)
		step = STEP_MORE;
	if (step == STEP_MORE)
		diag_add(d, DIAG_ERROR, file, 0,
			 "what is packed in it (%s) is larger than %" PRIu64
			 " bytes, the memory of the VM",
			 u->name, limit);
	else if (step == STEP_SHORT)
		diag_add(
			d, DIAG_ERROR, file, 0,
			"it is truncated: the %s stream has no end after %zu bytes of content",
			u->name, out->n);
	else if (step == STEP_BAD)
		diag_add(
			d, DIAG_ERROR, file, 0,
			"its %s stream is damaged after %zu bytes of content: %s",
			u->name, out->n, s.why);
	u->end(&s);
	if (step != STEP_END)
		bytes_free(out);
	return step == STEP_END;
}

int bytes_read(int fd, uint64_t limit, struct bytes *out)
{
	size_t size = 0;
	ssize_t got;

	*out = (struct bytes){ 0 };
	for (;;) {
		if (out->n == size) {
			size += size < GROW ? GROW : size;
			out->v = must(realloc(out->v, size));
		}
		got = pread(fd, out->v + out->n, size - out->n, (off_t)out->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		out->n += (size_t)got;
		if (out->n > limit) {
			bytes_free(out);
			return -EFBIG;
		}
	}
	if (!got)
		return 0;
	got = -errno;
	bytes_free(out);
	return (int)got;
}

void bytes_free(struct bytes *b)
{
	free(b->v);
	*b = (struct bytes){ 0 };
}
