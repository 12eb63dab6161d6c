/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What arm64's boot protocol keeps between configuration and start; private
 * to boot_arm64*.c.
 */
#ifndef VMCTL_BOOT_ARM64_H
#define VMCTL_BOOT_ARM64_H

#include "arm64_image.h"
#include "arm64_place.h"
#include "boot.h"
#include "image.h"
#include "unpack.h"

/**
 * struct arm64_boot - an arm64 guest's files on their way
 * @kernel: its Image, unpacked; empty: the kernel is a raw binary
 * @image: its headers
 * @dtb: the user's device tree; empty: one is made
 * @initrd: RAM disk; fd -1: there is none
 * @tree: the guest gets a device tree
 * @ram: guest memory; @used: other images
 * @place: where everything goes
 */
struct arm64_boot {
	struct bytes kernel;
	struct arm64_image image;
	struct bytes dtb;
	struct image initrd;
	bool tree;
	struct span *ram, *used;
	struct arm64_place place;
};

void arm64_open(const struct config *c, struct boot *b, struct diags *d);
void arm64_find_places(const struct config *c, const struct image_list *list,
		       struct boot *b, struct diags *d);
int arm64_load(const struct vm *vm, const struct config *c, struct boot *b);
void arm64_close(struct boot *b);

#endif /* VMCTL_BOOT_ARM64_H */
