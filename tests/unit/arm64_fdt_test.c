// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of arm64 device trees: what dtc, an independent reader, says about
 * them, properties against the bindings, and users' trees with the VM put in.
 */
#include <check.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm64_fdt.h"
#include "diag.h"
#include "unpack.h"

static struct span ram[2];
static struct arm64_machine m;
static struct bytes tree;
static struct diags d;

static void setup(void)
{
	memset(&d, 0, sizeof(d));
	ram[0] = (struct span){ 0x40000000, 0x20000000, NULL };
	ram[1] = (struct span){ 0x100000000, 0x80000000, NULL };
	m = (struct arm64_machine){
		.nr_cpus = 2,
		.mpidr = { 0, 1 },
		.ram = ram,
		.nr_ram = 1,
		.gic = 3,
		.cmdline = "console=ttyAMA0 \"quoted\"",
		.initrd = { 0x48000000, 0x12345, NULL },
	};
	for (int i = 0; i < ARM64_SEED_BYTES; i++)
		m.seed[i] = (uint8_t)(i + 1);
}

static void teardown(void)
{
	bytes_free(&tree);
	diag_free(&d);
}

/* dtc's output in @text; its exit status. */
static int dtc(const char *args, const void *in, size_t n, char *text,
	       size_t room)
{
	char path[] = "/tmp/axvm-fdt.XXXXXX", cmd[256];
	int fd = mkstemp(path), status;
	size_t len;
	FILE *f;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, in, n), (ssize_t)n);
	close(fd);
	snprintf(cmd, sizeof(cmd), "dtc %s %s 2>&1", args, path);
	f = popen(cmd, "r");
	len = fread(text, 1, room - 1, f);
	text[len] = '\0';
	status = pclose(f);
	unlink(path);
	return status;
}

/* No warning, with the checks that dtc leaves off by itself too. */
static void dtc_is_content(void)
{
	static char text[1 << 16];

	ck_assert_msg(
		!dtc("-I dtb -O dtb -o /dev/null "
		     "-Wnode_name_chars_strict -Wproperty_name_chars_strict",
		     tree.v, tree.n, text, sizeof(text)),
		"%s", text);
	ck_assert_msg(!*text, "dtc says: %s", text);
}

static void make(void)
{
	ck_assert(arm64_fdt_make(&m, &tree, &d));
	ck_assert_uint_eq(tree.n, fdt_totalsize(tree.v));
	ck_assert_int_eq(fdt_check_full(tree.v, tree.n), 0);
}

static int node(const char *path)
{
	int at = fdt_path_offset(tree.v, path);

	ck_assert_msg(at >= 0, "%s: %s", path, fdt_strerror(at));
	return at;
}

static bool has(const char *path)
{
	return fdt_path_offset(tree.v, path) >= 0;
}

/* A property's cells are exactly these. */
static void cells(const char *path, const char *name, unsigned int n, ...)
{
	int len;
	const fdt32_t *v = fdt_getprop(tree.v, node(path), name, &len);
	va_list ap;

	ck_assert_msg(v && len == (int)(4 * n), "%s %s: %d bytes", path, name,
		      len);
	va_start(ap, n);
	for (unsigned int i = 0; i < n; i++)
		ck_assert_msg(fdt32_to_cpu(v[i]) == va_arg(ap, unsigned int),
			      "%s %s[%u]: 0x%x", path, name, i,
			      fdt32_to_cpu(v[i]));
	va_end(ap);
}

static void text(const char *path, const char *name, const char *want)
{
	int len;
	const char *v = fdt_getprop(tree.v, node(path), name, &len);

	ck_assert_msg(v && !strcmp(v, want), "%s %s: %s", path, name,
		      v ? v : "nothing");
}

START_TEST(test_dtc)
{
	static const unsigned int counts[] = { 1, 2, 8, 64 };
	unsigned int n = counts[_i % 4];

	m.nr_cpus = n;
	m.nr_ram = 1 + (size_t)_i % 2;
	/* As the kernel numbers them: 16 in each Aff0, then Aff1. */
	for (unsigned int i = 0; i < n; i++)
		m.mpidr[i] = (i / 16) << 8 | i % 16;
	m.gic = _i < 4 ? 3 : n <= 8 ? 2 : 0;
	if (_i == 5)
		m.initrd.len = 0;
	if (_i == 6)
		m.mpidr[1] = 1ull << 32; /* Aff3: two cells */
	make();
	dtc_is_content();
	ck_assert_uint_lt(tree.n, ARM64_FDT_ROOM);
}
END_TEST

START_TEST(test_made)
{
	const char *v;
	int len;

	m.nr_ram = 2;
	make();
	cells("/", "#address-cells", 1, 2);
	cells("/cpus", "#address-cells", 1, 1);
	cells("/cpus/cpu@1", "reg", 1, 1);
	text("/cpus/cpu@0", "device_type", "cpu");
	text("/cpus/cpu@1", "enable-method", "psci");
	text("/psci", "compatible", "arm,psci-1.0");
	text("/psci", "method", "hvc");
	text("/memory@40000000", "device_type", "memory");
	cells("/memory@40000000", "reg", 4, 0, 0x40000000, 0, 0x20000000);
	cells("/memory@100000000", "reg", 4, 1, 0, 0, 0x80000000);
	/* INTIDs 29, 30, 27, 26, level low. */
	cells("/timer", "interrupts", 12, 1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10,
	      8);
	text("/intc@8000000", "compatible", "arm,gic-v3");
	cells("/intc@8000000", "reg", 8, 0, 0x08000000, 0, 0x10000, 0,
	      0x080a0000, 0, 0x40000);
	cells("/intc@8000000", "#interrupt-cells", 1, 3);
	text("/pl011@9000000", "compatible", "arm,pl011");
	cells("/pl011@9000000", "reg", 4, 0, 0x09000000, 0, 0x1000);
	cells("/pl011@9000000", "interrupts", 3, 0, 1, 4);
	text("/chosen", "stdout-path", "serial0:115200n8");
	text("/aliases", "serial0", "/pl011@9000000");
	text("/chosen", "bootargs", m.cmdline);
	cells("/chosen", "linux,initrd-start", 2, 0, 0x48000000);
	cells("/chosen", "linux,initrd-end", 2, 0, 0x48012345);
	cells("/chosen", "kaslr-seed", 2, 0x393a3b3c, 0x3d3e3f40);
	v = fdt_getprop(tree.v, node("/chosen"), "rng-seed", &len);
	ck_assert_int_eq(len, 56);
	ck_assert_int_eq(memcmp(v, m.seed, 56), 0);
	ck_assert_uint_eq(fdt_getprop(tree.v, node("/timer"), "always-on",
				      &len) != NULL,
			  1);
	/* The first memory, and CPUs in their order. */
	len = fdt_first_subnode(tree.v, node("/cpus"));
	ck_assert_str_eq(fdt_get_name(tree.v, len, NULL), "cpu@0");
}
END_TEST

START_TEST(test_gic2)
{
	m.gic = 2;
	make();
	text("/intc@8000000", "compatible", "arm,cortex-a15-gic");
	cells("/intc@8000000", "reg", 8, 0, 0x08000000, 0, 0x10000, 0,
	      0x08010000, 0, 0x2000);
	cells("/timer", "interrupts", 12, 1, 13, 0x308, 1, 14, 0x308, 1, 11,
	      0x308, 1, 10, 0x308);
}
END_TEST

START_TEST(test_bare)
{
	m.gic = 0;
	m.cmdline = NULL;
	m.initrd.len = 0;
	make();
	ck_assert(!has("/intc@8000000"));
	ck_assert(!has("/timer"));
	ck_assert(!fdt_getprop(tree.v, node("/chosen"), "bootargs", NULL));
	ck_assert(!fdt_getprop(tree.v, node("/chosen"), "linux,initrd-end",
			       NULL));
	dtc_is_content();
}
END_TEST

START_TEST(test_long_command_line)
{
	char *line = malloc(ARM64_CMDLINE_MAX + 1);

	memset(line, 'x', ARM64_CMDLINE_MAX);
	line[ARM64_CMDLINE_MAX] = '\0';
	m.cmdline = line;
	make();
	text("/chosen", "bootargs", line);
	free(line);
}
END_TEST

/* A board's tree: other CPUs, other memory, devices that must stay. */
static const char board[] =
	"/dts-v1/;\n"
	"/memreserve/ 0x40001000 0x1000;\n"
	"/ { #address-cells = <1>; #size-cells = <1>;\n"
	"  model = \"a board\"; compatible = \"vendor,board\";\n"
	"  interrupt-parent = <&gic>;\n"
	"  chosen { bootargs = \"old\"; stdout-path = \"/soc/serial@1000\";\n"
	"    linux,initrd-start = <1>; linux,initrd-end = <2>; };\n"
	"  memory@0 { device_type = \"memory\"; reg = <0 0x1000>; };\n"
	"  memory@80000000 { device_type = \"memory\"; reg = <0x80000000 0x1000>; };\n"
	"  cpus { #address-cells = <2>; #size-cells = <0>;\n"
	"    cpu-map { cluster0 { core0 { cpu = <&c0>; }; core1 { cpu = <&c9>; }; }; };\n"
	"    c0: cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\";\n"
	"      reg = <0 0>; enable-method = \"spin-table\"; cpu-release-addr = <0 8>;\n"
	"      next-level-cache = <&l2>; };\n"
	"    c9: cpu@9 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\"; reg = <0 9>; };\n"
	"    l2: l2-cache { compatible = \"cache\"; };\n"
	"  };\n"
	"  gic: intc@8000000 { compatible = \"arm,gic-v3\"; interrupt-controller;\n"
	"    #interrupt-cells = <3>; #address-cells = <0>;\n"
	"    reg = <0x8000000 0x10000 0x80a0000 0x40000>; };\n"
	"  soc { #address-cells = <1>; #size-cells = <1>; ranges; compatible = \"simple-bus\";\n"
	"    serial@1000 { compatible = \"vendor,uart\"; reg = <0x1000 0x100>; }; };\n"
	"};\n";

static void patch(const char *dts)
{
	static char blob[1 << 16];
	char path[] = "/tmp/axvm-dts.XXXXXX", cmd[256];
	int fd = mkstemp(path);
	size_t len = strlen(dts), n;
	FILE *f;

	ck_assert_int_eq(write(fd, dts, len), (ssize_t)len);
	close(fd);
	snprintf(cmd, sizeof(cmd), "dtc -q -I dts -O dtb %s", path);
	f = popen(cmd, "r");
	n = fread(blob, 1, sizeof(blob), f);
	ck_assert_int_eq(pclose(f), 0);
	unlink(path);
	if (!arm64_fdt_patch(&m, (uint8_t *)blob, n, "board.dtb", &tree, &d))
		return;
	ck_assert_int_eq(fdt_check_full(tree.v, tree.n), 0);
}

START_TEST(test_patched)
{
	uint64_t at, len;

	patch(board);
	ck_assert_uint_eq(d.errors, 0);
	dtc_is_content();
	/* CPUs: 0 stays with what the board says of it, 1 is new, 9 is gone. */
	text("/cpus/cpu@0", "compatible", "arm,cortex-a57");
	text("/cpus/cpu@0", "enable-method", "psci");
	ck_assert(!fdt_getprop(tree.v, node("/cpus/cpu@0"), "cpu-release-addr",
			       NULL));
	ck_assert(fdt_getprop(tree.v, node("/cpus/cpu@0"), "next-level-cache",
			      NULL));
	text("/cpus/cpu@1", "enable-method", "psci");
	cells("/cpus/cpu@1", "reg", 2, 0, 1);
	ck_assert(!has("/cpus/cpu@9"));
	ck_assert(!has("/cpus/cpu-map"));
	ck_assert(has("/cpus/l2-cache"));
	text("/psci", "method", "hvc");
	/* Memory: the VM's, in the board's cells. */
	cells("/memory@40000000", "reg", 2, 0x40000000, 0x20000000);
	ck_assert(!has("/memory@0"));
	ck_assert(!has("/memory@80000000"));
	/* Chosen. */
	text("/chosen", "bootargs", m.cmdline);
	text("/chosen", "stdout-path", "/soc/serial@1000");
	cells("/chosen", "linux,initrd-start", 2, 0, 0x48000000);
	/* The rest. */
	text("/", "model", "a board");
	text("/soc/serial@1000", "compatible", "vendor,uart");
	ck_assert(has("/intc@8000000"));
	ck_assert(!has("/timer"));
	ck_assert_int_eq(fdt_num_mem_rsv(tree.v), 1);
	fdt_get_mem_rsv(tree.v, 0, &at, &len);
	ck_assert_uint_eq(at, 0x40001000);
}
END_TEST

START_TEST(test_patched_keeps)
{
	/* No command line, no RAM disk of the VM's: the board's, and none. */
	m.cmdline = NULL;
	m.initrd.len = 0;
	patch(board);
	text("/chosen", "bootargs", "old");
	ck_assert(!fdt_getprop(tree.v, node("/chosen"), "linux,initrd-start",
			       NULL));
}
END_TEST

START_TEST(test_patched_bare)
{
	patch("/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; };");
	ck_assert_uint_eq(d.errors, 0);
	text("/cpus/cpu@1", "device_type", "cpu");
	ck_assert(has("/psci"));
	ck_assert(has("/chosen"));
	cells("/memory@40000000", "reg", 4, 0, 0x40000000, 0, 0x20000000);
	dtc_is_content();
}
END_TEST

START_TEST(test_patched_psci)
{
	/* A board that has PSCI by SMC keeps it. */
	patch("/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;"
	      "firmware { psci { compatible = \"arm,psci-0.2\"; method = \"smc\"; }; }; };");
	ck_assert(!has("/psci"));
	text("/firmware/psci", "method", "smc");
}
END_TEST

START_TEST(test_patched_cells)
{
	/* Memory above 4 GiB, and a tree whose cells do not reach it. */
	m.nr_ram = 2;
	patch(board);
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, "BADNCELLS"), "%s",
		      d.list[0].text);
	ck_assert_str_eq(d.list[0].file, "board.dtb");
	ck_assert_ptr_null(tree.v);
}
END_TEST

/* What is said about the tree in @tree, cut to its size. */
static void refused(const char *what)
{
	uint8_t *copy = memcpy(malloc(tree.n + 1), tree.v, tree.n);
	struct bytes out;

	ck_assert(!arm64_fdt_patch(&m, copy, tree.n, "x", &out, &d));
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	ck_assert_ptr_null(out.v);
	diag_free(&d);
	free(copy);
}

static void poke(size_t at, uint32_t v)
{
	fdt32_t be = cpu_to_fdt32(v);

	memcpy(tree.v + at, &be, sizeof(be));
}

START_TEST(test_header)
{
	size_t n;

	make();
	n = tree.n--;
	refused("it is truncated: the device tree's totalsize");
	tree.n = 39;
	refused("not a device tree: magic is not 0xd00dfeed");
	tree.n = n;
	poke(0, 0xd00dfeef);
	refused("not a device tree");
	poke(0, FDT_MAGIC);
	poke(4, 0x200001);
	refused("totalsize is 0x200001");
	poke(4, (uint32_t)n);
	poke(20, 16);
	refused("version is 16");
	poke(20, 18);
	poke(24, 18);
	refused("compatible with 18");
	poke(20, 17);
	poke(24, 16);
	for (size_t at = 8; at <= 16; at += 4) {
		uint32_t was = fdt32_to_cpu(*(fdt32_t *)(tree.v + at));

		poke(at, (uint32_t)n + 8);
		refused("fit totalsize");
		poke(at, 8);
		refused("fit totalsize");
		poke(at, was);
	}
	poke(36, 0xfffffff0); /* size_dt_struct */
	refused("fit totalsize");
}
END_TEST

/* A structure block of @n words instead of the made one. */
static void structure(unsigned int n, const uint32_t *words)
{
	size_t at;

	bytes_free(&tree);
	make();
	at = fdt_off_dt_struct(tree.v);
	for (unsigned int i = 0; i < n; i++)
		poke(at + 4 * i, words[i]);
	poke(36, 4 * n);
}

#define STRUCTURE(...)                                           \
	structure(sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4, \
		  (const uint32_t[]){ __VA_ARGS__ })

START_TEST(test_damaged)
{
	STRUCTURE(1, 0, 2, 9);
	ck_assert(arm64_fdt_check(tree.v, tree.n, "x", &d));
	STRUCTURE(1, 0, 2);
	refused("has no end");
	STRUCTURE(1, 0, 9);
	refused("a node has no end");
	STRUCTURE(9);
	refused("a node has no end");
	STRUCTURE(1, 0, 2, 1, 0, 2, 9);
	refused("two root nodes");
	STRUCTURE(1, 0, 2, 2, 9);
	refused("ends that did not begin");
	STRUCTURE(1, 0, 1, 0x41414141, 0x41414141);
	refused("name has no end");
	STRUCTURE(1, 0x41000000, 2, 9);
	refused("root node has a name");
	STRUCTURE(1, 0, 3, 0xffffffff, 0, 2, 9);
	refused("a property ends beyond");
	STRUCTURE(1, 0, 3, 0xfffffffd, 0, 2, 9);
	refused("a property ends beyond");
	STRUCTURE(1, 0, 3, 0, 0xffffffff, 2, 9);
	refused("outside of the strings block");
	STRUCTURE(3, 0, 0, 9);
	refused("outside of all nodes");
	STRUCTURE(1, 0, 1, 0, 2, 3, 0, 0, 2, 9);
	refused("follows a child");
	STRUCTURE(1, 0, 5, 2, 9);
	refused("unknown token");
	STRUCTURE(4, 1, 0, 4, 2, 9);
	ck_assert(arm64_fdt_check(tree.v, tree.n, "x", &d));
	/* The last string has no NUL. */
	poke(32, fdt_size_dt_strings(tree.v) - 1);
	STRUCTURE(1, 0, 3, 0, 0, 2, 9);
	poke(32, 3);
	refused("outside of the strings block");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arm64_fdt");
	TCase *tc = tcase_create("arm64_fdt");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_dtc, 0, 8);
	tcase_add_test(tc, test_made);
	tcase_add_test(tc, test_gic2);
	tcase_add_test(tc, test_bare);
	tcase_add_test(tc, test_long_command_line);
	tcase_add_test(tc, test_patched);
	tcase_add_test(tc, test_patched_keeps);
	tcase_add_test(tc, test_patched_bare);
	tcase_add_test(tc, test_patched_psci);
	tcase_add_test(tc, test_patched_cells);
	tcase_add_test(tc, test_header);
	tcase_add_test(tc, test_damaged);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
