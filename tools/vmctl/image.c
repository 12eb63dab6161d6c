// SPDX-License-Identifier: GPL-2.0
/*
 * The files a configuration names: opened and checked before anything is
 * made, then handed to the loader that knows their format.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "config.h"
#include "dev.h"
#include "image.h"
#include "unpack.h"
#include "vmctl.h"

const struct image_loader *const image_loaders[] = { &image_flat, NULL };

int image_open(struct image *img)
{
	struct stat st;
	int error = 0;

	img->fd = open(img->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (img->fd < 0)
		return -errno;
	if (fstat(img->fd, &st))
		error = errno;
	else if (S_ISDIR(st.st_mode))
		error = EISDIR;
	else if (!S_ISREG(st.st_mode))
		error = ESPIPE;
	if (error) {
		close(img->fd);
		img->fd = -1;
		return -error;
	}
	img->size = (uint64_t)st.st_size;
	return 0;
}

bool image_open_as(const struct config *c, struct image *img, const char *key,
		   const struct cfg_text *path, struct diags *d)
{
	int ret;

	*img = (struct image){
		.key = key, .path = path->v, .line = path->line, .fd = -1
	};
	ret = image_open(img);
	if (!ret && img->size)
		return true;
	if (ret)
		diag_add(d, DIAG_ERROR, c->file, path->line,
			 "%s: cannot open %s: %s", key, path->v,
			 err_text(-ret));
	else
		diag_add(d, DIAG_ERROR, c->file, path->line, "%s: %s is empty",
			 key, path->v);
	return false;
}

bool image_read(const struct config *c, const struct image *img, uint64_t limit,
		struct bytes *out, struct diags *d)
{
	int ret = bytes_read(img->fd, limit, out);

	if (ret == -EFBIG)
		diag_add(d, DIAG_ERROR, c->file, img->line,
			 "%s: %s is larger than %" PRIu64 " bytes", img->key,
			 img->path, limit);
	else if (ret)
		diag_add(d, DIAG_ERROR, c->file, img->line,
			 "%s: cannot read %s: %s", img->key, img->path,
			 err_text(-ret));
	return !ret;
}

uint64_t images_room(const struct config *c)
{
	const struct cfg_region *r = c->memory_regions.v;
	uint64_t sum = 0;

	for (size_t i = 0; i < c->memory_regions.n; i++) {
		if (__builtin_add_overflow(sum, r[i].size.v, &sum))
			return UINT64_MAX;
	}
	return sum;
}

int image_load(const struct vm *vm, const struct image *img)
{
	char head[4096];
	ssize_t len = pread(img->fd, head, sizeof(head), 0);

	if (len < 0)
		return err(VMCTL_CONFIG, "cannot read %s: %s", img->path,
			   err_text(errno));
	for (const struct image_loader *const *l = image_loaders; *l; l++) {
		if ((*l)->probe(img, head, (size_t)len))
			return (*l)->load(vm, img);
	}
	return err(VMCTL_CONFIG, "%s: no loader takes this file", img->path);
}

static void add(struct image_list *list, const char *key,
		const struct cfg_text *path, const struct cfg_num *at)
{
	if (!path->set || !at->set)
		return;
	list->v[list->n++] =
		(struct image){ key, path->v, path->line, at->v, 0, -1 };
}

static void check_place(const struct config *c, const struct image *img,
			struct diags *d)
{
	const struct cfg_region *r = c->memory_regions.v;
	uint64_t at = img->at, end;

	if (!img->size) {
		diag_add(d, DIAG_ERROR, c->file, img->line, "%s: %s is empty",
			 img->key, img->path);
		return;
	}
	if (__builtin_add_overflow(at, img->size - 1, &end)) {
		diag_add(d, DIAG_ERROR, c->file, img->line,
			 "%s: %s would end beyond 2^64", img->key, img->path);
		return;
	}
	/* It may span regions that touch each other. */
	for (size_t i = 0; i < c->memory_regions.n; i++) {
		uint64_t last = r[i].gpa.v + r[i].size.v - 1;

		if (at < r[i].gpa.v || at > last)
			continue;
		if (end <= last)
			return;
		at = last + 1;
		i = (size_t)-1;
	}
	diag_add(d, DIAG_ERROR, c->file, img->line,
		 "%s: %s (%" PRIu64 " bytes at 0x%" PRIx64
		 ") does not fit: 0x%" PRIx64 " is in no memory region",
		 img->key, img->path, img->size, img->at, at);
}

void images_check_overlap(const struct config *c, const struct image_list *list,
			  struct diags *d)
{
	for (size_t i = 0; i < list->n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct image *a = &list->v[i], *b = &list->v[k];

			if (a->at < b->at + b->size && b->at < a->at + a->size)
				diag_add(
					d, DIAG_ERROR, c->file, a->line,
					"%s and %s overlap in guest memory at 0x%" PRIx64,
					a->key, b->key,
					a->at > b->at ? a->at : b->at);
		}
	}
}

bool images_open(const struct config *c, unsigned int taken,
		 struct image_list *list, struct diags *d)
{
	const struct cfg_image *more = c->image.v;

	list->n = 0;
	list->v = must(calloc(4 + c->image.n, sizeof(*list->v)));
	if (!(taken & BOOT_KERNEL))
		add(list, CFG_KEY(c->kernel_path, "boot.kernel"),
		    &c->kernel_path, &c->kernel_load_addr);
	add(list, CFG_KEY(c->bios_path, "boot.firmware"), &c->bios_path,
	    &c->bios_load_addr);
	if (!(taken & BOOT_DTB))
		add(list, CFG_KEY(c->dtb_path, "boot.dtb"), &c->dtb_path,
		    &c->dtb_load_addr);
	if (!(taken & BOOT_RAMDISK))
		add(list, CFG_KEY(c->ramdisk_path, "boot.initrd"),
		    &c->ramdisk_path, &c->ramdisk_load_addr);
	for (size_t i = 0; i < c->image.n; i++)
		add(list, "image", &more[i].path, &more[i].at);
	for (size_t i = 0; i < list->n; i++) {
		struct image *img = &list->v[i];
		int ret = image_open(img);

		if (ret)
			diag_add(d, DIAG_ERROR, c->file, img->line,
				 "%s: cannot open %s: %s", img->key, img->path,
				 err_text(-ret));
		else
			check_place(c, img, d);
	}
	return !d->errors;
}

int images_load(const struct vm *vm, const struct image_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		int ret = image_load(vm, &list->v[i]);

		if (ret)
			return ret;
	}
	return 0;
}

void images_close(struct image_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].fd >= 0)
			close(list->v[i].fd);
	}
	free(list->v);
	*list = (struct image_list){ 0 };
}
