/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a GICv3 without security states and LPIs, or a GICv2 without: the state
 * of every interrupt, the distributor's and redistributors' registers, SGIs, and
 * the choice of what goes into a vCPU's list registers.  One lock of the owner
 * guards all of it; list registers in hardware, kicks and memory are the
 * owner's too.
 * Manual: "Arm Generic Interrupt Controller Architecture Specification",
 * GIC architecture versions 2 and 3.
 */
#ifndef AXVM_ARM64_VGIC_H
#define AXVM_ARM64_VGIC_H

#include <linux/types.h>

#define VGIC_NR_SGIS 16u
#define VGIC_NR_PRIVATE 32u /* SGIs 0-15, PPIs 16-31 */
#define VGIC_NR_INTIDS 1020u
#define VGIC_MAX_SPIS (VGIC_NR_INTIDS - VGIC_NR_PRIVATE)
#define VGIC_MAX_LRS 16u
#define VGIC_NOWHERE 0xffffu
#define VGIC_V2_CPUS 8u /* that a GICv2 can serve */

#define VGIC_DIST_BYTES 0x10000u
#define VGIC_REDIST_BYTES 0x20000u /* one vCPU's two frames */

/* List register, ICH_LR<n>_EL2. */
#define VGIC_LR_INTID 0xffffffffull
#define VGIC_LR_EOI (1ull << 41) /* maintenance interrupt at its end */
#define VGIC_LR_PINTID_SHIFT 32
#define VGIC_LR_PRIORITY_SHIFT 48
#define VGIC_LR_GROUP1 (1ull << 60)
#define VGIC_LR_HW (1ull << 61)
#define VGIC_LR_PENDING (1ull << 62)
#define VGIC_LR_ACTIVE (1ull << 63)

struct vgic;

/**
 * struct vgic_ops - the owner's side; called with the owner's lock held
 * @changed: what vCPU @cpu's list registers should hold may have changed, and
 *	when @wake there is an interrupt that it could take
 */
struct vgic_ops {
	void (*changed)(struct vgic *v, unsigned int cpu, bool wake);
};

/**
 * struct vgic_irq - one interrupt
 * @enabled, @group1, @edge: as the registers say
 * @latch: pending by an edge, an SGI or ISPENDR
 * @line: level of its line
 * @active: taken and not deactivated
 * @sent: its list register went in as pending
 * @held: it is in a list register
 * @priority: lower is more urgent; the upper five bits exist
 * @hw: physical INTID that ends with it, or 0
 * @target: SPI: index of the vCPU it goes to, or VGIC_NOWHERE
 * @router: SPI: GICD_IROUTER; version 2: GICD_ITARGETSR
 * @sources: SGI of version 2: vCPUs that sent it and were not heard yet
 * @source: the one whose SGI is in a list register, or active
 */
struct vgic_irq {
	bool enabled;
	bool group1;
	bool edge;
	bool latch;
	bool line;
	bool active;
	bool sent;
	bool held;
	u8 priority;
	u16 hw;
	u16 target;
	u64 router;
	u8 sources;
	u8 source;
};

/**
 * struct vgic_cpu - a vCPU's part
 * @affinity: its MPIDR affinity, Aff3 in bits 39:32
 * @asleep: GICR_WAKER.ProcessorSleep
 * @irq: its SGIs and PPIs
 * @words: bit n: @wanted[n] is not 0
 * @wanted: bit n: INTID n is pending or active here
 */
struct vgic_cpu {
	u64 affinity;
	bool asleep;
	u16 words;
	struct vgic_irq irq[VGIC_NR_PRIVATE];
	u64 wanted[(VGIC_NR_INTIDS + 63) / 64];
};

/**
 * struct vgic - the controller of a VM
 * @ops: (constant) and @opaque for them
 * @cpu: (constant) the vCPUs, below @nr_cpus
 * @nr_cpus: (constant) how many
 * @spi: (constant) array of the SPIs, from INTID 32
 * @nr_spis: (constant) how many: a multiple of 32, less 32 at the top
 * @v2: (constant) it is a GICv2: one distributor, 8 vCPUs, list registers
 *	carry an SGI's sender where the physical INTID is
 * @group_enabled: GICD_CTLR: groups 0 and 1 are forwarded
 */
struct vgic {
	const struct vgic_ops *ops;
	void *opaque;
	struct vgic_cpu **cpu;
	unsigned int nr_cpus;
	struct vgic_irq *spi;
	unsigned int nr_spis;
	bool v2;
	bool group_enabled[2];
};

/** vgic_reset() - reset state; ops, arrays, counts and affinities stay */
void vgic_reset(struct vgic *v);

/** vgic_reset_cpu() - the private part of one vCPU alone */
void vgic_reset_cpu(struct vgic *v, unsigned int cpu);

/** vgic_reset_spis() - the shared interrupts, which go to affinity 0 */
void vgic_reset_spis(struct vgic *v);

/**
 * vgic_is_fixed() - can this register be read without the owner's lock?
 *
 * True for registers that tell what the controller is, or one word of its
 * state that nothing else depends on.
 */
bool vgic_is_fixed(bool redist, unsigned int offset);

/**
 * vgic_needs_sync() - must every vCPU be out of the guest, and its list
 * registers folded back, before this access?
 * @redist: of a redistributor, else of the distributor
 *
 * True for registers about pending, active and routing state, which list
 * registers may hold at the moment.
 */
bool vgic_needs_sync(bool redist, unsigned int offset);

/**
 * vgic_dist_access() - the guest reads or writes the distributor
 * @offset: below VGIC_DIST_BYTES
 * @bytes: 1, 2, 4, 8
 * @value: written, or out
 *
 * Registers that do not exist, and widths that a register does not take, read
 * as zero and ignore writes.
 */
void vgic_dist_access(struct vgic *v, unsigned int offset, unsigned int bytes,
		      bool write, u64 *value);

/** vgic_redist_access() - the same for vCPU @cpu's redistributor */
void vgic_redist_access(struct vgic *v, unsigned int cpu, unsigned int offset,
			unsigned int bytes, bool write, u64 *value);

/**
 * vgic2_dist_access() - vCPU @cpu reads or writes a GICv2's distributor
 *
 * As vgic_dist_access(); the registers of SGIs and PPIs are each vCPU's own.
 */
void vgic2_dist_access(struct vgic *v, unsigned int cpu, unsigned int offset,
		       unsigned int bytes, bool write, u64 *value);

/** vgic2_needs_sync() - as vgic_needs_sync(), of a GICv2's distributor */
bool vgic2_needs_sync(unsigned int offset);

/**
 * vgic_sgi() - a vCPU wrote ICC_SGI1R_EL1 (group 1) or ICC_SGI0R_EL1
 * @from: its index
 */
void vgic_sgi(struct vgic *v, unsigned int from, u64 value, bool group1);

/**
 * vgic_set_line() - the line of an interrupt changes
 * @cpu: vCPU of a PPI; not looked at for SPIs
 *
 * An edge-triggered interrupt becomes pending when its line rises.
 * Return: 0; -EINVAL there is no such interrupt, or it is an SGI.
 */
int vgic_set_line(struct vgic *v, unsigned int cpu, unsigned int intid,
		  bool level);

/**
 * vgic_pulse() - an interrupt becomes pending once: an edge, a message, an SGI
 * @cpu: vCPU of an SGI or PPI
 *
 * Return: 0; -EINVAL there is no such interrupt.
 */
int vgic_pulse(struct vgic *v, unsigned int cpu, unsigned int intid);

/** vgic_deactivate() - vCPU @cpu wrote ICC_DIR_EL1; list registers are back */
void vgic_deactivate(struct vgic *v, unsigned int cpu, unsigned int intid);

/**
 * struct vgic_mask - what a vCPU's CPU interface lets through
 * @priority: ICC_PMR_EL1: what is less urgent waits
 * @group: ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1
 */
struct vgic_mask {
	u8 priority;
	bool group[2];
};

/** vgic_pending() - is there an interrupt that vCPU @cpu would be told of? */
bool vgic_pending(const struct vgic *v, unsigned int cpu,
		  const struct vgic_mask *mask);

/** vgic_idle() - nothing of vCPU @cpu is pending or active */
static inline bool vgic_idle(const struct vgic *v, unsigned int cpu)
{
	return !v->cpu[cpu]->words;
}

/* What found no room, vgic_flush(). */
#define VGIC_MORE_PENDING (1u << 0)
#define VGIC_MORE_ACTIVE (1u << 1)
#define VGIC_NONE_PENDING (1u << 2) /* and no list register is pending */

/**
 * vgic_flush() - choose what goes into a vCPU's list registers
 * @mask: its groups: what is in a closed one goes last
 * @lr: out: room for @nr values; those in use are filled
 * @nr: list registers that the hardware has, up to VGIC_MAX_LRS
 * @more: out: VGIC_MORE_*: ask for a maintenance interrupt when the guest may
 *	need what found no room
 *
 * By priority, active ones before pending ones; and whatever is pending, the
 * most urgent active one, which is what the guest ends next.
 * Return: how many are in use.
 */
unsigned int vgic_flush(struct vgic *v, unsigned int cpu,
			const struct vgic_mask *mask, u64 *lr, unsigned int nr,
			u32 *more);

/**
 * vgic_flush_only() - vgic_flush() where there is nothing to choose from
 *
 * Return: true: the vCPU wants a single interrupt, which is pending and in
 * @lr[0] now, and nothing found no room; false: nothing was done.
 */
bool vgic_flush_only(struct vgic *v, unsigned int cpu, u64 *lr);

/**
 * vgic_sync() - what the guest did with its list registers
 * @lr: values after the exit
 * @nr: what vgic_flush() returned
 * @ends: how many interrupts it ended that were in none
 *	(ICH_HCR_EL2.EOIcount)
 *
 * Each vgic_flush() is followed by one of these before the next.
 */
void vgic_sync(struct vgic *v, unsigned int cpu, const u64 *lr, unsigned int nr,
	       unsigned int ends);

#endif /* AXVM_ARM64_VGIC_H */
