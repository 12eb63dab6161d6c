// SPDX-License-Identifier: GPL-2.0
/*
 * Boots a Linux kernel under KVM with one vCPU, for tests/bench/boot: KVM's
 * GICv3, timer and PSCI, and as much of a PL011 here as the console asks for.
 * The machine is axvm's: the device tree comes from vmctl --dump-dtb.
 *
 *	kvm_boot IMAGE INITRD DTB INITRD-ADDRESS DTB-ADDRESS MIB
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM 0x40000000ull
#define GICD 0x08000000
#define GICR 0x080a0000
#define UART 0x09000000
#define UART_DR 0x00
#define UART_FR 0x18
#define UART_FR_EMPTY 0x90 /* TXFE, RXFE */
#define UART_ID 0xfe0
#define BLOCK (2ull << 20)
#define PSTATE_EL1H_MASKED 0x3c5

static char *ram;
static unsigned long asked;

static int need(int value, const char *what)
{
	if (value < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(errno));
		exit(1);
	}
	return value;
}

/* Guest memory at an address that allows blocks. */
static void ram_make(int vm, uint64_t len)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = RAM,
		.memory_size = len,
	};
	char *p = mmap(NULL, len + BLOCK, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	need(p == MAP_FAILED ? -1 : 0, "memory");
	ram = (char *)(((uintptr_t)p + BLOCK - 1) & ~(BLOCK - 1));
	madvise(ram, len, MADV_HUGEPAGE);
	region.userspace_addr = (uintptr_t)ram;
	need(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "memory slot");
}

static void load(const char *path, uint64_t gpa)
{
	char *to = ram + (gpa - RAM);
	int fd = need(open(path, O_RDONLY), path);
	ssize_t n;

	while ((n = need(read(fd, to, 1 << 20), path)) > 0)
		to += n;
	close(fd);
}

static void gic_attr(int fd, uint32_t group, uint64_t attr, uint64_t value)
{
	struct kvm_device_attr arg = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)&value,
	};

	need(ioctl(fd, KVM_SET_DEVICE_ATTR, &arg), "GIC");
}

static void reg_set(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	need(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "register");
}

#define CORE(field)                                            \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
	 KVM_REG_ARM_CORE_REG(regs.field))

static int vcpu_make(int vm, uint64_t dtb)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };
	struct kvm_vcpu_init init;
	int vcpu;

	need(ioctl(vm, KVM_CREATE_DEVICE, &gic), "GIC");
	gic_attr(gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST,
		 GICD);
	gic_attr(gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		 KVM_VGIC_V3_ADDR_TYPE_REDIST, GICR);
	vcpu = need(ioctl(vm, KVM_CREATE_VCPU, 0), "vCPU");
	need(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "target");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	need(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "vCPU");
	gic_attr(gic.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 0);
	reg_set(vcpu, CORE(pc), RAM);
	reg_set(vcpu, CORE(pstate), PSTATE_EL1H_MASKED);
	reg_set(vcpu, CORE(regs[0]), dtb);
	return vcpu;
}

static uint32_t uart_read(uint64_t offset)
{
	static const uint8_t id[8] = { 0x11, 0x10, 0x14, 0x00,
				       0x0d, 0xf0, 0x05, 0xb1 };

	if (offset >= UART_ID && offset < UART_ID + 4 * sizeof(id))
		return id[(offset - UART_ID) / 4];
	return offset == UART_FR ? UART_FR_EMPTY : 0;
}

static void access_answer(struct kvm_run *run)
{
	uint64_t offset = run->mmio.phys_addr - UART;
	uint32_t value;

	asked++;
	if (run->mmio.is_write) {
		if (offset == UART_DR)
			putchar(run->mmio.data[0]);
		return;
	}
	value = offset < 0x1000 ? uart_read(offset) : 0;
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	memcpy(run->mmio.data, &value, sizeof(value));
}

static void run_until_off(int vcpu, size_t bytes)
{
	struct kvm_run *run =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	need(run == MAP_FAILED ? -1 : 0, "kvm_run");
	/* The guest's counter begins when it does. */
	printf("kvm_boot: start tsc 0\n");
	fflush(stdout);
	reg_set(vcpu, KVM_REG_ARM_TIMER_CNT, 0);
	do {
		need(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_MMIO)
			access_answer(run);
	} while (run->exit_reason == KVM_EXIT_MMIO);
	printf("kvm_boot: to userspace: %lu accesses, ended by %u\n", asked,
	       run->exit_reason);
}

int main(int argc, char **argv)
{
	int dev, vm, vcpu;
	uint64_t dtb;

	if (argc < 7)
		return 2;
	dtb = strtoull(argv[5], NULL, 0);
	dev = need(open("/dev/kvm", O_RDWR), "/dev/kvm");
	vm = need(ioctl(dev, KVM_CREATE_VM, 0), "VM");
	ram_make(vm, strtoull(argv[6], NULL, 0) << 20);
	load(argv[1], RAM);
	load(argv[2], strtoull(argv[4], NULL, 0));
	load(argv[3], dtb);
	vcpu = vcpu_make(vm, dtb);
	run_until_off(vcpu, ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, 0));
	return 0;
}
