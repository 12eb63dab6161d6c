// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as an ELF or Multiboot kernel for x86.  What is taken
 * must lie within the file, in order, and begin where something is loaded.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "elf_image.h"
#include "multiboot.h"
#include "pvh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct elf_image *e, size_t size)
{
	bool inside = false;
	uint64_t last = 0;

	if (!e->nr_load || e->nr_load > ELF_SEGMENTS)
		abort();
	for (size_t i = 0; i < e->nr_load; i++) {
		const struct elf_segment *s = &e->load[i];

		if (s->at < last || s->offset > size ||
		    s->filesz > size - s->offset || s->filesz > s->memsz)
			abort();
		last = s->at + s->memsz;
		inside |= e->entry >= s->at && e->entry < last;
	}
	if (!inside)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = memcpy(malloc(size ? size : 1), data, size);
	struct diags d = { 0 };
	struct elf_image e;
	struct multiboot m;
	uint32_t entry;

	if (elf_image_parse(copy, size, "fuzz", &e, &d)) {
		check(&e, size);
		if (!pvh_entry(&e, copy, size, "fuzz", &entry, &d) && !d.errors)
			abort();
	} else if (!d.errors) {
		abort();
	}
	diag_free(&d);
	if (multiboot_parse(copy, size, "fuzz", &m, &d)) {
		check(&m.elf, size);
		if (m.elf.entry > UINT32_MAX)
			abort();
	} else if (!d.errors) {
		abort();
	}
	diag_free(&d);
	free(copy);
	return 0;
}
