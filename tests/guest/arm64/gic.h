/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The GICv3 as the tiny guests use it: frames, system registers, set-up.
 */
#ifndef GUEST_ARM64_GIC_H
#define GUEST_ARM64_GIC_H

#include "lib.h"

#define GICD 0x08000000ull
#define GICR(cpu) (0x080a0000ull + 0x20000 * (cpu))
#define SGI_FRAME(cpu) (GICR(cpu) + 0x10000)

#define VTIMER 27
#define PTIMER 30
#define SPURIOUS 1023

#define MMIO(type, addr) (*(volatile type *)(addr))

/* Registers of one bit for each interrupt: word of @intid. */
#define GIC_BITS(off, intid)                                     \
	((intid) < 32 ? SGI_FRAME(READ(mpidr_el1) & 0xff) + (off) : \
			GICD + (off) + (intid) / 32 * 4)
#define IGROUPR(n) GIC_BITS(0x080, n)
#define ISENABLER(n) GIC_BITS(0x100, n)
#define ICENABLER(n) GIC_BITS(0x180, n)
#define ISPENDR(n) GIC_BITS(0x200, n)
#define ICPENDR(n) GIC_BITS(0x280, n)
#define ISACTIVER(n) GIC_BITS(0x300, n)
#define ICACTIVER(n) GIC_BITS(0x380, n)
#define IROUTER(n) (GICD + 0x6000 + 8 * (n))
#define BIT_OF(n) (1u << ((n) & 31))

#define ICC_PMR s3_0_c4_c6_0
#define ICC_IAR0 s3_0_c12_c8_0
#define ICC_EOIR0 s3_0_c12_c8_1
#define ICC_DIR s3_0_c12_c11_1
#define ICC_RPR s3_0_c12_c11_3
#define ICC_SGI1R s3_0_c12_c11_5
#define ICC_IAR1 s3_0_c12_c12_0
#define ICC_EOIR1 s3_0_c12_c12_1
#define ICC_HPPIR1 s3_0_c12_c12_2
#define ICC_CTLR s3_0_c12_c12_4
#define ICC_SRE s3_0_c12_c12_5
#define ICC_IGRPEN0 s3_0_c12_c12_6
#define ICC_IGRPEN1 s3_0_c12_c12_7

#define READ_(reg) READ(reg)
#define WRITE_(reg, v) WRITE(reg, v)
#define ICC_READ(name) READ_(ICC_##name)
#define ICC_WRITE(name, v) WRITE_(ICC_##name, v)

/* A vCPU's interface, and (by the first) the distributor. */
static inline void gic_init(u64 index)
{
	if (!index)
		MMIO(u32, GICD) = 0x12; /* affinity routing, group 1 */
	MMIO(u32, GICR(index) + 0x14) = 0;
	while (MMIO(u32, GICR(index) + 0x14) & 4)
		;
	MMIO(u32, SGI_FRAME(index) + 0x80) = ~0u;
	ICC_WRITE(SRE, 7);
	ICC_WRITE(PMR, 0xf0);
	ICC_WRITE(IGRPEN1, 1);
}

static inline void gic_priority(u32 intid, u8 priority)
{
	u64 base = intid < 32 ? SGI_FRAME(READ(mpidr_el1) & 0xff) : GICD;

	MMIO(u8, base + 0x400 + intid) = priority;
}

/* To this vCPU, in group 1. */
static inline void gic_enable(u32 intid)
{
	MMIO(u32, IGROUPR(intid)) |= BIT_OF(intid);
	if (intid >= 32)
		MMIO(u64, IROUTER(intid)) = READ(mpidr_el1) & 0xff00ffffff;
	MMIO(u32, ISENABLER(intid)) = BIT_OF(intid);
}

/* 1: edge-triggered.  Not for SGIs. */
static inline void gic_edge(u32 intid, bool edge)
{
	u64 base = intid < 32 ? SGI_FRAME(READ(mpidr_el1) & 0xff) : GICD;
	volatile u32 *cfg = &MMIO(u32, base + 0xc00 + intid / 16 * 4);
	u32 bit = 2u << intid % 16 * 2;

	*cfg = edge ? *cfg | bit : *cfg & ~bit;
}

static inline void irqs_on(void)
{
	asm volatile("msr daifclr, #2; isb" : : : "memory");
}

static inline void irqs_off(void)
{
	asm volatile("msr daifset, #2; isb" : : : "memory");
}

/* Sleep until something is pending, and take it. */
static inline void wait_irq(void)
{
	asm volatile("wfi" : : : "memory");
	irqs_on();
	irqs_off();
}

#endif /* GUEST_ARM64_GIC_H */
