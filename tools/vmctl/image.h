/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest images: which files a configuration names, and how each kind of file
 * gets into guest memory.
 */
#ifndef VMCTL_IMAGE_H
#define VMCTL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct cfg_text;
struct config;
struct diags;
struct vm;

/**
 * struct image - one file on its way into guest memory
 * @key: configuration key or "FILE", for messages
 * @path: the file
 * @line: where the configuration names it
 * @at: guest-physical address
 * @size: its size, once image_open() has looked
 * @fd: open file, -1 before
 */
struct image {
	const char *key;
	const char *path;
	int line;
	uint64_t at;
	uint64_t size;
	int fd;
};

struct image_list {
	struct image *v;
	size_t n;
};

/**
 * struct image_loader - a file format
 * @name: as --format names it
 * @probe: does the file (its first @len bytes in @head) look like it?
 * @load: put it into memory; returns VMCTL_*
 */
struct image_loader {
	const char *name;
	bool (*probe)(const struct image *img, const void *head, size_t len);
	int (*load)(const struct vm *vm, const struct image *img);
};

/** Tried in this order; the last one, flat binary, takes everything. */
extern const struct image_loader *const image_loaders[];
extern const struct image_loader image_flat;

/**
 * images_open() - open every file that @c names
 * @taken: BOOT_* keys that a boot protocol takes care of
 * @list: filled; images_close() it in any case
 * @d: missing files, files outside of guest memory
 * Return: true without errors.
 */
bool images_open(const struct config *c, unsigned int taken,
		 struct image_list *list, struct diags *d);
/** Complain about open images that overlap. */
void images_check_overlap(const struct config *c, const struct image_list *list,
			  struct diags *d);
/** Load them all, in order. */
int images_load(const struct vm *vm, const struct image_list *list);
void images_close(struct image_list *list);

/** Open one file; 0 or -errno. */
int image_open(struct image *img);
/**
 * image_open_as() - open the file of a key, for a boot protocol
 * @img: filled; its fd is -1 on failure
 * @d: it cannot be opened, or is empty
 * Return: true without errors.
 */
bool image_open_as(const struct config *c, struct image *img, const char *key,
		   const struct cfg_text *path, struct diags *d);
/** Read an open file of at most @limit bytes into memory. */
bool image_read(const struct config *c, const struct image *img, uint64_t limit,
		struct bytes *out, struct diags *d);
/** Bytes of guest memory in all: no image is larger. */
uint64_t images_room(const struct config *c);
/** Load one open file; says what is wrong.  VMCTL_*. */
int image_load(const struct vm *vm, const struct image *img);

#endif /* VMCTL_IMAGE_H */
