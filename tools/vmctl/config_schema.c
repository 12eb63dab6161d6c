// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of a configuration, as tables.  A new key is a line here and a
 * member in config.h.
 */
#include "config.h"
#include "config_schema.h"

#define FIELD(s, k, t) { .name = #k, .type = t, .offset = offsetof(struct s, k) }
#define OPTIONAL(s, k, t)                                                      \
	{ .name = #k, .type = t, .offset = offsetof(struct s, k), .optional = 1 }
#define ROWS(k, r)                                                             \
	{ .name = #k, .type = CFG_ROWS, .offset = offsetof(struct config, k), .row = &(r) }
#define END { .name = NULL }
#define ROW(s, f) { .size = sizeof(struct s), .fields = f }

static const struct cfg_field region_fields[] = {
	FIELD(cfg_region, gpa, CFG_HEX),
	FIELD(cfg_region, size, CFG_HEX),
	OPTIONAL(cfg_region, flags, CFG_HEX),
	OPTIONAL(cfg_region, map_type, CFG_NUM),
	OPTIONAL(cfg_region, hpa, CFG_HEX),
	END,
};

static const struct cfg_field emu_fields[] = {
	FIELD(cfg_emu, name, CFG_TEXT),
	FIELD(cfg_emu, base_gpa, CFG_HEX),
	FIELD(cfg_emu, length, CFG_HEX),
	FIELD(cfg_emu, irq_id, CFG_NUM),
	FIELD(cfg_emu, emu_type, CFG_HEX),
	OPTIONAL(cfg_emu, cfg_list, CFG_NUMS),
	END,
};

static const struct cfg_field passthrough_fields[] = {
	FIELD(cfg_passthrough, name, CFG_TEXT),
	OPTIONAL(cfg_passthrough, base_gpa, CFG_HEX),
	OPTIONAL(cfg_passthrough, base_hpa, CFG_HEX),
	OPTIONAL(cfg_passthrough, length, CFG_HEX),
	OPTIONAL(cfg_passthrough, irq_id, CFG_NUM),
	END,
};

static const struct cfg_field range_fields[] = {
	FIELD(cfg_range, base, CFG_HEX),
	FIELD(cfg_range, length, CFG_HEX),
	END,
};

static const struct cfg_field path_fields[] = {
	FIELD(cfg_path, path, CFG_TEXT),
	END,
};

static const struct cfg_field image_fields[] = {
	FIELD(cfg_image, path, CFG_PATH),
	FIELD(cfg_image, at, CFG_HEX),
	END,
};

static const struct cfg_row region_row = ROW(cfg_region, region_fields);
static const struct cfg_row emu_row = ROW(cfg_emu, emu_fields);
static const struct cfg_row passthrough_row = ROW(cfg_passthrough, passthrough_fields);
static const struct cfg_row range_row = ROW(cfg_range, range_fields);
static const struct cfg_row path_row = ROW(cfg_path, path_fields);
static const struct cfg_row image_row = ROW(cfg_image, image_fields);

static const struct cfg_field top_fields[] = {
	ROWS(image, image_row),
	FIELD(config, memory, CFG_NUM),
	END,
};

static const struct cfg_field base_fields[] = {
	FIELD(config, id, CFG_NUM),
	FIELD(config, name, CFG_TEXT),
	FIELD(config, vm_type, CFG_NUM),
	FIELD(config, cpu_num, CFG_NUM),
	FIELD(config, phys_cpu_ids, CFG_NUMS),
	FIELD(config, phys_cpu_sets, CFG_NUMS),
	END,
};

static const struct cfg_field kernel_fields[] = {
	FIELD(config, entry_point, CFG_HEX),
	FIELD(config, kernel_path, CFG_PATH),
	FIELD(config, kernel_load_addr, CFG_HEX),
	FIELD(config, bios_path, CFG_PATH),
	FIELD(config, bios_load_addr, CFG_HEX),
	FIELD(config, dtb_path, CFG_PATH),
	FIELD(config, dtb_load_addr, CFG_HEX),
	FIELD(config, ramdisk_path, CFG_PATH),
	FIELD(config, ramdisk_load_addr, CFG_HEX),
	FIELD(config, image_location, CFG_TEXT),
	FIELD(config, cmdline, CFG_TEXT),
	FIELD(config, disk_path, CFG_PATH),
	ROWS(memory_regions, region_row),
	FIELD(config, enable_bios, CFG_BOOL),
	FIELD(config, boot_protocol, CFG_TEXT),
	FIELD(config, uefi_firmware_path, CFG_PATH),
	FIELD(config, start_mode, CFG_TEXT),
	FIELD(config, page_table_addr, CFG_HEX),
	END,
};

static const struct cfg_field device_fields[] = {
	ROWS(emu_devices, emu_row),
	ROWS(passthrough_devices, passthrough_row),
	ROWS(passthrough_addresses, range_row),
	ROWS(passthrough_ports, range_row),
	ROWS(excluded_devices, path_row),
	FIELD(config, interrupt_mode, CFG_TEXT),
	FIELD(config, spi_list, CFG_NUMS),
	END,
};

const struct cfg_section cfg_sections[] = {
	{ .name = "", .fields = top_fields },
	{ .name = "base", .fields = base_fields },
	{ .name = "kernel", .fields = kernel_fields },
	{ .name = "devices", .fields = device_fields },
	{ .name = NULL },
};
