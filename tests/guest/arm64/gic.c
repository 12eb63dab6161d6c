// SPDX-License-Identifier: GPL-2.0
/*
 * The GICv3 from inside: every class of registers, priorities and preemption,
 * more interrupts than list registers, states that the guest writes itself.
 * Interrupts stay masked and are taken by reading the interface.  OUT 0: how
 * many expectations failed, OUT 1 ...: the lines they stand in; OUT 31: how
 * many were looked at.
 */
#include "gic.h"

#define EXPECT(c)                    \
	do {                         \
		OUT(31)++;           \
		EXPECT_AT(0, 29, c); \
	} while (0)

#define D(off) MMIO(u32, GICD + (off))
#define R(off) MMIO(u32, SGI_FRAME(0) + (off))

static void identity(void)
{
	EXPECT((D(4) & 31) == 3); /* 128 INTIDs */
	EXPECT(D(4) >> 19 & 31);
	EXPECT(!(D(4) >> 17 & 1)); /* no LPIs */
	EXPECT((D(0xffe8) & 0xf0) == 0x30);
	EXPECT((MMIO(u32, GICR(0) + 0xffe8) & 0xf0) == 0x30);
	EXPECT((D(0) & 0x50) == 0x50);
	EXPECT(MMIO(u64, GICR(0) + 8) == 0x10); /* the last one, affinity 0 */
	EXPECT(D(0x3000) == 0);
	D(0x3000) = 1;
}

/* Set and clear registers of one bit each: words of @set. */
static void bits(volatile u32 *set, volatile u32 *clear, u32 mask)
{
	*clear = ~0u;
	EXPECT((*set & mask) == 0);
	*set = 0x5a5a00ff & mask;
	EXPECT((*set & mask) == (0x5a5a00ff & mask));
	EXPECT((*clear & mask) == (0x5a5a00ff & mask));
	*set = 0;
	*clear = 0x0000000f & mask;
	EXPECT((*set & mask) == (0x5a5a00f0 & mask));
	*clear = ~0u;
	EXPECT((*clear & mask) == 0);
	EXPECT(*(volatile u8 *)set == 0);
	EXPECT(*(volatile u16 *)set == 0);
}

static void registers(void)
{
	/* SPIs 64-95; SGIs and PPIs but for the timers */
	const u32 ppis = ~(1u << VTIMER | 1u << PTIMER);

	bits(&D(0x108), &D(0x188), ~0u);
	bits(&R(0x100), &R(0x180), ppis);
	D(0x108) = 0;
	bits(&D(0x208), &D(0x288), ~0u);
	bits(&R(0x200), &R(0x280), ppis);
	bits(&D(0x308), &D(0x388), ~0u);
	bits(&R(0x300), &R(0x380), ppis);
	D(0x88) = 0x12345678;
	EXPECT(D(0x88) == 0x12345678);
	D(0x88) = ~0u;
	D(0x440) = 0x10f83ca5;
	EXPECT(D(0x440) == 0x10f838a0);
	MMIO(u8, GICD + 0x441) = 0x77;
	EXPECT(D(0x440) == 0x10f870a0);
	EXPECT(MMIO(u8, GICD + 0x443) == 0x10);
	R(0x404) = 0x80604020;
	EXPECT(R(0x404) == 0x80604020);
	R(0x404) = 0;
	D(0xc10) = 0xa5a5a5a5;
	EXPECT(D(0xc10) == 0xa0a0a0a0);
	D(0xc10) = 0;
	EXPECT(R(0xc00) == 0xaaaaaaaa);
	MMIO(u64, IROUTER(70)) = 0x1200345678;
	EXPECT(MMIO(u64, IROUTER(70)) == 0x1200345678);
	EXPECT(MMIO(u32, IROUTER(70) + 4) == 0x12);
	MMIO(u32, IROUTER(70)) = 0;
	MMIO(u32, IROUTER(70) + 4) = 0;
	EXPECT(MMIO(u64, IROUTER(70)) == 0);
	/* past the last SPI */
	D(0x110) = ~0u;
	EXPECT(D(0x110) == 0);
}

/* What is told next; list registers may be filled anew meanwhile. */
static u32 take(void)
{
	u32 i, intid = SPURIOUS;

	for (i = 0; i < 1000 && intid >= 1020; i++)
		intid = ICC_READ(IAR1);
	return intid;
}

static u32 nothing(void)
{
	return ICC_READ(IAR1) >= 1020;
}

static void end(u32 intid)
{
	ICC_WRITE(EOIR1, intid);
}

static void pend(u32 intid)
{
	MMIO(u32, ISPENDR(intid)) = BIT_OF(intid);
}

static u32 active(u32 intid)
{
	return MMIO(u32, ISACTIVER(intid)) >> (intid & 31) & 1;
}

static u32 pending(u32 intid)
{
	return MMIO(u32, ISPENDR(intid)) >> (intid & 31) & 1;
}

static void one(void)
{
	gic_enable(40);
	gic_priority(40, 0x80);
	EXPECT(nothing());
	pend(40);
	EXPECT(READ(isr_el1) & 1 << 7);
	EXPECT(ICC_READ(HPPIR1) == 40);
	EXPECT(pending(40) && !active(40));
	EXPECT(take() == 40);
	EXPECT(ICC_READ(RPR) == 0x80);
	EXPECT(!pending(40) && active(40));
	EXPECT(nothing());
	pend(40); /* again, while active */
	EXPECT(nothing());
	end(40);
	EXPECT(take() == 40);
	end(40);
	EXPECT(nothing() && !active(40) && ICC_READ(RPR) == 0xff);
	/* taken back before it is taken */
	pend(40);
	MMIO(u32, ICPENDR(40)) = BIT_OF(40);
	EXPECT(nothing());
	pend(40);
	MMIO(u32, ICENABLER(40)) = BIT_OF(40);
	EXPECT(nothing() && pending(40));
	gic_enable(40);
	EXPECT(take() == 40);
	end(40);
	/* the distributor's switch */
	pend(40);
	D(0) = 0x10;
	EXPECT(nothing());
	D(0) = 0x12;
	EXPECT(take() == 40);
	/* ended by the distributor's register instead */
	MMIO(u32, ICACTIVER(40)) = BIT_OF(40);
	EXPECT(!active(40));
	end(40);
	EXPECT(ICC_READ(RPR) == 0xff);
}

static void masks(void)
{
	gic_priority(40, 0xb0);
	ICC_WRITE(PMR, 0xb0);
	pend(40);
	EXPECT(nothing() && !(READ(isr_el1) & 1 << 7));
	ICC_WRITE(PMR, 0xb8);
	EXPECT(take() == 40);
	end(40);
	ICC_WRITE(PMR, 0xf0);
	ICC_WRITE(IGRPEN1, 0);
	pend(40);
	EXPECT(nothing());
	ICC_WRITE(IGRPEN1, 1);
	EXPECT(take() == 40);
	end(40);
	/* group 0: the other registers */
	D(0) = 0x13;
	MMIO(u32, IGROUPR(40)) &= ~BIT_OF(40);
	ICC_WRITE(IGRPEN0, 1);
	pend(40);
	EXPECT(READ(isr_el1) & 1 << 6);
	EXPECT(ICC_READ(IAR0) == 40);
	ICC_WRITE(EOIR0, 40);
	ICC_WRITE(IGRPEN0, 0);
	D(0) = 0x12;
	MMIO(u32, IGROUPR(40)) |= BIT_OF(40);
}

/* 48 at once, by priority and then by number. */
static void many(void)
{
	u32 i, last = 0, taken = 0;

	for (i = 64; i < 112; i++) {
		gic_enable(i);
		gic_edge(i, i & 1);
		gic_priority(i, (i * 7 % 16) << 3);
		pend(i);
	}
	for (i = 0; i < 48; i++) {
		u32 intid = take(), key;

		key = (intid * 7 % 16) << 8 | intid;
		EXPECT(intid >= 64 && intid < 112);
		EXPECT(key > last);
		last = key;
		taken++;
		end(intid);
	}
	EXPECT(taken == 48 && nothing());
	for (i = 64; i < 112; i++)
		EXPECT(!active(i) && !pending(i));
}

#define DEPTH 12

/* Each preempts the one before; then they end in order. */
static void nested(bool split)
{
	u32 i;

	ICC_WRITE(CTLR, split ? 2 : 0);
	for (i = 0; i < DEPTH; i++) {
		gic_enable(64 + i);
		gic_edge(64 + i, true);
		gic_priority(64 + i, 0xc0 - 0x10 * i);
	}
	for (i = 0; i < DEPTH; i++) {
		pend(64 + i);
		if (i)
			pend(64); /* not urgent enough */
		EXPECT(take() == 64 + i);
		EXPECT(ICC_READ(RPR) == 0xc0 - 0x10 * i);
		EXPECT(nothing());
	}
	for (i = 0; i < DEPTH; i++)
		EXPECT(active(64 + i));
	for (i = DEPTH; i--;) {
		end(64 + i);
		if (split)
			continue;
		EXPECT(!active(64 + i));
	}
	/* the other way round, by ICC_DIR_EL1 */
	for (i = 0; split && i < DEPTH; i++) {
		EXPECT(active(64 + i));
		ICC_WRITE(DIR, 64 + i);
		EXPECT(!active(64 + i));
	}
	EXPECT(take() == 64); /* what waited */
	end(64);
	if (split)
		ICC_WRITE(DIR, 64);
	EXPECT(nothing() && ICC_READ(RPR) == 0xff);
	ICC_WRITE(CTLR, 0);
}

/* The same without a look at the distributor, which would fold them back. */
static void nested_blind(void)
{
	u32 i;

	for (i = 0; i < DEPTH; i++) {
		pend(64 + i);
		EXPECT(take() == 64 + i);
	}
	for (i = DEPTH; i--;)
		end(64 + i);
	EXPECT(nothing() && ICC_READ(RPR) == 0xff);
	for (i = 0; i < DEPTH; i++)
		EXPECT(!active(64 + i));
}

void guest_main(u64 index)
{
	identity();
	registers();
	gic_init(index);
	one();
	masks();
	many();
	nested(false);
	nested(true);
	nested_blind();
	ICC_WRITE(IGRPEN1, 0);
}
