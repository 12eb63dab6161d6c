// SPDX-License-Identifier: GPL-2.0
/*
 * Writing AML.  Lengths always take the three-byte form, so that they can be
 * filled in when what they enclose is complete.  PURE.
 * "ACPI Specification" 6.4, "AML Byte Stream Byte Values"; resource
 * descriptors: "Resource Data Types for ACPI".
 */
#include <string.h>

#include "aml.h"

#define AML_ZERO 0x00
#define AML_ONE 0x01
#define AML_NAME 0x08
#define AML_BYTE 0x0a
#define AML_WORD 0x0b
#define AML_DWORD 0x0c
#define AML_STRING 0x0d
#define AML_SCOPE 0x10
#define AML_BUFFER 0x11
#define AML_PACKAGE 0x12
#define AML_EXT 0x5b
#define AML_EXT_DEVICE 0x82

#define PKG_LENGTH 3u
#define PKG_THREE_BYTES 0x80u /* two more follow, low nibble here */

#define RES_IRQ_NO_FLAGS 0x22
#define RES_IO 0x47
#define RES_IO_DECODE16 1
#define RES_END 0x79

void aml_byte(struct aml *a, uint8_t byte)
{
	if (a->n < a->room)
		a->v[a->n] = byte;
	a->n++;
}

void aml_bytes(struct aml *a, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--)
		aml_byte(a, *p++);
}

static void little(struct aml *a, uint32_t value, unsigned int bytes)
{
	for (; bytes--; value >>= 8)
		aml_byte(a, (uint8_t)value);
}

void aml_int(struct aml *a, uint32_t value)
{
	if (value <= 1) {
		aml_byte(a, value ? AML_ONE : AML_ZERO);
	} else if (value <= 0xff) {
		aml_byte(a, AML_BYTE);
		little(a, value, 1);
	} else if (value <= 0xffff) {
		aml_byte(a, AML_WORD);
		little(a, value, 2);
	} else {
		aml_byte(a, AML_DWORD);
		little(a, value, 4);
	}
}

void aml_text(struct aml *a, const char *text)
{
	aml_byte(a, AML_STRING);
	aml_bytes(a, text, strlen(text) + 1);
}

void aml_name(struct aml *a, const char *name)
{
	aml_byte(a, AML_NAME);
	aml_bytes(a, name, 4);
}

static unsigned int hex(char c)
{
	return c <= '9' ? (unsigned int)(c - '0') :
			  (unsigned int)(c - 'A' + 10);
}

void aml_eisaid(struct aml *a, const char *id)
{
	uint32_t v = 0;

	for (int i = 0; i < 3; i++)
		v = v << 5 | ((unsigned int)id[i] - '@');
	for (int i = 3; i < 7; i++)
		v = v << 4 | hex(id[i]);
	aml_byte(a, AML_DWORD);
	/* The one number of AML that has its highest byte first. */
	for (int shift = 24; shift >= 0; shift -= 8)
		aml_byte(a, (uint8_t)(v >> shift));
}

static size_t begin(struct aml *a)
{
	size_t at = a->n;

	little(a, 0, PKG_LENGTH);
	return at;
}

size_t aml_scope(struct aml *a, const char *path)
{
	size_t at;

	aml_byte(a, AML_SCOPE);
	at = begin(a);
	aml_bytes(a, path, strlen(path));
	return at;
}

size_t aml_device(struct aml *a, const char *name)
{
	size_t at;

	aml_byte(a, AML_EXT);
	aml_byte(a, AML_EXT_DEVICE);
	at = begin(a);
	aml_bytes(a, name, 4);
	return at;
}

size_t aml_package(struct aml *a, uint8_t elements)
{
	size_t at;

	aml_byte(a, AML_PACKAGE);
	at = begin(a);
	aml_byte(a, elements);
	return at;
}

void aml_end(struct aml *a, size_t begun)
{
	size_t len = a->n - begun;

	if (a->n > a->room)
		return;
	a->v[begun] = (uint8_t)(PKG_THREE_BYTES | (len & 0xf));
	a->v[begun + 1] = (uint8_t)(len >> 4);
	a->v[begun + 2] = (uint8_t)(len >> 12);
}

void aml_ports_irq(struct aml *a, uint16_t port, uint8_t len, int irq)
{
	uint8_t bytes = irq < 0 ? 10 : 13;
	size_t at;

	aml_name(a, "_CRS");
	aml_byte(a, AML_BUFFER);
	at = begin(a);
	aml_int(a, bytes);
	aml_byte(a, RES_IO);
	aml_byte(a, RES_IO_DECODE16);
	little(a, port, 2); /* lowest and highest base */
	little(a, port, 2);
	aml_byte(a, 1); /* alignment */
	aml_byte(a, len);
	if (irq >= 0) {
		aml_byte(a, RES_IRQ_NO_FLAGS);
		little(a, 1u << irq, 2);
	}
	aml_byte(a, RES_END);
	aml_byte(a, 0); /* no checksum */
	aml_end(a, at);
}
