// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels that start by Multiboot 1: the RAM disk is their first module, the
 * images of the configuration are those after it.
 */
#include <inttypes.h>
#include <string.h>

#include "boot_x86.h"
#include "config.h"
#include "multiboot.h"
#include "vmctl.h"
#include "x86_map.h"

#define PAGE 4096u

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

static bool mb_parse(const struct config *c, struct x86_boot *x,
		     struct diags *d)
{
	struct multiboot m;

	if (!multiboot_parse(x->kernel.v, x->kernel.n, x->path, &m, d))
		return false;
	x->elf = m.elf;
	x->entry = m.elf.entry;
	x->align_modules = m.align_modules;
	x->initrd_max = UINT32_MAX;
	return true;
}

/* Modules that the configuration has placed. */
static bool mb_place(const struct config *c, struct x86_boot *x,
		     struct diags *d)
{
	size_t n = x->initrd.fd >= 0;

	for (size_t i = 0; i < x->list->n; i++, n++) {
		const struct image *img = &x->list->v[i];

		if (x->align_modules && img->at % PAGE) {
			ERROR(img->line,
			      "%s: 0x%" PRIx64
			      " is no multiple of 4096, as %s wants its modules",
			      img->key, img->at, x->path);
			return false;
		}
		if (img->at + img->size > UINT32_MAX) {
			ERROR(img->line,
			      "%s: %s ends above 4 GiB, where a Multiboot module cannot be",
			      img->key, img->path);
			return false;
		}
	}
	if (n > MULTIBOOT_MODULES) {
		ERROR(0, "image: %zu modules; Multiboot kernels get at most %u",
		      n, MULTIBOOT_MODULES);
		return false;
	}
	return x86_segments_place(c, x, d);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int mb_load(const struct vm *vm, const struct config *c,
		   struct x86_boot *x)
{
	struct multiboot_module modules[MULTIBOOT_MODULES];
	struct multiboot_boot tell = {
		.cmdline = X86_CMDLINE,
		.modules = modules,
		.map = x->ram.map,
		.nr_map = x->ram.nr_map,
	};
	uint8_t info[MULTIBOOT_INFO_BYTES];
	size_t n = 0;
	int ret;

	if (x->initrd.fd >= 0)
		modules[n++] =
			(struct multiboot_module){ x->initrd.at, x->initrd.size,
						   name_of(x->initrd.path) };
	for (size_t i = 0; i < x->list->n; i++) {
		const struct image *img = &x->list->v[i];

		modules[n++] = (struct multiboot_module){ img->at, img->size,
							  name_of(img->path) };
	}
	tell.nr_modules = n;
	ret = x86_write(vm, X86_INFO, info,
			multiboot_info(&tell, X86_INFO, info));
	return ret ? ret : x86_segments_load(vm, x);
}

static void mb_start(const struct x86_boot *x, struct axvm_x86_sregs *s,
		     struct axvm_x86_regs *r)
{
	x86_start_flat(s, X86_BOOT_CS, X86_BOOT_DS);
	r->gpr[0] = MULTIBOOT_EAX;
	r->gpr[3] = X86_INFO; /* RBX */
	r->rip = x->entry;
}

const struct x86_protocol x86_multiboot = {
	.name = "multiboot",
	.fixed = true,
	.is = multiboot_is,
	.parse = mb_parse,
	.place = mb_place,
	.load = mb_load,
	.start = mb_start,
};
