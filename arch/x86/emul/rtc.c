// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the real-time clock by Motorola's MC146818 data sheet, with the century
 * where PC firmware keeps it.  Time of day is a number of nanoseconds that
 * is split into registers when they are read; while the guest stops the
 * clock to set it, they are plain memory.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/rtc.h"

#define NSEC 1000000000ull
#define CRYSTAL 32768u

enum {
	SECONDS,
	SECONDS_ALARM,
	MINUTES,
	MINUTES_ALARM,
	HOURS,
	HOURS_ALARM,
	WEEKDAY,
	DAY,
	MONTH,
	YEAR,
	REG_A,
	REG_B,
	REG_C,
	REG_D,
	CENTURY = 0x32,
};

#define A_UIP BIT(7)
#define A_DIVIDER GENMASK(6, 4)
#define A_RATE GENMASK(3, 0)
#define DIVIDER_RUNS 2u /* 32768 Hz; everything else stands still */

#define B_SET BIT(7)
#define B_PIE BIT(6)
#define B_AIE BIT(5)
#define B_UIE BIT(4)
#define B_SQWE BIT(3)
#define B_BINARY BIT(2)
#define B_24H BIT(1)

#define C_IRQF BIT(7)
#define C_PF BIT(6)
#define C_AF BIT(5)
#define C_UF BIT(4)
#define C_FLAGS (C_PF | C_AF | C_UF) /* in the places of B's enables */

#define D_VALID BIT(7)

#define HOUR_PM BIT(7)
#define ALARM_ANY 0xc0u

/* An update: 244 us notice, 1984 us at work. */
#define UIP_NS 2228000u
/* Releasing the divider: the first update comes half a second later. */
#define RELEASE_NS (NSEC / 2)

#define HOUR_S 3600u
#define DAY_S 86400u

/* ---- dates ------------------------------------------------------------------- */

struct date {
	u32 year;
	u32 month; /* 1-12 */
	u32 day; /* 1-31 */
	u32 hour, minute, second;
};

/*
 * Years are counted from March here, so that the leap day is the last.  In 400
 * of them there are 146097 days.
 */
static u64 days_before(u32 year, u32 month, u32 day)
{
	u64 y = month > 2 ? year : year - 1;
	u32 m = (month + 9) % 12; /* March is 0 */

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1;
}

#define DAYS_1970 719468u /* days_before(1970, 1, 1) */

static u64 date_to_seconds(const struct date *d)
{
	return (days_before(d->year, d->month, d->day) - DAYS_1970) * DAY_S +
	       d->hour * HOUR_S + d->minute * 60 + d->second;
}

static void seconds_to_date(u64 seconds, struct date *d)
{
	u64 days = seconds / DAY_S + DAYS_1970;
	u32 of_day = seconds % DAY_S;
	u32 cycle = days % 146097;
	u32 year =
		(cycle - cycle / 1460 + cycle / 36524 - cycle / 146096) / 365;
	u32 of_year = cycle - (year * 365 + year / 4 - year / 100);
	u32 m = (5 * of_year + 2) / 153;

	d->day = of_year - (153 * m + 2) / 5 + 1;
	d->month = m < 10 ? m + 3 : m - 9;
	d->year = days / 146097 * 400 + year + (m >= 10);
	d->hour = of_day / HOUR_S;
	d->minute = of_day / 60 % 60;
	d->second = of_day % 60;
}

/* ---- formats of registers ------------------------------------------------------ */

static u8 encode(const struct rtc *rtc, u32 v)
{
	return rtc->ram[REG_B] & B_BINARY ? v : v / 10 % 10 << 4 | v % 10;
}

static u32 decode(const struct rtc *rtc, u8 v)
{
	return rtc->ram[REG_B] & B_BINARY ? v : (v >> 4) * 10 + (v & 15);
}

static u8 encode_hour(const struct rtc *rtc, u32 hour)
{
	if (rtc->ram[REG_B] & B_24H)
		return encode(rtc, hour);
	return encode(rtc, hour % 12 ? hour % 12 : 12) |
	       (hour >= 12 ? HOUR_PM : 0);
}

static u32 decode_hour(const struct rtc *rtc, u8 v)
{
	if (rtc->ram[REG_B] & B_24H)
		return decode(rtc, v);
	return decode(rtc, v & ~HOUR_PM) % 12 + (v & HOUR_PM ? 12 : 0);
}

/* ---- the clock ------------------------------------------------------------------ */

static bool divider_runs(const struct rtc *rtc)
{
	return FIELD_GET(A_DIVIDER, rtc->ram[REG_A]) == DIVIDER_RUNS;
}

static bool clock_runs(const struct rtc *rtc)
{
	return divider_runs(rtc) && !(rtc->ram[REG_B] & B_SET);
}

u64 rtc_wall(const struct rtc *rtc, u64 now)
{
	return rtc->base + now;
}

static u64 rtc_seconds(const struct rtc *rtc, u64 now)
{
	return rtc_wall(rtc, now) / NSEC;
}

/* 1970 began on a Thursday; 1 is Sunday. */
static u32 date_weekday(u64 seconds)
{
	return (seconds / DAY_S + 4) % 7;
}

/* Write the date into its registers. */
static void rtc_freeze(struct rtc *rtc, u64 now)
{
	u64 seconds = rtc_seconds(rtc, now);
	struct date d;

	seconds_to_date(seconds, &d);
	rtc->ram[SECONDS] = encode(rtc, d.second);
	rtc->ram[MINUTES] = encode(rtc, d.minute);
	rtc->ram[HOURS] = encode_hour(rtc, d.hour);
	rtc->ram[WEEKDAY] =
		encode(rtc, (date_weekday(seconds) + rtc->weekday) % 7 + 1);
	rtc->ram[DAY] = encode(rtc, d.day);
	rtc->ram[MONTH] = encode(rtc, d.month);
	rtc->ram[YEAR] = encode(rtc, d.year % 100);
	rtc->ram[CENTURY] = encode(rtc, d.year / 100);
}

/*
 * Take it from them, and go on at the same fraction of a second.  What is no
 * date becomes the nearest: the clock only has to stay sane.
 */
static void rtc_thaw(struct rtc *rtc, u64 now)
{
	struct date d = {
		.second = decode(rtc, rtc->ram[SECONDS]),
		.minute = decode(rtc, rtc->ram[MINUTES]),
		.hour = decode_hour(rtc, rtc->ram[HOURS]),
		.day = clamp_t(u32, decode(rtc, rtc->ram[DAY]), 1, 31),
		.month = clamp_t(u32, decode(rtc, rtc->ram[MONTH]), 1, 12),
		.year = clamp_t(u32,
				decode(rtc, rtc->ram[CENTURY]) * 100 +
					decode(rtc, rtc->ram[YEAR]) % 100,
				1970, 2399),
	};
	u64 fraction = rtc_wall(rtc, now) % NSEC;
	u64 seconds = date_to_seconds(&d);

	rtc->weekday =
		(decode(rtc, rtc->ram[WEEKDAY]) + 13 - date_weekday(seconds)) %
		7;
	rtc->base = seconds * NSEC + fraction - now;
}

void rtc_set_wall(struct rtc *rtc, u64 wall, u64 now)
{
	rtc->base = wall - now;
	rtc->seen = now;
}

/* ---- alarm ------------------------------------------------------------------------ */

/*
 * An alarm register as the number it stands for: ANY, or beyond @limit when
 * it can never match.
 */
#define ANY (~0u)

static u32 alarm_of(const struct rtc *rtc, unsigned int reg)
{
	u8 v = rtc->ram[reg];

	if ((v & ALARM_ANY) == ALARM_ANY)
		return ANY;
	return reg == HOURS_ALARM ? decode_hour(rtc, v) : decode(rtc, v);
}

/* The first number from @from on that @want allows, or @limit. */
static u32 alarm_first(u32 want, u32 from, u32 limit)
{
	if (want == ANY)
		return from;
	return want >= from && want < limit ? want : limit;
}

/*
 * Second of the day of the first match from @from on; DAY_S: none today.  From
 * seconds to hours: what does not fit any more carries into the next, and a
 * higher one that moved lets the lower ones begin anew.
 */
static u32 alarm_today(const struct rtc *rtc, u32 from)
{
	u32 hour = alarm_of(rtc, HOURS_ALARM), h = from / HOUR_S;
	u32 minute = alarm_of(rtc, MINUTES_ALARM), m = from / 60 % 60;
	u32 second = alarm_of(rtc, SECONDS_ALARM), s;
	u32 first_m = alarm_first(minute, 0, 60);
	u32 first_s = alarm_first(second, 0, 60), at;

	if (first_m == 60 || first_s == 60)
		return DAY_S;
	s = alarm_first(second, from % 60, 60);
	if (s == 60)
		m++;
	at = alarm_first(minute, m, 60);
	if (at == 60)
		h++;
	if (s == 60 || at != m)
		s = first_s;
	m = at == 60 ? first_m : at;
	at = alarm_first(hour, h, 24);
	if (at == 24)
		return DAY_S;
	if (at != h)
		return at * HOUR_S + first_m * 60 + first_s;
	return h * HOUR_S + m * 60 + s;
}

/* The first second from @from on at which the alarm goes; RTC_NEVER. */
static u64 alarm_next(const struct rtc *rtc, u64 from)
{
	u64 day = from / DAY_S;
	u32 s = alarm_today(rtc, from % DAY_S);

	if (s == DAY_S) {
		day++;
		s = alarm_today(rtc, 0);
	}
	return s == DAY_S ? RTC_NEVER : day * DAY_S + s;
}

/* ---- flags ------------------------------------------------------------------------ */

/* Rates 1 and 2 are those of 8 and 9: the time base is too slow for more. */
static unsigned int rate_shift(const struct rtc *rtc)
{
	unsigned int rate = FIELD_GET(A_RATE, rtc->ram[REG_A]);

	return (rate < 3 ? rate + 7 : rate) - 1;
}

static bool periodic_runs(const struct rtc *rtc)
{
	return divider_runs(rtc) && FIELD_GET(A_RATE, rtc->ram[REG_A]);
}

/* Periods of the periodic interrupt that ended since 1970. */
static u64 periods(const struct rtc *rtc, u64 now)
{
	u64 wall = rtc_wall(rtc, now);

	return (wall / NSEC * CRYSTAL + wall % NSEC * CRYSTAL / NSEC) >>
	       rate_shift(rtc);
}

/* Flag what happened until @now. */
static void rtc_sync(struct rtc *rtc, u64 now)
{
	u64 then = rtc->seen;

	rtc->seen = now;
	if (now <= then)
		return;
	if (periodic_runs(rtc) && periods(rtc, now) != periods(rtc, then))
		rtc->flags |= C_PF;
	if (!clock_runs(rtc) || rtc_seconds(rtc, now) == rtc_seconds(rtc, then))
		return;
	rtc->flags |= C_UF;
	if (alarm_next(rtc, rtc_seconds(rtc, then) + 1) <=
	    rtc_seconds(rtc, now))
		rtc->flags |= C_AF;
}

static bool rtc_asserted(const struct rtc *rtc)
{
	return rtc->flags & rtc->ram[REG_B] & C_FLAGS;
}

bool rtc_irq(struct rtc *rtc, u64 now)
{
	rtc_sync(rtc, now);
	return rtc_asserted(rtc);
}

static u64 next_period(const struct rtc *rtc, u64 now)
{
	u64 clock = (periods(rtc, now) + 1) << rate_shift(rtc);

	return clock / CRYSTAL * NSEC +
	       (clock % CRYSTAL * NSEC + CRYSTAL - 1) / CRYSTAL - rtc->base;
}

u64 rtc_next(struct rtc *rtc, u64 now)
{
	u8 enabled = rtc->ram[REG_B];
	u64 next = RTC_NEVER, s;

	rtc_sync(rtc, now);
	if (rtc_asserted(rtc))
		return RTC_NEVER;
	if (enabled & B_PIE && periodic_runs(rtc))
		next = next_period(rtc, now);
	if (!clock_runs(rtc))
		return next;
	s = rtc_seconds(rtc, now) + 1;
	if (enabled & B_UIE)
		next = min(next, s * NSEC - rtc->base);
	if (!(enabled & B_AIE))
		return next;
	s = alarm_next(rtc, s);
	return s == RTC_NEVER ? next : min(next, s * NSEC - rtc->base);
}

/* ---- registers ---------------------------------------------------------------------- */

static bool is_date(unsigned int reg)
{
	return reg == CENTURY || (reg <= YEAR && reg != SECONDS_ALARM &&
				  reg != MINUTES_ALARM && reg != HOURS_ALARM);
}

static u8 read_a(const struct rtc *rtc, u64 now)
{
	bool update = clock_runs(rtc) &&
		      rtc_wall(rtc, now) % NSEC >= NSEC - UIP_NS;

	return rtc->ram[REG_A] | (update ? A_UIP : 0);
}

static u8 read_c(struct rtc *rtc)
{
	u8 value = rtc->flags | (rtc_asserted(rtc) ? C_IRQF : 0);

	rtc->flags = 0;
	return value;
}

u8 rtc_read(struct rtc *rtc, unsigned int port, u64 now)
{
	unsigned int reg = rtc->index % RTC_BYTES;

	if (!port)
		return 0xff;
	rtc_sync(rtc, now);
	switch (reg) {
	case REG_A:
		return read_a(rtc, now);
	case REG_C:
		return read_c(rtc);
	case REG_D:
		return D_VALID;
	}
	if (is_date(reg) && clock_runs(rtc))
		rtc_freeze(rtc, now);
	return rtc->ram[reg];
}

/*
 * A or B changes: the clock may stop, or go on.  Stopping it takes the date
 * in the format it had.
 */
static void control_write(struct rtc *rtc, unsigned int reg, u8 value, u64 now)
{
	bool ran = clock_runs(rtc), divided = divider_runs(rtc);

	if (ran)
		rtc_freeze(rtc, now);
	rtc->ram[reg] = value;
	if (!divided && divider_runs(rtc))
		rtc->base += RELEASE_NS - rtc_wall(rtc, now) % NSEC;
	if (!ran && clock_runs(rtc))
		rtc_thaw(rtc, now);
}

static void data_write(struct rtc *rtc, u8 value, u64 now)
{
	unsigned int reg = rtc->index % RTC_BYTES;

	switch (reg) {
	case REG_A:
		control_write(rtc, reg, value & ~A_UIP, now);
		return;
	case REG_B: /* SET turns update interrupts off */
		if (value & B_SET)
			value &= ~B_UIE;
		control_write(rtc, reg, value, now);
		return;
	case REG_C:
	case REG_D:
		return;
	}
	if (!is_date(reg) || !clock_runs(rtc)) {
		rtc->ram[reg] = value;
		return;
	}
	rtc_freeze(rtc, now);
	rtc->ram[reg] = value;
	rtc_thaw(rtc, now);
}

void rtc_write(struct rtc *rtc, unsigned int port, u8 value, u64 now)
{
	rtc_sync(rtc, now);
	if (port)
		data_write(rtc, value, now);
	else
		rtc->index = value % RTC_BYTES; /* bit 7: NMI mask */
}

void rtc_reset(struct rtc *rtc)
{
	rtc->ram[REG_B] &= ~(B_PIE | B_AIE | B_UIE | B_SQWE);
	rtc->flags = 0;
	rtc->index = 0;
}

/* What firmware leaves behind: BCD, 24 hours, 1024 Hz. */
void rtc_init(struct rtc *rtc)
{
	*rtc = (struct rtc){};
	rtc->ram[REG_A] = FIELD_PREP(A_DIVIDER, DIVIDER_RUNS) | 6;
	rtc->ram[REG_B] = B_24H;
}
