// SPDX-License-Identifier: GPL-2.0
/*
 * The local APIC as a guest sees it.  ARG 0 says which part runs (below), ARG 1
 * how many vCPUs there are.  OUT 0: checks that failed; 1-3: line of the first
 * one, what it got, what it wanted; 4: checks made; 5: the TSC's kHz by CPUID.
 */
#include <stdbool.h>

#include "lib.h"

/* What lapic.h calls them, as MSR numbers; MMIO offset = (msr - 0x800) * 16. */
enum {
	ID = 0x802,
	VER = 0x803,
	TPR = 0x808,
	PPR = 0x80a,
	EOI = 0x80b,
	LDR = 0x80d,
	DFR = 0x80e,
	SVR = 0x80f,
	ISR = 0x810,
	TMR = 0x818,
	IRR = 0x820,
	ESR = 0x828,
	ICR = 0x830,
	ICR_HIGH = 0x831,
	LVTT = 0x832,
	LINT0 = 0x835,
	LVTE = 0x837,
	TMICT = 0x838,
	TMCCT = 0x839,
	TDCR = 0x83e,
	SELF = 0x83f,
};
#define APIC_BASE 0x1b
#define DEADLINE 0x6e0
#define BASE_BSP 0x100
#define BASE_X2 0x400
#define BASE_ON 0x800

#define SHORT_SELF 0x40000
#define SHORT_ALL 0x80000
#define SHORT_OTHERS 0xc0000
#define MODE_LOWEST 0x100
#define MODE_NMI 0x400
#define MODE_INIT 0x500
#define MODE_SIPI 0x600
#define LOGICAL 0x800
#define ASSERT 0x4000

#define MAX_CPUS 4
#define PAGE_AT 0xfee00000u
#define MOVED 0x30000000u

static u64 khz; /* of the TSC */
static bool x2;
static u64 page_at = PAGE_AT;

/* ---- checks ------------------------------------------------------------- */

static void check(u64 nr, u64 got, u64 want)
{
	OUT(4)++;
	if (got == want)
		return;
	if (!OUT(0)) {
		OUT(1) = nr;
		OUT(2) = got;
		OUT(3) = want;
	}
	OUT(0)++;
}

#define CHECK(got, want) check(__LINE__, got, want)
#define GP 0x10d

/* ---- registers ------------------------------------------------------------ */

static u64 rdmsr(u32 msr)
{
	u64 v;

	CHECK(try_rdmsr(msr, &v), 0);
	return v;
}

static void wrmsr(u32 msr, u64 v)
{
	u64 fault = try_wrmsr(msr, v);

	if (fault)
		check(msr, fault, 0);
}

static volatile u32 *reg(u32 msr)
{
	return (volatile u32 *)(page_at + (msr - 0x800) * 16);
}

static u32 rd(u32 msr)
{
	return x2 ? rdmsr(msr) : *reg(msr);
}

static void wr(u32 msr, u32 v)
{
	if (x2)
		wrmsr(msr, v);
	else
		*reg(msr) = v;
}

static void icr(u32 dest, u32 low)
{
	if (x2) {
		wrmsr(ICR, (u64)dest << 32 | low);
	} else {
		*reg(ICR_HIGH) = dest << 24;
		*reg(ICR) = low;
	}
}

static u32 my_id(void)
{
	return x2 ? rd(ID) : rd(ID) >> 24;
}

static void sti(void)
{
	asm volatile("sti; nop" : : : "memory");
}

static void cli(void)
{
	asm volatile("cli" : : : "memory");
}

static void halt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

static void pause(void)
{
	asm volatile("pause" : : : "memory");
}

/* Pages for the APIC, which start.S does not map. */
static void map_apic(void)
{
	u64 *pdpt = (u64 *)0x71000, *pd = (u64 *)0x74000;

	pd[(PAGE_AT >> 21) & 511] = (PAGE_AT & ~0x1fffffu) | 0x9b;
	pdpt[3] = (u64)pd | 3;
	asm volatile("mov %0, %%cr3" : : "r"(read_cr3()) : "memory");
}

/* ---- interrupts: a log of vectors by CPU ----------------------------------- */

static volatile u8 order[64];
static volatile u32 taken, nested_vector;
static volatile u64 taken_tsc;
static volatile u32 by_cpu[MAX_CPUS][256];
static volatile u32 nmis[MAX_CPUS];
static volatile bool log_only; /* the handler leaves EOI to others */

static void on_irq(struct trap_frame *frame)
{
	u32 n = taken;

	taken_tsc = rdtsc();
	if (n < sizeof(order))
		order[n] = frame->vector;
	taken = n + 1;
	by_cpu[my_id() % MAX_CPUS][frame->vector & 0xff]++;
	if (log_only)
		return;
	wr(EOI, 0);
}

static void on_nmi(void)
{
	nmis[my_id() % MAX_CPUS]++;
}

static void enable(void)
{
	wr(SVR, 0x1ff);
	irq_handler = on_irq;
	nmi_handler = on_nmi;
}

static void wait_for(volatile u32 *word, u32 value)
{
	u64 until = rdtsc() + khz * 4000;

	while (*word != value && rdtsc() < until)
		pause();
}

static void self(u32 vector)
{
	if (x2)
		wr(SELF, vector);
	else
		icr(0, SHORT_SELF | vector);
}

/* ---- part 1: registers and priorities ------------------------------------------ */

static void vectors_ordered(void)
{
	/* Interrupts off: the highest comes first, one of each. */
	taken = 0;
	self(0x41);
	self(0x72);
	self(0x72);
	self(0x55);
	CHECK(rd(IRR + 2), 1 << 1 | 1 << 21);
	CHECK(rd(IRR + 3), 1 << 18);
	CHECK(taken, 0);
	sti();
	cli();
	CHECK(taken, 3);
	CHECK(order[0], 0x72);
	CHECK(order[1], 0x55);
	CHECK(order[2], 0x41);
	CHECK(rd(IRR + 2) | rd(IRR + 3) | rd(ISR + 2) | rd(ISR + 3), 0);
}

static void priorities(void)
{
	/* TPR and CR8 are one register. */
	wr(TPR, 0x50);
	CHECK(read_cr8(), 5);
	CHECK(rd(PPR), 0x50);
	CHECK(try_write_cr8(6), 0);
	CHECK(rd(TPR), 0x60);
	taken = 0;
	sti();
	self(0x65);
	self(0x5f);
	pause();
	CHECK(taken, 0);
	self(0x70);
	pause();
	CHECK(taken, 1);
	CHECK(try_write_cr8(5), 0);
	pause();
	CHECK(taken, 2);
	CHECK(order[1], 0x65);
	wr(TPR, 0);
	pause();
	CHECK(taken, 3);
	CHECK(order[2], 0x5f);
	cli();
	CHECK(read_cr8(), 0);
}

/* In service until EOI: its own class and lower ones wait. */
static void in_service(void)
{
	taken = 0;
	log_only = true;
	sti();
	self(0x62);
	pause();
	CHECK(taken, 1);
	CHECK(rd(ISR + 3), 1 << 2);
	CHECK(rd(PPR), 0x60);
	self(0x6f);
	self(0x30);
	pause();
	CHECK(taken, 1);
	self(0x80);
	pause();
	CHECK(taken, 2);
	wr(EOI, 0); /* 0x80 */
	pause();
	CHECK(taken, 2);
	wr(EOI, 0); /* 0x62 */
	pause();
	CHECK(taken, 3);
	CHECK(order[2], 0x6f);
	wr(EOI, 0);
	pause();
	CHECK(taken, 4);
	CHECK(order[3], 0x30);
	wr(EOI, 0);
	cli();
	log_only = false;
	CHECK(rd(PPR), 0);
}

static void errors(void)
{
	wr(LVTE, 0xfe);
	wr(ESR, 0);
	wr(ESR, 0);
	taken = 0;
	icr(my_id(), 0x0f);
	sti();
	pause();
	cli();
	CHECK(taken, 1);
	CHECK(order[0], 0xfe);
	wr(ESR, 0);
	CHECK(rd(ESR), 0x20);
	wr(ESR, 0);
	CHECK(rd(ESR), 0);
	wr(LVTE, 0x10000);
}

static void disabled_by_software(void)
{
	wr(LVTT, 0xec);
	CHECK(rd(LVTT), 0xec);
	wr(SVR, 0xff);
	CHECK(rd(LVTT), 0x100ec);
	taken = 0;
	self(0x50);
	sti();
	pause();
	cli();
	CHECK(taken, 0);
	wr(SVR, 0x1ff);
	wr(LVTT, 0x10000);
}

static void registers(void)
{
	CHECK(rd(VER) & 0xff, 0x14);
	CHECK(my_id(), 0);
	enable();
	vectors_ordered();
	priorities();
	in_service();
	errors();
	disabled_by_software();
}

static void part_xapic(void)
{
	u64 base = rdmsr(APIC_BASE);

	CHECK(base, PAGE_AT | BASE_ON | BASE_BSP);
	registers();
	wr(LDR, 0xff000000);
	CHECK(rd(LDR), 0xff000000);
	CHECK(rd(DFR), 0xffffffff);
	/* Reserved: an error, not a fault; MSRs are not there. */
	wr(ESR, 0);
	(void)*(volatile u32 *)(page_at + 0x40);
	wr(ESR, 0);
	CHECK(rd(ESR), 0x80);
	CHECK(try_wrmsr(EOI, 0), GP);
	/* Elsewhere, and back. */
	wrmsr(APIC_BASE, MOVED | BASE_ON | BASE_BSP);
	CHECK(*(volatile u32 *)(PAGE_AT + 0x30ull), 0xffffffff);
	page_at = MOVED;
	vectors_ordered();
	wrmsr(APIC_BASE, base);
	page_at = PAGE_AT;
	vectors_ordered();
	/* Off: the page is not there, and CPUID says so; then as after reset. */
	wrmsr(APIC_BASE, PAGE_AT | BASE_BSP);
	u32 r[4];

	cpuid(1, 0, r);
	CHECK(r[3] >> 9 & 1, 0);
	CHECK(rd(VER), 0xffffffff);
	wrmsr(APIC_BASE, base);
	cpuid(1, 0, r);
	CHECK(r[3] >> 9 & 1, 1);
	CHECK(rd(SVR), 0xff);
}

static void part_x2apic(void)
{
	u64 base = rdmsr(APIC_BASE), v;

	CHECK(try_rdmsr(VER, &v), GP);
	wrmsr(APIC_BASE, base | BASE_X2);
	x2 = true;
	registers();
	CHECK(rd(LDR), 1);
	/* "x2APIC States": what is no step. */
	CHECK(try_wrmsr(APIC_BASE, base), GP);
	CHECK(try_wrmsr(APIC_BASE, base & ~(u64)BASE_ON), 0);
	CHECK(try_wrmsr(APIC_BASE, base | BASE_X2), GP);
	CHECK(try_wrmsr(APIC_BASE, (base & ~(u64)BASE_ON) | BASE_X2), GP);
	CHECK(try_wrmsr(APIC_BASE, base | 1), GP);
	CHECK(try_wrmsr(APIC_BASE, base | 1ull << 62), GP);
	CHECK(try_wrmsr(APIC_BASE, base), 0);
	CHECK(try_wrmsr(APIC_BASE, base | BASE_X2), 0);
	CHECK(rd(SVR), 0xff);
	enable();
	/* Writes are #GP that have reserved bits, or no register. */
	CHECK(try_wrmsr(EOI, 1), GP);
	CHECK(try_wrmsr(ID, 1), GP);
	CHECK(try_wrmsr(PPR, 0), GP);
	CHECK(try_wrmsr(LDR, 1), GP);
	CHECK(try_wrmsr(DFR, 0), GP);
	CHECK(try_rdmsr(DFR, &v), GP);
	CHECK(try_wrmsr(ICR_HIGH, 0), GP);
	CHECK(try_wrmsr(ESR, 1), GP);
	CHECK(try_wrmsr(TPR, 0x100), GP);
	CHECK(try_wrmsr(SELF, 0x100), GP);
	CHECK(try_rdmsr(SELF, &v), GP);
	CHECK(try_wrmsr(TMCCT, 0), GP);
	CHECK(try_wrmsr(LVTT, 0x600ec), GP);
	CHECK(try_wrmsr(ICR, 0x30000), GP);
	CHECK(try_wrmsr(0x8ff, 0), GP);
	/* The page is not there in this mode. */
	CHECK(*(volatile u32 *)(PAGE_AT + 0x30ull), 0xffffffff);
}

/* ---- part 3: the timer ------------------------------------------------------- */

static u64 tsc_of_us(u64 us)
{
	return khz * us / 1000;
}

/* Not early; how late depends on the host. */
static void on_time(u64 nr, u64 from, u64 ticks)
{
	u64 took = taken_tsc - from;

	check(nr, took >= ticks, 1);
	check(nr + 1000, took < ticks + tsc_of_us(20000), 1);
}

static void deadline(void)
{
	u64 from, v;
	unsigned int i;

	wr(LVTT, 0x400ec);
	for (i = 0; i < 4; i++) {
		taken = 0;
		from = rdtsc();
		wrmsr(DEADLINE, from + tsc_of_us(500 << i));
		CHECK(rdmsr(DEADLINE), from + tsc_of_us(500 << i));
		halt();
		CHECK(taken, 1);
		CHECK(order[0], 0xec);
		on_time(__LINE__, from, tsc_of_us(500 << i));
		CHECK(rdmsr(DEADLINE), 0);
	}
	/* In the past: at once.  Zero: never. */
	taken = 0;
	wrmsr(DEADLINE, 1);
	CHECK(rd(IRR + 7), 1 << 12);
	sti();
	pause();
	cli();
	CHECK(taken, 1);
	wrmsr(DEADLINE, rdtsc() + tsc_of_us(300));
	wrmsr(DEADLINE, 0);
	from = rdtsc();
	while (rdtsc() < from + tsc_of_us(2000))
		pause();
	CHECK(rd(IRR + 7), 0);
	/* Counts do nothing in this mode. */
	wr(TMICT, 1000);
	CHECK(rd(TMICT) | rd(TMCCT), 0);
	/* While the guest runs with interrupts on. */
	taken = 0;
	from = rdtsc();
	wrmsr(DEADLINE, from + tsc_of_us(1000));
	sti();
	wait_for(&taken, 1);
	cli();
	CHECK(taken, 1);
	on_time(__LINE__, from, tsc_of_us(1000));
	wr(LVTT, 0x100ec);
	wrmsr(DEADLINE, from);
	CHECK(try_rdmsr(DEADLINE, &v), 0);
	CHECK(v, 0);
}

static void one_shot(void)
{
	u64 from;
	u32 left;

	/* Leaf 0x15: the timer's clock is the crystal's. */
	wr(TDCR, 0xb);
	wr(LVTT, 0xed);
	taken = 0;
	from = rdtsc();
	wr(TMICT, tsc_of_us(1000));
	left = rd(TMCCT);
	CHECK(left > 0 && left <= tsc_of_us(1000), 1);
	halt();
	CHECK(taken, 1);
	on_time(__LINE__, from, tsc_of_us(1000));
	CHECK(rd(TMCCT), 0);
	/* Divided by 16. */
	wr(TDCR, 3);
	taken = 0;
	from = rdtsc();
	wr(TMICT, tsc_of_us(1600) / 16);
	halt();
	CHECK(taken, 1);
	on_time(__LINE__, from, tsc_of_us(1600) & ~15ull);
	/* Stopped. */
	wr(TMICT, tsc_of_us(1000) / 16);
	wr(TMICT, 0);
	from = rdtsc();
	while (rdtsc() < from + tsc_of_us(3000))
		pause();
	CHECK(rd(IRR + 7), 0);
}

static void periodic(void)
{
	u64 from;

	wr(TDCR, 0xb);
	wr(LVTT, 0x200ee);
	taken = 0;
	from = rdtsc();
	wr(TMICT, tsc_of_us(1000));
	while (taken < 5)
		halt();
	on_time(__LINE__, from, tsc_of_us(5000));
	CHECK(rd(TMCCT) > 0, 1);
	wr(LVTT, 0x300ee);
	cli();
	sti();
	pause();
	cli();
	taken = 0;
	from = rdtsc();
	while (rdtsc() < from + tsc_of_us(3000))
		pause();
	CHECK(taken, 0);
	/* Shorter than it takes to handle it: the guest goes on. */
	wr(LVTT, 0x200ee);
	wr(TMICT, 10);
	sti();
	while (taken < 50)
		pause();
	wr(TMICT, 0);
	cli();
}

static void part_timer(void)
{
	u32 r[4];

	wrmsr(APIC_BASE, rdmsr(APIC_BASE) | BASE_X2);
	x2 = true;
	enable();
	cpuid(1, 0, r);
	CHECK(r[2] >> 24 & 1, 1);
	CHECK(r[2] >> 21 & 1, 1);
	CHECK(r[3] >> 9 & 1, 1);
	cpuid(0x15, 0, r);
	CHECK((u64)r[2] * r[1] / r[0] / 1000, khz);
	deadline();
	one_shot();
	periodic();
	/* A storm of deadlines that are over. */
	wr(LVTT, 0x400ec);
	taken = 0;
	sti();
	for (u32 i = 0; i < 2000; i++)
		wrmsr(DEADLINE, 1);
	cli();
	CHECK(taken > 0, 1);
}

/* ---- part 4: several processors ------------------------------------------------ */

static volatile u32 alive[MAX_CPUS]; /* starts counted */
static volatile u32 ready[MAX_CPUS];
static volatile u32 command[MAX_CPUS]; /* 1: spin with IF=0; 2: HLT loop */

/* At 0x6000: mov $index, %ebx; ljmp $0, $0x8000. */
static void trampoline(u32 index)
{
	volatile u8 *p = (volatile u8 *)0x6000;
	static const u8 code[] = { 0xfa, 0x66, 0xbb, 0, 0, 0, 0, 0xea, 0x00,
				   0x80, 0x00, 0x00 };
	u32 i;

	for (i = 0; i < sizeof(code); i++)
		p[i] = code[i];
	p[3] = index;
}

static void ap_main(u64 index)
{
	if (x2)
		wrmsr(APIC_BASE, rdmsr(APIC_BASE) | BASE_X2);
	wr(SVR, 0x1ff);
	if (!x2)
		wr(LDR, (1 << index) << 24);
	CHECK(my_id(), index);
	CHECK(rdmsr(APIC_BASE) & BASE_BSP, 0);
	alive[index]++;
	for (;;) {
		ready[index] = command[index];
		if (command[index] == 1)
			pause();
		else
			halt();
	}
}

static void start(u32 index)
{
	u32 was = alive[index];

	trampoline(index);
	icr(index, MODE_INIT | ASSERT);
	command[index] = 2;
	ready[index] = 0;
	icr(index, MODE_SIPI | 6);
	icr(index, MODE_SIPI | 6);
	wait_for(&alive[index], was + 1);
	CHECK(alive[index], was + 1);
	wait_for(&ready[index], 2);
}

static u32 total(u32 vector, u32 n)
{
	u32 sum = 0, i;

	for (i = 0; i < n; i++)
		sum += by_cpu[i][vector];
	return sum;
}

/* Send and wait until each CPU has what it should. */
static void expect(u64 nr, u32 dest, u32 low, u32 mask, u32 n)
{
	u32 vector = low & 0xff, i;
	u64 until;

	for (i = 0; i < n; i++)
		by_cpu[i][vector] = 0;
	until = rdtsc() + khz * 4000;
	sti();
	icr(dest, low);
	for (i = 0; i < n; i++)
		while (mask >> i & 1 && !by_cpu[i][vector] && rdtsc() < until)
			pause();
	for (i = 0; i < 200; i++)
		pause();
	cli();
	for (i = 0; i < n; i++)
		check(nr, by_cpu[i][vector], mask >> i & 1);
}

static void shorthands(u32 n)
{
	u32 all = (1 << n) - 1;

	expect(__LINE__, 0, SHORT_SELF | 0x51, 1, n);
	expect(__LINE__, 0, SHORT_ALL | 0x52, all, n);
	expect(__LINE__, 0, SHORT_OTHERS | 0x53, all & ~1u, n);
	expect(__LINE__, 1, 0x54, 2, n);
	expect(__LINE__, n - 1, 0x55, 1 << (n - 1), n);
	expect(__LINE__, x2 ? 0xffffffff : 0xff, 0x56, all, n);
	expect(__LINE__, 3, LOGICAL | 0x57, 3, n);
	expect(__LINE__, 77, 0x58, 0, n);
	expect(__LINE__, x2 ? 0xffffffff : 0xff, LOGICAL | 0x59, all, n);
	/* One of them. */
	expect(__LINE__, 2, LOGICAL | MODE_LOWEST | 0x5a, 2, n);
	sti();
	icr(all, LOGICAL | MODE_LOWEST | 0x5b);
	cli();
	for (u32 i = 0; i < 2000 && !total(0x5b, n); i++)
		pause();
	sti();
	pause();
	cli();
	CHECK(total(0x5b, n), 1);
}

static void nmi_ipis(u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		nmis[i] = 0;
	icr(1, MODE_NMI);
	wait_for(&nmis[1], 1);
	CHECK(nmis[1], 1);
	icr(0, SHORT_OTHERS | MODE_NMI);
	wait_for(&nmis[1], 2);
	CHECK(nmis[1], 2);
	CHECK(nmis[0], 0);
	icr(0, MODE_NMI);
	pause();
	CHECK(nmis[0], 1);
	/* While it spins with interrupts off. */
	command[1] = 1;
	icr(1, 0x5c);
	wait_for(&ready[1], 1);
	icr(1, MODE_NMI);
	wait_for(&nmis[1], 3);
	CHECK(nmis[1], 3);
	command[1] = 2;
	wait_for(&ready[1], 2);
}

/* A processor that spins, or is halted with interrupts off, starts again. */
static void starts_again(void)
{
	u32 i, was;

	command[1] = 1;
	icr(1, 0x5d);
	wait_for(&ready[1], 1);
	start(1);
	for (i = 0; i < 3; i++)
		start(1);
	/* A SIPI without INIT does nothing. */
	was = alive[1];
	icr(1, MODE_SIPI | 6);
	icr(0, MODE_SIPI | 6);
	expect(__LINE__, 1, 0x5e, 2, 2);
	CHECK(alive[1], was);
	/* INIT alone: it does not run. */
	icr(1, MODE_INIT | ASSERT);
	for (i = 0; i < 3000; i++)
		pause();
	expect(__LINE__, 1, 0x5f, 0, 2);
	icr(1, MODE_SIPI | 6);
	wait_for(&alive[1], was + 1);
	CHECK(alive[1], was + 1);
	wait_for(&ready[1], 2);
}

/* Many from everywhere: none is lost that was sent after the last was taken. */
static void ping_storm(u32 n)
{
	u32 i, cpu;

	for (i = 0; i < 300; i++) {
		for (cpu = 1; cpu < n; cpu++) {
			by_cpu[cpu][0x61] = 0;
			icr(cpu, 0x61);
			wait_for(&by_cpu[cpu][0x61], 1);
			if (by_cpu[cpu][0x61] != 1) {
				check(__LINE__, i, 1000);
				return;
			}
		}
	}
}

static void part_smp(bool x2apic)
{
	u32 n = ARG(1), i;

	if (x2apic)
		wrmsr(APIC_BASE, rdmsr(APIC_BASE) | BASE_X2);
	x2 = x2apic;
	enable();
	if (!x2)
		wr(LDR, 1 << 24);
	for (i = 1; i < n; i++)
		start(i);
	shorthands(n);
	nmi_ipis(n);
	starts_again();
	ping_storm(n);
}

/* ---- part 6: storms -------------------------------------------------------------- */

static void part_storm(void)
{
	u64 seed = 88172645463325252ull;
	u32 i;

	nmi_handler = on_nmi;
	irq_handler = on_irq;
	for (i = 0; i < 6000; i++) {
		u64 v;
		u32 msr;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		x2 = rdmsr(APIC_BASE) & BASE_X2;
		msr = 0x800 + (seed >> 8) % 0x48;
		v = seed & 1 ? seed >> 20 : seed >> 20 & 0x700ff;
		/* No exceptions' vectors, no INIT to itself. */
		if (msr >= ICR)
			v |= 0x20;
		if (msr == ICR && (v >> 8 & 7) == 5)
			continue;
		if (!x2 && msr >= 0x802 && msr < 0x840)
			*reg(msr) = v;
		try_wrmsr(msr, v);
		if (i % 64 == 0) {
			try_wrmsr(APIC_BASE, seed);
			if (!(rdmsr(APIC_BASE) & BASE_ON))
				wrmsr(APIC_BASE, PAGE_AT | BASE_ON | BASE_BSP);
			page_at = PAGE_AT;
		}
		if (i % 16 == 0) {
			try_write_cr8(0);
			sti();
			pause();
			cli();
		}
		OUT(4)++;
	}
}

void guest_main(u64 index)
{
	u32 r[4];

	if (index) {
		ap_main(index);
		return;
	}
	cpuid(0x40000010, 0, r);
	khz = r[0];
	OUT(5) = khz;
	map_apic();
	switch (ARG(0)) {
	case 1:
		part_xapic();
		break;
	case 2:
		part_x2apic();
		break;
	case 3:
		part_timer();
		break;
	case 4:
		part_smp(true);
		break;
	case 5:
		part_smp(false);
		break;
	case 6:
		part_storm();
		break;
	}
}
