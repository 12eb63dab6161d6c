// SPDX-License-Identifier: GPL-2.0
/*
 * Takes ARG 0 interrupts in WFI, counting them by INTID: SGIs 0-15, PPI 20,
 * SPIs 33-127; those from 64 on are edges.  OUT 1: how often WFI returned.
 * OUT 2: 1 when it is ready.  An SPI below 64 is a line that stays high: the
 * guest says so in OUT 3 (its INTID), the test lowers it and clears that.
 */
#include "gic.h"

static volatile u64 taken;

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	if (intid >= 1020)
		return;
	taken++;
	OUT(0) = taken;
	OUT(8 + (intid & 0xff))++;
	if (intid >= 33 && intid < 64) {
		OUT(3) = intid;
		while (OUT(3))
			;
	}
	ICC_WRITE(EOIR1, intid);
}

void guest_main(u64 index)
{
	u32 i;

	irq_handler = on_irq;
	gic_init(index);
	for (i = 0; i < 16; i++)
		gic_enable(i);
	gic_enable(20);
	for (i = 33; i < 128; i++) {
		gic_enable(i);
		gic_edge(i, i >= 64);
	}
	OUT(2) = 1;
	while (taken < ARG(0)) {
		wait_irq();
		OUT(1)++;
	}
	/* Nothing can come in any more: the last WFI is for good. */
	ICC_WRITE(IGRPEN1, 0);
}
