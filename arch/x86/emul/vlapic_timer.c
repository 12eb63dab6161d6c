// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the timer of a local APIC.  All three modes are one expiry in ticks of
 * the clock; counts are made from it when they are read.
 *
 * Manual: "APIC Timer", "TSC-Deadline Mode".
 */
#include <linux/kernel.h>

#include "arch/x86/emul/vlapic.h"

static bool counts(u32 mode)
{
	return mode == VLAPIC_TIMER_ONE_SHOT || mode == VLAPIC_TIMER_PERIODIC;
}

/* log2 of ticks in a count: 111 divides by 1, 000 by 2, ... 110 by 128. */
static unsigned int count_shift(const struct vlapic *l, u32 tdcr)
{
	u32 code = (tdcr & 3) | (tdcr >> 1 & 4);

	return ((code + 1) & 7) + l->bus_shift;
}

static void set_expiry(struct vlapic *l, u64 expiry)
{
	WRITE_ONCE(l->expiry, expiry);
}

void vlapic_timer_stop(struct vlapic *l)
{
	l->deadline = 0;
	l->period = 0;
	set_expiry(l, VLAPIC_NEVER);
}

void vlapic_timer_reset(struct vlapic *l)
{
	l->timer_mode = VLAPIC_TIMER_ONE_SHOT;
	l->timer_shift = count_shift(l, 0);
	vlapic_timer_stop(l);
}

void vlapic_timer_start(struct vlapic *l, const struct vlapic_now *now,
			u32 count)
{
	u64 ticks = (u64)count << l->timer_shift;

	/* Ignored in TSC-deadline mode. */
	vlapic_put(l, VLAPIC_TIMER_INIT, counts(l->timer_mode) ? count : 0);
	if (!counts(l->timer_mode))
		return;
	l->period = l->timer_mode == VLAPIC_TIMER_PERIODIC ? ticks : 0;
	set_expiry(l, count ? now->ticks + ticks : VLAPIC_NEVER);
}

/* Ticks until it expires; a periodic one begins again. */
static u64 ticks_left(const struct vlapic *l, const struct vlapic_now *now)
{
	u64 left;

	if (l->expiry == VLAPIC_NEVER)
		return 0;
	left = l->expiry - now->ticks;
	if (now->ticks < l->expiry)
		return l->period ? (left - 1) % l->period + 1 : left;
	return l->period ? l->period - -left % l->period : 0;
}

u32 vlapic_timer_current(const struct vlapic *l, const struct vlapic_now *now)
{
	unsigned int shift = l->timer_shift;
	u64 left;

	if (!counts(l->timer_mode))
		return 0;
	/* The count is n until n - 1 begins. */
	left = ticks_left(l, now);
	return (left + (1ull << shift) - 1) >> shift;
}

/* The initial count, in ticks. */
static u64 initial(const struct vlapic *l)
{
	return (u64)vlapic_get(l, VLAPIC_TIMER_INIT) << l->timer_shift;
}

void vlapic_timer_divide(struct vlapic *l, const struct vlapic_now *now,
			 u32 tdcr)
{
	u32 left = vlapic_timer_current(l, now);

	vlapic_put(l, VLAPIC_TIMER_DIVIDE, tdcr & 0xb);
	l->timer_shift = count_shift(l, tdcr);
	if (l->expiry == VLAPIC_NEVER || !counts(l->timer_mode))
		return;
	if (l->period)
		l->period = initial(l);
	set_expiry(l, now->ticks + ((u64)left << l->timer_shift));
}

void vlapic_timer_mode(struct vlapic *l)
{
	u32 new = vlapic_get(l, VLAPIC_LVT_TIMER) & VLAPIC_LVT_TIMER_MODE;
	u32 old = l->timer_mode;

	if (old == new)
		return;
	l->timer_mode = new;
	if (!counts(old) || !counts(new)) {
		vlapic_put(l, VLAPIC_TIMER_INIT, 0);
		vlapic_timer_stop(l);
		return;
	}
	l->period = new == VLAPIC_TIMER_PERIODIC ? initial(l) : 0;
}

/* ---- TSC deadline ----------------------------------------------------------- */

void vlapic_tsc_set(struct vlapic *l, const struct vlapic_now *now)
{
	u64 left = l->deadline - now->tsc;

	if (!l->deadline || l->timer_mode != VLAPIC_TIMER_DEADLINE)
		return;
	if (l->deadline <= now->tsc)
		set_expiry(l, now->ticks);
	else if (left > VLAPIC_NEVER - 1 - now->ticks)
		set_expiry(l, VLAPIC_NEVER - 1);
	else
		set_expiry(l, now->ticks + left);
}

void vlapic_deadline_write(struct vlapic *l, const struct vlapic_now *now,
			   u64 deadline)
{
	if (l->timer_mode != VLAPIC_TIMER_DEADLINE)
		return;
	l->deadline = deadline;
	set_expiry(l, VLAPIC_NEVER);
	vlapic_tsc_set(l, now);
}

u64 vlapic_deadline_read(const struct vlapic *l, const struct vlapic_now *now)
{
	if (l->timer_mode != VLAPIC_TIMER_DEADLINE || l->deadline <= now->tsc)
		return 0;
	return l->deadline;
}

/* ---- expiry ------------------------------------------------------------------- */

/*
 * When a periodic timer expires next: whole periods later.  What nobody was
 * there to take is one interrupt.
 */
static u64 next_period(const struct vlapic *l, u64 now)
{
	u64 left = l->period - (now - l->expiry) % l->period;

	if (left < l->min_period)
		left += (l->min_period - left + l->period - 1) / l->period *
			l->period;
	return now + left;
}

bool vlapic_timer_run(struct vlapic *l, const struct vlapic_now *now)
{
	if (l->expiry == VLAPIC_NEVER || now->ticks < l->expiry)
		return false;
	if (l->period) {
		set_expiry(l, next_period(l, now->ticks));
	} else {
		l->deadline = 0;
		set_expiry(l, VLAPIC_NEVER);
	}
	vlapic_lvt_fire(l, VLAPIC_LVT_TIMER);
	return true;
}
