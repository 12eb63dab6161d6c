// SPDX-License-Identifier: GPL-2.0
/*
 * Multiboot 1: header and information.  PURE: bytes in, bytes out.
 */
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "le.h"
#include "multiboot.h"

/* The header. */
#define MAGIC 0x1badb002u
#define H_FLAGS 4u
#define H_CHECKSUM 8u
#define H_HEADER_ADDR 12u
#define H_LOAD_ADDR 16u
#define H_LOAD_END 20u
#define H_BSS_END 24u
#define H_ENTRY 28u
#define HEADER_BYTES 12u
#define HEADER_KLUDGE_BYTES 32u
#define FLAG_ALIGN (1u << 0)
#define FLAG_MEMORY (1u << 1)
#define FLAG_VIDEO (1u << 2)
#define FLAGS_REQUIRED 0xffffu /* these must be understood, or it is no go */
#define FLAG_KLUDGE (1u << 16)

/* The information. */
#define INFO_BYTES 116u
#define I_FLAGS 0u
#define I_MEM_LOWER 4u
#define I_MEM_UPPER 8u
#define I_CMDLINE 16u
#define I_NR_MODULES 20u
#define I_MODULES 24u
#define I_MAP_BYTES 44u
#define I_MAP 48u
#define I_LOADER 64u
#define INFO_MEMORY (1u << 0)
#define INFO_CMDLINE (1u << 2)
#define INFO_MODULES (1u << 3)
#define INFO_MAP (1u << 6)
#define INFO_LOADER (1u << 9)
#define MODULE_BYTES 16u
#define MODULE_NAME 64u
#define MAP_BYTES 24u /* with its leading size, which does not count itself */
#define HIGH 0x100000u

#define ERROR(...) diag_add(d, DIAG_ERROR, file, 0, __VA_ARGS__)

static const uint8_t *find_header(const uint8_t *in, size_t n)
{
	size_t end = n < MULTIBOOT_SEARCH ? n : MULTIBOOT_SEARCH;

	for (size_t i = 0; i + HEADER_BYTES <= end; i += 4) {
		const uint8_t *h = in + i;

		if (le32_get(h) == MAGIC &&
		    !(uint32_t)(MAGIC + le32_get(h + H_FLAGS) +
				le32_get(h + H_CHECKSUM)))
			return h;
	}
	return NULL;
}

bool multiboot_is(const uint8_t *head, size_t n)
{
	return find_header(head, n);
}

/* The kernel's place as its header has it, for files that are not ELF. */
static bool read_kludge(const uint8_t *in, size_t n, const uint8_t *h,
			const char *file, struct elf_image *e, struct diags *d)
{
	uint32_t header = le32_get(h + H_HEADER_ADDR);
	uint32_t load = le32_get(h + H_LOAD_ADDR);
	uint32_t load_end = le32_get(h + H_LOAD_END);
	uint32_t bss_end = le32_get(h + H_BSS_END);
	uint32_t entry = le32_get(h + H_ENTRY);
	uint64_t at = (uint64_t)(h - in), offset, filesz, memsz;

	if (load > header || header - load > at) {
		ERROR("Multiboot header: load_addr is 0x%" PRIx32
		      " and header_addr 0x%" PRIx32
		      ": there are only 0x%" PRIx64
		      " bytes before the header in the file",
		      load, header, at);
		return false;
	}
	offset = at - (header - load);
	filesz = load_end ? (uint64_t)load_end - load : n - offset;
	if (load_end && load_end < load) {
		ERROR("Multiboot header: load_end_addr 0x%" PRIx32
		      " is below load_addr 0x%" PRIx32,
		      load_end, load);
		return false;
	}
	if (filesz > n - offset) {
		ERROR("it is truncated: the Multiboot header's load_end_addr - load_addr is 0x%" PRIx64
		      ", the file has 0x%" PRIx64 " bytes from there on",
		      filesz, n - offset);
		return false;
	}
	memsz = filesz;
	if (bss_end && bss_end < load + filesz) {
		ERROR("Multiboot header: bss_end_addr 0x%" PRIx32
		      " is below the end of what is loaded, 0x%" PRIx64,
		      bss_end, load + filesz);
		return false;
	}
	if (bss_end)
		memsz = bss_end - load;
	if (entry < load || entry - load >= memsz) {
		ERROR("Multiboot header: entry_addr 0x%" PRIx32
		      " is not in what is loaded (0x%" PRIx64
		      " bytes at 0x%" PRIx32 ")",
		      entry, memsz, load);
		return false;
	}
	*e = (struct elf_image){ .entry = entry, .nr_load = 1 };
	e->load[0] = (struct elf_segment){ load, load, offset, filesz, memsz };
	return true;
}

bool multiboot_parse(const uint8_t *in, size_t n, const char *file,
		     struct multiboot *m, struct diags *d)
{
	const uint8_t *h = find_header(in, n);
	uint32_t flags;

	if (!h) {
		ERROR("it is no Multiboot kernel: no header (0x1badb002, flags, checksum) in its first %u bytes",
		      MULTIBOOT_SEARCH);
		return false;
	}
	flags = le32_get(h + H_FLAGS);
	if (flags & FLAGS_REQUIRED & ~(FLAG_ALIGN | FLAG_MEMORY)) {
		ERROR("Multiboot header: flags is 0x%08" PRIx32
		      ": it requires %s, which this machine does not have",
		      flags,
		      flags & FLAG_VIDEO ? "a video mode (bit 2)" :
					   "something unknown (bits 3-15)");
		return false;
	}
	m->align_modules = flags & FLAG_ALIGN;
	if (flags & FLAG_KLUDGE) {
		if ((size_t)(in + n - h) < HEADER_KLUDGE_BYTES) {
			ERROR("it is truncated within its Multiboot header");
			return false;
		}
		return read_kludge(in, n, h, file, &m->elf, d);
	}
	if (!elf_image_is(in, n)) {
		ERROR("Multiboot header: flags bit 16 is clear, but the file is no ELF file: nothing says where it goes");
		return false;
	}
	if (!elf_image_parse(in, n, file, &m->elf, d))
		return false;
	if (m->elf.entry > UINT32_MAX) {
		ERROR("ELF header: e_entry is at 0x%" PRIx64
		      ": a Multiboot kernel begins in 32-bit mode, below 4 GiB",
		      m->elf.entry);
		return false;
	}
	return true;
}

/* KiB of memory from @at on, without a hole. */
static uint32_t contiguous(const struct multiboot_boot *b, uint64_t at)
{
	for (size_t i = 0; i < b->nr_map; i++) {
		const struct e820_range *r = &b->map[i];
		uint64_t kib = (r->at + r->len - at) / 1024;

		if (r->type == E820_RAM && r->at <= at && at - r->at < r->len)
			return kib > UINT32_MAX ? UINT32_MAX : (uint32_t)kib;
	}
	return 0;
}

static uint8_t *put_modules(const struct multiboot_boot *b, uint32_t at,
			    uint8_t *out, uint8_t *p)
{
	uint8_t *name = p + b->nr_modules * MODULE_BYTES;

	le32_put(out + I_NR_MODULES, (uint32_t)b->nr_modules);
	le32_put(out + I_MODULES, at + (uint32_t)(p - out));
	for (size_t i = 0; i < b->nr_modules; i++, p += MODULE_BYTES) {
		const struct multiboot_module *m = &b->modules[i];

		le32_put(p, (uint32_t)m->at);
		le32_put(p + 4, (uint32_t)(m->at + m->len));
		le32_put(p + 8, at + (uint32_t)(name - out));
		strncpy((char *)name, m->name, MODULE_NAME - 1);
		name += MODULE_NAME;
	}
	return name;
}

size_t multiboot_info(const struct multiboot_boot *b, uint32_t at, uint8_t *out)
{
	static const char loader[] = "axvm";
	uint8_t *p = out + INFO_BYTES;

	memset(out, 0, MULTIBOOT_INFO_BYTES);
	le32_put(out + I_FLAGS, INFO_MEMORY | INFO_CMDLINE | INFO_MODULES |
					INFO_MAP | INFO_LOADER);
	le32_put(out + I_MEM_LOWER, contiguous(b, 0));
	le32_put(out + I_MEM_UPPER, contiguous(b, HIGH));
	le32_put(out + I_CMDLINE, b->cmdline);
	le32_put(out + I_MAP, at + (uint32_t)(p - out));
	le32_put(out + I_MAP_BYTES, (uint32_t)b->nr_map * MAP_BYTES);
	for (size_t i = 0; i < b->nr_map; i++, p += MAP_BYTES) {
		le32_put(p, MAP_BYTES - 4);
		le64_put(p + 4, b->map[i].at);
		le64_put(p + 12, b->map[i].len);
		le32_put(p + 20, b->map[i].type);
	}
	p = put_modules(b, at, out, p);
	le32_put(out + I_LOADER, at + (uint32_t)(p - out));
	memcpy(p, loader, sizeof(loader));
	return (size_t)(p - out) + sizeof(loader);
}
