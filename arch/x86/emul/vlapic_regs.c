// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: reads and writes of a local APIC's registers, by MMIO and by MSR: one
 * table of what each mode allows, one function each way.
 *
 * Manual: "The Local APIC Block Diagram" (address map), "x2APIC Register
 * Address Space", "Reserved Bit Checking".
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/x86/emul/vlapic.h"

/* Version 14h, six LVT entries, no suppression of EOI broadcasts. */
#define VERSION (0x14 | (VLAPIC_NR_LVT - 1) << 16)

/* What a register allows: by MMIO, by MSR. */
#define PAGE_R BIT(0)
#define PAGE_W BIT(1)
#define MSR_R BIT(2)
#define MSR_W BIT(3)
#define SEEN (PAGE_R | MSR_R)
#define BOTH (PAGE_R | PAGE_W | MSR_R | MSR_W)

/**
 * struct reg - a register
 * @access: PAGE_*, MSR_*; a register with none is reserved
 * @bits: that can be written; others of an MSR are #GP, unless in @ignored
 * @ignored: read-only bits, whose value does not matter
 */
struct reg {
	u8 access;
	u32 bits;
	u32 ignored;
};

#define LVT_PLAIN (VLAPIC_LVT_VECTOR | VLAPIC_LVT_MASKED)
#define LVT_PIN                                                                \
	(LVT_PLAIN | VLAPIC_LVT_MODE | VLAPIC_LVT_POLARITY | VLAPIC_LVT_LEVEL)

static const struct reg regs[VLAPIC_NR_REGS] = {
	[VLAPIC_ID] = { SEEN },
	[VLAPIC_VER] = { SEEN },
	[VLAPIC_TPR] = { BOTH, 0xff },
	/* Not in this generation, yet no illegal addresses. */
	[VLAPIC_APR] = { PAGE_R },
	[VLAPIC_RRD] = { PAGE_R },
	[VLAPIC_PPR] = { SEEN },
	[VLAPIC_EOI] = { PAGE_R | PAGE_W | MSR_W, 0 },
	[VLAPIC_LDR] = { SEEN | PAGE_W, 0xff000000 },
	[VLAPIC_DFR] = { PAGE_R | PAGE_W, 0xf0000000 },
	[VLAPIC_SVR] = { BOTH, 0x3ff },
	[VLAPIC_ISR ... VLAPIC_ISR + 7] = { SEEN },
	[VLAPIC_TMR ... VLAPIC_TMR + 7] = { SEEN },
	[VLAPIC_IRR ... VLAPIC_IRR + 7] = { SEEN },
	[VLAPIC_ESR] = { BOTH, 0 },
	[VLAPIC_ICR] = { BOTH, 0xccfff, BIT(12) },
	[VLAPIC_ICR_HIGH] = { PAGE_R | PAGE_W, 0xff000000 },
	[VLAPIC_LVT_TIMER] = { BOTH, LVT_PLAIN | VLAPIC_LVT_TIMER_MODE,
			       VLAPIC_LVT_STATUS },
	[VLAPIC_LVT_THERMAL] = { BOTH, LVT_PLAIN | VLAPIC_LVT_MODE,
				 VLAPIC_LVT_STATUS },
	[VLAPIC_LVT_PMC] = { BOTH, LVT_PLAIN | VLAPIC_LVT_MODE,
			     VLAPIC_LVT_STATUS },
	[VLAPIC_LVT_LINT0] = { BOTH, LVT_PIN,
			       VLAPIC_LVT_STATUS | VLAPIC_LVT_REMOTE_IRR },
	[VLAPIC_LVT_LINT1] = { BOTH, LVT_PIN,
			       VLAPIC_LVT_STATUS | VLAPIC_LVT_REMOTE_IRR },
	[VLAPIC_LVT_ERROR] = { BOTH, LVT_PLAIN, VLAPIC_LVT_STATUS },
	[VLAPIC_TIMER_INIT] = { BOTH, 0xffffffff },
	[VLAPIC_TIMER_CURRENT] = { SEEN },
	[VLAPIC_TIMER_DIVIDE] = { BOTH, 0xb },
	[VLAPIC_SELF_IPI] = { MSR_W, 0xff },
};

/* ---- reading -------------------------------------------------------------- */

/* Eight registers of 32 vectors each. */
static u32 vectors(const unsigned long *bits, unsigned int n)
{
	unsigned long word = READ_ONCE(bits[n * 32 / BITS_PER_LONG]);

	return word >> n * 32 % BITS_PER_LONG;
}

static u32 reg_read(const struct vlapic *l, const struct vlapic_now *now,
		    unsigned int reg)
{
	switch (reg) {
	case VLAPIC_ID:
		return vlapic_x2apic(l) ? l->id : l->id << 24;
	case VLAPIC_VER:
		return VERSION;
	case VLAPIC_TPR:
		return l->tpr;
	case VLAPIC_PPR:
		return vlapic_ppr(l);
	case VLAPIC_LDR:
		return l->ldr;
	case VLAPIC_DFR:
		return l->dfr;
	case VLAPIC_SVR:
		return l->svr;
	case VLAPIC_ISR ... VLAPIC_ISR + 7:
		return vectors(l->isr, reg - VLAPIC_ISR);
	case VLAPIC_TMR ... VLAPIC_TMR + 7:
		return vectors(l->tmr, reg - VLAPIC_TMR);
	case VLAPIC_IRR ... VLAPIC_IRR + 7:
		return vectors(l->irr, reg - VLAPIC_IRR);
	case VLAPIC_ESR:
		return l->esr;
	case VLAPIC_ICR:
		return l->icr;
	case VLAPIC_ICR_HIGH:
		return l->icr >> 32;
	case VLAPIC_LVT_TIMER ... VLAPIC_LVT_ERROR:
		return l->lvt[VLAPIC_LVT(reg)];
	case VLAPIC_TIMER_INIT:
		return l->tmict;
	case VLAPIC_TIMER_CURRENT:
		return vlapic_timer_current(l, now);
	case VLAPIC_TIMER_DIVIDE:
		return l->tdcr;
	default:
		return 0;
	}
}

/* ---- writing -------------------------------------------------------------- */

static void write_svr(struct vlapic *l, u32 value, struct vlapic_do *to_do)
{
	unsigned int i;

	WRITE_ONCE(l->svr, value);
	if (value & VLAPIC_SVR_ENABLE)
		return;
	for (i = 0; i < VLAPIC_NR_LVT; i++)
		WRITE_ONCE(l->lvt[i], l->lvt[i] | VLAPIC_LVT_MASKED);
	to_do->what |= VLAPIC_DO_LINT;
}

static void write_lvt(struct vlapic *l, const struct vlapic_now *now,
		      unsigned int reg, u32 value, struct vlapic_do *to_do)
{
	u32 *lvt = &l->lvt[VLAPIC_LVT(reg)], old = *lvt;

	if (!(l->svr & VLAPIC_SVR_ENABLE))
		value |= VLAPIC_LVT_MASKED;
	WRITE_ONCE(*lvt, value);
	if (reg == VLAPIC_LVT_TIMER) {
		vlapic_timer_mode(l, now, old);
		to_do->what |= VLAPIC_DO_TIMER;
	} else if (reg == VLAPIC_LVT_LINT0 || reg == VLAPIC_LVT_LINT1) {
		to_do->what |= VLAPIC_DO_LINT;
	}
}

/* The errors so far can be read now; the next one is told again. */
static void write_esr(struct vlapic *l)
{
	unsigned int bit;

	l->esr = 0;
	clear_bit(VLAPIC_ERROR_TOLD, &l->errors);
	for (bit = 0; bit < 8; bit++)
		if (test_and_clear_bit(bit, &l->errors))
			l->esr |= BIT(bit);
}

static void self_ipi(struct vlapic *l, u8 vector, struct vlapic_do *to_do)
{
	to_do->what |= VLAPIC_DO_IRQ;
	if (vector < 16)
		vlapic_error(l, VLAPIC_ESR_SEND_ILLEGAL);
	else
		vlapic_accept(l, vector, false);
}

/* @value has only bits that can be written. */
static void reg_write(struct vlapic *l, const struct vlapic_now *now,
		      unsigned int reg, u32 value, struct vlapic_do *to_do)
{
	switch (reg) {
	case VLAPIC_TPR:
		vlapic_set_tpr(l, value);
		to_do->what |= VLAPIC_DO_TPR | VLAPIC_DO_IRQ;
		break;
	case VLAPIC_EOI:
		vlapic_eoi(l, to_do);
		break;
	case VLAPIC_LDR:
		WRITE_ONCE(l->ldr, value);
		break;
	case VLAPIC_DFR:
		WRITE_ONCE(l->dfr, value | 0x0fffffff);
		break;
	case VLAPIC_SVR:
		write_svr(l, value, to_do);
		break;
	case VLAPIC_ESR:
		write_esr(l);
		break;
	case VLAPIC_ICR:
		l->icr = (l->icr & ~0xffffffffull) | value;
		vlapic_ipi(l, to_do);
		break;
	case VLAPIC_ICR_HIGH:
		l->icr = (l->icr & 0xffffffff) | (u64)value << 32;
		break;
	case VLAPIC_LVT_TIMER ... VLAPIC_LVT_ERROR:
		write_lvt(l, now, reg, value, to_do);
		break;
	case VLAPIC_TIMER_INIT:
		vlapic_timer_start(l, now, value);
		to_do->what |= VLAPIC_DO_TIMER;
		break;
	case VLAPIC_TIMER_DIVIDE:
		vlapic_timer_divide(l, now, value);
		to_do->what |= VLAPIC_DO_TIMER;
		break;
	case VLAPIC_SELF_IPI:
		self_ipi(l, value, to_do);
		break;
	}
}

/* ---- MMIO ------------------------------------------------------------------- */

static bool page_allows(struct vlapic *l, unsigned int reg, u8 access,
			struct vlapic_do *to_do)
{
	if (regs[reg].access & access)
		return true;
	/* Reserved, not merely read-only. */
	if (!(regs[reg].access & (PAGE_R | PAGE_W))) {
		vlapic_error(l, VLAPIC_ESR_REGISTER);
		to_do->what |= VLAPIC_DO_IRQ;
	}
	return false;
}

/*
 * Registers are 32 bits at addresses that are multiples of 16.  Parts of one
 * can be read; writes are whole, and what is wider has only zeros above.
 */
void vlapic_mmio(struct vlapic *l, const struct vlapic_now *now, u32 offset,
		 unsigned int bytes, bool write, u64 *data,
		 struct vlapic_do *to_do)
{
	unsigned int reg = offset >> 4, at = offset & 0xf;
	bool reserved = reg >= VLAPIC_NR_REGS;

	to_do->what = 0;
	if (reserved) {
		vlapic_error(l, VLAPIC_ESR_REGISTER);
		to_do->what |= VLAPIC_DO_IRQ;
	}
	if (write) {
		if (!reserved && !at && bytes >= 4 &&
		    page_allows(l, reg, PAGE_W, to_do))
			reg_write(l, now, reg, (u32)*data & regs[reg].bits,
				  to_do);
		return;
	}
	*data = 0;
	if (!reserved && at < 4 && page_allows(l, reg, PAGE_R, to_do))
		*data = (u64)reg_read(l, now, reg) >> 8 * at;
}

/* ---- MSRs ---------------------------------------------------------------------- */

static bool msr_allows(const struct vlapic *l, u32 msr, u8 access)
{
	u32 reg = msr - VLAPIC_MSR;

	return vlapic_x2apic(l) && reg < VLAPIC_NR_REGS &&
	       regs[reg].access & access;
}

int vlapic_msr_read(struct vlapic *l, const struct vlapic_now *now, u32 msr,
		    u64 *value)
{
	u32 reg = msr - VLAPIC_MSR;

	if (!msr_allows(l, msr, MSR_R))
		return -EINVAL;
	*value = reg == VLAPIC_ICR ? l->icr : reg_read(l, now, reg);
	return 0;
}

int vlapic_msr_write(struct vlapic *l, const struct vlapic_now *now, u32 msr,
		     u64 value, struct vlapic_do *to_do)
{
	u32 reg = msr - VLAPIC_MSR, low = value;

	to_do->what = 0;
	if (!msr_allows(l, msr, MSR_W))
		return -EINVAL;
	if (low & ~(regs[reg].bits | regs[reg].ignored))
		return -EINVAL;
	if (value >> 32 && reg != VLAPIC_ICR)
		return -EINVAL;
	if (reg == VLAPIC_LVT_TIMER &&
	    (low & VLAPIC_LVT_TIMER_MODE) == VLAPIC_LVT_TIMER_MODE)
		return -EINVAL;
	if (reg == VLAPIC_ICR)
		l->icr = value & ~0xffffffffull;
	reg_write(l, now, reg, low & regs[reg].bits, to_do);
	return 0;
}
