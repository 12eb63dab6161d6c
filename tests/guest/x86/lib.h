/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C guests call: the results page, instructions that may fault and
 * report the vector, port and MSR access.
 */
#ifndef GUEST_X86_LIB_H
#define GUEST_X86_LIB_H

#include "guest.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define RESULTS ((volatile u64 *)GUEST_X86_RESULTS)
#define OUT(n) RESULTS[GUEST_R_OUT + (n)]
#define ARG(n) RESULTS[GUEST_R_ARG + (n)]

/* The frame that start.S hands to guest_trap(). */
struct trap_frame {
	u64 r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
	u64 vector, error, rip, cs, rflags, rsp, ss;
};

/* Where a fault goes on instead, once; and what it was. */
extern volatile u64 fixup_rip;
extern volatile u64 fault_vector; /* 0x100 + vector, or 0 */
extern volatile u64 fault_error;
extern volatile u64 fault_rip;

/* Vectors from 32 up call this if it is set. */
extern void (*irq_handler)(struct trap_frame *frame);
/* And NMIs this. */
extern void (*nmi_handler)(void);

void guest_main(u64 index);
void guest_trap(struct trap_frame *frame);
void puts(const char *s);

/* Run @insn; evaluates to 0x100 + vector of the fault, or 0. */
#define TRY(insn, ...)                                                         \
	({                                                                     \
		fault_vector = 0;                                              \
		asm volatile("leaq 1f(%%rip), %%r11\n\t"                       \
			     "movq %%r11, fixup_rip\n\t" insn "\n"             \
			     "1:\n\t"                                          \
			     "movq $0, fixup_rip" __VA_ARGS__);                \
		fault_vector;                                                  \
	})

static inline void outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	asm volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	asm volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void cpuid(u32 leaf, u32 sub, u32 r[4])
{
	asm volatile("cpuid"
		     : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
		     : "a"(leaf), "c"(sub));
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* RDMSR: value in *@v; returns 0x100 + vector, or 0. */
static inline u64 try_rdmsr(u32 msr, u64 *v)
{
	u32 lo = 0, hi = 0;
	u64 f = TRY("rdmsr", : "+a"(lo), "+d"(hi) : "c"(msr) : "r11", "memory");

	*v = (u64)hi << 32 | lo;
	return f;
}

static inline u64 try_wrmsr(u32 msr, u64 v)
{
	return TRY("wrmsr", : : "a"((u32)v), "d"((u32)(v >> 32)), "c"(msr) :
		   "r11", "memory");
}

static inline u64 vmcall(u64 nr, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5,
			 u64 a6)
{
	register u64 r8 asm("r8") = a5;
	register u64 r9 asm("r9") = a6;
	u64 ret;

	asm volatile("vmcall"
		     : "=a"(ret)
		     : "a"(nr), "D"(a1), "S"(a2), "d"(a3), "c"(a4), "r"(r8),
		       "r"(r9)
		     : "memory");
	return ret;
}

#define CR_RW(n)                                                               \
	static inline u64 read_cr##n(void)                                     \
	{                                                                      \
		u64 v;                                                         \
		asm volatile("mov %%cr" #n ", %0" : "=r"(v));                  \
		return v;                                                      \
	}                                                                      \
	static inline u64 try_write_cr##n(u64 v)                               \
	{                                                                      \
		return TRY("mov %0, %%cr" #n, : : "r"(v) : "r11", "memory");   \
	}
CR_RW(0)
CR_RW(3)
CR_RW(4)
CR_RW(8)

#endif /* GUEST_X86_LIB_H */
