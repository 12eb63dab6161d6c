// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/insn_quick.c and gwalk_quick.h: what they take
 * on they answer as the full decoder and the full walk do, which have been
 * compared with others; and they take on what drivers are made of.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/gwalk.h"
#include "arch/x86/emul/gwalk_quick.h"
#include "arch/x86/emul/insn.h"
#include "arch/x86/emul/insn_quick.h"
#include "uapi/axvm_x86.h"

static struct vinsn_cpu cpu;

static u64 rnd(void)
{
	static u64 x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void registers(void)
{
	unsigned int i;

	cpu.mode = AXVM_X86_MODE_64;
	cpu.rip = rnd();
	for (i = 0; i < 16; i++)
		cpu.gpr[i] = rnd();
}

/* Both decoders on the same 15 bytes.  Return: the quick one took it on. */
static bool compare(const u8 *bytes)
{
	struct vinsn_quick q;
	struct vinsn i;

	if (!vinsn_quick(&q, cpu.gpr, cpu.rip, bytes, VINSN_MAX_BYTES))
		return false;
	ck_assert_int_eq(vinsn_decode(&i, &cpu, bytes, VINSN_MAX_BYTES), 0);
	ck_assert_int_eq(i.kind, q.write ? VINSN_STORE : VINSN_LOAD);
	ck_assert_uint_eq(i.len, q.len);
	ck_assert_uint_eq(i.op_bytes, q.bytes);
	ck_assert_uint_eq(i.mem_bytes, q.bytes);
	ck_assert_uint_eq(i.addr_bytes, 8);
	ck_assert_uint_eq(i.ea, q.ea);
	ck_assert_int_eq(i.has_imm, q.has_imm);
	if (q.has_imm)
		ck_assert_uint_eq(i.imm, q.imm);
	else
		ck_assert_uint_eq(i.reg, q.reg);
	ck_assert(!i.lock && !i.rep && !i.sreg && !i.high8);
	/* In these a segment would have no base. */
	ck_assert(i.seg == AXVM_X86_DS || i.seg == AXVM_X86_SS);
	return true;
}

START_TEST(quick_as_full)
{
	static const u8 ops[] = { 0x89, 0x8b, 0xc7 };
	unsigned int n, taken = 0, i;
	u8 bytes[VINSN_MAX_BYTES];

	for (n = 0; n < 400000; n++) {
		registers();
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = rnd();
		/* Mostly what it is for. */
		i = 0;
		if (n & 1)
			bytes[i++] = 0x40 | (rnd() & 15);
		if (n & 2)
			bytes[i] = ops[rnd() % 3];
		taken += compare(bytes);
	}
	ck_assert_uint_gt(taken, 100000);
}
END_TEST

/* All of ModRM and SIB, with and without each bit of REX. */
START_TEST(quick_operands)
{
	u8 bytes[VINSN_MAX_BYTES];
	unsigned int n, i, taken = 0;

	for (n = 0; n < 1u << 20; n++) {
		if (!(n & 255))
			registers();
		for (i = 4; i < sizeof(bytes); i++)
			bytes[i] = rnd();
		bytes[0] = 0x40 | n >> 16;
		bytes[1] = 0x8b;
		bytes[2] = n >> 8;
		bytes[3] = n;
		taken += compare(bytes);
	}
	/* All but those whose operand is a register. */
	ck_assert_uint_eq(taken, 3u << 18);
}
END_TEST

/* Accessors as compilers make them. */
START_TEST(quick_takes)
{
	static const u8 yes[][VINSN_MAX_BYTES] = {
		{ 0x8b, 0x00 }, /* mov (%rax), %eax */
		{ 0x89, 0x02 }, /* mov %eax, (%rdx) */
		{ 0x48, 0x8b, 0x07 }, /* mov (%rdi), %rax */
		{ 0x44, 0x89, 0x78, 0x10 }, /* mov %r15d, 0x10(%rax) */
		{ 0xc7, 0x80, 0xb0, 0, 0, 0, 0, 0, 0,
		  0 }, /* movl $0, 0xb0(%rax) */
		{ 0x8b, 0x04, 0x25, 0x20, 0xd0, 0x5f,
		  0xff }, /* mov disp32, %eax */
		{ 0x89, 0xb7, 0x00, 0xd0, 0x5f,
		  0xff }, /* mov %esi, disp32(%rdi) */
		{ 0x8b, 0x05, 0x00, 0x00, 0x10,
		  0x00 }, /* mov disp32(%rip), %eax */
	};
	unsigned int i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		registers();
		ck_assert_msg(compare(yes[i]), "number %u", i);
	}
}
END_TEST

START_TEST(quick_refuses)
{
	static const u8 no[][VINSN_MAX_BYTES] = {
		{ 0x66, 0x8b, 0x00 }, /* a word */
		{ 0x8a, 0x00 }, /* a byte */
		{ 0x65, 0x8b, 0x00 }, /* GS has a base */
		{ 0x67, 0x8b, 0x00 }, /* addresses of 32 bits */
		{ 0xf0, 0x89, 0x00 }, /* LOCK: #UD */
		{ 0x8b, 0xc0 }, /* no memory */
		{ 0xc7, 0xf8, 0, 0, 0, 0 }, /* XBEGIN */
		{ 0xc7, 0x08, 0, 0, 0, 0 }, /* C7 /1 */
		{ 0x0f, 0xb6, 0x00 }, /* MOVZX */
		{ 0x87, 0x00 }, /* XCHG */
		{ 0x48, 0x48, 0x8b, 0x00 }, /* two REX */
		{ 0x48, 0x66, 0x8b, 0x00 }, /* a REX that does not count */
	};
	struct vinsn_quick q;
	unsigned int i;

	registers();
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!vinsn_quick(&q, cpu.gpr, cpu.rip, no[i],
					   VINSN_MAX_BYTES),
			      "number %u", i);
	/* It never looks beyond what is at hand. */
	for (i = 0; i < 13; i++) {
		u8 *end = malloc(i ? i : 1);

		memset(end, 0x8b, i);
		ck_assert(!vinsn_quick(&q, cpu.gpr, cpu.rip, end, i));
		free(end);
	}
}
END_TEST

/* ---- the walk --------------------------------------------------------------- */

#define P 1ull
#define A 0x20ull
#define PS 0x80ull
#define PAGES 16u

static u64 ram[PAGES][512];
static u64 away; /* a page that is not at hand */

static const void *table(void *opaque, gpa_t gpa)
{
	ck_assert_uint_eq(gpa & 4095, 0);
	if (gpa >> 12 >= PAGES || gpa == away)
		return NULL;
	return ram[gpa >> 12];
}

static int mem_read(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value)
{
	if (gpa >> 12 >= PAGES)
		return -ENOENT;
	memcpy(value, (u8 *)ram + gpa, bytes);
	return 0;
}

/* Tables by chance; mostly present, with large pages among them. */
static void tables(void)
{
	unsigned int page, i;

	for (page = 0; page < PAGES; page++)
		for (i = 0; i < 512; i++) {
			u64 e = (rnd() % (PAGES + 1)) << 12 | P | A;

			if (!(rnd() & 3))
				e |= PS;
			if (!(rnd() & 7))
				e &= ~(rnd() & 1 ? P : A);
			if (!(rnd() & 3))
				e |= rnd() & 0x000000ff00000000ull;
			ram[page][i] = e;
		}
}

START_TEST(walk_as_full)
{
	struct gwalk_mem mem = { .read = mem_read };
	unsigned int n, found = 0;

	away = 3 << 12;
	for (n = 0; n < 200000; n++) {
		struct gwalk_info info = {
			.levels = 4,
			.phys_bits = 46,
			.page1g = true,
			.nxe = true,
		};
		gva_t gva = (u64)((s64)(rnd() << 16) >> 16);
		struct gwalk_result res;
		gpa_t gpa = 0;
		int err;

		if (!(n & 1023))
			tables();
		info.cr3 = (rnd() % PAGES) << 12 | (rnd() & 0x18);
		if (!gwalk_quick(info.cr3, gva, table, NULL, &gpa))
			continue;
		err = gwalk(&info, &mem, gva, &res);
		/* Entries that the processor would have refused. */
		if (err == -EFAULT && res.error_code & GWALK_PF_RSVD)
			continue;
		/* Large pages whose address bits are no address: likewise. */
		ck_assert_int_eq(err, 0);
		ck_assert_uint_eq(gpa, res.gpa);
		found++;
	}
	ck_assert_uint_gt(found, 10000);
}
END_TEST

START_TEST(walk_sizes)
{
	gpa_t gpa;

	memset(ram, 0, sizeof(ram));
	away = ~0ull;
	ram[1][511] = 2 << 12 | P | A;
	ram[2][510] = 3 << 12 | P | A;
	ram[2][1] = 0x40000000 | P | A | PS;
	ram[3][8] = 0x1000000 | P | A | PS;
	ram[3][9] = 4 << 12 | P | A;
	ram[4][5] = 0xabcd000 | P | A;
	ck_assert(gwalk_quick(1 << 12, 0xffffffff81012345, table, NULL, &gpa));
	ck_assert_uint_eq(gpa, 0x1012345);
	ck_assert(gwalk_quick(1 << 12, 0xffffffff81205678, table, NULL, &gpa));
	ck_assert_uint_eq(gpa, 0xabcd678);
	ck_assert(gwalk_quick(1 << 12, 0xffffff8041234567, table, NULL, &gpa));
	ck_assert_uint_eq(gpa, 0x41234567);
	/* Not there, not used, not at hand, no large page that high up. */
	ck_assert(!gwalk_quick(1 << 12, 0xffffffff81206678, table, NULL, &gpa));
	ram[4][5] &= ~A;
	ck_assert(!gwalk_quick(1 << 12, 0xffffffff81205678, table, NULL, &gpa));
	ram[4][5] |= A;
	away = 3 << 12;
	ck_assert(!gwalk_quick(1 << 12, 0xffffffff81205678, table, NULL, &gpa));
	away = ~0ull;
	ram[1][511] |= PS;
	ck_assert(!gwalk_quick(1 << 12, 0xffffffff81205678, table, NULL, &gpa));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn_quick");
	TCase *tc = tcase_create("quick");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, quick_as_full);
	tcase_add_test(tc, quick_operands);
	tcase_add_test(tc, quick_takes);
	tcase_add_test(tc, quick_refuses);
	tcase_add_test(tc, walk_as_full);
	tcase_add_test(tc, walk_sizes);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
