// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VM_CPUID: what it tells is what the guest sees, what is hidden is not
 * there, and each rejection.
 */
#include <string.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"
#include "uapi/axvm_x86.h"

static struct axvm_cpuid arg;

static int ask(struct vm *vm, uint32_t leaf, uint32_t subleaf)
{
	arg = (struct axvm_cpuid){ .size = sizeof(arg),
				   .leaf = leaf,
				   .subleaf = subleaf };
	return call(vm->fd, AXVM_VM_CPUID, &arg);
}

static int hide(struct vm *vm, uint32_t leaf, unsigned int reg, uint32_t bits)
{
	arg = (struct axvm_cpuid){ .size = sizeof(arg),
				   .flags = AXVM_CPUID_HIDE,
				   .leaf = leaf };
	arg.hide[reg] = bits;
	return call(vm->fd, AXVM_VM_CPUID, &arg);
}

static void run(struct vm *vm)
{
	struct axvm_vm_wait wait;

	REQUIRE_RET(vm_start(vm->fd), 0);
	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	check_done(vm);
}

static void tells(void)
{
	uint32_t l7[4], rdtscp;
	struct vm vm;

	image_vm(&vm, "cpuid", 0, 0);
	REQUIRE_RET(ask(&vm, 0, 0), 0);
	CHECK(arg.regs[0] >= 0xd);
	REQUIRE_RET(ask(&vm, 0x12345, 0), 0);
	CHECK_EQ(arg.regs[0] | arg.regs[1] | arg.regs[2] | arg.regs[3], 0);
	REQUIRE_RET(ask(&vm, 0x80000001, 0), 0);
	rdtscp = arg.regs[3] >> 27 & 1;
	REQUIRE_RET(ask(&vm, 7, 0), 0);
	memcpy(l7, arg.regs, sizeof(l7));
	CHECK_EQ(l7[1] & 1, 1); /* FSGSBASE: every emulated CPU has it */
	run(&vm);
	CHECK_EQ(out(&vm, 0), l7[1]);
	CHECK_EQ(out(&vm, 1), l7[2]);
	CHECK_EQ(out(&vm, 2), l7[3]);
	CHECK_EQ(out(&vm, 3), 0); /* CR4.FSGSBASE can be set */
	CHECK_EQ(out(&vm, 4), rdtscp ? 0 : 0x10d); /* TSC_AUX */
	/* what there is can be asked at any time */
	CHECK_RET(ask(&vm, 7, 0), 0);
	CHECK(!memcmp(arg.regs, l7, sizeof(l7)));
}

static void hides(void)
{
	struct axvm_vm_wait wait;
	uint64_t zero = 0;
	uint32_t l7, ext;
	struct vm vm;

	image_vm(&vm, "cpuid", 0, 0);
	REQUIRE_RET(ask(&vm, 7, 0), 0);
	l7 = arg.regs[1];
	REQUIRE_RET(hide(&vm, 7, 1, 1), 0);
	CHECK_EQ(arg.regs[1], l7 & ~1u);
	REQUIRE_RET(ask(&vm, 0x80000001, 0), 0);
	ext = arg.regs[3];
	REQUIRE_RET(hide(&vm, 0x80000001, 3, 1u << 27), 0);
	CHECK_EQ(arg.regs[3], ext & ~(1u << 27));
	run(&vm);
	CHECK_EQ(out(&vm, 0), l7 & ~1u);
	CHECK_EQ(out(&vm, 3), 0x10d); /* a reserved bit of CR4 now */
	CHECK_EQ(out(&vm, 4), 0x10d); /* an unknown MSR */
	/* and it stays so */
	REQUIRE_RET(vm_write(vm.fd, GUEST_X86_RESULTS + 8 * (GUEST_R_OUT + 3),
			     &zero, sizeof(zero)),
		    0);
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(out(&vm, 3), 0x10d);
}

static void refusals(void)
{
	struct vm vm;
	uint32_t i;

	image_vm(&vm, "cpuid", 0, 0);
	arg = (struct axvm_cpuid){ .size = sizeof(arg), .hide = { 0, 0, 1 } };
	CHECK_RET(call(vm.fd, AXVM_VM_CPUID, &arg), -EINVAL);
	arg = (struct axvm_cpuid){ .size = sizeof(arg), .regs = { 0, 0, 0, 1 } };
	CHECK_RET(call(vm.fd, AXVM_VM_CPUID, &arg), -EINVAL);
	for (i = 0; i < AXVM_CPUID_HIDES; i++)
		CHECK_RET(hide(&vm, 0x1000 + i, 0, 1), 0);
	CHECK_RET(hide(&vm, 7, 1, 1), -ENOSPC);
	CHECK_RET(hide(&vm, 0x1000, 0, 2), 0);
	run(&vm);
	CHECK_RET(hide(&vm, 0x1000, 0, 1), -EBADFD);
}

static const struct test tests[] = {
	{ "what AXVM_VM_CPUID tells is what the guest sees", tells },
	{ "what is hidden is not there: CPUID, CR4, MSRs", hides },
	{ "each rejection", refusals },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
