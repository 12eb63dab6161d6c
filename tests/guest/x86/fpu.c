// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps patterns in all vector registers that are offered, SSE to AVX-512 with
 * its masks, across exits of several kinds and counts what changed.
 */
#include "lib.h"

#define REGS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) \
	X(11) X(12) X(13) X(14) X(15)
#define MORE_REGS(X) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) \
	X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define MASKS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

enum level { SSE, AVX, AVX512 };

/* 32 registers of up to 64 bytes, then the 8 mask registers of AVX-512. */
#define MASK_ROW 32
static u8 want[33][64] __attribute__((aligned(64)));
static u8 got[33][64] __attribute__((aligned(64)));

/* Switch on what there is, but no more than @most. */
static enum level switch_on(enum level most)
{
	enum level level = SSE;
	u32 r[4];

	cpuid(1, 0, r);
	if (!most || (r[2] & (1u << 26 | 1u << 28)) != (1u << 26 | 1u << 28))
		return SSE;
	cpuid(0xd, 0, r);
	if ((r[0] & 7) == 7)
		level = AVX;
	if (most == AVX512 && (r[0] & 0xe7) == 0xe7)
		level = AVX512;
	try_write_cr4(read_cr4() | 1ull << 18);
	asm volatile("xsetbv"
		     :
		     : "a"(level == AVX512 ? 0xe7 : level == AVX ? 7 : 3),
		       "d"(0), "c"(0));
	return level;
}

static void make_pattern(u64 seed)
{
	unsigned int i, j;

	for (i = 0; i < 33; i++)
		for (j = 0; j < 64; j++) {
			seed = seed * 6364136223846793005ull +
			       1442695040888963407ull;
			want[i][j] = seed >> 56;
		}
}

#define LOAD_SSE(n) asm volatile("movups %0, %%xmm" #n : : "m"(want[n]));
#define SAVE_SSE(n) asm volatile("movups %%xmm" #n ", %0" : "=m"(got[n]));
#define LOAD_AVX(n) asm volatile("vmovups %0, %%ymm" #n : : "m"(want[n]));
#define SAVE_AVX(n) asm volatile("vmovups %%ymm" #n ", %0" : "=m"(got[n]));
#define LOAD_512(n) asm volatile("vmovups %0, %%zmm" #n : : "m"(want[n]));
#define SAVE_512(n) asm volatile("vmovups %%zmm" #n ", %0" : "=m"(got[n]));
#define LOAD_K(n)                          \
	asm volatile("kmovq %0, %%k" #n \
		     : : "m"(want[MASK_ROW][8 * n]));
#define SAVE_K(n)                          \
	asm volatile("kmovq %%k" #n ", %0" \
		     : "=m"(got[MASK_ROW][8 * n]));

static void load(enum level level)
{
	if (level == AVX512) {
		REGS(LOAD_512)
		MORE_REGS(LOAD_512)
		MASKS(LOAD_K)
	} else if (level == AVX) {
		REGS(LOAD_AVX)
	} else {
		REGS(LOAD_SSE)
	}
}

static void save(enum level level)
{
	if (level == AVX512) {
		REGS(SAVE_512)
		MORE_REGS(SAVE_512)
		MASKS(SAVE_K)
	} else if (level == AVX) {
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

/* ARG 2: the most it uses; OUT 0: bytes that changed; 1: rounds; 2: what it used. */
void guest_main(u64 index)
{
	static const u8 width[] = { [SSE] = 16, [AVX] = 32, [AVX512] = 64 };
	enum level level = switch_on(ARG(2));
	unsigned int i, j, regs = level == AVX512 ? 33 : 16;
	u64 round;

	(void)index;
	OUT(2) = level;
	for (round = 0; round < ARG(1); round++) {
		make_pattern(ARG(0) + round);
		load(level);
		provoke_exits(round);
		save(level);
		for (i = 0; i < regs; i++)
			for (j = 0; j < width[level]; j++)
				if (got[i][j] != want[i][j])
					OUT(0)++;
		OUT(1) = round + 1;
	}
}
