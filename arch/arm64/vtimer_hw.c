// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual timer of a vCPU: in hardware during a stay, its interrupt taken
 * by the host and handed on, and a host timer that ends a WFI.
 *
 * The line is level-triggered.  When it fires the host acknowledges it but
 * leaves it active ("forwarded"), so it does not fire again, and raises the
 * line in the guest's controller; the guest gets it as a list register mapped
 * to the physical interrupt, and ending it there ends the physical one too.  If
 * the line is still high then, all of this happens again.  @phys_active is
 * what this CPU's interrupt controller holds.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/math64.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <asm/virt.h>

#include "module/compat.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/hyp/backend.h"

#define CTL_ENABLE BIT(0)
#define CTL_IMASK BIT(1)
#define CTL_ISTATUS BIT(2)

/* A sleep is never longer: the host timer is armed again. */
#define WAIT_MAX_NS (60ull * NSEC_PER_SEC)

DEFINE_PER_CPU(struct vtimer_cpu, vtimer_cpus);
static int vtimer_virq; /* 0: none */
static u32 vtimer_pintid;
static struct irq_data *vtimer_chip; /* what keeps its active state */
static bool vtimer_level; /* the host's interrupt is level-triggered */

static u64 vtimer_read_ctl(void)
{
	return is_kernel_in_hyp_mode() ? sr_read(SR_CNTV_CTL_EL02) :
					 sr_read(cntv_ctl_el0);
}

static void vtimer_write_ctl(u64 ctl)
{
	if (is_kernel_in_hyp_mode())
		sr_write(SR_CNTV_CTL_EL02, ctl);
	else
		sr_write(cntv_ctl_el0, ctl);
}

static u64 vtimer_read_cval(void)
{
	return is_kernel_in_hyp_mode() ? sr_read(SR_CNTV_CVAL_EL02) :
					 sr_read(cntv_cval_el0);
}

static void vtimer_write_cval(u64 cval)
{
	if (is_kernel_in_hyp_mode())
		sr_write(SR_CNTV_CVAL_EL02, cval);
	else
		sr_write(cntv_cval_el0, cval);
}

static bool ctl_line(u64 ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK | CTL_ISTATUS)) ==
	       (CTL_ENABLE | CTL_ISTATUS);
}

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

bool vtimer_fires(struct axvm_vcpu *vcpu)
{
	return (vcpu->arch.cntv_ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE &&
	       vtimer_count(vcpu->vm) >= vcpu->arch.cntv_cval;
}

static bool vtimer_armed(struct axvm_vcpu *vcpu)
{
	return (vcpu->arch.cntv_ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* ---- the interrupt ------------------------------------------------------ */

/*
 * What irq_set_irqchip_state() does, without its search for and lock of the
 * descriptor: the interrupt is ours, and this CPU's own.
 */
static void vtimer_set_active(struct vtimer_cpu *c, bool active)
{
	if (c->phys_active == active || !vtimer_chip)
		return;
	vtimer_chip->chip->irq_set_irqchip_state(vtimer_chip,
						 IRQCHIP_STATE_ACTIVE, active);
	c->phys_active = active;
}

/* It fired during a stay (or, late, after one: then the line is low). */
static irqreturn_t vtimer_handler(int irq, void *dev)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);

	/* Forwarded: the interrupt stays active after this handler. */
	c->phys_active = true;
	if (c->loaded && ctl_line(vtimer_read_ctl())) {
		c->loaded->arch.timer_line = VTIMER_RISEN;
		arm64_vgic_line(c->loaded, ARM64_VTIMER_INTID, true);
	} else {
		vtimer_set_active(c, false);
	}
	return IRQ_HANDLED;
}

/*
 * The line is high until the guest has seen to it, so an active interrupt is as
 * good as one that the host has acknowledged: it is not taken, and the guest's
 * end of it ends it.  If the host is quicker after all, the handler finds
 * nothing to do.
 */
void vtimer_take(struct axvm_vcpu *vcpu)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);

	if (c->phys_active || !vtimer_level || !vcpu->vm->arch.vgic ||
	    !ctl_line(vtimer_read_ctl()))
		return;
	vtimer_set_active(c, true);
	vcpu->arch.timer_line = VTIMER_RISEN;
	arm64_vgic_timer_rose(vcpu);
}

static int vtimer_find_of(void)
{
	struct device_node *np;
	int index, virq;

	np = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	if (!np)
		return 0;
	index = of_property_match_string(np, "interrupt-names", "virt");
	/* Without names: secure physical, physical, virtual, hypervisor. */
	virq = irq_of_parse_and_map(np, index < 0 ? 2 : index);
	of_node_put(np);
	return virq;
}

static int vtimer_find_acpi(void)
{
	struct acpi_table_gtdt *gtdt;
	struct acpi_table_header *table;
	int virq, trigger, polarity;

	if (acpi_disabled || ACPI_FAILURE(acpi_get_table(ACPI_SIG_GTDT, 0,
							 &table)))
		return 0;
	gtdt = (struct acpi_table_gtdt *)table;
	trigger = gtdt->virtual_timer_flags & ACPI_GTDT_INTERRUPT_MODE ?
			  ACPI_EDGE_SENSITIVE : ACPI_LEVEL_SENSITIVE;
	polarity = gtdt->virtual_timer_flags & ACPI_GTDT_INTERRUPT_POLARITY ?
			   ACPI_ACTIVE_LOW : ACPI_ACTIVE_HIGH;
	virq = axvm_acpi_gsi(gtdt->virtual_timer_interrupt, trigger, polarity);
	acpi_put_table(table);
	return max(virq, 0);
}

/* The physical INTID: a list register names it. */
static u32 vtimer_hwirq(int virq)
{
	struct irq_data *d = irq_get_irq_data(virq);

	while (d && d->parent_data)
		d = d->parent_data;
	return d ? irqd_to_hwirq(d) : 0;
}

/* Who can make it active; as irq_set_irqchip_state() looks for it. */
static struct irq_data *vtimer_find_chip(int virq)
{
	struct irq_data *d = irq_get_irq_data(virq);

	while (d && !(d->chip && d->chip->irq_set_irqchip_state))
		d = d->parent_data;
	return d;
}

int vtimer_init(void)
{
	static int found; /* firmware says the same each time */
	int err, virq;

	if (!found)
		found = vtimer_find_of() ?: vtimer_find_acpi();
	virq = found;
	if (!virq)
		return -ENODEV;
	err = request_percpu_irq(virq, vtimer_handler, "axvm-timer",
				 &vtimer_cpus);
	if (err)
		return err;
	/* Any non-NULL pointer: handled here, ended by a guest. */
	err = irq_set_vcpu_affinity(virq, (__force void *)&vtimer_cpus);
	if (err) {
		free_percpu_irq(virq, &vtimer_cpus);
		return err;
	}
	vtimer_pintid = vtimer_hwirq(virq);
	vtimer_chip = vtimer_find_chip(virq);
	vtimer_level = vtimer_chip &&
		       irq_get_trigger_type(virq) & IRQ_TYPE_LEVEL_MASK;
	vtimer_virq = virq;
	return 0;
}

void vtimer_exit(void)
{
	if (!vtimer_virq)
		return;
	irq_set_vcpu_affinity(vtimer_virq, NULL);
	free_percpu_irq(vtimer_virq, &vtimer_cpus);
	vtimer_virq = 0;
	vtimer_chip = NULL;
	vtimer_level = false;
}

void vtimer_cpu_enable(void)
{
	vtimer_write_ctl(0);
	if (vtimer_virq)
		enable_percpu_irq(vtimer_virq,
				  irq_get_trigger_type(vtimer_virq));
}

void vtimer_cpu_disable(void)
{
	vtimer_write_ctl(0);
	/* In a crash somebody may hold the interrupt's lock for ever. */
	if (!vtimer_virq || oops_in_progress)
		return;
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), false);
	disable_percpu_irq(vtimer_virq);
}

/* ---- a stay ------------------------------------------------------------- */

u32 vtimer_host_intid(void)
{
	return vtimer_virq ? vtimer_pintid : 0;
}

/* An active interrupt's line is looked at again when the guest ends it. */
static bool timer_active(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;

	return g && READ_ONCE(g->cpu[vcpu->index]->irq[ARM64_VTIMER_INTID].active);
}

/*
 * Does the timer run by the guest's count?  nVHE: CNTVOFF_EL2 becomes the
 * guest's at the first entry of a stay, and only there the timer goes on: by
 * the host's count it would fire at once.
 */
static bool in_force(const struct axvm_vcpu *vcpu)
{
	return is_kernel_in_hyp_mode() || vcpu->arch.hyp->loaded;
}

void vtimer_load(struct axvm_vcpu *vcpu)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (unlikely(a->cntv_ctl || a->timer_line || c->phys_active)) {
		if (!timer_active(vcpu)) {
			a->timer_line = vtimer_fires(vcpu) ? VTIMER_HIGH :
							     VTIMER_LOW;
			arm64_vgic_line(vcpu, ARM64_VTIMER_INTID,
					a->timer_line);
		}
		vtimer_set_active(c, a->timer_line);
	}
	c->loaded = vcpu;
	vtimer_write_cval(a->cntv_cval);
	a->hyp->cntv_ctl = a->cntv_ctl;
	if (!a->cntv_ctl || !in_force(vcpu))
		return;
	sr_isb();
	vtimer_write_ctl(a->cntv_ctl);
}

void vtimer_put(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	/* Not entered: nothing has changed, and nothing is on. */
	if (in_force(vcpu)) {
		a->cntv_ctl = vtimer_read_ctl() & (CTL_ENABLE | CTL_IMASK);
		a->cntv_cval = vtimer_read_cval();
		if (a->cntv_ctl) {
			vtimer_write_ctl(0);
			sr_isb();
		}
	}
	this_cpu_write(vtimer_cpus.loaded, NULL);
}

/* The guest may have silenced it before it took it. */
void vtimer_flush(struct axvm_vcpu *vcpu)
{
	if (vcpu->arch.timer_line == VTIMER_RISEN) {
		vcpu->arch.timer_line = VTIMER_HIGH;
		return;
	}
	if (!in_force(vcpu) || (vgic_hw_state(vcpu, ARM64_VTIMER_INTID) & 2) ||
	    timer_active(vcpu) || ctl_line(vtimer_read_ctl()))
		return;
	vcpu->arch.timer_line = VTIMER_LOW;
	arm64_vgic_line(vcpu, ARM64_VTIMER_INTID, false);
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), false);
}

void vtimer_host_active(bool active)
{
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), active);
}

/* ---- asleep --------------------------------------------------------------- */

u64 vtimer_ns_until(struct axvm_vm *vm, u64 at)
{
	u64 now = vtimer_count(vm);
	u64 left = at > now ? at - now : 0;

	if (left > 3600ull * sr_read(cntfrq_el0))
		return WAIT_MAX_NS;
	return min_t(u64, WAIT_MAX_NS,
		     mul_u64_u32_div(left, NSEC_PER_SEC,
				     max_t(u32, sr_read(cntfrq_el0), 1)) + 1);
}

static enum hrtimer_restart vtimer_wait_fn(struct hrtimer *t)
{
	struct axvm_vcpu *vcpu = container_of(t, struct axvm_vcpu,
					      arch.timer);

	if (!vtimer_armed(vcpu))
		return HRTIMER_NORESTART;
	if (!vtimer_fires(vcpu)) {
		hrtimer_forward_now(t, ns_to_ktime(vtimer_ns_until(
					       vcpu->vm,
					       vcpu->arch.cntv_cval)));
		return HRTIMER_RESTART;
	}
	arm64_vgic_line(vcpu, ARM64_VTIMER_INTID, true);
	return HRTIMER_NORESTART;
}

/* Only while guest time runs; axvm_arch_vm_time() comes when it goes on. */
void vtimer_wait(struct axvm_vcpu *vcpu)
{
	struct axvm_vm *vm = vcpu->vm;

	if (!vm->arch.vgic || !vtimer_armed(vcpu) ||
	    READ_ONCE(vm->arch.counter_at))
		return;
	if (vtimer_fires(vcpu))
		arm64_vgic_line(vcpu, ARM64_VTIMER_INTID, true);
	else
		hrtimer_start(&vcpu->arch.timer,
			      ns_to_ktime(vtimer_ns_until(
				      vm, vcpu->arch.cntv_cval)),
			      HRTIMER_MODE_REL_HARD);
}

void vtimer_wait_end(struct axvm_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->arch.timer);
}

void vtimer_vcpu_init(struct axvm_vcpu *vcpu)
{
	axvm_hrtimer_setup(&vcpu->arch.timer, vtimer_wait_fn,
			   HRTIMER_MODE_REL_HARD);
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
