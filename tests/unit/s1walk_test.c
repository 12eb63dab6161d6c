// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/s1walk.c.  A builder that shares nothing with
 * the walker makes tables of every granule and address width with random
 * pages, blocks and rights; addresses inside, at the edges and outside are
 * translated and compared with what was built.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/s1walk.h"

#define POOL_PA 0x80000000ull
#define POOL_BYTES (8u << 20)

static u8 *pool;
static u64 pool_used;
static int read_error;
static bool big_endian;

static u64 *pool_at(gpa_t gpa)
{
	ck_assert(gpa >= POOL_PA && gpa + 8 <= POOL_PA + POOL_BYTES);
	ck_assert_uint_eq(gpa % 8, 0);
	return (u64 *)(pool + (gpa - POOL_PA));
}

static int pool_read(void *opaque, gpa_t gpa, u64 *value)
{
	ck_assert_ptr_eq(opaque, pool);
	if (read_error)
		return read_error;
	*value = *pool_at(gpa);
	if (big_endian)
		*value = __builtin_bswap64(*value);
	return 0;
}

static gpa_t pool_alloc(u64 bytes)
{
	gpa_t gpa = POOL_PA + (pool_used + bytes - 1) / bytes * bytes;

	pool_used = gpa - POOL_PA + bytes;
	ck_assert(pool_used <= POOL_BYTES);
	return gpa;
}

static void setup(void)
{
	pool = calloc(1, POOL_BYTES);
	pool_used = 0x10000;
	read_error = 0;
	big_endian = false;
}

static void teardown(void)
{
	free(pool);
}

static u64 rnd(u64 n)
{
	return ((u64)random() << 32 ^ (u64)random() << 16 ^ random()) % n;
}

/* ---- builder -------------------------------------------------------------- */

struct half {
	unsigned int granule; /* log2 */
	unsigned int va_bits;
	bool upper;
	gpa_t root;
	unsigned int first; /* level of the root */
};

/* Manual: start levels by granule and width, as in "Translation granules". */
static unsigned int first_level(unsigned int granule, unsigned int va_bits)
{
	if (granule == 12)
		return va_bits > 39 ? 0 :
		       va_bits > 30 ? 1 :
		       va_bits > 21 ? 2 :
				      3;
	if (granule == 14)
		return va_bits > 47 ? 0 :
		       va_bits > 36 ? 1 :
		       va_bits > 25 ? 2 :
				      3;
	return va_bits > 42 ? 1 : va_bits > 29 ? 2 : 3;
}

/* log2 of what an entry of @level translates */
static unsigned int covers(unsigned int granule, unsigned int level)
{
	static const u8 k4[] = { 39, 30, 21, 12 }, k16[] = { 47, 36, 25, 14 },
			k64[] = { 0, 42, 29, 16 };

	return granule == 12 ? k4[level] :
	       granule == 14 ? k16[level] :
			       k64[level];
}

static void make_half(struct half *h, unsigned int granule,
		      unsigned int va_bits, bool upper)
{
	h->granule = granule;
	h->va_bits = va_bits;
	h->upper = upper;
	h->first = first_level(granule, va_bits);
	h->root = pool_alloc(8ull << (va_bits - covers(granule, h->first)));
	if (h->root % 64)
		h->root = pool_alloc(64);
}

/* Upper attributes of table entries: NSTable aside, four bits of rights. */
static u64 table_attrs(void)
{
	return rnd(3) ? 0 : rnd(16) << 59;
}

/**
 * build() - enter @leaf for @va at @level; tables are made on the way
 * Return: rights that the tables on the way take away, or ~0 when a block is
 * in the way already.
 */
static u64 build(struct half *h, u64 va, unsigned int level, u64 leaf)
{
	u64 in = va & ((1ull << h->va_bits) - 1), tables = 0;
	unsigned int top = h->va_bits, l;
	gpa_t table = h->root;

	for (l = h->first;; l++) {
		unsigned int shift = covers(h->granule, l);
		u64 index = in >> shift & ((1ull << (top - shift)) - 1);
		u64 *e = pool_at(table + index * 8);

		if (l == level) {
			if (*e)
				return ~0ull;
			*e = leaf;
			return tables;
		}
		if (!*e)
			*e = pool_alloc(1ull << h->granule) | 3 |
			     rnd(1u << (h->granule - 12)) << 12 | table_attrs();
		if ((*e & 3) != 3)
			return ~0ull;
		tables |= *e & 0xfull << 59;
		/* a granule's table lies on its own size; what is below is RES0 */
		table = *e >> h->granule << h->granule & 0xffffffffffffull;
		top = shift;
	}
}

/* ---- what the manual says of rights ------------------------------------------ */

static u32 ref_prot(u64 leaf, u64 tables, bool wxn)
{
	/* AP[2:1]: EL1, EL0 */
	static const struct {
		bool w1, r0, w0;
	} ap[4] = {
		{ true, false, false },
		{ true, true, true },
		{ false, false, false },
		{ false, true, false },
	};
	unsigned int a = leaf >> 6 & 3;
	bool w1 = ap[a].w1, r0 = ap[a].r0, w0 = ap[a].w0, x1, x0;

	if (tables >> 61 & 1) /* APTable[0]: none of it for EL0 */
		r0 = w0 = false;
	if (tables >> 62 & 1) /* APTable[1]: read only */
		w1 = w0 = false;
	x1 = !(leaf >> 53 & 1) && !(tables >> 59 & 1) && !w0;
	x0 = !(leaf >> 54 & 1) && !(tables >> 60 & 1);
	if (wxn) {
		x1 &= !w1;
		x0 &= !w0;
	}
	return 1 | w1 << 1 | x1 << 2 | r0 << 3 | w0 << 4 | x0 << 5;
}

static bool ref_allowed(const struct s1walk_info *i, u32 prot)
{
	if (i->fetch)
		return prot & (i->el0 ? 32 : 4);
	if (i->el0)
		return prot & (i->write ? 16 : 8);
	if (i->pan && prot & 8)
		return false;
	return prot & (i->write ? 2 : 1);
}

/* ---- random tables -------------------------------------------------------------- */

struct mapping {
	u64 va, pa, size, leaf, tables;
	unsigned int level;
};

static u64 tcr_of(const struct half *lo, const struct half *hi)
{
	/* TG0: 0 4K, 1 64K, 2 16K; TG1: 1 16K, 2 4K, 3 64K */
	u64 tg0 = lo->granule == 12 ? 0 : lo->granule == 14 ? 2 : 1;
	u64 tg1 = hi->granule == 12 ? 2 : hi->granule == 14 ? 1 : 3;

	return (64 - lo->va_bits) | tg0 << 14 | (64ull - hi->va_bits) << 16 |
	       tg1 << 30 | 5ull << 32;
}

static u64 random_leaf(u64 pa, unsigned int level)
{
	/* attributes 4:2, AP 7:6, SH, nG 11, contiguous 52, PXN, UXN, software */
	return pa | (level == 3 ? 3 : 1) | rnd(8) << 2 | rnd(4) << 6 |
	       rnd(4) << 8 | (rnd(8) ? 1 << 10 : 0) | rnd(2) << 11 |
	       rnd(8) << 52 | rnd(16) << 55;
}

static struct mapping random_mapping(struct half *h)
{
	static const u8 lowest[] = { 1, 2, 2 };
	unsigned int min = lowest[(h->granule - 12) / 2];
	struct mapping m = { 0 };

	do
		m.level = min + rnd(4 - min);
	while (m.level < h->first);
	m.size = 1ull << covers(h->granule, m.level);
	m.va = rnd(1ull << h->va_bits) & ~(m.size - 1);
	if (h->upper)
		m.va |= ~((1ull << h->va_bits) - 1);
	m.pa = rnd(1ull << 48) & ~(m.size - 1);
	m.leaf = random_leaf(m.pa, m.level);
	m.tables = build(h, m.va, m.level, m.leaf);
	return m;
}

static void check_one(const struct s1walk_info *info, const struct mapping *m,
		      u64 va, u64 tag)
{
	struct s1walk_mem mem = { pool_read, pool };
	struct s1walk_result res;
	u64 hpd = va >> 55 & 1 ? 1ull << 42 : 1ull << 41;
	u64 tables = info->hpd && info->tcr & hpd ? 0 : m->tables;
	u32 prot = ref_prot(m->leaf, tables, info->sctlr >> 19 & 1);
	int err = s1walk(info, &mem, va ^ tag, &res);

	if (tag && !(info->tcr >> (va >> 55 & 1 ? 38 : 37) & 1)) {
		ck_assert_int_eq(err, -EFAULT);
		ck_assert_uint_eq(res.fsc, 0x04);
		return;
	}
	ck_assert_uint_eq(res.level, m->level);
	if (!(m->leaf >> 10 & 1) && !(info->haf && info->tcr >> 39 & 1)) {
		ck_assert_int_eq(err, -EFAULT);
		ck_assert_uint_eq(res.fsc, 0x08 | m->level);
		return;
	}
	if (!ref_allowed(info, prot)) {
		ck_assert_int_eq(err, -EFAULT);
		ck_assert_uint_eq(res.fsc, 0x0c | m->level);
		return;
	}
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(res.gpa, m->pa + (va & (m->size - 1)));
	ck_assert_uint_eq(res.page_size, m->size);
	ck_assert_uint_eq(res.prot, prot);
	ck_assert_uint_eq(res.attr_index, m->leaf >> 2 & 7);
	ck_assert_int_eq(res.ng, m->leaf >> 11 & 1);
}

/* The root's bits below its own size are CnP and RES0. */
static u64 ttbr_of(const struct half *h)
{
	return h->root | rnd(65536) << 48 |
	       rnd(8ull << (h->va_bits - covers(h->granule, h->first)));
}

static struct s1walk_info random_info(u64 tcr, const struct half *lo,
				      const struct half *hi)
{
	return (struct s1walk_info){
		.sctlr = 1 | rnd(2) << 19 | (u64)big_endian << 25,
		/* TBI, HA, HPD */
		.tcr = tcr | rnd(4) << 37 | rnd(2) << 39 | rnd(4) << 41,
		.ttbr0 = ttbr_of(lo),
		.ttbr1 = ttbr_of(hi),
		.ipa_bits = 48,
		.hpd = rnd(2),
		.haf = rnd(2),
		.el0 = rnd(2),
		.pan = rnd(2),
		.write = rnd(2),
		.fetch = !rnd(3),
	};
}

#define MAPPINGS 40

static void random_walks(unsigned int seed)
{
	static const u8 granules[] = { 12, 14, 16 };
	struct half half[2];
	struct mapping m[MAPPINGS];
	unsigned int i, n;
	u64 tcr;

	srandom(seed);
	memset(pool, 0, POOL_BYTES);
	pool_used = 0x10000;
	big_endian = seed % 5 == 4;
	for (i = 0; i < 2; i++) {
		unsigned int g = granules[rnd(3)];

		make_half(&half[i], g,
			  (g == 16 ? 17 : 16) + rnd(g == 16 ? 32 : 33), i);
	}
	tcr = tcr_of(&half[0], &half[1]);
	for (n = 0; n < MAPPINGS && pool_used < POOL_BYTES - (1 << 19);) {
		m[n] = random_mapping(&half[rnd(2)]);
		if (m[n].tables != ~0ull)
			n++;
		else if (!rnd(20))
			break; /* a small space fills up */
	}
	for (i = 0; i < 4 * n; i++) {
		const struct mapping *one = &m[i % n];
		struct s1walk_info info = random_info(tcr, &half[0], &half[1]);
		u64 edge[] = { 0, one->size - 1, rnd(one->size) };

		check_one(&info, one, one->va + edge[rnd(3)], 0);
		/* bits 63:56 that do not match */
		check_one(&info, one, one->va, (1 + rnd(255)) << 56);
	}
}

START_TEST(random_tables)
{
	unsigned int seed;

	for (seed = 0; seed < 150; seed++)
		random_walks(seed);
}
END_TEST

/* ---- single cases ------------------------------------------------------------------ */

static struct s1walk_info info;
static struct s1walk_result res;

static int walk(u64 va)
{
	struct s1walk_mem mem = { pool_read, pool };

	return s1walk(&info, &mem, va, &res);
}

static void fails(u64 va, u8 fsc)
{
	ck_assert_int_eq(walk(va), -EFAULT);
	ck_assert_uint_eq(res.fsc, fsc);
	ck_assert_int_eq(res.level, fsc & 3);
}

/* 39 bits, 4 KiB, both halves: page 0x1000 -> 0x40001000, block at 1 GiB */
static void plain(void)
{
	struct half lo, hi;

	make_half(&lo, 12, 39, false);
	make_half(&hi, 12, 39, true);
	info = (struct s1walk_info){
		.sctlr = 1,
		.tcr = tcr_of(&lo, &hi),
		.ttbr0 = lo.root,
		.ttbr1 = hi.root,
		.ipa_bits = 40,
	};
	build(&lo, 0x1000, 3, 0x40001000 | 0x403);
	build(&lo, 0x40000000, 1, 0x40000000 | 0x401);
	build(&hi, 0xffffff8000002000ull, 3, 0x40002000 | 0x403);
}

START_TEST(mmu_off)
{
	info = (struct s1walk_info){ .ipa_bits = 40, .write = true };
	ck_assert_int_eq(walk(0x123456789aull), 0);
	ck_assert_uint_eq(res.gpa, 0x123456789aull);
	ck_assert_uint_eq(res.levels, 0);
	ck_assert_uint_eq(res.prot, 0x3f);
	fails(1ull << 40, 0x00);
	fails(~0ull, 0x00);
}
END_TEST

START_TEST(faults)
{
	plain();
	ck_assert_int_eq(walk(0x1234), 0);
	ck_assert_uint_eq(res.gpa, 0x40001234);
	ck_assert_uint_eq(res.levels, 3);
	ck_assert_int_eq(walk(0xffffff8000002004ull), 0);
	ck_assert_uint_eq(res.gpa, 0x40002004);
	ck_assert_int_eq(walk(0x7fffffff), 0);
	ck_assert_uint_eq(res.levels, 1);
	fails(0x2000, 0x07); /* no page */
	fails(0x200000, 0x06); /* no table */
	fails(0x80000000, 0x05);
	fails(1ull << 39, 0x04); /* outside both halves */
	fails(0xffffff0000000000ull, 0x04);
	fails(0x00ffff8000002000ull, 0x04);
	info.tcr |= 1 << 7; /* EPD0 */
	fails(0x1234, 0x04);
	ck_assert_int_eq(walk(0xffffff8000002004ull), 0);
	info.tcr |= 1 << 23; /* EPD1 */
	fails(0xffffff8000002004ull, 0x04);
}
END_TEST

START_TEST(e0pd)
{
	plain();
	info.tcr |= 1ull << 56; /* E0PD1 */
	ck_assert_int_eq(walk(0xffffff8000002004ull), 0);
	info.el0 = true;
	fails(0xffffff8000002004ull, 0x04);
	fails(0x1234, 0x0f); /* AP says no */
}
END_TEST

START_TEST(address_size)
{
	plain();
	/* IPS 0: 32 bits; the block at 1 GiB moves to 4 GiB */
	info.tcr &= ~(7ull << 32);
	ck_assert_int_eq(walk(0x40000000), 0);
	*pool_at(info.ttbr0 + 8) = 0x100000000ull | 0x401;
	fails(0x40000000, 0x01);
	info.tcr |= 1ull << 32;
	ck_assert_int_eq(walk(0x40000000), 0);
	ck_assert_uint_eq(res.gpa, 0x100000000ull);
	/* a table beyond, and the root itself */
	*pool_at(info.ttbr0 + 8) = 0x1000000000ull | 3;
	fails(0x40000000, 0x01);
	info.ttbr0 |= 1ull << 36;
	fails(0x1000, 0x00);
	/* the guest's PARange counts where IPS is larger */
	plain();
	info.ipa_bits = 32;
	*pool_at(info.ttbr0 + 8) = 0x100000000ull | 0x401;
	fails(0x40000000, 0x01);
}
END_TEST

START_TEST(reserved_descriptors)
{
	struct half h;

	plain();
	/* level 3 without bit 1, and invalid with it */
	*pool_at(info.ttbr0 + 8) = 0;
	*pool_at((*pool_at((*pool_at(info.ttbr0) & ~0xfffull)) & ~0xfffull) +
		 8) = 0x40001401;
	fails(0x1000, 0x07);
	/* a level 0 block with 4 KiB granules, a level 1 one with 16 and 64 */
	make_half(&h, 12, 48, false);
	build(&h, 0, 0, 0x401);
	info.ttbr0 = h.root;
	info.tcr = tcr_of(&h, &h);
	fails(0, 0x04);
	make_half(&h, 14, 47, false);
	build(&h, 0, 1, 0x401);
	info.ttbr0 = h.root;
	info.tcr = tcr_of(&h, &h);
	fails(0, 0x05);
	make_half(&h, 16, 48, false);
	build(&h, 0, 1, 0x401);
	info.ttbr0 = h.root;
	info.tcr = tcr_of(&h, &h);
	fails(0, 0x05);
}
END_TEST

START_TEST(widths)
{
	plain();
	info.tcr = (info.tcr & ~0x3full) | 15; /* T0SZ: 49 bits */
	fails(0, 0x04);
	info.tcr = (info.tcr & ~0x3full) | 49; /* 15 bits */
	fails(0, 0x04);
	info.tcr = (info.tcr & ~0x3full) | 63;
	fails(0, 0x04);
	info.tcr = info.tcr & ~0x3full; /* 64 bits */
	fails(0, 0x04);
}
END_TEST

START_TEST(dirty_bit)
{
	struct half h;

	make_half(&h, 12, 39, false);
	info = (struct s1walk_info){
		.sctlr = 1,
		.tcr = tcr_of(&h, &h),
		.ttbr0 = h.root,
		.ipa_bits = 40,
		.write = true,
	};
	/* read-only with DBM */
	build(&h, 0x1000, 3, 0x40001000 | 0x483 | 1ull << 51);
	fails(0x1000, 0x0f);
	info.tcr |= 3ull << 39; /* HA, HD */
	fails(0x1000, 0x0f); /* the CPU has none of it */
	info.haf = info.hdbs = true;
	ck_assert_int_eq(walk(0x1000), 0);
	ck_assert_uint_eq(res.prot & S1WALK_EL1_WRITE, S1WALK_EL1_WRITE);
	info.tcr &= ~(1ull << 40);
	fails(0x1000, 0x0f);
}
END_TEST

START_TEST(memory_errors)
{
	plain();
	read_error = -ENOENT;
	ck_assert_int_eq(walk(0x1000), -ENOENT);
	read_error = -ENOMEM;
	ck_assert_int_eq(walk(0x1000), -ENOMEM);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("s1walk");
	TCase *t = tcase_create("s1walk");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, random_tables);
	tcase_add_test(t, mmu_off);
	tcase_add_test(t, faults);
	tcase_add_test(t, e0pd);
	tcase_add_test(t, address_size);
	tcase_add_test(t, reserved_descriptors);
	tcase_add_test(t, widths);
	tcase_add_test(t, dirty_bit);
	tcase_add_test(t, memory_errors);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
