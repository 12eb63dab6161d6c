/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device tree of an arm64 VM: made for it, or the user's own with the
 * VM's CPUs, memory and boot arguments put in.
 */
#ifndef VMCTL_ARM64_FDT_H
#define VMCTL_ARM64_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"

#include "arm64_place.h"

struct bytes;
struct diags;

/* Where the devices of an arm64 platform VM are, as on QEMU's "virt". */
#define ARM64_GICD_BASE 0x08000000ull
#define ARM64_GICD_BYTES 0x10000ull
#define ARM64_GICC_BASE 0x08010000ull
#define ARM64_GICC_BYTES 0x2000ull
#define ARM64_GICR_BASE 0x080a0000ull
#define ARM64_GICR_BYTES 0x20000ull /* of one vCPU */
#define ARM64_UART_BASE 0x09000000ull
#define ARM64_UART_BYTES 0x1000ull
#define ARM64_UART_SPI 1u
#define ARM64_RAM_BASE 0x40000000ull

/* Private interrupts of the timers, numbered from INTID 16. */
#define ARM64_PPI_TIMER_SECURE 13u
#define ARM64_PPI_TIMER_PHYS 14u
#define ARM64_PPI_TIMER_VIRT 11u
#define ARM64_PPI_TIMER_HYP 10u

/** Room for whatever arm64_fdt_make() makes, besides the command line ... */
#define ARM64_FDT_ROOM (32u << 10)
/** ... and this for each piece of memory. */
#define ARM64_FDT_RAM_ROOM 128u
/** Longest command line. */
#define ARM64_CMDLINE_MAX (64u << 10)

#define ARM64_SEED_BYTES 64

/**
 * struct arm64_machine - what a device tree says
 * @nr_cpus: vCPUs
 * @mpidr: their MPIDR affinities
 * @ram: memory, @nr_ram spans, sorted
 * @gic: version of the interrupt controller; 0: none, nor timers
 * @cmdline: boot arguments, or NULL
 * @initrd: the RAM disk; its len is 0 when there is none
 * @seed: randomness: the last 8 bytes for KASLR, the others for the guest's
 *	generator
 */
struct arm64_machine {
	unsigned int nr_cpus;
	uint64_t mpidr[AXVM_MAX_VCPUS];
	const struct span *ram;
	size_t nr_ram;
	unsigned int gic;
	const char *cmdline;
	struct span initrd;
	uint8_t seed[ARM64_SEED_BYTES];
};

/**
 * arm64_fdt_make() - a device tree for a machine
 * @out: filled; bytes_free() it
 * @d: why not
 */
bool arm64_fdt_make(const struct arm64_machine *m, struct bytes *out,
		    struct diags *d);

/**
 * arm64_fdt_patch() - a machine's CPUs, memory and chosen into a user's tree
 * @in: the tree, @n bytes, not trusted
 * @file: its name for messages
 * @out: filled; bytes_free() it
 *
 * Everything else in the tree stays as it is.
 */
bool arm64_fdt_patch(const struct arm64_machine *m, const uint8_t *in, size_t n,
		     const char *file, struct bytes *out, struct diags *d);

/** arm64_fdt_check() - is it a device tree, complete and not too large? */
bool arm64_fdt_check(const uint8_t *in, size_t n, const char *file,
		     struct diags *d);

/* What both share: write node @cpus' child, the memory nodes, /chosen. */
int arm64_fdt_cpu(void *fdt, int cpus, int cells, uint64_t mpidr);
int arm64_fdt_memory(void *fdt, const struct arm64_machine *m, int ac, int sc);
int arm64_fdt_chosen(void *fdt, const struct arm64_machine *m);
int arm64_fdt_psci(void *fdt);

#endif /* VMCTL_ARM64_FDT_H */
