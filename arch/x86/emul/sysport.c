// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: reset control, as Intel's chip sets have it.
 */
#include <linux/bits.h>

#include "arch/x86/emul/sysport.h"

#define A_FAST_RESET BIT(0)
#define A_A20 BIT(1)
#define A_WRITABLE GENMASK(1, 0)

#define RESET_SYSTEM BIT(1)
#define RESET_CPU BIT(2) /* 0 to 1: do it */
#define RESET_FULL BIT(3)
#define RESET_WRITABLE (RESET_SYSTEM | RESET_CPU | RESET_FULL)

/* Commands 0xf0-0xff pulse those outputs low whose bit is 0; bit 0 is reset. */
#define KBD_PULSE 0xf0
#define KBD_PULSE_MASK 0xf1

u8 sysport_read(const struct sysport *s, unsigned int port)
{
	switch (port) {
	case SYSPORT_A:
		return s->a;
	case SYSPORT_RESET:
		return s->reset;
	default:
		return 0xff;
	}
}

static bool rises(u8 from, u8 to, u8 bit)
{
	return ~from & to & bit;
}

bool sysport_write(struct sysport *s, unsigned int port, u8 value)
{
	struct sysport old = *s;

	switch (port) {
	case SYSPORT_A:
		s->a = value & A_WRITABLE;
		return rises(old.a, value, A_FAST_RESET);
	case SYSPORT_RESET:
		s->reset = value & RESET_WRITABLE;
		return rises(old.reset, value, RESET_CPU);
	case SYSPORT_KBD:
		return (value & KBD_PULSE_MASK) == KBD_PULSE;
	default:
		return false;
	}
}

void sysport_reset(struct sysport *s)
{
	*s = (struct sysport){ .a = A_A20 };
}
