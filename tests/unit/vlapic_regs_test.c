// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/vlapic_regs.c: every register by MMIO and MSR
 * against the manual's address maps and figures.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vlapic.h"

#define XAPIC (VLAPIC_BASE_RESET | VLAPIC_BASE_ENABLE)
#define X2APIC (XAPIC | VLAPIC_BASE_X2APIC)

static u32 page[1024] __attribute__((aligned(4096)));
static struct vlapic l;
static struct vlapic_do todo;
static struct vlapic_now now;

static void fresh(u32 id, u64 base)
{
	memset(&l, 0, sizeof(l));
	l.page = page;
	l.id = id;
	now.ticks = now.tsc = 1000;
	vlapic_reset(&l, base);
}

static u32 rd(u32 offset)
{
	u64 v = ~0ull;

	vlapic_mmio(&l, &now, offset, 4, false, &v, &todo);
	ck_assert(!(v >> 32));
	return v;
}

static void wr(u32 offset, u32 value)
{
	u64 v = value;

	vlapic_mmio(&l, &now, offset, 4, true, &v, &todo);
}

static int msr_wr(u32 msr, u64 value)
{
	return vlapic_msr_write(&l, &now, msr, value, &todo);
}

static u64 msr_rd(u32 msr)
{
	u64 v = 0x5a5a5a5a5a5a5a5aull;

	ck_assert_int_eq(vlapic_msr_read(&l, &now, msr, &v), 0);
	return v;
}

/* "Local APIC Register Address Map": what a read gives after power-up. */
static const struct {
	u32 offset, reset;
} map[] = {
	{ 0x20, 0x07000000 }, { 0x30, 0x00050014 }, { 0x80, 0 },
	{ 0xa0, 0 },	      { 0xd0, 0 },	    { 0xe0, 0xffffffff },
	{ 0xf0, 0xff },	      { 0x100, 0 },	    { 0x170, 0 },
	{ 0x180, 0 },	      { 0x1f0, 0 },	    { 0x200, 0 },
	{ 0x270, 0 },	      { 0x280, 0 },	    { 0x300, 0 },
	{ 0x310, 0 },	      { 0x320, 0x10000 },   { 0x330, 0x10000 },
	{ 0x340, 0x10000 },   { 0x350, 0x10000 },   { 0x360, 0x10000 },
	{ 0x370, 0x10000 },   { 0x380, 0 },	    { 0x390, 0 },
	{ 0x3e0, 0 },
};

START_TEST(reset_values)
{
	unsigned int i;

	fresh(7, XAPIC);
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		ck_assert_uint_eq(rd(map[i].offset), map[i].reset);
	ck_assert_uint_eq(l.errors, 0);
}
END_TEST

/* Any other address is illegal; APR and RRD are merely not there. */
START_TEST(reserved_addresses)
{
	u32 offset;

	for (offset = 0; offset < 0x1000; offset += 16) {
		bool known = offset == 0x90 || offset == 0xb0 || offset == 0xc0;
		unsigned int i;

		for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
			known |= map[i].offset == offset;
		known |= offset >= 0x100 && offset < 0x280;
		fresh(0, XAPIC);
		rd(offset);
		ck_assert_msg(!!(l.errors & 1 << 7) == !known, "%#x", offset);
		fresh(0, XAPIC);
		wr(offset, 0);
		ck_assert_msg(!!(l.errors & 1 << 7) == !known, "w %#x", offset);
	}
}
END_TEST

/* What a write of all ones leaves, by MMIO. */
START_TEST(writable_bits)
{
	static const struct {
		u32 offset, left;
	} w[] = {
		{ 0x20, 0x07000000 }, { 0x30, 0x00050014 },
		{ 0x80, 0xff },	      { 0xd0, 0xff000000 },
		{ 0xe0, 0xffffffff }, { 0x310, 0xff000000 },
		{ 0x320, 0x700ff },   { 0x330, 0x107ff },
		{ 0x340, 0x107ff },   { 0x350, 0x1a7ff },
		{ 0x360, 0x1a7ff },   { 0x370, 0x100ff },
		{ 0x390, 0 },	      { 0x3e0, 0xb },
		{ 0xf0, 0x3ff },
	};
	unsigned int i;

	for (i = 0; i < sizeof(w) / sizeof(w[0]); i++) {
		fresh(7, XAPIC);
		wr(0xf0, 0x1ff);
		wr(w[i].offset, 0xffffffff);
		ck_assert_msg(rd(w[i].offset) == w[i].left, "%#x: %#x",
			      w[i].offset, rd(w[i].offset));
	}
	fresh(7, XAPIC);
	wr(0xe0, 0);
	ck_assert_uint_eq(rd(0xe0), 0x0fffffff);
	wr(0x380, 0xffffffff);
	ck_assert_uint_eq(rd(0x380), 0xffffffff);
	wr(0x300, 0xffffffff & ~0xc0000u);
	ck_assert_uint_eq(rd(0x300), 0x0000cfff);
}
END_TEST

START_TEST(widths)
{
	u64 v;

	fresh(7, XAPIC);
	wr(0xf0, 0x1ff);
	v = 0xff;
	vlapic_mmio(&l, &now, 0x23, 1, false, &v, &todo);
	ck_assert_uint_eq(v, 7);
	vlapic_mmio(&l, &now, 0x22, 2, false, &v, &todo);
	ck_assert_uint_eq(v & 0xffff, 0x700);
	vlapic_mmio(&l, &now, 0xf0, 8, false, &v, &todo);
	ck_assert(v == 0x1ff);
	/* Between registers there is nothing. */
	v = 1;
	vlapic_mmio(&l, &now, 0xf4, 4, false, &v, &todo);
	ck_assert(v == 0);
	v = 0x20;
	vlapic_mmio(&l, &now, 0x80, 1, true, &v, &todo);
	vlapic_mmio(&l, &now, 0x84, 4, true, &v, &todo);
	ck_assert_uint_eq(rd(0x80), 0);
	vlapic_mmio(&l, &now, 0x80, 8, true, &v, &todo);
	ck_assert_uint_eq(rd(0x80), 0x20);
}
END_TEST

/* "Spurious-Interrupt Vector Register", state while disabled. */
START_TEST(svr)
{
	u32 offset;

	fresh(0, XAPIC);
	wr(0x350, 0x700); /* mask bits cannot be cleared */
	ck_assert_uint_eq(rd(0x350), 0x10700);
	wr(0xf0, 0x1ff);
	for (offset = 0x320; offset <= 0x370; offset += 16)
		wr(offset, 0x40);
	ck_assert_uint_eq(rd(0x320), 0x40);
	wr(0xf0, 0xff);
	for (offset = 0x320; offset <= 0x370; offset += 16)
		ck_assert_uint_eq(rd(offset), 0x10040);
	wr(0xf0, 0x1ff);
	ck_assert_uint_eq(rd(0x370), 0x10040);
}
END_TEST

START_TEST(tpr_and_vectors)
{
	fresh(0, XAPIC);
	wr(0xf0, 0x1ff);
	wr(0x80, 0x37);
	ck_assert(todo.what & VLAPIC_DO_TPR);
	ck_assert_uint_eq(rd(0x80), 0x37);
	ck_assert_uint_eq(rd(0xa0), 0x37);
	vlapic_accept(&l, 0x21, true);
	vlapic_accept(&l, 0xff, false);
	ck_assert_uint_eq(rd(0x210), 2);
	ck_assert_uint_eq(rd(0x190), 2);
	ck_assert_uint_eq(rd(0x270), 0x80000000);
	ck_assert_uint_eq(rd(0x1f0), 0);
	vlapic_take(&l, 0xff);
	ck_assert_uint_eq(rd(0x170), 0x80000000);
	ck_assert_uint_eq(rd(0x270), 0);
	ck_assert_uint_eq(rd(0xa0), 0xf0);
	wr(0xb0, 0x1234); /* any value */
	ck_assert_uint_eq(rd(0x170), 0);
	ck_assert_uint_eq(rd(0xa0), 0x37);
}
END_TEST

/* A write latches the errors since the last one. */
START_TEST(esr)
{
	fresh(0, XAPIC);
	wr(0xf0, 0x1ff);
	wr(0x370, 0xfe);
	rd(0x40);
	ck_assert(todo.what & VLAPIC_DO_IRQ);
	ck_assert_int_eq(vlapic_next(&l), 0xfe);
	ck_assert_uint_eq(rd(0x280), 0);
	wr(0x280, 0);
	ck_assert_uint_eq(rd(0x280), 0x80);
	ck_assert_uint_eq(rd(0x280), 0x80);
	wr(0x280, 0);
	ck_assert_uint_eq(rd(0x280), 0);
	/* Armed again. */
	vlapic_take(&l, 0xfe);
	wr(0xb0, 0);
	wr(0x300, 0x4000f); /* self, vector 15 */
	ck_assert_int_eq(vlapic_next(&l), 0xfe);
	wr(0x280, 0);
	ck_assert_uint_eq(rd(0x280), 0x20);
}
END_TEST

START_TEST(lint_tells)
{
	fresh(0, XAPIC);
	wr(0xf0, 0x1ff);
	wr(0x350, 0x700);
	ck_assert(todo.what & VLAPIC_DO_LINT);
	wr(0x320, 0x20030);
	ck_assert(todo.what & VLAPIC_DO_TIMER);
	wr(0x380, 100);
	ck_assert(todo.what & VLAPIC_DO_TIMER);
	ck_assert(l.expiry == 1200); /* divide by 2 */
}
END_TEST

/* ---- x2APIC -------------------------------------------------------------- */

#define R 1
#define W 2

/* "Local APIC Register Address Map Supported by x2APIC". */
static int x2_access(u32 msr)
{
	if (msr == 0x802 || msr == 0x803 || msr == 0x80a || msr == 0x80d ||
	    (msr >= 0x810 && msr <= 0x827) || msr == 0x839)
		return R;
	if (msr == 0x80b || msr == 0x83f)
		return W;
	if (msr == 0x808 || msr == 0x80f || msr == 0x828 || msr == 0x830 ||
	    (msr >= 0x832 && msr <= 0x838) || msr == 0x83e)
		return R | W;
	return 0;
}

START_TEST(x2_map)
{
	u32 msr;
	u64 v;

	for (msr = 0x800; msr < 0x900; msr++) {
		/* A vector that is none: SELF_IPI with 0 is an error only. */
		int want = x2_access(msr);

		fresh(5, X2APIC);
		ck_assert_msg((vlapic_msr_read(&l, &now, msr, &v) == 0) ==
				      !!(want & R),
			      "rdmsr %#x", msr);
		ck_assert_msg((msr_wr(msr, 0) == 0) == !!(want & W),
			      "wrmsr %#x", msr);
		fresh(5, XAPIC);
		ck_assert_int_eq(vlapic_msr_read(&l, &now, msr, &v), -EINVAL);
		ck_assert_int_eq(msr_wr(msr, 0), -EINVAL);
	}
}
END_TEST

/* Each bit alone: taken, ignored or #GP. */
static void bits(u32 msr, u64 taken, u64 ignored)
{
	unsigned int i;

	for (i = 0; i < 64; i++) {
		u64 bit = 1ull << i;
		bool ok = (taken | ignored) & bit;

		fresh(0x123, X2APIC);
		ck_assert_int_eq(msr_wr(0x80f, 0x1ff), 0);
		ck_assert_msg(msr_wr(msr, bit) == (ok ? 0 : -EINVAL),
			      "%#x bit %u", msr, i);
		if (!ok || !(x2_access(msr) & R))
			continue;
		ck_assert_msg(msr_rd(msr) == (bit & taken), "%#x bit %u", msr,
			      i);
	}
}

START_TEST(x2_reserved)
{
	bits(0x808, 0xff, 0);
	bits(0x80b, 0, 0);
	bits(0x828, 0, 0);
	bits(0x830, 0xffffffff000ccfffull, 0x1000);
	bits(0x832, 0x700ff, 0x1000);
	bits(0x833, 0x107ff, 0x1000);
	bits(0x834, 0x107ff, 0x1000);
	bits(0x835, 0x1a7ff, 0x5000);
	bits(0x836, 0x1a7ff, 0x5000);
	bits(0x837, 0x100ff, 0x1000);
	bits(0x838, 0xffffffff, 0);
	bits(0x83e, 0xb, 0);
	bits(0x83f, 0xff, 0);
	bits(0x80f, 0x3ff, 0);
	fresh(0, X2APIC);
	ck_assert_int_eq(msr_wr(0x832, 0x60030), -EINVAL);
}
END_TEST

START_TEST(x2_ids)
{
	static const struct {
		u32 id, ldr;
	} ids[] = { { 0, 1 },	     { 1, 2 },		{ 15, 0x8000 },
		    { 16, 0x10001 }, { 0x3f, 0x38000 }, { 0x123, 0x120008 },
		    { 255, 0xf8000 } };
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		fresh(ids[i].id, X2APIC);
		ck_assert_uint_eq(msr_rd(0x802), ids[i].id);
		ck_assert_uint_eq(msr_rd(0x80d), ids[i].ldr);
	}
	ck_assert_uint_eq(msr_rd(0x803), 0x50014);
}
END_TEST

START_TEST(x2_self_ipi)
{
	fresh(0, X2APIC);
	ck_assert_int_eq(msr_wr(0x83f, 0x55), 0);
	ck_assert_int_eq(vlapic_next(&l), -1); /* disabled */
	ck_assert_int_eq(msr_wr(0x80f, 0x1ff), 0);
	ck_assert_int_eq(msr_wr(0x83f, 0x55), 0);
	ck_assert(todo.what & VLAPIC_DO_IRQ);
	ck_assert_int_eq(vlapic_next(&l), 0x55);
	ck_assert_int_eq(msr_wr(0x83f, 0xf), 0);
	ck_assert_int_eq(msr_wr(0x828, 0), 0);
	ck_assert_uint_eq(msr_rd(0x828), 0x20);
}
END_TEST

START_TEST(x2_icr)
{
	fresh(0, X2APIC);
	ck_assert_int_eq(msr_wr(0x830, 0x12345678000041fdull), 0);
	ck_assert(msr_rd(0x830) == 0x12345678000041fdull);
	ck_assert(todo.what & VLAPIC_DO_IPI);
	ck_assert_uint_eq(todo.msg.dest, 0x12345678);
	ck_assert_uint_eq(todo.msg.mode, VAPIC_MODE_LOWEST);
	ck_assert_uint_eq(todo.msg.vector, 0xfd);
}
END_TEST

/* ---- a processor that virtualizes APICs ---------------------------------- */

/* It wrote @value to the page. */
static void hw_wr(u32 offset, u32 value)
{
	page[offset / 4] = value;
	vlapic_written(&l, &now, offset, &todo);
}

/* The same is left as after a write that we did, for every value of a bit. */
START_TEST(written_like_mmio)
{
	static const u32 offsets[] = { 0x20,  0x80,  0xd0,  0xe0,  0xf0,
				       0x280, 0x300, 0x320, 0x330, 0x340,
				       0x350, 0x360, 0x370, 0x380, 0x3e0 };
	static u32 want[1024];
	unsigned int i, bit;
	struct vlapic_do did;
	u64 expiry;

	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		for (bit = 0; bit < 33; bit++) {
			u32 v = bit < 32 ? 1u << bit : ~0u;

			fresh(7, XAPIC);
			wr(0xf0, 0x1ff);
			wr(0x320, 0x20030);
			wr(0x380, 1000);
			now.ticks += 100;
			wr(offsets[i], v);
			did = todo;
			memcpy(want, page, sizeof(want));
			expiry = l.expiry;
			fresh(7, XAPIC);
			wr(0xf0, 0x1ff);
			wr(0x320, 0x20030);
			wr(0x380, 1000);
			now.ticks += 100;
			hw_wr(offsets[i], v);
			ck_assert_msg(!memcmp(want, page, sizeof(want)),
				      "%#x: %#x", offsets[i], v);
			ck_assert_uint_eq(did.what, todo.what);
			ck_assert(l.expiry == expiry);
		}
	}
}
END_TEST

START_TEST(written)
{
	fresh(7, XAPIC);
	wr(0xf0, 0x1ff);
	vlapic_accept(&l, 0x61, true);
	vlapic_take(&l, 0x61);
	hw_wr(0xb0, 0x5555);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ | VLAPIC_DO_EOI);
	ck_assert_uint_eq(todo.vector, 0x61);
	ck_assert_uint_eq(rd(0xb0), 0);
	ck_assert_uint_eq(rd(0x130), 0);
	/* The high half of ICR does not tell; the low one sends both. */
	page[0x310 / 4] = 0x05000000;
	hw_wr(0x300, 0x40fd);
	ck_assert(todo.what & VLAPIC_DO_IPI);
	ck_assert_uint_eq(todo.msg.dest, 5);
	ck_assert_uint_eq(todo.msg.vector, 0xfd);
	/* Into the middle of a register, and where there is none. */
	page[0x320 / 4] = 0x30000 | 0x30;
	vlapic_written(&l, &now, 0x322, &todo);
	ck_assert(todo.what & VLAPIC_DO_TIMER);
	vlapic_written(&l, &now, 0xfff, &todo);
	ck_assert_uint_eq(todo.what, 0);
	/* SELF_IPI with no vector: the one that exits. */
	fresh(7, X2APIC);
	ck_assert_int_eq(msr_wr(0x80f, 0x1ff), 0);
	hw_wr(0x3f0, 9);
	ck_assert_int_eq(msr_wr(0x828, 0), 0);
	ck_assert_uint_eq(msr_rd(0x828), 0x20);
	ck_assert_uint_eq(page[0x3f0 / 4], 0);
}
END_TEST

/* Whatever RDMSR may read by itself, it reads what we would give. */
START_TEST(plain_msrs)
{
	u64 value, two;
	u32 msr;

	fresh(0x123, X2APIC);
	ck_assert_int_eq(msr_wr(0x80f, 0x1ff), 0);
	ck_assert_int_eq(msr_wr(0x808, 0x35), 0);
	ck_assert_int_eq(msr_wr(0x830, 0x12345678000041fdull), 0);
	ck_assert_int_eq(msr_wr(0x838, 5000), 0);
	vlapic_accept(&l, 0x71, true);
	vlapic_take(&l, 0x71);
	vlapic_accept(&l, 0x43, false);
	for (msr = 0x700; msr < 0xa00; msr++) {
		if (!vlapic_msr_plain(msr, false))
			continue;
		memcpy(&two, &page[(msr - 0x800) * 4], 8);
		ck_assert_int_eq(vlapic_msr_read(&l, &now, msr, &value), 0);
		ck_assert_msg(two == value, "%#x: %#llx", msr,
			      (unsigned long long)two);
	}
	ck_assert(vlapic_msr_plain(0x802, false));
	ck_assert(vlapic_msr_plain(0x808, false));
	ck_assert(vlapic_msr_plain(0x827, false));
	ck_assert(!vlapic_msr_plain(0x80a, false));
	ck_assert(vlapic_msr_plain(0x80a, true));
	ck_assert(!vlapic_msr_plain(0x80b, true));
	ck_assert(!vlapic_msr_plain(0x830, true));
	ck_assert(!vlapic_msr_plain(0x839, true));
	ck_assert(!vlapic_msr_plain(0x83f, true));
	ck_assert(!vlapic_msr_plain(0x80e, true)); /* DFR is none */
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vlapic_regs");
	TCase *tc = tcase_create("registers");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, reset_values);
	tcase_add_test(tc, reserved_addresses);
	tcase_add_test(tc, writable_bits);
	tcase_add_test(tc, widths);
	tcase_add_test(tc, svr);
	tcase_add_test(tc, tpr_and_vectors);
	tcase_add_test(tc, esr);
	tcase_add_test(tc, lint_tells);
	tcase_add_test(tc, x2_map);
	tcase_add_test(tc, x2_reserved);
	tcase_add_test(tc, x2_ids);
	tcase_add_test(tc, x2_self_ipi);
	tcase_add_test(tc, x2_icr);
	tcase_add_test(tc, written_like_mmio);
	tcase_add_test(tc, written);
	tcase_add_test(tc, plain_msrs);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
