// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the table of a guest's model-specific registers and the functions that
 * read, write and reset them by its rules.
 *
 * Manual: "Model-Specific Registers (MSRs)", "Memory Type Range Registers",
 * "Page Attribute Table", "Machine-Check Architecture".
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/msr.h"

/* EFER */
#define EFER_LME BIT_ULL(8)
#define EFER_LMA BIT_ULL(10)

/* APIC_BASE */
#define APIC_BASE_BSP BIT_ULL(8)
#define APIC_BASE_X2APIC BIT_ULL(10)
#define APIC_BASE_ENABLE BIT_ULL(11)
#define APIC_BASE_RESET 0xfee00000ull

#define PAT_RESET 0x0007040600070406ull

/* FEATURE_CONTROL: locked, VMX nowhere. */
#define FEATURE_CONTROL_LOCKED 1ull

#define MISC_ENABLE_FAST_STRINGS BIT_ULL(0)
#define MISC_ENABLE_BTS_UNAVAILABLE BIT_ULL(11)
#define MISC_ENABLE_PEBS_UNAVAILABLE BIT_ULL(12)
#define MISC_ENABLE_LIMIT_CPUID BIT_ULL(22)

/* MTRR_CAP: 8 variable ranges, fixed ranges, write-combining. */
#define MTRR_CAP_VALUE (VMSR_NR_MTRR_VAR | BIT_ULL(8) | BIT_ULL(10))
#define MTRR_DEF_TYPE_BITS (0xffull | BIT_ULL(10) | BIT_ULL(11))
#define MTRR_MASK_VALID BIT_ULL(11)

/*
 * ARCH_CAPABILITIES: RDCL_NO, IBRS_ALL, RSBA, SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO,
 * PSCHANGE_MC_NO; TAA_NO; SBDR_SSDP_NO, FBSDP_NO, PSDP_NO, FB_CLEAR; RRSBA,
 * BHI_NO; PBRSB_NO, GDS_NO, RFDS_NO, RFDS_CLEAR; ITS_NO.
 */
#define ARCH_CAP_TOLD                                                          \
	(GENMASK_ULL(6, 0) | BIT_ULL(8) | GENMASK_ULL(15, 13) | BIT_ULL(17) |  \
	 GENMASK_ULL(20, 19) | BIT_ULL(24) | GENMASK_ULL(28, 26) | BIT_ULL(62))
#define ALL_BITS (~0ull)

bool vmsr_canonical(u64 addr, unsigned int linear_bits)
{
	unsigned int shift = 64 - linear_bits;

	return (u64)((s64)(addr << shift) >> shift) == addr;
}

/* Memory types of MTRRs: UC, WC, WT, WP, WB; PAT adds UC-. */
static bool mtrr_type_valid(u8 type)
{
	return type < 7 && (0x73 >> type) & 1;
}

bool vmsr_pat_valid(u64 pat)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		u8 type = pat >> (8 * i);

		if (type != 7 && !mtrr_type_valid(type))
			return false;
	}
	return true;
}

/* ---- checks of single registers ---------------------------------------- */

static int check_pat(const struct vmsr_env *env,
		     const struct vmsr_state *state, u32 index, u64 *value)
{
	return vmsr_pat_valid(*value) ? 0 : -EINVAL;
}

static int check_efer(const struct vmsr_env *env,
		      const struct vmsr_state *state, u32 index, u64 *value)
{
	u64 old = state->value[VMSR_EFER];

	if (*value & ~(env->efer_allowed | EFER_LMA))
		return -EINVAL;
	if (env->paging && (*value ^ old) & EFER_LME)
		return -EINVAL;
	/* LMA is the processor's to change. */
	*value = (*value & ~EFER_LMA) | (old & EFER_LMA);
	return 0;
}

static u64 phys_reserved(const struct vmsr_env *env)
{
	return env->phys_bits >= 64 ? 0 : ~((1ull << env->phys_bits) - 1);
}

/* Disabled -> xAPIC -> x2APIC, and from anywhere back to disabled. */
static int check_apic_base(const struct vmsr_env *env,
			   const struct vmsr_state *state, u32 index,
			   u64 *value)
{
	u64 reserved = phys_reserved(env) | 0x2ffull;
	u64 old = state->value[VMSR_APIC_BASE];
	u64 mode = *value & (APIC_BASE_ENABLE | APIC_BASE_X2APIC);
	u64 old_mode = old & (APIC_BASE_ENABLE | APIC_BASE_X2APIC);

	if (!env->has_x2apic)
		reserved |= APIC_BASE_X2APIC;
	if (*value & reserved || mode == APIC_BASE_X2APIC)
		return -EINVAL;
	if (mode == (APIC_BASE_ENABLE | APIC_BASE_X2APIC) && !old_mode)
		return -EINVAL;
	if (mode == APIC_BASE_ENABLE && old_mode & APIC_BASE_X2APIC)
		return -EINVAL;
	*value = (*value & ~APIC_BASE_BSP) | (old & APIC_BASE_BSP);
	return 0;
}

static int check_mtrr_def(const struct vmsr_env *env,
			  const struct vmsr_state *state, u32 index, u64 *value)
{
	return mtrr_type_valid(*value & 0xff) ? 0 : -EINVAL;
}

static int check_mtrr_fix(const struct vmsr_env *env,
			  const struct vmsr_state *state, u32 index, u64 *value)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (!mtrr_type_valid(*value >> (8 * i)))
			return -EINVAL;
	return 0;
}

/* Even: base and type; odd: mask and valid. */
static int check_mtrr_var(const struct vmsr_env *env,
			  const struct vmsr_state *state, u32 index, u64 *value)
{
	u64 reserved = phys_reserved(env);

	if (index & 1)
		return *value & (reserved | 0x7ff) ? -EINVAL : 0;
	if (*value & (reserved | 0xf00))
		return -EINVAL;
	return mtrr_type_valid(*value & 0xff) ? 0 : -EINVAL;
}

static int check_xss(const struct vmsr_env *env,
		     const struct vmsr_state *state, u32 index, u64 *value)
{
	return *value & ~env->xss_allowed ? -EINVAL : 0;
}

static int check_spec_ctrl(const struct vmsr_env *env,
			   const struct vmsr_state *state, u32 index,
			   u64 *value)
{
	return *value & ~env->spec_ctrl_allowed ? -EINVAL : 0;
}

u64 vmsr_arch_cap(u64 host)
{
	return host & ARCH_CAP_TOLD;
}

/* Control registers of a bank take all ones or zero; the rest zero only. */
static int check_mc_bank(const struct vmsr_env *env,
			 const struct vmsr_state *state, u32 index, u64 *value)
{
	if ((index & 3) == 0)
		return *value && *value != ALL_BITS ? -EINVAL : 0;
	return (index & 3) == 1 && *value ? -EINVAL : 0;
}

static int check_mcg_ctl(const struct vmsr_env *env,
			 const struct vmsr_state *state, u32 index, u64 *value)
{
	return *value && *value != ALL_BITS ? -EINVAL : 0;
}

/* ---- conditions of existence ------------------------------------------- */

static bool has_rdtscp(const struct vmsr_env *env)
{
	return env->has_rdtscp;
}

static bool has_tsc_deadline(const struct vmsr_env *env)
{
	return env->has_tsc_deadline;
}

static bool has_spec_ctrl(const struct vmsr_env *env)
{
	return env->has_spec_ctrl;
}

static bool has_flush_cmd(const struct vmsr_env *env)
{
	return env->has_flush_cmd;
}

static bool has_arch_cap(const struct vmsr_env *env)
{
	return env->has_arch_cap;
}

static bool has_xsaves(const struct vmsr_env *env)
{
	return env->has_xsaves;
}

/* ---- the table ---------------------------------------------------------- */

#define LIVE (VMSR_LIVE | VMSR_SWITCHED)
#define KEPT VMSR_SWITCHED

#define RULE(i, s, fl, ...)                                                    \
	{ .index = (i), .count = 1, .slot = VMSR_##s, .flags = (fl),           \
	  .name = #s, .writable = ALL_BITS, __VA_ARGS__ }
#define RUN(i, n, s, fl, ...)                                                  \
	{ .index = (i), .count = (n), .slot = VMSR_##s, .flags = (fl),         \
	  .name = #s, .writable = ALL_BITS, __VA_ARGS__ }
#define CONST(i, s, nm, v)                                                     \
	{ .index = (i), .count = 1, .slot = VMSR_##s, .flags = VMSR_READ_ONLY, \
	  .name = nm, .reset = (v) }
#define NOTHING(i, n, nm)                                                      \
	{ .index = (i), .count = (n), .slot = VMSR_ZERO,                       \
	  .flags = VMSR_IGNORE, .name = nm }

/* Sorted by index. */
static const struct vmsr_rule vmsr_rules[] = {
	NOTHING(0x00000000, 1, "P5_MC_ADDR"),
	NOTHING(0x00000001, 1, "P5_MC_TYPE"),
	RULE(0x00000010, TSC, LIVE),
	CONST(0x00000017, PLATFORM_ID, "PLATFORM_ID", 0),
	RULE(0x0000001b, APIC_BASE, KEPT, .reset = APIC_BASE_RESET |
	     APIC_BASE_ENABLE, .check = check_apic_base),
	CONST(0x0000003a, FEATURE_CONTROL, "FEATURE_CONTROL",
	      FEATURE_CONTROL_LOCKED),
	RULE(0x0000003b, TSC_ADJUST, LIVE),
	RULE(0x00000048, SPEC_CTRL, LIVE, .check = check_spec_ctrl,
	     .exists = has_spec_ctrl),
	RULE(0x00000049, PRED_CMD, VMSR_LIVE | VMSR_WRITE_ONLY,
	     .reserved = ~1ull, .exists = has_spec_ctrl),
	NOTHING(0x00000079, 1, "BIOS_UPDT_TRIG"),
	RULE(0x0000008b, UCODE_REV, VMSR_IGNORE),
	CONST(0x000000ce, PLATFORM_INFO, "PLATFORM_INFO", 0),
	CONST(0x000000fe, MTRR_CAP, "MTRRCAP", MTRR_CAP_VALUE),
	{ .index = 0x10a, .count = 1, .slot = VMSR_ARCH_CAPABILITIES,
	  .flags = VMSR_READ_ONLY, .name = "ARCH_CAPABILITIES",
	  .exists = has_arch_cap },
	RULE(0x0000010b, FLUSH_CMD, VMSR_LIVE | VMSR_WRITE_ONLY,
	     .reserved = ~1ull, .exists = has_flush_cmd),
	RULE(0x00000140, MISC_FEATURES, VMSR_IGNORE),
	RULE(0x00000174, SYSENTER_CS, LIVE),
	RULE(0x00000175, SYSENTER_ESP, LIVE | VMSR_CANONICAL),
	RULE(0x00000176, SYSENTER_EIP, LIVE | VMSR_CANONICAL),
	CONST(0x00000179, MCG_CAP, "MCG_CAP", VMSR_NR_MC_BANKS | BIT_ULL(8)),
	RULE(0x0000017a, MCG_STATUS, KEPT, .reserved = ~7ull),
	RULE(0x0000017b, MCG_CTL, KEPT, .check = check_mcg_ctl),
	{ .index = 0x1a0, .count = 1, .slot = VMSR_MISC_ENABLE, .flags = KEPT,
	  .name = "MISC_ENABLE",
	  .reset = MISC_ENABLE_FAST_STRINGS | MISC_ENABLE_BTS_UNAVAILABLE |
		   MISC_ENABLE_PEBS_UNAVAILABLE,
	  .writable = MISC_ENABLE_FAST_STRINGS | MISC_ENABLE_LIMIT_CPUID },
	RULE(0x000001d9, DEBUGCTL, VMSR_IGNORE),
	RUN(0x00000200, 2 * VMSR_NR_MTRR_VAR, MTRR_VAR, KEPT,
	    .check = check_mtrr_var),
	{ .index = 0x250, .count = 1, .slot = VMSR_MTRR_FIX, .flags = KEPT,
	  .name = "MTRR_FIX64K_00000", .writable = ALL_BITS,
	  .check = check_mtrr_fix },
	{ .index = 0x258, .count = 2, .slot = VMSR_MTRR_FIX + 1, .flags = KEPT,
	  .name = "MTRR_FIX16K", .writable = ALL_BITS,
	  .check = check_mtrr_fix },
	{ .index = 0x268, .count = 8, .slot = VMSR_MTRR_FIX + 3, .flags = KEPT,
	  .name = "MTRR_FIX4K", .writable = ALL_BITS,
	  .check = check_mtrr_fix },
	RULE(0x00000277, PAT, LIVE, .reset = PAT_RESET, .check = check_pat),
	RULE(0x000002ff, MTRR_DEF_TYPE, KEPT, .reserved = ~MTRR_DEF_TYPE_BITS,
	     .check = check_mtrr_def),
	RUN(0x00000400, 4 * VMSR_NR_MC_BANKS, MC_BANK, KEPT,
	    .check = check_mc_bank),
	RULE(0x000006e0, TSC_DEADLINE, LIVE, .exists = has_tsc_deadline),
	RULE(0x00000da0, XSS, LIVE, .check = check_xss, .exists = has_xsaves),
	RULE(0xc0000080, EFER, LIVE, .check = check_efer),
	RULE(0xc0000081, STAR, LIVE),
	RULE(0xc0000082, LSTAR, LIVE | VMSR_CANONICAL),
	RULE(0xc0000083, CSTAR, LIVE | VMSR_CANONICAL),
	RULE(0xc0000084, FMASK, LIVE, .reserved = ~0xffffffffull),
	RULE(0xc0000100, FS_BASE, LIVE | VMSR_CANONICAL),
	RULE(0xc0000101, GS_BASE, LIVE | VMSR_CANONICAL),
	RULE(0xc0000102, KERNEL_GS_BASE, LIVE | VMSR_CANONICAL),
	RULE(0xc0000103, TSC_AUX, LIVE, .reserved = ~0xffffffffull,
	     .exists = has_rdtscp),
};

const struct vmsr_rule *vmsr_find(u32 index)
{
	unsigned int lo = 0, hi = ARRAY_SIZE(vmsr_rules);

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;
		const struct vmsr_rule *rule = &vmsr_rules[mid];

		if (index < rule->index)
			hi = mid;
		else if (index - rule->index >= rule->count)
			lo = mid + 1;
		else
			return rule;
	}
	return NULL;
}

static const struct vmsr_rule *rule_in(const struct vmsr_env *env, u32 index)
{
	const struct vmsr_rule *rule = vmsr_find(index);

	if (!rule || (rule->exists && !rule->exists(env)))
		return NULL;
	return rule;
}

u32 vmsr_index(const struct vmsr_env *env, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vmsr_rules); i++) {
		const struct vmsr_rule *rule = &vmsr_rules[i];

		if (!(rule->flags & VMSR_SWITCHED) ||
		    (rule->exists && !rule->exists(env)))
			continue;
		if (n < rule->count)
			return rule->index + n;
		n -= rule->count;
	}
	return 0;
}

void vmsr_reset(const struct vmsr_env *env, struct vmsr_state *state)
{
	unsigned int i, j;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < ARRAY_SIZE(vmsr_rules); i++) {
		const struct vmsr_rule *rule = &vmsr_rules[i];

		for (j = 0; j < rule->count; j++)
			state->value[rule->slot + j] = rule->reset;
	}
	if (env->is_bsp)
		state->value[VMSR_APIC_BASE] |= APIC_BASE_BSP;
	state->value[VMSR_UCODE_REV] = env->ucode_rev;
	state->value[VMSR_ARCH_CAPABILITIES] = env->arch_cap;
	/* Bits 15:8: the maximum non-turbo ratio, in units of 100 MHz. */
	state->value[VMSR_PLATFORM_INFO] =
		(u64)((env->tsc_khz / 100000) & 0xff) << 8;
}

int vmsr_read(const struct vmsr_env *env, const struct vmsr_state *state,
	      u32 index, u64 *value)
{
	const struct vmsr_rule *rule = rule_in(env, index);

	if (!rule)
		return -ENOENT;
	if (rule->flags & VMSR_WRITE_ONLY)
		return -EINVAL;
	*value = state->value[vmsr_slot(rule, index)];
	return 0;
}

/* Everything that makes a value bad, for guests and users alike. */
static int value_check(const struct vmsr_env *env, struct vmsr_state *state,
		       const struct vmsr_rule *rule, u32 index, u64 *value)
{
	if (*value & rule->reserved)
		return -EINVAL;
	if (rule->flags & VMSR_CANONICAL &&
	    !vmsr_canonical(*value, env->linear_bits))
		return -EINVAL;
	return rule->check ? rule->check(env, state, index, value) : 0;
}

static void value_store(struct vmsr_state *state, const struct vmsr_rule *rule,
			u32 index, u64 value)
{
	u64 *slot = &state->value[vmsr_slot(rule, index)];

	*slot = (*slot & ~rule->writable) | (value & rule->writable);
}

int vmsr_write(const struct vmsr_env *env, struct vmsr_state *state, u32 index,
	       u64 value)
{
	const struct vmsr_rule *rule = rule_in(env, index);
	int err;

	if (!rule)
		return -ENOENT;
	if (rule->flags & VMSR_READ_ONLY)
		return -EINVAL;
	if (rule->flags & VMSR_IGNORE)
		return 0;
	err = value_check(env, state, rule, index, &value);
	if (!err)
		value_store(state, rule, index, value);
	return err;
}

int vmsr_set(const struct vmsr_env *env, struct vmsr_state *state, u32 index,
	     u64 value)
{
	const struct vmsr_rule *rule = rule_in(env, index);
	u64 lma = value & EFER_LMA;
	int err;

	if (!rule)
		return -ENOENT;
	if (rule->flags & (VMSR_READ_ONLY | VMSR_IGNORE)) {
		if (rule->slot != VMSR_ZERO)
			state->value[vmsr_slot(rule, index)] = value;
		return 0;
	}
	err = value_check(env, state, rule, index, &value);
	if (err)
		return err;
	if (rule->slot == VMSR_EFER)
		value = (value & ~EFER_LMA) | lma;
	value_store(state, rule, index, value);
	return 0;
}
