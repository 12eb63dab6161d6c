/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that looks at the kernel's version: one name for what
 * kernels from 6.1 on do in different ways.
 */
#ifndef AXVM_COMPAT_H
#define AXVM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/hrtimer.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/version.h>

/* ---- eventfd -------------------------------------------------------- */

/** Add one to an eventfd's counter (any context). */
static inline void axvm_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/* ---- hrtimer ---------------------------------------------------------- */

/** Make a timer on CLOCK_MONOTONIC. */
static inline void axvm_hrtimer_setup(struct hrtimer *t,
				      enum hrtimer_restart (*fn)(struct hrtimer *),
				      enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(t, fn, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init(t, CLOCK_MONOTONIC, mode);
	t->function = fn;
#endif
}

static inline void
axvm_hrtimer_setup_on_stack(struct hrtimer *t,
			    enum hrtimer_restart (*fn)(struct hrtimer *),
			    enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup_on_stack(t, fn, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init_on_stack(t, CLOCK_MONOTONIC, mode);
	t->function = fn;
#endif
}

/* ---- x86: a vector that a processor in the guest takes by itself -------- */

#ifdef CONFIG_X86_LOCAL_APIC
#include <asm/apic.h>
#include <asm/irq_vectors.h>

/*
 * The host's handler of this vector does nothing but end it; kernels without
 * KVM have none, and no posted interrupts then.
 */
#if defined(POSTED_INTR_VECTOR) && IS_ENABLED(CONFIG_KVM)
#define AXVM_POSTED_VECTOR POSTED_INTR_VECTOR
#else
#define AXVM_POSTED_VECTOR 0
#endif

/** Send AXVM_POSTED_VECTOR to @cpu (preemption off). */
static inline void axvm_send_posted(int cpu)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	__apic_send_IPI_mask(cpumask_of(cpu), AXVM_POSTED_VECTOR);
#else
	apic->send_IPI_mask(cpumask_of(cpu), AXVM_POSTED_VECTOR);
#endif
}
#endif

/* ---- arm64: errata, FP and SIMD in the kernel --------------------------- */

#ifdef CONFIG_ARM64
#include <asm/cpufeature.h>
#include <asm/neon.h>

/** Must TLB maintenance be done twice on this machine? (erratum) */
static inline bool axvm_tlbi_twice(void)
{
#ifdef ARM64_WORKAROUND_REPEAT_TLBI
	return cpus_have_final_cap(ARM64_WORKAROUND_REPEAT_TLBI);
#else
	return cpus_have_final_cap(ARM64_WORKAROUND_REPEAT_TLBI_SYNC);
#endif
}

/**
 * axvm_neon_begin() - own the FP registers (preemption off, irqs on)
 * @keep: room for the kernel to put them when a softirq wants them; newer
 *	kernels ask the caller for it
 */
static inline void axvm_neon_begin(struct user_fpsimd_state *keep)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	kernel_neon_begin(keep);
#else
	kernel_neon_begin();
#endif
}

static inline void axvm_neon_end(struct user_fpsimd_state *keep)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	kernel_neon_end(keep);
#else
	kernel_neon_end();
#endif
}
#endif /* CONFIG_ARM64 */

/* ---- symbols that are not exported ----------------------------------- */

/**
 * axvm_ksym() - address of a kernel symbol that modules cannot link to
 * (process), 0 when it cannot be found
 *
 * kallsyms_lookup_name() itself is found by a kprobe that is never hit.  Who
 * uses this, and why:
 *  - arm64, nVHE: __hyp_stub_vectors, to give EL2 back to the kernel's stub;
 *    without it guests do not run ("unsupported kernel").
 *  - arm64: is_kvm_arm_initialised and kvm_get_mode, to tell who owns EL2;
 *    without them KVM's folder in debugfs decides alone.
 *  - x86, kernels that export them to KVM alone (AXVM_KVM_SYMBOL()):
 *    cr4_update_irqsoff, to keep the kernel's copy of CR4 in step;
 *    hw_breakpoint_restore, for debug registers that VM exits clear;
 *    intel_pt_handle_vmx, where there is processor trace.  Without them
 *    guests do not run.
 */
static inline unsigned long axvm_ksym(const char *name)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&kp))
		return 0;
	lookup = (void *)kp.addr;
	unregister_kprobe(&kp);
	return lookup(name);
}

/*
 * Address of a function that is declared, and exported to all modules or, in
 * newer kernels, to KVM's.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define AXVM_KVM_SYMBOL(name) ((typeof(&(name)))axvm_ksym(#name))
#else
#define AXVM_KVM_SYMBOL(name) (&(name))
#endif

/* ---- VMA flags (mmap_lock held for writing) ------------------------- */

static inline void axvm_vma_flags_set(struct vm_area_struct *vma,
				      unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

static inline void axvm_vma_flags_clear(struct vm_area_struct *vma,
					unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

/* ---- sleep of the last CPU ------------------------------------------ */

/*
 * Defines axvm_syscore_register() and _unregister(): @sleep and @wake are
 * void functions, called with interrupts off on the CPU that sleeps last.
 */
#ifdef AXVM_HAS_SYSCORE_DATA
#define AXVM_SYSCORE_ARG void *unused
#define AXVM_SYSCORE_DEFINE()                                                  \
	static const struct syscore_ops axvm_syscore_ops = {                   \
		.suspend = axvm_syscore_suspend,                               \
		.resume = axvm_syscore_resume,                                 \
	};                                                                     \
	static struct syscore axvm_syscore = { .ops = &axvm_syscore_ops };     \
	static void axvm_syscore_register(void)                                \
	{                                                                      \
		register_syscore(&axvm_syscore);                               \
	}                                                                      \
	static void axvm_syscore_unregister(void)                              \
	{                                                                      \
		unregister_syscore(&axvm_syscore);                             \
	}
#else
#define AXVM_SYSCORE_ARG void
#define AXVM_SYSCORE_DEFINE()                                                  \
	static struct syscore_ops axvm_syscore_ops = {                         \
		.suspend = axvm_syscore_suspend,                               \
		.resume = axvm_syscore_resume,                                 \
	};                                                                     \
	static void axvm_syscore_register(void)                                \
	{                                                                      \
		register_syscore_ops(&axvm_syscore_ops);                       \
	}                                                                      \
	static void axvm_syscore_unregister(void)                              \
	{                                                                      \
		unregister_syscore_ops(&axvm_syscore_ops);                     \
	}
#endif

#define AXVM_SYSCORE(sleep, wake)                                              \
	static int axvm_syscore_suspend(AXVM_SYSCORE_ARG)                      \
	{                                                                      \
		sleep();                                                       \
		return 0;                                                      \
	}                                                                      \
	static void axvm_syscore_resume(AXVM_SYSCORE_ARG)                      \
	{                                                                      \
		wake();                                                        \
	}                                                                      \
	AXVM_SYSCORE_DEFINE()

/* ---- a CPU's last moments (x86: crash, emergency restart) ------------- */

/*
 * One callback for the whole kernel, which KVM wants as well; see
 * cpu_events.c.  Absent on arm64 and where the kernel keeps it for KVM.
 */
#ifdef AXVM_HAS_EMERGENCY_CALLBACK
#include <asm/reboot.h>

static inline void axvm_emergency_set(void (*fn)(void))
{
	cpu_emergency_register_virt_callback(fn);
}

static inline void axvm_emergency_clear(void (*fn)(void))
{
	cpu_emergency_unregister_virt_callback(fn);
}
#else
static inline void axvm_emergency_set(void (*fn)(void))
{
}

static inline void axvm_emergency_clear(void (*fn)(void))
{
}
#endif

/* ---- interrupts by their ACPI number; a kernel may be without ACPI ----- */

#ifdef CONFIG_ACPI
#include <linux/acpi.h>

/** Linux's number of it, or a negative error (process). */
static inline int axvm_acpi_gsi(u32 gsi, int trigger, int polarity)
{
	return acpi_register_gsi(NULL, gsi, trigger, polarity);
}
#else
static inline int axvm_acpi_gsi(u32 gsi, int trigger, int polarity)
{
	return -ENODEV;
}
#endif

#endif /* AXVM_COMPAT_H */
