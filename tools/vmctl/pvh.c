// SPDX-License-Identifier: GPL-2.0
/*
 * The PVH start of an ELF kernel.  PURE: bytes in, bytes out.
 */
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "elf_image.h"
#include "le.h"
#include "pvh.h"

#define NOTE_PHYS32_ENTRY 18u

/* The start info, its module list entries and memory map entries. */
#define INFO_MAGIC 0x336ec578u
#define INFO_VERSION 1u
#define INFO_BYTES 56u
#define I_MAGIC 0u
#define I_VERSION 4u
#define I_NR_MODULES 12u
#define I_MODULES 16u
#define I_CMDLINE 24u
#define I_RSDP 32u
#define I_MAP 40u
#define I_NR_MAP 48u
#define MODULE_BYTES 32u
#define MAP_BYTES 24u

bool pvh_entry(const struct elf_image *e, const uint8_t *in, size_t n,
	       const char *file, uint32_t *entry, struct diags *d)
{
	size_t len;
	const uint8_t *desc =
		elf_image_note(e, in, n, "Xen", NOTE_PHYS32_ENTRY, &len);
	uint64_t at;

	*entry = 0;
	if (!desc)
		return true;
	if (len != 4 && len != 8) {
		diag_add(
			d, DIAG_ERROR, file, 0,
			"PVH note (PHYS32_ENTRY): it has %zu bytes; an address of 4 or 8 bytes must be there",
			len);
		return false;
	}
	at = len == 8 ? le64_get(desc) : le32_get(desc);
	for (size_t i = 0; i < e->nr_load; i++) {
		const struct elf_segment *s = &e->load[i];

		if (at <= UINT32_MAX && at && at - s->at < s->memsz) {
			*entry = (uint32_t)at;
			return true;
		}
	}
	diag_add(d, DIAG_ERROR, file, 0,
		 "PVH note (PHYS32_ENTRY): the entry point 0x%" PRIx64
		 " must lie in a PT_LOAD segment below 4 GiB",
		 at);
	return false;
}

size_t pvh_info(const struct pvh_boot *b, uint64_t at, uint8_t *out)
{
	const size_t modules = b->initrd_len ? 1 : 0;
	uint8_t *p = out + INFO_BYTES;

	memset(out, 0, PVH_INFO_BYTES);
	le32_put(out + I_MAGIC, INFO_MAGIC);
	le32_put(out + I_VERSION, INFO_VERSION);
	le64_put(out + I_CMDLINE, b->cmdline);
	le64_put(out + I_RSDP, b->rsdp);
	if (modules) {
		le32_put(out + I_NR_MODULES, 1);
		le64_put(out + I_MODULES, at + INFO_BYTES);
		le64_put(p, b->initrd);
		le64_put(p + 8, b->initrd_len);
		p += MODULE_BYTES;
	}
	le64_put(out + I_MAP, at + (uint64_t)(p - out));
	le32_put(out + I_NR_MAP, (uint32_t)b->nr_map);
	for (size_t i = 0; i < b->nr_map; i++, p += MAP_BYTES) {
		le64_put(p, b->map[i].at);
		le64_put(p + 8, b->map[i].len);
		le32_put(p + 16, b->map[i].type);
	}
	return (size_t)(p - out);
}
