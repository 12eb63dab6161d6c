/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AXVM_VM_STATS: counters of a vCPU, or of all of a VM's together.
 */
#ifndef AXVM_STATS_H
#define AXVM_STATS_H

#include "uapi/axvm.h"

struct axvm_vcpu;
struct axvm_vm;

/** Entries that AXVM_VM_STATS returns: statistics, then exits by reason. */
#define AXVM_STATS_COUNT (AXVM_NR_STATS + AXVM_NR_EXITS)

typedef void (*axvm_stats_add_t)(void *sum, struct axvm_vcpu *vcpu);

/**
 * axvm_stats_sum() - add up something that each vCPU counts
 * @vm: the VM
 * @index: a vCPU's, or AXVM_STATS_ALL
 * @add: called with @sum for each of them
 * @sum: @add's
 *
 * Return: 0; -ENOENT no such vCPU.
 */
int axvm_stats_sum(struct axvm_vm *vm, u32 index, axvm_stats_add_t add,
		   void *sum);

int axvm_stats_get(struct axvm_vm *vm, struct axvm_stats *arg);

#endif /* AXVM_STATS_H */
