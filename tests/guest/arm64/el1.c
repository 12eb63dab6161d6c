// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps patterns in EL1's registers, MMU off, across exits and across whoever
 * else has the CPU, and counts those that changed (guest.h: as fpu.c; OUT 2 has
 * a bit for each register of the list below that did).
 */
#include "lib.h"

#define ANY ~0ull
#define TABLE 0xffff0ffffffff000ull
#define TCR 0x00c0009fu /* A1, EPD1, EPD0, T0SZ without its reserved top */
#define SCTLR_EL0 (1u << 26 | 1u << 18 | 1u << 16 | 1u << 15 | 1u << 14)

/* Name, what of it may be anything while only EL1 runs, masked, what is kept. */
#define REGS(X)                              \
	X(ttbr0_el1, TABLE, 0)               \
	X(ttbr1_el1, TABLE, 0)               \
	X(tcr_el1, TCR, 0)                   \
	X(mair_el1, ANY, 0)                  \
	X(amair_el1, ANY, 0)                 \
	X(sctlr_el1, SCTLR_EL0, sctlr)       \
	X(vbar_el1, ~0x7ffull, 0)            \
	X(contextidr_el1, 0xffffffff, 0)     \
	X(tpidr_el1, ANY, 0)                 \
	X(tpidr_el0, ANY, 0)                 \
	X(tpidrro_el0, ANY, 0)               \
	X(sp_el0, ANY, 0)                    \
	X(elr_el1, ANY, 0)                   \
	X(spsr_el1, 0xf00003c5, 0)           \
	X(esr_el1, 0xffffffff, 0)            \
	X(far_el1, ANY, 0)                   \
	X(afsr0_el1, 0xffffffff, 0)          \
	X(afsr1_el1, 0xffffffff, 0)          \
	X(par_el1, 0xff00fffffffff000ull, 0) \
	X(csselr_el1, 3, 0)                  \
	X(cntkctl_el1, 0x3ff, 0)             \
	X(mdscr_el1, 0x1000, 0)              \
	X(cntv_cval_el0, ANY, 0)             \
	X(cntp_cval_el0, ANY, 0)

#define COUNT(name, mask, keep) +1
#define NR (0 REGS(COUNT))

static u64 want[NR], got[NR];

#define PUT(name, mask, keep)                                          \
	seed = seed * 6364136223846793005ull + 1442695040888963407ull; \
	asm volatile("msr " #name ", %0" : : "r"((seed & (mask)) | (keep)));

#define GET(name, mask, keep) asm volatile("mrs %0, " #name : "=r"(to[i++]));

static void put_all(u64 seed, u64 sctlr)
{
	REGS(PUT)
	asm volatile("isb");
}

static void get_all(u64 *to)
{
	unsigned int i = 0;

	asm volatile("isb" : : : "memory");
	REGS(GET)
}

void guest_main(u64 index)
{
	u64 sctlr = READ(sctlr_el1) & ~(u64)SCTLR_EL0;
	u64 vbar = READ(vbar_el1);
	volatile u64 spin;
	unsigned int i;
	u64 round;

	(void)index;
	for (round = 0; round < ARG(1); round++) {
		put_all(ARG(0) + round, sctlr);
		/* What is reserved reads as it likes, but always alike. */
		get_all(want);
		hvc(0x84000000, 0, 0, 0, 0, 0, 0, 0);
		for (spin = 0; spin < 20000; spin++)
			;
		get_all(got);
		for (i = 0; i < NR; i++)
			if (got[i] != want[i]) {
				OUT(0)++;
				OUT(2) |= 1ull << i;
			}
		OUT(1) = round + 1;
	}
	WRITE(vbar_el1, vbar);
}
