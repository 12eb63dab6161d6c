/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: hardware task switches, which no processor makes for a guest: saving the
 * old task in its TSS, loading the new one from its own, with all checks.
 * Memory is the owner's, and so is delivering the faults.
 *
 * Manual: "Task Management".
 */
#ifndef AXVM_X86_TASK_H
#define AXVM_X86_TASK_H

#include <linux/types.h>

/** enum vtask_how - what asked for it (as VMX's exit qualification has it) */
enum vtask_how {
	VTASK_CALL,
	VTASK_IRET,
	VTASK_JMP,
	VTASK_GATE, /* a task gate in the IDT */
};

/** struct vtask_seg - a segment register; @access in VMX format */
struct vtask_seg {
	u32 base;
	u32 limit;
	u32 access;
	u16 selector;
};

/* Order of vtask.seg: encoding order, then TR and LDTR (AXVM_X86_ES ...). */
#define VTASK_ES 0
#define VTASK_CS 1
#define VTASK_SS 2
#define VTASK_DS 3
#define VTASK_FS 4
#define VTASK_GS 5
#define VTASK_TR 6
#define VTASK_LDTR 7
#define VTASK_NR_SEGS 8

/** struct vtask_fault - an exception; @cr2 belongs to #PF */
struct vtask_fault {
	u8 vector;
	u32 error;
	u32 cr2;
};

enum vtask_access {
	VTASK_READ,
	VTASK_WRITE,
	VTASK_PROBE, /* could it be written?  @buf is NULL */
};

/**
 * struct vtask_ops - the owner's side
 * @access: of @bytes at linear address @at, on several pages perhaps; @user:
 *	as CPL 3 would, otherwise an implicit supervisor access.  0; -EFAULT:
 *	@fault says why; another -errno ends the switch
 * @set_cr3: what @access goes through from now on.  0; -EINVAL: a bad PDPTE, CR3
 *	stays as it was
 */
struct vtask_ops {
	int (*access)(void *opaque, enum vtask_access how, u32 at, void *buf,
		      u32 bytes, bool user, struct vtask_fault *fault);
	int (*set_cr3)(void *opaque, u32 cr3);
};

/**
 * struct vtask - the switch; registers are the old task's before and the new
 * task's after it
 * @ops, @opaque: the owner's
 * @how: enum vtask_how
 * @selector: of the new TSS
 * @external: what asks for it is no instruction: bit EXT of error codes
 * @has_error, @error: VTASK_GATE: push it on the new task's stack
 * @paging: CR0.PG: the new task's CR3 is loaded
 * @gdt_base, @gdt_limit: GDTR
 * @gpr: eax ecx edx ebx esp ebp esi edi
 * @eip: before: where the old task goes on some day
 * @eflags: EFLAGS
 * @seg: segment registers
 * @committed: out: registers are the new task's; a fault is, too
 * @trap: out: the TSS asks for #DB before the first instruction
 * @fault: out, with -EFAULT
 */
struct vtask {
	const struct vtask_ops *ops;
	void *opaque;
	u8 how;
	u16 selector;
	bool external;
	bool has_error;
	u32 error;
	bool paging;
	u32 gdt_base;
	u32 gdt_limit;
	u32 gpr[8];
	u32 eip;
	u32 eflags;
	struct vtask_seg seg[VTASK_NR_SEGS];
	bool committed;
	bool trap;
	struct vtask_fault fault;
};

/**
 * vtask_switch() - do it
 *
 * Privileges of the gate or TSS descriptor have been looked at.  CR0.TS is to be
 * set and local breakpoints are to be turned off once @t->committed.
 *
 * Return: 0; -EFAULT with @t->fault; what the owner's functions said.
 */
int vtask_switch(struct vtask *t);

#endif /* AXVM_X86_TASK_H */
