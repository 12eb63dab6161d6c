// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: what a trapped access to a system register does.  Owns the emulated
 * debug registers; which register is what stands in sysreg_table.c, the ID
 * registers' views in sysreg_id.c.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/sysreg.h"
#include "arch/arm64/emul/sysreg_table.h"
#include "uapi/axvm_arm64.h"

/* OSLSR_EL1: the lock is implemented; it is locked after a reset. */
#define OSLSR_OSLM BIT_ULL(3)
#define OSLSR_OSLK BIT_ULL(1)
#define OSLAR_OSLK BIT_ULL(0)

#define CLAIM_TAGS GENMASK_ULL(7, 0)

void vsys_reset(struct vsys_state *state)
{
	memset(state, 0, sizeof(*state));
	state->value[VSYS_OSLSR_EL1] = OSLSR_OSLM | OSLSR_OSLK;
}

static const struct vsys_row *find(u32 encoding)
{
	unsigned int lo = 0, hi = vsys_nr_rows;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (encoding > vsys_rows[mid].last)
			lo = mid + 1;
		else if (encoding < vsys_rows[mid].first)
			hi = mid;
		else
			return &vsys_rows[mid];
	}
	return NULL;
}

const char *vsys_name(u32 encoding)
{
	const struct vsys_row *row = find(encoding);

	return row ? row->name : NULL;
}

bool vsys_is_id(u32 encoding)
{
	const struct vsys_row *row = find(encoding);

	return row && row->kind == VSYS_K_ID;
}

static void state_access(struct vsys_state *state, const struct vsys_row *row,
			 bool write, u64 *value)
{
	u64 *slot = &state->value[row->slot];

	if (write)
		*slot = (*slot & ~row->mask) | (*value & row->mask);
	else
		*value = *slot;
}

static void oslar_write(struct vsys_state *state, u64 value)
{
	u64 *oslsr = &state->value[VSYS_OSLSR_EL1];

	if (value & OSLAR_OSLK)
		*oslsr |= OSLSR_OSLK;
	else
		*oslsr &= ~OSLSR_OSLK;
}

static void claim_access(struct vsys_state *state, bool clear, bool write,
			 u64 *value)
{
	u64 *tags = &state->value[VSYS_DBGCLAIM];

	if (write && clear)
		*tags &= ~*value;
	else if (write)
		*tags |= *value & CLAIM_TAGS;
	else
		*value = clear ? *tags : CLAIM_TAGS;
}

/* Reserved ones and those of AArch32 read as zero without asking the host. */
static bool id_is_known(u32 encoding)
{
	static const u32 known[] = {
#define KNOWN(name, op0, op1, crn, crm, op2) \
	AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2),
		VSYS_ID_REGS(KNOWN)
#undef KNOWN
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i] == encoding)
			return true;
	return false;
}

static u64 id_read(const struct vsys_env *env, u32 encoding)
{
	if (!id_is_known(encoding))
		return 0;
	return vsys_id_view(env, encoding, env->id(env->opaque, encoding));
}

static enum vsys_outcome owner(const struct vsys_env *env,
			       const struct vsys_row *row)
{
	switch (row->kind) {
	case VSYS_K_SETWAY:
		return VSYS_SETWAY;
	case VSYS_K_VM:
		return VSYS_VM;
	case VSYS_K_TIMER:
		return VSYS_TIMER;
	case VSYS_K_GIC:
		return env->offers & VSYS_OFFER_GICV3 ? VSYS_GIC : VSYS_UNDEF;
	default:
		return VSYS_UNDEF;
	}
}

enum vsys_outcome vsys_access(const struct vsys_env *env,
			      struct vsys_state *state, u32 encoding,
			      bool write, u64 *value)
{
	const struct vsys_row *row = find(encoding);

	if (!row)
		return VSYS_UNKNOWN;
	if (!(row->flags & (write ? VSYS_W : VSYS_R)))
		return VSYS_UNDEF;
	switch (row->kind) {
	case VSYS_K_ID:
		*value = id_read(env, encoding);
		return VSYS_DONE;
	case VSYS_K_STATE:
		state_access(state, row, write, value);
		return VSYS_DONE;
	case VSYS_K_READ:
		*value = row->mask;
		return VSYS_DONE;
	case VSYS_K_RAZ_WI:
		*value = 0;
		return VSYS_DONE;
	case VSYS_K_OSLAR:
		oslar_write(state, *value);
		return VSYS_DONE;
	case VSYS_K_CLAIMSET:
	case VSYS_K_CLAIMCLR:
		claim_access(state, row->kind == VSYS_K_CLAIMCLR, write, value);
		return VSYS_DONE;
	default:
		return owner(env, row);
	}
}
