// SPDX-License-Identifier: GPL-2.0
/*
 * The device tree of an arm64 VM, made from nothing.  PURE: the machine in,
 * a blob out.  Bindings are those of Linux.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_fdt.h"
#include "arm64_fdt_write.h"
#include "diag.h"
#include "unpack.h"
#include "vmctl.h"

#define PHANDLE_GIC 1u
#define PHANDLE_CLOCK 2u

/* First cell of an interrupt, and its flags. */
#define GIC_SPI 0u
#define GIC_PPI 1u
#define IRQ_LEVEL_HIGH 4u
#define IRQ_LEVEL_LOW 8u

#define CLOCK_HZ 24000000u

static int add_cells(void *fdt, int node, const char *name, const uint32_t *v,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fdt32_t cell = cpu_to_fdt32(v[i]);

		TRY(i ? fdt_appendprop(fdt, node, name, &cell, sizeof(cell)) :
			fdt_setprop(fdt, node, name, &cell, sizeof(cell)));
	}
	return 0;
}

#define CELLS(fdt, node, name, ...)                                   \
	add_cells(fdt, node, name, (const uint32_t[]){ __VA_ARGS__ }, \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

/* Append @v to a property in @cells cells. */
static int append(void *fdt, int node, const char *name, int cells, uint64_t v)
{
	if (cells == 1 && v >> 32)
		return -FDT_ERR_BADNCELLS;
	if (cells == 1)
		return fdt_appendprop_u32(fdt, node, name, (uint32_t)v);
	for (int i = 2; i < cells; i++)
		TRY(fdt_appendprop_u32(fdt, node, name, 0));
	return cells ? fdt_appendprop_u64(fdt, node, name, v) : 0;
}

static int add_reg(void *fdt, int node, uint64_t at, uint64_t len)
{
	TRY(append(fdt, node, "reg", 2, at));
	return append(fdt, node, "reg", 2, len);
}

/* A list of strings, each with its NUL. */
static int add_list(void *fdt, int node, const char *name, const char *a,
		    const char *b)
{
	TRY(fdt_setprop_string(fdt, node, name, a));
	return fdt_appendprop_string(fdt, node, name, b);
}

static int node_at(void *fdt, int parent, const char *name, uint64_t at)
{
	char full[48];

	snprintf(full, sizeof(full), "%s@%" PRIx64, name, at);
	return fdt_add_subnode(fdt, parent, full);
}

int arm64_fdt_cpu(void *fdt, int cpus, int cells, uint64_t mpidr)
{
	int node = node_at(fdt, cpus, "cpu", mpidr & MPIDR_AFF);

	TRY(node);
	TRY(fdt_setprop_string(fdt, node, "device_type", "cpu"));
	TRY(fdt_setprop_string(fdt, node, "compatible", "arm,armv8"));
	TRY(append(fdt, node, "reg", cells, mpidr & MPIDR_AFF));
	return fdt_setprop_string(fdt, node, "enable-method", "psci");
}

/* libfdt puts a new node first: from the last to the first. */
static int add_cpus(void *fdt, const struct arm64_machine *m)
{
	int cells = 1, node = fdt_add_subnode(fdt, ROOT, "cpus");

	TRY(node);
	for (unsigned int i = 0; i < m->nr_cpus; i++) {
		if (m->mpidr[i] & MPIDR_AFF & ~MPIDR_LOW)
			cells = 2;
	}
	TRY(fdt_setprop_u32(fdt, node, "#address-cells", (uint32_t)cells));
	TRY(fdt_setprop_u32(fdt, node, "#size-cells", 0));
	for (unsigned int i = m->nr_cpus; i--;)
		TRY(arm64_fdt_cpu(fdt, node, cells, m->mpidr[i]));
	return 0;
}

int arm64_fdt_psci(void *fdt)
{
	int node = fdt_add_subnode(fdt, ROOT, "psci");

	TRY(node);
	TRY(add_list(fdt, node, "compatible", "arm,psci-1.0", "arm,psci-0.2"));
	return fdt_setprop_string(fdt, node, "method", "hvc");
}

int arm64_fdt_memory(void *fdt, const struct arm64_machine *m, int ac, int sc)
{
	for (size_t i = m->nr_ram; i--;) {
		int node = node_at(fdt, ROOT, "memory", m->ram[i].at);

		TRY(node);
		TRY(fdt_setprop_string(fdt, node, "device_type", "memory"));
		TRY(append(fdt, node, "reg", ac, m->ram[i].at));
		TRY(append(fdt, node, "reg", sc, m->ram[i].len));
	}
	return 0;
}

/* A GICv2 wants to know which CPUs a private interrupt reaches. */
static uint32_t ppi_flags(const struct arm64_machine *m)
{
	unsigned int n = m->nr_cpus < 8 ? m->nr_cpus : 8;

	return IRQ_LEVEL_LOW | (m->gic == 2 ? ((1u << n) - 1) << 8 : 0);
}

static int add_timer(void *fdt, const struct arm64_machine *m)
{
	int node = fdt_add_subnode(fdt, ROOT, "timer");
	uint32_t f = ppi_flags(m);

	TRY(node);
	TRY(fdt_setprop_string(fdt, node, "compatible", "arm,armv8-timer"));
	TRY(fdt_setprop(fdt, node, "always-on", "", 0));
	return CELLS(fdt, node, "interrupts", GIC_PPI, ARM64_PPI_TIMER_SECURE,
		     f, GIC_PPI, ARM64_PPI_TIMER_PHYS, f, GIC_PPI,
		     ARM64_PPI_TIMER_VIRT, f, GIC_PPI, ARM64_PPI_TIMER_HYP, f);
}

static int add_gic(void *fdt, const struct arm64_machine *m)
{
	int node = node_at(fdt, ROOT, "intc", ARM64_GICD_BASE);

	TRY(node);
	TRY(fdt_setprop_string(fdt, node, "compatible",
			       m->gic == 2 ? "arm,cortex-a15-gic" :
					     "arm,gic-v3"));
	TRY(fdt_setprop_u32(fdt, node, "#interrupt-cells", 3));
	TRY(fdt_setprop_u32(fdt, node, "#address-cells", 0));
	TRY(fdt_setprop(fdt, node, "interrupt-controller", "", 0));
	TRY(fdt_setprop_u32(fdt, node, "phandle", PHANDLE_GIC));
	TRY(add_reg(fdt, node, ARM64_GICD_BASE, ARM64_GICD_BYTES));
	if (m->gic == 2)
		return add_reg(fdt, node, ARM64_GICC_BASE, ARM64_GICC_BYTES);
	TRY(fdt_setprop_u32(fdt, node, "#redistributor-regions", 1));
	return add_reg(fdt, node, ARM64_GICR_BASE,
		       ARM64_GICR_BYTES * m->nr_cpus);
}

static int add_clock(void *fdt)
{
	int node = fdt_add_subnode(fdt, ROOT, "apb-pclk");

	TRY(node);
	TRY(fdt_setprop_string(fdt, node, "compatible", "fixed-clock"));
	TRY(fdt_setprop_u32(fdt, node, "#clock-cells", 0));
	TRY(fdt_setprop_u32(fdt, node, "clock-frequency", CLOCK_HZ));
	TRY(fdt_setprop_string(fdt, node, "clock-output-names", "clk24mhz"));
	return fdt_setprop_u32(fdt, node, "phandle", PHANDLE_CLOCK);
}

static int add_uart(void *fdt, const struct arm64_machine *m)
{
	int node = node_at(fdt, ROOT, "pl011", ARM64_UART_BASE);

	TRY(node);
	TRY(add_list(fdt, node, "compatible", "arm,pl011", "arm,primecell"));
	TRY(add_reg(fdt, node, ARM64_UART_BASE, ARM64_UART_BYTES));
	TRY(CELLS(fdt, node, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK));
	TRY(add_list(fdt, node, "clock-names", "uartclk", "apb_pclk"));
	return m->gic ? CELLS(fdt, node, "interrupts", GIC_SPI, ARM64_UART_SPI,
			      IRQ_LEVEL_HIGH) :
			0;
}

static int add_aliases(void *fdt)
{
	char path[48];
	int node = fdt_add_subnode(fdt, ROOT, "aliases");

	TRY(node);
	snprintf(path, sizeof(path), "/pl011@%llx",
		 (unsigned long long)ARM64_UART_BASE);
	return fdt_setprop_string(fdt, node, "serial0", path);
}

/* Set a property, or remove it. */
static int set_or_drop(void *fdt, int node, const char *name, bool set,
		       const void *v, size_t n)
{
	int ret;

	if (set)
		return fdt_setprop(fdt, node, name, v, (int)n);
	ret = fdt_delprop(fdt, node, name);
	return ret == -FDT_ERR_NOTFOUND ? 0 : ret;
}

int arm64_fdt_chosen(void *fdt, const struct arm64_machine *m)
{
	fdt64_t start = cpu_to_fdt64(m->initrd.at);
	fdt64_t end = cpu_to_fdt64(m->initrd.at + m->initrd.len);
	const size_t rng = ARM64_SEED_BYTES - sizeof(uint64_t);
	int node = fdt_subnode_offset(fdt, ROOT, "chosen");

	if (node == -FDT_ERR_NOTFOUND)
		node = fdt_add_subnode(fdt, ROOT, "chosen");
	TRY(node);
	if (m->cmdline)
		TRY(fdt_setprop_string(fdt, node, "bootargs", m->cmdline));
	TRY(set_or_drop(fdt, node, "linux,initrd-start", m->initrd.len, &start,
			sizeof(start)));
	TRY(set_or_drop(fdt, node, "linux,initrd-end", m->initrd.len, &end,
			sizeof(end)));
	TRY(fdt_setprop(fdt, node, "rng-seed", m->seed, (int)rng));
	return fdt_setprop(fdt, node, "kaslr-seed", m->seed + rng,
			   sizeof(uint64_t));
}

static int add_root(void *fdt, const struct arm64_machine *m)
{
	TRY(fdt_setprop_u32(fdt, ROOT, "#address-cells", 2));
	TRY(fdt_setprop_u32(fdt, ROOT, "#size-cells", 2));
	TRY(add_list(fdt, ROOT, "compatible", "axvm,virt", "linux,dummy-virt"));
	TRY(fdt_setprop_string(fdt, ROOT, "model", "axvm arm64 VM"));
	return m->gic ? fdt_setprop_u32(fdt, ROOT, "interrupt-parent",
					PHANDLE_GIC) :
			0;
}

static int make(void *fdt, size_t room, const struct arm64_machine *m)
{
	int chosen;

	TRY(fdt_create_empty_tree(fdt, (int)room));
	TRY(add_root(fdt, m));
	/* The last one stands first. */
	TRY(add_uart(fdt, m));
	TRY(add_clock(fdt));
	if (m->gic) {
		TRY(add_timer(fdt, m));
		TRY(add_gic(fdt, m));
	}
	TRY(arm64_fdt_psci(fdt));
	TRY(arm64_fdt_memory(fdt, m, 2, 2));
	TRY(add_cpus(fdt, m));
	TRY(arm64_fdt_chosen(fdt, m));
	chosen = fdt_subnode_offset(fdt, ROOT, "chosen");
	TRY(chosen);
	TRY(fdt_setprop_string(fdt, chosen, "stdout-path", "serial0:115200n8"));
	TRY(add_aliases(fdt));
	return fdt_pack(fdt);
}

bool arm64_fdt_make(const struct arm64_machine *m, struct bytes *out,
		    struct diags *d)
{
	size_t room = ARM64_FDT_ROOM + (m->cmdline ? strlen(m->cmdline) : 0) +
		      m->nr_ram * ARM64_FDT_RAM_ROOM;
	int ret;

	*out = (struct bytes){ .v = must(calloc(1, room)) };
	ret = make(out->v, room, m);
	if (!ret) {
		out->n = fdt_totalsize(out->v);
		return true;
	}
	diag_add(d, DIAG_ERROR, "device tree", 0, "cannot make it: %s",
		 fdt_strerror(ret));
	bytes_free(out);
	return false;
}
