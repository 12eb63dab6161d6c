/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a local APIC: registers as xAPIC (MMIO) and x2APIC (MSRs), priorities,
 * logical destinations, IPIs, errors and the timer.  Clock, hardware timer,
 * other processors and the IOAPIC are the owner's: functions that need any of
 * them say so in a struct vlapic_do.
 *
 * Manual: "Advanced Programmable Interrupt Controller (APIC)".
 *
 * Contexts.  "Any": atomic, from whatever thread or interrupt, at the same
 * time as anything else: IRR, TMR, requests that are staged and errors are atomic
 * bits, other registers are looked at once.  "Own": the thread that runs the
 * processor, or nobody runs it.
 */
#ifndef AXVM_X86_VLAPIC_H
#define AXVM_X86_VLAPIC_H

#include <linux/bits.h>
#include <linux/types.h>
#include "arch/x86/emul/vapic_msg.h"

/* Registers: offset in the xAPIC page >> 4, x2APIC MSR - VLAPIC_MSR. */
#define VLAPIC_ID 0x02
#define VLAPIC_VER 0x03
#define VLAPIC_TPR 0x08
#define VLAPIC_APR 0x09
#define VLAPIC_PPR 0x0a
#define VLAPIC_EOI 0x0b
#define VLAPIC_RRD 0x0c
#define VLAPIC_LDR 0x0d
#define VLAPIC_DFR 0x0e
#define VLAPIC_SVR 0x0f
#define VLAPIC_ISR 0x10
#define VLAPIC_TMR 0x18
#define VLAPIC_IRR 0x20
#define VLAPIC_ESR 0x28
#define VLAPIC_ICR 0x30
#define VLAPIC_ICR_HIGH 0x31
#define VLAPIC_LVT_TIMER 0x32
#define VLAPIC_LVT_THERMAL 0x33
#define VLAPIC_LVT_PMC 0x34
#define VLAPIC_LVT_LINT0 0x35
#define VLAPIC_LVT_LINT1 0x36
#define VLAPIC_LVT_ERROR 0x37
#define VLAPIC_TIMER_INIT 0x38
#define VLAPIC_TIMER_CURRENT 0x39
#define VLAPIC_TIMER_DIVIDE 0x3e
#define VLAPIC_SELF_IPI 0x3f
#define VLAPIC_NR_REGS 0x40

#define VLAPIC_NR_LVT (VLAPIC_LVT_ERROR - VLAPIC_LVT_TIMER + 1)

#define VLAPIC_MSR 0x800u /* first x2APIC MSR */
#define VLAPIC_NR_MSRS 0x100u
#define VLAPIC_PAGE 0x1000u /* bytes of the xAPIC's page */

/* Version 14h, six LVT entries, no suppression of EOI broadcasts. */
#define VLAPIC_VERSION (0x14 | (VLAPIC_NR_LVT - 1) << 16)

/* IA32_APIC_BASE. */
#define VLAPIC_BASE_BSP BIT_ULL(8)
#define VLAPIC_BASE_X2APIC BIT_ULL(10)
#define VLAPIC_BASE_ENABLE BIT_ULL(11)
#define VLAPIC_BASE_RESET 0xfee00000ull

/* Spurious-interrupt vector register. */
#define VLAPIC_SVR_ENABLE BIT(8)
#define VLAPIC_SVR_FOCUS BIT(9)

/* Local vector table. */
#define VLAPIC_LVT_VECTOR GENMASK(7, 0)
#define VLAPIC_LVT_MODE GENMASK(10, 8)
#define VLAPIC_LVT_STATUS BIT(12)
#define VLAPIC_LVT_POLARITY BIT(13)
#define VLAPIC_LVT_REMOTE_IRR BIT(14)
#define VLAPIC_LVT_LEVEL BIT(15)
#define VLAPIC_LVT_MASKED BIT(16)
#define VLAPIC_LVT_TIMER_MODE GENMASK(18, 17)
#define VLAPIC_TIMER_ONE_SHOT 0
#define VLAPIC_TIMER_PERIODIC BIT(17)
#define VLAPIC_TIMER_DEADLINE BIT(18)

/* Error status register: bit numbers. */
#define VLAPIC_ESR_SEND_ILLEGAL 5
#define VLAPIC_ESR_RECV_ILLEGAL 6
#define VLAPIC_ESR_REGISTER 7

#define VLAPIC_WORDS (256 / BITS_PER_LONG)

/**
 * struct vlapic_now - what time it is
 * @ticks: of the clock behind the timer; goes on at the TSC's rate, and
 *	cannot be set
 * @tsc: the processor's TSC
 */
struct vlapic_now {
	u64 ticks;
	u64 tsc;
};

/**
 * struct vlapic_posted - requests that the processor itself puts into IRR
 * @pir: (a) requested
 * @on: (a) bit 0: the processor was told, or is about to look
 *
 * Manual: "Format of Posted-Interrupt Descriptor".
 */
struct vlapic_posted {
	unsigned long pir[VLAPIC_WORDS];
	unsigned long on;
	unsigned long unused[3];
};

/**
 * struct vlapic - a local APIC
 *
 * Legend: (c) constant; (a) atomic, any context; (o) written by own context
 * only, read by any with READ_ONCE where said; (p) private to own context.
 *
 * @page: (c) the registers, as the xAPIC's page shows them, 4 KiB; all are (o)
 *	but those of IRR and TMR, which are (a).  There is no other copy: a
 *	processor that virtualizes APICs is given this page
 * @id: (c) x2APIC id
 * @bus_shift: (c) the timer counts ticks >> bus_shift
 * @staged: (c) the processor may deliver what IRR holds: other contexts leave
 *	it alone, and put requests into @request
 * @min_period: (c) ticks that a periodic timer leaves the processor at least:
 *	what a shorter one asks for more is left out
 * @base: (o) IA32_APIC_BASE
 * @request: (a) @staged: requested, for IRR
 * @posted: (c) likewise, if the processor can take requests by itself; or NULL
 * @tmr_moved: (a) bit 0: TMR changed, see vlapic_tmr_moved()
 * @errors: (a) errors since the last write of ESR; VLAPIC_ERROR_TOLD
 * @timer_mode: (p) of the LVT, as the timer goes by it
 * @timer_shift: (p) log2 of ticks in a count, likewise
 * @deadline: (p) IA32_TSC_DEADLINE
 * @expiry: (o) tick at which the timer expires; VLAPIC_NEVER
 * @period: (p) in ticks, 0: not periodic
 */
struct vlapic {
	u32 *page;
	u32 id;
	u8 bus_shift;
	bool staged;
	u64 min_period;
	u64 base;
	unsigned long request[VLAPIC_WORDS];
	struct vlapic_posted *posted;
	unsigned long tmr_moved;
	unsigned long errors;
	u32 timer_mode;
	u8 timer_shift;
	u64 deadline;
	u64 expiry;
	u64 period;
};

/** VLAPIC_REG() - a register, VLAPIC_*, in its place */
#define VLAPIC_REG(l, reg) ((l)->page[4 * (reg)])

static inline u32 vlapic_get(const struct vlapic *l, unsigned int reg)
{
	return *(const volatile u32 *)&VLAPIC_REG(l, reg);
}

static inline void vlapic_put(struct vlapic *l, unsigned int reg, u32 value)
{
	*(volatile u32 *)&VLAPIC_REG(l, reg) = value;
}

/** vlapic_icr() - both halves of ICR */
static inline u64 vlapic_icr(const struct vlapic *l)
{
	return vlapic_get(l, VLAPIC_ICR) | (u64)vlapic_get(l, VLAPIC_ICR_HIGH)
						   << 32;
}

static inline void vlapic_put_icr(struct vlapic *l, u64 icr)
{
	vlapic_put(l, VLAPIC_ICR_HIGH, icr >> 32);
	vlapic_put(l, VLAPIC_ICR, icr);
}

/** vlapic_vectors() - 64 vectors of ISR, TMR or IRR, from @n * 64 on */
static inline u64 vlapic_vectors(const struct vlapic *l, unsigned int reg,
				 unsigned int n)
{
	return vlapic_get(l, reg + 2 * n) | (u64)vlapic_get(l, reg + 2 * n + 1)
						    << 32;
}

#define VLAPIC_NEVER (~0ull)
/* vlapic.errors: the LVT's interrupt was raised for them. */
#define VLAPIC_ERROR_TOLD 31

/* vlapic_do.what: what an access leaves to the owner. */
#define VLAPIC_DO_TIMER BIT(0) /* .expiry changed */
#define VLAPIC_DO_TPR BIT(1) /* TPR changed: CR8 follows */
#define VLAPIC_DO_EOI BIT(2) /* broadcast the end of @vector */
#define VLAPIC_DO_IPI BIT(3) /* vapic_route() @msg, @shorthand */
#define VLAPIC_DO_IRQ BIT(4) /* look whether an interrupt can go in now */
#define VLAPIC_DO_LINT BIT(5) /* LINT0 or LINT1 changed */
#define VLAPIC_DO_MODE BIT(6) /* vlapic_accepts() is another */

/**
 * struct vlapic_do - what is left to do after an access
 * @what: VLAPIC_DO_*
 * @vector: whose end is to be broadcast
 * @shorthand: VLAPIC_TO_*
 * @msg: the message to send
 */
struct vlapic_do {
	u32 what;
	u8 vector;
	u8 shorthand;
	struct vapic_msg msg;
};

/* Destination shorthands. */
#define VLAPIC_TO_DEST 0
#define VLAPIC_TO_SELF 1
#define VLAPIC_TO_ALL 2
#define VLAPIC_TO_OTHERS 3

/* ---- vlapic.c: state ---------------------------------------------------- */

/** vlapic_reset() - the state after power-up, APIC_BASE as @base (own) */
void vlapic_reset(struct vlapic *l, u64 base);

/** vlapic_init_reset() - after INIT: id, mode and APIC_BASE stay (own) */
void vlapic_init_reset(struct vlapic *l);

/**
 * vlapic_set_base() - IA32_APIC_BASE changes; @base is a legal step (own)
 *
 * The timer may have to be armed anew.
 */
void vlapic_set_base(struct vlapic *l, u64 base);

static inline bool vlapic_enabled(const struct vlapic *l)
{
	return *(const volatile u64 *)&l->base & VLAPIC_BASE_ENABLE;
}

static inline bool vlapic_x2apic(const struct vlapic *l)
{
	return *(const volatile u64 *)&l->base & VLAPIC_BASE_X2APIC;
}

/** vlapic_accepts() - does it take fixed interrupts? */
static inline bool vlapic_accepts(const struct vlapic *l)
{
	return vlapic_enabled(l) &&
	       vlapic_get(l, VLAPIC_SVR) & VLAPIC_SVR_ENABLE;
}

/**
 * vlapic_accept() - a fixed interrupt arrives (any)
 *
 * Return: false: the APIC is disabled, or the vector illegal.
 */
bool vlapic_accept(struct vlapic *l, u8 vector, bool level);

/* vlapic_post(): what became of it. */
enum vlapic_post {
	VLAPIC_REFUSED, /* as vlapic_accept() */
	VLAPIC_STAGED, /* vlapic_merge() is to be called soon */
	VLAPIC_POSTED, /* that, or the processor is to be notified */
};

/** vlapic_post() - vlapic_accept() of an edge, with @posted (any) */
enum vlapic_post vlapic_post(struct vlapic *l, u8 vector);

/** vlapic_error() - VLAPIC_ESR_*: note it, and tell by the LVT (any) */
void vlapic_error(struct vlapic *l, unsigned int error);

/** vlapic_highest() - highest vector that is requested, or -1 (any) */
int vlapic_highest(const struct vlapic *l);

/** vlapic_unmerged() - was anything staged since vlapic_merge()? (any) */
bool vlapic_unmerged(const struct vlapic *l);

/** vlapic_requested() - is any interrupt requested? (any) */
bool vlapic_requested(const struct vlapic *l);

/** vlapic_ppr() - processor priority (any) */
u32 vlapic_ppr(const struct vlapic *l);

/** vlapic_next() - highest request above the priority, or -1 (any) */
int vlapic_next(const struct vlapic *l);

/** vlapic_take() - the processor takes it: from IRR to ISR (own) */
void vlapic_take(struct vlapic *l, u8 vector);

/** vlapic_merge() - what was staged goes into IRR (own) */
void vlapic_merge(struct vlapic *l);

/**
 * vlapic_status() - what the processor delivers from (own)
 *
 * Return: the highest vector in IRR, and that in ISR << 8; 0 for none.
 * Manual: "Guest Interrupt Status".
 */
u16 vlapic_status(const struct vlapic *l);

/**
 * vlapic_tmr_moved() - did TMR change since it was last asked? (own)
 *
 * Asked after vlapic_merge(): TMR is that of all that was merged.
 */
bool vlapic_tmr_moved(struct vlapic *l);

/** vlapic_set_tpr() - CR8 changes (own) */
void vlapic_set_tpr(struct vlapic *l, u8 tpr);

/**
 * vlapic_takes_extint() - would the PIC's INTR get through LINT0? (any)
 *
 * Also if the APIC is disabled: the pin is INTR itself then.
 */
bool vlapic_takes_extint(const struct vlapic *l);

/**
 * vlapic_lint() - a rising edge at LINT0 or LINT1 (any)
 * @lint: 0 or 1
 *
 * Return: VAPIC_MODE_* that is due to the owner (NMI, INIT, SMI, EXTINT), or
 * VAPIC_MODE_FIXED: an interrupt is requested, or -1: masked.
 */
int vlapic_lint(struct vlapic *l, unsigned int lint);

/**
 * vlapic_timer_next() - vlapic_next() if the timer's interrupt were requested,
 * too (any)
 */
int vlapic_timer_next(const struct vlapic *l);

/* ---- vlapic_regs.c: accesses (own) --------------------------------------- */

/**
 * vlapic_mmio() - an access to the xAPIC's page
 * @offset: 0-0xfff
 * @bytes: 1, 2, 4 or 8
 * @data: value written, or to be filled
 * @to_do: out
 */
void vlapic_mmio(struct vlapic *l, const struct vlapic_now *now, u32 offset,
		 unsigned int bytes, bool write, u64 *data,
		 struct vlapic_do *to_do);

/** vlapic_msr_read() - RDMSR in x2APIC mode; 0, -EINVAL: #GP */
int vlapic_msr_read(struct vlapic *l, const struct vlapic_now *now, u32 msr,
		    u64 *value);

/** vlapic_msr_write() - WRMSR in x2APIC mode; 0, -EINVAL: #GP */
int vlapic_msr_write(struct vlapic *l, const struct vlapic_now *now, u32 msr,
		     u64 value, struct vlapic_do *to_do);

/** vlapic_eoi() - the handler is done */
void vlapic_eoi(struct vlapic *l, struct vlapic_do *to_do);

/** vlapic_ended() - the processor took @vector out of ISR by itself */
void vlapic_ended(struct vlapic *l, u8 vector, struct vlapic_do *to_do);

/**
 * vlapic_written() - the processor wrote to the page by itself
 * @offset: where
 *
 * What else the write does is left, and what the register may hold.
 * Manual: "APIC-Write Emulation", "APIC-Write VM Exits".
 */
void vlapic_written(struct vlapic *l, const struct vlapic_now *now, u32 offset,
		    struct vlapic_do *to_do);

/**
 * vlapic_msr_plain() - may RDMSR read @msr from the page without our help?
 * @ppr: the processor keeps PPR
 */
bool vlapic_msr_plain(u32 msr, bool ppr);

/* ---- vlapic_icr.c: interprocessor interrupts ----------------------------- */

/** vlapic_ipi() - ICR was written: make the message (own) */
void vlapic_ipi(struct vlapic *l, struct vlapic_do *to_do);

/** vlapic_match() - is the message for @l? (any) */
bool vlapic_match(const struct vlapic *l, u32 dest, bool logical);

#define VAPIC_MAX 64u

/**
 * struct vapic_bus - all local APICs of a VM
 * @n: highest index + 1
 * @apic: by index, which is usually the id; NULL: none
 */
struct vapic_bus {
	unsigned int n;
	struct vlapic *apic[VAPIC_MAX];
};

/**
 * vapic_route() - find out who gets a message (any)
 * @from: sender, for shorthands; NULL: no local APIC
 * @shorthand: VLAPIC_TO_*
 * @deliver: called for every receiver; true: it took it
 *
 * Lowest priority: the receiver that is interrupted least.
 * Return: somebody took it.
 */
bool vapic_route(const struct vapic_bus *bus, const struct vlapic *from,
		 const struct vapic_msg *msg, u8 shorthand,
		 bool (*deliver)(struct vlapic *to,
				 const struct vapic_msg *msg));

/* ---- vlapic_timer.c: the timer (own) ------------------------------------- */

/** vlapic_timer_reset() - the state after power-up */
void vlapic_timer_reset(struct vlapic *l);
/** vlapic_timer_mode() - the LVT was written */
void vlapic_timer_mode(struct vlapic *l);
/** vlapic_timer_start() - the initial count was written */
void vlapic_timer_start(struct vlapic *l, const struct vlapic_now *now,
			u32 count);
/** vlapic_timer_divide() - the divide configuration was written */
void vlapic_timer_divide(struct vlapic *l, const struct vlapic_now *now,
			 u32 tdcr);
/** vlapic_timer_current() - the current count */
u32 vlapic_timer_current(const struct vlapic *l, const struct vlapic_now *now);
/** vlapic_deadline_write() - WRMSR of IA32_TSC_DEADLINE */
void vlapic_deadline_write(struct vlapic *l, const struct vlapic_now *now,
			   u64 deadline);
/** vlapic_deadline_read() - RDMSR of it */
u64 vlapic_deadline_read(const struct vlapic *l, const struct vlapic_now *now);
/** vlapic_tsc_set() - the processor's TSC was written: a deadline moves */
void vlapic_tsc_set(struct vlapic *l, const struct vlapic_now *now);
/**
 * vlapic_timer_run() - request the interrupt if the timer has expired
 *
 * Return: true: it had; .expiry is the next one.
 */
bool vlapic_timer_run(struct vlapic *l, const struct vlapic_now *now);
/** vlapic_timer_stop() - disarm it */
void vlapic_timer_stop(struct vlapic *l);

/* ---- for these files only ------------------------------------------------ */

/** vlapic_lvt_fire() - an LVT source raises its fixed interrupt (any) */
bool vlapic_lvt_fire(struct vlapic *l, unsigned int reg);

#endif /* AXVM_X86_VLAPIC_H */
