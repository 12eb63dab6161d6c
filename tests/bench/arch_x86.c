// SPDX-License-Identifier: GPL-2.0
/*
 * x86 on both sides: where guests live, real-mode entry at the image, CPUID
 * and the interrupt chips of KVM.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "tests/bench/bench.h"
#include "uapi/axvm_x86.h"

const struct bench_arch bench_arch = {
	.ram = 0,
	.ram_len = 0xa0000,
	.load = GUEST_X86_LOAD,
	.results = GUEST_X86_RESULTS,
	.touch = BENCH_X86_TOUCH,
	.done = BENCH_X86_DONE,
	.user = BENCH_X86_USER,
	.mmio = BENCH_X86_MMIO,
};

/* ---- axvm ------------------------------------------------------------------ */

void axvm_arch_entry(int vcpu_fd, unsigned int index)
{
	struct axvm_x86_sregs sregs;
	struct axvm_x86_regs regs = {
		.gpr[3] = index,
		.rip = GUEST_X86_LOAD,
		.rflags = 2,
	};
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_SYSTEM,
		.len = sizeof(sregs),
		.buf = (uintptr_t)&sregs,
	};

	need(ioctl(vcpu_fd, AXVM_VCPU_GET_REGS, &block), "AXVM_VCPU_GET_REGS");
	sregs.seg[AXVM_X86_CS].base = 0;
	sregs.seg[AXVM_X86_CS].selector = 0;
	need(ioctl(vcpu_fd, AXVM_VCPU_SET_REGS, &block), "AXVM_VCPU_SET_REGS");
	block.block = AXVM_REGS_GENERAL;
	block.len = sizeof(regs);
	block.buf = (uintptr_t)&regs;
	need(ioctl(vcpu_fd, AXVM_VCPU_SET_REGS, &block), "AXVM_VCPU_SET_REGS");
}

uint64_t axvm_arch_irq(void)
{
	return BENCH_X86_VECTOR;
}

/* ---- KVM -------------------------------------------------------------------- */

#define TSS_ADDRESS 0xfffbd000ul
#define CPUID1_X2APIC (1u << 21)
#define CPUID1_TSC_DEADLINE (1u << 24)

void kvm_arch_vm(struct vm *vm, int dev)
{
	struct kvm_pit_config pit = {};

	need(ioctl(vm->fd, KVM_SET_TSS_ADDR, TSS_ADDRESS), "KVM_SET_TSS_ADDR");
	need(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	need(ioctl(vm->fd, KVM_CREATE_PIT2, &pit), "KVM_CREATE_PIT2");
}

#define CPUID_ENTRIES 128

/* What the CPU can do, asked for once; then as every VMM does it. */
static struct kvm_cpuid2 *cpuid_get(int dev)
{
	static char buf[sizeof(struct kvm_cpuid2) +
			CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2)];
	struct kvm_cpuid2 *cpuid = (void *)buf;

	if (cpuid->nent)
		return cpuid;
	cpuid->nent = CPUID_ENTRIES;
	need(ioctl(dev, KVM_GET_SUPPORTED_CPUID, cpuid),
	     "KVM_GET_SUPPORTED_CPUID");
	return cpuid;
}

void kvm_arch_vcpu(struct vm *vm, unsigned int index, int dev)
{
	struct kvm_cpuid2 *cpuid = cpuid_get(dev);
	unsigned int i;

	for (i = 0; i < cpuid->nent; i++) {
		struct kvm_cpuid_entry2 *e = &cpuid->entries[i];

		if (e->function == 1) {
			e->ecx |= CPUID1_X2APIC | CPUID1_TSC_DEADLINE;
			e->ebx = (e->ebx & 0xffffff) | index << 24;
		} else if (e->function == 0xb) {
			e->edx = index;
		}
	}
	need(ioctl(vm->vcpu[index], KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
}

void kvm_arch_entry(struct vm *vm, unsigned int index)
{
	struct kvm_mp_state mp = { KVM_MP_STATE_RUNNABLE };
	struct kvm_regs regs = {
		.rbx = index,
		.rip = GUEST_X86_LOAD,
		.rflags = 2,
	};
	int fd = vm->vcpu[index];
	struct kvm_sregs sregs;

	need(ioctl(fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	need(ioctl(fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	need(ioctl(fd, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	if (index)
		need(ioctl(fd, KVM_SET_MP_STATE, &mp), "KVM_SET_MP_STATE");
}

void kvm_arch_start(struct vm *vm)
{
}

void kvm_arch_irq(struct vm *vm)
{
	static const struct kvm_msi msi = {
		.address_lo = 0xfee00000,
		.data = BENCH_X86_VECTOR,
	};

	need(ioctl(vm->fd, KVM_SIGNAL_MSI, &msi), "KVM_SIGNAL_MSI");
}
