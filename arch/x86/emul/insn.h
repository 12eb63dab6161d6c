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

#define VINSN_MAX_BYTES 15u

/* General registers with a role in string and port instructions. */
#define VINSN_RAX 0
#define VINSN_RCX 1
#define VINSN_RSP 4
#define VINSN_RBP 5
#define VINSN_RSI 6
#define VINSN_RDI 7

/* Segments in encoding order (AXVM_X86_ES ...). */
#define VINSN_NR_SEGS 6

/**
 * struct vinsn_seg - what matters of a segment register
 * @base: base address
 * @limit: limit in bytes
 * @access: access rights in VMX format (struct axvm_x86_segment)
 * @selector: selector
 */
struct vinsn_seg {
	u64 base;
	u32 limit;
	u32 access;
	u16 selector;
};

/**
 * struct vinsn_cpu - registers; the caller copies them in, and back when
 * vinsn_done() said so
 * @gpr: rax rcx rdx rbx rsp rbp rsi rdi r8-r15
 * @rip: of the instruction
 * @rflags: flags
 * @seg: es cs ss ds fs gs
 * @mode: AXVM_X86_MODE_*: with CS.D it gives the default sizes
 * @la57: CR4.LA57: canonical addresses have 57 bits
 */
struct vinsn_cpu {
	u64 gpr[16];
	u64 rip;
	u64 rflags;
	struct vinsn_seg seg[VINSN_NR_SEGS];
	u32 mode;
	bool la57;
};

/**
 * enum vinsn_kind - what the instruction does to its memory operand
 */
enum vinsn_kind {
	VINSN_NONE, /* not emulated */
	VINSN_LOAD, /* memory -> register, extended as @sign says */
	VINSN_STORE, /* register or immediate -> memory */
	VINSN_ALU, /* memory = memory OP source, or CMP, TEST: no write */
	VINSN_ALU_REG, /* register = register OP memory, or CMP, TEST */
	VINSN_UNARY, /* INC DEC NOT NEG on memory */
	VINSN_BIT, /* BT BTS BTR BTC on memory */
	VINSN_XCHG,
	VINSN_XADD,
	VINSN_CMPXCHG,
	VINSN_MOVS,
	VINSN_STOS,
	VINSN_LODS,
};

/** enum vinsn_alu - operation of VINSN_ALU, _ALU_REG, _UNARY, _BIT */
enum vinsn_alu {
	VINSN_ADD, /* 0-7: the /r encoding of group 1 */
	VINSN_OR,
	VINSN_ADC,
	VINSN_SBB,
	VINSN_AND,
	VINSN_SUB,
	VINSN_XOR,
	VINSN_CMP,
	VINSN_TEST,
	VINSN_INC,
	VINSN_DEC,
	VINSN_NOT,
	VINSN_NEG,
	VINSN_BT,
	VINSN_BTS,
	VINSN_BTR,
	VINSN_BTC,
};

/**
 * struct vinsn - a decoded instruction
 * @kind: enum vinsn_kind
 * @alu: enum vinsn_alu
 * @len: bytes of the instruction
 * @op_bytes: size of the register operand: 1, 2, 4, 8
 * @mem_bytes: size of the memory operand
 * @addr_bytes: address size: 2, 4, 8
 * @sign: VINSN_LOAD: sign-extend
 * @has_imm: the source is @imm, not a register
 * @reg: register operand, as encoded with REX
 * @high8: @reg is AH, CH, DH or BH
 * @sreg: @reg is a segment register (AXVM_X86_*), whose selector is stored
 * @rep: REP prefix
 * @lock: LOCK prefix
 * @seg: segment of the memory operand (MOVS, LODS: of the source)
 * @imm: immediate, sign-extended
 * @ea: offset of the memory operand in @seg (not for MOVS, STOS, LODS, whose
 *	offsets are in registers)
 */
struct vinsn {
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
	bool sreg;
	bool rep;
	bool lock;
	u8 seg;
	u64 imm;
	u64 ea;
};

/* Exceptions that addresses of an instruction raise. */
#define VINSN_NO_FAULT 0
#define VINSN_FAULT_SS 12
#define VINSN_FAULT_GP 13

/**
 * struct vinsn_access - a memory access that the caller performs next
 * @write: write @data; else read
 * @update: a read that a write to the same place follows: one that may not be
 *	written faults now, and as a write
 * @bytes: 1, 2, 4 or 8; the access may cross a page
 * @linear: linear address
 * @data: value to write
 */
struct vinsn_access {
	bool write;
	bool update;
	u8 bytes;
	gva_t linear;
	u64 data;
};

/**
 * enum vinsn_next - what comes next
 * @VINSN_ACCESS: perform the access, then vinsn_finish()
 * @VINSN_DONE: registers, flags and RIP are final
 * @VINSN_REPEAT: one element of a REP instruction is done: registers are up
 *	to date, RIP still points to it; vinsn_begin() again, or re-enter the
 *	guest, which then executes the rest
 * @VINSN_RAISE: raise run->fault with error code 0; registers unchanged
 */
enum vinsn_next {
	VINSN_ACCESS,
	VINSN_DONE,
	VINSN_REPEAT,
	VINSN_RAISE,
};

/**
 * struct vinsn_run - an instruction under way
 * @insn: decoded instruction
 * @access: the access to perform
 * @step: private: accesses done
 * @loaded: private: value that the first access read
 * @linear2: private: MOVS: where the second access goes
 * @fault: VINSN_FAULT_* after VINSN_RAISE
 */
struct vinsn_run {
	struct vinsn insn;
	struct vinsn_access access;
	u8 step;
	u8 fault;
	u64 loaded;
	gva_t linear2;
};

/**
 * vinsn_decode() - decode the instruction at cpu->rip
 * @insn: out
 * @cpu: registers (addresses are computed from them)
 * @bytes: instruction bytes, @len of them (at most VINSN_MAX_BYTES are used)
 *
 * Return: 0; -ENODATA more bytes are needed; -EOPNOTSUPP not an instruction
 * that is emulated (or no memory operand).
 */
int vinsn_decode(struct vinsn *insn, const struct vinsn_cpu *cpu,
		 const u8 *bytes, unsigned int len);

/**
 * vinsn_begin() - start (the next element of) run->insn
 *
 * Computes addresses anew and checks segments (not in 64-bit mode: canonical
 * addresses).
 * Return: what comes next; REP with a zero count is VINSN_DONE at once.
 */
enum vinsn_next vinsn_begin(struct vinsn_run *run, struct vinsn_cpu *cpu);

/**
 * vinsn_finish() - run->access has been performed
 * @value: what it read; ignored after a write
 *
 * cpu changes only when the result is VINSN_DONE or VINSN_REPEAT.
 */
enum vinsn_next vinsn_finish(struct vinsn_run *run, struct vinsn_cpu *cpu,
			     u64 value);

/* ---- what port instructions share with these --------------------------- */

/**
 * vinsn_linear() - linear address of [offset, offset + bytes) in segment @seg
 * @offset: already cut to the address size
 * @write: the access writes
 * @linear: out
 *
 * Manual: "Limit Checking", "Type Checking", "Canonical Addressing".
 * Return: VINSN_NO_FAULT, VINSN_FAULT_SS or VINSN_FAULT_GP (error code 0).
 */
u8 vinsn_linear(const struct vinsn_cpu *cpu, unsigned int seg, u64 offset,
		unsigned int bytes, bool write, gva_t *linear);

/**
 * vinsn_reg_get() - a general register at a width
 * @reg: 0-15 in encoding order; 4-7 with @high8: AH, CH, DH, BH
 * @bytes: 1, 2, 4, 8
 */
u64 vinsn_reg_get(const struct vinsn_cpu *cpu, unsigned int reg,
		  unsigned int bytes, bool high8);

/**
 * vinsn_reg_set() - write it: 4 bytes zero-extend, 1 and 2 keep the rest
 */
void vinsn_reg_set(struct vinsn_cpu *cpu, unsigned int reg, unsigned int bytes,
		   bool high8, u64 value);

/**
 * vinsn_reg_add() - add @n to an index or count register at address size
 * @bytes: 2, 4, 8
 */
void vinsn_reg_add(struct vinsn_cpu *cpu, unsigned int reg, unsigned int bytes,
		   s64 n);

#endif /* AXVM_X86_INSN_H */
