/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vtimer_irq.c and vtimer_hw.c share: a CPU's own EL1 timers, and their
 * interrupts on the host.  A timer's number is a constant where it matters:
 * all of this is inlined for each.
 */
#ifndef AXVM_ARM64_VTIMER_H
#define AXVM_ARM64_VTIMER_H

#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <asm/virt.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"

#define CTL_ENABLE BIT(0)
#define CTL_IMASK BIT(1)
#define CTL_ISTATUS BIT(2)

/**
 * struct vtimer_irq - a timer's interrupt on the host
 * @virq: Linux's number of it while we have it, or 0
 * @pintid: the physical INTID: a list register names it
 * @chip: what keeps its active state
 * @level: it is level-triggered
 */
struct vtimer_irq {
	int virq;
	u32 pintid;
	struct irq_data *chip;
	bool level;
};

extern struct vtimer_irq vtimer_irqs[ARM64_NR_TIMERS];

/*
 * @vhe: the host is at EL2.  The physical timer is only ever looked at by such
 * a host.
 */
static __always_inline u64 vtimer_read_ctl(unsigned int t, bool vhe)
{
	if (t == ARM64_PTIMER)
		return sr_read(SR_CNTP_CTL_EL02);
	return vhe ? sr_read(SR_CNTV_CTL_EL02) : sr_read(cntv_ctl_el0);
}

static __always_inline void vtimer_write_ctl(unsigned int t, bool vhe, u64 ctl)
{
	if (t == ARM64_PTIMER)
		sr_write(SR_CNTP_CTL_EL02, ctl);
	else if (vhe)
		sr_write(SR_CNTV_CTL_EL02, ctl);
	else
		sr_write(cntv_ctl_el0, ctl);
}

static __always_inline u64 vtimer_read_cval(unsigned int t, bool vhe)
{
	if (t == ARM64_PTIMER)
		return sr_read(SR_CNTP_CVAL_EL02);
	return vhe ? sr_read(SR_CNTV_CVAL_EL02) : sr_read(cntv_cval_el0);
}

static __always_inline void vtimer_write_cval(unsigned int t, bool vhe,
					      u64 cval)
{
	if (t == ARM64_PTIMER)
		sr_write(SR_CNTP_CVAL_EL02, cval);
	else if (vhe)
		sr_write(SR_CNTV_CVAL_EL02, cval);
	else
		sr_write(cntv_cval_el0, cval);
}

static __always_inline bool vtimer_ctl_line(u64 ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) ==
	       (CTL_ENABLE | CTL_ISTATUS);
}

/** Is the line high, in a stay? */
static __always_inline bool vtimer_high(unsigned int t)
{
	return vtimer_ctl_line(vtimer_read_ctl(t, is_kernel_in_hyp_mode()));
}

/** The guest's INTID of timer @t. */
static __always_inline u32 vtimer_intid(unsigned int t)
{
	return t == ARM64_PTIMER ? ARM64_PTIMER_INTID : ARM64_VTIMER_INTID;
}

/*
 * What irq_set_irqchip_state() does, without its search for and lock of the
 * descriptor: the interrupt is ours, and this CPU's own.
 */
static __always_inline void vtimer_set_active(struct vtimer_cpu *c,
					      unsigned int t, bool active)
{
	struct irq_data *chip = vtimer_irqs[t].chip;

	if (c->phys_active[t] == active || !chip)
		return;
	chip->chip->irq_set_irqchip_state(chip, IRQCHIP_STATE_ACTIVE, active);
	c->phys_active[t] = active;
}

#endif /* AXVM_ARM64_VTIMER_H */
