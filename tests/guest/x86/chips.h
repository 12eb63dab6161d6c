/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What x86/chips.c is asked for (ARG 0), and where its results are (OUT +).
 */
#ifndef GUEST_X86_CHIPS_H
#define GUEST_X86_CHIPS_H

#define CHIPS_TESTS 0 /* everything once, then waits for the power button */
#define CHIPS_RESET 1 /* ARG 1: 0 port 0xcf9, 1 port 0x64, 2 port 0x92 */
#define CHIPS_STORM 2 /* random accesses, see storm() */
#define CHIPS_ECHO 3 /* echoes the console by interrupts until a '.' */
#define CHIPS_TICKS 4 /* counts ticks */

#define CHIPS_LINES 5 /* pin 10 edge, pin 11 level; counts */

#define CHIPS_IOAPIC_VER 0
#define CHIPS_EDGE_1 1
#define CHIPS_EDGE_2 2
#define CHIPS_LEVEL_REMOTE 3
#define CHIPS_LEVEL_COUNT 4
#define CHIPS_LEVEL_AFTER 5
#define CHIPS_EXTINT 6
#define CHIPS_PIT_PIC 7 /* PM timer ticks of 50 ms */
#define CHIPS_PIT_IOAPIC 8
#define CHIPS_PIT_CH2 9 /* of 10 ms */
#define CHIPS_RTC_DATE 10 /* century year month day hour minute second */
#define CHIPS_RTC_PERIODIC 11 /* PM timer ticks of 8/128 s */
#define CHIPS_PM_TSC 12
#define CHIPS_PM_TICKS 13
#define CHIPS_TSC_KHZ 14
#define CHIPS_PM_CNT 15
#define CHIPS_PM_STS 16
#define CHIPS_PCI 17
#define CHIPS_KBD 18
#define CHIPS_ABSENT 19
#define CHIPS_READY 20
#define CHIPS_SCI 21
#define CHIPS_ECHOED 22
#define CHIPS_ECHO_IRQS 23
#define CHIPS_ROUNDS 24
#define CHIPS_TICK_COUNT 25
#define CHIPS_TICK_PM 26
#define CHIPS_LINE_10 27
#define CHIPS_LINE_11 28

#endif /* GUEST_X86_CHIPS_H */
