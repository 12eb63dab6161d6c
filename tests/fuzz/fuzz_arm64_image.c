// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as an arm64 kernel, packed or not.  What is taken
 * must find a place that obeys the boot protocol.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_image.h"
#include "arm64_place.h"
#include "diag.h"

#define MEMORY (64ull << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void place(const struct arm64_image *image, struct diags *d)
{
	const struct span ram = { 1ull << 30, MEMORY, NULL };
	struct arm64_place p = {
		.file = "fuzz",
		.ram = &ram,
		.nr_ram = 1,
		.image = image,
		.kernel = { .what = "kernel", .len = image->memory },
		.dtb = { .what = "dtb", .len = 4096 },
		.initrd = { .what = "initrd", .len = 12345 },
	};

	if (!arm64_place(&p, d))
		return;
	if ((p.kernel.at - image->text_offset) % ARM64_IMAGE_ALIGN ||
	    p.kernel.at < ram.at ||
	    p.kernel.at + p.kernel.len > ram.at + ram.len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { malloc(size ? size : 1), size };
	struct arm64_image image;
	struct diags d = { 0 };

	memcpy(b.v, data, size);
	arm64_image_is(b.v, b.n);
	if (arm64_image_unpack(&b, MEMORY, "fuzz", &d) &&
	    arm64_image_parse(b.v, b.n, "fuzz", &image, &d)) {
		if (image.memory < b.n)
			abort();
		place(&image, &d);
	}
	bytes_free(&b);
	diag_free(&d);
	return 0;
}
