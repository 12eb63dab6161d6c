/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arm64 kernels as files: the Image header, and what it may be packed in.
 */
#ifndef VMCTL_ARM64_IMAGE_H
#define VMCTL_ARM64_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unpack.h"

/** What an Image's base is aligned to; text_offset counts from there. */
#define ARM64_IMAGE_ALIGN (2ull << 20)

/**
 * struct arm64_image - what an Image says about itself
 * @text_offset: bytes from a 2 MiB aligned address to the Image
 * @memory: bytes of memory it needs there, at least its own size
 * @bounded: @memory is all of it: an old kernel (image_size 0) uses more
 * @anywhere: memory below it is not lost to it
 * @big_endian: it is a big-endian kernel
 * @page_size: its granule in bytes, 0: not told
 */
struct arm64_image {
	uint64_t text_offset;
	uint64_t memory;
	bool bounded;
	bool anywhere;
	bool big_endian;
	unsigned int page_size;
};

/**
 * arm64_image_is() - does a file that begins like this hold a Linux Image,
 * packed or not?  A gzip or zstd file is taken for one.
 */
bool arm64_image_is(const uint8_t *head, size_t n);

/**
 * arm64_image_unpack() - replace a compressed or zboot file by its Image
 * @b: the file's bytes, then the Image's
 * @limit: most bytes that may come out
 * @file: name for messages
 */
bool arm64_image_unpack(struct bytes *b, uint64_t limit, const char *file,
			struct diags *d);

/**
 * arm64_image_parse() - read and check an Image's headers
 * @in: the whole Image
 *
 * Implements "Booting AArch64 Linux" and, to see what is missing at its end,
 * the PE section table.
 */
bool arm64_image_parse(const uint8_t *in, size_t n, const char *file,
		       struct arm64_image *image, struct diags *d);

#endif /* VMCTL_ARM64_IMAGE_H */
