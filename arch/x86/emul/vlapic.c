// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the state of a local APIC: resets, modes, requests and priorities,
 * errors, and the two local interrupt pins.
 *
 * Manual: "Local APIC State", "Interrupt Priority", "Error Handling", "Local
 * Vector Table".
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/vlapic.h"

/* ---- resets and modes ----------------------------------------------------- */

/* x2APIC: 16 processors a cluster. */
static u32 x2apic_ldr(u32 id)
{
	return (id >> 4) << 16 | 1u << (id & 0xf);
}

static void reset_registers(struct vlapic *l)
{
	unsigned int i;

	WRITE_ONCE(l->tpr, 0);
	WRITE_ONCE(l->ldr, vlapic_x2apic(l) ? x2apic_ldr(l->id) : 0);
	WRITE_ONCE(l->dfr, ~0u);
	WRITE_ONCE(l->svr, 0xff);
	for (i = 0; i < VLAPIC_NR_LVT; i++)
		WRITE_ONCE(l->lvt[i], VLAPIC_LVT_MASKED);
	for (i = 0; i < VLAPIC_WORDS; i++) {
		WRITE_ONCE(l->isr[i], 0);
		WRITE_ONCE(l->irr[i], 0);
		WRITE_ONCE(l->tmr[i], 0);
	}
	WRITE_ONCE(l->errors, 0);
	l->esr = 0;
	l->icr = 0;
	l->tmict = 0;
	l->tdcr = 0;
	vlapic_timer_stop(l);
}

void vlapic_reset(struct vlapic *l, u64 base)
{
	WRITE_ONCE(l->base, base);
	reset_registers(l);
}

void vlapic_init_reset(struct vlapic *l)
{
	reset_registers(l);
}

void vlapic_set_base(struct vlapic *l, u64 base)
{
	u64 old = l->base;

	WRITE_ONCE(l->base, base);
	if (!((old ^ base) & (VLAPIC_BASE_ENABLE | VLAPIC_BASE_X2APIC)))
		return;
	/* Disabled: whoever enables it finds the state after power-up. */
	if (!(base & VLAPIC_BASE_ENABLE) || !(old & VLAPIC_BASE_ENABLE)) {
		reset_registers(l);
		return;
	}
	WRITE_ONCE(l->ldr, x2apic_ldr(l->id));
	l->icr &= 0xffffffff;
}

/* ---- requests and priorities ---------------------------------------------- */

static int highest(const unsigned long *bits)
{
	int i;

	for (i = VLAPIC_WORDS - 1; i >= 0; i--) {
		unsigned long word = READ_ONCE(bits[i]);

		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return -1;
}

bool vlapic_accept(struct vlapic *l, u8 vector, bool level)
{
	if (!vlapic_enabled(l) || !(READ_ONCE(l->svr) & VLAPIC_SVR_ENABLE))
		return false;
	if (vector < 16) {
		vlapic_error(l, VLAPIC_ESR_RECV_ILLEGAL);
		return false;
	}
	if (level)
		set_bit(vector, l->tmr);
	else
		clear_bit(vector, l->tmr);
	set_bit(vector, l->irr);
	return true;
}

bool vlapic_requested(const struct vlapic *l)
{
	return highest(l->irr) >= 0;
}

u32 vlapic_ppr(const struct vlapic *l)
{
	u32 tpr = READ_ONCE(l->tpr);
	int isr = highest(l->isr);

	if (isr < 0 || tpr >> 4 >= (u32)isr >> 4)
		return tpr;
	return (u32)isr & 0xf0;
}

/* Is the class of @vector above the processor's? */
static int above_ppr(const struct vlapic *l, int vector)
{
	return vector >= 0 && (u32)vector >> 4 > vlapic_ppr(l) >> 4 ? vector :
								      -1;
}

int vlapic_next(const struct vlapic *l)
{
	return above_ppr(l, highest(l->irr));
}

int vlapic_timer_next(const struct vlapic *l)
{
	u32 lvt = READ_ONCE(l->lvt[VLAPIC_LVT(VLAPIC_LVT_TIMER)]);
	int vector = highest(l->irr);

	if (!(lvt & VLAPIC_LVT_MASKED))
		vector = max(vector, (int)(lvt & VLAPIC_LVT_VECTOR));
	return above_ppr(l, vector);
}

void vlapic_take(struct vlapic *l, u8 vector)
{
	clear_bit(vector, l->irr);
	set_bit(vector, l->isr);
}

void vlapic_eoi(struct vlapic *l, struct vlapic_do *to_do)
{
	int vector = highest(l->isr);

	if (vector < 0)
		return;
	clear_bit(vector, l->isr);
	to_do->what |= VLAPIC_DO_IRQ;
	if (test_bit(vector, l->tmr)) {
		to_do->what |= VLAPIC_DO_EOI;
		to_do->vector = vector;
	}
}

void vlapic_set_tpr(struct vlapic *l, u8 tpr)
{
	WRITE_ONCE(l->tpr, tpr);
}

/* ---- errors ----------------------------------------------------------------- */

void vlapic_error(struct vlapic *l, unsigned int error)
{
	set_bit(error, &l->errors);
	/* One interrupt until ESR is written. */
	if (test_and_set_bit(VLAPIC_ERROR_TOLD, &l->errors))
		return;
	vlapic_lvt_fire(l, VLAPIC_LVT_ERROR);
}

/* ---- local sources ---------------------------------------------------------- */

bool vlapic_lvt_fire(struct vlapic *l, unsigned int reg)
{
	u32 lvt = READ_ONCE(l->lvt[VLAPIC_LVT(reg)]);

	if (lvt & VLAPIC_LVT_MASKED)
		return false;
	return vlapic_accept(l, lvt & VLAPIC_LVT_VECTOR, false);
}

bool vlapic_takes_extint(const struct vlapic *l)
{
	u32 lvt = READ_ONCE(l->lvt[VLAPIC_LVT(VLAPIC_LVT_LINT0)]);

	if (!vlapic_enabled(l))
		return true;
	return !(lvt & VLAPIC_LVT_MASKED) &&
	       FIELD_GET(VLAPIC_LVT_MODE, lvt) == VAPIC_MODE_EXTINT;
}

int vlapic_lint(struct vlapic *l, unsigned int lint)
{
	unsigned int reg = lint ? VLAPIC_LVT_LINT1 : VLAPIC_LVT_LINT0;
	u32 lvt = READ_ONCE(l->lvt[VLAPIC_LVT(reg)]);
	u32 mode = FIELD_GET(VLAPIC_LVT_MODE, lvt);

	/* The pins of a disabled APIC are INTR and NMI. */
	if (!vlapic_enabled(l))
		return lint ? VAPIC_MODE_NMI : VAPIC_MODE_EXTINT;
	if (lvt & VLAPIC_LVT_MASKED)
		return -1;
	if (mode != VAPIC_MODE_FIXED)
		return mode;
	return vlapic_lvt_fire(l, reg) ? VAPIC_MODE_FIXED : -1;
}
