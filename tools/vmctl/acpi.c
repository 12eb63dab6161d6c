// SPDX-License-Identifier: GPL-2.0
/*
 * ACPI tables of an x86 guest: what the module's platform has, no more.  PURE:
 * numbers in, bytes out.  Field offsets are those of "ACPI Specification" 6.4.
 */
#include <stdbool.h>
#include <string.h>

#include "acpi.h"
#include "aml.h"
#include "le.h"
#include "x86_map.h"

#define HEADER 36u /* common to all tables but RSDP and FACS */
#define HEADER_LENGTH 4u
#define HEADER_CHECKSUM 9u
#define CREATOR_REVISION 1u

#define RSDP_BYTES 36u
#define RSDP_OLD_BYTES 20u /* what the first checksum covers */
#define FACS_BYTES 64u
#define FADT_BYTES 276u
#define FADT_MAJOR 6u

/* FADT: IAPC_BOOT_ARCH and Flags. */
#define BOOT_LEGACY_DEVICES (1u << 0)
#define BOOT_NO_VGA (1u << 2)
#define BOOT_NO_MSI (1u << 3)
#define FADT_WBINVD (1u << 0)
#define FADT_PROC_C1 (1u << 2)
#define FADT_NO_SLEEP_BUTTON (1u << 5)
#define FADT_NO_RTC_WAKE (1u << 6)
#define FADT_RESET_REG (1u << 10)
#define FADT_HEADLESS (1u << 12)
#define LATENCY_NONE 0xfffu /* so slow that there is no such state */

/* MADT */
#define MADT_PCAT_COMPAT 1u
#define MADT_LAPIC 0u
#define MADT_IOAPIC 1u
#define MADT_OVERRIDE 2u
#define MADT_LAPIC_NMI 4u
#define MADT_X2APIC 9u
#define MADT_ENABLED 1u
#define MADT_ALL_CPUS 0xffu
#define MADT_HIGH_LEVEL 0xdu
#define XAPIC_IDS 255u

/** struct tables - the blob under construction, a bump allocator over @out */
struct tables {
	uint8_t *out;
	uint32_t base;
	size_t n;
};

static uint8_t *take(struct tables *t, size_t bytes, size_t align)
{
	uint8_t *p;

	t->n = (t->n + align - 1) / align * align;
	p = t->out + t->n;
	memset(p, 0, bytes);
	t->n += bytes;
	return p;
}

static uint32_t address(const struct tables *t, const uint8_t *p)
{
	return t->base + (uint32_t)(p - t->out);
}

static void checksum(uint8_t *p, size_t bytes, size_t at)
{
	uint8_t sum = 0;

	p[at] = 0;
	for (size_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + p[i]);
	p[at] = (uint8_t)-sum;
}

static void begin(uint8_t *p, const char *signature, uint8_t revision)
{
	memcpy(p, signature, 4);
	p[8] = revision;
	memcpy(p + 10, "AXVM  ", 6);
	memcpy(p + 16, "AXVMGUES", 8);
	le32_put(p + 24, 1);
	memcpy(p + 28, "AXVM", 4);
	le32_put(p + 32, CREATOR_REVISION);
}

static void finish(uint8_t *p, size_t bytes)
{
	le32_put(p + HEADER_LENGTH, (uint32_t)bytes);
	checksum(p, bytes, HEADER_CHECKSUM);
}

/* ---- DSDT ---------------------------------------------------------------- */

static void isa_device(struct aml *a, const char *name, const char *id,
		       uint16_t port, uint8_t len, int irq)
{
	size_t at = aml_device(a, name);

	aml_name(a, "_HID");
	aml_eisaid(a, id);
	aml_name(a, "_UID");
	aml_int(a, 0);
	aml_ports_irq(a, port, len, irq);
	aml_end(a, at);
}

static void cpu_device(struct aml *a, unsigned int i)
{
	static const char digits[] = "0123456789ABCDEF";
	char name[] = "C000";
	size_t at;

	name[2] = digits[i / 16 % 16];
	name[3] = digits[i % 16];
	at = aml_device(a, name);
	aml_name(a, "_HID");
	aml_text(a, "ACPI0007");
	aml_name(a, "_UID");
	aml_int(a, i);
	aml_end(a, at);
}

/* _S5: SLP_TYPa and SLP_TYPb are 0. */
static void power_off(struct aml *a)
{
	size_t at;

	aml_name(a, "_S5_");
	at = aml_package(a, 4);
	for (int i = 0; i < 4; i++)
		aml_int(a, 0);
	aml_end(a, at);
}

static uint8_t *make_dsdt(struct tables *t, const struct acpi_machine *m)
{
	uint8_t *p = take(t, HEADER, 16);
	struct aml a = { .v = p, .n = HEADER, .room = ACPI_MAX_BYTES - t->n };
	size_t at;

	begin(p, "DSDT", 2);
	power_off(&a);
	at = aml_scope(&a, "\\_SB_");
	for (unsigned int i = 0; i < m->nr_cpus; i++)
		cpu_device(&a, i);
	isa_device(&a, "PIC_", "PNP0000", 0x20, 2, -1);
	isa_device(&a, "PIT_", "PNP0100", 0x40, 4, 0);
	isa_device(&a, "RTC_", "PNP0B00", X86_RTC, 2, X86_RTC_IRQ);
	isa_device(&a, "COM1", "PNP0501", X86_COM1, 8, X86_COM1_IRQ);
	aml_end(&a, at);
	finish(p, a.n);
	t->n += a.n - HEADER;
	return p;
}

/* ---- FADT, FACS ----------------------------------------------------------- */

/* A generic address: @bytes wide registers in I/O space. */
static void gas(uint8_t *p, uint16_t port, uint8_t bytes)
{
	p[0] = 1; /* system I/O */
	p[1] = (uint8_t)(8 * bytes);
	p[3] = bytes == 4 ? 3 : bytes; /* access size: byte, word, dword */
	le64_put(p + 4, port);
}

static uint8_t *make_facs(struct tables *t)
{
	uint8_t *p = take(t, FACS_BYTES, 64);

	memcpy(p, "FACS", 4);
	le32_put(p + 4, FACS_BYTES);
	p[32] = 2; /* version */
	return p;
}

static uint8_t *make_fadt(struct tables *t, const uint8_t *facs,
			  const uint8_t *dsdt)
{
	uint8_t *p = take(t, FADT_BYTES, 16);

	begin(p, "FACP", FADT_MAJOR);
	le32_put(p + 36, address(t, facs));
	le32_put(p + 40, address(t, dsdt));
	le16_put(p + 46, X86_SCI);
	le32_put(p + 56, X86_PM1_EVENT);
	le32_put(p + 64, X86_PM1_CONTROL);
	le32_put(p + 76, X86_PM_TIMER);
	p[88] = 4; /* PM1_EVT_LEN */
	p[89] = 2; /* PM1_CNT_LEN */
	p[91] = 4; /* PM_TMR_LEN */
	le16_put(p + 96, LATENCY_NONE);
	le16_put(p + 98, LATENCY_NONE);
	p[108] = X86_RTC_CENTURY;
	le16_put(p + 109, BOOT_LEGACY_DEVICES | BOOT_NO_VGA | BOOT_NO_MSI);
	le32_put(p + 112, FADT_WBINVD | FADT_PROC_C1 | FADT_NO_SLEEP_BUTTON |
				  FADT_NO_RTC_WAKE | FADT_RESET_REG |
				  FADT_HEADLESS);
	gas(p + 116, X86_RESET_PORT, 1);
	p[128] = X86_RESET_VALUE;
	le64_put(p + 140, address(t, dsdt)); /* X_DSDT; FACS has one place */
	gas(p + 148, X86_PM1_EVENT, 4);
	gas(p + 172, X86_PM1_CONTROL, 2);
	gas(p + 208, X86_PM_TIMER, 4);
	memcpy(p + 268, "AXVM", 4); /* hypervisor vendor */
	finish(p, FADT_BYTES);
	return p;
}

/* ---- MADT ------------------------------------------------------------------ */

static void madt_cpu(struct tables *t, uint32_t uid, uint32_t apic_id)
{
	bool small = apic_id < XAPIC_IDS;
	uint8_t *p = take(t, small ? 8 : 16, 1);

	p[0] = small ? MADT_LAPIC : MADT_X2APIC;
	p[1] = small ? 8 : 16;
	if (small) {
		p[2] = (uint8_t)uid;
		p[3] = (uint8_t)apic_id;
		le32_put(p + 4, MADT_ENABLED);
	} else {
		le32_put(p + 4, apic_id);
		le32_put(p + 8, MADT_ENABLED);
		le32_put(p + 12, uid);
	}
}

static void madt_override(struct tables *t, uint8_t irq, uint32_t gsi,
			  uint16_t flags)
{
	uint8_t *p = take(t, 10, 1);

	p[0] = MADT_OVERRIDE;
	p[1] = 10;
	p[3] = irq;
	le32_put(p + 4, gsi);
	le16_put(p + 8, flags);
}

static uint8_t *make_madt(struct tables *t, const struct acpi_machine *m)
{
	uint8_t *p = take(t, HEADER + 8, 16), *e;

	begin(p, "APIC", 5);
	le32_put(p + 36, X86_LAPIC);
	le32_put(p + 40, MADT_PCAT_COMPAT);
	for (unsigned int i = 0; i < m->nr_cpus; i++)
		madt_cpu(t, i, m->apic_id[i]);
	e = take(t, 12, 1);
	e[0] = MADT_IOAPIC;
	e[1] = 12;
	e[2] = X86_IOAPIC_ID;
	le32_put(e + 4, X86_IOAPIC);
	madt_override(t, 0, X86_PIT_GSI, 0);
	madt_override(t, X86_SCI, X86_SCI, MADT_HIGH_LEVEL);
	e = take(t, 6, 1);
	e[0] = MADT_LAPIC_NMI;
	e[1] = 6;
	e[2] = MADT_ALL_CPUS;
	e[5] = 1; /* LINT1 */
	finish(p, (size_t)(t->out + t->n - p));
	return p;
}

/* ---- all of them --------------------------------------------------------------- */

static void make_rsdp(uint8_t *p, uint64_t xsdt)
{
	memcpy(p, "RSD PTR ", 8);
	memcpy(p + 9, "AXVM  ", 6);
	p[15] = 2; /* revision */
	le32_put(p + 20, RSDP_BYTES);
	le64_put(p + 24, xsdt);
	checksum(p, RSDP_OLD_BYTES, 8);
	checksum(p, RSDP_BYTES, 32);
}

size_t acpi_make(const struct acpi_machine *m, uint32_t at, uint8_t *out)
{
	struct tables t = { .out = out, .base = at };
	uint8_t *rsdp = take(&t, RSDP_BYTES, 16);
	uint8_t *xsdt = take(&t, HEADER + 2 * 8, 16);
	uint8_t *facs = make_facs(&t);
	uint8_t *dsdt = make_dsdt(&t, m);
	uint8_t *fadt = make_fadt(&t, facs, dsdt);
	uint8_t *madt = make_madt(&t, m);

	begin(xsdt, "XSDT", 1);
	le64_put(xsdt + HEADER, address(&t, fadt));
	le64_put(xsdt + HEADER + 8, address(&t, madt));
	finish(xsdt, HEADER + 2 * 8);
	make_rsdp(rsdp, address(&t, xsdt));
	return t.n;
}
