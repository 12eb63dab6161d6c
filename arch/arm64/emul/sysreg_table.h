/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: shape of the table of trapped system registers, between
 * sysreg_table.c, which is only data, and sysreg.c, which acts on it.
 */
#ifndef AXVM_ARM64_SYSREG_TABLE_H
#define AXVM_ARM64_SYSREG_TABLE_H

#include <linux/types.h>

/**
 * enum vsys_kind - what a register of the table is
 * @VSYS_K_UNDEF: the guest has no such register
 * @VSYS_K_ID: an ID register: the guest's view; writes are undefined
 * @VSYS_K_STATE: value in a slot; a write changes the bits of @mask
 * @VSYS_K_READ: read-only: @mask is the value
 * @VSYS_K_RAZ_WI: reads as zero, writes are ignored
 * @VSYS_K_OSLAR, @VSYS_K_CLAIMSET, @VSYS_K_CLAIMCLR: as the manual says
 * @VSYS_K_SETWAY, @VSYS_K_VM, @VSYS_K_TIMER, @VSYS_K_GIC: the owner's
 */
enum vsys_kind {
	VSYS_K_UNDEF,
	VSYS_K_ID,
	VSYS_K_STATE,
	VSYS_K_READ,
	VSYS_K_RAZ_WI,
	VSYS_K_OSLAR,
	VSYS_K_CLAIMSET,
	VSYS_K_CLAIMCLR,
	VSYS_K_SETWAY,
	VSYS_K_VM,
	VSYS_K_TIMER,
	VSYS_K_GIC,
};

/* struct vsys_row.flags: directions that exist */
#define VSYS_R (1u << 0)
#define VSYS_W (1u << 1)

/**
 * struct vsys_row - a register, or a run of them that are treated alike
 * @first: encoding of the first
 * @last: encoding of the last
 * @kind: enum vsys_kind
 * @flags: VSYS_R, VSYS_W; a direction that does not exist is undefined
 * @slot: VSYS_K_STATE: where the value is
 * @mask: see enum vsys_kind
 * @name: the manual's name, or what the run is
 */
struct vsys_row {
	u16 first;
	u16 last;
	u8 kind;
	u8 flags;
	u8 slot;
	u64 mask;
	const char *name;
};

/* Sorted by encoding, no overlap. */
extern const struct vsys_row vsys_rows[];
extern const unsigned int vsys_nr_rows;

#endif /* AXVM_ARM64_SYSREG_TABLE_H */
