/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: decoding of A64 loads and stores that fault without a valid syndrome
 * (ISV = 0): pairs, writeback forms, SIMD and FP registers.  The owner fetches
 * the instruction, moves the data and applies the writeback.
 */
#ifndef AXVM_ARM64_LDST_H
#define AXVM_ARM64_LDST_H

#include <linux/types.h>

#define LDST_NO_REG 0xff

/**
 * struct ldst - a load or store, A64
 * @load: else a store
 * @fp: the registers are SIMD and FP ones
 * @sign_extend: the load extends the sign
 * @wide: general register of 64 bits (else 32, upper half zeroed)
 * @prefetch: PRFM: nothing is to be done
 * @exclusive: load or store exclusive: needs a monitor
 * @bytes: bytes per register: 1, 2, 4, 8, 16
 * @nr_regs: 1 or 2 registers, at ascending addresses
 * @reg: their numbers; general: 31 is XZR
 * @status: store exclusive: register that gets the status, or LDST_NO_REG
 * @base: base register, 31 is SP; LDST_NO_REG: PC (literal)
 * @offset: the address is base + @offset (+ extended @index)
 * @index: index register or LDST_NO_REG
 * @extend: option field of the index: 2 UXTW, 3 LSL, 6 SXTW, 7 SXTX
 * @shift: its left shift
 * @writeback: base gets base + @base_add
 * @base_add: see there
 */
struct ldst {
	bool load;
	bool fp;
	bool sign_extend;
	bool wide;
	bool prefetch;
	bool exclusive;
	u8 bytes;
	u8 nr_regs;
	u8 reg[2];
	u8 status;
	u8 base;
	s32 offset;
	u8 index;
	u8 extend;
	u8 shift;
	bool writeback;
	s32 base_add;
};

/**
 * ldst_decode() - decode an A64 instruction
 *
 * Manual: "Loads and Stores" of the A64 instruction set encoding.
 * Return: 0; -EINVAL it is no load or store, or is unallocated; -EOPNOTSUPP
 * it is one that is not emulated (atomics, compare and swap, SIMD structures,
 * tags, 64-byte accesses, memory copy and set).
 */
int ldst_decode(u32 insn, struct ldst *d);

/**
 * ldst_address() - address of the first register's data
 * @x: x0-x30
 * @sp: the stack pointer in use
 * @pc: the instruction's address
 */
u64 ldst_address(const struct ldst *d, const u64 *x, u64 sp, u64 pc);

/**
 * ldst_writeback() - apply the writeback, if any, to @x or @sp
 *
 * After a load's registers were written: a base that is also a destination
 * (constrained unpredictable) ends with the written-back address.
 */
void ldst_writeback(const struct ldst *d, u64 *x, u64 *sp);

#endif /* AXVM_ARM64_LDST_H */
