// SPDX-License-Identifier: GPL-2.0
/*
 * What a hostile guest does to the machine around it.  ARG 0 says which part runs
 * (hostile.h), ARG 1 how many rounds of it, 0: for ever, ARG 2 how many vCPUs there
 * are; results: checks.h, OUT 5: rounds done, from 8 on what a part says.
 */
#include "checks.h"
#include "hostile.h"

#define APIC_BASE 0x1b
#define X2APIC 0x400
#define EOI 0x80b
#define SVR 0x80f
#define ICR 0x830
#define LVTT 0x832
#define DEADLINE 0x6e0
#define SHORT_SELF 0x40000
#define SHORT_ALL 0x80000
#define SHORT_OTHERS 0xc0000
#define MODE_NMI 0x400
#define MODE_INIT 0x500
#define MODE_SIPI 0x600
#define ASSERT 0x4000

#define HOLE HOSTILE_HOLE
#define PDPT ((volatile u64 *)0x71000)
#define CR0_CD_NW (3ull << 29)

static volatile u64 nmis;
/* Each vCPU's own. */
static volatile u64 taken[64];

static void on_irq(struct trap_frame *frame)
{
	(void)frame;
	taken[rdmsr(0x802) & 63]++;
	wrmsr(EOI, 0);
}

static void on_nmi(void)
{
	nmis++;
}

static void apic_on(void)
{
	wrmsr(APIC_BASE, rdmsr(APIC_BASE) | X2APIC);
	wrmsr(SVR, 0x1ff);
}

/* ---- an MMIO instruction that changes while it is emulated --------------------------- */

static volatile struct {
	u32 insn;
	u8 ret;
} __attribute__((packed, aligned(64))) slot = { 0x00401f0f, 0xc3 };

/*
 * Each of four bytes, so that another processor executes one of them whole:
 * MOV both ways, with a prefix and plain, MOVZX, ADD, XCHG, BT of ECX and
 * 0(%rax), MOV of ECX and 16(%rax), and two that use no memory, NOP and INC.
 */
static const u32 insns[] = {
	0x00488b3e, 0x0048893e, 0x0048b60f, 0x0048013e, 0x0048873e, 0x0048a30f,
	0x00488b40, 0x00488940, 0x10488b40, 0x10488940, 0x00401f0f, 0xc1ff483e,
};

#define IOAPIC ((volatile u32 *)0xfec00000)
#define IOAPIC_PDE 0x1f6
static u64 ioapic_pd[512] __attribute__((aligned(4096)));
#define IOAPIC_VERSION 0x170020

static void part_modify_other(void)
{
	for (;;)
		slot.insn = insns[rnd() % (sizeof(insns) / sizeof(insns[0]))];
}

static u32 modified(u64 at)
{
	u32 ecx = 7;

	asm volatile("call *%[slot]"
		     : "+c"(ecx)
		     : "a"(at), [slot] "r"(&slot)
		     : "memory");
	return ecx;
}

static void part_modify(void)
{
	u32 i, ecx;

	ioapic_pd[IOAPIC_PDE] = 0xfec00000 | 0x83;
	PDPT[3] = (u64)ioapic_pd | 3;
	IOAPIC[0] = 1;
	for (i = 0; i < 250; i++) {
		/* Nothing is there: it reads as all-ones. */
		ecx = modified(HOLE + 64);
		CHECK(ecx == 7 || ecx == 8 || ecx == 0xff || ecx == ~0u, 1);
		/* A register that cannot be written; 16 beyond it is none. */
		ecx = modified((u64)&IOAPIC[4]);
		CHECK(ecx == 7 || ecx == 8 || ecx == (u8)IOAPIC_VERSION ||
			      ecx == IOAPIC_VERSION || !ecx,
		      1);
	}
}

/* ---- page tables where there is no memory ------------------------ */

/* 1 GiB: its page directory; 2 GiB: a page table. */
#define FAR1 0x40000000ull
#define FAR2 0x80000000ull
static u64 far_pd[512] __attribute__((aligned(4096)));

static u64 read_cr2(void)
{
	u64 v;

	asm volatile("mov %%cr2, %0" : "=r"(v));
	return v;
}

/* What is not there reads as all-ones: present, with reserved bits. */
static void far_faults(u64 at)
{
	u64 f;

	f = TRY("movl (%0), %%eax", : : "r"(at + 8) : "r11", "rax", "memory");
	CHECK(f, PF);
	CHECK(fault_error, 9);
	CHECK(read_cr2(), at + 8);
	f = TRY("movl %%eax, (%0)", : : "r"(at + 24) : "r11", "memory");
	CHECK(f, PF);
	CHECK(fault_error, 0xb);
	CHECK(read_cr2(), at + 24);
	f = TRY("lock addq $1, (%0)", : : "r"(at + 32) : "r11", "memory");
	CHECK(f, PF);
	CHECK(fault_error, 0xb);
	f = TRY("jmp *%0", : : "r"(at + 64) : "r11", "memory");
	CHECK(f, PF);
	CHECK(fault_error & ~0x10ull, 9);
	CHECK(read_cr2(), at + 64);
	/* Not one that is emulated. */
	f = TRY("movups (%0), %%xmm0", : : "r"(at + 80) : "r11", "memory");
	CHECK(f, PF);
	CHECK(fault_error, 9);
	CHECK(read_cr2(), at + 80);
}

static void part_tables(void)
{
	PDPT[1] = HOLE | 3;
	PDPT[2] = (u64)far_pd | 3;
	far_pd[0] = (HOLE + 4096) | 3;
	flush_tlb();
	far_faults(FAR1);
	far_faults(FAR2);
}

/* Not even the handler of #PF can be reached. */
static void part_tables_cr3(void)
{
	asm volatile("mov %0, %%cr3" : : "r"((u64)HOLE) : "memory");
}

/* ---- interprocessor interrupts ------------------------ */

static void part_ipis(u64 index)
{
	static const u32 kinds[] = {
		SHORT_SELF | 0x41,
		SHORT_ALL | 0x42,
		SHORT_OTHERS | 0x43,
		SHORT_OTHERS | MODE_NMI,
		0x51,
		0x61,
		MODE_NMI,
		0x800 | 0x71,
		0x800 | 0x171,
		SHORT_ALL | 0xf0,
	};
	static volatile bool ready[64];
	u32 n = ARG(2), i;

	irq_handler = on_irq;
	nmi_handler = on_nmi;
	apic_on();
	/* Nobody is to get an NMI before it can take one. */
	ready[index] = true;
	for (i = 0; i < n; i++)
		while (!ready[i])
			asm volatile("pause");
	sti();
	for (i = 0; i < 200; i++) {
		u64 dest = rnd() % n;
		u32 kind = kinds[(rnd() >> 20) % 10];

		if (kind & 0x800)
			dest = 1ull << dest;
		wrmsr(ICR, dest << 32 | kind);
		OUT(8 + index)++;
	}
	cli();
}

/* The others begin at 0x6000: they count, and are stopped in the middle. */
extern const u8 ap_loop[], ap_loop_end[];
asm(".section .rodata\n"
    ".code16\n"
    "ap_loop: cli\n"
    "	xorw %ax, %ax\n"
    "	movw %ax, %ds\n"
    "1:	lock incl 0x6f00\n"
    "	cpuid\n"
    "	jmp 1b\n"
    "ap_loop_end:\n"
    ".code64\n"
    ".text\n");

static void part_inits(void)
{
	volatile u8 *at = (u8 *)0x6000;
	u32 n = ARG(2), i;

	for (i = 0; i < (u32)(ap_loop_end - ap_loop); i++)
		at[i] = ap_loop[i];
	apic_on();
	for (i = 0; i < 100; i++) {
		u64 dest = 1 + rnd() % (n - 1);

		wrmsr(ICR, dest << 32 | MODE_INIT | ASSERT);
		if (rnd() & 1)
			wrmsr(ICR, dest << 32 | MODE_SIPI | 6);
		if (rnd() & 1)
			wrmsr(ICR, dest << 32 | MODE_SIPI | 6);
		if (!(rnd() & 7))
			wrmsr(ICR, SHORT_OTHERS | MODE_INIT | ASSERT);
		if (!(rnd() & 7))
			wrmsr(ICR, SHORT_OTHERS | MODE_SIPI | 6);
	}
	/* In the end they all run. */
	wrmsr(ICR, SHORT_OTHERS | MODE_INIT | ASSERT);
	wrmsr(ICR, SHORT_OTHERS | MODE_SIPI | 6);
	for (u32 was = *(volatile u32 *)0x6f00; was == *(volatile u32 *)0x6f00;)
		asm volatile("pause");
	OUT(8) = *(volatile u32 *)0x6f00;
}

/* ---- ports -------------------------------------------------------------- */

/* Those that end the VM are left out. */
static bool harmless(u16 port)
{
	return port != 0x64 && port != 0x92 && (port & ~3) != 0xcf8 &&
	       (port & ~7) != 0x600 && port != 0x5ff;
}

static void part_ports(void)
{
	static const u16 known[] = { 0x20,  0x21,  0x40,  0x41,	 0x42,
				     0x43,  0x61,  0x70,  0x71,	 0xa0,
				     0xa1,  0x3f8, 0x3f9, 0x3fa, 0x3fb,
				     0x3fc, 0x4d0, 0x4d1, 0x608, 0x80 };
	u32 i, v = 0;
	u16 port;

	for (i = 0; i < 500; i++) {
		port = rnd() & 1 ? known[(rnd() >> 8) % 20] : rnd() >> 16;
		if (!harmless(port))
			continue;
		switch (rnd() >> 32 & 7) {
		case 0:
			outw(port, rnd());
			break;
		case 1:
			outl(port, rnd());
			break;
		case 2:
			v += inw(port);
			break;
		case 3:
			v += inl(port);
			break;
		case 4:
		case 5:
			v += inb(port);
			break;
		default:
			outb(port, rnd());
			break;
		}
		OUT(4)++;
	}
	OUT(8) = v;
}

static u64 outs(u16 port, u64 from, u64 n)
{
	asm volatile("rep outsb" : "+S"(from), "+c"(n) : "d"(port) : "memory");
	CHECK(n, 0);
	return from;
}

static u64 ins(u16 port, u64 to, u64 n)
{
	asm volatile("rep insb" : "+D"(to), "+c"(n) : "d"(port) : "memory");
	CHECK(n, 0);
	return to;
}

/*
 * Strings from memory into what is none, by way of a byte of the CMOS RAM:
 * there is RAM up to 0xa0000.
 */
static void part_strings(void)
{
	volatile u8 *end = (u8 *)HOSTILE_RAM_END;
	u64 from, n;

	outb(0x70, 0x40);
	end[-3] = 0x11;
	end[-2] = 0x22;
	end[-1] = 0x33;
	CHECK(outs(0x71, (u64)end - 3, 3), (u64)end);
	CHECK(inb(0x71), 0x33);
	CHECK(outs(0x71, (u64)end - 3, 4), (u64)end + 1);
	CHECK(inb(0x71), 0xff); /* nobody there */
	outb(0x71, 0x5a);
	CHECK(ins(0x71, (u64)end - 2, 40), (u64)end + 38);
	CHECK(end[-3], 0x11);
	CHECK(end[-2], 0x5a);
	CHECK(end[-1], 0x5a);
	CHECK(end[0], 0xff);
	/* A lot, all of it beyond memory. */
	CHECK(outs(0x80, (u64)end, 600), (u64)end + 600);
	CHECK(ins(0x80, HOLE, 600), HOLE + 600);
	/* Back to where there is no page. */
	from = FAR1;
	n = 9;
	CHECK(TRY("rep outsb",
		  : "+S"(from), "+c"(n)
		  : "d"(0x80)
		  : "r11", "memory"),
	      PF);
	CHECK(from, FAR1);
	CHECK(n, 9);
}

/*
 * A device that the host serves (ARG 3): operands that lie on RAM and on it, or
 * on two of its pages that are not next to each other.
 */
#define WINDOW 0x3fe00000ull /* the last 2 MiB that start.S maps */

static void part_crossing(void)
{
	static u64 table[512] __attribute__((aligned(4096)));
	volatile u64 *pd = (u64 *)0x72000;
	volatile u8 *ram = (u8 *)0x9f000;
	u64 device = ARG(3), v, at, to;
	u32 i;

	/* RAM, device page 1, RAM, device page 0, no page */
	table[0] = (u64)ram | 3;
	table[1] = (device + 4096) | 3;
	table[2] = (u64)ram | 3;
	table[3] = device | 3;
	pd[511] = (u64)table | 3;
	flush_tlb();
	for (i = 0; i < 8; i++)
		ram[4088 + i] = 0x10 + i;
	for (i = 0; i < 8; i++)
		ram[i] = 0x20 + i;
#define AT(page, off) (WINDOW + 4096 * (page) + (off))
	/* loads */
	asm volatile("movq (%1), %0" : "=r"(v) : "r"(AT(0, 4093)));
	OUT(8) = v;
	asm volatile("movl (%1), %k0" : "=r"(v) : "r"(AT(0, 4093)));
	OUT(9) = v;
	asm volatile("movzwl (%1), %k0" : "=r"(v) : "r"(AT(1, 4095)));
	OUT(10) = v;
	/* stores */
	asm volatile("movq %0, (%1)"
		     :
		     : "r"(0x8877665544332211), "r"(AT(0, 4095))
		     : "memory");
	OUT(11) = ram[4095];
	asm volatile("movl %0, (%1)"
		     :
		     : "r"(0xddccbbaa), "r"(AT(1, 4093))
		     : "memory");
	OUT(12) = ram[0];
	/* both */
	v = 0x0101010101010101;
	asm volatile("xaddq %0, (%1)" : "+r"(v) : "r"(AT(0, 4092)) : "memory");
	OUT(13) = v;
	OUT(14) = *(volatile u32 *)(ram + 4092);
	/* REP MOVS of words, RAM to device and across */
	v = 3;
	at = (u64)ram + 4088;
	to = AT(0, 4095);
	asm volatile("rep movsw" : "+c"(v), "+S"(at), "+D"(to) : : "memory");
	OUT(15) = v;
	/* from its second page on there is none: nothing is written */
	ram[4095] = 0x77;
	OUT(16) = TRY("movl %%eax, (%0)",
		      :
		      : "r"(AT(3, 4094)), "a"(0x5555)
		      : "r11", "memory");
	OUT(17) = fault_error;
	OUT(18) = read_cr2() - AT(4, 0);
	/* doublewords to a port, from RAM and device */
	v = 2;
	at = AT(0, 4090);
	asm volatile("rep outsl" : "+c"(v), "+S"(at) : "d"(0x508) : "memory");
	OUT(19) = v | (at - AT(0, 4098));
	v = 2;
	at = AT(0, 4090);
	asm volatile("rep insl" : "+c"(v), "+D"(at) : "d"(0x50c) : "memory");
	OUT(20) = v | (at - AT(0, 4098));
	OUT(21) = *(volatile u32 *)(ram + 4090);
	OUT(22) = *(volatile u16 *)(ram + 4094);
}

/* ---- timer, NMIs, debug exceptions ------------------------ */

static void part_deadline(void)
{
	u64 was;
	u32 i;

	irq_handler = on_irq;
	apic_on();
	wrmsr(LVTT, 0x400ec);
	sti();
	was = taken[0];
	for (i = 0; i < 500; i++) {
		wrmsr(DEADLINE, 1 + rnd() % 1000);
		asm volatile("nop");
		CHECK(taken[0] - was, i + 1);
		CHECK(rdmsr(DEADLINE), 0);
	}
	cli();
}

static volatile u64 nested;

static void send_nmi(void)
{
	wrmsr(ICR, SHORT_SELF | MODE_NMI);
}

/* The first one sends five more: blocked, they are one. */
static void on_nmi_sends(void)
{
	u32 i;

	if (nested)
		OUT(9)++;
	nested = 1;
	if (!nmis++)
		for (i = 0; i < 5; i++) {
			send_nmi();
			CHECK(nmis, 1);
		}
	nested = 0;
}

static void part_nmis(void)
{
	nmi_handler = on_nmi_sends;
	apic_on();
	nmis = 0;
	send_nmi();
	asm volatile("nop");
	CHECK(nmis, 2);
	CHECK(OUT(9), 0);
	/* Interrupts off or on, it comes; the shadow of MOV SS goes first. */
	nmis = 1;
	asm volatile("mov %%ss, %%r10d\n\t"
		     "mov %%r10d, %%ss\n\t"
		     "wrmsr\n\t"
		     "nop"
		     :
		     : "a"(SHORT_SELF | MODE_NMI), "d"(0), "c"(ICR)
		     : "memory", "r10");
	CHECK(nmis, 2);
}

/* ---- INIT to the boot processor ------------------------ */

static void part_init(void)
{
	u32 r[4];

	apic_on();
	wrmsr(0xc0000081, 0x0023001000000000);
	CHECK(try_write_cr0(read_cr0() & ~CR0_CD_NW), 0);
	asm volatile("mov %0, %%dr0" : : "r"(0x1234ull));
	cpuid(1, 0, r);
	OUT(8) = r[0];
	wrmsr(ICR, MODE_INIT | ASSERT);
	OUT(9) = 1; /* never */
}

/* ---- all ------------------------ */

static void run_part(u64 part, u64 index)
{
	switch (part) {
	case HOSTILE_MODIFY:
		if (index)
			part_modify_other();
		part_modify();
		break;
	case HOSTILE_TABLES:
		part_tables();
		break;
	case HOSTILE_TABLES_CR3:
		part_tables_cr3();
		break;
	case HOSTILE_IPIS:
		part_ipis(index);
		break;
	case HOSTILE_INITS:
		part_inits();
		break;
	case HOSTILE_PORTS:
		part_ports();
		break;
	case HOSTILE_STRINGS:
		part_strings();
		break;
	case HOSTILE_CROSSING:
		part_crossing();
		break;
	case HOSTILE_DEADLINE:
		part_deadline();
		break;
	case HOSTILE_NMIS:
		part_nmis();
		break;
	case HOSTILE_INIT:
		part_init();
		break;
	}
}

void guest_main(u64 index)
{
	u64 rounds = ARG(1), i;

	for (i = 0; !rounds || i < rounds; i++) {
		run_part(ARG(0), index);
		if (!index)
			OUT(5)++;
	}
	/* Only the first says that it is done. */
	while (index)
		asm volatile("cli; hlt");
}
