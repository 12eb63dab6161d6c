/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface: register blocks and register ids of x86 vCPUs.
 */
#ifndef _UAPI_AXVM_X86_H
#define _UAPI_AXVM_X86_H

#include "axvm.h"

/** struct axvm_x86_regs - AXVM_REGS_GENERAL; @gpr in encoding order */
struct axvm_x86_regs {
	__u64 gpr[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8..r15 */
	__u64 rip;
	__u64 rflags;
};

/**
 * struct axvm_x86_segment - a segment register with its hidden part
 * @base: base address
 * @limit: limit in bytes (granularity already applied)
 * @access: access rights as VMX stores them: type 3:0, S 4, DPL 6:5, P 7,
 *	AVL 12, L 13, D/B 14, G 15, unusable 16
 */
struct axvm_x86_segment {
	__u64 base;
	__u32 limit;
	__u16 selector;
	__u16 pad;
	__u32 access;
	__u32 pad2;
};

struct axvm_x86_dtable {
	__u64 base;
	__u16 limit;
	__u16 pad[3];
};

/* Index of axvm_x86_sregs.seg (the encoding order of x86). */
#define AXVM_X86_ES 0
#define AXVM_X86_CS 1
#define AXVM_X86_SS 2
#define AXVM_X86_DS 3
#define AXVM_X86_FS 4
#define AXVM_X86_GS 5
#define AXVM_X86_TR 6
#define AXVM_X86_LDTR 7

/* CPU modes, axvm_x86_sregs.mode. */
#define AXVM_X86_MODE_REAL 0
#define AXVM_X86_MODE_PROTECTED 1
#define AXVM_X86_MODE_COMPAT 2
#define AXVM_X86_MODE_64 3

/**
 * struct axvm_x86_sregs - AXVM_REGS_SYSTEM
 * @mode: out: AXVM_X86_MODE_*; ignored by SET
 */
struct axvm_x86_sregs {
	struct axvm_x86_segment seg[8];
	struct axvm_x86_dtable gdt;
	struct axvm_x86_dtable idt;
	__u64 cr0;
	__u64 cr2;
	__u64 cr3;
	__u64 cr4;
	__u64 cr8;
	__u64 efer;
	__u64 apic_base;
	__u64 xcr0;
	__u64 dr[8]; /* dr4 and dr5 are zero */
	__u32 mode;
	__u32 pad;
};

/** struct axvm_x86_fpu - AXVM_REGS_FPU: XSAVE area, standard format */
struct axvm_x86_fpu {
	__u8 xsave[4096];
};

/* Register ids of struct axvm_reg: class in bits 31:24, index below. */
#define AXVM_X86_REG(class, index) (0x8600000000ull | ((class) << 24) | (index))
#define AXVM_X86_CLASS_GPR 0x01ull /* index 0-15, 16 rip, 17 rflags */
#define AXVM_X86_CLASS_CR 0x02ull /* 0 2 3 4 8; 16 xcr0 */
#define AXVM_X86_CLASS_DR 0x03ull /* 0-3 6 7 */
#define AXVM_X86_CLASS_SEG 0x04ull /* segment * 4 + {base limit sel access} */
#define AXVM_X86_CLASS_DT 0x05ull /* {gdt idt} * 2 + {base limit} */
#define AXVM_X86_CLASS_MSR_LOW 0x06ull /* MSR 0 - 0xffffff */
#define AXVM_X86_CLASS_MSR_HIGH 0x07ull /* MSR 0xc0000000 - 0xc0ffffff */

AXVM_LAYOUT(axvm_x86_regs, 144);
AXVM_LAYOUT(axvm_x86_segment, 24);
AXVM_LAYOUT(axvm_x86_dtable, 16);
AXVM_LAYOUT(axvm_x86_sregs, 360);
AXVM_OFFSET(axvm_x86_sregs, cr0, 224);
AXVM_LAYOUT(axvm_x86_fpu, 4096);

#endif /* _UAPI_AXVM_X86_H */
