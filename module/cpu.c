// SPDX-License-Identifier: GPL-2.0
/*
 * Who uses the CPUs' virtualization extension: the first user (a VM, or the
 * parameter hold=1) takes every online CPU, the last gives them back, and
 * CPUs that come and go in between are taken and given back on their way.
 * How a CPU is taken is the architecture's; sleep, reboot and crash are in
 * cpu_events.c.
 *
 * Locks.  cpu_lock (mutex): users, the hot-plug state, the reason.  It is
 * outside cpu_hotplug_lock, so the hot-plug callbacks never take it.  The
 * per-CPU flags are written by their own CPU with interrupts off.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "uapi/axvm.h"
#include "module/cpu.h"

static bool hold;
module_param(hold, bool, 0444);
MODULE_PARM_DESC(hold,
		 "Take the CPUs at load, not at the first VM (default 0)");

DEFINE_PER_CPU(bool, axvm_cpu_is_taken);

static DEFINE_MUTEX(cpu_lock);
static unsigned int cpu_users; /* cpu_lock */
static int cpu_state; /* cpu_lock to write; hot-plug state, 0: none */
static struct axvm_why cpu_probe; /* cpu_lock; what axvm_arch_init() found */
static bool cpu_holding; /* cpu_lock; hold=1 counts as a user */
static bool cpu_down_for_good; /* the host reboots; set once */
static atomic_t cpu_nr_taken = ATOMIC_INIT(0);

/* Why taking failed: of all CPUs the first to fail speaks. */
static DEFINE_SPINLOCK(cpu_failed_lock);
static struct axvm_why cpu_failed;

/* cpu_lock; what stands in the way, as far as is known */
static struct axvm_why cpu_why;

unsigned int axvm_cpu_taken(void)
{
	return atomic_read(&cpu_nr_taken);
}

/* ---- this CPU ---------------------------------------------------------- */

int axvm_cpu_take(struct axvm_why *why)
{
	int err;

	lockdep_assert_irqs_disabled();
	if (__this_cpu_read(axvm_cpu_is_taken))
		return 0;
	if (READ_ONCE(cpu_down_for_good)) {
		*why = (struct axvm_why){ AXVM_WHY_BUSY, -EBUSY,
					  "the host is going down" };
		return why->err;
	}
	err = axvm_arch_cpu_enable(why);
	if (err)
		return err;
	__this_cpu_write(axvm_cpu_is_taken, true);
	atomic_inc(&cpu_nr_taken);
	return 0;
}

void axvm_cpu_give(void)
{
	lockdep_assert_irqs_disabled();
	if (!__this_cpu_read(axvm_cpu_is_taken))
		return;
	__this_cpu_write(axvm_cpu_is_taken, false);
	atomic_dec(&cpu_nr_taken);
	axvm_arch_cpu_disable();
}

void axvm_cpu_give_crash(void)
{
	if (!raw_cpu_read(axvm_cpu_is_taken))
		return;
	raw_cpu_write(axvm_cpu_is_taken, false);
	axvm_arch_cpu_disable();
}

/* ---- all CPUs ---------------------------------------------------------- */

/* In the CPU's own hot-plug thread; for every online CPU at the first VM. */
static int cpu_comes(unsigned int cpu)
{
	struct axvm_why why = {};
	unsigned long flags;
	int err;

	local_irq_save(flags);
	err = axvm_cpu_take(&why);
	local_irq_restore(flags);
	if (!err)
		return 0;
	/* Who takes all CPUs is told; a CPU that is plugged in has the log. */
	if (READ_ONCE(cpu_state))
		pr_err_ratelimited("axvm: CPU %u cannot be taken: %s\n", cpu,
				   why.text);
	spin_lock(&cpu_failed_lock);
	if (!cpu_failed.err)
		cpu_failed = why;
	spin_unlock(&cpu_failed_lock);
	return err;
}

/*
 * Tasks that could run elsewhere have left already; a vCPU thread that is
 * bound here finds the CPU not ready and stays out.
 */
static int cpu_goes(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	axvm_cpu_give();
	local_irq_restore(flags);
	return 0;
}

/* Obstacles stay as the probe found them, but who was busy may be gone. */
static int cpus_probe(struct axvm_why *why)
{
	int err = 0;

	if (cpu_probe.code == AXVM_WHY_BUSY) {
		axvm_arch_exit();
		cpu_probe = (struct axvm_why){};
		err = axvm_arch_init(&cpu_probe);
	}
	*why = cpu_probe;
	return err ? err : cpu_probe.err;
}

void axvm_cpu_why(struct axvm_why *why)
{
	mutex_lock(&cpu_lock);
	if (!cpu_users && cpu_why.code == AXVM_WHY_BUSY)
		cpus_probe(&cpu_why);
	*why = cpu_why;
	mutex_unlock(&cpu_lock);
}

/* The first user: cpu_lock held. */
static int cpus_take(struct axvm_why *why)
{
	int err;

	err = cpus_probe(why);
	if (err)
		return err;
	err = axvm_arch_prepare(why);
	if (err)
		return err;
	axvm_cpu_events_used(true);
	cpu_failed = (struct axvm_why){};
	/* Undoes the CPUs before the one that failed by itself. */
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "axvm:online", cpu_comes,
				cpu_goes);
	if (err < 0) {
		*why = cpu_failed;
		goto out_unprepare;
	}
	WRITE_ONCE(cpu_state, err);
	return 0;

out_unprepare:
	axvm_cpu_events_used(false);
	axvm_arch_unprepare();
	return err;
}

/* The last user: cpu_lock held. */
static void cpus_give(void)
{
	cpuhp_remove_state(cpu_state);
	WRITE_ONCE(cpu_state, 0);
	axvm_cpu_events_used(false);
	axvm_arch_unprepare();
}

int axvm_cpu_get(struct axvm_why *why)
{
	int err = 0;

	*why = (struct axvm_why){ .code = AXVM_WHY_OK };
	mutex_lock(&cpu_lock);
	if (!cpu_users) {
		err = cpus_take(why);
		/* A lack of memory says nothing about the CPUs. */
		if (!err || why->code)
			cpu_why = *why;
	}
	if (!err)
		cpu_users++;
	mutex_unlock(&cpu_lock);
	return err;
}

void axvm_cpu_put(void)
{
	mutex_lock(&cpu_lock);
	if (!--cpu_users)
		cpus_give();
	mutex_unlock(&cpu_lock);
}

static void cpu_give_ipi(void *unused)
{
	axvm_cpu_give();
}

void axvm_cpu_shutdown(void)
{
	WRITE_ONCE(cpu_down_for_good, true);
	on_each_cpu(cpu_give_ipi, NULL, 1);
}

/* ---- module ------------------------------------------------------------ */

int axvm_cpu_init(void)
{
	struct axvm_why why;
	int err;

	err = axvm_arch_init(&cpu_probe);
	if (err)
		return err;
	cpu_why = cpu_probe;
	err = axvm_cpu_events_init();
	if (err)
		goto out_arch;
	if (hold) {
		cpu_holding = !axvm_cpu_get(&why);
		if (!cpu_holding)
			pr_warn("axvm: hold=1: %s\n", why.text);
	}
	return 0;

out_arch:
	axvm_arch_exit();
	return err;
}

void axvm_cpu_exit(void)
{
	if (cpu_holding)
		axvm_cpu_put();
	axvm_cpu_events_exit();
	axvm_arch_exit();
}
