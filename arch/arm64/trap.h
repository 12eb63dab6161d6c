/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handlers of exits that have a file of their own.
 */
#ifndef AXVM_ARM64_TRAP_H
#define AXVM_ARM64_TRAP_H

#include "module/vm.h"

/* hypercall.c */
enum axvm_run arm64_exit_hvc(struct axvm_vcpu *vcpu, u64 esr);
enum axvm_run arm64_exit_smc(struct axvm_vcpu *vcpu, u64 esr);
/** An answer to a HYPERCALL record. */
void arm64_hypercall_complete(struct axvm_vcpu *vcpu, u64 data, bool fault);

/* sysreg.c */
enum axvm_run arm64_exit_sysreg(struct axvm_vcpu *vcpu, u64 esr);
/** An answer to a SYSREG record. */
void arm64_sysreg_complete(struct axvm_vcpu *vcpu, u64 data, bool fault);

/* trap_cache.c */
/** Data cache maintenance by set and way. */
enum axvm_run arm64_cache_setway(struct axvm_vcpu *vcpu);
/** A write that HCR_EL2.TVM trapped: carry it out. */
enum axvm_run arm64_cache_control(struct axvm_vcpu *vcpu, u32 id, u64 value);

/* mmio.c */
/** vcpu->fault may be a device in the kernel: true when it answered. */
bool arm64_mmio_fast(struct axvm_vcpu *vcpu);
/** After that: PARKED, if the access is known to be for userspace; FAULT */
enum axvm_run arm64_mmio_user(struct axvm_vcpu *vcpu);
/** An answer to an MMIO record: RESUME, or EXIT with another one. */
enum axvm_run arm64_mmio_complete(struct axvm_vcpu *vcpu, u64 data, bool fault);

#endif /* AXVM_ARM64_TRAP_H */
