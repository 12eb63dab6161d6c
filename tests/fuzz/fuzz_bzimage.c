// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as an x86 kernel.  What is taken must make boot_params
 * within its page, and its parts must lie within the file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bzimage.h"
#include "diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct e820_range map = { 0, 1ull << 30, E820_RAM };
	const struct bzimage_boot b = { .map = &map, .nr_map = 1 };
	uint8_t *copy = memcpy(malloc(size ? size : 1), data, size);
	uint8_t *params = malloc(BOOT_PARAMS_BYTES);
	struct diags d = { 0 };
	struct bzimage z;

	if (bzimage_parse(copy, size, "fuzz", &z, &d)) {
		if (z.setup + (size_t)z.body != size || z.header_end > size ||
		    z.init_size < z.body || !z.alignment)
			abort();
		bzimage_params(&z, copy, &b, params);
	} else if (!d.errors) {
		abort();
	}
	diag_free(&d);
	free(params);
	free(copy);
	return 0;
}
