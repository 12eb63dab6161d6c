/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: port I/O: what an intercepted IN, OUT, INS or OUTS is, in the format
 * of VMX and of SVM, its elements one by one, and the port that powers a VM
 * off.
 */
#ifndef AXVM_X86_PIO_H
#define AXVM_X86_PIO_H

#include <linux/types.h>
#include "arch/x86/emul/insn.h"

/**
 * struct pio - an intercepted port instruction
 * @port: port
 * @bytes: 1, 2 or 4
 * @in: reads the port
 * @string: INS or OUTS
 * @rep: REP prefix
 * @addr_bytes: string: address size 2, 4, 8
 * @seg: OUTS: segment of the source (AXVM_X86_*); INS: ES
 */
struct pio {
	u16 port;
	u8 bytes;
	bool in;
	bool string;
	bool rep;
	u8 addr_bytes;
	u8 seg;
};

/**
 * pio_decode_vmx() - from a VMX exit
 * @qual: exit qualification ("Exit Qualification for I/O Instructions")
 * @info: VM-exit instruction information, valid for INS and OUTS only when
 *	IA32_VMX_BASIC bit 54 says so; @info_valid
 * @mode: AXVM_X86_MODE_*, @cs_db: CS.D: the address size without it (a
 *	67h prefix and a segment override are then unknown)
 *
 * Return: 0; -EINVAL a size that hardware never gives.
 */
int pio_decode_vmx(struct pio *pio, u64 qual, u32 info, bool info_valid,
		   u32 mode, bool cs_db);

/** pio_decode_svm() - from EXITINFO1 of an IOIO intercept */
int pio_decode_svm(struct pio *pio, u64 exitinfo1);

/** pio_count() - elements left: 1 without REP; may be 0 */
u64 pio_count(const struct pio *pio, const struct vinsn_cpu *cpu);

/**
 * pio_element() - the memory operand of the next element of INS or OUTS
 * @access: out: what to read (OUTS) or write (INS; data is the caller's)
 *
 * Return: 0; -EFAULT the segment refuses it: raise *@fault (VINSN_FAULT_*).
 */
int pio_element(const struct pio *pio, const struct vinsn_cpu *cpu,
		struct vinsn_access *access, u8 *fault);

/**
 * pio_advance() - one element is done: count and index registers move
 *
 * Return: true when the instruction is complete (RIP moves by its length,
 * which is the caller's to know), false when elements are left.
 */
bool pio_advance(const struct pio *pio, struct vinsn_cpu *cpu);

/** pio_set_result() - IN: put @value into AL, AX or EAX as x86 does */
void pio_set_result(const struct pio *pio, struct vinsn_cpu *cpu, u32 value);

/**
 * pio_is_poweroff() - does this OUT end the VM (R11: 0x2000 to port 0x604)?
 */
static inline bool pio_is_poweroff(u16 port, unsigned int bytes, bool write,
				   u32 value)
{
	return write && port == 0x604 && bytes == 2 &&
	       (value & 0xffff) == 0x2000;
}

#endif /* AXVM_X86_PIO_H */
