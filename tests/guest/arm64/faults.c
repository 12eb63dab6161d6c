// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses that are answered with a fault: registers from ARG 0, an unknown
 * system register, hypercalls.  Of an access whose address has bit 3 set, the
 * second is the one that faults.
 * Four words for each: ESR, FAR, PC of the exception from the instruction's
 * on, and what the instruction must not have changed.
 */
#include "lib.h"

#define KEEP 0x1122334455667788ull

static unsigned int at;

static void note(u64 far, u64 want_pc, u64 kept)
{
	OUT(at) = trap_esr;
	OUT(at + 1) = far;
	OUT(at + 2) = trap_elr - want_pc;
	OUT(at + 3) = kept;
	at += 4;
}

/* As TRY(), and it says where @insn is. */
#define FAULT(kept, insn, ...)                                           \
	do {                                                             \
		u64 want_;                                               \
		trap_esr = 0;                                            \
		trap_far = 0;                                            \
		trap_elr = 0;                                            \
		expect_trap = 1;                                         \
		asm volatile("adr %[want], 2f\n\tdsb sy\n\tisb\n"        \
			     "2:\t" insn "\n\tisb"                       \
			     : [want] "=&r"(want_), __VA_ARGS__);        \
		expect_trap = 0;                                         \
		note(EC(trap_esr) ? trap_far - ARG(0) : 0, want_, kept); \
	} while (0)

#define EC(esr) ((esr) >> 26 & 0x3f)

static void registers(void)
{
	u64 dev = ARG(0), a = KEEP, b = ~KEEP, base = dev;

	FAULT(a, "ldr %w[a], [%[dev]]", [a] "+r"(a)
	      : [dev] "r"(dev)
	      : "memory");
	FAULT(a, "strh %w[a], [%[dev], #2]", [a] "+r"(a)
	      : [dev] "r"(dev)
	      : "memory");
	/* No syndrome: decoded.  Neither registers nor base may change. */
	FAULT(base - dev,
	      "ldr %[a], [%[base]], #16", [a] "+r"(a), [base] "+r"(base)
	      :
	      : "memory");
	base += 8;
	FAULT(base - dev + (a ^ b), "ldp %[a], %[b], [%[base]], #16",
	      [a] "+r"(a), [b] "+r"(b), [base] "+r"(base)
	      :
	      : "memory");
	FAULT(base - dev + (a ^ b), "stp %[a], %[b], [%[base]], #16",
	      [a] "+r"(a), [b] "+r"(b), [base] "+r"(base)
	      :
	      : "memory");
}

static void others(void)
{
	register u64 x0 asm("x0") = KEEP;

	FAULT(x0, "mrs %[x0], s3_0_c15_c3_4", [x0] "+r"(x0) : : "memory");
	x0 = KEEP;
	FAULT(x0, "msr s3_0_c15_c3_4, %[x0]", [x0] "+r"(x0) : : "memory");
	x0 = 0x1234;
	FAULT(x0, "hvc #0", [x0] "+r"(x0) : : "memory");
	x0 = 0x1234;
	FAULT(x0, "smc #0", [x0] "+r"(x0) : : "memory");
}

void guest_main(u64 index)
{
	(void)index;
	registers();
	others();
	OUT(at) = ~0ull;
}
