// SPDX-License-Identifier: GPL-2.0
/*
 * One stay in the guest: load what belongs to the vCPU, go in and out until
 * something must be done where one may sleep, or somebody else wants the CPU,
 * and put everything back.
 */
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <asm/virt.h>

#include "module/cpu.h"
#include "module/profile.h"
#include "module/trace.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/emul/leave.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/hyp/backend.h"

struct hyp_sysregs *arm64_sys_begin(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	if (is_kernel_in_hyp_mode() && h->loaded)
		hyp_vhe_fetch(h);
	return &h->sys;
}

void arm64_sys_end(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	if (is_kernel_in_hyp_mode() && h->loaded)
		hyp_vhe_store(h);
}

/* Its interrupt controller is a GICv2: memory-mapped, not EL2's business. */
static bool run_has_v2(struct axvm_vcpu *vcpu)
{
	return vgic_hw_is_v2() && vcpu->vm->arch.vgic;
}

/* False: no VMID can be had now. */
static bool run_load(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	u64 vmid = vmid_get(vcpu->vm);

	if (!vmid)
		return false;
	h->vttbr = arm64_vttbr(vcpu->vm, vmid);
	arm64_controls_load(vcpu);
	if (is_kernel_in_hyp_mode())
		hyp_vhe_load(h);
	vtimer_load(vcpu);
	if (run_has_v2(vcpu))
		vgic_v2_load(vcpu);
	return true;
}

static void run_put(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	arm64_fp_put(vcpu);
	vtimer_put(vcpu);
	if (run_has_v2(vcpu))
		vgic_v2_put(vcpu);
	vgic_hw_put(vcpu);
	if (is_kernel_in_hyp_mode())
		hyp_vhe_put(h);
	else
		hyp_nvhe_put(h);
	vmid_leave();
}

/* What the guest trained is dealt with at each exit, see mitigate.c. */
void axvm_arch_vcpu_switched(struct axvm_vcpu *vcpu)
{
}

static void run_count_cpu(struct axvm_vcpu *vcpu)
{
	int cpu = smp_processor_id();

	if (vcpu->cpu != cpu && vcpu->cpu >= 0)
		axvm_stat(vcpu, moved, 1);
	WRITE_ONCE(vcpu->cpu, cpu);
}

/*
 * Interrupts for the guest, when there is anything to do: irqs off, and behind
 * axvm_vcpu_enter_begin(), so that whoever raises one later kicks.
 */
static __always_inline void run_flush(struct axvm_vcpu *vcpu)
{
	if (unlikely(vcpu->arch.timer_lines))
		vtimer_flush(vcpu);
	if (unlikely(READ_ONCE(vcpu->arch.gic_todo)))
		vgic_hw_flush(vcpu);
}

static __always_inline void run_sync(struct axvm_vcpu *vcpu)
{
	if (unlikely(vcpu->arch.gic_busy))
		vgic_hw_sync(vcpu);
}

/*
 * One entry and exit, from irqs on to irqs on.  False: not entered, somebody
 * wants something first.
 */
static bool run_once(struct axvm_vcpu *vcpu, u64 *code)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	unsigned int kept = 0;

	local_irq_disable();
	if (!axvm_vcpu_enter_begin(vcpu) || local_softirq_pending()) {
		axvm_vcpu_enter_end(vcpu);
		local_irq_enable();
		return false;
	}
	run_flush(vcpu);
	if (unlikely(vcpu->arch.debug.step))
		kept = arm64_debug_quiet(vcpu);
	if (unlikely(arm64_debug_points(vcpu)))
		arm64_debug_swap(vcpu);
	if (unlikely(run_has_v2(vcpu)))
		vgic_v2_enter(vcpu);
	trace_axvm_entry(vcpu, h->pc);
	axvm_profile_entry(vcpu);
	*code = is_kernel_in_hyp_mode() ? hyp_vhe_run(h) : hyp_nvhe_run(h);
	if (unlikely(run_has_v2(vcpu)))
		vgic_v2_leave(vcpu);
	if (unlikely(arm64_debug_points(vcpu)))
		arm64_debug_swap(vcpu);
	if (unlikely(kept))
		h->gic.used_lrs = kept;
	if (trace_axvm_exit_enabled())
		arm64_trace_exit(vcpu, *code);
	run_sync(vcpu);
	if (*code == HYP_EXIT_IRQ)
		vtimer_take(vcpu);
	if (static_branch_unlikely(&axvm_profile_key))
		axvm_profile_note_exit(vcpu, leave_hw_reason(*code, h->esr));
	axvm_vcpu_enter_end(vcpu);
	axvm_stat(vcpu, entries, 1);
	axvm_stat(vcpu, exits, 1);
	local_irq_enable();
	return true;
}

/* ---- WFI ------------------------------------------------------------------ */

/*
 * Going to sleep and waking up cost more than many a guest sleeps for.  A vCPU
 * that was woken within WAIT_POLL_MAX_NS of falling asleep waits that little
 * longer the next time with everything loaded, so that an interrupt finds it a
 * step from the guest; one that sleeps for long does not wait at all.
 */
#define WAIT_POLL_MIN_NS 10000u
#define WAIT_POLL_MAX_NS 100000u
#define WAIT_POLL_LOOKS 16 /* at what has come between two at the clock */

/* An interrupt counts at once, time and others' wishes a little later. */
static __always_inline bool run_poll_some(const struct axvm_vcpu_arch *a)
{
	unsigned int n;

	for (n = 0; n < WAIT_POLL_LOOKS; n++) {
		if (READ_ONCE(a->gic_todo))
			return true;
		cpu_relax();
	}
	return false;
}

/* True: there is something to take, the guest goes on. */
static noinline bool run_poll(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 until;

	if (!vcpu->vm->arch.vgic)
		return false;
	if (READ_ONCE(a->gic_todo) || a->gic_busy) {
		if (arm64_vgic_wakes_now(vcpu))
			return true;
		if (READ_ONCE(a->gic_todo))
			return false; /* masked: for the user to see asleep */
	}
	if (!a->poll_ns)
		return false;
	for (until = ktime_get_ns() + a->poll_ns; !run_poll_some(a);)
		if (!axvm_vcpu_may_enter(vcpu) || ktime_get_ns() > until)
			return false;
	return arm64_vgic_wakes_now(vcpu);
}

static noinline void run_wait(struct axvm_vcpu *vcpu)
{
	arm64_record_wait(vcpu);
	vcpu->arch.asleep_at = ktime_get_ns();
	vtimer_wait(vcpu);
}

void arm64_wait_end(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	vtimer_wait_end(vcpu);
	if (ktime_get_ns() - a->asleep_at > WAIT_POLL_MAX_NS)
		a->poll_ns = 0;
	else
		a->poll_ns = clamp(a->poll_ns * 2, WAIT_POLL_MIN_NS,
				   WAIT_POLL_MAX_NS);
}

/* ---- a stay ---------------------------------------------------------------- */

enum axvm_run axvm_arch_vcpu_run(struct axvm_vcpu *vcpu)
{
	enum axvm_run r = AXVM_RUN_RESUME;
	u64 code;

	arm64_power_on_finish(vcpu);
	preempt_disable();
	if (!axvm_cpu_ready() || !run_load(vcpu)) {
		preempt_enable();
		return AXVM_RUN_RESUME;
	}
	run_count_cpu(vcpu);
	do {
		if (!run_once(vcpu, &code)) {
			if (need_resched())
				axvm_stat(vcpu, preempted, 1);
			break;
		}
		r = arm64_exit(vcpu, code);
		if (unlikely(r == AXVM_RUN_WAIT) && run_poll(vcpu))
			r = AXVM_RUN_RESUME;
	} while (r == AXVM_RUN_RESUME);
	run_put(vcpu);
	preempt_enable();
	if (r == AXVM_RUN_WAIT)
		run_wait(vcpu);
	return r;
}
