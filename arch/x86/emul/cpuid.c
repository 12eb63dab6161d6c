// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the CPUID table of a VM.  Leaves of the host are copied through masks
 * that name what is virtualised; a bit that no mask names is hidden.
 *
 * Manual: "CPUID - CPU Identification"; "Control Registers" for the CR4 bits.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/cpuid.h"

/* Leaf 1 ECX: what a guest may see if the host has it. */
#define L1_ECX_PLAIN                                                           \
	(BIT(0) /* SSE3 */ | BIT(1) /* PCLMULQDQ */ | BIT(9) /* SSSE3 */ |     \
	 BIT(13) /* CMPXCHG16B */ | BIT(19) /* SSE4.1 */ |                     \
	 BIT(20) /* SSE4.2 */ | BIT(22) /* MOVBE */ | BIT(23) /* POPCNT */ |   \
	 BIT(25) /* AES */ | BIT(30) /* RDRAND */)
#define L1_ECX_FMA BIT(12)
#define L1_ECX_PCID BIT(17)
#define L1_ECX_X2APIC BIT(21)
#define L1_ECX_TSC_DEADLINE BIT(24)
#define L1_ECX_XSAVE BIT(26)
#define L1_ECX_OSXSAVE BIT(27)
#define L1_ECX_AVX BIT(28)
#define L1_ECX_F16C BIT(29)
#define L1_ECX_HYPERVISOR BIT(31)
#define L1_ECX_NEEDS_AVX (L1_ECX_FMA | L1_ECX_AVX | L1_ECX_F16C)

/* Leaf 1 EDX. */
#define L1_EDX_PLAIN                                                           \
	(BIT(0) /* FPU */ | BIT(1) /* VME */ | BIT(2) /* DE */ |               \
	 BIT(3) /* PSE */ | BIT(4) /* TSC */ | BIT(5) /* MSR */ |              \
	 BIT(6) /* PAE */ | BIT(8) /* CX8 */ | BIT(11) /* SEP */ |             \
	 BIT(13) /* PGE */ | BIT(15) /* CMOV */ | BIT(16) /* PAT */ |          \
	 BIT(17) /* PSE36 */ | BIT(19) /* CLFSH */ | BIT(23) /* MMX */ |       \
	 BIT(24) /* FXSR */ | BIT(25) /* SSE */ | BIT(26) /* SSE2 */ |         \
	 BIT(27) /* SS */)
#define L1_EDX_MCE BIT(7)
#define L1_EDX_APIC BIT(9)
#define L1_EDX_MTRR BIT(12)
#define L1_EDX_MCA BIT(14)
#define L1_EDX_HTT BIT(28)

/* Leaf 7.0 EBX. */
#define L7_EBX_PLAIN                                                           \
	(BIT(0) /* FSGSBASE */ | BIT(3) /* BMI1 */ | BIT(7) /* SMEP */ |       \
	 BIT(8) /* BMI2 */ | BIT(9) /* ERMS */ | BIT(13) /* no FPU CS/DS */ |  \
	 BIT(18) /* RDSEED */ | BIT(19) /* ADX */ | BIT(20) /* SMAP */ |       \
	 BIT(23) /* CLFLUSHOPT */ | BIT(24) /* CLWB */ | BIT(29) /* SHA */)
#define L7_EBX_TSC_ADJUST BIT(1)
#define L7_EBX_AVX2 BIT(5)
#define L7_EBX_INVPCID BIT(10)
#define L7_EBX_AVX512                                                          \
	(BIT(16) | BIT(17) | BIT(21) | BIT(28) | BIT(30) | BIT(31))
/* ECX: no WAITPKG (5), no CET (7), no TME, no bus-lock, no key locker. */
#define L7_ECX_PLAIN                                                           \
	(BIT(2) /* UMIP */ | BIT(8) /* GFNI */ | L7_ECX_RDPID)
#define L7_ECX_RDPID BIT(22)
#define L7_ECX_VEX (BIT(9) /* VAES */ | BIT(10) /* VPCLMULQDQ */)
#define L7_ECX_AVX512 (BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14))
#define L7_ECX_LA57 BIT(16)
/* EDX. */
#define L7_EDX_PLAIN (BIT(4) /* FSRM */ | BIT(10) /* MD_CLEAR */ | BIT(14))
#define L7_EDX_IBRS BIT(26) /* and IBPB */
#define L7_EDX_STIBP BIT(27)
#define L7_EDX_FLUSH_CMD BIT(28)
#define L7_EDX_ARCH_CAP BIT(29)
#define L7_EDX_SSBD BIT(31)
#define L7_EDX_SPEC (L7_EDX_IBRS | L7_EDX_STIBP | L7_EDX_SSBD)
/* Leaf 7.2 EDX: what else SPEC_CTRL has. */
#define L72_EDX_PSFD BIT(0)
#define L72_EDX_IPRED BIT(1)
#define L72_EDX_RRSBA BIT(2)
#define L72_EDX_DDPD_U BIT(3)
#define L72_EDX_BHI BIT(4)
#define L72_EDX_SPEC                                                           \
	(L72_EDX_PSFD | L72_EDX_IPRED | L72_EDX_RRSBA | L72_EDX_DDPD_U |       \
	 L72_EDX_BHI)
#define L7_EDX_AVX512 (BIT(2) | BIT(3) | BIT(8) | BIT(23))

/* Leaf 0xD.1 EAX. */
#define LD1_PLAIN (BIT(0) /* XSAVEOPT */ | BIT(1) /* XSAVEC */ |               \
		   BIT(2) /* XGETBV(1) */)
#define LD1_XSAVES BIT(3)

/* Leaf 0x80000001. */
#define E1_ECX_PLAIN                                                           \
	(BIT(0) /* LAHF */ | BIT(5) /* LZCNT */ | BIT(6) /* SSE4A */ |         \
	 BIT(7) /* misaligned SSE */ | BIT(8) /* PREFETCHW */)
#define E1_EDX_LEGACY 0x0183f3ffu /* AMD repeats leaf 1 here */
#define E1_EDX_PLAIN                                                           \
	(BIT(11) /* SYSCALL */ | BIT(20) /* NX */ | BIT(25) /* FFXSR */ |      \
	 BIT(26) /* 1 GiB pages */ | BIT(29) /* LM */)
#define E1_EDX_RDTSCP BIT(27)

/* Manual: "IA32_MISC_ENABLE", "Limit CPUID Maxval". */
#define MISC_ENABLE_LIMIT_CPUID BIT_ULL(22)

/* CR4 */
#define CR4_OSXSAVE BIT_ULL(18)

#define XCR0_X87 BIT_ULL(0)
#define XCR0_SSE BIT_ULL(1)
#define XCR0_AVX BIT_ULL(2)
#define XCR0_MPX GENMASK_ULL(4, 3)
#define XCR0_AVX512 GENMASK_ULL(7, 5)
#define XCR0_AMX GENMASK_ULL(18, 17)

/* ---- the table ----------------------------------------------------------- */

static bool entry_less(const struct vcpuid_entry *a,
		       const struct vcpuid_entry *b)
{
	return a->leaf != b->leaf ? a->leaf < b->leaf :
				    a->subleaf < b->subleaf;
}

int vcpuid_table_set(struct vcpuid_table *table,
		     const struct vcpuid_entry *entry)
{
	u32 i = 0;

	if (entry->flags & ~VCPUID_SUBLEAVES)
		return -EINVAL;
	while (i < table->n && entry_less(&table->entry[i], entry))
		i++;
	if (i < table->n && !entry_less(entry, &table->entry[i])) {
		table->entry[i] = *entry;
		return 0;
	}
	if (table->n >= VCPUID_MAX_ENTRIES)
		return -ENOSPC;
	memmove(&table->entry[i + 1], &table->entry[i],
		(table->n - i) * sizeof(*entry));
	table->entry[i] = *entry;
	table->n++;
	return 0;
}

static const struct vcpuid_entry *table_find(const struct vcpuid_table *table,
					     u32 leaf, u32 subleaf)
{
	u32 i;

	for (i = 0; i < table->n; i++) {
		const struct vcpuid_entry *e = &table->entry[i];

		if (e->leaf == leaf && (!(e->flags & VCPUID_SUBLEAVES) ||
					e->subleaf == subleaf))
			return e;
	}
	return NULL;
}

/* Results of a row, zeros where there is none. */
static struct vcpuid_regs table_regs(const struct vcpuid_table *table, u32 leaf,
				     u32 subleaf)
{
	const struct vcpuid_entry *e = table_find(table, leaf, subleaf);

	return e ? e->regs : (struct vcpuid_regs){};
}

/* ---- making it ------------------------------------------------------------ */

struct maker {
	struct vcpuid_table *table;
	const struct vcpuid_policy *policy;
	int err;
};

static struct vcpuid_regs host(const struct maker *m, u32 leaf, u32 subleaf)
{
	struct vcpuid_regs r = {};

	m->policy->host(m->policy->opaque, leaf, subleaf, &r);
	return r;
}

static bool with(const struct maker *m, u32 feature)
{
	return m->policy->features & feature;
}

static u32 when(bool yes, u32 bits)
{
	return yes ? bits : 0;
}

static void put(struct maker *m, u32 leaf, u32 subleaf, u32 flags,
		struct vcpuid_regs regs)
{
	struct vcpuid_entry e = { leaf, subleaf, flags, regs };
	int err = vcpuid_table_set(m->table, &e);

	m->err = m->err ?: err;
}

static bool avx_on(const struct maker *m)
{
	return with(m, VCPUID_WITH_XSAVE) && m->policy->xcr0 & XCR0_AVX;
}

static bool avx512_on(const struct maker *m)
{
	return avx_on(m) &&
	       (m->policy->xcr0 & XCR0_AVX512) == XCR0_AVX512;
}

static void make_leaf1(struct maker *m)
{
	struct vcpuid_regs r = host(m, 1, 0);
	u32 cpus = min_t(u32, m->policy->nr_cpus, 255);

	r.ecx &= L1_ECX_PLAIN | when(avx_on(m), L1_ECX_NEEDS_AVX) |
		 when(with(m, VCPUID_WITH_XSAVE), L1_ECX_XSAVE) |
		 when(with(m, VCPUID_WITH_PCID), L1_ECX_PCID);
	/* These do not depend on the host: they are emulated. */
	r.ecx |= when(with(m, VCPUID_WITH_X2APIC), L1_ECX_X2APIC) |
		 when(with(m, VCPUID_WITH_TSC_DEADLINE), L1_ECX_TSC_DEADLINE) |
		 L1_ECX_HYPERVISOR;
	r.edx &= L1_EDX_PLAIN;
	r.edx |= when(with(m, VCPUID_WITH_APIC), L1_EDX_APIC) |
		 when(with(m, VCPUID_WITH_MTRR), L1_EDX_MTRR) |
		 when(with(m, VCPUID_WITH_MCE), L1_EDX_MCE | L1_EDX_MCA) |
		 when(cpus > 1, L1_EDX_HTT);
	/* EBX: brand, CLFLUSH size, logical processors; APIC id per query. */
	r.ebx = (r.ebx & 0xffff) | cpus << 16;
	put(m, 1, 0, 0, r);
}

/* Width of an APIC-id field that holds @n ids. */
static u32 id_bits(u32 n)
{
	u32 bits = 0;

	while (bits < 31 && (1u << bits) < n)
		bits++;
	return bits;
}

/*
 * Caches are the host's, shared as the VM is laid out: one package of single
 * threaded cores; level 3 belongs to all, what is below to one core.
 */
static void make_leaf4(struct maker *m)
{
	u32 cpus = m->policy->nr_cpus, sub;

	for (sub = 0; sub < 8; sub++) {
		struct vcpuid_regs r = host(m, 4, sub);
		u32 level = (r.eax >> 5) & 7;
		u32 sharing = level >= 3 ? (1u << id_bits(cpus)) - 1 : 0;

		if (!(r.eax & 0x1f))
			break;
		r.eax = (r.eax & 0x3fff) | min_t(u32, sharing, 0xfff) << 14 |
			min_t(u32, (1u << id_bits(cpus)) - 1, 0x3f) << 26;
		put(m, 4, sub, VCPUID_SUBLEAVES, r);
	}
}

/* More of SPEC_CTRL; false: nothing, and no such subleaf. */
static bool make_leaf72(struct maker *m)
{
	u32 edx;

	if (host(m, 7, 0).eax < 2)
		return false;
	edx = host(m, 7, 2).edx & L72_EDX_SPEC;
	if (edx)
		put(m, 7, 2, VCPUID_SUBLEAVES,
		    (struct vcpuid_regs){ 0, 0, 0, edx });
	return edx;
}

static void make_leaf7(struct maker *m)
{
	struct vcpuid_regs r = host(m, 7, 0);
	bool avx = avx_on(m), avx512 = avx512_on(m);

	r.eax = 0;
	r.ebx &= L7_EBX_PLAIN | when(avx, L7_EBX_AVX2) |
		 when(avx512, L7_EBX_AVX512) |
		 when(with(m, VCPUID_WITH_INVPCID), L7_EBX_INVPCID);
	r.ebx |= L7_EBX_TSC_ADJUST; /* all ours: the host's plays no part */
	r.ecx &= L7_ECX_PLAIN | when(avx, L7_ECX_VEX) |
		 when(avx512, L7_ECX_AVX512) |
		 when(with(m, VCPUID_WITH_LA57), L7_ECX_LA57);
	if (!with(m, VCPUID_WITH_RDTSCP))
		r.ecx &= ~L7_ECX_RDPID; /* it reads TSC_AUX */
	r.edx &= L7_EDX_PLAIN | when(avx512, L7_EDX_AVX512) |
		 when(with(m, VCPUID_WITH_SPEC_CTRL), L7_EDX_SPEC) |
		 when(with(m, VCPUID_WITH_FLUSH_CMD), L7_EDX_FLUSH_CMD) |
		 when(with(m, VCPUID_WITH_ARCH_CAP), L7_EDX_ARCH_CAP);
	if (r.edx & L7_EDX_IBRS && make_leaf72(m))
		r.eax = 2;
	put(m, 7, 0, VCPUID_SUBLEAVES, r);
}

/* Leaf 0xB (and 0x1F): threads, then cores; EDX per query. */
static void make_topology(struct maker *m, u32 leaf)
{
	u32 cpus = m->policy->nr_cpus;

	put(m, leaf, 0, VCPUID_SUBLEAVES,
	    (struct vcpuid_regs){ 0, 1, 0 | 1 << 8, 0 });
	put(m, leaf, 1, VCPUID_SUBLEAVES,
	    (struct vcpuid_regs){ id_bits(cpus), min_t(u32, cpus, 0xffff),
				  1 | 2 << 8, 0 });
	put(m, leaf, 2, VCPUID_SUBLEAVES,
	    (struct vcpuid_regs){ 0, 0, 2, 0 });
}

static void make_xsave(struct maker *m)
{
	u64 xcr0 = m->policy->xcr0;
	u64 xss = with(m, VCPUID_WITH_XSAVES) ? m->policy->xss : 0;
	u32 size = 576, sub;
	struct vcpuid_regs r;

	if (!with(m, VCPUID_WITH_XSAVE))
		return;
	for (sub = 2; sub < 63; sub++) {
		if (!((xcr0 | xss) & BIT_ULL(sub)))
			continue;
		r = host(m, 0xd, sub);
		if (!r.eax)
			continue;
		if (xcr0 & BIT_ULL(sub))
			size = max(size, r.ebx + r.eax);
		put(m, 0xd, sub, VCPUID_SUBLEAVES, r);
	}
	put(m, 0xd, 0, VCPUID_SUBLEAVES,
	    (struct vcpuid_regs){ xcr0, 576, size, xcr0 >> 32 });
	r = host(m, 0xd, 1);
	r.eax &= LD1_PLAIN | when(with(m, VCPUID_WITH_XSAVES), LD1_XSAVES);
	r.ebx = 0; /* per query */
	r.ecx = xss;
	r.edx = xss >> 32;
	put(m, 0xd, 1, VCPUID_SUBLEAVES, r);
}

static u32 bus_khz(const struct maker *m)
{
	return m->policy->tsc_khz >> vcpuid_bus_shift(m->policy->tsc_khz);
}

/*
 * The TSC's frequency as a multiple of a crystal's, which also drives the
 * local APIC's timer; and in MHz.
 */
static void make_frequency(struct maker *m)
{
	u32 khz = m->policy->tsc_khz;

	if (khz) {
		put(m, 0x15, 0, 0,
		    (struct vcpuid_regs){ 1, 1u << vcpuid_bus_shift(khz),
					  bus_khz(m) * 1000, 0 });
		put(m, 0x16, 0, 0,
		    (struct vcpuid_regs){ khz / 1000, khz / 1000, 100, 0 });
		return;
	}
	if (m->table->max_basic >= 0x15)
		put(m, 0x15, 0, 0, host(m, 0x15, 0));
	if (m->table->max_basic >= 0x16)
		put(m, 0x16, 0, 0, host(m, 0x16, 0));
}

static void put_signature(struct maker *m, u32 base, u32 max, const char *text)
{
	struct vcpuid_regs r = { .eax = max };

	memcpy(&r.ebx, &text[0], 4);
	memcpy(&r.ecx, &text[4], 4);
	memcpy(&r.edx, &text[8], 4);
	put(m, base, 0, 0, r);
}

static void make_kvm(struct maker *m)
{
	put_signature(m, VCPUID_HV_KVM_BASE, VCPUID_HV_KVM_FEATURES,
		      VCPUID_HV_KVM_SIGNATURE);
	put(m, VCPUID_HV_KVM_FEATURES, 0, 0,
	    (struct vcpuid_regs){ VCPUID_HV_KVM_NO_IO_DELAY, 0, 0, 0 });
}

static void make_hypervisor(struct maker *m)
{
	put_signature(m, VCPUID_HV_BASE, VCPUID_HV_MAX, VCPUID_SIGNATURE);
	put(m, VCPUID_HV_BASE + 1, 0, 0,
	    (struct vcpuid_regs){ VCPUID_HV_VERSION,
				  VCPUID_HV_HYPERCALL | VCPUID_HV_PIO_POWEROFF,
				  0, 0 });
	if (m->policy->tsc_khz)
		put(m, VCPUID_HV_FREQUENCY, 0, 0,
		    (struct vcpuid_regs){ m->policy->tsc_khz, bus_khz(m), 0,
					  0 });
	if (with(m, VCPUID_WITH_KVM))
		make_kvm(m);
}

static void make_basic(struct maker *m)
{
	struct vcpuid_regs r = host(m, 0, 0);
	u32 max = r.eax;

	/* 0xB is emulated and must be in range; nothing above 0x1F is. */
	max = clamp_t(u32, max, m->policy->tsc_khz ? 0x16 : 0xd, 0x1f);
	m->table->max_basic = max;
	m->table->intel = r.ebx == 0x756e6547;
	r.eax = max;
	put(m, 0, 0, 0, r);
	make_leaf1(m);
	if (m->table->intel) {
		put(m, 2, 0, 0, host(m, 2, 0));
		make_leaf4(m);
	}
	/* 3, 5 MONITOR, 6 thermal, 0xA PMU, 0xF.. RDT, SGX, PT: none. */
	make_leaf7(m);
	make_topology(m, 0xb);
	make_xsave(m);
	make_frequency(m);
	if (max >= 0x1f)
		make_topology(m, 0x1f);
}

static void make_extended(struct maker *m)
{
	struct vcpuid_regs r = host(m, 0x80000000, 0);
	u32 max = clamp_t(u32, r.eax, 0x80000001, 0x80000008), leaf, l1_edx;

	m->table->max_ext = max;
	put(m, 0x80000000, 0, 0,
	    (struct vcpuid_regs){ max, r.ebx, r.ecx, r.edx });
	l1_edx = table_regs(m->table, 1, 0).edx;
	r = host(m, 0x80000001, 0);
	r.eax = m->table->intel ? 0 : r.eax;
	r.ebx = 0;
	r.ecx &= E1_ECX_PLAIN;
	r.edx &= E1_EDX_PLAIN |
		 when(with(m, VCPUID_WITH_RDTSCP), E1_EDX_RDTSCP);
	if (!m->table->intel)
		r.edx |= l1_edx & E1_EDX_LEGACY;
	put(m, 0x80000001, 0, 0, r);
	for (leaf = 0x80000002; leaf <= 0x80000006 && leaf <= max; leaf++)
		put(m, leaf, 0, 0, host(m, leaf, 0));
	if (max >= 0x80000007) { /* invariant TSC */
		r = host(m, 0x80000007, 0);
		put(m, 0x80000007, 0, 0,
		    (struct vcpuid_regs){ 0, 0, 0, r.edx & BIT(8) });
	}
	if (max >= 0x80000008) {
		u32 linear = with(m, VCPUID_WITH_LA57) ? 57 : 48, phys;

		r = host(m, 0x80000008, 0);
		phys = min_t(u32, r.eax & 0xff, m->policy->gpa_bits ?: 255);
		linear = min_t(u32, (r.eax >> 8) & 0xff, linear);
		put(m, 0x80000008, 0, 0,
		    (struct vcpuid_regs){ phys | linear << 8, 0, 0, 0 });
	}
}

int vcpuid_hide(struct vcpuid_hidden *hidden, u32 leaf, u32 subleaf,
		const struct vcpuid_regs *bits)
{
	u32 i = 0;

	while (i < hidden->n && (hidden->row[i].leaf != leaf ||
				 hidden->row[i].subleaf != subleaf))
		i++;
	if (i == VCPUID_MAX_HIDDEN)
		return -ENOSPC;
	if (i == hidden->n)
		hidden->n++;
	hidden->row[i].leaf = leaf;
	hidden->row[i].subleaf = subleaf;
	hidden->row[i].bits = *bits;
	return 0;
}

static void hide(struct vcpuid_table *table, const struct vcpuid_hidden *hidden)
{
	u32 i, j;

	for (i = 0; i < hidden->n; i++)
		for (j = 0; j < table->n; j++) {
			struct vcpuid_entry *e = &table->entry[j];
			const struct vcpuid_regs *bits = &hidden->row[i].bits;

			if (e->leaf != hidden->row[i].leaf ||
			    e->subleaf != hidden->row[i].subleaf)
				continue;
			e->regs.eax &= ~bits->eax;
			e->regs.ebx &= ~bits->ebx;
			e->regs.ecx &= ~bits->ecx;
			e->regs.edx &= ~bits->edx;
		}
}

int vcpuid_table_init(struct vcpuid_table *table,
		      const struct vcpuid_policy *policy)
{
	struct maker m = { table, policy, 0 };

	memset(table, 0, sizeof(*table));
	if (!policy->host || !policy->nr_cpus)
		return -EINVAL;
	make_basic(&m);
	make_extended(&m);
	make_hypervisor(&m);
	if (policy->hidden)
		hide(table, policy->hidden);
	return m.err;
}

/* ---- asking it -------------------------------------------------------------- */

/* XSAVE area of @bits: standard format, or compacted (leaf 0xD, 1, EBX). */
static u32 xsave_size(const struct vcpuid_table *table, u64 bits, bool compact)
{
	u32 size = 576, sub;

	for (sub = 2; sub < 63; sub++) {
		struct vcpuid_regs r;

		if (!(bits & BIT_ULL(sub)))
			continue;
		r = table_regs(table, 0xd, sub);
		if (!compact)
			size = max(size, r.ebx + r.eax);
		else if (r.ecx & 2) /* aligned to 64 bytes */
			size = ALIGN(size, 64) + r.eax;
		else
			size += r.eax;
	}
	return size;
}

/* Old systems ask for the limit, and believe no more leaves than that. */
static u32 max_basic(u32 max, const struct vcpuid_cpu *cpu)
{
	return cpu->misc_enable & MISC_ENABLE_LIMIT_CPUID ? min_t(u32, max, 2) :
							    max;
}

static void patch(const struct vcpuid_table *table,
		  const struct vcpuid_cpu *cpu, u32 leaf, u32 subleaf,
		  struct vcpuid_regs *r)
{
	switch (leaf) {
	case 0:
		r->eax = max_basic(r->eax, cpu);
		break;
	case 1:
		r->ebx = (r->ebx & 0xffffff) | (cpu->apic_id & 0xff) << 24;
		if (r->ecx & L1_ECX_XSAVE && cpu->cr4 & CR4_OSXSAVE)
			r->ecx |= L1_ECX_OSXSAVE;
		if (!cpu->apic_enabled)
			r->edx &= ~L1_EDX_APIC;
		break;
	case 0xb:
	case 0x1f:
		/* Every subleaf names itself and the id. */
		r->ecx = (r->ecx & ~0xffu) | (subleaf & 0xff);
		r->edx = cpu->apic_id;
		break;
	case 0xd:
		if (subleaf == 0 && r->ebx)
			r->ebx = xsave_size(table, cpu->xcr0, false);
		else if (subleaf == 1 && r->eax & (BIT(1) | LD1_XSAVES))
			r->ebx = xsave_size(table, cpu->xcr0 | cpu->xss, true);
		break;
	}
}

void vcpuid_query(const struct vcpuid_table *table,
		  const struct vcpuid_cpu *cpu, u32 leaf, u32 subleaf,
		  struct vcpuid_regs *out)
{
	bool hv = leaf >= VCPUID_HV_BASE && leaf <= VCPUID_HV_KVM_FEATURES;
	bool ext = leaf >= 0x80000000 && leaf <= table->max_ext;
	u32 max = max_basic(table->max_basic, cpu);

	/* Out of range: Intel answers as the highest basic leaf does. */
	if (!hv && !ext && leaf > max) {
		if (!table->intel || (leaf >= VCPUID_HV_BASE &&
				      leaf < VCPUID_HV_BASE + 0x10000)) {
			*out = (struct vcpuid_regs){};
			return;
		}
		leaf = max;
	}
	*out = table_regs(table, leaf, subleaf);
	patch(table, cpu, leaf, subleaf, out);
}

/* ---- what follows from it ------------------------------------------------------ */

struct vcpuid_regs vcpuid_row(const struct vcpuid_table *table, u32 leaf,
			      u32 subleaf)
{
	return table_regs(table, leaf, subleaf);
}

u32 vcpuid_features(const struct vcpuid_table *table)
{
	struct vcpuid_regs l1 = table_regs(table, 1, 0);
	struct vcpuid_regs l7 = table_regs(table, 7, 0);

	return when(l1.ecx & L1_ECX_X2APIC, VCPUID_WITH_X2APIC) |
	       when(l1.ecx & L1_ECX_TSC_DEADLINE, VCPUID_WITH_TSC_DEADLINE) |
	       when(l7.edx & L7_EDX_SPEC, VCPUID_WITH_SPEC_CTRL) |
	       when(l7.edx & L7_EDX_FLUSH_CMD, VCPUID_WITH_FLUSH_CMD) |
	       when(l7.edx & L7_EDX_ARCH_CAP, VCPUID_WITH_ARCH_CAP) |
	       when(l7.ecx & L7_ECX_RDPID ||
			    table_regs(table, 0x80000001, 0).edx &
				    E1_EDX_RDTSCP,
		    VCPUID_WITH_RDTSCP) |
	       when(table_regs(table, 0xd, 1).eax & LD1_XSAVES,
		    VCPUID_WITH_XSAVES);
}

u64 vcpuid_cr4_allowed(const struct vcpuid_table *table)
{
	struct vcpuid_regs l1 = table_regs(table, 1, 0);
	struct vcpuid_regs l7 = table_regs(table, 7, 0);
	const struct {
		u32 word, bit;
		u64 cr4;
	} need[] = {
		{ l1.edx, BIT(1), BIT_ULL(0) | BIT_ULL(1) }, /* VME, PVI */
		{ l1.edx, BIT(4), BIT_ULL(2) }, /* TSD */
		{ l1.edx, BIT(2), BIT_ULL(3) }, /* DE */
		{ l1.edx, BIT(3), BIT_ULL(4) }, /* PSE */
		{ l1.edx, BIT(6), BIT_ULL(5) }, /* PAE */
		{ ~0u, 1, BIT_ULL(6) | BIT_ULL(8) }, /* MCE, PCE */
		{ l1.edx, BIT(13), BIT_ULL(7) }, /* PGE */
		{ l1.edx, BIT(24), BIT_ULL(9) }, /* OSFXSR */
		{ l1.edx, BIT(25), BIT_ULL(10) }, /* OSXMMEXCPT */
		{ l7.ecx, BIT(2), BIT_ULL(11) }, /* UMIP */
		{ l7.ecx, L7_ECX_LA57, BIT_ULL(12) },
		{ l7.ebx, BIT(0), BIT_ULL(16) }, /* FSGSBASE */
		{ l1.ecx, L1_ECX_PCID, BIT_ULL(17) },
		{ l1.ecx, L1_ECX_XSAVE, CR4_OSXSAVE },
		{ l7.ebx, BIT(7), BIT_ULL(20) }, /* SMEP */
		{ l7.ebx, BIT(20), BIT_ULL(21) }, /* SMAP */
	};
	u64 allowed = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(need); i++)
		if (need[i].word & need[i].bit)
			allowed |= need[i].cr4;
	return allowed;
}

u64 vcpuid_efer_allowed(const struct vcpuid_table *table)
{
	u32 edx = table_regs(table, 0x80000001, 0).edx;
	u64 allowed = 0;

	if (edx & BIT(11))
		allowed |= BIT_ULL(0); /* SCE */
	if (edx & BIT(29))
		allowed |= BIT_ULL(8) | BIT_ULL(10); /* LME, LMA */
	if (edx & BIT(20))
		allowed |= BIT_ULL(11); /* NXE */
	if (edx & BIT(25))
		allowed |= BIT_ULL(14); /* FFXSR */
	return allowed;
}

u64 vcpuid_spec_ctrl_allowed(const struct vcpuid_table *table)
{
	u32 l7 = table_regs(table, 7, 0).edx, l72 = table_regs(table, 7, 2).edx;
	const struct {
		u32 word, bit;
		u64 bits;
	} has[] = {
		{ l7, L7_EDX_IBRS, BIT_ULL(0) },
		{ l7, L7_EDX_STIBP, BIT_ULL(1) },
		{ l7, L7_EDX_SSBD, BIT_ULL(2) },
		{ l72, L72_EDX_IPRED, BIT_ULL(3) | BIT_ULL(4) },
		{ l72, L72_EDX_RRSBA, BIT_ULL(5) | BIT_ULL(6) },
		{ l72, L72_EDX_PSFD, BIT_ULL(7) },
		{ l72, L72_EDX_DDPD_U, BIT_ULL(8) },
		{ l72, L72_EDX_BHI, BIT_ULL(10) },
	};
	u64 allowed = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(has); i++)
		if (has[i].word & has[i].bit)
			allowed |= has[i].bits;
	return allowed;
}

u32 vcpuid_phys_bits(const struct vcpuid_table *table)
{
	return table_regs(table, 0x80000008, 0).eax & 0xff ?: 36;
}

u64 vcpuid_xcr0_allowed(const struct vcpuid_table *table)
{
	struct vcpuid_regs r = table_regs(table, 0xd, 0);

	return (u64)r.edx << 32 | r.eax;
}

bool vcpuid_xcr0_valid(u64 xcr0, u64 allowed)
{
	static const u64 pairs[] = { XCR0_MPX, XCR0_AVX512, XCR0_AMX };
	u32 i;

	if (xcr0 & ~allowed || !(xcr0 & XCR0_X87))
		return false;
	if (xcr0 & XCR0_AVX && !(xcr0 & XCR0_SSE))
		return false;
	if (xcr0 & XCR0_AVX512 && !(xcr0 & XCR0_AVX))
		return false;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (xcr0 & pairs[i] && (xcr0 & pairs[i]) != pairs[i])
			return false;
	return true;
}
