// SPDX-License-Identifier: GPL-2.0
/*
 * What an operation costs, in counts of the virtual counter: ARG 0 which, ARG
 * 1 rounds.  OUT 0: counts for all rounds; OUT 1: rounds done; OUT 2: CNTFRQ;
 * OUT 3: counts for the cheapest COST_BATCH rounds, which no tick of the host
 * falls into.
 * A second vCPU, if there is one, sleeps in WFI and takes SGIs.
 */
#include "gic.h"

#define SGI_ID 1
#define PSCI_VERSION 0x84000000u

static volatile u64 arrived;
static volatile u64 ready;

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	if (intid == VTIMER)
		WRITE(cntv_ctl_el0, 0);
	if (intid == PTIMER)
		WRITE(cntp_ctl_el0, 0);
	ICC_WRITE(EOIR1, intid);
	arrived++;
}

static u64 count(void)
{
	asm volatile("isb");
	return READ(cntvct_el0);
}

static void await(u64 was)
{
	while (arrived == was)
		asm volatile("yield");
}

/* Fires 2,000 counts later; only what comes after that is counted. */
#define AHEAD 2000

static u64 one_timer(bool physical, bool sleep)
{
	u64 was = arrived, due = count() + AHEAD;

	if (physical) {
		WRITE(cntp_cval_el0, due);
		WRITE(cntp_ctl_el0, 1);
	} else {
		WRITE(cntv_cval_el0, due);
		WRITE(cntv_ctl_el0, 1);
	}
	if (sleep)
		while (arrived == was) {
			irqs_off();
			if (arrived == was)
				asm volatile("wfi");
			irqs_on();
		}
	await(was);
	return count() - due;
}

static u64 round(u64 what)
{
	u64 begin = count(), was = arrived;

	switch (what) {
	case A64C_NOTHING:
		break;
	case A64C_HVC:
		hvc(PSCI_VERSION, 0, 0, 0, 0, 0, 0, 0);
		break;
	case A64C_GICD:
		(void)MMIO(u32, GICD + 8);
		break;
	case A64C_SYSREG:
		(void)READ(id_aa64mmfr0_el1);
		break;
	case A64C_SELF:
		ICC_WRITE(SGI1R, (u64)SGI_ID << 24 | 1);
		await(was);
		break;
	case A64C_IPI:
		ICC_WRITE(SGI1R, (u64)SGI_ID << 24 | 2);
		await(was);
		break;
	case A64C_VTIMER:
		return one_timer(false, false);
	case A64C_PTIMER:
		return one_timer(true, false);
	case A64C_VTIMER_WFI:
		return one_timer(false, true);
	}
	return count() - begin;
}

void guest_main(u64 index)
{
	irq_handler = on_irq;
	gic_init(index);
	gic_enable(SGI_ID);
	gic_enable(VTIMER);
	gic_enable(PTIMER);
	if (index) {
		ready = 1;
		irqs_on();
		for (;;)
			asm volatile("wfi");
	}
	OUT(2) = READ(cntfrq_el0);
	while (ARG(0) == A64C_IPI && !ready)
		;
	irqs_on();
	round(ARG(0));
	OUT(3) = ~0ull;
	while (OUT(1) < ARG(1)) {
		u64 sum = 0;
		u32 i;

		for (i = 0; i < COST_BATCH; i++)
			sum += round(ARG(0));
		OUT(0) += sum;
		OUT(1) += COST_BATCH;
		if (sum < OUT(3))
			OUT(3) = sum;
	}
	irqs_off();
	hvc(0x84000008u, 0, 0, 0, 0, 0, 0, 0); /* SYSTEM_OFF */
}
