// SPDX-License-Identifier: GPL-2.0
/*
 * Touches every kind of exit that is handled inside, and writes down what the
 * guest saw; the words are named in guest.h.
 */
#include "lib.h"

#define PSCI_VERSION 0x84000000u
#define PSCI_FEATURES 0x8400000au
#define PSCI_AFFINITY_INFO 0xc4000004u
#define PSCI_CPU_ON 0xc4000003u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define SMCCC_VERSION 0x80000000u

static u64 call0(u64 fn)
{
	return hvc(fn, 0, 0, 0, 0, 0, 0, 0);
}

static void do_calls(void)
{
	OUT(A64_PSCI_VERSION) = call0(PSCI_VERSION);
	OUT(A64_PSCI_VERSION_SMC) = smc(PSCI_VERSION, 0, 0, 0, 0, 0, 0, 0);
	OUT(A64_PSCI_UNKNOWN) = call0(0x8400001f);
	OUT(A64_PSCI_FEATURES_ON) =
		hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0, 0, 0, 0, 0);
	OUT(A64_PSCI_AFFINITY_SELF) = hvc(PSCI_AFFINITY_INFO,
					  READ(mpidr_el1) & 0xff00ffffff, 0, 0,
					  0, 0, 0, 0);
	OUT(A64_PSCI_AFFINITY_BAD) =
		hvc(PSCI_AFFINITY_INFO, 0x77, 0, 0, 0, 0, 0, 0);
	OUT(A64_PSCI_ON_SELF) = hvc(PSCI_CPU_ON, READ(mpidr_el1) & 0xff00ffffff,
				    GUEST_ARM64_LOAD, 0, 0, 0, 0, 0);
	OUT(A64_PSCI_ON_BAD) =
		hvc(PSCI_CPU_ON, 0x77, GUEST_ARM64_LOAD, 0, 0, 0, 0, 0);
	OUT(A64_PSCI_MIGRATE_TYPE) = call0(PSCI_MIGRATE_INFO_TYPE);
	OUT(A64_SMCCC_VERSION) = call0(SMCCC_VERSION);
	OUT(A64_SMC_UNKNOWN) = smc(0xdeadbeef, 0, 0, 0, 0, 0, 0, 0);
}

static void do_sysregs(void)
{
	OUT(A64_MIDR) = READ(midr_el1);
	OUT(A64_MPIDR) = READ(mpidr_el1);
	OUT(A64_PFR0) = READ(id_aa64pfr0_el1);
	OUT(A64_DFR0) = READ(id_aa64dfr0_el1);
	OUT(A64_MMFR0) = READ(id_aa64mmfr0_el1);
	OUT(A64_ISAR1) = READ(id_aa64isar1_el1);
	OUT(A64_CURRENTEL) = READ(currentel);
	OUT(A64_PMCR_ESR) = TRY("mrs x0, pmcr_el0", : : : "x0", "memory");
	OUT(A64_UNKNOWN_ESR) = TRY("mrs x0, s3_0_c15_c3_4",
				   :
				   :
				   : "x0", "memory");
	OUT(A64_VBAR_EL2_ESR) = TRY("mrs x0, s3_4_c12_c0_0",
				    :
				    :
				    : "x0", "memory");
	OUT(A64_OSLAR_ESR) = TRY("msr s2_0_c1_c0_4, xzr", : : : "memory");
	OUT(A64_ACTLR_ESR) = TRY("mrs x0, actlr_el1", : : : "x0", "memory");
	WRITE(contextidr_el1, 0x1234);
	WRITE(tpidr_el1, 0x1122334455667788ull);
	WRITE(tpidr_el0, 0x99);
	OUT(A64_CONTEXTIDR) = READ(contextidr_el1);
	OUT(A64_TPIDR) = READ(tpidr_el1) ^ READ(tpidr_el0);
	asm volatile("dc isw, xzr; dc csw, xzr; dc cisw, xzr; dsb sy"
		     :
		     :
		     : "memory");
	OUT(A64_SETWAY_DONE) = 1;
	asm volatile("ic ialluis; tlbi vmalle1is; dsb sy; isb" : : : "memory");
	OUT(A64_MAINTENANCE_DONE) = 1;
}

static void do_faults(void)
{
	u64 v;

	OUT(A64_BRK_ESR) = TRY("brk #0x77", : : : "memory");
	OUT(A64_UDF_ESR) = TRY(".inst 0", : : : "memory");
	OUT(A64_SVC_ESR) = TRY("nop", : : : "memory");
	OUT(A64_ABORT_ESR) = TRY("ldr %0, [%1]",
				 : "=r"(v)
				 : "r"(0x30000000ull)
				 : "memory");
	OUT(A64_ABORT_FAR) = trap_far;
	OUT(A64_ABORT_STORE_ESR) = TRY("str xzr, [%0]",
				       :
				       : "r"(0x30000008ull)
				       : "memory");
}

static void do_waits(void)
{
	u64 before = READ(cntvct_el0);

	asm volatile("sev; wfe; wfe" : : : "memory");
	OUT(A64_WFE_DONE) = 1;
	OUT(A64_COUNTER_FORWARD) = READ(cntvct_el0) > before;
	OUT(A64_CNTFRQ) = READ(cntfrq_el0);
}

void guest_main(u64 index)
{
	(void)index;
	do_calls();
	do_sysregs();
	do_faults();
	do_waits();
	OUT(A64_HVC_RESULT) = hvc(0x1234, 1, 2, 3, 4, 5, 6, 0);
	puts("exits done\n");
}
