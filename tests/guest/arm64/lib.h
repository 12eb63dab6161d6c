/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C guests call: the results page, instructions that may trap to EL1
 * and report the syndrome, HVC and SMC, system registers.
 */
#ifndef GUEST_ARM64_LIB_H
#define GUEST_ARM64_LIB_H

#include "guest.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef _Bool bool;
#define NULL ((void *)0)
#define true 1
#define false 0

#define RESULTS ((volatile u64 *)GUEST_ARM64_RESULTS)
#define OUT(n) RESULTS[GUEST_R_OUT + (n)]
#define ARG(n) RESULTS[GUEST_R_ARG + (n)]

/* What start.S saves. */
struct trap_frame {
	u64 x[31];
	u64 elr;
};

/*
 * With @expect_trap set, a synchronous exception is noted in @trap_esr,
 * @trap_far and @trap_elr, and the instruction skipped; every one if it is
 * TRAPS_ALWAYS.
 */
#define TRAPS_ALWAYS 2
extern volatile u64 expect_trap;
extern volatile u64 trap_esr;
extern volatile u64 trap_far;
extern volatile u64 trap_elr;
extern volatile u64 *trap_counts; /* of each exception class, if set */
extern void (*irq_handler)(void);

void guest_main(u64 index);
void guest_trap(u64 kind, struct trap_frame *frame);
void secondary_start(void);
void puts(const char *s);

/* Run @insn; evaluates to ESR_EL1 of its exception, or 0. */
#define TRY(insn, ...)                                                        \
	({                                                                    \
		trap_esr = 0;                                                 \
		expect_trap = 1;                                              \
		asm volatile("dsb sy\n\tisb\n\t" insn "\n\tisb" __VA_ARGS__); \
		expect_trap = 0;                                              \
		trap_esr;                                                     \
	})

#define READ(reg)                                         \
	({                                                \
		u64 _v;                                   \
		asm volatile("mrs %0, " #reg : "=r"(_v)); \
		_v;                                       \
	})
#define WRITE(reg, v) asm volatile("msr " #reg ", %0; isb" : : "r"((u64)(v)))

/* HVC or SMC #0 with x0-x6; returns x0, and x1-x3 in @more if not NULL. */
#define CALL(name, insn)                                                       \
	static inline u64 name(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, \
			       u64 a6, u64 more[3])                            \
	{                                                                      \
		register u64 x0 asm("x0") = a0;                                \
		register u64 x1 asm("x1") = a1;                                \
		register u64 x2 asm("x2") = a2;                                \
		register u64 x3 asm("x3") = a3;                                \
		register u64 x4 asm("x4") = a4;                                \
		register u64 x5 asm("x5") = a5;                                \
		register u64 x6 asm("x6") = a6;                                \
		asm volatile(insn " #0"                                        \
			     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)          \
			     : "r"(x4), "r"(x5), "r"(x6)                       \
			     : "memory");                                      \
		if (more) {                                                    \
			more[0] = x1;                                          \
			more[1] = x2;                                          \
			more[2] = x3;                                          \
		}                                                              \
		return x0;                                                     \
	}
CALL(hvc, "hvc")
CALL(smc, "smc")

/*
 * An expectation: OUT @base counts those that failed, the words behind it (up
 * to @most) are the lines they stand in.
 */
#define EXPECT_AT(base, most, c)                                        \
	do {                                                            \
		if (!(c)) {                                             \
			if (OUT(base) < (most))                         \
				OUT((base) + 1 + OUT(base)) = __LINE__; \
			OUT(base)++;                                    \
		}                                                       \
	} while (0)

#endif /* GUEST_ARM64_LIB_H */
