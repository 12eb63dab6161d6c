/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The addresses of an x86 guest that vmctl decides on or tells the guest about:
 * what it writes into low memory before the start, and where the platform of
 * the module has its devices.
 *
 *   0x00500  GDT
 *   0x07000  boot_params (Linux), start info (PVH), Multiboot information
 *   0x09000  page tables: PML4, PDPT, 4 page directories
 *   0x20000  command line
 *   0x9fc00  end of conventional memory; the EBDA would begin here
 *   0xa0000  no memory is told of up to
 *   0xe0000  ACPI: RSDP, then the tables, up to
 *  0x100000  kernels and what else there is
 *  3 GiB     devices up to 4 GiB, then memory again
 */
#ifndef VMCTL_X86_MAP_H
#define VMCTL_X86_MAP_H

#define X86_GDT 0x500u
#define X86_INFO 0x7000u
#define X86_PAGE_TABLES 0x9000u
#define X86_CMDLINE 0x20000u
#define X86_CMDLINE_MAX 0x10000u /* with its NUL */
#define X86_LOW_END 0x9fc00u
#define X86_HOLE 0xa0000u
#define X86_ACPI 0xe0000u
#define X86_HIGH 0x100000u
#define X86_RAM_END 0xc0000000ull
#define X86_RAM_AGAIN 0x100000000ull

#define X86_LAPIC 0xfee00000u
#define X86_IOAPIC 0xfec00000u
#define X86_IOAPIC_ID 0u
#define X86_COM1 0x3f8u
#define X86_COM1_IRQ 4u
#define X86_RTC 0x70u
#define X86_RTC_IRQ 8u
#define X86_RTC_CENTURY 0x32u
#define X86_PIT_GSI 2u
#define X86_SCI 9u
#define X86_PM1_EVENT 0x600u
#define X86_PM1_CONTROL 0x604u
#define X86_PM_TIMER 0x608u
#define X86_RESET_PORT 0xcf9u
#define X86_RESET_VALUE 6u

#endif /* VMCTL_X86_MAP_H */
