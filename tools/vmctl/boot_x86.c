// SPDX-License-Identifier: GPL-2.0
/*
 * x86 start states of flat binaries: real mode, flat 32-bit protected mode,
 * 64-bit mode over an identity map of the first 4 GiB, or the reset state as
 * it is.  No GDT is made: a guest that reloads a segment register brings its
 * own table.  Kernels that a boot protocol knows are boot_x86_kernel.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "boot_x86.h"
#include "config.h"
#include "vmctl.h"
#include "x86_map.h"
#include "x86_start.h"

#define SELECTOR_CODE 0x08u
#define SELECTOR_DATA 0x10u

enum start_mode { START_REAL, START_PROTECTED32, START_LONG64, START_RESET };

static enum start_mode mode_of(const struct config *c)
{
	static const char *const words[] = { "real", "protected32", "long64",
					     "reset" };

	for (int i = 0; c->start_mode.set && i < 4; i++) {
		if (!strcmp(c->start_mode.v, words[i]))
			return (enum start_mode)i;
	}
	return boot_entry(c) < 1 << 20 ? START_REAL : START_PROTECTED32;
}

/* Page tables: where told, else at the end of the first region below 4 GiB. */
static uint64_t table_address(const struct config *c)
{
	const struct cfg_region *r = c->memory_regions.v;

	if (c->page_table_addr.set)
		return c->page_table_addr.v;
	for (size_t i = 0; i < c->memory_regions.n; i++) {
		uint64_t end = r[i].gpa.v + r[i].size.v;

		if (end <= 1ull << 32 && r[i].size.v > X86_TABLE_BYTES)
			return end - X86_TABLE_BYTES;
	}
	return 0;
}

static int set_long(const struct vm *vm, const struct config *c,
		    struct axvm_x86_sregs *s)
{
	uint64_t at = table_address(c);
	int ret = x86_start_tables(vm, at);

	if (ret == -ENOENT)
		return err(
			VMCTL_CONFIG,
			"VM '%s': start_mode \"long64\" needs 24 KiB of guest memory for page tables at 0x%" PRIx64
			"; set %s",
			vm->name, at,
			CFG_MISSING(c->start_mode, "boot.page_tables",
				    "kernel.page_table_addr"));
	if (ret)
		return vmctl_failed(vm, "write the page tables of", ret);
	x86_start_long(s, SELECTOR_CODE, SELECTOR_DATA, at);
	return 0;
}

static unsigned int x86_memory(uint64_t bytes, struct boot_range *r)
{
	r[0] = (struct boot_range){ 0,
				    bytes < X86_RAM_END ? bytes : X86_RAM_END };
	r[1] = (struct boot_range){ X86_RAM_AGAIN, bytes - r[0].size };
	return r[1].size ? 2 : 1;
}

static void x86_check(const struct config *c, struct diags *d)
{
	enum start_mode mode = mode_of(c);
	uint64_t entry = boot_entry(c);

	if (mode == START_REAL && entry >= 1 << 20)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"%s 0x%" PRIx64
			" is above 1 MiB, where real mode does not reach; see %s",
			CFG_KEY(c->entry_point, "boot.entry"), entry,
			CFG_MISSING(c->entry_point, "boot.mode",
				    "kernel.start_mode"));
	if (mode == START_PROTECTED32 && entry >> 32)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"%s 0x%" PRIx64
			" is above 4 GiB, where 32-bit code does not reach; see %s",
			CFG_KEY(c->entry_point, "boot.entry"), entry,
			CFG_MISSING(c->entry_point, "boot.mode",
				    "kernel.start_mode"));
	if (mode == START_LONG64 && entry >> 32)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"%s 0x%" PRIx64
			" is above 4 GiB, which start_mode \"long64\" does not map",
			CFG_KEY(c->entry_point, "boot.entry"), entry);
	if (mode == START_LONG64 && !table_address(c) &&
	    !c->page_table_addr.set)
		diag_add(
			d, DIAG_ERROR, c->file, c->start_mode.line,
			"%s \"long64\" needs memory below 4 GiB for page tables; see %s",
			CFG_KEY(c->start_mode, "boot.mode"),
			CFG_MISSING(c->start_mode, "boot.page_tables",
				    "kernel.page_table_addr"));
}

static int x86_setup(const struct vm *vm, int vcpu, const struct config *c,
		     struct boot *b)
{
	enum start_mode mode = mode_of(c);
	struct axvm_x86_regs regs = { .rip = boot_entry(c),
				      .rflags = X86_RFLAGS_FIXED };
	struct axvm_x86_sregs sregs;
	int ret;

	if (x86_kernel(b))
		return x86_kernel_setup(vm, vcpu, b);
	if (mode == START_RESET)
		return 0;
	ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &sregs, sizeof(sregs));
	if (ret)
		return vmctl_failed(vm, "read the registers of", ret);
	if (mode == START_REAL) {
		x86_start_real(&sregs, regs.rip);
		regs.rip &= 0xffff;
	} else if (mode == START_PROTECTED32) {
		x86_start_flat(&sregs, SELECTOR_CODE, SELECTOR_DATA);
	} else {
		ret = set_long(vm, c, &sregs);
		if (ret)
			return ret;
	}
	ret = vcpu_set_regs(vcpu, AXVM_REGS_SYSTEM, &sregs, sizeof(sregs));
	if (!ret)
		ret = vcpu_set_regs(vcpu, AXVM_REGS_GENERAL, &regs,
				    sizeof(regs));
	return ret ? vmctl_failed(vm, "set the start registers of", ret) : 0;
}

const struct boot_arch boot_x86 = {
	.arch = CFG_ARCH_X86,
	.memory = x86_memory,
	.check = x86_check,
	.open = x86_kernel_open,
	.place = x86_kernel_place,
	.load = x86_kernel_load,
	.setup = x86_setup,
	.close = x86_kernel_close,
};
