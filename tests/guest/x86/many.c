// SPDX-License-Identifier: GPL-2.0
/*
 * Many processors: INIT and SIPI, topology leaves, messages to and among all of
 * them.  ARG 0: how many there are; ARG 1: 0: they are started one after the other,
 * 1: all at once; ARG 2: in the end they send messages for ever.  Results: checks.h;
 * OUT 8: APs that started; 9: shift of leaf 0xB's core level, 10: its processors,
 * 11: those of leaf 1, 12: cores of leaf 4, 16 + id: messages sent at the end.
 */
#include "checks.h"

#define APIC_BASE 0x1b
#define ID 0x802
#define EOI 0x80b
#define LDR 0x80d
#define SVR 0x80f
#define ICR 0x830
#define SHORT_OTHERS 0xc0000
#define LOGICAL 0x800
#define INIT 0x4500
#define SIPI 0x606

#define MAX 64
#define ONE 0x41
#define ALL 0x42
#define CLUSTER 0x44
#define RING 0x45
#define STORM 0x46

static u32 n;
static volatile u32 alive, storming, ring_hops;
static volatile u32 seen[MAX];
static volatile u32 got[MAX][8];

/* At 0x6000: an index of its own, then the start of all. */
extern const u8 trampoline[], trampoline_end[];
asm(".section .rodata\n"
    ".code16\n"
    "trampoline: cli\n"
    "	xorw %ax, %ax\n"
    "	movw %ax, %ds\n"
    "	movl $1, %ebx\n"
    "	lock xaddl %ebx, 0x6f00\n"
    "	ljmp $0, $0x8000\n"
    "trampoline_end:\n"
    ".code64\n"
    ".text\n");

static u32 my_id(void)
{
	return rdmsr(ID);
}

static void send(u32 dest, u32 low)
{
	wrmsr(ICR, (u64)dest << 32 | low);
}

static void add(volatile u32 *word)
{
	asm volatile("lock incl %0" : "+m"(*word));
}

static void halt(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

static void on_irq(struct trap_frame *frame)
{
	u32 id = my_id() % MAX;

	got[id][frame->vector & 7]++;
	if (frame->vector == RING) {
		ring_hops++;
		if (id)
			send((id + 1) % n, RING);
	}
	wrmsr(EOI, 0);
}

/* A minute of the guest's time: they may all share one CPU of the host. */
static bool passed(u64 since)
{
	u32 r[4];

	cpuid(0x40000010, 0, r);
	return rdtsc() - since > 60000ull * r[0];
}

static void wait_for(volatile u32 *word, u32 value)
{
	u64 since = rdtsc();

	while (*word < value && !passed(since))
		asm volatile("pause");
}

static void wait_got(u32 first, u32 vector)
{
	u32 i;

	for (i = first; i < n; i++)
		wait_for(&got[i][vector & 7], 1);
	for (i = 0; i < n; i++)
		CHECK(got[i][vector & 7], i >= first);
}

/* What CPUID and the APIC say of this processor. */
static void look(void)
{
	u32 id = my_id(), r[4];

	CHECK(id < n, 1);
	CHECK(rdmsr(LDR), id / 16 << 16 | 1 << id % 16);
	cpuid(1, 0, r);
	CHECK(r[1] >> 24, id);
	cpuid(0xb, 0, r);
	CHECK(r[0], 0);
	CHECK(r[1], 1);
	CHECK(r[2], 0x100);
	CHECK(r[3], id);
	cpuid(0xb, 1, r);
	CHECK(r[2], 0x201);
	CHECK(r[3], id);
	cpuid(0xb, 2, r);
	CHECK(r[1], 0);
	CHECK(r[2], 2);
	CHECK(r[3], id);
}

static void storm(void)
{
	u32 id = my_id(), i = id;

	sti();
	for (;;) {
		i = (i * 5 + 3) % n;
		send(i, STORM);
		OUT(16 + id)++;
	}
}

static void ap_main(void)
{
	wrmsr(APIC_BASE, rdmsr(APIC_BASE) | 0x400);
	CHECK(rdmsr(APIC_BASE) & 0x100, 0);
	wrmsr(SVR, 0x1ff);
	look();
	add(&seen[my_id() % MAX]);
	add(&alive);
	while (!storming)
		halt();
	storm();
}

static void start(void)
{
	u32 i;

	for (i = 0; i < (u32)(trampoline_end - trampoline); i++)
		((volatile u8 *)0x6000)[i] = trampoline[i];
	*(volatile u32 *)0x6f00 = 1;
	if (ARG(1)) {
		send(0, SHORT_OTHERS | INIT);
		send(0, SHORT_OTHERS | SIPI);
		send(0, SHORT_OTHERS | SIPI);
		wait_for(&alive, n - 1);
	}
	for (i = 1; !ARG(1) && i < n; i++) {
		send(i, INIT);
		send(i, SIPI);
		send(i, SIPI);
		wait_for(&alive, i);
	}
	CHECK(alive, n - 1);
	OUT(8) = alive;
	for (i = 0; i < n; i++)
		CHECK(seen[i], i > 0);
}

static void topology(void)
{
	u32 r[4];

	cpuid(0xb, 1, r);
	OUT(9) = r[0];
	OUT(10) = r[1];
	cpuid(1, 0, r);
	OUT(11) = r[1] >> 16 & 0xff;
	cpuid(4, 0, r);
	OUT(12) = (r[0] >> 26) + 1;
}

static void messages(void)
{
	u32 i;

	for (i = 1; i < n; i++)
		send(i, ONE);
	wait_got(1, ONE);
	send(0, SHORT_OTHERS | ALL);
	wait_got(1, ALL);
	/* Logical: sixteen to a cluster. */
	sti();
	for (i = 0; i < n; i += 16)
		send(i / 16 << 16 | 0xffff, LOGICAL | CLUSTER);
	wait_got(0, CLUSTER);
	/* Each to the next one. */
	send(1, RING);
	wait_got(0, RING);
	CHECK(ring_hops, n);
	cli();
}

void guest_main(u64 index)
{
	irq_handler = on_irq;
	if (index) {
		ap_main();
		return;
	}
	n = ARG(0);
	wrmsr(APIC_BASE, rdmsr(APIC_BASE) | 0x400);
	wrmsr(SVR, 0x1ff);
	look();
	topology();
	start();
	messages();
	if (!ARG(2))
		return;
	storming = 1;
	send(0, SHORT_OTHERS | ALL);
	OUT(5) = 1;
	storm();
}
