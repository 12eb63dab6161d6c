// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery of events that is interrupted and done again, and a guest's own debug
 * registers: the guest tests/guest/x86/events.c makes the checks.
 */
#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"

#define STACKS 0x2000000ull
#define APART 0x200000ull /* the host's blocks */
#define KINDS 8

static void run(unsigned int part)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	image_vm(&vm, "events", AXVM_VM_PLATFORM, 0);
	REQUIRE_RET(vm_memory(&vm, STACKS, KINDS * APART), 0);
	set_arg(&vm, 0, part);
	set_arg(&vm, 1, STACKS);
	set_arg(&vm, 2, APART);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(&vm);
	CHECK(out(&vm, 4) > 15);
	if (!CHECK_EQ(out(&vm, 0), 0))
		note("events.c: line or vector %d: %#llx, not %#llx",
		     (int)out(&vm, 1), (unsigned long long)out(&vm, 2),
		     (unsigned long long)out(&vm, 3));
	if (part == 1)
		CHECK_EQ(out(&vm, 8), KINDS);
	vm_close(&vm);
}

static void delivery(void)
{
	run(1);
}

static void debugging(void)
{
	run(2);
}

static const struct test tests[] = {
	{ "all kinds of events on stacks that are not there yet", delivery },
	{ "watchpoints, breakpoints and single steps of the guest", debugging },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
