// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as a list of symbols, and as memory in which a guest
 * may have put anything that looks like a kernel's tables.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ksyms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct ksyms *k, uint64_t offset)
{
	bool frames;
	struct kbuf elf;

	ksyms_finish(k, offset);
	for (size_t i = 1; i < k->n; i++) {
		if (k->v[i].addr < k->v[i - 1].addr)
			abort();
	}
	elf = ksyms_elf(k, &frames);
	kbuf_free(&elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ksyms k = { 0 };

	if (!ksyms_parse(&k, (const char *)data, size)) {
		k.image = data;
		k.image_len = size;
		use(&k, 0);
	}
	ksyms_free(&k);
	if (!ksyms_find(&k, data, size, 0xffffffff81000000))
		use(&k, 0);
	ksyms_free(&k);
	return 0;
}
