// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/task.c: what each kind of switch saves, loads,
 * links and marks busy, as the manual's tables have it; and random tables.
 */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/task_rig.h"

/* ---- what is saved and loaded -------------------------------------------------- */

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
	tcase_add_test(tc, random_tables);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
