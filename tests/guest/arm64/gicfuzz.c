// SPDX-License-Identifier: GPL-2.0
/*
 * ARG 0 rounds of random accesses, seeded by ARG 1, to the distributor and all
 * redistributors in every size, and to the CPU interface; interrupts come and
 * go meanwhile.  OUT 0 + index: rounds done.  An access may abort, that is all.
 */
#include "gic.h"

static u64 state[2];

static u64 rnd(u64 index)
{
	u64 x = state[index];

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return state[index] = x;
}

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	/* A line that stayed high would let nothing else happen. */
	if (intid == VTIMER)
		WRITE(cntv_ctl_el0, 0);
	if (intid == PTIMER)
		WRITE(cntp_ctl_el0, 0);
	if (intid < 1020)
		ICC_WRITE(EOIR1, intid);
}

/* Offsets that mean something, more often than others. */
static u64 address(u64 index)
{
	static const u16 at[] = { 0x0,	 0x80,	0x100, 0x180, 0x200, 0x280,
				  0x300, 0x380, 0x400, 0xc00, 0x6000 };
	u64 r = rnd(index), off = r >> 8 & 0xffff;

	if (r & 1)
		off = at[(r >> 32) % (sizeof(at) / sizeof(*at))] + (off & 0x3f);
	if (r & 2)
		return GICD + off;
	return GICR(r >> 40 & 3) + (r & 4 ? 0x10000 : 0) + off;
}

static void memory(u64 index)
{
	u64 a = address(index), r = rnd(index), v = rnd(index);

	a &= ~((1ull << (r & 3)) - 1);
	switch (r & 7) {
	case 0:
		MMIO(u8, a) = v;
		break;
	case 1:
		MMIO(u16, a) = v;
		break;
	case 2:
		MMIO(u32, a) = v;
		break;
	case 3:
		MMIO(u64, a) = v;
		break;
	case 4:
		(void)MMIO(u8, a);
		break;
	case 5:
		(void)MMIO(u16, a);
		break;
	case 6:
		(void)MMIO(u32, a);
		break;
	case 7:
		(void)MMIO(u64, a);
		break;
	}
}

static void interface(u64 index)
{
	u64 r = rnd(index), v = rnd(index);

	switch (r & 15) {
	case 0:
		ICC_WRITE(PMR, v);
		break;
	case 1:
		ICC_WRITE(EOIR1, v & 0x7f);
		break;
	case 2:
		ICC_WRITE(DIR, v & 0x7f);
		break;
	case 3:
		ICC_WRITE(CTLR, v & 3);
		break;
	case 4:
		ICC_WRITE(IGRPEN0, v & 1);
		break;
	case 5:
		ICC_WRITE(IGRPEN1, v & 1);
		break;
	case 6:
		(void)ICC_READ(IAR0);
		break;
	case 7:
		(void)ICC_READ(IAR1);
		break;
	case 8:
	case 9:
		ICC_WRITE(SGI1R, v & ~0xff00ff00fff0ull);
		break;
	case 10:
		ICC_WRITE(SGI1R, v);
		break;
	case 11:
		WRITE(cntv_ctl_el0, v);
		WRITE(cntv_cval_el0, READ(cntvct_el0) + (v >> 52));
		break;
	case 12:
		WRITE(cntp_ctl_el0, v);
		WRITE(cntp_cval_el0, READ(cntvct_el0) + (v >> 52));
		break;
	case 13:
		ICC_WRITE(EOIR0, v & 0x7f);
		break;
	case 14:
		irqs_on();
		irqs_off();
		break;
	}
}

void guest_main(u64 index)
{
	irq_handler = on_irq;
	expect_trap = TRAPS_ALWAYS;
	state[index] = ARG(1) * 2654435761u + index * 40503 + 1;
	gic_init(index);
	while (OUT(index) < ARG(0)) {
		if (rnd(index) & 1)
			memory(index);
		else
			interface(index);
		OUT(index)++;
	}
	ICC_WRITE(IGRPEN0, 0);
	ICC_WRITE(IGRPEN1, 0);
}
