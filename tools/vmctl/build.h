/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs out of configurations: made, loaded and brought back to their start.
 */
#ifndef VMCTL_BUILD_H
#define VMCTL_BUILD_H

#include "config.h"

struct axvm_info;
struct image;
struct vm;

/**
 * build_vm() - make a VM as a configuration file and options say
 * @file: the TOML file, or NULL: options alone
 * @flags: options; they beat the file
 * @vm: filled; open, its policy still "destroy": gone if this process goes
 *
 * Says what is wrong, and leaves nothing behind then.  Return: VMCTL_*.
 */
int build_vm(const char *file, const struct config_flags *flags, struct vm *vm);

/**
 * build_config() - likewise, of a configuration that config_finish() has seen
 * @c: its memory gets places
 */
int build_config(struct config *c, struct vm *vm);

/* The options of a struct config_flags in a command's table. */
/* clang-format off */
#define BUILD_OPTS(f)                                                          \
	{ "name", 'n', OPT_STRING, &(f).name, "NAME",                          \
	  "name of the VM; beats the configuration" },                                 \
	{ "kernel", 'k', OPT_STRING, &(f).kernel, "FILE",                      \
	  "what to run, instead of or besides CONFIG.toml" },                  \
	{ "initrd", 'i', OPT_STRING, &(f).initrd, "FILE",                      \
	  "initial RAM disk" },                                                \
	{ "cmdline", 'c', OPT_STRING, &(f).cmdline, "TEXT",                    \
	  "the kernel's command line" },                                       \
	{ "dtb", 0, OPT_STRING, &(f).dtb, "FILE", "device tree (arm64)" },     \
	{ "dump-dtb", 0, OPT_STRING, &(f).dump_dtb, "FILE",                    \
	  "write the guest's device tree to FILE (arm64)" },                   \
	{ "cpus", 0, OPT_U64, &(f).cpus.v, "N", "vCPUs", &(f).cpus.set },      \
	{ "memory", 'm', OPT_U64, &(f).memory.v, "SIZE",                       \
	  "memory, such as 512M or 2G", &(f).memory.set },                     \
	{ "affinity", 0, OPT_STRING, &(f).affinity, "CPUS[/CPUS]...",          \
	  "host CPUs such as 0,2-3, for all or each vCPU" },                   \
	{ "cpuid", 0, OPT_STRING, &(f).cpuid, "-NAME,+NAME,...",               \
	  "features to hide (-) or to insist on (+) (x86)" }
/* clang-format on */

/**
 * build_check() - find everything that build_vm() would find wrong before it
 * makes a VM, without a module if need be
 * @file, @flags: as in build_vm()
 * @arch: guest architecture, or 0: the configuration's, else this host's
 * @d: filled
 * Return: the architecture it was checked for.
 */
enum cfg_arch build_check(const char *file, const struct config_flags *flags,
			  enum cfg_arch arch, struct diags *d);

/** Let the VM outlive this process. */
int build_keep(const struct vm *vm);

/**
 * build_reload() - load images and start registers again from the
 * configuration that the VM carries (the VM is CREATED)
 *
 * A VM that carries none is left as it is.  Return: VMCTL_*.
 */
int build_reload(const struct vm *vm);

/** The configuration a VM carries, as JSON; NULL without one. */
struct json_object *build_note(const struct vm *vm);

/** Remember an image that was loaded by hand, for build_reload(). */
int build_remember(const struct vm *vm, const struct image *img);

/** RESET, reload, and START if @start (@paused: SUSPENDED). */
int build_reset(const struct vm *vm, bool start, bool paused);

#endif /* VMCTL_BUILD_H */
