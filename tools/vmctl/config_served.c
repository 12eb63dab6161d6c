// SPDX-License-Identifier: GPL-2.0
/*
 * What a configuration asks for and nothing serves yet: said by key and line
 * before a VM is made, never passed over.
 */
#include <inttypes.h>
#include <string.h>

#include "boot.h"
#include "config.h"
#include "config_schema.h"
#include "dev.h"

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

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

/* An image that no loader places needs to know where it goes. */
static void check_place(const struct config *c, struct diags *d,
			const char *own, const char *axvisor,
			const struct cfg_text *path, const struct cfg_num *at)
{
	const char *key = CFG_KEY(*path, own);

	if (!path->set || at->set)
		return;
	if (!strncmp(key, "kernel.", 7))
		ERROR(path->line,
		      "%s needs kernel.%s: where the guest finds it", key,
		      axvisor);
	else
		ERROR(path->line, "%s needs %s_at: where the guest finds it",
		      key, key);
}

static void check_places(const struct config *c, unsigned int owns,
			 struct diags *d)
{
	if (!(owns & BOOT_KERNEL))
		check_place(c, d, "boot.kernel", "kernel_load_addr",
			    &c->kernel_path, &c->kernel_load_addr);
	if (!(owns & BOOT_DTB))
		check_place(c, d, "boot.dtb", "dtb_load_addr", &c->dtb_path,
			    &c->dtb_load_addr);
	if (!(owns & BOOT_RAMDISK))
		check_place(c, d, "boot.initrd", "ramdisk_load_addr",
			    &c->ramdisk_path, &c->ramdisk_load_addr);
}

static void refuse(const struct config *c, struct diags *d, int line,
		   const char *key, const char *what)
{
	ERROR(line,
	      "%s%s%s is understood, but this version does not serve it yet; take it out to go on without",
	      key, *what ? " " : "", what);
}

/* What every VM with the platform has anyway. */
static bool is_platform_device(uint64_t type)
{
	switch (type) {
	case CFG_EMU_DUMMY:
	case CFG_EMU_INTC:
	case CFG_EMU_CONSOLE:
	case CFG_EMU_GICR:
	case CFG_EMU_GICD:
	case CFG_EMU_IOAPIC:
	case CFG_EMU_PIT:
		return true;
	}
	return !cfg_word_name(cfg_device_words, type); /* a dummy, as warned */
}

static void check_devices(const struct config *c, bool platform,
			  struct diags *d)
{
	const struct cfg_emu *e = c->emu_devices.v;

	for (size_t i = 0; i < c->emu_devices.n; i++) {
		const char *word =
			cfg_word_name(cfg_device_words, e[i].emu_type.v);
		uint64_t type = e[i].emu_type.v;

		if (platform ? !is_platform_device(type) :
			       type != CFG_EMU_DUMMY && type != CFG_EMU_CONSOLE)
			refuse(c, d, e[i].line,
			       CFG_KEY(c->emu_devices, "device"),
			       word ? word : "");
	}
}

#define ROWS_WISH(member, own)                                                \
	{                                                                     \
		CFG_KEY(c->member, own), "", c->member.n != 0, c->member.line \
	}

static void check_wishes(const struct config *c, unsigned int owns,
			 bool platform, struct diags *d)
{
	const struct {
		const char *key, *what;
		bool asked;
		int line;
	} wishes[] = {
		{ CFG_KEY(c->cmdline, "boot.cmdline"), "",
		  !(owns & BOOT_CMDLINE) && c->cmdline.set && *c->cmdline.v,
		  c->cmdline.line },
		{ CFG_KEY(c->disk_path, "disk"), "", c->disk_path.set,
		  c->disk_path.line },
		{ CFG_KEY(c->uefi_firmware_path, "boot.uefi"), "",
		  c->uefi_firmware_path.set, c->uefi_firmware_path.line },
		{ CFG_KEY(c->enable_bios, "boot.use_firmware"),
		  "without a firmware image",
		  c->enable_bios.v && !c->bios_path.set, c->enable_bios.line },
		{ CFG_KEY(c->boot_protocol, "boot.protocol"), "\"uefi\"",
		  word_is(&c->boot_protocol, "uefi", "uefi"),
		  c->boot_protocol.line },
		{ CFG_KEY(c->interrupt_mode, "interrupts"), "\"passthrough\"",
		  word_is(&c->interrupt_mode, "passthrough", "pt"),
		  c->interrupt_mode.line },
		{ CFG_KEY(c->interrupt_mode, "interrupts"), "\"emulated\"",
		  !platform && word_is(&c->interrupt_mode, "emulated", "emu"),
		  c->interrupt_mode.line },
		ROWS_WISH(passthrough_devices, "passthrough.device"),
		ROWS_WISH(passthrough_addresses, "passthrough.memory"),
		ROWS_WISH(passthrough_ports, "passthrough.ports"),
		ROWS_WISH(excluded_devices, "passthrough.exclude"),
		{ CFG_KEY(c->spi_list, "spis"), "", c->spi_list.n != 0,
		  c->spi_list.line },
	};

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		if (wishes[i].asked)
			refuse(c, d, wishes[i].line, wishes[i].key,
			       wishes[i].what);
	}
}

void config_served(const struct config *c, unsigned int owns, bool platform,
		   struct diags *d)
{
	check_wishes(c, owns, platform, d);
	check_devices(c, platform, d);
	check_places(c, owns, d);
}

bool config_ptimer(const struct config *c)
{
	return word_is(&c->physical_timer, "passthrough", "passthrough");
}

void config_check_ptimer(const struct config *c, uint32_t backend,
			 uint64_t caps, bool platform, struct diags *d)
{
	const char *why;

	if (!config_ptimer(c))
		return;
	if (backend == AXVM_BACKEND_VMX || backend == AXVM_BACKEND_SVM)
		why = "an x86 guest has no such timer";
	else if (!platform)
		why = "its interrupt needs a controller to go to (interrupts = \"emulated\")";
	else if (caps & AXVM_CAP_PTIMER)
		return;
	else if (backend == AXVM_BACKEND_NVHE)
		why = "this host runs at EL1 (nVHE), and the timer is its own clock; only a host at EL2 (VHE) can hand it out";
	else
		why = "the timer's interrupt cannot be had on this host; `dmesg` says why";
	ERROR(c->physical_timer.line, "%s cannot be \"passthrough\" here: %s",
	      CFG_KEY(c->physical_timer, "physical_timer"), why);
}

void config_check_arch(const struct config *c, enum cfg_arch arch,
		       struct diags *d)
{
	const char *word = cfg_word_name(cfg_arch_words, c->arch.v);

	if (c->arch.set && c->arch.v != arch)
		ERROR(c->arch.line,
		      "the guest is for %s, and this host runs %s guests",
		      word ? word : "?", cfg_word_name(cfg_arch_words, arch));
}
