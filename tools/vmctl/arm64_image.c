// SPDX-License-Identifier: GPL-2.0
/*
 * arm64 kernels as files: Image headers, EFI zboot images and compressed
 * ones.  PURE: bytes in, bytes out; where an Image goes is arm64_place.c's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_image.h"
#include "diag.h"
#include "le.h"

/* The Image header, "Booting AArch64 Linux". */
#define IMAGE_HEADER 64u
#define IMAGE_TEXT_OFFSET 8u
#define IMAGE_SIZE 16u
#define IMAGE_FLAGS 24u
#define IMAGE_MAGIC_AT 56u
#define IMAGE_MAGIC 0x644d5241u /* "ARM\x64" */
#define IMAGE_PE_AT 60u
#define IMAGE_OLD_OFFSET 0x80000u /* image_size 0: before Linux 3.17 */
#define FLAG_BIG_ENDIAN (1u << 0)
#define FLAG_PAGE_SHIFT 1
#define FLAG_ANYWHERE (1u << 3)

/* The DOS header of an EFI zboot image. */
#define ZBOOT_HEADER 56u
#define ZBOOT_MAGIC_AT 4u
#define ZBOOT_OFFSET 8u
#define ZBOOT_SIZE 12u
#define ZBOOT_TYPE 24u
#define ZBOOT_TYPE_LEN 32u

/* PE: COFF header after the signature, then optional header, then sections. */
#define PE_HEADER 24u
#define PE_SECTIONS 6u
#define PE_OPTIONAL_LEN 20u
#define PE_SECTION 40u
#define PE_RAW_LEN 16u
#define PE_RAW_AT 20u

/* zboot around zstd around an Image is as deep as it gets. */
#define NESTING 3

#define ERROR(...) diag_add(d, DIAG_ERROR, file, 0, __VA_ARGS__)

static bool is_image(const uint8_t *in, size_t n)
{
	return n >= IMAGE_HEADER &&
	       le32_get(in + IMAGE_MAGIC_AT) == IMAGE_MAGIC;
}

static bool is_zboot(const uint8_t *in, size_t n)
{
	return n >= ZBOOT_HEADER && !memcmp(in, "MZ", 2) &&
	       !memcmp(in + ZBOOT_MAGIC_AT, "zimg", 4);
}

bool arm64_image_is(const uint8_t *head, size_t n)
{
	return is_image(head, n) || is_zboot(head, n) ||
	       unpack_probe(head, n) != UNPACK_NONE;
}

/* The stream inside of a zboot image. */
static bool open_zboot(const struct bytes *b, const char *file,
		       enum unpack_format *format, const uint8_t **in,
		       size_t *n, struct diags *d)
{
	uint32_t at = le32_get(b->v + ZBOOT_OFFSET);
	uint32_t len = le32_get(b->v + ZBOOT_SIZE);
	char type[ZBOOT_TYPE_LEN + 1] = "";

	memcpy(type, b->v + ZBOOT_TYPE, ZBOOT_TYPE_LEN);
	if (!strcmp(type, "gzip")) {
		*format = UNPACK_GZIP;
	} else if (!strncmp(type, "zstd", 4)) {
		*format = UNPACK_ZSTD;
	} else {
		for (char *p = type; *p; p++)
			*p = *p < ' ' || *p > '~' ? '?' : *p;
		ERROR("zboot header: the compression is \"%s\"; gzip and zstd are served",
		      type);
		return false;
	}
	if (at < ZBOOT_HEADER || at > b->n || len > b->n - at) {
		ERROR("it is truncated, or its zboot header is wrong: payload offset 0x%" PRIx32
		      " + size 0x%" PRIx32
		      " must lie within the file (0x%zx bytes)",
		      at, len, b->n);
		return false;
	}
	*in = b->v + at;
	*n = len;
	return true;
}

bool arm64_image_unpack(struct bytes *b, uint64_t limit, const char *file,
			struct diags *d)
{
	for (int depth = 0; depth <= NESTING; depth++) {
		enum unpack_format format = unpack_probe(b->v, b->n);
		const uint8_t *in = b->v;
		struct bytes out;
		size_t n = b->n;

		if (is_zboot(b->v, b->n)) {
			if (!open_zboot(b, file, &format, &in, &n, d))
				return false;
		} else if (format == UNPACK_NONE) {
			return true;
		}
		if (depth == NESTING)
			break;
		if (!unpack(format, in, n, limit, file, &out, d))
			return false;
		bytes_free(b);
		*b = out;
	}
	ERROR("it is packed more than %d times over", NESTING);
	return false;
}

/* The file has what the sections of its PE header claim. */
static bool check_sections(const uint8_t *in, size_t n, const char *file,
			   struct diags *d)
{
	uint64_t pe = le32_get(in + IMAGE_PE_AT), table;
	unsigned int sections;

	if (!pe || memcmp(in, "MZ", 2))
		return true; /* no EFI stub */
	if (pe > n || n - pe < PE_HEADER || memcmp(in + pe, "PE\0", 4)) {
		ERROR("it is truncated, or not an Image: there is no PE header at 0x%" PRIx64
		      ", where its header's last field says",
		      pe);
		return false;
	}
	sections = le16_get(in + pe + PE_SECTIONS);
	table = pe + PE_HEADER + le16_get(in + pe + PE_OPTIONAL_LEN);
	if (table > n || (n - table) / PE_SECTION < sections) {
		ERROR("it is truncated: the table of %u PE sections at 0x%" PRIx64
		      " ends beyond the file (0x%zx bytes)",
		      sections, table, n);
		return false;
	}
	for (unsigned int i = 0; i < sections; i++) {
		const uint8_t *s = in + table + i * PE_SECTION;
		uint64_t end = (uint64_t)le32_get(s + PE_RAW_AT) +
			       le32_get(s + PE_RAW_LEN);

		if (end > n) {
			ERROR("it is truncated: PE section %u ends at 0x%" PRIx64
			      ", the file has 0x%zx bytes",
			      i, end, n);
			return false;
		}
	}
	return true;
}

bool arm64_image_parse(const uint8_t *in, size_t n, const char *file,
		       struct arm64_image *image, struct diags *d)
{
	static const unsigned int pages[] = { 0, 4096, 16384, 65536 };
	uint64_t size, flags;

	if (n < IMAGE_HEADER) {
		ERROR("it is too short for an arm64 Image: the header has %u bytes, the file %zu",
		      IMAGE_HEADER, n);
		return false;
	}
	if (!is_image(in, n)) {
		ERROR("it is not an arm64 Image: magic at byte 56 is 0x%08" PRIx32
		      ", not 0x%08x (\"ARM\\x64\")",
		      le32_get(in + IMAGE_MAGIC_AT), IMAGE_MAGIC);
		return false;
	}
	size = le64_get(in + IMAGE_SIZE);
	flags = le64_get(in + IMAGE_FLAGS);
	*image = (struct arm64_image){
		.text_offset = le64_get(in + IMAGE_TEXT_OFFSET),
		.memory = size > n ? size : n,
		.bounded = size,
		.anywhere = flags & FLAG_ANYWHERE,
		.big_endian = flags & FLAG_BIG_ENDIAN,
		.page_size = pages[flags >> FLAG_PAGE_SHIFT & 3],
	};
	if (!size) {
		/* Of either endianness: before 3.17 the flags mean nothing. */
		image->text_offset = IMAGE_OLD_OFFSET;
		image->anywhere = image->big_endian = false;
		image->page_size = 0;
	}
	if (image->text_offset >= ARM64_IMAGE_ALIGN) {
		ERROR("Image header: text_offset is 0x%" PRIx64
		      ", not below 2 MiB",
		      image->text_offset);
		return false;
	}
	if (image->memory > 1ull << 48) {
		ERROR("Image header: image_size is 0x%" PRIx64
		      ", more than any arm64 address space",
		      size);
		return false;
	}
	return check_sections(in, n, file, d);
}
