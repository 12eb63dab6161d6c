// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as a user's device tree.  What is taken must still
 * be a device tree with the VM's CPUs and memory in it.
 */
#include <libfdt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_fdt.h"
#include "diag.h"
#include "unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct bytes *tree)
{
	int node;

	if (fdt_check_full(tree->v, tree->n))
		abort();
	node = fdt_path_offset(tree->v, "/chosen");
	if (node < 0 || !fdt_getprop(tree->v, node, "bootargs", NULL))
		abort();
	node = fdt_path_offset(tree->v, "/memory@40000000");
	if (node < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span ram = { 0x40000000, 0x1000000, NULL };
	struct arm64_machine m = { .nr_cpus = 3,
				   .mpidr = { 0, 1, 0x100 },
				   .ram = &ram,
				   .nr_ram = 1,
				   .gic = 3,
				   .cmdline = "quiet",
				   .initrd = { 0x40800000, 5, NULL } };
	uint8_t *copy = memcpy(malloc(size ? size : 1), data, size);
	struct bytes tree;
	struct diags d = { 0 };

	if (arm64_fdt_patch(&m, copy, size, "fuzz", &tree, &d))
		check(&tree);
	bytes_free(&tree);
	diag_free(&d);
	free(copy);
	return 0;
}
