// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/vgic.c and vgic_mmio.c: the register maps as
 * the GIC's manual and Linux's driver have them, SGI targets, and random
 * interrupts against CPU interfaces that take them: none is lost, none comes
 * twice, the most urgent goes first, with any number of list registers.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/vgic.h"

#define CPUS 3
#define SPIS 64

#define must(c)                                                    \
	do {                                                       \
		if (!(c))                                          \
			ck_abort_msg("line %d: %s", __LINE__, #c); \
	} while (0)

static struct vgic_cpu cpus[CPUS];
static struct vgic_cpu *cpu_table[CPUS];
static struct vgic_irq spis[SPIS];
static struct vgic gic;
static unsigned int kicks[CPUS];

static unsigned int changes[CPUS];
static const struct vgic_mask open_mask = { 0xff, { true, true } };

static void changed(struct vgic *v, unsigned int cpu, bool wake)
{
	must(v == &gic && cpu < CPUS);
	changes[cpu]++;
	kicks[cpu] += wake;
}

static const struct vgic_ops ops = { .changed = changed };

/* With a CPU interface that lets everything through. */
static bool pending(unsigned int cpu)
{
	return vgic_pending(&gic, cpu, &open_mask);
}

static unsigned int flush(unsigned int cpu, u64 *lr, unsigned int nr, u32 *more)
{
	return vgic_flush(&gic, cpu, &open_mask, lr, nr, more);
}

static void setup(void)
{
	unsigned int i;

	memset(cpus, 0, sizeof(cpus));
	for (i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++)
		cpu_table[i] = &cpus[i];
	memset(spis, 0, sizeof(spis));
	memset(kicks, 0, sizeof(kicks));
	gic = (struct vgic){
		.ops = &ops,
		.cpu = cpu_table,
		.nr_cpus = CPUS,
		.spi = spis,
		.nr_spis = SPIS,
	};
	cpus[1].affinity = 1;
	cpus[2].affinity = 0x1200340506;
	vgic_reset(&gic);
}

static u64 rd(unsigned int offset, unsigned int bytes)
{
	u64 v = 0xa5a5;

	vgic_dist_access(&gic, offset, bytes, false, &v);
	return v;
}

static u32 rd4(unsigned int offset)
{
	return rd(offset, 4);
}

static void wr(unsigned int offset, unsigned int bytes, u64 v)
{
	vgic_dist_access(&gic, offset, bytes, true, &v);
}

static u64 rrd(unsigned int cpu, unsigned int offset, unsigned int bytes)
{
	u64 v = 0xa5a5;

	vgic_redist_access(&gic, cpu, offset, bytes, false, &v);
	return v;
}

static void rwr(unsigned int cpu, unsigned int offset, u32 value)
{
	u64 v = value;

	vgic_redist_access(&gic, cpu, offset, 4, true, &v);
}

/* ---- registers ------------------------------------------------------------- */

START_TEST(identification)
{
	unsigned int i;
	static const u8 cidr[] = { 0x0d, 0xf0, 0x05, 0xb1 };

	/* 96 INTIDs, 10 bits, affinity 3, no 1 of N */
	ck_assert_uint_eq(rd4(4), 2 | 9 << 19 | 1 << 24 | 1 << 25);
	/* GICv3 in PIDR2, as Linux checks it, at both places */
	ck_assert_uint_eq(rd4(0xffe8) & 0xf0, 0x30);
	ck_assert_uint_eq(rrd(1, 0xffe8, 4) & 0xf0, 0x30);
	for (i = 0; i < 4; i++)
		ck_assert_uint_eq(rd4(0xfff0 + 4 * i), cidr[i]);
	/* ARE and DS are one and stay so */
	ck_assert_uint_eq(rd4(0), 0x50);
	wr(0, 4, 0x12);
	ck_assert_uint_eq(rd4(0), 0x52);
	wr(0, 4, ~0u);
	ck_assert_uint_eq(rd4(0), 0x53);
	/* GICR_TYPER: affinity, number, last */
	ck_assert_uint_eq(rrd(0, 8, 8), 0);
	ck_assert_uint_eq(rrd(1, 8, 8), 1ull << 32 | 1 << 8);
	ck_assert_uint_eq(rrd(2, 8, 8), 0x1234050600000210ull);
	ck_assert_uint_eq(rrd(2, 0xc, 4), 0x12340506);
	ck_assert_uint_eq(rrd(2, 8, 4), 0x210);
	/* waking up */
	ck_assert_uint_eq(rrd(1, 0x14, 4), 6);
	rwr(1, 0x14, 0);
	ck_assert_uint_eq(rrd(1, 0x14, 4), 0);
	ck_assert_uint_eq(rrd(2, 0x14, 4), 6);
}
END_TEST

START_TEST(arrays)
{
	/* private interrupts are not in the distributor's map */
	wr(0x100, 4, ~0u);
	ck_assert_uint_eq(rd4(0x100), 0);
	ck_assert_uint_eq(rrd(0, 0x10100, 4), 0);
	wr(0x104, 4, 0x80000001);
	ck_assert_uint_eq(rd4(0x104), 0x80000001);
	ck_assert_uint_eq(rd4(0x184), 0x80000001);
	wr(0x184, 4, 1);
	ck_assert_uint_eq(rd4(0x104), 0x80000000);
	/* nothing past the last SPI (INTID 95) */
	wr(0x10c, 4, ~0u);
	ck_assert_uint_eq(rd4(0x10c), 0);
	wr(0x108, 4, ~0u);
	ck_assert_uint_eq(rd4(0x108), ~0u);
	/* private ones are each CPU's own */
	rwr(1, 0x10100, 1 << 27);
	ck_assert_uint_eq(rrd(1, 0x10100, 4), 1 << 27);
	ck_assert_uint_eq(rrd(0, 0x10100, 4), 0);
	ck_assert_uint_eq(rrd(1, 0x10104, 4), 0); /* no SPIs there */
	/* priorities by bytes and words; five bits exist */
	wr(0x420, 4, 0xa3b7c9ff);
	ck_assert_uint_eq(rd4(0x420), 0xa0b0c8f8);
	wr(0x421, 1, 0x47);
	ck_assert_uint_eq(rd4(0x420), 0xa0b040f8);
	ck_assert_uint_eq(rd(0x423, 1), 0xa0);
	wr(0x420, 2, 0);
	ck_assert_uint_eq(rd4(0x420), 0xa0b040f8);
	/* SGIs are edges for ever, the rest as one likes */
	ck_assert_uint_eq(rrd(0, 0x10c00, 4), 0xaaaaaaaa);
	rwr(0, 0x10c00, 0);
	ck_assert_uint_eq(rrd(0, 0x10c00, 4), 0xaaaaaaaa);
	ck_assert_uint_eq(rrd(0, 0x10c04, 4), 0);
	rwr(0, 0x10c04, 0xffffffff);
	ck_assert_uint_eq(rrd(0, 0x10c04, 4), 0xaaaaaaaa);
	wr(0x84, 4, 0x55);
	ck_assert_uint_eq(rd4(0x84), 0x55);
	wr(0x84, 4, 0xaa);
	ck_assert_uint_eq(rd4(0x84), 0xaa);
}
END_TEST

START_TEST(pending_registers)
{
	/* INTID 33, level: the line shows and cannot be cleared */
	ck_assert_int_eq(vgic_set_line(&gic, 0, 33, true), 0);
	ck_assert_uint_eq(rd4(0x204), 2);
	wr(0x284, 4, 2);
	ck_assert_uint_eq(rd4(0x204), 2);
	wr(0x204, 4, 2);
	vgic_set_line(&gic, 0, 33, false);
	ck_assert_uint_eq(rd4(0x204), 2); /* by ISPENDR */
	wr(0x284, 4, 2);
	ck_assert_uint_eq(rd4(0x204), 0);
	/* INTID 34, edge: only a rise counts */
	wr(0xc08, 4, 2 << 4);
	vgic_set_line(&gic, 0, 34, true);
	ck_assert_uint_eq(rd4(0x204), 4);
	wr(0x284, 4, 4);
	vgic_set_line(&gic, 0, 34, true);
	vgic_set_line(&gic, 0, 34, false);
	ck_assert_uint_eq(rd4(0x204), 0);
	wr(0x304, 4, 8);
	ck_assert_uint_eq(rd4(0x304), 8);
	wr(0x384, 4, 8);
	ck_assert_uint_eq(rd4(0x384), 0);
	ck_assert_int_eq(vgic_set_line(&gic, 0, 15, true), -EINVAL);
	ck_assert_int_eq(vgic_set_line(&gic, 0, 96, true), -EINVAL);
	ck_assert_int_eq(vgic_set_line(&gic, 3, 27, true), -EINVAL);
	ck_assert_int_eq(vgic_set_line(&gic, 2, 27, true), 0);
	ck_assert_uint_eq(rrd(2, 0x10200, 4), 1 << 27);
}
END_TEST

START_TEST(routing)
{
	/* IROUTER of INTID 40: whole, and by halves */
	wr(0x6140, 8, 0x1200340506);
	ck_assert_uint_eq(rd(0x6140, 8), 0x1200340506);
	ck_assert_uint_eq(spis[8].target, 2);
	wr(0x6140, 4, 1);
	ck_assert_uint_eq(spis[8].target, VGIC_NOWHERE);
	wr(0x6144, 4, 0);
	ck_assert_uint_eq(spis[8].target, 1);
	ck_assert_uint_eq(rd4(0x6144), 0);
	/* bits that are no affinity do not exist; 1 of N neither */
	wr(0x6140, 8, ~0ull);
	ck_assert_uint_eq(rd(0x6140, 8), 0xff00ffffffull);
	/* private and absent ones have none */
	wr(0x6000, 8, 1);
	ck_assert_uint_eq(rd(0x6000, 8), 0);
	ck_assert_uint_eq(rd(0x6300, 8), 0);
	/* one that is pending moves with its route */
	wr(0, 4, 2);
	wr(0x84, 4, 1 << 9);
	wr(0x104, 4, 1 << 9);
	vgic_set_line(&gic, 0, 41, true);
	ck_assert(pending(0) && !pending(1));
	ck_assert_uint_eq(kicks[0], 1);
	wr(0x6148, 8, 1);
	ck_assert(!pending(0) && pending(1));
	ck_assert_uint_eq(kicks[1], 1);
	wr(0x6148, 8, 0x77);
	ck_assert(!pending(0) && !pending(1));
}
END_TEST

START_TEST(sgis)
{
	unsigned int i;

	wr(0, 4, 2);
	for (i = 0; i < CPUS; i++) {
		rwr(i, 0x10080, 0xffff);
		rwr(i, 0x10100, 0xffff);
	}
	/* INTID 5 to CPUs 0 and 1 of cluster 0.0.0 */
	vgic_sgi(&gic, 2, 5 << 24 | 3, true);
	ck_assert(pending(0) && pending(1) &&
		  !pending(2));
	ck_assert_uint_eq(rrd(1, 0x10200, 4), 1 << 5);
	rwr(0, 0x10280, ~0u);
	rwr(1, 0x10280, ~0u);
	/* all but the sender */
	vgic_sgi(&gic, 1, 1ull << 40 | 7 << 24, true);
	ck_assert_uint_eq(rrd(0, 0x10200, 4), 1 << 7);
	ck_assert_uint_eq(rrd(1, 0x10200, 4), 0);
	ck_assert_uint_eq(rrd(2, 0x10200, 4), 1 << 7);
	rwr(0, 0x10280, ~0u);
	rwr(2, 0x10280, ~0u);
	/* Aff3.2.1 = 0x12.0x34.0x05, number 6 */
	vgic_sgi(&gic, 0, 0x12ull << 48 | 0x34ull << 32 | 0x05 << 16 | 1 << 6,
		 true);
	ck_assert_uint_eq(rrd(2, 0x10200, 4), 1);
	rwr(2, 0x10280, ~0u);
	/* range 1 is numbers 16 to 31 */
	vgic_sgi(&gic, 0, 1ull << 44 | 3, true);
	ck_assert_uint_eq(rrd(0, 0x10200, 4) | rrd(1, 0x10200, 4), 0);
	/* group 0's register does not raise what is in group 1 */
	vgic_sgi(&gic, 0, 3, false);
	ck_assert_uint_eq(rrd(0, 0x10200, 4), 0);
	rwr(0, 0x10080, 0xfffe);
	vgic_sgi(&gic, 0, 3, false);
	ck_assert_uint_eq(rrd(0, 0x10200, 4), 1);
	ck_assert(!pending(0)); /* group 0 is off */
}
END_TEST

START_TEST(sync_needed)
{
	ck_assert(!vgic_needs_sync(false, 0));
	ck_assert(!vgic_needs_sync(false, 0x104));
	ck_assert(vgic_needs_sync(false, 0x204));
	ck_assert(vgic_needs_sync(false, 0x384));
	ck_assert(!vgic_needs_sync(false, 0x420));
	ck_assert(vgic_needs_sync(false, 0x6140));
	ck_assert(!vgic_needs_sync(false, 0xffe8));
	ck_assert(vgic_needs_sync(true, 0x10200));
	ck_assert(!vgic_needs_sync(true, 0x200));
	ck_assert(!vgic_needs_sync(true, 0x14));
	ck_assert(vgic_is_fixed(false, 8) && vgic_is_fixed(true, 0x14));
	ck_assert(vgic_is_fixed(false, 0xffe8));
	ck_assert(!vgic_is_fixed(false, 0x80) && !vgic_is_fixed(false, 0x6100));
	ck_assert(!vgic_is_fixed(true, 0x10080));
}
END_TEST

/* Any access: no fault, and nothing outside of the arrays. */
START_TEST(any_access)
{
	unsigned int offset, i;
	u64 v;

	srandom(3);
	for (i = 0; i < 400000; i++) {
		offset = random() % 0x24000;
		v = (u64)random() << 33 ^ random();
		if (random() & 1)
			vgic_dist_access(&gic, offset, random() % 10,
					 random() & 1, &v);
		else
			vgic_redist_access(&gic, random() % 5, offset,
					   random() % 10, random() & 1, &v);
	}
}
END_TEST

/* ---- list registers ------------------------------------------------------------ */

static void setup_spis(void)
{
	wr(0, 4, 2);
	wr(0x84, 4, ~0u);
	wr(0x104, 4, ~0u);
	wr(0xc08, 4, 2); /* INTID 32: edge */
	wr(0x420, 4, 0x80202080); /* 33 and 34 more urgent */
}

START_TEST(list_registers)
{
	u64 lr[VGIC_MAX_LRS];
	u32 more;

	setup_spis();
	ck_assert_uint_eq(flush(0, lr, 4, &more), 0);
	ck_assert(vgic_idle(&gic, 0));
	vgic_set_line(&gic, 0, 32, true);
	vgic_set_line(&gic, 0, 33, true);
	vgic_set_line(&gic, 0, 34, true);
	ck_assert(!vgic_idle(&gic, 0));
	spis[2].hw = 134;
	ck_assert_uint_eq(flush(0, lr, 4, &more), 3);
	ck_assert_uint_eq(more, 0);
	/* pending, group 1, priority; a level asks for its end */
	ck_assert_uint_eq(lr[0], 1ull << 62 | 1ull << 60 | 0x20ull << 48 |
					 1ull << 41 | 33);
	/* with a physical interrupt the hardware ends it */
	ck_assert_uint_eq(lr[1], 1ull << 62 | 1ull << 61 | 1ull << 60 |
					 0x20ull << 48 | 134ull << 32 | 34);
	ck_assert_uint_eq(lr[2], 1ull << 62 | 1ull << 60 | 0x80ull << 48 | 32);
	/* the guest takes all, and ends 34, whose line then is unknown */
	lr[0] ^= 3ull << 62;
	lr[1] ^= 1ull << 62;
	lr[2] ^= 3ull << 62;
	vgic_sync(&gic, 0, lr, 3, 0);
	ck_assert(!spis[2].line && !spis[2].active);
	vgic_set_line(&gic, 0, 34, true);
	/* only active ones stay; 34 has come again */
	ck_assert_uint_eq(flush(0, lr, 4, &more), 3);
	ck_assert_uint_eq((u32)lr[0], 33);
	ck_assert_uint_eq(lr[0] >> 62, 2);
	ck_assert(lr[0] & 1ull << 41);
	ck_assert_uint_eq((u32)lr[1], 34);
	ck_assert_uint_eq(lr[1] >> 62, 1);
	ck_assert_uint_eq(lr[2] >> 62, 2);
	/* a new edge meanwhile: pending and active; a line that has gone */
	vgic_set_line(&gic, 0, 32, false);
	vgic_set_line(&gic, 0, 32, true);
	vgic_set_line(&gic, 0, 33, false);
	vgic_sync(&gic, 0, lr, 3, 0);
	ck_assert_uint_eq(flush(0, lr, 4, &more), 3);
	ck_assert_uint_eq(lr[0] >> 62, 2);
	ck_assert(!(lr[0] & 1ull << 41));
	ck_assert_uint_eq((u32)lr[2], 32);
	ck_assert_uint_eq(lr[2] >> 62, 3);
	vgic_sync(&gic, 0, lr, 3, 0);
}
END_TEST

/* What has nothing to choose from, and what is not for it. */
START_TEST(only_one)
{
	u64 lr[VGIC_MAX_LRS] = { 7 };

	setup_spis();
	ck_assert(!vgic_flush_only(&gic, 0, lr));
	ck_assert_uint_eq(lr[0], 7);
	vgic_set_line(&gic, 0, 32, true);
	/* far from the other one: another word */
	vgic_set_line(&gic, 0, 90, true);
	ck_assert(!vgic_flush_only(&gic, 0, lr));
	vgic_set_line(&gic, 0, 90, false);
	ck_assert(vgic_flush_only(&gic, 0, lr));
	ck_assert_uint_eq(lr[0],
			  1ull << 62 | 1ull << 60 | 0x80ull << 48 | 32);
	/* an edge has gone into it */
	ck_assert(!spis[0].latch && spis[0].held);
	lr[0] ^= 3ull << 62; /* taken, not ended */
	vgic_sync(&gic, 0, lr, 1, 0);
	ck_assert(!vgic_idle(&gic, 0) && !vgic_flush_only(&gic, 0, lr));
	vgic_deactivate(&gic, 0, 32);
	ck_assert(vgic_idle(&gic, 0) && !vgic_flush_only(&gic, 0, lr));
	/* disabled: wanted, but not to be had */
	wr(0x184, 4, 2);
	vgic_set_line(&gic, 0, 33, true);
	ck_assert(!vgic_idle(&gic, 0) && !vgic_flush_only(&gic, 0, lr));
}
END_TEST

START_TEST(overflow)
{
	u64 lr[VGIC_MAX_LRS];
	u32 more;

	setup_spis();
	vgic_set_line(&gic, 0, 32, true); /* 0x80 */
	ck_assert_uint_eq(flush(0, lr, 2, &more), 1);
	lr[0] ^= 3ull << 62; /* taken */
	vgic_sync(&gic, 0, lr, 1, 0);
	vgic_set_line(&gic, 0, 33, true);
	vgic_set_line(&gic, 0, 34, true);
	/* more urgent ones wait, but what ends next keeps its place */
	ck_assert_uint_eq(flush(0, lr, 2, &more), 2);
	ck_assert_uint_eq(more & VGIC_MORE_PENDING, VGIC_MORE_PENDING);
	ck_assert_uint_eq(more & VGIC_NONE_PENDING, 0);
	ck_assert_uint_eq((u32)lr[0], 33);
	ck_assert_uint_eq((u32)lr[1], 32);
	/* 33 is taken on top of it: then 32 is what is left out */
	lr[0] ^= 3ull << 62;
	vgic_sync(&gic, 0, lr, 2, 0);
	ck_assert_uint_eq(flush(0, lr, 2, &more), 2);
	ck_assert_uint_eq((u32)lr[0], 33);
	ck_assert_uint_eq((u32)lr[1], 34);
	ck_assert_uint_eq(more, VGIC_MORE_ACTIVE);
	/* the guest takes and ends all three: one of them without us */
	lr[0] &= ~(3ull << 62);
	lr[1] &= ~(3ull << 62);
	vgic_set_line(&gic, 0, 33, false);
	vgic_set_line(&gic, 0, 34, false);
	vgic_sync(&gic, 0, lr, 2, 1);
	ck_assert(!spis[0].active && !spis[1].active && !spis[2].active);
	ck_assert(vgic_idle(&gic, 0));
	/* an end too many means nothing */
	vgic_sync(&gic, 0, lr, 0, 31);
	/* all places taken by active ones: few left is what to ask for */
	vgic_pulse(&gic, 0, 33);
	vgic_pulse(&gic, 0, 34);
	ck_assert_uint_eq(flush(0, lr, 2, &more), 2);
	lr[0] ^= 3ull << 62;
	lr[1] ^= 3ull << 62;
	vgic_sync(&gic, 0, lr, 2, 0);
	vgic_pulse(&gic, 0, 32);
	ck_assert_uint_eq(flush(0, lr, 2, &more), 2);
	ck_assert_uint_eq(more, VGIC_MORE_PENDING | VGIC_NONE_PENDING);
	vgic_sync(&gic, 0, lr, 2, 0);
	/* ICC_DIR_EL1 ends what it names */
	vgic_deactivate(&gic, 0, 34);
	vgic_deactivate(&gic, 0, 1000);
	ck_assert(spis[1].active && !spis[2].active);
}
END_TEST

START_TEST(masks)
{
	struct vgic_mask mask = { 0x80, { false, true } };
	u64 lr[VGIC_MAX_LRS];
	u32 more;

	setup_spis();
	wr(0, 4, 3);
	vgic_pulse(&gic, 0, 32); /* priority 0x80: not above it */
	ck_assert(!vgic_pending(&gic, 0, &mask));
	mask.priority = 0x88;
	ck_assert(vgic_pending(&gic, 0, &mask));
	mask.group[1] = false;
	ck_assert(!vgic_pending(&gic, 0, &mask));
	mask.group[1] = true;
	/* a closed group goes behind the others, urgent or not */
	wr(0x84, 4, ~2u);
	vgic_pulse(&gic, 0, 33);
	ck_assert_uint_eq(vgic_flush(&gic, 0, &mask, lr, 1, &more), 1);
	ck_assert_uint_eq((u32)lr[0], 32);
	ck_assert_uint_eq(more, VGIC_MORE_PENDING);
	vgic_sync(&gic, 0, lr, 1, 0);
	mask.group[0] = true;
	ck_assert_uint_eq(vgic_flush(&gic, 0, &mask, lr, 1, &more), 1);
	ck_assert_uint_eq((u32)lr[0], 33);
	vgic_sync(&gic, 0, lr, 1, 0);
	/* taking it away again is told, though nobody has to wake for it */
	changes[0] = kicks[0] = 0;
	wr(0x184, 4, 2);
	ck_assert(changes[0] && !kicks[0]);
	ck_assert_int_eq(vgic_pulse(&gic, 0, 96), -EINVAL);
	ck_assert_int_eq(vgic_pulse(&gic, CPUS, 3), -EINVAL);
	ck_assert_int_eq(vgic_pulse(&gic, 2, 3), 0);
	ck_assert_uint_eq(rrd(2, 0x10200, 4), 8);
}
END_TEST

/* ---- random interrupts ------------------------------------------------------------ */

#define IDS (VGIC_NR_PRIVATE + SPIS)

/* What devices did, and what the guest took, by CPU and INTID. */
struct seen {
	unsigned int edges, taken;
	bool owed; /* not taken since the last edge */
};

static struct seen seen[CPUS][IDS];
static unsigned int seen_cpu(unsigned int cpu, unsigned int id)
{
	return id < VGIC_NR_PRIVATE ? cpu : 0;
}

static unsigned int rnd(unsigned int n)
{
	return (unsigned int)random() % n;
}

static struct vgic_irq *irq_of(unsigned int cpu, unsigned int id)
{
	return id < 32 ? &cpus[cpu].irq[id] : &spis[id - 32];
}

static void edge(unsigned int cpu, unsigned int id)
{
	struct seen *s = &seen[seen_cpu(cpu, id)][id];

	s->edges++;
	s->owed = true;
}

static void random_event(void)
{
	unsigned int cpu = rnd(CPUS), id = rnd(IDS);
	struct vgic_irq *irq = irq_of(cpu, id);
	unsigned int i;

	if (id < 16) {
		u32 list = rnd(4);

		for (i = 0; i < 2; i++)
			if (list >> i & 1)
				edge(i, id);
		vgic_sgi(&gic, cpu, id << 24 | list, true);
		return;
	}
	if (irq->edge && !irq->line)
		edge(cpu, id);
	vgic_set_line(&gic, cpu, id, !irq->line);
}

static void random_config(void)
{
	unsigned int cpu = rnd(CPUS);

	switch (rnd(4)) {
	case 0:
		wr(0x100 + 0x80 * rnd(2) + 4 + 4 * rnd(2), 4, random());
		break;
	case 1:
		rwr(cpu, 0x10100 + 0x80 * rnd(2), random());
		break;
	case 2:
		wr(0x420 + rnd(SPIS), 1, rnd(256));
		break;
	case 3:
		rwr(cpu, 0x10400 + 4 * rnd(8), random());
		break;
	}
}

/* What could be in a list register: brute force over all interrupts. */
struct candidate {
	unsigned int id;
	unsigned int pri;
	bool active, pending;
};

static struct candidate candidate(unsigned int cpu, unsigned int id)
{
	struct vgic_irq *irq = irq_of(cpu, id);
	struct candidate c = { id, irq->priority, irq->active, false };

	if (id >= 32 && irq->target != cpu)
		return (struct candidate){ .id = id };
	c.pending = (irq->latch || (!irq->edge && irq->line)) &&
		    irq->enabled && (irq->edge || !irq->active);
	return c;
}

static bool before(const struct candidate *a, const struct candidate *b)
{
	if (a->pri != b->pri)
		return a->pri < b->pri;
	if (a->active != b->active)
		return a->active;
	return a->id < b->id;
}

static unsigned int rank(const struct candidate *all, unsigned int id)
{
	unsigned int i, n = 0;

	for (i = 0; i < IDS; i++)
		n += (all[i].active || all[i].pending) &&
		     before(&all[i], &all[id]);
	return n;
}

/* Those of the first ranks, but the most urgent active one in any case. */
static void check_choice(const u64 *lr, unsigned int used, unsigned int nr,
			 u32 more, const struct candidate *all)
{
	unsigned int i, id, have = 0, keep = IDS;
	bool in[IDS] = { false }, crowded;

	for (id = 0; id < IDS; id++) {
		have += all[id].active || all[id].pending;
		if (all[id].active &&
		    (keep == IDS || before(&all[id], &all[keep])))
			keep = id;
	}
	crowded = keep != IDS && rank(all, keep) >= nr;
	for (i = 0; i < used; i++) {
		id = (u32)lr[i];
		must(id < IDS && !in[id]);
		in[id] = true;
		must((lr[i] >> 48 & 0xff) == all[id].pri);
		must((lr[i] >> 62) ==
		     (unsigned int)(all[id].active << 1 | all[id].pending));
		must(id == keep || rank(all, id) < nr - crowded);
	}
	must(used == (have < nr ? have : nr));
	must(keep == IDS || in[keep]);
	must(have > nr || !(more & ~VGIC_NONE_PENDING));
	for (id = 0; id < IDS; id++) {
		if (in[id])
			continue;
		must(!all[id].pending || more & VGIC_MORE_PENDING);
		must(!all[id].active || more & VGIC_MORE_ACTIVE);
	}
}

/* A CPU interface: takes pending ones by priority, ends some. */
static void guest(unsigned int cpu, u64 *lr, unsigned int used, bool drain)
{
	unsigned int i, steps = drain ? 2 * used : rnd(2 * used + 1);

	while (steps--) {
		i = rnd(used);
		if (lr[i] >> 62 & 2 && rnd(2)) { /* EOI */
			lr[i] &= ~(1ull << 63);
			continue;
		}
		for (i = 0; i < used && (lr[i] >> 62 & 3) != 1; i++)
			;
		if (i < used) { /* IAR: they are sorted */
			unsigned int id = (u32)lr[i];
			struct seen *s = &seen[seen_cpu(cpu, id)][id];

			lr[i] ^= 3ull << 62;
			s->taken++;
			s->owed = false;
			/* the driver serves the device */
			if (!irq_of(cpu, id)->edge)
				vgic_set_line(&gic, cpu, id, false);
		}
	}
	for (i = 0; drain && i < used; i++)
		lr[i] &= ~(1ull << 63);
}

static void run(unsigned int cpu, unsigned int nr, bool drain)
{
	struct candidate all[IDS];
	u64 lr[VGIC_MAX_LRS];
	unsigned int used, id;
	u32 more;

	for (id = 0; id < IDS; id++)
		all[id] = candidate(cpu, id);
	used = flush(cpu, lr, nr, &more);
	must(used <= nr);
	check_choice(lr, used, nr, more, all);
	while (!drain && rnd(2))
		random_event();
	if (used)
		guest(cpu, lr, used, drain);
	while (!drain && rnd(2))
		random_event();
	vgic_sync(&gic, cpu, lr, used, 0);
}

/* Something changes while no vCPU runs: who can take more now was kicked. */
static void change(void)
{
	bool before[CPUS];
	unsigned int cpu;

	memset(kicks, 0, sizeof(kicks));
	for (cpu = 0; cpu < CPUS; cpu++)
		before[cpu] = pending(cpu);
	if (!rnd(4))
		random_config();
	if (rnd(2))
		random_event();
	for (cpu = 0; cpu < CPUS; cpu++)
		must(before[cpu] || !pending(cpu) || kicks[cpu]);
}

static void random_run(unsigned int nr)
{
	unsigned int i, cpu, id;

	setup();
	memset(seen, 0, sizeof(seen));
	srandom(nr);
	wr(0, 4, 2);
	wr(0x84, 4, ~0u);
	wr(0x88, 4, ~0u);
	wr(0xc08, 4, 0xaaaa0000); /* some SPIs and PPIs are edges */
	wr(0xc10, 4, 0x88888888);
	for (cpu = 0; cpu < CPUS; cpu++) {
		rwr(cpu, 0x10080, ~0u);
		rwr(cpu, 0x10c04, random());
	}
	for (i = 0; i < SPIS; i++)
		wr(0x6100 + 8 * i, 8, cpus[i % CPUS].affinity);
	for (i = 0; i < 20000; i++) {
		change();
		run(rnd(CPUS), nr, false);
	}
	/* everything on, and until nothing is left */
	wr(0x104, 4, ~0u);
	wr(0x108, 4, ~0u);
	for (cpu = 0; cpu < CPUS; cpu++)
		rwr(cpu, 0x10100, ~0u);
	for (i = 0; i < 2000; i++)
		run(i % CPUS, nr, true);
	for (cpu = 0; cpu < CPUS; cpu++) {
		must(!pending(cpu));
		for (id = 0; id < IDS; id++) {
			struct seen *s = &seen[cpu][id];

			must(!s->owed);
			if (irq_of(cpu, id)->edge)
				must(s->taken <= s->edges);
			must(!irq_of(cpu, id)->active);
		}
	}
	must(seen[0][3].taken > 30 && seen[0][40].taken > 5);
}

START_TEST(random_1)
{
	random_run(1);
}
END_TEST

START_TEST(random_4)
{
	random_run(4);
}
END_TEST

START_TEST(random_16)
{
	random_run(16);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vgic");
	TCase *t = tcase_create("vgic");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, identification);
	tcase_add_test(t, arrays);
	tcase_add_test(t, pending_registers);
	tcase_add_test(t, routing);
	tcase_add_test(t, sgis);
	tcase_add_test(t, sync_needed);
	tcase_add_test(t, any_access);
	tcase_add_test(t, list_registers);
	tcase_add_test(t, only_one);
	tcase_add_test(t, overflow);
	tcase_add_test(t, masks);
	tcase_add_test(t, random_1);
	tcase_add_test(t, random_4);
	tcase_add_test(t, random_16);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
