// SPDX-License-Identifier: GPL-2.0
/*
 * The chips of a platform VM, driven as a kernel drives them.  ARG 0: what to
 * do (CHIPS_*); results: OUT + the names below, see chips.h.
 */
#include <stdbool.h>

#include "chips.h"
#include "lib.h"

#define IOAPIC ((volatile u32 *)0xfec00000)
#define LAPIC ((volatile u32 *)0xfee00000)
#define LAPIC_EOI (0xb0 / 4)
#define LAPIC_SVR (0xf0 / 4)

#define LEVEL (1u << 15)
#define MASKED (1u << 16)

#define UART 0x3f8
#define PM_STS 0x600
#define PM_EN 0x602
#define PM_CNT 0x604
#define PM_TMR 0x608
#define PWRBTN 0x100

static volatile u64 irqs[256];
static volatile u64 level_rounds;

/* The last GiB below 4 GiB, one to one and uncached. */
static void map_apics(void)
{
	u64 *pdpt = (u64 *)0x71000, *pd = (u64 *)0x74000;
	unsigned int i;

	for (i = 0; i < 512; i++)
		pd[i] = (0xc0000000ull + i * 0x200000ull) | 0x9b;
	pdpt[3] = 0x74003;
	asm volatile("mov %0, %%cr3" : : "r"(read_cr3()) : "memory");
	LAPIC[LAPIC_SVR] = 0x1ff;
}

static void redir(unsigned int pin, u32 low)
{
	IOAPIC[0] = 0x11 + 2 * pin;
	IOAPIC[4] = 0;
	IOAPIC[0] = 0x10 + 2 * pin;
	IOAPIC[4] = low;
}

static u32 redir_low(unsigned int pin)
{
	IOAPIC[0] = 0x10 + 2 * pin;
	return IOAPIC[4];
}

/* Vectors of the tests; the PIC's are 0x30-0x3f. */
#define VEC_EDGE 0x50
#define VEC_LEVEL 0x51
#define VEC_PIT 0x52
#define VEC_RTC 0x53
#define VEC_SCI 0x54
#define VEC_LINE_10 0x55
#define VEC_LINE_11 0x56

static void on_irq(struct trap_frame *f)
{
	irqs[f->vector]++;
	if (f->vector >= 0x30 && f->vector < 0x40) {
		if (f->vector == 0x34)
			inb(UART + 2);
		if (f->vector >= 0x38)
			outb(0xa0, 0x20);
		outb(0x20, 0x20);
		return;
	}
	switch (f->vector) {
	case VEC_EDGE:
		inb(UART + 2); /* reading IIR ends THRE's interrupt */
		break;
	case VEC_LEVEL: /* comes again until the third time */
		if (++level_rounds == 3)
			inb(UART + 2);
		break;
	case VEC_RTC:
		outb(0x70, 0x0c);
		inb(0x71);
		break;
	case VEC_LINE_10:
		OUT(CHIPS_LINE_10)++;
		break;
	case VEC_LINE_11: /* comes again while the line is high */
		OUT(CHIPS_LINE_11)++;
		break;
	case VEC_SCI:
		OUT(CHIPS_PM_STS) = inw(PM_STS);
		outw(PM_STS, PWRBTN);
		break;
	}
	LAPIC[LAPIC_EOI] = 0;
}

/* Give an interrupt that is due the time to come. */
static void open_window(void)
{
	asm volatile("sti; nop; nop; nop; cli" : : : "memory");
}

static void wait_for(unsigned int vector, u64 count)
{
	while (irqs[vector] < count)
		asm volatile("sti; hlt; cli" : : : "memory");
}

static void ioapic_tests(void)
{
	IOAPIC[0] = 1;
	OUT(CHIPS_IOAPIC_VER) = IOAPIC[4];
	redir(4, VEC_EDGE);
	outb(UART + 1, 2); /* THRE: the transmitter is empty */
	open_window();
	OUT(CHIPS_EDGE_1) = irqs[VEC_EDGE];
	outb(UART + 1, 0);
	outb(UART + 1, 2);
	open_window();
	open_window();
	OUT(CHIPS_EDGE_2) = irqs[VEC_EDGE];
	outb(UART + 1, 0);

	redir(4, LEVEL | VEC_LEVEL);
	outb(UART + 1, 2);
	OUT(CHIPS_LEVEL_REMOTE) = redir_low(4);
	open_window();
	open_window();
	open_window();
	open_window();
	OUT(CHIPS_LEVEL_COUNT) = irqs[VEC_LEVEL];
	OUT(CHIPS_LEVEL_AFTER) = redir_low(4);
	outb(UART + 1, 0);
	redir(4, MASKED);
}

static void pic_init(void)
{
	outb(0x20, 0x11);
	outb(0x21, 0x30);
	outb(0x21, 0x04);
	outb(0x21, 0x01);
	outb(0xa0, 0x11);
	outb(0xa1, 0x38);
	outb(0xa1, 0x02);
	outb(0xa1, 0x01);
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
}

static void pic_tests(void)
{
	pic_init();
	outb(0x21, 0xef);
	outb(UART + 1, 2);
	open_window();
	open_window();
	OUT(CHIPS_EXTINT) = irqs[0x34];
	outb(UART + 1, 0);
	outb(0x21, 0xff);
}

static void pit_mode2(u16 count)
{
	outb(0x43, 0x34);
	outb(0x40, count);
	outb(0x40, count >> 8);
}

/* PM timer ticks for 50 interrupts of a 1000 Hz timer. */
static u64 pit_rate(unsigned int vector)
{
	u32 begin;

	irqs[vector] = 0;
	pit_mode2(1193);
	wait_for(vector, 1);
	begin = inl(PM_TMR);
	wait_for(vector, 51);
	return (u32)(inl(PM_TMR) - begin);
}

static void pit_tests(void)
{
	u32 begin;

	outb(0x21, 0xfe);
	OUT(CHIPS_PIT_PIC) = pit_rate(0x30);
	outb(0x21, 0xff);
	redir(2, VEC_PIT);
	OUT(CHIPS_PIT_IOAPIC) = pit_rate(VEC_PIT);
	redir(2, MASKED);
	outb(0x43, 0x30); /* mode 0 without a count: it stops */
	/* 10 ms by polling channel 2, as TSC calibration does */
	outb(0x61, (inb(0x61) & ~2) | 1);
	outb(0x43, 0xb0);
	outb(0x42, 11932 & 0xff);
	outb(0x42, 11932 >> 8);
	begin = inl(PM_TMR);
	while (!(inb(0x61) & 0x20))
		;
	OUT(CHIPS_PIT_CH2) = (u32)(inl(PM_TMR) - begin);
}

static u8 cmos(u8 reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static void rtc_tests(void)
{
	static const u8 regs[] = { 0x32, 9, 8, 7, 4, 2, 0 };
	unsigned int i;
	u64 date = 0;
	u32 begin;

	while (cmos(0x0a) & 0x80)
		;
	for (i = 0; i < sizeof(regs); i++)
		date = date << 8 | cmos(regs[i]);
	OUT(CHIPS_RTC_DATE) = date;
	redir(8, VEC_RTC);
	cmos(0x0c);
	outb(0x70, 0x0a);
	outb(0x71, 0x29); /* 128 Hz */
	outb(0x70, 0x0b);
	outb(0x71, 0x42);
	wait_for(VEC_RTC, 1);
	begin = inl(PM_TMR);
	wait_for(VEC_RTC, 9);
	OUT(CHIPS_RTC_PERIODIC) = (u32)(inl(PM_TMR) - begin);
	outb(0x70, 0x0b);
	outb(0x71, 0x02);
	redir(8, MASKED);
}

static void pm_tests(void)
{
	u32 begin = inl(PM_TMR), r[4];
	u64 tsc = rdtsc();

	while ((u32)(inl(PM_TMR) - begin) < 100000)
		;
	OUT(CHIPS_PM_TSC) = rdtsc() - tsc;
	OUT(CHIPS_PM_TICKS) = (u32)(inl(PM_TMR) - begin);
	cpuid(0x40000010, 0, r);
	OUT(CHIPS_TSC_KHZ) = r[0];
	OUT(CHIPS_PM_CNT) = inw(PM_CNT);
}

static void absent_ports(void)
{
	OUT(CHIPS_PCI) = inl(0xcf8);
	OUT(CHIPS_KBD) = inb(0x64);
	OUT(CHIPS_ABSENT) = inb(0x80) | inb(0x1234) << 8 | inb(0x60) << 16;
}

static void power_button(void)
{
	redir(9, LEVEL | VEC_SCI);
	outw(PM_EN, PWRBTN);
	OUT(CHIPS_READY) = 1;
	wait_for(VEC_SCI, 1);
	OUT(CHIPS_SCI) = irqs[VEC_SCI];
	outw(PM_CNT, 0x2001);
}

/* Echo by interrupts, as a driver does, until a full stop. */
static void uart_echo(void)
{
	static char buf[8192];
	unsigned int n = 0, sent = 0;
	bool done = false;

	outb(UART + 2, 0x81); /* FIFOs on, trigger at 8 */
	outb(UART + 4, 0x0b);
	redir(4, VEC_EDGE);
	outb(UART + 1, 1);
	OUT(CHIPS_READY) = 1;
	while (!done || sent < n) {
		if (!(inb(UART + 5) & 1) && sent == n)
			asm volatile("sti; hlt; cli" : : : "memory");
		while (inb(UART + 5) & 1 && n < sizeof(buf)) {
			buf[n] = inb(UART);
			done |= buf[n++] == '.';
		}
		while (sent < n)
			outb(UART, buf[sent++]);
	}
	OUT(CHIPS_ECHOED) = n;
	OUT(CHIPS_ECHO_IRQS) = irqs[VEC_EDGE];
}

static u64 seed;

static u32 rnd(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 33;
}

/* Any port, mostly those where something is; no power-off, no reset. */
static u16 random_port(bool harmless)
{
	static const u16 bases[] = { 0x20,  0xa0,  0x40,  0x61,	 0x70, 0x3f8,
				     0x4d0, 0x600, 0x604, 0x608, 0x92, 0xcf8 };
	u16 port;

	do {
		port = bases[rnd() % 12] + rnd() % 8;
		if (rnd() % 8 == 0)
			port = rnd();
	} while (harmless && (port - 0x600u < 12 || port - 0xcf4u < 9 ||
			      port - 0x8eu < 8 || port - 0x5du < 11));
	return port;
}

/* ARG 1: seed, ARG 2: how many, ARG 3: 1: nothing that ends the VM. */
static void storm(void)
{
	bool harmless = ARG(3);
	u64 i;

	seed = ARG(1);
	for (i = 0; i < ARG(2); i++) {
		u16 port = random_port(harmless);
		u32 off = rnd() & 0xff, v = rnd();

		OUT(CHIPS_ROUNDS) = i + 1;
		switch (rnd() % 10) {
		case 0:
			outb(port, v);
			break;
		case 1:
			outw(port, v);
			break;
		case 2:
			outl(port, v);
			break;
		case 3:
			inb(port);
			break;
		case 4:
			inw(port);
			break;
		case 5:
			inl(port);
			break;
		case 6: /* vectors, never NMI or INIT */
			IOAPIC[0] = rnd() & 0x3f;
			IOAPIC[4] = harmless ? v & ~0x600u : v;
			break;
		case 7:
			((volatile u8 *)IOAPIC)[off] = v;
			break;
		case 8:
			*(volatile u64 *)((u64)IOAPIC + (off & ~7u)) = v;
			break;
		case 9:
			v = *(volatile u16 *)((u64)IOAPIC + (off & ~1u));
			break;
		}
	}
}

void guest_main(u64 index)
{
	static const u16 ports[] = { 0xcf9, 0x64, 0x92 };

	(void)index;
	irq_handler = on_irq;
	map_apics();
	switch (ARG(0)) {
	case CHIPS_TESTS:
		ioapic_tests();
		pic_tests();
		pit_tests();
		rtc_tests();
		pm_tests();
		absent_ports();
		power_button();
		break;
	case CHIPS_RESET:
		outb(ports[ARG(1)], 0x02); /* not yet */
		outb(ports[ARG(1)], ARG(1) == 0 ? 0x06 :
				    ARG(1) == 1 ? 0xfe :
						  0x03);
		break;
	case CHIPS_STORM:
		storm();
		break;
	case CHIPS_ECHO:
		uart_echo();
		break;
	case CHIPS_LINES:
		redir(10, VEC_LINE_10);
		redir(11, LEVEL | VEC_LINE_11);
		OUT(CHIPS_READY) = 1;
		for (;;)
			asm volatile("sti; hlt; cli" : : : "memory");
	case CHIPS_TICKS: /* a tick of 1000 Hz, for ever */
		redir(2, VEC_PIT);
		pit_mode2(1193);
		for (;;) {
			asm volatile("sti; hlt; cli" : : : "memory");
			OUT(CHIPS_TICK_COUNT) = irqs[VEC_PIT];
			OUT(CHIPS_TICK_PM) = inl(PM_TMR);
		}
	}
}
