// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses that are answered with a fault: ports from 0x500, memory-mapped
 * registers from ARG 0, an unknown MSR, a hypercall.  Of an access whose
 * address has bit 3 set, the third is the one that faults.
 * Four words for each: 0x100 + vector, error code, RIP of the exception from
 * the instruction's on, and what the instruction must not have changed.
 */
#include "lib.h"

#define KEEP 0x1122334455667788ull
#define UNKNOWN_MSR 0x4b564d7f

static unsigned int at;

static void note(u64 want_rip, u64 kept)
{
	OUT(at) = fault_vector;
	OUT(at + 1) = fault_error;
	OUT(at + 2) = fault_rip - want_rip;
	OUT(at + 3) = kept;
	at += 4;
}

/* As TRY(), and it says where @insn is. */
#define FAULT(kept, insn, ...)                                    \
	do {                                                      \
		u64 want_;                                        \
		fault_vector = 0;                                 \
		asm volatile("leaq 2f(%%rip), %[want]\n\t"        \
			     "leaq 1f(%%rip), %%r11\n\t"          \
			     "movq %%r11, fixup_rip\n"            \
			     "2:\t" insn "\n"                     \
			     "1:\tmovq $0, fixup_rip"             \
			     : [want] "=&r"(want_), __VA_ARGS__); \
		note(want_, kept);                                \
	} while (0)

static u8 buffer[16] = "abcdefgh";

static void ports(void)
{
	u64 rax = KEEP, rcx, rsi, rdi;

	FAULT(rax, "inb %%dx, %%al", "+a"(rax) : "d"(0x500) : "r11", "memory");
	FAULT(rax, "inl %%dx, %%eax", "+a"(rax) : "d"(0x504) : "r11", "memory");
	FAULT(rax, "outw %%ax, %%dx", "+a"(rax) : "d"(0x502) : "r11", "memory");
	rcx = 5;
	rsi = (u64)buffer;
	FAULT(rcx << 8 | (rsi - (u64)buffer), "rep outsb", "+c"(rcx), "+S"(rsi)
	      : "d"(0x508)
	      : "r11", "memory");
	rcx = 5;
	rdi = (u64)buffer;
	FAULT(rcx << 8 | (rdi - (u64)buffer), "rep insb", "+c"(rcx), "+D"(rdi)
	      : "d"(0x508)
	      : "r11", "memory");
	note(fault_rip, buffer[1] << 8 | buffer[2]); /* one read, one not */
}

static void registers(void)
{
	volatile u8 *dev = (volatile u8 *)ARG(0);
	u64 rax = KEEP, rcx, rsi, rdi;

	FAULT(rax, "movl (%[dev]), %%eax", "+a"(rax)
	      : [dev] "r"(dev)
	      : "r11", "memory");
	FAULT(rax, "movq %%rax, (%[dev])", "+a"(rax)
	      : [dev] "r"(dev)
	      : "r11", "memory");
	/* Reads, then the write faults: neither register has changed. */
	FAULT(rax, "xchgl (%[dev]), %%eax", "+a"(rax)
	      : [dev] "r"(dev + 8)
	      : "r11", "memory");
	rcx = 5;
	rsi = (u64)dev + 8;
	rdi = (u64)buffer;
	FAULT(rcx << 16 | (u8)(rsi - (u64)dev) << 8 | (rdi - (u64)buffer),
	      "rep movsb", "+c"(rcx), "+S"(rsi), "+D"(rdi)
	      :
	      : "r11", "memory");
}

static void others(void)
{
	u64 rax = KEEP, rdx = KEEP;

	FAULT(rax ^ rdx, "rdmsr", "+a"(rax), "+d"(rdx)
	      : "c"(UNKNOWN_MSR)
	      : "r11", "memory");
	FAULT(rax ^ rdx, "wrmsr", "+a"(rax), "+d"(rdx)
	      : "c"(UNKNOWN_MSR)
	      : "r11", "memory");
	FAULT(rax, "vmcall", "+a"(rax) : : "r11", "memory");
}

void guest_main(u64 index)
{
	(void)index;
	ports();
	registers();
	others();
	OUT(at) = ~0ull;
}
