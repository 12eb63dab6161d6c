/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AXVM_VM_STATS: counters of a vCPU, or of all of a VM's together.
 */
#ifndef AXVM_STATS_H
#define AXVM_STATS_H

#include "uapi/axvm.h"

struct axvm_vm;

/** Entries that AXVM_VM_STATS returns: statistics, then exits by reason. */
#define AXVM_STATS_COUNT (AXVM_NR_STATS + AXVM_NR_EXITS)

int axvm_stats_get(struct axvm_vm *vm, struct axvm_stats *arg);

#endif /* AXVM_STATS_H */
