// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/insn_exec.c and insn_regs.c for what cannot be
 * compared with the processor in user mode: segments and their faults, real
 * and protected mode, address sizes of strings, and the protocol of steps.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#define DATA_RW 0x93 /* present, accessed, writable data */
#define DATA_RO 0x91
#define DATA_DOWN 0x97
#define CODE_RX 0x9b
#define CODE_X 0x99
#define DB (1 << 14)
#define UNUSABLE (1 << 16)

static struct vinsn_cpu cpu;
static struct vinsn_run run;

static void mode(u32 m)
{
	unsigned int i;

	memset(&cpu, 0, sizeof(cpu));
	cpu.mode = m;
	cpu.rflags = 2;
	cpu.rip = 0x100;
	for (i = 0; i < 6; i++) {
		cpu.seg[i].access = i == AXVM_X86_CS ? CODE_RX : DATA_RW;
		cpu.seg[i].base = m == AXVM_X86_MODE_REAL ? 0x10000 * (i + 1) :
							    0;
		cpu.seg[i].limit = m == AXVM_X86_MODE_REAL ? 0xffff : ~0u;
		if (m == AXVM_X86_MODE_PROTECTED)
			cpu.seg[i].access |= DB;
	}
}

static enum vinsn_next begin(const char *bytes, unsigned int len)
{
	ck_assert_int_eq(vinsn_decode(&run.insn, &cpu, (const u8 *)bytes, len),
			 0);
	ck_assert_uint_eq(run.insn.len, len);
	return vinsn_begin(&run, &cpu);
}

/* One access: what, where, how wide. */
#define WANT(next, w, l, n)                              \
	do {                                             \
		ck_assert_int_eq(next, VINSN_ACCESS);    \
		ck_assert_int_eq(run.access.write, w);   \
		ck_assert_uint_eq(run.access.linear, l); \
		ck_assert_uint_eq(run.access.bytes, n);  \
	} while (0)

START_TEST(registers)
{
	mode(AXVM_X86_MODE_64);
	cpu.gpr[0] = 0x1122334455667788;
	cpu.gpr[4] = 0xa1a2a3a4a5a6a7a8;
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 0, 8, false), 0x1122334455667788);
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 0, 4, false), 0x55667788);
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 0, 2, false), 0x7788);
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 0, 1, false), 0x88);
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 4, 1, true), 0x77); /* AH */
	ck_assert_uint_eq(vinsn_reg_get(&cpu, 4, 1, false), 0xa8); /* SPL */
	vinsn_reg_set(&cpu, 0, 1, false, 0xfff1);
	ck_assert_uint_eq(cpu.gpr[0], 0x11223344556677f1);
	vinsn_reg_set(&cpu, 4, 1, true, 0xfff2);
	ck_assert_uint_eq(cpu.gpr[0], 0x112233445566f2f1);
	vinsn_reg_set(&cpu, 0, 2, false, 0xfffff3f4);
	ck_assert_uint_eq(cpu.gpr[0], 0x112233445566f3f4);
	vinsn_reg_set(&cpu, 0, 4, false, 0xffffffff80000000);
	ck_assert_uint_eq(cpu.gpr[0], 0x80000000);
	vinsn_reg_set(&cpu, 15, 8, false, ~0ull);
	ck_assert_uint_eq(cpu.gpr[15], ~0ull);
	cpu.gpr[1] = 0x5555666600010000;
	vinsn_reg_add(&cpu, 1, 2, -1);
	ck_assert_uint_eq(cpu.gpr[1], 0x555566660001ffff);
	vinsn_reg_add(&cpu, 1, 4, 1);
	ck_assert_uint_eq(cpu.gpr[1], 0x20000);
	cpu.gpr[1] = 0xffffffff;
	vinsn_reg_add(&cpu, 1, 8, 1);
	ck_assert_uint_eq(cpu.gpr[1], 0x100000000);
}
END_TEST

START_TEST(real_mode)
{
	mode(AXVM_X86_MODE_REAL);
	cpu.gpr[3] = 0xffff1234; /* BX */
	cpu.gpr[5] = 0x2000; /* BP */
	cpu.gpr[6] = 0xf000; /* SI */
	/* mov al, [bx] in DS (base 0x40000) */
	WANT(begin("\x8a\x07", 2), false, 0x41234, 1);
	ck_assert_int_eq(vinsn_finish(&run, &cpu, 0x5a), VINSN_DONE);
	ck_assert_uint_eq(cpu.gpr[0], 0x5a);
	ck_assert_uint_eq(cpu.rip, 0x102);
	/* mov ax, [bp+si+0x10]: SS, and 16 bits wrap */
	WANT(begin("\x8b\x42\x10", 3), false, 0x31010, 2);
	/* es mov [bx+si], eax: wraps to 0x0234 */
	cpu.gpr[0] = 0x12345678;
	WANT(begin("\x26\x66\x89\x00", 4), true, 0x10234, 4);
	ck_assert_uint_eq(run.access.data, 0x12345678);
	/* 67h: [ebx] is 0xffff1234: beyond the limit of 64 KiB */
	ck_assert_int_eq(begin("\x67\x8a\x03", 3), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_GP);
	/* moffs16 at the edge: the second byte is outside */
	ck_assert_int_eq(begin("\xa1\xff\xff", 3), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_GP);
	WANT(begin("\xa0\xff\xff", 3), false, 0x4ffff, 1);
	/* big real mode: the cached limit counts */
	cpu.seg[AXVM_X86_DS].limit = ~0u;
	cpu.seg[AXVM_X86_DS].base = 0;
	WANT(begin("\x67\x8a\x03", 3), false, 0xffff1234, 1);
	/* writing through CS is fine in real mode */
	WANT(begin("\x2e\x88\x07", 3), true, 0x21234, 1);
}
END_TEST

START_TEST(protected_mode)
{
	mode(AXVM_X86_MODE_PROTECTED);
	cpu.gpr[3] = 0x1000;
	cpu.gpr[5] = 0x1000;
	cpu.seg[AXVM_X86_DS].base = 0xfffff800;
	/* the sum wraps at 32 bits */
	WANT(begin("\x8b\x03", 2), false, 0x800, 4);
	cpu.seg[AXVM_X86_DS].limit = 0x1002;
	ck_assert_int_eq(begin("\x8b\x03", 2), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_GP);
	cpu.seg[AXVM_X86_DS].limit = 0x1003;
	WANT(begin("\x8b\x03", 2), false, 0x800, 4);
	/* stack: #SS */
	cpu.seg[AXVM_X86_SS].limit = 0xfff;
	ck_assert_int_eq(begin("\x8b\x45\x00", 3), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_SS);
	/* types */
	cpu.seg[AXVM_X86_DS].access = DATA_RO | DB;
	WANT(begin("\x8b\x03", 2), false, 0x800, 4);
	ck_assert_int_eq(begin("\x89\x03", 2), VINSN_RAISE); /* store */
	ck_assert_int_eq(begin("\x01\x03", 2), VINSN_RAISE); /* add */
	WANT(begin("\x39\x03", 2), false, 0x800, 4); /* cmp reads only */
	WANT(begin("\x85\x03", 2), false, 0x800, 4); /* so does test */
	WANT(begin("\x0f\xa3\x03", 3), false, 0x800, 4); /* and bt */
	ck_assert_int_eq(begin("\x0f\xab\x03", 3), VINSN_RAISE);
	ck_assert_int_eq(begin("\xff\x03", 2), VINSN_RAISE);
	ck_assert_int_eq(begin("\x87\x03", 2), VINSN_RAISE);
	ck_assert_int_eq(begin("\x0f\xb1\x03", 3), VINSN_RAISE);
	WANT(begin("\x2e\x8b\x03", 3), false, 0x1000, 4);
	ck_assert_int_eq(begin("\x2e\x89\x03", 3), VINSN_RAISE);
	cpu.seg[AXVM_X86_CS].access = CODE_X | DB;
	ck_assert_int_eq(begin("\x2e\x8b\x03", 3), VINSN_RAISE);
	cpu.seg[AXVM_X86_FS].access = UNUSABLE;
	ck_assert_int_eq(begin("\x64\x8b\x03", 3), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_GP);
	/* V86: no types */
	cpu.rflags |= 1 << 17;
	WANT(begin("\x2e\x89\x03", 3), true, 0x1000, 4);
}
END_TEST

START_TEST(expand_down)
{
	mode(AXVM_X86_MODE_PROTECTED);
	cpu.seg[AXVM_X86_DS].access = DATA_DOWN | DB;
	cpu.seg[AXVM_X86_DS].limit = 0xfff;
	cpu.gpr[3] = 0x1000;
	WANT(begin("\x8b\x03", 2), false, 0x1000, 4);
	cpu.gpr[3] = 0xfff;
	ck_assert_int_eq(begin("\x8b\x03", 2), VINSN_RAISE);
	cpu.gpr[3] = 0xfffffffc;
	WANT(begin("\x8b\x03", 2), false, 0xfffffffc, 4);
	cpu.gpr[3] = 0xfffffffd;
	ck_assert_int_eq(begin("\x8b\x03", 2), VINSN_RAISE);
	/* without B the upper bound is 64 KiB */
	cpu.seg[AXVM_X86_DS].access = DATA_DOWN;
	cpu.gpr[3] = 0xfffc;
	WANT(begin("\x8b\x03", 2), false, 0xfffc, 4);
	cpu.gpr[3] = 0xfffd;
	ck_assert_int_eq(begin("\x8b\x03", 2), VINSN_RAISE);
}
END_TEST

START_TEST(long_mode)
{
	mode(AXVM_X86_MODE_64);
	cpu.seg[AXVM_X86_DS].base = 0x5000; /* ignored, as the limit is */
	cpu.seg[AXVM_X86_DS].limit = 0;
	cpu.seg[AXVM_X86_DS].access = UNUSABLE;
	cpu.seg[AXVM_X86_FS].base = 0xffff800000000000;
	cpu.gpr[3] = 0x1000;
	WANT(begin("\x8b\x03", 2), false, 0x1000, 4);
	WANT(begin("\x3e\x48\x8b\x03", 4), false, 0x1000, 8);
	WANT(begin("\x64\x8b\x03", 3), false, 0xffff800000001000, 4);
	/* canonical addresses, the last byte too */
	cpu.gpr[3] = 0x7ffffffffffc;
	WANT(begin("\x8b\x03", 2), false, 0x7ffffffffffc, 4);
	cpu.gpr[3] = 0x7ffffffffffd;
	ck_assert_int_eq(begin("\x8b\x03", 2), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_GP);
	cpu.la57 = true;
	WANT(begin("\x8b\x03", 2), false, 0x7ffffffffffd, 4);
	cpu.la57 = false;
	cpu.gpr[5] = 0x800000000000;
	ck_assert_int_eq(begin("\x8b\x45\x00", 3), VINSN_RAISE);
	ck_assert_uint_eq(run.fault, VINSN_FAULT_SS);
	/* RIP-relative: from the end, the immediate included */
	cpu.rip = 0x1000;
	WANT(begin("\xc7\x05\x10\x00\x00\x00\x78\x56\x34\x12", 10), true,
	     0x101a, 4);
	ck_assert_uint_eq(run.access.data, 0x12345678);
	/* 67h cuts the sum to 32 bits */
	cpu.rip = 0x7fff00000000;
	WANT(begin("\x67\x8b\x05\xf0\xff\xff\xff", 7), false, 0xfffffff7, 4);
	/* immediate sign-extended to 64 bits */
	cpu.gpr[3] = 0x1000;
	WANT(begin("\x48\xc7\x03\xff\xff\xff\x80", 7), true, 0x1000, 8);
	ck_assert_uint_eq(run.access.data, 0xffffffff80ffffff);
}
END_TEST

/* A read that is written back afterwards says so: tables must allow it. */
START_TEST(updates)
{
	static const struct {
		const char *bytes;
		unsigned int len;
		bool update;
	} insns[] = {
		{ "\x01\x03", 2, true }, /* add %eax, (%rbx) */
		{ "\x39\x03", 2, false }, /* cmp */
		{ "\x03\x03", 2, false }, /* add (%rbx), %eax */
		{ "\x85\x03", 2, false }, /* test */
		{ "\x8b\x03", 2, false }, /* mov (%rbx), %eax */
		{ "\xff\x03", 2, true }, /* incl */
		{ "\xf7\x13", 2, true }, /* notl */
		{ "\x87\x03", 2, true }, /* xchg */
		{ "\x0f\xa3\x03", 3, false }, /* bt */
		{ "\x0f\xab\x03", 3, true }, /* bts */
		{ "\x0f\xb1\x03", 3, true }, /* cmpxchg */
		{ "\x0f\xc1\x03", 3, true }, /* xadd */
	};
	unsigned int i;

	mode(AXVM_X86_MODE_64);
	cpu.gpr[0] = 0;
	cpu.gpr[3] = 0x1000;
	for (i = 0; i < sizeof(insns) / sizeof(*insns); i++) {
		WANT(begin(insns[i].bytes, insns[i].len), false, 0x1000, 4);
		ck_assert_msg(run.access.update == insns[i].update, "%u", i);
	}
	WANT(begin("\x89\x03", 2), true, 0x1000, 4); /* mov %eax, (%rbx) */
	ck_assert(!run.access.update);
	/* mov %fs, (%rbx): 16 bits, whatever the operand size */
	cpu.seg[AXVM_X86_FS].selector = 0xabcd;
	WANT(begin("\x8c\x23", 2), true, 0x1000, 2);
	ck_assert_uint_eq(run.access.data, 0xabcd);
	WANT(begin("\x48\x8c\x23", 3), true, 0x1000, 2);
	ck_assert_int_eq(vinsn_decode(&run.insn, &cpu, (const u8 *)"\x8c\x33", 2),
			 -EOPNOTSUPP); /* there is no seventh */
}
END_TEST

/* Registers change only with the last step. */
START_TEST(nothing_before_the_end)
{
	struct vinsn_cpu before;

	mode(AXVM_X86_MODE_64);
	cpu.gpr[0] = 5;
	cpu.gpr[3] = 0x1000;
	cpu.rflags |= 1 << 16;
	before = cpu;
	WANT(begin("\x48\x0f\xc1\x03", 4), false, 0x1000, 8); /* xadd */
	WANT(vinsn_finish(&run, &cpu, 7), true, 0x1000, 8);
	ck_assert_uint_eq(run.access.data, 12);
	ck_assert(!memcmp(&cpu, &before, sizeof(cpu)));
	ck_assert_int_eq(vinsn_finish(&run, &cpu, ~0ull), VINSN_DONE);
	ck_assert_uint_eq(cpu.gpr[0], 7);
	ck_assert_uint_eq(cpu.rip, 0x104);
	ck_assert_uint_eq(cpu.rflags & (1 << 16), 0); /* RF */
	/* a faulting one changes nothing at all */
	cpu.gpr[3] = 1ull << 62;
	before = cpu;
	ck_assert_int_eq(begin("\x01\x03", 2), VINSN_RAISE);
	ck_assert(!memcmp(&cpu, &before, sizeof(cpu)));
}
END_TEST

START_TEST(strings)
{
	unsigned int n;

	mode(AXVM_X86_MODE_REAL);
	cpu.gpr[6] = 0xaaaafffe; /* SI */
	cpu.gpr[7] = 0xbbbb0010; /* DI */
	cpu.gpr[1] = 0xcccc0003; /* CX */
	/* rep cs movsw: CS:SI to ES:DI; SI wraps after one */
	ck_assert_int_eq(vinsn_decode(&run.insn, &cpu,
				      (const u8 *)"\xf3\x2e\xa5", 3),
			 0);
	for (n = 0; n < 3; n++) {
		enum vinsn_next next = vinsn_begin(&run, &cpu);

		WANT(next, false, 0x20000 + (u16)(0xfffe + 2 * n), 2);
		WANT(vinsn_finish(&run, &cpu, 0x1111 * n), true,
		     0x10010 + 2 * n, 2);
		ck_assert_uint_eq(run.access.data, 0x1111 * n);
		ck_assert_uint_eq(cpu.rip, 0x100);
		next = vinsn_finish(&run, &cpu, 0);
		ck_assert_int_eq(next, n < 2 ? VINSN_REPEAT : VINSN_DONE);
	}
	ck_assert_uint_eq(cpu.rip, 0x103);
	ck_assert_uint_eq(cpu.gpr[6], 0xaaaa0004);
	ck_assert_uint_eq(cpu.gpr[7], 0xbbbb0016);
	ck_assert_uint_eq(cpu.gpr[1], 0xcccc0000);
	/* the count is zero now, in 16 bits: nothing happens */
	ck_assert_int_eq(vinsn_begin(&run, &cpu), VINSN_DONE);
	ck_assert_uint_eq(cpu.rip, 0x106);
	/* std; stosb without rep, backwards; a prefix does not move ES */
	cpu.rflags |= 1 << 10;
	cpu.gpr[0] = 0x77;
	WANT(begin("\x2e\xaa", 2), true, 0x10016, 1);
	ck_assert_int_eq(vinsn_finish(&run, &cpu, 0), VINSN_DONE);
	ck_assert_uint_eq(cpu.gpr[7], 0xbbbb0015);
	ck_assert_uint_eq(cpu.gpr[1], 0xcccc0000);
	/* a fault of the destination comes before the read of the source */
	cpu.seg[AXVM_X86_ES].limit = 0;
	ck_assert_int_eq(begin("\xa4", 1), VINSN_RAISE);
}
END_TEST

START_TEST(sign_and_width)
{
	mode(AXVM_X86_MODE_64);
	cpu.gpr[3] = 0x1000;
	cpu.gpr[0] = ~0ull;
	begin("\x0f\xbe\x03", 3); /* movsx eax, byte */
	vinsn_finish(&run, &cpu, 0x80);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffff80);
	begin("\x48\x0f\xbf\x03", 4); /* movsx rax, word */
	vinsn_finish(&run, &cpu, 0x8000);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffffffff8000);
	begin("\x48\x63\x03", 3); /* movsxd rax, dword */
	vinsn_finish(&run, &cpu, 0x80000000);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffff80000000);
	begin("\x66\x0f\xb6\x03", 4); /* movzx ax, byte */
	vinsn_finish(&run, &cpu, 0x12ff);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffff800000ff);
	begin("\x8a\x23", 2); /* mov ah, byte */
	vinsn_finish(&run, &cpu, 0xee);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffff8000eeff);
	begin("\x8b\x03", 2); /* mov eax clears above */
	vinsn_finish(&run, &cpu, 0xdeadbeef12345678);
	ck_assert_uint_eq(cpu.gpr[0], 0x12345678);
}
END_TEST

START_TEST(rip_wraps)
{
	mode(AXVM_X86_MODE_PROTECTED);
	cpu.rip = 0xffffffff;
	cpu.gpr[3] = 0x1000;
	begin("\x8b\x03", 2);
	vinsn_finish(&run, &cpu, 0);
	ck_assert_uint_eq(cpu.rip, 1);
}
END_TEST

START_TEST(refuses)
{
	static const struct {
		const char *bytes;
		unsigned int len;
		int want;
	} cases[] = {
		{ "", 0, -ENODATA },
		{ "\x8b", 1, -ENODATA },
		{ "\x8b\x04", 2, -ENODATA },
		{ "\x8b\xc0", 2, -EOPNOTSUPP }, /* registers only */
		{ "\x0f\x05", 2, -EOPNOTSUPP }, /* syscall */
		{ "\xf0\x8b\x03", 3, -EOPNOTSUPP }, /* lock mov: #UD */
		{ "\xf0\x39\x03", 3, -EOPNOTSUPP }, /* lock cmp: #UD */
		{ "\xf0\x0f\xa3\x03", 4, -EOPNOTSUPP }, /* lock bt: #UD */
		{ "\xf0\xa4", 2, -EOPNOTSUPP },
		{ "\xf0\x01\x03", 3, 0 },
		{ "\xf0\x87\x03", 3, 0 },
		{ "\xff\x13", 2, -EOPNOTSUPP }, /* call */
		{ "\x0f\x6f\x03", 3, -EOPNOTSUPP }, /* movq mm */
		{ "\xc6\x43", 2, -ENODATA },
		{ "\xc6\x08\x00", 3, -EOPNOTSUPP }, /* C6 /1 */
		{ "\xc4\xe2\x79\x18\x03", 5, -EOPNOTSUPP }, /* VEX */
		{ "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x8b\x03",
		  15, 0 },
		{ "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x8b",
		  15, -EOPNOTSUPP }, /* 16 bytes */
		{ "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66",
		  15, -EOPNOTSUPP },
	};
	struct vinsn i;
	unsigned int n;

	mode(AXVM_X86_MODE_64);
	for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++)
		ck_assert_msg(vinsn_decode(&i, &cpu, (const u8 *)cases[n].bytes,
					   cases[n].len) == cases[n].want,
			      "case %u", n);
	/* 32-bit: REX is INC/DEC, 63 is ARPL, 82 is 80 */
	mode(AXVM_X86_MODE_PROTECTED);
	ck_assert_int_eq(vinsn_decode(&i, &cpu, (const u8 *)"\x48\x8b\x03", 3),
			 -EOPNOTSUPP);
	ck_assert_int_eq(vinsn_decode(&i, &cpu, (const u8 *)"\x63\x03", 2),
			 -EOPNOTSUPP);
	ck_assert_int_eq(vinsn_decode(&i, &cpu, (const u8 *)"\x82\x03\x01", 3),
			 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, registers);
	tcase_add_test(t, real_mode);
	tcase_add_test(t, protected_mode);
	tcase_add_test(t, expand_down);
	tcase_add_test(t, long_mode);
	tcase_add_test(t, updates);
	tcase_add_test(t, nothing_before_the_end);
	tcase_add_test(t, strings);
	tcase_add_test(t, sign_and_width);
	tcase_add_test(t, rip_wraps);
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
