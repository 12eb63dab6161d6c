/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's state around a stay and around each entry, as far as VMX does not
 * switch it.
 */
#ifndef AXVM_X86_VMX_HOST_H
#define AXVM_X86_VMX_HOST_H

#include "arch/x86/vmx/vmx.h"

/** The processor's bugs decide what entries and exits must do. */
void vmx_host_probe(void);

/** What filling the L1 data cache needs, if that is done (process). */
int vmx_l1d_alloc(void);
void vmx_l1d_free(void);
/** Begin and end of a stay (irqs off, VMCS current). */
void vmx_host_leave(struct axvm_vcpu *vcpu);
void vmx_host_return(struct axvm_vcpu *vcpu);
/** Words on what is done for the host's sake, see struct vx86_backend. */
int vmx_mitigations(char *buf, size_t size);
/** vmx_forget_guest() - a barrier for the branch predictors (irqs off) */
void vmx_forget_guest(void);

/** Before an entry, when interrupts were on since the last (irqs off). */
void vmx_host_refresh(struct axvm_vcpu *vcpu);

/** After an exit that must put back what VM exits spoil (irqs off). */
void vmx_host_repair(struct axvm_vcpu *vcpu);

/** VMX_ENTER_* that every entry wants. */
extern unsigned long vmx_enter_flags __read_mostly;

/** Guest's DR0-DR3 into the registers, if DR7 uses them. */
void vmx_debug_load(struct axvm_vcpu *vcpu);

/** The guest's EFER may be another one (irqs off, VMCS current). */
void vmx_efer_changed(struct axvm_vcpu *vcpu);

#endif /* AXVM_X86_VMX_HOST_H */
