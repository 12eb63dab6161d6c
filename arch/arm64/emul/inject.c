// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: exception entry to EL1.  Owns PSTATE, the vector and the syndromes
 * of the exceptions that axvm raises itself.
 */
#include <linux/bits.h>
#include <linux/types.h>

#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/inject.h"

/* PSTATE as SPSR_ELx holds it; bits that are not named are cleared. */
#define PSTATE_NZCV GENMASK_ULL(31, 28)
#define PSTATE_TCO BIT_ULL(25)
#define PSTATE_DIT BIT_ULL(24)
#define PSTATE_PAN BIT_ULL(22)
#define PSTATE_ALLINT BIT_ULL(13)
#define PSTATE_SSBS BIT_ULL(12)
#define PSTATE_DAIF GENMASK_ULL(9, 6)
#define PSTATE_AARCH32 BIT_ULL(4)

#define SCTLR_SPAN BIT_ULL(23)
#define SCTLR_DSSBS BIT_ULL(44)
#define SCTLR_SPINTMASK BIT_ULL(62)

/* Offsets from VBAR_EL1 */
#define VECTOR_EL1T 0x000
#define VECTOR_EL1H 0x200
#define VECTOR_EL0_64 0x400
#define VECTOR_EL0_32 0x600
#define VBAR_BASE GENMASK_ULL(63, 11)

#define ESR_EC_SHIFT 26
#define ESR_IL BIT_ULL(25)
#define ISS_WNR BIT_ULL(6)
#define FSC_EXTERNAL 0x10ull
#define FSC_ALIGNMENT 0x21ull

static bool from_aarch32(const struct inject_state *s)
{
	return s->pstate & PSTATE_AARCH32;
}

static bool from_el0(const struct inject_state *s)
{
	return from_aarch32(s) ||
	       (s->pstate & INJECT_PSTATE_MODE) == INJECT_PSTATE_EL0T;
}

static u64 vector_group(const struct inject_state *s)
{
	if (from_aarch32(s))
		return VECTOR_EL0_32;
	switch (s->pstate & INJECT_PSTATE_MODE) {
	case INJECT_PSTATE_EL0T:
		return VECTOR_EL0_64;
	case INJECT_PSTATE_EL1T:
		return VECTOR_EL1T;
	default:
		return VECTOR_EL1H;
	}
}

/* SS, IL, BTYPE and UAO become 0; conditions and DIT stay. */
static u64 entry_pstate(const struct inject_state *s)
{
	u64 p = INJECT_PSTATE_EL1H | PSTATE_DAIF | (s->pstate & PSTATE_NZCV);

	if (s->features & INJECT_HAS_DIT)
		p |= s->pstate & PSTATE_DIT;
	if (s->features & INJECT_HAS_PAN)
		p |= s->sctlr & SCTLR_SPAN ? s->pstate & PSTATE_PAN :
					     PSTATE_PAN;
	if (s->features & INJECT_HAS_SSBS && s->sctlr & SCTLR_DSSBS)
		p |= PSTATE_SSBS;
	if (s->features & INJECT_HAS_MTE)
		p |= PSTATE_TCO;
	if (s->features & INJECT_HAS_NMI && !(s->sctlr & SCTLR_SPINTMASK))
		p |= PSTATE_ALLINT;
	return p;
}

void inject_take(struct inject_state *s, enum inject_type type, u64 esr)
{
	u64 vector = (s->vbar & VBAR_BASE) + vector_group(s) + type;
	u64 pstate = entry_pstate(s);

	s->elr = s->pc;
	s->spsr = s->pstate;
	s->esr = esr;
	s->pstate = pstate;
	s->pc = vector;
}

static u64 syndrome(unsigned int ec, unsigned int bytes, u64 iss)
{
	return (u64)ec << ESR_EC_SHIFT | (bytes == 4 ? ESR_IL : 0) | iss;
}

void inject_undef(struct inject_state *s, unsigned int bytes)
{
	inject_take(s, INJECT_SYNC, syndrome(SYN_EC_UNKNOWN, bytes, 0));
}

void inject_abort(struct inject_state *s, bool insn, u64 far, bool write,
		  unsigned int bytes)
{
	unsigned int ec = from_el0(s) ?
				  (insn ? SYN_EC_IABT_LOW : SYN_EC_DABT_LOW) :
				  (insn ? SYN_EC_IABT_CUR : SYN_EC_DABT_CUR);
	/* ISV is 0 as for every abort that EL1 takes. */
	u64 iss = FSC_EXTERNAL | (write && !insn ? ISS_WNR : 0);

	s->far = far;
	/* An instruction abort has IL set whatever was fetched. */
	inject_take(s, INJECT_SYNC, syndrome(ec, insn ? 4 : bytes, iss));
}

void inject_alignment(struct inject_state *s, u64 far, bool write)
{
	unsigned int ec = from_el0(s) ? SYN_EC_DABT_LOW : SYN_EC_DABT_CUR;

	s->far = far;
	inject_take(s, INJECT_SYNC,
		    syndrome(ec, 4, FSC_ALIGNMENT | (write ? ISS_WNR : 0)));
}

/* Classes that come in pairs: from a lower level (even), from the same. */
static bool ec_has_pair(unsigned int ec)
{
	switch (ec) {
	case SYN_EC_IABT_LOW:
	case SYN_EC_DABT_LOW:
	case SYN_EC_BREAK_LOW:
	case SYN_EC_STEP_LOW:
	case SYN_EC_WATCH_LOW:
		return true;
	default:
		return false;
	}
}

static bool ec_has_far(unsigned int ec)
{
	switch (ec) {
	case SYN_EC_IABT_LOW:
	case SYN_EC_IABT_CUR:
	case SYN_EC_DABT_LOW:
	case SYN_EC_DABT_CUR:
	case SYN_EC_PC_ALIGN:
	case SYN_EC_WATCH_LOW:
	case SYN_EC_WATCH_CUR:
		return true;
	default:
		return false;
	}
}

void inject_reflect(struct inject_state *s, u64 esr, u64 far)
{
	unsigned int ec = syn_ec(esr);

	if (ec_has_far(ec))
		s->far = far;
	if (ec_has_pair(ec) && !from_el0(s))
		esr |= 1ull << ESR_EC_SHIFT;
	inject_take(s, INJECT_SYNC, esr);
}
