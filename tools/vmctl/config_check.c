// SPDX-License-Identifier: GPL-2.0
/*
 * What the values of a configuration mean together: ranges, overlaps, pairs
 * of keys that belong together.  What nothing serves yet is config_served.c's.
 */
#include <inttypes.h>
#include <regex.h>
#include <string.h>

#include "config.h"
#include "config_schema.h"
#include "cpuid_policy.h"
#include "dev.h"
#include "names.h"
#include "num.h"

#define PAGE 4096u
#define MEMORY_MOST (1ull << 52) /* no architecture's addresses go further */
#define MAP_FLAG_USER 8u /* means nothing in nested translation: accepted */
#define MAP_FLAGS                                                         \
	(AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC | MAP_FLAG_USER | \
	 AXVM_MEM_DEVICE | AXVM_MEM_UNCACHED)

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)
#define WARNING(line, ...) diag_add(d, DIAG_WARNING, c->file, line, __VA_ARGS__)

static void check_version(const struct config *c, struct diags *d)
{
	if (c->version.set && c->version.v != CFG_VERSION)
		ERROR(c->version.line,
		      "version %" PRIu64
		      " of the schema is not known to this vmctl, which knows %d",
		      c->version.v, CFG_VERSION);
	if (c->arch.set && !cfg_word_name(cfg_arch_words, c->arch.v))
		ERROR(c->arch.line,
		      "arch is a word such as \"x86\" or \"arm64\"");
}

static void check_cpus(const struct config *c, struct diags *d)
{
	const struct cfg_nums *ids = &c->phys_cpu_ids,
			      *sets = &c->phys_cpu_sets;
	uint64_t cpus = c->cpu_num.set ? c->cpu_num.v : 1;
	const char *key = CFG_KEY(c->cpu_num, "cpus");

	if (!cpus || cpus > AXVM_MAX_VCPUS)
		ERROR(c->cpu_num.line, "%s is 1 to %d, not %" PRIu64, key,
		      AXVM_MAX_VCPUS, cpus);
	if (ids->set && ids->n != cpus)
		ERROR(ids->line,
		      "%s has %zu entries for %" PRIu64 " vCPUs (%s)",
		      CFG_KEY(*ids, "cpu_ids"), ids->n, cpus, key);
	if (sets->set && sets->n != cpus)
		ERROR(sets->line,
		      "%s has %zu entries for %" PRIu64 " vCPUs (%s)",
		      CFG_KEY(*sets, "affinity"), sets->n, cpus, key);
	for (size_t i = 0; i < sets->n; i++) {
		if (!sets->v[i])
			ERROR(sets->line, "%s: the mask of vCPU %zu has no CPU",
			      CFG_KEY(*sets, "affinity"), i);
	}
}

static void check_base(const struct config *c, struct diags *d)
{
	if (c->name.set && !name_valid(c->name.v))
		ERROR(c->name.line,
		      "%s \"%.80s\" cannot be a VM's name: names match [A-Za-z_][A-Za-z0-9_.-]{0,62}",
		      CFG_KEY(c->name, "name"), c->name.v);
	if (c->vm_type.set && c->vm_type.v > 2)
		ERROR(c->vm_type.line,
		      "%s is 0 (host), 1 (RTOS) or 2 (Linux), not %" PRIu64,
		      CFG_KEY(c->vm_type, "os"), c->vm_type.v);
}

static void check_region(const struct config *c, const struct cfg_region *r,
			 struct diags *d)
{
	const char *key = CFG_KEY(c->memory_regions, "memory");

	if (!r->size.v || (r->gpa.v | r->size.v | r->hpa.v) % PAGE)
		ERROR(r->line,
		      "%s: address and size are multiples of 4096, and a size is not 0",
		      key);
	else if (r->gpa.v + r->size.v - 1 < r->gpa.v)
		ERROR(r->line, "%s: the region ends beyond 2^64", key);
	if (r->flags.set && r->flags.v & ~(uint64_t)MAP_FLAGS)
		ERROR(r->line,
		      "%s: flags 0x%" PRIx64
		      " has unknown bits (READ 1, WRITE 2, EXEC 4, USER 8, DEVICE 0x10, UNCACHED 0x20)",
		      key, r->flags.v);
	if (r->flags.set && !(r->flags.v & AXVM_MEM_READ))
		ERROR(r->line, "%s: flags need READ (1)", key);
	if (r->map_type.v > CFG_MAP_RESERVED)
		ERROR(r->line,
		      "%s: map_type is 0 (allocated), 1 (identical) or 2 (reserved), not %" PRIu64,
		      key, r->map_type.v);
	if (r->hpa.set && r->map_type.v != CFG_MAP_RESERVED)
		ERROR(r->line, "%s: hpa goes with map_type 2 (reserved) only",
		      key);
}

static void check_size(const struct config *c, struct diags *d)
{
	if (!c->memory.v || c->memory.v % PAGE)
		ERROR(c->memory.line,
		      "memory is a multiple of 4096 bytes and not 0, not %" PRIu64,
		      c->memory.v);
	else if (c->memory.v > MEMORY_MOST)
		ERROR(c->memory.line,
		      "memory is at most 2^52 bytes, not %" PRIu64,
		      c->memory.v);
}

static void check_memory(const struct config *c, struct diags *d)
{
	const struct cfg_region *r = c->memory_regions.v;
	const char *key = CFG_KEY(c->memory_regions, "memory");
	size_t n = c->memory_regions.n;

	if (c->memory.set && n)
		ERROR(c->memory_regions.line,
		      "%s and memory (a size) exclude each other", key);
	else if (c->memory.set)
		check_size(c, d);
	else if (c->memory_regions.set && !n)
		ERROR(c->memory_regions.line,
		      "%s is empty: the regions a device tree names must be named here too",
		      key);
	else if (!n)
		ERROR(0,
		      "memory is missing: a VM needs some, e.g. memory = \"512M\" or memory_regions = [[0x0, 0x100_0000, 0x7, 0]]");
	for (size_t i = 0; i < n; i++)
		check_region(c, &r[i], d);
	if (d->errors)
		return;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (r[i].gpa.v <= r[k].gpa.v + r[k].size.v - 1 &&
			    r[k].gpa.v <= r[i].gpa.v + r[i].size.v - 1)
				ERROR(r[i].line,
				      "%s: region %zu overlaps region %zu of line %d",
				      key, i, k, r[k].line);
		}
	}
}

static void check_path(const struct config *c, struct diags *d, const char *own,
		       const struct cfg_text *path)
{
	if (path->set && !*path->v)
		ERROR(path->line, "%s is empty", CFG_KEY(*path, own));
}

static void check_word(const struct config *c, struct diags *d, const char *own,
		       const struct cfg_text *t, const char *const *words,
		       unsigned int n)
{
	if (!t->set)
		return;
	for (unsigned int i = 0; i < n; i++) {
		if (!strcmp(words[i], t->v))
			return;
	}
	ERROR(t->line, "%s cannot be \"%.40s\"%s", CFG_KEY(*t, own), t->v,
	      name_hint(t->v, words, n));
}

static void check_words(const struct config *c, struct diags *d)
{
	static const char *const locations[] = { "fs", "memory" };
	static const char *const protocols[] = { "direct", "linux", "pvh",
						 "multiboot", "uefi" };
	static const char *const modes[] = { "real", "protected32", "long64",
					     "reset" };
	static const char *const timers[] = { "emulated", "passthrough" };
	static const char *const irqs[] = { "none",   "emulated", "passthrough",
					    "no_irq", "no",	  "emu",
					    "pt" };

	check_word(c, d, "image_location", &c->image_location, locations, 2);
	check_word(c, d, "boot.protocol", &c->boot_protocol, protocols, 5);
	check_word(c, d, "boot.mode", &c->start_mode, modes, 4);
	check_word(c, d, "interrupts", &c->interrupt_mode, irqs, 7);
	check_word(c, d, "physical_timer", &c->physical_timer, timers, 2);
}

static void check_boot(const struct config *c, struct diags *d)
{
	check_path(c, d, "boot.kernel", &c->kernel_path);
	check_path(c, d, "boot.firmware", &c->bios_path);
	check_path(c, d, "boot.dtb", &c->dtb_path);
	check_path(c, d, "boot.initrd", &c->ramdisk_path);
	if (c->bios_path.set && !c->bios_load_addr.set)
		ERROR(c->bios_path.line,
		      "%s needs %s: where the guest finds it",
		      CFG_KEY(c->bios_path, "boot.firmware"),
		      c->bios_path.key && *c->bios_path.key == 'k' ?
			      "kernel.bios_load_addr" :
			      "boot.firmware_at");
	if (c->page_table_addr.set && c->page_table_addr.v % PAGE)
		ERROR(c->page_table_addr.line, "%s must be a multiple of 4096",
		      CFG_KEY(c->page_table_addr, "boot.page_tables"));
	if (!c->entry_point.set && !c->kernel_load_addr.set &&
	    !c->kernel_path.set)
		ERROR(0,
		      "boot.kernel (or kernel.entry_point) is missing: where does vCPU 0 start?");
}

static void check_devices(const struct config *c, struct diags *d)
{
	const struct cfg_emu *e = c->emu_devices.v;

	for (size_t i = 0; i < c->emu_devices.n; i++) {
		if (!cfg_word_name(cfg_device_words, e[i].emu_type.v))
			WARNING(e[i].line,
				"%s: no device of type 0x%" PRIx64
				" is known; it is taken for a dummy",
				CFG_KEY(c->emu_devices, "device"),
				e[i].emu_type.v);
	}
}

static void check_pattern(const struct config *c, struct diags *d,
			  const struct cfg_text *t)
{
	char why[128];
	regex_t re;
	int bad;

	if (!t->set)
		return;
	bad = regcomp(&re, t->v, REG_EXTENDED | REG_NOSUB);
	if (bad) {
		regerror(bad, &re, why, sizeof(why));
		ERROR(t->line, "%s: \"%.80s\" is no regular expression: %s",
		      t->key, t->v, why);
	} else {
		regfree(&re);
	}
}

static void check_test(const struct config *c, struct diags *d)
{
	const struct cfg_test *t = &c->test;
	uint64_t ns;

	check_pattern(c, d, &t->pass);
	check_pattern(c, d, &t->fail);
	check_pattern(c, d, &t->skip);
	check_pattern(c, d, &t->panic);
	if (t->timeout.set && (num_parse_time(t->timeout.v, &ns) || !ns))
		ERROR(t->timeout.line,
		      "%s: \"%.40s\" is no time such as \"5\", \"0.5s\" or \"200ms\"",
		      t->timeout.key, t->timeout.v);
	if (t->port.set && t->port.v > 0xffff)
		ERROR(t->port.line, "%s is above 0xffff", t->port.key);
	if (t->expect.set && !cfg_word_name(cfg_verdict_words, t->expect.v))
		ERROR(t->expect.line, "%s is a word such as \"pass\"",
		      t->expect.key);
	if ((t->poweroff.set && t->poweroff.v > CFG_VERDICT_SKIP) ||
	    (t->reset.set && t->reset.v > CFG_VERDICT_SKIP) ||
	    (t->halt.set && t->halt.v > CFG_VERDICT_SKIP))
		ERROR(t->poweroff.line ? t->poweroff.line :
		      t->reset.line    ? t->reset.line :
					 t->halt.line,
		      "test: an end of the VM means \"pass\", \"fail\" or \"skip\"");
}

void config_check(const struct config *c, struct diags *d)
{
	check_version(c, d);
	check_base(c, d);
	check_cpus(c, d);
	check_memory(c, d);
	check_words(c, d);
	check_boot(c, d);
	check_devices(c, d);
	check_test(c, d);
	cpuid_policy_check(c, d);
}
