// SPDX-License-Identifier: GPL-2.0
/*
 * Is there an EL2 for us, and whose is it?  Takes nothing and executes nothing
 * that could be undefined: an HVC on a machine without EL2 would be.
 */
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <asm/virt.h>

#include "module/compat.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/hyp/backend.h"

#define TIMER_ENABLED BIT(0) /* CNTV_CTL_EL0, CNTP_CTL_EL0 */

#define KVM_REMEDY "boot with kvm-arm.mode=none"

int hyp_why(struct axvm_why *why, u32 code, int err, const char *fmt, ...)
{
	va_list args;

	why->code = code;
	why->err = err;
	va_start(args, fmt);
	vscnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return err;
}

/*
 * KVM is never a module on arm64: the answer does not change.  Kernels from 6.12
 * on have a function for it and do not export the pointer to the debugfs folder
 * that KVM makes once it is initialised.
 */
static bool kvm_is_initialised(void)
{
	bool (*ask)(void) = (void *)axvm_ksym("is_kvm_arm_initialised");
	struct dentry **exported, *dir;

	if (ask)
		return ask();
	exported = __symbol_get("kvm_debugfs_dir");
	if (exported) {
		dir = READ_ONCE(*exported);
		__symbol_put("kvm_debugfs_dir");
		return dir;
	}
	dir = debugfs_lookup("kvm", NULL);
	dput(dir);
	return dir;
}

/* Protected KVM refuses every call to EL2 that is not its own. */
static bool kvm_is_protected(void)
{
	unsigned int (*get_mode)(void) = (void *)axvm_ksym("kvm_get_mode");

	/* enum kvm_mode begins with DEFAULT, PROTECTED on all kernels. */
	return get_mode && get_mode() == 1;
}

static enum hrtimer_restart probe_timer_fn(struct hrtimer *t)
{
	return HRTIMER_NORESTART;
}

/* Which timer drives this CPU's clock events: bit 0 virtual, 1 physical. */
static unsigned int probe_timers(void)
{
	unsigned int used = 0;

	if (sr_read(cntv_ctl_el0) & TIMER_ENABLED)
		used |= 1;
	/* Only a host may touch the other one without being trapped. */
	else if (sr_read(cntp_ctl_el0) & TIMER_ENABLED)
		used |= 2;
	return used;
}

/*
 * Was this kernel, which runs at EL1, entered at EL2?  It keeps that to
 * itself, but then, and only then, uses the physical timer.  A timer that is
 * pending here makes sure that one of the two is enabled.
 */
static bool entered_at_el2(void)
{
	struct hrtimer timer;
	unsigned int used;
	unsigned long flags;

	axvm_hrtimer_setup_on_stack(&timer, probe_timer_fn,
				    HRTIMER_MODE_REL_PINNED);
	preempt_disable();
	hrtimer_start(&timer, ms_to_ktime(100), HRTIMER_MODE_REL_PINNED);
	local_irq_save(flags);
	used = probe_timers();
	local_irq_restore(flags);
	hrtimer_cancel(&timer);
	preempt_enable();
	destroy_hrtimer_on_stack(&timer);
	return used == 2;
}

static bool granule_4k(void)
{
	u64 mmfr0 = sr_read(id_aa64mmfr0_el1);

	/* TGran4: negative is "no"; stage 2 has it unless TGran4_2 is 1. */
	return (mmfr0 >> 28 & 0xf) < 8 && (mmfr0 >> 40 & 0xf) != 1;
}

/** hyp_probe() - the backend for this machine, or NULL and @why (process) */
const struct hyp_ops *hyp_probe(struct axvm_why *why)
{
	bool vhe = is_kernel_in_hyp_mode();

	if (!vhe && !entered_at_el2()) {
		hyp_why(why, AXVM_WHY_NO_EL2, -EOPNOTSUPP,
			"the kernel was not entered at EL2: firmware or an outer hypervisor keeps it");
		return NULL;
	}
	if (kvm_is_initialised()) {
		if (kvm_is_protected())
			hyp_why(why, AXVM_WHY_PROTECTED, -EBUSY,
				"protected KVM owns EL2: " KVM_REMEDY);
		else
			hyp_why(why, AXVM_WHY_KVM, -EBUSY,
				"KVM owns EL2: " KVM_REMEDY);
		return NULL;
	}
	if (PAGE_SIZE != SZ_4K || !granule_4k()) {
		hyp_why(why, AXVM_WHY_NO_NESTED_PAGING, -EOPNOTSUPP,
			"needs a kernel and a stage 2 with 4 KiB pages");
		return NULL;
	}
	if (!vhe && !hyp_nvhe_find_stub()) {
		hyp_why(why, AXVM_WHY_KERNEL_SYMBOL, -EOPNOTSUPP,
			"unsupported kernel: __hyp_stub_vectors");
		return NULL;
	}
	return vhe ? &hyp_vhe_ops : &hyp_nvhe_ops;
}
