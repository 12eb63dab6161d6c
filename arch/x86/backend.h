/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a vendor's extension (VMX, SVM) does for the rest of arch/x86: one
 * table of functions, called through static calls.
 */
#ifndef AXVM_X86_BACKEND_H
#define AXVM_X86_BACKEND_H

#include <linux/static_call.h>
#include <linux/types.h>
#include "module/lib/types.h"

struct axvm_info;
struct axvm_reg;
struct axvm_vcpu;
struct axvm_vm;
struct axvm_why;

/**
 * struct vx86_backend - the vendor's functions
 * @probe: look at the processor, take nothing; fills @why (process)
 * @info: fill in backend, caps, block sizes, gpa_bits
 * @mitigations: words on what entries and exits do for the host's sake, each
 *	with a blank before it; their length
 * @prepare: allocate what taking the CPUs needs (process)
 * @unprepare: undo
 * @cpu_enable: take this CPU (irqs off)
 * @cpu_disable: give it back (irqs off, or NMI when the host dies)
 * @vm_init: nested tables' format, bitmaps (process)
 * @vm_exit: undo
 * @vcpu_init: allocate the control structure (process)
 * @vcpu_exit: undo; it is loaded nowhere afterwards (process)
 * @stay: the inner loop: run the guest until something needs the outer one;
 *	preemption off, FPU and XCR0 are the guest's; returns with irqs on
 * @need: make parts of the state (VX86_*) valid that the control structure
 *	holds (process; not between load and unload of a stay)
 * @cpuid_features: VCPUID_WITH_* that it can virtualize
 * @msr_changed: an MSR that hardware holds directly has a new value in the
 *	state (own thread; may be in a stay)
 * @forget_guest: nothing that a guest taught this CPU's branch predictors is
 *	left (irqs off; vCPU threads are switched out)
 * @control: axvm_arch_control()
 * @flush_npt: drop cached translations of the VM on this CPU (irqs off)
 */
struct vx86_backend {
	int (*probe)(struct axvm_why *why);
	void (*info)(struct axvm_info *info);
	int (*mitigations)(char *buf, size_t size);
	int (*prepare)(struct axvm_why *why);
	void (*unprepare)(void);
	int (*cpu_enable)(struct axvm_why *why);
	void (*cpu_disable)(void);
	int (*vm_init)(struct axvm_vm *vm);
	void (*vm_exit)(struct axvm_vm *vm);
	int (*vcpu_init)(struct axvm_vcpu *vcpu);
	void (*vcpu_exit)(struct axvm_vcpu *vcpu);
	enum axvm_run (*stay)(struct axvm_vcpu *vcpu);
	void (*need)(struct axvm_vcpu *vcpu, u32 mask);
	u32 (*cpuid_features)(void);
	void (*msr_changed)(struct axvm_vcpu *vcpu, unsigned int slot);
	void (*forget_guest)(void);
	int (*control)(struct axvm_vcpu *vcpu, bool all,
		       struct axvm_reg *fields, u32 *n, u32 *kind);
	void (*flush_npt)(struct axvm_vm *vm);
};

/* clang-format off */
#define VX86_BACKEND_OPS(X)						\
	X(probe) X(info) X(mitigations) X(prepare) X(unprepare)			\
	X(cpu_enable) X(cpu_disable)					\
	X(vm_init) X(vm_exit) X(vcpu_init) X(vcpu_exit)			\
	X(stay) X(need)							\
	X(cpuid_features) X(msr_changed) X(forget_guest) X(control) X(flush_npt)
/* clang-format on */

#define VX86_BACKEND_DECLARE(op)                                               \
	DECLARE_STATIC_CALL(vx86_##op, *(((struct vx86_backend *)0)->op));
VX86_BACKEND_OPS(VX86_BACKEND_DECLARE)
#undef VX86_BACKEND_DECLARE

#define vx86_call(op) static_call(vx86_##op)

extern const struct vx86_backend vmx_backend;

/** vx86_backend_select() - from now on vx86_call() means @b (process) */
void vx86_backend_select(const struct vx86_backend *b);

/** vx86_backend_choose() - the backend for this processor, or NULL */
const struct vx86_backend *vx86_backend_choose(void);

#endif /* AXVM_X86_BACKEND_H */
