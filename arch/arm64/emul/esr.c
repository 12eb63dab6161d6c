// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: decoding of exception syndromes.  Owns the meaning of the bits of
 * ESR_EL2, FAR_EL2 and HPFAR_EL2; knows no vCPU.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/esr.h"
#include "uapi/axvm_arm64.h"

/* ISS of data and instruction aborts */
#define ISS_ISV BIT_ULL(24)
#define ISS_SAS GENMASK_ULL(23, 22)
#define ISS_SSE BIT_ULL(21)
#define ISS_SRT GENMASK_ULL(20, 16)
#define ISS_SF BIT_ULL(15)
#define ISS_AR BIT_ULL(14)
#define ISS_FNV BIT_ULL(10)
#define ISS_EA BIT_ULL(9)
#define ISS_CM BIT_ULL(8)
#define ISS_S1PTW BIT_ULL(7)
#define ISS_WNR BIT_ULL(6)
#define ISS_FSC GENMASK_ULL(5, 0)

/* ISS of trapped system registers */
#define ISS_OP0 GENMASK_ULL(21, 20)
#define ISS_OP2 GENMASK_ULL(19, 17)
#define ISS_OP1 GENMASK_ULL(16, 14)
#define ISS_CRN GENMASK_ULL(13, 10)
#define ISS_RT GENMASK_ULL(9, 5)
#define ISS_CRM GENMASK_ULL(4, 1)
#define ISS_READ BIT_ULL(0)

/* ISS of WFI and its like */
#define ISS_WFX_RN GENMASK_ULL(9, 5)
#define ISS_WFX_RV BIT_ULL(2)
#define ISS_WFX_TI GENMASK_ULL(1, 0)

#define HPFAR_FIPA GENMASK_ULL(43, 4) /* address bits 51:12 */
#define PAGE_OFFSET_BITS GENMASK_ULL(11, 0)

static const char *const ec_names[SYN_NR_ECS] = {
#define EC_NAME(name, value, text) [value] = text,
	SYN_ECS(EC_NAME)
#undef EC_NAME
};

const char *syn_ec_name(unsigned int ec)
{
	if (ec >= SYN_NR_ECS || !ec_names[ec])
		return "reserved";
	return ec_names[ec];
}

static const char *const fault_names[SYN_NR_FAULTS] = {
	[SYN_FAULT_ADDRESS_SIZE] = "address size fault",
	[SYN_FAULT_TRANSLATION] = "translation fault",
	[SYN_FAULT_ACCESS_FLAG] = "access flag fault",
	[SYN_FAULT_PERMISSION] = "permission fault",
	[SYN_FAULT_EXTERNAL] = "external abort",
	[SYN_FAULT_EXTERNAL_WALK] = "external abort on a table walk",
	[SYN_FAULT_TAG] = "tag check fault",
	[SYN_FAULT_ECC] = "parity or ECC error",
	[SYN_FAULT_ECC_WALK] = "parity or ECC error on a table walk",
	[SYN_FAULT_ALIGNMENT] = "alignment fault",
	[SYN_FAULT_GPC] = "granule protection fault",
	[SYN_FAULT_GPC_WALK] = "granule protection fault on a table walk",
	[SYN_FAULT_TLB_CONFLICT] = "TLB conflict",
	[SYN_FAULT_HW_UPDATE] = "unsupported hardware update",
	[SYN_FAULT_LOCKDOWN] = "lockdown",
	[SYN_FAULT_EXCLUSIVE] = "unsupported exclusive or atomic access",
	[SYN_FAULT_RESERVED] = "reserved fault code",
};

const char *syn_fault_name(enum syn_fault kind)
{
	if ((unsigned int)kind >= SYN_NR_FAULTS)
		kind = SYN_FAULT_RESERVED;
	return fault_names[kind];
}

/* ---- fault status codes ------------------------------------------------- */

struct fsc {
	u8 kind; /* enum syn_fault + 1; 0: reserved */
	s8 level;
};

#define FSC(code, what, lev) [code] = { SYN_FAULT_##what + 1, lev }
#define FSC_LEVELS(code, what)                          \
	FSC((code), what, 0), FSC((code) + 1, what, 1), \
		FSC((code) + 2, what, 2), FSC((code) + 3, what, 3)

static const struct fsc fscs[64] = {
	FSC_LEVELS(0x00, ADDRESS_SIZE),
	FSC_LEVELS(0x04, TRANSLATION),
	FSC_LEVELS(0x08, ACCESS_FLAG),
	FSC_LEVELS(0x0c, PERMISSION),
	FSC(0x10, EXTERNAL, SYN_LEVEL_NONE),
	FSC(0x11, TAG, SYN_LEVEL_NONE),
	FSC(0x12, EXTERNAL_WALK, -2),
	FSC(0x13, EXTERNAL_WALK, -1),
	FSC_LEVELS(0x14, EXTERNAL_WALK),
	FSC(0x18, ECC, SYN_LEVEL_NONE),
	FSC(0x1b, ECC_WALK, -1),
	FSC_LEVELS(0x1c, ECC_WALK),
	FSC(0x21, ALIGNMENT, SYN_LEVEL_NONE),
	FSC(0x22, GPC_WALK, -2),
	FSC(0x23, GPC_WALK, -1),
	FSC_LEVELS(0x24, GPC_WALK),
	FSC(0x28, GPC, SYN_LEVEL_NONE),
	FSC(0x29, ADDRESS_SIZE, -1),
	FSC(0x2a, TRANSLATION, -2),
	FSC(0x2b, TRANSLATION, -1),
	FSC(0x2c, ADDRESS_SIZE, -2),
	FSC(0x30, TLB_CONFLICT, SYN_LEVEL_NONE),
	FSC(0x31, HW_UPDATE, SYN_LEVEL_NONE),
	FSC(0x34, LOCKDOWN, SYN_LEVEL_NONE),
	FSC(0x35, EXCLUSIVE, SYN_LEVEL_NONE),
};

static void decode_fsc(struct syn_abort *a)
{
	const struct fsc *f = &fscs[a->fsc];

	a->kind = f->kind ? f->kind - 1 : SYN_FAULT_RESERVED;
	a->level = f->kind ? f->level : SYN_LEVEL_NONE;
}

/* @data, @v: what data aborts, and what those with ISV say; 0 for others. */
void syn_abort_decode(u64 esr, struct syn_abort *a)
{
	unsigned int ec = syn_ec(esr);
	bool insn = ec == SYN_EC_IABT_LOW || ec == SYN_EC_IABT_CUR;
	u64 data = insn ? 0 : esr;
	u64 v = data & ISS_ISV ? data : 0;

	a->insn = insn;
	a->fsc = FIELD_GET(ISS_FSC, esr);
	decode_fsc(a);
	a->s1ptw = esr & ISS_S1PTW;
	a->far_valid = !(esr & ISS_FNV);
	a->external_type = esr & ISS_EA;
	a->write = data & ISS_WNR;
	a->cache_op = data & ISS_CM;
	a->isv = v;
	a->bytes = v ? 1u << FIELD_GET(ISS_SAS, v) : 0;
	a->sign_extend = v & ISS_SSE;
	a->reg = FIELD_GET(ISS_SRT, v);
	a->wide = v & ISS_SF;
	a->acquire_release = v & ISS_AR;
}

gpa_t syn_abort_ipa(const struct syn_abort *a, u64 hpfar, u64 far)
{
	gpa_t page = FIELD_GET(HPFAR_FIPA, hpfar) << 12;

	if (a->s1ptw || !a->far_valid)
		return page;
	return page | (far & PAGE_OFFSET_BITS);
}

bool syn_abort_has_ipa(const struct syn_abort *a)
{
	switch (a->kind) {
	case SYN_FAULT_TRANSLATION:
	case SYN_FAULT_ACCESS_FLAG:
	case SYN_FAULT_ADDRESS_SIZE:
		return true;
	case SYN_FAULT_PERMISSION:
		return a->s1ptw;
	default:
		return false;
	}
}

u64 syn_store_value(u64 reg, unsigned int bytes)
{
	return bytes < 8 ? reg & GENMASK_ULL(bytes * 8 - 1, 0) : reg;
}

u64 syn_load_extend(u64 data, unsigned int bytes, bool sign_extend, bool wide)
{
	data = syn_store_value(data, bytes);
	if (sign_extend && bytes < 8 && data >> (bytes * 8 - 1))
		data |= ~0ull << (bytes * 8);
	return wide ? data : (u32)data;
}

/* ---- other classes -------------------------------------------------------- */

void syn_sysreg_decode(u64 esr, struct syn_sysreg *s)
{
	s->id = AXVM_ARM64_SYSREG((u32)FIELD_GET(ISS_OP0, esr),
				  (u32)FIELD_GET(ISS_OP1, esr),
				  (u32)FIELD_GET(ISS_CRN, esr),
				  (u32)FIELD_GET(ISS_CRM, esr),
				  (u32)FIELD_GET(ISS_OP2, esr));
	s->reg = FIELD_GET(ISS_RT, esr);
	s->read = esr & ISS_READ;
}

void syn_wfx_decode(u64 esr, struct syn_wfx *w)
{
	w->what = FIELD_GET(ISS_WFX_TI, esr);
	w->reg_valid = esr & ISS_WFX_RV && w->what >= SYN_WFIT;
	w->reg = w->reg_valid ? FIELD_GET(ISS_WFX_RN, esr) : 0;
}
