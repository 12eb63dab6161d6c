// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/task.c: what each kind of switch saves, loads,
 * links and marks busy, as the manual's tables have it, and every check of
 * theirs, made to fail alone.
 */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/task.h"

#define TS 10
#define NP 11
#define SS 12
#define GP 13
#define PF 14

#define NT 0x4000u
#define VM 0x20000u

/* ---- a machine ------------------------------------------------------------ */

#define GDT 0x1000u
#define LDT_AT 0x2000u
#define OLD 0x3000u /* TSSs */
#define NEW 0x4000u
#define STACK 0x8000u
#define OLD16 0x5000u
#define NEW16 0x6000u

/* Selectors. */
#define CODE0 0x08
#define DATA0 0x10
#define CODE3 0x1b
#define DATA3 0x23
#define S_OLD 0x28
#define S_NEW 0x30
#define S_LDT 0x38
#define S_NEW16 0x40
#define S_OLD16 0x48
#define CONFORM 0x50
#define ABSENT_CODE 0x58
#define ABSENT_DATA 0x60
#define READ_ONLY 0x68
#define EXECUTE 0x70 /* code that cannot be read */
#define ABSENT_LDT 0x78
#define DATA16 0x80 /* a stack of 16 bits */
#define DOWN 0x88 /* expands down */
#define SMALL 0x90 /* code of 0x1000 bytes */
#define CONFORM3 0x9b
#define GDT_END 0xa0
#define L_DATA 0x07 /* in the LDT, entry 0, RPL 3 */
#define L_FAR 0x0c /* behind its end */

static u8 ram[0x20000];
static u8 before[sizeof(ram)];
static u32 absent = ~0u,
	   locked = ~0u; /* a page: not there; not to be written */
static u32 cr3, user_writes;
static int cr3_error;

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

static void put16(u32 at, u16 v)
{
	memcpy(ram + at, &v, 2);
}

static void put32(u32 at, u32 v)
{
	memcpy(ram + at, &v, 4);
}

static u16 get16(u32 at)
{
	u16 v;

	memcpy(&v, ram + at, 2);
	return v;
}

static u32 get32(u32 at)
{
	u32 v;

	memcpy(&v, ram + at, 4);
	return v;
}

/* @flags: G, D/B, L, AVL */
static void descriptor(u16 selector, u32 base, u32 limit, u8 rights, u8 flags)
{
	u32 at = (selector & 4 ? LDT_AT : GDT) + (selector & ~7u);

	put16(at, limit);
	put16(at + 2, base);
	ram[at + 4] = base >> 16;
	ram[at + 5] = rights;
	ram[at + 6] = (limit >> 16 & 15) | flags << 4;
	ram[at + 7] = base >> 24;
}

static u8 rights(u16 selector)
{
	return ram[GDT + (selector & ~7u) + 5];
}

static const u32 new_gpr[8] = { 0xaaaa0001, 0xcccc0002, 0xdddd0003, 0xbbbb0004,
				STACK,	    0xb9b90005, 0x51510006, 0xd1d10007 };

/* Where the manual's figure has the fields of a 32-bit TSS. */
static void tss32(u32 at, u32 eip, u32 eflags)
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
static void tss16(u32 at, u16 ip, u16 flags)
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

static void tables(void)
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

static struct vtask_seg seg(u16 selector, u32 base, u32 limit, u32 access)
{
	return (struct vtask_seg){ base, limit, access, selector };
}

/* The old task as it runs. */
static struct vtask begin(enum vtask_how how, u16 selector)
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

static void unchanged(void)
{
	ck_assert_int_eq(memcmp(ram, before, sizeof(ram)), 0);
}

#define same(a, b) ck_assert_uint_eq(a, b)

/* ---- what is saved and loaded -------------------------------------------------- */

static void check_saved32(u32 eflags)
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

static void check_seg(const struct vtask *t, unsigned int n, u16 selector,
		      u32 base, u32 limit, u32 rights)
{
	same(t->seg[n].selector, selector);
	same(t->seg[n].base, base);
	same(t->seg[n].limit, limit);
	same(t->seg[n].access, rights);
}

static void check_loaded32(const struct vtask *t)
{
	unsigned int i;

	ck_assert(t->committed);
	ck_assert(!t->trap);
	same(cr3, 0x77000);
	same(t->eip, 0x2222);
	for (i = 0; i < 8; i++)
		same(t->gpr[i], new_gpr[i]);
	check_seg(t, VTASK_ES, DATA3, 0x12345678, ~0u, 0xc0f3);
	check_seg(t, VTASK_CS, CODE0, 0, ~0u, 0xc09b);
	check_seg(t, VTASK_SS, DATA0, 0, ~0u, 0xc093);
	check_seg(t, VTASK_DS, DATA3, 0x12345678, ~0u, 0xc0f3);
	same(t->seg[VTASK_FS].selector, 0);
	same(t->seg[VTASK_FS].access, 0x10000);
	check_seg(t, VTASK_GS, DATA0, 0, ~0u, 0xc093);
	check_seg(t, VTASK_TR, S_NEW, NEW, 0x67, 0x8b);
	check_seg(t, VTASK_LDTR, S_LDT, LDT_AT, 0x0b, 0x82);
	/* descriptors that were loaded were accessed */
	same(rights(CODE0), 0x9b);
	same(rights(DATA0), 0x93);
	same(rights(DATA3), 0xf3);
	same(rights(S_LDT), 0x82);
	same(rights(S_NEW), 0x8b);
}

/* "Effect of a Task Switch on Busy Flag, NT Flag, Previous Task Link Field". */
START_TEST(links)
{
	static const struct {
		u8 old_busy;
		u32 saved, loaded;
		u16 link;
	} want[] = {
		[VTASK_JMP] = { 0x89, 0x246, 0x202, 0 },
		[VTASK_CALL] = { 0x8b, 0x246, 0x202 | NT, S_OLD },
		[VTASK_GATE] = { 0x8b, 0x246, 0x202 | NT, S_OLD },
		[VTASK_IRET] = { 0x89, 0x246, 0x202, 0 },
	};
	enum vtask_how how = _i;
	struct vtask t;

	tables();
	t = begin(how, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	check_saved32(want[how].saved);
	check_loaded32(&t);
	same(t.eflags, want[how].loaded);
	same(rights(S_OLD), want[how].old_busy);
	same(get16(NEW), want[how].link);
	/* what is reserved beside selectors stays */
	same(get32(OLD + 0x4c), 0xfade0000 | CODE0);
}
END_TEST

START_TEST(to_16_bits)
{
	struct vtask t;
	unsigned int i;

	tables();
	t = begin(VTASK_CALL, S_NEW16);
	ck_assert_int_eq(vtask_switch(&t), 0);
	check_saved32(0x246);
	ck_assert(t.committed);
	same(cr3, 0x1000); /* there is none in it */
	same(t.eip, 0x3333);
	same(t.eflags, 0x206 | NT);
	for (i = 0; i < 8; i++)
		same(t.gpr[i] & 0xffff, new_gpr[i] & 0xffff);
	check_seg(&t, VTASK_ES, DATA3, 0x12345678, ~0u, 0xc0f3);
	check_seg(&t, VTASK_CS, CODE0, 0, ~0u, 0xc09b);
	check_seg(&t, VTASK_SS, DATA0, 0, ~0u, 0xc093);
	check_seg(&t, VTASK_DS, DATA3, 0x12345678, ~0u, 0xc0f3);
	same(t.seg[VTASK_FS].access, 0x10000);
	same(t.seg[VTASK_GS].access, 0x10000);
	same(t.seg[VTASK_GS].selector, 0);
	check_seg(&t, VTASK_TR, S_NEW16, NEW16, 0x2b, 0x83);
	check_seg(&t, VTASK_LDTR, S_LDT, LDT_AT, 0x0b, 0x82);
	same(get16(NEW16), S_OLD);
}
END_TEST

START_TEST(from_16_bits)
{
	struct vtask t;
	unsigned int i;

	tables();
	t = begin(VTASK_JMP, S_NEW);
	t.seg[VTASK_TR] = seg(S_OLD16, OLD16, 0x2b, 0x83);
	ck_assert_int_eq(vtask_switch(&t), 0);
	check_loaded32(&t);
	same(get16(OLD16 + 0x0e), 0x4567);
	same(get16(OLD16 + 0x10), 0x246);
	for (i = 0; i < 8; i++)
		same(get16(OLD16 + 0x12 + 2 * i), 0x0101 * (i + 1));
	same(get16(OLD16 + 0x22), DATA0);
	same(get16(OLD16 + 0x24), CODE0);
	same(get16(OLD16 + 0x26), DATA0);
	same(get16(OLD16 + 0x28), DATA3);
	same(get16(OLD16 + 0x2a), S_LDT);
	same(rights(S_OLD16), 0x81);
}
END_TEST

/* What is saved begins before, and ends before, what is not. */
START_TEST(old_limit)
{
	static const struct {
		u32 limit, access;
		bool fits;
	} olds[] = {
		{ 0x5f, 0x8b, true },
		{ 0x5e, 0x8b, false },
		{ 0x29, 0x83, true },
		{ 0x28, 0x83, false },
	};
	struct vtask t;

	tables();
	t = begin(VTASK_JMP, S_NEW);
	t.seg[VTASK_TR].limit = olds[_i].limit;
	t.seg[VTASK_TR].access = olds[_i].access;
	ck_assert_int_eq(vtask_switch(&t), olds[_i].fits ? 0 : -EFAULT);
	ck_assert(t.committed == olds[_i].fits);
	if (olds[_i].fits)
		return;
	same(t.fault.vector, TS);
	same(t.fault.error, S_OLD);
	unchanged();
}
END_TEST

START_TEST(registers)
{
	struct vtask t;

	/* reserved flags are not loaded, bit 1 always is */
	tables();
	put32(NEW + 0x24, ~VM);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.eflags, (0x3f7fd7 & ~VM) | 2);

	/* CR3 is loaded if there is paging */
	tables();
	t = begin(VTASK_JMP, S_NEW);
	t.paging = false;
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(cr3, 0x1000);

	/* the debug trap */
	tables();
	put16(NEW + 0x64, 1);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	ck_assert(t.trap);
	tables();
	put16(NEW + 0x64, 0xfffe);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	ck_assert(!t.trap);
}
END_TEST

/* To CPL 3, with segments from the LDT. */
START_TEST(user_task)
{
	struct vtask t;

	tables();
	put16(NEW + 0x4c, CODE3);
	put16(NEW + 0x50, DATA3);
	put16(NEW + 0x48, L_DATA);
	put16(NEW + 0x5c, 0);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	check_seg(&t, VTASK_CS, CODE3, 0, ~0u, 0xc0fb);
	check_seg(&t, VTASK_SS, DATA3, 0x12345678, ~0u, 0xc0f3);
	check_seg(&t, VTASK_ES, L_DATA, 0x500, 0x1ff, 0x40f3);
	same(ram[LDT_AT + 5], 0xf3);

	/* conforming code runs at the selector's level */
	tables();
	put16(NEW + 0x4c, CONFORM | 3);
	put16(NEW + 0x50, DATA3);
	put16(NEW + 0x54, CONFORM); /* data of CPL 3: conforming code will do */
	put16(NEW + 0x5c, 0);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	check_seg(&t, VTASK_CS, CONFORM | 3, 0, ~0u, 0xc09f);
	check_seg(&t, VTASK_DS, CONFORM, 0, ~0u, 0xc09f);
}
END_TEST

START_TEST(virtual_8086)
{
	static const u16 sel[6] = { 0x1234, 0xf000, 0x9000, 0x0040, 7, 0xffff };
	struct vtask t;
	unsigned int i;

	tables();
	put32(NEW + 0x24, VM | 0x202);
	for (i = 0; i < 6; i++)
		put16(NEW + 0x48 + 4 * i, sel[i]);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.eflags, VM | 0x202);
	for (i = 0; i < 6; i++)
		check_seg(&t, i, sel[i], sel[i] * 16u, 0xffff, 0xf3);
	check_seg(&t, VTASK_LDTR, S_LDT, LDT_AT, 0x0b, 0x82);
}
END_TEST

START_TEST(no_ldt)
{
	struct vtask t;

	tables();
	put16(NEW + 0x60, 3); /* null, whatever its RPL */
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.seg[VTASK_LDTR].selector, 3);
	same(t.seg[VTASK_LDTR].access, 0x10000);
}
END_TEST

/* ---- checks before the switch ------------------------------------------------------ */

static const struct {
	u16 selector;
	u16 change; /* descriptor: its rights become... */
	u8 rights;
	u16 limit; /* ... and its limit, if not 0 */
	u8 vector; /* of JMP, CALL and gates; IRET: TS for GP */
	enum vtask_how not ; /* not with this */
} tss_checks[] = {
	{ 0, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ 3, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ S_NEW | 4, 0, 0, 0, GP, VTASK_GATE + 1 }, /* of an LDT */
	{ GDT_END, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ 0xfff8, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ CODE0, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ DATA0, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ S_LDT, 0, 0, 0, GP, VTASK_GATE + 1 },
	{ S_NEW, S_NEW, 0x80, 0, GP, VTASK_GATE + 1 }, /* reserved */
	{ S_NEW, S_NEW, 0x8c, 0, GP, VTASK_GATE + 1 }, /* a call gate */
	{ S_NEW, S_NEW, 0x85, 0, GP, VTASK_GATE + 1 }, /* a task gate */
	{ S_NEW, S_NEW, 0x99, 0, GP, VTASK_GATE + 1 }, /* code */
	{ S_NEW, S_NEW, 0x8b, 0, GP, VTASK_IRET }, /* busy */
	{ S_NEW16, S_NEW16, 0x83, 0, GP, VTASK_IRET },
	{ S_NEW, S_NEW, 0x09, 0, NP, VTASK_IRET },
	{ S_NEW16, S_NEW16, 0x01, 0, NP, VTASK_IRET },
	{ S_NEW, S_NEW, 0x89, 0x66, TS, VTASK_IRET },
	{ S_NEW16, S_NEW16, 0x81, 0x2a, TS, VTASK_IRET },
};

START_TEST(new_tss)
{
	enum vtask_how how;
	struct vtask t;

	for (how = VTASK_CALL; how <= VTASK_GATE; how++) {
		u8 vector = tss_checks[_i].vector;

		if (tss_checks[_i].not == how)
			continue;
		if (how == VTASK_IRET && vector == GP)
			vector = TS;
		tables();
		if (tss_checks[_i].change)
			ram[GDT + tss_checks[_i].change + 5] =
				tss_checks[_i].rights;
		if (tss_checks[_i].limit)
			put16(GDT + tss_checks[_i].change,
			      tss_checks[_i].limit);
		t = begin(how == VTASK_IRET ? VTASK_JMP : how,
			  tss_checks[_i].selector);
		t.how = how;
		t.external = how == VTASK_GATE;
		ck_assert_int_eq(vtask_switch(&t), -EFAULT);
		ck_assert(!t.committed);
		same(t.fault.vector, vector);
		same(t.fault.error,
		     (tss_checks[_i].selector & 0xfffc) | (how == VTASK_GATE));
		unchanged();
	}
}
END_TEST

/* IRET: one that is not busy, and what else may be wrong with one that is. */
START_TEST(back_to_tss)
{
	static const struct {
		u8 rights;
		u16 limit;
		u8 vector;
	} bad[] = {
		{ 0x89, 0x67, TS },
		{ 0x0b, 0x67, NP },
		{ 0x8b, 0x66, TS },
	};
	struct vtask t;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		tables();
		t = begin(VTASK_IRET, S_NEW);
		descriptor(S_NEW, NEW, bad[i].limit, bad[i].rights, 0);
		memcpy(before, ram, sizeof(ram));
		ck_assert_int_eq(vtask_switch(&t), -EFAULT);
		ck_assert(!t.committed);
		same(t.fault.vector, bad[i].vector);
		same(t.fault.error, S_NEW);
		unchanged();
	}
}
END_TEST

/* No page of what is needed is missed before anything has changed. */
START_TEST(pages)
{
	static const struct {
		u32 page;
		bool lock;
		u32 error;
	} missing[] = {
		{ GDT, false, 0 }, { OLD, false, 2 }, { NEW, false, 0 },
		{ OLD, true, 3 },  { GDT, true, 3 },  { NEW, true, 3 },
	};
	enum vtask_how how;
	struct vtask t;

	for (how = VTASK_CALL; how <= VTASK_GATE; how++) {
		bool link = how == VTASK_CALL || how == VTASK_GATE;

		if (missing[_i].page == NEW && missing[_i].lock && !link)
			continue;
		tables();
		/* It has been accessed, or would be written for that. */
		t = begin(how, S_NEW);
		*(missing[_i].lock ? &locked : &absent) = missing[_i].page;
		ck_assert_int_eq(vtask_switch(&t), -EFAULT);
		ck_assert(!t.committed);
		same(t.fault.vector, PF);
		same(t.fault.error, missing[_i].error);
		same(t.fault.cr2 & ~0xfffu, missing[_i].page);
		unchanged();
	}
}
END_TEST

/* ---- checks in the new task ----------------------------------------------------------- */

static const struct {
	u8 at; /* field of the TSS ... */
	u16 selector; /* ... and what is in it */
	u8 vector;
} seg_checks[] = {
	/* LDTR */
	{ 0x60, L_DATA, TS },
	{ 0x60, GDT_END, TS },
	{ 0x60, DATA0, TS },
	{ 0x60, S_NEW16, TS },
	{ 0x60, ABSENT_LDT, TS },
	/* CS */
	{ 0x4c, 0, TS },
	{ 0x4c, 3, TS },
	{ 0x4c, GDT_END, TS },
	{ 0x4c, L_FAR, TS },
	{ 0x4c, DATA0, TS },
	{ 0x4c, S_LDT, TS },
	{ 0x4c, CODE0 | 3, TS }, /* DPL is not RPL */
	{ 0x4c, CODE3 & ~3, TS },
	{ 0x4c, CONFORM3 & ~3, TS }, /* conforming: DPL above RPL */
	{ 0x4c, ABSENT_CODE, NP },
	/* SS */
	{ 0x50, 0, TS },
	{ 0x50, GDT_END, TS },
	{ 0x50, CODE0, TS },
	{ 0x50, READ_ONLY, TS },
	{ 0x50, S_LDT, TS },
	{ 0x50, DATA3, TS }, /* DPL and RPL are not CPL */
	{ 0x50, DATA0 | 3, TS },
	{ 0x50, DATA3 & ~3, TS },
	{ 0x50, ABSENT_DATA, SS },
	/* DS, ES, FS, GS */
	{ 0x54, GDT_END, TS },
	{ 0x48, L_FAR, TS },
	{ 0x58, S_LDT, TS },
	{ 0x5c, EXECUTE, TS },
	{ 0x54, DATA0 | 3, TS }, /* RPL above DPL */
	{ 0x48, ABSENT_DATA, NP },
	{ 0x5c, ABSENT_CODE, NP },
};

START_TEST(new_segments)
{
	bool external = _i & 1;
	struct vtask t;
	u32 sel = seg_checks[_i].selector;

	tables();
	put16(NEW + seg_checks[_i].at, sel);
	t = begin(VTASK_CALL, S_NEW);
	t.external = external;
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	/* it is the new task's: everything that is no segment is loaded */
	ck_assert(t.committed);
	same(t.fault.vector, seg_checks[_i].vector);
	same(t.fault.error, (sel & 0xfffc) | external);
	check_saved32(0x246);
	same(t.eip, 0x2222);
	same(t.eflags, 0x202 | NT);
	same(cr3, 0x77000);
	check_seg(&t, VTASK_TR, S_NEW, NEW, 0x67, 0x8b);
	same(rights(S_NEW), 0x8b);
	same(get16(NEW), S_OLD);
	/* selectors are there, and a state that a processor can be in */
	same(t.seg[VTASK_CS].selector, get16(NEW + 0x4c));
	same(t.seg[VTASK_SS].selector, get16(NEW + 0x50));
	same(t.seg[VTASK_GS].selector, get16(NEW + 0x5c));
	same(t.seg[VTASK_CS].access & 0x1009b, 0x9b);
	same(t.seg[VTASK_CS].access >> 5 & 3, t.seg[VTASK_SS].access >> 5 & 3);
	same(t.seg[VTASK_SS].access >> 5 & 3, get16(NEW + 0x4c) & 3);
}
END_TEST

/* What CPL 3 must not have in its data registers. */
START_TEST(user_segments)
{
	static const struct {
		u16 selector;
		u8 vector;
	} data[] = {
		{ DATA0, TS },	    { DATA0 | 3, TS }, { CODE0, TS },
		{ CONFORM3, 0 },    { DATA3, 0 },      { DATA3 & ~3, 0 },
		{ CONFORM | 3, 0 }, { 0, 0 },	       { CODE3, 0 },
	};
	struct vtask t;

	tables();
	put16(NEW + 0x4c, CODE3);
	put16(NEW + 0x50, DATA3);
	put16(NEW + 0x5c, data[_i].selector);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), data[_i].vector ? -EFAULT : 0);
	if (!data[_i].vector)
		return;
	same(t.fault.vector, data[_i].vector);
	same(t.fault.error, data[_i].selector & 0xfffc);
}
END_TEST

START_TEST(new_memory)
{
	struct vtask t;

	/* the LDT's page, once the task is the new one */
	tables();
	put16(NEW + 0x48, L_DATA);
	t = begin(VTASK_JMP, S_NEW);
	absent = LDT_AT;
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	ck_assert(t.committed);
	same(t.fault.vector, PF);
	same(t.fault.cr2, LDT_AT);

	/* without an LDT there is nothing in one */
	tables();
	put16(NEW + 0x48, L_DATA);
	put16(NEW + 0x60, 0);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	same(t.fault.vector, TS);
	same(t.fault.error, L_DATA & 0xfffc);

	/* bad PDPTEs */
	tables();
	t = begin(VTASK_JMP, S_NEW);
	cr3_error = -EINVAL;
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	ck_assert(t.committed);
	same(t.fault.vector, GP);
	same(t.fault.error, 0);
	tables();
	t = begin(VTASK_JMP, S_NEW);
	cr3_error = -ENOMEM;
	ck_assert_int_eq(vtask_switch(&t), -ENOMEM);

	/* EIP behind the end of CS */
	tables();
	put16(NEW + 0x4c, SMALL);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	ck_assert(t.committed);
	same(t.fault.vector, GP);
	same(t.fault.error, 0);
	tables();
	put16(NEW + 0x4c, SMALL);
	put32(NEW + 0x20, 0xfff);
	t = begin(VTASK_JMP, S_NEW);
	ck_assert_int_eq(vtask_switch(&t), 0);
}
END_TEST

/* ---- the error code -------------------------------------------------------------------- */

static struct vtask with_error(u16 tss, u16 ss, u32 esp)
{
	struct vtask t;

	tables();
	put16((tss == S_NEW ? NEW + 0x50 : NEW16 + 0x26), ss);
	if (tss == S_NEW)
		put32(NEW + 0x38, esp);
	else
		put16(NEW16 + 0x1a, esp);
	t = begin(VTASK_GATE, tss);
	t.has_error = true;
	t.error = 0xe44;
	t.external = true;
	return t;
}

START_TEST(error_code)
{
	struct vtask t = with_error(S_NEW, DATA0, STACK);

	memset(ram + STACK - 8, 0xff, 16);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.gpr[4], STACK - 4);
	same(get32(STACK - 4), 0xe44);
	same(get32(STACK - 8), ~0u);
	same(get32(STACK), ~0u);
	same(user_writes, 0);

	/* two bytes from a TSS of 16 bits */
	t = with_error(S_NEW16, DATA0, STACK);
	memset(ram + STACK - 8, 0xff, 16);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.gpr[4] & 0xffff, STACK - 2);
	same(get16(STACK - 2), 0xe44);
	same(get16(STACK - 4), 0xffff);

	/* a stack of 16 bits: SP alone moves, and wraps */
	t = with_error(S_NEW, DATA16, 0x77770000);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.gpr[4], 0x7777fffc);
	same(get32(0xfffc), 0xe44);

	/* without one nothing is pushed */
	t = with_error(S_NEW, DATA0, STACK);
	t.has_error = false;
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(t.gpr[4], STACK);

	/* CPL 3 pushes as a user */
	t = with_error(S_NEW, DATA3, STACK);
	descriptor(DATA3, 0, 0xfffff, 0xf2, 0xc);
	put16(NEW + 0x4c, CODE3);
	put16(NEW + 0x5c, 0);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(user_writes, 1);
}
END_TEST

START_TEST(error_code_faults)
{
	struct vtask t = with_error(S_NEW, DATA16, 2); /* wraps in the middle */

	descriptor(DATA16, 0, 0xfffd, 0x92, 0);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	ck_assert(t.committed);
	same(t.fault.vector, SS);
	same(t.fault.error, 1); /* EXT */
	same(t.gpr[4], 2);

	/* expand-down: below the limit there is nothing; above there is */
	t = with_error(S_NEW, DOWN, STACK);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	same(t.fault.vector, SS);
	t = with_error(S_NEW, DOWN, STACK + 4);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(get32(STACK), 0xe44);
	t = with_error(S_NEW, DOWN, STACK + 3);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);

	/* expand-down of 16 bits ends at 64 KiB */
	t = with_error(S_NEW, DOWN, 0);
	descriptor(DOWN, 0, 0x7fff, 0x96, 0);
	ck_assert_int_eq(vtask_switch(&t), 0);
	same(get32(0xfffc), 0xe44);
	t = with_error(S_NEW, DOWN, 2);
	descriptor(DOWN, 0, 0x7fff, 0x96, 0);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	same(t.fault.vector, SS);

	/* past 4 GiB */
	t = with_error(S_NEW, DATA0, 2);
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	same(t.fault.vector, SS);

	/* and its page */
	t = with_error(S_NEW, DATA0, STACK);
	absent = STACK - 0x1000;
	ck_assert_int_eq(vtask_switch(&t), -EFAULT);
	ck_assert(t.committed);
	same(t.fault.vector, PF);
	same(t.fault.error, 2);
	same(t.fault.cr2, STACK - 4);
	same(t.gpr[4], STACK);
}
END_TEST

/* ---- anything in tables ------------------------------------------------------------------ */

static u32 chance(void)
{
	static u64 seed = 88172645463325252ull;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> 16;
}

/* The owner's function checks each access; states are ones that can be entered. */
START_TEST(random_tables)
{
	unsigned int i, j, done = 0;

	for (i = 0; i < 10000; i++) {
		static const u16 to[] = { S_NEW, S_NEW16, S_NEW, CODE0 };
		struct vtask t;
		int err;

		tables();
		for (j = chance() % 4; j; j--)
			ram[GDT + chance() % GDT_END] = chance();
		/* Bases stay where there is memory. */
		for (j = 0; j < GDT_END; j += 8) {
			ram[GDT + j + 4] = 0;
			ram[GDT + j + 7] = 0;
			ram[GDT + j + 3] &= 0x7f;
			ram[GDT + j + 6] &= 0x70;
		}
		for (j = chance() % 4; j; j--)
			put16(NEW + 2 * (chance() % 52),
			      chance() & 1 ? chance() % GDT_END : chance());
		put32(NEW + 0x38, chance() % 0x7000 + 8);
		put16(NEW16 + 0x1a, chance() % 0x7000 + 8);
		t = begin(chance() & 3, to[chance() & 3]);
		/* A stack of virtual-8086 mode may lie anywhere. */
		t.has_error = t.how == VTASK_GATE && chance() & 1 &&
			      !(get32(NEW + 0x24) & VM);
		err = vtask_switch(&t);
		ck_assert(err == 0 || err == -EFAULT);
		ck_assert(err || t.committed);
		if (!t.committed) {
			unchanged();
			continue;
		}
		done++;
		same(t.eflags & ~0x3f7fd7u, 0);
		ck_assert(!(t.seg[VTASK_CS].access & 0x10000));
		if (!(t.eflags & VM))
			same(t.seg[VTASK_SS].access >> 5 & 3,
			     t.seg[VTASK_CS].selector & 3);
		same(t.seg[VTASK_TR].access & 0x97, 0x83);
		for (j = VTASK_ES; j <= VTASK_GS; j++)
			ck_assert(t.seg[j].access & 0x10000 ||
				  (t.seg[j].access & 0x91) == 0x91);
	}
	ck_assert_uint_gt(done, 1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("task");
	TCase *tc = tcase_create("task");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, links, VTASK_CALL, VTASK_GATE + 1);
	tcase_add_test(tc, to_16_bits);
	tcase_add_test(tc, from_16_bits);
	tcase_add_loop_test(tc, old_limit, 0, 4);
	tcase_add_test(tc, registers);
	tcase_add_test(tc, user_task);
	tcase_add_test(tc, virtual_8086);
	tcase_add_test(tc, no_ldt);
	tcase_add_loop_test(tc, new_tss, 0,
			    sizeof(tss_checks) / sizeof(*tss_checks));
	tcase_add_test(tc, back_to_tss);
	tcase_add_loop_test(tc, pages, 0, 6);
	tcase_add_loop_test(tc, new_segments, 0,
			    sizeof(seg_checks) / sizeof(*seg_checks));
	tcase_add_loop_test(tc, user_segments, 0, 9);
	tcase_add_test(tc, new_memory);
	tcase_add_test(tc, error_code);
	tcase_add_test(tc, error_code_faults);
	tcase_add_test(tc, random_tables);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
