/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where kernel, RAM disk and device tree of an arm64 guest go.
 */
#ifndef VMCTL_ARM64_PLACE_H
#define VMCTL_ARM64_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arm64_image;
struct diags;

/** The boot protocol's limit on a device tree. */
#define ARM64_DTB_MAX (2u << 20)

/** struct span - @len bytes at @at; @name for messages, may be NULL */
struct span {
	uint64_t at;
	uint64_t len;
	const char *name;
};

/**
 * struct arm64_item - something to find a place for
 * @what: configuration key, for messages
 * @line: where the configuration has it, 0: nowhere
 * @len: bytes of memory; 0: there is no such thing
 * @at: where it goes: given if @fixed, else found
 * @fixed: the configuration says where
 */
struct arm64_item {
	const char *what;
	int line;
	uint64_t len;
	uint64_t at;
	bool fixed;
};

/**
 * struct arm64_place - the whole task
 * @file: configuration, for messages
 * @ram: the guest's memory, @nr_ram spans, none overlapping
 * @used: other images, @nr_used spans
 * @image: the kernel's headers; NULL: there is no kernel to place
 * @kernel, @dtb, @initrd: in, out
 */
struct arm64_place {
	const char *file;
	const struct span *ram;
	size_t nr_ram;
	const struct span *used;
	size_t nr_used;
	const struct arm64_image *image;
	struct arm64_item kernel, dtb, initrd;
};

/** Most spans of memory and other images together. */
#define ARM64_PLACE_SPANS 8192

/**
 * arm64_place() - find places by the rules of "Booting AArch64 Linux"
 *
 * The kernel as low as it goes, text_offset above a 2 MiB boundary; the device
 * tree on 8 bytes, within 512 MiB of the kernel where that can be; the RAM disk
 * and the kernel within one 1 GiB aligned window of 32 GiB; nothing overlaps.
 * Return: true without errors.
 */
bool arm64_place(struct arm64_place *p, struct diags *d);

#endif /* VMCTL_ARM64_PLACE_H */
