/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guest bench.c and the benchmark that runs it share: operations and
 * the addresses they go to.  The same image runs under axvm and KVM.
 */
#ifndef AXVM_GUEST_BENCH_H
#define AXVM_GUEST_BENCH_H

/*
 * ARG 0: BENCH_*, ARG 1: rounds per batch, ARG 2: batches, ARG 3: see below.
 * OUT b: ticks of the guest's counter for batch b.  A write to BENCH_*_DONE,
 * answered by userspace, ends it.
 */
#define BENCH_NULL 0 /* the loop alone */
#define BENCH_CPUID 1
#define BENCH_CALL 2 /* VMCALL 1; HVC PSCI_VERSION */
#define BENCH_REG_READ 3 /* MISC_ENABLE; ID_AA64MMFR0_EL1 */
#define BENCH_REG_WRITE 4 /* UCODE_REV; OSDLR_EL1 */
#define BENCH_PIO_KERNEL 5 /* interrupt mask of the PIC */
#define BENCH_MMIO_KERNEL 6 /* local APIC's ID; GICD_TYPER, or UART's flags */
#define BENCH_PIO_USER 7
#define BENCH_MMIO_USER 8
#define BENCH_TOUCH 9 /* ARG 3: first address, ARG 4: stride */
#define BENCH_SELF_IPI 10
#define BENCH_IPI 11 /* ARG 3: vCPU 1 sleeps (1) or spins (0) */
#define BENCH_TIMER 12 /* ARG 3: ticks until it fires; taken off */
#define BENCH_TIMER_HALT 13 /* likewise, asleep meanwhile */
#define BENCH_IRQ_SPIN 14 /* for ever: count in OUT 0 what arrives */
#define BENCH_IRQ_HALT 15
#define BENCH_FIRST 16 /* done at once */
#define BENCH_HALT 17 /* sleep with interrupts masked, for ever */
#define BENCH_IOAPIC 18 /* x86: IOAPIC's index register */
#define BENCH_ICR_SELF 19 /* x86: self-IPI by the x2APIC's ICR */

/* OUT 0: interrupts taken (BENCH_IRQ_*); OUT 480 + n: vCPU n is ready. */
#define BENCH_TAKEN 0
#define BENCH_READY 480
#define BENCH_BATCHES_MAX 64

#define BENCH_X86_DONE 0x5f8
#define BENCH_X86_USER 0x5f0
#define BENCH_X86_MMIO 0x0e000000 /* mapped by start.S, no memory there */
#define BENCH_X86_TOUCH 0x40000000 /* where BENCH_TOUCH has memory */
#define BENCH_X86_VECTOR 0x51

#define BENCH_A64_DONE 0x0a001000
#define BENCH_A64_USER 0x0a000000
#define BENCH_A64_TOUCH 0x80000000
#define BENCH_A64_UART_FR 0x09000018 /* ARG 5: what BENCH_MMIO_KERNEL reads */
#define BENCH_A64_GICD 0x08000000
#define BENCH_A64_GICR 0x080a0000
#define BENCH_A64_SPI 40

#endif /* AXVM_GUEST_BENCH_H */
