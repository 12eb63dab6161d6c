/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The local APICs of a platform VM, for the rest of arch/x86: accesses,
 * pending interrupts, the timer, INIT and SIPI.  A bare VM has none:
 * vm->arch.lapics and vcpu->arch.lapic are NULL.
 *
 * No locks but vx86_lapic.mp_lock: what several threads touch at once are
 * atomic bits (emul/vlapic.h) and vcpu->arch.pending.
 */
#ifndef AXVM_X86_LAPIC_H
#define AXVM_X86_LAPIC_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include "arch/x86/emul/vlapic.h"
#include "module/lib/types.h"

struct axvm_vm;
struct axvm_vcpu;

/**
 * enum vx86_mp - where a vCPU is between INIT and running
 * @VX86_MP_RUN: runs (or is halted)
 * @VX86_MP_INIT: an INIT arrived, which it has not seen yet
 * @VX86_MP_INIT_SIPI: and a SIPI behind it
 * @VX86_MP_WAIT: waits for SIPI, powered off
 * @VX86_MP_START: got it, has not begun yet
 */
enum vx86_mp {
	VX86_MP_RUN,
	VX86_MP_INIT,
	VX86_MP_INIT_SIPI,
	VX86_MP_WAIT,
	VX86_MP_START,
};

/**
 * struct vx86_lapic - the local APIC of a vCPU
 *
 * Legend: (c) constant; (o) the vCPU's own thread or nobody runs it; (m)
 * @mp_lock, innermost.
 *
 * @model: registers
 * @vcpu: (c) whose it is
 * @timer: runs until model.expiry, in hard irq on the vCPU's CPU
 * @timer_cpu: (o) where it was last started, -1: nowhere
 * @mp_lock: taken in any context
 * @mp: (m) enum vx86_mp; read lockless
 * @sipi: (m) vector of the SIPI
 */
struct vx86_lapic {
	struct vlapic model;
	struct axvm_vcpu *vcpu;
	struct hrtimer timer;
	int timer_cpu;
	raw_spinlock_t mp_lock;
	u8 mp;
	u8 sipi;
};

/**
 * struct vx86_lapics - those of a VM
 * @bus: grows while no vCPU runs
 * @ns_per_tick: (c) nanoseconds of a TSC tick << 32
 * @max_ticks: (c) longest time to set a timer to
 * @intr: INTR of the PIC; any context
 */
struct vx86_lapics {
	struct vapic_bus bus;
	u64 ns_per_tick;
	u64 max_ticks;
	bool intr;
};

/* vx86_lapic_next(): a vector that the PIC has to be asked for. */
#define VX86_IRQ_EXTINT 256

/* ---- lapic.c ------------------------------------------------------------- */

/** vx86_lapics_init() / _exit() - those of a VM (process) */
int vx86_lapics_init(struct axvm_vm *vm);
void vx86_lapics_exit(struct axvm_vm *vm);
/** vx86_lapic_init() / _exit() - that of a vCPU (process) */
int vx86_lapic_init(struct axvm_vcpu *vcpu);
void vx86_lapic_exit(struct axvm_vcpu *vcpu);
/** vx86_lapic_reset() - after RESET; state.msr is that already (vCPU out) */
void vx86_lapic_reset(struct axvm_vcpu *vcpu);
/** vx86_lapic_base() - state.msr has a new APIC_BASE (own) */
void vx86_lapic_base(struct axvm_vcpu *vcpu);
/** vx86_lapic_set_cr8() - state.cr8 changed: so does TPR (own) */
void vx86_lapic_set_cr8(struct axvm_vcpu *vcpu);
/** vx86_lapic_get_cr8() - make state.cr8 what TPR is (own) */
void vx86_lapic_get_cr8(struct axvm_vcpu *vcpu);

/** The processor delivers what IRR holds (vlapic.staged); set by the backend. */
extern bool vx86_apic_delivery;
/** Posted interrupts (vlapic.posted); likewise. */
extern bool vx86_apic_posting;

/** vx86_lapic_next() - vector that could go in, or VX86_IRQ_EXTINT, or -1 */
int vx86_lapic_next(const struct axvm_vcpu *vcpu);
/** vx86_lapic_next_inject() - the same, if it is for us to inject */
int vx86_lapic_next_inject(const struct axvm_vcpu *vcpu);
/** vx86_lapic_take() - it goes in (own); the vector, or -1: none after all */
int vx86_lapic_take(struct axvm_vcpu *vcpu, int vector);
/** vx86_lapic_requests() - is there anything that PPR may hold back? */
bool vx86_lapic_requests(const struct axvm_vcpu *vcpu);
/** vx86_lapic_wakes() - vector that will be there once the timer is looked at */
bool vx86_lapic_wakes(const struct axvm_vcpu *vcpu);
/** vx86_lapic_send() - VLAPIC_DO_IPI */
void vx86_lapic_send(struct axvm_vcpu *vcpu, const struct vlapic_do *to_do);
/** vx86_lapic_irq() - a fixed edge-triggered interrupt (any) */
void vx86_lapic_irq(struct axvm_vcpu *vcpu, u8 vector);

/* ---- lapic_access.c ------------------------------------------------------ */

/** vx86_lapic_has_msr() - is it one of ours, or TSC_DEADLINE? */
static inline bool vx86_lapic_has_msr(u32 index)
{
	return index - VLAPIC_MSR < VLAPIC_NR_MSRS || index == 0x6e0;
}
/** vx86_lapic_rdmsr() / _wrmsr() - RDMSR and WRMSR exits */
enum axvm_run vx86_lapic_rdmsr(struct axvm_vcpu *vcpu, u32 index);
enum axvm_run vx86_lapic_wrmsr(struct axvm_vcpu *vcpu, u32 index, u64 value);
/** vx86_lapic_written() - the processor wrote to the page (own, in a stay) */
enum axvm_run vx86_lapic_written(struct axvm_vcpu *vcpu, u32 offset);
/** vx86_lapic_slow_written() - that write may start a vCPU (process) */
enum axvm_run vx86_lapic_slow_written(struct axvm_vcpu *vcpu);
/** vx86_lapic_ended() - the processor ended @vector by itself (own) */
void vx86_lapic_ended(struct axvm_vcpu *vcpu, u8 vector);
/** vx86_lapic_slow_wrmsr() - the write that may start a vCPU (process) */
enum axvm_run vx86_lapic_slow_wrmsr(struct axvm_vcpu *vcpu);
/** vx86_lapic_mmio() - true: @gpa is this vCPU's APIC (process, own) */
bool vx86_lapic_mmio(struct axvm_vcpu *vcpu, gpa_t gpa, unsigned int bytes,
		     bool write, u64 *data);
/** vx86_lapic_deadline() / _set_deadline() - TSC_DEADLINE as users see it */
u64 vx86_lapic_deadline(struct axvm_vcpu *vcpu);
void vx86_lapic_set_deadline(struct axvm_vcpu *vcpu, u64 value);

/* ---- lapic_page.c: the page that the processor virtualizes --------------- */

/** Does it?  Set by the backend. */
extern bool vx86_apic_page;

int vx86_lapic_page_init(struct axvm_vm *vm);
void vx86_lapic_page_exit(struct axvm_vm *vm);
/** vx86_lapic_page_update() - map it, or not (process; vm->lock or run_lock) */
void vx86_lapic_page_update(struct axvm_vm *vm);

/* ---- lapic_timer.c ------------------------------------------------------- */

void vx86_lapic_timer_setup(struct vx86_lapic *l);
void vx86_lapic_now(const struct axvm_vcpu *vcpu, struct vlapic_now *now);
/** vx86_lapic_arm() - model.expiry may be another (own; any irq state) */
void vx86_lapic_arm(struct axvm_vcpu *vcpu);
/** vx86_lapic_event() - VX86_PENDING_TIMER is set (own) */
void vx86_lapic_event(struct axvm_vcpu *vcpu);
/** vx86_lapic_follow() - the vCPU runs on this CPU now (own) */
void vx86_lapic_follow(struct axvm_vcpu *vcpu);
/** vx86_lapic_tsc_set() - the TSC was written (own) */
void vx86_lapic_tsc_set(struct axvm_vcpu *vcpu);
/** vx86_lapics_time() - guest time stops or goes on (vCPUs are out) */
void vx86_lapics_time(struct axvm_vm *vm, bool run);

/* ---- lapic_mp.c ---------------------------------------------------------- */

/** vx86_lapic_start() - the VM starts: run, or wait for SIPI (vCPU out) */
void vx86_lapic_start(struct axvm_vcpu *vcpu, bool off);
/** vx86_lapic_mp_msg() - INIT (any) or SIPI (process) arrives */
bool vx86_lapic_mp_msg(struct vx86_lapic *l, u8 mode, u8 vector);
/** vx86_lapic_mp() - VX86_PENDING_MP is set (process, own) */
enum axvm_run vx86_lapic_mp(struct axvm_vcpu *vcpu);

#endif /* AXVM_X86_LAPIC_H */
