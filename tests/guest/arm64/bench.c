// SPDX-License-Identifier: GPL-2.0
/*
 * One operation again and again, timed by the guest's own counter: what a
 * round trip out of the guest costs.  Run by tests/bench under axvm and KVM.
 */
#include "lib.h"
#include "bench.h"

#define PSCI_VERSION 0x84000000u
#define GICD_CTLR BENCH_A64_GICD
#define GICD_TYPER (BENCH_A64_GICD + 0x4)
#define GICD_IGROUPR(n) (BENCH_A64_GICD + 0x80 + 4 * (n))
#define GICD_ISENABLER(n) (BENCH_A64_GICD + 0x100 + 4 * (n))
#define GICD_IPRIORITYR(irq) (BENCH_A64_GICD + 0x400 + ((irq) & ~3))
#define GICD_ICFGR(irq) (BENCH_A64_GICD + 0xc00 + (irq) / 16 * 4)
#define GICD_IROUTER(irq) (BENCH_A64_GICD + 0x6000 + 8 * (irq))
#define GICR_WAKER 0x14
#define GICR_SGI 0x10000
#define GICR_BYTES 0x20000
#define VTIMER_PPI 27
#define SGI 1

static volatile u64 taken[2];

static inline u32 read32(u64 address)
{
	u32 v;

	/* One instruction that hardware describes: no writeback, no pair. */
	asm volatile("ldr %w0, [%1]" : "=r"(v) : "r"(address) : "memory");
	return v;
}

static inline void write32(u64 address, u32 v)
{
	asm volatile("str %w0, [%1]" : : "r"(v), "r"(address) : "memory");
}

static inline u64 now(void)
{
	u64 v;

	asm volatile("isb; mrs %0, cntvct_el0" : "=r"(v) : : "memory");
	return v;
}

static u32 gic_ack(void)
{
	u32 irq = READ(S3_0_C12_C12_0);

	asm volatile("dsb sy");
	return irq;
}

static void gic_end(u32 irq)
{
	WRITE(S3_0_C12_C12_1, irq);
}

static void count(void)
{
	u32 irq = gic_ack();

	if (irq == VTIMER_PPI)
		WRITE(cntv_ctl_el0, 0);
	if (irq < 1020) {
		taken[0]++;
		gic_end(irq);
	}
}

static void count_remote(void)
{
	u32 irq = gic_ack();

	if (irq < 1020) {
		taken[1]++;
		gic_end(irq);
	}
}

static void count_shared(void)
{
	u32 irq = gic_ack();

	if (irq < 1020) {
		OUT(BENCH_TAKEN)++;
		gic_end(irq);
	}
}

static void gic_on(u64 index)
{
	u64 gicr = BENCH_A64_GICR + GICR_BYTES * index;
	unsigned int i;

	if (!index) {
		write32(GICD_CTLR, 0x12); /* ARE, group 1 */
		write32(GICD_IGROUPR(1), ~0u);
		write32(GICD_IPRIORITYR(BENCH_A64_SPI), 0);
		write32(GICD_ICFGR(BENCH_A64_SPI),
			2u << BENCH_A64_SPI % 16 * 2); /* edge */
		write32(GICD_IROUTER(BENCH_A64_SPI), 0);
		write32(GICD_ISENABLER(BENCH_A64_SPI / 32),
			1u << BENCH_A64_SPI % 32);
	}
	write32(gicr + GICR_WAKER, 0);
	while (read32(gicr + GICR_WAKER) & 4)
		;
	write32(gicr + GICR_SGI + 0x80, ~0u);
	for (i = 0; i < 32; i += 4)
		write32(gicr + GICR_SGI + 0x400 + i, 0);
	write32(gicr + GICR_SGI + 0x100, 1u << SGI | 1u << VTIMER_PPI);
	WRITE(S3_0_C12_C12_5, 7);
	WRITE(S3_0_C4_C6_0, 0xf0);
	WRITE(S3_0_C12_C12_7, 1);
}

static void irqs_on(void)
{
	asm volatile("msr daifclr, #2" : : : "memory");
}

/* Between these a TCG plugin counts (tests/bench/count_plugin.c). */
#define MARK_BEGIN asm volatile("hint #0x5d" : : : "memory")
#define MARK_END asm volatile("hint #0x5e" : : : "memory")

#define LOOP(stmt)                                   \
	do {                                         \
		for (b = 0; b < batches; b++) {      \
			begin = now();               \
			MARK_BEGIN;                  \
			for (i = 0; i < rounds; i++) \
				stmt;                \
			MARK_END;                    \
			OUT(b) = now() - begin;      \
		}                                    \
	} while (0)

static inline void null(void)
{
	asm volatile("");
}

static inline void do_call(void)
{
	register u64 x0 asm("x0") = PSCI_VERSION;

	asm volatile("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

static inline void relax(void)
{
	asm volatile("yield" : : : "memory");
}

static inline void do_self_ipi(void)
{
	u64 before = taken[0];

	WRITE(S3_0_C12_C11_5, (u64)SGI << 24 | 1);
	while (taken[0] == before)
		relax();
}

static inline void do_ipi(void)
{
	u64 before = taken[1];

	WRITE(S3_0_C12_C11_5, (u64)SGI << 24 | 2);
	while (taken[1] == before)
		relax();
}

static void timer(u64 rounds, u64 batches, u64 ticks, int halt)
{
	u64 b, i, sum, begin, before;

	for (b = 0; b < batches; b++) {
		sum = 0;
		MARK_BEGIN;
		for (i = 0; i < rounds; i++) {
			before = taken[0];
			begin = now();
			WRITE(cntv_cval_el0, begin + ticks);
			WRITE(cntv_ctl_el0, 1);
			if (halt)
				asm volatile("msr daifset, #2; wfi; "
					     "msr daifclr, #2");
			while (taken[0] == before)
				relax();
			sum += now() - begin - ticks;
		}
		MARK_END;
		OUT(b) = sum;
	}
}

static void wait_for_ever(int halt)
{
	irq_handler = count_shared;
	gic_on(0);
	irqs_on();
	OUT(BENCH_READY) = 1;
	for (;;)
		if (halt)
			asm volatile("wfi");
		else
			relax();
}

static void secondary(u64 index)
{
	gic_on(index);
	irqs_on();
	OUT(BENCH_READY + index) = 1;
	for (;;)
		if (ARG(3))
			asm volatile("wfi");
		else
			relax();
}

static void run(u64 op, u64 rounds, u64 batches)
{
	u64 b, i, begin, at = ARG(3), stride = ARG(4);

	switch (op) {
	case BENCH_NULL:
		LOOP(null());
		break;
	case BENCH_CALL:
		LOOP(do_call());
		break;
	case BENCH_REG_READ:
		LOOP(READ(id_aa64mmfr0_el1));
		break;
	case BENCH_REG_WRITE:
		LOOP(({ asm volatile("msr osdlr_el1, xzr"); }));
		break;
	case BENCH_MMIO_KERNEL:
		at = ARG(5);
		LOOP(read32(at));
		break;
	case BENCH_MMIO_USER:
		LOOP(read32(BENCH_A64_USER));
		break;
	case BENCH_TOUCH:
		LOOP(({
			*(volatile u64 *)at = 1;
			at += stride;
		}));
		break;
	case BENCH_SELF_IPI:
		gic_on(0);
		irqs_on();
		LOOP(do_self_ipi());
		break;
	case BENCH_IPI:
		irq_handler = count_remote;
		gic_on(0);
		while (!OUT(BENCH_READY + 1))
			relax();
		LOOP(do_ipi());
		break;
	case BENCH_TIMER:
	case BENCH_TIMER_HALT:
		gic_on(0);
		irqs_on();
		timer(rounds, batches, ARG(3), op == BENCH_TIMER_HALT);
		break;
	}
}

void guest_main(u64 index)
{
	u64 op = ARG(0);

	if (op == BENCH_IRQ_SPIN || op == BENCH_IRQ_HALT)
		wait_for_ever(op == BENCH_IRQ_HALT);
	while (op == BENCH_HALT)
		asm volatile("wfi");
	if (index)
		secondary(index);
	irq_handler = count;
	run(op, ARG(1), ARG(2));
	write32(BENCH_A64_DONE, 1);
}
