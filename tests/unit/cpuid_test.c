// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/cpuid.c, on an invented host that has every
 * bit, and on one that has few.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/cpuid.h"

#define ALL_FEATURES 0x7ffe /* everything but LA57 */

static struct vcpuid_table table;
static struct vcpuid_policy policy;
static struct vcpuid_cpu cpu;

/* Has everything: all feature bits, AVX-512 and PKRU state, 46 address bits. */
static void rich(void *opaque, u32 leaf, u32 sub, struct vcpuid_regs *r)
{
	static const struct vcpuid_regs xsave[] = {
		[2] = { 256, 576, 0, 0 }, [3] = { 64, 960, 0, 0 },
		[4] = { 64, 1024, 0, 0 }, [5] = { 64, 1088, 0, 0 },
		[6] = { 512, 1152, 0, 0 }, [7] = { 1024, 1664, 2, 0 },
		[9] = { 8, 2688, 0, 0 },
	};

	(void)opaque;
	*r = (struct vcpuid_regs){ ~0u, ~0u, ~0u, ~0u };
	switch (leaf) {
	case 0:
		*r = (struct vcpuid_regs){ 0x20, 0x756e6547, 0x6c65746e,
					   0x49656e69 };
		break;
	case 1:
		r->ebx = 0x11400800;
		break;
	case 4:
		*r = (struct vcpuid_regs){ 0 };
		if (sub < 2)
			r->eax = 0x21 | 0xfffc000; /* data, level 1 */
		else if (sub == 2)
			r->eax = 0x63 | 0xfffc000; /* unified, level 3 */
		break;
	case 0xd:
		if (sub == 1)
			break;
		*r = sub < 10 ? xsave[sub] : (struct vcpuid_regs){ 0 };
		break;
	case 0x80000000:
		r->eax = 0x80000020;
		break;
	case 0x80000008:
		r->eax = 0x392e; /* 57 linear, 46 physical */
		break;
	}
}

/* Has nothing: the smallest processor with the needed leaves. */
static void poor(void *opaque, u32 leaf, u32 sub, struct vcpuid_regs *r)
{
	(void)opaque;
	(void)sub;
	*r = (struct vcpuid_regs){ 0 };
	if (leaf == 0)
		*r = (struct vcpuid_regs){ 2, 0x68747541, 0x444d4163,
					   0x69746e65 };
	if (leaf == 0x80000000)
		r->eax = 0x80000008;
	if (leaf == 0x80000008)
		r->eax = 0x3024;
}

static void setup(void)
{
	policy = (struct vcpuid_policy){
		.host = rich,
		.features = ALL_FEATURES,
		.xcr0 = 0xe7,
		.nr_cpus = 4,
		.gpa_bits = 40,
	};
	cpu = (struct vcpuid_cpu){ .apic_id = 3,
				   .xcr0 = 1,
				   .apic_enabled = true };
	ck_assert_int_eq(vcpuid_table_init(&table, &policy), 0);
}

static struct vcpuid_regs q(u32 leaf, u32 sub)
{
	struct vcpuid_regs r;

	vcpuid_query(&table, &cpu, leaf, sub, &r);
	return r;
}

START_TEST(vendor_and_range)
{
	const struct vcpuid_regs want = { 2, 4, 0x201, 3 };
	struct vcpuid_regs top;

	ck_assert_uint_eq(q(0, 0).eax, 0x1f);
	ck_assert_uint_eq(q(0, 0).ebx, 0x756e6547);
	ck_assert_uint_eq(q(0x80000000, 0).eax, 0x80000008);
	/* Intel: out of range is the highest basic leaf, with its subleaf. */
	top = q(0x1f, 1);
	ck_assert_mem_eq(&top, &want, sizeof(top));
	ck_assert_uint_eq(q(0x20, 1).eax, top.eax);
	ck_assert_uint_eq(q(0x80000009, 1).ebx, top.ebx);
	/* ... but not in the hypervisors' range. */
	ck_assert_uint_eq(q(0x40000002, 0).eax, 0);
	ck_assert_uint_eq(q(0x40000102, 0).eax, 0);
	ck_assert_uint_eq(q(0x40000200, 0).eax, 0);

	policy.host = poor;
	ck_assert_int_eq(vcpuid_table_init(&table, &policy), 0);
	ck_assert_uint_eq(q(0, 0).eax, 0xd);
	ck_assert_uint_eq(q(0x77, 0).eax | q(0x80000077, 0).eax, 0);
}
END_TEST

START_TEST(hidden)
{
	struct vcpuid_regs r = q(1, 0);

	ck_assert_uint_eq(r.ecx & (1u << 5), 0); /* VMX */
	ck_assert_uint_eq(r.ecx & (1u << 6), 0); /* SMX */
	ck_assert_uint_eq(r.ecx & (1u << 3), 0); /* MONITOR */
	ck_assert_uint_eq(r.ecx & (1u << 15), 0); /* PDCM */
	ck_assert_uint_eq(r.ecx & (1u << 31), 1u << 31); /* hypervisor */
	ck_assert_uint_eq(r.edx & (1u << 22 | 1u << 29 | 1u << 21), 0);
	r = q(0x80000001, 0);
	ck_assert_uint_eq(r.ecx & (1u << 2), 0); /* SVM */
	r = q(7, 0);
	ck_assert_uint_eq(r.ebx & (1u << 1), 1u << 1); /* TSC_ADJUST, always */
	ck_assert_uint_eq(r.ebx & (1u << 2), 0); /* SGX */
	ck_assert_uint_eq(r.ebx & (1u << 25), 0); /* PT */
	ck_assert_uint_eq(r.ecx & (1u << 5), 0); /* WAITPKG */
	ck_assert_uint_eq(r.ecx & (1u << 16), 0); /* LA57 */
	ck_assert_uint_eq(q(5, 0).eax | q(6, 0).eax | q(0xa, 0).eax, 0);
	ck_assert_uint_eq(q(0xf, 0).eax | q(0x14, 0).eax | q(0x12, 0).eax, 0);
}
END_TEST

START_TEST(signature)
{
	struct vcpuid_regs r = q(VCPUID_HV_BASE, 0);

	ck_assert_mem_eq(&r.ebx, "axvmaxvmaxvm", 12);
	ck_assert_uint_eq(r.eax, VCPUID_HV_MAX);
	/* The second interface: of its features one bit, of its hints none. */
	r = q(0x40000100, 0);
	ck_assert_mem_eq(&r.ebx, "KVMKVMKVM\0\0\0", 12);
	ck_assert_uint_eq(r.eax, 0x40000101);
	r = q(0x40000101, 0);
	ck_assert_uint_eq(r.eax, 1 << 1);
	ck_assert_uint_eq(r.ebx | r.ecx | r.edx, 0);
	policy.features &= ~VCPUID_WITH_KVM;
	ck_assert_int_eq(vcpuid_table_init(&table, &policy), 0);
	ck_assert_uint_eq(q(0x40000100, 0).eax | q(0x40000100, 0).ebx, 0);
	ck_assert_uint_eq(q(0x40000101, 0).eax, 0);
}
END_TEST

START_TEST(per_cpu)
{
	ck_assert_uint_eq(q(1, 0).ebx, 0x03040800); /* id 3, 4 CPUs, CLFLUSH */
	ck_assert_uint_eq(q(1, 0).ecx & 1u << 27, 0);
	cpu.cr4 = 1ull << 18;
	ck_assert_uint_eq(q(1, 0).ecx & 1u << 27, 1u << 27); /* OSXSAVE */
	ck_assert_uint_eq(q(1, 0).edx & 1u << 9, 1u << 9);
	cpu.apic_enabled = false;
	ck_assert_uint_eq(q(1, 0).edx & 1u << 9, 0);
	ck_assert_uint_eq(q(0xb, 0).edx, 3);
	ck_assert_uint_eq(q(0xb, 1).edx, 3);
	ck_assert_uint_eq(q(0xb, 5).edx, 3);
	ck_assert_uint_eq(q(0xb, 0).ecx, 0x100);
	ck_assert_uint_eq(q(0xb, 1).ecx, 0x201);
	ck_assert_uint_eq(q(0xb, 1).eax, 2); /* 4 CPUs: 2 bits */
	ck_assert_uint_eq(q(0xb, 1).ebx, 4);
}
END_TEST

/* XSAVE sizes: by hand from the invented host's component table. */
START_TEST(xsave)
{
	ck_assert_uint_eq(q(0xd, 0).eax, 0xe7);
	ck_assert_uint_eq(q(0xd, 0).ecx, 2688); /* all offered */
	ck_assert_uint_eq(q(0xd, 0).ebx, 576); /* XCR0 = 1 */
	cpu.xcr0 = 7;
	ck_assert_uint_eq(q(0xd, 0).ebx, 832);
	cpu.xcr0 = 0xe7;
	ck_assert_uint_eq(q(0xd, 0).ebx, 2688);
	/* Compacted: 576 + 256 + 64 + 512, aligned to 64, + 1024 */
	ck_assert_uint_eq(q(0xd, 1).ebx, 1408 + 1024);
	ck_assert_uint_eq(q(0xd, 3).eax, 0); /* MPX not offered */
	ck_assert_uint_eq(q(0xd, 9).eax, 0); /* PKRU not offered */
	ck_assert_uint_eq(q(0xd, 62).eax, 0);
	policy.xcr0 = 3;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(1, 0).ecx & (1u << 28 | 1u << 12), 0); /* AVX */
	ck_assert_uint_eq(q(7, 0).ebx & (1u << 5 | 1u << 16), 0);
	ck_assert_uint_eq(q(0xd, 0).ecx, 576);
	policy.features &= ~VCPUID_WITH_XSAVE;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(1, 0).ecx & (1u << 26), 0);
	ck_assert_uint_eq(q(0xd, 0).eax, 0);
}
END_TEST

START_TEST(xcr0_rules)
{
	u64 all = 0x602e7;

	ck_assert(vcpuid_xcr0_valid(1, all));
	ck_assert(vcpuid_xcr0_valid(3, all));
	ck_assert(vcpuid_xcr0_valid(7, all));
	ck_assert(vcpuid_xcr0_valid(0xe7, all));
	ck_assert(vcpuid_xcr0_valid(0x602e7, all));
	ck_assert(!vcpuid_xcr0_valid(0, all));
	ck_assert(!vcpuid_xcr0_valid(2, all)); /* x87 */
	ck_assert(!vcpuid_xcr0_valid(5, all)); /* AVX without SSE */
	ck_assert(!vcpuid_xcr0_valid(0xe3, all)); /* AVX-512 without AVX */
	ck_assert(!vcpuid_xcr0_valid(0x27, all)); /* a part of AVX-512 */
	ck_assert(!vcpuid_xcr0_valid(0xf, all)); /* MPX not allowed */
	ck_assert(!vcpuid_xcr0_valid(0x20003, all)); /* half of AMX */
	ck_assert(!vcpuid_xcr0_valid(1ull << 63 | 1, all));
}
END_TEST

START_TEST(control_registers)
{
	/* All of 22:0 that the rich host allows: not VMXE, SMXE, PKE, LA57. */
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table), 0x370fffull & ~0x1000ull);
	ck_assert_uint_eq(vcpuid_efer_allowed(&table), 0x4d01);
	ck_assert_uint_eq(vcpuid_phys_bits(&table), 40);
	ck_assert_uint_eq(q(0x80000008, 0).eax, 0x3028);
	ck_assert_uint_eq(vcpuid_xcr0_allowed(&table), 0xe7);
	policy.features |= VCPUID_WITH_LA57;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table), 0x371fff & ~0ull);
	policy.host = poor;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table) & (1 << 18 | 1 << 13), 0);
	ck_assert_uint_eq(vcpuid_phys_bits(&table), 36);
}
END_TEST

/* What there is against speculation: leaf 7, and bits of SPEC_CTRL by leaf. */
START_TEST(speculation)
{
	const u32 edx = 1u << 26 | 1u << 27 | 1u << 28 | 1u << 29 | 1u << 31;
	static const struct {
		u32 sub, bit;
		u64 spec_ctrl;
	} bits[] = {
		{ 0, 26, 1 },	 { 0, 27, 2 },	  { 0, 31, 4 },
		{ 2, 0, 1 << 7 }, { 2, 1, 3 << 3 }, { 2, 2, 3 << 5 },
		{ 2, 3, 1 << 8 }, { 2, 4, 1 << 10 },
	};
	u32 i;

	ck_assert_uint_eq(q(7, 0).edx & edx, edx);
	ck_assert_uint_eq(q(7, 0).edx & 1u << 30, 0); /* CORE_CAPABILITIES */
	ck_assert_uint_eq(q(7, 0).eax, 2);
	ck_assert_uint_eq(q(7, 1).eax | q(7, 1).edx, 0);
	ck_assert_uint_eq(q(7, 2).edx, 0x1f); /* MCDT_NO and others: not */
	ck_assert_uint_eq(vcpuid_spec_ctrl_allowed(&table), 0x5ff);

	/* each bit by itself */
	for (i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		struct vcpuid_entry e = { 7, bits[i].sub, VCPUID_SUBLEAVES,
					  { 0, 0, 0, 1u << bits[i].bit } };
		struct vcpuid_entry none = { 7, 2 - bits[i].sub,
					     VCPUID_SUBLEAVES, { 0 } };

		vcpuid_table_set(&table, &e);
		vcpuid_table_set(&table, &none);
		ck_assert_uint_eq(vcpuid_spec_ctrl_allowed(&table),
				  bits[i].spec_ctrl);
	}

	/* without the backend's help none of it is told */
	policy.features &= ~(VCPUID_WITH_SPEC_CTRL | VCPUID_WITH_FLUSH_CMD |
			     VCPUID_WITH_ARCH_CAP);
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(7, 0).edx & edx, 0);
	ck_assert_uint_eq(q(7, 0).eax, 0);
	ck_assert_uint_eq(q(7, 2).edx, 0);
	ck_assert_uint_eq(vcpuid_spec_ctrl_allowed(&table), 0);
	policy.features |= VCPUID_WITH_FLUSH_CMD;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(7, 0).edx & edx, 1u << 28);

	/* nor where the host does not have it */
	policy.host = poor;
	policy.features = ALL_FEATURES;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(7, 0).edx & edx, 0);
	ck_assert_uint_eq(q(7, 0).eax, 0);
}
END_TEST

/* IA32_MISC_ENABLE: leaves above 2 answer as 2 does. */
START_TEST(limit)
{
	cpu.misc_enable = 1 << 22;
	ck_assert_uint_eq(q(0, 0).eax, 2);
	ck_assert_uint_eq(q(0, 0).ebx, 0x756e6547);
	ck_assert_uint_eq(q(7, 0).ebx, q(2, 0).ebx);
	ck_assert_uint_eq(q(0xd, 0).eax, q(2, 0).eax);
	ck_assert_uint_eq(q(0x80000000, 0).eax, 0x80000008);
	ck_assert_uint_eq(q(VCPUID_HV_BASE, 0).eax, VCPUID_HV_MAX);
}
END_TEST

/* What a user hides, and what follows from it. */
START_TEST(hiding)
{
	static struct vcpuid_hidden hidden;
	const struct vcpuid_regs fsgsbase = { .ebx = 1 << 0 };
	const struct vcpuid_regs smep = { .ebx = 1 << 7 };
	const struct vcpuid_regs all = { ~0u, ~0u, ~0u, ~0u };
	u32 i;

	/* CR4 bits go with their features, the rest stays */
	hidden.n = 0;
	policy.hidden = &hidden;
	ck_assert_int_eq(vcpuid_hide(&hidden, 7, 0, &fsgsbase), 0);
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(7, 0).ebx & 1, 0);
	ck_assert_uint_eq(q(7, 0).ebx & 1 << 7, 1 << 7);
	ck_assert_uint_eq(vcpuid_row(&table, 7, 0).ebx, q(7, 0).ebx);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table) & 1 << 16, 0);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table) & 1 << 20, 1 << 20);

	/* again: instead of what was hidden */
	ck_assert_int_eq(vcpuid_hide(&hidden, 7, 0, &smep), 0);
	ck_assert_uint_eq(hidden.n, 1);
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table) & 1 << 16, 1 << 16);
	ck_assert_uint_eq(vcpuid_cr4_allowed(&table) & 1 << 20, 0);

	/* one subleaf is not another; a leaf that is not there stays so */
	ck_assert_int_eq(vcpuid_hide(&hidden, 0xd, 2, &all), 0);
	ck_assert_int_eq(vcpuid_hide(&hidden, 0x33, 0, &all), 0);
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(q(0xd, 2).eax, 0);
	ck_assert_uint_ne(q(0xd, 5).eax, 0);
	ck_assert_uint_eq(vcpuid_row(&table, 0x33, 0).eax, 0);

	/* OSXSAVE is told of XSAVE alone */
	ck_assert_int_eq(vcpuid_hide(&hidden, 1, 0, &all), 0);
	vcpuid_table_init(&table, &policy);
	cpu.cr4 = 1 << 18;
	ck_assert_uint_eq(q(1, 0).ecx | q(1, 0).edx, 0);

	for (i = hidden.n; i < VCPUID_MAX_HIDDEN; i++)
		ck_assert_int_eq(vcpuid_hide(&hidden, 0x1000 + i, 0, &all), 0);
	ck_assert_int_eq(vcpuid_hide(&hidden, 0x2000, 0, &all), -ENOSPC);
	ck_assert_int_eq(vcpuid_hide(&hidden, 7, 0, &all), 0);
}
END_TEST

/* MSRs are there if CPUID tells of them. */
START_TEST(msr_features)
{
	static const struct {
		u32 leaf, sub;
		struct vcpuid_regs bits;
		u32 feature;
	} of[] = {
		{ 1, 0, { .ecx = 1 << 21 }, VCPUID_WITH_X2APIC },
		{ 1, 0, { .ecx = 1 << 24 }, VCPUID_WITH_TSC_DEADLINE },
		{ 7, 0, { .edx = 1u << 26 | 1u << 27 | 1u << 31 },
		  VCPUID_WITH_SPEC_CTRL },
		{ 7, 0, { .edx = 1 << 28 }, VCPUID_WITH_FLUSH_CMD },
		{ 7, 0, { .edx = 1 << 29 }, VCPUID_WITH_ARCH_CAP },
		{ 0xd, 1, { .eax = 1 << 3 }, VCPUID_WITH_XSAVES },
	};
	static struct vcpuid_hidden hidden;
	u32 i, everything = VCPUID_WITH_RDTSCP;

	for (i = 0; i < sizeof(of) / sizeof(*of); i++)
		everything |= of[i].feature;
	ck_assert_uint_eq(vcpuid_features(&table), everything);
	policy.hidden = &hidden;
	for (i = 0; i < sizeof(of) / sizeof(*of); i++) {
		hidden.n = 0;
		vcpuid_hide(&hidden, of[i].leaf, of[i].sub, &of[i].bits);
		vcpuid_table_init(&table, &policy);
		ck_assert_uint_eq(vcpuid_features(&table),
				  everything & ~of[i].feature);
	}
	/* TSC_AUX is for RDTSCP and for RDPID */
	hidden.n = 0;
	vcpuid_hide(&hidden, 0x80000001, 0,
		    &(struct vcpuid_regs){ .edx = 1 << 27 });
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_features(&table), everything);
	vcpuid_hide(&hidden, 7, 0, &(struct vcpuid_regs){ .ecx = 1 << 22 });
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_features(&table),
			  everything & ~VCPUID_WITH_RDTSCP);
	policy.host = poor;
	policy.hidden = NULL;
	vcpuid_table_init(&table, &policy);
	ck_assert_uint_eq(vcpuid_features(&table) & ~(VCPUID_WITH_X2APIC |
						      VCPUID_WITH_TSC_DEADLINE),
			  0);
}
END_TEST

START_TEST(caches)
{
	/* Level 1 belongs to one CPU, level 3 to all four; 4 cores. */
	ck_assert_uint_eq(q(4, 0).eax >> 14 & 0xfff, 0);
	ck_assert_uint_eq(q(4, 2).eax >> 14 & 0xfff, 3);
	ck_assert_uint_eq(q(4, 0).eax >> 26, 3);
	ck_assert_uint_eq(q(4, 3).eax, 0);
}
END_TEST

START_TEST(overrides)
{
	struct vcpuid_entry e = { 0x33, 0, 0, { 1, 2, 3, 4 } };
	u32 i, before = table.n;

	ck_assert_int_eq(vcpuid_table_set(&table, &e), 0);
	e.regs.eax = 9;
	ck_assert_int_eq(vcpuid_table_set(&table, &e), 0);
	ck_assert_uint_eq(table.n, before + 1);
	for (i = 1; i < table.n; i++) {
		const struct vcpuid_entry *a = &table.entry[i - 1];
		const struct vcpuid_entry *b = &table.entry[i];

		ck_assert(a->leaf < b->leaf ||
			  (a->leaf == b->leaf && a->subleaf < b->subleaf));
	}
	e.flags = 2;
	ck_assert_int_eq(vcpuid_table_set(&table, &e), -EINVAL);
	e.flags = VCPUID_SUBLEAVES;
	for (i = 0; i < VCPUID_MAX_ENTRIES; i++) {
		e.leaf = 0x1000 + i;
		if (vcpuid_table_set(&table, &e))
			break;
	}
	ck_assert_uint_eq(table.n, VCPUID_MAX_ENTRIES);
	ck_assert_int_eq(vcpuid_table_set(&table, &e), -ENOSPC);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpuid");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, vendor_and_range);
	tcase_add_test(t, hidden);
	tcase_add_test(t, signature);
	tcase_add_test(t, per_cpu);
	tcase_add_test(t, xsave);
	tcase_add_test(t, xcr0_rules);
	tcase_add_test(t, control_registers);
	tcase_add_test(t, speculation);
	tcase_add_test(t, limit);
	tcase_add_test(t, hiding);
	tcase_add_test(t, msr_features);
	tcase_add_test(t, caches);
	tcase_add_test(t, overrides);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
