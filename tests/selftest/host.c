// SPDX-License-Identifier: GPL-2.0
/*
 * The host changes under running VMs: CPUs go and come back, the VM's threads
 * are moved and starved.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define CPU1 "/sys/devices/system/cpu/cpu1/online"

static void running_vm(struct vm *vm)
{
	vm_guest(vm, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_start(vm->fd), 0);
	CHECK(vm_progresses(vm->fd, 0));
}

static int pin_to(int vcpu_fd, unsigned int cpu)
{
	struct axvm_vcpu_affinity arg = { .size = sizeof(arg) };

	arg.mask[0] = 1ull << cpu;
	return call(vcpu_fd, AXVM_VCPU_AFFINITY, &arg);
}

static uint32_t last_cpu(int vcpu_fd)
{
	struct axvm_vcpu_info info;

	CHECK_RET(vcpu_info(vcpu_fd, &info), 0);
	return info.cpu;
}

/* The vCPU goes where it is told, while it runs. */
static void moves(void)
{
	unsigned int i, cpus = dev_info.cpus_online;
	struct vm vm;

	if (cpus < 2)
		test_skip("needs two CPUs");
	running_vm(&vm);
	for (i = 0; i < 20; i++) {
		uint64_t limit = now_ns() + slow_ns(2000000000ull);

		REQUIRE_RET(pin_to(vm.vcpu[0], i % 2), 0);
		while (last_cpu(vm.vcpu[0]) != i % 2 && now_ns() < limit)
			sleep_ms(1);
		CHECK_EQ(last_cpu(vm.vcpu[0]), i % 2);
		CHECK(vm_progresses(vm.fd, 0));
	}
	CHECK(vm_stat(vm.fd, AXVM_STAT_moved) >= 10);
}

static uint32_t cpus_taken(void)
{
	struct axvm_info info = { .size = sizeof(info) };

	CHECK_RET(call(dev_fd, AXVM_INFO, &info), 0);
	return info.cpus_taken;
}

/* Its CPU goes away: it runs elsewhere; the CPU comes back and is taken. */
static void unplug(void)
{
	unsigned int i;
	uint32_t taken;
	struct vm vm;

	if (geteuid() || access(CPU1, W_OK))
		test_skip("CPU 1 cannot be taken offline");
	running_vm(&vm);
	taken = cpus_taken();
	for (i = 0; i < 3; i++) {
		REQUIRE_RET(pin_to(vm.vcpu[0], 1), 0);
		CHECK(vm_progresses(vm.fd, 0));
		REQUIRE(file_write(CPU1, "0"));
		CHECK(vm_progresses(vm.fd, 0));
		CHECK_EQ(cpus_taken(), taken - 1);
		CHECK(last_cpu(vm.vcpu[0]) != 1);
		/* a VM made meanwhile does without */
		if (i == 1) {
			struct vm other;

			running_vm(&other);
			vm_close(&other);
		}
		REQUIRE(file_write(CPU1, "1"));
		CHECK(vm_progresses(vm.fd, 0));
		CHECK_EQ(cpus_taken(), taken);
	}
	REQUIRE_RET(pin_to(vm.vcpu[0], 1), 0);
	CHECK(vm_progresses(vm.fd, 0));
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
}

/* The last VM goes while a CPU is away: nothing is left taken. */
static void unplug_and_destroy(void)
{
	struct vm vm;

	if (geteuid() || access(CPU1, W_OK))
		test_skip("CPU 1 cannot be taken offline");
	running_vm(&vm);
	REQUIRE(file_write(CPU1, "0"));
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
	REQUIRE(file_write(CPU1, "1"));
	running_vm(&vm);
	CHECK_EQ(cpus_taken(), dev_info.cpus_online);
}

/* Busy processes on every CPU: host and guests both get on. */
static void crowded(void)
{
	pid_t hogs[4];
	unsigned int i;
	struct vm vm[2];

	running_vm(&vm[0]);
	running_vm(&vm[1]);
	for (i = 0; i < 4; i++) {
		hogs[i] = fork();
		if (!hogs[i])
			for (;;)
				;
	}
	for (i = 0; i < 5; i++) {
		CHECK(vm_progresses(vm[0].fd, 0));
		CHECK(vm_progresses(vm[1].fd, 0));
		REQUIRE_RET(vm_suspend(vm[i % 2].fd), 0);
		REQUIRE_RET(vm_resume(vm[i % 2].fd), 0);
	}
	for (i = 0; i < 4; i++) {
		kill(hogs[i], SIGKILL);
		CHECK(reap(hogs[i], true));
	}
	CHECK(vm_stat(vm[0].fd, AXVM_STAT_preempted) +
		      vm_stat(vm[1].fd, AXVM_STAT_preempted) >
	      0);
}

static const struct test tests[] = {
	{ "a running vCPU moves between CPUs", moves },
	{ "a CPU goes offline under a running VM, and returns", unplug },
	{ "the last VM goes while a CPU is offline", unplug_and_destroy },
	{ "a crowded host", crowded },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
