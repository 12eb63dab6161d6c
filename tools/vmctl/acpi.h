/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ACPI tables of an x86 guest.
 */
#ifndef VMCTL_ACPI_H
#define VMCTL_ACPI_H

#include <stddef.h>
#include <stdint.h>

#define ACPI_MAX_CPUS 64u
#define ACPI_MAX_BYTES 0x4000u

/**
 * struct acpi_machine - what the tables tell of
 * @apic_id: local APIC ids of the CPUs, boot processor first
 * @nr_cpus: 1 .. ACPI_MAX_CPUS
 */
struct acpi_machine {
	uint32_t apic_id[ACPI_MAX_CPUS];
	unsigned int nr_cpus;
};

/**
 * acpi_make() - build RSDP, XSDT, FADT, FACS, DSDT and MADT
 * @m: the machine
 * @at: guest-physical address they go to, a multiple of 64 below 4 GiB; the
 *	RSDP is the first thing there
 * @out: ACPI_MAX_BYTES
 *
 * Implements "ACPI Specification" 6.4, chapters "ACPI Software Programming
 * Model" and "AML Specification".
 * Return: bytes used.
 */
size_t acpi_make(const struct acpi_machine *m, uint32_t at, uint8_t *out);

#endif /* VMCTL_ACPI_H */
