/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Multiboot 1: the header in a kernel's first bytes, and the information by
 * which the kernel is told about the machine.
 */
#ifndef VMCTL_MULTIBOOT_H
#define VMCTL_MULTIBOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bzimage.h"
#include "elf_image.h"

struct diags;

/** The header lies within so many bytes. */
#define MULTIBOOT_SEARCH 8192u

/** What EAX holds at the start. */
#define MULTIBOOT_EAX 0x2badb002u

#define MULTIBOOT_MODULES 32u
/** Most bytes of the information with everything that hangs on it. */
#define MULTIBOOT_INFO_BYTES \
	(128u + E820_MAX * 24u + MULTIBOOT_MODULES * (16u + 64u))

/**
 * struct multiboot - what the header says
 * @align_modules: modules must begin at pages
 * @elf: its segments and entry point, whether the file is an ELF file or the
 *	header has the addresses itself (then one segment)
 */
struct multiboot {
	bool align_modules;
	struct elf_image elf;
};

/**
 * multiboot_is() - is there a header?
 * @head: the first bytes of a file, MULTIBOOT_SEARCH where it has so many
 */
bool multiboot_is(const uint8_t *head, size_t n);

/**
 * multiboot_parse() - read and check the header
 * @in: the whole file
 * @file: name for messages
 * Return: true; false: @d says which field breaks which rule.
 *
 * Implements "Multiboot Specification", OS image format.
 */
bool multiboot_parse(const uint8_t *in, size_t n, const char *file,
		     struct multiboot *m, struct diags *d);

/** struct multiboot_module - @name is cut to 63 bytes */
struct multiboot_module {
	uint64_t at, len;
	const char *name;
};

/**
 * struct multiboot_boot - what the information tells
 * @cmdline: address of the command line
 * @modules: @nr_modules, at most MULTIBOOT_MODULES, below 4 GiB
 * @map: memory, @nr_map ranges, at most E820_MAX
 */
struct multiboot_boot {
	uint32_t cmdline;
	const struct multiboot_module *modules;
	size_t nr_modules;
	const struct e820_range *map;
	size_t nr_map;
};

/**
 * multiboot_info() - make the information
 * @at: guest-physical address it goes to
 * @out: MULTIBOOT_INFO_BYTES
 *
 * Implements "Multiboot Specification", boot information format.
 * Return: bytes used.
 */
size_t multiboot_info(const struct multiboot_boot *b, uint32_t at,
		      uint8_t *out);

#endif /* VMCTL_MULTIBOOT_H */
