// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/task.c: every check of the manual's tables, made
 * to fail alone, before the switch and in the new task; the error code.
 */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/task_rig.h"

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

int main(void)
{
	Suite *s = suite_create("task_checks");
	TCase *tc = tcase_create("task");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 120);
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
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
