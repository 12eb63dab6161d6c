// SPDX-License-Identifier: GPL-2.0
/*
 * A host that has ACPI tables and no device tree (arm64_acpi.box): its timer's
 * interrupt, its GICv2 and the maintenance interrupt are found there.
 */
#include <unistd.h>

#include "tests/selftest/arm64_tiny.h"

static void described(void)
{
	CHECK(!access("/sys/firmware/acpi/tables/APIC", F_OK));
	CHECK(access("/proc/device-tree", F_OK));
	CHECK(dev_info.caps & AXVM_CAP_PLATFORM);
	CHECK(dev_info.caps & AXVM_CAP_GICV2);
}

static void controller(void)
{
	struct vm vm;

	tiny_make_platform(&vm, "gic2", 0);
	tiny_run(&vm);
	SAW(0, 0);
	CHECK(tiny_out(&vm, 31) > 200);
}

static const struct test tests[] = {
	{ "ACPI tells what a platform takes", described },
	{ "a guest's GICv2 works", controller },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
