/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PVH start of an ELF kernel: its note, and the start info by which the
 * kernel is told about the machine.
 */
#ifndef VMCTL_PVH_H
#define VMCTL_PVH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bzimage.h"

struct diags;
struct elf_image;

/** Most bytes of a start info with everything that hangs on it. */
#define PVH_INFO_BYTES (56u + 32u + E820_MAX * 24u)

/**
 * pvh_entry() - where an ELF kernel wants to begin in 32-bit protected mode
 * @e: its headers, read from the @n bytes at @in
 * @entry: out, guest-physical address; 0: it has no such note
 * @d: there is a note, but it is wrong
 * Return: true without errors.
 */
bool pvh_entry(const struct elf_image *e, const uint8_t *in, size_t n,
	       const char *file, uint32_t *entry, struct diags *d);

/**
 * struct pvh_boot - what a start info tells
 * @cmdline: address of the command line; @rsdp: of the ACPI tables' root, 0:
 *	there are none; @initrd, @initrd_len: RAM disk, 0: none
 * @map: memory, @nr_map ranges, at most E820_MAX
 */
struct pvh_boot {
	uint64_t cmdline;
	uint64_t rsdp;
	uint64_t initrd, initrd_len;
	const struct e820_range *map;
	size_t nr_map;
};

/**
 * pvh_info() - make a start info of version 1
 * @at: guest-physical address it goes to
 * @out: PVH_INFO_BYTES
 *
 * Implements Xen's "x86/HVM direct boot ABI", start info.
 * Return: bytes used.
 */
size_t pvh_info(const struct pvh_boot *b, uint64_t at, uint8_t *out);

#endif /* VMCTL_PVH_H */
