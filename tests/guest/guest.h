/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tiny guests and the tests that run them share: where a guest is
 * loaded, the page where it writes what it saw, and the meaning of that
 * page's words.  Included from C and from assembly.
 */
#ifndef AXVM_GUEST_H
#define AXVM_GUEST_H

/* x86: loaded and entered at 0x8000 in real mode, CS base 0. */
#define GUEST_X86_LOAD 0x8000
#define GUEST_X86_RESULTS 0x7000
/* arm64: RAM from 0x40000000, loaded and entered at EL1 there. */
#define GUEST_ARM64_RAM 0x40000000
#define GUEST_ARM64_LOAD 0x40080000
#define GUEST_ARM64_RESULTS 0x40070000

/* Words (64 bit) of the results page; a test may preset those it says. */
#define GUEST_R_MAGIC 0 /* GUEST_MAGIC once the guest runs */
#define GUEST_R_DONE 1 /* GUEST_DONE when it has finished */
#define GUEST_R_FAULTS 2 /* exceptions it did not expect */
#define GUEST_R_VECTOR 3 /* x86: vector of the last one; arm64: ESR */
#define GUEST_R_PC 4 /* where that was */
#define GUEST_R_ARG 8 /* set by the test before START: four arguments */
#define GUEST_R_OUT 16 /* results from here on, per guest */
#define GUEST_R_WORDS 512

#define GUEST_MAGIC 0x6775657374617876 /* "vxatseug" */
#define GUEST_DONE 0xd04e

/* x86/exits.c: result word = GUEST_R_OUT + one of these. */
#define X86_CPUID0_EBX 0
#define X86_CPUID1_ECX 1
#define X86_CPUID_HV_EBX 2
#define X86_CPUID_HV_EAX 3
#define X86_RDMSR_EFER 4
#define X86_RDMSR_PAT 5
#define X86_RDMSR_UNKNOWN_VEC 6 /* 0x100 + vector of the fault, or 0 */
#define X86_WRMSR_UNKNOWN_VEC 7
#define X86_WRMSR_EFER_BAD_VEC 8
#define X86_WRMSR_STAR 9 /* value read back after writing */
#define X86_WRMSR_LSTAR_BAD_VEC 10 /* not canonical */
#define X86_WRMSR_KGS 11
#define X86_CR0_TS_AFTER_SET 12
#define X86_CR0_TS_AFTER_CLTS 13
#define X86_CR0_LMSW 14
#define X86_CR0_BAD_VEC 15 /* PG without PE */
#define X86_CR4_BAD_VEC 16 /* reserved bit */
#define X86_CR4_VMXE_VEC 17
#define X86_CR8 18
#define X86_CR8_BAD_VEC 19
#define X86_XSETBV_VEC 20 /* good value */
#define X86_XSETBV_BAD_VEC 21
#define X86_XCR0 22
#define X86_INVD_VEC 23
#define X86_WBINVD_VEC 24
#define X86_INVLPG_VEC 25
#define X86_RDTSC_FORWARD 26
#define X86_RDTSCP_AUX 27
#define X86_UD2_VEC 28
#define X86_VMXON_VEC 29
#define X86_VMCALL_RESULT 30
#define X86_CR3_ROUND 31
#define X86_CPUID1_EBX 32
#define X86_CPUID_D_EBX 33
#define X86_MONITOR_VEC 34
#define X86_RDPMC_VEC 35
#define X86_CR4_READ 36
#define X86_DR_ROUND 37
#define X86_EXITS_NR 38

/* arm64/exits.c: likewise; *_ESR: ESR_EL1 of the exception taken, or 0. */
#define A64_PSCI_VERSION 0
#define A64_PSCI_VERSION_SMC 1
#define A64_PSCI_UNKNOWN 2
#define A64_PSCI_FEATURES_ON 3
#define A64_PSCI_AFFINITY_SELF 4
#define A64_PSCI_AFFINITY_BAD 5
#define A64_PSCI_ON_SELF 6
#define A64_PSCI_ON_BAD 7
#define A64_PSCI_MIGRATE_TYPE 8
#define A64_SMCCC_VERSION 9
#define A64_SMC_UNKNOWN 10
#define A64_MIDR 11
#define A64_MPIDR 12
#define A64_PFR0 13
#define A64_DFR0 14
#define A64_MMFR0 15
#define A64_ISAR1 16
#define A64_CURRENTEL 17
#define A64_PMCR_ESR 18
#define A64_UNKNOWN_ESR 19
#define A64_VBAR_EL2_ESR 20
#define A64_OSLAR_ESR 21
#define A64_ACTLR_ESR 22
#define A64_CONTEXTIDR 23
#define A64_TPIDR 24
#define A64_SETWAY_DONE 25
#define A64_MAINTENANCE_DONE 26
#define A64_BRK_ESR 27
#define A64_UDF_ESR 28
#define A64_SVC_ESR 29
#define A64_ABORT_ESR 30
#define A64_ABORT_FAR 31
#define A64_ABORT_STORE_ESR 32
#define A64_WFE_DONE 33
#define A64_COUNTER_FORWARD 34
#define A64_CNTFRQ 35
#define A64_HVC_RESULT 36
#define A64_EXITS_NR 37

/* arm64/ldst.c: result word = GUEST_R_OUT + one of these. */
#define A64L_STORE_BASE 0
#define A64L_LDP0 1
#define A64L_LDP1 2
#define A64L_LDPW0 3
#define A64L_LDPW1 4
#define A64L_LDPSW0 5
#define A64L_LDPSW1 6
#define A64L_LDRSB 7
#define A64L_LDRSH 8
#define A64L_LOAD_BASE 9
#define A64L_SIMD 10
#define A64L_SP 11

/* arm64/mmu.c: likewise. */
#define A64M_SCTLR 0
#define A64M_SEEN_CACHED 1
#define A64M_ALIAS 2
#define A64M_READ_ONLY_ESR 3
#define A64M_READ_ONLY_FAR 4
#define A64M_MISSING_ESR 5
#define A64M_MISSING_FAR 6
#define A64M_PAR 7
#define A64M_HOLE_ESR 8

/* arm64/timers.c: word of a vCPU. */
#define A64T_TICKS 0
#define A64T_WORST 1
#define A64T_SUM 2
#define A64T_EARLY 3
#define A64T_LOST 4
#define A64T_SGIS 5
#define A64T_SGI_WORST 6
#define A64T_WORDS 8

/* arm64/hostile.c: ARG 0. */
#define A64H_FAULTS 0 /* nested faults, everywhere */
#define A64H_SGIS 1
#define A64H_TIMERS 2 /* that fire for ever */
#define A64H_WFI 3 /* and its kin, masked */
#define A64H_PSCI 4 /* every function */
#define A64H_CALLS 5 /* HVC and SMC */
#define A64H_POWER 6 /* CPU_ON and CPU_OFF */
#define A64H_CACHES 7 /* maintenance; caches off and on */
#define A64H_TABLES 8 /* in devices and nowhere */
#define A64H_SYSREGS 9 /* every encoding */
#define A64H_FRAMES 10 /* every offset of the interrupt controller */
#define A64H_OVERFLOW 11 /* more than list registers */

/* arm64/cost.c: ARG 0. */
#define COST_BATCH 20
#define A64C_NOTHING 0
#define A64C_HVC 1
#define A64C_GICD 2 /* read of the distributor */
#define A64C_SYSREG 3 /* read of an ID register */
#define A64C_SELF 4 /* SGI to itself, until it has been handled */
#define A64C_IPI 5 /* SGI to the other vCPU, asleep, until it is handled */
#define A64C_VTIMER 6 /* from the time it fires to the handler's end */
#define A64C_PTIMER 7
#define A64C_VTIMER_WFI 8 /* the same, asleep meanwhile */

/*
 * x86/fpu.c, arm64/fpu.c, arm64/el1.c: ARG 0 seed, ARG 1 rounds; OUT 0 mismatches, OUT 1
 * rounds done, OUT 2 (x86) 1 when AVX state was checked too, (el1.c) which.
 * memory.*: ARG 0 first address, ARG 1 bytes, touches a word of every 4 KiB
 * page; OUT 0 pages whose word was not zero before, OUT 1 pages written.
 * counter.*: counts in OUT 0 for ever.
 * irq.*: waits for ARG 0 interrupts; OUT 0 taken, OUT 8 + n taken of vector
 * or INTID n.
 * pingpong.*: vCPUs 0 and 1 pass a word (OUT 0) ARG 0 times; OUT 1 + index
 * turns taken.
 * arm64/pages.c: ARG 0 seed, ARG 1 first address, ARG 2 pages, ARG 3 rounds;
 * OUT 0 words that were not as they had been left, OUT 1 rounds done.
 * io.c, mmio.*, and for x86 insns.c, uart.c, real.S, prot.S: see there.
 */

#endif /* AXVM_GUEST_H */
