// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels of x86 guests, whatever their protocol: the file is opened and
 * recognised, memory is mapped out, RAM disk, ACPI tables, GDT and page tables
 * are loaded.  What only one protocol wants is in the file of that protocol.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot_x86.h"
#include "config.h"
#include "vmctl.h"
#include "x86_map.h"

#define HEAD 8192 /* as far as a Multiboot header may be */

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

static const struct x86_protocol *const protocols[] = {
	&x86_linux, &x86_multiboot, &x86_pvh, &x86_vmlinux
};

struct x86_boot *x86_kernel(const struct boot *b)
{
	struct x86_boot *x = b->state;

	return x && x->protocol ? x : NULL;
}

int x86_write(const struct vm *vm, uint64_t at, const void *v, size_t n)
{
	int ret = vm_mem_write(vm->fd, at, v, n, NULL);

	return ret ? vmctl_failed(vm, "write the memory of", ret) : 0;
}

/* Which of them may it be, before one looks at the file? */
static bool wanted(const struct config *c, const struct x86_protocol *p)
{
	if (c->boot_protocol.set && strcmp(c->boot_protocol.v, "direct"))
		return !strcmp(c->boot_protocol.v, p->name);
	return !p->fixed || c->boot_protocol.set ||
	       !(c->kernel_load_addr.set || c->entry_point.set);
}

static const struct x86_protocol *recognise(const struct config *c,
					    const struct image *img)
{
	uint8_t head[HEAD];
	ssize_t n = pread(img->fd, head, sizeof(head), 0);

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (n > 0 && wanted(c, protocols[i]) &&
		    protocols[i]->is(head, (size_t)n))
			return protocols[i];
	}
	return NULL;
}

/* It is no kernel of the protocol that was asked for, or of any. */
static void unknown_kernel(const struct config *c, struct diags *d)
{
	if (c->boot_protocol.set && strcmp(c->boot_protocol.v, "direct"))
		ERROR(c->boot_protocol.line,
		      "%s is \"%s\", but %s is no kernel of that kind",
		      CFG_KEY(c->boot_protocol, "boot.protocol"),
		      c->boot_protocol.v, c->kernel_path.v);
	else
		ERROR(c->kernel_path.line,
		      "%s: %s is no kernel that a boot protocol knows (Linux bzImage, ELF with a PVH note or 64-bit, Multiboot); for a flat binary, %s must say where it goes",
		      CFG_KEY(c->kernel_path, "boot.kernel"), c->kernel_path.v,
		      CFG_MISSING(c->kernel_path, "boot.kernel_at",
				  "kernel.kernel_load_addr"));
}

static void open_kernel(const struct config *c, struct boot *b, struct diags *d)
{
	struct x86_boot *x = b->state;
	struct image img;

	if (!image_open_as(c, &img, CFG_KEY(c->kernel_path, "boot.kernel"),
			   &c->kernel_path, d)) {
		b->owns |= BOOT_KERNEL; /* that is said */
		return;
	}
	x->protocol = recognise(c, &img);
	if (x->protocol) {
		b->owns |= BOOT_KERNEL | BOOT_RAMDISK | BOOT_CMDLINE;
		x->path = img.path;
		if (!image_read(c, &img, images_room(c), &x->kernel, d) ||
		    !x->protocol->parse(c, x, d))
			bytes_free(&x->kernel);
	} else if (!c->kernel_load_addr.set ||
		   (c->boot_protocol.set &&
		    strcmp(c->boot_protocol.v, "direct"))) {
		b->owns |= BOOT_KERNEL;
		unknown_kernel(c, d);
	}
	close(img.fd);
}

/* boot.mode is for flat binaries: with it, nothing is recognised. */
void x86_kernel_open(const struct config *c, struct boot *b, struct diags *d)
{
	struct x86_boot *x = must(calloc(1, sizeof(*x)));

	b->state = x;
	x->initrd.fd = -1;
	x->rsdp = b->platform ? X86_ACPI : 0;
	if (!c->kernel_path.set || c->start_mode.set)
		return;
	open_kernel(c, b, d);
	if (x->protocol && c->ramdisk_path.set)
		image_open_as(c, &x->initrd,
			      CFG_KEY(c->ramdisk_path, "boot.initrd"),
			      &c->ramdisk_path, d);
}

static bool map_ram(const struct config *c, struct x86_ram *r)
{
	struct boot_range *ram;
	size_t n = boot_ram(c, &ram);
	struct x86_span *spans = must(calloc(n + 1, sizeof(*spans)));
	bool ok;

	for (size_t i = 0; i < n; i++)
		spans[i] = (struct x86_span){ ram[i].gpa, ram[i].size };
	ok = x86_ram_map(r, spans, n);
	free(spans);
	free(ram);
	return ok;
}

static bool place_initrd(const struct config *c, struct x86_boot *x,
			 struct diags *d)
{
	struct image *img = &x->initrd;

	if (img->fd < 0)
		return true;
	if (c->ramdisk_load_addr.set) {
		img->at = c->ramdisk_load_addr.v;
		if (x86_ram_free(&x->ram, img->at, img->size))
			return true;
		ERROR(c->ramdisk_load_addr.line,
		      "%s: %s (%llu bytes at 0x%llx) does not fit there: no memory, or something else is there",
		      CFG_KEY(c->ramdisk_load_addr, "boot.initrd_at"),
		      img->path, (unsigned long long)img->size,
		      (unsigned long long)img->at);
		return false;
	}
	if (x86_ram_highest(&x->ram, img->size, 4096, X86_HIGH, x->initrd_max,
			    &img->at) ||
	    (x->initrd_high &&
	     x86_ram_highest(&x->ram, img->size, 4096, X86_HIGH, UINT64_MAX - 1,
			     &img->at)))
		return true;
	ERROR(img->line,
	      "%s: %s (%llu bytes) finds no room beside the kernel (%llu bytes) in the guest's memory; give it more (%s, --memory)",
	      CFG_KEY(c->ramdisk_path, "boot.initrd"), img->path,
	      (unsigned long long)img->size, (unsigned long long)x->need,
	      CFG_KEY(c->memory_regions, "memory"));
	return false;
}

void x86_kernel_place(const struct config *c, const struct image_list *list,
		      struct boot *b, struct diags *d)
{
	struct x86_boot *x = x86_kernel(b);
	bool ok;

	if (!x)
		return;
	x->list = list;
	ok = map_ram(c, &x->ram);
	for (size_t i = 0; ok && i < list->n; i++)
		ok = x86_ram_take(&x->ram, list->v[i].at, list->v[i].size);
	if (!ok) {
		ERROR(c->memory_regions.line,
		      "%s: more than %u pieces of memory and images",
		      CFG_KEY(c->memory_regions, "memory"), E820_MAX);
		return;
	}
	if (!x86_ram_free(&x->ram, 0, X86_LOW_END) || x->ram.nr_map < 3 ||
	    x->ram.map[2].at != X86_ACPI) {
		ERROR(c->memory_regions.line,
		      "%s: a kernel needs memory from 0 to 1 MiB, with no other image there",
		      CFG_KEY(c->memory_regions, "memory"));
		return;
	}
	if (x->protocol->place(c, x, d) && place_initrd(c, x, d))
		x86_ram_take(&x->ram, x->initrd.at, x->initrd.size);
}

static int load_acpi(const struct vm *vm)
{
	uint8_t *tables = must(malloc(ACPI_MAX_BYTES));
	uint64_t hw_id[AXVM_MAX_VCPUS];
	struct acpi_machine m;
	int ret = boot_cpus(vm, hw_id, &m.nr_cpus);

	for (unsigned int i = 0; i < m.nr_cpus; i++)
		m.apic_id[i] = (uint32_t)hw_id[i];
	if (!ret)
		ret = x86_write(vm, X86_ACPI, tables,
				acpi_make(&m, X86_ACPI, tables));
	free(tables);
	return ret;
}

/* The command line, which a kernel may not have: then an empty one. */
static int load_cmdline(const struct vm *vm, const struct config *c)
{
	const char *text = c->cmdline.set ? c->cmdline.v : "";

	return x86_write(vm, X86_CMDLINE, text, strlen(text) + 1);
}

int x86_kernel_load(const struct vm *vm, const struct config *c, struct boot *b)
{
	/* null, unused, code at X86_BOOT_CS, data at X86_BOOT_DS */
	static const uint64_t gdt32[] = { 0, 0, 0x00cf9b000000ffff,
					  0x00cf93000000ffff };
	static const uint64_t gdt64[] = { 0, 0, 0x00af9b000000ffff,
					  0x00cf93000000ffff };
	struct x86_boot *x = x86_kernel(b);
	struct axvm_x86_sregs s = { 0 };
	struct axvm_x86_regs r = { 0 };
	int ret;

	if (!x)
		return 0;
	x->protocol->start(x, &s, &r);
	ret = x86_write(vm, X86_GDT, s.cr3 ? gdt64 : gdt32, sizeof(gdt64));
	if (!ret && s.cr3 && x86_start_tables(vm, s.cr3))
		ret = vmctl_failed(vm, "write the page tables of", -ENOENT);
	if (!ret)
		ret = load_cmdline(vm, c);
	if (!ret && x->rsdp)
		ret = load_acpi(vm);
	if (!ret && x->initrd.fd >= 0)
		ret = image_flat.load(vm, &x->initrd);
	return ret ? ret : x->protocol->load(vm, c, x);
}

int x86_kernel_setup(const struct vm *vm, int vcpu, const struct boot *b)
{
	const struct x86_boot *x = x86_kernel(b);
	struct axvm_x86_regs regs = { .rflags = X86_RFLAGS_FIXED };
	struct axvm_x86_sregs sregs;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &sregs, sizeof(sregs));

	if (!ret) {
		x->protocol->start(x, &sregs, &regs);
		sregs.gdt = (struct axvm_x86_dtable){ .base = X86_GDT,
						      .limit = 4 * 8 - 1 };
		ret = vcpu_set_regs(vcpu, AXVM_REGS_SYSTEM, &sregs,
				    sizeof(sregs));
	}
	if (!ret)
		ret = vcpu_set_regs(vcpu, AXVM_REGS_GENERAL, &regs,
				    sizeof(regs));
	return ret ? vmctl_failed(vm, "set the start registers of", ret) : 0;
}

void x86_kernel_close(struct boot *b)
{
	struct x86_boot *x = b->state;

	if (!x)
		return;
	if (x->initrd.fd >= 0)
		close(x->initrd.fd);
	bytes_free(&x->kernel);
	free(x);
}
