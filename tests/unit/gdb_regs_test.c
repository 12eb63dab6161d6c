// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of registers for a debugger: each by its number, all at once, their
 * description, both architectures.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "tests/unit/gdb_client.h"

START_TEST(test_registers)
{
	struct axvm_x86_sregs *sys;
	const char *reply;
	char all[4096];

	setup();
	sys = (void *)mock.blocks[0][1];
	regs(0)->gpr[0] = 0x1122334455667788;
	regs(0)->gpr[3] = 0xbb; /* rbx, gdb's second */
	regs(0)->rip = 0xffffffff81000000;
	regs(0)->rflags = 0x246;
	sys->seg[AXVM_X86_CS].selector = 0x10;
	sys->seg[AXVM_X86_GS].base = 0xdead0000;
	sys->cr3 = 0x1234000;
	ASK("8877665544332211", "p0");
	ASK("bb00000000000000", "p1");
	ASK("00000081ffffffff", "p10");
	ASK("46020000", "p11");
	ASK("10000000", "p12");
	mock.gets = 0;
	reply = ask("g");
	/* 16 + rip, eflags and 6 selectors, the FPU, SSE, 2 bases */
	ck_assert_uint_eq(strlen(reply) - 1, 2 * (17 * 8 + 7 * 4 + 8 * 10 +
						  8 * 4 + 16 * 16 + 4 + 2 * 8));
	ck_assert(has(reply, "0000adde00000000|")); /* gs_base is the last */
	ck_assert_uint_le(mock.gets, 3);
	snprintf(all, sizeof(all), "G%.*s", (int)strlen(reply) - 1, reply);
	memcpy(all + 1, "ff", 2);
	ck_assert_str_eq(ask_bytes(all, strlen(all)), "OK|");
	ck_assert_uint_eq(regs(0)->gpr[0], 0x11223344556677ff);
	/* only the low half of flags is the client's */
	regs(0)->rflags = 0xf00000246;
	ASK("OK", "P11=02000000");
	ck_assert_uint_eq(regs(0)->rflags, 0xf00000002);
	/* of another thread */
	regs(3)->gpr[0] = 3;
	ASK("OK", "Hg4");
	ASK("0300000000000000", "p0");
	ASK("OK", "P0=0400000000000000");
	ck_assert_uint_eq(regs(3)->gpr[0], 4);
	ASK("E02", "pfff");
	ASK("E16", "P0:00");
	ASK("E16", "P0=00");
	ASK("E16", "G00");
	teardown();
}
END_TEST

/* The number of a register by its name, out of the description. */
static unsigned int number(const struct gdb_arch *a, const char *name)
{
	const struct gdb_reg *r;

	for (unsigned int i = 0; (r = gdb_arch_reg(a, i)); i++) {
		if (!strcmp(r->name, name))
			return i;
	}
	ck_abort_msg("no register %s", name);
}

START_TEST(test_fpu)
{
	uint8_t *x;
	uint64_t bv;

	setup();
	x = mock.blocks[0][2];
	/* all in its initial state, whatever the area holds */
	memset(x, 0xee, 832);
	memset(x + 512, 0, 64);
	ASK("7f030000", "p%x", number(&gdb_arch_x86, "fctrl"));
	ASK("ffff0000", "p%x", number(&gdb_arch_x86, "ftag"));
	ASK("00000000000000000000000000000000", "p%x",
	    number(&gdb_arch_x86, "xmm3"));
	ASK("00000000000000000000000000000000", "p%x",
	    number(&gdb_arch_x86, "ymm3h"));
	ASK("OK", "P%x=000102030405060708090a0b0c0d0e0f",
	    number(&gdb_arch_x86, "xmm3"));
	ck_assert_uint_eq(x[160 + 3 * 16 + 15], 0x0f);
	memcpy(&bv, x + 512, 8);
	ck_assert_uint_eq(bv, 2);
	ASK("OK", "P%x=000102030405060708090a0b0c0d0e0f",
	    number(&gdb_arch_x86, "ymm0h"));
	memcpy(&bv, x + 512, 8);
	ck_assert_uint_eq(bv, 6);
	ck_assert_uint_eq(x[576 + 15], 0x0f);
	/* TOP 7: st0 is register 7, which holds 1.0; 6 is in use, and zero */
	memset(x, 0, 512);
	x[3] = 7 << 3;
	x[4] = 0xc0;
	x[32 + 7] = 0x80;
	x[32 + 8] = 0xff;
	x[32 + 9] = 0x3f;
	x[512] = 7;
	gdb_regs_forget(g);
	ASK("ff1f0000", "p%x", number(&gdb_arch_x86, "ftag"));
	ASK("OK", "P%x=ff3f0000", number(&gdb_arch_x86, "ftag"));
	ck_assert_uint_eq(x[4], 0x80);
	teardown();
}
END_TEST

START_TEST(test_system_registers)
{
	struct axvm_x86_sregs *sys;

	setup();
	sys = (void *)mock.blocks[0][1];
	sys->cr3 = 0x1234000;
	sys->gdt.limit = 0x7f;
	ASK("0040230100000000", "p%x", number(&gdb_arch_x86, "cr3"));
	ASK("7f000000", "p%x", number(&gdb_arch_x86, "gdt_limit"));
	ASK("OK", "P%x=0100000000000000", number(&gdb_arch_x86, "dr6"));
	ck_assert_uint_eq(sys->dr[6], 1);
	mock.id_value = 0x42;
	ASK("4200000000000000", "p%x", number(&gdb_arch_x86, "lstar"));
	ck_assert_uint_eq(mock.id, 0x8607000082);
	ASK("OK", "P%x=4300000000000000", number(&gdb_arch_x86, "pat"));
	ck_assert_uint_eq(mock.id, 0x8606000277);
	ck_assert_uint_eq(mock.id_value, 0x43);
	mock.id_value = 0; /* there is no such MSR here */
	ASK("xxxxxxxxxxxxxxxx", "p%x", number(&gdb_arch_x86, "lstar"));
	teardown();
}
END_TEST

START_TEST(test_arm64)
{
	struct axvm_arm64_regs *r;

	setup_arch(&gdb_arch_arm64);
	ask("QStartNoAckMode");
	r = (void *)mock.blocks[0][0];
	r->x[30] = 0x30;
	r->pc = 0xffff800008080000;
	r->pstate = 0x3c5;
	r->sp_el0 = 0x10;
	r->sp_el1 = 0x11;
	((struct axvm_arm64_sysregs *)mock.blocks[0][1])->ttbr1_el1 =
		0x41000000;
	((struct axvm_arm64_fpsimd *)mock.blocks[0][2])->v[31][1] = 0x99;
	ASK("3000000000000000", "p1e");
	ASK("1100000000000000", "p1f");
	ASK("000008080080ffff", "p20");
	ASK("c5030000", "p21");
	ASK("00000000000000009900000000000000", "p41");
	ASK("0000004100000000", "p%x", number(&gdb_arch_arm64, "ttbr1_el1"));
	ck_assert_uint_eq(strlen(ask("g")) - 1, 2 * (33 * 8 + 4));
	r->pstate = 0x3c4; /* EL1t */
	gdb_regs_forget(g);
	ASK("1000000000000000", "p1f");
	ASK("OK", "P1f=2200000000000000");
	ck_assert_uint_eq(r->sp_el0, 0x22);
	ck_assert_uint_eq(r->sp_el1, 0x11);
	/* BRK 0 */
	ASK("OK", "Z0,%llx,4", MOCK_HIGH + 0x100);
	ck_assert_mem_eq(mock.ram + 0x100, "\x00\x00\x20\xd4", 4);
	ASK("E16", "Z0,%llx,4", MOCK_HIGH + 0xfff); /* across a page */
	ASK("OK", "Z1,%llx,4", MOCK_HIGH + 0x200);
	ck_assert_uint_eq(mock.debug[0].points[0].len, 4);
	teardown();
}
END_TEST

static void check_xml(const struct gdb_arch *a, const char *const *features)
{
	char *xml = gdb_arch_xml(a), line[160];

	for (; *features; features++) {
		snprintf(line, sizeof(line), "<feature name=\"%s\">",
			 *features);
		ck_assert_msg(strstr(xml, line) != NULL, "%s", line);
	}
	for (unsigned int i = 0; i < gdb_arch_n_regs(a); i++) {
		const struct gdb_reg *r = gdb_arch_reg(a, i);

		snprintf(
			line, sizeof(line),
			"<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"",
			r->name, r->bits, r->type, i);
		ck_assert_msg(strstr(xml, line) != NULL, "%s", line);
		ck_assert_uint_le(r->bits, 8 * GDB_REG_MOST);
		ck_assert_uint_le(r->bytes,
				  r->bits / 8 > r->bytes ? r->bits / 8 : 16);
		if (r->from < GDB_BLOCKS)
			ck_assert_uint_le(r->at + r->bytes, a->sizes[r->from]);
		for (unsigned int k = 0; k < i; k++)
			ck_assert_str_ne(r->name, gdb_arch_reg(a, k)->name);
	}
	ck_assert_str_eq(gdb_arch_reg(a, a->pc)->type, "code_ptr");
	ck_assert_uint_eq(gdb_arch_reg(a, a->pc)->at, a->pc_at);
	free(xml);
}

START_TEST(test_descriptions)
{
	static const char *const x86[] = {
		"org.gnu.gdb.i386.core",     "org.gnu.gdb.i386.sse",
		"org.gnu.gdb.i386.segments", "org.gnu.gdb.i386.avx",
		"org.axvm.i386.system",	     NULL
	};
	static const char *const arm64[] = { "org.gnu.gdb.aarch64.core",
					     "org.gnu.gdb.aarch64.fpu",
					     "org.axvm.aarch64.el1", NULL };
	char *xml, *got;
	size_t n = 0, at = 0;

	check_xml(&gdb_arch_x86, x86);
	check_xml(&gdb_arch_arm64, arm64);
	/* piece by piece it is the same */
	setup();
	xml = gdb_arch_xml(&gdb_arch_x86);
	got = calloc(1, strlen(xml) + 1000);
	do {
		const char *r =
			ask("qXfer:features:read:target.xml:%zx,123", at);

		n = strlen(r) - 2;
		memcpy(got + at, r + 1, n);
		at += n;
		if (*r == 'l')
			break;
		ck_assert_int_eq(*r, 'm');
		ck_assert_uint_eq(n, 0x123);
	} while (at < strlen(xml));
	ck_assert_str_eq(got, xml);
	ASK("E00", "qXfer:features:read:other.xml:0,10");
	ASK("E16", "qXfer:features:read:target.xml:fffffff,10");
	ASK("l", "qXfer:features:read:target.xml:%zx,10", strlen(xml));
	free(xml);
	free(got);
	teardown();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gdb_regs");
	TCase *tc = tcase_create("gdb_regs");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_registers);
	tcase_add_test(tc, test_fpu);
	tcase_add_test(tc, test_system_registers);
	tcase_add_test(tc, test_arm64);
	tcase_add_test(tc, test_descriptions);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
