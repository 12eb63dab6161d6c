// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that mean harm, ARG 0 says how (A64H_*); ARG 1 seeds; ARG 2 is 1 where
 * the machine's clock counts instructions.  Each vCPU goes on until the VM is
 * destroyed and counts its rounds in OUT index; OUT 8 is 1 when what can be gone
 * through to its end has been.  System registers and interrupt controller are in
 * hostile_regs.c.
 */
#include "hostile.h"

static u64 state[8];

u64 rnd(u64 index)
{
	u64 x = state[index];

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return state[index] = x;
}

/* Lines that stay high, timers that fire for ever: take, end, go on. */
static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	if (ARG(0) == A64H_SYSREGS) { /* it wants to come to its end */
		WRITE(cntv_ctl_el0, 0);
		WRITE(cntp_ctl_el0, 0);
	}
	if (intid < 1020)
		ICC_WRITE(EOIR1, intid);
}

/* ---- stage 2 ------------------------------------------------------------- */

static u64 somewhere(u64 index)
{
	static const u64 edges[] = { 0x08000000,   0x09000000,	  0x080a0000,
				     0x3ffffff0,   0x43fffff0,	  0x44000000,
				     0x7ffffffff0, 0xffffffffff0, 0 };
	u64 r = rnd(index), a = rnd(index);

	switch (r & 3) {
	case 0:
		return a & 0xffffffffffff;
	case 1:
		return a & 0xffffffff;
	case 2: /* memory, now and then: zeroing it takes its time */
		if (!(r & 0xf0))
			return GUEST_ARM64_RAM + 0x400000 + (a & 0x3ffffff);
		return a & 0xfffffffff;
	}
	return edges[a % (sizeof(edges) / sizeof(*edges))] + (a >> 32 & 31);
}

#define ACCESS(n, insn)                                     \
	case n:                                             \
		asm volatile(insn                           \
			     :                              \
			     : [a] "r"(a)                   \
			     : "x0", "x1", "x2", "memory"); \
		break

static void fault(u64 index)
{
	u64 a = somewhere(index);

	if ((a & ~0x3fffffull) == GUEST_ARM64_RAM)
		return; /* where we live */
	switch (rnd(index) & 15) {
		ACCESS(0, "ldrb w0, [%[a]]");
		ACCESS(1, "ldrsh x0, [%[a]]");
		ACCESS(2, "ldr x0, [%[a]]");
		ACCESS(3, "strb wzr, [%[a]]");
		ACCESS(4, "str xzr, [%[a]]");
		ACCESS(5, "ldp x0, x1, [%[a]]");
		ACCESS(6, "stp xzr, xzr, [%[a]]");
		ACCESS(7, "mov x0, %[a]; ldr x1, [x0], #8");
		ACCESS(8, "mov x0, %[a]; str xzr, [x0, #16]!");
		ACCESS(9, "ldr q0, [%[a]]");
		ACCESS(10, "ldxr x0, [%[a]]; stxr w1, x0, [%[a]]");
		ACCESS(11, "ld1 {v0.2d, v1.2d}, [%[a]]");
		ACCESS(12, "dc zva, %[a]");
		ACCESS(13, "dc civac, %[a]; ic ivau, %[a]; at s1e1w, %[a]");
		ACCESS(14, "stlr xzr, [%[a]]; ldar x0, [%[a]]");
	default:
		asm volatile("blr %0" : : "r"(a & ~3ull) : "x30", "memory");
	}
}

static void storm_faults(u64 index)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		fault(index);
}

/* ---- interrupts ------------------------------------------------------------ */

static void storm_sgis(u64 index)
{
	u64 intid = rnd(index) & 15;

	ICC_WRITE(SGI1R, intid << 24 | 1ull << 40);
	ICC_WRITE(SGI1R, intid << 24 | 0xff);
	ICC_WRITE(SGI0R, rnd(index));
	irqs_on();
	irqs_off();
}

/* Both timers fire for ever: their handler does nothing about it. */
static void storm_timers(u64 index)
{
	u64 r = rnd(index);

	WRITE(cntv_cval_el0, r & 1 ? 0 : READ(cntvct_el0) + (r >> 50));
	WRITE(cntv_ctl_el0, 1);
	WRITE(cntp_cval_el0, r & 2 ? 0 : READ(cntvct_el0) + (r >> 52));
	WRITE(cntp_ctl_el0, r & 4 ? 1 : 3);
	if (r & 8)
		asm volatile("wfi");
	irqs_on();
	irqs_off();
}

static void storm_wfi(u64 index)
{
	switch (index & 3) {
	case 0: /* pending, masked: it does not sleep */
		WRITE(cntv_cval_el0, 0);
		WRITE(cntv_ctl_el0, 1);
		asm volatile("wfi; wfi; wfi; wfi");
		break;
	case 1: /* nothing ever wakes it */
		OUT(index)++;
		asm volatile("wfi");
		break;
	case 2: /* short sleeps, never taken */
		WRITE(cntv_cval_el0, READ(cntvct_el0) + (rnd(index) >> 52));
		WRITE(cntv_ctl_el0, 1);
		asm volatile("wfi");
		WRITE(cntv_ctl_el0, 0);
		break;
	case 3:
		asm volatile("wfe; sev; wfe; yield; sevl; wfe");
	}
}

/* ---- calls ------------------------------------------------------------------- */

/* Those that end something are called by storm_power(), or by other guests. */
static bool ends(u32 fn)
{
	switch (fn & ~0x40000000u) {
	case 0x84000001: /* CPU_SUSPEND */
	case 0x84000002: /* CPU_OFF */
	case 0x84000008: /* SYSTEM_OFF */
	case 0x84000009: /* SYSTEM_RESET */
	case 0x84000012: /* SYSTEM_RESET2 */
		return true;
	}
	return false;
}

static void call_random(u64 index, u32 fn)
{
	u64 a = rnd(index), b = rnd(index), c = rnd(index);

	if (ends(fn))
		return;
	/* arguments that mean something, too */
	if (a & 1)
		a &= 7;
	if (b & 1)
		b = GUEST_ARM64_LOAD + (b & 0xfffc);
	(rnd(index) & 1 ? hvc : smc)(fn, a, b, c, a ^ b, b ^ c, c ^ a, NULL);
}

/* Every function of PSCI, both conventions; CPU_ON lands anywhere. */
static void storm_psci(u64 index)
{
	static u64 next[8];
	u32 fn = 0x84000000 | (next[index] & 0xffff) |
		 (next[index] & 0x10000 ? 0x40000000 : 0);

	call_random(index, fn);
	if (!(fn & 31)) {
		call_random(index, 0x84000000 | (rnd(index) & 0x4000001f));
		call_random(index, (u32)rnd(index) | 0x80000000);
	}
	if (++next[index] == 0x20000)
		OUT(8) = 1;
}

static void storm_calls(u64 index)
{
	register u64 x0 asm("x0") = rnd(index);

	if (x0 & 1)
		x0 = (u32)x0 & ~0x80000000u; /* a number, no convention's */
	else if (x0 >> 32 & 1)
		x0 = 0x84000000; /* PSCI_VERSION */
	if (ends(x0))
		return;
	switch (rnd(index) & 7) {
#define CALL_NOW(n, insn)                                                     \
	case n:                                                               \
		asm volatile(insn : "+r"(x0) : : "x1", "x2", "x3", "memory"); \
		break
		CALL_NOW(0, "hvc #0");
		CALL_NOW(1, "smc #0");
		CALL_NOW(2, "hvc #1");
		CALL_NOW(3, "smc #1");
		CALL_NOW(4, "hvc #0xffff");
		CALL_NOW(5, "smc #0xffff");
		CALL_NOW(6, "hvc #0x4a48");
		CALL_NOW(7, "svc #0");
	}
}

/* vCPU 0 switches the others on, who switch themselves off. */
static void storm_power(u64 index)
{
	u64 other = 1 + rnd(index) % (VCPUS - 1);

	if (index) {
		OUT(index)++;
		if (rnd(index) & 1)
			hvc(0x84000001, 0, 0, 0, 0, 0, 0, NULL);
		hvc(0x84000002, 0, 0, 0, 0, 0, 0, NULL);
		return;
	}
	hvc(0xc4000003, other, (u64)secondary_start, other, 0, 0, 0, NULL);
	hvc(0xc4000004, other, 0, 0, 0, 0, 0, NULL);
	/* CPU_SUSPEND ends by an interrupt */
	ICC_WRITE(SGI1R, 1ull << 24 | 1ull << other);
}

/* ---- caches and translation ---------------------------------------------------- */

static u64 tables[VCPUS][512] __attribute__((aligned(4096)));

/* One to one, 1 GiB a piece: devices, and memory. */
static void mmu_on(u64 index)
{
	tables[index][0] = 1ull << 54 | 1ull << 53 | 1 << 10 | 1;
	tables[index][1] = GUEST_ARM64_RAM | 1 << 10 | 3 << 8 | 1 << 2 | 1;
	WRITE(mair_el1, 0xff00);
	WRITE(tcr_el1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ull << 32);
	WRITE(ttbr0_el1, tables[index]);
	asm volatile("dsb ish; tlbi vmalle1; ic iallu; dsb ish; isb"
		     :
		     :
		     : "memory");
	WRITE(sctlr_el1, READ(sctlr_el1) | 1 << 12 | 1 << 2 | 1);
}

/* Set and way, caches off and on again: all of memory each time. */
static void storm_caches(u64 index)
{
	u64 r = rnd(index), a = GUEST_ARM64_RAM + (r & 0x3ffffc0);

	if (!(READ(sctlr_el1) & 1))
		mmu_on(index);
	asm volatile("dc cisw, %0; dc isw, %1; dc csw, %1"
		     :
		     : "r"(r & ~15ull), "r"(r >> 32)
		     : "memory");
	asm volatile("dc civac, %0; dc cvac, %0; dc cvau, %0; ic ivau, %0; "
		     "ic ialluis; tlbi vmalle1is; tlbi vaae1is, %0; "
		     "at s1e1r, %0; dsb sy; isb"
		     :
		     : "r"(a)
		     : "memory");
	if (r >> 60)
		return;
	WRITE(sctlr_el1, READ(sctlr_el1) & ~4ull);
	WRITE(sctlr_el1, READ(sctlr_el1) | 4);
}

/*
 * Tables where no memory is: the next fetch aborts, and so does its handler.
 * With tables of rubbish it does so without an instruction and without EL2:
 * on hardware the host's next interrupt ends that, but a machine whose clock
 * counts instructions stands still there for ever.
 */
static void storm_tables(u64 index)
{
	static const u64 at[] = { GICD, 0x09000000, 0x30000000,
				  GUEST_ARM64_RAM + 0x3ff0000 };
	volatile u64 *rubbish = (u64 *)at[3];
	unsigned int i;

	for (i = 0; i < 512; i++)
		rubbish[i] = rnd(index);
	OUT(index)++;
	WRITE(mair_el1, 0xff00);
	WRITE(tcr_el1, 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ull << 32);
	WRITE(ttbr0_el1, at[ARG(2) ? index % 3 : index & 3]);
	asm volatile("dsb ish; tlbi vmalle1; dsb ish; isb" : : : "memory");
	WRITE(sctlr_el1, READ(sctlr_el1) | 1);
}

static void (*const storms[])(u64 index) = {
	[A64H_FAULTS] = storm_faults, [A64H_SGIS] = storm_sgis,
	[A64H_TIMERS] = storm_timers, [A64H_WFI] = storm_wfi,
	[A64H_PSCI] = storm_psci,     [A64H_CALLS] = storm_calls,
	[A64H_POWER] = storm_power,   [A64H_CACHES] = storm_caches,
	[A64H_TABLES] = storm_tables, [A64H_SYSREGS] = storm_sysregs,
	[A64H_FRAMES] = storm_frames, [A64H_OVERFLOW] = storm_overflow,
};

void guest_main(u64 index)
{
	u64 what = ARG(0);

	irq_handler = on_irq;
	expect_trap = TRAPS_ALWAYS;
	state[index] = ARG(1) * 2654435761u + index * 40503 + 1;
	gic_init(index);
	MMIO(u32, SGI_FRAME(index) + 0x100) = ~0u;
	for (;;) {
		storms[what](index);
		OUT(index)++;
	}
}
