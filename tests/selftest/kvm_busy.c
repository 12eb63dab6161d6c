// SPDX-License-Identifier: GPL-2.0
/*
 * KVM and axvm on one x86 host: whoever has a VM owns the CPUs, the other is
 * told so and goes on when they are free.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

static int kvm_open(void)
{
	int fd;

	/* one that holds the CPUs for good would be in the next tests' way */
	if (system("modprobe kvm enable_virt_at_load=0 2> /dev/null; "
		   "modprobe kvm_intel 2> /dev/null || "
		   "modprobe kvm_amd 2> /dev/null"))
		test_skip("no KVM module here");
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		test_skip("no /dev/kvm here");
	return fd;
}

/* From 6.12 on KVM takes the CPUs when it is loaded, unless told not to. */
static bool kvm_holds_on(void)
{
	int fd = open("/sys/module/kvm/parameters/enable_virt_at_load",
		      O_RDONLY | O_CLOEXEC);
	char c = 'N';

	if (fd < 0)
		return false;
	if (read(fd, &c, 1) != 1)
		c = 'N';
	close(fd);
	return c == 'Y';
}

static void kvm_first(void)
{
	int kvm = kvm_open(), kvm_vm;
	struct axvm_vm_create arg = { .size = sizeof(arg) };
	struct vm vm;

	kvm_vm = ioctl(kvm, KVM_CREATE_VM, 0);
	REQUIRE(kvm_vm >= 0);
	CHECK_RET(call(dev_fd, AXVM_VM_CREATE, &arg), -EBUSY);
	CHECK_EQ(arg.why, AXVM_WHY_BUSY);
	close(kvm_vm);
	close(kvm);
	if (kvm_holds_on()) {
		CHECK_RET(call(dev_fd, AXVM_VM_CREATE, &arg), -EBUSY);
		return;
	}
	/* KVM gives the CPUs back with its last VM. */
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	vm_close(&vm);
}

static void axvm_first(void)
{
	int kvm = kvm_open(), kvm_vm;
	struct vm vm;

	if (kvm_holds_on())
		test_skip("KVM holds the CPUs as long as it is loaded");
	vm_guest(&vm, &guest_halt, 0, 0);
	kvm_vm = ioctl(kvm, KVM_CREATE_VM, 0);
	/* from 6.12 on a CPU that KVM cannot have is an I/O error */
	if (!CHECK(kvm_vm < 0 && (errno == EBUSY || errno == EIO)))
		note("%d: %s", kvm_vm, strerror(errno));
	if (kvm_vm >= 0)
		close(kvm_vm);
	/* Nothing is lost by the attempt. */
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	vm_close(&vm);
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	vm_close(&vm);
	kvm_vm = ioctl(kvm, KVM_CREATE_VM, 0);
	CHECK(kvm_vm >= 0);
	close(kvm_vm);
	close(kvm);
}

static const struct test tests[] = {
	{ "while KVM has a VM, axvm says busy", kvm_first },
	{ "while axvm has a VM, KVM says busy", axvm_first },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
