// SPDX-License-Identifier: GPL-2.0
/*
 * Takes ARG 0 interrupts in WFI through the GICv3 CPU interface, counting them
 * by INTID.  OUT 1: how often WFI returned.
 */
#include "lib.h"

static volatile u64 taken;

static void on_irq(void)
{
	u64 intid;

	asm volatile("mrs %0, s3_0_c12_c12_0" : "=r"(intid)); /* IAR1 */
	if (intid >= 1020)
		return;
	taken++;
	OUT(0) = taken;
	OUT(8 + (intid & 0xff))++;
	asm volatile("msr s3_0_c12_c12_1, %0; isb" : : "r"(intid)); /* EOIR1 */
}

void guest_main(u64 index)
{
	(void)index;
	irq_handler = on_irq;
	asm volatile("msr s3_0_c12_c12_5, %0; isb" : : "r"(7ull)); /* SRE */
	asm volatile("msr s3_0_c4_c6_0, %0" : : "r"(0xf0ull)); /* PMR */
	asm volatile("msr s3_0_c12_c12_7, %0; isb" : : "r"(1ull)); /* IGRPEN1 */
	while (taken < ARG(0)) {
		asm volatile("wfi" : : : "memory");
		asm volatile("msr daifclr, #2; isb; msr daifset, #2");
		OUT(1)++;
	}
	/* Nothing can come in any more: the last WFI is for good. */
	asm volatile("msr s3_0_c12_c12_7, xzr; isb");
}
