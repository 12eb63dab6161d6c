// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU's timers that are hardware during a stay: the virtual one, and the
 * physical one of a VM that was made with AXVM_VM_PTIMER.  Their interrupts
 * handed on, and host timers that end a WFI.  Whose the interrupts are is
 * vtimer_irq.c's.
 *
 * The virtual timer counts from the VM's start.  The physical one counts as the
 * CPU does: nothing can shift or stop that.
 */
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/percpu.h>

#include "module/compat.h"
#include "arch/arm64/vtimer.h"
#include "arch/arm64/hyp/backend.h"

/* A sleep is never longer: the host timer is armed again. */
#define WAIT_MAX_NS (60ull * NSEC_PER_SEC)

/* The host's own view, also while CNTVOFF_EL2 is a guest's. */
static u64 host_count(void)
{
	sr_isb();
	return sr_read(cntpct_el0);
}

u64 vtimer_count(struct axvm_vm *vm)
{
	u64 at = READ_ONCE(vm->arch.counter_at);

	return (at ?: host_count()) - vm->arch.counter_off;
}

/* What timer @t compares with when it is hardware. */
static __always_inline u64 count_of(struct axvm_vcpu *vcpu, unsigned int t)
{
	return t == ARM64_PTIMER && vcpu->arch.ptimer ? host_count() :
							vtimer_count(vcpu->vm);
}

static __always_inline bool armed(const struct axvm_vcpu *vcpu, unsigned int t)
{
	return (vcpu->arch.timer[t].ctl & (CTL_ENABLE | CTL_IMASK)) ==
	       CTL_ENABLE;
}

/* Is the line high?  Not during a stay. */
static __always_inline bool fires(struct axvm_vcpu *vcpu, unsigned int t)
{
	return armed(vcpu, t) && count_of(vcpu, t) >= vcpu->arch.timer[t].cval;
}

u64 vtimer_ctl(struct axvm_vcpu *vcpu, unsigned int t)
{
	const struct arm64_timer *tm = &vcpu->arch.timer[t];
	bool reached = tm->ctl & CTL_ENABLE && count_of(vcpu, t) >= tm->cval;

	return tm->ctl | (reached ? CTL_ISTATUS : 0);
}

/* ---- the interrupt ------------------------------------------------------ */

static __always_inline void take(struct axvm_vcpu *vcpu, unsigned int t)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);

	if (c->phys_active[t] || !vtimer_high(t))
		return;
	vtimer_set_active(c, t, true);
	vcpu->arch.timer_line[t] = VTIMER_RISEN;
	arm64_vgic_timer_rose(vcpu, vtimer_intid(t));
}

/*
 * The line is high until the guest has seen to it, so an active interrupt is as
 * good as one that the host has acknowledged: it is not taken, and the guest's
 * end of it ends it.  If the host is quicker after all, the handler finds
 * nothing to do.
 */
void vtimer_take(struct axvm_vcpu *vcpu)
{
	u8 which = vcpu->arch.timer_take;

	if (which & BIT(ARM64_VTIMER))
		take(vcpu, ARM64_VTIMER);
	if (unlikely(which & BIT(ARM64_PTIMER)))
		take(vcpu, ARM64_PTIMER);
}

/* ---- a stay ------------------------------------------------------------- */

u32 vtimer_host_intid(struct axvm_vcpu *vcpu, unsigned int t)
{
	if (t == ARM64_PTIMER && !vcpu->arch.ptimer)
		return 0;
	return vtimer_irqs[t].virq ? vtimer_irqs[t].pintid : 0;
}

/* An active interrupt's line is looked at again when the guest ends it. */
static __always_inline bool timer_active(struct axvm_vcpu *vcpu, unsigned int t)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;

	return g && READ_ONCE(g->cpu[vcpu->index]->irq[vtimer_intid(t)].active);
}

/*
 * Does the timer run by the guest's count?  nVHE: CNTVOFF_EL2 becomes the
 * guest's at the first entry of a stay, and only there the timer goes on: by
 * the host's count it would fire at once.
 */
static __always_inline bool in_force(const struct axvm_vcpu *vcpu, bool vhe)
{
	return vhe || vcpu->arch.hyp->loaded;
}

static __always_inline void load(struct axvm_vcpu *vcpu, unsigned int t,
				 bool vhe)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct arm64_timer *tm = &a->timer[t];

	if (unlikely(tm->ctl || a->timer_line[t] || c->phys_active[t])) {
		if (!timer_active(vcpu, t)) {
			a->timer_line[t] = fires(vcpu, t) ? VTIMER_HIGH :
							    VTIMER_LOW;
			arm64_vgic_line(vcpu, vtimer_intid(t),
					a->timer_line[t]);
		}
		vtimer_set_active(c, t, a->timer_line[t]);
	}
	c->loaded = vcpu;
	vtimer_write_cval(t, vhe, tm->cval);
	if (t == ARM64_VTIMER)
		a->hyp->cntv_ctl = tm->ctl;
	if (!tm->ctl || !in_force(vcpu, vhe))
		return;
	sr_isb();
	vtimer_write_ctl(t, vhe, tm->ctl);
}

void vtimer_load(struct axvm_vcpu *vcpu)
{
	bool vhe = is_kernel_in_hyp_mode();

	load(vcpu, ARM64_VTIMER, vhe);
	if (likely(!vcpu->arch.ptimer))
		return;
	load(vcpu, ARM64_PTIMER, vhe);
	/* The world switch has closed it, and undoes this when the stay ends. */
	sr_write(cnthctl_el2, vcpu->arch.hyp->host_cnthctl |
				      CNTHCTL_VHE_EL1PCTEN |
				      CNTHCTL_VHE_EL1PTEN);
	sr_isb();
}

/* Nothing is on afterwards. */
static __always_inline void put(struct axvm_vcpu *vcpu, unsigned int t,
				bool vhe)
{
	struct arm64_timer *tm = &vcpu->arch.timer[t];

	/* Not entered: nothing has changed, and nothing is on. */
	if (!in_force(vcpu, vhe))
		return;
	tm->ctl = vtimer_read_ctl(t, vhe) & (CTL_ENABLE | CTL_IMASK);
	tm->cval = vtimer_read_cval(t, vhe);
	if (tm->ctl) {
		vtimer_write_ctl(t, vhe, 0);
		sr_isb();
	}
}

void vtimer_put(struct axvm_vcpu *vcpu)
{
	bool vhe = is_kernel_in_hyp_mode();

	put(vcpu, ARM64_VTIMER, vhe);
	if (unlikely(vcpu->arch.ptimer))
		put(vcpu, ARM64_PTIMER, vhe);
	this_cpu_write(vtimer_cpus.loaded, NULL);
}

/* The guest may have silenced it before it took it. */
static __always_inline void flush(struct axvm_vcpu *vcpu, unsigned int t)
{
	if (vcpu->arch.timer_line[t] == VTIMER_RISEN) {
		vcpu->arch.timer_line[t] = VTIMER_HIGH;
		return;
	}
	if (!in_force(vcpu, is_kernel_in_hyp_mode()) ||
	    (vgic_hw_state(vcpu, vtimer_intid(t)) & 2) ||
	    timer_active(vcpu, t) || vtimer_high(t))
		return;
	vcpu->arch.timer_line[t] = VTIMER_LOW;
	arm64_vgic_line(vcpu, vtimer_intid(t), false);
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), t, false);
}

void vtimer_flush(struct axvm_vcpu *vcpu)
{
	if (likely(vcpu->arch.timer_line[ARM64_VTIMER]))
		flush(vcpu, ARM64_VTIMER);
	if (unlikely(vcpu->arch.timer_line[ARM64_PTIMER]))
		flush(vcpu, ARM64_PTIMER);
}

void vtimer_host_active(unsigned int t, bool active)
{
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), t, active);
}

/* ---- asleep --------------------------------------------------------------- */

static u64 ns_until(u64 now, u64 at)
{
	u64 left = at > now ? at - now : 0;

	if (left > 3600ull * sr_read(cntfrq_el0))
		return WAIT_MAX_NS;
	return min_t(u64, WAIT_MAX_NS,
		     mul_u64_u32_div(left, NSEC_PER_SEC,
				     max_t(u32, sr_read(cntfrq_el0), 1)) +
			     1);
}

static ktime_t wait_left(struct axvm_vcpu *vcpu, unsigned int t)
{
	return ns_to_ktime(
		ns_until(count_of(vcpu, t), vcpu->arch.timer[t].cval));
}

static enum hrtimer_restart wait_over(struct axvm_vcpu *vcpu, unsigned int t)
{
	if (!armed(vcpu, t))
		return HRTIMER_NORESTART;
	if (!fires(vcpu, t)) {
		hrtimer_forward_now(&vcpu->arch.timer[t].host,
				    wait_left(vcpu, t));
		return HRTIMER_RESTART;
	}
	arm64_vgic_line(vcpu, vtimer_intid(t), true);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart wait_fn(struct hrtimer *h)
{
	return wait_over(container_of(h, struct axvm_vcpu,
				      arch.timer[ARM64_VTIMER].host),
			 ARM64_VTIMER);
}

static enum hrtimer_restart wait_physical_fn(struct hrtimer *h)
{
	return wait_over(container_of(h, struct axvm_vcpu,
				      arch.timer[ARM64_PTIMER].host),
			 ARM64_PTIMER);
}

void vtimer_wait_for(struct axvm_vcpu *vcpu, unsigned int t)
{
	if (!armed(vcpu, t))
		return;
	if (fires(vcpu, t))
		arm64_vgic_line(vcpu, vtimer_intid(t), true);
	else
		hrtimer_start(&vcpu->arch.timer[t].host, wait_left(vcpu, t),
			      HRTIMER_MODE_REL_HARD);
}

/* Only while guest time runs; axvm_arch_vm_time() comes when it goes on. */
void vtimer_wait(struct axvm_vcpu *vcpu)
{
	struct axvm_vm *vm = vcpu->vm;

	if (!vm->arch.vgic || READ_ONCE(vm->arch.counter_at))
		return;
	vtimer_wait_for(vcpu, ARM64_VTIMER);
	if (vcpu->arch.ptimer)
		vtimer_wait_for(vcpu, ARM64_PTIMER);
}

void vtimer_wait_end(struct axvm_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->arch.timer[ARM64_VTIMER].host);
	if (vcpu->arch.ptimer)
		hrtimer_cancel(&vcpu->arch.timer[ARM64_PTIMER].host);
}

void vtimer_vcpu_init(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	a->ptimer = vcpu->vm->ptimer;
	axvm_hrtimer_setup(&a->timer[ARM64_VTIMER].host, wait_fn,
			   HRTIMER_MODE_REL_HARD);
	axvm_hrtimer_setup(&a->timer[ARM64_PTIMER].host, wait_physical_fn,
			   HRTIMER_MODE_REL_HARD);
	if (!vcpu->vm->arch.vgic)
		return;
	if (vtimer_irqs[ARM64_VTIMER].level)
		a->timer_take |= BIT(ARM64_VTIMER);
	if (a->ptimer && vtimer_irqs[ARM64_PTIMER].level)
		a->timer_take |= BIT(ARM64_PTIMER);
}

/* ---- guest time -------------------------------------------------------------- */

/* Time may have gone on all the while: what is armed fires just now. */
static void timers_run(struct axvm_vcpu *vcpu)
{
	ptimer_update(vcpu);
	vtimer_wait_end(vcpu);
	if (READ_ONCE(vcpu->halted))
		vtimer_wait(vcpu);
}

static void timers_stop(struct axvm_vcpu *vcpu)
{
	vtimer_wait_end(vcpu);
	ptimer_stop(vcpu);
}

/*
 * vm->lock held, all vCPUs are out: host timers stop and go with the guest's.
 * Visitors, too, may set a timer meanwhile.
 */
static void timers_follow(struct axvm_vm *vm, bool run)
{
	unsigned int i;

	for (i = 0; vm->arch.vgic && i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *v = vm->vcpus[i];

		if (!v)
			continue;
		mutex_lock(&v->run_lock);
		if (run)
			timers_run(v);
		else
			timers_stop(v);
		mutex_unlock(&v->run_lock);
	}
}

void vtimer_vm_time(struct axvm_vm *vm, bool run)
{
	struct axvm_vm_arch *a = &vm->arch;
	u64 now = host_count();

	if (!run) {
		if (!a->counter_at)
			WRITE_ONCE(a->counter_at, now);
		timers_follow(vm, false);
		return;
	}
	/* The first start: the guest's count begins at 0. */
	if (!a->counter_off)
		a->counter_off = now;
	else if (a->counter_at)
		a->counter_off += now - a->counter_at;
	WRITE_ONCE(a->counter_at, 0);
	timers_follow(vm, true);
}
