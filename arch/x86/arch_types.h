/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What x86 keeps in every VM and vCPU.
 */
#ifndef AXVM_X86_ARCH_TYPES_H
#define AXVM_X86_ARCH_TYPES_H

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/types.h>
#include "arch/x86/emul/cpuid.h"
#include "arch/x86/emul/npt.h"
#include "arch/x86/emul/pio.h"
#include "arch/x86/state.h"

struct axvm_x86_platform;
struct vmx_spec;
struct vx86_lapic;
struct vx86_lapics;

/**
 * struct axvm_vm_arch - the x86 part of a VM
 *
 * Legend: (c) constant after axvm_arch_vm_init(); (m) vm->mem.lock;
 * (s) set while no vCPU can run; (a) atomic.
 */
struct axvm_vm_arch {
	struct npt npt; /* (m) nested page tables */
	struct list_head retired; /* (m) table pages that wait for a flush */
	u64 npt_root; /* (c) EPTP or nCR3 */
	struct cpumask npt_cpus; /* (a) CPUs whose TLBs may hold translations;
				  * a CPU adds itself before it enters */
	struct axvm_x86_platform *platform; /* (c) */
	struct vx86_lapics *lapics; /* (c) NULL: a bare VM */
	struct vcpuid_table *cpuid; /* (s) made at START */
	struct vcpuid_hidden *hidden; /* (s) changed before START alone */
	void *msr_bitmap; /* (c) */
	void *msr_bitmap_x2apic; /* (c) of vCPUs in x2APIC mode; or NULL */
	void *msr_bitmap_spec; /* (c) of those that have SPEC_CTRL; or NULL */
	void *msr_bitmap_spec_x2apic; /* (c) both; or NULL */
	void *apic_page; /* (c) for the processor; NULL: none */
	bool apic_page_mapped; /* (m) it is where the xAPICs are */
	bool time_stopped; /* (s) */
	u64 tsc_offset; /* (s) guest TSC = host TSC + this */
	u64 tsc_stopped; /* (s) guest TSC while time stands still */
};

/**
 * struct vx86_event - an exception or interrupt on its way into the guest
 * @valid: there is one
 * @type: VX86_EVENT_*
 * @vector: 0-255
 * @insn_len: software events: length of the instruction
 * @has_error: push @error
 * @error: error code
 */
struct vx86_event {
	bool valid;
	u8 type;
	u8 vector;
	u8 insn_len;
	bool has_error;
	u32 error;
};

/* vx86_event.type (the encoding of VMX and SVM alike). */
#define VX86_EVENT_INTR 0
#define VX86_EVENT_NMI 2
#define VX86_EVENT_EXCEPTION 3
#define VX86_EVENT_SOFT_INTR 4
#define VX86_EVENT_PRIV_SOFT 5
#define VX86_EVENT_SOFT_EXCEPTION 6

#define VX86_DEBUG_POINTS 4

/**
 * struct vx86_debug - what somebody outside watches for (debug.c)
 * @addr, @dr7: debug registers in force while @on
 * @exec: bit n: point n is an instruction's address
 * @insn_len: the last record was a breakpoint instruction, of that length
 * @on: points or a step: the guest's own debug registers are not in force
 * @insns: breakpoint instructions break
 * @step: after the next instruction; interrupts wait until then
 * @changed: controls are to be written
 */
struct vx86_debug {
	u64 addr[VX86_DEBUG_POINTS];
	u64 dr7;
	u8 exec;
	u8 insn_len;
	bool on;
	bool insns;
	bool step;
	bool changed;
};

/* Bits of axvm_vcpu_arch.pending. */
#define VX86_PENDING_IRQ 0 /* irqs may hold a vector */
#define VX86_PENDING_NMI 1 /* an NMI waits */
#define VX86_PENDING_NMI2 2 /* and another one behind it */
#define VX86_PENDING_EVENT 3 /* .event is valid (own thread) */
#define VX86_PENDING_TIMER 4 /* the local APIC's timer is to be looked at */
#define VX86_PENDING_MP 5 /* INIT or SIPI: see lapic_mp.c */
#define VX86_PENDING_EXTINT 6 /* a message of mode ExtINT */

/**
 * struct vmx_vcpu - what VMX adds to a vCPU
 *
 * Legend: (c) constant; (o) its own thread, irqs off; (l) written on the CPU
 * where it is loaded, irqs off, read anywhere.
 */
struct vmx_vcpu {
	void *vmcs; /* (c) the region */
	u64 vmcs_pa; /* (c) */
	u16 vpid; /* (c) 0: none */
	int cpu; /* (l) where the VMCS is loaded, or -1 */
	int flushed_cpu; /* (o) where the VPID's translations are current */
	struct list_head node; /* (l) in the CPU's list of loaded VMCSs */
	u8 resume; /* (l) VMX_ENTER_RESUME; 0: VMLAUNCH */
	bool constant; /* (o) control fields are written */
	u32 proc; /* (o) primary controls as written */
	u32 proc2; /* (o) secondary controls as written */
	u32 tpr_threshold; /* (o) as written */
	u32 entry; /* (o) entry controls as written */
	struct vmx_spec *spec; /* (c) lists of MSRs; NULL: no SPEC_CTRL */
	bool spec_on; /* (o) SPEC_CTRL is the guest's, the lists are in use */
	u64 host_rsp; /* (o) as written; enter.S knows where it is */
	u64 host_cr3; /* (o) as written */
	u64 host_cr4; /* (o) as written */
	u64 host_fs_base; /* (o) as written */
	u64 cr0_guest; /* (o) GUEST_CR0 & mask as written */
	u64 cr4_mask; /* (o) CR4 bits that exit */
	u32 exit_reason; /* (o) of the last exit, bit 31: entry failed */
	u32 insn_error; /* (o) of the last failed VMX instruction */
};

/** struct vx86_undecoded - an instruction that exited and is not emulated */
struct vx86_undecoded {
	u64 rip;
	gpa_t gpa;
	u8 len; /* 0: none */
	u8 times; /* in a row */
	u8 bytes[VINSN_MAX_BYTES];
};

/**
 * struct vx86_user_io - a port instruction that userspace answers
 * @key: complement of its exit qualification, 0: none
 * @version: of the buses by which it is so
 * @pio: decoded
 */
struct vx86_user_io {
	u64 key;
	u32 version;
	struct pio pio;
};

/**
 * struct vx86_user_mov - a MOV between a register and memory that is none, for
 * userspace to answer
 * @len: bytes of the instruction; 0: none is under way
 * @reg: the register that is read into
 * @bytes: 4 or 8
 * @write: nothing is read
 */
struct vx86_user_mov {
	u8 len;
	u8 reg;
	u8 bytes;
	bool write;
};

/* What CPUID answered lately; leaves whose answer hangs on CR4 are not here. */
#define VX86_CPUID_CACHE 8
struct vx86_cpuid_line {
	u32 leaf;
	u32 subleaf;
	struct vcpuid_regs regs;
	bool valid;
};

/**
 * struct axvm_vcpu_arch - the x86 part of a vCPU
 *
 * Legend: (o) its own thread, or run_lock held while it is out; (a) atomic,
 * any context; (c) constant.
 *
 * A part of @state that the hardware's structure also holds is current here
 * if its bit in @valid is set; otherwise vx86_need() fetches it.  A bit in
 * @dirty (always valid, too) is written before the next entry.
 */
struct axvm_vcpu_arch {
	struct vx86_state state; /* (o) */
	u32 valid; /* (o) VX86_* */
	u32 dirty; /* (o) VX86_* */
	unsigned long pending; /* (a) VX86_PENDING_* */
	unsigned long irqs[256 / BITS_PER_LONG]; /* (a) vectors that wait; with
						  * a local APIC: those that
						  * left it already */
	struct vx86_lapic *lapic; /* (c) NULL: a bare VM */
	struct vx86_event event; /* (o) to be injected at the next entry */
	bool in_stay; /* (o) irqs are off, the control structure is current */
	bool host_stale; /* (o) interrupts were on: look at the host again */
	bool halted; /* (o) HLT executed and not woken */
	bool regs_given; /* (o) userspace wrote registers before START */
	bool off; /* (o) index > 0 and nobody gave it registers */
	bool dr_loaded; /* (o) DR0-DR3 hold the guest's, or @debug's */
	bool syscall_loaded; /* (o) so do the MSRs of SYSCALL */
	struct vx86_debug debug; /* (o) */
	union {
		struct {
			bool triple; /* (o) a triple fault is due */
			bool stepped; /* (o) a step was carried out by us, a
				       * break is due */
			bool pdpte_stale; /* (o) PDPTEs must be read from guest
					   * memory */
			bool apic_moved; /* (o) the local APIC's mode or
					  * address is new */
		};
		u32 due; /* any of these: not in this stay */
	};
	bool apic_stale; /* (o) controls are for another state of it */
	bool apic_delivers; /* (o) the processor delivers from its page */
	bool trained; /* (o) this CPU's predictors know the guest */
	u32 ends; /* (o) AXVM_EXIT_* with which a device ends the VM, or 0 */
	u32 insn_len; /* (o) of the instruction that vcpu->exit is about */
	u32 slow; /* (o) what axvm_arch_vcpu_slow() must do */
	u32 cr_part; /* (o) VX86_CR0 or VX86_CR4 will be */
	u64 cr_value; /* (o) that, if PDPTEs are good */
	u64 qual; /* (o) exit qualification, for the slow part */
	u32 insn_info; /* (o) VM-exit instruction information, likewise */
	struct pio pio; /* (o) port instruction under way */
	struct vx86_user_io user_io; /* (o) the last one for userspace */
	struct vinsn_cpu icpu; /* (o) registers of an emulated instruction */
	struct vinsn_run irun; /* (o) MMIO instruction under way */
	struct vx86_user_mov user_mov; /* (o) or this one, if .len */
	u8 part; /* (o) bytes of irun.access that are done */
	u64 part_value; /* (o) what they are */
	bool walk_fault; /* (o) vcpu->fault is about a table of the guest's */
	struct vx86_undecoded undecoded; /* (o) the last one */
	u64 cr0_owned; /* (c) CR0 bits that exit */
	u64 cr4_allowed; /* (s) CR4 bits that the guest may set */
	u64 efer_allowed; /* (s) */
	u64 xcr0_allowed; /* (s) */
	u64 spec_ctrl_allowed; /* (s) */
	u32 features; /* (s) VCPUID_WITH_* that mean MSRs */
	u32 phys_bits; /* (s) MAXPHYADDR of the guest */

	struct vx86_cpuid_line cpuid[VX86_CPUID_CACHE]; /* (o) */

	void *xsave; /* (o) FPU state, standard format */
	void *boot_xsave; /* (o) with @boot */
	struct vx86_state *boot; /* (o) registers at START */

	/* Host's own while a stay lasts (o). */
	u64 host_kernel_gs;
	u64 host_debugctl;
	u64 host_pebs;
	u32 host_pkru;
	u16 host_ds, host_es, host_fs, host_gs;

	struct vmx_vcpu vmx;
};

#endif /* AXVM_X86_ARCH_TYPES_H */
