// SPDX-License-Identifier: GPL-2.0
/*
 * arm64 on both sides: where guests live, entry at EL1 with the MMU off, and
 * KVM's GICv3.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "tests/bench/bench.h"
#include "uapi/axvm_arm64.h"

#define PSTATE_EL1H_MASKED 0x3c5

const struct bench_arch bench_arch = {
	.ram = GUEST_ARM64_RAM + 0x1000, /* no block of 2 MiB fits */
	.ram_len = 0x1ff000,
	.load = GUEST_ARM64_LOAD,
	.results = GUEST_ARM64_RESULTS,
	.touch = BENCH_A64_TOUCH,
	.done = BENCH_A64_DONE,
	.user = BENCH_A64_USER,
	.mmio = BENCH_A64_USER,
};

/* ---- axvm ------------------------------------------------------------------ */

void axvm_arch_entry(int vcpu_fd, unsigned int index)
{
	struct axvm_arm64_regs regs = {
		.x[1] = index,
		.pc = GUEST_ARM64_LOAD,
		.pstate = PSTATE_EL1H_MASKED,
	};
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_GENERAL,
		.len = sizeof(regs),
		.buf = (uintptr_t)&regs,
	};

	need(ioctl(vcpu_fd, AXVM_VCPU_SET_REGS, &block), "AXVM_VCPU_SET_REGS");
}

uint64_t axvm_arch_irq(void)
{
	return BENCH_A64_SPI;
}

/* ---- KVM -------------------------------------------------------------------- */

static void gic_attr(int fd, uint32_t group, uint64_t attr, uint64_t value)
{
	struct kvm_device_attr arg = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)&value,
	};

	need(ioctl(fd, KVM_SET_DEVICE_ATTR, &arg), "KVM_SET_DEVICE_ATTR");
}

void kvm_arch_vm(struct vm *vm, int dev)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	need(ioctl(vm->fd, KVM_CREATE_DEVICE, &gic), "KVM_CREATE_DEVICE");
	vm->gic = gic.fd;
	gic_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
		 BENCH_A64_GICD);
	gic_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 KVM_VGIC_V3_ADDR_TYPE_REDIST, BENCH_A64_GICR);
}

void kvm_arch_vcpu(struct vm *vm, unsigned int index, int dev)
{
	static struct kvm_vcpu_init init;
	static bool known;

	if (!known) {
		need(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init),
		     "KVM_ARM_PREFERRED_TARGET");
		init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
		known = true;
	}
	need(ioctl(vm->vcpu[index], KVM_ARM_VCPU_INIT, &init),
	     "KVM_ARM_VCPU_INIT");
}

#define CORE(field)                                            \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
	 KVM_REG_ARM_CORE_REG(regs.field))

static void reg_set(int fd, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	need(ioctl(fd, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

void kvm_arch_entry(struct vm *vm, unsigned int index)
{
	int fd = vm->vcpu[index];

	reg_set(fd, CORE(pc), GUEST_ARM64_LOAD);
	reg_set(fd, CORE(pstate), PSTATE_EL1H_MASKED);
	reg_set(fd, CORE(regs[1]), index);
}

void kvm_arch_start(struct vm *vm)
{
	gic_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 0);
}

void kvm_arch_irq(struct vm *vm)
{
	static const struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT |
		       BENCH_A64_SPI,
		.level = 1,
	};

	need(ioctl(vm->fd, KVM_IRQ_LINE, &line), "KVM_IRQ_LINE");
}
