// SPDX-License-Identifier: GPL-2.0
/*
 * The host suspends and hibernates under running VMs, each time as deep as
 * the kernel's test mode goes (pm_test): devices asleep, one CPU left, the
 * system core asleep.  Then everything wakes and the VMs go on.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define PM_TEST "/sys/power/pm_test"
#define PM_STATE "/sys/power/state"

static bool file_contains(const char *path, const char *word)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[512];
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return strstr(text, word) != NULL;
}

static void running_vm(struct vm *vm, unsigned int cpu)
{
	struct axvm_vcpu_affinity arg = { .size = sizeof(arg) };

	vm_guest(vm, &guest_spin, arch.results, 0);
	arg.mask[0] = 1ull << cpu;
	REQUIRE_RET(call(vm->vcpu[0], AXVM_VCPU_AFFINITY, &arg), 0);
	REQUIRE_RET(vm_start(vm->fd), 0);
	CHECK(vm_progresses(vm->fd, 0));
}

static uint32_t cpus_taken(void)
{
	struct axvm_info info = { .size = sizeof(info) };

	CHECK_RET(call(dev_fd, AXVM_INFO, &info), 0);
	return info.cpus_taken;
}

/* A VM on each CPU and one that stands still; the host sleeps in between. */
static void host_sleeps(const char *state, const char *depth)
{
	unsigned int i, n = dev_info.cpus_online < 4 ? dev_info.cpus_online : 4;
	struct vm vm[4], still;
	bool slept;

	if (geteuid() || !file_contains(PM_TEST, depth))
		test_skip("no pm_test in this kernel");
	if (!file_contains(PM_STATE, state))
		test_skip("this host has no such state");
	for (i = 0; i < n; i++)
		running_vm(&vm[i], i);
	running_vm(&still, 0);
	REQUIRE_RET(vm_suspend(still.fd), 0);
	/* Shorter naps, where the kernel lets them be. */
	file_write("/sys/module/suspend/parameters/pm_test_delay", "1");
	REQUIRE(file_write(PM_TEST, depth));
	slept = file_write(PM_STATE, state);
	file_write(PM_TEST, "none");
	if (!slept)
		test_skip("this host does not sleep so deep");
	CHECK_EQ(cpus_taken(), dev_info.cpus_online);
	for (i = 0; i < n; i++) {
		CHECK_EQ(vm_state(vm[i].fd), AXVM_VM_RUNNING);
		CHECK(vm_progresses(vm[i].fd, 0));
		REQUIRE_RET(vm_suspend(vm[i].fd), 0);
		REQUIRE_RET(vm_resume(vm[i].fd), 0);
		CHECK(vm_progresses(vm[i].fd, 0));
	}
	/* Waking the host wakes nobody who was suspended before. */
	CHECK_EQ(vm_state(still.fd), AXVM_VM_SUSPENDED);
	REQUIRE_RET(vm_resume(still.fd), 0);
	CHECK(vm_progresses(still.fd, 0));
}

static void freezer(void)
{
	host_sleeps("freeze", "freezer");
}

static void devices(void)
{
	host_sleeps("freeze", "devices");
}

static void platform(void)
{
	host_sleeps("freeze", "platform");
}

static void mem_processors(void)
{
	host_sleeps("mem", "processors");
}

static void mem_core(void)
{
	host_sleeps("mem", "core");
}

static void disk_devices(void)
{
	host_sleeps("disk", "devices");
}

static void disk_processors(void)
{
	host_sleeps("disk", "processors");
}

static void disk_core(void)
{
	host_sleeps("disk", "core");
}

static const struct test tests[] = {
	{ "suspend: tasks are frozen", freezer },
	{ "suspend: devices sleep", devices },
	{ "suspend: the platform is told", platform },
	{ "suspend: one CPU is left", mem_processors },
	{ "suspend: the system core sleeps", mem_core },
	{ "hibernation: devices sleep", disk_devices },
	{ "hibernation: one CPU is left", disk_processors },
	{ "hibernation: the system core sleeps", disk_core },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
