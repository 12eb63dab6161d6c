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

static u32 reg_read(struct vlapic *l, const struct vlapic_now *now,
		    unsigned int reg)
{
	switch (reg) {
	case VLAPIC_PPR:
		return vlapic_ppr(l);
	case VLAPIC_IRR ... VLAPIC_IRR + 7:
		if (l->staged)
			vlapic_merge(l);
		return vlapic_get(l, reg);
	case VLAPIC_TIMER_CURRENT:
		return vlapic_timer_current(l, now);
	default:
		return vlapic_get(l, reg);
	}
}

/* ---- writing -------------------------------------------------------------- */

static void write_svr(struct vlapic *l, u32 value, struct vlapic_do *to_do)
{
	unsigned int i;

	to_do->what |= VLAPIC_DO_MODE;
	vlapic_put(l, VLAPIC_SVR, value);
	if (value & VLAPIC_SVR_ENABLE)
		return;
	for (i = VLAPIC_LVT_TIMER; i <= VLAPIC_LVT_ERROR; i++)
		vlapic_put(l, i, vlapic_get(l, i) | VLAPIC_LVT_MASKED);
	to_do->what |= VLAPIC_DO_LINT;
}

static void write_lvt(struct vlapic *l, unsigned int reg, u32 value,
		      struct vlapic_do *to_do)
{
	if (!(vlapic_get(l, VLAPIC_SVR) & VLAPIC_SVR_ENABLE))
		value |= VLAPIC_LVT_MASKED;
	vlapic_put(l, reg, value);
	if (reg == VLAPIC_LVT_TIMER) {
		vlapic_timer_mode(l);
		to_do->what |= VLAPIC_DO_TIMER;
	} else if (reg == VLAPIC_LVT_LINT0 || reg == VLAPIC_LVT_LINT1) {
		to_do->what |= VLAPIC_DO_LINT;
	}
}

/* The errors so far can be read now; the next one is told again. */
static void write_esr(struct vlapic *l)
{
	unsigned int bit;
	u32 esr = 0;

	clear_bit(VLAPIC_ERROR_TOLD, &l->errors);
	for (bit = 0; bit < 8; bit++)
		if (test_and_clear_bit(bit, &l->errors))
			esr |= BIT(bit);
	vlapic_put(l, VLAPIC_ESR, esr);
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
	case VLAPIC_ICR_HIGH:
		vlapic_put(l, reg, value);
		break;
	case VLAPIC_DFR:
		vlapic_put(l, reg, value | 0x0fffffff);
		break;
	case VLAPIC_SVR:
		write_svr(l, value, to_do);
		break;
	case VLAPIC_ESR:
		write_esr(l);
		break;
	case VLAPIC_ICR:
		vlapic_put(l, reg, value);
		vlapic_ipi(l, to_do);
		break;
	case VLAPIC_LVT_TIMER ... VLAPIC_LVT_ERROR:
		write_lvt(l, reg, value, to_do);
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
	*value = reg == VLAPIC_ICR ? vlapic_icr(l) : reg_read(l, now, reg);
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
		vlapic_put(l, VLAPIC_ICR_HIGH, value >> 32);
	reg_write(l, now, reg, low & regs[reg].bits, to_do);
	return 0;
}

/* ---- the processor's own accesses ------------------------------------------------ */

void vlapic_written(struct vlapic *l, const struct vlapic_now *now, u32 offset,
		    struct vlapic_do *to_do)
{
	unsigned int reg = offset >> 4;

	to_do->what = 0;
	if (reg >= VLAPIC_NR_REGS)
		return;
	if (reg == VLAPIC_ID) {
		vlapic_put(l, reg, vlapic_x2apic(l) ? l->id : l->id << 24);
		return;
	}
	reg_write(l, now, reg, vlapic_get(l, reg) & regs[reg].bits, to_do);
	/* Write-only: nothing is to be read there. */
	if (reg == VLAPIC_EOI || reg == VLAPIC_SELF_IPI)
		vlapic_put(l, reg, 0);
}

bool vlapic_msr_plain(u32 msr, bool ppr)
{
	u32 reg = msr - VLAPIC_MSR;

	if (reg >= VLAPIC_NR_REGS || !(regs[reg].access & MSR_R))
		return false;
	if (reg == VLAPIC_PPR)
		return ppr;
	/* 64 bits in one MSR, and what is made when it is read. */
	return reg != VLAPIC_ICR && reg != VLAPIC_TIMER_CURRENT;
}
