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
#define VCPUID_SIGNATURE "axvmaxvmaxvm"
#define VCPUID_HV_BASE 0x40000000u
#define VCPUID_HV_MAX 0x40000010u
#define VCPUID_HV_FREQUENCY 0x40000010u /* TSC and APIC timer, in kHz */
/* EAX of leaf 0x40000001: version of this leaf's layout. */
#define VCPUID_HV_VERSION 1u
/* EBX of leaf 0x40000001: features. */
#define VCPUID_HV_HYPERCALL (1u << 0) /* VMCALL or VMMCALL reaches axvm */
#define VCPUID_HV_PIO_POWEROFF (1u << 1) /* OUT 0x604, 0x2000 (16 bits) */
/*
 * A second interface, which announces to guests that know KVM's what of it is
 * here: no delays between port accesses, and nothing else.  What it is good for:
 * Linux takes x2APIC mode without interrupt remapping only from hypervisors
 * that it knows.
 */
#define VCPUID_HV_KVM_BASE 0x40000100u
#define VCPUID_HV_KVM_SIGNATURE "KVMKVMKVM\0\0\0"
#define VCPUID_HV_KVM_FEATURES 0x40000101u /* EAX: */
#define VCPUID_HV_KVM_NO_IO_DELAY (1u << 1)

/** struct vcpuid_regs - the four results */
struct vcpuid_regs {
	u32 eax;
	u32 ebx;
	u32 ecx;
	u32 edx;
};

#define VCPUID_SUBLEAVES (1u << 0) /* @subleaf matters */

/**
 * struct vcpuid_entry - one row of a VM's table
 * @leaf: EAX
 * @subleaf: ECX, if VCPUID_SUBLEAVES
 * @flags: VCPUID_SUBLEAVES
 * @regs: results before patching
 */
struct vcpuid_entry {
	u32 leaf;
	u32 subleaf;
	u32 flags;
	struct vcpuid_regs regs;
};

#define VCPUID_MAX_ENTRIES 128u

/**
 * struct vcpuid_table - what a VM's CPUID is; sorted by leaf and subleaf
 * @n: rows
 * @max_basic: highest basic leaf
 * @max_ext: highest extended leaf
 * @intel: leaves out of range answer as the highest basic leaf does (Intel);
 *	else with zeros
 * @entry: rows
 */
struct vcpuid_table {
	u32 n;
	u32 max_basic;
	u32 max_ext;
	bool intel;
	struct vcpuid_entry entry[VCPUID_MAX_ENTRIES];
};

/**
 * struct vcpuid_hidden - bits that a user hides, by leaf and subleaf
 */
#define VCPUID_MAX_HIDDEN 32u
struct vcpuid_hidden {
	u32 n;
	struct {
		u32 leaf;
		u32 subleaf;
		struct vcpuid_regs bits;
	} row[VCPUID_MAX_HIDDEN];
};

/* What the VM's other parts can do, struct vcpuid_policy.features. */
#define VCPUID_WITH_LA57 (1u << 0) /* 5-level guest paging */
#define VCPUID_WITH_X2APIC (1u << 1)
#define VCPUID_WITH_TSC_DEADLINE (1u << 2)
#define VCPUID_WITH_APIC (1u << 3)
#define VCPUID_WITH_RDTSCP (1u << 4)
#define VCPUID_WITH_INVPCID (1u << 5)
#define VCPUID_WITH_XSAVES (1u << 6) /* XSAVES and IA32_XSS switching */
#define VCPUID_WITH_XSAVE (1u << 7) /* XSAVE, XCR0 switching */
#define VCPUID_WITH_SPEC_CTRL (1u << 8) /* IA32_SPEC_CTRL and PRED_CMD */
#define VCPUID_WITH_FLUSH_CMD (1u << 13) /* IA32_FLUSH_CMD */
#define VCPUID_WITH_ARCH_CAP (1u << 14) /* IA32_ARCH_CAPABILITIES */
#define VCPUID_WITH_MTRR (1u << 9)
#define VCPUID_WITH_MCE (1u << 10)
#define VCPUID_WITH_PCID (1u << 11)
#define VCPUID_WITH_KVM (1u << 12) /* the interface at VCPUID_HV_KVM_BASE */

/**
 * struct vcpuid_policy - from what the table is made
 * @host: reads the host's raw leaf
 * @opaque: for @host
 * @hidden: bits that are not told, or NULL
 * @features: VCPUID_WITH_*
 * @xcr0: XSAVE components that the guest may enable in XCR0
 * @xss: components that it may enable in IA32_XSS (with VCPUID_WITH_XSAVES)
 * @nr_cpus: vCPUs, at least 1
 * @gpa_bits: width of a guest-physical address
 * @tsc_khz: tell the TSC's frequency, and that of the local APIC's timer,
 *	tsc_khz >> vcpuid_bus_shift(); 0: tell what the host's leaves do
 */
struct vcpuid_policy {
	void (*host)(void *opaque, u32 leaf, u32 subleaf,
		     struct vcpuid_regs *regs);
	void *opaque;
	const struct vcpuid_hidden *hidden;
	u32 features;
	u64 xcr0;
	u64 xss;
	u32 nr_cpus;
	u32 gpa_bits;
	u32 tsc_khz;
};

/** vcpuid_bus_shift() - the APIC timer's clock is the TSC's >> this */
static inline u32 vcpuid_bus_shift(u32 tsc_khz)
{
	/* Leaf 0x15 has room for Hertz in 32 bits. */
	return tsc_khz / 1000 >= 4294 ? 1 : 0;
}

/**
 * struct vcpuid_cpu - the state of a vCPU that CPUID shows
 * @apic_id: APIC id (x2APIC id)
 * @cr4: CR4 as the guest sees it
 * @xcr0: XCR0
 * @xss: IA32_XSS
 * @apic_enabled: IA32_APIC_BASE.EN
 * @misc_enable: IA32_MISC_ENABLE
 */
struct vcpuid_cpu {
	u32 apic_id;
	u64 cr4;
	u64 xcr0;
	u64 xss;
	bool apic_enabled;
	u64 misc_enable;
};

/**
 * vcpuid_table_init() - make a VM's table (once its vCPUs are known)
 *
 * Return: 0; -EINVAL no vCPUs or no host reader; -ENOSPC the host has more
 * leaves than VCPUID_MAX_ENTRIES (then the table holds the first ones).
 */
int vcpuid_table_init(struct vcpuid_table *table,
		     const struct vcpuid_policy *policy);

/**
 * vcpuid_table_set() - put or replace a row (a user's override)
 * Return: 0; -ENOSPC; -EINVAL unknown flag.
 */
int vcpuid_table_set(struct vcpuid_table *table, const struct vcpuid_entry *entry);

/**
 * vcpuid_hide() - hide @bits of a leaf instead of what was hidden of it before
 * Return: 0; -ENOSPC.
 */
int vcpuid_hide(struct vcpuid_hidden *hidden, u32 leaf, u32 subleaf,
		const struct vcpuid_regs *bits);

/** vcpuid_row() - a leaf without what depends on the vCPU; zeros: no such one */
struct vcpuid_regs vcpuid_row(const struct vcpuid_table *table, u32 leaf,
			      u32 subleaf);

/**
 * vcpuid_features() - those of VCPUID_WITH_* that mean MSRs, as the table tells
 * of them
 */
u32 vcpuid_features(const struct vcpuid_table *table);

/** vcpuid_query() - what CPUID returns to @cpu for @leaf, @subleaf */
void vcpuid_query(const struct vcpuid_table *table, const struct vcpuid_cpu *cpu,
		 u32 leaf, u32 subleaf, struct vcpuid_regs *out);

/**
 * vcpuid_cr4_allowed() - CR4 bits that a guest with this table may set
 *
 * VMXE never is among them.  Manual: "Control Registers", each bit's feature.
 */
u64 vcpuid_cr4_allowed(const struct vcpuid_table *table);

/** vcpuid_efer_allowed() - EFER bits it may set (SCE, LME, LMA, NXE, FFXSR) */
u64 vcpuid_efer_allowed(const struct vcpuid_table *table);

/**
 * vcpuid_spec_ctrl_allowed() - bits of IA32_SPEC_CTRL that it may set
 *
 * Manual: "Speculation Control" MSRs; each bit is a feature's.
 */
u64 vcpuid_spec_ctrl_allowed(const struct vcpuid_table *table);

/** vcpuid_phys_bits() - MAXPHYADDR that the table reports */
u32 vcpuid_phys_bits(const struct vcpuid_table *table);

/** vcpuid_xcr0_allowed() - XCR0 bits of leaf 0xD; 0 without XSAVE */
u64 vcpuid_xcr0_allowed(const struct vcpuid_table *table);

/**
 * vcpuid_xcr0_valid() - may XSETBV load this (R15)?
 * @allowed: vcpuid_xcr0_allowed()
 *
 * Manual: "XSETBV", "XSAVE-Supported Features and State-Component Bitmaps".
 */
bool vcpuid_xcr0_valid(u64 xcr0, u64 allowed);

#endif /* AXVM_X86_CPUID_H */
