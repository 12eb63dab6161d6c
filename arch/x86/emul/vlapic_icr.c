// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: interprocessor interrupts: what a write of ICR sends, and which local
 * APICs a message is for.
 *
 * Manual: "Issuing Interprocessor Interrupts", "Determining IPI Destination",
 * "x2APIC Interrupt Command Register".
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "arch/x86/emul/vlapic.h"

#define ICR_VECTOR GENMASK(7, 0)
#define ICR_MODE GENMASK(10, 8)
#define ICR_LOGICAL BIT(11)
#define ICR_ASSERT BIT(14)
#define ICR_LEVEL BIT(15)
#define ICR_SHORTHAND GENMASK(19, 18)

#define DFR_FLAT 0xfu /* bits 31:28; 0: clusters */

/* ---- sending ------------------------------------------------------------- */

/* Messages that make sense with each shorthand. */
static bool mode_valid(u32 mode, u32 shorthand)
{
	switch (mode) {
	case VAPIC_MODE_FIXED:
	case VAPIC_MODE_NMI:
	case VAPIC_MODE_SMI:
		return true;
	case VAPIC_MODE_LOWEST:
		return shorthand == VLAPIC_TO_DEST ||
		       shorthand == VLAPIC_TO_OTHERS;
	case VAPIC_MODE_INIT:
	case VAPIC_MODE_SIPI:
		return shorthand != VLAPIC_TO_SELF &&
		       shorthand != VLAPIC_TO_ALL;
	default:
		return false;
	}
}

void vlapic_ipi(struct vlapic *l, struct vlapic_do *to_do)
{
	u64 icr = vlapic_icr(l);
	u32 low = icr, high = icr >> 32;
	u32 mode = FIELD_GET(ICR_MODE, low);
	u32 vector = FIELD_GET(ICR_VECTOR, low);
	u32 shorthand = FIELD_GET(ICR_SHORTHAND, low);

	if (!vlapic_x2apic(l)) {
		high >>= 24;
		high = high == 0xff ? VAPIC_DEST_ALL : high;
	}
	if (!mode_valid(mode, shorthand))
		return;
	if ((mode == VAPIC_MODE_FIXED || mode == VAPIC_MODE_LOWEST) &&
	    vector < 16) {
		vlapic_error(l, VLAPIC_ESR_SEND_ILLEGAL);
		to_do->what |= VLAPIC_DO_IRQ;
		return;
	}
	/* INIT de-assert: older processors' arbitration ids. */
	if (mode == VAPIC_MODE_INIT && low & ICR_LEVEL && !(low & ICR_ASSERT))
		return;
	to_do->what |= VLAPIC_DO_IPI;
	to_do->shorthand = shorthand;
	to_do->msg = (struct vapic_msg){
		.dest = high,
		.logical = low & ICR_LOGICAL,
		.mode = mode,
		.vector = vector,
	};
}

/* ---- receiving ------------------------------------------------------------- */

static bool match_logical(const struct vlapic *l, u32 dest)
{
	u32 ldr = vlapic_get(l, VLAPIC_LDR);

	if (vlapic_x2apic(l))
		return dest >> 16 == ldr >> 16 && dest & ldr & 0xffff;
	if (dest > 0xff)
		return false;
	ldr >>= 24;
	if (vlapic_get(l, VLAPIC_DFR) >> 28 == DFR_FLAT)
		return dest & ldr;
	/* Cluster 15 is every cluster. */
	return (dest >> 4 == 0xf || dest >> 4 == ldr >> 4) && dest & ldr & 0xf;
}

bool vlapic_match(const struct vlapic *l, u32 dest, bool logical)
{
	if (dest == VAPIC_DEST_ALL)
		return true;
	return logical ? match_logical(l, dest) : dest == l->id;
}

/* ---- routing ----------------------------------------------------------------- */

/* A receiver at all: a disabled APIC hears nothing. */
static bool receives(const struct vlapic *to, const struct vlapic *from,
		     const struct vapic_msg *msg, u8 shorthand)
{
	if (!to || !vlapic_enabled(to))
		return false;
	switch (shorthand) {
	case VLAPIC_TO_SELF:
		return to == from;
	case VLAPIC_TO_ALL:
		return true;
	case VLAPIC_TO_OTHERS:
		return to != from;
	default:
		return vlapic_match(to, msg->dest, msg->logical);
	}
}

/* Physical ids are indices, if nobody gave others. */
static struct vlapic *by_id(const struct vapic_bus *bus, u32 id)
{
	struct vlapic *l = id < bus->n ? READ_ONCE(bus->apic[id]) : NULL;

	return l && l->id == id ? l : NULL;
}

static bool route_lowest(const struct vapic_bus *bus, const struct vlapic *from,
			 const struct vapic_msg *msg, u8 shorthand,
			 bool (*deliver)(struct vlapic *,
					 const struct vapic_msg *))
{
	struct vlapic *best = NULL;
	u32 best_ppr = ~0u;
	unsigned int i;

	for (i = 0; i < bus->n; i++) {
		struct vlapic *to = READ_ONCE(bus->apic[i]);
		u32 ppr;

		if (!receives(to, from, msg, shorthand) ||
		    !(vlapic_get(to, VLAPIC_SVR) & VLAPIC_SVR_ENABLE))
			continue;
		ppr = vlapic_ppr(to);
		if (ppr < best_ppr) {
			best = to;
			best_ppr = ppr;
		}
	}
	return best && deliver(best, msg);
}

bool vapic_route(const struct vapic_bus *bus, const struct vlapic *from,
		 const struct vapic_msg *msg, u8 shorthand,
		 bool (*deliver)(struct vlapic *to,
				 const struct vapic_msg *msg))
{
	bool taken = false;
	struct vlapic *one;
	unsigned int i;

	if (msg->mode == VAPIC_MODE_LOWEST)
		return route_lowest(bus, from, msg, shorthand, deliver);
	if (shorthand == VLAPIC_TO_DEST && !msg->logical &&
	    msg->dest != VAPIC_DEST_ALL) {
		one = by_id(bus, msg->dest);
		if (one)
			return vlapic_enabled(one) && deliver(one, msg);
	}
	for (i = 0; i < bus->n; i++) {
		struct vlapic *to = READ_ONCE(bus->apic[i]);

		if (receives(to, from, msg, shorthand))
			taken |= deliver(to, msg);
	}
	return taken;
}
