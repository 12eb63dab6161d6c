/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of a vCPU by name, for output: one table per architecture.
 */
#ifndef VMCTL_REGS_H
#define VMCTL_REGS_H

#include <stdint.h>

struct json_object;
struct vm;

/** struct reg_name - a 64-bit register within a block */
struct reg_name {
	const char *name;
	uint32_t offset;
};

/** struct regs_block - names of a block of @size bytes */
struct regs_block {
	const struct reg_name *regs;
	uint32_t size;
};

/** struct regs_arch - registers of an architecture */
struct regs_arch {
	/* all that are shown: 0 or -errno; @obj gets groups of name: "0x..." */
	int (*read)(int vcpu, struct json_object *obj);
	struct regs_block general, system;
};

extern const struct regs_arch regs_x86, regs_arm64;

/**
 * regs_set() - one register by name: of the blocks, "msr:0x10" (x86), or
 * "s3_0_c1_c0_0" (arm64)
 * Return: 0, -ENOENT there is no such register, another -errno.
 */
int regs_set(int vcpu, const struct regs_arch *arch, const char *name,
	     uint64_t value);

/**
 * regs_set_list() - registers by "REG=VALUE,..."
 * @what: what the list is, for messages
 * Return: VMCTL_*, having said what is wrong.
 */
int regs_set_list(const struct vm *vm, int vcpu, const struct regs_arch *arch,
		  const char *what, const char *list);

/** Add all MSRs or system registers that can be read; 0 or -errno. */
int regs_add_ids(int vcpu, const struct regs_arch *arch,
		 struct json_object *obj);

/** Add @regs of @block to the group @group of @obj. */
void regs_group(struct json_object *obj, const char *group, const void *block,
		const struct reg_name *regs);

#endif /* VMCTL_REGS_H */
