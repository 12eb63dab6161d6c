// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the GICv2 model: its distributor's registers against the
 * architecture's map, targets by CPU number, and SGIs by sender on their way
 * through list registers.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/vgic.h"

#define SPIS 96u

static struct vgic v;
static struct vgic_cpu cpus[9];
static struct vgic_cpu *cpu_table[9];
static struct vgic_irq spis[SPIS];
static unsigned int changes[9];
static const struct vgic_mask open_mask = { .priority = 0xf8,
					    .group = { true, true } };

static void changed(struct vgic *g, unsigned int cpu, bool wake)
{
	changes[cpu]++;
}

static const struct vgic_ops ops = { .changed = changed };

static void make(unsigned int n)
{
	unsigned int i;

	memset(cpus, 0, sizeof(cpus));
	for (i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++)
		cpu_table[i] = &cpus[i];
	memset(spis, 0, sizeof(spis));
	v = (struct vgic){ .ops = &ops,
			   .cpu = cpu_table,
			   .nr_cpus = n,
			   .spi = spis,
			   .nr_spis = SPIS,
			   .v2 = true };
	vgic_reset(&v);
	memset(changes, 0, sizeof(changes));
}

static void setup(void)
{
	make(4);
}

static u32 rd(unsigned int cpu, unsigned int offset)
{
	u64 value = 0x5555;

	vgic2_dist_access(&v, cpu, offset, 4, false, &value);
	return value;
}

static void wr(unsigned int cpu, unsigned int offset, u32 value)
{
	u64 copy = value;

	vgic2_dist_access(&v, cpu, offset, 4, true, &copy);
}

static void wr8(unsigned int cpu, unsigned int offset, u8 value)
{
	u64 copy = value;

	vgic2_dist_access(&v, cpu, offset, 1, true, &copy);
}

static u8 rd8(unsigned int cpu, unsigned int offset)
{
	u64 value = 0;

	vgic2_dist_access(&v, cpu, offset, 1, false, &value);
	return value;
}

START_TEST(identification)
{
	/* 128 interrupts, 4 CPU interfaces, no security extensions. */
	ck_assert_uint_eq(rd(0, 0x004), 3 | 3 << 5);
	ck_assert_uint_eq(rd(0, 0x008) & 0xfff, 0x43b);
	/* PIDR2: architecture version 2. */
	ck_assert_uint_eq(rd(0, 0xfe8), 0x2b);
	ck_assert_uint_eq(rd(0, 0xff0), 0x0d);
	ck_assert_uint_eq(rd(0, 0xffc), 0xb1);
	ck_assert_uint_eq(rd(0, 0), 0);
	wr(0, 0, ~0u);
	ck_assert_uint_eq(rd(0, 0), 3);
}
END_TEST

/* Each vCPU has its own registers of INTIDs 0 to 31, all share the rest. */
START_TEST(banked)
{
	wr(1, 0x100, 0x08000001);
	ck_assert_uint_eq(rd(1, 0x100), 0x08000001);
	ck_assert_uint_eq(rd(0, 0x100), 0);
	wr(2, 0x104, 0x80000000);
	ck_assert_uint_eq(rd(3, 0x104), 0x80000000);
	wr8(1, 0x400 + 27, 0xa7);
	ck_assert_uint_eq(rd8(1, 0x400 + 27), 0xa0);
	ck_assert_uint_eq(rd8(0, 0x400 + 27), 0);
	wr8(1, 0x400 + 40, 0x50);
	ck_assert_uint_eq(rd(0, 0x400 + 40), 0x50);
}
END_TEST

START_TEST(targets)
{
	/* SGIs and PPIs: whoever asks; read only. */
	ck_assert_uint_eq(rd(2, 0x800), 0x04040404);
	wr(2, 0x800, 0);
	ck_assert_uint_eq(rd(2, 0x81c), 0x04040404);
	ck_assert_uint_eq(rd(0, 0x820), 0);
	wr(0, 0x820, 0x000c02ff);
	/* Bits of CPUs that are not there read as zero. */
	ck_assert_uint_eq(rd(1, 0x820), 0x000c020f);
	wr(0, 0, 1);
	wr(0, 0x104, 0xf);
	vgic_set_line(&v, 0, 32, true);
	vgic_set_line(&v, 0, 33, true);
	vgic_set_line(&v, 0, 34, true);
	vgic_set_line(&v, 0, 35, true);
	ck_assert(!vgic_idle(&v, 0) && !vgic_idle(&v, 1) && !vgic_idle(&v, 2));
	ck_assert(vgic_idle(&v, 3)); /* the first of several takes it */
	/* One without a target stays where it is, until it has one. */
	wr8(0, 0x823, 8);
	ck_assert(!vgic_idle(&v, 3));
	wr8(0, 0x822, 0);
	ck_assert(vgic_idle(&v, 2));
	ck_assert_uint_eq(rd(0, 0x204), 0xf);
	/* Interrupts that are not there. */
	wr(0, 0x8c0, ~0u);
	ck_assert_uint_eq(rd(0, 0x8c0), 0);
}
END_TEST

START_TEST(one_cpu)
{
	make(1);
	ck_assert_uint_eq(rd(0, 0x820), 0);
	ck_assert_uint_eq(rd(0, 0x800), 0);
	wr(0, 0, 1);
	wr(0, 0x104, 1);
	vgic_set_line(&v, 0, 32, true);
	ck_assert(vgic_pending(&v, 0, &open_mask));
}
END_TEST

static unsigned int flush(unsigned int cpu, u64 *lr)
{
	u32 more;

	return vgic_flush(&v, cpu, &open_mask, lr, 4, &more);
}

START_TEST(sgi_targets)
{
	wr(1, 0xf00, 0x00050003); /* list: CPUs 0 and 2, INTID 3 */
	ck_assert_uint_eq(rd(0, 0x200), 8);
	ck_assert_uint_eq(rd(1, 0x200), 0);
	ck_assert_uint_eq(rd(2, 0x200), 8);
	wr(1, 0xf00, 0x01000004); /* all others */
	ck_assert_uint_eq(rd(0, 0x200) | rd(2, 0x200) | rd(3, 0x200), 0x18);
	ck_assert_uint_eq(rd(1, 0x200), 0);
	wr(1, 0xf00, 0x02ff0005); /* itself */
	ck_assert_uint_eq(rd(1, 0x200), 0x20);
	ck_assert_uint_eq(rd(3, 0x200), 0x10);
	wr(1, 0xf00, 0x03ff0006); /* reserved */
	ck_assert_uint_eq(rd(1, 0x200), 0x20);
	wr(1, 0xf00, 0x00f0000f); /* CPUs that are not there */
	ck_assert_uint_eq(rd(1, 0x200), 0x20);
}
END_TEST

START_TEST(sgi_senders)
{
	wr(1, 0xf00, 0x00010003);
	wr(3, 0xf00, 0x00010003);
	ck_assert_uint_eq(rd(0, 0xf20), 0x0a000000);
	ck_assert_uint_eq(rd8(0, 0xf13), 0x0a);
	/* Pending SGIs are not made or cleared by the registers of the others. */
	wr(0, 0x280, ~0u);
	wr(0, 0x200, 0x1);
	ck_assert_uint_eq(rd(0, 0x200), 8);
	wr8(0, 0xf13, 0x02);
	ck_assert_uint_eq(rd8(0, 0xf23), 0x08);
	wr8(0, 0xf13, 0x08);
	ck_assert_uint_eq(rd(0, 0x200), 0);
	ck_assert(vgic_idle(&v, 0));
	wr8(0, 0xf2f, 0xff);
	ck_assert_uint_eq(rd8(0, 0xf1f), 0x0f);
	ck_assert_uint_eq(rd(0, 0x200), 0x8000);
}
END_TEST

#define SENDER(lr) ((lr) >> VGIC_LR_PINTID_SHIFT & 7)

/* Two senders: one after the other, each with its name. */
START_TEST(sgi_list_registers)
{
	u64 lr[4];

	wr(0, 0, 1);
	wr(0, 0x100, 0xffff);
	wr(1, 0xf00, 0x00010003);
	wr(3, 0xf00, 0x00010003);
	ck_assert_uint_eq(flush(0, lr), 1);
	ck_assert_uint_eq(lr[0] & VGIC_LR_INTID, 3);
	ck_assert_uint_eq(SENDER(lr[0]), 1);
	ck_assert(lr[0] & VGIC_LR_PENDING);
	ck_assert(lr[0] & VGIC_LR_EOI);
	/* Taken: what is active keeps its name, the other one waits. */
	lr[0] = (lr[0] & ~VGIC_LR_PENDING) | VGIC_LR_ACTIVE;
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert_uint_eq(flush(0, lr), 1);
	ck_assert_uint_eq(SENDER(lr[0]), 1);
	ck_assert(!(lr[0] & VGIC_LR_PENDING));
	ck_assert(lr[0] & VGIC_LR_ACTIVE);
	ck_assert(lr[0] & VGIC_LR_EOI);
	ck_assert(!vgic_pending(&v, 0, &open_mask));
	/* Ended. */
	lr[0] &= ~VGIC_LR_ACTIVE;
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert(vgic_pending(&v, 0, &open_mask));
	ck_assert_uint_eq(flush(0, lr), 1);
	ck_assert_uint_eq(SENDER(lr[0]), 3);
	ck_assert(lr[0] & VGIC_LR_PENDING);
	ck_assert(!(lr[0] & VGIC_LR_EOI));
	/* Not taken: it is pending still, by the same sender. */
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert_uint_eq(rd8(0, 0xf23), 0x08);
	ck_assert_uint_eq(flush(0, lr), 1);
	ck_assert_uint_eq(SENDER(lr[0]), 3);
	lr[0] &= ~VGIC_LR_PENDING;
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert(vgic_idle(&v, 0));
}
END_TEST

/* The same sender again, while its SGI is being handled. */
START_TEST(sgi_again)
{
	u64 lr[4];

	wr(0, 0, 1);
	wr(0, 0x100, 0xffff);
	wr(2, 0xf00, 0x00010001);
	ck_assert_uint_eq(flush(0, lr), 1);
	wr(2, 0xf00, 0x00010001);
	lr[0] = (lr[0] & ~VGIC_LR_PENDING) | VGIC_LR_ACTIVE;
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert_uint_eq(rd8(0, 0xf21), 0x04);
	ck_assert_uint_eq(flush(0, lr), 1);
	lr[0] &= ~VGIC_LR_ACTIVE;
	vgic_sync(&v, 0, lr, 1, 0);
	ck_assert_uint_eq(flush(0, lr), 1);
	ck_assert(lr[0] & VGIC_LR_PENDING);
	ck_assert_uint_eq(SENDER(lr[0]), 2);
}
END_TEST

START_TEST(sync_needed)
{
	ck_assert(vgic2_needs_sync(0x200) && vgic2_needs_sync(0x380));
	ck_assert(vgic2_needs_sync(0x820) && vgic2_needs_sync(0xf10));
	ck_assert(vgic2_needs_sync(0xf2c));
	ck_assert(!vgic2_needs_sync(0x100) && !vgic2_needs_sync(0xf00));
	ck_assert(!vgic2_needs_sync(0) && !vgic2_needs_sync(0xfe8));
}
END_TEST

/* Every offset and width, by every vCPU and one too many. */
START_TEST(anything)
{
	static const unsigned int widths[] = { 1, 2, 4, 8, 3 };

	srandom(2);
	make(9);
	for (unsigned int offset = 0; offset < 0x1100; offset++) {
		for (int i = 0; i < 5; i++) {
			unsigned int cpu = (unsigned int)random() % 9;
			u64 value = (u64)random() << 33 ^ (u64)random();
			u64 lr[4];

			vgic2_dist_access(&v, cpu, offset, widths[i], true,
					  &value);
			value = ~0ull;
			vgic2_dist_access(&v, cpu, offset, widths[i], false,
					  &value);
			if (widths[i] == 3 || offset % widths[i] || cpu == 8)
				ck_assert_uint_eq(value, 0);
			if (widths[i] < 8)
				ck_assert_uint_eq(value >> 8 * widths[i], 0);
			vgic_sync(&v, cpu, lr, flush(cpu, lr), 0);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vgic2");
	TCase *tc = tcase_create("vgic2");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, identification);
	tcase_add_test(tc, banked);
	tcase_add_test(tc, targets);
	tcase_add_test(tc, one_cpu);
	tcase_add_test(tc, sgi_targets);
	tcase_add_test(tc, sgi_senders);
	tcase_add_test(tc, sgi_list_registers);
	tcase_add_test(tc, sgi_again);
	tcase_add_test(tc, sync_needed);
	tcase_add_test(tc, anything);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
