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
 * @cpu: (@lock) its vCPUs, by index
 */
struct arm64_vgic {
	struct axvm_vm *vm;
	raw_spinlock_t lock;
	raw_spinlock_t hold;
	struct vgic model;
	struct vgic_irq spi[ARM64_NR_SPIS];
	struct axvm_device dist;
	struct axvm_device redist;
	unsigned int added;
	struct vgic_cpu cpu[AXVM_MAX_VCPUS];
};

/* vgic_vm.c */
/** Process; -ENOMEM, -EEXIST, -EOPNOTSUPP no GICv3 with all it takes here. */
int arm64_vgic_init(struct axvm_vm *vm);
void arm64_vgic_exit(struct axvm_vm *vm);
/** Reset state; all vCPUs are out. */
void arm64_vgic_reset(struct axvm_vm *vm);
/** A vCPU is made (process, before the VM starts). */
void arm64_vgic_vcpu_init(struct axvm_vcpu *vcpu);
/** A line of the vCPU's own, or an SPI's (any context). */
void arm64_vgic_line(struct axvm_vcpu *vcpu, u32 intid, bool level);
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

#endif /* AXVM_ARM64_VGIC_HOST_H */
