// SPDX-License-Identifier: GPL-2.0
/*
 * When the host sleeps, idles deeply, reboots or dies: CPUs are given back in
 * time and taken again afterwards.  Everything here does nothing while no VM
 * uses the CPUs.
 */
#include <linux/cpu_pm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/suspend.h>
#include <linux/syscore_ops.h>

#include "module/compat.h"
#include "module/cpu.h"
#include "module/vm.h"

/*
 * This CPU is to be taken again when it wakes.  Own CPU, irqs off.  A CPU
 * that goes away while it sleeps (hot-unplug) is not in here any more.
 */
static DEFINE_PER_CPU(bool, cpu_asleep);

/* What could not be taken again stays out of use; it is not ready. */
static void cpu_sleep(void)
{
	if (!axvm_cpu_ready())
		return;
	__this_cpu_write(cpu_asleep, true);
	axvm_cpu_give();
}

static void cpu_wake(void)
{
	struct axvm_why why = {};

	if (!__this_cpu_read(cpu_asleep))
		return;
	__this_cpu_write(cpu_asleep, false);
	if (axvm_cpu_take(&why))
		pr_err_ratelimited("axvm: CPU %d is lost after sleep: %s\n",
				   smp_processor_id(), why.text);
}

AXVM_SYSCORE(cpu_sleep, cpu_wake)

/* ---- deep idle states (arm64: EL2 loses its registers) ------------------ */

static int on_cpu_pm(struct notifier_block *nb, unsigned long event, void *p)
{
	switch (event) {
	case CPU_PM_ENTER:
		cpu_sleep();
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		cpu_wake();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block cpu_pm_nb = { .notifier_call = on_cpu_pm };

/* ---- suspend and hibernation -------------------------------------------- */

/*
 * vCPUs are parked before user space is frozen.  The other CPUs go through
 * hot-unplug, the last one through the system core's callbacks.
 */
static int on_pm(struct notifier_block *nb, unsigned long event, void *p)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_SUSPEND_PREPARE:
	case PM_RESTORE_PREPARE:
		axvm_vms_freeze(true);
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_SUSPEND:
	case PM_POST_RESTORE:
		axvm_vms_freeze(false);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block pm_nb = { .notifier_call = on_pm };

/* ---- reboot and kexec ---------------------------------------------------- */

static int on_reboot(struct notifier_block *nb, unsigned long event, void *p)
{
	axvm_vms_freeze(true);
	axvm_cpu_shutdown();
	return NOTIFY_OK;
}

static struct notifier_block reboot_nb = { .notifier_call = on_reboot };

/* ---- crash ---------------------------------------------------------------- */

/*
 * x86 has one callback that every dying CPU makes before the crash kernel or
 * the reset.  KVM sets it when it is loaded, and then gives up VMX for us,
 * too: it looks at the hardware, not at its own state.  So ours is set only
 * while we use the CPUs and KVM is not there, and makes way when KVM comes.
 * The panic notifier is for everything else.
 */
static DEFINE_MUTEX(emergency_lock); /* what follows */
static bool emergency_wanted;
static bool emergency_is_set;
static bool emergency_kvm; /* KVM is there, or about to be */

static void emergency_update(void)
{
	bool want = emergency_wanted && !emergency_kvm;

	lockdep_assert_held(&emergency_lock);
	if (want == emergency_is_set)
		return;
	if (want)
		axvm_emergency_set(axvm_cpu_give_crash);
	else
		axvm_emergency_clear(axvm_cpu_give_crash);
	emergency_is_set = want;
}

void axvm_cpu_events_used(bool used)
{
	mutex_lock(&emergency_lock);
	emergency_wanted = used;
	emergency_update();
	mutex_unlock(&emergency_lock);
}

/* KVM's vendor modules set the callback in their init, clear it in exit. */
static int on_module(struct notifier_block *nb, unsigned long event, void *p)
{
	const struct module *mod = p;

	if (strcmp(mod->name, "kvm_intel") && strcmp(mod->name, "kvm_amd"))
		return NOTIFY_DONE;
	mutex_lock(&emergency_lock);
	if (event == MODULE_STATE_COMING)
		emergency_kvm = true;
	else if (event == MODULE_STATE_GOING)
		emergency_kvm = false;
	emergency_update();
	mutex_unlock(&emergency_lock);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/* A KVM that was there before us: its common part has this symbol. */
static void emergency_look_for_kvm(void)
{
	if (!__symbol_get("kvm_rebooting"))
		return;
	__symbol_put("kvm_rebooting");
	emergency_kvm = true;
}

static int on_panic(struct notifier_block *nb, unsigned long event, void *p)
{
	axvm_cpu_give_crash();
	return NOTIFY_OK;
}

static struct notifier_block panic_nb = { .notifier_call = on_panic };

/* ---- all of it ------------------------------------------------------------ */

int axvm_cpu_events_init(void)
{
	int err;

	err = register_module_notifier(&module_nb);
	if (err)
		return err;
	mutex_lock(&emergency_lock);
	emergency_look_for_kvm();
	mutex_unlock(&emergency_lock);
	err = cpu_pm_register_notifier(&cpu_pm_nb);
	if (err)
		goto out_module;
	err = register_pm_notifier(&pm_nb);
	if (err)
		goto out_cpu_pm;
	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto out_pm;
	err = atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	if (err)
		goto out_reboot;
	axvm_syscore_register();
	return 0;

out_reboot:
	unregister_reboot_notifier(&reboot_nb);
out_pm:
	unregister_pm_notifier(&pm_nb);
out_cpu_pm:
	cpu_pm_unregister_notifier(&cpu_pm_nb);
out_module:
	unregister_module_notifier(&module_nb);
	return err;
}

void axvm_cpu_events_exit(void)
{
	axvm_syscore_unregister();
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	unregister_reboot_notifier(&reboot_nb);
	unregister_pm_notifier(&pm_nb);
	cpu_pm_unregister_notifier(&cpu_pm_nb);
	unregister_module_notifier(&module_nb);
}
