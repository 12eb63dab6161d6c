// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: PM1 registers and the power-management timer, by the ACPI
 * specification ("ACPI Hardware Specification").  There is no SMI mode:
 * SCI_EN is always set.  The only sleeping state is S5, by SLP_TYP 0.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/acpi_pm.h"

#define NSEC 1000000000ull

/* PM1_STS, and PM1_EN in the same places. */
#define PM1_TMR BIT(0)
#define PM1_GBL BIT(5)
#define PM1_PWRBTN BIT(8)
#define PM1_SLPBTN BIT(9)
#define PM1_RTC BIT(10)
#define PM1_EVENTS (PM1_TMR | PM1_GBL | PM1_PWRBTN | PM1_SLPBTN | PM1_RTC)

#define CNT_SCI_EN BIT(0)
#define CNT_BM_RLD BIT(1)
#define CNT_SLP_TYP GENMASK(12, 10)
#define CNT_SLP_EN BIT(13)
#define TYPE_S5 0u

/* TMR_STS: the timer's highest bit changes. */
#define TMR_TOP 31

static u64 timer_at(u64 ns)
{
	return ns / NSEC * ACPI_PM_HZ + ns % NSEC * ACPI_PM_HZ / NSEC;
}

static void pm_sync(struct acpi_pm *pm, u64 now)
{
	u64 then = pm->seen;

	pm->seen = now;
	if (now > then && timer_at(then) >> TMR_TOP != timer_at(now) >> TMR_TOP)
		pm->sts |= PM1_TMR;
}

static u32 pm_word(const struct acpi_pm *pm, unsigned int offset, u64 now)
{
	switch (offset & ~3u) {
	case ACPI_PM_STS:
		return pm->sts | (u32)pm->en << 16;
	case ACPI_PM_CNT:
		return pm->cnt | CNT_SCI_EN;
	case ACPI_PM_TMR:
		return timer_at(now);
	default:
		return ~0u;
	}
}

u64 acpi_pm_read(struct acpi_pm *pm, unsigned int offset, unsigned int bytes,
		 u64 now)
{
	u64 value = 0;
	unsigned int i;

	pm_sync(pm, now);
	for (i = 0; i < bytes; i++) {
		u8 byte = pm_word(pm, offset + i, now) >>
			  8 * ((offset + i) & 3);

		value |= (u64)byte << 8 * i;
	}
	return value;
}

static bool control_write(struct acpi_pm *pm, u16 value, u16 lanes)
{
	const u16 kept = (CNT_BM_RLD | CNT_SLP_TYP) & lanes;

	pm->cnt = (pm->cnt & ~kept) | (value & kept);
	return value & CNT_SLP_EN && FIELD_GET(CNT_SLP_TYP, pm->cnt) == TYPE_S5;
}

static bool byte_write(struct acpi_pm *pm, unsigned int offset, u8 byte)
{
	unsigned int shift = 8 * (offset & 1);
	u16 value = byte << shift, lanes = 0xff << shift;

	switch (offset & ~1u) {
	case ACPI_PM_STS: /* ones clear */
		pm->sts &= ~value;
		return false;
	case ACPI_PM_EN:
		pm->en = (pm->en & ~lanes) | (value & PM1_EVENTS);
		return false;
	case ACPI_PM_CNT:
		return control_write(pm, value, lanes);
	default: /* the timer cannot be written */
		return false;
	}
}

bool acpi_pm_write(struct acpi_pm *pm, unsigned int offset, unsigned int bytes,
		   u64 value, u64 now)
{
	bool off = false;
	unsigned int i;

	pm_sync(pm, now);
	for (i = 0; i < bytes; i++)
		off |= byte_write(pm, offset + i, value >> 8 * i);
	return off;
}

bool acpi_pm_power_button(struct acpi_pm *pm)
{
	pm->sts |= PM1_PWRBTN;
	return pm->en & PM1_PWRBTN;
}

bool acpi_pm_sci(struct acpi_pm *pm, u64 now)
{
	pm_sync(pm, now);
	return pm->sts & pm->en & PM1_EVENTS;
}

u64 acpi_pm_next(struct acpi_pm *pm, u64 now)
{
	u64 tick;

	pm_sync(pm, now);
	if (!(pm->en & PM1_TMR) || pm->sts & pm->en & PM1_EVENTS)
		return ACPI_PM_NEVER;
	tick = ((timer_at(now) >> TMR_TOP) + 1) << TMR_TOP;
	return tick / ACPI_PM_HZ * NSEC +
	       (tick % ACPI_PM_HZ * NSEC + ACPI_PM_HZ - 1) / ACPI_PM_HZ;
}

void acpi_pm_reset(struct acpi_pm *pm)
{
	*pm = (struct acpi_pm){};
}
