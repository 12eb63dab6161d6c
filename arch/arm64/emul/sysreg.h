/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the system registers that a guest's accesses trap for: one sorted
 * table of encodings with what each does, the guest's view of the ID
 * registers, and the values of those that no hardware holds.  Timers, the
 * interrupt controller, caches and the EL1 context are the owner's: the table
 * says which of them an access is for.
 */
#ifndef AXVM_ARM64_SYSREG_H
#define AXVM_ARM64_SYSREG_H

#include <linux/types.h>

/* Slots of struct vsys_state: S(name).  Debug registers: see VSYS_NR_*. */
#define VSYS_SLOTS(S)                         \
	S(ACTLR_EL1)                          \
	S(MDSCR_EL1)                          \
	S(MDCCINT_EL1)                        \
	S(OSLSR_EL1) /* bit 1: the OS lock */ \
	S(OSECCR_EL1)                         \
	S(OSDTRRX_EL1)                        \
	S(OSDTRTX_EL1)                        \
	S(DBGPRCR_EL1)                        \
	S(DBGCLAIM)

#define VSYS_NR_BRPS 2u /* breakpoints that the guest has */
#define VSYS_NR_WRPS 2u /* watchpoints */

enum vsys_slot {
#define VSYS_SLOT_ENUM(s) VSYS_##s,
	VSYS_SLOTS(VSYS_SLOT_ENUM)
#undef VSYS_SLOT_ENUM
		VSYS_DBGBVR0,
	VSYS_DBGBCR0 = VSYS_DBGBVR0 + VSYS_NR_BRPS,
	VSYS_DBGWVR0 = VSYS_DBGBCR0 + VSYS_NR_BRPS,
	VSYS_DBGWCR0 = VSYS_DBGWVR0 + VSYS_NR_WRPS,
	VSYS_NR_SLOTS = VSYS_DBGWCR0 + VSYS_NR_WRPS
};

/** struct vsys_state - values of one vCPU's emulated registers, by slot */
struct vsys_state {
	u64 value[VSYS_NR_SLOTS];
};

/** vsys_reset() - values after a warm reset */
void vsys_reset(struct vsys_state *state);

/**
 * enum vsys_outcome - what an access is for
 * @VSYS_DONE: done: value read, or taken
 * @VSYS_UNDEF: the guest must not have it: inject an undefined instruction
 * @VSYS_UNKNOWN: not in the table: the user's policy, else undefined
 * @VSYS_SETWAY: data cache maintenance by set and way
 * @VSYS_VM: a write to (or read of) a virtual memory control register, trapped
 *	by HCR_EL2.TVM or TRVM: carry it out on the EL1 context
 * @VSYS_TIMER: CNTP_* or a counter
 * @VSYS_GIC: ICC_*
 */
enum vsys_outcome {
	VSYS_DONE,
	VSYS_UNDEF,
	VSYS_UNKNOWN,
	VSYS_SETWAY,
	VSYS_VM,
	VSYS_TIMER,
	VSYS_GIC,
};

/* What a VM offers, vsys_env.offers. */
#define VSYS_OFFER_PAUTH (1u << 0) /* keys are switched */
#define VSYS_OFFER_GICV3 (1u << 1) /* GICv3 system registers work */

/**
 * struct vsys_env - what views depend on
 * @id: the host's value of an ID register (system-wide safe value), by
 *	AXVM_ARM64_SYSREG encoding; only those of VSYS_ID_REGS are asked for
 * @opaque: handed to it
 * @offers: VSYS_OFFER_*
 * @pa_bits: width of a guest-physical address
 */
struct vsys_env {
	u64 (*id)(void *opaque, u32 encoding);
	void *opaque;
	u32 offers;
	u8 pa_bits;
};

/* ID registers whose host value matters: X(name, op0, op1, CRn, CRm, op2) */
#define VSYS_ID_REGS(X)                    \
	X(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0)  \
	X(ID_AA64PFR1_EL1, 3, 0, 0, 4, 1)  \
	X(ID_AA64DFR0_EL1, 3, 0, 0, 5, 0)  \
	X(ID_AA64ISAR0_EL1, 3, 0, 0, 6, 0) \
	X(ID_AA64ISAR1_EL1, 3, 0, 0, 6, 1) \
	X(ID_AA64ISAR2_EL1, 3, 0, 0, 6, 2) \
	X(ID_AA64MMFR0_EL1, 3, 0, 0, 7, 0) \
	X(ID_AA64MMFR1_EL1, 3, 0, 0, 7, 1) \
	X(ID_AA64MMFR2_EL1, 3, 0, 0, 7, 2)

/**
 * vsys_id_view() - a guest's view of an ID register
 * @env: see there; @env->id is not called
 * @encoding: which register
 * @host: the host's value
 *
 * Only features that the guest can use without help from EL2, or that axvm
 * gives, show; fields that are not known today read as zero.  EL2, SVE, SME,
 * PMU, SPE, trace, MTE, RAS, MPAM, AMU, AArch32 and LORegions are hidden.
 */
u64 vsys_id_view(const struct vsys_env *env, u32 encoding, u64 host);

/**
 * vsys_access() - a trapped access
 * @env: what views depend on
 * @state: the vCPU's emulated registers
 * @encoding: AXVM_ARM64_SYSREG encoding
 * @write: MSR (or a system instruction)
 * @value: value written; out: value read, with VSYS_DONE
 */
enum vsys_outcome vsys_access(const struct vsys_env *env,
			      struct vsys_state *state, u32 encoding,
			      bool write, u64 *value);

/** vsys_is_id() - does it only read, always the same for one environment? */
bool vsys_is_id(u32 encoding);

/** vsys_name() - name of a register of the table, or NULL */
const char *vsys_name(u32 encoding);

#endif /* AXVM_ARM64_SYSREG_H */
