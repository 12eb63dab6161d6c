/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86 kernels as ELF files: what goes where in memory, where it begins, and
 * its notes.
 */
#ifndef VMCTL_ELF_IMAGE_H
#define VMCTL_ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diags;

#define ELF_SEGMENTS 32u

/**
 * struct elf_segment - bytes of the file on their way into memory
 * @at: guest-physical address
 * @vaddr: where the program itself sees it
 * @offset, @filesz: its bytes in the file
 * @memsz: its bytes in memory; what is beyond @filesz is zero
 */
struct elf_segment {
	uint64_t at, vaddr;
	uint64_t offset, filesz;
	uint64_t memsz;
};

/**
 * struct elf_image - an executable for x86
 * @is64: it is an ELF64 file for x86-64, so that it may hold 64-bit code
 * @entry: guest-physical address where it begins
 * @load: @nr_load segments, sorted by address, none over another
 * @notes: @nr_notes segments of notes; only @offset and @filesz count
 * @note_align: what the parts of a note are aligned to
 */
struct elf_image {
	bool is64;
	uint64_t entry;
	struct elf_segment load[ELF_SEGMENTS];
	size_t nr_load;
	struct elf_segment notes[ELF_SEGMENTS];
	uint8_t note_align[ELF_SEGMENTS];
	size_t nr_notes;
};

/** elf_image_is() - does a file that begins like this look like one? */
bool elf_image_is(const uint8_t *head, size_t n);

/**
 * elf_image_parse() - read and check the program headers
 * @in: the whole file
 * @file: name for messages
 * Return: true; false: @d says which field breaks which rule.
 *
 * Implements "System V ABI", object files: ELF header, program header.
 */
bool elf_image_parse(const uint8_t *in, size_t n, const char *file,
		     struct elf_image *e, struct diags *d);

/**
 * elf_image_note() - find a note
 * @in, @n: the file that @e was read from
 * @len: out, bytes of its descriptor
 * Return: the descriptor, or NULL without such a note.
 */
const uint8_t *elf_image_note(const struct elf_image *e, const uint8_t *in,
			      size_t n, const char *name, uint32_t type,
			      size_t *len);

#endif /* VMCTL_ELF_IMAGE_H */
