/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What arm64 adds to struct axvm_vm and struct axvm_vcpu.
 */
#ifndef AXVM_ARM64_TYPES_H
#define AXVM_ARM64_TYPES_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/ptrace.h>

#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/smccc.h"
#include "arch/arm64/emul/ldst_run.h"
#include "arch/arm64/emul/sysreg.h"
#include "arch/arm64/emul/vgic.h"

struct hyp_vcpu;
struct stage2;
struct arm64_platform;
struct arm64_vgic;

/**
 * struct axvm_vm_arch - a VM on arm64
 *
 * Legend: (c) constant after creation; (m) vm->mem.lock; (l) vm->lock, all
 * vCPUs out to write.
 * @s2: (m) stage-2 tables
 * @vtcr: (c) VTCR_EL2
 * @vmid: VMID with its generation above (vmid.c)
 * @platform: (c) devices
 * @vgic: (c) interrupt controller, or NULL: a bare VM
 * @counter_off: (l) CNTVOFF_EL2: the guest's count 0 in the host's count
 * @counter_at: (l) host's count when guest time stopped; 0: it runs
 */
struct axvm_vm_arch {
	struct stage2 *s2;
	u64 vtcr;
	atomic64_t vmid;
	struct arm64_platform *platform;
	struct arm64_vgic *vgic;
	u64 counter_off;
	u64 counter_at;
};

/* struct arm64_power_on.state */
#define ARM64_ON_NONE 0
#define ARM64_ON_FILLING 1
#define ARM64_ON_READY 2

/**
 * struct arm64_power_on - CPU_ON by another vCPU, until this one takes it up
 * @state: ARM64_ON_*; who makes it FILLING fills the rest
 */
struct arm64_power_on {
	atomic_t state;
	u64 entry;
	u64 context;
};

struct arm64_boot;

#define ARM64_DEBUG_PAIRS 16

/** struct arm64_debug_pair - value and control register of a point */
struct arm64_debug_pair {
	u64 value;
	u64 control;
};

/**
 * struct arm64_debug - what somebody outside watches for (debug.c)
 * @exec, @data: break- and watchpoints; the host's own during an entry
 * @addr: what the watchpoints were asked for
 * @nr_exec, @nr_data: how many there are
 * @brk: syndrome of the BRK that was the last record, or 0
 * @on: debug exceptions come to EL2
 * @insns: BRK breaks, else it goes to the guest
 * @step: after the next instruction; @armed: the step has begun
 */
struct arm64_debug {
	struct arm64_debug_pair exec[ARM64_DEBUG_PAIRS];
	struct arm64_debug_pair data[ARM64_DEBUG_PAIRS];
	u64 addr[ARM64_DEBUG_PAIRS];
	u8 nr_exec;
	u8 nr_data;
	bool on;
	bool insns;
	bool step;
	bool armed;
	u64 brk;
};

/* A vCPU's timers. */
#define ARM64_VTIMER 0
#define ARM64_PTIMER 1
#define ARM64_NR_TIMERS 2

/**
 * struct arm64_timer - one of them
 * @ctl: (o) CNT*_CTL_EL0 without its status while it is not in hardware, and
 *	@cval likewise
 * @host: wakes the vCPU at @cval while it sleeps in WFI; of an emulated timer:
 *	raises its line then
 */
struct arm64_timer {
	u64 ctl;
	u64 cval;
	struct hrtimer host;
};

/**
 * struct arm64_user_mmio - an access that userspace answers
 * @esr: its syndrome, 0: none
 * @gpa: its address
 * @version: of the buses by which it is so
 */
struct arm64_user_mmio {
	u64 esr;
	gpa_t gpa;
	u32 version;
};

/**
 * struct axvm_vcpu_arch - a vCPU on arm64
 *
 * Legend: (c) constant; (o) only the thread that runs it, or visitors.
 * @hyp: (o) the page shared with EL2: registers and controls
 * @boot: (o) registers at START, for RESET
 * @written: (o) registers were set from outside: starts powered on
 * @fp: (o) the CPU's FP registers are the guest's
 * @fp_keep: room for them when the kernel wants the registers
 * @sysreg: emulated system registers (o)
 * @timer: by ARM64_VTIMER, ARM64_PTIMER
 * @timer_line: (o) VTIMER_*: a timer's line was seen high, and the host's
 *	interrupt is kept active for it; @timer_lines: any of them
 * @timer_take: (c) timers whose interrupt need not go through the host, a bit
 *	each
 * @ptimer: (c) the physical timer is hardware, too (AXVM_VM_PTIMER)
 * @gic_todo: list registers are not what they should be; set under the vgic's
 *	lock, read without
 * @gic_busy: list registers or maintenance interrupts are in use; written by
 *	the vCPU or out of the guest, under the vgic's lock
 * @controls: (o) controls in @hyp are right for this CPU, controls.c; 0: none
 * @poll_ns: (o) how long a WFI waits before it gives the CPU up
 * @asleep_at: (o) when it did that last
 * @gic_in: (o) list registers as they went in
 * @gic_v2_lrs: (o) list registers in use while in the guest, GICv2, and so for
 *	@gic_v2_extra
 * @on: see there
 * @call: (o) the answer to a firmware call being carried out
 * @abort: (o) what vcpu->fault was, decoded
 * @abort_esr: (o) ... from this syndrome; 0: none yet
 * @user_mmio: (o) the last access that is userspace's
 * @insn: (o) the load or store that is carried out when @insn_busy
 */
struct axvm_vcpu_arch {
	struct hyp_vcpu *hyp;
	struct arm64_boot *boot;
	bool written;
	bool fp;
	u8 timer_take;
	union {
		u8 timer_line[ARM64_NR_TIMERS];
		u16 timer_lines;
	};
	bool ptimer;
	bool gic_todo;
	bool gic_busy;
	struct arm64_timer timer[ARM64_NR_TIMERS];
	struct syn_abort abort;
	u64 abort_esr;
	struct arm64_user_mmio user_mmio;
	struct vsmccc_result call;
	struct ldst_run insn;
	bool insn_busy;
	struct vsys_state sysreg;
	struct user_fpsimd_state fp_keep;
	u32 controls;
	u32 poll_ns;
	u64 asleep_at;
	u64 gic_in[VGIC_MAX_LRS];
	u32 gic_v2_lrs;
	u32 gic_v2_extra;
	struct arm64_debug debug; /* (o) */
	struct arm64_power_on on;
};

#endif /* AXVM_ARM64_TYPES_H */
