/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux kernels for x86 as files (bzImage), and the boot_params page by which
 * they are told about the machine.
 */
#ifndef VMCTL_BZIMAGE_H
#define VMCTL_BZIMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diags;

#define BOOT_PARAMS_BYTES 4096u

/* What struct bzimage.loadflags and .xloadflags say. */
#define BZIMAGE_LOADED_HIGH (1u << 0)
#define BZIMAGE_64 (1u << 0) /* has the 64-bit entry point at 0x200 */
#define BZIMAGE_ABOVE_4G (1u << 1) /* RAM disk and boot_params may lie there */

/**
 * struct bzimage - what the setup header says
 * @version: of the boot protocol, 0x20f is 2.15
 * @setup: bytes before the protected-mode kernel
 * @body: its bytes
 * @header_end: end of the setup header in the file
 * @loadflags, @xloadflags: as in the header
 * @relocatable: it runs wherever @alignment allows, from @preferred on
 * @alignment: power of two
 * @preferred: address it likes best
 * @init_size: bytes of memory from its load address on that it needs until
 *	it has its memory map; at least @body
 * @initrd_max: highest address of the RAM disk's last byte
 * @cmdline_max: longest command line without its NUL
 */
struct bzimage {
	uint16_t version;
	uint32_t setup, body, header_end;
	uint8_t loadflags;
	uint16_t xloadflags;
	bool relocatable;
	uint32_t alignment;
	uint64_t preferred;
	uint64_t init_size;
	uint64_t initrd_max;
	uint32_t cmdline_max;
};

/** bzimage_is() - does a file that begins like this look like one? */
bool bzimage_is(const uint8_t *head, size_t n);

/**
 * bzimage_parse() - read and check the setup header
 * @in: the whole file
 * @file: name for messages
 * Return: true; false: @d says which field breaks which rule.
 *
 * Implements "The Linux/x86 Boot Protocol".
 */
bool bzimage_parse(const uint8_t *in, size_t n, const char *file,
		   struct bzimage *z, struct diags *d);

/* Types of memory, struct e820_range. */
#define E820_RAM 1u
#define E820_RESERVED 2u
#define E820_ACPI 3u
#define E820_MAX 128u

struct e820_range {
	uint64_t at;
	uint64_t len;
	uint32_t type;
};

/**
 * struct bzimage_boot - what boot_params tell
 * @cmdline: address of the command line; @initrd, @initrd_len: RAM disk, 0: none
 * @rsdp: address of the ACPI tables' root
 * @load: where the protected-mode kernel is
 * @map: memory, @nr_map ranges, at most E820_MAX
 */
struct bzimage_boot {
	uint64_t cmdline;
	uint64_t initrd, initrd_len;
	uint64_t rsdp;
	uint64_t load;
	const struct e820_range *map;
	size_t nr_map;
};

/**
 * bzimage_params() - make boot_params
 * @in: the file that @z was read from
 * @out: BOOT_PARAMS_BYTES
 */
void bzimage_params(const struct bzimage *z, const uint8_t *in,
		    const struct bzimage_boot *b, uint8_t *out);

#endif /* VMCTL_BZIMAGE_H */
