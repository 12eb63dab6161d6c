/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compressed files in memory: told by their first bytes, unpacked up to a
 * limit.
 */
#ifndef VMCTL_UNPACK_H
#define VMCTL_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diags;

/** struct bytes - @n bytes that malloc() gave; zeroed is empty */
struct bytes {
	uint8_t *v;
	size_t n;
};

enum unpack_format { UNPACK_NONE, UNPACK_GZIP, UNPACK_ZSTD };

/** unpack_probe() - what the first bytes say */
enum unpack_format unpack_probe(const uint8_t *in, size_t n);

/**
 * unpack() - decompress one gzip member or zstd frame
 * @format: which
 * @in: compressed bytes; what follows the end of the stream is ignored
 * @n: how many
 * @limit: most bytes that may come out
 * @file: name for messages
 * @out: filled; free(@out->v)
 * @d: why not
 * Return: true when @out holds everything.
 */
bool unpack(enum unpack_format format, const uint8_t *in, size_t n,
	    uint64_t limit, const char *file, struct bytes *out,
	    struct diags *d);

/**
 * bytes_read() - a whole file
 * @limit: most bytes that it may have
 * Return: 0 or -errno; EFBIG above @limit.
 */
int bytes_read(int fd, uint64_t limit, struct bytes *out);
void bytes_free(struct bytes *b);

#endif /* VMCTL_UNPACK_H */
