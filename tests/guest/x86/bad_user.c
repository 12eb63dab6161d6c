// SPDX-License-Identifier: GPL-2.0
/*
 * Privileged instructions at CPL 3, debug registers, and a debug exception whose
 * delivery raises the next one.  ARG 0 says which part runs (hostile.h), ARG 1
 * how many rounds of it, 0: for ever; results: checks.h, OUT 5: rounds done.
 */
#include "checks.h"
#include "hostile.h"

/* ---- at CPL 3 --------------------------------------------------------------------- */

static struct __attribute__((packed)) {
	u16 limit;
	u64 base;
} gdt_pointer;
static u64 gdt[8] = { 0,
		      0x00cf9b000000ffff,
		      0x00cf93000000ffff,
		      0x00af9b000000ffff,
		      0x00cff3000000ffff,
		      0x00affb000000ffff };
static u32 tss[26];
static u8 user_stack[4096] __attribute__((aligned(16)));
static u8 trap_stack[8192] __attribute__((aligned(16)));

#define SEL_USER_DATA 0x23
#define SEL_USER_CODE 0x2b
#define SEL_TSS 0x30

/* A GDT with room for CPL 3, a TSS, and every page open to it. */
static void user_ready(void)
{
	u64 base = (u64)tss, top = (u64)(trap_stack + sizeof(trap_stack));
	static bool done;
	volatile u64 *pml4 = (u64 *)0x70000, *pdpt = (u64 *)0x71000;
	volatile u64 *pd = (u64 *)0x72000;
	volatile u8 *gate = (u8 *)0x73000 + 16 * 0x80;
	u32 i;

	if (done)
		return;
	done = true;
	gdt[6] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
		 (base >> 24 & 0xff) << 56;
	gdt[7] = base >> 32;
	tss[1] = top; /* RSP0 */
	tss[2] = top >> 32;
	tss[9] = top - 4096; /* IST1 */
	tss[10] = (top - 4096) >> 32;
	tss[25] = sizeof(tss) << 16; /* no I/O bitmap */
	gdt_pointer.limit = sizeof(gdt) - 1;
	gdt_pointer.base = (u64)gdt;
	asm volatile("lgdt %0" : : "m"(gdt_pointer));
	asm volatile("ltr %w0" : : "r"(SEL_TSS));
	pml4[0] |= 4;
	pdpt[0] |= 4;
	for (i = 0; i < 512; i++)
		pd[i] |= 4;
	gate[5] |= 0x60; /* INT 0x80 from CPL 3 */
	flush_tlb();
}

static bool has_xsave;

#define REFUSED(insn, ...) \
	CHECK(TRY(insn, : : __VA_ARGS__ : "r11", "memory"), GP)

static void user_main(void)
{
	u64 zero = 0;

	REFUSED("hlt", "a"(0));
	REFUSED("rdmsr", "a"(0), "d"(0), "c"(0x1b));
	REFUSED("wrmsr", "a"(0), "d"(0), "c"(0x277));
	REFUSED("mov %%cr0, %%rax", "a"(0));
	REFUSED("mov %%rax, %%cr0", "a"(0x60000011));
	REFUSED("mov %%rax, %%cr3", "a"(0));
	REFUSED("mov %%rax, %%cr4", "a"(0));
	REFUSED("mov %%rax, %%cr8", "a"(0));
	REFUSED("clts", "a"(0));
	REFUSED("lmsw %%ax", "a"(0));
	REFUSED("mov %%rax, %%dr0", "a"(0x1234));
	REFUSED("mov %%rax, %%dr7", "a"(0x401));
	REFUSED("mov %%dr0, %%rax", "a"(0));
	REFUSED("mov %%dr6, %%rax", "a"(0));
	REFUSED("mov %%dr7, %%rax", "a"(0));
	REFUSED("invd", "a"(0));
	REFUSED("wbinvd", "a"(0));
	REFUSED("invlpg (%%rax)", "a"(&zero));
	if (has_xsave)
		REFUSED("xsetbv", "a"(3), "d"(0), "c"(0));
	REFUSED("inb %%dx, %%al", "a"(0), "d"(0x3f8));
	REFUSED("outb %%al, %%dx", "a"(0), "d"(0x3f8));
	REFUSED("rep outsb", "S"(&zero), "c"(1), "d"(0x3f8));
	REFUSED("sti", "a"(0));
	asm volatile("int $0x80");
}

static volatile u64 kernel_rip, kernel_rsp;

/* INT 0x80: back to where part_user() left. */
static void on_user_done(struct trap_frame *frame)
{
	u64 dr[3];

	CHECK(frame->vector, 0x80);
	CHECK(frame->cs, SEL_USER_CODE);
	asm volatile("mov %%dr0, %0\n\tmov %%dr7, %1\n\tmov %%dr6, %2"
		     : "=r"(dr[0]), "=r"(dr[1]), "=r"(dr[2]));
	CHECK(dr[0], 0);
	CHECK(dr[1], 0x400);
	CHECK(dr[2], 0xffff0ff0);
	frame->cs = 24;
	frame->ss = 16;
	frame->rsp = kernel_rsp;
	frame->rip = kernel_rip;
	frame->rflags = 2;
}

/* DR7.GD: an access is #DB, and DR6.BD says why. */
static void general_detect(void)
{
	u64 v;

	asm volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ull));
	asm volatile("mov %0, %%dr7" : : "r"(0x2400ull));
	CHECK(TRY("mov %%rax, %%dr1", : : "a"(5) : "r11", "memory"), 0x101);
	/* Its delivery cleared GD. */
	asm volatile("mov %%dr7, %0" : "=r"(v));
	CHECK(v, 0x400);
	asm volatile("mov %%dr6, %0" : "=r"(v));
	CHECK(v, 0xffff2ff0);
	asm volatile("mov %%dr1, %0" : "=r"(v));
	CHECK(v, 0);
	asm volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ull));
}

static void debug_registers(void)
{
	u64 cr4 = read_cr4();

	CHECK(TRY("mov %%rax, %%dr6",
		  :
		  : "a"(1ull << 32)
		  : "r11", "memory"),
	      GP);
	CHECK(TRY("mov %%rax, %%dr7",
		  :
		  : "a"(1ull << 32)
		  : "r11", "memory"),
	      GP);
	CHECK(TRY("mov %%dr4, %%rax", : : : "r11", "rax", "memory"), 0);
	CHECK(try_write_cr4(cr4 | 8), 0); /* DE */
	CHECK(TRY("mov %%dr4, %%rax", : : : "r11", "rax", "memory"), UD);
	CHECK(TRY("mov %%rax, %%dr5", : : "a"(0x400) : "r11", "memory"), UD);
	CHECK(try_write_cr4(cr4), 0);
	general_detect();
}

static void part_user(void)
{
	u32 r[4];

	debug_registers();
	user_ready();
	cpuid(1, 0, r);
	has_xsave = r[2] >> 26 & 1;
	if (has_xsave)
		CHECK(try_write_cr4(read_cr4() | 1 << 18), 0);
	irq_handler = on_user_done;
	asm volatile("movq %%rsp, kernel_rsp\n\t"
		     "leaq 1f(%%rip), %%rax\n\t"
		     "movq %%rax, kernel_rip\n\t"
		     "pushq %[ds]\n\t"
		     "pushq %[sp]\n\t"
		     "pushq $2\n\t"
		     "pushq %[cs]\n\t"
		     "pushq %[ip]\n\t"
		     "iretq\n"
		     "1:"
		     :
		     : [ds] "i"(SEL_USER_DATA),
		       [sp] "i"(user_stack + sizeof(user_stack) - 8),
		       [cs] "i"(SEL_USER_CODE), [ip] "i"(user_main)
		     : "memory", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8",
		       "r9", "r10", "r11", "r12", "r13", "r14", "r15");
}

extern const u8 just_iret[];
asm(".text\n"
    "just_iret: iretq\n");

/*
 * A watchpoint on the stack that #DB itself is delivered on: each delivery
 * raises the next one.
 */
static void part_debug(void)
{
	volatile u16 *gate = (u16 *)(0x73000 + 16);
	u64 at = (u64)just_iret, top;

	user_ready();
	top = tss[9] | (u64)tss[10] << 32;
	gate[0] = at;
	gate[3] = at >> 16;
	gate[2] = 0x8e01; /* IST1 */
	asm volatile("mov %0, %%dr0" : : "r"(top - 16));
	asm volatile("mov %0, %%dr7" : : "r"(0x90401ull)); /* write, 8 bytes */
	OUT(5)++;
	for (;;)
		*(volatile u64 *)(top - 16) = 1;
}

void guest_main(u64 index)
{
	u64 rounds = ARG(1), i;

	(void)index;
	for (i = 0; !rounds || i < rounds; i++) {
		switch (ARG(0)) {
		case HOSTILE_USER:
			part_user();
			break;
		case HOSTILE_DEBUG:
			part_debug();
			break;
		}
		OUT(5)++;
	}
}
