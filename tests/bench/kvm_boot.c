// SPDX-License-Identifier: GPL-2.0
/*
 * A Linux guest through /dev/kvm, for comparison: kvm_boot KERNEL INITRD MiB
 * COMMAND-LINE.  One vCPU and the same machine as axvm's: what vmctl writes
 * into memory before the start, KVM's interrupt controllers and PIT in the
 * kernel; the UART, the clock and ACPI's registers, which KVM does not have,
 * by axvm's own models here.  Prints the guest's TSC before its first
 * instruction, its output, and KVM's own counts at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arch/x86/emul/acpi_pm.h"
#include "arch/x86/emul/rtc.h"
#include "arch/x86/emul/uart16550.h"
#include "tools/vmctl/acpi.h"
#include "tools/vmctl/bzimage.h"
#include "tools/vmctl/diag.h"
#include "tools/vmctl/x86_map.h"

#define BLOCK (2ull << 20)
#define ENTRY_64 0x200u

static int vm, vcpu;
static struct kvm_run *run;
static char *ram;
static uint64_t ram_len;
static bool ended;

static __attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt,
								...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, " (%s)\n", strerror(errno));
	exit(1);
}

static int need(int ret, const char *what)
{
	if (ret < 0)
		die("kvm_boot: %s", what);
	return ret;
}

/* ---- memory ----------------------------------------------------------------- */

/* At an address that allows blocks; huge pages as far as the host has them. */
static void memory_make(uint64_t len)
{
	struct kvm_userspace_memory_region region = { .memory_size = len };
	char *p = mmap(NULL, len + BLOCK, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("kvm_boot: memory");
	ram = p + (-(uintptr_t)p & (BLOCK - 1));
	ram_len = len;
	madvise(ram, len, MADV_HUGEPAGE);
	region.userspace_addr = (uintptr_t)ram;
	need(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region),
	     "KVM_SET_USER_MEMORY_REGION");
}

static void *at(uint64_t gpa, uint64_t len)
{
	if (gpa > ram_len || len > ram_len - gpa)
		die("kvm_boot: 0x%llx does not fit", (long long)gpa);
	return ram + gpa;
}

static uint8_t *file_map(const char *path, size_t *len)
{
	int fd = need(open(path, O_RDONLY | O_CLOEXEC), path);
	struct stat st;
	void *p;

	need(fstat(fd, &st), path);
	*len = st.st_size;
	p = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die("kvm_boot: %s", path);
	close(fd);
	return p;
}

static void tables_make(void)
{
	uint64_t *t = at(X86_PAGE_TABLES, 6 * 4096);
	static const uint64_t gdt[] = { 0, 0, 0xaf9b000000ffff,
					0xcf93000000ffff };
	unsigned int i;

	memcpy(at(X86_GDT, sizeof(gdt)), gdt, sizeof(gdt));
	t[0] = (X86_PAGE_TABLES + 4096) | 3;
	for (i = 0; i < 4; i++)
		t[512 + i] = (X86_PAGE_TABLES + (2 + i) * 4096) | 3;
	for (i = 0; i < 4 * 512; i++)
		t[1024 + i] = (uint64_t)i << 21 | 0x83;
}

/* Return: the entry point. */
static uint64_t kernel_load(const char *kernel, const char *initrd,
			    const char *cmdline)
{
	const struct acpi_machine machine = { .nr_cpus = 1 };
	const struct e820_range map[] = {
		{ 0, X86_LOW_END, E820_RAM },
		{ X86_LOW_END, X86_HOLE - X86_LOW_END, E820_RESERVED },
		{ X86_ACPI, X86_HIGH - X86_ACPI, E820_ACPI },
		{ X86_HIGH, ram_len - X86_HIGH, E820_RAM },
	};
	struct bzimage_boot tell = { .cmdline = X86_CMDLINE,
				     .rsdp = X86_ACPI,
				     .map = map,
				     .nr_map = 4 };
	size_t len, initrd_len;
	const uint8_t *file = file_map(kernel, &len);
	const uint8_t *disk = file_map(initrd, &initrd_len);
	struct diags diags = {};
	struct bzimage z;

	if (!bzimage_parse(file, len, kernel, &z, &diags)) {
		diag_print(&diags);
		exit(1);
	}
	tell.load = z.preferred;
	tell.initrd = (ram_len - initrd_len) & ~4095ull;
	tell.initrd_len = initrd_len;
	at(z.preferred, z.init_size);
	memcpy(at(tell.load, z.body), file + z.setup, z.body);
	memcpy(at(tell.initrd, initrd_len), disk, initrd_len);
	strcpy(at(X86_CMDLINE, strlen(cmdline) + 1), cmdline);
	acpi_make(&machine, X86_ACPI, at(X86_ACPI, ACPI_MAX_BYTES));
	bzimage_params(&z, file, &tell, at(X86_INFO, BOOT_PARAMS_BYTES));
	tables_make();
	return tell.load + ENTRY_64;
}

/* ---- the processor -------------------------------------------------------------- */

#define CPUID_ENTRIES 128
#define CPUID1_X2APIC (1u << 21)
#define CPUID1_TSC_DEADLINE (1u << 24)
#define CPUID1_HYPERVISOR (1u << 31)

static void cpuid_set(int dev)
{
	static char buf[sizeof(struct kvm_cpuid2) +
			CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2)];
	struct kvm_cpuid2 *cpuid = (void *)buf;
	unsigned int i;

	cpuid->nent = CPUID_ENTRIES;
	need(ioctl(dev, KVM_GET_SUPPORTED_CPUID, cpuid),
	     "KVM_GET_SUPPORTED_CPUID");
	for (i = 0; i < cpuid->nent; i++) {
		struct kvm_cpuid_entry2 *e = &cpuid->entries[i];

		if (e->function != 1)
			continue;
		e->ecx |= CPUID1_X2APIC | CPUID1_TSC_DEADLINE |
			  CPUID1_HYPERVISOR;
		e->ebx = (e->ebx & 0xffff) | 1 << 16;
	}
	need(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
}

static void registers_set(uint64_t entry)
{
	struct kvm_regs regs = { .rip = entry, .rsi = X86_INFO, .rflags = 2 };
	struct kvm_segment data = { .limit = ~0u,
				    .selector = 0x18,
				    .type = 3,
				    .present = 1,
				    .s = 1,
				    .db = 1,
				    .g = 1 };
	struct kvm_segment code = { .limit = ~0u,
				    .selector = 0x10,
				    .type = 11,
				    .present = 1,
				    .s = 1,
				    .l = 1,
				    .g = 1 };
	struct kvm_sregs s;

	need(ioctl(vcpu, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
	s.cs = code;
	s.ds = s.es = s.ss = s.fs = s.gs = data;
	s.gdt.base = X86_GDT;
	s.gdt.limit = 31;
	s.cr0 = 1ull << 31 | 1 << 5 | 1 << 4 | 1;
	s.cr3 = X86_PAGE_TABLES;
	s.cr4 = 1 << 5;
	s.efer = 1 << 10 | 1 << 8;
	need(ioctl(vcpu, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
	need(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

/* One MSR; @set: write it. */
static uint64_t msr(uint32_t index, bool set, uint64_t value)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry e;
	} m = { { .nmsrs = 1 }, { .index = index, .data = value } };
	int ret = ioctl(vcpu, set ? KVM_SET_MSRS : KVM_GET_MSRS, &m);

	if (ret != 1)
		die("kvm_boot: MSR 0x%x", index);
	return m.e.data;
}

#define MSR_TSC 0x10
#define MSR_MISC_ENABLE 0x1a0
#define FAST_STRINGS 1

/* Strings are as fast as the host has them, or the guest would not use them. */
static void fast_strings(void)
{
	static char flags[1 << 16];
	FILE *f = fopen("/proc/cpuinfo", "r");

	if (!f)
		die("kvm_boot: /proc/cpuinfo");
	flags[fread(flags, 1, sizeof(flags) - 1, f)] = 0;
	fclose(f);
	if (strstr(flags, " rep_good "))
		msr(MSR_MISC_ENABLE, true, FAST_STRINGS);
}

/* ---- devices ---------------------------------------------------------------------- */

static struct acpi_pm pm;
static struct rtc rtc;

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void line_set(unsigned int gsi, bool level)
{
	struct kvm_irq_level irq = { .irq = gsi, .level = level };

	need(ioctl(vm, KVM_IRQ_LINE, &irq), "KVM_IRQ_LINE");
}

static void uart_tx(struct uart16550 *uart, u8 byte)
{
	putchar(byte);
	if (byte == '\n')
		fflush(stdout);
}

static int uart_rx(struct uart16550 *uart)
{
	return -1;
}

static void uart_irq(struct uart16550 *uart, bool level)
{
	line_set(X86_COM1_IRQ, level);
}

static const struct uart16550_ops uart_ops = { uart_tx, uart_rx, uart_irq };
static struct uart16550 uart;

static u64 port_in(u16 port, unsigned int bytes)
{
	if (port - X86_COM1 < UART16550_PORTS)
		return uart16550_read(&uart, port - X86_COM1);
	if (port - X86_PM1_EVENT < ACPI_PM_BYTES)
		return acpi_pm_read(&pm, port - X86_PM1_EVENT, bytes, now());
	if (port - X86_RTC < 2u)
		return rtc_read(&rtc, port - X86_RTC, now());
	return ~0ull;
}

static void port_out(u16 port, unsigned int bytes, u64 value)
{
	if (port - X86_COM1 < UART16550_PORTS)
		uart16550_write(&uart, port - X86_COM1, value);
	else if (port - X86_PM1_EVENT < ACPI_PM_BYTES)
		ended |= acpi_pm_write(&pm, port - X86_PM1_EVENT, bytes, value,
				       now());
	else if (port - X86_RTC < 2u)
		rtc_write(&rtc, port - X86_RTC, value, now());
	else if (port == X86_RESET_PORT && value == X86_RESET_VALUE)
		ended = true;
}

static void handle_io(void)
{
	char *data = (char *)run + run->io.data_offset;
	unsigned int i, bytes = run->io.size;
	u64 value;

	for (i = 0; i < run->io.count; i++, data += bytes) {
		value = 0;
		if (run->io.direction == KVM_EXIT_IO_IN) {
			value = port_in(run->io.port, bytes);
			memcpy(data, &value, bytes);
		} else {
			memcpy(&value, data, bytes);
			port_out(run->io.port, bytes, value);
		}
	}
}

static unsigned long pio, mmio, others;

static void handle(void)
{
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		pio++;
		handle_io();
		break;
	case KVM_EXIT_MMIO:
		mmio++;
		if (!run->mmio.is_write)
			memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
		break;
	case KVM_EXIT_INTR:
		others++;
		break;
	default:
		die("kvm_boot: exit %u, %#llx", run->exit_reason,
		    (long long)run->hw.hardware_exit_reason);
	}
}

/* ---- what KVM counted ---------------------------------------------------------------- */

static void stats_show(void)
{
	int fd = ioctl(vcpu, KVM_GET_STATS_FD, NULL);
	struct kvm_stats_header head;
	unsigned int i;

	if (fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head))
		return;
	for (i = 0; i < head.num_desc; i++) {
		char buf[sizeof(struct kvm_stats_desc) + 64];
		struct kvm_stats_desc *d = (void *)buf;
		size_t len = sizeof(*d) + head.name_size;
		uint64_t value;

		if (len > sizeof(buf) ||
		    pread(fd, d, len, head.desc_offset + i * len) !=
			    (ssize_t)len)
			return;
		if (d->size == 1 &&
		    pread(fd, &value, 8, head.data_offset + d->offset) == 8 &&
		    value)
			printf("kvm_boot: stat %s %llu\n", d->name,
			       (long long)value);
	}
	close(fd);
}

static void vm_make(int dev)
{
	struct kvm_pit_config pit = {};
	size_t bytes = need(ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, 0),
			    "KVM_GET_VCPU_MMAP_SIZE");

	vm = need(ioctl(dev, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	need(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000ul), "KVM_SET_TSS_ADDR");
	need(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	need(ioctl(vm, KVM_CREATE_PIT2, &pit), "KVM_CREATE_PIT2");
	vcpu = need(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	run = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		die("kvm_boot: kvm_run");
}

int main(int argc, char **argv)
{
	int dev;

	if (argc != 5)
		die("usage: kvm_boot KERNEL INITRD MiB COMMAND-LINE");
	dev = need(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	vm_make(dev);
	memory_make(strtoull(argv[3], NULL, 0) << 20);
	cpuid_set(dev);
	registers_set(kernel_load(argv[1], argv[2], argv[4]));
	fast_strings();
	uart16550_init(&uart, &uart_ops);
	acpi_pm_reset(&pm);
	rtc_init(&rtc);
	rtc_set_wall(&rtc, time(NULL) * 1000000000ull, now());
	printf("kvm_boot: start tsc %llu\n", (long long)msr(MSR_TSC, false, 0));
	fflush(stdout);
	while (!ended) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0 && errno != EINTR &&
		    errno != EAGAIN)
			die("kvm_boot: KVM_RUN");
		handle();
	}
	printf("kvm_boot: to userspace: %lu ports, %lu MMIO, %lu others\n", pio,
	       mmio, others);
	stats_show();
	return 0;
}
