/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX instructions, one wrapper each, and typed access to fields of the
 * current VMCS: the width is checked at compile time.
 *
 * A failing instruction ends in vmx_insn_failed(), which notes the
 * VM-instruction error with the vCPU.  An instruction that faults because VMX
 * operation was ended under us (a dying host) is skipped.
 */
#ifndef AXVM_X86_VMX_OPS_H
#define AXVM_X86_VMX_OPS_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <asm/asm.h>
#include "arch/x86/emul/vmcs_fields.h"

/* What failed, for vmx_insn_failed(). */
enum vmx_insn {
	VMX_INSN_VMREAD,
	VMX_INSN_VMWRITE,
	VMX_INSN_VMCLEAR,
	VMX_INSN_VMPTRLD,
	VMX_INSN_INVEPT,
	VMX_INSN_INVVPID,
};

void vmx_insn_failed(enum vmx_insn insn, u64 operand);

/* ---- fields of the current VMCS ------------------------------------ */

static __always_inline u64 vmx_vmread(u32 field)
{
	u64 value = 0;
	bool bad;

	asm volatile("1: vmread %[field], %[value]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [value] "+r"(value), "=@ccbe"(bad)
		     : [field] "r"((u64)field));
	if (unlikely(bad)) {
		vmx_insn_failed(VMX_INSN_VMREAD, field);
		return 0;
	}
	return value;
}

static __always_inline void vmx_vmwrite(u32 field, u64 value)
{
	bool bad;

	asm volatile("1: vmwrite %[value], %[field]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "=@ccbe"(bad)
		     : [field] "r"((u64)field), [value] "rm"(value));
	if (unlikely(bad))
		vmx_insn_failed(VMX_INSN_VMWRITE, field);
}

#define VMCS_CHECK(field, width)                                               \
	BUILD_BUG_ON_MSG(!__builtin_constant_p(field) ||                       \
				 ((field) >> 13 & 3) != (width) ||             \
				 (field) & 1,                                  \
			 "VMCS field of another width")

/* Kinds other than read-only ones are writable. */
#define VMCS_CHECK_WRITE(field, width)                                         \
	do {                                                                   \
		VMCS_CHECK(field, width);                                      \
		BUILD_BUG_ON_MSG(((field) >> 10 & 3) == VMCS_KIND_RO,          \
				 "read-only VMCS field");                      \
	} while (0)

static __always_inline u16 vmcs_read16(u32 field)
{
	VMCS_CHECK(field, VMCS_WIDTH_16);
	return vmx_vmread(field);
}

static __always_inline u32 vmcs_read32(u32 field)
{
	VMCS_CHECK(field, VMCS_WIDTH_32);
	return vmx_vmread(field);
}

static __always_inline u64 vmcs_read64(u32 field)
{
	VMCS_CHECK(field, VMCS_WIDTH_64);
	return vmx_vmread(field);
}

static __always_inline u64 vmcs_read(u32 field)
{
	VMCS_CHECK(field, VMCS_WIDTH_N);
	return vmx_vmread(field);
}

static __always_inline void vmcs_write16(u32 field, u16 value)
{
	VMCS_CHECK_WRITE(field, VMCS_WIDTH_16);
	vmx_vmwrite(field, value);
}

static __always_inline void vmcs_write32(u32 field, u32 value)
{
	VMCS_CHECK_WRITE(field, VMCS_WIDTH_32);
	vmx_vmwrite(field, value);
}

static __always_inline void vmcs_write64(u32 field, u64 value)
{
	VMCS_CHECK_WRITE(field, VMCS_WIDTH_64);
	vmx_vmwrite(field, value);
}

static __always_inline void vmcs_write(u32 field, u64 value)
{
	VMCS_CHECK_WRITE(field, VMCS_WIDTH_N);
	vmx_vmwrite(field, value);
}

/**
 * vmx_vmread_any() - a field by encoding, for dumps
 *
 * Return: 0; -ENXIO this processor has no such field.
 */
static inline int vmx_vmread_any(u32 field, u64 *value)
{
	bool bad;

	*value = 0;
	asm volatile("1: vmread %[field], %[value]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [value] "+r"(*value), "=@ccbe"(bad)
		     : [field] "r"((u64)field));
	return bad ? -ENXIO : 0;
}

/* ---- VMCS pointers --------------------------------------------------- */

static inline void vmx_vmclear(u64 pa)
{
	bool bad;

	asm volatile("1: vmclear %[pa]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "=@ccbe"(bad)
		     : [pa] "m"(pa)
		     : "memory");
	if (unlikely(bad))
		vmx_insn_failed(VMX_INSN_VMCLEAR, pa);
}

static inline void vmx_vmptrld(u64 pa)
{
	bool bad;

	asm volatile("1: vmptrld %[pa]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "=@ccbe"(bad)
		     : [pa] "m"(pa)
		     : "memory");
	if (unlikely(bad))
		vmx_insn_failed(VMX_INSN_VMPTRLD, pa);
}

/* ---- VMX operation --------------------------------------------------- */

/**
 * vmx_vmxon() - enter VMX operation
 * Return: 0; -EIO VMfail; -EFAULT it faulted (#GP, #UD).
 */
static inline int vmx_vmxon(u64 pa)
{
	int err = -EFAULT;

	asm volatile("1: vmxon %[pa]\n\t"
		     "mov $0, %[err]\n\t"
		     "mov %[eio], %%ecx\n\t"
		     "cmovbe %%ecx, %[err]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [err] "+r"(err)
		     : [pa] "m"(pa), [eio] "i"(-EIO)
		     : "memory", "cc", "ecx");
	return err;
}

static inline void vmx_vmxoff(void)
{
	asm volatile("1: vmxoff\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     ::: "memory", "cc");
}

/* ---- TLBs -------------------------------------------------------------- */

#define VMX_INVEPT_SINGLE 1ul
#define VMX_INVEPT_ALL 2ul
#define VMX_INVVPID_SINGLE 1ul
#define VMX_INVVPID_ALL 2ul

static inline void vmx_invept(unsigned long type, u64 eptp)
{
	struct {
		u64 eptp, zero;
	} desc = { eptp, 0 };
	bool bad;

	asm volatile("1: invept %[desc], %[type]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "=@ccbe"(bad)
		     : [desc] "m"(desc), [type] "r"(type)
		     : "memory");
	if (unlikely(bad))
		vmx_insn_failed(VMX_INSN_INVEPT, eptp);
}

static inline void vmx_invvpid(unsigned long type, u16 vpid)
{
	struct {
		u64 vpid, gva;
	} desc = { vpid, 0 };
	bool bad;

	asm volatile("1: invvpid %[desc], %[type]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "=@ccbe"(bad)
		     : [desc] "m"(desc), [type] "r"(type)
		     : "memory");
	if (unlikely(bad))
		vmx_insn_failed(VMX_INSN_INVVPID, vpid);
}

#endif /* AXVM_X86_VMX_OPS_H */
