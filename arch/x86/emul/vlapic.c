// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the state of a local APIC: resets, modes, requests and priorities,
 * errors, and the two local interrupt pins.
 *
 * Manual: "Local APIC State", "Interrupt Priority", "Error Handling", "Local
 * Vector Table".
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/vlapic.h"

/* ---- resets and modes ---------------------------------------------------- */

/* x2APIC: 16 processors a cluster. */
static u32 x2apic_ldr(u32 id)
{
	return (id >> 4) << 16 | 1u << (id & 0xf);
}

/* Registers whose value is fixed, but for the mode. */
static void put_identity(struct vlapic *l)
{
	bool x2 = vlapic_x2apic(l);

	vlapic_put(l, VLAPIC_ID, x2 ? l->id : l->id << 24);
	vlapic_put(l, VLAPIC_VER, VLAPIC_VERSION);
}

static void reset_registers(struct vlapic *l)
{
	unsigned int i;

	for (i = 0; i < VLAPIC_NR_REGS; i++)
		vlapic_put(l, i, 0);
	put_identity(l);
	vlapic_put(l, VLAPIC_LDR, vlapic_x2apic(l) ? x2apic_ldr(l->id) : 0);
	vlapic_put(l, VLAPIC_DFR, ~0u);
	vlapic_put(l, VLAPIC_SVR, 0xff);
	for (i = VLAPIC_LVT_TIMER; i <= VLAPIC_LVT_ERROR; i++)
		vlapic_put(l, i, VLAPIC_LVT_MASKED);
	for (i = 0; i < VLAPIC_WORDS; i++) {
		WRITE_ONCE(l->request[i], 0);
		if (l->posted)
			WRITE_ONCE(l->posted->pir[i], 0);
	}
	WRITE_ONCE(l->tmr_moved, 1);
	WRITE_ONCE(l->errors, 0);
	vlapic_timer_reset(l);
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
	put_identity(l);
	vlapic_put(l, VLAPIC_LDR, x2apic_ldr(l->id));
	vlapic_put(l, VLAPIC_ICR_HIGH, 0);
}

/* ---- requests and priorities --------------------------------------------- */

/* Eight registers of 32 vectors each: @reg is ISR, TMR or IRR. */
static unsigned long *vector_word(struct vlapic *l, unsigned int reg, u8 vector)
{
	/* The upper half of the word is a register's unused place. */
	return (unsigned long *)&VLAPIC_REG(l, reg + vector / 32);
}

static void vector_set(struct vlapic *l, unsigned int reg, u8 vector)
{
	set_bit(vector % 32, vector_word(l, reg, vector));
}

static void vector_clear(struct vlapic *l, unsigned int reg, u8 vector)
{
	clear_bit(vector % 32, vector_word(l, reg, vector));
}

static int highest(const struct vlapic *l, unsigned int reg)
{
	int i;

	for (i = 7; i >= 0; i--) {
		u32 word = vlapic_get(l, reg + i);

		if (word)
			return i * 32 + __fls(word);
	}
	return -1;
}

/* Is there any?  In less than a search takes. */
static bool any(const struct vlapic *l, unsigned int reg)
{
	return vlapic_get(l, reg) | vlapic_get(l, reg + 1) |
	       vlapic_get(l, reg + 2) | vlapic_get(l, reg + 3) |
	       vlapic_get(l, reg + 4) | vlapic_get(l, reg + 5) |
	       vlapic_get(l, reg + 6) | vlapic_get(l, reg + 7);
}

static int highest_staged(const struct vlapic *l)
{
	int i;

	for (i = VLAPIC_WORDS - 1; i >= 0; i--) {
		unsigned long word = READ_ONCE(l->request[i]);

		if (l->posted)
			word |= READ_ONCE(l->posted->pir[i]);

		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return -1;
}

int vlapic_highest(const struct vlapic *l)
{
	int vector = highest(l, VLAPIC_IRR);

	return l->staged ? max(vector, highest_staged(l)) : vector;
}

bool vlapic_unmerged(const struct vlapic *l)
{
	return highest_staged(l) >= 0;
}

static unsigned long take_word(unsigned long *word)
{
	return READ_ONCE(*word) ? xchg(word, 0) : 0;
}

void vlapic_merge(struct vlapic *l)
{
	struct vlapic_posted *p = l->posted;
	unsigned int i;

	/* First: who posts later tells again. */
	if (p && READ_ONCE(p->on))
		clear_bit(0, &p->on);
	for (i = 0; i < VLAPIC_WORDS; i++) {
		unsigned int reg = VLAPIC_IRR + 2 * i;
		u64 word = take_word(&l->request[i]);

		if (p)
			word |= take_word(&p->pir[i]);
		if (!word)
			continue;
		vlapic_put(l, reg, vlapic_get(l, reg) | (u32)word);
		vlapic_put(l, reg + 1, vlapic_get(l, reg + 1) | word >> 32);
	}
}

u16 vlapic_status(const struct vlapic *l)
{
	int irr = highest(l, VLAPIC_IRR), isr = highest(l, VLAPIC_ISR);

	return max(irr, 0) | max(isr, 0) << 8;
}

/* TMR moves before the request is there; so vlapic_accept() has it. */
static void trigger_mode(struct vlapic *l, u8 vector, bool level)
{
	unsigned long *word = vector_word(l, VLAPIC_TMR, vector);
	bool was;

	if (level)
		was = test_and_set_bit(vector % 32, word);
	else
		was = test_and_clear_bit(vector % 32, word);
	if (was != level)
		set_bit(0, &l->tmr_moved);
}

bool vlapic_tmr_moved(struct vlapic *l)
{
	return READ_ONCE(l->tmr_moved) && test_and_clear_bit(0, &l->tmr_moved);
}

bool vlapic_accept(struct vlapic *l, u8 vector, bool level)
{
	if (!vlapic_accepts(l))
		return false;
	if (vector < 16) {
		vlapic_error(l, VLAPIC_ESR_RECV_ILLEGAL);
		return false;
	}
	trigger_mode(l, vector, level);
	if (l->staged)
		set_bit(vector, l->request);
	else
		vector_set(l, VLAPIC_IRR, vector);
	return true;
}

enum vlapic_post vlapic_post(struct vlapic *l, u8 vector)
{
	unsigned long *tmr = vector_word(l, VLAPIC_TMR, vector);

	/* It must hear first that this vector's end concerns no one. */
	if (vector < 16 || test_bit(vector % 32, tmr) || !vlapic_accepts(l))
		return vlapic_accept(l, vector, false) ? VLAPIC_STAGED :
							 VLAPIC_REFUSED;
	set_bit(vector, l->posted->pir);
	return VLAPIC_POSTED;
}

bool vlapic_requested(const struct vlapic *l)
{
	return any(l, VLAPIC_IRR) || (l->staged && highest_staged(l) >= 0);
}

u32 vlapic_ppr(const struct vlapic *l)
{
	u32 tpr = vlapic_get(l, VLAPIC_TPR);
	int isr = any(l, VLAPIC_ISR) ? highest(l, VLAPIC_ISR) : -1;

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
	return above_ppr(l, vlapic_highest(l));
}

int vlapic_timer_next(const struct vlapic *l)
{
	u32 lvt = vlapic_get(l, VLAPIC_LVT_TIMER);
	int vector = vlapic_highest(l);

	if (!(lvt & VLAPIC_LVT_MASKED))
		vector = max(vector, (int)(lvt & VLAPIC_LVT_VECTOR));
	return above_ppr(l, vector);
}

void vlapic_take(struct vlapic *l, u8 vector)
{
	if (l->staged)
		vlapic_merge(l);
	vector_clear(l, VLAPIC_IRR, vector);
	vector_set(l, VLAPIC_ISR, vector);
}

void vlapic_ended(struct vlapic *l, u8 vector, struct vlapic_do *to_do)
{
	to_do->what |= VLAPIC_DO_IRQ;
	if (test_bit(vector % 32, vector_word(l, VLAPIC_TMR, vector))) {
		to_do->what |= VLAPIC_DO_EOI;
		to_do->vector = vector;
	}
}

void vlapic_eoi(struct vlapic *l, struct vlapic_do *to_do)
{
	int vector = highest(l, VLAPIC_ISR);

	if (vector < 0)
		return;
	vector_clear(l, VLAPIC_ISR, vector);
	vlapic_ended(l, vector, to_do);
}

void vlapic_set_tpr(struct vlapic *l, u8 tpr)
{
	vlapic_put(l, VLAPIC_TPR, tpr);
}

/* ---- errors -------------------------------------------------------------- */

void vlapic_error(struct vlapic *l, unsigned int error)
{
	set_bit(error, &l->errors);
	/* One interrupt until ESR is written. */
	if (test_and_set_bit(VLAPIC_ERROR_TOLD, &l->errors))
		return;
	vlapic_lvt_fire(l, VLAPIC_LVT_ERROR);
}

/* ---- local sources ------------------------------------------------------- */

bool vlapic_lvt_fire(struct vlapic *l, unsigned int reg)
{
	u32 lvt = vlapic_get(l, reg);

	if (lvt & VLAPIC_LVT_MASKED)
		return false;
	return vlapic_accept(l, lvt & VLAPIC_LVT_VECTOR, false);
}

bool vlapic_takes_extint(const struct vlapic *l)
{
	u32 lvt = vlapic_get(l, VLAPIC_LVT_LINT0);

	if (!vlapic_enabled(l))
		return true;
	return !(lvt & VLAPIC_LVT_MASKED) &&
	       FIELD_GET(VLAPIC_LVT_MODE, lvt) == VAPIC_MODE_EXTINT;
}

int vlapic_lint(struct vlapic *l, unsigned int lint)
{
	unsigned int reg = lint ? VLAPIC_LVT_LINT1 : VLAPIC_LVT_LINT0;
	u32 lvt = vlapic_get(l, reg);
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
