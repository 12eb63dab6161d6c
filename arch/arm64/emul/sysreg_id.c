// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the guest's view of the ID registers.  For each a list of the fields
 * that may show and how far; all others read as zero, so a feature of a newer
 * CPU stays hidden until somebody has thought about it.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/sysreg.h"
#include "uapi/axvm_arm64.h"

#define SR AXVM_ARM64_SYSREG
#define FIELD_MASK 0xfull

/* struct id_field.how */
enum id_how {
	ID_UPTO, /* the smaller of the host's value and @value */
	ID_SIGNED, /* the same, but 8 to 15 are negative: absent, and stay */
	ID_CONST, /* @value whatever the host has */
	ID_GIC, /* @value if the guest has the GIC's system registers */
	ID_PAUTH, /* as UPTO if the guest has pointer authentication */
	ID_PARANGE, /* as UPTO, and not beyond the guest's address width */
};

/**
 * struct id_field - a field of four bits
 * @shift: lowest bit
 * @how: enum id_how
 * @value: see there
 */
struct id_field {
	u8 shift;
	u8 how;
	u8 value;
};

#define UPTO(shift, max)            \
	{                           \
		shift, ID_UPTO, max \
	}
#define SIGNED(shift, max)            \
	{                             \
		shift, ID_SIGNED, max \
	}
#define CONST(shift, value)            \
	{                              \
		shift, ID_CONST, value \
	}
#define PAUTH(shift, max)            \
	{                            \
		shift, ID_PAUTH, max \
	}

static const struct id_field pfr0[] = {
	CONST(0, 1), /* EL0: AArch64 */
	CONST(4, 1), /* EL1: AArch64 */
	UPTO(12, 1), /* EL3 */
	SIGNED(16, 1), /* FP */
	SIGNED(20, 1), /* AdvSIMD */
	{ 24, ID_GIC, 1 }, UPTO(48, 1), /* DIT */
	UPTO(56, 1), /* CSV2: 2 would be SCXTNUM_ELx */
	UPTO(60, 1), /* CSV3 */
};

static const struct id_field pfr1[] = {
	UPTO(0, 1), /* BT */
	UPTO(4, 2), /* SSBS */
	UPTO(32, 1), /* CSV2_frac: 2 would be SCXTNUM_ELx */
};

static const struct id_field dfr0[] = {
	CONST(0, 6), /* DebugVer: Armv8.0 */
	CONST(12, VSYS_NR_BRPS - 1), /* BRPs */
	CONST(20, VSYS_NR_WRPS - 1), /* WRPs */
	CONST(28, 0), /* CTX_CMPs: one */
	CONST(36, 0xf), /* DoubleLock: none */
};

static const struct id_field isar0[] = {
	UPTO(4, 2), /* AES */
	UPTO(8, 1), /* SHA1 */
	UPTO(12, 2), /* SHA2 */
	UPTO(16, 1), /* CRC32 */
	UPTO(20, 2), /* Atomic */
	UPTO(28, 1), /* RDM */
	UPTO(32, 1), /* SHA3 */
	UPTO(36, 1), /* SM3 */
	UPTO(40, 1), /* SM4 */
	UPTO(44, 1), /* DP */
	UPTO(48, 1), /* FHM */
	UPTO(52, 2), /* TS */
	UPTO(56, 2), /* TLB */
	UPTO(60, 1), /* RNDR */
};

static const struct id_field isar1[] = {
	UPTO(0, 2), /* DPB */
	PAUTH(4, 5), /* APA */
	PAUTH(8, 5), /* API */
	UPTO(12, 1), /* JSCVT */
	UPTO(16, 1), /* FCMA */
	UPTO(20, 2), /* LRCPC */
	PAUTH(24, 1), /* GPA */
	PAUTH(28, 1), /* GPI */
	UPTO(32, 1), /* FRINTTS */
	UPTO(36, 1), /* SB */
	UPTO(40, 1), /* SPECRES */
	UPTO(44, 2), /* BF16 */
	UPTO(48, 1), /* DGH */
	UPTO(52, 1), /* I8MM */
};

static const struct id_field isar2[] = {
	UPTO(4, 1), /* RPRES */
	PAUTH(8, 1), /* GPA3 */
	PAUTH(12, 5), /* APA3 */
	UPTO(20, 1), /* BC */
	PAUTH(24, 1), /* PAC_frac */
	UPTO(28, 1), /* CLRBHB */
	UPTO(48, 1), /* RPRFM */
	UPTO(52, 1), /* CSSC */
};

static const struct id_field mmfr0[] = {
	{ 0, ID_PARANGE, 5 }, UPTO(4, 2), /* ASIDBits */
	UPTO(8, 1), /* BigEnd */
	UPTO(16, 1), /* BigEndEL0 */
	UPTO(20, 1), /* TGran16: 2 would be 52-bit addresses */
	SIGNED(24, 0), /* TGran64 */
	SIGNED(28, 0), /* TGran4: 1 would be 52-bit addresses */
	UPTO(44, 1), /* ExS */
};

static const struct id_field mmfr1[] = {
	UPTO(0, 2), /* HAFDBS */
	UPTO(12, 2), /* HPDS */
	UPTO(20, 3), /* PAN */
	UPTO(24, 1), /* SpecSEI */
	UPTO(36, 3), /* ETS */
	UPTO(44, 1), /* AFP */
	UPTO(48, 1), /* nTLBPA */
	UPTO(60, 1), /* ECBHB */
};

static const struct id_field mmfr2[] = {
	UPTO(0, 1), /* CnP */
	UPTO(4, 1), /* UAO */
	UPTO(8, 1), /* LSM */
	UPTO(20, 1), /* CCIDX */
	UPTO(28, 1), /* ST */
	UPTO(32, 1), /* AT */
	UPTO(36, 1), /* IDS */
	UPTO(48, 1), /* TTL */
	UPTO(52, 2), /* BBM */
	UPTO(60, 1), /* E0PD */
};

/**
 * struct id_reg - an ID register of which something shows
 * @encoding: which
 * @nr: fields
 * @field: what shows
 */
struct id_reg {
	u32 encoding;
	u32 nr;
	const struct id_field *field;
};

#define REG(crm, op2, fields)                                     \
	{                                                         \
		SR(3, 0, 0, crm, op2), ARRAY_SIZE(fields), fields \
	}

static const struct id_reg id_regs[] = {
	REG(4, 0, pfr0),  REG(4, 1, pfr1),  REG(5, 0, dfr0),
	REG(6, 0, isar0), REG(6, 1, isar1), REG(6, 2, isar2),
	REG(7, 0, mmfr0), REG(7, 1, mmfr1), REG(7, 2, mmfr2),
};

static u64 parange_of(unsigned int bits)
{
	static const u8 width[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int i = ARRAY_SIZE(width) - 1;

	while (i && width[i] > bits)
		i--;
	return i;
}

static u64 field_view(const struct vsys_env *env, const struct id_field *f,
		      u64 host)
{
	u64 upto = min_t(u64, host, f->value);

	switch (f->how) {
	case ID_UPTO:
		return upto;
	case ID_SIGNED:
		return host & 8 ? host : upto;
	case ID_CONST:
		return f->value;
	case ID_GIC:
		return env->offers & VSYS_OFFER_GICV3 ? f->value : 0;
	case ID_PAUTH:
		return env->offers & VSYS_OFFER_PAUTH ? upto : 0;
	case ID_PARANGE:
		return min_t(u64, upto, parange_of(env->pa_bits));
	default:
		return 0;
	}
}

u64 vsys_id_view(const struct vsys_env *env, u32 encoding, u64 host)
{
	const struct id_reg *r = id_regs;
	u64 view = 0;
	u32 i;

	while (r < id_regs + ARRAY_SIZE(id_regs) && r->encoding != encoding)
		r++;
	if (r == id_regs + ARRAY_SIZE(id_regs))
		return 0;
	for (i = 0; i < r->nr; i++) {
		const struct id_field *f = &r->field[i];
		u64 field = host >> f->shift & FIELD_MASK;

		view |= field_view(env, f, field) << f->shift;
	}
	return view;
}
