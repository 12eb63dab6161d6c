// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/vlapic_timer.c: the three modes, dividers,
 * changes under way, by the manual's "APIC Timer".
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vlapic.h"

#define XAPIC (VLAPIC_BASE_RESET | VLAPIC_BASE_ENABLE)
#define LVT VLAPIC_REG(&l, VLAPIC_LVT_TIMER)
#define VECTOR 0xec

static u32 page[1024] __attribute__((aligned(4096)));
static struct vlapic l;
static struct vlapic_now now;

static void setup(void)
{
	memset(&l, 0, sizeof(l));
	l.page = page;
	vlapic_reset(&l, XAPIC);
	VLAPIC_REG(&l, VLAPIC_SVR) = 0x1ff;
	now.ticks = 1000000;
	now.tsc = 5000000;
}

static void pass(u64 ticks)
{
	now.ticks += ticks;
	now.tsc += ticks;
}

static void lvt(u32 value)
{
	LVT = value;
	vlapic_timer_mode(&l);
}

static bool fired(void)
{
	bool yes = vlapic_next(&l) == VECTOR;

	if (yes)
		vlapic_put(&l, VLAPIC_IRR + VECTOR / 32, 0);
	return yes;
}

/* Bits 3, 1, 0 of the divide configuration. */
START_TEST(dividers)
{
	static const struct {
		u32 tdcr, by;
	} div[] = { { 0, 2 },  { 1, 4 },  { 2, 8 },    { 3, 16 },
		    { 8, 32 }, { 9, 64 }, { 10, 128 }, { 11, 1 } };
	unsigned int i, shift;

	for (shift = 0; shift < 2; shift++) {
		for (i = 0; i < 8; i++) {
			u64 ticks = (u64)1000 * div[i].by << shift;

			setup();
			l.bus_shift = shift;
			lvt(VECTOR);
			vlapic_timer_divide(&l, &now, div[i].tdcr);
			vlapic_timer_start(&l, &now, 1000);
			ck_assert(l.expiry == now.ticks + ticks);
			ck_assert_uint_eq(vlapic_timer_current(&l, &now), 1000);
			pass(ticks / 2);
			ck_assert_uint_eq(vlapic_timer_current(&l, &now), 500);
			pass(ticks / 2 - 1);
			ck_assert_uint_eq(vlapic_timer_current(&l, &now), 1);
			ck_assert(!vlapic_timer_run(&l, &now));
			pass(1);
			ck_assert_uint_eq(vlapic_timer_current(&l, &now), 0);
			ck_assert(vlapic_timer_run(&l, &now));
			ck_assert(fired());
			ck_assert(l.expiry == VLAPIC_NEVER);
			ck_assert(!vlapic_timer_run(&l, &now));
		}
	}
}
END_TEST

START_TEST(largest_count)
{
	setup();
	lvt(VECTOR);
	vlapic_timer_divide(&l, &now, 10);
	vlapic_timer_start(&l, &now, 0xffffffff);
	ck_assert(l.expiry == now.ticks + (0xffffffffull << 7));
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 0xffffffff);
}
END_TEST

START_TEST(periodic)
{
	unsigned int i;

	setup();
	lvt(VLAPIC_TIMER_PERIODIC | VECTOR);
	vlapic_timer_divide(&l, &now, 11);
	vlapic_timer_start(&l, &now, 100);
	for (i = 0; i < 5; i++) {
		pass(100);
		ck_assert(vlapic_timer_run(&l, &now));
		ck_assert(fired());
		ck_assert(l.expiry == now.ticks + 100);
		ck_assert_uint_eq(vlapic_timer_current(&l, &now), 100);
	}
	/* Late: the phase stays, what was missed is one interrupt. */
	pass(730);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 70);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(fired());
	ck_assert(l.expiry == now.ticks + 70);
	ck_assert(!vlapic_timer_run(&l, &now));
	/* To one-shot: this period is the last. */
	lvt(VECTOR);
	pass(70);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(fired());
	ck_assert(l.expiry == VLAPIC_NEVER);
}
END_TEST

/* A period that leaves no time to handle it. */
START_TEST(shortest_period)
{
	setup();
	l.min_period = 1000;
	lvt(VLAPIC_TIMER_PERIODIC | VECTOR);
	vlapic_timer_divide(&l, &now, 11);
	vlapic_timer_start(&l, &now, 30);
	pass(40);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 20);
	ck_assert(vlapic_timer_run(&l, &now));
	/* Whole periods are left out: the phase stays. */
	ck_assert(l.expiry >= now.ticks + 1000);
	ck_assert((l.expiry - now.ticks) % 30 == 20);
	ck_assert(l.expiry < now.ticks + 1030);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 20);
	pass(20);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 30);
}
END_TEST

START_TEST(masked)
{
	setup();
	lvt(VLAPIC_LVT_MASKED | VECTOR);
	vlapic_timer_start(&l, &now, 10);
	pass(100);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(!fired());
	/* A count of 0 stops it. */
	lvt(VECTOR);
	vlapic_timer_start(&l, &now, 10);
	vlapic_timer_start(&l, &now, 0);
	pass(100);
	ck_assert(!vlapic_timer_run(&l, &now));
}
END_TEST

/* A new divider counts what is left more slowly. */
START_TEST(divider_under_way)
{
	setup();
	lvt(VECTOR);
	vlapic_timer_divide(&l, &now, 11);
	vlapic_timer_start(&l, &now, 100);
	pass(40);
	vlapic_timer_divide(&l, &now, 3);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 60);
	ck_assert(l.expiry == now.ticks + 60 * 16);
	/* Bit 2 is none of it. */
	vlapic_timer_divide(&l, &now, 0xf);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TIMER_DIVIDE), 0xb);
}
END_TEST

START_TEST(deadline)
{
	setup();
	/* Not in this mode: ignored, reads 0. */
	vlapic_deadline_write(&l, &now, now.tsc + 10);
	ck_assert(l.expiry == VLAPIC_NEVER);
	ck_assert(vlapic_deadline_read(&l, &now) == 0);
	lvt(VLAPIC_TIMER_DEADLINE | VECTOR);
	vlapic_timer_start(&l, &now, 10);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TIMER_INIT), 0);
	ck_assert(l.expiry == VLAPIC_NEVER);
	vlapic_deadline_write(&l, &now, now.tsc + 1000);
	ck_assert(l.expiry == now.ticks + 1000);
	ck_assert(vlapic_deadline_read(&l, &now) == now.tsc + 1000);
	ck_assert_uint_eq(vlapic_timer_current(&l, &now), 0);
	pass(999);
	ck_assert(!vlapic_timer_run(&l, &now));
	pass(1);
	ck_assert(vlapic_deadline_read(&l, &now) == 0);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(fired());
	ck_assert(!vlapic_timer_run(&l, &now));
	/* Over already. */
	vlapic_deadline_write(&l, &now, 1);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(fired());
	/* Disarmed. */
	vlapic_deadline_write(&l, &now, now.tsc + 5);
	vlapic_deadline_write(&l, &now, 0);
	pass(10);
	ck_assert(!vlapic_timer_run(&l, &now));
	/* So far away that the sum would wrap. */
	vlapic_deadline_write(&l, &now, ~0ull);
	ck_assert(l.expiry > now.ticks && l.expiry != VLAPIC_NEVER);
	ck_assert(!vlapic_timer_run(&l, &now));
	/* Another mode disarms it. */
	lvt(VECTOR);
	ck_assert(l.expiry == VLAPIC_NEVER);
	ck_assert(vlapic_deadline_read(&l, &now) == 0);
}
END_TEST

/* The TSC jumps: the deadline is another time, a count is not. */
START_TEST(tsc_written)
{
	setup();
	lvt(VLAPIC_TIMER_DEADLINE | VECTOR);
	vlapic_deadline_write(&l, &now, now.tsc + 1000);
	now.tsc += 400;
	vlapic_tsc_set(&l, &now);
	ck_assert(l.expiry == now.ticks + 600);
	now.tsc += 5000;
	vlapic_tsc_set(&l, &now);
	ck_assert(vlapic_timer_run(&l, &now));
	ck_assert(fired());
	setup();
	lvt(VECTOR);
	vlapic_timer_divide(&l, &now, 11);
	vlapic_timer_start(&l, &now, 1000);
	now.tsc += 400;
	vlapic_tsc_set(&l, &now);
	ck_assert(l.expiry == now.ticks + 1000);
}
END_TEST

/* 11b is no mode. */
START_TEST(reserved_mode)
{
	setup();
	lvt(VLAPIC_LVT_TIMER_MODE | VECTOR);
	vlapic_timer_start(&l, &now, 10);
	vlapic_deadline_write(&l, &now, 1);
	pass(1000);
	ck_assert(!vlapic_timer_run(&l, &now));
	ck_assert(vlapic_deadline_read(&l, &now) == 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vlapic_timer");
	TCase *tc = tcase_create("timer");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, dividers);
	tcase_add_test(tc, largest_count);
	tcase_add_test(tc, periodic);
	tcase_add_test(tc, shortest_period);
	tcase_add_test(tc, masked);
	tcase_add_test(tc, divider_under_way);
	tcase_add_test(tc, deadline);
	tcase_add_test(tc, tsc_written);
	tcase_add_test(tc, reserved_mode);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
