// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/stage2.c: random maps and unmaps against an
 * array of pages, read back by a reference walker that starts from VTCR_EL2
 * and knows the descriptor bits from the manual.  A model of TLBs and walk
 * caches checks break-before-make: no entry that it may hold changes from one
 * valid value to another, or is freed, without a flush in between.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/stage2.h"
#include "uapi/axvm.h"

#define KIB4 0x1000ull
#define MIB2 0x200000ull
#define GIB1 0x40000000ull

#define R AXVM_MEM_READ
#define W AXVM_MEM_WRITE
#define X AXVM_MEM_EXEC

/* ck_assert() leaves a mark at every call, which is too slow for millions. */
#define must(c)                                                    \
	do {                                                       \
		if (!(c))                                          \
			ck_abort_msg("line %d: %s", __LINE__, #c); \
	} while (0)
#define must_eq(a, b) must((a) == (b))

/* ---- the owner: pages with made-up physical addresses ------------------- */

#define POOL 4096
#define POOL_PA 0x765430000000ull

static u8 (*pool)[4096];
static u8 pool_used[POOL];
static unsigned int pool_live, pool_next;
static int pool_fail_in; /* allocations until one fails; -1: never */
static unsigned int flushes, publishes;
static u64 flushed_bytes;

static unsigned int pool_index(const void *table)
{
	size_t n = (const u8(*)[4096])table - pool;

	must(n < POOL);
	must(pool[n] == table);
	return n;
}

/* ---- model of what hardware remembers ----------------------------------- */

#define CACHED 2048

struct cached {
	bool used;
	u64 *entry;
	u64 value;
	gpa_t gpa; /* first address that it translates */
	u64 size;
};

static struct cached cache[CACHED];
static unsigned int cache_at;

static void cache_add(u64 *entry, gpa_t gpa, u64 size)
{
	cache[cache_at++ % CACHED] = (struct cached){
		.used = true,
		.entry = entry,
		.value = *entry,
		.gpa = gpa & ~(size - 1),
		.size = size,
	};
}

static void cache_flush(gpa_t gpa, u64 size)
{
	unsigned int i;

	for (i = 0; i < CACHED; i++) {
		struct cached *c = &cache[i];

		if (!c->used)
			continue;
		/* nothing new may be there before the flush */
		must(*c->entry == c->value || !(*c->entry & 1));
		if (c->gpa < gpa + size && gpa < c->gpa + c->size)
			c->used = false;
	}
}

static void cache_check(void)
{
	unsigned int i;

	for (i = 0; i < CACHED; i++)
		if (cache[i].used)
			must_eq(*cache[i].entry, cache[i].value);
}

static void cache_no_page(const void *page)
{
	unsigned int i;

	for (i = 0; i < CACHED; i++)
		if (cache[i].used)
			must((u8 *)cache[i].entry < (const u8 *)page ||
			     (u8 *)cache[i].entry >= (const u8 *)page + 4096);
}

/* ---- ops ------------------------------------------------------------------ */

static void *pool_alloc(struct stage2 *s2, unsigned int pages)
{
	unsigned int i, n, tries;

	if (pool_fail_in >= 0 && pool_fail_in-- == 0)
		return NULL;
	for (tries = 0; tries < POOL / pages; tries++) {
		n = pool_next / pages * pages;
		pool_next = (n + pages) % POOL;
		for (i = 0; i < pages && !pool_used[n + i]; i++)
			;
		if (i < pages)
			continue;
		memset(&pool_used[n], 1, pages);
		memset(pool[n], 0, pages * 4096);
		pool_live += pages;
		return pool[n];
	}
	return NULL;
}

static void pool_free(struct stage2 *s2, void *table, unsigned int pages)
{
	unsigned int n = pool_index(table), i;

	for (i = 0; i < pages; i++) {
		must_eq(pool_used[n + i], 1);
		pool_used[n + i] = 0;
		cache_no_page(pool[n + i]);
		memset(pool[n + i], 0xa5, 4096);
	}
	pool_live -= pages;
}

static hpa_t pool_phys(struct stage2 *s2, const void *table)
{
	return POOL_PA + pool_index(table) * KIB4;
}

static void *pool_virt(struct stage2 *s2, hpa_t pa)
{
	must(pa >= POOL_PA && pa < POOL_PA + POOL * KIB4);
	must_eq(pa % KIB4, 0);
	return pool[(pa - POOL_PA) / KIB4];
}

static void pool_flush(struct stage2 *s2, gpa_t gpa, u64 size)
{
	must(size && !((gpa | size) % KIB4));
	must(gpa + size <= 1ull << s2->ipa_bits);
	cache_flush(gpa, size);
	flushes++;
	flushed_bytes += size;
}

static void pool_publish(struct stage2 *s2)
{
	publishes++;
}

static const struct stage2_ops pool_ops = {
	.alloc = pool_alloc,
	.free = pool_free,
	.to_phys = pool_phys,
	.to_virt = pool_virt,
	.flush = pool_flush,
	.publish = pool_publish,
};

static void setup(void)
{
	pool = aligned_alloc(65536, POOL * 4096);
	memset(pool_used, 0, sizeof(pool_used));
	memset(cache, 0, sizeof(cache));
	pool_live = pool_next = flushes = publishes = 0;
	flushed_bytes = 0;
	pool_fail_in = -1;
}

static void teardown(void)
{
	free(pool);
}

static struct stage2 make(unsigned int ipa_bits, bool fwb)
{
	struct stage2 s2 = {
		.ops = &pool_ops,
		.ipa_bits = ipa_bits,
		.fwb = fwb,
	};

	must_eq(stage2_init(&s2), 0);
	must_eq(pool_phys(&s2, s2.root) % (s2.root_pages * KIB4), 0);
	return s2;
}

/* ---- reference walker ------------------------------------------------------ */

struct ref {
	bool mapped;
	hpa_t hpa; /* of the byte */
	bool r, w, x;
	unsigned int memattr, sh;
	u64 size;
};

static struct ref ref_walk(struct stage2 *s2, gpa_t gpa, bool remember)
{
	u64 vtcr = stage2_vtcr(6, s2->ipa_bits, false);
	unsigned int ipa_bits = 64 - (vtcr & 63);
	/* 4 KiB granule: SL0 0 starts at level 2, 1 at 1, 2 at 0 */
	int shift = 21 + 9 * ((vtcr >> 6) & 3), top = ipa_bits;
	hpa_t table = pool_phys(s2, s2->root);
	struct ref ref = { 0 };
	u64 e;

	must_eq(ipa_bits, s2->ipa_bits);
	must(gpa < 1ull << ipa_bits);
	for (;; top = shift, shift -= 9) {
		u64 index = (gpa >> shift) & ((1ull << (top - shift)) - 1);
		u64 *p = (u64 *)pool_virt(s2, table + index / 512 * KIB4) +
			 index % 512;

		must_eq(pool_used[pool_index((void *)((u64)p & ~0xfffull))], 1);
		e = *p;
		if (!(e & 1)) {
			/* nothing is left behind once a call is over */
			must(e == 0 || !remember);
			return ref;
		}
		if (remember)
			cache_add(p, gpa, 1ull << shift);
		if (shift == 12) {
			must(e & 2);
			break;
		}
		if (!(e & 2))
			break;
		/* a table descriptor has nothing but its address here */
		must_eq(e & 0xffff000000000ffcull, 0);
		table = e & 0x0000fffffffff000ull;
	}
	must(shift <= 30); /* no 512 GiB blocks */
	if (shift > 12)
		must_eq(e & ((1ull << shift) - 1) & ~0xfffull, 0);
	must_eq(e & 0xffbf000000000800ull, 0); /* software bits, nG, DBM, XNX */
	must(e & 0x400); /* AF */
	ref.r = (e >> 6) & 1;
	ref.w = (e >> 7) & 1;
	ref.sh = (e >> 8) & 3;
	ref.x = !((e >> 54) & 1);
	ref.memattr = (e >> 2) & 15;
	ref.size = 1ull << shift;
	ref.hpa = (e & 0x0000fffffffff000ull) + (gpa & (ref.size - 1));
	ref.mapped = true;
	return ref;
}

/* ---- model ------------------------------------------------------------------ */

#define MODEL_PAGES (3 * GIB1 / KIB4)

struct page {
	u32 hfn; /* host page + 1; 0: unmapped */
	u32 prot;
};

static struct page *model;
static gpa_t window;

static unsigned int ref_memattr(struct stage2 *s2, u32 prot)
{
	if (prot & AXVM_MEM_DEVICE)
		return 1; /* Device-nGnRE, with FWB and without */
	if (prot & AXVM_MEM_UNCACHED)
		return 5; /* Normal non-cacheable, likewise */
	return s2->fwb ? 6 : 15;
}

static void check_page(struct stage2 *s2, unsigned int n)
{
	gpa_t gpa = window + n * KIB4 + 0x123;
	struct ref ref = ref_walk(s2, gpa, true);
	struct page *p = &model[n];
	struct stage2_mapping m;

	must_eq(ref.mapped, p->hfn != 0);
	must_eq(stage2_lookup(s2, gpa, &m), p->hfn ? 0 : -ENOENT);
	if (!p->hfn)
		return;
	must_eq(ref.hpa, (u64)(p->hfn - 1) * KIB4 + 0x123);
	must_eq(ref.r, !!(p->prot & R));
	must_eq(ref.w, !!(p->prot & W));
	must_eq(ref.x, !!(p->prot & X));
	must_eq(ref.memattr, ref_memattr(s2, p->prot));
	must_eq(ref.sh, p->prot & AXVM_MEM_DEVICE ? 0 : 3);
	must_eq(m.hpa + (gpa - m.gpa), ref.hpa);
	must_eq(m.size, ref.size);
	must_eq(m.prot, p->prot);
	must(m.accessed);
}

static unsigned int rnd(unsigned int n)
{
	return ((unsigned int)random() ^ ((unsigned int)random() << 16)) % n;
}

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

static void random_map(struct stage2 *s2)
{
	static const u64 sizes[] = { KIB4, KIB4, KIB4, MIB2, MIB2, GIB1 };
	static const u32 types[] = { 0, 0, 0, AXVM_MEM_DEVICE,
				     AXVM_MEM_UNCACHED };
	u64 size = sizes[rnd(6)], pages = size / KIB4, i;
	u64 n = random_page() / pages * pages;
	u64 hfn = rnd(5) ? n + pages * rnd(2) : rnd(1 << 28) / pages * pages;
	struct page p = { .prot = (1 + rnd(7)) | types[rnd(5)] };
	int ret = stage2_map(s2, window + n * KIB4, hfn * KIB4, size, p.prot);

	if (ret) {
		must_eq(ret, -ENOMEM);
		return;
	}
	for (i = 0; i < pages; i++) {
		p.hfn = hfn + i + 1;
		model[n + i] = p;
	}
}

static void random_unmap(struct stage2 *s2)
{
	unsigned int n = random_page(), max = MODEL_PAGES - n, len, i;
	bool may_fail = pool_fail_in >= 0;

	len = 1 + rnd(rnd(2) ? 3 : rnd(2) ? 1500 : 600000);
	if (len > max)
		len = max;
	must_eq(stage2_unmap(s2, window + n * KIB4, len * KIB4), 0);
	for (i = 0; i < len; i++)
		model[n + i].hfn = 0;
	if (!may_fail || pool_fail_in >= 0)
		return;
	/* what was unmapped besides must be gone, not wrong: learn it */
	for (i = 0; i < MODEL_PAGES; i++) {
		struct stage2_mapping m;

		if (model[i].hfn &&
		    stage2_lookup(s2, window + i * KIB4, &m) == -ENOENT)
			model[i].hfn = 0;
	}
}

static void random_ops(unsigned int ipa_bits, bool fwb, gpa_t base)
{
	struct stage2 s2 = make(ipa_bits, fwb);
	unsigned int op, i;

	window = base;
	model = calloc(MODEL_PAGES, sizeof(*model));
	srandom(ipa_bits * 2 + fwb);
	for (op = 0; op < 1500; op++) {
		bool full = op % 500 == 499;

		for (i = 0; i < 300; i++)
			check_page(&s2, random_page());
		pool_fail_in = rnd(30) ? -1 : (int)rnd(2);
		if (rnd(3))
			random_map(&s2);
		else
			random_unmap(&s2);
		pool_fail_in = -1;
		cache_check();
		must_eq(s2.tables, pool_live);
		for (i = 0; full && i < MODEL_PAGES; i++)
			check_page(&s2, i);
	}
	must(flushes > 100 && publishes > 100);
	must_eq(stage2_unmap(&s2, 0, 1ull << ipa_bits), 0);
	cache_check();
	must_eq(s2.tables, s2.root_pages);
	must_eq(pool_live, s2.root_pages);
	memset(cache, 0, sizeof(cache));
	stage2_destroy(&s2);
	must_eq(pool_live, 0);
	free(model);
}

START_TEST(random_40)
{
	random_ops(40, false, 0);
}
END_TEST

START_TEST(random_40_fwb)
{
	random_ops(40, true, (1ull << 40) - 3 * GIB1);
}
END_TEST

START_TEST(random_48)
{
	random_ops(48, false, (1ull << 48) - 3 * GIB1);
}
END_TEST

START_TEST(random_44)
{
	/* over the edge between two level-0 entries */
	random_ops(44, false, (1ull << 39) - GIB1);
}
END_TEST

START_TEST(random_32)
{
	random_ops(32, true, GIB1);
}
END_TEST

START_TEST(random_43)
{
	/* over the edge between two concatenated tables */
	random_ops(43, false, (5ull << 39) - 2 * GIB1);
}
END_TEST

/* ---- geometry and VTCR -------------------------------------------------------- */

START_TEST(geometry)
{
	/* Manual: PARange 0 to 6 */
	static const unsigned int bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };
	unsigned int i;

	for (i = 0; i < 8; i++)
		ck_assert_uint_eq(stage2_pa_bits(i), bits[i]);
	ck_assert_uint_eq(stage2_start_level(32), 1);
	ck_assert_uint_eq(stage2_start_level(43), 1);
	ck_assert_uint_eq(stage2_start_level(44), 0);
	ck_assert_uint_eq(stage2_start_level(48), 0);
	ck_assert_uint_eq(stage2_root_pages(32), 1);
	ck_assert_uint_eq(stage2_root_pages(39), 1);
	ck_assert_uint_eq(stage2_root_pages(40), 2);
	ck_assert_uint_eq(stage2_root_pages(42), 8);
	ck_assert_uint_eq(stage2_root_pages(43), 16);
	ck_assert_uint_eq(stage2_root_pages(44), 1);
	ck_assert_uint_eq(stage2_root_pages(48), 1);
}
END_TEST

START_TEST(vtcr)
{
	/* 40 bits: T0SZ 24, SL0 1 (level 1), WB WA, inner, PS 2 */
	ck_assert_uint_eq(stage2_vtcr(2, 40, false), 0x80023558);
	/* the same with 44 bits of PA and 16-bit VMIDs */
	ck_assert_uint_eq(stage2_vtcr(4, 40, true), 0x800c3558);
	/* 48 bits: T0SZ 16, SL0 2 (level 0), PS 5 */
	ck_assert_uint_eq(stage2_vtcr(5, 48, false), 0x80053590);
	/* 52 bits of PA count as 48 with this granule */
	ck_assert_uint_eq(stage2_vtcr(6, 48, false), 0x80053590);
	ck_assert_uint_eq(stage2_vtcr(0, 32, false), 0x80003560);
	/* not to be had */
	ck_assert_uint_eq(stage2_vtcr(2, 41, false), 0);
	ck_assert_uint_eq(stage2_vtcr(5, 49, false), 0);
	ck_assert_uint_eq(stage2_vtcr(5, 31, false), 0);
	ck_assert_uint_eq(stage2_vtcr(0, 36, false), 0);
}
END_TEST

/* ---- single cases ------------------------------------------------------------- */

START_TEST(arguments)
{
	struct stage2 s2 = make(40, false), bad = { .ops = &pool_ops };
	u64 end = 1ull << 40;

	bad.ipa_bits = 31;
	ck_assert_int_eq(stage2_init(&bad), -EINVAL);
	bad.ipa_bits = 49;
	ck_assert_int_eq(stage2_init(&bad), -EINVAL);
	bad.ipa_bits = 40;
	pool_fail_in = 0;
	ck_assert_int_eq(stage2_init(&bad), -ENOMEM);
	pool_fail_in = -1;
	stage2_destroy(&bad);

	ck_assert_int_eq(stage2_map(&s2, 0x800, 0, KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 0x800, KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, KIB4, 0, MIB2, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, KIB4, MIB2, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, MIB2, GIB1, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 0, 2 * KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 0, 0, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 0, 1ull << 39, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, end, 0, KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 1ull << 48, KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, ~0ull << 12, 0, KIB4, R), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, 0, 0, KIB4, 0), -EINVAL);
	ck_assert_int_eq(stage2_map(&s2, end - KIB4, 0, KIB4, R), 0);
	ck_assert_int_eq(stage2_unmap(&s2, 0, 0), -EINVAL);
	ck_assert_int_eq(stage2_unmap(&s2, 0x10, KIB4), -EINVAL);
	ck_assert_int_eq(stage2_unmap(&s2, 0, 0x10), -EINVAL);
	ck_assert_int_eq(stage2_unmap(&s2, end, KIB4), -EINVAL);
	ck_assert_int_eq(stage2_unmap(&s2, KIB4, end), -EINVAL);
	ck_assert_int_eq(stage2_unmap(&s2, KIB4, ~0ull << 12), -EINVAL);
	ck_assert_int_eq(stage2_lookup(&s2, end, NULL), -ENOENT);
	ck_assert_uint_eq(flushes, 0);
	stage2_destroy(&s2);
	ck_assert_uint_eq(pool_live, 0);
}
END_TEST

/* Nothing is flushed that need not be. */
START_TEST(flush_only_if_needed)
{
	struct stage2 s2 = make(40, false);
	struct stage2_mapping m;

	ck_assert_int_eq(stage2_map(&s2, 0, MIB2, MIB2, R | W | X), 0);
	ck_assert_int_eq(stage2_map(&s2, 0, MIB2, MIB2, R | W | X), 0);
	/* a page of the block, as it is */
	ck_assert_int_eq(
		stage2_map(&s2, 5 * KIB4, MIB2 + 5 * KIB4, KIB4, R | W | X), 0);
	ck_assert_int_eq(stage2_lookup(&s2, 5 * KIB4, &m), 0);
	ck_assert_uint_eq(m.size, MIB2);
	ck_assert_int_eq(stage2_unmap(&s2, GIB1, 64 * GIB1), 0);
	ck_assert_uint_eq(flushes, 0);
	/* fewer rights: one flush of the page's block, which is split */
	ck_assert_int_eq(stage2_map(&s2, 5 * KIB4, MIB2 + 5 * KIB4, KIB4, R),
			 0);
	ck_assert_uint_eq(flushes, 2);
	ck_assert_uint_eq(flushed_bytes, MIB2 + KIB4);
	ck_assert_int_eq(stage2_lookup(&s2, 5 * KIB4, &m), 0);
	ck_assert_uint_eq(m.prot, R);
	ck_assert_uint_eq(m.size, KIB4);
	ck_assert_int_eq(stage2_lookup(&s2, 6 * KIB4, &m), 0);
	ck_assert_uint_eq(m.prot, R | W | X);
	ck_assert_uint_eq(m.hpa, MIB2 + 6 * KIB4);
	/* one flush for all of it */
	flushes = 0;
	flushed_bytes = 0;
	ck_assert_int_eq(stage2_unmap(&s2, 0, 64 * GIB1), 0);
	ck_assert_uint_eq(flushes, 1);
	ck_assert_uint_eq(flushed_bytes, GIB1);
	ck_assert_uint_eq(pool_live, 2);
	stage2_destroy(&s2);
}
END_TEST

/* A failed map leaves an empty table behind; unmapping takes it away. */
START_TEST(empty_table)
{
	struct stage2 s2 = make(40, false);

	pool_fail_in = 1;
	ck_assert_int_eq(stage2_map(&s2, GIB1, 0, KIB4, R), -ENOMEM);
	pool_fail_in = -1;
	ck_assert_uint_eq(pool_live, 3);
	ck_assert_int_eq(stage2_unmap(&s2, GIB1 + MIB2, KIB4), 0);
	ck_assert_uint_eq(pool_live, 2);
	ck_assert_int_eq(stage2_map(&s2, GIB1, 0, KIB4, R), 0);
	ck_assert_uint_eq(pool_live, 4);
	/* destroying frees what is still mapped */
	stage2_destroy(&s2);
	ck_assert_uint_eq(pool_live, 0);
}
END_TEST

/* Splitting fails: the mapping stays for map, and goes for unmap. */
START_TEST(split_fails)
{
	struct stage2 s2 = make(40, false);
	struct stage2_mapping m;

	ck_assert_int_eq(stage2_map(&s2, 0, GIB1, GIB1, R | W), 0);
	pool_fail_in = 1; /* the 2 MiB level fits, the 4 KiB level does not */
	ck_assert_int_eq(stage2_map(&s2, 0, 0, KIB4, R), -ENOMEM);
	pool_fail_in = -1;
	ck_assert_int_eq(stage2_lookup(&s2, 0, &m), 0);
	ck_assert_uint_eq(m.hpa, GIB1);
	ck_assert_uint_eq(m.size, MIB2);
	pool_fail_in = 0;
	ck_assert_int_eq(stage2_unmap(&s2, MIB2 + KIB4, KIB4), 0);
	pool_fail_in = -1;
	ck_assert_int_eq(stage2_lookup(&s2, 2 * MIB2 - KIB4, &m), -ENOENT);
	ck_assert_uint_le(m.gpa, 2 * MIB2 - KIB4);
	ck_assert_uint_eq(m.gpa + m.size, 2 * MIB2);
	ck_assert_int_eq(stage2_lookup(&s2, MIB2, &m), -ENOENT);
	ck_assert_int_eq(stage2_lookup(&s2, 2 * MIB2, &m), 0);
	ck_assert_int_eq(stage2_lookup(&s2, MIB2 - KIB4, &m), 0);
	stage2_destroy(&s2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stage2");
	TCase *one = tcase_create("cases"), *many = tcase_create("random");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(one, setup, teardown);
	tcase_add_test(one, geometry);
	tcase_add_test(one, vtcr);
	tcase_add_test(one, arguments);
	tcase_add_test(one, flush_only_if_needed);
	tcase_add_test(one, empty_table);
	tcase_add_test(one, split_fails);
	suite_add_tcase(s, one);
	tcase_add_checked_fixture(many, setup, teardown);
	tcase_set_timeout(many, 120);
	tcase_add_test(many, random_32);
	tcase_add_test(many, random_40);
	tcase_add_test(many, random_40_fwb);
	tcase_add_test(many, random_43);
	tcase_add_test(many, random_44);
	tcase_add_test(many, random_48);
	suite_add_tcase(s, many);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
