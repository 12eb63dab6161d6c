/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the kernel that its newer versions export to KVM alone.
 */
#ifndef AXVM_X86_KSYMS_H
#define AXVM_X86_KSYMS_H

struct axvm_why;

/**
 * struct vx86_ksyms - set by vx86_ksyms_find(), then constant
 * @cr4_update_irqsoff: change CR4 and the kernel's copy of it
 * @hw_breakpoint_restore: the host's debug registers
 * @intel_pt_handle_vmx: processor trace makes way; NULL where there is none
 */
struct vx86_ksyms {
	void (*cr4_update_irqsoff)(unsigned long set, unsigned long clear);
	void (*hw_breakpoint_restore)(void);
	void (*intel_pt_handle_vmx)(int on);
};

extern struct vx86_ksyms vx86_ksyms;

/** vx86_ksyms_find() - 0, or @why->err with @why filled (process) */
int vx86_ksyms_find(struct axvm_why *why);

#endif /* AXVM_X86_KSYMS_H */
