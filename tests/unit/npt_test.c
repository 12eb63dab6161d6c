// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/npt.c and npt_format.c: random maps and unmaps
 * against an array of pages, read back by reference walkers that know the
 * entry bits from the manuals and share nothing with the code under test.  A
 * model TLB checks that every change which hardware may have cached asks for
 * a flush, and that retired pages stay until then.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/npt.h"

#define KIB4 0x1000ull
#define MIB2 0x200000ull
#define GIB1 0x40000000ull

/* ck_assert() leaves a mark at every call, which is too slow for millions. */
#define must(c)                                 \
	do {                                    \
		if (!(c))                       \
			ck_abort_msg("%s", #c); \
	} while (0)
#define must_eq(a, b) must((a) == (b))
#define must_ne(a, b) must((a) != (b))
#define must_lt(a, b) must((a) < (b))
#define must_ge(a, b) must((a) >= (b))

/* ---- the owner: pages with made-up physical addresses ----------------- */

#define POOL 8192
#define POOL_PA 0x7654300000ull

static u8 (*pool)[4096];
static u8 pool_used[POOL]; /* 0 free, 1 in use, 2 retired */
static unsigned int pool_next, pool_live, pool_retired;
static int pool_fail_in; /* allocations until one fails; -1: never */

static void *pool_alloc(struct npt *npt)
{
	unsigned int i;

	if (pool_fail_in >= 0 && pool_fail_in-- == 0)
		return NULL;
	for (i = 0; i < POOL; i++) {
		unsigned int n = (pool_next + i) % POOL;

		if (pool_used[n])
			continue;
		pool_next = n + 1;
		pool_used[n] = 1;
		pool_live++;
		memset(pool[n], 0, 4096);
		return pool[n];
	}
	return NULL;
}

static unsigned int pool_index(const void *table)
{
	size_t n = (const u8(*)[4096])table - pool;

	must_lt(n, POOL);
	must_eq(pool[n], table);
	return n;
}

static void pool_free(struct npt *npt, void *table)
{
	unsigned int n = pool_index(table);

	must_eq(pool_used[n], 1);
	pool_used[n] = 0;
	pool_live--;
	memset(pool[n], 0xa5, 4096);
}

static void pool_retire(struct npt *npt, void *table)
{
	unsigned int n = pool_index(table);

	must_eq(pool_used[n], 1);
	pool_used[n] = 2;
	pool_retired++;
}

static void pool_flushed(void)
{
	unsigned int i;

	for (i = 0; i < POOL && pool_retired; i++)
		if (pool_used[i] == 2) {
			pool_used[i] = 0;
			pool_live--;
			pool_retired--;
			memset(pool[i], 0xa5, 4096);
		}
}

static hpa_t pool_phys(struct npt *npt, const void *table)
{
	return POOL_PA + pool_index(table) * KIB4;
}

static void *pool_virt(struct npt *npt, hpa_t pa)
{
	must_ge(pa, POOL_PA);
	must_lt(pa, POOL_PA + POOL * KIB4);
	return pool[(pa - POOL_PA) / KIB4];
}

static const struct npt_ops pool_ops = {
	.alloc = pool_alloc,
	.free = pool_free,
	.retire = pool_retire,
	.to_phys = pool_phys,
	.to_virt = pool_virt,
};

static void pool_setup(void)
{
	pool = aligned_alloc(4096, POOL * 4096);
	memset(pool_used, 0, sizeof(pool_used));
	pool_live = pool_retired = pool_next = 0;
	pool_fail_in = -1;
}

static void pool_teardown(void)
{
	free(pool);
}

static struct npt make(const struct npt_format *format, unsigned int levels)
{
	struct npt npt = {
		.ops = &pool_ops,
		.format = format,
		.levels = levels,
		.phys_bits = 40,
		.features = NPT_HAS_2M | NPT_HAS_1G,
	};

	must_eq(npt_init(&npt), 0);
	return npt;
}

/* ---- reference walkers: literal bits of the manuals -------------------- */

struct ref {
	bool mapped;
	hpa_t hpa; /* of the byte */
	bool r, w, x;
	unsigned int type; /* EPT: type and ignore-PAT << 3; AMD: PAT index */
	u64 size;
};

static u64 ref_entry(struct npt *npt, hpa_t table, unsigned int index)
{
	u64 *t = pool_virt(npt, table);

	must_eq(pool_used[pool_index(t)], 1);
	return t[index];
}

static struct ref ref_ept(struct npt *npt, gpa_t gpa)
{
	struct ref ref = { .r = true, .w = true, .x = true };
	hpa_t table = npt_root(npt);
	int shift = npt->levels == 5 ? 48 : 39;
	u64 e;

	for (;; shift -= 9) {
		e = ref_entry(npt, table, (gpa >> shift) & 511);
		if ((e & 7) == 0)
			return ref;
		/* misconfigurations: W without R, X without R (not offered) */
		must((e & 3) != 2);
		must(!(e & 4) || (e & 1));
		/* physical address beyond the processor's width */
		must_eq(e & 0x000fff0000000000ull, 0);
		ref.r &= e & 1;
		ref.w &= (e >> 1) & 1;
		ref.x &= (e >> 2) & 1;
		if (shift == 12)
			break;
		if (shift <= 30 && (e & 0x80))
			break;
		/* reserved in an entry that references a table: 7:3 */
		must_eq(e & 0xf8, 0);
		table = e & 0x000ffffffffff000ull;
	}
	if (shift > 12) /* reserved address bits of a large page */
		must_eq(e & ((1ull << shift) - 1) & ~0xfffull, 0);
	ref.type = (e >> 3) & 0xf;
	must_ne(ref.type & 7, 2);
	must_ne(ref.type & 7, 3);
	must_ne(ref.type & 7, 7);
	ref.size = 1ull << shift;
	ref.hpa = (e & 0x000ffffffffff000ull) + (gpa & (ref.size - 1));
	ref.mapped = true;
	return ref;
}

static struct ref ref_amd(struct npt *npt, gpa_t gpa)
{
	struct ref ref = { .r = true, .w = true, .x = true };
	hpa_t table = npt_root(npt);
	int shift = npt->levels == 5 ? 48 : 39;
	u64 e, pat_bit;

	for (;; shift -= 9) {
		e = ref_entry(npt, table, (gpa >> shift) & 511);
		if (!(e & 1))
			return ref;
		must(e & 4); /* nested accesses are user accesses */
		must_eq(e & 0x000fff0000000000ull, 0);
		ref.w &= (e >> 1) & 1;
		ref.x &= !(e >> 63);
		if (shift == 12)
			break;
		if (shift <= 30 && (e & 0x80))
			break;
		must_eq(e & 0x80, 0);
		table = e & 0x000ffffffffff000ull;
	}
	pat_bit = shift == 12 ? 0x80 : 0x1000;
	ref.type = ((e >> 3) & 3) | (e & pat_bit ? 4 : 0);
	if (shift > 12) {
		e &= ~0x1000ull;
		must_eq(e & ((1ull << shift) - 1) & ~0xfffull, 0);
	}
	ref.size = 1ull << shift;
	ref.hpa = (e & 0x000ffffffffff000ull) + (gpa & (ref.size - 1));
	ref.mapped = true;
	return ref;
}

static const unsigned int ept_types[] = { [NPT_WB] = 6 | 8,
					  [NPT_UC] = 0,
					  [NPT_WC] = 1,
					  [NPT_WT] = 4,
					  [NPT_WP] = 5 };
static const unsigned int amd_types
	[] = { [NPT_WB] = 0, [NPT_UC] = 3, [NPT_WC] = 1, [NPT_WT] = 7, [NPT_WP] = 5 };

/* ---- model -------------------------------------------------------------- */

#define MODEL_PAGES (3 * GIB1 / KIB4)

struct page {
	u32 hfn; /* host page + 1; 0: unmapped */
	u8 prot;
	u8 memtype;
};

static struct page *model;
static gpa_t window;

static void check_page(struct npt *npt, unsigned int n)
{
	bool ept = npt->format == &npt_format_ept;
	gpa_t gpa = window + n * KIB4 + 0x123;
	struct ref ref = ept ? ref_ept(npt, gpa) : ref_amd(npt, gpa);
	struct page *p = &model[n];
	struct npt_mapping m;

	must_eq(ref.mapped, p->hfn != 0);
	must_eq(npt_lookup(npt, gpa, &m), p->hfn ? 0 : -ENOENT);
	if (!p->hfn)
		return;
	must_eq(ref.hpa, (u64)(p->hfn - 1) * KIB4 + 0x123);
	must_eq(ref.w, !!(p->prot & NPT_WRITE));
	must_eq(ref.x, !!(p->prot & NPT_EXEC));
	must(ref.r);
	must_eq(ref.type, (ept ? ept_types : amd_types)[p->memtype]);
	must_eq(m.hpa + (gpa - m.gpa), ref.hpa);
	must_eq(m.size, ref.size);
	must_eq(m.prot, p->prot);
	must_eq(m.memtype, p->memtype);
	must(!m.accessed && !m.dirty);
}

static bool page_same(const struct page *a, const struct page *b)
{
	return a->hfn == b->hfn && a->prot == b->prot &&
	       a->memtype == b->memtype;
}

static unsigned int rnd(unsigned int n)
{
	return ((unsigned int)random() ^ ((unsigned int)random() << 16)) % n;
}

#define CACHED 512 /* translations that the model TLB remembers */

/* Positions near edges are where mistakes live. */
static unsigned int random_page(void)
{
	static const unsigned int edge[] = { 1, 512, 262144 };
	unsigned int e = edge[rnd(3)], n;

	if (rnd(3) == 0)
		return rnd(MODEL_PAGES);
	n = rnd(MODEL_PAGES / e + 1) * e + rnd(5);
	n = n >= 2 ? n - 2 : 0;
	return n < MODEL_PAGES ? n : MODEL_PAGES - 1;
}

static void random_map(struct npt *npt)
{
	static const u64 sizes[] = { KIB4, KIB4, KIB4, MIB2, MIB2, GIB1 };
	u64 size = sizes[rnd(6)], pages = size / KIB4, i;
	u64 n = random_page() / pages * pages;
	u64 hfn = rnd(5) ? n + pages * rnd(2) : rnd(1 << 28) / pages * pages;
	struct page p = {
		.prot = NPT_READ | rnd(8),
		.memtype = rnd(4) ? NPT_WB : rnd(NPT_NR_MEMTYPES),
	};
	int ret = npt_map(npt, window + n * KIB4, hfn * KIB4, size, p.prot,
			  p.memtype);

	if (ret) {
		must_eq(ret, -ENOMEM);
		return;
	}
	for (i = 0; i < pages; i++) {
		p.hfn = hfn + i + 1;
		model[n + i] = p;
	}
}

static void random_unmap(struct npt *npt)
{
	unsigned int n = random_page(), max = MODEL_PAGES - n, len, i;
	unsigned int fail = pool_fail_in >= 0;

	len = 1 + rnd(rnd(2) ? 3 : rnd(2) ? 1500 : 600000);
	if (len > max)
		len = max;
	must_eq(npt_unmap(npt, window + n * KIB4, len * KIB4), 0);
	for (i = 0; i < len; i++)
		model[n + i].hfn = 0;
	if (!fail)
		return;
	/* what was unmapped besides must be gone, not wrong: learn it */
	for (i = 0; i < MODEL_PAGES; i++) {
		struct npt_mapping m;

		if (model[i].hfn &&
		    npt_lookup(npt, window + i * KIB4, &m) == -ENOENT) {
			must_lt(pool_fail_in, 0);
			model[i].hfn = 0;
		}
	}
}

static void random_ops(const struct npt_format *format, unsigned int levels,
		       gpa_t base)
{
	struct npt npt = make(format, levels);
	unsigned int op, i, at[CACHED];
	struct page cached[CACHED];

	window = base;
	model = calloc(MODEL_PAGES, sizeof(*model));
	srandom(levels + (format == &npt_format_ept));
	for (op = 0; op < 1500; op++) {
		bool full = op % 500 == 499;

		for (i = 0; i < CACHED; i++) {
			at[i] = random_page();
			cached[i] = model[at[i]];
		}
		must(!npt.flush);
		pool_fail_in = rnd(30) ? -1 : (int)rnd(2);
		if (rnd(3))
			random_map(&npt);
		else
			random_unmap(&npt);
		pool_fail_in = -1;
		for (i = 0; i < CACHED; i++) {
			check_page(&npt, at[i]);
			if (cached[i].hfn &&
			    !page_same(&cached[i], &model[at[i]]))
				must(npt.flush);
		}
		if (pool_retired)
			must(npt.flush);
		if (npt.flush)
			pool_flushed();
		npt.flush = false;
		must_eq(npt.tables, pool_live);
		for (i = 0; full && i < MODEL_PAGES; i++)
			check_page(&npt, i);
	}
	must_eq(npt_unmap(&npt, 0, 1ull << npt_gpa_bits(&npt)), 0);
	pool_flushed();
	must_eq(npt.tables, 1);
	must_eq(pool_live, 1);
	npt_destroy(&npt);
	must_eq(pool_live, 0);
	free(model);
}

START_TEST(random_ept4)
{
	random_ops(&npt_format_ept, 4, 0);
}
END_TEST

START_TEST(random_ept5)
{
	random_ops(&npt_format_ept, 5, (1ull << 57) - 3 * GIB1);
}
END_TEST

START_TEST(random_amd4)
{
	random_ops(&npt_format_amd, 4, (1ull << 48) - 3 * GIB1);
}
END_TEST

START_TEST(random_amd5)
{
	random_ops(&npt_format_amd, 5, 0xff8000000000ull - GIB1);
}
END_TEST

/* ---- single rules --------------------------------------------------------- */

START_TEST(refuses)
{
	struct npt npt = make(&npt_format_ept, 4);

#define MAP(g, h, s, p) npt_map(&npt, g, h, s, p, NPT_WB)
	ck_assert_int_eq(MAP(0x800, 0, KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(0, 0x800, KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(KIB4, 0, MIB2, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(0, KIB4, MIB2, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, 0, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, 2 * KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(1ull << 48, 0, KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(~0ull << 12, 0, KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP((1ull << 48) - KIB4, 0, KIB4, NPT_READ), 0);
	ck_assert_int_eq(MAP(0, 1ull << 40, KIB4, NPT_READ), -EINVAL);
	ck_assert_int_eq(MAP(0, (1ull << 40) - KIB4, KIB4, NPT_READ), 0);
	ck_assert_int_eq(MAP(0, 0, KIB4, 0), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, KIB4, NPT_WRITE), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, KIB4, NPT_WRITE | NPT_EXEC), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, KIB4, NPT_EXEC), -EINVAL);
	ck_assert_int_eq(MAP(0, 0, KIB4, 8 | NPT_READ), -EINVAL);
	ck_assert_int_eq(npt_map(&npt, 0, 0, KIB4, NPT_READ, NPT_NR_MEMTYPES),
			 -EINVAL);
	npt.features |= NPT_HAS_EXEC_ONLY;
	ck_assert_int_eq(MAP(MIB2, 0, KIB4, NPT_EXEC), 0);
	npt.features = NPT_HAS_2M;
	ck_assert_int_eq(MAP(0, 0, GIB1, NPT_READ), -EINVAL);
	npt.features = 0;
	ck_assert_int_eq(MAP(0, 0, MIB2, NPT_READ), -EINVAL);
#undef MAP
	ck_assert_int_eq(npt_unmap(&npt, 0x10, KIB4), -EINVAL);
	ck_assert_int_eq(npt_unmap(&npt, 0, 0x10), -EINVAL);
	ck_assert_int_eq(npt_unmap(&npt, 1ull << 48, KIB4), -EINVAL);
	ck_assert_int_eq(npt_unmap(&npt, KIB4, 1ull << 48), -EINVAL);
	ck_assert_int_eq(npt_unmap(&npt, KIB4, ~0ull << 12), -EINVAL);
	ck_assert_int_eq(npt_unmap(&npt, 0, 1ull << 48), 0);
	npt_destroy(&npt);
	ck_assert_uint_eq(pool_live, pool_retired);
}
END_TEST

START_TEST(init_refuses)
{
	struct npt npt = { .ops = &pool_ops,
			   .format = &npt_format_ept,
			   .levels = 3,
			   .phys_bits = 40 };

	ck_assert_int_eq(npt_init(&npt), -EINVAL);
	npt.levels = 6;
	ck_assert_int_eq(npt_init(&npt), -EINVAL);
	npt.levels = 4;
	npt.phys_bits = 53;
	ck_assert_int_eq(npt_init(&npt), -EINVAL);
	npt.phys_bits = 52;
	pool_fail_in = 0;
	ck_assert_int_eq(npt_init(&npt), -ENOMEM);
	npt_destroy(&npt);
	ck_assert_int_eq(npt_init(&npt), 0);
	npt_destroy(&npt);
	npt_destroy(&npt);
	ck_assert_uint_eq(pool_live, 0);
}
END_TEST

START_TEST(eptp)
{
	struct npt npt = make(&npt_format_ept, 4);

	/* write-back 6, page-walk length minus one in 5:3, A/D in 6 */
	ck_assert_uint_eq(npt_eptp(&npt), npt_root(&npt) | 0x1e);
	npt.features |= NPT_USE_AD;
	ck_assert_uint_eq(npt_eptp(&npt), npt_root(&npt) | 0x5e);
	npt.levels = 5;
	ck_assert_uint_eq(npt_eptp(&npt), npt_root(&npt) | 0x66);
	npt.levels = 4;
	npt_destroy(&npt);
}
END_TEST

/* A second map of the same page must neither change nor flush anything. */
START_TEST(same_is_quiet)
{
	struct npt npt = make(&npt_format_ept, 4);
	unsigned long tables;

	ck_assert_int_eq(npt_map(&npt, GIB1, GIB1, GIB1, 7, NPT_WB), 0);
	ck_assert(!npt.flush);
	tables = npt.tables;
	ck_assert_int_eq(
		npt_map(&npt, GIB1 + MIB2, GIB1 + MIB2, MIB2, 7, NPT_WB), 0);
	ck_assert_int_eq(
		npt_map(&npt, GIB1 + KIB4, GIB1 + KIB4, KIB4, 7, NPT_WB), 0);
	ck_assert(!npt.flush);
	ck_assert_uint_eq(npt.tables, tables);
	/* other rights split the block: two new tables */
	ck_assert_int_eq(
		npt_map(&npt, GIB1 + KIB4, GIB1 + KIB4, KIB4, 5, NPT_WB), 0);
	ck_assert(npt.flush);
	ck_assert_uint_eq(npt.tables, tables + 2);
	/* and a block over them retires both */
	npt.flush = false;
	ck_assert_int_eq(npt_map(&npt, GIB1, GIB1, GIB1, 7, NPT_WB), 0);
	ck_assert(npt.flush);
	ck_assert_uint_eq(npt.tables, tables);
	ck_assert_uint_eq(pool_retired, 2);
	npt_destroy(&npt);
}
END_TEST

/* Accessed and dirty flags that hardware set are seen and survive a split. */
START_TEST(accessed_dirty)
{
	struct npt npt = make(&npt_format_ept, 4);
	struct npt_mapping m;
	u64 *t = npt.root;
	int i;

	ck_assert_int_eq(npt_map(&npt, MIB2, 0, MIB2, 7, NPT_WB), 0);
	for (i = 0; i < 2; i++)
		t = pool_virt(&npt, t[0] & 0x000ffffffffff000ull);
	t[1] |= 1 << 8;
	ck_assert_int_eq(npt_lookup(&npt, MIB2, &m), 0);
	ck_assert(m.accessed && !m.dirty);
	t[1] |= 1 << 9;
	ck_assert_int_eq(npt_map(&npt, MIB2, 0, MIB2, 7, NPT_WB), 0);
	ck_assert(!npt.flush);
	ck_assert_int_eq(npt_unmap(&npt, MIB2 + KIB4, KIB4), 0);
	ck_assert_int_eq(npt_lookup(&npt, MIB2 + 2 * KIB4, &m), 0);
	ck_assert(m.accessed && m.dirty);
	ck_assert_uint_eq(m.size, KIB4);
	npt_destroy(&npt);
}
END_TEST

/* Pages of a block that may not be executed, one by one. */
START_TEST(exec_pages)
{
	static const gpa_t pages[] = { GIB1, GIB1 + 5 * KIB4, GIB1 + MIB2,
				       2 * GIB1 - KIB4 };
	struct npt npt = make(&npt_format_ept, 4);
	struct ref before, ref;
	unsigned int i;
	bool split;
	gpa_t at;

	ck_assert_int_eq(npt_exec(&npt, GIB1, &split), -ENOENT);
	ck_assert_int_eq(npt_map(&npt, GIB1, 4 * GIB1, GIB1, 3, NPT_WB), 0);
	before = ref_ept(&npt, GIB1);
	for (i = 0; i < 4; i++) {
		npt.flush = false;
		ck_assert_int_eq(npt_exec(&npt, pages[i] + 0x123, &split), 0);
		ck_assert_int_eq(split, pages[i] != GIB1 + 5 * KIB4);
		ck_assert(npt.flush);
		npt.flush = false;
		ck_assert_int_eq(npt_exec(&npt, pages[i], &split), 0);
		ck_assert(!npt.flush && !split);
	}
	for (at = GIB1; at < 2 * GIB1; at += KIB4) {
		bool x = false;

		for (i = 0; i < 4; i++)
			x |= at == pages[i];
		ref = ref_ept(&npt, at);
		must(ref.mapped && ref.r && ref.w && ref.x == x);
		must(!x || ref.size == KIB4);
		must_eq(ref.hpa, 4 * GIB1 + (at - GIB1));
		must_eq(ref.type, before.type);
	}
	/* No memory for a split: nothing is lost, nothing is gained. */
	ck_assert_int_eq(npt_map(&npt, 3 * GIB1, 0, MIB2, 3, NPT_WB), 0);
	pool_fail_in = 0;
	ck_assert_int_eq(npt_exec(&npt, 3 * GIB1, &split), -ENOMEM);
	ref = ref_ept(&npt, 3 * GIB1);
	ck_assert(!split && ref.mapped && ref.r && ref.w && !ref.x);
	npt_destroy(&npt);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("npt");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, pool_setup, pool_teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, random_ept4);
	tcase_add_test(t, random_ept5);
	tcase_add_test(t, random_amd4);
	tcase_add_test(t, random_amd5);
	tcase_add_test(t, refuses);
	tcase_add_test(t, init_refuses);
	tcase_add_test(t, eptp);
	tcase_add_test(t, same_is_quiet);
	tcase_add_test(t, accessed_dirty);
	tcase_add_test(t, exec_pages);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
