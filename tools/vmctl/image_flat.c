// SPDX-License-Identifier: GPL-2.0
/*
 * Flat binaries: the bytes of the file at an address, nothing more.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dev.h"
#include "image.h"
#include "progress.h"
#include "vmctl.h"

#define CHUNK (1u << 20)

static bool flat_probe(const struct image *img, const void *head, size_t len)
{
	return true;
}

static int flat_failed(const struct vm *vm, const struct image *img,
		       uint64_t gpa, int ret)
{
	switch (-ret) {
	case ENOENT:
		return err(
			VMCTL_CONFIG,
			"cannot load %s into VM '%s': there is no guest memory at 0x%" PRIx64
			"; `vmctl show %s` lists the regions",
			img->path, vm->name, gpa, vm->name);
	case ENOMEM:
		return err(
			VMCTL_LIMIT,
			"cannot load %s into VM '%s': the host has no memory left for 0x%" PRIx64,
			img->path, vm->name, gpa);
	}
	return vmctl_failed(vm, "load an image into", ret);
}

static int flat_load(const struct vm *vm, const struct image *img)
{
	char *buf = must(malloc(CHUNK));
	uint64_t at = 0, done;
	int ret = 0;

	progress_begin(img->path, img->size);
	while (!ret && at < img->size) {
		size_t want = img->size - at < CHUNK ? img->size - at : CHUNK;
		ssize_t got = pread(img->fd, buf, want, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			progress_end();
			ret = err(VMCTL_CONFIG, "cannot read %s: %s", img->path,
				  got ? err_text(errno) :
					"it got shorter meanwhile");
			break;
		}
		ret = vm_mem_write(vm->fd, img->at + at, buf, (size_t)got,
				   &done);
		if (ret) {
			progress_end();
			ret = flat_failed(vm, img, img->at + at + done, ret);
		}
		at += (uint64_t)got;
		progress_at(at);
	}
	progress_end();
	free(buf);
	return ret;
}

const struct image_loader image_flat = {
	.name = "flat",
	.probe = flat_probe,
	.load = flat_load,
};
