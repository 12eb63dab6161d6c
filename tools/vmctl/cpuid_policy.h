/* SPDX-License-Identifier: GPL-2.0 */
/*
 * [cpuid] of a configuration: which bits of CPUID a guest does not see, and
 * which it must.
 */
#ifndef VMCTL_CPUID_POLICY_H
#define VMCTL_CPUID_POLICY_H

#include <stdbool.h>

#include "config.h"
#include "cpuid_words.h"

struct axvm_info;
struct vm;

/* Leaves that a configuration can speak of; the module hides in 32. */
#define CPUID_LEAVES 64

/**
 * struct cpuid_leaf - what is wanted of a leaf
 * @hide, @need: bits of EAX to EDX
 * @key, @line: of the first thing that speaks of it
 */
struct cpuid_leaf {
	uint32_t leaf, subleaf;
	uint32_t hide[CPUID_REGS], need[CPUID_REGS];
	const char *key;
	int line;
};

struct cpuid_policy {
	unsigned int n;
	struct cpuid_leaf leaf[CPUID_LEAVES];
};

/**
 * cpuid_policy_read() - all of [cpuid] by leaf
 * @p: filled
 * @d: names that there are not, bits that are wanted and hidden at once, more
 *	than the module takes
 */
void cpuid_policy_read(const struct config *c, struct cpuid_policy *p,
		       struct diags *d);

/** cpuid_policy_check() - the same for what is wrong with it only */
void cpuid_policy_check(const struct config *c, struct diags *d);

/** cpuid_policy_refuse() - an error "KEY @why" for each of its keys */
void cpuid_policy_refuse(const struct config *c, const char *why,
			 struct diags *d);

/**
 * cpuid_apply() - hide what is to be hidden, see that there is what is needed
 * @vm: not started yet, with all its vCPUs
 *
 * Return: 0, or a VMCTL_* code after an error message.
 */
int cpuid_apply(const struct vm *vm, const struct config *c);

#endif /* VMCTL_CPUID_POLICY_H */
