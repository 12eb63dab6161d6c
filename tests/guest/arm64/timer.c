// SPDX-License-Identifier: GPL-2.0
/*
 * ARG 0 ticks of the virtual timer (ARG 2: of the physical one), one every
 * ARG 1 counts, waited for in WFI (ARG 3: in a loop).  OUT 0: ticks taken;
 * OUT 1: ticks that came before their time; OUT 2: other interrupts; OUT 3:
 * counts from the first to the last tick; OUT 4: CNTFRQ.  Afterwards the timer
 * fires while its interrupt is disabled: OUT 5: pending as the distributor
 * sees it, OUT 6: after the timer was silenced.
 */
#include "gic.h"

static volatile u64 ticks;
static u64 due;

static bool physical(void)
{
	return ARG(2);
}

static void set_cval(u64 v)
{
	if (physical())
		WRITE(cntp_cval_el0, v);
	else
		WRITE(cntv_cval_el0, v);
}

static void set_ctl(u64 v)
{
	if (physical())
		WRITE(cntp_ctl_el0, v);
	else
		WRITE(cntv_ctl_el0, v);
}

static u64 get_ctl(void)
{
	return physical() ? READ(cntp_ctl_el0) : READ(cntv_ctl_el0);
}

static u64 count(void)
{
	asm volatile("isb");
	return physical() ? READ(cntpct_el0) : READ(cntvct_el0);
}

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	if (intid >= 1020)
		return;
	if (intid == (physical() ? PTIMER : VTIMER)) {
		if (count() < due || !(get_ctl() & 4))
			OUT(1)++;
		ticks++;
		OUT(0) = ticks;
		/* the line goes down before the interrupt is ended */
		due += ARG(1);
		set_cval(due);
		if (ticks >= ARG(0))
			set_ctl(0);
	} else {
		OUT(2)++;
	}
	ICC_WRITE(EOIR1, intid);
}

static u64 is_pending(u32 intid)
{
	return MMIO(u32, ISPENDR(intid)) >> intid & 1;
}

void guest_main(u64 index)
{
	u32 intid = physical() ? PTIMER : VTIMER;
	u64 begin;

	irq_handler = on_irq;
	gic_init(index);
	gic_enable(intid);
	OUT(4) = READ(cntfrq_el0);
	begin = count();
	due = begin + ARG(1);
	set_cval(due);
	set_ctl(1);
	while (ticks < ARG(0)) {
		if (ARG(3)) {
			irqs_on();
			while (ticks < ARG(0))
				;
			irqs_off();
		} else {
			wait_irq();
		}
	}
	OUT(3) = count() - begin;
	MMIO(u32, ICENABLER(intid)) = BIT_OF(intid);
	set_cval(0);
	set_ctl(1);
	begin = count();
	while (!is_pending(intid) && count() - begin < OUT(4) / 10)
		;
	OUT(5) = is_pending(intid);
	set_ctl(0);
	begin = count();
	while (is_pending(intid) && count() - begin < OUT(4) / 10)
		;
	OUT(6) = is_pending(intid);
	/* Nothing can end the last WFI any more: the VM is halted. */
	ICC_WRITE(IGRPEN1, 0);
}
