/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking and giving back the CPUs' virtualization extension: first VM, last
 * VM, hot-plug (cpu.c), idle, suspend, reboot, kexec, crash (cpu_events.c).
 */
#ifndef AXVM_CPU_H
#define AXVM_CPU_H

#include <linux/percpu.h>
#include <linux/types.h>
#include "module/arch.h"

/** At insmod: probe, register for events; with hold=1 take the CPUs. */
int axvm_cpu_init(void);
void axvm_cpu_exit(void);

/** Take all online CPUs, or count one more user.  Fills @why on failure. */
int axvm_cpu_get(struct axvm_why *why);
/** One user less; the last gives all CPUs back. */
void axvm_cpu_put(void);

/**
 * axvm_cpu_why() - what stands in the way of running guests
 *
 * @why: filled: what the probe at insmod found, later what the last try to take
 *	the CPUs ended with.  Who was busy then is looked for again.
 */
void axvm_cpu_why(struct axvm_why *why);
/** CPUs taken now. */
unsigned int axvm_cpu_taken(void);

DECLARE_PER_CPU(bool, axvm_cpu_is_taken);

/** Is this CPU taken?  Preemption off.  A vCPU never enters otherwise. */
static inline bool axvm_cpu_ready(void)
{
	return __this_cpu_read(axvm_cpu_is_taken);
}

/** Was this CPU not taken a moment ago?  A hint: any context. */
static inline bool axvm_cpu_lost(void)
{
	return !raw_cpu_read(axvm_cpu_is_taken);
}

/* Between cpu.c and cpu_events.c. */

/** Take this CPU / give it back, if it is not so yet (irqs off). */
int axvm_cpu_take(struct axvm_why *why);
void axvm_cpu_give(void);
/** Give it back because the host dies (NMI, panic; irqs off). */
void axvm_cpu_give_crash(void);
/** Give all CPUs back for good: the host reboots (process). */
void axvm_cpu_shutdown(void);

int axvm_cpu_events_init(void);
void axvm_cpu_events_exit(void);
/** The first CPU is about to be taken, the last was given back (process). */
void axvm_cpu_events_used(bool used);

#endif /* AXVM_CPU_H */
