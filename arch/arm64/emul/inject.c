// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: taking an exception to AArch64 EL1.
 */
#include <linux/bits.h>

#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/inject.h"

#define PSTATE_MODE 0xfull
#define PSTATE_EL1H 5ull
#define PSTATE_AARCH32 BIT_ULL(4)
#define PSTATE_DAIF (0xfull << 6)
#define PSTATE_SSBS BIT_ULL(12)
#define PSTATE_PAN BIT_ULL(22)
#define PSTATE_UAO BIT_ULL(23)
#define PSTATE_DIT BIT_ULL(24)
#define PSTATE_TCO BIT_ULL(25)
#define PSTATE_NZCV (0xfull << 28)

#define SCTLR_SPAN BIT_ULL(23)
#define SCTLR_DSSBS BIT_ULL(44)

#define ESR_IL BIT_ULL(25)
#define FSC_EXTERNAL 0x10

/* Which of the four groups of vectors. */
static u64 vector_group(u64 pstate)
{
	if ((pstate & PSTATE_MODE) == PSTATE_EL1H)
		return 0x200; /* current EL with SPx */
	if ((pstate & PSTATE_MODE) == 4)
		return 0; /* current EL with SP0 */
	return pstate & PSTATE_AARCH32 ? 0x600 : 0x400; /* lower EL */
}

/* PSTATE at the handler's first instruction. */
static u64 new_pstate(const struct inject_state *s)
{
	u64 old = s->pstate;
	u64 p = PSTATE_EL1H | PSTATE_DAIF;

	/* Flags, DIT and PAN survive; UAO, IL, SS, BTYPE are cleared. */
	p |= old & (PSTATE_NZCV | PSTATE_DIT);
	if (s->has_pan) {
		p |= old & PSTATE_PAN;
		if (!(s->sctlr & SCTLR_SPAN))
			p |= PSTATE_PAN;
	}
	if (s->has_ssbs && s->sctlr & SCTLR_DSSBS)
		p |= PSTATE_SSBS;
	return p;
}

void inject_sync(struct inject_state *s, u64 esr)
{
	s->elr = s->pc;
	s->spsr = s->pstate;
	s->esr = esr;
	s->pc = s->vbar + vector_group(s->pstate);
	s->pstate = new_pstate(s);
}

static u64 il(unsigned int len)
{
	return len == 2 ? 0 : ESR_IL;
}

void inject_undef(struct inject_state *s, unsigned int len)
{
	inject_sync(s, (u64)ESR_EC_UNKNOWN << 26 | il(len));
}

void inject_abort(struct inject_state *s, bool fetch, bool write, u64 far,
		  unsigned int len)
{
	unsigned int ec = fetch ? ESR_EC_IABT_LOW : ESR_EC_DABT_LOW;

	/* From EL1 itself the class is the next one up. */
	if (!(s->pstate & PSTATE_AARCH32) && (s->pstate & PSTATE_MODE) >= 4)
		ec++;
	s->far = far;
	inject_sync(s, (u64)ec << 26 | il(len) | FSC_EXTERNAL |
		       (write && !fetch ? BIT_ULL(6) : 0));
}
