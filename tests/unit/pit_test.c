// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/pit.c: each mode of the 8254 by the data sheet's
 * waveforms, and all of them against a second model that counts clock by
 * clock as the data sheet describes the counting element.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/pit.h"

#define NSEC 1000000000ull

/* ck_assert() costs a system call, which loops that run often cannot afford. */
#define HOT(c)                                  \
	do {                                    \
		if (!(c))                       \
			ck_abort_msg("%s", #c); \
	} while (0)

static struct pit pit;
static u64 now;

static void setup(void)
{
	now = 5 * NSEC;
	pit_reset(&pit);
}

/* The first ns of a clock. */
static u64 at(u64 clock)
{
	return (u64)(((unsigned __int128)clock * NSEC + PIT_HZ - 1) / PIT_HZ);
}

static u64 clock_of(u64 ns)
{
	return (u64)((unsigned __int128)ns * PIT_HZ / NSEC);
}

/* Move to the middle of the clock that is @n after that of now. */
static void pass(u64 n)
{
	now = at(clock_of(now) + n) + 400;
}

static void out(unsigned int port, u8 value)
{
	pit_write(&pit, port, value, now);
}

static u8 in(unsigned int port)
{
	return pit_read(&pit, port, now);
}

static bool level(unsigned int channel)
{
	return pit_output(&pit, channel, now);
}

static void load(unsigned int channel, u8 control, u16 count)
{
	out(3, channel << 6 | 0x30 | control);
	out(channel, count);
	out(channel, count >> 8);
}

static unsigned int counter(unsigned int channel)
{
	unsigned int lsb;

	out(3, channel << 6); /* latch */
	lsb = in(channel);
	return lsb | in(channel) << 8;
}

static void gate2(bool on)
{
	pit_port61_write(&pit, on, now);
}

START_TEST(after_reset)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		ck_assert(!level(i));
		ck_assert(pit_next(&pit, i, now) == PIT_NEVER);
	}
	ck_assert_uint_eq(in(3), 0xff);
	ck_assert_uint_eq(pit_port61_read(&pit, now) & ~0x10, 0);
}
END_TEST

START_TEST(mode0)
{
	u64 begin = clock_of(now);

	load(0, 0, 5);
	ck_assert(!level(0));
	/* OUT rises N + 1 clocks after the count was written */
	ck_assert_uint_eq(pit_next(&pit, 0, now), at(begin + 6));
	pass(1);
	ck_assert_uint_eq(counter(0), 5);
	pass(4);
	ck_assert_uint_eq(counter(0), 1);
	ck_assert(!level(0));
	pass(1);
	ck_assert_uint_eq(counter(0), 0);
	ck_assert(level(0));
	ck_assert(pit_next(&pit, 0, now) == PIT_NEVER);
	pass(1); /* goes on below zero */
	ck_assert_uint_eq(counter(0), 0xffff);
	pass(100000);
	ck_assert(level(0));
	/* the first byte of a new count takes OUT down and stops it */
	out(0, 3);
	ck_assert(!level(0));
	pass(50);
	ck_assert(!level(0));
	ck_assert(pit_next(&pit, 0, now) == PIT_NEVER);
	out(0, 0);
	pass(4);
	ck_assert(level(0));
}
END_TEST

START_TEST(mode0_gate)
{
	load(2, 0, 10); /* the gate is low: loaded, but stands still */
	pass(1000);
	ck_assert_uint_eq(counter(2), 10);
	gate2(true);
	pass(4);
	ck_assert_uint_eq(counter(2), 6);
	gate2(false);
	pass(77);
	ck_assert_uint_eq(counter(2), 6);
	ck_assert(!(pit_port61_read(&pit, now) & 0x20));
	gate2(true);
	pass(6);
	ck_assert(pit_port61_read(&pit, now) & 0x20);
}
END_TEST

START_TEST(mode1)
{
	load(2, 2, 7);
	pass(100);
	ck_assert(level(2)); /* nothing without a trigger */
	gate2(true);
	pass(1);
	ck_assert(!level(2));
	ck_assert_uint_eq(counter(2), 7);
	pass(4);
	gate2(false); /* the level does not matter, the edge does */
	gate2(true);
	pass(7);
	ck_assert(!level(2));
	pass(1);
	ck_assert(level(2));
	/* a new count waits for the next trigger */
	out(2, 2);
	out(2, 0);
	pass(50);
	ck_assert(level(2));
	gate2(false);
	gate2(true);
	pass(2);
	ck_assert(!level(2));
	pass(1);
	ck_assert(level(2));
}
END_TEST

START_TEST(mode2)
{
	u64 begin = clock_of(now);
	unsigned int i;

	load(0, 4, 4);
	pass(1);
	for (i = 0; i < 40; i++) {
		ck_assert_uint_eq(counter(0), 4 - i % 4);
		ck_assert_uint_eq(level(0), i % 4 != 3);
		ck_assert_uint_eq(pit_next(&pit, 0, now),
				  at(begin + 1 + (i / 4 + 1) * 4));
		pass(1);
	}
	/* a new count is taken at the end of the period */
	out(0, 6);
	out(0, 0);
	ck_assert_uint_eq(counter(0), 4);
	pass(4);
	ck_assert_uint_eq(counter(0), 6);
	pass(5);
	ck_assert(!level(0));
}
END_TEST

START_TEST(mode2_gate)
{
	load(2, 4, 5);
	ck_assert(level(2));
	gate2(true);
	pass(5);
	ck_assert(!level(2));
	gate2(false); /* OUT at once high, standing still */
	ck_assert(level(2));
	pass(99);
	ck_assert(level(2));
	ck_assert(pit_next(&pit, 2, now) == PIT_NEVER);
	gate2(true); /* begins anew */
	pass(1);
	ck_assert_uint_eq(counter(2), 5);
}
END_TEST

START_TEST(mode3)
{
	unsigned int i;

	load(0, 6, 6);
	pass(1);
	for (i = 0; i < 30; i++) {
		ck_assert_uint_eq(level(0), i % 6 < 3);
		ck_assert_uint_eq(counter(0), 6 - 2 * (i % 3));
		pass(1);
	}
	load(0, 6, 5); /* odd: one clock more high than low */
	pass(1);
	for (i = 0; i < 30; i++) {
		static const u8 shown[] = { 4, 2, 0, 4, 2 };

		ck_assert_uint_eq(level(0), i % 5 < 3);
		ck_assert_uint_eq(counter(0), shown[i % 5]);
		pass(1);
	}
}
END_TEST

START_TEST(mode3_new_count)
{
	load(0, 6, 8);
	pass(2); /* second clock of the high half */
	out(0, 20);
	out(0, 0);
	pass(2);
	ck_assert(level(0));
	pass(1); /* the low half is one of the new count */
	ck_assert(!level(0));
	pass(9);
	ck_assert(!level(0));
	pass(1);
	ck_assert(level(0));
	ck_assert_uint_eq(counter(0), 20);
}
END_TEST

START_TEST(mode4)
{
	load(0, 8, 3);
	ck_assert(level(0));
	pass(3);
	ck_assert(level(0));
	pass(1);
	ck_assert(!level(0));
	pass(1);
	ck_assert(level(0));
	pass(65536);
	ck_assert(level(0)); /* no second strobe by itself */
	ck_assert_uint_eq(counter(0), 0xffff);
}
END_TEST

START_TEST(mode5)
{
	load(2, 10, 3);
	pass(50);
	ck_assert(level(2));
	gate2(true);
	pass(3);
	ck_assert(level(2));
	pass(1);
	ck_assert(!level(2));
	pass(1);
	ck_assert(level(2));
}
END_TEST

START_TEST(access_and_latch)
{
	out(3, 0x14); /* channel 0, LSB, mode 2 */
	out(0, 0x80);
	pass(1);
	ck_assert_uint_eq(in(0), 0x80);
	pass(0x10);
	ck_assert_uint_eq(in(0), 0x70);
	out(3, 0x24); /* MSB */
	out(0, 0x80);
	pass(1);
	ck_assert_uint_eq(in(0), 0x80);
	pass(0x100);
	ck_assert_uint_eq(in(0), 0x7f);
	load(0, 4, 0x1234);
	pass(1);
	ck_assert_uint_eq(in(0), 0x34); /* not latched: as it runs */
	pass(0x100);
	ck_assert_uint_eq(in(0), 0x11);
	ck_assert_uint_eq(in(0), 0x34);
	in(0);
	out(3, 0);
	pass(0x55);
	out(3, 0); /* latched already */
	ck_assert_uint_eq(in(0), 0x34);
	pass(0x1);
	ck_assert_uint_eq(in(0), 0x11);
	ck_assert_uint_eq(in(0), 0x34 - 0x56 + 0x100);
}
END_TEST

START_TEST(read_back)
{
	load(0, 4, 0x1000);
	out(3, 0xe2); /* status of channel 0: not loaded yet */
	ck_assert_uint_eq(in(0), 0x80 | 0x40 | 0x34);
	pass(2);
	out(3, 0xc2); /* count and status */
	pass(9);
	out(3, 0xe2); /* latched already */
	ck_assert_uint_eq(in(0), 0x80 | 0x34);
	ck_assert_uint_eq(in(0), 0xff);
	ck_assert_uint_eq(in(0), 0x0f);
	out(3, 0xd0 | 0x04); /* count only, channel 1: nothing for 0 */
	out(3, 0x80); /* plain latch of channel 2 */
	ck_assert_uint_eq(in(0), 0x1000 - 10 - 0xf00);
	out(3, 0xe0 | 0x0c); /* status of 1 and 2 */
	ck_assert_uint_eq(in(1), 0x40 | 0x30);
	ck_assert_uint_eq(in(2), 0x40 | 0x30);
}
END_TEST

START_TEST(decimal)
{
	load(0, 5, 0x1000);
	pass(1);
	ck_assert_uint_eq(counter(0), 0x1000);
	pass(1);
	ck_assert_uint_eq(counter(0), 0x0999);
	pass(999);
	ck_assert_uint_eq(counter(0), 0x1000);
	load(0, 1, 0); /* 10000 */
	pass(1);
	ck_assert_uint_eq(counter(0), 0);
	pass(1);
	ck_assert_uint_eq(counter(0), 0x9999);
	ck_assert_uint_eq(pit_next(&pit, 0, now), at(clock_of(now) + 9999));
	load(0, 4, 0); /* binary: 65536 */
	ck_assert_uint_eq(pit_next(&pit, 0, now), at(clock_of(now) + 65537));
}
END_TEST

START_TEST(port61)
{
	unsigned int i, toggles = 0;
	u8 last, v;

	pit_port61_write(&pit, 0xff, now);
	ck_assert_uint_eq(pit_port61_read(&pit, now) & 0xef, 0x0f);
	last = pit_port61_read(&pit, now) & 0x10;
	for (i = 0; i < 1000; i++) { /* 10 ms */
		now += 10000;
		v = pit_port61_read(&pit, now) & 0x10;
		toggles += v != last;
		last = v;
	}
	ck_assert_uint_ge(toggles, 660); /* every 15.1 us */
	ck_assert_uint_le(toggles, 666);
}
END_TEST

/* 100 Hz for ten minutes: not a tick too many or too few. */
START_TEST(rate)
{
	u64 end, ticks = 0, next;

	load(0, 4, 11932);
	end = now + 600 * NSEC;
	while ((next = pit_next(&pit, 0, now)) <= end) {
		HOT(next > now);
		HOT(clock_of(next) > clock_of(next - 1));
		now = next;
		ticks++;
	}
	ck_assert_uint_eq(ticks, 600ull * PIT_HZ / 11932);
}
END_TEST

/* ---- a counting element that counts ------------------------------------------ */

struct slow {
	unsigned int mode, ce, cr, loads;
	bool out, gate, cr_full, counting, trigger, loaded, odd;
};

static void slow_program(struct slow *s, unsigned int mode)
{
	bool gate = s->gate;

	memset(s, 0, sizeof(*s));
	s->mode = mode;
	s->gate = gate;
	s->out = mode != 0;
}

static void slow_count(struct slow *s, unsigned int n)
{
	s->cr = n;
	s->cr_full = true;
	if (s->mode == 0)
		s->out = false;
}

static void slow_gate(struct slow *s, bool gate)
{
	if (gate && !s->gate)
		s->trigger = true;
	s->gate = gate;
	if (!gate && s->mode >= 2 && s->mode <= 4)
		s->out = true;
}

static void slow_load(struct slow *s)
{
	s->ce = s->cr;
	s->odd = s->cr & 1;
	if (s->mode == 3)
		s->ce &= ~1u;
	s->cr_full = false;
	s->loaded = true;
	s->counting = true;
}

/* One clock pulse. */
static void slow_clock(struct slow *s)
{
	bool trigger = s->trigger;

	s->trigger = false;
	switch (s->mode) {
	case 0:
	case 4:
		if (s->mode == 4 && s->loaded && !s->out)
			s->out = true;
		if (s->cr_full) {
			slow_load(s);
		} else if (s->loaded && s->gate) {
			s->ce = (s->ce - 1) & 0xffff;
			if (!s->ce && s->counting) {
				s->out = s->mode == 0;
				s->counting = false;
			}
		}
		break;
	case 1:
	case 5:
		if (s->mode == 5 && !s->out)
			s->out = true;
		if (trigger && (s->loaded || s->cr_full)) {
			slow_load(s);
			s->out = s->mode == 5;
		} else if (s->loaded) {
			s->ce = (s->ce - 1) & 0xffff;
			if (!s->ce && s->counting) {
				s->out = s->mode == 1;
				s->counting = false;
			}
		}
		break;
	case 2:
		if (trigger || (s->cr_full && !s->loaded) ||
		    (s->loaded && s->gate && s->ce == 1)) {
			if (s->loaded || s->cr_full)
				slow_load(s);
			s->out = true;
		} else if (s->loaded && s->gate) {
			s->ce--;
			s->out = s->ce != 1;
		}
		break;
	case 3:
		if (trigger || (s->cr_full && !s->loaded)) {
			if (s->loaded || s->cr_full)
				slow_load(s);
			s->out = true;
			break;
		}
		if (!s->loaded || !s->gate)
			break;
		/* high halves of odd counts have one clock more, at zero */
		if (s->out && s->odd ? s->ce == 0 : s->ce == 2) {
			bool high = s->out;

			slow_load(s);
			s->out = !high;
		} else {
			s->ce -= 2;
		}
		break;
	}
}

START_TEST(against_clock_by_clock)
{
	struct slow slow = {};
	unsigned int i, risen = 0, was;
	u64 next;

	srand(_i);
	for (i = 0; i < 4000; i++) {
		unsigned int what = rand() % 40, n = 3 + rand() % 20;

		if (what == 0) {
			unsigned int mode = rand() % 6;

			out(3, 0xb0 | mode << 1);
			slow_program(&slow, mode);
			out(2, n);
			out(2, 0);
			slow_count(&slow, n);
		} else if (what == 1 && slow.loaded) {
			out(2, n);
			out(2, 0);
			slow_count(&slow, n);
		} else if (what < 6) {
			bool on = rand() % 3;

			gate2(on);
			slow_gate(&slow, on);
		}
		next = pit_next(&pit, 2, now);
		was = level(2);
		slow_clock(&slow);
		pass(1);
		if (level(2) != slow.out)
			ck_abort_msg("seed %d step %u mode %u: OUT %d, not %d",
				     _i, i, slow.mode, level(2), slow.out);
		if (slow.loaded && counter(2) != slow.ce)
			ck_abort_msg("seed %d step %u mode %u: %u, not %u", _i,
				     i, slow.mode, counter(2), slow.ce);
		/* a rise is foretold, and no other */
		if ((next <= now) != (!was && slow.out))
			ck_abort_msg("seed %d step %u mode %u: rise", _i, i,
				     slow.mode);
		risen += !was && slow.out;
	}
	ck_assert_uint_gt(risen, 20);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pit");
	TCase *t = tcase_create("pit");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, after_reset);
	tcase_add_test(t, mode0);
	tcase_add_test(t, mode0_gate);
	tcase_add_test(t, mode1);
	tcase_add_test(t, mode2);
	tcase_add_test(t, mode2_gate);
	tcase_add_test(t, mode3);
	tcase_add_test(t, mode3_new_count);
	tcase_add_test(t, mode4);
	tcase_add_test(t, mode5);
	tcase_add_test(t, access_and_latch);
	tcase_add_test(t, read_back);
	tcase_add_test(t, decimal);
	tcase_add_test(t, port61);
	tcase_add_test(t, rate);
	tcase_add_loop_test(t, against_clock_by_clock, 0, 100);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
