/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: system registers that trap: a table {encoding, name, reset, access,
 * visibility}, the ID registers' views, and what reading and writing them does.
 *
 * Manual: "AArch64 System Registers", "Principles of the ID scheme".
 */
#ifndef AXVM_ARM64_EMUL_SYSREG_H
#define AXVM_ARM64_EMUL_SYSREG_H

#include <linux/types.h>

/** How an access ends. */
enum sysreg_result {
	SYSREG_DONE, /* emulated: skip the instruction */
	SYSREG_UNDEF, /* the guest has no such register */
	SYSREG_UNKNOWN, /* not in the table: policy decides (default UNDEF) */
	SYSREG_FLUSH, /* set/way maintenance: make all memory coherent, skip */
	SYSREG_TIMER, /* physical timer: the owner's (CNTP_*) */
	SYSREG_GIC, /* ICC_*: the owner's */
};

/** What the host (and the VM's other parts) have. */
#define SYSREG_WITH_PAUTH (1u << 0) /* keys are switched */
#define SYSREG_WITH_GICV3 (1u << 1) /* ICC_* system registers exist */
#define SYSREG_WITH_FP (1u << 2)

/**
 * struct sysreg_env - what the views depend on
 * @features: SYSREG_WITH_*
 * @pa_bits: PARange to show, ID_AA64MMFR0_EL1 encoding
 * @host: sanitised value of an ID register of the host, by encoding
 * @opaque: for @host
 */
struct sysreg_env {
	u32 features;
	u32 pa_range;
	u64 (*host)(void *opaque, u32 id);
	void *opaque;
};

/** Registers kept here, one set a vCPU. */
struct sysreg_state {
	u64 actlr_el1;
	u64 mdscr_el1;
	u64 oslsr_el1;
	u64 osdtrrx_el1;
	u64 dbgclaim;
	u64 dbgbvr[16];
	u64 dbgbcr[16];
	u64 dbgwvr[16];
	u64 dbgwcr[16];
};

void sysreg_reset(struct sysreg_state *state);

/**
 * sysreg_access() - one trapped MRS, MSR or system instruction
 * @id: AXVM_ARM64_SYSREG() encoding
 * @read: MRS
 * @value: in: MSR; out: MRS
 */
enum sysreg_result sysreg_access(const struct sysreg_env *env,
				 struct sysreg_state *state, u32 id, bool read,
				 u64 *value);

/** The guest's view of an ID register, from the host's value. */
u64 sysreg_id_view(const struct sysreg_env *env, u32 id, u64 host);

/** Name of a register, or NULL. */
const char *sysreg_name(u32 id);

/** Encoding of the n-th register of the table, 0 past the last. */
u32 sysreg_nth(unsigned int n);

#endif /* AXVM_ARM64_EMUL_SYSREG_H */
