/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUID and MSR instructions as they are: no tracing, no patched calls, the
 * same on every kernel.
 */
#ifndef AXVM_X86_HW_H
#define AXVM_X86_HW_H

#include <linux/errno.h>
#include <linux/types.h>
#include <asm/asm.h>
#include "arch/x86/emul/cpuid.h"

static inline struct vcpuid_regs vx86_hw_cpuid(u32 leaf, u32 subleaf)
{
	struct vcpuid_regs r;

	asm volatile("cpuid"
		     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
		     : "a"(leaf), "c"(subleaf));
	return r;
}

/** vx86_rdmsr() - an MSR that is known to exist */
static __always_inline u64 vx86_rdmsr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return low | (u64)high << 32;
}

/** vx86_wrmsr() - an MSR that is known to exist and take @value */
static __always_inline void vx86_wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr"
		     :
		     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
}

/** vx86_rdmsr_safe() - 0, or -EIO with @value 0 */
static inline int vx86_rdmsr_safe(u32 msr, u64 *value)
{
	u32 low = 0, high = 0;
	int err = -EIO;

	asm volatile("1: rdmsr\n\t"
		     "xor %[err], %[err]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+a"(low), "+d"(high), [err] "+r"(err)
		     : "c"(msr)
		     : "cc");
	*value = low | (u64)high << 32;
	return err;
}

/** vx86_wrmsr_safe() - 0, or -EIO */
static inline int vx86_wrmsr_safe(u32 msr, u64 value)
{
	int err = -EIO;

	asm volatile("1: wrmsr\n\t"
		     "xor %[err], %[err]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [err] "+r"(err)
		     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory", "cc");
	return err;
}

#endif /* AXVM_X86_HW_H */
