/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: decoder and executor for the instructions that drivers use on
 * memory-mapped registers.  Decoding reads bytes it is handed; executing is a
 * sequence of accesses that the caller performs.
 */
#ifndef AXVM_X86_INSN_H
#define AXVM_X86_INSN_H

#include <linux/types.h>
#include "module/lib/types.h"

#define INSN_MAX_BYTES 15u

/* Segments in encoding order (AXVM_X86_ES ...). */
#define INSN_NR_SEGS 6

/**
 * struct insn_seg - what matters of a segment register
 * @base: base address
 * @limit: limit in bytes
 * @access: access rights in VMX format (struct axvm_x86_segment)
 */
struct insn_seg {
	u64 base;
	u32 limit;
	u32 access;
};

/**
 * struct insn_cpu - registers; the caller copies them in, and back when
 * insn_done() said so
 * @gpr: rax rcx rdx rbx rsp rbp rsi rdi r8-r15
 * @rip: of the instruction
 * @rflags: flags
 * @seg: es cs ss ds fs gs
 * @mode: AXVM_X86_MODE_*: with CS.D it gives the default sizes
 */
struct insn_cpu {
	u64 gpr[16];
	u64 rip;
	u64 rflags;
	struct insn_seg seg[INSN_NR_SEGS];
	u32 mode;
};

/**
 * enum insn_kind - what the instruction does to its memory operand
 * The order is private to the decoder.
 */
enum insn_kind {
	INSN_LOAD, /* memory -> register, extended as @sign says */
	INSN_STORE, /* register or immediate -> memory */
	INSN_ALU, /* memory = memory OP source, or CMP, TEST: no write */
	INSN_ALU_REG, /* register = register OP memory, or CMP, TEST */
	INSN_UNARY, /* INC DEC NOT NEG on memory */
	INSN_BIT, /* BT BTS BTR BTC on memory */
	INSN_XCHG,
	INSN_XADD,
	INSN_CMPXCHG,
	INSN_MOVS,
	INSN_STOS,
	INSN_LODS,
};

/** enum insn_alu - operation of INSN_ALU, _ALU_REG, _UNARY, _BIT */
enum insn_alu {
	INSN_ADD, /* 0-7: the /r encoding of group 1 */
	INSN_OR,
	INSN_ADC,
	INSN_SBB,
	INSN_AND,
	INSN_SUB,
	INSN_XOR,
	INSN_CMP,
	INSN_TEST,
	INSN_INC,
	INSN_DEC,
	INSN_NOT,
	INSN_NEG,
	INSN_BT,
	INSN_BTS,
	INSN_BTR,
	INSN_BTC,
};

/**
 * struct insn - a decoded instruction
 * @kind: enum insn_kind
 * @alu: enum insn_alu
 * @len: bytes of the instruction
 * @op_bytes: size of the register operand: 1, 2, 4, 8
 * @mem_bytes: size of the memory operand
 * @addr_bytes: address size: 2, 4, 8
 * @sign: INSN_LOAD: sign-extend
 * @has_imm: the source is @imm, not a register
 * @reg: register operand, as encoded with REX
 * @high8: @reg is AH, CH, DH or BH
 * @rep: REP prefix
 * @lock: LOCK prefix
 * @seg: segment of the memory operand (MOVS, LODS: of the source)
 * @imm: immediate, sign-extended
 * @linear: linear address of the operand (MOVS: of the source)
 * @linear2: MOVS: linear address of the destination
 */
struct insn {
	u8 kind;
	u8 alu;
	u8 len;
	u8 op_bytes;
	u8 mem_bytes;
	u8 addr_bytes;
	bool sign;
	bool has_imm;
	u8 reg;
	bool high8;
	bool rep;
	bool lock;
	u8 seg;
	u64 imm;
	gva_t linear;
	gva_t linear2;
};

/* Exceptions that addresses of an instruction raise. */
#define INSN_NO_FAULT 0
#define INSN_FAULT_SS 12
#define INSN_FAULT_GP 13

/**
 * struct insn_access - a memory access that the caller performs next
 * @write: write @data; else read
 * @bytes: 1, 2, 4 or 8; the access may cross a page
 * @linear: linear address
 * @data: value to write
 */
struct insn_access {
	bool write;
	u8 bytes;
	gva_t linear;
	u64 data;
};

/**
 * enum insn_next - what comes next
 * @INSN_ACCESS: perform the access, then insn_finish()
 * @INSN_DONE: registers, flags and RIP are final
 * @INSN_REPEAT: one element of a REP instruction is done: registers are up
 *	to date, RIP still points to it; insn_begin() again, or re-enter the
 *	guest, which then executes the rest
 * @INSN_RAISE: raise run->fault with error code 0; registers unchanged
 */
enum insn_next {
	INSN_ACCESS,
	INSN_DONE,
	INSN_REPEAT,
	INSN_RAISE,
};

/**
 * struct insn_run - an instruction under way
 * @insn: decoded instruction
 * @access: the access to perform
 * @step: private
 * @loaded: private: value read by the step before
 * @fault: INSN_FAULT_* after INSN_RAISE
 */
struct insn_run {
	struct insn insn;
	struct insn_access access;
	u8 step;
	u8 fault;
	u64 loaded;
};

/**
 * insn_decode() - decode the instruction at cpu->rip
 * @insn: out
 * @cpu: registers (addresses are computed from them)
 * @bytes: instruction bytes, @len of them (at most INSN_MAX_BYTES are used)
 *
 * Return: 0; -ENODATA more bytes are needed; -EOPNOTSUPP not an instruction
 * that is emulated (or no memory operand).
 */
int insn_decode(struct insn *insn, const struct insn_cpu *cpu, const u8 *bytes,
		unsigned int len);

/**
 * insn_begin() - start (the next element of) run->insn
 *
 * Computes addresses anew and checks segments (not in 64-bit mode: canonical
 * addresses).
 * Return: what comes next; REP with a zero count is INSN_DONE at once.
 */
enum insn_next insn_begin(struct insn_run *run, struct insn_cpu *cpu);

/**
 * insn_finish() - run->access has been performed
 * @value: what it read; ignored after a write
 *
 * cpu changes only when the result is INSN_DONE or INSN_REPEAT.
 */
enum insn_next insn_finish(struct insn_run *run, struct insn_cpu *cpu,
			   u64 value);

#endif /* AXVM_X86_INSN_H */
