// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: port instructions: decoding what hardware says about an intercepted
 * one, and the elements of INS and OUTS.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/x86/emul/pio.h"
#include "uapi/axvm_x86.h"

#define EFLAGS_DF BIT_ULL(10)

/* VMX: "Exit Qualification for I/O Instructions" */
#define VMX_IO_SIZE GENMASK_ULL(2, 0)
#define VMX_IO_IN BIT_ULL(3)
#define VMX_IO_STRING BIT_ULL(4)
#define VMX_IO_REP BIT_ULL(5)
#define VMX_IO_PORT GENMASK_ULL(31, 16)

/* VMX: "VM-Exit Instruction-Information Field as Used for INS and OUTS" */
#define VMX_INFO_ADDR GENMASK_ULL(9, 7)
#define VMX_INFO_SEG GENMASK_ULL(17, 15)

/* SVM: "IOIO Intercept Information" */
#define SVM_IO_IN BIT_ULL(0)
#define SVM_IO_STRING BIT_ULL(2)
#define SVM_IO_REP BIT_ULL(3)
#define SVM_IO_SIZE GENMASK_ULL(6, 4) /* one bit each: 1, 2, 4 */
#define SVM_IO_ADDR GENMASK_ULL(9, 7) /* one bit each: 2, 4, 8 */
#define SVM_IO_SEG GENMASK_ULL(12, 10)
#define SVM_IO_PORT GENMASK_ULL(31, 16)

static unsigned int default_addr_bytes(u32 mode, bool cs_db)
{
	if (mode == AXVM_X86_MODE_64)
		return 8;
	return cs_db ? 4 : 2;
}

int pio_decode_vmx(struct pio *pio, u64 qual, u32 info, bool info_valid,
		   u32 mode, bool cs_db)
{
	unsigned int size = FIELD_GET(VMX_IO_SIZE, qual);

	*pio = (struct pio){
		.port = FIELD_GET(VMX_IO_PORT, qual),
		.bytes = size + 1,
		.in = qual & VMX_IO_IN,
		.string = qual & VMX_IO_STRING,
	};
	if (size != 0 && size != 1 && size != 3)
		return -EINVAL;
	if (!pio->string)
		return 0;
	pio->rep = qual & VMX_IO_REP;
	pio->addr_bytes = default_addr_bytes(mode, cs_db);
	pio->seg = pio->in ? AXVM_X86_ES : AXVM_X86_DS;
	if (!info_valid)
		return 0;
	if (FIELD_GET(VMX_INFO_ADDR, info) > 2)
		return -EINVAL;
	pio->addr_bytes = 2u << FIELD_GET(VMX_INFO_ADDR, info);
	if (pio->in)
		return 0;
	pio->seg = FIELD_GET(VMX_INFO_SEG, info);
	return pio->seg < VINSN_NR_SEGS ? 0 : -EINVAL;
}

int pio_decode_svm(struct pio *pio, u64 exitinfo1)
{
	unsigned int size = FIELD_GET(SVM_IO_SIZE, exitinfo1);
	unsigned int addr = FIELD_GET(SVM_IO_ADDR, exitinfo1);

	*pio = (struct pio){
		.port = FIELD_GET(SVM_IO_PORT, exitinfo1),
		.bytes = size,
		.in = exitinfo1 & SVM_IO_IN,
		.string = exitinfo1 & SVM_IO_STRING,
	};
	if (size != 1 && size != 2 && size != 4)
		return -EINVAL;
	if (!pio->string)
		return 0;
	if (addr != 1 && addr != 2 && addr != 4)
		return -EINVAL;
	pio->rep = exitinfo1 & SVM_IO_REP;
	pio->addr_bytes = addr * 2;
	pio->seg = pio->in ? AXVM_X86_ES : FIELD_GET(SVM_IO_SEG, exitinfo1);
	return pio->seg < VINSN_NR_SEGS ? 0 : -EINVAL;
}

static unsigned int pio_index_reg(const struct pio *pio)
{
	return pio->in ? VINSN_RDI : VINSN_RSI;
}

u64 pio_count(const struct pio *pio, const struct vinsn_cpu *cpu)
{
	if (!pio->rep)
		return 1;
	return vinsn_reg_get(cpu, VINSN_RCX, pio->addr_bytes, false);
}

int pio_element(const struct pio *pio, const struct vinsn_cpu *cpu,
		struct vinsn_access *access, u8 *fault)
{
	u64 offset =
		vinsn_reg_get(cpu, pio_index_reg(pio), pio->addr_bytes, false);

	*access = (struct vinsn_access){
		.write = pio->in,
		.bytes = pio->bytes,
	};
	*fault = vinsn_linear(cpu, pio->seg, offset, pio->bytes, pio->in,
			      &access->linear);
	return *fault ? -EFAULT : 0;
}

bool pio_advance(const struct pio *pio, struct vinsn_cpu *cpu)
{
	s64 step = cpu->rflags & EFLAGS_DF ? -(s64)pio->bytes : pio->bytes;

	vinsn_reg_add(cpu, pio_index_reg(pio), pio->addr_bytes, step);
	if (!pio->rep)
		return true;
	vinsn_reg_add(cpu, VINSN_RCX, pio->addr_bytes, -1);
	return !vinsn_reg_get(cpu, VINSN_RCX, pio->addr_bytes, false);
}

void pio_set_result(const struct pio *pio, struct vinsn_cpu *cpu, u32 value)
{
	vinsn_reg_set(cpu, VINSN_RAX, pio->bytes, false, value);
}
