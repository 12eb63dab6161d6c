/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what the processor's state becomes when an exception is taken to EL1,
 * AArch64.  The owner loads and stores the registers.
 * Manual: "Exception entry"; pseudocode AArch64.TakeException.
 */
#ifndef AXVM_ARM64_INJECT_H
#define AXVM_ARM64_INJECT_H

#include <linux/types.h>

/* What the guest's CPU has (guest's ID registers), inject_state.features. */
#define INJECT_HAS_PAN (1u << 0)
#define INJECT_HAS_UAO (1u << 1)
#define INJECT_HAS_SSBS (1u << 2)
#define INJECT_HAS_DIT (1u << 3)
#define INJECT_HAS_MTE (1u << 4)
#define INJECT_HAS_NMI (1u << 5)

/* PSTATE as in SPSR_ELx. */
#define INJECT_PSTATE_MODE 0x1full
#define INJECT_PSTATE_EL0T 0x0ull
#define INJECT_PSTATE_EL1T 0x4ull
#define INJECT_PSTATE_EL1H 0x5ull

/**
 * struct inject_state - registers that an exception entry reads and writes
 * @features: INJECT_HAS_*
 * @pc: in: preferred return address; out: vector
 * @pstate: in and out, as SPSR_EL2 holds it
 * @sctlr: in: SCTLR_EL1 (SPAN, DSSBS, SPINTMASK)
 * @vbar: in: VBAR_EL1
 * @elr: out: ELR_EL1
 * @spsr: out: SPSR_EL1
 * @esr: out: ESR_EL1
 * @far: out: FAR_EL1 if the exception has an address, else unchanged
 */
struct inject_state {
	u32 features;
	u64 pc;
	u64 pstate;
	u64 sctlr;
	u64 vbar;
	u64 elr;
	u64 spsr;
	u64 esr;
	u64 far;
};

/** enum inject_type - which vector of a group of four */
enum inject_type {
	INJECT_SYNC = 0x000,
	INJECT_IRQ = 0x080,
	INJECT_FIQ = 0x100,
	INJECT_SERROR = 0x180
};

/**
 * inject_take() - take an exception of @type with syndrome @esr to EL1
 *
 * From EL0 (AArch64 or AArch32), EL1t or EL1h.
 */
void inject_take(struct inject_state *s, enum inject_type type, u64 esr);

/** inject_undef() - an undefined instruction: EC 0, @bytes long (2 or 4) */
void inject_undef(struct inject_state *s, unsigned int bytes);

/**
 * inject_abort() - a synchronous external abort
 * @insn: of an instruction fetch, else of data
 * @far: the address
 * @write: data: the access was a write
 * @bytes: length of the instruction (2 or 4)
 */
void inject_abort(struct inject_state *s, bool insn, u64 far, bool write,
		  unsigned int bytes);

/**
 * inject_alignment() - an alignment fault of a data access
 */
void inject_alignment(struct inject_state *s, u64 far, bool write);

/**
 * inject_reflect() - an exception that came to EL2, as EL1 would have seen it
 * @esr: ESR_EL2; classes "from a lower level" become "from the same level"
 *	when the guest was at EL1
 * @far: FAR_EL2, for classes that have an address
 *
 * For breakpoints, BRK, software step, PC and SP alignment, illegal state.
 */
void inject_reflect(struct inject_state *s, u64 esr, u64 far);

#endif /* AXVM_ARM64_INJECT_H */
