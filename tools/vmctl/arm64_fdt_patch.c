// SPDX-License-Identifier: GPL-2.0
/*
 * A user's device tree made to fit its VM: CPUs, memory and /chosen are the
 * VM's, everything else stays.  PURE; the tree is not trusted.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_fdt.h"
#include "arm64_fdt_write.h"
#include "diag.h"
#include "unpack.h"
#include "vmctl.h"

static bool is_type(const void *fdt, int node, const char *type)
{
	int len;
	const char *p = fdt_getprop(fdt, node, "device_type", &len);

	return p && len == (int)strlen(type) + 1 &&
	       !memcmp(p, type, (size_t)len);
}

/* Each child of @parent that is of a type goes; deleting moves the others. */
static int drop_type(void *fdt, int parent, const char *type)
{
	int node = fdt_first_subnode(fdt, parent);

	while (node >= 0) {
		if (is_type(fdt, node, type)) {
			TRY(fdt_del_node(fdt, node));
			node = fdt_first_subnode(fdt, parent);
		} else {
			node = fdt_next_subnode(fdt, node);
		}
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

static int patch_memory(void *fdt, const struct arm64_machine *m)
{
	int ac = fdt_address_cells(fdt, ROOT), sc = fdt_size_cells(fdt, ROOT);

	TRY(ac);
	TRY(sc);
	TRY(drop_type(fdt, ROOT, "memory"));
	return arm64_fdt_memory(fdt, m, ac, sc);
}

/* The affinity in a CPU's reg; ~0 for none. */
static uint64_t cpu_id(const void *fdt, int node)
{
	const fdt32_t *reg;
	int len;

	reg = fdt_getprop(fdt, node, "reg", &len);
	if (reg && len == 4)
		return fdt32_to_cpu(reg[0]);
	if (reg && len == 8)
		return (uint64_t)fdt32_to_cpu(reg[0]) << 32 |
		       fdt32_to_cpu(reg[1]);
	return ~0ull;
}

static int vcpu_of(const struct arm64_machine *m, uint64_t id)
{
	for (unsigned int i = 0; i < m->nr_cpus; i++) {
		if ((m->mpidr[i] & MPIDR_AFF) == id)
			return (int)i;
	}
	return -1;
}

/* Started by PSCI, whatever the board did. */
static int adopt_cpu(void *fdt, int node)
{
	int ret = fdt_delprop(fdt, node, "cpu-release-addr");

	if (ret && ret != -FDT_ERR_NOTFOUND)
		return ret;
	return fdt_setprop_string(fdt, node, "enable-method", "psci");
}

/* Keep the CPUs that are vCPUs (with what the tree says of them), drop others. */
static int keep_cpus(void *fdt, int cpus, const struct arm64_machine *m,
		     bool *seen)
{
	int node = fdt_first_subnode(fdt, cpus);
	bool changed;

	while (node >= 0) {
		int i = vcpu_of(m, cpu_id(fdt, node));

		changed = false;
		if (is_type(fdt, node, "cpu") && (i < 0 || seen[i])) {
			TRY(fdt_del_node(fdt, node));
			memset(seen, 0, sizeof(*seen) * m->nr_cpus);
			changed = true;
		} else if (is_type(fdt, node, "cpu")) {
			TRY(adopt_cpu(fdt, node));
			seen[i] = true;
		}
		node = changed ? fdt_first_subnode(fdt, cpus) :
				 fdt_next_subnode(fdt, node);
	}
	return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

static int cpus_node(void *fdt, const struct arm64_machine *m, int *cells)
{
	int node = fdt_subnode_offset(fdt, ROOT, "cpus");

	*cells = 1;
	for (unsigned int i = 0; i < m->nr_cpus; i++) {
		if (m->mpidr[i] & MPIDR_AFF & ~MPIDR_LOW)
			*cells = 2;
	}
	if (node == -FDT_ERR_NOTFOUND) {
		node = fdt_add_subnode(fdt, ROOT, "cpus");
		TRY(node);
		TRY(fdt_setprop_u32(fdt, node, "#address-cells",
				    (uint32_t)*cells));
		TRY(fdt_setprop_u32(fdt, node, "#size-cells", 0));
		return node;
	}
	TRY(node);
	if (fdt_address_cells(fdt, node) > 0)
		*cells = fdt_address_cells(fdt, node);
	return node;
}

static int patch_cpus(void *fdt, const struct arm64_machine *m)
{
	bool seen[AXVM_MAX_VCPUS] = { false };
	int cells, map, node = cpus_node(fdt, m, &cells);

	TRY(node);
	TRY(keep_cpus(fdt, node, m, seen));
	/* It names CPUs by handles that may be gone. */
	map = fdt_subnode_offset(fdt, node, "cpu-map");
	if (map >= 0)
		TRY(fdt_del_node(fdt, map));
	for (unsigned int i = m->nr_cpus; i--;) {
		if (!seen[i])
			TRY(arm64_fdt_cpu(fdt, node, cells, m->mpidr[i]));
	}
	return 0;
}

/* CPUs start by PSCI: there must be one. */
static int patch_psci(void *fdt)
{
	static const char *const known[] = { "arm,psci-1.0", "arm,psci-0.2",
					     "arm,psci" };

	for (int i = 0; i < 3; i++) {
		int node = fdt_node_offset_by_compatible(fdt, -1, known[i]);

		if (node >= 0 || node != -FDT_ERR_NOTFOUND)
			return node;
	}
	return arm64_fdt_psci(fdt);
}

static int patch(void *fdt, const struct arm64_machine *m)
{
	TRY(patch_memory(fdt, m));
	TRY(patch_cpus(fdt, m));
	TRY(patch_psci(fdt));
	TRY(arm64_fdt_chosen(fdt, m));
	return fdt_pack(fdt);
}

bool arm64_fdt_patch(const struct arm64_machine *m, const uint8_t *in, size_t n,
		     const char *file, struct bytes *out, struct diags *d)
{
	size_t room;
	int ret;

	*out = (struct bytes){ 0 };
	if (!arm64_fdt_check(in, n, file, d))
		return false;
	room = fdt_totalsize(in) + ARM64_FDT_ROOM +
	       m->nr_ram * ARM64_FDT_RAM_ROOM +
	       (m->cmdline ? strlen(m->cmdline) : 0);
	out->v = must(calloc(1, room));
	ret = fdt_open_into(in, out->v, (int)room);
	if (!ret)
		ret = patch(out->v, m);
	if (!ret) {
		out->n = fdt_totalsize(out->v);
		return true;
	}
	diag_add(
		d, DIAG_ERROR, file, 0,
		"the VM's CPUs and memory do not fit into this device tree: %s",
		fdt_strerror(ret));
	bytes_free(out);
	return false;
}
