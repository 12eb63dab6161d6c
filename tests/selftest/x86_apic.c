// SPDX-License-Identifier: GPL-2.0
/*
 * Local APICs of a platform VM, by the guest tests/guest/x86/apic.c, which makes
 * the checks; and what only the host can see: who waits for what, and time
 * that stands still.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"

enum {
	PART_XAPIC = 1,
	PART_X2APIC,
	PART_TIMER,
	PART_SMP,
	PART_SMP_XAPIC,
	PART_STORM
};

static void make(struct vm *vm, unsigned int part, unsigned int cpus)
{
	unsigned int i;

	image_vm(vm, "apic", AXVM_VM_PLATFORM, 0);
	for (i = 1; i < cpus; i++)
		REQUIRE_RET(vm_vcpu(vm, i, 0), 0);
	set_arg(vm, 0, part);
	set_arg(vm, 1, cpus);
}

/* It ends in HLT with interrupts off; the others are halted or off. */
static void finish(struct vm *vm, unsigned int cpus)
{
	uint64_t until = now_ns() + slow_ns(40000000000ull);

	while ((uint16_t)word(vm, GUEST_R_DONE) != GUEST_DONE &&
	       !word(vm, GUEST_R_FAULTS) &&
	       vm_state(vm->fd) == AXVM_VM_RUNNING && now_ns() < until)
		sleep_ms(20);
	check_done(vm);
	CHECK(out(vm, 4) > 5);
	if (!CHECK_EQ(out(vm, 0), 0))
		note("apic.c:%d: %#llx, not %#llx", (int)out(vm, 1),
		     (unsigned long long)out(vm, 2),
		     (unsigned long long)out(vm, 3));
	if (cpus == 1)
		CHECK_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, NULL), 0);
}

static void run(unsigned int part, unsigned int cpus)
{
	struct vm vm;

	make(&vm, part, cpus);
	REQUIRE_RET(vm_start(vm.fd), 0);
	finish(&vm, cpus);
	vm_close(&vm);
}

static void xapic(void)
{
	run(PART_XAPIC, 1);
}

static void x2apic(void)
{
	run(PART_X2APIC, 1);
}

static void smp2(void)
{
	run(PART_SMP, 2);
}

static void smp4(void)
{
	run(PART_SMP, 4);
}

static void smp_xapic(void)
{
	run(PART_SMP_XAPIC, 2);
}

static void storm(void)
{
	run(PART_STORM, 1);
}

static uint64_t tsc_khz(void)
{
	uint64_t ns = now_ns(), tsc = __rdtsc();

	sleep_ms(100);
	tsc = __rdtsc() - tsc;
	return tsc * 1000000 / (now_ns() - ns);
}

static void timer(void)
{
	uint64_t khz = tsc_khz(), told;
	struct vm vm;

	make(&vm, PART_TIMER, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	finish(&vm, 1);
	told = out(&vm, 5);
	if (!CHECK(told > khz - khz / 50 && told < khz + khz / 50))
		note("told %llu kHz, is %llu", (unsigned long long)told,
		     (unsigned long long)khz);
	vm_close(&vm);
}

static void starts_off(void)
{
	struct axvm_vcpu_info info = { .size = sizeof(info) };
	struct vm vm;

	make(&vm, PART_X2APIC, 2);
	REQUIRE_RET(vm_start(vm.fd), 0);
	finish(&vm, 1);
	CHECK_RET(vcpu_info(vm.vcpu[1], &info), 0);
	CHECK_EQ(info.exits, 0);
	/* All that is left waits for ever: the VM ends. */
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
	/* And again from the start. */
	REQUIRE_RET(vm_reset(vm.fd), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	finish(&vm, 1);
	vm_close(&vm);
}

static void survives_reset(void)
{
	static const uint64_t zero[GUEST_R_OUT + 6];
	unsigned int i;
	struct vm vm;

	make(&vm, PART_SMP, 2);
	for (i = 0; i < 8; i++) {
		REQUIRE_RET(vm_start(vm.fd), 0);
		sleep_ms(5 * i);
		REQUIRE_RET(vm_reset(vm.fd), 0);
	}
	/* Nothing that an earlier run wrote. */
	REQUIRE_RET(vm_write(vm.fd, GUEST_X86_RESULTS, zero, sizeof(zero)), 0);
	set_arg(&vm, 0, PART_SMP);
	set_arg(&vm, 1, 2);
	image_load(&vm, "apic"); /* its variables, too */
	REQUIRE_RET(vm_start(vm.fd), 0);
	finish(&vm, 2);
	vm_close(&vm);
}

/* Guest time stands still: the timer's part sees nothing of it. */
static void suspends(void)
{
	unsigned int i;
	struct vm vm;

	make(&vm, PART_TIMER, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < 6; i++) {
		REQUIRE_RET(vm_suspend(vm.fd), 0);
		sleep_ms(60);
		REQUIRE_RET(vm_resume(vm.fd), 0);
		sleep_ms(3);
	}
	finish(&vm, 1);
	vm_close(&vm);
}

static const struct test tests[] = {
	{ "xAPIC: registers, priorities, the page moves", xapic },
	{ "x2APIC: registers, priorities, faults", x2apic },
	{ "the timer's three modes are on time", timer },
	{ "two vCPUs: INIT, SIPI, all kinds of IPIs", smp2, 120 },
	{ "four vCPUs likewise", smp4, 120 },
	{ "two vCPUs through the page", smp_xapic, 120 },
	{ "a vCPU that nobody starts stays off", starts_off },
	{ "reset at any time", survives_reset, 120 },
	{ "the timer does not see that the VM was suspended", suspends },
	{ "storms of bad values", storm },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
