// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VCPU_RUN: a vCPU driven by the caller's own thread.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/sync_vcpu.h"

static struct axvm_exit last;

static int run(int fd, uint32_t flags, uint64_t answer)
{
	struct axvm_vcpu_run arg = {
		.size = sizeof(arg),
		.flags = flags,
		.answer = answer,
	};
	int err = call(fd, AXVM_VCPU_RUN, &arg);

	if (!err)
		last = arg.exit;
	return err;
}

static void modes(void)
{
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	CHECK_RET(run(vm.vcpu[0], 0, 0), -EBADFD);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[1], arch.code, arch.results), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(run(vm.vcpu[1], 0, 0), -EBADFD);
	CHECK_RET(run(vm.vcpu[0], AXVM_VCPU_RUN_ANSWER, 0), -ENOENT);
	CHECK_RET(run(vm.vcpu[0], AXVM_VCPU_RUN_FAULT, 0), -EINVAL);
	CHECK_RET(run(vm.vcpu[0], 0, 1), -EINVAL);
}

static void hypercall(void)
{
	struct vm vm;
	uint64_t seq;

	sync_vm(&vm, &guest_hypercall, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(run(vm.vcpu[0], 0, 0), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_HYPERCALL);
	CHECK(last.flags & AXVM_EXIT_WANTS_ANSWER);
	CHECK_EQ((uint32_t)last.hypercall.nr, 0x1234);
	CHECK_EQ((uint32_t)last.hypercall.args[0], 0x11);
	seq = last.seq;
	/* not answered: the same again */
	REQUIRE_RET(run(vm.vcpu[0], 0, 0), 0);
	CHECK_EQ(last.seq, seq);
	REQUIRE_RET(run(vm.vcpu[0], AXVM_VCPU_RUN_ANSWER, 0x2468ace), 0);
	/* that was the guest's end */
	CHECK_EQ(last.reason, AXVM_EXIT_HALT);
	CHECK_EQ(vm_result(vm.fd, 0), 0x2468ace);
	CHECK_EQ(vm_result(vm.fd, 1), 1);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
	CHECK_RET(run(vm.vcpu[0], 0, 0), -EBADFD);
}

static void device(void)
{
	static const struct {
		bool write;
		unsigned int offset;
		unsigned int bytes;
		uint64_t data;
	} want[] = {
		{ true, 0, 4, 0x11223344 },
		{ false, 4, 4, 0x89abcdef },
		{ false, 8, 1, 0x5c },
		{ true, 12, 2, 0xbeef },
	};
	uint32_t flags = 0;
	uint64_t answer = 0;
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_device, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_USER), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		REQUIRE_RET(run(vm.vcpu[0], flags, answer), 0);
		CHECK_EQ(last.reason, want[i].write ? arch.device_write :
						      arch.device_read);
		CHECK_EQ(arch_exit_address(&last),
			 arch.device + want[i].offset);
		CHECK_EQ(arch_exit_bytes(&last), want[i].bytes);
		if (want[i].write)
			CHECK_EQ(arch_exit_data(&last), want[i].data);
		flags = AXVM_VCPU_RUN_ANSWER;
		answer = want[i].write ? 0 : want[i].data;
	}
	REQUIRE_RET(run(vm.vcpu[0], flags, 0), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_HALT);
	CHECK_EQ(vm_result(vm.fd, 0), 0x89abcdef);
	CHECK_EQ(vm_result(vm.fd, 1), 0x5c);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
}

static void ends(void)
{
	struct axvm_vm_info info;
	struct vm vm;

	sync_vm(&vm, &guest_poweroff, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(run(vm.vcpu[0], 0, 0), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_SYSTEM_DOWN);
	CHECK(last.flags & AXVM_EXIT_STOPS);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.state, AXVM_VM_STOPPED);
	CHECK_EQ(info.stop_reason, AXVM_EXIT_SYSTEM_DOWN);
	/* and from the beginning again */
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(run(vm.vcpu[0], 0, 0), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_SYSTEM_DOWN);
}

static int enter(int fd)
{
	return run(fd, 0, 0);
}

static void signals(void)
{
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < 5; i++)
		interrupted(&vm, enter, 50, 1);
	interrupted(&vm, enter, 3, 100); /* a storm of them */
}

/* A signal comes before the record is returned: the record is not lost. */
static void signal_and_record(void)
{
	sigset_t set;
	struct vm vm;

	sync_vm(&vm, &guest_hypercall, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(run(vm.vcpu[0], 0, 0), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1); /* blocked: not pending for the call */
	CHECK_RET(run(vm.vcpu[0], 0, 0), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_HYPERCALL);
	CHECK_RET(run(vm.vcpu[0], AXVM_VCPU_RUN_ANSWER, 1), 0);
	CHECK_EQ(last.reason, AXVM_EXIT_HALT);
}

static void busy(void)
{
	struct runner r;
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	CHECK_RET(run(vm.vcpu[0], 0, 0), -EBUSY);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	CHECK_RET(runner_end(&r), -EBADFD);
}

static void suspended_inside(void)
{
	struct runner r;
	uint32_t before;
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	before = vm_result(vm.fd, 0);
	sleep_ms(50);
	CHECK_EQ(vm_result(vm.fd, 0), before);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	sleep_ms(100);
	CHECK(vm_result(vm.fd, 0) != before);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	CHECK_RET(runner_end(&r), -EBADFD);
}

static void destroyed_inside(void)
{
	struct runner r;
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_RET(runner_end(&r), -ENODEV);
}

static void visited_inside(void)
{
	struct axvm_vcpu_info info;
	uint8_t block[8192];
	struct axvm_regs regs = {
		.size = sizeof(regs),
		.block = AXVM_REGS_GENERAL,
		.len = arch.general_bytes,
		.buf = (uintptr_t)block,
	};
	struct runner r;
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	for (i = 0; i < 50; i++)
		CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_GET_REGS, &regs), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.tid, 0);
	CHECK_EQ(info.sync, 1);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	runner_end(&r);
}

static const struct test tests[] = {
	{ "RUN needs a sync vCPU of a started VM", modes },
	{ "a hypercall, returned until it is answered", hypercall },
	{ "device accesses, one by one", device },
	{ "RUN returns what ended the VM", ends },
	{ "a signal ends RUN", signals },
	{ "a pending record is returned", signal_and_record },
	{ "one thread at a time; stop ends RUN", busy },
	{ "suspend holds the thread inside RUN", suspended_inside },
	{ "destroy ends RUN", destroyed_inside },
	{ "registers can be read while it runs", visited_inside },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
