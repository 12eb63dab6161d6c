/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: VM-execution, VM-exit and VM-entry controls: their bits by name, and
 * how a value is negotiated with what the processor allows.  Reading the
 * capability MSRs is the owner's.
 */
#ifndef AXVM_X86_VMXCTL_H
#define AXVM_X86_VMXCTL_H

#include <linux/bits.h>
#include <linux/types.h>

/* Pin-based.  Manual: "Pin-Based VM-Execution Controls". */
#define VMX_PIN_EXT_INTR BIT(0)
#define VMX_PIN_NMI BIT(3)
#define VMX_PIN_VIRTUAL_NMI BIT(5)
#define VMX_PIN_PREEMPTION_TIMER BIT(6)
#define VMX_PIN_POSTED_INTR BIT(7)

/* Primary processor-based. */
#define VMX_PROC_INTR_WINDOW BIT(2)
#define VMX_PROC_TSC_OFFSET BIT(3)
#define VMX_PROC_HLT BIT(7)
#define VMX_PROC_INVLPG BIT(9)
#define VMX_PROC_MWAIT BIT(10)
#define VMX_PROC_RDPMC BIT(11)
#define VMX_PROC_RDTSC BIT(12)
#define VMX_PROC_CR3_LOAD BIT(15)
#define VMX_PROC_CR3_STORE BIT(16)
#define VMX_PROC_TERTIARY BIT(17)
#define VMX_PROC_CR8_LOAD BIT(19)
#define VMX_PROC_CR8_STORE BIT(20)
#define VMX_PROC_TPR_SHADOW BIT(21)
#define VMX_PROC_NMI_WINDOW BIT(22)
#define VMX_PROC_MOV_DR BIT(23)
#define VMX_PROC_UNCOND_IO BIT(24)
#define VMX_PROC_IO_BITMAPS BIT(25)
#define VMX_PROC_MTF BIT(27)
#define VMX_PROC_MSR_BITMAPS BIT(28)
#define VMX_PROC_MONITOR BIT(29)
#define VMX_PROC_PAUSE BIT(30)
#define VMX_PROC_SECONDARY BIT(31)

/* Secondary processor-based. */
#define VMX_PROC2_VIRT_APIC_ACCESS BIT(0)
#define VMX_PROC2_EPT BIT(1)
#define VMX_PROC2_DESC_TABLE BIT(2)
#define VMX_PROC2_RDTSCP BIT(3)
#define VMX_PROC2_VIRT_X2APIC BIT(4)
#define VMX_PROC2_VPID BIT(5)
#define VMX_PROC2_WBINVD BIT(6)
#define VMX_PROC2_UNRESTRICTED BIT(7)
#define VMX_PROC2_APIC_REGISTER BIT(8)
#define VMX_PROC2_VIRT_INTR BIT(9)
#define VMX_PROC2_PLE BIT(10)
#define VMX_PROC2_RDRAND BIT(11)
#define VMX_PROC2_INVPCID BIT(12)
#define VMX_PROC2_VMFUNC BIT(13)
#define VMX_PROC2_SHADOW_VMCS BIT(14)
#define VMX_PROC2_ENCLS BIT(15)
#define VMX_PROC2_RDSEED BIT(16)
#define VMX_PROC2_PML BIT(17)
#define VMX_PROC2_EPT_VE BIT(18)
#define VMX_PROC2_PT_CONCEAL BIT(19)
#define VMX_PROC2_XSAVES BIT(20)
#define VMX_PROC2_MODE_EXEC BIT(22)
#define VMX_PROC2_TSC_SCALING BIT(25)
#define VMX_PROC2_USER_WAIT BIT(26)
#define VMX_PROC2_BUS_LOCK BIT(30)
#define VMX_PROC2_INSN_TIMEOUT BIT(31)

/* VM exit. */
#define VMX_EXIT_SAVE_DEBUG BIT(2)
#define VMX_EXIT_HOST_64 BIT(9)
#define VMX_EXIT_LOAD_PERF BIT(12)
#define VMX_EXIT_ACK_INTR BIT(15)
#define VMX_EXIT_SAVE_PAT BIT(18)
#define VMX_EXIT_LOAD_PAT BIT(19)
#define VMX_EXIT_SAVE_EFER BIT(20)
#define VMX_EXIT_LOAD_EFER BIT(21)
#define VMX_EXIT_SAVE_TIMER BIT(22)
#define VMX_EXIT_CLEAR_BNDCFGS BIT(23)
#define VMX_EXIT_PT_CONCEAL BIT(24)
#define VMX_EXIT_LOAD_CET BIT(28)

/* VM entry. */
#define VMX_ENTRY_LOAD_DEBUG BIT(2)
#define VMX_ENTRY_IA32E BIT(9)
#define VMX_ENTRY_SMM BIT(10)
#define VMX_ENTRY_NO_DUAL_MONITOR BIT(11)
#define VMX_ENTRY_LOAD_PERF BIT(13)
#define VMX_ENTRY_LOAD_PAT BIT(14)
#define VMX_ENTRY_LOAD_EFER BIT(15)
#define VMX_ENTRY_LOAD_BNDCFGS BIT(16)
#define VMX_ENTRY_PT_CONCEAL BIT(17)
#define VMX_ENTRY_LOAD_CET BIT(20)

/** enum vmxctl_id - the five fields of controls */
enum vmxctl_id {
	VMXCTL_PIN,
	VMXCTL_PROC,
	VMXCTL_PROC2,
	VMXCTL_EXIT,
	VMXCTL_ENTRY,
	VMXCTL_NR
};

/**
 * struct vmxctl_want - what we ask of one field
 * @required: bits that must be settable
 * @optional: bits set where the processor allows it
 * @clear: bits that must be clearable; bits in none of the three take what
 *	the processor insists on, else 0
 */
struct vmxctl_want {
	u32 required;
	u32 optional;
	u32 clear;
};

/**
 * struct vmxctl_bad - the bit that a negotiation failed on
 * @id: field
 * @bit: bit number
 * @set: true: it cannot be set; false: it cannot be cleared
 */
struct vmxctl_bad {
	enum vmxctl_id id;
	unsigned int bit;
	bool set;
};

/**
 * vmxctl_choose() - a value for a field
 * @id: field, for @bad
 * @cap: its capability MSR: bits 31:0 must be one, bits 63:32 may be one
 * @want: what is asked for
 * @value: out
 * @bad: out, on error
 *
 * Return: 0; -EINVAL the same bit is to be set and cleared; -EOPNOTSUPP the
 * processor does not allow it.
 * Manual: "Reserved Controls and Default Settings".
 */
int vmxctl_choose(enum vmxctl_id id, u64 cap, const struct vmxctl_want *want,
		  u32 *value, struct vmxctl_bad *bad);

/** vmxctl_name() - the manual's name of a field */
const char *vmxctl_name(enum vmxctl_id id);

/** vmxctl_bit_name() - the manual's name of a control, or "reserved" */
const char *vmxctl_bit_name(enum vmxctl_id id, unsigned int bit);

/* How much of local APICs the processor virtualizes. */
#define VMX_APICV_NONE 0
#define VMX_APICV_TPR 1 /* TPR, CR8 */
#define VMX_APICV_REGISTERS 2 /* and registers' reads, and writes' storing */
#define VMX_APICV_DELIVERY 3 /* and delivery, EOI, self-IPIs */
#define VMX_APICV_POSTED 4 /* and delivery without an exit */

/* Secondary controls about it. */
#define VMX_PROC2_APICV                                       \
	(VMX_PROC2_VIRT_APIC_ACCESS | VMX_PROC2_VIRT_X2APIC | \
	 VMX_PROC2_APIC_REGISTER | VMX_PROC2_VIRT_INTR)

/**
 * vmx_apicv_limit() - cut the controls about local APICs down
 * @ctl: all fields' controls as the processor allows them; those about APICs
 *	that are asked for too much, or lack another that they need, are cleared
 * @cap: capability MSRs
 * @level: VMX_APICV_*
 *
 * Return: the level that is left.
 * Manual: "VM-Execution Control Fields" (checks on VM entry).
 */
unsigned int vmx_apicv_limit(u32 ctl[VMXCTL_NR], const u64 cap[VMXCTL_NR],
			     unsigned int level);

/**
 * vmx_apicv_proc() - primary controls for a vCPU
 * @proc: those in use, from vmx_apicv_limit()
 * @apic: it has a local APIC that is virtualized
 *
 * CR8 exits, unless the page holds what it moves.
 */
u32 vmx_apicv_proc(u32 proc, bool apic);

/**
 * vmx_apicv_proc2() - secondary controls, by the local APIC's mode
 * @proc2: those in use, from vmx_apicv_limit()
 * @apic: there is one
 * @on: it is enabled
 * @x2apic: in x2APIC mode
 * @accepts: it takes interrupts; a processor that delivers does not ask
 */
u32 vmx_apicv_proc2(u32 proc2, bool apic, bool on, bool x2apic, bool accepts);

/** vmx_apicv_pin() - pin-based controls that go with secondary ones */
static inline u32 vmx_apicv_pin(u32 pin, u32 proc2)
{
	return proc2 & VMX_PROC2_VIRT_INTR ? pin : pin & ~VMX_PIN_POSTED_INTR;
}

/**
 * vmx_apicv_msrs() - let accesses to x2APIC MSRs through to the page
 * @bitmap: the 4 KiB MSR-bitmap page of vCPUs in x2APIC mode
 * @proc2: their secondary controls
 */
void vmx_apicv_msrs(void *bitmap, u32 proc2);

/**
 * vmx_tpr_threshold() - TPR below which an exit is wanted
 * @tpr: TPR now
 * @vector: highest vector that is requested, or -1
 *
 * Never above TPR: the entry would fail.
 */
u32 vmx_tpr_threshold(u32 tpr, int vector);

/* IA32_FEATURE_CONTROL. */
#define VMX_FEAT_LOCK BIT(0)
#define VMX_FEAT_IN_SMX BIT(1)
#define VMX_FEAT_OUTSIDE_SMX BIT(2)

/**
 * vmx_feature_control() - may VMXON be executed outside of SMX?
 * @msr: IA32_FEATURE_CONTROL; out: the value to write
 *
 * Return: 0 as it is; 1 @msr must be written (it is not locked yet);
 * -EOPNOTSUPP firmware locked it without VMX.
 */
int vmx_feature_control(u64 *msr);

/**
 * vmx_cr_allowed() - may a control register hold @cr in VMX operation?
 * @fixed0: bits that must be one, @fixed1: bits that may be one
 */
static inline bool vmx_cr_allowed(u64 cr, u64 fixed0, u64 fixed1)
{
	return (cr & fixed0) == fixed0 && !(cr & ~fixed1);
}

/* IA32_VMX_BASIC. */
#define VMXCTL_BASIC_REVISION GENMASK_ULL(30, 0)
#define VMXCTL_BASIC_SIZE GENMASK_ULL(44, 32)
#define VMXCTL_BASIC_32BIT BIT_ULL(48)
#define VMXCTL_BASIC_MEMTYPE GENMASK_ULL(53, 50)
#define VMXCTL_BASIC_INOUT BIT_ULL(54)
#define VMXCTL_BASIC_TRUE BIT_ULL(55)

/**
 * vmx_basic_check() - can we live with IA32_VMX_BASIC?
 *
 * Return: NULL, or what is missing, in words.
 */
const char *vmx_basic_check(u64 basic);

/* IA32_VMX_EPT_VPID_CAP. */
#define VMX_EPT_EXEC_ONLY BIT_ULL(0)
#define VMX_EPT_WALK_4 BIT_ULL(6)
#define VMX_EPT_WALK_5 BIT_ULL(7)
#define VMX_EPT_MEM_UC BIT_ULL(8)
#define VMX_EPT_MEM_WB BIT_ULL(14)
#define VMX_EPT_2M BIT_ULL(16)
#define VMX_EPT_1G BIT_ULL(17)
#define VMX_EPT_INVEPT BIT_ULL(20)
#define VMX_EPT_AD BIT_ULL(21)
#define VMX_EPT_INVEPT_SINGLE BIT_ULL(25)
#define VMX_EPT_INVEPT_ALL BIT_ULL(26)
#define VMX_VPID_INVVPID BIT_ULL(32)
#define VMX_VPID_SINGLE BIT_ULL(41)
#define VMX_VPID_ALL BIT_ULL(42)

/** vmx_ept_check() - as vmx_basic_check(), for IA32_VMX_EPT_VPID_CAP */
const char *vmx_ept_check(u64 cap);

/** vmx_vpid_usable() - can stale translations of a VPID be flushed? */
static inline bool vmx_vpid_usable(u64 cap)
{
	return cap & VMX_VPID_INVVPID && cap & VMX_VPID_SINGLE &&
	       cap & VMX_VPID_ALL;
}

/**
 * vmx_msr_bitmap_set() - intercept (or not) an MSR
 * @bitmap: the 4 KiB MSR-bitmap page
 * @index: MSR; outside of 0-1fffh and c0000000h-c0001fffh it always exits
 * @read: RDMSR, else WRMSR
 * @exits: exit or pass through
 *
 * Return: 0; -EINVAL @index is not covered.
 * Manual: "MSR-Bitmap Address".
 */
int vmx_msr_bitmap_set(void *bitmap, u32 index, bool read, bool exits);

/**
 * vmx_io_bitmap_set() - intercept (or not) ports [port, port + len)
 * @bitmap: I/O bitmaps A and B, 8 KiB in a row
 *
 * Return: 0; -EINVAL the range is empty or leaves port space.
 * Manual: "I/O-Bitmap Addresses".
 */
int vmx_io_bitmap_set(void *bitmap, u32 port, u32 len, bool exits);

/** enum vmx_event - who takes an exception or NMI that made a guest exit */
enum vmx_event {
	VMX_EVENT_GUEST, /* it is the guest's own */
	VMX_EVENT_HOST_NMI,
	VMX_EVENT_HOST_MC, /* a machine check: of the processor, whoever ran */
};

/**
 * vmx_event_whose() - by the VM-exit interruption information
 *
 * Manual: "Information for VM Exits Due to Vectored Events".
 */
enum vmx_event vmx_event_whose(u32 intr_info);

#endif /* AXVM_X86_VMXCTL_H */
