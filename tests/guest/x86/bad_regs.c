// SPDX-License-Identifier: GPL-2.0
/*
 * Bad values in MSRs, control registers and XCR0: each is the fault that the
 * manual tells of, and changes nothing.  ARG 0 says which part runs (hostile.h),
 * ARG 1 how many rounds of it, 0: for ever; results: checks.h, OUT 5: rounds done.
 */
#include "checks.h"
#include "hostile.h"

/* ---- MSRs ---------------------------------------------------------------------- */

static const struct {
	u32 msr;
	u64 bad[3];
} bad_msrs[] = {
	{ 0x01b, { 0xfee00801, 0xfee00400, 1ull << 60 | 0xfee00900 } },
	{ 0x03a, { 0, 1, 5 } },
	{ 0x0fe, { 0, 0x508, ~0ull } },
	{ 0x175, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0x176, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0x179, { 0, 1, ~0ull } },
	{ 0x17a, { 8, 1ull << 32, ~0ull } },
	{ 0x200, { 2, 7, 1ull << 62 } },
	{ 0x201, { 1, 0x400, 1ull << 62 } },
	{ 0x250, { 2, 0x0700000000000000, ~0ull } },
	{ 0x277, { 2, 0x0300000000000000, 8 } },
	{ 0x2ff, { 2, 0x1000, 0x100 } },
	{ 0x400, { 1, 2, ~1ull } },
	{ 0x401, { 1, 1ull << 63, ~0ull } },
	{ 0xc0000080, { 1 << 1, 1 << 12, 1ull << 63 } },
	{ 0xc0000080, { 0, 0x400, 1 << 20 } }, /* LME while paging */
	{ 0xc0000082, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0xc0000083, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0xc0000100, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0xc0000101, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
	{ 0xc0000102, { 1ull << 63, 1ull << 47, 0xffff7fffffffffff } },
};

/* Not there, whatever the processor below has: VMX, PMU, debug store, PT, ... */
static const u32 no_msrs[] = {
	0x0c1, 0x186,	   0x1d0,      0x38d,	   0x38f,      0x3f1,
	0x480, 0x48b,	   0x491,      0x570,	   0x600,      0xc80,
	0xc8f, 0x40000000, 0x4b564d00, 0xc0010015, 0xc0010114, 0xffffffff,
};

static void bad_values(void)
{
	u32 i, j;
	u64 v, old;

	for (i = 0; i < sizeof(bad_msrs) / sizeof(*bad_msrs); i++) {
		CHECK(try_rdmsr(bad_msrs[i].msr, &old), 0);
		for (j = 0; j < 3; j++) {
			check(bad_msrs[i].msr,
			      try_wrmsr(bad_msrs[i].msr, bad_msrs[i].bad[j]),
			      GP);
			CHECK(try_rdmsr(bad_msrs[i].msr, &v), 0);
			check(bad_msrs[i].msr, v, old);
		}
	}
	for (i = 0; i < sizeof(no_msrs) / sizeof(*no_msrs); i++) {
		check(no_msrs[i], try_rdmsr(no_msrs[i], &v), GP);
		check(no_msrs[i], try_wrmsr(no_msrs[i], rnd()), GP);
	}
}

/* Anything anywhere: a fault or none, and never another one than #GP. */
static void random_msrs(u32 n)
{
	static const u32 bases[] = { 0, 0, 0xc0000000, 0xc0010000, 0x40000000 };
	u64 v, f;
	u32 msr;

	while (n--) {
		msr = bases[rnd() % 5] + (rnd() >> 32) % 0x1000;
		/* Its own timer and messages have parts of their own. */
		if (msr >= 0x800 && msr < 0x900)
			continue;
		f = rnd() & 3 ? try_wrmsr(msr, rnd() >> rnd() % 64) :
				try_rdmsr(msr, &v);
		if (f)
			check(msr, f, GP);
		OUT(4)++;
	}
}

static void part_msrs(void)
{
	bad_values();
	random_msrs(200);
}

/* ---- control registers ----------------------------------------------------------- */

#define CR0_NW (1ull << 29)
#define CR0_CD (1ull << 30)
#define CR0_PG (1ull << 31)
#define CR4_PAE (1ull << 5)
#define CR4_MCE (1ull << 6)
#define CR4_LA57 (1ull << 12)
#define CR4_VMXE (1ull << 13)
#define CR4_SMXE (1ull << 14)
#define CR4_PCIDE (1ull << 17)
#define CR4_OSXSAVE (1ull << 18)

static void bad_cr0(void)
{
	u64 cr0 = read_cr0();
	const u64 bad[] = {
		cr0 | 1ull << 32,
		cr0 | 1ull << 63,
		cr0 & ~1ull,
		(cr0 & ~CR0_CD) | CR0_NW,
		cr0 & ~CR0_PG, /* in 64-bit code */
		/* with a bit that we look at, too */
		(cr0 ^ CR0_CD) & ~1ull,
		(cr0 ^ CR0_CD) & ~(CR0_PG | CR0_NW),
		0,
		~0ull,
	};
	u32 i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check(i + 1, try_write_cr0(bad[i]), GP);
		CHECK(read_cr0(), cr0);
	}
}

static void bad_cr4(void)
{
	u64 cr4 = read_cr4(), cr3 = read_cr3();
	const u64 bad[] = {
		cr4 | 1ull << 63,
		cr4 | 1ull << 32,
		cr4 | 1ull << 15,
		cr4 | CR4_VMXE,
		cr4 | CR4_SMXE,
		cr4 | CR4_LA57,
		cr4 & ~CR4_PAE,
		(cr4 ^ CR4_MCE) & ~CR4_PAE,
		(cr4 ^ CR4_MCE) | 1 << 15,
		~0ull,
		0,
	};
	u32 i, r[4];

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check(100 + i, try_write_cr4(bad[i]), GP);
		CHECK(read_cr4(), cr4);
	}
	cpuid(1, 0, r);
	if (!(r[2] & 1 << 17))
		return;
	/* PCIDs begin at zero. */
	CHECK(try_write_cr3(cr3 | 0x18), 0);
	CHECK(try_write_cr4(cr4 | CR4_PCIDE), GP);
	CHECK(try_write_cr4((cr4 ^ CR4_MCE) | CR4_PCIDE), GP);
	CHECK(read_cr4(), cr4);
	CHECK(try_write_cr3(cr3), 0);
	CHECK(try_write_cr4(cr4 | CR4_PCIDE), 0);
	CHECK(try_write_cr0(read_cr0() & ~CR0_PG), GP);
	CHECK(try_write_cr0((read_cr0() ^ CR0_CD) & ~(CR0_PG | CR0_NW)), GP);
	CHECK(try_write_cr4(cr4), 0);
}

static void bad_others(void)
{
	u64 cr3 = read_cr3(), cr0 = read_cr0();

	CHECK(try_write_cr3(cr3 | 1ull << 63), GP);
	CHECK(try_write_cr3(cr3 | 1ull << 62), GP);
	CHECK(try_write_cr3(cr3 | 1ull << 52), GP);
	CHECK(read_cr3(), cr3);
	CHECK(try_write_cr8(16), GP);
	CHECK(try_write_cr8(1ull << 63), GP);
	CHECK(try_write_cr8(~0ull), GP);
	CHECK(read_cr8(), 0);
	/* There is no CR1, CR5, CR9. */
	CHECK(TRY(".byte 0x0f, 0x22, 0xc8", : : "a"(0) : "r11", "memory"), UD);
	CHECK(TRY(".byte 0x0f, 0x22, 0xe8", : : "a"(0) : "r11", "memory"), UD);
	CHECK(TRY(".byte 0x44, 0x0f, 0x22, 0xc8",
		  :
		  : "a"(0)
		  : "r11", "memory"),
	      UD);
	/* LMSW sets PE and does not clear it. */
	asm volatile("lmsw %w0" : : "r"((u32)cr0 & ~1u));
	CHECK(read_cr0(), cr0);
	/* CD and MCE are ours to look at: they change as told. */
	CHECK(try_write_cr0((cr0 | CR0_CD) & ~CR0_NW), 0);
	CHECK(read_cr0(), (cr0 | CR0_CD) & ~CR0_NW);
	CHECK(try_write_cr0(cr0), 0);
	CHECK(try_write_cr4(read_cr4() ^ CR4_MCE), 0);
	CHECK(try_write_cr4(read_cr4() ^ CR4_MCE), 0);
}

static void part_crs(void)
{
	bad_cr0();
	bad_cr4();
	bad_others();
}

/* ---- XSETBV ---------------------------------------------------------------------- */

static u64 try_xsetbv(u32 nr, u64 v)
{
	return TRY("xsetbv",
		   :
		   : "a"((u32)v), "d"((u32)(v >> 32)), "c"(nr)
		   : "r11", "memory");
}

static u64 xgetbv(void)
{
	u32 lo, hi;

	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return (u64)hi << 32 | lo;
}

/* "XSETBV" of the manual, its list of #GP(0). */
static bool xcr0_good(u64 v, u64 may)
{
	if (!(v & 1) || v & ~may)
		return false;
	if (v & 4 && !(v & 2))
		return false;
	if ((v >> 3 & 3) % 3)
		return false;
	if (v & 0xe0 && ((v & 0xe0) != 0xe0 || !(v & 4)))
		return false;
	return (v >> 17 & 3) % 3 == 0;
}

static void part_xcr(void)
{
	static const u64 some[] = {
		0,
		1,
		2,
		3,
		4,
		5,
		6,
		7,
		0xb,
		0x13,
		0x1b,
		0x27,
		0xe3,
		0xe7,
		0xff,
		0x207,
		0x203,
		0x100,
		0x101,
		0x20003,
		0x60003,
		1ull << 63 | 1,
		1ull << 62 | 3,
		~0ull,
	};
	u32 r[4], i;
	u64 may, now;

	cpuid(1, 0, r);
	if (!(r[2] & 1 << 26))
		return;
	CHECK(try_write_cr4(read_cr4() & ~CR4_OSXSAVE), 0);
	CHECK(try_xsetbv(0, 3), UD);
	CHECK(try_write_cr4(read_cr4() | CR4_OSXSAVE), 0);
	cpuid(0xd, 0, r);
	may = (u64)r[3] << 32 | r[0];
	CHECK(try_xsetbv(1, 3), GP);
	CHECK(try_xsetbv(~0u, 3), GP);
	for (i = 0; i < sizeof(some) / sizeof(*some); i++) {
		bool good = xcr0_good(some[i], may);

		now = good ? some[i] : xgetbv();
		check(some[i], try_xsetbv(0, some[i]), good ? 0 : GP);
		check(some[i], xgetbv(), now);
		cpuid(0xd, 0, r);
		CHECK(r[1] >= 576, 1);
	}
	CHECK(try_xsetbv(0, 1), 0);
	cpuid(0xd, 0, r);
	CHECK(r[1], 576);
}

void guest_main(u64 index)
{
	u64 rounds = ARG(1), i;

	(void)index;
	for (i = 0; !rounds || i < rounds; i++) {
		switch (ARG(0)) {
		case HOSTILE_MSRS:
			part_msrs();
			break;
		case HOSTILE_CRS:
			part_crs();
			break;
		case HOSTILE_XCR:
			part_xcr();
			break;
		}
		OUT(5)++;
	}
}
