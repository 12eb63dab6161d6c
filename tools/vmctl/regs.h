/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of a vCPU by name, for output: one table per architecture.
 */
#ifndef VMCTL_REGS_H
#define VMCTL_REGS_H

#include <stdint.h>

struct json_object;

/** struct regs_arch - reads all registers that are shown into an object */
struct regs_arch {
	/* 0 or -errno; @obj gets groups of name: "0x..." */
	int (*read)(int vcpu, struct json_object *obj);
};

extern const struct regs_arch regs_x86, regs_arm64;

/** struct reg_name - a 64-bit register within a block */
struct reg_name {
	const char *name;
	uint32_t offset;
};

/** Add @regs of @block to the group @group of @obj. */
void regs_group(struct json_object *obj, const char *group, const void *block,
		const struct reg_name *regs);

#endif /* VMCTL_REGS_H */
