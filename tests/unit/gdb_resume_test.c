// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of going on and stopping: who steps, who holds still, which of several
 * hits is told, what is the guest's own.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "tests/unit/gdb_client.h"

START_TEST(test_continue)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_uint_eq(mock.resumes, 1);
	ck_assert_uint_eq(mock.debug[0].flags, AXVM_DEBUG_INSN);
	ck_assert_str_eq(stopped(), ""); /* it has not */
	hit(1, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	ck_assert_str_eq(stopped(), "T056:0000000000000000;7:0000000000000000;"
				    "10:30000080ffffffff;thread:2;swbreak:;|");
	ASK("QC2", "qC");
	/* hardware tells by its own name */
	ASK("OK", "z0,%llx,1", MOCK_HIGH + 0x30);
	ASK("OK", "Z1,%llx,1", MOCK_HIGH + 0x40);
	ASK("OK", "Z2,%llx,4", MOCK_HIGH + 0x100);
	ASK("OK", "Z3,%llx,4", MOCK_HIGH + 0x110);
	ASK("OK", "Z4,%llx,4", MOCK_HIGH + 0x120);
	ck_assert_str_eq(ask("c"), "");
	ck_assert_uint_eq(mock.debug[1].flags, 0);
	hit(3, AXVM_DEBUG_HIT_EXEC, MOCK_HIGH + 0x40, MOCK_HIGH + 0x40);
	ck_assert(has(stopped(), "thread:4;hwbreak:;|"));
	ask("vCont;c");
	hit(0, AXVM_DEBUG_HIT_DATA, MOCK_HIGH + 0x50, MOCK_HIGH + 0x100);
	ck_assert(has(stopped(), "thread:1;watch:ffffffff80000100;|"));
	ask("C05");
	hit(0, AXVM_DEBUG_HIT_DATA, MOCK_HIGH + 0x50, MOCK_HIGH + 0x110);
	ck_assert(has(stopped(), "rwatch:ffffffff80000110;|"));
	ask("vCont;C05:-1");
	hit(0, AXVM_DEBUG_HIT_DATA, MOCK_HIGH + 0x50, MOCK_HIGH + 0x120);
	ck_assert(has(stopped(), "awatch:ffffffff80000120;|"));
	teardown();
}
END_TEST

START_TEST(test_step)
{
	setup();
	ck_assert_str_eq(ask("vCont;s:2;c"), "");
	ck_assert_uint_eq(mock.debug[0].flags, 0);
	ck_assert_uint_eq(mock.debug[1].flags, AXVM_DEBUG_STEP);
	ck_assert_uint_eq(mock.debug[3].flags, 0);
	hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 2, 0);
	ck_assert(has(stopped(), "T05"));
	/* one alone: the others hold still */
	ck_assert_str_eq(ask("vCont;s:2"), "");
	ck_assert_uint_eq(mock.debug[0].flags, AXVM_DEBUG_HOLD);
	ck_assert_uint_eq(mock.debug[1].flags, AXVM_DEBUG_STEP);
	ck_assert_uint_eq(mock.debug[3].flags, AXVM_DEBUG_HOLD);
	hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 4, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	/* a range: on and on until it is left */
	ck_assert_str_eq(ask("vCont;r%llx,%llx:2;c:-1", MOCK_HIGH,
			     MOCK_HIGH + 0x10),
			 "");
	mock.resumes = 0;
	for (unsigned int i = 5; i < 0x10; i++) {
		hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + i, 0);
		ck_assert_str_eq(stopped(), "");
		ck_assert_uint_eq(mock.debug[1].flags, AXVM_DEBUG_STEP);
	}
	ck_assert_uint_eq(mock.resumes, 0x10 - 5);
	hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 0x10, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	/* old clients */
	ASK("OK", "Hc2");
	ck_assert_str_eq(ask("s"), "");
	ck_assert_uint_eq(mock.debug[0].flags, AXVM_DEBUG_HOLD);
	ck_assert_uint_eq(mock.debug[1].flags, AXVM_DEBUG_STEP);
	hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 0x11, 0);
	stopped();
	ASK("E16", "vCont;q");
	ASK("E16", "vCont;c:3");
	ASK("E16", "vCont;s:1x");
	ASK("E16", "vCont;r10:1");
	ASK("E16", "c1000");
	teardown();
}
END_TEST

/* INT3 that is the guest's own. */
START_TEST(test_reflect)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ask("vCont;c");
	hit(1, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x50, 0);
	mock.resumes = 0;
	ck_assert_str_eq(stopped(), "");
	ck_assert_uint_eq(mock.resumes, 1);
	ck_assert_uint_eq(mock.debug[1].flags,
			  AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT);
	ck_assert_uint_eq(mock.debug[0].flags, AXVM_DEBUG_INSN);
	/* together with one of ours: it is given back when that one goes on */
	hit(1, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x50, 0);
	hit(3, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	ck_assert(has(stopped(), "thread:4;swbreak"));
	/* not while it is held */
	ask("vCont;s:4");
	ck_assert_uint_eq(mock.debug[1].flags,
			  AXVM_DEBUG_INSN | AXVM_DEBUG_HOLD);
	hit(3, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 0x31, 0);
	ck_assert(has(stopped(), "thread:4;|"));
	ask("vCont;c");
	ck_assert_uint_eq(mock.debug[1].flags,
			  AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT);
	/* or when the client leaves */
	hit(1, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x50, 0);
	hit(3, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	ck_assert(has(stopped(), "thread:4;swbreak"));
	ASK("OK", "D;1");
	ck_assert_uint_eq(mock.debug[1].flags, AXVM_DEBUG_REFLECT);
	ck_assert_uint_eq(mock.debug[0].flags, 0);
	ck_assert_uint_eq(mock.ram[0x30], 0x30);
	teardown();
}
END_TEST

/* Several vCPUs at once: each is told in its turn, none is lost. */
START_TEST(test_pending)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ASK("OK", "Z2,%llx,4", MOCK_HIGH + 0x100);
	ask("vCont;c");
	hit(0, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	hit(1, AXVM_DEBUG_HIT_DATA, MOCK_HIGH + 0x60, MOCK_HIGH + 0x100);
	hit(3, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	mock.resumes = 0;
	ck_assert(has(stopped(), "thread:2;watch"));
	/* over its breakpoint, alone: the others' hits wait */
	ask("vCont;s:2");
	ck_assert_uint_eq(mock.resumes, 1);
	hit(1, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 0x62, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	ck_assert(has(ask("vCont;c"), "thread:1;swbreak"));
	ck_assert_uint_eq(mock.resumes, 1); /* it did not go on for that */
	/* the breakpoint is gone, and with it the third */
	ASK("OK", "z0,%llx,1", MOCK_HIGH + 0x30);
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_uint_eq(mock.resumes, 2);
	/* who steps is told of the step first */
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T02"));
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ask("vCont;s:4;c");
	hit(0, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	hit(3, AXVM_DEBUG_HIT_STEP, MOCK_HIGH + 0x70, 0);
	ck_assert(has(stopped(), "thread:4;|"));
	ck_assert(has(ask("vCont;s:4;c"), "thread:1;swbreak"));
	teardown();
}
END_TEST

START_TEST(test_interrupt)
{
	setup();
	ask("vCont;c");
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T02"));
	ck_assert_uint_eq(mock.suspends, 1);
	/* a hit that came first is told instead */
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ask("vCont;c");
	hit(1, AXVM_DEBUG_HIT_INSN, MOCK_HIGH + 0x30, 0);
	mock.state.state = GDB_RUNNING; /* it did not get about yet */
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T05"));
	/* somebody else suspends it */
	ask("vCont;c");
	mock.state.state = GDB_HELD;
	strcpy(mock.state.text, "suspended");
	ck_assert(has(stopped(), "O6178766d3a2073757370656e6465640a|T00"));
	/* a client that comes back on a serial line */
	ask("vCont;c");
	ck_assert(has(ask("qSupported:swbreak+"), "+PacketSize"));
	ck_assert_int_eq(g->phase, GDB_STOPPED);
	ck_assert_uint_eq(mock.ram[0x30], 0x30);
	ck_assert_int_eq(mock.state.state, GDB_HELD);
	ck_assert(has(ask("?"), "+T05"));
	/* somebody else has let it go on */
	mock.resume_error = -EBADFD;
	mock.state.state = GDB_RUNNING;
	ck_assert_str_eq(ask("vCont;c"), "+");
	ck_assert_int_eq(g->phase, GDB_GOING);
	teardown();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gdb_resume");
	TCase *tc = tcase_create("gdb_resume");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_continue);
	tcase_add_test(tc, test_step);
	tcase_add_test(tc, test_reflect);
	tcase_add_test(tc, test_pending);
	tcase_add_test(tc, test_interrupt);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
