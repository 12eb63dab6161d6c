/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the model-specific registers that a guest has: a table of rules
 * (reset value, writable and reserved bits, special checks) and the values of
 * those that no hardware holds.  Interception and hardware are the owner's.
 */
#ifndef AXVM_X86_MSR_H
#define AXVM_X86_MSR_H

#include <linux/types.h>

#define MSR_NR_MTRR_VAR 8u
#define MSR_NR_MC_BANKS 4u

/*
 * Slots of struct msr_state: M(slot).  The owner names a slot when it copies
 * between the state and hardware.
 */
#define MSR_SLOTS(M)                                                           \
	M(TSC)                                                                 \
	M(TSC_ADJUST)                                                          \
	M(TSC_AUX)                                                             \
	M(TSC_DEADLINE)                                                        \
	M(APIC_BASE)                                                           \
	M(EFER)                                                                \
	M(STAR)                                                                \
	M(LSTAR)                                                               \
	M(CSTAR)                                                               \
	M(FMASK)                                                               \
	M(FS_BASE)                                                             \
	M(GS_BASE)                                                             \
	M(KERNEL_GS_BASE)                                                      \
	M(SYSENTER_CS)                                                         \
	M(SYSENTER_ESP)                                                        \
	M(SYSENTER_EIP)                                                        \
	M(PAT)                                                                 \
	M(XSS)                                                                 \
	M(SPEC_CTRL)                                                           \
	M(PRED_CMD)                                                            \
	M(FLUSH_CMD)                                                           \
	M(ARCH_CAPABILITIES)                                                   \
	M(DEBUGCTL)                                                            \
	M(MISC_ENABLE)                                                         \
	M(FEATURE_CONTROL)                                                     \
	M(UCODE_REV)                                                           \
	M(PLATFORM_ID)                                                         \
	M(PLATFORM_INFO)                                                       \
	M(MISC_FEATURES)                                                       \
	M(MTRR_CAP)                                                            \
	M(MTRR_DEF_TYPE)                                                       \
	M(MTRR_FIX)                                                            \
	M(MTRR_FIX_LAST = SLOT_MSR_MTRR_FIX + 10)                              \
	M(MTRR_VAR)                                                            \
	M(MTRR_VAR_LAST = SLOT_MSR_MTRR_VAR + 2 * MSR_NR_MTRR_VAR - 1)         \
	M(MCG_CAP)                                                             \
	M(MCG_STATUS)                                                          \
	M(MCG_CTL)                                                             \
	M(MC_BANK)                                                             \
	M(MC_BANK_LAST = SLOT_MSR_MC_BANK + 4 * MSR_NR_MC_BANKS - 1)           \
	M(ZERO) /* reads as zero */

enum msr_slot {
#define MSR_SLOT_NAME(s) SLOT_MSR_##s,
	MSR_SLOTS(MSR_SLOT_NAME)
#undef MSR_SLOT_NAME
		MSR_NR_SLOTS
};

/** struct msr_state - values of one vCPU's MSRs, by slot */
struct msr_state {
	u64 value[MSR_NR_SLOTS];
};

/**
 * struct msr_env - what the checks depend on
 * @efer_allowed: bits of EFER (cpuid_efer_allowed())
 * @xss_allowed: bits of IA32_XSS
 * @phys_bits: MAXPHYADDR
 * @linear_bits: 48, or 57 with LA57: canonical addresses
 * @has_x2apic: x2APIC mode may be entered
 * @has_rdtscp: TSC_AUX exists
 * @has_tsc_deadline: IA32_TSC_DEADLINE exists
 * @has_spec_ctrl: SPEC_CTRL, PRED_CMD exist
 * @has_xsaves: IA32_XSS exists
 * @paging: CR0.PG: EFER.LME is locked
 * @is_bsp: the boot processor (APIC_BASE.BSP)
 * @tsc_khz: for PLATFORM_INFO's ratio; 0: unknown
 * @ucode_rev: microcode revision to report
 */
struct msr_env {
	u64 efer_allowed;
	u64 xss_allowed;
	u8 phys_bits;
	u8 linear_bits;
	bool has_x2apic;
	bool has_rdtscp;
	bool has_tsc_deadline;
	bool has_spec_ctrl;
	bool has_xsaves;
	bool paging;
	bool is_bsp;
	u32 tsc_khz;
	u64 ucode_rev;
};

/* struct msr_rule.flags */
#define MSR_LIVE (1u << 0) /* hardware (or the owner) holds the live value:
			    * it fills the slot before a read and copies it
			    * out after a write */
#define MSR_READ_ONLY (1u << 1) /* a guest's write: #GP */
#define MSR_IGNORE (1u << 2) /* a guest's write is accepted and forgotten */
#define MSR_WRITE_ONLY (1u << 3) /* a read: #GP */
#define MSR_CANONICAL (1u << 4) /* value must be a canonical address */
#define MSR_SWITCHED (1u << 5) /* part of a vCPU's state: listed to users */

/**
 * struct msr_rule - one MSR (or a run of them)
 * @index: first index
 * @count: how many consecutive ones have this rule; slots follow likewise
 * @slot: where the (first) value is
 * @flags: MSR_*
 * @name: the manual's name
 * @reset: value after RESET
 * @writable: bits that a write changes; others keep their value
 * @reserved: bits whose setting is #GP
 * @check: further condition on the new value, or NULL; 0 or -EINVAL; may
 *	change @value
 * @exists: condition for the MSR to exist, or NULL: always
 */
struct msr_rule {
	u32 index;
	u16 count;
	u16 slot;
	u32 flags;
	const char *name;
	u64 reset;
	u64 writable;
	u64 reserved;
	int (*check)(const struct msr_env *env, const struct msr_state *state,
		     u32 index, u64 *value);
	bool (*exists)(const struct msr_env *env);
};

/** msr_find() - the rule of an MSR, or NULL */
const struct msr_rule *msr_find(u32 index);

/** msr_slot() - slot of @index under @rule */
static inline unsigned int msr_slot(const struct msr_rule *rule, u32 index)
{
	return rule->slot + (index - rule->index);
}

/**
 * msr_index() - index of the n-th MSR that belongs to a vCPU's state and
 * exists in @env, in ascending order; 0 past the last
 */
u32 msr_index(const struct msr_env *env, unsigned int n);

/** msr_reset() - all values after RESET */
void msr_reset(const struct msr_env *env, struct msr_state *state);

/**
 * msr_read() - RDMSR
 *
 * Return: 0; -ENOENT the guest has no such MSR; -EINVAL it cannot be read;
 * both are #GP unless the owner's policy says otherwise.
 */
int msr_read(const struct msr_env *env, const struct msr_state *state,
	     u32 index, u64 *value);

/**
 * msr_write() - WRMSR: check and store
 *
 * With MSR_LIVE the owner copies the slot's new value to where it lives.
 * Return: as msr_read().
 */
int msr_write(const struct msr_env *env, struct msr_state *state, u32 index,
	      u64 value);

/**
 * msr_set() - the user (or a snapshot) sets an MSR while the vCPU is out:
 * as msr_write(), but read-only ones and EFER.LMA may be set too
 */
int msr_set(const struct msr_env *env, struct msr_state *state, u32 index,
	    u64 value);

/** msr_pat_valid() - are all eight types of a PAT value valid? */
bool msr_pat_valid(u64 pat);

/** msr_canonical() - is @addr canonical for @linear_bits (48 or 57)? */
bool msr_canonical(u64 addr, unsigned int linear_bits);

#endif /* AXVM_X86_MSR_H */
