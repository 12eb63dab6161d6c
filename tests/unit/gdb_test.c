// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of debugging sessions: how they begin and end, what a client may ask,
 * memory, commands to the VM as a whole.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "tests/unit/gdb_client.h"

START_TEST(test_hello)
{
	setup_arch(&gdb_arch_x86);
	ck_assert_uint_eq(mock.begins, 0);
	mock.state.state = GDB_RUNNING;
	/* garbled: asked for again */
	gdb_input(g, (const uint8_t *)"$?#00", 5);
	ck_assert_str_eq(replies(), "-");
	ck_assert(has(ask("?"), "+T05"));
	ck_assert_uint_eq(mock.begins, 1);
	ck_assert_int_eq(mock.state.state, GDB_HELD);
	/* the other side lost it */
	gdb_input(g, (const uint8_t *)"-", 1);
	ck_assert(has(replies(), "T05"));
	ck_assert_str_eq(ask("vMustReplyEmpty"), "+|");
	ck_assert_str_eq(ask("QStartNoAckMode"), "+OK|");
	ASK("", "vMustReplyEmpty");
	ASK("", "qTStatus");
	ASK("", "jThreadsInfo");
	ck_assert_str_eq(ask_bytes("", 0), "|");
	ASK("OK", "!");
	ASK("1", "qAttached");
	ASK("OK", "qSymbol::");
	ASK("vCont;c;C;s;S;r", "vCont?");
	gdb_input(g, (const uint8_t *)"-\003+", 3); /* mean nothing now */
	ck_assert_str_eq(replies(), "");
	teardown();
}
END_TEST

START_TEST(test_threads)
{
	setup();
	ASK("m1,2,4", "qfThreadInfo");
	ASK("l", "qsThreadInfo");
	ASK("QC1", "qC");
	ASK("OK", "Hg4");
	ASK("OK", "Hg0");
	ASK("OK", "Hc-1");
	ASK("E03", "Hg3");
	ASK("E03", "Hg5");
	ASK("E03", "Hx1");
	ASK("OK", "T2");
	ASK("E03", "T3");
	ASK("6e756d6265722033", "qThreadExtraInfo,4");
	ASK("E03", "qThreadExtraInfo,-1");
	ck_assert(has(ask("qXfer:threads:read::0,fff"),
		      "<thread id=\"4\" name=\"vCPU 3\">number 3</thread>"));
	ASK("m<?xml", "qXfer:threads:read::0,5");
	ASK("E16", "qXfer:threads:read::zzz");
	teardown();
}
END_TEST

START_TEST(test_memory)
{
	setup();
	ASK("1011121314151617", "m%llx,8", MOCK_HIGH + 0x10);
	/* two names of the same bytes */
	ASK("OK", "M%llx,2:aabb", MOCK_LOW + 0x10);
	ck_assert_uint_eq(mock.ram[MOCK_RAM / 2 + 0x11], 0xbb);
	ASK("aabb", "m%llx,2", MOCK_HIGH + MOCK_RAM / 2 + 0x10);
	/* across pages; what is not there ends it */
	ASK("f010", "m%llx,2", MOCK_HIGH + 0xfff);
	ck_assert_uint_eq(strlen(ask("m%llx,100", MOCK_HIGH + MOCK_RAM - 0x10)),
			  2 * 0x10 + 1);
	ASK("E06", "m%llx,4", 0x1000ull);
	ASK("E02", "m%llx,4", MOCK_HIGH + MOCK_RAM);
	ASK("E16", "m%llx", MOCK_HIGH);
	ASK("E16", "m%llx,", MOCK_HIGH);
	ASK("", "m%llx,0", MOCK_HIGH);
	ASK("E16", "M%llx,2:aa", MOCK_HIGH);
	ASK("E16", "M%llx,2:aabbcc", MOCK_HIGH);
	ASK("E0e", "M%llx,2:aabb", MOCK_HIGH + MOCK_RAM - 1);
	ck_assert_uint_eq(mock.ram[MOCK_RAM - 1], 0xaa);
	/* binary */
	ck_assert_str_eq(ask_bytes("Xffffffff80000020,3:\x01\x02\x03", 23),
			 "OK|");
	ck_assert_mem_eq(mock.ram + 0x20, "\x01\x02\x03", 3);
	ck_assert_str_eq(ask_bytes("Xffffffff80000020,1:}\x03", 22), "OK|");
	ck_assert_uint_eq(mock.ram[0x20], '#');
	ASK("OK", "X%llx,0:", MOCK_HIGH);
	ASK("E16", "X%llx,2:a", MOCK_HIGH);
	ck_assert_mem_eq(ask("x%llx,3", MOCK_HIGH + 0x20), "b#\x02\x03|", 5);
	/* of the other threads' tables, too, for the kernel's half */
	mock.user = true;
	ASK("1011", "m%llx,2", MOCK_HIGH + 0x10);
	/* guest-physical */
	ck_assert(has(ask("qRcmd,%s", "70687973206f6e"), "OK|"));
	ASK("1011", "m10,2");
	ck_assert(has(ask("qRcmd,%s", "70687973206f6666"), "OK|"));
	ASK("E06", "m10,2");
	teardown();
}
END_TEST

START_TEST(test_search)
{
	setup();
	memcpy(mock.ram + 0x1ffe, "needle", 6); /* across pages and steps */
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;3000;needle", MOCK_HIGH);
	ASK("0", "qSearch:memory:%llx;2003;needle", MOCK_HIGH);
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;2004;needle", MOCK_HIGH);
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;6;needle",
	    MOCK_HIGH + 0x1ffe);
	ASK("0", "qSearch:memory:%llx;1000;nowhere", MOCK_HIGH);
	ASK("E16", "qSearch:memory:%llx;1000;", MOCK_HIGH);
	/* CRC-32/MPEG-2 of "123456789" */
	memcpy(mock.ram, "123456789", 9);
	ASK("C376e6e7", "qCRC:%llx,9", MOCK_HIGH);
	ASK("E0e", "qCRC:0,9");
	teardown();
}
END_TEST

static void ends(enum gdb_vm_state state, int code, bool look,
		 unsigned int vcpu)
{
	mock.state = (struct gdb_state){ .state = state,
					 .code = code,
					 .look = look,
					 .vcpu = vcpu,
					 .text = "so" };
}

START_TEST(test_ends)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ASK("OK", "Z1,%llx,1", MOCK_HIGH);
	ask("vCont;c");
	ends(GDB_ENDED, 0, false, 0);
	ck_assert_str_eq(stopped(), "O6178766d3a20736f0a|W00|");
	ck_assert_int_eq(g->phase, GDB_OVER);
	/* it may be started again */
	ck_assert_uint_eq(mock.ram[0x30], 0x30);
	ck_assert_uint_eq(mock.debug[3].points[0].kind, 0);
	ck_assert_uint_eq(mock.debug[3].flags, 0);
	teardown();
	/* destroyed under it */
	setup();
	ask("vCont;c");
	ends(GDB_GONE, 0, false, 0);
	ck_assert(has(stopped(), "|X09|"));
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	/* a triple fault is looked at first */
	setup();
	ask("vCont;c");
	ends(GDB_ENDED, 10, true, 3);
	ck_assert(has(stopped(), "|T06"));
	ASK("QC4", "qC");
	ASK("1011", "m%llx,2", MOCK_HIGH + 0x10);
	ck_assert_str_eq(ask("vCont;c"), "W0a|");
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	/* it had ended before the client came */
	setup_arch(&gdb_arch_x86);
	ends(GDB_ENDED, 10, true, 0);
	ck_assert(has(ask("?"), "T06"));
	ck_assert(has(ask("c"), "W0a"));
	teardown();
	/* and while the client thought */
	setup();
	ends(GDB_GONE, 0, false, 0);
	mock.resume_error = -ENODEV;
	ck_assert(has(ask("vCont;c"), "X09|"));
	teardown();
}
END_TEST

START_TEST(test_kill)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ck_assert_str_eq(ask("k"), "");
	ck_assert_uint_eq(mock.stops, 1);
	ck_assert_uint_eq(mock.ram[0x30], 0x30);
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	ck_assert_uint_eq(mock.resumes, 0);
	setup();
	ASK("OK", "vKill;1");
	ck_assert_uint_eq(mock.stops, 1);
	teardown();
}
END_TEST

START_TEST(test_restart)
{
	setup();
	ASK("OK", "Z0,%llx,1", MOCK_HIGH + 0x30);
	ck_assert(has(ask("vRun;"), "T05"));
	ck_assert_uint_eq(mock.resets, 1);
	ck_assert_uint_eq(mock.ram[0x30], 0x30);
	ck_assert_str_eq(ask("R00"), "");
	ck_assert_uint_eq(mock.resets, 2);
	ck_assert(has(ask("qRcmd,7265736574"), "OK|"));
	ck_assert_uint_eq(mock.resets, 3);
	/* one that died lives again */
	ask("vCont;c");
	ends(GDB_ENDED, 10, true, 0);
	stopped();
	ck_assert(has(ask("vRun;"), "T05"));
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_int_eq(g->phase, GDB_GOING);
	teardown();
}
END_TEST

START_TEST(test_monitor)
{
	uint64_t v;

	setup();
	ASK("OK", "Hg2");
	ck_assert_str_eq(ask("qRcmd,65786974732035"), "O68656c6c6f0a|OK|");
	ck_assert_str_eq(mock.command, "1 exits 5");
	regs(1)->rip = 0x1234;
	ck_assert(gdb_reg_value(g, 1, "pc", &v) && v == 0x1234);
	ck_assert(gdb_reg_value(g, 1, "rip", &v) && v == 0x1234);
	ck_assert(gdb_reg_value(g, 1, "sp", &v) && !v);
	ck_assert(!gdb_reg_value(g, 1, "nosuch", &v));
	ASK("E16", "qRcmd,6");
	ASK("E16", "qRcmd,zz");
	teardown();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gdb");
	TCase *tc = tcase_create("gdb");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_hello);
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_memory);
	tcase_add_test(tc, test_search);
	tcase_add_test(tc, test_ends);
	tcase_add_test(tc, test_kill);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_monitor);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
