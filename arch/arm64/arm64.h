/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of arch/arm64 share among themselves.  Pure parts are in
 * emul/, everything about EL2 in hyp/.
 */
#ifndef AXVM_ARM64_H
#define AXVM_ARM64_H

#include <linux/percpu.h>

#include "uapi/axvm_arm64.h"
#include "module/arch.h"
#include "module/vm.h"
#include "arch/arm64/hyp/hyp.h"

struct hyp_ops;

/* probe.c */
const struct hyp_ops *hyp_probe(struct axvm_why *why);

/* vmid.c: preemption off, except init, exit, put (process) */
int vmid_init(void);
void vmid_exit(void);
/** The VM's VMID for a stay on this CPU; 0: none to be had now. */
u64 vmid_get(struct axvm_vm *vm);
/** The stay is over. */
void vmid_leave(void);
/** The VMID that translations made so far carry (any context). */
u64 vmid_peek(struct axvm_vm *vm);
/** The VM goes. */
void vmid_put(struct axvm_vm *vm);

/* mem.c */
int arm64_mem_init(struct axvm_vm *vm);
void arm64_mem_exit(struct axvm_vm *vm);
u64 arm64_vttbr(struct axvm_vm *vm, u64 vmid);
/** Clean and invalidate every page the guest has (process). */
void arm64_mem_flush(struct axvm_vm *vm);
/** Width of a guest-physical address here. */
unsigned int arm64_gpa_bits(void);

/* controls.c */
/** Note what this CPU adds (taken, irqs off). */
void arm64_controls_cpu_enable(void);
/** What this CPU needs: HCR, CPTR, ... of a stay (preemption off). */
void arm64_controls_load(struct axvm_vcpu *vcpu);
/** Values that never change for a vCPU. */
void arm64_controls_init(struct axvm_vcpu *vcpu);
/** Let the guest at FP and SIMD, or trap it. */
void arm64_controls_fp(struct axvm_vcpu *vcpu, bool allow);

/* fpsimd.c: preemption off */
void arm64_fp_take(struct axvm_vcpu *vcpu);
void arm64_fp_put(struct axvm_vcpu *vcpu);

/* run.c */
/**
 * arm64_sys_begin() - the guest's EL1 context, to be changed
 *
 * In a stay under VHE it lives in the CPU and is fetched; arm64_sys_end()
 * puts it back.
 */
struct hyp_sysregs *arm64_sys_begin(struct axvm_vcpu *vcpu);
void arm64_sys_end(struct axvm_vcpu *vcpu);

/** The guest leaves WFI (process). */
void arm64_wait_end(struct axvm_vcpu *vcpu);

/* exit.c */
/** After an exit, irqs on, preemption off. */
enum axvm_run arm64_exit(struct axvm_vcpu *vcpu, u64 code);
/* The tracepoint of an exit; @code is HYP_EXIT_*. */
void arm64_trace_exit(struct axvm_vcpu *vcpu, u64 code);
/** Start vcpu->exit with @reason. */
struct axvm_exit *arm64_record(struct axvm_vcpu *vcpu, u32 reason);
/** The record of a WFI that was stepped over and is to sleep. */
void arm64_record_wait(struct axvm_vcpu *vcpu);
enum axvm_run arm64_internal(struct axvm_vcpu *vcpu, u64 hw_reason, u64 info);
/** The instruction is done: a single step of it, too (PSTATE.SS). */
static inline void arm64_skip(struct axvm_vcpu *vcpu)
{
	vcpu->arch.hyp->pc += 4;
	vcpu->arch.hyp->pstate &= ~BIT_ULL(21);
}

/** x0-x30; 31 reads as zero and swallows writes */
static inline u64 arm64_get_x(struct axvm_vcpu *vcpu, unsigned int n)
{
	return n < 31 ? vcpu->arch.hyp->x[n] : 0;
}

static inline void arm64_set_x(struct axvm_vcpu *vcpu, unsigned int n, u64 v)
{
	if (n < 31)
		vcpu->arch.hyp->x[n] = v;
}

/* vtimer_irq.c */

/**
 * struct vtimer_cpu - of a host's CPU
 * @loaded: the vCPU whose stay it is, or NULL
 * @phys_active: the host's interrupt of a timer is active here
 */
struct vtimer_cpu {
	struct axvm_vcpu *loaded;
	bool phys_active[ARM64_NR_TIMERS];
};

DECLARE_PER_CPU(struct vtimer_cpu, vtimer_cpus);

/** Look for the timers' interrupts (process, at insmod). */
void vtimer_probe(void);
/** Claim them (process).  0 or why there is none for the virtual timer. */
int vtimer_init(void);
void vtimer_exit(void);
/** This CPU is taken or given back (irqs off). */
void vtimer_cpu_enable(void);
void vtimer_cpu_disable(void);
/**
 * Can a guest have the CPU's own physical timer?  Under VHE the host has EL2's,
 * and EL1's is nobody's; under nVHE it is the host's clock.
 */
bool vtimer_has_physical(void);
/** It could, but somebody else has claimed the interrupt. */
bool vtimer_physical_lost(void);

/* vtimer_hw.c */

/* struct axvm_vcpu_arch.timer_line */
#define VTIMER_LOW 0
#define VTIMER_HIGH 1
#define VTIMER_RISEN 2 /* since the guest was left: no need to look again */

/**
 * The guest ended the interrupt of timer @t in hardware (its own CPU, irqs
 * off).
 */
static inline void vtimer_ended(struct axvm_vcpu *vcpu, unsigned int t)
{
	vcpu->arch.timer_line[t] = VTIMER_LOW;
	this_cpu_write(vtimer_cpus.phys_active[t], false);
}

/** Is it this vCPU's stay that runs here, or was interrupted (irqs off)? */
static inline bool vtimer_loaded_here(const struct axvm_vcpu *vcpu)
{
	return this_cpu_read(vtimer_cpus.loaded) == vcpu;
}

/** A vCPU is made; vm->arch.vgic is there, or will never be. */
void vtimer_vcpu_init(struct axvm_vcpu *vcpu);
/** The host's INTID of timer @t if it is hardware for @vcpu, or 0. */
u32 vtimer_host_intid(struct axvm_vcpu *vcpu, unsigned int t);
/** CNT*_CTL_EL0 of timer @t with its status.  Not during a stay. */
u64 vtimer_ctl(struct axvm_vcpu *vcpu, unsigned int t);
/** A stay begins or ends (preemption off). */
void vtimer_load(struct axvm_vcpu *vcpu);
void vtimer_put(struct axvm_vcpu *vcpu);
/** On the way in, irqs off, @timer_lines: are the lines still high? */
void vtimer_flush(struct axvm_vcpu *vcpu);
/**
 * After an exit that an interrupt made, irqs off: if it is a timer's, hand it
 * on at once; the host need not see it.
 */
void vtimer_take(struct axvm_vcpu *vcpu);
/** The host's interrupt is kept active, or let go (irqs off, in a stay). */
void vtimer_host_active(unsigned int t, bool active);
/** If timer @t is on: raise its line now, or by its host timer (process). */
void vtimer_wait_for(struct axvm_vcpu *vcpu, unsigned int t);
/** Arm, or forget, the timers that end a WFI (process). */
void vtimer_wait(struct axvm_vcpu *vcpu);
void vtimer_wait_end(struct axvm_vcpu *vcpu);
/** The guest's virtual counter now. */
u64 vtimer_count(struct axvm_vm *vm);
/** Guest time stops, or goes on (all vCPUs are out). */
void vtimer_vm_time(struct axvm_vm *vm, bool run);

/* ptimer.c: when it is not hardware */
/** Forget what is armed (process). */
void ptimer_stop(struct axvm_vcpu *vcpu);
/** Registers or time have changed: line and host timer follow. */
void ptimer_update(struct axvm_vcpu *vcpu);
/** CNTP_* and the counters, trapped; VSYS_DONE, VSYS_UNDEF, VSYS_UNKNOWN. */
enum vsys_outcome ptimer_access(struct axvm_vcpu *vcpu, u32 id, bool write,
				u64 *val);

/* trap_hvc.c */
/** CPU_ON was called for this vCPU: take its registers up. */
void arm64_power_on_finish(struct axvm_vcpu *vcpu);

/* trap_sysreg.c */
/** Note the host's ID registers (process). */
void arm64_id_init(void);
/** Make guests' views of them; the host's GIC is known (process). */
void arm64_id_views_init(void);
/** What a guest's CPU has, INJECT_HAS_*. */
u32 arm64_inject_features(void);
/** A guest's view of an ID register, AXVM_ARM64_SYSREG() encoding. */
u64 arm64_id(u32 id);

/* regs.c */
int arm64_regs_init(struct axvm_vcpu *vcpu);
void arm64_regs_exit(struct axvm_vcpu *vcpu);
/** Architectural reset state. */
void arm64_regs_reset(struct axvm_vcpu *vcpu);
/** CPU_ON: reset state, PC and x0 given. */
void arm64_regs_power_on(struct axvm_vcpu *vcpu, u64 entry, u64 context);

/* debug.c */
/** Break- and watchpoints in, before an entry, and out (irqs off). */
void arm64_debug_swap(struct axvm_vcpu *vcpu);
static inline bool arm64_debug_points(const struct axvm_vcpu *vcpu)
{
	return vcpu->arch.debug.nr_exec | vcpu->arch.debug.nr_data;
}
/**
 * A step is over one instruction, not into the handler of an interrupt: list
 * registers to keep back in this entry (irqs off).
 */
unsigned int arm64_debug_quiet(struct axvm_vcpu *vcpu);
/** MDCR_EL2 and MDSCR_EL1 of a stay. */
void arm64_debug_controls(struct axvm_vcpu *vcpu);
/** What was hit is forgotten: the vCPU is reset. */
void arm64_debug_reset(struct axvm_vcpu *vcpu);
/** A debug exception came to EL2. */
enum axvm_run arm64_exit_debug(struct axvm_vcpu *vcpu, u64 esr);

#endif /* AXVM_ARM64_H */
