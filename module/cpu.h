/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking and giving back the CPUs' virtualization extension: first VM, last
 * VM, hot-plug, idle, suspend, reboot, kexec, crash.
 */
#ifndef AXVM_CPU_H
#define AXVM_CPU_H

#include <linux/types.h>
#include "module/arch.h"

int axvm_cpu_init(void); /* at insmod: probe, notifiers */
void axvm_cpu_exit(void);

/** Take all online CPUs, or count one more user.  Fills @why on failure. */
int axvm_cpu_get(struct axvm_why *why);
/** One user less; the last gives all CPUs back. */
void axvm_cpu_put(void);

/** What the probe at insmod found. */
const struct axvm_why *axvm_cpu_why(void);
/** CPUs taken now. */
unsigned int axvm_cpu_taken(void);
/** Is this CPU taken?  Preemption off.  A vCPU never enters otherwise. */
bool axvm_cpu_ready(void);

#endif /* AXVM_CPU_H */
