/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Start states: how a guest finds itself at its start, whether the
 * configuration says where everything goes or a boot protocol does.
 */
#ifndef VMCTL_BOOT_H
#define VMCTL_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

struct boot_arch;
struct diags;
struct image_list;
struct vm;

/* Keys of the configuration whose files a boot protocol loads itself. */
#define BOOT_KERNEL (1u << 0)
#define BOOT_RAMDISK (1u << 1)
#define BOOT_DTB (1u << 2)
#define BOOT_CMDLINE (1u << 3) /* not a file: it reaches the kernel */

/**
 * struct boot - one VM's way from its files to its start
 * @arch: whose functions
 * @platform: the VM has the in-kernel platform
 * @owns: BOOT_*, set by @arch->open: images_open() leaves these keys alone
 * @dump_dtb: file that the guest's device tree is written to, or NULL
 * @state: the architecture's own, or NULL
 */
struct boot {
	const struct boot_arch *arch;
	bool platform;
	unsigned int owns;
	const char *dump_dtb;
	void *state;
};

/** struct boot_range - a piece of guest memory */
struct boot_range {
	uint64_t gpa, size;
};

#define BOOT_RANGES 2

/**
 * struct boot_arch - start states of an architecture, in calling order
 * @arch: which
 * @memory: where @bytes of memory lie when only their number is told; fills
 *	at most BOOT_RANGES entries of @r, returns how many
 * @check: complain about what the configuration asks for
 * @open: open the files that the boot protocol knows; fills @owns and @state.
 *	NULL: there is no such protocol, nor @place, @load and @close
 * @place: decide where they go; @list holds the other images, open
 * @load: put them into memory; the VM has its vCPUs and other images.  VMCTL_*
 * @setup: set vCPU 0's registers (descriptor @vcpu).  VMCTL_*
 * @close: give back what @state holds; also after @open alone, or a failure
 *
 * @check, @open and @place come before the VM is made; a reset goes through
 * all of them again.
 */
struct boot_arch {
	enum cfg_arch arch;
	unsigned int (*memory)(uint64_t bytes, struct boot_range *r);
	void (*check)(const struct config *c, struct diags *d);
	void (*open)(const struct config *c, struct boot *b, struct diags *d);
	void (*place)(const struct config *c, const struct image_list *list,
		      struct boot *b, struct diags *d);
	int (*load)(const struct vm *vm, const struct config *c,
		    struct boot *b);
	int (*setup)(const struct vm *vm, int vcpu, const struct config *c,
		     struct boot *b);
	void (*close)(struct boot *b);
};

extern const struct boot_arch boot_x86, boot_arm64;

/** The one that goes with a backend, or NULL. */
const struct boot_arch *boot_for(uint32_t backend);

/** Likewise with an architecture, NULL for one that we do not run. */
const struct boot_arch *boot_of(enum cfg_arch arch);
/** The architecture of this machine; 0 for one that we do not run. */
enum cfg_arch boot_host(void);

/**
 * boot_open() - check the configuration, open every file, find places
 * @b: @arch and @platform filled in; boot_close() it in any case
 * @list: the other images; images_close() it in any case
 * Return: true without errors.
 */
bool boot_open(const struct config *c, struct boot *b, struct image_list *list,
	       struct diags *d);
/** Put everything into @vm's memory and set its start; VMCTL_*. */
int boot_load(const struct vm *vm, const struct config *c, struct boot *b,
	      const struct image_list *list);
void boot_close(struct boot *b);

/** Where vCPU 0 starts. */
uint64_t boot_entry(const struct config *c);

/**
 * boot_ram() - the guest's memory as an operating system understands it
 * @ram: malloc()ed array, sorted by address
 * Return: how many.
 */
size_t boot_ram(const struct config *c, struct boot_range **ram);

/**
 * boot_cpus() - the hardware ids of a VM's vCPUs
 * @hw_id: room for AXVM_MAX_VCPUS
 * @n: how many there are
 * Return: VMCTL_*, having said what is wrong.
 */
int boot_cpus(const struct vm *vm, uint64_t *hw_id, unsigned int *n);

/** Turn a mere size of memory into regions. */
void boot_place_memory(const struct boot_arch *boot, struct config *c);

#endif /* VMCTL_BOOT_H */
