/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a decoder for what nearly all accesses to devices are: MOV between a
 * general register, or a constant, and 4 or 8 bytes of memory, in 64-bit mode.
 */
#ifndef AXVM_X86_INSN_QUICK_H
#define AXVM_X86_INSN_QUICK_H

#include <linux/types.h>

/**
 * struct vinsn_quick - a decoded MOV
 * @write: to memory
 * @has_imm: of @imm, not of a register
 * @reg: the register operand
 * @bytes: 4 or 8
 * @len: bytes of the instruction
 * @imm: sign-extended
 * @ea: linear address of the memory operand: no segment has a base
 */
struct vinsn_quick {
	bool write;
	bool has_imm;
	u8 reg;
	u8 bytes;
	u8 len;
	u64 imm;
	u64 ea;
};

/**
 * vinsn_quick() - decode the instruction at @rip
 * @gpr: rax rcx rdx rbx rsp rbp rsi rdi r8-r15
 * @bytes: the instruction, @len of them at hand
 *
 * Return: false: it is another one, or longer: ask vinsn_decode().
 */
bool vinsn_quick(struct vinsn_quick *q, const u64 *gpr, u64 rip,
		 const u8 *bytes, unsigned int len);

#endif /* AXVM_X86_INSN_QUICK_H */
