// SPDX-License-Identifier: GPL-2.0
/*
 * Linux kernels for x86 as files, and boot_params.  PURE: bytes in, bytes out;
 * where things go is x86_place.c's.  "The Linux/x86 Boot Protocol".
 */
#include <inttypes.h>
#include <string.h>

#include "bzimage.h"
#include "diag.h"
#include "le.h"

/* Offsets in the file, and in boot_params alike. */
#define H_SETUP_SECTS 0x1f1u
#define H_SYSSIZE 0x1f4u
#define H_BOOT_FLAG 0x1feu
#define H_JUMP_LEN 0x201u
#define H_MAGIC 0x202u
#define H_VERSION 0x206u
#define H_LOADER 0x210u
#define H_LOADFLAGS 0x211u
#define H_CODE32_START 0x214u
#define H_RAMDISK 0x218u
#define H_RAMDISK_SIZE 0x21cu
#define H_HEAP_END 0x224u
#define H_CMDLINE 0x228u
#define H_INITRD_MAX 0x22cu
#define H_ALIGNMENT 0x230u
#define H_RELOCATABLE 0x234u
#define H_XLOADFLAGS 0x236u
#define H_CMDLINE_SIZE 0x238u
#define H_PREF_ADDRESS 0x258u
#define H_INIT_SIZE 0x260u

/* boot_params alone. */
#define P_RSDP 0x70u
#define P_EXT_RAMDISK 0xc0u
#define P_EXT_RAMDISK_SIZE 0xc4u
#define P_EXT_CMDLINE 0xc8u
#define P_E820_ENTRIES 0x1e8u
#define P_E820 0x2d0u
#define E820_BYTES 20u

#define BOOT_FLAG 0xaa55u
#define SECTOR 512u
#define OLD_SETUP_SECTS 4u
#define HEADER_MIN 0x230u /* of version 2.04 */
#define VERSION_MIN 0x204u /* older ones need a boot sector's help */
#define HIGH_LOAD 0x100000u
#define LOADER_OTHER 0xffu
#define LOADFLAG_CAN_USE_HEAP (1u << 7)
#define OLD_INITRD_MAX 0x37ffffffu
#define OLD_CMDLINE 255u

#define ERROR(...) diag_add(d, DIAG_ERROR, file, 0, __VA_ARGS__)

bool bzimage_is(const uint8_t *head, size_t n)
{
	return n >= HEADER_MIN && le16_get(head + H_BOOT_FLAG) == BOOT_FLAG &&
	       !memcmp(head + H_MAGIC, "HdrS", 4);
}

static void read_fields(const uint8_t *in, struct bzimage *z)
{
	uint32_t sects = in[H_SETUP_SECTS] ? in[H_SETUP_SECTS] :
					     OLD_SETUP_SECTS;

	*z = (struct bzimage){
		.version = le16_get(in + H_VERSION),
		.setup = (sects + 1) * SECTOR,
		.header_end = H_MAGIC + in[H_JUMP_LEN],
		.loadflags = in[H_LOADFLAGS],
		.alignment = 1,
		.preferred = HIGH_LOAD,
		.initrd_max = le32_get(in + H_INITRD_MAX),
		.cmdline_max = OLD_CMDLINE,
	};
	if (z->version >= 0x205) {
		z->relocatable = in[H_RELOCATABLE];
		z->alignment = le32_get(in + H_ALIGNMENT);
	}
	if (z->version >= 0x206)
		z->cmdline_max = le32_get(in + H_CMDLINE_SIZE);
	if (z->version >= 0x20a) {
		z->preferred = le64_get(in + H_PREF_ADDRESS);
		z->init_size = le32_get(in + H_INIT_SIZE);
	}
	if (z->version >= 0x20c)
		z->xloadflags = le16_get(in + H_XLOADFLAGS);
	if (!z->initrd_max)
		z->initrd_max = OLD_INITRD_MAX;
}

/* Does the header have all the fields that its version promises? */
static bool check_header(const struct bzimage *z, size_t n, const char *file,
			 struct diags *d)
{
	uint32_t need = z->version >= 0x20a ? H_INIT_SIZE + 4 :
			z->version >= 0x206 ? H_CMDLINE_SIZE + 4 :
			z->version >= 0x205 ? H_XLOADFLAGS :
					      HEADER_MIN;

	if (z->version < VERSION_MIN) {
		ERROR("setup header: version is %u.%02u; 2.04 is the oldest that is served",
		      z->version >> 8, z->version & 0xffu);
		return false;
	}
	if (z->header_end < need || z->header_end > n) {
		ERROR("setup header: it ends at 0x%" PRIx32
		      "; version %u.%02u has fields up to 0x%" PRIx32
		      ", the file 0x%zx bytes",
		      z->header_end, z->version >> 8, z->version & 0xffu, need,
		      n);
		return false;
	}
	if (!(z->loadflags & BZIMAGE_LOADED_HIGH)) {
		ERROR("setup header: loadflags has LOADED_HIGH clear: it is a zImage, only bzImages are served");
		return false;
	}
	return true;
}

bool bzimage_parse(const uint8_t *in, size_t n, const char *file,
		   struct bzimage *z, struct diags *d)
{
	if (!bzimage_is(in, n)) {
		ERROR("it is no bzImage: there must be 0xaa55 at 0x1fe and \"HdrS\" at 0x202");
		return false;
	}
	/* Headers are shorter than this; a file is not, so reading is safe. */
	if (n < H_INIT_SIZE + 4) {
		ERROR("it is truncated: %zu bytes do not hold a setup header",
		      n);
		return false;
	}
	read_fields(in, z);
	if (!check_header(z, n, file, d))
		return false;
	if (z->alignment & (z->alignment - 1) || !z->alignment) {
		ERROR("setup header: kernel_alignment is 0x%" PRIx32
		      ", not a power of two",
		      z->alignment);
		return false;
	}
	if (z->setup >= n) {
		ERROR("it is truncated: setup_sects says that the kernel begins at 0x%" PRIx32
		      ", the file has 0x%zx bytes",
		      z->setup, n);
		return false;
	}
	if (n - z->setup > UINT32_MAX) {
		ERROR("the kernel is larger than 4 GiB");
		return false;
	}
	z->body = (uint32_t)(n - z->setup);
	if (z->init_size < z->body)
		z->init_size = z->body;
	/* In units of 16 bytes, rounded either way over the years. */
	if ((uint64_t)le32_get(in + H_SYSSIZE) * 16 > (uint64_t)z->body + 15) {
		ERROR("it is truncated: syssize says that the kernel has 0x%" PRIx64
		      " bytes, the file has 0x%" PRIx32 " of them",
		      (uint64_t)le32_get(in + H_SYSSIZE) * 16, z->body);
		return false;
	}
	return true;
}

void bzimage_params(const struct bzimage *z, const uint8_t *in,
		    const struct bzimage_boot *b, uint8_t *out)
{
	uint8_t *e = out + P_E820;

	memset(out, 0, BOOT_PARAMS_BYTES);
	memcpy(out + H_SETUP_SECTS, in + H_SETUP_SECTS,
	       z->header_end - H_SETUP_SECTS);
	out[H_LOADER] = LOADER_OTHER;
	out[H_LOADFLAGS] &= (uint8_t)~LOADFLAG_CAN_USE_HEAP;
	le32_put(out + H_CODE32_START, (uint32_t)b->load);
	le32_put(out + H_RAMDISK, (uint32_t)b->initrd);
	le32_put(out + H_RAMDISK_SIZE, (uint32_t)b->initrd_len);
	le32_put(out + H_CMDLINE, (uint32_t)b->cmdline);
	le32_put(out + P_EXT_RAMDISK, (uint32_t)(b->initrd >> 32));
	le32_put(out + P_EXT_RAMDISK_SIZE, (uint32_t)(b->initrd_len >> 32));
	le32_put(out + P_EXT_CMDLINE, (uint32_t)(b->cmdline >> 32));
	le64_put(out + P_RSDP, b->rsdp);
	out[P_E820_ENTRIES] = (uint8_t)b->nr_map;
	for (size_t i = 0; i < b->nr_map; i++, e += E820_BYTES) {
		le64_put(e, b->map[i].at);
		le64_put(e + 8, b->map[i].len);
		le32_put(e + 16, b->map[i].type);
	}
}
