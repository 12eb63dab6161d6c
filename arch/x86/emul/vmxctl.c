// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: negotiation of VMX controls, checks of capability MSRs, and the
 * layout of MSR and I/O bitmaps.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "arch/x86/emul/vmxctl.h"

static int first_bit(u32 bits)
{
	return __builtin_ctz(bits);
}

static int refuse(struct vmxctl_bad *bad, enum vmxctl_id id, u32 bits, bool set,
		  int err)
{
	bad->id = id;
	bad->bit = first_bit(bits);
	bad->set = set;
	return err;
}

int vmxctl_choose(enum vmxctl_id id, u64 cap, const struct vmxctl_want *want,
		  u32 *value, struct vmxctl_bad *bad)
{
	u32 must = (u32)cap, may = cap >> 32;
	u32 both = (want->required | want->optional) & want->clear;

	if (both)
		return refuse(bad, id, both, true, -EINVAL);
	if (want->required & ~may)
		return refuse(bad, id, want->required & ~may, true,
			      -EOPNOTSUPP);
	if (want->clear & must)
		return refuse(bad, id, want->clear & must, false, -EOPNOTSUPP);
	*value = must | want->required | (want->optional & may);
	return 0;
}

static const char *const ctl_names[VMXCTL_NR] = {
	[VMXCTL_PIN] = "pin-based VM-execution controls",
	[VMXCTL_PROC] = "primary processor-based VM-execution controls",
	[VMXCTL_PROC2] = "secondary processor-based VM-execution controls",
	[VMXCTL_EXIT] = "VM-exit controls",
	[VMXCTL_ENTRY] = "VM-entry controls",
};

const char *vmxctl_name(enum vmxctl_id id)
{
	return (unsigned int)id < VMXCTL_NR ? ctl_names[id] : "?";
}

static const char *const bit_names[VMXCTL_NR][32] = {
	[VMXCTL_PIN] = {
		[0] = "external-interrupt exiting",
		[3] = "NMI exiting",
		[5] = "virtual NMIs",
		[6] = "activate VMX-preemption timer",
		[7] = "process posted interrupts",
	},
	[VMXCTL_PROC] = {
		[2] = "interrupt-window exiting",
		[3] = "use TSC offsetting",
		[7] = "HLT exiting",
		[9] = "INVLPG exiting",
		[10] = "MWAIT exiting",
		[11] = "RDPMC exiting",
		[12] = "RDTSC exiting",
		[15] = "CR3-load exiting",
		[16] = "CR3-store exiting",
		[17] = "activate tertiary controls",
		[19] = "CR8-load exiting",
		[20] = "CR8-store exiting",
		[21] = "use TPR shadow",
		[22] = "NMI-window exiting",
		[23] = "MOV-DR exiting",
		[24] = "unconditional I/O exiting",
		[25] = "use I/O bitmaps",
		[27] = "monitor trap flag",
		[28] = "use MSR bitmaps",
		[29] = "MONITOR exiting",
		[30] = "PAUSE exiting",
		[31] = "activate secondary controls",
	},
	[VMXCTL_PROC2] = {
		[0] = "virtualize APIC accesses",
		[1] = "enable EPT",
		[2] = "descriptor-table exiting",
		[3] = "enable RDTSCP",
		[4] = "virtualize x2APIC mode",
		[5] = "enable VPID",
		[6] = "WBINVD exiting",
		[7] = "unrestricted guest",
		[8] = "APIC-register virtualization",
		[9] = "virtual-interrupt delivery",
		[10] = "PAUSE-loop exiting",
		[11] = "RDRAND exiting",
		[12] = "enable INVPCID",
		[13] = "enable VM functions",
		[14] = "VMCS shadowing",
		[15] = "enable ENCLS exiting",
		[16] = "RDSEED exiting",
		[17] = "enable PML",
		[18] = "EPT-violation #VE",
		[19] = "conceal VMX from PT",
		[20] = "enable XSAVES/XRSTORS",
		[22] = "mode-based execute control for EPT",
		[23] = "sub-page write permissions for EPT",
		[24] = "Intel PT uses guest physical addresses",
		[25] = "use TSC scaling",
		[26] = "enable user wait and pause",
		[27] = "enable PCONFIG",
		[28] = "enable ENCLV exiting",
		[30] = "VMM bus-lock detection",
		[31] = "instruction timeout",
	},
	[VMXCTL_EXIT] = {
		[2] = "save debug controls",
		[9] = "host address-space size",
		[12] = "load IA32_PERF_GLOBAL_CTRL",
		[15] = "acknowledge interrupt on exit",
		[18] = "save IA32_PAT",
		[19] = "load IA32_PAT",
		[20] = "save IA32_EFER",
		[21] = "load IA32_EFER",
		[22] = "save VMX-preemption timer value",
		[23] = "clear IA32_BNDCFGS",
		[24] = "conceal VMX from PT",
		[25] = "clear IA32_RTIT_CTL",
		[26] = "clear IA32_LBR_CTL",
		[27] = "clear UINV",
		[28] = "load CET state",
		[29] = "load PKRS",
		[30] = "save IA32_PERF_GLOBAL_CTL",
		[31] = "activate secondary controls",
	},
	[VMXCTL_ENTRY] = {
		[2] = "load debug controls",
		[9] = "IA-32e mode guest",
		[10] = "entry to SMM",
		[11] = "deactivate dual-monitor treatment",
		[13] = "load IA32_PERF_GLOBAL_CTRL",
		[14] = "load IA32_PAT",
		[15] = "load IA32_EFER",
		[16] = "load IA32_BNDCFGS",
		[17] = "conceal VMX from PT",
		[18] = "load IA32_RTIT_CTL",
		[19] = "load UINV",
		[20] = "load CET state",
		[21] = "load guest IA32_LBR_CTL",
		[22] = "load PKRS",
	},
};

const char *vmxctl_bit_name(enum vmxctl_id id, unsigned int bit)
{
	if ((unsigned int)id >= VMXCTL_NR || bit >= 32 || !bit_names[id][bit])
		return "reserved";
	return bit_names[id][bit];
}

int vmx_feature_control(u64 *msr)
{
	if (*msr & VMX_FEAT_LOCK)
		return *msr & VMX_FEAT_OUTSIDE_SMX ? 0 : -EOPNOTSUPP;
	*msr |= VMX_FEAT_LOCK | VMX_FEAT_OUTSIDE_SMX;
	return 1;
}

#define MEMTYPE_WB 6

const char *vmx_basic_check(u64 basic)
{
	u64 size = FIELD_GET(VMXCTL_BASIC_SIZE, basic);

	if (!size || size > 4096)
		return "the VMCS region does not fit a page";
	if (FIELD_GET(VMXCTL_BASIC_MEMTYPE, basic) != MEMTYPE_WB)
		return "the VMCS region is not write-back memory";
	if (!(basic & VMXCTL_BASIC_TRUE))
		return "there are no TRUE capability MSRs";
	if (!(basic & VMXCTL_BASIC_INOUT))
		return "INS and OUTS exits carry no instruction information";
	if (basic & VMXCTL_BASIC_32BIT)
		return "VMCS regions must lie below 4 GiB";
	return NULL;
}

const char *vmx_ept_check(u64 cap)
{
	if (!(cap & VMX_EPT_WALK_4))
		return "no page walk of four levels";
	if (!(cap & VMX_EPT_MEM_WB))
		return "no write-back paging structures";
	if (!(cap & VMX_EPT_INVEPT) || !(cap & VMX_EPT_INVEPT_SINGLE) ||
	    !(cap & VMX_EPT_INVEPT_ALL))
		return "INVEPT is incomplete";
	return NULL;
}

static void bit_put(u8 *map, u32 bit, bool set)
{
	u8 mask = 1u << (bit & 7);

	if (set)
		map[bit / 8] |= mask;
	else
		map[bit / 8] &= ~mask;
}

#define MSRS_PER_MAP 0x2000u

int vmx_msr_bitmap_set(void *bitmap, u32 index, bool read, bool exits)
{
	u8 *map = bitmap;

	if (index >= 0xc0000000u && index < 0xc0000000u + MSRS_PER_MAP) {
		map += 1024;
		index -= 0xc0000000u;
	} else if (index >= MSRS_PER_MAP) {
		return -EINVAL;
	}
	bit_put(map + (read ? 0 : 2048), index, exits);
	return 0;
}

int vmx_io_bitmap_set(void *bitmap, u32 port, u32 len, bool exits)
{
	u32 i;

	if (!len || port > 0xffff || len > 0x10000 - port)
		return -EINVAL;
	for (i = port; i < port + len; i++)
		bit_put(bitmap, i, exits);
	return 0;
}

#define INFO_VECTOR GENMASK(7, 0)
#define INFO_TYPE GENMASK(10, 8)
#define INFO_VALID BIT(31)
#define TYPE_NMI 2u
#define TYPE_EXCEPTION 3u
#define VECTOR_MC 18u

enum vmx_event vmx_event_whose(u32 intr_info)
{
	u32 type = FIELD_GET(INFO_TYPE, intr_info);

	if (!(intr_info & INFO_VALID))
		return VMX_EVENT_GUEST;
	if (type == TYPE_NMI)
		return VMX_EVENT_HOST_NMI;
	if (type == TYPE_EXCEPTION &&
	    FIELD_GET(INFO_VECTOR, intr_info) == VECTOR_MC)
		return VMX_EVENT_HOST_MC;
	return VMX_EVENT_GUEST;
}
