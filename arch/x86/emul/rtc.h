/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a PC's real-time clock, an MC146818 with 128 bytes at ports 0x70 and
 * 0x71.  Time is handed in; the owner has timer, buses and locks.
 */
#ifndef AXVM_X86_RTC_H
#define AXVM_X86_RTC_H

#include <linux/types.h>

#define RTC_NEVER (~0ull)
#define RTC_BYTES 128u

/**
 * struct rtc - everything under the owner's lock
 * @index: register that port 0x71 stands for
 * @ram: all registers as written; those of the date hold it while the clock
 *	is stopped
 * @flags: register C: PF, AF, UF
 * @weekday: days from the date's weekday to the one that was set
 * @base: nanoseconds since 1970 at time 0
 * @seen: time up to which @flags is right
 */
struct rtc {
	u8 index;
	u8 ram[RTC_BYTES];
	u8 flags;
	u8 weekday;
	u64 base;
	u64 seen;
};

/** rtc_init() - as when the battery was put in: zeroed, running */
void rtc_init(struct rtc *rtc);

/** rtc_reset() - the reset pin: interrupts off; time and RAM stay */
void rtc_reset(struct rtc *rtc);

/** rtc_wall() - what time it is for the clock, ns since 1970 */
u64 rtc_wall(const struct rtc *rtc, u64 now);
/** rtc_set_wall() - set it, from outside; @now may have been turned back */
void rtc_set_wall(struct rtc *rtc, u64 wall, u64 now);

/** rtc_read() - ports 0x70 (@port 0, write-only) and 0x71 (1) */
u8 rtc_read(struct rtc *rtc, unsigned int port, u64 now);
void rtc_write(struct rtc *rtc, unsigned int port, u8 value, u64 now);

/** rtc_irq() - level of the interrupt line at @now (as "asserted") */
bool rtc_irq(struct rtc *rtc, u64 now);

/**
 * rtc_next() - when the line changes by itself
 *
 * Return: a time after @now, or RTC_NEVER: no interrupt is enabled, or the
 * line is asserted already and stays so until register C is read.
 */
u64 rtc_next(struct rtc *rtc, u64 now);

#endif /* AXVM_X86_RTC_H */
