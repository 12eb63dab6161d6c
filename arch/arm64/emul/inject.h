/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the state change of taking an exception to AArch64 EL1.
 *
 * Manual: "Exception entry", AArch64.TakeException() pseudocode.
 */
#ifndef AXVM_ARM64_EMUL_INJECT_H
#define AXVM_ARM64_EMUL_INJECT_H

#include <linux/types.h>

/**
 * struct inject_state - what exception entry reads and writes
 * @pc: in: preferred return address; out: vector
 * @pstate: PSTATE as in SPSR_EL2
 * @vbar: VBAR_EL1
 * @sctlr: SCTLR_EL1 (SPAN, DSSBS)
 * @elr: out: ELR_EL1
 * @spsr: out: SPSR_EL1
 * @esr: out: ESR_EL1
 * @far: in/out: FAR_EL1, written by aborts
 * @has_pan: FEAT_PAN; @has_ssbs: FEAT_SSBS
 */
struct inject_state {
	u64 pc;
	u64 pstate;
	u64 vbar;
	u64 sctlr;
	u64 elr;
	u64 spsr;
	u64 esr;
	u64 far;
	bool has_pan;
	bool has_ssbs;
};

/** Undefined instruction (EC 0), @len its length. */
void inject_undef(struct inject_state *s, unsigned int len);

/**
 * inject_abort() - synchronous external abort
 * @fetch: of an instruction fetch
 * @write: of a store
 * @far: faulting virtual address
 * @len: length of the instruction
 */
void inject_abort(struct inject_state *s, bool fetch, bool write, u64 far,
		  unsigned int len);

/** Any synchronous exception with a given ESR. */
void inject_sync(struct inject_state *s, u64 esr);

#endif /* AXVM_ARM64_EMUL_INJECT_H */
