// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/msr.c: every rule's order, reset values and
 * special conditions against the manual.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "arch/x86/emul/msr.h"

static struct vmsr_env env;
static struct vmsr_state st;

static void setup(void)
{
	env = (struct vmsr_env){
		.efer_allowed = 0xd01, /* SCE LME LMA NXE */
		.phys_bits = 39,
		.linear_bits = 48,
		.has_x2apic = true,
		.has_rdtscp = true,
		.has_tsc_deadline = true,
		.has_spec_ctrl = true,
		.has_flush_cmd = true,
		.has_arch_cap = true,
		.spec_ctrl_allowed = 0x487, /* IBRS STIBP SSBD PSFD BHI_DIS_S */
		.arch_cap = 0x2b,
		.is_bsp = true,
		.tsc_khz = 2400000,
		.ucode_rev = 0x100000000,
	};
	vmsr_reset(&env, &st);
}

static u64 rd(u32 index)
{
	u64 v = 0;

	ck_assert_int_eq(vmsr_read(&env, &st, index, &v), 0);
	return v;
}

#define WR(i, v) vmsr_write(&env, &st, i, v)

/* Values after RESET as the manual's tables give them. */
START_TEST(reset)
{
	ck_assert_uint_eq(rd(0x277), 0x0007040600070406ull); /* PAT */
	ck_assert_uint_eq(rd(0x1b), 0xfee00900); /* base, enabled, BSP */
	ck_assert_uint_eq(rd(0xc0000080), 0);
	ck_assert_uint_eq(rd(0x3a), 1); /* locked, no VMX */
	ck_assert_uint_eq(rd(0xfe) & 0xff, 8);
	ck_assert_uint_eq(rd(0x2ff), 0); /* MTRRs off, UC */
	ck_assert_uint_eq(rd(0x1a0) & 0x1800, 0x1800); /* no BTS, no PEBS */
	ck_assert_uint_eq(rd(0x8b), 0x100000000ull);
	ck_assert_uint_eq(rd(0xce), 24 << 8);
	ck_assert_uint_eq(rd(0x179) & 0xff, 4);
	env.is_bsp = false;
	vmsr_reset(&env, &st);
	ck_assert_uint_eq(rd(0x1b), 0xfee00800);
}
END_TEST

START_TEST(unknown)
{
	u64 v;

	ck_assert_int_eq(vmsr_read(&env, &st, 0x40001234, &v), -ENOENT);
	ck_assert_int_eq(WR(0x40001234, 0), -ENOENT);
	ck_assert_int_eq(vmsr_read(&env, &st, 0x480, &v), -ENOENT); /* VMX */
	ck_assert_int_eq(vmsr_read(&env, &st, 0xda0, &v), -ENOENT); /* XSS */
	env.has_rdtscp = false;
	ck_assert_int_eq(WR(0xc0000103, 1), -ENOENT);
	env.has_spec_ctrl = false;
	ck_assert_int_eq(WR(0x48, 1), -ENOENT);
	ck_assert_int_eq(WR(0x49, 1), -ENOENT);
	env.has_flush_cmd = false;
	ck_assert_int_eq(WR(0x10b, 1), -ENOENT);
	env.has_arch_cap = false;
	ck_assert_int_eq(vmsr_read(&env, &st, 0x10a, &v), -ENOENT);
	env.has_tsc_deadline = false;
	ck_assert_int_eq(vmsr_read(&env, &st, 0x6e0, &v), -ENOENT);
}
END_TEST

START_TEST(read_only_and_ignored)
{
	u64 v;

	ck_assert_int_eq(WR(0x3a, 5), -EINVAL);
	ck_assert_int_eq(WR(0xfe, 0), -EINVAL);
	ck_assert_int_eq(WR(0x79, 0x1000), 0);
	ck_assert_int_eq(WR(0x8b, 0), 0);
	ck_assert_uint_eq(rd(0x8b), 0x100000000ull);
	ck_assert_int_eq(vmsr_read(&env, &st, 0x49, &v), -EINVAL);
	ck_assert_int_eq(WR(0x49, 1), 0);
	ck_assert_int_eq(WR(0x49, 2), -EINVAL);
}
END_TEST

START_TEST(canonical)
{
	ck_assert(vmsr_canonical(0x00007fffffffffffull, 48));
	ck_assert(!vmsr_canonical(0x0000800000000000ull, 48));
	ck_assert(vmsr_canonical(0xffff800000000000ull, 48));
	ck_assert(vmsr_canonical(0x0000800000000000ull, 57));
	ck_assert_int_eq(WR(0xc0000082, 0x0000800000000000ull), -EINVAL);
	ck_assert_int_eq(WR(0xc0000082, 0xffff800000000000ull), 0);
	ck_assert_uint_eq(rd(0xc0000082), 0xffff800000000000ull);
	ck_assert_int_eq(WR(0xc0000102, 1ull << 63), -EINVAL);
	ck_assert_int_eq(WR(0x175, 1ull << 63), -EINVAL);
}
END_TEST

START_TEST(efer)
{
	ck_assert_int_eq(WR(0xc0000080, 0x901), 0); /* SCE LME NXE */
	ck_assert_uint_eq(rd(0xc0000080), 0x901);
	/* LMA cannot be written by the guest, but by the user. */
	ck_assert_int_eq(WR(0xc0000080, 0xd01), 0);
	ck_assert_uint_eq(rd(0xc0000080), 0x901);
	ck_assert_int_eq(vmsr_set(&env, &st, 0xc0000080, 0xd01), 0);
	ck_assert_uint_eq(rd(0xc0000080), 0xd01);
	env.paging = true;
	ck_assert_int_eq(WR(0xc0000080, 0x801), -EINVAL); /* LME locked */
	ck_assert_int_eq(WR(0xc0000080, 0x100), 0); /* NXE, SCE may go */
	ck_assert_uint_eq(rd(0xc0000080), 0x500);
	ck_assert_int_eq(WR(0xc0000080, 0x1500), -EINVAL); /* SVME */
}
END_TEST

START_TEST(apic_base)
{
	ck_assert_int_eq(WR(0x1b, 0xfee00d00), 0); /* xAPIC -> x2APIC */
	ck_assert_int_eq(WR(0x1b, 0xfee00900), -EINVAL); /* not back */
	ck_assert_int_eq(WR(0x1b, 0xfee00100), 0); /* disable */
	ck_assert_int_eq(WR(0x1b, 0xfee00d00), -EINVAL); /* not at once */
	ck_assert_int_eq(WR(0x1b, 0xfee00500), -EINVAL); /* EXTD without EN */
	ck_assert_int_eq(WR(0x1b, 0xfee00800), 0); /* BSP stays */
	ck_assert_uint_eq(rd(0x1b), 0xfee00900);
	ck_assert_int_eq(WR(0x1b, 1ull << 39 | 0x900), -EINVAL);
	ck_assert_int_eq(WR(0x1b, 0xfee00901), -EINVAL);
	env.has_x2apic = false;
	ck_assert_int_eq(WR(0x1b, 0xfee00d00), -EINVAL);
}
END_TEST

START_TEST(pat)
{
	unsigned int type, entry;

	/* UC 0, WC 1, WT 4, WP 5, WB 6, UC- 7 */
	for (type = 0; type < 256; type++)
		for (entry = 0; entry < 8; entry++) {
			bool ok = type == 0 || type == 1 ||
				  (type >= 4 && type <= 7);

			ck_assert(vmsr_pat_valid((u64)type << 8 * entry) == ok);
		}
	ck_assert_int_eq(WR(0x277, 2), -EINVAL);
	ck_assert_int_eq(WR(0x277, 0x0606060606060606ull), 0);
}
END_TEST

START_TEST(mtrr)
{
	ck_assert_int_eq(WR(0x2ff, 0xc06), 0);
	ck_assert_int_eq(WR(0x2ff, 0xc02), -EINVAL); /* type */
	ck_assert_int_eq(WR(0x2ff, 0x1006), -EINVAL); /* reserved */
	ck_assert_int_eq(WR(0x200, 0x80000006), 0);
	ck_assert_int_eq(WR(0x200, 0x80000106), -EINVAL);
	ck_assert_int_eq(WR(0x200, 0x80000007),
			 -EINVAL); /* UC- is no MTRR type */
	ck_assert_int_eq(WR(0x201, 0x7f80000800ull), 0);
	ck_assert_int_eq(WR(0x201, 0x7f80000801ull), -EINVAL);
	ck_assert_int_eq(WR(0x201, 1ull << 39), -EINVAL);
	ck_assert_uint_eq(rd(0x200), 0x80000006);
	ck_assert_uint_eq(rd(0x201), 0x7f80000800ull);
	ck_assert_int_eq(WR(0x20f, 0x800), 0);
	ck_assert_int_eq(WR(0x210, 0), -ENOENT); /* only eight */
	ck_assert_int_eq(WR(0x250, 0x0606060606060606ull), 0);
	ck_assert_int_eq(WR(0x259, 0x0506010004060600ull), 0);
	ck_assert_int_eq(WR(0x26f, 0x0200000000000000ull), -EINVAL);
	ck_assert_int_eq(WR(0x26f, 0x0600000000000000ull), 0);
	ck_assert_uint_eq(rd(0x26f), 0x0600000000000000ull);
	ck_assert_uint_eq(rd(0x26e), 0);
}
END_TEST

START_TEST(machine_check)
{
	ck_assert_int_eq(WR(0x400, ~0ull), 0);
	ck_assert_int_eq(WR(0x400, 5), -EINVAL);
	ck_assert_int_eq(WR(0x401, 1), -EINVAL);
	ck_assert_int_eq(WR(0x401, 0), 0);
	ck_assert_int_eq(WR(0x40f, 0), 0);
	ck_assert_int_eq(WR(0x410, 0), -ENOENT);
	ck_assert_int_eq(WR(0x17a, 8), -EINVAL);
}
END_TEST

/* Bit by bit: told are those that say what is not needed, or that VERW helps. */
START_TEST(arch_capabilities)
{
	static const u8 told[] = { 0,  1,  2,  3,  4,  5,  6,  8,  13, 14,
				   15, 17, 19, 20, 24, 26, 27, 28, 62 };
	unsigned int bit, i;

	for (bit = 0; bit < 64; bit++) {
		u64 want = 0;

		for (i = 0; i < sizeof(told); i++)
			if (told[i] == bit)
				want = 1ull << bit;
		ck_assert_uint_eq(vmsr_arch_cap(1ull << bit), want);
	}
}
END_TEST

/* Each bit of SPEC_CTRL by what CPUID allows. */
START_TEST(spec_ctrl)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		env.spec_ctrl_allowed = 1ull << bit;
		ck_assert_int_eq(WR(0x48, 1ull << bit), 0);
		ck_assert_uint_eq(rd(0x48), 1ull << bit);
		env.spec_ctrl_allowed = ~(1ull << bit);
		ck_assert_int_eq(WR(0x48, 1ull << bit), -EINVAL);
		ck_assert_int_eq(WR(0x48, 0), 0);
	}
}
END_TEST

START_TEST(misc_enable)
{
	u64 v = rd(0x1a0);

	ck_assert_int_eq(WR(0x1a0, 1ull << 22), 0);
	ck_assert_uint_eq(rd(0x1a0), (v & ~1ull) | 1ull << 22);
}
END_TEST

/* Every index that is listed can be found, read, and is listed once. */
START_TEST(listing)
{
	u32 last = 0, index;
	unsigned int n;
	u64 v;

	for (n = 0; (index = vmsr_index(&env, n)); n++) {
		ck_assert_uint_gt(index, last);
		last = index;
		ck_assert_ptr_nonnull(vmsr_find(index));
		ck_assert_int_eq(vmsr_read(&env, &st, index, &v), 0);
		ck_assert_int_eq(vmsr_set(&env, &st, index, v), 0);
	}
	ck_assert_uint_gt(n, 60);
	ck_assert_uint_eq(last, 0xc0000103);
}
END_TEST

/*
 * All there are, each with its rules: what RESET leaves, a value that can be
 * written and what is read then, one that cannot.
 */
static const struct {
	u32 index;
	u16 count;
	char how; /* w: written; r: read-only; i: a write is forgotten; o: write-only */
	u64 reset;
	u64 good, back;
	u64 bad; /* 0: every value is good */
} all[] = {
	{ 0x000, 2, 'i', 0, 5, 0, 0 },
	{ 0x010, 1, 'w', 0, 5, 5, 0 },
	{ 0x017, 1, 'r', 0 },
	{ 0x01b, 1, 'w', 0xfee00900, 0xfed00800, 0xfed00900, 0xfee00a00 },
	{ 0x03a, 1, 'r', 1 },
	{ 0x03b, 1, 'w', 0, ~0ull, ~0ull, 0 },
	{ 0x048, 1, 'w', 0, 0x487, 0x487, 8 },
	{ 0x049, 1, 'o', 0, 1, 0, 2 },
	{ 0x079, 1, 'i', 0, 0x1000, 0, 0 },
	{ 0x08b, 1, 'i', 1ull << 32, 5, 1ull << 32, 0 },
	{ 0x0ce, 1, 'r', 24 << 8 },
	{ 0x0fe, 1, 'r', 0x508 },
	{ 0x10a, 1, 'r', 0x2b },
	{ 0x10b, 1, 'o', 0, 1, 0, 2 },
	{ 0x140, 1, 'i', 0, 1, 0, 0 },
	{ 0x174, 1, 'w', 0, 0x10, 0x10, 0 },
	{ 0x175, 2, 'w', 0, 0xffff800000001000, 0xffff800000001000,
	  1ull << 47 },
	{ 0x179, 1, 'r', 0x104 },
	{ 0x17a, 1, 'w', 0, 5, 5, 8 },
	{ 0x17b, 1, 'w', 0, ~0ull, ~0ull, 1 },
	{ 0x1a0, 1, 'w', 0x1801, 0, 0x1800, 0 },
	{ 0x1d9, 1, 'i', 0, 1, 0, 0 },
	{ 0x200, 1, 'w', 0, 0x80000006, 0x80000006, 0x80000003 },
	{ 0x201, 1, 'w', 0, 0x7fc0000800, 0x7fc0000800, 0x400 },
	{ 0x202, 14, 'w', 0, 0, 0, 1ull << 39 },
	{ 0x250, 1, 'w', 0, 0x0605040100060606, 0x0605040100060606, 7 },
	{ 0x258, 2, 'w', 0, 0x0605040100060606, 0x0605040100060606, 2 },
	{ 0x268, 8, 'w', 0, 0x0605040100060606, 0x0605040100060606,
	  3ull << 56 },
	{ 0x277, 1, 'w', 0x0007040600070406, 0x0706050401000000,
	  0x0706050401000000, 3 },
	{ 0x2ff, 1, 'w', 0, 0xc06, 0xc06, 0x206 },
	{ 0x400, 1, 'w', 0, ~0ull, ~0ull,
	  5 }, /* banks: CTL, STATUS, ADDR, MISC */
	{ 0x401, 1, 'w', 0, 0, 0, 1 },
	{ 0x402, 2, 'w', 0, 0x1234, 0x1234, 0 },
	{ 0x404, 1, 'w', 0, ~0ull, ~0ull, 5 },
	{ 0x405, 1, 'w', 0, 0, 0, 1 },
	{ 0x406, 2, 'w', 0, 0x1234, 0x1234, 0 },
	{ 0x408, 1, 'w', 0, ~0ull, ~0ull, 5 },
	{ 0x409, 1, 'w', 0, 0, 0, 1 },
	{ 0x40a, 2, 'w', 0, 0x1234, 0x1234, 0 },
	{ 0x40c, 1, 'w', 0, ~0ull, ~0ull, 5 },
	{ 0x40d, 1, 'w', 0, 0, 0, 1 },
	{ 0x40e, 2, 'w', 0, 0x1234, 0x1234, 0 },
	{ 0x6e0, 1, 'w', 0, ~0ull, ~0ull, 0 },
	{ 0xda0, 1, 'w', 0, 0x100, 0x100, 0x200 },
	{ 0xc0000080, 1, 'w', 0, 0x901, 0x901, 1 << 12 },
	{ 0xc0000081, 1, 'w', 0, ~0ull, ~0ull, 0 },
	{ 0xc0000082, 2, 'w', 0, 0x7fffffffffff, 0x7fffffffffff, 1ull << 47 },
	{ 0xc0000084, 1, 'w', 0, 0xffffffff, 0xffffffff, 1ull << 32 },
	{ 0xc0000100, 3, 'w', 0, 0x7fffffffffff, 0x7fffffffffff, 1ull << 63 },
	{ 0xc0000103, 1, 'w', 0, 0xffffffff, 0xffffffff, 1ull << 32 },
};

static void one_rule(unsigned int n, u32 index)
{
	u64 v;

	setup();
	env.has_xsaves = true;
	env.xss_allowed = 0x100;
	vmsr_reset(&env, &st);
	if (all[n].how == 'o')
		ck_assert_int_eq(vmsr_read(&env, &st, index, &v), -EINVAL);
	else
		ck_assert_msg(rd(index) == all[n].reset, "MSR 0x%x", index);
	if (all[n].how == 'r') {
		ck_assert_int_eq(WR(index, all[n].reset), -EINVAL);
		ck_assert_int_eq(WR(index, ~0ull), -EINVAL);
		return;
	}
	if (all[n].bad) {
		ck_assert_msg(WR(index, all[n].bad) == -EINVAL, "MSR 0x%x",
			      index);
		if (all[n].how != 'o')
			ck_assert_uint_eq(rd(index), all[n].reset);
	}
	ck_assert_msg(!WR(index, all[n].good), "MSR 0x%x", index);
	if (all[n].how != 'o')
		ck_assert_msg(rd(index) == all[n].back, "MSR 0x%x", index);
}

/* Above: all that are in the table, and no others are. */
START_TEST(every_rule)
{
	static const u32 from[] = { 0, 0x40000000, 0x4b564d00, 0xc0000000,
				    0xc0010000 };
	unsigned int n = 0, i;
	u32 index;

	for (i = 0; i < sizeof(from) / sizeof(*from); i++) {
		for (index = from[i]; index < from[i] + 0x2000; index++) {
			bool here;

			while (n < sizeof(all) / sizeof(*all) &&
			       all[n].index + all[n].count <= index)
				n++;
			here = n < sizeof(all) / sizeof(*all) &&
			       all[n].index <= index;
			ck_assert_msg(here == !!vmsr_find(index), "MSR 0x%x",
				      index);
			if (here)
				one_rule(n, index);
		}
	}
	ck_assert_uint_eq(n, sizeof(all) / sizeof(*all));
}
END_TEST

/* Two MSRs never share a slot, whatever their run. */
START_TEST(slots)
{
	unsigned char used[VMSR_NR_SLOTS] = {};
	u32 index;

	for (index = 0; index < 0x1000; index++) {
		const struct vmsr_rule *r = vmsr_find(index);
		unsigned int slot;

		if (!r)
			continue;
		slot = vmsr_slot(r, index);
		ck_assert_uint_lt(slot, VMSR_NR_SLOTS);
		ck_assert_msg(slot == VMSR_ZERO || !used[slot]++, "MSR 0x%x",
			      index);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("msr");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, reset);
	tcase_add_test(t, unknown);
	tcase_add_test(t, read_only_and_ignored);
	tcase_add_test(t, canonical);
	tcase_add_test(t, efer);
	tcase_add_test(t, apic_base);
	tcase_add_test(t, pat);
	tcase_add_test(t, mtrr);
	tcase_add_test(t, machine_check);
	tcase_add_test(t, arch_capabilities);
	tcase_add_test(t, spec_ctrl);
	tcase_add_test(t, misc_enable);
	tcase_add_test(t, listing);
	tcase_add_test(t, every_rule);
	tcase_add_test(t, slots);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
