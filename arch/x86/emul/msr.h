/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the model-specific registers that a guest has: a table of rules
 * (reset value, writable and reserved bits, special checks) and the values of
 * those that no hardware holds.  Interception and hardware are the owner's.
 */
#ifndef AXVM_X86_EMUL_MSR_H
#define AXVM_X86_EMUL_MSR_H

#include <linux/types.h>

#define VMSR_NR_MTRR_VAR 8u
#define VMSR_NR_MC_BANKS 4u

/*
 * Slots of struct vmsr_state: M(slot).  The owner names a slot when it copies
 * between the state and hardware.
 */
#define VMSR_SLOTS(M)                                                          \
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
	M(MTRR_FIX_LAST = VMSR_MTRR_FIX + 10)                                  \
	M(MTRR_VAR)                                                            \
	M(MTRR_VAR_LAST = VMSR_MTRR_VAR + 2 * VMSR_NR_MTRR_VAR - 1)            \
	M(MCG_CAP)                                                             \
	M(MCG_STATUS)                                                          \
	M(MCG_CTL)                                                             \
	M(MC_BANK)                                                             \
	M(MC_BANK_LAST = VMSR_MC_BANK + 4 * VMSR_NR_MC_BANKS - 1)              \
	M(ZERO) /* reads as zero */

enum vmsr_slot {
#define VMSR_SLOT_NAME(s) VMSR_##s,
	VMSR_SLOTS(VMSR_SLOT_NAME)
#undef VMSR_SLOT_NAME
		VMSR_NR_SLOTS
};

/** struct vmsr_state - values of one vCPU's MSRs, by slot */
struct vmsr_state {
	u64 value[VMSR_NR_SLOTS];
};

/**
 * struct vmsr_env - what the checks depend on
 * @efer_allowed: bits of EFER (cpuid_efer_allowed())
 * @xss_allowed: bits of IA32_XSS
 * @phys_bits: MAXPHYADDR
 * @linear_bits: 48, or 57 with LA57: canonical addresses
 * @has_x2apic: x2APIC mode may be entered
 * @has_rdtscp: TSC_AUX exists
 * @has_tsc_deadline: IA32_TSC_DEADLINE exists
 * @has_spec_ctrl: SPEC_CTRL, PRED_CMD exist
 * @has_flush_cmd: FLUSH_CMD exists
 * @has_arch_cap: ARCH_CAPABILITIES exists
 * @has_xsaves: IA32_XSS exists
 * @paging: CR0.PG: EFER.LME is locked
 * @is_bsp: the boot processor (APIC_BASE.BSP)
 * @tsc_khz: for PLATFORM_INFO's ratio; 0: unknown
 * @ucode_rev: microcode revision to report
 * @spec_ctrl_allowed: bits of SPEC_CTRL (vcpuid_spec_ctrl_allowed())
 * @arch_cap: ARCH_CAPABILITIES (vmsr_arch_cap())
 */
struct vmsr_env {
	u64 efer_allowed;
	u64 xss_allowed;
	u8 phys_bits;
	u8 linear_bits;
	bool has_x2apic;
	bool has_rdtscp;
	bool has_tsc_deadline;
	bool has_spec_ctrl;
	bool has_flush_cmd;
	bool has_arch_cap;
	bool has_xsaves;
	bool paging;
	bool is_bsp;
	u32 tsc_khz;
	u64 ucode_rev;
	u64 spec_ctrl_allowed;
	u64 arch_cap;
};

/* struct vmsr_rule.flags */
#define VMSR_LIVE (1u << 0) /* hardware (or the owner) holds the live value:
			    * it fills the slot before a read and copies it
			    * out after a write */
#define VMSR_READ_ONLY (1u << 1) /* a guest's write: #GP */
#define VMSR_IGNORE (1u << 2) /* a guest's write is accepted and forgotten */
#define VMSR_WRITE_ONLY (1u << 3) /* a read: #GP */
#define VMSR_CANONICAL (1u << 4) /* value must be a canonical address */
#define VMSR_SWITCHED (1u << 5) /* part of a vCPU's state: listed to users */

/**
 * struct vmsr_rule - one MSR (or a run of them)
 * @index: first index
 * @count: how many consecutive ones have this rule; slots follow likewise
 * @slot: where the (first) value is
 * @flags: VMSR_*
 * @name: the manual's name
 * @reset: value after RESET
 * @writable: bits that a write changes; others keep their value
 * @reserved: bits whose setting is #GP
 * @check: further condition on the new value, or NULL; 0 or -EINVAL; may
 *	change @value
 * @exists: condition for the MSR to exist, or NULL: always
 */
struct vmsr_rule {
	u32 index;
	u16 count;
	u16 slot;
	u32 flags;
	const char *name;
	u64 reset;
	u64 writable;
	u64 reserved;
	int (*check)(const struct vmsr_env *env, const struct vmsr_state *state,
		     u32 index, u64 *value);
	bool (*exists)(const struct vmsr_env *env);
};

/** vmsr_find() - the rule of an MSR, or NULL */
const struct vmsr_rule *vmsr_find(u32 index);

/** vmsr_slot() - slot of @index under @rule */
static inline unsigned int vmsr_slot(const struct vmsr_rule *rule, u32 index)
{
	return rule->slot + (index - rule->index);
}

/**
 * vmsr_index() - index of the n-th MSR that belongs to a vCPU's state and
 * exists in @env, in ascending order; 0 past the last
 */
u32 vmsr_index(const struct vmsr_env *env, unsigned int n);

/** vmsr_reset() - all values after RESET */
void vmsr_reset(const struct vmsr_env *env, struct vmsr_state *state);

/**
 * vmsr_read() - RDMSR
 *
 * Return: 0; -ENOENT the guest has no such MSR; -EINVAL it cannot be read;
 * both are #GP unless the owner's policy says otherwise.
 */
int vmsr_read(const struct vmsr_env *env, const struct vmsr_state *state,
	     u32 index, u64 *value);

/**
 * vmsr_write() - WRMSR: check and store
 *
 * With VMSR_LIVE the owner copies the slot's new value to where it lives.
 * Return: as vmsr_read().
 */
int vmsr_write(const struct vmsr_env *env, struct vmsr_state *state, u32 index,
	      u64 value);

/**
 * vmsr_set() - the user (or a snapshot) sets an MSR while the vCPU is out:
 * as vmsr_write(), but read-only ones and EFER.LMA may be set too
 */
int vmsr_set(const struct vmsr_env *env, struct vmsr_state *state, u32 index,
	    u64 value);

/**
 * vmsr_arch_cap() - what a guest is told of @host, IA32_ARCH_CAPABILITIES
 *
 * Which weaknesses the processor does not have, and what VERW does: not the
 * bits that announce other MSRs.
 */
u64 vmsr_arch_cap(u64 host);

/** vmsr_pat_valid() - are all eight types of a PAT value valid? */
bool vmsr_pat_valid(u64 pat);

/** vmsr_canonical() - is @addr canonical for @linear_bits (48 or 57)? */
bool vmsr_canonical(u64 addr, unsigned int linear_bits);

#endif /* AXVM_X86_EMUL_MSR_H */
