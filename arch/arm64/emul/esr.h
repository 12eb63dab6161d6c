/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what ESR_EL2, FAR_EL2 and HPFAR_EL2 say about an exception that came
 * to EL2.  Decodes only; what follows from it is the owner's.
 * Manual: "ESR_ELx, Exception Syndrome Register".
 */
#ifndef AXVM_ARM64_ESR_H
#define AXVM_ARM64_ESR_H

#include <linux/types.h>
#include "module/lib/types.h"

/* Exception classes, ESR_EL2.EC: X(name, value, text) */
#define SYN_ECS(X)                                                  \
	X(UNKNOWN, 0x00, "unknown reason")                          \
	X(WFX, 0x01, "WFI or WFE")                                  \
	X(CP15_32, 0x03, "MCR or MRC, coproc 15")                   \
	X(CP15_64, 0x04, "MCRR or MRRC, coproc 15")                 \
	X(CP14_32, 0x05, "MCR or MRC, coproc 14")                   \
	X(CP14_LS, 0x06, "LDC or STC, coproc 14")                   \
	X(FP_ASIMD, 0x07, "FP, Advanced SIMD or SVE access")        \
	X(CP10_ID, 0x08, "VMRS of a media ID register")             \
	X(PAUTH, 0x09, "pointer authentication instruction")        \
	X(LS64, 0x0a, "other trapped instruction (LD64B, ST64B)")   \
	X(CP14_64, 0x0c, "MRRC, coproc 14")                         \
	X(BTI, 0x0d, "branch target exception")                     \
	X(ILLEGAL, 0x0e, "illegal execution state")                 \
	X(SVC32, 0x11, "SVC, AArch32")                              \
	X(HVC32, 0x12, "HVC, AArch32")                              \
	X(SMC32, 0x13, "SMC, AArch32")                              \
	X(SYS128, 0x14, "MSRR, MRRS or 128-bit system instruction") \
	X(SVC64, 0x15, "SVC")                                       \
	X(HVC64, 0x16, "HVC")                                       \
	X(SMC64, 0x17, "SMC")                                       \
	X(SYS64, 0x18, "MSR, MRS or system instruction")            \
	X(SVE, 0x19, "SVE access")                                  \
	X(ERET, 0x1a, "ERET, ERETAA or ERETAB")                     \
	X(TSTART, 0x1b, "TSTART")                                   \
	X(FPAC, 0x1c, "pointer authentication failure")             \
	X(SME, 0x1d, "SME access")                                  \
	X(GPC, 0x1e, "granule protection check")                    \
	X(IMP_DEF, 0x1f, "implementation defined, to EL3")          \
	X(IABT_LOW, 0x20, "instruction abort from a lower level")   \
	X(IABT_CUR, 0x21, "instruction abort from the same level")  \
	X(PC_ALIGN, 0x22, "PC alignment fault")                     \
	X(DABT_LOW, 0x24, "data abort from a lower level")          \
	X(DABT_CUR, 0x25, "data abort from the same level")         \
	X(SP_ALIGN, 0x26, "SP alignment fault")                     \
	X(MOPS, 0x27, "memory copy or set exception")               \
	X(FP32, 0x28, "FP exception, AArch32")                      \
	X(FP64, 0x2c, "FP exception")                               \
	X(GCS, 0x2d, "guarded control stack exception")             \
	X(SERROR, 0x2f, "SError interrupt")                         \
	X(BREAK_LOW, 0x30, "breakpoint from a lower level")         \
	X(BREAK_CUR, 0x31, "breakpoint from the same level")        \
	X(STEP_LOW, 0x32, "software step from a lower level")       \
	X(STEP_CUR, 0x33, "software step from the same level")      \
	X(WATCH_LOW, 0x34, "watchpoint from a lower level")         \
	X(WATCH_CUR, 0x35, "watchpoint from the same level")        \
	X(BKPT32, 0x38, "BKPT, AArch32")                            \
	X(VECTOR32, 0x3a, "vector catch, AArch32")                  \
	X(BRK64, 0x3c, "BRK")                                       \
	X(PMU, 0x3d, "profiling exception")

enum syn_ec {
#define SYN_EC_ENUM(name, value, text) SYN_EC_##name = value,
	SYN_ECS(SYN_EC_ENUM)
#undef SYN_EC_ENUM
		SYN_NR_ECS = 64
};

/** syn_ec() - the exception class of a syndrome */
static inline unsigned int syn_ec(u64 esr)
{
	return (esr >> 26) & 0x3f;
}

/** syn_iss() - the instruction specific syndrome, bits 24:0 */
static inline u32 syn_iss(u64 esr)
{
	return esr & 0x1ffffff;
}

/** syn_insn_bytes() - length of the instruction: 2 or 4 */
static inline unsigned int syn_insn_bytes(u64 esr)
{
	return esr >> 25 & 1 ? 4 : 2;
}

/** syn_ec_name() - what an exception class is, or "reserved" */
const char *syn_ec_name(unsigned int ec);

/* ---- aborts --------------------------------------------------------- */

/** enum syn_fault - kind of a fault status code (DFSC, IFSC) */
enum syn_fault {
	SYN_FAULT_ADDRESS_SIZE,
	SYN_FAULT_TRANSLATION,
	SYN_FAULT_ACCESS_FLAG,
	SYN_FAULT_PERMISSION,
	SYN_FAULT_EXTERNAL, /* synchronous external abort */
	SYN_FAULT_EXTERNAL_WALK, /* the same, on a translation table walk */
	SYN_FAULT_TAG, /* synchronous tag check */
	SYN_FAULT_ECC, /* synchronous parity or ECC error */
	SYN_FAULT_ECC_WALK,
	SYN_FAULT_ALIGNMENT,
	SYN_FAULT_GPC, /* granule protection */
	SYN_FAULT_GPC_WALK,
	SYN_FAULT_TLB_CONFLICT,
	SYN_FAULT_HW_UPDATE, /* unsupported atomic hardware update */
	SYN_FAULT_LOCKDOWN, /* implementation defined */
	SYN_FAULT_EXCLUSIVE, /* unsupported exclusive or atomic access */
	SYN_FAULT_RESERVED,
	SYN_NR_FAULTS
};

#define SYN_LEVEL_NONE 127 /* the code tells no level */

/** syn_fault_name() - what a kind of fault is */
const char *syn_fault_name(enum syn_fault kind);

/**
 * struct syn_abort - a data or instruction abort
 * @insn: instruction abort
 * @kind: kind of fault
 * @level: table level, -1 to 3, or SYN_LEVEL_NONE
 * @fsc: the raw code, bits 5:0
 * @isv: the fields marked (v) describe the instruction; else it must be decoded
 * @write: data: a write, or a cache maintenance instruction; instruction:
 *	never
 * @bytes: (v) size of the access: 1, 2, 4, 8
 * @sign_extend: (v) a load that extends the sign
 * @reg: (v) register, 31 is XZR
 * @wide: (v) the register is 64 bits wide
 * @acquire_release: (v) with acquire or release semantics
 * @s1ptw: the fault came from a stage-1 walk: the IPA is a table's, and the
 *	access may be to update it even if the instruction only reads
 * @far_valid: FAR_EL2 holds the address
 * @cache_op: a cache maintenance or address translation instruction
 * @external_type: EA bit
 */
struct syn_abort {
	bool insn;
	enum syn_fault kind;
	int level;
	u8 fsc;
	bool isv;
	bool write;
	u8 bytes;
	bool sign_extend;
	u8 reg;
	bool wide;
	bool acquire_release;
	bool s1ptw;
	bool far_valid;
	bool cache_op;
	bool external_type;
};

/** syn_abort_decode() - @esr must be of class DABT_* or IABT_* */
void syn_abort_decode(u64 esr, struct syn_abort *a);

/**
 * syn_abort_ipa() - the faulting guest-physical address
 *
 * HPFAR_EL2 gives the page; the offset comes from FAR_EL2, or is 0 when the
 * fault was on a stage-1 walk or FAR_EL2 is not valid.  HPFAR_EL2 is valid
 * only for faults of stage 2 that syn_abort_has_ipa() names.
 */
gpa_t syn_abort_ipa(const struct syn_abort *a, u64 hpfar, u64 far);

/**
 * syn_abort_has_ipa() - does hardware fill HPFAR_EL2 for this abort?
 *
 * Always for translation, access flag and address size faults, and for
 * permission faults on a stage-1 walk; not for other permission faults: the
 * owner then translates FAR_EL2 by stage 1 itself (AT S1E1R).
 */
bool syn_abort_has_ipa(const struct syn_abort *a);

/**
 * syn_load_extend() - what a load puts in its register
 * @data: what the bus gave, in the low bytes
 * @bytes: 1, 2, 4, 8
 * @sign_extend: extend the sign, to 32 bits or, if @wide, to 64
 * @wide: the register is 64 bits wide (a 32-bit one has a zero upper half)
 */
u64 syn_load_extend(u64 data, unsigned int bytes, bool sign_extend, bool wide);

/** syn_store_value() - the low @bytes of a register, the rest zero */
u64 syn_store_value(u64 reg, unsigned int bytes);

/* ---- other classes ---------------------------------------------------- */

/**
 * struct syn_sysreg - a trapped MSR, MRS or system instruction (EC SYS64)
 * @id: AXVM_ARM64_SYSREG encoding
 * @reg: general register, 31 is XZR
 * @read: MRS (SYSL)
 */
struct syn_sysreg {
	u32 id;
	u8 reg;
	bool read;
};

/** syn_sysreg_decode() - @esr must be of class SYS64 */
void syn_sysreg_decode(u64 esr, struct syn_sysreg *s);

/** syn_sysreg_reg() - the general register alone */
static inline unsigned int syn_sysreg_reg(u64 esr)
{
	return esr >> 5 & 31;
}

/**
 * syn_sysreg_writes() - is it an MSR to just this register?
 * @op0, @op1, @crn, @crm, @op2: constants, so that this is one comparison
 */
static __always_inline bool syn_sysreg_writes(u64 esr, u32 op0, u32 op1,
					      u32 crn, u32 crm, u32 op2)
{
	const u32 rt = 31u << 5, iss = (1u << 22) - 1;

	return (esr & iss & ~rt) ==
	       (op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1);
}

/** enum syn_wait - which instruction class WFX is about */
enum syn_wait { SYN_WFI, SYN_WFE, SYN_WFIT, SYN_WFET };

/**
 * struct syn_wfx - a trapped wait (EC WFX)
 * @what: instruction
 * @reg_valid: WFIT, WFET: @reg tells
 * @reg: register with the time-out
 */
struct syn_wfx {
	enum syn_wait what;
	bool reg_valid;
	u8 reg;
};

/** syn_wfx_decode() - @esr must be of class WFX */
void syn_wfx_decode(u64 esr, struct syn_wfx *w);

/** syn_call_imm() - immediate of SVC, HVC, SMC, BRK (16 bits) */
static inline u16 syn_call_imm(u64 esr)
{
	return esr & 0xffff;
}

#endif /* AXVM_ARM64_ESR_H */
