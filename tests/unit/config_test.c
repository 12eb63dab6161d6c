// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of vmctl's configurations: every key, AxVisor's own files, mistakes
 * with their line, and the round trip through the normalised form.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "dev.h"
#include "tests/unit/config_rig.h"

#define CORPUS "tests/fuzz/corpus/config/"

/* The corpus, wherever the test is started: next to the sources. */
static bool load(const char *name)
{
	const char *slash = strstr(__FILE__, "tests/unit/");
	char path[512];

	snprintf(path, sizeof(path), "%.*s" CORPUS "%s",
		 slash ? (int)(slash - __FILE__) : 0, __FILE__, name);
	return config_load(path, &c, &d);
}

START_TEST(test_axvisor_arm64)
{
	const struct cfg_region *r;
	const struct cfg_passthrough *p;

	ck_assert(load("axvisor-linux-qemu.toml"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert_str_eq(c.name.v, "linux-qemu");
	ck_assert_uint_eq(c.vm_type.v, 1);
	ck_assert_uint_eq(c.phys_cpu_ids.n, 1);
	ck_assert_uint_eq(c.entry_point.v, 0x80200000);
	ck_assert_int_eq(c.entry_point.line, 8);
	ck_assert_uint_eq(c.dtb_load_addr.v, 0x80000000);
	ck_assert(strstr(c.kernel_path.v, CORPUS "images/qemu_aarch64_linux/qemu-aarch64"));
	ck_assert_int_eq(c.kernel_path.v[0], '/');
	ck_assert_uint_eq(c.memory_regions.n, 1);
	r = c.memory_regions.v;
	ck_assert_int_eq(r->line, 14);
	ck_assert_uint_eq(r->gpa.v, 0x80000000);
	ck_assert_uint_eq(r->size.v, 0x10000000);
	ck_assert_uint_eq(r->flags.v, 7);
	ck_assert_uint_eq(r->map_type.v, CFG_MAP_IDENTICAL);
	p = c.passthrough_devices.v;
	ck_assert_uint_eq(c.passthrough_devices.n, 1);
	ck_assert_str_eq(p->name.v, "/");
	ck_assert(!p->base_gpa.set);
	ck_assert(config_passthrough(&c));
	config_served(&c, 0, false, &d);
	ck_assert_uint_eq(d.errors, 2);
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 17, "devices.passthrough_devices"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 26, "interrupt_mode \"passthrough\""));
}
END_TEST

START_TEST(test_axvisor_x86)
{
	const struct cfg_passthrough *p;

	ck_assert(load("axvisor-nimbos.toml"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert_uint_eq(c.phys_cpu_sets.n, 1);
	ck_assert_uint_eq(c.phys_cpu_sets.v[0], 1);
	ck_assert_uint_eq(c.entry_point.v, 0x8000);
	ck_assert_uint_eq(c.bios_load_addr.v, 0x8000);
	ck_assert_uint_eq(c.kernel_load_addr.v, 0x200000);
	p = c.passthrough_devices.v;
	ck_assert_uint_eq(c.passthrough_devices.n, 3);
	ck_assert_str_eq(p[2].name.v, "HPET");
	ck_assert_uint_eq(p[2].base_gpa.v, 0xfed00000);
	ck_assert_uint_eq(p[2].base_hpa.v, 0xfed00000);
	ck_assert_uint_eq(p[2].length.v, 0x1000);
	ck_assert_uint_eq(p[2].irq_id.v, 1);
}
END_TEST

START_TEST(test_examples)
{
	ck_assert(load(_i ? "hello-arm64.toml" : "hello-x86.toml"));
	config_served(&c, 0, false, &d);
	ck_assert_uint_eq(d.n, 0);
	ck_assert(!config_passthrough(&c));
}
END_TEST

static void check_all_keys(void)
{
	const struct cfg_region *r = c.memory_regions.v;
	const struct cfg_emu *e = c.emu_devices.v;
	const struct cfg_range *ports = c.passthrough_ports.v;
	const struct cfg_path *x = c.excluded_devices.v;
	const struct cfg_image *img = c.image.v;

	ck_assert_uint_eq(c.vm_type.v, 2);
	ck_assert_uint_eq(c.phys_cpu_ids.v[1], 0x100);
	ck_assert_uint_eq(c.phys_cpu_sets.v[0], 3);
	ck_assert_uint_eq(c.entry_point.v, 0xfffffffffffff000);
	ck_assert_uint_eq(c.kernel_load_addr.v, 15);
	ck_assert_uint_eq(c.bios_load_addr.v, 8);
	ck_assert_str_eq(c.bios_path.v, "/c");
	ck_assert_uint_eq(c.dtb_load_addr.v, 1000);
	ck_assert_uint_eq(c.ramdisk_load_addr.v, 4096);
	ck_assert_str_eq(c.cmdline.v, "console=ttyS0 \xc3\xa9");
	ck_assert(c.enable_bios.v);
	ck_assert_str_eq(c.start_mode.v, "long64");
	ck_assert_uint_eq(c.page_table_addr.v, 0x1000);
	ck_assert_uint_eq(c.memory_regions.n, 3);
	ck_assert_uint_eq(r[0].flags.v, 0x3f);
	ck_assert_uint_eq(r[1].gpa.v, 1ull << 32);
	ck_assert_uint_eq(r[1].size.v, 1ull << 30);
	ck_assert_uint_eq(r[1].hpa.v, 0x80000000);
	ck_assert_uint_eq(c.emu_devices.n, 2);
	ck_assert_uint_eq(e[0].emu_type.v, 2);
	ck_assert_uint_eq(e[1].cfg_list.n, 2);
	ck_assert_uint_eq(e[1].cfg_list.v[1], 2);
	ck_assert_uint_eq(ports[0].base.v, 0x3f8);
	ck_assert_str_eq(x[0].path.v, "/soc");
	ck_assert_uint_eq(c.spi_list.n, 3);
	ck_assert_uint_eq(c.image.n, 1);
	ck_assert_uint_eq(img[0].at.v, 0x5000);
}

START_TEST(test_all_keys)
{
	ck_assert(load("rows.toml"));
	ck_assert_uint_eq(d.n, 0);
	check_all_keys();
	config_served(&c, 0, false, &d);
	ck_assert_uint_eq(d.errors, 10);
}
END_TEST

START_TEST(test_round_trip)
{
	struct json_object *one, *two;
	const char *text;

	ck_assert(load("rows.toml"));
	one = config_to_json(&c);
	config_free(&c);
	text = json_object_to_json_string(one);
	two = json_tokener_parse(text);
	ck_assert(config_from_json(two, "note", &c, &d));
	ck_assert_uint_eq(d.n, 0);
	check_all_keys();
	json_object_put(two);
	two = config_to_json(&c);
	ck_assert(json_object_equal(one, two));
	json_object_put(one);
	json_object_put(two);
}
END_TEST

/* Our own form, each key of it, with values as they are spelled there. */
START_TEST(test_own)
{
	const struct cfg_region *r;
	const struct cfg_emu *e;

	ck_assert(load("own.toml"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert_uint_eq(c.arch.v, CFG_ARCH_ARM64);
	ck_assert_uint_eq(c.vm_type.v, 2);
	ck_assert_uint_eq(c.cpu_num.v, 4);
	ck_assert_uint_eq(c.phys_cpu_ids.v[3], 257);
	ck_assert_uint_eq(c.phys_cpu_sets.n, 4);
	ck_assert_uint_eq(c.phys_cpu_sets.v[0], 0xd);
	ck_assert_uint_eq(c.phys_cpu_sets.v[1], 0x2);
	ck_assert_uint_eq(c.phys_cpu_sets.v[2], 0x4);
	ck_assert_uint_eq(c.phys_cpu_sets.v[3], 0x8);
	ck_assert_uint_eq(c.ramdisk_load_addr.v, 1200ull << 20);
	ck_assert_str_eq(c.cmdline.v, "console=ttyAMA0 x=\"a b\" \\");
	ck_assert(c.enable_bios.set && !c.enable_bios.v);
	r = c.memory_regions.v;
	ck_assert_uint_eq(c.memory_regions.n, 3);
	ck_assert_uint_eq(r[0].size.v, 512ull << 20);
	ck_assert(!r[0].flags.set);
	ck_assert_uint_eq(r[1].flags.v, 0x13);
	ck_assert_uint_eq(r[1].map_type.v, CFG_MAP_RESERVED);
	ck_assert_uint_eq(r[1].hpa.v, 0x800000000);
	ck_assert_uint_eq(r[2].flags.v, 1);
	ck_assert_uint_eq(r[2].map_type.v, CFG_MAP_IDENTICAL);
	e = c.emu_devices.v;
	ck_assert_uint_eq(e[0].emu_type.v, 2);
	ck_assert_uint_eq(e[0].irq_id.v, 33);
	ck_assert_uint_eq(e[1].emu_type.v, 0xe1);
	ck_assert(!e[1].base_gpa.set);
	ck_assert_str_eq(((struct cfg_path *)c.excluded_devices.v)->path.v, "/soc/gpu");
	config_served(&c, 0, true, &d);
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 12, "disk is understood"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 58, "device virtio-blk is understood"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 18, "boot.cmdline is understood"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 62, "passthrough.device is understood"));
}
END_TEST

/* Who gets the physical timer, and what the others are told. */
START_TEST(test_ptimer)
{
	static const struct {
		uint32_t backend;
		uint64_t caps;
		bool platform;
		const char *why;
	} hosts[] = {
		{ AXVM_BACKEND_VHE, AXVM_CAP_PTIMER, true, NULL },
		{ AXVM_BACKEND_NONE, ~0ull, true, NULL }, /* not known here */
		{ AXVM_BACKEND_VHE, AXVM_CAP_PTIMER, false, "interrupts = \"emulated\"" },
		{ AXVM_BACKEND_VHE, 0, true, "the timer's interrupt cannot be had" },
		{ AXVM_BACKEND_NVHE, 0, true, "its own clock" },
		{ AXVM_BACKEND_VMX, 0, true, "x86" },
		{ AXVM_BACKEND_SVM, 0, true, "x86" },
	};

	ck_assert(parse("physical_timer = \"passthrough\"\nmemory = \"1M\"\nboot = { entry = 0 }\n"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert(config_ptimer(&c));
	config_check_ptimer(&c, hosts[_i].backend, hosts[_i].caps, hosts[_i].platform, &d);
	ck_assert_uint_eq(d.errors, hosts[_i].why != NULL);
	if (hosts[_i].why)
		ck_assert_ptr_nonnull(said(DIAG_ERROR, 1, hosts[_i].why));
	config_free(&c);
	config_blank(&c, "t");
	ck_assert(!config_ptimer(&c));
	config_check_ptimer(&c, AXVM_BACKEND_NVHE, 0, true, &d);
	ck_assert_uint_eq(d.errors, hosts[_i].why != NULL);
}
END_TEST

START_TEST(test_json)
{
	const struct cfg_image *img;

	ck_assert(load("own.json"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert_str_eq(c.name.v, "from-json");
	ck_assert_int_eq(c.name.line, 4);
	ck_assert_uint_eq(c.memory.v, 512ull << 20);
	ck_assert_uint_eq(c.phys_cpu_sets.n, 2);
	ck_assert_uint_eq(c.phys_cpu_sets.v[1], 3);
	ck_assert_str_eq(c.cmdline.v, "console=ttyS0 caf\xc3\xa9");
	ck_assert_int_eq(c.kernel_load_addr.line, 11);
	ck_assert_uint_eq(c.kernel_load_addr.v, 1048576);
	img = c.image.v;
	ck_assert_uint_eq(c.image.n, 2);
	ck_assert_uint_eq(img[0].at.v, 0x5000);
	ck_assert_uint_eq(img[1].at.v, 0x6000);
	ck_assert_int_eq(img[1].line, 13);
	ck_assert_str_eq(c.interrupt_mode.v, "emu");
}
END_TEST

START_TEST(test_axvisor_flat)
{
	const struct cfg_region *r;

	ck_assert(load("axvisor-flat.toml"));
	ck_assert_uint_eq(d.n, 0);
	ck_assert_uint_eq(c.cpu_num.v, 2);
	ck_assert_uint_eq(c.phys_cpu_sets.n, 2);
	ck_assert_uint_eq(c.phys_cpu_sets.v[1], 6);
	ck_assert_uint_eq(c.bios_load_addr.v, 0x8000);
	r = c.memory_regions.v;
	ck_assert_uint_eq(c.memory_regions.n, 2);
	ck_assert_uint_eq(r[1].flags.v, 0x17);
}
END_TEST

START_TEST(test_axvisor_devices)
{
	const struct cfg_emu *e;
	const struct cfg_range *a;
	const struct cfg_path *x;
	static const unsigned int types[] = { 0x21, 0x20, 0x22, 0xa, 0xe1, 0xe2 };

	ck_assert(load("axvisor-devices.toml"));
	ck_assert_uint_eq(d.n, 0);
	e = c.emu_devices.v;
	ck_assert_uint_eq(c.emu_devices.n, COUNT(types));
	for (size_t i = 0; i < COUNT(types); i++)
		ck_assert_uint_eq(e[i].emu_type.v, types[i]);
	ck_assert_uint_eq(e[1].cfg_list.n, 3);
	a = c.passthrough_addresses.v;
	ck_assert_uint_eq(a[1].base.v, 0x31000000);
	x = c.excluded_devices.v;
	ck_assert_uint_eq(c.excluded_devices.n, 3);
	ck_assert_str_eq(x[1].path.v, "/soc/npu");
	ck_assert_int_eq(x[2].line, 51);
	ck_assert_str_eq(c.cmdline.v, "root=/dev/ram0 quiet");
	config_served(&c, BOOT_CMDLINE, true, &d);
	/* Channel, disk, net and the ITS; the rest of the GIC is the platform's. */
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 35, "emu_devices gic-its is understood"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 36, "emu_devices channel"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 37, "emu_devices virtio-blk"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 38, "emu_devices virtio-net"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 48, "passthrough_ports is understood"));
	ck_assert_uint_eq(d.errors, 10);
}
END_TEST

static const char *const good[] = { "own.toml",		  "own.json",
				    "axvisor-flat.toml",  "axvisor-devices.toml",
				    "axvisor-nimbos.toml", "axvisor-linux-qemu.toml",
				    "rows.toml",	  "hello-x86.toml",
				    "hello-arm64.toml" };

/* What is written as TOML means what was read, whatever it was. */
START_TEST(test_convert)
{
	struct json_object *one, *two;
	char *text;

	ck_assert(load(good[_i]));
	one = config_to_json(&c);
	text = config_to_toml(&c, c.dir);
	if (!strcmp(good[_i], "own.toml")) {
		ck_assert(strstr(text, "\ninitrd = \"sub/initrd\"\n"));
		ck_assert(strstr(text, "\ndtb = \"/abs/guest.dtb\"\n"));
		ck_assert(strstr(text, "\naffinity = [\"0,2-3\", \"1\", \"2\", \"3\"]\n"));
		ck_assert(strstr(text, "\nsize = \"512M\"\n"));
		ck_assert(strstr(text, "\naccess = \"rw+device\"\n"));
	}
	config_free(&c);
	free(text);
	ck_assert(load(good[_i]));
	text = config_to_toml(&c, NULL);
	config_free(&c);
	ck_assert_msg(config_parse(text, strlen(text), "/elsewhere/x.toml", &c, &d), "%s", text);
	ck_assert_uint_eq(d.n, 0);
	two = config_to_json(&c);
	ck_assert_msg(json_object_equal(one, two), "%s", text);
	json_object_put(one);
	json_object_put(two);
	free(text);
}
END_TEST

/* The template is good as it is, and with every comment taken out. */
START_TEST(test_template)
{
	struct config_flags f = { .kernel = "/k", .memory = { true, 1 << 20 } };
	char *text, *line;

	config_blank(&c, "command line");
	config_override(&c, &f, &d);
	text = config_template(&c);
	config_free(&c);
	ck_assert_msg(config_parse(text, strlen(text), "t", &c, &d), "%s", text);
	ck_assert_uint_eq(d.n, 0);
	ck_assert_str_eq(c.kernel_path.v, "/k");
	ck_assert_uint_eq(c.memory.v, 1 << 20);
	config_free(&c);
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (line[0] == '#' && line[1] == ' ')
			line[0] = line[1] = ' ';
	}
	config_read_text(text, strlen(text), "t", &c, &d);
	ck_assert_uint_eq(d.n, 0);
	ck_assert(c.phys_cpu_ids.set && c.passthrough_ports.n == 1 && c.emu_devices.n == 1);
	free(text);
}
END_TEST

#define MEM "memory_regions = [[0, 0x1000, 7, 0]]\n"
#define OK "[kernel]\nentry_point = 0\n" MEM

/* Line and part of what must be said; *level. */
static const struct {
	const char *text;
	enum diag_level level;
	int line;
	const char *part;
} mistakes[] = {
	{ "[base]\nname = 3\n" OK, DIAG_ERROR, 2, "base.name must be a string, not a number" },
	{ "[base]\ncpu_num = true\n" OK, DIAG_ERROR, 2, "not true or false" },
	{ "[base]\ncpu_num = 1.5\n" OK, DIAG_ERROR, 2, "fraction" },
	{ "[base]\ncpu_num = -1\n" OK, DIAG_ERROR, 2, "negative" },
	{ "[base]\ncpu_num = \"many\"\n" OK, DIAG_ERROR, 2, "\"many\" is not a number" },
	{ "[base]\ncpu_num = [1]\n" OK, DIAG_ERROR, 2, "not an array" },
	{ "[base]\ncpu_num = 1979-05-27\n" OK, DIAG_ERROR, 2, "not a number such as" },
	{ "[base]\ncpu_num = 0\n" OK, DIAG_ERROR, 2, "1 to 64" },
	{ "[base]\ncpu_num = 65\n" OK, DIAG_ERROR, 2, "1 to 64" },
	{ "[base]\nvm_type = 3\n" OK, DIAG_ERROR, 2, "vm_type" },
	{ "[base]\nname = \"a b\"\n" OK, DIAG_ERROR, 2, "names match" },
	{ "[base]\nname = \"1a\"\n" OK, DIAG_ERROR, 2, "names match" },
	{ "[base]\nname = \"\"\n" OK, DIAG_ERROR, 2, "names match" },
	{ "[base]\nname = \"a\\u0000b\"\n" OK, DIAG_ERROR, 2, "zero byte" },
	{ "[base]\nnmae = \"a\"\n" OK, DIAG_WARNING, 2, "did you mean name?" },
	{ "[base]\ncpu_num = 2\nphys_cpu_ids = [1]\n" OK, DIAG_ERROR, 3, "1 entries for 2" },
	{ "[base]\nphys_cpu_sets = [0]\n" OK, DIAG_ERROR, 2, "has no CPU" },
	{ "[base]\nphys_cpu_sets = [\"x\"]\n" OK, DIAG_ERROR, 2, "not a number" },
	{ "[bse]\n" OK, DIAG_WARNING, 1, "did you mean base?" },
	{ "base = 3\n" OK, DIAG_ERROR, 1, "a [section]" },
	{ "[kernel]\n" MEM, DIAG_ERROR, 0, "entry_point) is missing" },
	{ "[kernel]\nentry_point = 0\n", DIAG_ERROR, 0, "memory is missing" },
	{ OK "bios_path = \"x\"\n", DIAG_ERROR, 4, "needs kernel.bios_load_addr" },
	{ "[boot]\nkernal = \"x\"\n" OK, DIAG_WARNING, 2, "unknown key boot.kernal is ignored; did you mean kernel?" },
	{ "cpu = 2\n" OK, DIAG_WARNING, 1, "did you mean cpus?" },
	{ "version = 2\n" OK, DIAG_ERROR, 1, "version 2 of the schema" },
	{ "arch = \"amr64\"\n" OK, DIAG_ERROR, 1, "did you mean \"amd64\"" },
	{ "cpus = 65\n" OK, DIAG_ERROR, 1, "cpus is 1 to 64" },
	{ "affinity = \"0,x\"\n" OK, DIAG_ERROR, 1, "\"0,x\" is not a list of CPUs" },
	{ "affinity = 64\n" OK, DIAG_ERROR, 1, "64 is not a list" },
	{ "affinity = [\"0\", true]\n" OK, DIAG_ERROR, 1, "must be host CPUs" },
	{ "affinity = [\"0\", \"1\"]\n" OK, DIAG_ERROR, 1, "affinity has 2 entries for 1 vCPUs (cpus)" },
	{ "affinity = 1\n[base]\nphys_cpu_sets = [1]\n" OK, DIAG_ERROR, 1, "exclude each other" },
	{ "name = \"a\"\n[base]\nname = \"b\"\n" OK, DIAG_ERROR, 3, "base.name is given already in line 1" },
	{ "os = \"windows\"\n" OK, DIAG_ERROR, 1, "os cannot be \"windows\"" },
	{ "physical_timer = \"passthru\"\n" OK, DIAG_ERROR, 1, "did you mean \"passthrough\"" },
	{ "physical_timer = true\n" OK, DIAG_ERROR, 1, "physical_timer must be a string" },
	{ "interrupts = \"emulate\"\n" OK, DIAG_ERROR, 1, "did you mean \"emulated\"" },
	{ "[boot]\nkernel = 5\n" OK, DIAG_ERROR, 2, "boot.kernel must be a string" },
	{ "[boot]\nfirmware = \"x\"\n" OK, DIAG_ERROR, 2, "boot.firmware needs boot.firmware_at" },
	{ "[boot]\nmode = \"x\"\n" OK, DIAG_ERROR, 2, "boot.mode cannot be" },
	{ "boot = 1\n" OK, DIAG_ERROR, 1, "boot must be a [section]" },
	{ "memory = true\n[kernel]\nentry_point = 0\n", DIAG_ERROR, 1, "memory must be a number" },
	{ "memory = []\n[kernel]\nentry_point = 0\n", DIAG_ERROR, 1, "memory is empty" },
	{ "memory = [[0, \"4K\", \"rq\"]]\n", DIAG_ERROR, 1, "\"rq\" is not an access" },
	{ "memory = [[0, \"4K\", \"\"]]\n", DIAG_ERROR, 1, "not an access" },
	{ "memory = [{ at = 0, size = \"4K\", kind = \"shared\" }]\n", DIAG_ERROR, 1, "kind cannot be" },
	{ "memory = [{ at = 0 }]\n", DIAG_ERROR, 1, "memory: size is missing" },
	{ "[[device]]\ntype = \"virtio\"\n" OK, DIAG_ERROR, 2, "device: type cannot be \"virtio\"" },
	{ "[[device]]\ntype = 0x99\n" OK, DIAG_WARNING, 1, "no device of type 0x99" },
	{ "[[device]]\nname = \"x\"\n" OK, DIAG_ERROR, 1, "type is missing" },
	{ "[[passthrough.ports]]\nat = 1\n" OK, DIAG_ERROR, 1, "passthrough.ports: size is missing" },
	{ "{\n \"name\": 5\n}", DIAG_ERROR, 2, "name must be a string" },
	{ "{\n \"nmae\": 5,\n \"memory\": 4096, \"entry_point\": 0\n}", DIAG_WARNING, 2, "did you mean name?" },
	{ "{\n \"name\": \"a\"\n \"id\": 1}", DIAG_ERROR, 3, "not JSON: a , or } is missing" },
	{ "{\n \"name\": \"a\",\n \"name\": \"b\"}", DIAG_ERROR, 3, "twice" },
	{ "{\n \"name\": null}", DIAG_ERROR, 2, "null" },
	{ "{ \"name\": \"a\n\" }", DIAG_ERROR, 1, "does not end" },
	{ "{ \"name\": \"a", DIAG_ERROR, 1, "does not end" },
	{ "{ \"name\": x }", DIAG_ERROR, 1, "no value" },
	{ "{ \"id\": 01x }", DIAG_ERROR, 1, "no value" },
	{ "{ } x", DIAG_ERROR, 1, "something follows" },
	{ "{ \"a\": [1, 2", DIAG_ERROR, 1, "is missing" },
	{ "{ \"a\" 1 }", DIAG_ERROR, 1, "a : is missing" },
	{ "{ 1: 1 }", DIAG_ERROR, 1, "a key in" },
	{ "{", DIAG_ERROR, 1, "a key in" },
	{ "{ \"a\": ", DIAG_ERROR, 1, "too early" },
	{ "memory = \"4K\"\n" OK, DIAG_ERROR, 4, "exclude each other" },
	{ "memory = 4097\n[kernel]\nentry_point = 0\n", DIAG_ERROR, 1, "multiple of 4096" },
	{ "memory = 0\n[kernel]\nentry_point = 0\n", DIAG_ERROR, 1, "not 0" },
	{ "memory = \"8192T\"\n[kernel]\nentry_point = 0\n", DIAG_ERROR, 1, "at most 2^52" },
	{ OK "dtb_path = \"\"\ndtb_load_addr = 0\n", DIAG_ERROR, 4, "empty" },
	{ OK "kernel_pth = \"x\"\n", DIAG_WARNING, 4, "did you mean kernel_path?" },
	{ OK "enable_bios = 1\n", DIAG_ERROR, 4, "true or false" },
	{ OK "boot_protocol = \"uefy\"\n", DIAG_ERROR, 4, "did you mean \"uefi\"" },
	{ OK "start_mode = \"x\"\n", DIAG_ERROR, 4, "start_mode" },
	{ OK "page_table_addr = 1\n", DIAG_ERROR, 4, "multiple of 4096" },
	{ OK "[devices]\ninterrupt_mode = \"maybe\"\n", DIAG_ERROR, 5, "interrupt_mode" },
	{ OK "[devices]\nemu_devices = [[\"a\", 1, 2, 3]]\n", DIAG_ERROR, 5, "no emu_type" },
	{ OK "[devices]\npassthrough_addresses = [[1]]\n", DIAG_ERROR, 5, "no length" },
	{ OK "[devices]\npassthrough_addresses = [[1, 2, 3]]\n", DIAG_ERROR, 5, "at most 2" },
	{ OK "[devices]\npassthrough_addresses = [1]\n", DIAG_ERROR, 5, "must be rows" },
	{ OK "[devices]\npassthrough_addresses = [{ base = 1 }]\n", DIAG_ERROR, 5,
	  "length is missing" },
	{ OK "[devices]\npassthrough_addresses = [{ base = 1, length = 2, lenght = 2 }]\n",
	  DIAG_WARNING, 5, "did you mean length?" },
	{ OK "[[image]]\npath = \"x\"\n", DIAG_ERROR, 4, "at is missing" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = 5\n", DIAG_ERROR, 3, "an array of rows" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [\n[0, 0x1000, 7, 0],\n[0, 1],\n]\n",
	  DIAG_ERROR, 5, "multiples of 4096" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[0, 0]]\n", DIAG_ERROR, 3, "not 0" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[\"0xfffffffffffff000\", 0x2000]]\n",
	  DIAG_ERROR, 3, "beyond 2^64" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[0, 0x1000, 0x40]]\n", DIAG_ERROR, 3,
	  "unknown bits" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[0, 0x1000, 2]]\n", DIAG_ERROR, 3,
	  "need READ" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[0, 0x1000, 7, 3]]\n", DIAG_ERROR, 3,
	  "map_type" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [[0, 0x1000, 7, 0, 0x1000]]\n",
	  DIAG_ERROR, 3, "hpa goes with" },
	{ "[kernel]\nentry_point = 0\nmemory_regions = [\n[0, 0x2000],\n[0x1000, 0x1000],\n]\n",
	  DIAG_ERROR, 5, "region 1 overlaps region 0 of line 4" },
	{ "[kernel\n", DIAG_ERROR, 1, "not TOML" },
	{ "a = 1\na = 2\n", DIAG_ERROR, 2, "not TOML" },
	{ "[base]\nid = 0xffff_ffff_ffff_ffff\n", DIAG_ERROR, 2, "not TOML" },
	{ "\xff\xfe", DIAG_ERROR, 1, "not TOML" },
	/* toml++ 3.3 asserts here. */
	{ "[base]\nid = 1\n[\x16x]\n" OK, DIAG_ERROR, 3, "cannot stand there" },
};

START_TEST(test_mistake)
{
	bool ok = parse(mistakes[_i].text);

	ck_assert_msg(ok == (mistakes[_i].level == DIAG_WARNING), "%s", mistakes[_i].text);
	ck_assert_msg(said(mistakes[_i].level, mistakes[_i].line, mistakes[_i].part) != NULL,
		      "%s: want line %d: %s", mistakes[_i].text, mistakes[_i].line,
		      mistakes[_i].part);
}
END_TEST

static const struct config_flags no_flags;

START_TEST(test_served_placing)
{
	ck_assert(parse("memory = \"1M\"\n[kernel]\nkernel_path = \"k\"\n"
			"ramdisk_path = \"r\"\ncmdline = \"quiet\"\n"));
	config_served(&c, BOOT_KERNEL | BOOT_RAMDISK | BOOT_CMDLINE, true, &d);
	ck_assert_uint_eq(d.n, 0);
	config_served(&c, 0, false, &d);
	ck_assert_uint_eq(d.n, 3);
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 3, "needs kernel.kernel_load_addr"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 4, "needs kernel.ramdisk_load_addr"));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 5, "kernel.cmdline is understood"));
}
END_TEST

START_TEST(test_flags_alone)
{
	struct config_flags f = { .name = "n", .kernel = "/k", .initrd = "r",
				  .dtb = "/d", .cmdline = "quiet", .cpus = { true, 2 },
				  .memory = { true, 1 << 20 }, .affinity = "0-1" };

	config_blank(&c, "command line");
	config_override(&c, &f, &d);
	config_finish(&c, &d);
	ck_assert_uint_eq(d.n, 0);
	ck_assert_str_eq(c.name.v, "n");
	ck_assert_str_eq(c.kernel_path.v, "/k");
	ck_assert_int_eq(c.ramdisk_path.v[0], '/');
	ck_assert(strstr(c.ramdisk_path.v, "/r"));
	ck_assert_str_eq(c.dtb_path.v, "/d");
	ck_assert_str_eq(c.cmdline.v, "quiet");
	ck_assert_uint_eq(c.cpu_num.v, 2);
	ck_assert_uint_eq(c.memory.v, 1 << 20);
	ck_assert_uint_eq(c.phys_cpu_sets.n, 2);
	ck_assert_uint_eq(c.phys_cpu_sets.v[0], 3);
	ck_assert_uint_eq(c.phys_cpu_sets.v[1], 3);
}
END_TEST

START_TEST(test_flags_beat_keys)
{
	struct config_flags f = { .cpus = { true, 2 }, .memory = { true, 8192 },
				  .cmdline = "new" };

	ck_assert(parse("[base]\nname = \"a\"\nphys_cpu_ids = [3]\n" OK
			"cmdline = \"old\"\n"));
	config_override(&c, &f, &d);
	config_check(&c, &d);
	ck_assert_uint_eq(d.n, 0);
	ck_assert_str_eq(c.name.v, "a");
	ck_assert_str_eq(c.cmdline.v, "new");
	ck_assert(!c.phys_cpu_ids.set);
	ck_assert_uint_eq(c.memory_regions.n, 0);
	ck_assert_uint_eq(c.memory.v, 8192);
}
END_TEST

START_TEST(test_flags_bad)
{
	static const char *const lists[] = { "x", "", "0/", "64", "0-" };
	struct config_flags f = no_flags;

	f.affinity = lists[_i];
	config_blank(&c, "command line");
	config_override(&c, &f, &d);
	ck_assert_ptr_nonnull(said(DIAG_ERROR, DIAG_COMMAND_LINE, "--affinity"));
	f.affinity = "0/1";
	f.cpus.set = true;
	f.cpus.v = 3;
	config_override(&c, &f, &d);
	config_check(&c, &d);
	ck_assert_ptr_nonnull(said(DIAG_ERROR, DIAG_COMMAND_LINE, "2 entries for 3"));
	ck_assert_str_eq(diag_where("f", DIAG_COMMAND_LINE), "command line");
	ck_assert_str_eq(diag_where("f", 0), "f");
	ck_assert_str_eq(diag_where("f", 7), "f:7");
}
END_TEST

START_TEST(test_paths)
{
	ck_assert(parse("[kernel]\nentry_point = 0\nkernel_load_addr = 0\n"
			"kernel_path = \"sub/../k\"\nbios_path = \"/abs/b\"\n"
			"bios_load_addr = 0\n" MEM));
	/* The folder does not exist here: it is taken as it is written. */
	ck_assert_str_eq(c.bios_path.v, "/abs/b");
	ck_assert_str_eq(c.kernel_path.v, "/etc/axvm/sub/../k");
}
END_TEST

START_TEST(test_unreadable)
{
	ck_assert(!config_load("/nonexistent/x.toml", &c, &d));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 0, "no such file"));
	teardown();
	ck_assert(!config_load("/", &c, &d));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 0, "is a directory"));
	teardown();
	ck_assert(!config_load("/dev/zero", &c, &d));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 0, "too large"));
}
END_TEST

START_TEST(test_flood)
{
	char *text = malloc(200000), *p = text;

	for (int i = 0; i < 5000; i++)
		p += sprintf(p, "k%d = %d\n", i, i);
	strcpy(p, OK);
	ck_assert(parse(text));
	ck_assert_uint_le(d.n, 50);
	free(text);
}
END_TEST

START_TEST(test_deep)
{
	char *text = malloc(200100), *p = text;

	p += sprintf(p, "a = ");
	memset(p, '[', 100000);
	memset(p + 100000, ']', 99999);
	p[199999] = '\0';
	ck_assert(!parse(text));
	free(text);
}
END_TEST

START_TEST(test_json_deep)
{
	char *text = malloc(200100), *p = text;

	p += sprintf(p, "{ \"a\": ");
	memset(p, '[', 100000);
	p[100000] = '\0';
	ck_assert(!parse(text));
	ck_assert_ptr_nonnull(said(DIAG_ERROR, 1, "too deeply"));
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config");
	TCase *tc = tcase_create("config");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_axvisor_arm64);
	tcase_add_test(tc, test_axvisor_x86);
	tcase_add_loop_test(tc, test_examples, 0, 2);
	tcase_add_test(tc, test_all_keys);
	tcase_add_test(tc, test_round_trip);
	tcase_add_loop_test(tc, test_mistake, 0, COUNT(mistakes));
	tcase_add_test(tc, test_own);
	tcase_add_loop_test(tc, test_ptimer, 0, 7);
	tcase_add_test(tc, test_json);
	tcase_add_test(tc, test_json_deep);
	tcase_add_test(tc, test_axvisor_flat);
	tcase_add_test(tc, test_axvisor_devices);
	tcase_add_loop_test(tc, test_convert, 0, COUNT(good));
	tcase_add_test(tc, test_template);
	tcase_add_test(tc, test_served_placing);
	tcase_add_test(tc, test_flags_alone);
	tcase_add_test(tc, test_flags_beat_keys);
	tcase_add_loop_test(tc, test_flags_bad, 0, 5);
	tcase_add_test(tc, test_paths);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_flood);
	tcase_add_test(tc, test_deep);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
