// SPDX-License-Identifier: GPL-2.0
/*
 * x86 kernels that are ELF files: the PVH start where they have its note, else
 * Linux's 64-bit entry point; and segments into memory, for Multiboot too.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "boot_x86.h"
#include "config.h"
#include "le.h"
#include "pvh.h"
#include "vmctl.h"
#include "x86_map.h"

#define ZEROES (1u << 20)
#define CR0_NE (1ull << 5)
/* A vmlinux has no setup header to say more: this is any kernel's. */
#define INITRD_MAX 0x7fffffffu

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

/* ---- segments ---------------------------------------------------------- */

bool x86_segments_place(const struct config *c, struct x86_boot *x,
			struct diags *d)
{
	const struct elf_image *e = &x->elf;

	x->load = e->load[0].at;
	if (c->kernel_load_addr.set && c->kernel_load_addr.v != x->load) {
		ERROR(c->kernel_load_addr.line,
		      "%s is 0x%" PRIx64
		      ", but %s says that it goes to 0x%" PRIx64,
		      CFG_KEY(c->kernel_load_addr, "boot.kernel_at"),
		      c->kernel_load_addr.v, x->path, x->load);
		return false;
	}
	if (c->entry_point.set && c->entry_point.v != x->entry) {
		ERROR(c->entry_point.line,
		      "%s is 0x%" PRIx64 ", but %s begins at 0x%" PRIx64,
		      CFG_KEY(c->entry_point, "boot.entry"), c->entry_point.v,
		      x->path, x->entry);
		return false;
	}
	for (size_t i = 0; i < e->nr_load; i++) {
		const struct elf_segment *s = &e->load[i];

		if (!x86_ram_free(&x->ram, s->at, s->memsz) ||
		    s->at < X86_CMDLINE + X86_CMDLINE_MAX) {
			ERROR(c->kernel_path.line,
			      "%s: %s has a segment of 0x%" PRIx64
			      " bytes at 0x%" PRIx64
			      ": there is no memory, or something else is there",
			      CFG_KEY(c->kernel_path, "boot.kernel"), x->path,
			      s->memsz, s->at);
			return false;
		}
		if (!x86_ram_take(&x->ram, s->at, s->memsz)) {
			ERROR(c->kernel_path.line,
			      "%s: %s: too many segments and images",
			      CFG_KEY(c->kernel_path, "boot.kernel"), x->path);
			return false;
		}
		x->need += s->memsz;
	}
	return true;
}

int x86_segments_load(const struct vm *vm, const struct x86_boot *x)
{
	static const uint8_t zeroes[ZEROES];
	int ret = 0;

	for (size_t i = 0; !ret && i < x->elf.nr_load; i++) {
		const struct elf_segment *s = &x->elf.load[i];
		uint64_t at = s->filesz;

		if (s->filesz)
			ret = x86_write(vm, s->at, x->kernel.v + s->offset,
					s->filesz);
		/* Also after a reset, which leaves memory as it is. */
		while (!ret && at < s->memsz) {
			uint64_t n = s->memsz - at;

			if (n > ZEROES)
				n = ZEROES;
			ret = x86_write(vm, s->at + at, zeroes, n);
			at += n;
		}
	}
	return ret;
}

/* ---- PVH --------------------------------------------------------------- */

static bool pvh_parse(const struct config *c, struct x86_boot *x,
		      struct diags *d)
{
	uint32_t entry;

	if (!elf_image_parse(x->kernel.v, x->kernel.n, x->path, &x->elf, d) ||
	    !pvh_entry(&x->elf, x->kernel.v, x->kernel.n, x->path, &entry, d))
		return false;
	x->entry = entry;
	x->initrd_max = UINT32_MAX;
	if (entry)
		return true;
	if (c->boot_protocol.set && !strcmp(c->boot_protocol.v, "pvh")) {
		ERROR(c->boot_protocol.line,
		      "%s is \"pvh\", but %s has no note of name Xen and type 18 (PHYS32_ENTRY)",
		      CFG_KEY(c->boot_protocol, "boot.protocol"), x->path);
		return false;
	}
	x->protocol = &x86_vmlinux;
	return x->protocol->parse(c, x, d);
}

static int pvh_load(const struct vm *vm, const struct config *c,
		    struct x86_boot *x)
{
	const struct pvh_boot tell = {
		.cmdline = X86_CMDLINE,
		.rsdp = x->rsdp,
		.initrd = x->initrd.at,
		.initrd_len = x->initrd.fd >= 0 ? x->initrd.size : 0,
		.map = x->ram.map,
		.nr_map = x->ram.nr_map,
	};
	uint8_t info[PVH_INFO_BYTES];
	int ret =
		x86_write(vm, X86_INFO, info, pvh_info(&tell, X86_INFO, info));

	return ret ? ret : x86_segments_load(vm, x);
}

static void pvh_start(const struct x86_boot *x, struct axvm_x86_sregs *s,
		      struct axvm_x86_regs *r)
{
	x86_start_flat(s, X86_BOOT_CS, X86_BOOT_DS);
	s->seg[AXVM_X86_TR].limit = 0x67;
	s->cr0 &= ~CR0_NE; /* PE alone, says the protocol */
	r->gpr[3] = X86_INFO; /* RBX */
	r->rip = x->entry;
}

const struct x86_protocol x86_pvh = {
	.name = "pvh",
	.fixed = true,
	.is = elf_image_is,
	.parse = pvh_parse,
	.place = x86_segments_place,
	.load = pvh_load,
	.start = pvh_start,
};

/* ---- vmlinux ----------------------------------------------------------- */

static bool vmlinux_parse(const struct config *c, struct x86_boot *x,
			  struct diags *d)
{
	if (!elf_image_parse(x->kernel.v, x->kernel.n, x->path, &x->elf, d))
		return false;
	if (!x->elf.is64 || x->elf.entry > UINT32_MAX) {
		ERROR(c->kernel_path.line,
		      "%s: %s is %s, and has neither a Multiboot header nor a PVH note; by Linux's 64-bit protocol only an ELF64 file for x86-64 that begins below 4 GiB can start",
		      CFG_KEY(c->kernel_path, "boot.kernel"), x->path,
		      x->elf.is64 ? "above 4 GiB" : "a 32-bit file");
		return false;
	}
	x->entry = x->elf.entry;
	x->initrd_max = INITRD_MAX;
	return true;
}

/*
 * With what a setup header would say. The kernel looks at the loader's type
 * (RAM disks are believed in only from a known one) and at the version.
 */
static int vmlinux_load(const struct vm *vm, const struct config *c,
			struct x86_boot *x)
{
	const struct bzimage z = { .header_end = 0x268 };
	uint8_t header[0x268] = { 0 };
	int ret;

	le16_put(header + 0x1fe, 0xaa55);
	memcpy(header + 0x202, "HdrS", 4);
	le16_put(header + 0x206, 0x20c);
	header[0x211] = BZIMAGE_LOADED_HIGH;
	ret = x86_linux_load(vm, x, &z, header);
	return ret ? ret : x86_segments_load(vm, x);
}

static void vmlinux_start(const struct x86_boot *x, struct axvm_x86_sregs *s,
			  struct axvm_x86_regs *r)
{
	x86_linux_start(x->entry, true, s, r);
}

const struct x86_protocol x86_vmlinux = {
	.name = "linux",
	.fixed = true,
	.is = elf_image_is,
	.parse = vmlinux_parse,
	.place = x86_segments_place,
	.load = vmlinux_load,
	.start = vmlinux_start,
};
