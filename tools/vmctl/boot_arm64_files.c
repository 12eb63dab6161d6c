// SPDX-License-Identifier: GPL-2.0
/*
 * The files of an arm64 guest: kernel Image, RAM disk and device tree opened,
 * placed and loaded.  A raw binary stays a flat image; it gets a device tree
 * when the configuration has something to tell it, or says where.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "arm64_fdt.h"
#include "boot_arm64.h"
#include "config.h"
#include "dev.h"
#include "vmctl.h"

#define HEAD 4096

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

static void open_kernel(const struct config *c, struct boot *b, struct diags *d)
{
	struct arm64_boot *a = b->state;
	uint64_t limit = images_room(c);
	uint8_t head[HEAD];
	struct image img;
	ssize_t n;

	if (!image_open_as(c, &img, CFG_KEY(c->kernel_path, "boot.kernel"),
			   &c->kernel_path, d)) {
		b->owns |= BOOT_KERNEL; /* that is said */
		goto out;
	}
	n = pread(img.fd, head, sizeof(head), 0);
	if (n < 0 || !arm64_image_is(head, (size_t)n)) {
		if (!c->kernel_load_addr.set) {
			b->owns |= BOOT_KERNEL;
			ERROR(img.line,
			      "%s: %s is no arm64 Linux Image (magic \"ARM\\x64\" at byte 56), nor one in gzip, zstd or zboot form; for a raw binary, %s must say where it goes",
			      CFG_KEY(c->kernel_path, "boot.kernel"), img.path,
			      CFG_MISSING(c->kernel_path, "boot.kernel_at",
					  "kernel.kernel_load_addr"));
		}
		goto out;
	}
	b->owns |= BOOT_KERNEL | BOOT_RAMDISK | BOOT_DTB | BOOT_CMDLINE;
	if (!image_read(c, &img, limit, &a->kernel, d) ||
	    !arm64_image_unpack(&a->kernel, limit, img.path, d) ||
	    !arm64_image_parse(a->kernel.v, a->kernel.n, img.path, &a->image,
			       d))
		bytes_free(&a->kernel);
out:
	if (img.fd >= 0)
		close(img.fd);
}

static void open_dtb(const struct config *c, struct arm64_boot *a,
		     struct diags *d)
{
	struct image img;

	if (image_open_as(c, &img, CFG_KEY(c->dtb_path, "boot.dtb"),
			  &c->dtb_path, d) &&
	    image_read(c, &img, ARM64_DTB_MAX, &a->dtb, d) &&
	    !arm64_fdt_check(a->dtb.v, a->dtb.n, img.path, d))
		bytes_free(&a->dtb);
	if (img.fd >= 0)
		close(img.fd);
}

static bool wants_tree(const struct config *c)
{
	return c->dtb_path.set || c->dtb_load_addr.set || c->ramdisk_path.set ||
	       (c->cmdline.set && *c->cmdline.v);
}

void arm64_open(const struct config *c, struct boot *b, struct diags *d)
{
	struct arm64_boot *a = must(calloc(1, sizeof(*a)));

	b->state = a;
	a->initrd.fd = -1;
	if (c->kernel_path.set)
		open_kernel(c, b, d);
	a->tree = b->owns & BOOT_DTB || wants_tree(c);
	if (!a->tree)
		return;
	b->owns |= BOOT_RAMDISK | BOOT_DTB | BOOT_CMDLINE;
	if (c->cmdline.set && strlen(c->cmdline.v) > ARM64_CMDLINE_MAX)
		ERROR(c->cmdline.line, "%s is longer than %u bytes",
		      CFG_KEY(c->cmdline, "boot.cmdline"), ARM64_CMDLINE_MAX);
	if (c->ramdisk_path.set)
		image_open_as(c, &a->initrd,
			      CFG_KEY(c->ramdisk_path, "boot.initrd"),
			      &c->ramdisk_path, d);
	if (c->dtb_path.set)
		open_dtb(c, a, d);
}

static void collect(const struct config *c, const struct image_list *list,
		    struct arm64_boot *a)
{
	struct boot_range *ram;
	struct arm64_place *p = &a->place;

	p->nr_ram = boot_ram(c, &ram);
	a->ram = must(calloc(p->nr_ram + 1, sizeof(*a->ram)));
	a->used = must(calloc(list->n + 1, sizeof(*a->used)));
	*p = (struct arm64_place){ .file = c->file,
				   .ram = a->ram,
				   .nr_ram = p->nr_ram,
				   .used = a->used };
	for (size_t i = 0; i < p->nr_ram; i++)
		a->ram[i] = (struct span){ ram[i].gpa, ram[i].size, NULL };
	free(ram);
	for (size_t i = 0; i < list->n; i++)
		a->used[p->nr_used++] = (struct span){ list->v[i].at,
						       list->v[i].size,
						       list->v[i].key };
}

/* Room that the tree will need; its CPUs have no names yet. */
static uint64_t tree_room(const struct config *c, const struct arm64_boot *a)
{
	return a->dtb.n + ARM64_FDT_ROOM +
	       a->place.nr_ram * ARM64_FDT_RAM_ROOM +
	       (c->cmdline.set ? strlen(c->cmdline.v) : 0);
}

static struct arm64_item item(const char *what, int line, uint64_t len,
			      const struct cfg_num *at)
{
	return (struct arm64_item){ what, at->set ? at->line : line, len,
				    at->set ? at->v : 0, at->set };
}

void arm64_find_places(const struct config *c, const struct image_list *list,
		       struct boot *b, struct diags *d)
{
	struct arm64_boot *a = b->state;
	struct arm64_place *p = &a->place;
	const struct cfg_num *at = c->kernel_load_addr.set ?
					   &c->kernel_load_addr :
					   &c->entry_point;

	collect(c, list, a);
	if (a->kernel.n) {
		p->image = &a->image;
		p->kernel = item(CFG_KEY(c->kernel_path, "boot.kernel"),
				 c->kernel_path.line, a->image.memory, at);
	}
	if (a->tree)
		p->dtb = item(CFG_KEY(c->dtb_path, "boot.dtb"),
			      c->dtb_path.line, tree_room(c, a),
			      &c->dtb_load_addr);
	if (a->initrd.fd >= 0)
		p->initrd = item(CFG_KEY(c->ramdisk_path, "boot.initrd"),
				 c->ramdisk_path.line, a->initrd.size,
				 &c->ramdisk_load_addr);
	a->initrd.at = 0;
	if (!arm64_place(p, d))
		return;
	a->initrd.at = p->initrd.at;
	if (a->kernel.n && c->entry_point.set &&
	    c->entry_point.v != p->kernel.at)
		ERROR(c->entry_point.line,
		      "%s 0x%" PRIx64
		      " is not where the Image begins (0x%" PRIx64 ")",
		      CFG_KEY(c->entry_point, "boot.entry"), c->entry_point.v,
		      p->kernel.at);
}

static int write_bytes(const struct vm *vm, uint64_t at, const struct bytes *v)
{
	int ret = vm_mem_write(vm->fd, at, v->v, v->n, NULL);

	return ret ? vmctl_failed(vm, "load an image into", ret) : 0;
}

/* Which interrupt controller the module gives to platform VMs. */
static unsigned int gic_version(const struct boot *b)
{
	struct axvm_info info = { 0 };
	int dev;

	if (!b->platform)
		return 0;
	dev = dev_open();
	if (dev >= 0) {
		DEV_CALL(dev, AXVM_INFO, &info);
		close(dev);
	}
	return info.caps & AXVM_CAP_GICV2 ? 2 : 3;
}

static int dump_tree(const char *path, const struct bytes *tree)
{
	FILE *f = fopen(path, "we");
	bool ok = f && fwrite(tree->v, 1, tree->n, f) == tree->n;

	ok = f && !fclose(f) && ok;
	return ok ? 0 :
		    err(VMCTL_FAILED, "cannot write the device tree to %s: %s",
			path, err_text(errno));
}

static int load_tree(const struct vm *vm, const struct config *c,
		     const struct boot *b)
{
	const struct arm64_boot *a = b->state;
	struct arm64_machine m = {
		.ram = a->ram,
		.nr_ram = a->place.nr_ram,
		.gic = gic_version(b),
		.cmdline = c->cmdline.set ? c->cmdline.v : NULL,
		.initrd = { a->place.initrd.at, a->place.initrd.len, NULL },
	};
	struct diags d = { 0 };
	struct bytes tree = { 0 };
	int ret = boot_cpus(vm, m.mpidr, &m.nr_cpus);

	if (ret)
		return ret;
	/* Without any the guest has other sources: that is not worth failing. */
	if (getrandom(m.seed, sizeof(m.seed), 0) < 0)
		warn("no randomness for the guest: %s", err_text(errno));
	if (a->dtb.n ? arm64_fdt_patch(&m, a->dtb.v, a->dtb.n, c->dtb_path.v,
				       &tree, &d) :
		       arm64_fdt_make(&m, &tree, &d))
		ret = write_bytes(vm, a->place.dtb.at, &tree);
	else
		ret = VMCTL_CONFIG;
	if (!ret && b->dump_dtb)
		ret = dump_tree(b->dump_dtb, &tree);
	diag_print(&d);
	diag_free(&d);
	bytes_free(&tree);
	return ret;
}

int arm64_load(const struct vm *vm, const struct config *c, struct boot *b)
{
	const struct arm64_boot *a = b->state;
	int ret = 0;

	if (a->kernel.n)
		ret = write_bytes(vm, a->place.kernel.at, &a->kernel);
	if (!ret && a->initrd.fd >= 0)
		ret = image_flat.load(vm, &a->initrd);
	if (!ret && a->tree)
		ret = load_tree(vm, c, b);
	return ret;
}

void arm64_close(struct boot *b)
{
	struct arm64_boot *a = b->state;

	if (!a)
		return;
	if (a->initrd.fd >= 0)
		close(a->initrd.fd);
	bytes_free(&a->kernel);
	bytes_free(&a->dtb);
	free(a->ram);
	free(a->used);
	free(a);
}
