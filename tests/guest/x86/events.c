// SPDX-License-Identifier: GPL-2.0
/*
 * Events and what their delivery meets.  Part 1 (ARG 0): each kind of event is
 * delivered on a stack that is in no page of the host yet (from ARG 1 on, ARG 2
 * apart), so that delivery is interrupted and has to be done again: once, with
 * the frame that it would have had.  Part 2: the guest's own debug registers and
 * single steps.  Results: checks.h; OUT 8: kinds of part 1.
 */
#include "checks.h"

#define APIC_BASE 0x1b
#define EOI 0x80b
#define SVR 0x80f
#define ICR 0x830
#define SELF 0x40000
#define NMI 0x400
#define DB 0x101

/* ---- a stack of its own for each ------------------------------------------- */

static struct __attribute__((packed)) {
	u16 limit;
	u64 base;
} gdt_pointer;
static u64 gdt[6] = { 0, 0x00cf9b000000ffff, 0x00cf93000000ffff,
		      0x00af9b000000ffff };
static u32 tss[26];

static void tss_load(void)
{
	u64 base = (u64)tss;

	gdt[4] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
		 (base >> 24 & 0xff) << 56;
	gdt[5] = base >> 32;
	tss[25] = sizeof(tss) << 16;
	gdt_pointer.limit = sizeof(gdt) - 1;
	gdt_pointer.base = (u64)gdt;
	asm volatile("lgdt %0" : : "m"(gdt_pointer));
	asm volatile("ltr %w0" : : "r"(0x20));
}

/* The next event of this vector comes on a new stack. */
static void fresh_stack(u32 vector)
{
	static u32 used;
	u64 top = ARG(1) + used++ * ARG(2) + 4096;

	tss[9] = top; /* IST1 */
	tss[10] = top >> 32;
	((volatile u8 *)0x73000)[16 * vector + 4] = 1;
	OUT(8) = used;
}

static void old_stack(u32 vector)
{
	((volatile u8 *)0x73000)[16 * vector + 4] = 0;
}

static volatile u32 irqs, nmis;
static volatile u64 irq_rip, irq_rsp;

static void on_irq(struct trap_frame *frame)
{
	irqs++;
	irq_rip = frame->rip;
	irq_rsp = (u64)frame;
	if (frame->vector != 0x80)
		wrmsr(EOI, 0);
}

/* Blocked until its IRET, although it was injected twice. */
static void on_nmi(void)
{
	u32 was = ++nmis;

	if (was == 1) {
		wrmsr(ICR, SELF | NMI);
		asm volatile("nop; nop");
		CHECK(nmis, 1);
	}
}

static void expect_fault(u32 vector, u64 got, u64 rip, u64 error)
{
	check(vector, got, 0x100 + vector);
	check(vector, fault_rip, rip);
	check(vector, fault_error, error);
	old_stack(vector);
}

/* Run @insn, whose own address is wanted. */
#define AT(where, insn, ...)                                                   \
	TRY("leaq 2f(%%rip), %%r10\n\tmovq %%r10, %[at]\n2:\t" insn,           \
	    : [at] "=m"(where)__VA_ARGS__ : "r10", "r11", "memory")

static void exceptions(void)
{
	u64 at, f;

	fresh_stack(6);
	f = AT(at, "ud2", :);
	expect_fault(6, f, at, 0);
	fresh_stack(13);
	f = AT(at, "movw %%ax, %%ds", : "a"(0x1238));
	expect_fault(13, f, at, 0x1238);
	fresh_stack(14);
	f = AT(at, "movl (%%rax), %%eax", : "a"(0x7fff00000000));
	expect_fault(14, f, at, 0);
	/* After its instruction, which must not be executed twice. */
	fresh_stack(3);
	f = AT(at, "int3", :);
	expect_fault(3, f, at + 1, 0);
	fresh_stack(1);
	f = AT(at, ".byte 0xf1", :);
	expect_fault(1, f, at + 1, 0);
}

static void interrupts(void)
{
	u64 at;

	irq_handler = on_irq;
	nmi_handler = on_nmi;
	irqs = 0;
	fresh_stack(0x80);
	asm volatile("leaq 1f(%%rip), %0\n\t"
		     "int $0x80\n"
		     "1:"
		     : "=&r"(at)
		     :
		     : "memory");
	CHECK(irqs, 1);
	CHECK(irq_rip, at);
	CHECK(irq_rsp >> 12, (((u64)tss[10] << 32 | tss[9]) - 1) >> 12);
	old_stack(0x80);
	irqs = 0;
	fresh_stack(0x41);
	sti();
	asm volatile("leaq 1f(%%rip), %0\n\t"
		     "wrmsr\n"
		     "1:\tnop"
		     : "=&r"(at)
		     : "a"(SELF | 0x41), "d"(0), "c"(ICR)
		     : "memory");
	cli();
	CHECK(irqs, 1);
	CHECK(irq_rip, at);
	CHECK(rdmsr(0x812), 0); /* none in service, none requested */
	CHECK(rdmsr(0x822), 0);
	old_stack(0x41);
	nmis = 0;
	fresh_stack(2);
	wrmsr(ICR, SELF | NMI);
	asm volatile("nop");
	CHECK(nmis, 2);
	old_stack(2);
}

/* ---- debug registers ----------------------------------------------------------- */

static u64 dr6(void)
{
	u64 v;

	asm volatile("mov %%dr6, %0" : "=r"(v));
	asm volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ull));
	return v;
}

static void dr7(u64 v)
{
	asm volatile("mov %0, %%dr7" : : "r"(v));
}

static volatile u64 watched;

static void watchpoints(void)
{
	u64 at, f;
	u32 i, r[4];

	asm volatile("mov %0, %%dr1" : : "r"(&watched));
	dr6();
	dr7(0x400 | 1 << 2 | 0xdull << 20); /* L1, write, 4 bytes */
	/* A trap: it is written. Exits in between change nothing. */
	for (i = 1; i < 4; i++) {
		cpuid(0, 0, r);
		f = TRY("movl %1, %0", : "+m"(watched) : "r"(i) : "r11",
			"memory");
		CHECK(f, DB);
		CHECK(watched, i);
		CHECK(dr6(), 0xffff0ff2);
	}
	f = TRY("movl %0, %%eax", : : "m"(watched) : "r11", "rax", "memory");
	CHECK(f, 0);
	dr7(0x400 | 1 << 2 | 0xfull << 20); /* reads, too */
	f = TRY("movl %0, %%eax", : : "m"(watched) : "r11", "rax", "memory");
	CHECK(f, DB);
	CHECK(dr6(), 0xffff0ff2);
	/* Execution: a fault, before the instruction. */
	asm volatile("leaq 1f(%%rip), %%rax\n\t"
		     "mov %%rax, %%dr2\n\t"
		     "jmp 2f\n"
		     "1:\tret\n"
		     "2:"
		     :
		     :
		     : "rax");
	asm volatile("mov %%dr2, %0" : "=r"(at));
	dr7(0x400 | 1 << 5); /* G2 */
	fault_vector = 0;
	asm volatile("movq %%rsp, %%r10\n\t"
		     "leaq 1f(%%rip), %%r11\n\t"
		     "movq %%r11, fixup_rip\n\t"
		     "call *%0\n"
		     "1:\tmovq %%r10, %%rsp\n\t"
		     "movq $0, fixup_rip"
		     :
		     : "r"(at)
		     : "r10", "r11", "memory");
	f = fault_vector;
	CHECK(f, DB);
	CHECK(fault_rip, at);
	CHECK(dr6(), 0xffff0ff4);
	dr7(0x400);
}

/* TF over instructions that exit: the trap comes right after them. */
#define STEP(insn, ...)                                                        \
	do {                                                                   \
		u64 at, f;                                                     \
		f = TRY("leaq 2f(%%rip), %%r10\n\tmovq %%r10, %[at]\n\t"       \
			"pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\t" insn        \
			"\n2:\tnop",                                           \
			: [at] "=m"(at), ##__VA_ARGS__                         \
			: "r10", "r11", "memory", "cc");                       \
		CHECK(f, DB);                                                  \
		CHECK(fault_rip, at);                                          \
		CHECK(dr6(), 0xffff4ff0);                                      \
	} while (0)

static void steps(void)
{
	u32 a, b, c, d;

	dr6();
	STEP("nop", "=m"(watched) :);
	a = 0;
	c = 0;
	STEP("cpuid", "+a"(a), "=b"(b), "+c"(c), "=d"(d) :);
	CHECK(a > 0, 1);
	STEP("rdmsr", "=a"(a), "=d"(d) : "c"(APIC_BASE));
	CHECK(a, 0xfee00d00);
	STEP("inb $0x80, %%al", "=a"(a) :);
	/* Nobody is at this address: it is emulated. */
	STEP("movl (%[p]), %[v]", [v] "=r"(a) : [p] "r"(0x30000000ull));
	CHECK(a, ~0u);
}

void guest_main(u64 index)
{
	(void)index;
	wrmsr(APIC_BASE, rdmsr(APIC_BASE) | 0x400);
	wrmsr(SVR, 0x1ff);
	if (ARG(0) == 1) {
		tss_load();
		exceptions();
		interrupts();
	} else {
		watchpoints();
		steps();
	}
}
