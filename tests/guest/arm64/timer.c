// SPDX-License-Identifier: GPL-2.0
/*
 * ARG 0 ticks of the virtual timer, one every ARG 1 counts, waited for in WFI.
 * OUT 0: ticks taken; OUT 1: ticks that came before their time; OUT 2: other
 * interrupts; OUT 3: counts from the first to the last tick; OUT 4: CNTFRQ.
 */
#include "lib.h"

#define VTIMER_PPI 27

static volatile u64 ticks;
static u64 due;

static void on_irq(void)
{
	u64 intid;

	asm volatile("mrs %0, s3_0_c12_c12_0" : "=r"(intid)); /* IAR1 */
	if (intid >= 1020)
		return;
	if (intid == VTIMER_PPI) {
		if (READ(cntvct_el0) < due || !(READ(cntv_ctl_el0) & 4))
			OUT(1)++;
		ticks++;
		OUT(0) = ticks;
		/* the line goes down before the interrupt is ended */
		due += ARG(1);
		WRITE(cntv_cval_el0, due);
		if (ticks >= ARG(0))
			WRITE(cntv_ctl_el0, 0);
	} else {
		OUT(2)++;
	}
	asm volatile("msr s3_0_c12_c12_1, %0; isb" : : "r"(intid)); /* EOIR1 */
}

void guest_main(u64 index)
{
	u64 begin;

	(void)index;
	irq_handler = on_irq;
	OUT(4) = READ(cntfrq_el0);
	asm volatile("msr s3_0_c12_c12_5, %0; isb" : : "r"(7ull)); /* SRE */
	asm volatile("msr s3_0_c4_c6_0, %0" : : "r"(0xf0ull)); /* PMR */
	asm volatile("msr s3_0_c12_c12_7, %0; isb" : : "r"(1ull)); /* IGRPEN1 */
	begin = READ(cntvct_el0);
	due = begin + ARG(1);
	WRITE(cntv_cval_el0, due);
	WRITE(cntv_ctl_el0, 1);
	while (ticks < ARG(0)) {
		asm volatile("wfi" : : : "memory");
		asm volatile("msr daifclr, #2; isb; msr daifset, #2"
			     :
			     :
			     : "memory");
	}
	OUT(3) = READ(cntvct_el0) - begin;
	/* Nothing can end the last WFI any more: the VM is halted. */
	asm volatile("msr s3_0_c12_c12_7, xzr; isb");
}
