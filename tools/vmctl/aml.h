/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing AML, ACPI's byte code, as far as a DSDT of fixed devices needs it.
 */
#ifndef VMCTL_AML_H
#define VMCTL_AML_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct aml - bytes under construction
 * @v: where they go
 * @n: so many are there
 * @room: so many fit; what does not is counted in @n and dropped
 */
struct aml {
	uint8_t *v;
	size_t n;
	size_t room;
};

void aml_byte(struct aml *a, uint8_t byte);
void aml_bytes(struct aml *a, const void *bytes, size_t n);

/** An integer, as short as it goes. */
void aml_int(struct aml *a, uint32_t value);
/** A string. */
void aml_text(struct aml *a, const char *text);
/** Name(@name, ...): the object is written next.  Four characters. */
void aml_name(struct aml *a, const char *name);
/** EISAID("PNP0501"): the compressed form. */
void aml_eisaid(struct aml *a, const char *id);

/* Things with a length: begin, write what is inside, end with its result. */
size_t aml_scope(struct aml *a, const char *path);
size_t aml_device(struct aml *a, const char *name);
size_t aml_package(struct aml *a, uint8_t elements);
void aml_end(struct aml *a, size_t begun);

/**
 * aml_ports_irq() - Name(_CRS, ...): ports and an interrupt line
 * @port, @len: a range of ports
 * @irq: ISA interrupt, edge and active high; -1: none
 */
void aml_ports_irq(struct aml *a, uint16_t port, uint8_t len, int irq);

#endif /* VMCTL_AML_H */
