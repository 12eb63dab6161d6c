/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPU itself says about virtualization, where asking needs no
 * privilege; "unknown" elsewhere.
 */
#ifndef VMCTL_HOSTCPU_H
#define VMCTL_HOSTCPU_H

#include "doctor.h"

#if defined(__x86_64__)
#include <cpuid.h>

static inline enum fact cpuid_bit(unsigned int leaf, unsigned int bit)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(leaf, &a, &b, &c, &d))
		return FACT_NO;
	return c >> bit & 1 ? FACT_YES : FACT_NO;
}
#else
static inline enum fact cpuid_bit(unsigned int leaf, unsigned int bit)
{
	return FACT_UNKNOWN;
}
#endif

/* ECX bits of leaves 1 and 0x80000001 */
static inline enum fact cpuid_vmx(void)
{
	return cpuid_bit(1, 5);
}

static inline enum fact cpuid_hypervisor(void)
{
	return cpuid_bit(1, 31);
}

static inline enum fact cpuid_svm(void)
{
	return cpuid_bit(0x80000001, 2);
}

#endif /* VMCTL_HOSTCPU_H */
