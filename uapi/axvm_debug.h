/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface: looking into a vCPU.  The hardware's control
 * structure, breakpoints and steps, walks of the guest's tables.  Part of axvm.h.
 */
#ifndef _UAPI_AXVM_DEBUG_H
#define _UAPI_AXVM_DEBUG_H

#include <linux/types.h>

#define AXVM_CONTROL_VMCS 1 /* ids: encodings, see axvm_x86_vmcs.h */
#define AXVM_CONTROL_VMCB 2 /* kept free for SVM */
#define AXVM_CONTROL_PARTIAL (1u << 0) /* out: something was left out */

/**
 * struct axvm_control - AXVM_VCPU_CONTROL: the hardware's own control structure
 * @flags: zero; out: AXVM_CONTROL_PARTIAL: the host's state, and addresses of
 *	its memory, are for CAP_SYS_ADMIN alone and were left out
 * @kind: out: AXVM_CONTROL_VMCS
 * @count: room in @fields; out: how many there are
 * @fields: user pointer to an array of axvm_reg: @id is the field's encoding;
 *	as many as there is room for are written, in the order of encodings
 * @pad: zero
 *
 * Fields that this processor does not have are left out.  The vCPU is taken
 * out of the guest for the moment; what is to be written at its next entry is
 * there already.  Errors: EOPNOTSUPP there is none (arm64); EBADFD no CPU can
 * load it now; ENOMEM.
 */
struct axvm_control {
	__u32 size;
	__u32 flags;
	__u32 kind;
	__u32 count;
	__u64 fields;
	__u64 pad;
};

#define AXVM_DEBUG_INSN (1u << 0) /* breakpoint instructions: INT3, BRK */
#define AXVM_DEBUG_STEP (1u << 1) /* after the next instruction */
#define AXVM_DEBUG_REFLECT (1u << 2) /* the last one was the guest's own */
#define AXVM_DEBUG_HOLD (1u << 3) /* stay out of the guest for now */

/* Kinds of struct axvm_debug_point. */
#define AXVM_DEBUG_OFF 0
#define AXVM_DEBUG_EXEC 1
#define AXVM_DEBUG_WRITE 2
#define AXVM_DEBUG_ACCESS 3 /* x86: reads and writes; arm64 likewise */
#define AXVM_DEBUG_POINTS 16

/**
 * struct axvm_debug_point - a hardware breakpoint or watchpoint
 * @addr: guest-virtual address; WRITE, ACCESS: a multiple of @len
 * @kind: AXVM_DEBUG_OFF (all else zero), EXEC, WRITE, ACCESS
 * @len: WRITE, ACCESS: 1, 2, 4 or 8 bytes; EXEC: x86: 1, arm64: 4
 */
struct axvm_debug_point {
	__u64 addr;
	__u32 kind;
	__u32 len;
};

/**
 * struct axvm_vcpu_debug - AXVM_VCPU_DEBUG: debug what runs on a vCPU (vCPU fd)
 * @flags: AXVM_DEBUG_INSN, STEP, REFLECT, HOLD; none and no points: debugging
 *	ends
 * @nr_exec: out: points of kind EXEC that there can be
 * @nr_data: out: points of the other kinds
 * @nr_points: out: points in all
 * @pad: zero
 * @points: in force from now on, the first unused ones off
 *
 * What is asked for holds until the next call, but STEP and REFLECT: they are
 * about the next instruction only; interrupts wait until it is done.  HOLD: the
 * vCPU stays where it is, whatever the others do, until the VM is suspended the
 * next time, or reset.  An event is an AXVM_EXIT_DEBUG record; the
 * VM becomes SUSPENDED with this as stop_reason and the vCPU's index as
 * stop_detail, and all its vCPUs hold still until AXVM_VM_RESUME (a sync vCPU:
 * AXVM_VCPU_RUN returns the record, the VM goes on).  The guest sees neither
 * the points nor that it is stepped, and its own debug registers do nothing
 * while there are points or a step.  A breakpoint instruction that the guest
 * has for itself: ask for REFLECT before it goes on, and it gets its exception.
 *
 * The record: @pc is the instruction that comes next, EXEC and INSN: that has
 * the breakpoint; @gva the address of the point that was hit; @debug.what.
 *
 * Errors: EINVAL unknown flag or kind, length, alignment, unused points that
 * are not zero, address that is not canonical; ENOSPC more points than there
 * are; EBADFD REFLECT, and the last record was no breakpoint instruction;
 * EOPNOTSUPP the CPU cannot, or HOLD of a sync vCPU.
 */
struct axvm_vcpu_debug {
	__u32 size;
	__u32 flags;
	__u32 nr_exec;
	__u32 nr_data;
	__u32 nr_points;
	__u32 pad;
	struct axvm_debug_point points[AXVM_DEBUG_POINTS];
};

/* axvm_exit.debug.what */
#define AXVM_DEBUG_HIT_INSN 1 /* a breakpoint instruction */
#define AXVM_DEBUG_HIT_STEP 2
#define AXVM_DEBUG_HIT_EXEC 3
#define AXVM_DEBUG_HIT_DATA 4

/**
 * struct axvm_translate - AXVM_VCPU_TRANSLATE: walk the guest's tables
 * @flags: AXVM_XLATE_WRITE, AXVM_XLATE_EXEC, AXVM_XLATE_USER: as what
 * @gva: guest-virtual address
 * @gpa: out: guest-physical address
 * @prot: out: AXVM_MEM_READ | WRITE | EXEC | AXVM_XLATE_P_USER
 * @levels: out: table levels walked (0: paging is off)
 * @page_size: out
 *
 * Errors: ENXIO not mapped, or not allowed.
 */
#define AXVM_XLATE_WRITE (1u << 0)
#define AXVM_XLATE_EXEC (1u << 1)
#define AXVM_XLATE_USER (1u << 2)
#define AXVM_XLATE_P_USER (1u << 3)
struct axvm_translate {
	__u32 size;
	__u32 flags;
	__u64 gva;
	__u64 gpa;
	__u32 prot;
	__u32 levels;
	__u64 page_size;
};

#endif /* _UAPI_AXVM_DEBUG_H */
