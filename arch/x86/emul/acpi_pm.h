/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the fixed hardware of ACPI: PM1 event and control registers, and the
 * power-management timer of 32 bits.  Time is handed in; ports, locks and
 * what power-off means are the owner's.
 */
#ifndef AXVM_X86_ACPI_PM_H
#define AXVM_X86_ACPI_PM_H

#include <linux/types.h>

#define ACPI_PM_HZ 3579545u
#define ACPI_PM_NEVER (~0ull)

/* Offsets from 0x600. */
#define ACPI_PM_STS 0u
#define ACPI_PM_EN 2u
#define ACPI_PM_CNT 4u
#define ACPI_PM_TMR 8u
#define ACPI_PM_BYTES 12u

/**
 * struct acpi_pm - everything under the owner's lock
 * @sts, @en, @cnt: PM1 registers
 * @seen: time up to which the timer's status is right
 */
struct acpi_pm {
	u16 sts;
	u16 en;
	u16 cnt;
	u64 seen;
};

void acpi_pm_reset(struct acpi_pm *pm);

/** acpi_pm_read() - @bytes (1, 2, 4, 8) at @offset, at @now (ns) */
u64 acpi_pm_read(struct acpi_pm *pm, unsigned int offset, unsigned int bytes,
		 u64 now);

/** acpi_pm_write() - Return: true: the guest turns the power off (S5) */
bool acpi_pm_write(struct acpi_pm *pm, unsigned int offset, unsigned int bytes,
		   u64 value, u64 now);

/** acpi_pm_power_button() - it is pressed; Return: does the guest listen? */
bool acpi_pm_power_button(struct acpi_pm *pm);

/** acpi_pm_sci() - level of the system control interrupt */
bool acpi_pm_sci(struct acpi_pm *pm, u64 now);

/** acpi_pm_next() - when SCI is asserted by itself, later than @now */
u64 acpi_pm_next(struct acpi_pm *pm, u64 now);

#endif /* AXVM_X86_ACPI_PM_H */
