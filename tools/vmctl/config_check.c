// SPDX-License-Identifier: GPL-2.0
/*
 * What the values of a configuration mean together: ranges, overlaps, pairs
 * of keys that belong together, and what no engine serves yet.
 */
#include <inttypes.h>
#include <string.h>

#include "boot.h"
#include "config.h"
#include "dev.h"
#include "names.h"

#define PAGE 4096u
#define MEMORY_MOST (1ull << 52) /* no architecture's addresses go further */
#define MAP_FLAG_USER 8u /* means nothing in nested translation: accepted */
#define MAP_FLAGS                                                         \
	(AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC | MAP_FLAG_USER | \
	 AXVM_MEM_DEVICE | AXVM_MEM_UNCACHED)

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

static void check_base(const struct config *c, struct diags *d)
{
	uint64_t cpus = c->cpu_num.set ? c->cpu_num.v : 1;

	if (c->name.set && !name_valid(c->name.v))
		ERROR(c->name.line,
		      "base.name \"%.80s\" cannot be a VM's name: names match [A-Za-z_][A-Za-z0-9_.-]{0,62}",
		      c->name.v);
	if (c->vm_type.set && c->vm_type.v > 2)
		ERROR(c->vm_type.line,
		      "base.vm_type is 0 (host), 1 (RTOS) or 2 (Linux), not %" PRIu64,
		      c->vm_type.v);
	if (!cpus || cpus > AXVM_MAX_VCPUS)
		ERROR(c->cpu_num.line, "base.cpu_num is 1 to %d, not %" PRIu64,
		      AXVM_MAX_VCPUS, cpus);
	if (c->phys_cpu_ids.set && c->phys_cpu_ids.n != cpus)
		ERROR(c->phys_cpu_ids.line,
		      "base.phys_cpu_ids has %zu entries for %" PRIu64
		      " vCPUs (cpu_num)",
		      c->phys_cpu_ids.n, cpus);
	if (c->phys_cpu_sets.set && c->phys_cpu_sets.n != cpus)
		ERROR(c->phys_cpu_sets.line,
		      "base.phys_cpu_sets has %zu entries for %" PRIu64
		      " vCPUs (cpu_num)",
		      c->phys_cpu_sets.n, cpus);
	for (size_t i = 0; i < c->phys_cpu_sets.n; i++) {
		if (!c->phys_cpu_sets.v[i])
			ERROR(c->phys_cpu_sets.line,
			      "base.phys_cpu_sets: the mask of vCPU %zu has no CPU",
			      i);
	}
}

static void check_region(const struct config *c, const struct cfg_region *r,
			 struct diags *d)
{
	if (!r->size.v || (r->gpa.v | r->size.v | r->hpa.v) % PAGE)
		ERROR(r->line,
		      "kernel.memory_regions: address and size are multiples of 4096, and a size is not 0");
	else if (r->gpa.v + r->size.v - 1 < r->gpa.v)
		ERROR(r->line,
		      "kernel.memory_regions: the region ends beyond 2^64");
	if (r->flags.set && r->flags.v & ~(uint64_t)MAP_FLAGS)
		ERROR(r->line,
		      "kernel.memory_regions: flags 0x%" PRIx64
		      " has unknown bits (READ 1, WRITE 2, EXEC 4, USER 8, DEVICE 0x10, UNCACHED 0x20)",
		      r->flags.v);
	if (r->flags.set && !(r->flags.v & AXVM_MEM_READ))
		ERROR(r->line, "kernel.memory_regions: flags need READ (1)");
	if (r->map_type.v > CFG_MAP_RESERVED)
		ERROR(r->line,
		      "kernel.memory_regions: map_type is 0 (allocated), 1 (identical) or 2 (reserved), not %" PRIu64,
		      r->map_type.v);
	if (r->hpa.set && r->map_type.v != CFG_MAP_RESERVED)
		ERROR(r->line,
		      "kernel.memory_regions: hpa goes with map_type 2 (reserved) only");
}

static void check_memory(const struct config *c, struct diags *d)
{
	const struct cfg_region *r = c->memory_regions.v;
	size_t n = c->memory_regions.n;

	if (c->memory.set && n)
		ERROR(c->memory_regions.line,
		      "kernel.memory_regions and memory (a size) exclude each other");
	else if (c->memory.set && (!c->memory.v || c->memory.v % PAGE))
		ERROR(c->memory.line,
		      "memory is a multiple of 4096 bytes and not 0, not %" PRIu64,
		      c->memory.v);
	else if (c->memory.set && c->memory.v > MEMORY_MOST)
		ERROR(c->memory.line,
		      "memory is at most 2^52 bytes, not %" PRIu64,
		      c->memory.v);
	else if (!c->memory.set && !n)
		ERROR(c->memory_regions.line,
		      "kernel.memory_regions is missing or empty: a VM needs memory, e.g. memory = \"512M\" or [[0x0, 0x100_0000, 0x7, 0]]");
	for (size_t i = 0; i < n; i++)
		check_region(c, &r[i], d);
	if (d->errors)
		return;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (r[i].gpa.v <= r[k].gpa.v + r[k].size.v - 1 &&
			    r[k].gpa.v <= r[i].gpa.v + r[i].size.v - 1)
				ERROR(r[i].line,
				      "kernel.memory_regions: region %zu overlaps region %zu of line %d",
				      i, k, r[k].line);
		}
	}
}

static void check_image(const struct config *c, struct diags *d,
			const char *name, const struct cfg_text *path)
{
	if (path->set && !*path->v)
		ERROR(path->line, "kernel.%s_path is empty", name);
}

/* An image that no loader places needs to know where it goes. */
static void check_place(const struct config *c, struct diags *d,
			const char *name, const struct cfg_text *path,
			const struct cfg_num *at)
{
	if (path->set && !at->set)
		ERROR(path->line,
		      "kernel.%s_path needs kernel.%s_load_addr: where the guest finds it",
		      name, name);
}

static void check_word(const struct config *c, struct diags *d, const char *key,
		       const struct cfg_text *t, const char *const *words,
		       unsigned int n)
{
	const char *near;

	if (!t->set)
		return;
	for (unsigned int i = 0; i < n; i++) {
		if (!strcmp(words[i], t->v))
			return;
	}
	near = name_nearest(t->v, words, n);
	ERROR(t->line, "%s cannot be \"%.40s\"%s%s%s", key, t->v,
	      near ? "; did you mean \"" : "", near ? near : "",
	      near ? "\"?" : "");
}

static void check_kernel(const struct config *c, struct diags *d)
{
	static const char *const locations[] = { "fs", "memory" };
	static const char *const protocols[] = { "direct", "multiboot",
						 "uefi" };
	static const char *const modes[] = { "real", "protected32", "long64",
					     "reset" };
	static const char *const irqs[] = { "no_irq", "no",	  "none",
					    "emu",    "emulated", "passthrough",
					    "pt" };

	check_image(c, d, "kernel", &c->kernel_path);
	check_image(c, d, "bios", &c->bios_path);
	check_image(c, d, "dtb", &c->dtb_path);
	check_image(c, d, "ramdisk", &c->ramdisk_path);
	check_place(c, d, "bios", &c->bios_path, &c->bios_load_addr);
	check_word(c, d, "kernel.image_location", &c->image_location, locations,
		   2);
	check_word(c, d, "kernel.boot_protocol", &c->boot_protocol, protocols,
		   3);
	check_word(c, d, "kernel.start_mode", &c->start_mode, modes, 4);
	check_word(c, d, "devices.interrupt_mode", &c->interrupt_mode, irqs, 7);
	if (c->page_table_addr.set && c->page_table_addr.v % PAGE)
		ERROR(c->page_table_addr.line,
		      "kernel.page_table_addr must be a multiple of 4096");
	if (!c->entry_point.set && !c->kernel_load_addr.set &&
	    !c->kernel_path.set)
		ERROR(0,
		      "kernel.entry_point is missing: where does vCPU 0 start?");
}

void config_check(const struct config *c, struct diags *d)
{
	check_base(c, d);
	check_memory(c, d);
	check_kernel(c, d);
}

static bool word_is(const struct cfg_text *t, const char *a, const char *b)
{
	return t->set && (!strcmp(t->v, a) || !strcmp(t->v, b));
}

bool config_passthrough(const struct config *c)
{
	return c->passthrough_devices.n || c->passthrough_addresses.n ||
	       c->passthrough_ports.n ||
	       word_is(&c->interrupt_mode, "passthrough", "pt");
}

void config_served(const struct config *c, unsigned int owns, bool platform,
		   struct diags *d)
{
	const struct {
		const char *key;
		bool asked;
		int line;
	} wishes[] = {
		{ "kernel.cmdline",
		  !(owns & BOOT_CMDLINE) && c->cmdline.set && *c->cmdline.v,
		  c->cmdline.line },
		{ "kernel.disk_path", c->disk_path.set, c->disk_path.line },
		{ "kernel.uefi_firmware_path", c->uefi_firmware_path.set,
		  c->uefi_firmware_path.line },
		{ "kernel.enable_bios without kernel.bios_path",
		  c->enable_bios.v && !c->bios_path.set, c->enable_bios.line },
		{ "kernel.boot_protocol \"multiboot\"",
		  word_is(&c->boot_protocol, "multiboot", "multiboot"),
		  c->boot_protocol.line },
		{ "kernel.boot_protocol \"uefi\"",
		  word_is(&c->boot_protocol, "uefi", "uefi"),
		  c->boot_protocol.line },
		{ "devices.emu_devices", c->emu_devices.n,
		  c->emu_devices.line },
		{ "devices.passthrough_devices", c->passthrough_devices.n,
		  c->passthrough_devices.line },
		{ "devices.passthrough_addresses", c->passthrough_addresses.n,
		  c->passthrough_addresses.line },
		{ "devices.passthrough_ports", c->passthrough_ports.n,
		  c->passthrough_ports.line },
		{ "devices.excluded_devices", c->excluded_devices.n,
		  c->excluded_devices.line },
		{ "devices.spi_list", c->spi_list.n, c->spi_list.line },
		{ "devices.interrupt_mode \"passthrough\"",
		  word_is(&c->interrupt_mode, "passthrough", "pt"),
		  c->interrupt_mode.line },
		{ "devices.interrupt_mode \"emulated\"",
		  !platform && word_is(&c->interrupt_mode, "emulated", "emu"),
		  c->interrupt_mode.line },
	};

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		if (wishes[i].asked)
			ERROR(wishes[i].line,
			      "%s is understood, but this version does not serve it yet; take it out to go on without",
			      wishes[i].key);
	}
	if (!(owns & BOOT_KERNEL))
		check_place(c, d, "kernel", &c->kernel_path,
			    &c->kernel_load_addr);
	if (!(owns & BOOT_DTB))
		check_place(c, d, "dtb", &c->dtb_path, &c->dtb_load_addr);
	if (!(owns & BOOT_RAMDISK))
		check_place(c, d, "ramdisk", &c->ramdisk_path,
			    &c->ramdisk_load_addr);
}
