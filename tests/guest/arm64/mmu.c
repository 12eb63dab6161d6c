// SPDX-License-Identifier: GPL-2.0
/*
 * Turns its MMU and caches on with tables of its own: RAM one to one, the same
 * RAM again at 512 GiB - 1 GiB, a page that is read-only, a page that is not
 * there, the UART as device memory.  OUT n: see guest.h.
 */
#include "lib.h"

#define MAIR 0xff00ull /* 0: Device-nGnRnE, 1: Normal write-back */
#define LEAF_DEVICE (1ull << 54 | 1ull << 53 | 1 << 10 | 0 << 2)
#define LEAF_NORMAL (1 << 10 | 3 << 8 | 1 << 2)
#define BLOCK 1
#define PAGE 3
#define TABLE 3
#define READ_ONLY (1 << 7)

#define ALIAS 0x7fc0000000ull
#define DATA (GUEST_ARM64_RAM + 0x100000)

static u64 root[512] __attribute__((aligned(4096)));
static u64 ram[512] __attribute__((aligned(4096)));
static u64 pages[512] __attribute__((aligned(4096)));

static void make_tables(void)
{
	u64 i;

	/* 39-bit addresses: the root's entries are 1 GiB each */
	root[0] = 0 | LEAF_DEVICE | BLOCK;
	root[1] = (u64)ram | TABLE;
	root[ALIAS >> 30] = GUEST_ARM64_RAM | LEAF_NORMAL | BLOCK;
	ram[0] = GUEST_ARM64_RAM | LEAF_NORMAL | BLOCK; /* 2 MiB: ourselves */
	ram[1] = (u64)pages | TABLE;
	for (i = 0; i < 512; i++)
		pages[i] = (DATA + 4096 * (i & 7)) | LEAF_NORMAL | PAGE;
	pages[1] |= READ_ONLY;
	pages[2] = 0;
}

static void mmu_on(void)
{
	WRITE(mair_el1, MAIR);
	/* T0SZ 25, walks write-back and inner shareable, IPS 40 bits, EPD1 */
	WRITE(tcr_el1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ull << 32);
	WRITE(ttbr0_el1, root);
	asm volatile("dsb ish; tlbi vmalle1; ic iallu; dsb ish; isb"
		     :
		     :
		     : "memory");
	WRITE(sctlr_el1, READ(sctlr_el1) | 1 << 12 | 1 << 2 | 1);
}

void guest_main(u64 index)
{
	volatile u64 *page = (u64 *)(GUEST_ARM64_RAM + 0x200000);
	volatile u64 *data = (u64 *)DATA;
	u64 v;

	(void)index;
	data[0] = 0x1234; /* with the caches off */
	make_tables();
	mmu_on();
	OUT(A64M_SCTLR) = READ(sctlr_el1) & (1 << 12 | 1 << 2 | 1);
	OUT(A64M_SEEN_CACHED) = page[0];
	page[1] = 0x5678;
	OUT(A64M_ALIAS) = ((volatile u64 *)(ALIAS + 0x100000))[1];
	OUT(A64M_READ_ONLY_ESR) = TRY("str xzr, [%0]",
				      :
				      : "r"(page + 512)
				      : "memory");
	OUT(A64M_READ_ONLY_FAR) = trap_far;
	OUT(A64M_MISSING_ESR) = TRY("ldr %0, [%1]",
				    : "=r"(v)
				    : "r"(page + 1024)
				    : "memory");
	OUT(A64M_MISSING_FAR) = trap_far;
	asm volatile("at s1e1r, %0; isb" : : "r"(page + 8));
	OUT(A64M_PAR) = READ(par_el1);
	/* a hole of stage 2 below a good stage 1: an external abort */
	OUT(A64M_HOLE_ESR) = TRY("ldr %0, [%1]",
				 : "=r"(v)
				 : "r"(0x30000000ull)
				 : "memory");
	puts("MMU on\n");
}
