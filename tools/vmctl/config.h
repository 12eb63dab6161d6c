/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VM's configuration, from our own form or AxVisor's, TOML or JSON, and the
 * normalised JSON in which it stays with the VM.  Every value knows its line.
 */
#ifndef VMCTL_CONFIG_H
#define VMCTL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

struct json_object;

/*
 * Values; @set tells whether the key was there, @line where, @key how it is
 * spelled there (NULL in rows, and for options).  Every kind begins like
 * struct cfg_value.
 */
struct cfg_value {
	bool set;
	int line;
	const char *key;
};

struct cfg_num {
	bool set;
	int line;
	const char *key;
	uint64_t v;
};

struct cfg_bool {
	bool set;
	int line;
	const char *key;
	bool v;
};

/* A path is absolute, made so from the configuration's own folder. */
struct cfg_text {
	bool set;
	int line;
	const char *key;
	char *v;
};

struct cfg_nums {
	bool set;
	int line;
	const char *key;
	size_t n;
	uint64_t *v;
};

/** struct cfg_rows - rows of a table, @n structs of the row's own type */
struct cfg_rows {
	bool set;
	int line;
	const char *key;
	size_t n;
	void *v;
};

/** How messages name a value: as it is spelled, else as our form does. */
#define CFG_KEY(value, own) ((value).key ? (value).key : (own))
/** Likewise one that is not there, in the form that @like is written in. */
#define CFG_MISSING(like, own, axvisor) \
	((like).key && *(like).key == 'k' ? (axvisor) : (own))

/* What @arch of a configuration says. */
enum cfg_arch {
	CFG_ARCH_X86 = 1,
	CFG_ARCH_ARM64,
	CFG_ARCH_RISCV64, /* known, never served */
	CFG_ARCH_LOONGARCH64, /* likewise */
};

/* Emulated devices: AxVisor's numbers, which ours are. */
#define CFG_EMU_DUMMY 0x0
#define CFG_EMU_INTC 0x1
#define CFG_EMU_CONSOLE 0x2
#define CFG_EMU_FW_CFG 0x3
#define CFG_EMU_CHANNEL 0xa
#define CFG_EMU_GICR 0x20
#define CFG_EMU_GICD 0x21
#define CFG_EMU_ITS 0x22
#define CFG_EMU_IOAPIC 0x23
#define CFG_EMU_PIT 0x24
#define CFG_EMU_PLIC 0x30
#define CFG_EMU_VIRTIO_BLK 0xe1
#define CFG_EMU_VIRTIO_NET 0xe2
#define CFG_EMU_VIRTIO_CONSOLE 0xe3

/* map_type of a memory region */
#define CFG_MAP_ALLOC 0
#define CFG_MAP_IDENTICAL 1
#define CFG_MAP_RESERVED 2

/* Rows begin with their line. */
struct cfg_region {
	int line;
	struct cfg_num gpa, size, flags, map_type, hpa;
};

struct cfg_emu {
	int line;
	struct cfg_text name;
	struct cfg_num base_gpa, length, irq_id, emu_type;
	struct cfg_nums cfg_list;
};

/* @name alone: a node of the host's device tree */
struct cfg_passthrough {
	int line;
	struct cfg_text name;
	struct cfg_num base_gpa, base_hpa, length, irq_id;
};

struct cfg_range {
	int line;
	struct cfg_num base, length;
};

struct cfg_path {
	int line;
	struct cfg_text path;
};

/* An image besides those that have keys of their own. */
struct cfg_image {
	int line;
	struct cfg_text path;
	struct cfg_num at;
};

/* Bits of a leaf of CPUID (x86); subleaf and registers not said are 0. */
struct cfg_cpuid {
	int line;
	struct cfg_num leaf, subleaf;
	struct cfg_num eax, ebx, ecx, edx;
};

/** struct cfg_cpuid_policy - [cpuid]: what CPUID shows to an x86 guest */
struct cfg_cpuid_policy {
	struct cfg_text features; /* "-NAME,+NAME" */
	struct cfg_rows hide, need; /* struct cfg_cpuid */
};

/* What test.expect says, and what a test can come to (names: test_verdicts). */
enum cfg_verdict {
	CFG_VERDICT_PASS,
	CFG_VERDICT_FAIL,
	CFG_VERDICT_SKIP,
	CFG_VERDICT_PANIC,
	CFG_VERDICT_TRIPLE,
	CFG_VERDICT_ENTRY,
	CFG_VERDICT_TIMEOUT,
	CFG_VERDICT_ERROR,
};

/** struct cfg_test - [test]: how `vmctl test` judges what runs in the VM */
struct cfg_test {
	bool here; /* the section is there */
	struct cfg_num port, mmio, hypercall, pass_value, skip_value;
	struct cfg_num poweroff, reset, halt, expect; /* enum cfg_verdict */
	struct cfg_text pass, fail, panic, skip; /* regular expressions */
	struct cfg_text timeout, registers, summary;
};

/* Lines of what no file says. */
#define CFG_LINE_NONE 0
#define CFG_LINE_FLAG DIAG_COMMAND_LINE /* an option of the command line */

struct config {
	char *file; /* as messages name it */
	char *dir; /* what relative paths are relative to, absolute */

	struct cfg_num version, arch;
	struct cfg_text origin; /* of what a VM carries */
	struct cfg_num memory; /* bytes, for boot_place_memory() */
	struct cfg_num affinity; /* of all vCPUs; config_settle() */

	struct cfg_num id, vm_type, cpu_num;
	struct cfg_text name;
	struct cfg_nums phys_cpu_ids, phys_cpu_sets;

	struct cfg_num entry_point, kernel_load_addr, bios_load_addr,
		dtb_load_addr, ramdisk_load_addr, page_table_addr;
	struct cfg_text kernel_path, bios_path, dtb_path, ramdisk_path,
		disk_path, uefi_firmware_path, image_location, cmdline,
		boot_protocol, start_mode;
	struct cfg_bool enable_bios;
	struct cfg_rows memory_regions; /* struct cfg_region */
	struct cfg_rows image; /* struct cfg_image */

	struct cfg_rows emu_devices; /* struct cfg_emu */
	struct cfg_rows passthrough_devices; /* struct cfg_passthrough */
	struct cfg_rows passthrough_addresses; /* struct cfg_range */
	struct cfg_rows passthrough_ports; /* struct cfg_range */
	struct cfg_rows excluded_devices; /* struct cfg_path */
	struct cfg_text interrupt_mode, physical_timer;
	struct cfg_nums spi_list;
	struct cfg_bool user_calls;

	struct cfg_cpuid_policy cpuid;
	struct cfg_test test;
};

/**
 * struct config_flags - keys of a configuration as options of a command
 *
 * A string is NULL, a number has set = false when it was not given.  Paths
 * are relative to the current folder.
 */
struct config_flags {
	const char *name, *kernel, *initrd, *dtb, *cmdline, *affinity, *cpuid;
	const char *dump_dtb; /* no key: goes to struct boot */
	struct {
		bool set;
		uint64_t v;
	} cpus, memory;
};

/** config_read() - read and parse, but do not check, a TOML or JSON file */
bool config_read(const char *path, struct config *c, struct diags *d);

/** config_read_text() - the same from memory; @file is for messages and folder */
bool config_read_text(const char *text, size_t len, const char *file,
		      struct config *c, struct diags *d);

/** config_blank() - a configuration without a key; @file is for messages */
void config_blank(struct config *c, const char *file);

/** config_override() - options beat keys; check afterwards */
void config_override(struct config *c, const struct config_flags *f,
		     struct diags *d);

/**
 * config_finish() - what follows reading: one mask becomes one for each vCPU,
 * and the values are checked together
 * Return: true without errors.
 */
bool config_finish(struct config *c, struct diags *d);

/**
 * config_load() - read, parse and check a TOML or JSON file
 * @path: the file
 * @c: filled; config_free() it in any case
 * @d: what is wrong or odd
 * Return: true without errors.
 */
bool config_load(const char *path, struct config *c, struct diags *d);

/** config_parse() - the same from memory; @file is for messages and folder */
bool config_parse(const char *text, size_t len, const char *file,
		  struct config *c, struct diags *d);

/** config_from_json() - the same from a tree (lines where the tree has them) */
bool config_from_json(struct json_object *root, const char *file,
		      struct config *c, struct diags *d);

/** config_to_json() - our own form as JSON, with absolute paths */
struct json_object *config_to_json(const struct config *c);

/**
 * config_to_toml() - our own form as TOML
 * @relative_to: paths below this folder are written relative to it, or NULL
 * Return: malloc()ed text.
 */
char *config_to_toml(const struct config *c, const char *relative_to);

/** config_template() - likewise, with every key there is, explained */
char *config_template(const struct config *c);

/** config_check() - what is wrong with the values taken together */
void config_check(const struct config *c, struct diags *d);

/**
 * config_served() - add an error for each key that is understood, but asks
 * for something that nothing serves yet
 * @owns: BOOT_* keys that a boot protocol takes care of
 * @platform: the VM has emulated interrupt controllers
 */
void config_served(const struct config *c, unsigned int owns, bool platform,
		   struct diags *d);

/**
 * config_ptimer() - does it ask for the CPU's own physical timer
 * (AXVM_VM_PTIMER)?
 */
bool config_ptimer(const struct config *c);

/**
 * config_check_ptimer() - can it be had?
 * @backend: AXVM_BACKEND_*
 * @caps: AXVM_CAP_*
 * @platform: the VM has emulated interrupt controllers
 */
void config_check_ptimer(const struct config *c, uint32_t backend,
			 uint64_t caps, bool platform, struct diags *d);

/** config_check_arch() - is it for guests of this architecture? */
void config_check_arch(const struct config *c, enum cfg_arch arch,
		       struct diags *d);

/** Does it hand devices of the host to the guest? */
bool config_passthrough(const struct config *c);

void config_free(struct config *c);

#endif /* VMCTL_CONFIG_H */
