// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of ranges and spaces: who answers what a guest touches.
 */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/selftest/exits.h"

static void policy_stop(void)
{
	struct axvm_vm_wait wait;
	struct axvm_flight *flight;
	struct axvm_exit e;
	struct vm vm;

	vm_guest(&vm, &guest_device, 0, 0);
	flight = vcpu_flight(vm.vcpu[0]);
	REQUIRE(flight);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, arch.device, 4,
			      AXVM_IO_STOP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, arch.device_write);
	CHECK_EQ(load(&flight->produced), 1);
	CHECK(flight_read(flight, 0, &e));
	CHECK_EQ(e.seq, 1);
	CHECK(e.flags & AXVM_EXIT_STOPS);
	CHECK_EQ(arch_exit_data(&e), 0x11223344);
}

static void policy_unclaimed(void)
{
	struct vm vm;

	vm_guest(&vm, &guest_device, 0, 0);
	if (arch.space == AXVM_SPACE_MMIO && arch.mmio_faults)
		test_skip("unclaimed accesses fault in the guest here");
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0xffffffff);
	CHECK_EQ(vm_result(vm.fd, 1), 0xff);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	CHECK_EQ(vm_stat(vm.fd, AXVM_NR_STATS + arch.device_read), 2);
	CHECK_EQ(vm_stat(vm.fd, AXVM_NR_STATS + arch.device_write), 2);
}

/* The default of the whole space, and a range that differs from it. */
static void policy_default(void)
{
	struct axvm_ring *ring;
	struct vm vm;

	vm_guest(&vm, &guest_device, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	device_step(&vm, ring, arch.device_write, 0, 4, 0x11223344, 0);
	REQUIRE(ring_wait_parked(ring));
	/* changed under the running VM: holds from the next access on */
	REQUIRE_RET(vm_policy(vm.fd, arch.space, arch.device + 12, 4,
			      AXVM_IO_STOP), 0);
	device_step(&vm, ring, arch.device_read, 4, 4, 0, 1);
	device_step(&vm, ring, arch.device_read, 8, 1, 0, 2);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 1), 2);
	CHECK_EQ(vm_result(vm.fd, 2), 0);
}

static void doorbell(void)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.space = arch.space,
		.policy = AXVM_IO_EVENTFD,
		.base = arch.device,
		.len = 4,
		.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
	};
	uint64_t count = 0, before;
	struct vm vm;

	vm_guest(&vm, &guest_device_writes, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_USER), 0);
	REQUIRE_RET(call(vm.fd, AXVM_VM_IO, &io), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(readable(io.fd, 10000));
	REQUIRE_RET(vm_wait_result(vm.fd, 0, 100), 0);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK(read(io.fd, &count, 8) == 8);
	before = vm_result(vm.fd, 0);
	CHECK(count == before || count == before + 1);
	/* no record, no answer asked for */
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_user_exits), 0);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	io.flags = AXVM_IO_REMOVE;
	io.policy = 0;
	close(io.fd);
	io.fd = 0;
	REQUIRE_RET(call(vm.fd, AXVM_VM_IO, &io), 0);
	/* gone: now the default holds */
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_PARKED), 0);
}

static void datamatch(void)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.flags = AXVM_IO_DATAMATCH,
		.space = arch.space,
		.policy = AXVM_IO_EVENTFD,
		.base = arch.device,
		.len = 4,
		.datamatch = 3,
		.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
	};
	struct axvm_ring *ring;
	uint64_t count, n, seq;
	struct vm vm;

	vm_guest(&vm, &guest_device_writes, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_USER), 0);
	REQUIRE_RET(call(vm.fd, AXVM_VM_IO, &io), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	/* 1, 2, then 3 rings the bell, then 4 */
	for (n = 1; n <= 4; n++) {
		if (n == 3)
			continue;
		seq = ring_wait_parked(ring);
		REQUIRE(seq);
		CHECK_EQ(arch_exit_data(&ring->parked), n);
		if (n < 4)
			CHECK(read(io.fd, &count, 8) < 0 && errno == EAGAIN);
		CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 0, 0), 0);
	}
	CHECK(read(io.fd, &count, 8) == 8);
	CHECK_EQ(count, 1);
}

static const struct test tests[] = {
	{ "policy stop", policy_stop },
	{ "policy unclaimed", policy_unclaimed },
	{ "policies: a space's default and a range", policy_default },
	{ "policy eventfd", doorbell },
	{ "policy eventfd with a value", datamatch },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
