// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/rtc.c: every register of the MC146818 by its
 * data sheet, dates against the C library, alarms against going through the
 * seconds one by one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arch/x86/emul/rtc.h"

#define NSEC 1000000000ull
#define START 1709251195ull /* 2024-02-29 23:59:55 UTC, a Thursday */

/* ck_assert() costs a system call, which loops that run often cannot afford. */
#define HOT(c)                                  \
	do {                                    \
		if (!(c))                       \
			ck_abort_msg("%s", #c); \
	} while (0)

static struct rtc rtc;
static u64 now;

static void out(unsigned int reg, u8 value)
{
	rtc_write(&rtc, 0, reg, now);
	rtc_write(&rtc, 1, value, now);
}

static u8 in(unsigned int reg)
{
	rtc_write(&rtc, 0, reg | 0x80, now);
	return rtc_read(&rtc, 1, now);
}

static bool irq(void)
{
	return rtc_irq(&rtc, now);
}

static void setup(void)
{
	now = 7 * NSEC;
	rtc_init(&rtc);
	rtc_set_wall(&rtc, START * NSEC, now);
}

static unsigned int bcd(unsigned int v)
{
	return v / 10 * 16 + v % 10;
}

START_TEST(after_reset)
{
	ck_assert_uint_eq(in(0x0a), 0x26);
	ck_assert_uint_eq(in(0x0b), 0x02);
	ck_assert_uint_eq(in(0x0c), 0);
	ck_assert_uint_eq(in(0x0d), 0x80);
	ck_assert_uint_eq(rtc_read(&rtc, 0, now), 0xff);
	ck_assert(!irq());
	ck_assert(rtc_next(&rtc, now) == RTC_NEVER);
}
END_TEST

START_TEST(ram)
{
	unsigned int i;

	for (i = 0x0e; i < 128; i++)
		if (i != 0x32)
			out(i, i ^ 0x5a);
	out(0x0d, 0);
	now += 1000 * NSEC;
	rtc_reset(&rtc);
	for (i = 0x0e; i < 128; i++)
		if (i != 0x32)
			ck_assert_uint_eq(in(i), i ^ 0x5a);
	ck_assert_uint_eq(in(0x0d), 0x80);
	/* bit 7 of the index is the NMI's */
	rtc_write(&rtc, 0, 0x80 | 0x40, now);
	ck_assert_uint_eq(rtc_read(&rtc, 1, now), 0x40 ^ 0x5a);
}
END_TEST

static void check_date(const struct tm *tm)
{
	HOT(in(0) == bcd(tm->tm_sec));
	HOT(in(2) == bcd(tm->tm_min));
	HOT(in(4) == bcd(tm->tm_hour));
	HOT(in(6) == tm->tm_wday + 1);
	HOT(in(7) == bcd(tm->tm_mday));
	HOT(in(8) == bcd(tm->tm_mon + 1));
	HOT(in(9) == bcd(tm->tm_year % 100));
	HOT(in(0x32) == bcd((tm->tm_year + 1900) / 100));
}

START_TEST(dates)
{
	struct tm tm;
	time_t t;

	gmtime_r(&(time_t){ START }, &tm);
	check_date(&tm);
	now += 5 * NSEC; /* over midnight, into March */
	gmtime_r(&(time_t){ START + 5 }, &tm);
	ck_assert_int_eq(tm.tm_mon, 2);
	check_date(&tm);
	for (t = 0; t < 13500000000; t += 86400 * 31 + 12345) { /* to 2397 */
		rtc_set_wall(&rtc, t * NSEC, now);
		gmtime_r(&t, &tm);
		check_date(&tm);
	}
}
END_TEST

/* As drivers set it: stop, reset the divider, write, go on. */
static void set_date(const struct tm *tm)
{
	u8 a = in(0x0a), b = in(0x0b);

	out(0x0b, b | 0x80);
	out(0x0a, a | 0x70);
	out(0, bcd(tm->tm_sec));
	out(2, bcd(tm->tm_min));
	out(4, bcd(tm->tm_hour));
	out(6, tm->tm_wday + 1);
	out(7, bcd(tm->tm_mday));
	out(8, bcd(tm->tm_mon + 1));
	out(9, bcd(tm->tm_year % 100));
	out(0x32, bcd((tm->tm_year + 1900) / 100));
	now += 3 * NSEC; /* nothing moves */
	HOT(in(0) == bcd(tm->tm_sec));
	out(0x0b, b);
	out(0x0a, a);
}

START_TEST(setting)
{
	struct tm tm;
	time_t t;

	for (t = 1; t < 13500000000; t += 86400 * 53 + 54321) {
		gmtime_r(&t, &tm);
		set_date(&tm);
		ck_assert_uint_eq(rtc_wall(&rtc, now) / NSEC, t);
		check_date(&tm);
		now += NSEC / 2 - 1; /* the next update: half a second */
		check_date(&tm);
		now++;
		t++;
		gmtime_r(&t, &tm);
		check_date(&tm);
	}
	/* a weekday that is not the date's goes on from there */
	out(6, 3);
	ck_assert_uint_eq(in(6), 3);
	now += 86400 * NSEC;
	ck_assert_uint_eq(in(6), 4);
}
END_TEST

/* A register written while the clock runs; the fraction of a second stays. */
START_TEST(running_write)
{
	now += NSEC / 4;
	out(2, 0x30);
	ck_assert_uint_eq(rtc_wall(&rtc, now),
			  (START - 29 * 60) * NSEC + NSEC / 4);
	out(0, 0x59);
	now += NSEC * 3 / 4;
	ck_assert_uint_eq(in(0), 0);
	ck_assert_uint_eq(in(2), 0x31);
	/* SET stops it without touching the fraction */
	out(0x0b, 0x82);
	now += 10 * NSEC + NSEC / 8;
	ck_assert_uint_eq(in(0), 0);
	out(0x0b, 0x02);
	ck_assert_uint_eq(rtc_wall(&rtc, now) % NSEC, NSEC / 8);
	ck_assert_uint_eq(in(0), 0);
}
END_TEST

START_TEST(formats)
{
	unsigned int hour;

	for (hour = 0; hour < 24; hour++) {
		unsigned int h12 = hour % 12 ? hour % 12 : 12;
		unsigned int pm = hour >= 12 ? 0x80 : 0;

		rtc_set_wall(&rtc, (hour * 3600 + 59 * 60 + 58) * NSEC, now);
		out(0x0b, 0x02);
		ck_assert_uint_eq(in(4), bcd(hour));
		out(0x0b, 0x00);
		ck_assert_uint_eq(in(4), bcd(h12) | pm);
		out(0x0b, 0x06);
		ck_assert_uint_eq(in(4), hour);
		ck_assert_uint_eq(in(2), 59);
		ck_assert_uint_eq(in(0x32), 19);
		out(0x0b, 0x04);
		ck_assert_uint_eq(in(4), h12 | pm);
		/* and back, through a write of the same */
		out(4, h12 | pm);
		ck_assert_uint_eq(rtc_wall(&rtc, now) / NSEC,
				  hour * 3600 + 59 * 60 + 58);
		out(0x0b, 0x00);
		out(4, bcd(h12) | pm);
		ck_assert_uint_eq(rtc_wall(&rtc, now) / NSEC,
				  hour * 3600 + 59 * 60 + 58);
	}
}
END_TEST

START_TEST(update_in_progress)
{
	u64 second = START * NSEC;

	rtc_set_wall(&rtc, second, now);
	ck_assert_uint_eq(in(0x0a), 0x26);
	now += NSEC - 2228001;
	ck_assert_uint_eq(in(0x0a), 0x26);
	now++; /* 244 us before an update of 1984 us */
	ck_assert_uint_eq(in(0x0a), 0xa6);
	ck_assert_uint_eq(in(0), 0x55);
	now += 2227999;
	ck_assert_uint_eq(in(0x0a), 0xa6);
	now++;
	ck_assert_uint_eq(in(0x0a), 0x26);
	ck_assert_uint_eq(in(0), 0x56);
	now += NSEC - 1;
	out(0x0b, 0x82); /* SET: no update */
	ck_assert_uint_eq(in(0x0a), 0x26);
	out(0x0a, 0xff); /* UIP cannot be written */
	ck_assert_uint_eq(in(0x0a), 0x7f);
}
END_TEST

START_TEST(update_interrupt)
{
	unsigned int i;

	now += NSEC / 3;
	in(0x0c);
	now += NSEC;
	ck_assert_uint_eq(in(0x0c) & 0xbf, 0x10); /* flagged, no interrupt */
	out(0x0b, 0x12);
	for (i = 0; i < 5; i++) {
		u64 next = rtc_next(&rtc, now);

		ck_assert_uint_eq(rtc_wall(&rtc, next) % NSEC, 0);
		now = next - 1;
		ck_assert(!irq());
		now++;
		ck_assert(irq());
		ck_assert(rtc_next(&rtc, now) == RTC_NEVER);
		now += 10 * NSEC; /* stays until it is read */
		ck_assert(irq());
		ck_assert_uint_eq(in(0x0c) & 0x9f, 0x90);
		ck_assert(!irq());
		ck_assert_uint_eq(in(0x0c) & 0xf0, 0);
	}
	out(0x0b, 0x92); /* SET clears UIE */
	ck_assert_uint_eq(in(0x0b), 0x82);
	out(0x0b, 0x12);
	rtc_reset(&rtc);
	ck_assert_uint_eq(in(0x0b), 0x02);
}
END_TEST

START_TEST(periodic_interrupt)
{
	/* per second, for rates 1 to 15 */
	static const unsigned int rates[] = {
		0,   256, 128, 8192, 4096, 2048, 1024, 512,
		256, 128, 64,  32,   16,   8,	 4,    2,
	};
	unsigned int rate, n;
	u64 end, next;

	out(0x0b, 0x42);
	for (rate = 1; rate < 16; rate++) {
		out(0x0a, 0x20 | rate);
		in(0x0c);
		end = now + 10 * NSEC;
		for (n = 0; (next = rtc_next(&rtc, now)) < end; n++) {
			HOT(next > now);
			now = next - 1;
			HOT(!irq());
			now++;
			HOT(irq());
			HOT((in(0x0c) & 0xcf) == 0xc0);
		}
		now = end;
		ck_assert_uint_ge(n, rates[rate] * 10 - 1);
		ck_assert_uint_le(n, rates[rate] * 10 + 1);
	}
	out(0x0a, 0x20); /* none */
	in(0x0c);
	HOT(rtc_next(&rtc, now) == RTC_NEVER);
	now += NSEC;
	HOT(!irq());
	out(0x0a, 0x76); /* divider held */
	in(0x0c);
	now += NSEC;
	HOT(!irq());
	HOT(rtc_next(&rtc, now) == RTC_NEVER);
}
END_TEST

static bool alarm_matches(time_t t, u8 h, u8 m, u8 s)
{
	struct tm tm;

	gmtime_r(&t, &tm);
	return (h >= 0xc0 || h == bcd(tm.tm_hour)) &&
	       (m >= 0xc0 || m == bcd(tm.tm_min)) &&
	       (s >= 0xc0 || s == bcd(tm.tm_sec));
}

START_TEST(alarms)
{
	unsigned int n;

	srand(_i);
	for (n = 0; n < 100; n++) {
		u8 h = rand() % 3 ? bcd(rand() % 24) : 0xc0 + rand() % 64;
		u8 m = rand() % 3 ? bcd(rand() % 60) : 0xc0 + rand() % 64;
		u8 s = rand() % 3 ? bcd(rand() % 60) : 0xff;
		time_t t = 1700000000 + rand() % 10000000, u;

		rtc_set_wall(&rtc, t * NSEC + rand() % NSEC, now);
		out(1, s);
		out(3, m);
		out(5, h);
		out(0x0b, 0x02);
		in(0x0c);
		out(0x0b, 0x22);
		for (u = t + 1; !alarm_matches(u, h, m, s); u++)
			HOT(u < t + 90000);
		ck_assert_uint_eq(rtc_wall(&rtc, rtc_next(&rtc, now)),
				  u * NSEC);
		now = rtc_next(&rtc, now) - 1;
		HOT(!irq());
		now++;
		HOT(irq());
		ck_assert_uint_eq(in(0x0c) & 0xbf, 0xb0);
		HOT(!irq());
	}
}
END_TEST

START_TEST(alarm_never)
{
	static const u8 bad[][3] = {
		{ 0x24, 0, 0 },	      { 0, 0x60, 0 },	    { 0, 0, 0x7f },
		{ 0xff, 0x77, 0xff }, { 0xff, 0xff, 0x60 },
	};
	unsigned int i;

	out(0x0b, 0x22);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		out(5, bad[i][0]);
		out(3, bad[i][1]);
		out(1, bad[i][2]);
		in(0x0c);
		ck_assert(rtc_next(&rtc, now) == RTC_NEVER);
		now += 200000 * NSEC;
		ck_assert(!irq());
	}
}
END_TEST

START_TEST(random_accesses)
{
	unsigned int i;

	srand(_i);
	for (i = 0; i < 20000; i++) {
		u64 next;

		now += rand() % 4 ? rand() : (u64)rand() * 1000;
		switch (rand() % 4) {
		case 0:
			out(rand() % 128, rand());
			break;
		case 1:
			out(rand() % 16, rand());
			break;
		case 2:
			in(rand() % 16);
			break;
		case 3:
			next = rtc_next(&rtc, now);
			HOT(next > now);
			if (next == RTC_NEVER)
				break;
			HOT(!irq());
			now = next;
			HOT(irq());
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rtc");
	TCase *t = tcase_create("rtc");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, after_reset);
	tcase_add_test(t, ram);
	tcase_add_test(t, dates);
	tcase_add_test(t, setting);
	tcase_add_test(t, running_write);
	tcase_add_test(t, formats);
	tcase_add_test(t, update_in_progress);
	tcase_add_test(t, update_interrupt);
	tcase_add_test(t, periodic_interrupt);
	tcase_add_loop_test(t, alarms, 0, 5);
	tcase_add_test(t, alarm_never);
	tcase_add_loop_test(t, random_accesses, 0, 20);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
