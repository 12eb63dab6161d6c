/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Basic exit reasons that have a handler, and the handlers by file.  All
 * reasons and their names: AXVM_X86_VMX_REASONS in uapi/axvm_x86.h.
 */
#ifndef AXVM_X86_VMX_EXIT_H
#define AXVM_X86_VMX_EXIT_H

#include "uapi/axvm_x86.h"
#include "arch/x86/vmx/vmx.h"

enum vmx_reason {
#define VMX_REASON_ENUM(nr, name, text) VMX_REASON_##name = (nr),
	AXVM_X86_VMX_REASONS(VMX_REASON_ENUM)
#undef VMX_REASON_ENUM
};

#define VMX_REASON_BASIC 0xffffu
#define VMX_REASON_ENTRY_FAILED BIT(31)

struct axvm_exit *vmx_exit_new(struct axvm_vcpu *vcpu, u32 reason);
enum axvm_run vmx_exit_unknown(struct axvm_vcpu *vcpu);

/* apicv.c */
enum axvm_run vmx_exit_tpr(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_virtual_eoi(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_apic_write(struct axvm_vcpu *vcpu);

/* exit_cr.c */
enum axvm_run vmx_exit_cr(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_dr(struct axvm_vcpu *vcpu);

/* exit_fault.c */
enum axvm_run vmx_exit_exception(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_ept_violation(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_ept_misconfig(struct axvm_vcpu *vcpu);
enum axvm_run vmx_exit_apic_access(struct axvm_vcpu *vcpu);

/* quick.c */
/**
 * vmx_quick_mmio() - vcpu->fault, if a device in the kernel does it at once, or
 * it is known to be for userspace; FAULT: neither
 */
enum axvm_run vmx_quick_mmio(struct axvm_vcpu *vcpu);

#endif /* AXVM_X86_VMX_EXIT_H */
