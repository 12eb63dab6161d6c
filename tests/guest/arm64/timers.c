// SPDX-License-Identifier: GPL-2.0
/*
 * Each vCPU takes ARG 0 ticks, each due at a time of its own up to ARG 1
 * counts ahead, by the virtual and the physical timer in turn (ARG 2, bit 0:
 * by the virtual one alone), and sleeps in WFI meanwhile.  ARG 2, bit 1: it
 * wakes another one by an SGI now and then; bit 2: odd vCPUs spin for ever
 * and take nothing.  ARG 3: how many vCPUs there are.
 * From OUT 0, WORDS for each vCPU: ticks, the latest one by how many counts,
 * sum of that, ticks before their time, ticks later than half a second; SGIs
 * taken, the latest one.  At the end every vCPU sleeps and nothing wakes it.
 */
#include "gic.h"

#define WORDS A64T_WORDS
#define WAKE 1

static u64 state[64];
static volatile u64 due[64];
static volatile u64 ticked[64];
static volatile u64 sent[64];

static u64 me(void)
{
	u64 mpidr = READ(mpidr_el1);

	return (mpidr & 0xff) + 16 * (mpidr >> 8 & 0xff);
}

static u64 rnd(u64 index)
{
	u64 x = state[index];

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return state[index] = x;
}

static u64 count(void)
{
	asm volatile("isb" : : : "memory");
	return READ(cntvct_el0);
}

static void note_late(u64 index, u64 worst, u64 since)
{
	u64 now = count(), late = now - since;

	if (now < since) {
		OUT(index * WORDS + A64T_EARLY)++;
		return;
	}
	if (late > OUT(index * WORDS + worst))
		OUT(index * WORDS + worst) = late;
	if (worst != A64T_WORST)
		return;
	OUT(index * WORDS + A64T_SUM) += late;
	if (late > READ(cntfrq_el0) / 2)
		OUT(index * WORDS + A64T_LOST)++;
}

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1), index = me();

	if (intid == VTIMER || intid == PTIMER) {
		note_late(index, A64T_WORST, due[index]);
		if (intid == VTIMER)
			WRITE(cntv_ctl_el0, 0);
		else
			WRITE(cntp_ctl_el0, 0);
		ticked[index] = 1;
	} else if (intid == WAKE) {
		u64 since = sent[index];

		if (since)
			note_late(index, A64T_SGI_WORST, since);
		sent[index] = 0;
		OUT(index * WORDS + A64T_SGIS)++;
	}
	if (intid < 1020)
		ICC_WRITE(EOIR1, intid);
}

/* To a vCPU that is not waited for by a stamp yet. */
static void wake_other(u64 index)
{
	u64 to = (index + 1 + rnd(index) % ARG(3)) % ARG(3);

	if (to == index || sent[to] || (ARG(2) & 4 && to & 1))
		return;
	sent[to] = count();
	asm volatile("dsb ish" : : : "memory");
	ICC_WRITE(SGI1R, (u64)WAKE << 24 | (to / 16) << 16 | 1ull << to % 16);
}

static void arm(u64 index, u64 round)
{
	due[index] = count() + rnd(index) % ARG(1);
	ticked[index] = 0;
	if (ARG(2) & 1 || round & 1) {
		WRITE(cntv_cval_el0, due[index]);
		WRITE(cntv_ctl_el0, 1);
	} else {
		WRITE(cntp_cval_el0, due[index]);
		WRITE(cntp_ctl_el0, 1);
	}
}

static u64 finished(void)
{
	u64 i, n = 0;

	for (i = 0; i < ARG(3); i++)
		n += OUT(i * WORDS) >= ARG(0) || (ARG(2) & 4 && i & 1);
	return n;
}

/* GICR frames are by index; affinities are not. */
static void controller_init(u64 index)
{
	if (!index)
		MMIO(u32, GICD) = 0x12;
	MMIO(u32, GICR(index) + 0x14) = 0;
	MMIO(u32, SGI_FRAME(index) + 0x80) = ~0u;
	MMIO(u32, SGI_FRAME(index) + 0x100) = 1u << WAKE | 1u << VTIMER |
					      1u << PTIMER;
	ICC_WRITE(SRE, 7);
	ICC_WRITE(PMR, 0xf0);
	ICC_WRITE(IGRPEN1, 1);
}

void guest_main(u64 index)
{
	u64 round;

	irq_handler = on_irq;
	state[index] = (index + 1) * 0x9e3779b97f4a7c15ull;
	controller_init(index);
	if (ARG(2) & 4 && index & 1)
		while (finished() < ARG(3))
			;
	for (round = 0; round < ARG(0) && !(ARG(2) & 4 && index & 1); round++) {
		arm(index, round);
		if (ARG(2) & 2 && !(rnd(index) & 3))
			wake_other(index);
		while (!ticked[index])
			wait_irq();
		OUT(index * WORDS)++;
	}
	/* What others send may still come. */
	while (finished() < ARG(3)) {
		arm(index, 1);
		while (!ticked[index])
			wait_irq();
	}
	ICC_WRITE(IGRPEN1, 0);
}
