// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware task switches (tests/guest/x86/task.S), which the processor leaves to
 * the hypervisor.  Each test runs the guest as a whole and looks at its part.
 */
#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"
#include "uapi/axvm_x86.h"

#define NT 0x4000u
#define SEL_M 0x28 /* TSSs of the guest */
#define SEL_A 0x30
#define SEL_DF 0x38
#define SEL_B 0x40
#define SEL_V 0x48
#define PD 0x70000
#define PD_A 0x71000

static void run(struct vm *vm)
{
	struct axvm_irq irq = { .size = sizeof(irq), .vcpus = 1, .irq = 0x31 };
	struct axvm_vm_wait wait;

	image_vm(vm, "task", 0, 0);
	REQUIRE_RET(vm_op(vm->fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	REQUIRE_RET(call(vm->fd, AXVM_VM_IRQ, &irq), 0);
	REQUIRE_RET(vm_resume(vm->fd), 0);
	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(vm);
}

#define SAW(n, want) CHECK_EQ(out(&vm, n), want)

static void jumps(void)
{
	struct vm vm;

	run(&vm);
	/* the task begins with what its TSS holds */
	SAW(0, 0xa0a0);
	SAW(1, 2);
	SAW(2, SEL_A);
	SAW(3, PD_A);
	CHECK_EQ(out(&vm, 4) & 8, 8); /* TS */
	SAW(5, 0xfeed1234); /* which its CR3 maps */
	/* and the other one goes on with what it had */
	SAW(10, 0x11112222);
	SAW(11, 0x33334444);
	SAW(12, 0x5000);
	SAW(13, SEL_M);
	SAW(14, PD);
	SAW(15, 0x8b); /* busy */
	SAW(16, 0x89); /* not busy */
}

static void calls(void)
{
	struct vm vm;

	run(&vm);
	CHECK_EQ(out(&vm, 6) & NT, NT);
	SAW(7, SEL_M); /* the link */
	CHECK_EQ(out(&vm, 17) & NT, 0);
	SAW(18, 0x89);
}

static void gates(void)
{
	struct vm vm;

	run(&vm);
	SAW(8, 1);
	SAW(19, 1);
	SAW(9, 1);
	SAW(20, 1);
}

static void debug_trap(void)
{
	struct vm vm;

	run(&vm);
	CHECK_EQ(out(&vm, 26) & 0xe00f, 0x8000); /* BT */
	SAW(27, SEL_A);
	SAW(25, 1);
	SAW(21, 0x6aa); /* local breakpoints are off */
}

static void double_fault(void)
{
	struct vm vm;

	run(&vm);
	SAW(28, 0); /* the error code */
	SAW(29, SEL_DF);
	SAW(30, 0); /* where it was */
	SAW(22, 1);
}

static void fault_inside(void)
{
	struct vm vm;

	run(&vm);
	SAW(31, 0x1f8);
	SAW(32, SEL_B);
	SAW(23, 1);
}

static void virtual_8086(void)
{
	struct vm vm;

	run(&vm);
	SAW(36, 0x800); /* CS */
	SAW(33, 0);
	CHECK_EQ(out(&vm, 34) & 0x20000, 0x20000);
	SAW(35, SEL_V);
	SAW(24, 1);
}

static const struct test tests[] = {
	{ "JMP to a task and back: all registers, CR3, busy bits", jumps },
	{ "CALL and IRET: NT and the link", calls },
	{ "task gates: INT, an interrupt", gates },
	{ "the debug trap of a TSS", debug_trap },
	{ "#DF through a task gate, with its error code", double_fault },
	{ "a fault while the new task's segments are loaded", fault_inside },
	{ "a task in virtual-8086 mode", virtual_8086 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
