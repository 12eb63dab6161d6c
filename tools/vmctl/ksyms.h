/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The symbols of a Linux kernel, as a list or as its own tables have them, and
 * an ELF file for debuggers made of them.  Pure: works on bytes in memory.
 *
 * Linux: scripts/kallsyms.c, arch/x86/include/asm/orc_types.h.
 */
#ifndef VMCTL_KSYMS_H
#define VMCTL_KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct ksym - a symbol; @name and @module are offsets in struct ksyms.text */
struct ksym {
	uint64_t addr;
	uint32_t name, module; /* @module 0: the kernel itself */
	char type; /* as nm(1) has it */
};

/**
 * struct ksyms - symbols by address
 * @v: @n symbols, room for @room
 * @text: names, @text_len bytes; the first is a NUL
 * @arm64: else x86
 * @image, @image_len: where they were found, or NULL
 * @tokens: where in it the kernel's token table is
 * @shift: what ksyms_finish() moved them by
 */
struct ksyms {
	struct ksym *v;
	size_t n, room;
	char *text;
	size_t text_len, text_room;
	bool arm64;
	const uint8_t *image;
	size_t image_len;
	size_t tokens;
	uint64_t shift;
};

/** /proc/kallsyms or System.map; -EINVAL: it is neither, -EPERM: all zero. */
int ksyms_parse(struct ksyms *k, const char *text, size_t len);

/**
 * ksyms_find() - the tables of a kernel built with CONFIG_KALLSYMS
 * @image: the kernel, or memory that it is in
 * @base: its first symbol's address, where the image does not tell; or 0
 * Return: 0, -ENOENT: none are there, -ENODATA: @base is needed.
 */
int ksyms_find(struct ksyms *k, const uint8_t *image, size_t len,
	       uint64_t base);

/** Sort them, find out the architecture, move all by @offset. */
void ksyms_finish(struct ksyms *k, uint64_t offset);
void ksyms_free(struct ksyms *k);

/** The address of a symbol of the kernel; 0: there is none. */
uint64_t ksyms_address(const struct ksyms *k, const char *name);
bool ksyms_is_text(const struct ksym *s);
void ksyms_add(struct ksyms *k, uint64_t addr, char type, const char *name,
	       size_t name_len, const char *module, size_t module_len);

/** struct kbuf - a growing piece of memory */
struct kbuf {
	uint8_t *p;
	size_t n, room;
};

void kbuf_add(struct kbuf *b, const void *data, size_t len);
void kbuf_free(struct kbuf *b);
void kbuf_u8(struct kbuf *b, uint8_t v);
void kbuf_u32(struct kbuf *b, uint32_t v);
void kbuf_u64(struct kbuf *b, uint64_t v);

/** .debug_frame: how to get from a function to its caller.  False: unknown. */
bool ksyms_frames(const struct ksyms *k, struct kbuf *out);

/** The ELF file; free() its @p.  Sections get their bounds from symbols. */
struct kbuf ksyms_elf(const struct ksyms *k, bool *frames);

#endif /* VMCTL_KSYMS_H */
