// SPDX-License-Identifier: GPL-2.0
/*
 * VMs with many vCPUs, as the guest tests/guest/x86/many.c starts them: what each
 * of them finds itself to be, messages to all, and their end.
 */
#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/storm.h"
#include "tests/selftest/x86_image.h"

static void make(struct vm *vm, unsigned int cpus, unsigned int at_once,
		 unsigned int for_ever)
{
	unsigned int i;

	image_vm(vm, "many", AXVM_VM_PLATFORM, 0);
	for (i = 1; i < cpus; i++)
		REQUIRE_RET(vm_vcpu(vm, i, 0), 0);
	set_arg(vm, 0, cpus);
	set_arg(vm, 1, at_once);
	set_arg(vm, 2, for_ever);
}

/* Fields of ids have room for a power of two; counts are what there is. */
static void check_guest(struct vm *vm, unsigned int cpus)
{
	unsigned int bits = 0;

	while (1u << bits < cpus)
		bits++;
	CHECK_EQ(word(vm, GUEST_R_FAULTS), 0);
	if (!CHECK_EQ(out(vm, 0), 0))
		note("many.c:%d: %#llx, not %#llx", (int)out(vm, 1),
		     (unsigned long long)out(vm, 2),
		     (unsigned long long)out(vm, 3));
	CHECK_EQ(out(vm, 8), cpus - 1);
	CHECK_EQ(out(vm, 9), bits);
	CHECK_EQ(out(vm, 10), cpus);
	CHECK_EQ(out(vm, 11), cpus);
	CHECK_EQ(out(vm, 12), 1u << bits);
}

static void run(unsigned int cpus, unsigned int at_once)
{
	uint64_t until = now_ns() + slow_ns(60000000000ull);
	struct watchdog dog;
	struct vm vm;

	make(&vm, cpus, at_once, 0);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	while ((uint16_t)word(&vm, GUEST_R_DONE) != GUEST_DONE &&
	       !word(&vm, GUEST_R_FAULTS) &&
	       vm_state(vm.fd) == AXVM_VM_RUNNING && now_ns() < until)
		sleep_ms(20);
	check_done(&vm);
	check_guest(&vm, cpus);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

static void all_at_once(void)
{
	run(AXVM_MAX_VCPUS, 1);
}

static void in_turn(void)
{
	run(AXVM_MAX_VCPUS, 0);
}

static void three(void)
{
	run(3, 0);
}

static void seventeen(void)
{
	run(17, 1);
}

static void storms(void)
{
	uint64_t until = now_ns() + slow_ns(60000000000ull);
	struct watchdog dog;
	unsigned int i;
	struct vm vm;

	make(&vm, AXVM_MAX_VCPUS, 1, 1);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		while (!out(&vm, 16 + i) && now_ns() < until)
			sleep_ms(20);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	check_guest(&vm, AXVM_MAX_VCPUS);
	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		CHECK(out(&vm, 16 + i) > 0);
	destroy_from_thread(&vm);
	watchdog_stop(&dog);
}

static const struct test tests[] = {
	{ "3 vCPUs: two bits of ids, IPIs of all kinds", three },
	{ "17 vCPUs, two clusters", seventeen },
	{ "64 vCPUs, started one after the other", in_turn, 120 },
	{ "64 vCPUs, started all at once", all_at_once, 120 },
	{ "64 vCPUs that send one another IPIs die at once", storms, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
