// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/vlapic_icr.c: what ICR sends, and who gets a
 * message: physical, flat, clusters, x2APIC, shorthands, lowest priority.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vlapic.h"

#define XAPIC (VLAPIC_BASE_RESET | VLAPIC_BASE_ENABLE)
#define X2APIC (XAPIC | VLAPIC_BASE_X2APIC)

static u32 page[8][1024] __attribute__((aligned(4096)));
static struct vlapic l[8];
static struct vapic_bus bus;
static struct vlapic_do todo;
static u32 got; /* mask of receivers */

static void setup(u64 base)
{
	unsigned int i;

	bus.n = 8;
	for (i = 0; i < 8; i++) {
		memset(&l[i], 0, sizeof(l[i]));
		l[i].page = page[i];
		l[i].id = i;
		vlapic_reset(&l[i], base);
		VLAPIC_REG(&l[i], VLAPIC_SVR) = 0x1ff;
		bus.apic[i] = &l[i];
	}
}

static void ipi(u64 icr)
{
	memset(&todo, 0, sizeof(todo));
	vlapic_put_icr(&l[0], icr);
	vlapic_ipi(&l[0], &todo);
}

static bool sends(u64 icr)
{
	ipi(icr);
	return todo.what & VLAPIC_DO_IPI;
}

static bool note(struct vlapic *to, const struct vapic_msg *msg)
{
	got |= 1u << (to - l);
	return true;
}

static u32 who(u64 icr)
{
	got = 0;
	if (!sends(icr))
		return 0;
	ck_assert(vapic_route(&bus, &l[0], &todo.msg, todo.shorthand, note) ==
		  !!got);
	return got;
}

#define X(dest) ((u64)(dest) << 56)
#define X2(dest) ((u64)(dest) << 32)
#define LOGICAL 0x800
#define SELF 0x40000
#define ALL 0x80000
#define OTHERS 0xc0000

/* "Valid Combinations" of modes and shorthands; vectors; INIT de-assert. */
START_TEST(what_is_sent)
{
	static const u32 to[] = { 0, SELF, ALL, OTHERS };
	static const bool valid[8][4] = {
		{ 1, 1, 1, 1 }, { 1, 0, 0, 1 }, { 1, 1, 1, 1 }, { 0 },
		{ 1, 1, 1, 1 }, { 1, 0, 0, 1 }, { 1, 0, 0, 1 }, { 0 },
	};
	unsigned int mode, i;

	setup(XAPIC);
	for (mode = 0; mode < 8; mode++)
		for (i = 0; i < 4; i++)
			ck_assert_msg(sends(X(1) | to[i] | mode << 8 | 0x40) ==
					      valid[mode][i],
				      "mode %u shorthand %u", mode, i);
	ck_assert(sends(X(3) | LOGICAL | 0x4045));
	ck_assert_uint_eq(todo.msg.dest, 3);
	ck_assert(todo.msg.logical);
	ck_assert(!todo.msg.level);
	ck_assert_uint_eq(todo.msg.vector, 0x45);
	ck_assert(!sends(X(1) | 0x8500)); /* INIT level de-assert */
	ck_assert(sends(X(1) | 0xc500));
	ck_assert(!(l[0].errors & 1 << 5));
	ck_assert(!sends(X(1) | 0x0f));
	ck_assert(l[0].errors & 1 << 5);
	l[0].errors = 0;
	ck_assert(!sends(X(1) | 0x101));
	ck_assert(l[0].errors & 1 << 5);
	ck_assert(sends(X(1) | 0x600)); /* SIPI: page 0 */
}
END_TEST

START_TEST(physical)
{
	setup(XAPIC);
	ck_assert_uint_eq(who(X(0) | 0x40), 1);
	ck_assert_uint_eq(who(X(5) | 0x40), 1 << 5);
	ck_assert_uint_eq(who(X(8) | 0x40), 0);
	ck_assert_uint_eq(who(X(0xff) | 0x40), 0xff);
	ck_assert_uint_eq(who(SELF | 0x40), 1);
	ck_assert_uint_eq(who(ALL | 0x40), 0xff);
	ck_assert_uint_eq(who(OTHERS | 0x40), 0xfe);
	/* Ids need not be indices. */
	l[3].id = 0x77;
	l[4].id = 3;
	ck_assert_uint_eq(who(X(0x77) | 0x40), 1 << 3);
	ck_assert_uint_eq(who(X(3) | 0x40), 1 << 4);
	/* Holes, and who is disabled. */
	bus.apic[6] = NULL;
	l[7].base = VLAPIC_BASE_RESET;
	ck_assert_uint_eq(who(ALL | 0x40), 0x3f);
	ck_assert_uint_eq(who(X(7) | 0x40), 0);
	setup(X2APIC);
	ck_assert_uint_eq(who(X2(5) | 0x40), 1 << 5);
	ck_assert_uint_eq(who(X2(0xff) | 0x40), 0);
	ck_assert_uint_eq(who(X2(0x105) | 0x40), 0);
	ck_assert_uint_eq(who(X2(0xffffffff) | 0x40), 0xff);
}
END_TEST

START_TEST(flat)
{
	unsigned int i;

	setup(XAPIC);
	for (i = 0; i < 8; i++)
		VLAPIC_REG(&l[i], VLAPIC_LDR) = 1u << (24 + i);
	for (i = 0; i < 256; i++)
		ck_assert_uint_eq(who(X(i) | LOGICAL | 0x40), i);
}
END_TEST

/* "Cluster Model": bits 7:4 the cluster, 3:0 its members. */
START_TEST(clusters)
{
	unsigned int i;

	setup(XAPIC);
	for (i = 0; i < 8; i++) {
		VLAPIC_REG(&l[i], VLAPIC_DFR) = 0x0fffffff;
		VLAPIC_REG(&l[i], VLAPIC_LDR) = (i / 4 << 4 | 1u << i % 4)
						<< 24;
	}
	ck_assert_uint_eq(who(X(0x01) | LOGICAL | 0x40), 1);
	ck_assert_uint_eq(who(X(0x0c) | LOGICAL | 0x40), 0xc);
	ck_assert_uint_eq(who(X(0x13) | LOGICAL | 0x40), 0x30);
	ck_assert_uint_eq(who(X(0x2f) | LOGICAL | 0x40), 0);
	ck_assert_uint_eq(who(X(0xf5) | LOGICAL | 0x40), 0x55);
	ck_assert_uint_eq(who(X(0xff) | LOGICAL | 0x40), 0xff);
	ck_assert_uint_eq(who(X(0x10) | LOGICAL | 0x40), 0);
}
END_TEST

START_TEST(x2_logical)
{
	unsigned int i;

	setup(X2APIC);
	for (i = 0; i < 8; i++) {
		l[i].id = i + 12; /* over the border of a cluster */
		vlapic_reset(&l[i], X2APIC);
	}
	ck_assert_uint_eq(who(X2(0xf000) | LOGICAL | 0x40), 0x0f);
	ck_assert_uint_eq(who(X2(0x10005) | LOGICAL | 0x40), 0x50);
	ck_assert_uint_eq(who(X2(0x20001) | LOGICAL | 0x40), 0);
	ck_assert_uint_eq(who(X2(0xffffffff) | LOGICAL | 0x40), 0xff);
}
END_TEST

START_TEST(lowest)
{
	unsigned int i;

	setup(XAPIC);
	for (i = 0; i < 8; i++) {
		VLAPIC_REG(&l[i], VLAPIC_LDR) = 1u << (24 + i);
		VLAPIC_REG(&l[i], VLAPIC_TPR) = 0x40;
	}
	VLAPIC_REG(&l[5], VLAPIC_TPR) = 0x20;
	ck_assert_uint_eq(who(X(0xff) | LOGICAL | 0x140), 1 << 5);
	ck_assert_uint_eq(who(X(0x0f) | LOGICAL | 0x140), 1);
	vlapic_put(&l[0], VLAPIC_ISR + 2, 1); /* vector 64 */
	ck_assert_uint_eq(who(X(0x0f) | LOGICAL | 0x140), 1);
	vlapic_put(&l[0], VLAPIC_ISR + 4, 1); /* 128: busier than TPR says */
	ck_assert_uint_eq(who(X(0x0f) | LOGICAL | 0x140), 2);
	VLAPIC_REG(&l[1], VLAPIC_SVR) = 0xff;
	ck_assert_uint_eq(who(X(0x03) | LOGICAL | 0x140), 1);
	ck_assert_uint_eq(who(X(0x02) | LOGICAL | 0x140), 0);
	ck_assert_uint_eq(who(OTHERS | 0x140), 1 << 5);
}
END_TEST

/* From devices: nobody is the sender, 8 bits of destination. */
START_TEST(devices)
{
	struct vapic_msg msg = { .dest = 2, .vector = 0x31, .level = true };

	setup(X2APIC);
	got = 0;
	ck_assert(vapic_route(&bus, NULL, &msg, VLAPIC_TO_DEST, note));
	ck_assert_uint_eq(got, 4);
	msg.dest = VAPIC_DEST_ALL;
	got = 0;
	ck_assert(vapic_route(&bus, NULL, &msg, VLAPIC_TO_DEST, note));
	ck_assert_uint_eq(got, 0xff);
	msg.dest = 9;
	ck_assert(!vapic_route(&bus, NULL, &msg, VLAPIC_TO_DEST, note));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vlapic_icr");
	TCase *tc = tcase_create("messages");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, what_is_sent);
	tcase_add_test(tc, physical);
	tcase_add_test(tc, flat);
	tcase_add_test(tc, clusters);
	tcase_add_test(tc, x2_logical);
	tcase_add_test(tc, lowest);
	tcase_add_test(tc, devices);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
