// SPDX-License-Identifier: GPL-2.0
/*
 * The machine of task_rig.h.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/task_rig.h"

u8 ram[RAM_BYTES];
u8 before[RAM_BYTES];
u32 absent = ~0u, locked = ~0u;
u32 cr3, user_writes;
int cr3_error;

static int access(void *opaque, enum vtask_access how, u32 at, void *buf,
		  u32 bytes, bool user, struct vtask_fault *fault)
{
	u32 page = at & ~0xfffu, last = (at + bytes - 1) & ~0xfffu;

	ck_assert_ptr_eq(opaque, ram);
	ck_assert_uint_lt(at, sizeof(ram));
	ck_assert_uint_le(bytes, 104);
	if (page == absent || last == absent ||
	    (how != VTASK_READ && (page == locked || last == locked))) {
		*fault = (struct vtask_fault){
			.vector = PF,
			.error = (how != VTASK_READ ? 2 : 0) | (user ? 4 : 0) |
				 (page != absent),
			.cr2 = at,
		};
		return -EFAULT;
	}
	if (how == VTASK_READ)
		memcpy(buf, ram + at, bytes);
	else if (how == VTASK_WRITE)
		memcpy(ram + at, buf, bytes);
	else
		ck_assert_ptr_null(buf);
	if (how == VTASK_WRITE && user)
		user_writes++;
	return 0;
}

static int set_cr3(void *opaque, u32 value)
{
	if (cr3_error)
		return cr3_error;
	cr3 = value;
	return 0;
}

static const struct vtask_ops ops = { access, set_cr3 };

void put16(u32 at, u16 v)
{
	memcpy(ram + at, &v, 2);
}

void put32(u32 at, u32 v)
{
	memcpy(ram + at, &v, 4);
}

u16 get16(u32 at)
{
	u16 v;

	memcpy(&v, ram + at, 2);
	return v;
}

u32 get32(u32 at)
{
	u32 v;

	memcpy(&v, ram + at, 4);
	return v;
}

/* @flags: G, D/B, L, AVL */
void descriptor(u16 selector, u32 base, u32 limit, u8 rights, u8 flags)
{
	u32 at = (selector & 4 ? LDT_AT : GDT) + (selector & ~7u);

	put16(at, limit);
	put16(at + 2, base);
	ram[at + 4] = base >> 16;
	ram[at + 5] = rights;
	ram[at + 6] = (limit >> 16 & 15) | flags << 4;
	ram[at + 7] = base >> 24;
}

u8 rights(u16 selector)
{
	return ram[GDT + (selector & ~7u) + 5];
}

const u32 new_gpr[8] = { 0xaaaa0001, 0xcccc0002, 0xdddd0003, 0xbbbb0004,
			 STACK,	     0xb9b90005, 0x51510006, 0xd1d10007 };

/* Where the manual's figure has the fields of a 32-bit TSS. */
void tss32(u32 at, u32 eip, u32 eflags)
{
	static const u16 sel[6] = { DATA3, CODE0, DATA0, DATA3, 0, DATA0 };
	unsigned int i;

	memset(ram + at, 0, 104);
	put32(at + 0x1c, 0x77000);
	put32(at + 0x20, eip);
	put32(at + 0x24, eflags);
	for (i = 0; i < 8; i++)
		put32(at + 0x28 + 4 * i, new_gpr[i]);
	for (i = 0; i < 6; i++)
		put32(at + 0x48 + 4 * i, 0xfade0000 | sel[i]);
	put32(at + 0x60, S_LDT);
}

/* And of one of 16 bits. */
void tss16(u32 at, u16 ip, u16 flags)
{
	static const u16 sel[4] = { DATA3, CODE0, DATA0, DATA3 };
	unsigned int i;

	memset(ram + at, 0, 44);
	put16(at + 0x0e, ip);
	put16(at + 0x10, flags);
	for (i = 0; i < 8; i++)
		put16(at + 0x12 + 2 * i, new_gpr[i]);
	for (i = 0; i < 4; i++)
		put16(at + 0x22 + 2 * i, sel[i]);
	put16(at + 0x2a, S_LDT);
}

void tables(void)
{
	memset(ram, 0, sizeof(ram));
	descriptor(CODE0, 0, 0xfffff, 0x9a, 0xc);
	descriptor(DATA0, 0, 0xfffff, 0x92, 0xc);
	descriptor(CODE3, 0, 0xfffff, 0xfa, 0xc);
	descriptor(DATA3, 0x12345678, 0xfffff, 0xf2, 0xc);
	descriptor(S_OLD, OLD, 0x67, 0x8b, 0);
	descriptor(S_NEW, NEW, 0x67, 0x89, 0);
	descriptor(S_LDT, LDT_AT, 0x0b, 0x82, 0);
	descriptor(S_NEW16, NEW16, 0x2b, 0x81, 0);
	descriptor(S_OLD16, OLD16, 0x2b, 0x83, 0);
	descriptor(CONFORM, 0, 0xfffff, 0x9e, 0xc);
	descriptor(ABSENT_CODE, 0, 0xfffff, 0x1a, 0xc);
	descriptor(ABSENT_DATA, 0, 0xfffff, 0x12, 0xc);
	descriptor(READ_ONLY, 0, 0xfffff, 0x90, 0xc);
	descriptor(EXECUTE, 0, 0xfffff, 0x98, 0xc);
	descriptor(ABSENT_LDT, LDT_AT, 0x0b, 0x02, 0);
	descriptor(DATA16, 0, 0xffff, 0x92, 0);
	descriptor(DOWN, 0, 0x7, 0x96, 0xc); /* from 0x8000 on */
	descriptor(SMALL, 0, 0xfff, 0x9a, 4);
	descriptor(CONFORM3, 0, 0xfffff, 0xfe, 0xc);
	descriptor(L_DATA, 0x500, 0x1ff, 0xf2, 4);
	tss32(OLD, 0x111, 2);
	tss32(NEW, 0x2222, 0x202);
	tss16(NEW16, 0x3333, 0x206);
	tss16(OLD16, 0x4444, 2);
}

struct vtask_seg seg(u16 selector, u32 base, u32 limit, u32 access)
{
	return (struct vtask_seg){ base, limit, access, selector };
}

/* The old task as it runs. */
struct vtask begin(enum vtask_how how, u16 selector)
{
	struct vtask t = {
		.ops = &ops,
		.opaque = ram,
		.how = how,
		.selector = selector,
		.paging = true,
		.gdt_base = GDT,
		.gdt_limit = GDT_END - 1,
		.eip = 0x1234567,
		.eflags = 0x246 | (how == VTASK_IRET ? NT : 0),
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		t.gpr[i] = 0x01010101 * (i + 1);
	t.seg[VTASK_ES] = seg(DATA0, 0, ~0u, 0xc093);
	t.seg[VTASK_CS] = seg(CODE0, 0, ~0u, 0xc09b);
	t.seg[VTASK_SS] = seg(DATA0 | 0, 0, ~0u, 0xc093);
	t.seg[VTASK_DS] = seg(DATA3, 0, ~0u, 0xc0f3);
	t.seg[VTASK_FS] = seg(0, 0, 0, 0x10000);
	t.seg[VTASK_GS] = seg(DATA3, 0, ~0u, 0xc0f3);
	t.seg[VTASK_TR] = seg(S_OLD, OLD, 0x67, 0x8b);
	t.seg[VTASK_LDTR] = seg(0, 0, 0, 0x10000);
	cr3 = 0x1000;
	cr3_error = 0;
	absent = locked = ~0u;
	user_writes = 0;
	if (how == VTASK_IRET)
		ram[GDT + (selector & ~7u) + 5] |= 2;
	memcpy(before, ram, sizeof(ram));
	return t;
}

void unchanged(void)
{
	ck_assert_int_eq(memcmp(ram, before, sizeof(ram)), 0);
}

void check_seg(const struct vtask *t, unsigned int n, u16 selector, u32 base,
	       u32 limit, u32 rights)
{
	same(t->seg[n].selector, selector);
	same(t->seg[n].base, base);
	same(t->seg[n].limit, limit);
	same(t->seg[n].access, rights);
}

void check_saved32(u32 eflags)
{
	unsigned int i;

	same(get32(OLD + 0x20), 0x1234567);
	same(get32(OLD + 0x24), eflags);
	for (i = 0; i < 8; i++)
		same(get32(OLD + 0x28 + 4 * i), 0x01010101 * (i + 1));
	same(get16(OLD + 0x48), DATA0);
	same(get16(OLD + 0x4c), CODE0);
	same(get16(OLD + 0x50), DATA0);
	same(get16(OLD + 0x54), DATA3);
	same(get16(OLD + 0x58), 0);
	same(get16(OLD + 0x5c), DATA3);
	/* what is never saved */
	same(get32(OLD + 0x1c), 0x77000);
	same(get32(OLD + 0x60), S_LDT);
	same(get32(OLD), 0);
	for (i = 4; i < 0x1c; i += 4)
		same(get32(OLD + i), 0);
}
