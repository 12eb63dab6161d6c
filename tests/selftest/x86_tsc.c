// SPDX-License-Identifier: GPL-2.0
/*
 * The TSC of a VM: the same for its vCPUs, and one that stands still while the VM
 * is suspended.
 */
#include <x86intrin.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"

#define TURNS 4000
#define SUSPENDS 6
#define PAUSE_MS 80

static void make(struct vm *vm, uint64_t turns)
{
	image_vm(vm, "tsc", 0, 0);
	REQUIRE_RET(vm_vcpu(vm, 1, 0), 0);
	image_entry(vm, 1);
	set_arg(vm, 0, turns);
}

static void check_order(struct vm *vm)
{
	CHECK_EQ(word(vm, GUEST_R_FAULTS), 0);
	if (!CHECK_EQ(out(vm, 0), 0))
		note("%#llx after %#llx", (unsigned long long)out(vm, 2),
		     (unsigned long long)out(vm, 3));
	CHECK(out(vm, 9) > out(vm, 8));
}

static void in_step(void)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	make(&vm, TURNS);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(&vm);
	CHECK_EQ(out(&vm, 5), 2 * TURNS);
	check_order(&vm);
	vm_close(&vm);
}

static void suspended(void)
{
	uint64_t begin, stood = 0, from, turns = 0;
	struct vm vm;
	unsigned int i;

	make(&vm, ~0ull);
	begin = __rdtsc();
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < SUSPENDS; i++) {
		while (out(&vm, 5) < turns + 100)
			sleep_ms(1);
		REQUIRE_RET(vm_suspend(vm.fd), 0);
		from = __rdtsc();
		turns = out(&vm, 5);
		sleep_ms(PAUSE_MS);
		CHECK_EQ(out(&vm, 5), turns);
		check_order(&vm);
		/* It saw nothing of the time in which it stood. */
		CHECK(out(&vm, 9) <= from - begin - stood);
		stood += __rdtsc() - from;
		REQUIRE_RET(vm_resume(vm.fd), 0);
	}
	vm_close(&vm);
}

static const struct test tests[] = {
	{ "it never goes back from one vCPU to another", in_step },
	{ "it stands still while the VM is suspended", suspended },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
