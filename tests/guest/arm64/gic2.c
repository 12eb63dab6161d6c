// SPDX-License-Identifier: GPL-2.0
/*
 * A GICv2 from inside: more interrupts than list registers, taken one in the
 * other and ended in both modes, the second one (priority drop, and GICC_DIR
 * later) in any order; SGIs to itself; both timers.  Interrupts stay masked and are taken
 * by reading the interface.  OUT 0: how many expectations failed, OUT 1 ...:
 * the lines they stand in; OUT 31: how many were looked at.
 */
#include "lib.h"

#define EXPECT(c)                    \
	do {                         \
		OUT(31)++;           \
		EXPECT_AT(0, 29, c); \
	} while (0)

#define D(off) (*(volatile u32 *)(0x08000000ull + (off)))
#define DB(off) (*(volatile u8 *)(0x08000000ull + (off)))
#define C(off) (*(volatile u32 *)(0x08010000ull + (off)))

#define CTLR 0x0
#define PMR 0x4
#define IAR 0xc
#define EOIR 0x10
#define RPR 0x14
#define DIR 0x1000
#define SPLIT (1u << 9)

#define VTIMER 27
#define PTIMER 30
#define FIRST 64
#define DEPTH 14

static u32 bit_at(u32 off, u32 intid)
{
	return D(off + intid / 32 * 4) >> intid % 32 & 1;
}

static u32 active(u32 intid)
{
	return bit_at(0x300, intid);
}

static void pend(u32 intid)
{
	D(0x200 + intid / 32 * 4) = 1u << intid % 32;
}

/* What is told next; list registers may be filled anew meanwhile. */
static u32 take(void)
{
	u32 i, intid = 1023;

	for (i = 0; i < 1000 && intid >= 1020; i++)
		intid = C(IAR);
	return intid & 0x3ff;
}

static bool nothing(void)
{
	return C(IAR) >= 1020;
}

static void set_up(void)
{
	u32 i;

	D(0) = 1;
	C(PMR) = 0xf8;
	C(CTLR) = 1;
	for (i = 0; i < DEPTH; i++) {
		DB(0x400 + FIRST + i) = 0xe0 - 0x10 * i;
		DB(0x800 + FIRST + i) = 1;
		D(0xc00 + (FIRST + i) / 16 * 4) |= 2u << (FIRST + i) % 16 * 2;
	}
	DB(0x400 + VTIMER) = 0xa0;
	DB(0x400 + PTIMER) = 0xa0;
	D(0x108) = (1u << DEPTH) - 1;
	D(0x100) = 0xffff;
}

static void nested(bool look)
{
	u32 i;

	C(CTLR) = 1;
	for (i = 0; i < DEPTH; i++) {
		pend(FIRST + i);
		EXPECT(take() == FIRST + i);
		EXPECT(C(RPR) == 0xe0 - 0x10 * i);
	}
	for (i = 0; look && i < DEPTH; i++)
		EXPECT(active(FIRST + i));
	for (i = DEPTH; i--;)
		C(EOIR) = FIRST + i;
	EXPECT(nothing() && C(RPR) == 0xff);
	for (i = 0; i < DEPTH; i++)
		EXPECT(!active(FIRST + i));
}

/* The drop first, all of them; then the ends, @step apart. */
static void split(u32 step, bool look)
{
	u32 i;

	C(CTLR) = 1 | SPLIT;
	for (i = 0; i < DEPTH; i++) {
		pend(FIRST + i);
		EXPECT(take() == FIRST + i);
	}
	for (i = DEPTH; i--;)
		C(EOIR) = FIRST + i;
	EXPECT(C(RPR) == 0xff);
	for (i = 0; i < DEPTH; i++) {
		u32 intid = FIRST + i * step % DEPTH;

		if (look)
			EXPECT(active(intid));
		C(DIR) = intid;
		if (look)
			EXPECT(!active(intid));
	}
	for (i = 0; i < DEPTH; i++)
		EXPECT(!active(FIRST + i));
	/* each of them can come again */
	for (i = 0; i < DEPTH; i++) {
		pend(FIRST + i);
		EXPECT(take() == FIRST + i);
		C(EOIR) = FIRST + i;
		C(DIR) = FIRST + i;
	}
	EXPECT(nothing());
	C(CTLR) = 1;
}

static void to_itself(bool apart)
{
	u32 i;

	C(CTLR) = apart ? 1 | SPLIT : 1;
	D(0xf00) = 2u << 24 | 5;
	EXPECT(take() == 5);
	EXPECT(active(5));
	D(0xf00) = 2u << 24 | 5; /* again, while active */
	EXPECT(nothing());
	C(EOIR) = 5;
	if (apart)
		C(DIR) = 5;
	EXPECT(take() == 5);
	C(EOIR) = 5;
	if (apart)
		C(DIR) = 5;
	EXPECT(nothing() && !active(5));
	for (i = 0; i < 16; i++)
		D(0xf00) = 2u << 24 | i;
	for (i = 0; i < 16; i++) {
		EXPECT(take() == i);
		C(EOIR) = i;
		if (apart)
			C(DIR) = i;
	}
	EXPECT(nothing());
	C(CTLR) = 1;
}

/* It is due soon, or at once, and each time comes once. */
static void timer(u32 intid, u32 ahead, bool apart)
{
	bool physical = intid == PTIMER;
	u64 i, n, got;

	C(CTLR) = apart ? 1 | SPLIT : 1;
	for (i = 0; i < 20; i++) {
		if (physical) {
			WRITE(cntp_cval_el0, READ(cntpct_el0) + ahead);
			WRITE(cntp_ctl_el0, 1);
		} else {
			WRITE(cntv_cval_el0, READ(cntvct_el0) + ahead);
			WRITE(cntv_ctl_el0, 1);
		}
		for (n = 0, got = 1023; n < 10000000 && got >= 1020; n++)
			got = C(IAR) & 0x3ff;
		EXPECT(got == intid);
		EXPECT((physical ? READ(cntp_ctl_el0) : READ(cntv_ctl_el0)) ==
		       5);
		EXPECT(active(intid));
		WRITE(cntp_ctl_el0, 0);
		WRITE(cntv_ctl_el0, 0);
		C(EOIR) = intid;
		if (apart)
			C(DIR) = intid;
		EXPECT(nothing() && !active(intid));
	}
	C(CTLR) = 1;
}

void guest_main(u64 index)
{
	(void)index;
	set_up();
	EXPECT((D(4) & 31) == 3 && nothing());
	nested(true);
	nested(false);
	split(1, true);
	split(DEPTH - 1, true);
	split(3, false);
	to_itself(false);
	to_itself(true);
	D(0x100) = 1u << VTIMER | 1u << PTIMER;
	timer(VTIMER, 0, false);
	timer(VTIMER, 20000, true);
	timer(PTIMER, 0, false);
	timer(PTIMER, 0, true);
	timer(PTIMER, 20000, false);
	timer(PTIMER, 20000, true);
	EXPECT(C(DIR) == 0 && C(DIR + 4) == 0);
	C(DIR + 8) = ~0u;
	C(CTLR) = 0;
}
