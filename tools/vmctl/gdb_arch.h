/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What gdb has to know of an architecture: its registers, where they are in
 * the blocks of the uapi, what a breakpoint is.  gdb_arch_x86.c and
 * gdb_arch_arm64.c are tables; gdb_regs.c works with them.
 *
 * Manual: "GDB", target descriptions, standard target features.
 */
#ifndef VMCTL_GDB_ARCH_H
#define VMCTL_GDB_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"

#define GDB_BLOCKS 3 /* AXVM_REGS_GENERAL, SYSTEM, FPU */
#define GDB_BLOCK_MOST sizeof(struct axvm_x86_fpu)
/** Bytes of the widest register. */
#define GDB_REG_MOST 16

/* Where a register's value is, besides AXVM_REGS_*. */
#define GDB_BY_ID 3 /* AXVM_VCPU_GET_REG: struct gdb_reg.id */
#define GDB_SPECIAL 4 /* struct gdb_arch.special_get */

/**
 * struct gdb_reg - a register as gdb sees it
 * @name: its name
 * @type: a type of gdb's, or one that its feature defines
 * @bits: as gdb sees it
 * @from: AXVM_REGS_*, GDB_BY_ID, GDB_SPECIAL
 * @bytes: in the block; gdb's are zero-extended, or the low ones
 * @at: offset in the block
 * @id: GDB_BY_ID
 */
struct gdb_reg {
	const char *name;
	const char *type;
	uint16_t bits;
	uint8_t from;
	uint8_t bytes;
	uint16_t at;
	uint64_t id;
};

/** struct gdb_flag - some bits of a flags register */
struct gdb_flag {
	const char *name;
	uint8_t low, high;
};

/** struct gdb_flags - a type: a register made of bits */
struct gdb_flags {
	const char *id;
	uint8_t bytes;
	uint8_t n;
	const struct gdb_flag *flags;
};

/**
 * struct gdb_feature - registers that belong together
 * @name: gdb knows the standard ones by it
 * @types: XML of types, or NULL
 * @flags, @n_flags: types made of bits
 * @regs, @n_regs: its registers, in the order of their numbers
 * @group: the group that gdb shows them in ("info registers GROUP"), or NULL
 */
struct gdb_feature {
	const char *name;
	const char *types;
	const struct gdb_flags *flags;
	size_t n_flags;
	const struct gdb_reg *regs;
	size_t n_regs;
	const char *group;
};

struct gdb_blocks;

/**
 * struct gdb_arch - an architecture
 * @name: gdb's name
 * @features, @n_features: all registers
 * @n_general: registers in a "g" packet, the first ones
 * @sizes: of the blocks
 * @pc, @sp, @fp: numbers of registers that go with every stop
 * @pc_at: offset of the program counter in AXVM_REGS_GENERAL
 * @trap, @trap_len: the breakpoint instruction
 * @exec_len: length of a hardware breakpoint
 * @special_from: the block that GDB_SPECIAL registers are in, somehow
 * @special_get, @special_set: how
 * @fpu_fetched: make a block that came in complete
 * @fpu_written: the @bytes at @at of it were written
 */
struct gdb_arch {
	const char *name;
	const struct gdb_feature *features;
	size_t n_features;
	unsigned int n_general;
	uint16_t sizes[GDB_BLOCKS];
	uint8_t pc, sp, fp;
	uint16_t pc_at;
	uint8_t trap[4];
	uint8_t trap_len;
	uint8_t exec_len;
	uint8_t special_from;
	void (*special_get)(const void *block, void *value);
	void (*special_set)(void *block, const void *value);
	void (*fpu_fetched)(void *fpu);
	void (*fpu_written)(void *fpu, unsigned int at);
};

/** struct gdb_blocks - the registers of one vCPU; @valid: bit n: @block[n] */
struct gdb_blocks {
	unsigned int vcpu;
	unsigned int valid;
	_Alignas(16) uint8_t block[GDB_BLOCKS][GDB_BLOCK_MOST];
};

extern const struct gdb_arch gdb_arch_x86, gdb_arch_arm64;

/** Register @nr, or NULL. */
const struct gdb_reg *gdb_arch_reg(const struct gdb_arch *a, unsigned int nr);
unsigned int gdb_arch_n_regs(const struct gdb_arch *a);

/** Its target description; malloc()ed. */
char *gdb_arch_xml(const struct gdb_arch *a);

#endif /* VMCTL_GDB_ARCH_H */
