/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what CPUID tells a guest.  A table is made once per VM from the
 * host's leaves, with everything masked that is not virtualised; what depends
 * on the vCPU's state is patched in per query.
 */
#ifndef AXVM_X86_CPUID_H
#define AXVM_X86_CPUID_H

#include <linux/types.h>

/* CPUID leaf 0x40000000 answers with these 12 characters in EBX, ECX, EDX. */
#define CPUID_SIGNATURE "axvmaxvmaxvm"
#define CPUID_HV_BASE 0x40000000u
#define CPUID_HV_MAX 0x40000001u
/* EAX of leaf 0x40000001: version of this leaf's layout. */
#define CPUID_HV_VERSION 1u
/* EBX of leaf 0x40000001: features. */
#define CPUID_HV_HYPERCALL (1u << 0) /* VMCALL or VMMCALL reaches axvm */
#define CPUID_HV_PIO_POWEROFF (1u << 1) /* OUT 0x604, 0x2000 (16 bits) */

/** struct cpuid_regs - the four results */
struct cpuid_regs {
	u32 eax;
	u32 ebx;
	u32 ecx;
	u32 edx;
};

#define CPUID_SUBLEAVES (1u << 0) /* @subleaf matters */

/**
 * struct cpuid_entry - one row of a VM's table
 * @leaf: EAX
 * @subleaf: ECX, if CPUID_SUBLEAVES
 * @flags: CPUID_SUBLEAVES
 * @regs: results before patching
 */
struct cpuid_entry {
	u32 leaf;
	u32 subleaf;
	u32 flags;
	struct cpuid_regs regs;
};

#define CPUID_MAX_ENTRIES 128u

/**
 * struct cpuid_table - what a VM's CPUID is; sorted by leaf and subleaf
 * @n: rows
 * @max_basic: highest basic leaf
 * @max_ext: highest extended leaf
 * @intel: leaves out of range answer as the highest basic leaf does (Intel);
 *	else with zeros
 * @entry: rows
 */
struct cpuid_table {
	u32 n;
	u32 max_basic;
	u32 max_ext;
	bool intel;
	struct cpuid_entry entry[CPUID_MAX_ENTRIES];
};

/* What the VM's other parts can do, struct cpuid_policy.features. */
#define CPUID_WITH_LA57 (1u << 0) /* 5-level guest paging */
#define CPUID_WITH_X2APIC (1u << 1)
#define CPUID_WITH_TSC_DEADLINE (1u << 2)
#define CPUID_WITH_APIC (1u << 3)
#define CPUID_WITH_RDTSCP (1u << 4)
#define CPUID_WITH_INVPCID (1u << 5)
#define CPUID_WITH_XSAVES (1u << 6) /* XSAVES and IA32_XSS switching */
#define CPUID_WITH_XSAVE (1u << 7) /* XSAVE, XCR0 switching */
#define CPUID_WITH_SPEC_CTRL (1u << 8) /* IA32_SPEC_CTRL and PRED_CMD */
#define CPUID_WITH_MTRR (1u << 9)
#define CPUID_WITH_MCE (1u << 10)
#define CPUID_WITH_PCID (1u << 11)

/**
 * struct cpuid_policy - from what the table is made
 * @host: reads the host's raw leaf
 * @opaque: for @host
 * @features: CPUID_WITH_*
 * @xcr0: XSAVE components that the guest may enable in XCR0
 * @xss: components that it may enable in IA32_XSS (with CPUID_WITH_XSAVES)
 * @nr_cpus: vCPUs, at least 1
 * @gpa_bits: width of a guest-physical address
 */
struct cpuid_policy {
	void (*host)(void *opaque, u32 leaf, u32 subleaf,
		     struct cpuid_regs *regs);
	void *opaque;
	u32 features;
	u64 xcr0;
	u64 xss;
	u32 nr_cpus;
	u32 gpa_bits;
};

/**
 * struct cpuid_cpu - the state of a vCPU that CPUID shows
 * @apic_id: APIC id (x2APIC id)
 * @cr4: CR4 as the guest sees it
 * @xcr0: XCR0
 * @xss: IA32_XSS
 * @apic_enabled: IA32_APIC_BASE.EN
 * @misc_enable: IA32_MISC_ENABLE
 */
struct cpuid_cpu {
	u32 apic_id;
	u64 cr4;
	u64 xcr0;
	u64 xss;
	bool apic_enabled;
	u64 misc_enable;
};

/**
 * cpuid_table_init() - make a VM's table (once its vCPUs are known)
 *
 * Return: 0; -EINVAL no vCPUs or no host reader; -ENOSPC the host has more
 * leaves than CPUID_MAX_ENTRIES (then the table holds the first ones).
 */
int cpuid_table_init(struct cpuid_table *table,
		     const struct cpuid_policy *policy);

/**
 * cpuid_table_set() - put or replace a row (a user's override)
 * Return: 0; -ENOSPC; -EINVAL unknown flag.
 */
int cpuid_table_set(struct cpuid_table *table, const struct cpuid_entry *entry);

/** cpuid_query() - what CPUID returns to @cpu for @leaf, @subleaf */
void cpuid_query(const struct cpuid_table *table, const struct cpuid_cpu *cpu,
		 u32 leaf, u32 subleaf, struct cpuid_regs *out);

/**
 * cpuid_cr4_allowed() - CR4 bits that a guest with this table may set
 *
 * VMXE never is among them.  Manual: "Control Registers", each bit's feature.
 */
u64 cpuid_cr4_allowed(const struct cpuid_table *table);

/** cpuid_efer_allowed() - EFER bits it may set (SCE, LME, LMA, NXE, FFXSR) */
u64 cpuid_efer_allowed(const struct cpuid_table *table);

/** cpuid_phys_bits() - MAXPHYADDR that the table reports */
u32 cpuid_phys_bits(const struct cpuid_table *table);

/** cpuid_xcr0_allowed() - XCR0 bits of leaf 0xD; 0 without XSAVE */
u64 cpuid_xcr0_allowed(const struct cpuid_table *table);

/**
 * cpuid_xcr0_valid() - may XSETBV load this (R15)?
 * @allowed: cpuid_xcr0_allowed()
 *
 * Manual: "XSETBV", "XSAVE-Supported Features and State-Component Bitmaps".
 */
bool cpuid_xcr0_valid(u64 xcr0, u64 allowed);

#endif /* AXVM_X86_CPUID_H */
