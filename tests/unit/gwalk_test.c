// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/gwalk.c: hand-made tables for every paging
 * mode, page size and reserved bit, and every combination of rights and
 * accesses against the manual's prose written down a second time.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/gwalk.h"

#define P 1ull
#define W 2ull
#define U 4ull
#define A 0x20ull
#define D 0x40ull
#define PS 0x80ull
#define G 0x100ull
#define XD (1ull << 63)

/* ---- guest memory: 64 pages at 0 ---------------------------------------- */

static u8 ram[64 * 4096];
static int update_fails; /* how often update says that the entry changed */
static unsigned int updates;

static int mem_read(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value)
{
	if (gpa + bytes > sizeof(ram))
		return -ENOENT;
	ck_assert_uint_eq(gpa % bytes, 0);
	*value = 0;
	memcpy(value, ram + gpa, bytes);
	return 0;
}

static int mem_update(void *opaque, gpa_t gpa, unsigned int bytes, u64 old,
		      u64 new)
{
	u64 now;

	ck_assert_int_eq(mem_read(opaque, gpa, bytes, &now), 0);
	ck_assert_uint_eq(now, old);
	updates++;
	if (update_fails) {
		update_fails--;
		return -EAGAIN;
	}
	memcpy(ram + gpa, &new, bytes);
	return 0;
}

static const struct gwalk_mem peek = { .read = mem_read };
static const struct gwalk_mem use = { .read = mem_read, .update = mem_update };

static void put64(gpa_t table, unsigned int index, u64 entry)
{
	memcpy(ram + table + index * 8, &entry, 8);
}

static void put32(gpa_t table, unsigned int index, u32 entry)
{
	memcpy(ram + table + index * 4, &entry, 4);
}

static u64 get64(gpa_t table, unsigned int index)
{
	u64 entry;

	memcpy(&entry, ram + table + index * 8, 8);
	return entry;
}

static struct gwalk_result res;

static int walk(const struct gwalk_info *info, gva_t gva)
{
	return gwalk(info, &peek, gva, &res);
}

#define FAULTS(info, gva, code)                             \
	do {                                                \
		ck_assert_int_eq(walk(info, gva), -EFAULT); \
		ck_assert_uint_eq(res.error_code, code);    \
	} while (0)

static void setup(void)
{
	memset(ram, 0, sizeof(ram));
	update_fails = 0;
	updates = 0;
}

/* ---- modes ---------------------------------------------------------------- */

START_TEST(levels)
{
	ck_assert_uint_eq(gwalk_levels(1, ~0ull, 0x500), 0);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 0, 0), 2);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 1 << 12, 0), 2);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 0x20, 0), 3);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 0x20, 0x100), 3);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 0x20, 0x500), 4);
	ck_assert_uint_eq(gwalk_levels(0x80000001, 0x1020, 0x500), 5);
}
END_TEST

START_TEST(init)
{
	struct gwalk_info i;

	gwalk_init(&i, 0x80010001, 0x1000, 0x20, 0xd01, 40);
	ck_assert(i.wp && i.nxe && !i.pse && !i.smep && !i.smap && !i.pke);
	ck_assert_uint_eq(i.cr3, 0x1000);
	ck_assert_uint_eq(i.levels, 4);
	ck_assert_uint_eq(i.phys_bits, 40);
	gwalk_init(&i, 0x80000001, 0, 0x10, 0, 36);
	ck_assert(!i.wp && !i.nxe && i.pse && i.levels == 2);
	gwalk_init(&i, 0x80000001, 0, 0x100020, 0x500, 36);
	ck_assert(i.smep && !i.smap && !i.pke);
	gwalk_init(&i, 0x80000001, 0, 0x200020, 0x500, 36);
	ck_assert(!i.smep && i.smap && !i.pke);
	gwalk_init(&i, 0x80000001, 0, 0x400020, 0x500, 36);
	ck_assert(!i.smep && !i.smap && i.pke);
}
END_TEST

START_TEST(off)
{
	struct gwalk_info i = { .levels = 0, .write = true, .cpl3 = true };

	ck_assert_int_eq(walk(&i, 0x1fffff123ull), 0);
	ck_assert_uint_eq(res.gpa, 0xfffff123);
	ck_assert(res.read && res.writable && res.exec && res.user);
	ck_assert_uint_eq(res.levels, 0);
	i.levels = 1;
	ck_assert_int_eq(walk(&i, 0), -EINVAL);
	i.levels = 6;
	ck_assert_int_eq(walk(&i, 0), -EINVAL);
}
END_TEST

START_TEST(legacy)
{
	/* CR3 31:12 is the base: PWT, PCD and junk below do not matter */
	struct gwalk_info i = {
		.cr3 = 0x1fff, .levels = 2, .phys_bits = 40, .pse36 = true
	};

	put32(0x1000, 0x301, 0x2000 | P | W | U);
	put32(0x2000, 0x102, 0xfedcb000 | P | U | G);
	ck_assert_int_eq(walk(&i, 0xffffffffc0502345ull), 0);
	ck_assert_uint_eq(res.gpa, 0xfedcb345);
	ck_assert_uint_eq(res.page_size, 4096);
	ck_assert_uint_eq(res.levels, 2);
	ck_assert(!res.writable && res.user && res.exec && res.global);
	/* PS without CR4.PSE is ignored */
	put32(0x1000, 0x301, 0x2000 | P | W | U | PS);
	ck_assert_int_eq(walk(&i, 0xc0502345), 0);
	ck_assert_uint_eq(res.page_size, 4096);
	/* with it the PDE maps 4 MiB; bits 20:13 are address bits 39:32 */
	i.pse = true;
	put32(0x1000, 0x301, 0xabc00000 | 0x55 << 13 | 1 << 12 | P | W | PS);
	ck_assert_int_eq(walk(&i, 0xc0502345), 0);
	ck_assert_uint_eq(res.gpa, 0x55abd02345ull);
	ck_assert_uint_eq(res.page_size, 4 << 20);
	ck_assert_uint_eq(res.levels, 1);
	ck_assert(res.writable && !res.user);
	put32(0x1000, 0x301, 0xabc00000 | 1 << 21 | P | W | PS);
	FAULTS(&i, 0xc0502345, GWALK_PF_P | GWALK_PF_RSVD);
	/* 36 physical bits leave 16:13 */
	i.phys_bits = 36;
	put32(0x1000, 0x301, 0xabc00000 | 0xf << 13 | P | W | PS);
	ck_assert_int_eq(walk(&i, 0xc0502345), 0);
	ck_assert_uint_eq(res.gpa, 0xfabd02345ull);
	put32(0x1000, 0x301, 0xabc00000 | 1 << 17 | P | W | PS);
	FAULTS(&i, 0xc0502345, GWALK_PF_P | GWALK_PF_RSVD);
	/* no PSE-36: none */
	i.pse36 = false;
	put32(0x1000, 0x301, 0xabc00000 | 1 << 13 | P | W | PS);
	FAULTS(&i, 0xc0502345, GWALK_PF_P | GWALK_PF_RSVD);
	FAULTS(&i, 0x00000000, 0);
	/* a fetch shows only under SMEP: NXE means nothing here */
	i.fetch = i.nxe = true;
	FAULTS(&i, 0x00000000, 0);
	i.smep = true;
	FAULTS(&i, 0x00000000, GWALK_PF_I);
}
END_TEST

START_TEST(pae)
{
	struct gwalk_info i = { .cr3 = ~0ull, .levels = 3, .phys_bits = 40 };

	/* index 2 of the PDPTEs, 0x1fe of the PD, 0x101 of the PT */
	i.pdpte[2] = 0x3000 | P;
	put64(0x3000, 0x1fe, 0x4000 | P | W | U);
	put64(0x4000, 0x101, 0xff12345000ull | P | W | U);
	ck_assert_int_eq(walk(&i, 0xbfd01678), 0);
	ck_assert_uint_eq(res.gpa, 0xff12345678ull);
	ck_assert_uint_eq(res.page_size, 4096);
	ck_assert_uint_eq(res.levels, 3);
	ck_assert(res.writable && res.user && res.exec);
	put64(0x3000, 0x1fe, 0xff00400000ull | P | PS);
	ck_assert_int_eq(walk(&i, 0xbfd01678), 0);
	ck_assert_uint_eq(res.gpa, 0xff00501678ull);
	ck_assert_uint_eq(res.page_size, 2 << 20);
	ck_assert_uint_eq(res.levels, 2);
	/* 62:52 and the address beyond MAXPHYADDR are reserved */
	put64(0x3000, 0x1fe, 1ull << 52 | 0x400000 | P | PS);
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_RSVD);
	put64(0x3000, 0x1fe, 1ull << 62 | 0x4000 | P);
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_RSVD);
	put64(0x3000, 0x1fe, 1ull << 40 | 0x4000 | P);
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_RSVD);
	put64(0x3000, 0x1fe, 1ull << 13 | 0x400000 | P | PS);
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_RSVD);
	/* XD is, unless NXE */
	put64(0x3000, 0x1fe, XD | 0x400000 | P | PS);
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_RSVD);
	i.nxe = true;
	ck_assert_int_eq(walk(&i, 0xbfd01678), 0);
	ck_assert(!res.exec);
	i.fetch = true;
	FAULTS(&i, 0xbfd01678, GWALK_PF_P | GWALK_PF_I);
	FAULTS(&i, 0x3fd01678, GWALK_PF_I);
}
END_TEST

START_TEST(pdptes)
{
	u64 pdpte[4] = { 1, 2, 3, 4 };

	ck_assert(gwalk_pdpte_valid(0, 36));
	ck_assert(gwalk_pdpte_valid(~P, 36)); /* not present: anything */
	ck_assert(gwalk_pdpte_valid(0xffffff000ull | P | 0xe18, 36));
	ck_assert(!gwalk_pdpte_valid(P | W, 36));
	ck_assert(!gwalk_pdpte_valid(P | U, 36));
	ck_assert(!gwalk_pdpte_valid(P | A, 36));
	ck_assert(!gwalk_pdpte_valid(P | PS, 36));
	ck_assert(!gwalk_pdpte_valid(P | G, 36));
	ck_assert(!gwalk_pdpte_valid(P | 1ull << 36, 36));
	ck_assert(gwalk_pdpte_valid(P | 1ull << 51, 52));
	ck_assert(!gwalk_pdpte_valid(P | 1ull << 52, 52));
	ck_assert(!gwalk_pdpte_valid(P | XD, 52));
	/* 32-byte aligned base, 4:0 of CR3 ignored */
	put64(0x5020, 0, 0x1000 | P);
	put64(0x5020, 3, 0x2000 | P);
	ck_assert_int_eq(gwalk_load_pdptes(&peek, 0x503f, 36, pdpte), 0);
	ck_assert_uint_eq(pdpte[0], 0x1001);
	ck_assert_uint_eq(pdpte[1], 0);
	ck_assert_uint_eq(pdpte[3], 0x2001);
	put64(0x5020, 1, P | W);
	ck_assert_int_eq(gwalk_load_pdptes(&peek, 0x5020, 36, pdpte), -EINVAL);
	ck_assert_uint_eq(pdpte[1], 0);
	ck_assert_int_eq(gwalk_load_pdptes(&peek, 0x80000000, 36, pdpte),
			 -ENOENT);
}
END_TEST

/* Tables for @gva from @top (at page @top's level) down; all rights. */
static const gva_t deep = 0xff7f123456789abcull; /* canonical for 57 bits */
static const gva_t wide = 0xffff923456789abcull; /* and for 48 */

static struct gwalk_info build(unsigned int levels, gva_t gva, u64 leaf)
{
	struct gwalk_info i = { .cr3 = 0x10000,
				.levels = levels,
				.phys_bits = 46,
				.nxe = true,
				.page1g = true };
	unsigned int l;

	for (l = levels; l > 1; l--)
		put64(0x10000 + (levels - l) * 0x1000,
		      (gva >> (9 * l + 3)) & 511,
		      (0x11000 + (levels - l) * 0x1000) | P | W | U);
	put64(0x10000 + (levels - 1) * 0x1000, (gva >> 12) & 511, leaf);
	return i;
}

static void set_level(const struct gwalk_info *i, gva_t gva, unsigned int l,
		      u64 entry)
{
	put64(i->cr3 + (i->levels - l) * 0x1000, (gva >> (9 * l + 3)) & 511,
	      entry);
}

START_TEST(long_mode)
{
	struct gwalk_info i = build(4, wide, 0x3fffffedc000ull | P | W | U);

	ck_assert_int_eq(walk(&i, wide), 0);
	ck_assert_uint_eq(res.gpa, 0x3fffffedcabcull);
	ck_assert_uint_eq(res.levels, 4);
	ck_assert_int_eq(walk(&i, 0x923456789abcull), -EINVAL);
	ck_assert_int_eq(walk(&i, 0xff7f923456789abcull), -EINVAL);

	set_level(&i, wide, 2, 0x3fffff000000ull | P | PS | G | 1 << 12);
	ck_assert_int_eq(walk(&i, wide), 0);
	ck_assert_uint_eq(res.gpa, 0x3fffff189abcull);
	ck_assert_uint_eq(res.page_size, 2 << 20);
	ck_assert_uint_eq(res.levels, 3);
	ck_assert(res.global);
	set_level(&i, wide, 3, 0x3fffc0000000ull | P | PS);
	ck_assert_int_eq(walk(&i, wide), 0);
	ck_assert_uint_eq(res.gpa, 0x3fffd6789abcull);
	ck_assert_uint_eq(res.page_size, 1 << 30);
	ck_assert_uint_eq(res.levels, 2);
	/* a processor without 1 GiB pages: PS is reserved */
	i.page1g = false;
	FAULTS(&i, wide, GWALK_PF_P | GWALK_PF_RSVD);
	i.page1g = true;
	set_level(&i, wide, 3, 1ull << 29 | P | PS);
	FAULTS(&i, wide, GWALK_PF_P | GWALK_PF_RSVD);
	set_level(&i, wide, 3, 1ull << 13 | P | PS);
	FAULTS(&i, wide, GWALK_PF_P | GWALK_PF_RSVD);
	/* 62:52 are not reserved here */
	set_level(&i, wide, 3, 0x7ffull << 52 | P | PS);
	ck_assert_int_eq(walk(&i, wide), 0);
	ck_assert_uint_eq(res.pkey, 15);
	set_level(&i, wide, 4, 0x11000 | P | PS);
	FAULTS(&i, wide, GWALK_PF_P | GWALK_PF_RSVD);
	set_level(&i, wide, 4, 1ull << 46 | P);
	FAULTS(&i, wide, GWALK_PF_P | GWALK_PF_RSVD);
	set_level(&i, wide, 4, 0x3f000000000ull | P);
	ck_assert_int_eq(walk(&i, wide), -ENOENT); /* a table out of RAM */
	set_level(&i, wide, 4, ~P);
	i.write = i.cpl3 = true;
	FAULTS(&i, wide, GWALK_PF_W | GWALK_PF_U);
	i.implicit = true;
	FAULTS(&i, wide, GWALK_PF_W);
}
END_TEST

START_TEST(five_levels)
{
	struct gwalk_info i = build(5, deep, 0xfedc000 | P | W | U);

	ck_assert_int_eq(walk(&i, deep), 0);
	ck_assert_uint_eq(res.gpa, 0xfedcabc);
	ck_assert_uint_eq(res.levels, 5);
	ck_assert_int_eq(walk(&i, 0xfe7f123456789abcull), -EINVAL);
	ck_assert_int_eq(walk(&i, 0x01ff123456789abcull), -EINVAL);
	set_level(&i, deep, 5, 0x11000 | P | PS);
	FAULTS(&i, deep, GWALK_PF_P | GWALK_PF_RSVD);
}
END_TEST

/* ---- rights ----------------------------------------------------------------- */

/* The manual's "Determination of Access Rights", sentence by sentence. */
static bool prose_allows(const struct gwalk_info *i, bool upage, bool wpage,
			 bool xpage)
{
	bool user_mode = i->cpl3 && !i->implicit;

	if (!user_mode && !i->fetch && !i->write) {
		if (!upage)
			return true;
		if (!i->smap)
			return true;
		return i->ac && !i->implicit;
	}
	if (!user_mode && i->write) {
		if (!i->wp && !upage)
			return true;
		if (!i->wp && upage)
			return !i->smap || (i->ac && !i->implicit);
		if (!upage)
			return wpage;
		return wpage && (!i->smap || (i->ac && !i->implicit));
	}
	if (!user_mode && i->fetch) {
		if (!upage)
			return xpage;
		return !i->smep && xpage;
	}
	if (i->fetch)
		return upage && xpage;
	if (i->write)
		return upage && wpage;
	return upage;
}

static bool prose_key(const struct gwalk_info *i, bool upage)
{
	bool user_mode = i->cpl3 && !i->implicit;

	if (!i->pke || !upage || i->fetch)
		return true;
	if (i->pkru >> 10 & 1) /* AD5 */
		return false;
	if (i->write && (i->pkru >> 11 & 1)) /* WD5 */
		return !(user_mode || i->wp);
	return true;
}

/* Take bit @n out of the counter. */
#define BITN(c, n) (((c) >> (n)) & 1)

START_TEST(rights)
{
	unsigned int c, at, allowed = 0, refused = 0;

	/* the restriction may stand at any level */
	for (at = 1; at <= 4; at++)
		for (c = 0; c < 1 << 15; c++) {
			struct gwalk_info i;
			u64 entry = P | 5ull << 59;
			u32 want = GWALK_PF_P;
			bool u = BITN(c, 0), w = BITN(c, 1), x = BITN(c, 2);
			bool ok, key;
			int ret;

			if (BITN(c, 13) && BITN(c, 14))
				continue;
			i = build(4, wide, P | W | U | 5ull << 59 | 0x7000);
			entry |= (u ? U : 0) | (w ? W : 0) | (x ? 0 : XD);
			entry |= at == 1 ? 0x7000 : 0x15000 - at * 0x1000;
			set_level(&i, wide, at, entry);
			i.wp = BITN(c, 3);
			i.smep = BITN(c, 4);
			i.smap = BITN(c, 5);
			i.ac = BITN(c, 6);
			i.pke = BITN(c, 7);
			i.pkru = (u32)BITN(c, 8) << 10 | (u32)BITN(c, 9) << 11;
			i.cpl3 = BITN(c, 10);
			i.implicit = BITN(c, 11);
			i.nxe = BITN(c, 12);
			i.write = BITN(c, 13);
			i.fetch = BITN(c, 14);
			if (i.fetch && i.implicit)
				continue;
			if (!i.nxe && !x)
				want |= GWALK_PF_RSVD;
			want |= i.write ? GWALK_PF_W : 0;
			want |= i.cpl3 && !i.implicit ? GWALK_PF_U : 0;
			want |= i.fetch && (i.nxe || i.smep) ? GWALK_PF_I : 0;
			ok = prose_allows(&i, u, w, x);
			key = prose_key(&i, u);
			ret = walk(&i, wide);
			if (want & GWALK_PF_RSVD) {
				ok = false;
			} else if (!key) {
				want |= GWALK_PF_PK;
				ok = false;
			}
			if (ret != (ok ? 0 : -EFAULT) ||
			    (!ok && res.error_code != want))
				ck_abort_msg("case %x level %u: %d, %x", c, at,
					     ret, res.error_code);
			if (ok && (res.user != u || res.writable != w ||
				   res.exec != x || res.gpa != 0x7abc))
				ck_abort_msg("case %x level %u: result", c, at);
			allowed += ok;
			refused += !ok;
		}
	ck_assert_uint_gt(allowed, 10000);
	ck_assert_uint_gt(refused, 10000);
}
END_TEST

/* Keys do not exist below four levels. */
START_TEST(no_keys_in_pae)
{
	struct gwalk_info i = {
		.levels = 3, .phys_bits = 40, .pke = true, .pkru = ~0u
	};

	i.pdpte[0] = 0x3000 | P;
	put64(0x3000, 0, 0x400000 | P | U | PS);
	ck_assert_int_eq(walk(&i, 0), 0);
	ck_assert_uint_eq(res.pkey, 0);
}
END_TEST

/* ---- accessed and dirty ------------------------------------------------------ */

START_TEST(flags)
{
	struct gwalk_info i = build(4, wide, 0x7000 | P | W | U);
	unsigned int l;

	ck_assert_int_eq(gwalk(&i, &use, wide, &res), 0);
	ck_assert_uint_eq(updates, 4);
	for (l = 0; l < 4; l++)
		ck_assert_uint_eq(get64(0x10000 + l * 0x1000,
					(wide >> (39 - 9 * l)) & 511) &
					  (A | D),
				  A);
	ck_assert_int_eq(gwalk(&i, &use, wide, &res), 0);
	ck_assert_uint_eq(updates, 4);
	i.write = true;
	ck_assert_int_eq(gwalk(&i, &use, wide, &res), 0);
	ck_assert_uint_eq(updates, 5);
	ck_assert_uint_eq(get64(0x13000, (wide >> 12) & 511) & (A | D), A | D);
	ck_assert_uint_eq(get64(0x12000, (wide >> 21) & 511) & (A | D), A);
}
END_TEST

START_TEST(flags_not_on_fault)
{
	struct gwalk_info i = build(4, wide, 0x7000 | P | U);

	i.write = i.cpl3 = true;
	ck_assert_int_eq(gwalk(&i, &use, wide, &res), -EFAULT);
	ck_assert_uint_eq(updates, 0);
}
END_TEST

START_TEST(flags_race)
{
	struct gwalk_info i = build(4, wide, 0x7000 | P | W | U);

	update_fails = 2;
	ck_assert_int_eq(gwalk(&i, &use, wide, &res), 0);
	ck_assert_uint_eq(res.gpa, 0x7abc);
	/* a guest that never stops cannot hold us */
	i = build(4, wide, 0x7000 | P | W | U);
	update_fails = 1000;
	ck_assert_int_eq(gwalk(&i, &use, wide, &res), -EAGAIN);
	ck_assert_int_gt(update_fails, 900);
}
END_TEST

START_TEST(flags_legacy)
{
	struct gwalk_info i = {
		.cr3 = 0x1000, .levels = 2, .phys_bits = 32, .write = true
	};
	u32 pair[2];

	put32(0x1000, 0, 0x2000 | P | W);
	put32(0x2000, 0, 0x3000 | P | W);
	put32(0x2000, 1, 0x12345678);
	ck_assert_int_eq(gwalk(&i, &use, 0x10, &res), 0);
	memcpy(pair, ram + 0x2000, 8);
	ck_assert_uint_eq(pair[0], 0x3000 | P | W | A | D);
	ck_assert_uint_eq(pair[1], 0x12345678);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gwalk");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, levels);
	tcase_add_test(t, init);
	tcase_add_test(t, off);
	tcase_add_test(t, legacy);
	tcase_add_test(t, pae);
	tcase_add_test(t, pdptes);
	tcase_add_test(t, long_mode);
	tcase_add_test(t, five_levels);
	tcase_add_test(t, rights);
	tcase_add_test(t, no_keys_in_pae);
	tcase_add_test(t, flags);
	tcase_add_test(t, flags_not_on_fault);
	tcase_add_test(t, flags_race);
	tcase_add_test(t, flags_legacy);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
