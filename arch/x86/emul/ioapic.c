// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the I/O APIC by Intel's 82093AA data sheet; the EOI register and
 * what version 0x20 adds are those of the I/O APICs in Intel's chip sets.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/ioapic.h"

#define IOREGSEL 0x00
#define IOWIN 0x10
#define IOEOI 0x40

#define IOAPICID 0x00
#define IOAPICVER 0x01
#define IOAPICARB 0x02
#define IOREDTBL 0x10

#define VERSION 0x20u
#define ID_BITS GENMASK(27, 24)

#define REDIR_VECTOR GENMASK_ULL(7, 0)
#define REDIR_MODE GENMASK_ULL(10, 8)
#define REDIR_LOGICAL BIT_ULL(11)
#define REDIR_STATUS BIT_ULL(12)
#define REDIR_POLARITY BIT_ULL(13)
#define REDIR_REMOTE BIT_ULL(14)
#define REDIR_LEVEL BIT_ULL(15)
#define REDIR_MASKED BIT_ULL(16)
#define REDIR_DEST GENMASK_ULL(63, 56)
#define REDIR_WRITABLE                                                \
	(REDIR_VECTOR | REDIR_MODE | REDIR_LOGICAL | REDIR_POLARITY | \
	 REDIR_LEVEL | REDIR_MASKED | REDIR_DEST)

#define MODE_FIXED 0u
#define MODE_LOWEST 1u

static bool redir_level(u64 redir)
{
	return redir & REDIR_LEVEL;
}

/*
 * Only these are answered with an EOI: SMI, NMI, INIT and ExtINT are edges to
 * a local APIC, whatever the entry says.
 */
static bool redir_has_eoi(u64 redir)
{
	return redir_level(redir) &&
	       FIELD_GET(REDIR_MODE, redir) <= MODE_LOWEST;
}

static bool pin_send(struct ioapic *ioapic, unsigned int pin)
{
	u64 redir = ioapic->redir[pin];
	struct ioapic_msg msg = {
		.dest = FIELD_GET(REDIR_DEST, redir),
		.logical = redir & REDIR_LOGICAL,
		.mode = FIELD_GET(REDIR_MODE, redir),
		.vector = FIELD_GET(REDIR_VECTOR, redir),
		.level = redir_has_eoi(redir),
	};

	return ioapic->ops->deliver(ioapic, &msg);
}

/*
 * Send what is due on a pin.  What nobody takes stays pending, and is tried
 * again when the pin or its entry changes.  What a masked pin does is ignored,
 * edges are lost for good, as the data sheet has it.
 */
static void pin_service(struct ioapic *ioapic, unsigned int pin)
{
	u64 redir = ioapic->redir[pin];
	u32 bit = BIT(pin);

	if (redir & REDIR_MASKED) {
		ioapic->pending &= ~bit;
		return;
	}
	if (redir_has_eoi(redir)) {
		if (ioapic->inputs & bit && !(ioapic->remote & bit))
			ioapic->pending |= bit;
		else
			ioapic->pending &= ~bit;
	}
	if (!(ioapic->pending & bit))
		return;
	if (!pin_send(ioapic, pin))
		return;
	ioapic->pending &= ~bit;
	if (redir_has_eoi(redir))
		ioapic->remote |= bit;
}

void ioapic_set_input(struct ioapic *ioapic, unsigned int pin, bool asserted)
{
	u32 bit;

	if (pin >= IOAPIC_PINS)
		return;
	pin %= IOAPIC_SLOTS;
	bit = BIT(pin);
	if (asserted == !!(ioapic->inputs & bit))
		return;
	ioapic->inputs ^= bit;
	if (asserted)
		ioapic->pending |= bit;
	pin_service(ioapic, pin);
}

void ioapic_eoi(struct ioapic *ioapic, u8 vector)
{
	u32 left = ioapic->remote;

	while (left) {
		unsigned int pin = __builtin_ctz(left);

		left &= left - 1;
		if (FIELD_GET(REDIR_VECTOR, ioapic->redir[pin]) != vector)
			continue;
		ioapic->remote &= ~BIT(pin);
		pin_service(ioapic, pin);
	}
}

/* ---- registers ------------------------------------------------------------- */

static u64 redir_read(const struct ioapic *ioapic, unsigned int pin)
{
	u64 redir = ioapic->redir[pin];

	if (ioapic->pending & BIT(pin))
		redir |= REDIR_STATUS;
	if (ioapic->remote & BIT(pin))
		redir |= REDIR_REMOTE;
	return redir;
}

/*
 * Edge trigger clears remote IRR: that is how drivers of I/O APICs without an
 * EOI register end an interrupt.
 */
static void redir_write(struct ioapic *ioapic, unsigned int pin, u64 value,
			u64 half)
{
	u64 *redir = &ioapic->redir[pin];

	half &= REDIR_WRITABLE;
	*redir = (*redir & ~half) | (value & half);
	if (!redir_has_eoi(*redir))
		ioapic->remote &= ~BIT(pin);
	pin_service(ioapic, pin);
}

static u32 window_read(const struct ioapic *ioapic)
{
	unsigned int pin = (ioapic->select - IOREDTBL) / 2;

	switch (ioapic->select) {
	case IOAPICID:
	case IOAPICARB: /* loaded with the id whenever that is written */
		return FIELD_PREP(ID_BITS, ioapic->id);
	case IOAPICVER:
		return VERSION | (IOAPIC_PINS - 1) << 16;
	}
	if (ioapic->select < IOREDTBL || pin >= IOAPIC_PINS)
		return 0;
	return redir_read(ioapic, pin % IOAPIC_SLOTS) >>
	       32 * (ioapic->select & 1);
}

static void window_write(struct ioapic *ioapic, u32 value)
{
	unsigned int pin = (ioapic->select - IOREDTBL) / 2;

	if (ioapic->select == IOAPICID)
		ioapic->id = FIELD_GET(ID_BITS, value);
	if (ioapic->select < IOREDTBL || pin >= IOAPIC_PINS)
		return;
	pin %= IOAPIC_SLOTS;
	if (ioapic->select & 1)
		redir_write(ioapic, pin, (u64)value << 32, GENMASK_ULL(63, 32));
	else
		redir_write(ioapic, pin, value, GENMASK_ULL(31, 0));
}

static u64 low_bytes(u64 value, unsigned int bytes)
{
	return bytes >= 4 ? (u32)value : value & (BIT(8 * bytes) - 1);
}

u64 ioapic_read(struct ioapic *ioapic, u64 offset, unsigned int bytes)
{
	switch (offset) {
	case IOREGSEL:
		return ioapic->select;
	case IOWIN:
		return low_bytes(window_read(ioapic), bytes);
	default:
		return 0;
	}
}

void ioapic_write(struct ioapic *ioapic, u64 offset, unsigned int bytes,
		  u64 value)
{
	value = low_bytes(value, bytes);
	switch (offset) {
	case IOREGSEL:
		ioapic->select = value;
		break;
	case IOWIN:
		window_write(ioapic, value);
		break;
	case IOEOI:
		ioapic_eoi(ioapic, value);
		break;
	}
}

void ioapic_reset(struct ioapic *ioapic)
{
	const struct ioapic_ops *ops = ioapic->ops;
	u32 inputs = ioapic->inputs;
	unsigned int pin;

	*ioapic = (struct ioapic){ .ops = ops, .inputs = inputs };
	for (pin = 0; pin < IOAPIC_PINS; pin++)
		ioapic->redir[pin] = REDIR_MASKED;
}
