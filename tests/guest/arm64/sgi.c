// SPDX-License-Identifier: GPL-2.0
/*
 * vCPU 0 sends SGIs to vCPU 1, ARG 0 of them one after the other, each
 * answered by one of vCPU 1's; vCPU 1 sleeps in WFI (ARG 1: spins).  Then
 * every way to name targets.  OUT 0: rounds done; OUT 1: failures, OUT 2 ...:
 * their lines.
 */
#include "gic.h"

#define EXPECT(c) EXPECT_AT(1, 20, c)

#define SELF_LIST(cpu) (1ull << (cpu))
#define SGI(n) ((u64)(n) << 24)
#define ALL_BUT_SELF (1ull << 40)
#define RANGE(n) ((u64)(n) << 44)
#define AFF1(n) ((u64)(n) << 16)
#define ROUND 1
#define ANSWER 2
#define LAST 15

static volatile u64 seen[2][16];
static volatile u64 ready;

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1), me = READ(mpidr_el1) & 0xff;

	if (intid >= 16)
		return;
	seen[me][intid]++;
	ICC_WRITE(EOIR1, intid);
	if (me && intid == ROUND)
		ICC_WRITE(SGI1R, SGI(ANSWER) | SELF_LIST(0));
}

static void send(u64 what)
{
	asm volatile("dsb ish" : : : "memory");
	ICC_WRITE(SGI1R, what);
}

/* vCPU 1 has taken everything before: it answers the least urgent last. */
static void settle(void)
{
	u64 was = seen[0][ANSWER];

	send(SGI(ROUND) | SELF_LIST(1));
	irqs_on();
	while (seen[0][ANSWER] == was)
		;
	irqs_off();
}

static void targets(void)
{
	u32 i;

	for (i = 3; i < 15; i++) {
		send(SGI(i) | SELF_LIST(1));
		settle();
		EXPECT(seen[1][i] == 1 && seen[0][i] == 0);
	}
	send(SGI(3) | ALL_BUT_SELF);
	settle();
	EXPECT(seen[1][3] == 2 && seen[0][3] == 0);
	send(SGI(4) | SELF_LIST(0) | SELF_LIST(1));
	settle();
	EXPECT(seen[1][4] == 2 && seen[0][4] == 1);
	/* nobody there: numbers 16 to 31, another cluster */
	send(SGI(5) | RANGE(1) | 3);
	send(SGI(5) | AFF1(1) | 3);
	settle();
	EXPECT(seen[1][5] == 1 && seen[0][5] == 0);
	/* to itself, at once */
	send(SGI(6) | SELF_LIST(0));
	irqs_on();
	for (i = 0; i < 1000 && !seen[0][6]; i++)
		;
	irqs_off();
	EXPECT(seen[0][6] == 1 && seen[1][6] == 1);
	/* the same SGI twice before it is taken is one */
	MMIO(u32, SGI_FRAME(1) + 0x180) = 1u << 7;
	send(SGI(7) | SELF_LIST(1));
	send(SGI(7) | SELF_LIST(1));
	settle();
	EXPECT(seen[1][7] == 1);
	EXPECT(MMIO(u32, SGI_FRAME(1) + 0x200) == 1u << 7);
	MMIO(u32, SGI_FRAME(1) + 0x100) = 1u << 7;
	settle();
	EXPECT(seen[1][7] == 2);
	EXPECT(MMIO(u32, SGI_FRAME(1) + 0x200) == 0);
}

void guest_main(u64 index)
{
	irq_handler = on_irq;
	gic_init(index);
	gic_priority(ROUND, 0x80);
	MMIO(u32, SGI_FRAME(index) + 0x100) = 0xffff;
	if (index) {
		ready = 1;
		while (!seen[1][LAST]) {
			if (ARG(1)) {
				irqs_on();
				irqs_off();
			} else {
				wait_irq();
			}
		}
		ICC_WRITE(IGRPEN1, 0);
		return;
	}
	while (!ready)
		;
	while (OUT(0) < ARG(0)) {
		settle();
		OUT(0)++;
	}
	targets();
	send(SGI(LAST) | SELF_LIST(1));
	while (!seen[1][LAST])
		;
	ICC_WRITE(IGRPEN1, 0);
}
