// SPDX-License-Identifier: GPL-2.0
/*
 * x86 start states: real mode, flat 32-bit protected mode, 64-bit mode over
 * an identity map of the first 4 GiB, or the reset state as it is.  No GDT is
 * made: segment registers are loaded with their hidden parts, and a guest
 * that reloads one brings its own table.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "boot.h"
#include "config.h"
#include "dev.h"
#include "vmctl.h"

#define CR0_PE (1ull << 0)
#define CR0_ET (1ull << 4)
#define CR0_NE (1ull << 5)
#define CR0_PG (1ull << 31)
#define CR4_PAE (1ull << 5)
#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)
#define RFLAGS_FIXED 2u

/* Access rights as in struct axvm_x86_segment. */
#define ACCESS_REAL_DATA 0x93u /* data, writable, accessed, present */
#define ACCESS_REAL_CODE 0x9bu
#define ACCESS_FLAT_DATA 0xc093u /* + D/B and G */
#define ACCESS_FLAT_CODE 0xc09bu
#define ACCESS_LONG_CODE 0xa09bu /* + L and G */
#define ACCESS_TSS 0x8bu /* busy 32/64-bit TSS */
#define ACCESS_UNUSABLE 0x10000u

/* Below 4 GiB the last GiB belongs to devices and interrupt controllers. */
#define LOW_END 0xc0000000ull
#define HIGH_BEGIN 0x100000000ull

#define SELECTOR_CODE 0x08u
#define SELECTOR_DATA 0x10u

/* Page tables of long64: one PML4, one PDPT, four directories of 2 MiB pages. */
#define TABLE_BYTES 4096u
#define TABLES 6u
#define PTE_P_RW 0x3u
#define PTE_PS 0x80u

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

static struct axvm_x86_segment segment(uint16_t selector, uint64_t base,
				       uint32_t limit, uint32_t access)
{
	return (struct axvm_x86_segment){ .base = base,
					  .limit = limit,
					  .selector = selector,
					  .access = access };
}

static void set_data(struct axvm_x86_sregs *s, struct axvm_x86_segment data)
{
	static const int which[] = { AXVM_X86_ES, AXVM_X86_SS, AXVM_X86_DS,
				     AXVM_X86_FS, AXVM_X86_GS };

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		s->seg[which[i]] = data;
}

static void set_real(struct axvm_x86_sregs *s, uint64_t entry)
{
	uint64_t base = entry & 0xf0000;

	set_data(s, segment(0, 0, 0xffff, ACCESS_REAL_DATA));
	s->seg[AXVM_X86_CS] =
		segment((uint16_t)(base >> 4), base, 0xffff, ACCESS_REAL_CODE);
}

static void set_flat(struct axvm_x86_sregs *s, uint32_t code)
{
	set_data(s, segment(SELECTOR_DATA, 0, ~0u, ACCESS_FLAT_DATA));
	s->seg[AXVM_X86_CS] = segment(SELECTOR_CODE, 0, ~0u, code);
	s->seg[AXVM_X86_TR] = segment(0, 0, 0xffff, ACCESS_TSS);
	s->seg[AXVM_X86_LDTR] = segment(0, 0, 0, ACCESS_UNUSABLE);
	s->gdt = s->idt = (struct axvm_x86_dtable){ 0 };
	s->cr0 = CR0_PE | CR0_ET | CR0_NE;
	s->cr3 = 0;
	s->cr4 = 0;
	s->efer = 0;
}

/* Page tables: where told, else at the end of the first region below 4 GiB. */
static uint64_t table_address(const struct config *c)
{
	const struct cfg_region *r = c->memory_regions.v;

	if (c->page_table_addr.set)
		return c->page_table_addr.v;
	for (size_t i = 0; i < c->memory_regions.n; i++) {
		uint64_t end = r[i].gpa.v + r[i].size.v;

		if (end <= 1ull << 32 && r[i].size.v > TABLES * TABLE_BYTES)
			return end - TABLES * TABLE_BYTES;
	}
	return 0;
}

static int write_tables(const struct vm *vm, uint64_t at)
{
	static uint64_t tables[TABLES][TABLE_BYTES / 8];
	int ret;

	memset(tables, 0, sizeof(tables));
	tables[0][0] = (at + TABLE_BYTES) | PTE_P_RW;
	for (uint64_t i = 0; i < 4; i++)
		tables[1][i] = (at + (2 + i) * TABLE_BYTES) | PTE_P_RW;
	for (uint64_t i = 0; i < 4 * 512; i++)
		tables[2 + i / 512][i % 512] = i << 21 | PTE_PS | PTE_P_RW;
	ret = vm_mem_write(vm->fd, at, tables, sizeof(tables), NULL);
	if (ret == -ENOENT)
		return err(
			VMCTL_CONFIG,
			"VM '%s': start_mode \"long64\" needs 24 KiB of guest memory for page tables at 0x%" PRIx64
			"; set kernel.page_table_addr",
			vm->name, at);
	return ret ? vmctl_failed(vm, "write the page tables of", ret) : 0;
}

static int set_long(const struct vm *vm, const struct config *c,
		    struct axvm_x86_sregs *s)
{
	uint64_t at = table_address(c);
	int ret = write_tables(vm, at);

	if (ret)
		return ret;
	set_flat(s, ACCESS_LONG_CODE);
	s->cr3 = at;
	s->cr4 = CR4_PAE;
	s->cr0 |= CR0_PG;
	s->efer = EFER_LME | EFER_LMA;
	return 0;
}

static unsigned int x86_memory(uint64_t bytes, struct boot_range *r)
{
	r[0] = (struct boot_range){ 0, bytes < LOW_END ? bytes : LOW_END };
	r[1] = (struct boot_range){ HIGH_BEGIN, bytes - r[0].size };
	return r[1].size ? 2 : 1;
}

static void x86_check(const struct config *c, struct diags *d)
{
	enum start_mode mode = mode_of(c);
	uint64_t entry = boot_entry(c);

	if (mode == START_REAL && entry >= 1 << 20)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"kernel.entry_point 0x%" PRIx64
			" is above 1 MiB, where real mode does not reach; see kernel.start_mode",
			entry);
	if (mode == START_PROTECTED32 && entry >> 32)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"kernel.entry_point 0x%" PRIx64
			" is above 4 GiB, where 32-bit code does not reach; see kernel.start_mode",
			entry);
	if (mode == START_LONG64 && entry >> 32)
		diag_add(
			d, DIAG_ERROR, c->file, c->entry_point.line,
			"kernel.entry_point 0x%" PRIx64
			" is above 4 GiB, which start_mode \"long64\" does not map",
			entry);
	if (mode == START_LONG64 && !table_address(c) &&
	    !c->page_table_addr.set)
		diag_add(
			d, DIAG_ERROR, c->file, c->start_mode.line,
			"kernel.start_mode \"long64\" needs memory below 4 GiB for page tables; see kernel.page_table_addr");
}

static int x86_setup(const struct vm *vm, int vcpu, const struct config *c,
		     struct boot *b)
{
	enum start_mode mode = mode_of(c);
	struct axvm_x86_regs regs = { .rip = boot_entry(c),
				      .rflags = RFLAGS_FIXED };
	struct axvm_x86_sregs sregs;
	int ret;

	if (mode == START_RESET)
		return 0;
	ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &sregs, sizeof(sregs));
	if (ret)
		return vmctl_failed(vm, "read the registers of", ret);
	if (mode == START_REAL) {
		set_real(&sregs, regs.rip);
		regs.rip &= 0xffff;
	} else if (mode == START_PROTECTED32) {
		set_flat(&sregs, ACCESS_FLAT_CODE);
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
	.memory = x86_memory,
	.check = x86_check,
	.setup = x86_setup,
};
