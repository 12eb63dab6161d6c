// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of page table walks: random tables of every format are mapped out, and
 * each page of the result is compared with a translation of its own, which
 * follows one address at a time.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "pagemap.h"

#define BASE 0x80000000ull
#define BYTES (16u << 20)

static uint8_t *ram;
static uint64_t used;

static void setup(void)
{
	ram = calloc(1, BYTES);
	used = 0;
}

static void teardown(void)
{
	free(ram);
}

static bool read_ram(void *opaque, uint64_t gpa, void *buf, size_t n)
{
	if (gpa < BASE || gpa - BASE > BYTES - n)
		return false;
	memcpy(buf, ram + (gpa - BASE), n);
	return true;
}

static uint64_t entry(uint64_t gpa)
{
	uint64_t e = 0;

	read_ram(NULL, gpa, &e, sizeof(e));
	return e;
}

static void set(uint64_t gpa, uint64_t e)
{
	memcpy(ram + (gpa - BASE), &e, sizeof(e));
}

/* A table of @bytes, aligned to them. */
static uint64_t table(uint64_t bytes)
{
	uint64_t at = (used + bytes - 1) & -bytes;

	ck_assert_uint_le(at + bytes, BYTES);
	used = at + bytes;
	return BASE + at;
}

/* ---- one address at a time --------------------------------------------- */

static bool x86_translate(uint64_t cr3, unsigned int levels, uint64_t gva,
			  uint64_t *gpa)
{
	uint64_t at = cr3 & 0xffffffffff000;

	for (unsigned int level = levels; level-- > 0;) {
		unsigned int shift = 12 + 9 * level;
		uint64_t e = entry(at + 8 * (gva >> shift & 511));

		if (!(e & 1))
			return false;
		if (!level || (level < 3 && e & 0x80)) {
			*gpa = (e & 0xffffffffff000 & -(1ull << shift)) |
			       (gva & ((1ull << shift) - 1));
			return true;
		}
		if (e & 0x80)
			return false; /* reserved */
		at = e & 0xffffffffff000;
	}
	return false;
}

static bool arm64_translate(uint64_t ttbr, unsigned int size, unsigned int page,
			    uint64_t gva, uint64_t *gpa)
{
	unsigned int per = page - 3, va = 64 - size;
	int level = 3 - (int)((va - page - 1) / per);
	uint64_t at = ttbr & 0xfffffffff000, index = gva & ((1ull << va) - 1);
	bool first = true;

	for (; level <= 3; level++) {
		unsigned int shift = page + (unsigned int)(3 - level) * per;
		uint64_t i = first ? index >> shift :
				     index >> shift & ((1ull << per) - 1);
		uint64_t e = entry(at + 8 * i);

		first = false;
		if (!(e & 1))
			return false;
		if (level == 3 || !(e & 2)) {
			if (level < (page == 12 ? 1 : 2))
				return false; /* no blocks there */
			*gpa = (e & 0xfffffffff000 & -(1ull << shift)) |
			       (gva & ((1ull << shift) - 1));
			return true;
		}
		at = e & 0xfffffffff000 & -(1ull << page);
	}
	return false;
}

/* ---- tables at random --------------------------------------------------- */

struct shape {
	unsigned int page, blocks;
	uint64_t present, next, block, leaf; /* bits of entries */
};

static const struct shape x86_shape = { 12, 2, 1, 0, 0x80, 0 };

static uint64_t some(uint64_t n)
{
	return (((uint64_t)rand() << 31) ^ (uint64_t)rand()) % n;
}

static void fill(const struct shape *s, uint64_t at, unsigned int level,
		 unsigned int bits)
{
	uint64_t run = some(1u << 20);

	for (int i = level ? 4 : 24; i > 0; i--) {
		uint64_t n = some(1ull << bits), next;
		unsigned int shift = s->page + level * (s->page - 3);

		if (entry(at + 8 * n))
			continue;
		if (!level) {
			/* half of them go on where the one before ended */
			next = (i % 2 ? run + n : some(1u << 24)) << shift;
			set(at + 8 * n, next | s->present | s->leaf);
		} else if (level <= s->blocks && !some(3)) {
			next = some(64) << shift;
			set(at + 8 * n, next | s->present | s->block);
		} else {
			next = table(1ull << s->page);
			set(at + 8 * n, next | s->present | s->next);
			fill(s, next, level - 1, s->page - 3);
		}
	}
}

static bool sorted(const struct pagemap *m)
{
	for (size_t i = 1; i < m->n; i++) {
		const struct core_run *a = &m->runs[i - 1], *b = &m->runs[i];

		if (b->gva < a->gva + a->len)
			return false;
		/* what goes on is one run */
		if (b->gva == a->gva + a->len && b->gpa == a->gpa + a->len)
			return false;
	}
	return true;
}

static const struct core_run *run_of(const struct pagemap *m, uint64_t gva)
{
	for (size_t i = 0; i < m->n; i++) {
		if (gva - m->runs[i].gva < m->runs[i].len)
			return &m->runs[i];
	}
	return NULL;
}

static void check_x86(const struct pagemap *m, uint64_t cr3,
		      unsigned int levels)
{
	uint64_t gpa;

	for (size_t i = 0; i < m->n; i++) {
		const struct core_run *r = &m->runs[i];
		uint64_t at[] = { r->gva, r->gva + some(r->len),
				  r->gva + r->len - 1 };
		int64_t sign = (int64_t)r->gva >> (12 + 9 * levels - 1);

		ck_assert(sign == 0 || sign == -1);
		for (int k = 0; k < 3; k++) {
			ck_assert(x86_translate(cr3, levels, at[k], &gpa));
			ck_assert_uint_eq(gpa, r->gpa + (at[k] - r->gva));
		}
		/* and what is beside a run is not mapped on */
		if (x86_translate(cr3, levels, r->gva + r->len, &gpa))
			ck_assert_ptr_nonnull(run_of(m, r->gva + r->len));
	}
}

START_TEST(x86)
{
	bool five = _i % 2;
	unsigned int levels = five ? 5 : 4;
	struct pagemap m = { .read = read_ram, .max = 1u << 20 };
	uint64_t cr3 = table(4096);

	srand((unsigned int)_i);
	fill(&x86_shape, cr3, levels - 1, 9);
	set(cr3 + 8 * 511, cr3 | 0x81); /* reserved: maps nothing */
	pagemap_x86(&m, cr3 | 0x18, five);
	ck_assert_uint_gt(m.n, 20);
	ck_assert(sorted(&m));
	check_x86(&m, cr3, levels);
	free(m.runs);
}
END_TEST

START_TEST(arm64)
{
	static const unsigned int pages[] = { 12, 14, 16 };
	static const uint64_t tg0[] = { 0, 2, 1 }, tg1[] = { 2, 1, 3 };
	unsigned int which = (unsigned int)_i % 3, page = pages[which];
	unsigned int size = 16 + (unsigned int)_i % 20, per = page - 3;
	struct shape s = { page, page == 12 ? 2 : 1, 1, 2, 0, 2 };
	struct pagemap m = { .read = read_ram, .max = 1u << 20 };
	unsigned int bits = 64 - size - page, level = (bits - 1) / per;
	uint64_t ttbr, tcr, base = -(1ull << (64 - size)), gpa;

	srand((unsigned int)_i);
	bits -= level * per;
	ttbr = table(8ull << bits < 4096 ? 4096 : 8ull << bits);
	fill(&s, ttbr, level, bits);
	tcr = size | (uint64_t)size << 16 | tg0[which] << 14 | tg1[which] << 30;
	pagemap_arm64(&m, ttbr, ttbr | 1ull << 48, tcr);
	ck_assert_uint_gt(m.n, 2);
	ck_assert(sorted(&m));
	for (size_t i = 0; i < m.n; i++) {
		const struct core_run *r = &m.runs[i];
		uint64_t last = r->gva + r->len - 1;

		ck_assert(arm64_translate(ttbr, size, page, r->gva, &gpa));
		ck_assert_uint_eq(gpa, r->gpa);
		ck_assert(arm64_translate(ttbr, size, page, last, &gpa));
		ck_assert_uint_eq(gpa, r->gpa + r->len - 1);
		/* both halves have the same tables */
		ck_assert_ptr_nonnull(run_of(&m, r->gva ^ base));
	}
	/* a half that is switched off */
	m.n = 0;
	pagemap_arm64(&m, ttbr, ttbr, tcr | 1ull << 7);
	ck_assert_uint_gt(m.n, 0);
	ck_assert_uint_ge(m.runs[0].gva, base);
	free(m.runs);
}
END_TEST

/* Tables that lead back to themselves end; so do too many runs. */
START_TEST(hostile)
{
	struct pagemap m = { .read = read_ram, .max = 100 };
	uint64_t cr3 = table(4096);

	for (uint64_t i = 0; i < 512; i++)
		set(cr3 + 8 * i, cr3 | 1);
	pagemap_x86(&m, cr3, true);
	ck_assert_uint_eq(m.n, 100);
	ck_assert(m.full);
	m.n = 0;
	m.full = false;
	for (uint64_t i = 0; i < 512; i++)
		set(cr3 + 8 * i, some(1ull << 40) << 12 | 1);
	pagemap_x86(&m, cr3, true);
	ck_assert_uint_eq(m.n, 0);
	pagemap_x86(&m, ~0ull, true);
	pagemap_arm64(&m, ~0ull, ~0ull, ~0ull);
	pagemap_arm64(&m, ~0ull, ~0ull, 0);
	ck_assert_uint_eq(m.n, 0);
	free(m.runs);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pagemap");
	TCase *tc = tcase_create("walk");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, x86, 0, 10);
	tcase_add_loop_test(tc, arm64, 0, 30);
	tcase_add_test(tc, hostile);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
