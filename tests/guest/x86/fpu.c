// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps patterns in all SSE (and, where offered, AVX) registers across exits
 * of several kinds and counts registers that changed.
 */
#include "lib.h"

#define REGS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) \
	X(11) X(12) X(13) X(14) X(15)

static u8 want[16][32] __attribute__((aligned(32)));
static u8 got[16][32] __attribute__((aligned(32)));

static int avx_on(void)
{
	u32 r[4];

	cpuid(1, 0, r);
	if ((r[2] & (1u << 26 | 1u << 28)) != (1u << 26 | 1u << 28))
		return 0;
	try_write_cr4(read_cr4() | 1ull << 18);
	asm volatile("xsetbv" : : "a"(7), "d"(0), "c"(0));
	return 1;
}

static void make_pattern(u64 seed)
{
	unsigned int i, j;

	for (i = 0; i < 16; i++)
		for (j = 0; j < 32; j++) {
			seed = seed * 6364136223846793005ull +
			       1442695040888963407ull;
			want[i][j] = seed >> 56;
		}
}

#define LOAD_SSE(n) asm volatile("movups %0, %%xmm" #n : : "m"(want[n]));
#define SAVE_SSE(n) asm volatile("movups %%xmm" #n ", %0" : "=m"(got[n]));
#define LOAD_AVX(n) asm volatile("vmovups %0, %%ymm" #n : : "m"(want[n]));
#define SAVE_AVX(n) asm volatile("vmovups %%ymm" #n ", %0" : "=m"(got[n]));

static void load(int avx)
{
	if (avx) {
		REGS(LOAD_AVX)
	} else {
		REGS(LOAD_SSE)
	}
}

static void save(int avx)
{
	if (avx) {
		REGS(SAVE_AVX)
	} else {
		REGS(SAVE_SSE)
	}
}

static void provoke_exits(u64 round)
{
	volatile u64 spin;
	u32 r[4];

	cpuid(0, 0, r);
	outb(0x80, round);
	for (spin = 0; spin < 2000; spin++)
		;
}

void guest_main(u64 index)
{
	int avx = avx_on();
	unsigned int i, j, width = avx ? 32 : 16;
	u64 round;

	(void)index;
	OUT(2) = avx;
	for (round = 0; round < ARG(1); round++) {
		make_pattern(ARG(0) + round);
		load(avx);
		provoke_exits(round);
		save(avx);
		for (i = 0; i < 16; i++)
			for (j = 0; j < width; j++)
				if (got[i][j] != want[i][j])
					OUT(0)++;
		OUT(1) = round + 1;
	}
}
