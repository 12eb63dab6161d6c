/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual interrupt controller of a platform VM: the model of emul/vgic.h
 * with its lock, its frames on the bus, and its vCPUs' list registers.  A VM
 * without one has vm->arch.vgic NULL.
 */
#ifndef AXVM_ARM64_VGIC_HOST_H
#define AXVM_ARM64_VGIC_HOST_H

#include "module/device.h"
#include "module/vm.h"
#include "arch/arm64/emul/vgic.h"

/* The memory map, as QEMU's "virt" machine has it. */
#define ARM64_GICD_BASE 0x08000000ull
#define ARM64_GICC_BASE 0x08010000ull /* GICv2: the CPU interface */
#define ARM64_GICR_BASE 0x080a0000ull /* 128 KiB for each vCPU */

#define ARM64_NR_SPIS 96u
#define ARM64_VTIMER_INTID 27u
#define ARM64_PTIMER_INTID 30u

/**
 * struct arm64_vgic - of one VM
 * @vm: (constant)
 * @lock: guards the model, and each vCPU's list registers while it is out of
 *	the guest; irqs off; taken inside of devices' locks, outside of the
 *	scheduler's
 * @hold: one at a time takes the other vCPUs out to see their list registers;
 *	irqs on, outside of @lock
 * @model: (@lock)
 * @spi: (@lock) its SPIs
 * @dist: its place on the bus, and so for @redist
 * @added: how many of them are on the bus
 * @cpu: its vCPUs, by index; (constant) below @model.nr_cpus, (@lock) in there
 */
struct arm64_vgic {
	struct axvm_vm *vm;
	raw_spinlock_t lock;
	raw_spinlock_t hold;
	struct vgic model;
	struct vgic_irq spi[ARM64_NR_SPIS];
	struct axvm_device dist;
	struct axvm_device redist; /* GICv2: the CPU interface's place */
	unsigned int added;
	struct vgic_cpu *cpu[AXVM_MAX_VCPUS];
};

/* vgic_vm.c */
/** Process; -ENOMEM, -EEXIST, -EOPNOTSUPP no GICv3 with all it takes here. */
int arm64_vgic_init(struct axvm_vm *vm);
void arm64_vgic_exit(struct axvm_vm *vm);
/** Reset state; all vCPUs are out. */
void arm64_vgic_reset(struct axvm_vm *vm);
/** A vCPU is made (process, before the VM starts).  0 or -ENOMEM. */
int arm64_vgic_vcpu_init(struct axvm_vcpu *vcpu);
/** A line of the vCPU's own, or an SPI's (any context). */
void arm64_vgic_line(struct axvm_vcpu *vcpu, u32 intid, bool level);
/** The line of a timer of its own, which has risen (irqs off, in a stay). */
void arm64_vgic_timer_rose(struct axvm_vcpu *vcpu, u32 intid);
void arm64_vgic_spi(struct axvm_vm *vm, u32 intid, bool level);
/** AXVM_VM_IRQ (process). */
int arm64_vgic_irq(struct axvm_vm *vm, const struct axvm_irq *irq);
/** The guest wrote ICC_SGI1R_EL1 (@group1), or one of its kin. */
void arm64_vgic_sgi(struct axvm_vcpu *vcpu, u64 value, bool group1);
/** The guest wrote ICC_DIR_EL1. */
void arm64_vgic_dir(struct axvm_vcpu *vcpu, u64 value);
/** Would the guest leave WFI?  Out of a stay, any context. */
bool arm64_vgic_wakes(struct axvm_vcpu *vcpu);
/** The same in a stay (preemption off). */
bool arm64_vgic_wakes_now(struct axvm_vcpu *vcpu);

/* vgic_hw_v3.c */
/** Look what the host has (process, at insmod). */
void vgic_hw_probe(void);
/**
 * struct vgic_madt - what ACPI's MADT says of the virtual interface
 * @virq: Linux's number of the maintenance interrupt, 0: none
 * @gich, @gicv: a GICv2's frames, or 0
 */
struct vgic_madt {
	int virq;
	phys_addr_t gich;
	phys_addr_t gicv;
};

/** False: no ACPI, or it does not say (process). */
bool vgic_madt_find(struct vgic_madt *m);
/** Claim its maintenance interrupt, before the first CPU is taken (process). */
int vgic_hw_init(void);
void vgic_hw_exit(void);
/** Could it serve a guest's GICv3 (any context)? */
bool vgic_hw_present(void);
/** This CPU is taken or given back (irqs off). */
void vgic_hw_cpu_enable(void);
void vgic_hw_cpu_disable(void);
/** The CPU interface as after reset. */
void vgic_hw_reset(struct axvm_vcpu *vcpu);
/** What the guest's CPU interface let through when it was last looked at. */
void vgic_hw_mask(struct axvm_vcpu *vcpu, struct vgic_mask *mask);
/** Look at it now (in a stay, preemption off). */
void vgic_hw_fetch(struct axvm_vcpu *vcpu);
/** Fold list registers back into the model (@lock held, out of the guest). */
void vgic_hw_fold(struct axvm_vcpu *vcpu);
/** Irqs off, on the way in, something to do: fill list registers. */
void vgic_hw_flush(struct axvm_vcpu *vcpu);
/** Irqs off, on the way out, list registers in use. */
void vgic_hw_sync(struct axvm_vcpu *vcpu);
/** A stay ends. */
void vgic_hw_put(struct axvm_vcpu *vcpu);
/** List register state of an interrupt: 0, or bit 0 pending, 1 active. */
unsigned int vgic_hw_state(struct axvm_vcpu *vcpu, u32 intid);

extern bool vgic_is_v2; /* written once, by vgic_hw_probe() */

/* vgic_hw_v2.c: the same on a GICv2; only when vgic_hw_is_v2() */
#define VGIC_V2_CPU_BYTES 0x2000u
/** Are list registers those of a GICv2? */
static inline bool vgic_hw_is_v2(void)
{
	return vgic_is_v2;
}
/** Look for one; its maintenance interrupt, 0: none (process). */
int vgic_v2_probe(void);
int vgic_v2_init(void);
void vgic_v2_exit(void);
/** Where the host has the frame that a guest gets as its CPU interface. */
phys_addr_t vgic_v2_cpu_frame(void);
unsigned int vgic_v2_lrs(void);
/** A stay begins or ends (preemption off). */
void vgic_v2_load(struct axvm_vcpu *vcpu);
void vgic_v2_put(struct axvm_vcpu *vcpu);
/** What the guest's interface lets through, into hyp->gic (in a stay). */
void vgic_v2_fetch(struct axvm_vcpu *vcpu);
/** Around an entry, irqs off. */
void vgic_v2_enter(struct axvm_vcpu *vcpu);
void vgic_v2_leave(struct axvm_vcpu *vcpu);

#endif /* AXVM_ARM64_VGIC_HOST_H */
