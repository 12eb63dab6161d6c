/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What x86's boot protocols keep between configuration and start; private to
 * boot_x86*.c.
 */
#ifndef VMCTL_BOOT_X86_H
#define VMCTL_BOOT_X86_H

#include "acpi.h"
#include "boot.h"
#include "bzimage.h"
#include "elf_image.h"
#include "image.h"
#include "unpack.h"
#include "x86_ram.h"
#include "x86_start.h"

struct x86_boot;

/**
 * struct x86_protocol - how one kind of kernel wants to be started
 * @name: as kernel.boot_protocol has it ("direct" there: any)
 * @fixed: the file itself says where it goes: without kernel.boot_protocol, one
 *	for which the configuration says so is a flat binary
 * @is: does a file that begins like this look like one?
 * @parse: read its headers from @x->kernel; it may settle on another protocol
 * @place: find a place for what it needs in @x->ram
 * @load: put kernel and information into memory; VMCTL_*
 * @start: registers of the boot processor
 */
struct x86_protocol {
	const char *name;
	bool fixed;
	bool (*is)(const uint8_t *head, size_t n);
	bool (*parse)(const struct config *c, struct x86_boot *x,
		      struct diags *d);
	bool (*place)(const struct config *c, struct x86_boot *x,
		      struct diags *d);
	int (*load)(const struct vm *vm, const struct config *c,
		    struct x86_boot *x);
	void (*start)(const struct x86_boot *x, struct axvm_x86_sregs *s,
		      struct axvm_x86_regs *r);
};

extern const struct x86_protocol x86_linux, x86_multiboot, x86_pvh, x86_vmlinux;

/**
 * struct x86_boot - an x86 guest's files on their way
 * @protocol: how its kernel is started; NULL: it is a flat binary
 * @kernel: the file
 * @path: its name
 * @z: its headers (Linux)
 * @elf: its segments (ELF and Multiboot)
 * @align_modules: what it is given besides must begin at a page (Multiboot)
 * @load: where the kernel goes; @need: bytes that it takes in all
 * @entry: where it begins (ELF and Multiboot)
 * @initrd_max: highest address of the RAM disk's last byte; @initrd_high: but
 *	above 4 GiB it may be, too
 * @list: images that the configuration places itself
 * @rsdp: where the ACPI tables begin, 0: there are none
 * @initrd: RAM disk; fd -1: there is none
 * @ram: memory, and what is taken of it
 */
struct x86_boot {
	const struct x86_protocol *protocol;
	struct bytes kernel;
	const char *path;
	struct bzimage z;
	struct elf_image elf;
	bool align_modules, initrd_high;
	uint64_t load, need;
	uint64_t entry;
	uint64_t initrd_max;
	const struct image_list *list;
	uint64_t rsdp;
	struct image initrd;
	struct x86_ram ram;
};

/** The kernel of this VM, if a boot protocol starts it, or NULL. */
struct x86_boot *x86_kernel(const struct boot *b);
int x86_kernel_setup(const struct vm *vm, int vcpu, const struct boot *b);

/* Functions of struct boot_arch. */
void x86_kernel_open(const struct config *c, struct boot *b, struct diags *d);
void x86_kernel_place(const struct config *c, const struct image_list *list,
		      struct boot *b, struct diags *d);
int x86_kernel_load(const struct vm *vm, const struct config *c,
		    struct boot *b);
void x86_kernel_close(struct boot *b);

/** Segments of @x->elf: take their places, put them there (VMCTL_*). */
bool x86_segments_place(const struct config *c, struct x86_boot *x,
			struct diags *d);
int x86_segments_load(const struct vm *vm, const struct x86_boot *x);

/**
 * x86_linux_load() - write the boot parameters of Linux to X86_INFO
 * @z: what a kernel's setup header says
 * @header: the file that it is in
 */
int x86_linux_load(const struct vm *vm, const struct x86_boot *x,
		   const struct bzimage *z, const uint8_t *header);
/** Linux begins at @entry, by its 64-bit protocol or the 32-bit one. */
void x86_linux_start(uint64_t entry, bool is64, struct axvm_x86_sregs *s,
		     struct axvm_x86_regs *r);

/** Write bytes to guest memory; VMCTL_*, having said what is wrong. */
int x86_write(const struct vm *vm, uint64_t at, const void *v, size_t n);

/* Descriptors at X86_GDT. */
#define X86_BOOT_CS 0x10u
#define X86_BOOT_DS 0x18u

#endif /* VMCTL_BOOT_X86_H */
