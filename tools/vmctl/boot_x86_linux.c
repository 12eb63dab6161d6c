// SPDX-License-Identifier: GPL-2.0
/*
 * Linux on x86 by its own boot protocol: the 64-bit entry point where the
 * kernel has it, the 32-bit one else.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "boot_x86.h"
#include "config.h"
#include "vmctl.h"
#include "x86_map.h"

#define ENTRY_64 0x200u /* from where the kernel is */
#define MAP_LAST 0xffffffffull /* the page tables go no further */

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

static bool linux_parse(const struct config *c, struct x86_boot *x,
			struct diags *d)
{
	uint32_t max = X86_CMDLINE_MAX - 1;

	if (!bzimage_parse(x->kernel.v, x->kernel.n, x->path, &x->z, d))
		return false;
	x->initrd_max = x->z.initrd_max;
	x->initrd_high = x->z.xloadflags & BZIMAGE_ABOVE_4G;
	if (x->z.cmdline_max < max)
		max = x->z.cmdline_max;
	if (c->cmdline.set && strlen(c->cmdline.v) > max) {
		ERROR(c->cmdline.line,
		      "%s has %zu bytes; this kernel takes at most %" PRIu32,
		      CFG_KEY(c->cmdline, "boot.cmdline"), strlen(c->cmdline.v),
		      max);
		return false;
	}
	return true;
}

static bool place_fixed(const struct config *c, struct x86_boot *x,
			struct diags *d)
{
	const struct bzimage *z = &x->z;

	x->load = c->kernel_load_addr.v;
	if (z->relocatable ? x->load & (z->alignment - 1) :
			     x->load != X86_HIGH) {
		ERROR(c->kernel_load_addr.line,
		      "%s: 0x%" PRIx64
		      " does not suit %s: it must be %s 0x%" PRIx32,
		      CFG_KEY(c->kernel_load_addr, "boot.kernel_at"), x->load,
		      x->path, z->relocatable ? "a multiple of" : "exactly",
		      z->relocatable ? z->alignment : X86_HIGH);
		return false;
	}
	if (x->load + z->init_size - 1 <= MAP_LAST &&
	    x86_ram_free(&x->ram, x->load, z->init_size))
		return true;
	ERROR(c->kernel_load_addr.line,
	      "%s: %s needs 0x%" PRIx64
	      " bytes of memory below 4 GiB at 0x%" PRIx64
	      ": there is no memory, or another image",
	      CFG_KEY(c->kernel_load_addr, "boot.kernel_at"), x->path,
	      z->init_size, x->load);
	return false;
}

static bool linux_place(const struct config *c, struct x86_boot *x,
			struct diags *d)
{
	const struct bzimage *z = &x->z;
	uint64_t align = z->relocatable ? z->alignment : 1;
	uint64_t last = z->relocatable ? MAP_LAST : X86_HIGH + z->init_size - 1;
	uint64_t first = z->relocatable ? z->preferred : X86_HIGH;

	if (c->kernel_load_addr.set) {
		if (!place_fixed(c, x, d))
			return false;
	} else if (!x86_ram_lowest(&x->ram, z->init_size, align, first, last,
				   &x->load) &&
		   !x86_ram_lowest(&x->ram, z->init_size, align, X86_HIGH, last,
				   &x->load)) {
		ERROR(c->kernel_path.line,
		      "%s: %s needs 0x%" PRIx64
		      " bytes of memory in one piece between 1 MiB and 4 GiB, and there is none; give the guest more (%s, --memory)",
		      CFG_KEY(c->kernel_path, "boot.kernel"), x->path,
		      z->init_size, CFG_KEY(c->memory_regions, "memory"));
		return false;
	}
	x->need = z->init_size;
	return x86_ram_take(&x->ram, x->load, z->init_size);
}

int x86_linux_load(const struct vm *vm, const struct x86_boot *x,
		   const struct bzimage *z, const uint8_t *header)
{
	const bool initrd = x->initrd.fd >= 0;
	const struct bzimage_boot tell = {
		.cmdline = X86_CMDLINE,
		.initrd = initrd ? x->initrd.at : 0,
		.initrd_len = initrd ? x->initrd.size : 0,
		.rsdp = x->rsdp,
		.load = x->load,
		.map = x->ram.map,
		.nr_map = x->ram.nr_map,
	};
	uint8_t params[BOOT_PARAMS_BYTES];

	bzimage_params(z, header, &tell, params);
	return x86_write(vm, X86_INFO, params, sizeof(params));
}

void x86_linux_start(uint64_t entry, bool is64, struct axvm_x86_sregs *s,
		     struct axvm_x86_regs *r)
{
	r->gpr[6] = X86_INFO; /* RSI */
	r->rip = entry;
	if (is64)
		x86_start_long(s, X86_BOOT_CS, X86_BOOT_DS, X86_PAGE_TABLES);
	else
		x86_start_flat(s, X86_BOOT_CS, X86_BOOT_DS);
}

static int linux_load(const struct vm *vm, const struct config *c,
		      struct x86_boot *x)
{
	int ret = x86_linux_load(vm, x, &x->z, x->kernel.v);

	return ret ? ret :
		     x86_write(vm, x->load, x->kernel.v + x->z.setup,
			       x->z.body);
}

static void linux_start(const struct x86_boot *x, struct axvm_x86_sregs *s,
			struct axvm_x86_regs *r)
{
	bool is64 = x->z.xloadflags & BZIMAGE_64;

	x86_linux_start(x->load + (is64 ? ENTRY_64 : 0), is64, s, r);
}

const struct x86_protocol x86_linux = {
	.name = "linux",
	.is = bzimage_is,
	.parse = linux_parse,
	.place = linux_place,
	.load = linux_load,
	.start = linux_start,
};
