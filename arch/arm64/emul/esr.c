// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: decoding ESR_EL2.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/esr.h"
#include "uapi/axvm_arm64.h"

const char *esr_ec_name(unsigned int ec)
{
	static const char *const names[64] = {
#define ESR_CLASS_NAME(v, n, t) [v] = t,
		ESR_CLASSES(ESR_CLASS_NAME)
#undef ESR_CLASS_NAME
	};
	const char *name = ec < ARRAY_SIZE(names) ? names[ec] : NULL;

	return name ? name : "reserved";
}

/* Fault status code -> kind; the level is in its low two bits. */
static u8 fault_of(unsigned int fsc)
{
	switch (fsc) {
	case 0x00 ... 0x03:
		return ESR_FAULT_SIZE;
	case 0x04 ... 0x07:
		return ESR_FAULT_TRANSLATION;
	case 0x08 ... 0x0b:
		return ESR_FAULT_ACCESS_FLAG;
	case 0x0c ... 0x0f:
		return ESR_FAULT_PERMISSION;
	case 0x10:
		return ESR_FAULT_EXTERNAL;
	case 0x13 ... 0x17:
		return ESR_FAULT_EXTERNAL_WALK;
	case 0x21:
		return ESR_FAULT_ALIGNMENT;
	case 0x30:
		return ESR_FAULT_TLB_CONFLICT;
	default:
		return ESR_FAULT_OTHER;
	}
}

static bool fault_has_level(unsigned int fsc)
{
	return fsc <= 0x0f || (fsc >= 0x14 && fsc <= 0x17);
}

void esr_abort_decode(u64 esr, struct esr_abort *a)
{
	unsigned int fsc = esr & 0x3f;

	*a = (struct esr_abort){
		.fetch = esr_ec(esr) == ESR_EC_IABT_LOW ||
			 esr_ec(esr) == ESR_EC_IABT_CUR,
		.fault = fault_of(fsc),
		.level = fault_has_level(fsc) ? fsc & 3 : 0,
		.s1ptw = esr & BIT(7),
		.far_valid = !(esr & BIT(10)),
	};
	if (a->fetch)
		return;
	a->write = esr & BIT(6);
	a->cm = esr & BIT(8);
	a->isv = esr & BIT(24);
	if (!a->isv)
		return;
	a->bytes = 1 << ((esr >> 22) & 3);
	a->sign_extend = esr & BIT(21);
	a->reg = (esr >> 16) & 31;
	a->reg64 = esr & BIT(15);
	a->acquire = esr & BIT(14);
}

static u64 low_bytes(u64 v, unsigned int bytes)
{
	return bytes >= 8 ? v : v & ((1ull << (8 * bytes)) - 1);
}

u64 esr_load_value(const struct esr_abort *a, u64 data)
{
	unsigned int shift = 64 - 8 * a->bytes;

	data = low_bytes(data, a->bytes);
	if (a->sign_extend)
		data = (u64)((s64)(data << shift) >> shift);
	/* A 32-bit register's upper half becomes zero. */
	return a->reg64 ? data : (u32)data;
}

u64 esr_store_value(const struct esr_abort *a, u64 reg)
{
	return low_bytes(reg, a->bytes);
}

void esr_sys_decode(u64 esr, struct esr_sys *s)
{
	unsigned int op0 = (esr >> 20) & 3, op2 = (esr >> 17) & 7;
	unsigned int op1 = (esr >> 14) & 7, crn = (esr >> 10) & 15;
	unsigned int crm = (esr >> 1) & 15;

	*s = (struct esr_sys){
		.id = AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2),
		.reg = (esr >> 5) & 31,
		.read = esr & 1,
	};
}
