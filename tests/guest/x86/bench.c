// SPDX-License-Identifier: GPL-2.0
/*
 * One operation again and again, timed by the guest's own TSC: what a round
 * trip out of the guest costs.  Run by tests/bench under axvm and KVM.
 */
#include "lib.h"
#include "bench.h"

#define MSR_APIC_BASE 0x1b
#define MSR_MISC_ENABLE 0x1a0
#define MSR_UCODE_REV 0x8b
#define MSR_TSC_DEADLINE 0x6e0
#define MSR_X2APIC_ID 0x802
#define MSR_X2APIC_EOI 0x80b
#define MSR_X2APIC_SVR 0x80f
#define MSR_X2APIC_ICR 0x830
#define MSR_X2APIC_LVT_TIMER 0x832
#define MSR_X2APIC_SELF_IPI 0x83f
#define APIC_BASE_X2APIC (1u << 10)
#define APIC_ENABLED 0x1ff
#define LVT_TSC_DEADLINE (2u << 17)

#define PD3 0x75000ull /* tables for the local APIC's page */
#define PD1 0x76000ull /* and for the second GiB */
#define PDPT 0x71000ull
#define APIC_PAGE 0xfee00000ull
#define APIC_ID 0x20
#define IOAPIC_PAGE 0xfec00000ull
#define ICR_SELF (1u << 18)

static volatile u64 taken[8];
static u64 self;

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr"
		     :
		     : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32))
		     : "memory");
}

static void count(struct trap_frame *frame)
{
	(void)frame;
	taken[0]++;
	wrmsr(MSR_X2APIC_EOI, 0);
}

/* vCPU 1 has its own word: nobody else writes it. */
static void count_remote(struct trap_frame *frame)
{
	(void)frame;
	taken[1]++;
	wrmsr(MSR_X2APIC_EOI, 0);
}

static void count_shared(struct trap_frame *frame)
{
	(void)frame;
	OUT(BENCH_TAKEN)++;
	wrmsr(MSR_X2APIC_EOI, 0);
}

static void apic_on(void)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	wrmsr(MSR_X2APIC_SVR, APIC_ENABLED);
}

static void apic_page_map(u64 page)
{
	volatile u64 *pd = (u64 *)PD3, *pdpt = (u64 *)PDPT;

	pd[page >> 21 & 511] = (page & ~0x1fffffull) | 0x9b;
	pdpt[3] = PD3 | 3;
}

static void second_gib_map(void)
{
	volatile u64 *pd = (u64 *)PD1, *pdpt = (u64 *)PDPT;
	unsigned int i;

	for (i = 0; i < 512; i++)
		pd[i] = (1ull << 30 | (u64)i << 21) | 0x83;
	pdpt[1] = PD1 | 3;
}

/* Between these a Bochs counts (tests/bench/bochs_count.cc). */
static inline void mark(u64 which)
{
	asm volatile("prefetcht0 (%0)" : : "r"(which) : "memory");
}

#define MARK_BEGIN mark(0x5d5d5d01)
#define MARK_END mark(0x5d5d5d02)

#define LOOP(stmt)                                   \
	do {                                         \
		for (b = 0; b < batches; b++) {      \
			begin = rdtsc();             \
			MARK_BEGIN;                  \
			for (i = 0; i < rounds; i++) \
				stmt;                \
			MARK_END;                    \
			OUT(b) = rdtsc() - begin;    \
		}                                    \
	} while (0)

static inline void null(void)
{
	asm volatile("");
}

static inline void do_cpuid(void)
{
	u32 a = 0, b, c = 0, d;

	asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
}

static inline void do_call(void)
{
	u64 nr = 1;

	asm volatile("vmcall" : "+a"(nr) : : "memory");
}

static inline u32 read32(u64 address)
{
	return *(volatile u32 *)address;
}

static inline void do_self_ipi(void)
{
	u64 before = taken[0];

	wrmsr(MSR_X2APIC_SELF_IPI, BENCH_X86_VECTOR);
	while (taken[0] == before)
		asm volatile("pause");
}

static inline void do_icr_self(void)
{
	u64 before = taken[0];

	wrmsr(MSR_X2APIC_ICR, ICR_SELF | BENCH_X86_VECTOR);
	while (taken[0] == before)
		asm volatile("pause");
}

static inline void do_ipi(void)
{
	u64 before = taken[1];

	wrmsr(MSR_X2APIC_ICR, 1ull << 32 | BENCH_X86_VECTOR);
	while (taken[1] == before)
		asm volatile("pause");
}

static void timer(u64 rounds, u64 batches, u64 ticks, int halt)
{
	u64 b, i, sum, begin, before;

	wrmsr(MSR_X2APIC_LVT_TIMER, LVT_TSC_DEADLINE | BENCH_X86_VECTOR);
	for (b = 0; b < batches; b++) {
		sum = 0;
		MARK_BEGIN;
		for (i = 0; i < rounds; i++) {
			before = taken[0];
			asm volatile("cli");
			begin = rdtsc();
			wrmsr(MSR_TSC_DEADLINE, begin + ticks);
			asm volatile("sti");
			if (halt)
				asm volatile("hlt");
			while (taken[0] == before)
				asm volatile("pause");
			sum += rdtsc() - begin - ticks;
		}
		MARK_END;
		OUT(b) = sum;
	}
}

static void wait_for_ever(int halt)
{
	irq_handler = count_shared;
	apic_on();
	OUT(BENCH_READY) = 1;
	asm volatile("sti");
	for (;;)
		if (halt)
			asm volatile("hlt");
		else
			asm volatile("pause");
}

static void secondary(void)
{
	apic_on();
	OUT(BENCH_READY + self) = 1;
	asm volatile("sti");
	for (;;)
		if (ARG(3))
			asm volatile("hlt");
		else
			asm volatile("pause");
}

static void run(u64 op, u64 rounds, u64 batches)
{
	u64 b, i, begin, at = ARG(3), stride = ARG(4);

	switch (op) {
	case BENCH_NULL:
		LOOP(null());
		break;
	case BENCH_CPUID:
		LOOP(do_cpuid());
		break;
	case BENCH_CALL:
		LOOP(do_call());
		break;
	case BENCH_REG_READ:
		LOOP(rdmsr(MSR_MISC_ENABLE));
		break;
	case BENCH_REG_WRITE:
		LOOP(wrmsr(MSR_UCODE_REV, 0));
		break;
	case BENCH_PIO_KERNEL:
		LOOP(inb(0x21));
		break;
	case BENCH_MMIO_KERNEL:
		apic_page_map(APIC_PAGE);
		LOOP(read32(APIC_PAGE + APIC_ID));
		break;
	case BENCH_IOAPIC:
		apic_page_map(IOAPIC_PAGE);
		LOOP(read32(IOAPIC_PAGE));
		break;
	case BENCH_PIO_USER:
		LOOP(inl(BENCH_X86_USER));
		break;
	case BENCH_MMIO_USER:
		LOOP(read32(BENCH_X86_MMIO));
		break;
	case BENCH_TOUCH:
		second_gib_map();
		LOOP(({
			*(volatile u64 *)at = 1;
			at += stride;
		}));
		break;
	case BENCH_SELF_IPI:
		apic_on();
		asm volatile("sti");
		LOOP(do_self_ipi());
		break;
	case BENCH_ICR_SELF:
		apic_on();
		asm volatile("sti");
		LOOP(do_icr_self());
		break;
	case BENCH_IPI:
		irq_handler = count_remote;
		apic_on();
		while (!OUT(BENCH_READY + 1))
			asm volatile("pause");
		LOOP(do_ipi());
		break;
	case BENCH_TIMER:
	case BENCH_TIMER_HALT:
		apic_on();
		timer(rounds, batches, ARG(3), op == BENCH_TIMER_HALT);
		break;
	}
}

void guest_main(u64 index)
{
	u64 op = ARG(0);

	self = index;
	if (op == BENCH_IRQ_SPIN || op == BENCH_IRQ_HALT)
		wait_for_ever(op == BENCH_IRQ_HALT);
	while (op == BENCH_HALT)
		asm volatile("cli; hlt");
	if (index)
		secondary();
	irq_handler = count;
	run(op, ARG(1), ARG(2));
	outl(BENCH_X86_DONE, 1);
}
