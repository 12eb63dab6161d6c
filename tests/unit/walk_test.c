// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of vmctl's page walks against the hypervisor's own walkers, which are
 * written and tested apart: over random tables both find the same page, or
 * both find none.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/s1walk.h"
#include "arch/x86/emul/gwalk.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"
#include "walk.h"

#define BYTES (1u << 20) /* guest memory from 0 on */

static unsigned char memory[BYTES];
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int read_mem(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	if (gpa > BYTES - len)
		return -ENOENT;
	memcpy(buf, memory + gpa, len);
	return 0;
}

static int read_x86(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value)
{
	*value = 0;
	return read_mem(opaque, gpa, value, bytes);
}

static int read_arm64(void *opaque, gpa_t gpa, u64 *value)
{
	return read_mem(opaque, gpa, value, 8);
}

/* Tables that mostly lead to other tables: addresses within the memory. */
static void fill_x86(void)
{
	for (size_t i = 0; i < BYTES / 8; i++) {
		uint64_t entry = (rnd() % (BYTES >> 12)) << 12 | 7;

		if (rnd() % 8 == 0)
			entry |= 1 << 7; /* a large page, with its address aligned */
		if (entry & 1 << 7)
			entry &= ~0x3fffe000ull;
		if (rnd() % 16 == 0)
			entry &= ~1ull;
		if (rnd() % 16 == 0)
			entry |= rnd() & 0x60;
		memcpy(memory + 8 * i, &entry, 8);
	}
}

static void fill_x86_32(void)
{
	for (size_t i = 0; i < BYTES / 4; i++) {
		uint32_t entry = (uint32_t)(rnd() % (BYTES >> 12)) << 12 | 7;

		if (rnd() % 8 == 0) /* 4 MiB, up to 2^40 */
			entry = (uint32_t)(rnd() & 0xffdfe000) | 0x87;
		if (rnd() % 16 == 0)
			entry &= ~1u;
		memcpy(memory + 4 * i, &entry, 4);
	}
}

/* _i: levels; 3: PAE */
START_TEST(test_x86)
{
	struct axvm_x86_sregs s = { .cr0 = 1ull << 31 | 1, .cr3 = 0x3000 };
	struct gwalk_info info = { .levels = (u8)_i, .phys_bits = 40, .pse = true,
				   .pse36 = true, .page1g = true, .wp = true,
				   .nxe = true };
	struct gwalk_mem mem = { .read = read_x86 };
	struct gwalk_result res;
	unsigned int mapped = 0;
	struct walk w;

	s.cr4 = _i == 2 ? 1 << 4 : _i == 5 ? 1 << 5 | 1 << 12 : 1 << 5;
	s.efer = _i > 3 ? 1 << 8 | 1 << 10 : 0;
	for (int i = 0; i < 20000; i++) {
		uint64_t gva = rnd();
		unsigned int unused = 64 - (12 + 9 * (unsigned int)_i);
		int ret;

		if (i % 100 == 0 && _i == 2)
			fill_x86_32();
		else if (i % 100 == 0)
			fill_x86();
		s.cr3 = info.cr3 = (rnd() % (BYTES >> 12)) << 12;
		gva = _i > 3 ? (uint64_t)((int64_t)(gva << unused) >> unused) :
			       gva & 0xffffffff;
		/* PDPTEs have no rights: make them good ones. */
		for (int k = 0; _i == 3 && k < 4; k++) {
			memcpy(&info.pdpte[k], memory + s.cr3 + 8 * k, 8);
			info.pdpte[k] &= 0xfffff001;
			memcpy(memory + s.cr3 + 8 * k, &info.pdpte[k], 8);
		}
		ret = gwalk(&info, &mem, gva, &res);
		walk_x86(&s, gva, read_mem, NULL, &w);
		ck_assert_msg(w.mapped == !ret, "0x%llx: %d %d %s",
			      (unsigned long long)gva, ret, w.mapped, w.why ? w.why : "");
		if (ret)
			continue;
		ck_assert_uint_eq(w.gpa, res.gpa);
		ck_assert_uint_eq(w.page_size, res.page_size);
		ck_assert_uint_eq(w.n, res.levels + (_i == 3 && w.n != res.levels));
		mapped++;
	}
	ck_assert_uint_gt(mapped, 5000);
}
END_TEST

static void fill_arm64(unsigned int granule)
{
	for (size_t i = 0; i < BYTES / 8; i++) {
		uint64_t entry = (rnd() % (BYTES >> granule)) << granule | 0x403;

		if (rnd() % 8 == 0) /* a block, its address aligned to 1 GiB */
			entry = (rnd() & 0x0000ffffc0000000) | 0x401;
		if (rnd() % 16 == 0)
			entry &= ~1ull;
		memcpy(memory + 8 * i, &entry, 8);
	}
}

START_TEST(test_arm64)
{
	static const struct {
		unsigned int granule, tg0, tg1;
	} sizes[] = { { 12, 0, 2 }, { 14, 2, 1 }, { 16, 1, 3 } };
	struct axvm_arm64_sysregs s = { .sctlr_el1 = 1 };
	struct s1walk_info info = { .sctlr = 1, .ipa_bits = 48 };
	struct s1walk_mem mem = { .read = read_arm64 };
	struct s1walk_result res;
	unsigned int mapped = 0, bits;
	struct walk w;

	for (int i = 0; i < 20000; i++) {
		unsigned int g = sizes[_i].granule;
		bool high = rnd() & 1;
		uint64_t gva;
		int ret;

		if (i % 100 == 0)
			fill_arm64(g);
		bits = 25 + (unsigned int)(rnd() % 24);
		s.tcr_el1 = (64 - bits) | (64 - bits) << 16 | sizes[_i].tg0 << 14 |
			    (uint64_t)sizes[_i].tg1 << 30 | 5ull << 32 |
			    (rnd() & 3) << 37;
		s.ttbr0_el1 = s.ttbr1_el1 = (rnd() % (BYTES >> g)) << g;
		info.tcr = s.tcr_el1;
		info.ttbr0 = s.ttbr0_el1;
		info.ttbr1 = s.ttbr1_el1;
		gva = rnd() >> (64 - bits);
		if (high)
			gva |= ~0ull << bits;
		if (rnd() % 8 == 0)
			gva ^= 1ull << (56 + rnd() % 8); /* a tag, if TBI says so */
		ret = s1walk(&info, &mem, gva, &res);
		walk_arm64(&s, gva, read_mem, NULL, &w);
		ck_assert_msg(w.mapped == !ret, "0x%llx bits %u: %d fsc %x %d %s",
			      (unsigned long long)gva, bits, ret, res.fsc, w.mapped,
			      w.why ? w.why : "");
		if (ret)
			continue;
		ck_assert_uint_eq(w.gpa, res.gpa);
		ck_assert_uint_eq(w.page_size, res.page_size);
		ck_assert_uint_eq(w.n, res.levels);
		mapped++;
	}
	ck_assert_uint_gt(mapped, 5000);
}
END_TEST

START_TEST(test_off)
{
	struct axvm_arm64_sysregs a = { 0 };
	struct axvm_x86_sregs x = { 0 };
	struct walk w;

	walk_x86(&x, 0x1234567, read_mem, NULL, &w);
	ck_assert(w.mapped && !w.root && w.gpa == 0x1234567 && !w.n);
	walk_arm64(&a, 0x1234567, read_mem, NULL, &w);
	ck_assert(w.mapped && !w.root && w.gpa == 0x1234567 && !w.n);
}
END_TEST

/* What an entry says, by hand. */
START_TEST(test_text)
{
	struct axvm_x86_sregs s = { .cr0 = 1ull << 31, .cr4 = 1 << 5, .efer = 1 << 10 };
	uint64_t e[4] = { 0x1007, 0x2003, 0x80000000400000e7ull, 0 };
	struct walk w;

	memset(memory, 0, sizeof(memory));
	memcpy(memory, &e[0], 8);
	memcpy(memory + 0x1000, &e[1], 8);
	memcpy(memory + 0x2008, &e[2], 8);
	walk_x86(&s, 0x212345, read_mem, NULL, &w);
	ck_assert(w.mapped);
	ck_assert_uint_eq(w.gpa, 0x40012345);
	ck_assert_uint_eq(w.page_size, 2 << 20);
	ck_assert_uint_eq(w.n, 3);
	ck_assert_str_eq(w.step[0].table, "PML4");
	ck_assert_str_eq(w.step[0].text, "table write user");
	ck_assert_str_eq(w.step[2].table, "PD");
	ck_assert_uint_eq(w.step[2].index, 1);
	ck_assert_uint_eq(w.step[2].at, 0x2008);
	ck_assert_str_eq(w.step[2].text, "page write user accessed dirty no-execute");
	walk_x86(&s, 0x412345, read_mem, NULL, &w);
	ck_assert(!w.mapped);
	ck_assert_str_eq(w.step[2].text, "not present");
	walk_x86(&s, 0x1000000000000, read_mem, NULL, &w);
	ck_assert(!w.mapped && !w.n);
	s.cr3 = 0xf00000;
	walk_x86(&s, 0, read_mem, NULL, &w);
	ck_assert_str_eq(w.why, "a table is not in guest memory");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("walk");
	TCase *tc = tcase_create("walk");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_x86, 2, 6);
	tcase_add_loop_test(tc, test_arm64, 0, 3);
	tcase_add_test(tc, test_off);
	tcase_add_test(tc, test_text);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
