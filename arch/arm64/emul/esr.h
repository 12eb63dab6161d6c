/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what ESR_EL2 says about an exit, and names of exception classes.
 *
 * Manual: "ESR_EL2, Exception Syndrome Register (EL2)".
 */
#ifndef AXVM_ARM64_EMUL_ESR_H
#define AXVM_ARM64_EMUL_ESR_H

#include <linux/types.h>

/* Exception classes: E(value, NAME, "text"). */
#define ESR_CLASSES(E)                                                         \
	E(0x00, UNKNOWN, "unknown reason")                                     \
	E(0x01, WFX, "WFI or WFE")                                             \
	E(0x03, CP15_32, "MCR or MRC, cp15")                                   \
	E(0x04, CP15_64, "MCRR or MRRC, cp15")                                 \
	E(0x05, CP14_MR, "MCR or MRC, cp14")                                   \
	E(0x06, CP14_LS, "LDC or STC")                                         \
	E(0x07, FP_ASIMD, "FP, SIMD or SVE access")                            \
	E(0x08, CP10_ID, "VMRS")                                               \
	E(0x09, PAC, "pointer authentication")                                 \
	E(0x0a, LS64, "LD64B or ST64B")                                        \
	E(0x0c, CP14_64, "MRRC, cp14")                                         \
	E(0x0d, BTI, "branch target")                                          \
	E(0x0e, ILL, "illegal execution state")                                \
	E(0x11, SVC32, "SVC, AArch32")                                         \
	E(0x12, HVC32, "HVC, AArch32")                                         \
	E(0x13, SMC32, "SMC, AArch32")                                         \
	E(0x15, SVC64, "SVC")                                                  \
	E(0x16, HVC64, "HVC")                                                  \
	E(0x17, SMC64, "SMC")                                                  \
	E(0x18, SYS64, "MSR, MRS or system instruction")                       \
	E(0x19, SVE, "SVE access")                                             \
	E(0x1a, ERET, "ERET")                                                  \
	E(0x1c, FPAC, "pointer authentication failed")                         \
	E(0x1d, SME, "SME access")                                             \
	E(0x1f, IMP_DEF, "implementation defined")                             \
	E(0x20, IABT_LOW, "instruction abort")                                 \
	E(0x21, IABT_CUR, "instruction abort at EL2")                          \
	E(0x22, PC_ALIGN, "PC alignment")                                      \
	E(0x24, DABT_LOW, "data abort")                                        \
	E(0x25, DABT_CUR, "data abort at EL2")                                 \
	E(0x26, SP_ALIGN, "SP alignment")                                      \
	E(0x27, MOPS, "memory copy or set")                                    \
	E(0x28, FP_EXC32, "FP exception, AArch32")                             \
	E(0x2c, FP_EXC64, "FP exception")                                      \
	E(0x2f, SERROR, "SError")                                              \
	E(0x30, BREAKPT_LOW, "breakpoint")                                     \
	E(0x31, BREAKPT_CUR, "breakpoint at EL2")                              \
	E(0x32, SOFTSTP_LOW, "software step")                                  \
	E(0x33, SOFTSTP_CUR, "software step at EL2")                           \
	E(0x34, WATCHPT_LOW, "watchpoint")                                     \
	E(0x35, WATCHPT_CUR, "watchpoint at EL2")                              \
	E(0x38, BKPT32, "BKPT, AArch32")                                       \
	E(0x3a, VECTOR32, "vector catch, AArch32")                             \
	E(0x3c, BRK64, "BRK")

enum {
#define ESR_CLASS_VALUE(v, n, t) ESR_EC_##n = (v),
	ESR_CLASSES(ESR_CLASS_VALUE)
#undef ESR_CLASS_VALUE
};

static inline unsigned int esr_ec(u64 esr)
{
	return (esr >> 26) & 0x3f;
}

/** Text of an exception class; "reserved" for others. */
const char *esr_ec_name(unsigned int ec);

/** Length of the instruction that trapped: 2 or 4. */
static inline unsigned int esr_insn_len(u64 esr)
{
	return esr & (1u << 25) ? 4 : 2;
}

/* Kinds of fault status. */
enum esr_fault {
	ESR_FAULT_OTHER,
	ESR_FAULT_SIZE, /* address size */
	ESR_FAULT_TRANSLATION,
	ESR_FAULT_ACCESS_FLAG,
	ESR_FAULT_PERMISSION,
	ESR_FAULT_EXTERNAL, /* synchronous external abort */
	ESR_FAULT_EXTERNAL_WALK, /* ... on a table walk */
	ESR_FAULT_ALIGNMENT,
	ESR_FAULT_TLB_CONFLICT,
};

/**
 * struct esr_abort - a data or instruction abort
 * @fetch: instruction abort
 * @fault: kind of fault
 * @level: level of the walk it happened at (0-3; -1 and others: 0)
 * @s1ptw: on the guest's own table walk (stage 1)
 * @far_valid: FAR_EL2 holds the address
 * @write: store (also cache maintenance: see @cm)
 * @cm: cache maintenance or address translation instruction
 * @isv: what follows is valid
 * @bytes: 1, 2, 4, 8
 * @sign_extend: the load sign-extends
 * @reg: register, 31 is zero
 * @reg64: 64-bit register
 * @acquire: acquire or release semantics
 */
struct esr_abort {
	bool fetch;
	u8 fault;
	u8 level;
	bool s1ptw;
	bool far_valid;
	bool write;
	bool cm;
	bool isv;
	u8 bytes;
	bool sign_extend;
	u8 reg;
	bool reg64;
	bool acquire;
};

/** Decode a data or instruction abort. */
void esr_abort_decode(u64 esr, struct esr_abort *a);

/** Intermediate physical address from HPFAR_EL2 and FAR_EL2. */
static inline u64 esr_ipa(u64 hpfar, u64 far)
{
	return (hpfar & 0x00000ffffffffff0ull) << 8 | (far & 0xfff);
}

/** What a load puts into its register: @data as read from memory. */
u64 esr_load_value(const struct esr_abort *a, u64 data);

/** What a store writes, from its register's value. */
u64 esr_store_value(const struct esr_abort *a, u64 reg);

/**
 * struct esr_sys - MSR, MRS or system instruction (ESR_EC_SYS64)
 * @id: AXVM_ARM64_SYSREG() encoding
 * @reg: Xt, 31 is zero
 * @read: MRS
 */
struct esr_sys {
	u32 id;
	u8 reg;
	bool read;
};

void esr_sys_decode(u64 esr, struct esr_sys *s);

/** WFE (or WFET), not WFI. */
static inline bool esr_is_wfe(u64 esr)
{
	return esr & 1;
}

/** Immediate of HVC, SMC, SVC or BRK. */
static inline unsigned int esr_imm(u64 esr)
{
	return esr & 0xffff;
}

#endif /* AXVM_ARM64_EMUL_ESR_H */
