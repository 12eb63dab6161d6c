// SPDX-License-Identifier: GPL-2.0
/*
 * The host's interrupts of EL1's timers: found in what firmware says, claimed
 * while guests can run, taken.  What a timer does in a stay is vtimer_hw.c's.
 *
 * A line is level-triggered.  When it fires the host acknowledges it but leaves
 * it active ("forwarded"), so it does not fire again, and raises the line in
 * the guest's controller; the guest gets it as a list register mapped to the
 * physical interrupt, and ending it there ends the physical one too.  If the
 * line is still high then, all of this happens again.  @phys_active is what
 * this CPU's interrupt controller holds.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>

#include "module/compat.h"
#include "arch/arm64/vtimer.h"
#include "arch/arm64/hyp/backend.h"

DEFINE_PER_CPU(struct vtimer_cpu, vtimer_cpus);
struct vtimer_irq vtimer_irqs[ARM64_NR_TIMERS];

/* Linux's numbers, as firmware says: the same each time. */
static int vtimer_found[ARM64_NR_TIMERS];
static bool vtimer_physical_failed; /* somebody else has it */

/* It fired during a stay (or, late, after one: then the line is low). */
static __always_inline irqreturn_t vtimer_fired(unsigned int t)
{
	struct vtimer_cpu *c = this_cpu_ptr(&vtimer_cpus);

	/* Forwarded: the interrupt stays active after this handler. */
	c->phys_active[t] = true;
	if (c->loaded && vtimer_high(t)) {
		c->loaded->arch.timer_line[t] = VTIMER_RISEN;
		arm64_vgic_line(c->loaded, vtimer_intid(t), true);
	} else {
		vtimer_set_active(c, t, false);
	}
	return IRQ_HANDLED;
}

static irqreturn_t vtimer_handler(int irq, void *dev)
{
	return vtimer_fired(ARM64_VTIMER);
}

static irqreturn_t vtimer_physical_handler(int irq, void *dev)
{
	return vtimer_fired(ARM64_PTIMER);
}

/* ---- what firmware says ---------------------------------------------------- */

static int find_of(unsigned int t)
{
	/* Without names: secure physical, physical, virtual, hypervisor. */
	int index, unnamed = t == ARM64_PTIMER ? 1 : 2;
	struct device_node *np;
	int virq;

	np = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	if (!np)
		return 0;
	index = of_property_match_string(np, "interrupt-names",
					 t == ARM64_PTIMER ? "phys" : "virt");
	virq = irq_of_parse_and_map(np, index < 0 ? unnamed : index);
	of_node_put(np);
	return virq;
}

static int find_gsi(u32 gsi, u32 flags)
{
	int trigger, polarity;

	if (!gsi)
		return 0;
	trigger = flags & ACPI_GTDT_INTERRUPT_MODE ? ACPI_EDGE_SENSITIVE :
						     ACPI_LEVEL_SENSITIVE;
	polarity = flags & ACPI_GTDT_INTERRUPT_POLARITY ? ACPI_ACTIVE_LOW :
							  ACPI_ACTIVE_HIGH;
	return max(axvm_acpi_gsi(gsi, trigger, polarity), 0);
}

static int find_acpi(unsigned int t)
{
	struct acpi_table_gtdt *gtdt;
	struct acpi_table_header *table;
	int virq;

	if (acpi_disabled ||
	    ACPI_FAILURE(acpi_get_table(ACPI_SIG_GTDT, 0, &table)))
		return 0;
	gtdt = (struct acpi_table_gtdt *)table;
	if (t == ARM64_PTIMER)
		virq = find_gsi(gtdt->non_secure_el1_interrupt,
				gtdt->non_secure_el1_flags);
	else
		virq = find_gsi(gtdt->virtual_timer_interrupt,
				gtdt->virtual_timer_flags);
	acpi_put_table(table);
	return virq;
}

static int find(unsigned int t)
{
	if (!vtimer_found[t])
		vtimer_found[t] = find_of(t) ?: find_acpi(t);
	return vtimer_found[t];
}

void vtimer_probe(void)
{
	find(ARM64_VTIMER);
	if (is_kernel_in_hyp_mode())
		find(ARM64_PTIMER);
}

bool vtimer_has_physical(void)
{
	return is_kernel_in_hyp_mode() && vtimer_found[ARM64_PTIMER] &&
	       !READ_ONCE(vtimer_physical_failed);
}

bool vtimer_physical_lost(void)
{
	return READ_ONCE(vtimer_physical_failed);
}

/* ---- ours while guests can run --------------------------------------------- */

static u32 physical_intid(int virq)
{
	struct irq_data *d = irq_get_irq_data(virq);

	while (d && d->parent_data)
		d = d->parent_data;
	return d ? irqd_to_hwirq(d) : 0;
}

/* Who can make it active; as irq_set_irqchip_state() looks for it. */
static struct irq_data *active_chip(int virq)
{
	struct irq_data *d = irq_get_irq_data(virq);

	while (d && !(d->chip && d->chip->irq_set_irqchip_state))
		d = d->parent_data;
	return d;
}

static int claim(unsigned int t, irq_handler_t handler, const char *name)
{
	struct vtimer_irq *i = &vtimer_irqs[t];
	int err, virq = find(t);

	if (!virq)
		return -ENODEV;
	err = request_percpu_irq(virq, handler, name, &vtimer_cpus);
	if (err)
		return err;
	/* Any non-NULL pointer: handled here, ended by a guest. */
	err = irq_set_vcpu_affinity(virq, (__force void *)&vtimer_cpus);
	if (err) {
		free_percpu_irq(virq, &vtimer_cpus);
		return err;
	}
	i->pintid = physical_intid(virq);
	i->chip = active_chip(virq);
	i->level = i->chip && irq_get_trigger_type(virq) & IRQ_TYPE_LEVEL_MASK;
	i->virq = virq;
	return 0;
}

static void unclaim(unsigned int t)
{
	struct vtimer_irq *i = &vtimer_irqs[t];

	if (!i->virq)
		return;
	irq_set_vcpu_affinity(i->virq, NULL);
	free_percpu_irq(i->virq, &vtimer_cpus);
	*i = (struct vtimer_irq){};
}

int vtimer_init(void)
{
	int err = claim(ARM64_VTIMER, vtimer_handler, "axvm-timer");

	if (is_kernel_in_hyp_mode() && find(ARM64_PTIMER))
		WRITE_ONCE(vtimer_physical_failed,
			   claim(ARM64_PTIMER, vtimer_physical_handler,
				 "axvm-ptimer") != 0);
	return err;
}

void vtimer_exit(void)
{
	unclaim(ARM64_PTIMER);
	unclaim(ARM64_VTIMER);
}

static void timers_off(void)
{
	bool vhe = is_kernel_in_hyp_mode();

	vtimer_write_ctl(ARM64_VTIMER, vhe, 0);
	if (vhe)
		vtimer_write_ctl(ARM64_PTIMER, vhe, 0);
}

static void cpu_enable(unsigned int t)
{
	int virq = vtimer_irqs[t].virq;

	if (virq)
		enable_percpu_irq(virq, irq_get_trigger_type(virq));
}

void vtimer_cpu_enable(void)
{
	timers_off();
	cpu_enable(ARM64_VTIMER);
	cpu_enable(ARM64_PTIMER);
}

static void cpu_disable(unsigned int t)
{
	if (!vtimer_irqs[t].virq)
		return;
	vtimer_set_active(this_cpu_ptr(&vtimer_cpus), t, false);
	disable_percpu_irq(vtimer_irqs[t].virq);
}

void vtimer_cpu_disable(void)
{
	timers_off();
	/* In a crash somebody may hold the interrupt's lock for ever. */
	if (oops_in_progress)
		return;
	cpu_disable(ARM64_VTIMER);
	cpu_disable(ARM64_PTIMER);
}
