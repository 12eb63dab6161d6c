/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The architectural state of an x86 vCPU as software holds it, and which
 * parts of it are valid here, or newer here than in the hardware's control
 * structure.
 */
#ifndef AXVM_X86_STATE_H
#define AXVM_X86_STATE_H

#include <linux/bits.h>
#include <linux/types.h>
#include "uapi/axvm_x86.h"
#include "arch/x86/emul/msr.h"

/* Index of vx86_state.gpr (encoding order). */
enum vx86_gpr {
	GPR_RAX,
	GPR_RCX,
	GPR_RDX,
	GPR_RBX,
	GPR_RSP,
	GPR_RBP,
	GPR_RSI,
	GPR_RDI,
	GPR_R8,
	GPR_R9,
	GPR_R10,
	GPR_R11,
	GPR_R12,
	GPR_R13,
	GPR_R14,
	GPR_R15,
	NR_GPRS
};

/*
 * Parts that the hardware's structure holds: bits of vx86_vcpu.valid and
 * vx86_vcpu.dirty.  Bits 0-7 are the segments, in the order of AXVM_X86_ES.
 */
#define VX86_SEG(n) BIT(n)
#define VX86_SEGS GENMASK(7, 0)
#define VX86_GDT BIT(8)
#define VX86_IDT BIT(9)
#define VX86_RIP BIT(10)
#define VX86_RSP BIT(11)
#define VX86_RFLAGS BIT(12)
#define VX86_CR0 BIT(13)
#define VX86_CR3 BIT(14)
#define VX86_CR4 BIT(15)
#define VX86_EFER BIT(16)
#define VX86_SYSENTER BIT(17)
#define VX86_PAT BIT(18)
#define VX86_SHADOW BIT(19) /* intr_shadow */
#define VX86_PDPTE BIT(20)
#define VX86_DR7 BIT(21)
#define VX86_TSC BIT(22) /* tsc_offset */
#define VX86_ALL GENMASK(22, 0)
/* Never changed without an exit: valid for ever. */
#define VX86_KEPT (VX86_PAT | VX86_DR7 | VX86_TSC)

/* vx86_state.intr_shadow: what blocks events (VMX's interruptibility). */
#define VX86_SHADOW_STI BIT(0)
#define VX86_SHADOW_MOV_SS BIT(1)
#define VX86_SHADOW_NMI BIT(3)

struct vx86_segment {
	u64 base;
	u32 limit;
	u32 access; /* VMX format, as struct axvm_x86_segment */
	u16 selector;
};

struct vx86_dtable {
	u64 base;
	u32 limit;
};

/**
 * struct vx86_state - registers; copied as a whole for START and RESET
 *
 * CR0 and CR4 are as the guest sees them.  EFER, PAT, SYSENTER_* and the
 * other MSRs are slots of @msr; FS and GS base are in @seg.
 */
struct vx86_state {
	u64 gpr[NR_GPRS];
	u64 rip;
	u64 rflags;
	u64 cr0;
	u64 cr2;
	u64 cr3;
	u64 cr4;
	u64 cr8;
	u64 xcr0;
	u64 dr[4];
	u64 dr6;
	u64 dr7;
	u64 pdpte[4];
	u64 tsc_offset;
	u32 intr_shadow;
	struct vx86_segment seg[8];
	struct vx86_dtable gdt;
	struct vx86_dtable idt;
	struct vmsr_state msr;
};

#endif /* AXVM_X86_STATE_H */
