// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of a configuration, as tables.  A new key is a line here and a
 * member in config.h.
 */
#include <string.h>

#include "config.h"
#include "config_schema.h"

/* clang-format off */

/* A key: section with dot, name, type, struct, member, what else there is. */
#define KEY(section, n, t, s, m, ...)                                          \
	{ .key = section #n, .name = &(section #n)[sizeof(section) - 1],       \
	  .type = CFG_##t, .offset = offsetof(struct s, m), __VA_ARGS__ }
#define END { .name = NULL }
#define ROW(s, f, ...) { .size = sizeof(struct s), .fields = f, __VA_ARGS__ }
#define OPT .optional = true
#define ROWS_OF(r) .row = &(r)
#define WORDS(w) .words = w
#define HELP(e, h) .example = e, .help = h

const struct cfg_word cfg_arch_words[] = {
	{ "x86", CFG_ARCH_X86 }, { "x86_64", CFG_ARCH_X86 },
	{ "amd64", CFG_ARCH_X86 }, { "arm64", CFG_ARCH_ARM64 },
	{ "aarch64", CFG_ARCH_ARM64 }, { "riscv64", CFG_ARCH_RISCV64 },
	{ "loongarch64", CFG_ARCH_LOONGARCH64 }, END,
};

const struct cfg_word cfg_device_words[] = {
	{ "dummy", CFG_EMU_DUMMY },
	{ "interrupt-controller", CFG_EMU_INTC },
	{ "console", CFG_EMU_CONSOLE },
	{ "fw-cfg", CFG_EMU_FW_CFG },
	{ "channel", CFG_EMU_CHANNEL },
	{ "gic-redistributor", CFG_EMU_GICR },
	{ "gic-distributor", CFG_EMU_GICD },
	{ "gic-its", CFG_EMU_ITS },
	{ "ioapic", CFG_EMU_IOAPIC },
	{ "pit", CFG_EMU_PIT },
	{ "plic", CFG_EMU_PLIC },
	{ "virtio-blk", CFG_EMU_VIRTIO_BLK },
	{ "virtio-net", CFG_EMU_VIRTIO_NET },
	{ "virtio-console", CFG_EMU_VIRTIO_CONSOLE },
	END,
};

static const struct cfg_word os_words[] = {
	{ "host", 0 }, { "rtos", 1 }, { "linux", 2 }, END,
};

static const struct cfg_word kind_words[] = {
	{ "alloc", CFG_MAP_ALLOC }, { "allocated", CFG_MAP_ALLOC },
	{ "identical", CFG_MAP_IDENTICAL }, { "reserved", CFG_MAP_RESERVED }, END,
};

static const struct cfg_word end_words[] = {
	{ "pass", CFG_VERDICT_PASS }, { "fail", CFG_VERDICT_FAIL },
	{ "skip", CFG_VERDICT_SKIP }, END,
};

const struct cfg_word cfg_verdict_words[] = {
	{ "pass", CFG_VERDICT_PASS }, { "fail", CFG_VERDICT_FAIL },
	{ "panic", CFG_VERDICT_PANIC }, { "triple-fault", CFG_VERDICT_TRIPLE },
	{ "entry-failure", CFG_VERDICT_ENTRY }, { "timeout", CFG_VERDICT_TIMEOUT },
	END,
};

/* ---- rows ------------------------------------------------------------ */

#define R_KEY(n, t, s, m, ...) KEY("", n, t, s, m, __VA_ARGS__)

static const struct cfg_field ax_region_fields[] = {
	R_KEY(gpa, HEX, cfg_region, gpa),
	R_KEY(size, HEX, cfg_region, size),
	R_KEY(flags, ACCESS, cfg_region, flags, OPT),
	R_KEY(map_type, WORD, cfg_region, map_type, OPT, WORDS(kind_words)),
	R_KEY(hpa, HEX, cfg_region, hpa, OPT),
	END,
};

static const struct cfg_field region_fields[] = {
	R_KEY(at, HEX, cfg_region, gpa, HELP("0x0", "first guest-physical address")),
	R_KEY(size, SIZE, cfg_region, size, HELP("\"512M\"", "bytes")),
	R_KEY(access, ACCESS, cfg_region, flags, OPT,
	      HELP("\"rwx\"", "letters r, w, x, or a sum of map flags; then +device, +uncached")),
	R_KEY(kind, WORD, cfg_region, map_type, OPT, WORDS(kind_words),
	      HELP("\"alloc\"", "alloc: the kernel's pages; identical: host address = guest address; reserved: host address in `host`")),
	R_KEY(host, HEX, cfg_region, hpa, OPT,
	      HELP("0x1_0000_0000", "host-physical address of a reserved region")),
	END,
};

static const struct cfg_field ax_emu_fields[] = {
	R_KEY(name, TEXT, cfg_emu, name),
	R_KEY(base_gpa, HEX, cfg_emu, base_gpa),
	R_KEY(length, HEX, cfg_emu, length),
	R_KEY(irq_id, NUM, cfg_emu, irq_id),
	R_KEY(emu_type, WORD, cfg_emu, emu_type, WORDS(cfg_device_words)),
	R_KEY(cfg_list, NUMS, cfg_emu, cfg_list, OPT),
	END,
};

static const struct cfg_field device_fields[] = {
	R_KEY(type, WORD, cfg_emu, emu_type, WORDS(cfg_device_words),
	      HELP("\"console\"", "what is emulated: console, gic-distributor, ioapic, virtio-blk, ...")),
	R_KEY(name, TEXT, cfg_emu, name, OPT, HELP("\"uart\"", "a label")),
	R_KEY(at, HEX, cfg_emu, base_gpa, OPT, HELP("0x900_0000", "its guest-physical address")),
	R_KEY(size, HEX, cfg_emu, length, OPT, HELP("0x1000", "bytes of it")),
	R_KEY(irq, NUM, cfg_emu, irq_id, OPT, HELP("33", "its interrupt")),
	R_KEY(options, NUMS, cfg_emu, cfg_list, OPT,
	      HELP("[]", "numbers whose meaning depends on the type")),
	END,
};

static const struct cfg_field ax_passthrough_fields[] = {
	R_KEY(name, TEXT, cfg_passthrough, name),
	R_KEY(base_gpa, HEX, cfg_passthrough, base_gpa, OPT),
	R_KEY(base_hpa, HEX, cfg_passthrough, base_hpa, OPT),
	R_KEY(length, HEX, cfg_passthrough, length, OPT),
	R_KEY(irq_id, NUM, cfg_passthrough, irq_id, OPT),
	END,
};

static const struct cfg_field pt_device_fields[] = {
	R_KEY(name, TEXT, cfg_passthrough, name,
	      HELP("\"/soc/serial@9000000\"", "a node of the host's device tree, or a label")),
	R_KEY(at, HEX, cfg_passthrough, base_gpa, OPT, HELP("0x900_0000", "guest-physical address")),
	R_KEY(host, HEX, cfg_passthrough, base_hpa, OPT, HELP("0x900_0000", "host-physical address")),
	R_KEY(size, HEX, cfg_passthrough, length, OPT, HELP("0x1000", "bytes")),
	R_KEY(irq, NUM, cfg_passthrough, irq_id, OPT, HELP("33", "its interrupt")),
	END,
};

static const struct cfg_field ax_range_fields[] = {
	R_KEY(base, HEX, cfg_range, base),
	R_KEY(length, HEX, cfg_range, length),
	/* What its own tables say. */
	R_KEY(base_gpa, HEX, cfg_range, base, OPT, .alias = true),
	END,
};

static const struct cfg_field range_fields[] = {
	R_KEY(at, HEX, cfg_range, base, HELP("0x800_0000", "first address")),
	R_KEY(size, HEX, cfg_range, length, HELP("0x1000", "bytes")),
	END,
};

static const struct cfg_field port_fields[] = {
	R_KEY(at, HEX, cfg_range, base, HELP("0x3f8", "first port")),
	R_KEY(size, NUM, cfg_range, length, HELP("8", "how many")),
	END,
};

static const struct cfg_field path_fields[] = {
	R_KEY(path, TEXT, cfg_path, path, HELP("\"/soc/gpu\"", "a node of the host's device tree")),
	END,
};

static const struct cfg_field image_fields[] = {
	R_KEY(path, PATH, cfg_image, path, HELP("\"data.bin\"", "the file")),
	R_KEY(at, HEX, cfg_image, at, HELP("0x800_0000", "where it goes")),
	END,
};

static const struct cfg_field cpuid_row_fields[] = {
	R_KEY(leaf, HEX, cfg_cpuid, leaf, HELP("0x7", "EAX of CPUID")),
	R_KEY(subleaf, HEX, cfg_cpuid, subleaf, OPT, HELP("0x0", "ECX of CPUID")),
	R_KEY(eax, HEX, cfg_cpuid, eax, OPT, HELP("0x0", "bits of EAX")),
	R_KEY(ebx, HEX, cfg_cpuid, ebx, OPT, HELP("0x1_0000", "bits of EBX")),
	R_KEY(ecx, HEX, cfg_cpuid, ecx, OPT, HELP("0x0", "bits of ECX")),
	R_KEY(edx, HEX, cfg_cpuid, edx, OPT, HELP("0x0", "bits of EDX")),
	END,
};

static const struct cfg_row ax_region_row = ROW(cfg_region, ax_region_fields);
static const struct cfg_row region_row = ROW(cfg_region, region_fields);
static const struct cfg_row ax_emu_row = ROW(cfg_emu, ax_emu_fields);
static const struct cfg_row device_row = ROW(cfg_emu, device_fields);
static const struct cfg_row ax_passthrough_row = ROW(cfg_passthrough, ax_passthrough_fields);
static const struct cfg_row pt_device_row = ROW(cfg_passthrough, pt_device_fields);
static const struct cfg_row ax_range_row = ROW(cfg_range, ax_range_fields);
static const struct cfg_row range_row = ROW(cfg_range, range_fields);
static const struct cfg_row port_row = ROW(cfg_range, port_fields);
static const struct cfg_row path_row = ROW(cfg_path, path_fields, .flatten = true);
static const struct cfg_row cpuid_row = ROW(cfg_cpuid, cpuid_row_fields);
static const struct cfg_row image_row = ROW(cfg_image, image_fields);

/* ---- our own form ---------------------------------------------------- */

#define C_KEY(section, n, t, m, ...) KEY(section, n, t, config, m, __VA_ARGS__)

static const struct cfg_field top_fields[] = {
	C_KEY("", version, NUM, version, HELP("1", "of this schema")),
	C_KEY("", file, TEXT, origin,
	      HELP(NULL, "where a configuration came from that a VM carries; not looked at")),
	C_KEY("", arch, WORD, arch, WORDS(cfg_arch_words),
	      HELP("\"x86\"", "of the guest: x86 or arm64; another host's is refused")),
	C_KEY("", name, TEXT, name, HELP("\"guest\"", "what commands call the VM")),
	C_KEY("", id, NUM, id, HELP("1", "a label; ids of VMs are the kernel's")),
	C_KEY("", os, WORD, vm_type, WORDS(os_words), HELP("\"linux\"", "a label: host, rtos or linux")),
	C_KEY("", cpus, NUM, cpu_num, HELP("1", "vCPUs, 1 to 64")),
	C_KEY("", cpu_ids, NUMS, phys_cpu_ids,
	      HELP("[0]", "APIC id or MPIDR of each vCPU")),
	C_KEY("", affinity, MASK, affinity,
	      HELP("\"0-1\"", "host CPUs for all vCPUs; [\"0\", \"1\"] for each one")),
	C_KEY("", affinity, MASKS, phys_cpu_sets),
	C_KEY("", memory, SIZE, memory,
	      HELP("\"512M\"", "guest memory; or [[memory]] tables to say where")),
	C_KEY("", memory, ROWS, memory_regions, ROWS_OF(region_row),
	      HELP(NULL, "guest memory, region by region")),
	C_KEY("", interrupts, TEXT, interrupt_mode,
	      HELP("\"emulated\"", "interrupt controllers: emulated, none or passthrough")),
	C_KEY("", spis, NUMS, spi_list,
	      HELP("[33]", "shared interrupts handed to an arm64 guest")),
	C_KEY("", physical_timer, TEXT, physical_timer,
	      HELP("\"emulated\"", "an arm64 guest's: emulated, or passthrough: the CPU's own (VHE hosts)")),
	C_KEY("", user_calls, BOOL, user_calls,
	      HELP("false", "hypercalls of the guest's programs (CPL > 0) count as its kernel's do (x86)")),
	C_KEY("", disk, PATH, disk_path, HELP("\"disk.img\"", "disk image")),
	C_KEY("", image, ROWS, image, ROWS_OF(image_row),
	      HELP(NULL, "more files to load")),
	C_KEY("", device, ROWS, emu_devices, ROWS_OF(device_row),
	      HELP(NULL, "emulated devices")),
	END,
};

static const struct cfg_field boot_fields[] = {
	C_KEY("boot.", kernel, PATH, kernel_path, HELP("\"vmlinuz\"", "what is started")),
	C_KEY("boot.", kernel_at, HEX, kernel_load_addr,
	      HELP("0x20_0000", "where it goes; a Linux kernel finds its place itself")),
	C_KEY("boot.", initrd, PATH, ramdisk_path, HELP("\"initrd.img\"", "initial RAM disk")),
	C_KEY("boot.", initrd_at, HEX, ramdisk_load_addr, HELP("0x800_0000", "where it goes")),
	C_KEY("boot.", cmdline, TEXT, cmdline,
	      HELP("\"console=ttyS0\"", "the kernel's command line")),
	C_KEY("boot.", dtb, PATH, dtb_path, HELP("\"guest.dtb\"", "device tree (arm64)")),
	C_KEY("boot.", dtb_at, HEX, dtb_load_addr, HELP("0x4000_0000", "where it goes")),
	C_KEY("boot.", firmware, PATH, bios_path, HELP("\"firmware.bin\"", "firmware image")),
	C_KEY("boot.", firmware_at, HEX, bios_load_addr, HELP("0xf_0000", "where it goes")),
	C_KEY("boot.", use_firmware, BOOL, enable_bios,
	      HELP("false", "start in the firmware that comes with axvm")),
	C_KEY("boot.", uefi, PATH, uefi_firmware_path, HELP("\"uefi.fd\"", "UEFI firmware image")),
	C_KEY("boot.", protocol, TEXT, boot_protocol,
	      HELP("\"direct\"", "direct (any), linux, pvh, multiboot or uefi")),
	C_KEY("boot.", entry, HEX, entry_point,
	      HELP("0x20_0000", "where vCPU 0 starts, if not at the kernel's own entry")),
	C_KEY("boot.", mode, TEXT, start_mode,
	      HELP("\"protected32\"", "x86: real, protected32, long64 or reset")),
	C_KEY("boot.", page_tables, HEX, page_table_addr,
	      HELP("0x9000", "x86, mode long64: where 24 KiB of page tables go")),
	END,
};

static const struct cfg_field pt_fields[] = {
	C_KEY("passthrough.", device, ROWS, passthrough_devices, ROWS_OF(pt_device_row),
	      HELP(NULL, "devices of the host")),
	C_KEY("passthrough.", memory, ROWS, passthrough_addresses, ROWS_OF(range_row),
	      HELP(NULL, "device memory of the host at the same address")),
	C_KEY("passthrough.", ports, ROWS, passthrough_ports, ROWS_OF(port_row),
	      HELP(NULL, "I/O ports of the host (x86)")),
	C_KEY("passthrough.", exclude, ROWS, excluded_devices, ROWS_OF(path_row),
	      HELP(NULL, "nodes of the host's device tree that stay with the host")),
	END,
};

static const struct cfg_field cpuid_fields[] = {
	C_KEY("cpuid.", features, TEXT, cpuid.features,
	      HELP("\"-avx512f,+aes\"", "-: hidden, with all that builds on it; +: create fails where guests have none (x86)")),
	C_KEY("cpuid.", hide, ROWS, cpuid.hide, ROWS_OF(cpuid_row),
	      HELP(NULL, "bits that read as zero (x86)")),
	C_KEY("cpuid.", need, ROWS, cpuid.need, ROWS_OF(cpuid_row),
	      HELP(NULL, "bits without which create fails (x86)")),
	END,
};

static const struct cfg_field test_fields[] = {
	C_KEY("test.", summary, TEXT, test.summary, HELP("\"what it is about\"", "for people")),
	C_KEY("test.", timeout, TEXT, test.timeout,
	      HELP("\"30s\"", "how long it may run")),
	C_KEY("test.", expect, WORD, test.expect, WORDS(cfg_verdict_words),
	      HELP("\"pass\"", "the right outcome: pass, fail, panic, triple-fault, entry-failure or timeout")),
	C_KEY("test.", port, HEX, test.port,
	      HELP("0xf4", "x86: a value written to this port is the verdict")),
	C_KEY("test.", mmio, HEX, test.mmio,
	      HELP("0x1000_0000", "likewise a value written to this address, where no memory is")),
	C_KEY("test.", hypercall, HEX, test.hypercall,
	      HELP("0x4158", "likewise the first argument of the hypercall of this number")),
	C_KEY("test.", pass_value, NUM, test.pass_value, HELP("0", "the value that means: passed")),
	C_KEY("test.", skip_value, NUM, test.skip_value,
	      HELP("77", "the value that means: not to be tested here; any other: failed")),
	C_KEY("test.", poweroff, WORD, test.poweroff, WORDS(end_words),
	      HELP("\"pass\"", "what ACPI or PSCI power-off means: pass, fail or skip")),
	C_KEY("test.", reset, WORD, test.reset, WORDS(end_words),
	      HELP("\"fail\"", "what a reset means")),
	C_KEY("test.", halt, WORD, test.halt, WORDS(end_words),
	      HELP("\"fail\"", "what it means when all vCPUs sleep for good")),
	C_KEY("test.", pass, TEXT, test.pass,
	      HELP("\"^PASS\"", "a line of the console that matches this means: passed")),
	C_KEY("test.", fail, TEXT, test.fail,
	      HELP("\"^FAIL\"", "likewise: failed")),
	C_KEY("test.", skip, TEXT, test.skip,
	      HELP("\"^SKIP\"", "likewise: not to be tested here")),
	C_KEY("test.", panic, TEXT, test.panic,
	      HELP("\"Kernel panic\"", "likewise: the guest's kernel crashed; there is a default, \"\" is none")),
	C_KEY("test.", registers, TEXT, test.registers,
	      HELP("\"rip=0x8000\"", "vCPU 0 begins with these: REG=VALUE,... by the names of `vmctl regs`")),
	END,
};

const struct cfg_section cfg_own[] = {
	{ "", top_fields, NULL },
	{ "boot", boot_fields, "what runs in it" },
	{ "cpuid", cpuid_fields, "what an x86 guest sees of the CPU" },
	{ "test", test_fields, "how `vmctl test` judges it" },
	{ "passthrough", pt_fields, "what the host hands over" },
	{ NULL },
};

/* ---- AxVisor's form -------------------------------------------------- */

static const struct cfg_field base_fields[] = {
	C_KEY("base.", id, NUM, id),
	C_KEY("base.", name, TEXT, name),
	C_KEY("base.", vm_type, WORD, vm_type, WORDS(os_words)),
	C_KEY("base.", cpu_num, NUM, cpu_num),
	C_KEY("base.", phys_cpu_ids, NUMS, phys_cpu_ids),
	C_KEY("base.", phys_cpu_sets, NUMS, phys_cpu_sets),
	/* How its oldest files said phys_cpu_sets. */
	C_KEY("base.", cpu_set, HEX, affinity),
	END,
};

static const struct cfg_field kernel_fields[] = {
	C_KEY("kernel.", entry_point, HEX, entry_point),
	C_KEY("kernel.", kernel_path, PATH, kernel_path),
	C_KEY("kernel.", kernel_load_addr, HEX, kernel_load_addr),
	C_KEY("kernel.", bios_path, PATH, bios_path),
	C_KEY("kernel.", bios_load_addr, HEX, bios_load_addr),
	C_KEY("kernel.", dtb_path, PATH, dtb_path),
	C_KEY("kernel.", dtb_load_addr, HEX, dtb_load_addr),
	C_KEY("kernel.", ramdisk_path, PATH, ramdisk_path),
	C_KEY("kernel.", ramdisk_load_addr, HEX, ramdisk_load_addr),
	C_KEY("kernel.", image_location, TEXT, image_location),
	C_KEY("kernel.", cmdline, TEXT, cmdline),
	C_KEY("kernel.", disk_path, PATH, disk_path),
	C_KEY("kernel.", memory_regions, ROWS, memory_regions, ROWS_OF(ax_region_row)),
	C_KEY("kernel.", enable_bios, BOOL, enable_bios),
	C_KEY("kernel.", boot_protocol, TEXT, boot_protocol),
	C_KEY("kernel.", uefi_firmware_path, PATH, uefi_firmware_path),
	/* Ours, for its form. */
	C_KEY("kernel.", start_mode, TEXT, start_mode),
	C_KEY("kernel.", page_table_addr, HEX, page_table_addr),
	END,
};

static const struct cfg_field devices_fields[] = {
	C_KEY("devices.", emu_devices, ROWS, emu_devices, ROWS_OF(ax_emu_row)),
	C_KEY("devices.", passthrough_devices, ROWS, passthrough_devices, ROWS_OF(ax_passthrough_row)),
	C_KEY("devices.", passthrough_addresses, ROWS, passthrough_addresses, ROWS_OF(ax_range_row)),
	C_KEY("devices.", passthrough_ports, ROWS, passthrough_ports, ROWS_OF(ax_range_row)),
	C_KEY("devices.", excluded_devices, ROWS, excluded_devices, ROWS_OF(path_row)),
	C_KEY("devices.", interrupt_mode, TEXT, interrupt_mode),
	C_KEY("devices.", spi_list, NUMS, spi_list),
	END,
};

const struct cfg_section cfg_axvisor[] = {
	{ "base", base_fields, NULL },
	{ "kernel", kernel_fields, NULL },
	{ "devices", devices_fields, NULL },
	{ NULL },
};

/* clang-format on */

const char *cfg_word_name(const struct cfg_word *words, uint64_t v)
{
	for (; words->name; words++) {
		if (words->v == v)
			return words->name;
	}
	return NULL;
}
