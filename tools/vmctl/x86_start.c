// SPDX-License-Identifier: GPL-2.0
/*
 * Register values of x86 start states.  Segment registers are loaded with
 * their hidden parts; a descriptor table is the caller's to add.
 */
#include <string.h>

#include "x86_start.h"

#define CR0_PE (1ull << 0)
#define CR0_ET (1ull << 4)
#define CR0_NE (1ull << 5)
#define CR0_PG (1ull << 31)
#define CR4_PAE (1ull << 5)
#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)

/* Access rights as in struct axvm_x86_segment. */
#define ACCESS_REAL_DATA 0x93u /* data, writable, accessed, present */
#define ACCESS_REAL_CODE 0x9bu
#define ACCESS_FLAT_DATA 0xc093u /* + D/B and G */
#define ACCESS_FLAT_CODE 0xc09bu
#define ACCESS_LONG_CODE 0xa09bu /* + L and G */
#define ACCESS_TSS 0x8bu /* busy 32/64-bit TSS */
#define ACCESS_UNUSABLE 0x10000u

#define TABLE_BYTES 4096u
#define TABLES (X86_TABLE_BYTES / TABLE_BYTES)
#define PTE_P_RW 0x3u
#define PTE_PS 0x80u

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

void x86_start_real(struct axvm_x86_sregs *s, uint64_t entry)
{
	uint64_t base = entry & 0xf0000;

	set_data(s, segment(0, 0, 0xffff, ACCESS_REAL_DATA));
	s->seg[AXVM_X86_CS] =
		segment((uint16_t)(base >> 4), base, 0xffff, ACCESS_REAL_CODE);
}

static void set_flat(struct axvm_x86_sregs *s, uint32_t access, uint16_t code,
		     uint16_t data)
{
	set_data(s, segment(data, 0, ~0u, ACCESS_FLAT_DATA));
	s->seg[AXVM_X86_CS] = segment(code, 0, ~0u, access);
	s->seg[AXVM_X86_TR] = segment(0, 0, 0xffff, ACCESS_TSS);
	s->seg[AXVM_X86_LDTR] = segment(0, 0, 0, ACCESS_UNUSABLE);
	s->gdt = s->idt = (struct axvm_x86_dtable){ 0 };
	s->cr0 = CR0_PE | CR0_ET | CR0_NE;
	s->cr3 = 0;
	s->cr4 = 0;
	s->efer = 0;
}

void x86_start_flat(struct axvm_x86_sregs *s, uint16_t code, uint16_t data)
{
	set_flat(s, ACCESS_FLAT_CODE, code, data);
}

void x86_start_long(struct axvm_x86_sregs *s, uint16_t code, uint16_t data,
		    uint64_t tables)
{
	set_flat(s, ACCESS_LONG_CODE, code, data);
	s->cr3 = tables;
	s->cr4 = CR4_PAE;
	s->cr0 |= CR0_PG;
	s->efer = EFER_LME | EFER_LMA;
}

int x86_start_tables(const struct vm *vm, uint64_t at)
{
	static uint64_t tables[TABLES][TABLE_BYTES / 8];

	memset(tables, 0, sizeof(tables));
	tables[0][0] = (at + TABLE_BYTES) | PTE_P_RW;
	for (uint64_t i = 0; i < 4; i++)
		tables[1][i] = (at + (2 + i) * TABLE_BYTES) | PTE_P_RW;
	for (uint64_t i = 0; i < 4 * 512; i++)
		tables[2 + i / 512][i % 512] = i << 21 | PTE_PS | PTE_P_RW;
	return vm_mem_write(vm->fd, at, tables, sizeof(tables), NULL);
}
