// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the table of trapped system registers and the guest's views of ID
 * registers.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/sysreg.h"
#include "uapi/axvm_arm64.h"

#define R AXVM_ARM64_SYSREG

/* ---- views of ID registers: fields that stay, by register ------------------ */

#define F(lsb) (0xfull << (lsb)) /* a field of four bits */

static u64 pfr0_view(const struct sysreg_env *env, u64 v)
{
	/* EL0-EL1 in AArch64 only, no EL2, no EL3; FP and SIMD as they are. */
	u64 keep = F(16) | F(20) | F(48) /* DIT */ | F(56) | F(60);
	u64 gic = env->features & SYSREG_WITH_GICV3 ? 1ull << 24 : 0;

	if (!(env->features & SYSREG_WITH_FP))
		v |= F(16) | F(20);
	return (v & keep) | 0x11 | gic;
}

static u64 isar1_view(const struct sysreg_env *env, u64 v)
{
	u64 pauth = F(4) | F(8) | F(24) | F(28); /* APA API GPA GPI */

	/* DPB, JSCVT, FCMA, LRCPC, FRINTTS, SB, SPECRES, BF16, DGH, I8MM */
	v &= ~(F(60)); /* LS64 */
	return env->features & SYSREG_WITH_PAUTH ? v : v & ~pauth;
}

static u64 isar2_view(const struct sysreg_env *env, u64 v)
{
	u64 keep = F(4) /* RPRES */ | F(28); /* CLRBHB */

	if (env->features & SYSREG_WITH_PAUTH)
		keep |= F(8) | F(12); /* GPA3 APA3 */
	return v & keep;
}

static u64 mmfr0_view(const struct sysreg_env *env, u64 v)
{
	/* ASIDBits, SNSMem none, granules; ECV and FGT are EL2's. */
	u64 keep = F(4) | F(8) | F(16) | F(20) | F(24) | F(28) | F(44);

	return (v & keep) | (env->pa_range & 0xf);
}

static u64 mmfr1_view(const struct sysreg_env *env, u64 v)
{
	return v & (F(0) /* HAFDBS */ | F(12) /* HPDS */ | F(20) /* PAN */ |
		    F(28) /* XNX is stage 2's, but read at EL1 */ | F(44));
}

static u64 mmfr2_view(const struct sysreg_env *env, u64 v)
{
	return v & (F(0) /* CnP */ | F(4) /* UAO */ | F(12) /* IESB */ |
		    F(16) /* VARange */ | F(28) /* ST */ | F(32) /* AT */ |
		    F(36) /* IDS */ | F(48) /* TTL */ | F(52) /* BBM */ |
		    F(60) /* E0PD */);
}

static u64 dfr0_view(const struct sysreg_env *env, u64 v)
{
	/* Debug v8.0 with the host's breakpoints; no PMU, trace, SPE, ... */
	return (v & (F(12) | F(20) | F(28))) | 6;
}

static u64 pfr1_view(const struct sysreg_env *env, u64 v)
{
	return v & (F(0) /* BT */ | F(4) /* SSBS */);
}

/* ---- what accesses do -------------------------------------------------------- */

enum kind {
	KIND_ID, /* read-only, a view of the host's */
	KIND_ZERO, /* read-only zero (reserved ID space) */
	KIND_STORE, /* kept in struct sysreg_state */
	KIND_OSLAR,
	KIND_RAZ_WI,
	KIND_SETWAY, /* write only */
	KIND_UNDEF,
	KIND_TIMER,
	KIND_GIC,
	KIND_BANK, /* debug breakpoint registers, CRm is the number */
};

/**
 * struct sysreg_row - one register, or sixteen that differ in CRm
 * @id: encoding (CRm 0 for a bank)
 * @kind: what an access does
 * @off: KIND_STORE, KIND_BANK: offset in struct sysreg_state
 * @mask: writable bits
 * @reset: value after reset
 * @name: the manual's
 * @view: KIND_ID: NULL passes the host's value through
 */
struct sysreg_row {
	u16 id;
	u8 kind;
	u16 off;
	u64 mask;
	u64 reset;
	const char *name;
	u64 (*view)(const struct sysreg_env *env, u64 host);
};

#define ID_VIEW(crm, op2, nm, fn)                                              \
	{ .id = R(3, 0, 0, crm, op2), .kind = KIND_ID, .name = nm, .view = fn }
#define STORE(op0, op1, crn, crm, op2, nm, field, m, r)                        \
	{ .id = R(op0, op1, crn, crm, op2), .kind = KIND_STORE, .name = nm,    \
	  .off = offsetof(struct sysreg_state, field), .mask = m, .reset = r }
#define BANK(op2, nm, field)                                                   \
	{ .id = R(2, 0, 0, 0, op2), .kind = KIND_BANK, .name = nm,             \
	  .off = offsetof(struct sysreg_state, field), .mask = ~0ull }
#define ROW(op0, op1, crn, crm, op2, nm, k)                                    \
	{ .id = R(op0, op1, crn, crm, op2), .kind = KIND_##k, .name = nm }

/* Sorted by encoding, banks by their first. */
static const struct sysreg_row rows[] = {
	/* System instructions: op0 = 1. */
	ROW(1, 0, 7, 6, 2, "DC ISW", SETWAY),
	ROW(1, 0, 7, 10, 2, "DC CSW", SETWAY),
	ROW(1, 0, 7, 14, 2, "DC CISW", SETWAY),
	/* Debug: op0 = 2. */
	BANK(4, "DBGBVR_EL1", dbgbvr),
	BANK(5, "DBGBCR_EL1", dbgbcr),
	BANK(6, "DBGWVR_EL1", dbgwvr),
	BANK(7, "DBGWCR_EL1", dbgwcr),
	ROW(2, 0, 0, 0, 2, "OSDTRRX_EL1", RAZ_WI),
	ROW(2, 0, 0, 2, 0, "MDCCINT_EL1", RAZ_WI),
	STORE(2, 0, 0, 2, 2, "MDSCR_EL1", mdscr_el1, 0xece0f041ull, 0),
	ROW(2, 0, 0, 3, 2, "OSDTRTX_EL1", RAZ_WI),
	ROW(2, 0, 0, 6, 2, "OSECCR_EL1", RAZ_WI),
	ROW(2, 0, 1, 0, 0, "MDRAR_EL1", RAZ_WI),
	ROW(2, 0, 1, 0, 4, "OSLAR_EL1", OSLAR),
	STORE(2, 0, 1, 1, 4, "OSLSR_EL1", oslsr_el1, 0, 0xa),
	ROW(2, 0, 1, 3, 4, "OSDLR_EL1", RAZ_WI),
	ROW(2, 0, 1, 4, 4, "DBGPRCR_EL1", RAZ_WI),
	ROW(2, 0, 7, 8, 6, "DBGCLAIMSET_EL1", RAZ_WI),
	ROW(2, 0, 7, 9, 6, "DBGCLAIMCLR_EL1", RAZ_WI),
	ROW(2, 0, 7, 14, 6, "DBGAUTHSTATUS_EL1", RAZ_WI),
	ROW(2, 3, 0, 1, 0, "MDCCSR_EL0", RAZ_WI),
	ROW(2, 3, 0, 4, 0, "DBGDTR_EL0", RAZ_WI),
	ROW(2, 3, 0, 5, 0, "DBGDTRRX_EL0", RAZ_WI),
	/* Registers: op0 = 3. */
	ROW(3, 0, 0, 0, 6, "REVIDR_EL1", ID),
	ID_VIEW(4, 0, "ID_AA64PFR0_EL1", pfr0_view),
	ID_VIEW(4, 1, "ID_AA64PFR1_EL1", pfr1_view),
	ROW(3, 0, 0, 4, 4, "ID_AA64ZFR0_EL1", ZERO),
	ROW(3, 0, 0, 4, 5, "ID_AA64SMFR0_EL1", ZERO),
	ID_VIEW(5, 0, "ID_AA64DFR0_EL1", dfr0_view),
	ROW(3, 0, 0, 5, 1, "ID_AA64DFR1_EL1", ZERO),
	ID_VIEW(6, 0, "ID_AA64ISAR0_EL1", NULL),
	ID_VIEW(6, 1, "ID_AA64ISAR1_EL1", isar1_view),
	ID_VIEW(6, 2, "ID_AA64ISAR2_EL1", isar2_view),
	ID_VIEW(7, 0, "ID_AA64MMFR0_EL1", mmfr0_view),
	ID_VIEW(7, 1, "ID_AA64MMFR1_EL1", mmfr1_view),
	ID_VIEW(7, 2, "ID_AA64MMFR2_EL1", mmfr2_view),
	STORE(3, 0, 1, 0, 1, "ACTLR_EL1", actlr_el1, 0, 0),
	ROW(3, 0, 1, 2, 0, "ZCR_EL1", UNDEF),
	ROW(3, 0, 4, 6, 0, "ICC_PMR_EL1", GIC),
	ROW(3, 0, 9, 14, 1, "PMINTENSET_EL1", UNDEF),
	ROW(3, 0, 9, 14, 2, "PMINTENCLR_EL1", UNDEF),
	ROW(3, 0, 10, 4, 0, "LORSA_EL1", UNDEF),
	ROW(3, 0, 10, 4, 1, "LOREA_EL1", UNDEF),
	ROW(3, 0, 10, 4, 2, "LORN_EL1", UNDEF),
	ROW(3, 0, 10, 4, 3, "LORC_EL1", UNDEF),
	ROW(3, 0, 10, 4, 7, "LORID_EL1", ZERO),
	ROW(3, 0, 12, 8, 0, "ICC_IAR0_EL1", GIC),
	ROW(3, 0, 12, 8, 1, "ICC_EOIR0_EL1", GIC),
	ROW(3, 0, 12, 8, 2, "ICC_HPPIR0_EL1", GIC),
	ROW(3, 0, 12, 8, 3, "ICC_BPR0_EL1", GIC),
	ROW(3, 0, 12, 11, 1, "ICC_DIR_EL1", GIC),
	ROW(3, 0, 12, 11, 3, "ICC_RPR_EL1", GIC),
	ROW(3, 0, 12, 11, 5, "ICC_SGI1R_EL1", GIC),
	ROW(3, 0, 12, 11, 6, "ICC_ASGI1R_EL1", GIC),
	ROW(3, 0, 12, 11, 7, "ICC_SGI0R_EL1", GIC),
	ROW(3, 0, 12, 12, 0, "ICC_IAR1_EL1", GIC),
	ROW(3, 0, 12, 12, 1, "ICC_EOIR1_EL1", GIC),
	ROW(3, 0, 12, 12, 2, "ICC_HPPIR1_EL1", GIC),
	ROW(3, 0, 12, 12, 3, "ICC_BPR1_EL1", GIC),
	ROW(3, 0, 12, 12, 4, "ICC_CTLR_EL1", GIC),
	ROW(3, 0, 12, 12, 5, "ICC_SRE_EL1", GIC),
	ROW(3, 0, 12, 12, 6, "ICC_IGRPEN0_EL1", GIC),
	ROW(3, 0, 12, 12, 7, "ICC_IGRPEN1_EL1", GIC),
	ROW(3, 1, 0, 0, 4, "GMID_EL1", UNDEF),
	ROW(3, 3, 9, 12, 0, "PMCR_EL0", UNDEF),
	ROW(3, 3, 9, 12, 1, "PMCNTENSET_EL0", UNDEF),
	ROW(3, 3, 9, 12, 2, "PMCNTENCLR_EL0", UNDEF),
	ROW(3, 3, 9, 12, 3, "PMOVSCLR_EL0", UNDEF),
	ROW(3, 3, 9, 12, 4, "PMSWINC_EL0", UNDEF),
	ROW(3, 3, 9, 12, 5, "PMSELR_EL0", UNDEF),
	ROW(3, 3, 9, 12, 6, "PMCEID0_EL0", UNDEF),
	ROW(3, 3, 9, 12, 7, "PMCEID1_EL0", UNDEF),
	ROW(3, 3, 9, 13, 0, "PMCCNTR_EL0", UNDEF),
	ROW(3, 3, 9, 13, 1, "PMXEVTYPER_EL0", UNDEF),
	ROW(3, 3, 9, 13, 2, "PMXEVCNTR_EL0", UNDEF),
	ROW(3, 3, 9, 14, 0, "PMUSERENR_EL0", UNDEF),
	ROW(3, 3, 9, 14, 3, "PMOVSSET_EL0", UNDEF),
	ROW(3, 3, 14, 2, 0, "CNTP_TVAL_EL0", TIMER),
	ROW(3, 3, 14, 2, 1, "CNTP_CTL_EL0", TIMER),
	ROW(3, 3, 14, 2, 2, "CNTP_CVAL_EL0", TIMER),
	ROW(3, 3, 14, 15, 7, "PMCCFILTR_EL0", UNDEF),
};

/* The whole space op0 3, op1 0, CRn 0, CRm 1-7 is ID registers or zero. */
static bool id_space(u32 id)
{
	return id >= R(3, 0, 0, 1, 0) && id <= R(3, 0, 0, 7, 7);
}

static bool bank_space(u32 id)
{
	return (id & ~(15u << 3)) >= R(2, 0, 0, 0, 4) &&
	       (id & ~(15u << 3)) <= R(2, 0, 0, 0, 7);
}

static unsigned int crm_of(u32 id)
{
	return (id >> 3) & 15;
}

static const struct sysreg_row *find(u32 id)
{
	unsigned int i;

	if (bank_space(id))
		id &= ~(15u << 3);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

void sysreg_reset(struct sysreg_state *state)
{
	unsigned int i;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == KIND_STORE)
			*(u64 *)((char *)state + rows[i].off) = rows[i].reset;
}

u64 sysreg_id_view(const struct sysreg_env *env, u32 id, u64 host)
{
	const struct sysreg_row *row = find(id);

	if (!row || row->kind != KIND_ID)
		return 0;
	return row->view ? row->view(env, host) : host;
}

static enum sysreg_result store(const struct sysreg_row *row,
				struct sysreg_state *state, u32 id, bool read,
				u64 *value)
{
	u64 *at = (u64 *)((char *)state + row->off);

	if (row->kind == KIND_BANK)
		at += crm_of(id);
	if (read)
		*value = *at;
	else
		*at = (*at & ~row->mask) | (*value & row->mask);
	return SYSREG_DONE;
}

static enum sysreg_result access_row(const struct sysreg_env *env,
				     struct sysreg_state *state,
				     const struct sysreg_row *row, u32 id,
				     bool read, u64 *value)
{
	switch (row->kind) {
	case KIND_ID:
	case KIND_ZERO:
		if (!read)
			return SYSREG_UNDEF;
		*value = row->kind == KIND_ID ?
				 sysreg_id_view(env, id,
						env->host(env->opaque, id)) : 0;
		return SYSREG_DONE;
	case KIND_STORE:
		if (!read && id == R(2, 0, 1, 1, 4))
			return SYSREG_UNDEF; /* OSLSR_EL1 is read-only */
		return store(row, state, id, read, value);
	case KIND_BANK:
		return store(row, state, id, read, value);
	case KIND_OSLAR: /* write-only: locks or unlocks, seen in OSLSR */
		if (read)
			return SYSREG_UNDEF;
		state->oslsr_el1 = (state->oslsr_el1 & ~2ull) |
				   (*value & 1) << 1;
		return SYSREG_DONE;
	case KIND_RAZ_WI:
		if (read)
			*value = 0;
		return SYSREG_DONE;
	case KIND_SETWAY:
		return read ? SYSREG_UNDEF : SYSREG_FLUSH;
	case KIND_TIMER:
		return SYSREG_TIMER;
	case KIND_GIC:
		return env->features & SYSREG_WITH_GICV3 ? SYSREG_GIC :
							   SYSREG_UNDEF;
	default:
		return SYSREG_UNDEF;
	}
}

enum sysreg_result sysreg_access(const struct sysreg_env *env,
				 struct sysreg_state *state, u32 id, bool read,
				 u64 *value)
{
	const struct sysreg_row *row = find(id);

	if (row)
		return access_row(env, state, row, id, read, value);
	if (id_space(id)) {
		*value = read ? 0 : *value;
		return read ? SYSREG_DONE : SYSREG_UNDEF;
	}
	return SYSREG_UNKNOWN;
}

const char *sysreg_name(u32 id)
{
	const struct sysreg_row *row = find(id);

	return row ? row->name : NULL;
}

u32 sysreg_nth(unsigned int n)
{
	return n < ARRAY_SIZE(rows) ? rows[n].id : 0;
}
