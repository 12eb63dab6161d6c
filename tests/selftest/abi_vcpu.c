// SPDX-License-Identifier: GPL-2.0
/*
 * What the ioctls of vCPUs refuse and accept in their own fields.
 */
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/abi.h"

void args_vcpu(void)
{
	struct axvm_vcpu_create arg = { .size = sizeof(arg) };
	struct axvm_vcpu_info info;
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	arg.index = AXVM_MAX_VCPUS;
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), -EINVAL);
	CHECK_RET(call(vm.fd, AXVM_VCPU_OPEN, &arg), -EINVAL);
	arg.index = ~0u;
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), -EINVAL);
	arg.index = 1;
	CHECK_RET(call(vm.fd, AXVM_VCPU_OPEN, &arg), -ENOENT);
	arg.hw_id = 1; /* without its flag */
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), -EINVAL);
	arg.hw_id = 0;
	CHECK_RET(vm_op(vm.fd, AXVM_VM_START, 0), -EINVAL);
	REQUIRE_RET(vm_vcpu(&vm, 0, 0), 0);
	CHECK_RET(vm_vcpu(&vm, 0, 0), -EEXIST);
	REQUIRE_RET(vm_vcpu(&vm, 1, AXVM_VCPU_SYNC), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[1], &info), 0);
	CHECK_EQ(info.index, 1);
	CHECK_EQ(info.sync, 1);
	CHECK_EQ(info.tid, 0);
	CHECK_EQ(info.state, AXVM_VCPU_FREE);
	CHECK_EQ(info.claimed, 0);
	CHECK_EQ(info.last_exit, 0);
	/* a hardware id that is taken, and one that cannot be */
	arg.index = 2;
	arg.flags = AXVM_VCPU_HW_ID;
	arg.hw_id = info.hw_id;
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), -EEXIST);
	arg.hw_id = ~0ull;
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), -EINVAL);
	arg.index = AXVM_MAX_VCPUS - 1;
	arg.flags = 0;
	arg.hw_id = 0;
	CHECK_RET(call(vm.fd, AXVM_VCPU_CREATE, &arg), 0);
	vm_close(&vm);
	close(arg.fd);

	vm_guest(&vm, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_vcpu(&vm, 1, 0), -EBADFD);
}

static int regs(int fd, bool set, uint32_t block, size_t len, void *buf)
{
	struct axvm_regs arg = {
		.size = sizeof(arg),
		.block = block,
		.len = len,
		.buf = (uintptr_t)buf,
	};

	return call(fd, set ? AXVM_VCPU_SET_REGS : AXVM_VCPU_GET_REGS, &arg);
}

void args_regs(void)
{
	uint8_t a[8192] = {}, b[8192] = {};
	size_t len = arch.general_bytes;
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	fd = vm.vcpu[0];
	CHECK_RET(regs(fd, false, 3, len, a), -EINVAL);
	CHECK_RET(regs(fd, false, ~0u, len, a), -EINVAL);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, 0, a), -EINVAL);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len - 1, a), -EINVAL);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len + 8, a), -EINVAL);
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len + 8, a), -EINVAL);
	CHECK_RET(regs(fd, true, 3, len, a), -EINVAL);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, NULL), -EFAULT);
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len, NULL), -EFAULT);

	/* what is written is what is read */
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, a), 0);
	((uint64_t *)a)[3] = 0x1122334455667788ull;
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len, a), 0);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, b), 0);
	CHECK(!memcmp(a, b, len));
	CHECK_RET(regs(fd, false, AXVM_REGS_SYSTEM, arch.system_bytes, a), 0);
	CHECK_RET(regs(fd, true, AXVM_REGS_SYSTEM, arch.system_bytes, a), 0);
	CHECK_RET(regs(fd, false, AXVM_REGS_SYSTEM, arch.system_bytes, b), 0);
	CHECK(!memcmp(a, b, arch.system_bytes));

	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, a), 0);
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len, a), -EBADFD);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, a), 0);
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len, a), 0);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	CHECK_RET(regs(fd, false, AXVM_REGS_GENERAL, len, b), 0);
	CHECK(!memcmp(a, b, len));
	CHECK_RET(regs(fd, true, AXVM_REGS_GENERAL, len, a), -EBADFD);
}

static int reg_list(int fd, unsigned long nr, struct axvm_reg *regs,
		    uint32_t *count)
{
	struct axvm_reg_list arg = {
		.size = sizeof(arg),
		.regs = (uintptr_t)regs,
		.count = *count,
	};
	int err = call(fd, nr, &arg);

	*count = arg.count;
	return err;
}

void args_reg_list(void)
{
	static struct axvm_reg all[4096], copy[4096];
	uint32_t n = 0, count, i;
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_halt, 0, 0);
	fd = vm.vcpu[0];
	CHECK_RET(reg_list(fd, AXVM_VCPU_REG_IDS, NULL, &n), 0);
	note("%u registers have an id", n);
	REQUIRE(n > 16 && n <= ARRAY_SIZE(all));
	count = n;
	REQUIRE_RET(reg_list(fd, AXVM_VCPU_REG_IDS, all, &count), 0);
	CHECK_EQ(count, n);
	/* every id that is listed can be read, and written back as it is */
	for (i = 0; i < n; i++) {
		uint32_t one = 1;
		int err = reg_list(fd, AXVM_VCPU_GET_REG, &all[i], &one);

		if (err || one != 1)
			test_fail(__FILE__, __LINE__, "reading id %#llx: %s",
				  (unsigned long long)all[i].id,
				  err_name(err));
		one = 1;
		err = reg_list(fd, AXVM_VCPU_SET_REG, &all[i], &one);
		if (err || one != 1)
			test_fail(__FILE__, __LINE__,
				  "writing id %#llx back: %s",
				  (unsigned long long)all[i].id,
				  err_name(err));
	}
	memcpy(copy, all, sizeof(all));
	count = n;
	CHECK_RET(reg_list(fd, AXVM_VCPU_GET_REG, copy, &count), 0);
	CHECK_EQ(count, n);

	/* an unknown id in the third place */
	copy[2].id = 1;
	count = n;
	CHECK_RET(reg_list(fd, AXVM_VCPU_GET_REG, copy, &count), -ENOENT);
	CHECK_EQ(count, 2);
	count = n;
	CHECK_RET(reg_list(fd, AXVM_VCPU_SET_REG, copy, &count), -ENOENT);
	CHECK_EQ(count, 2);
	count = 4097;
	CHECK_RET(reg_list(fd, AXVM_VCPU_GET_REG, copy, &count), -EINVAL);
	count = ~0u;
	CHECK_RET(reg_list(fd, AXVM_VCPU_SET_REG, copy, &count), -EINVAL);
	count = 3;
	CHECK_RET(reg_list(fd, AXVM_VCPU_GET_REG, NULL, &count), -EFAULT);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	count = 1;
	CHECK_RET(reg_list(fd, AXVM_VCPU_GET_REG, all, &count), 0);
	CHECK_RET(reg_list(fd, AXVM_VCPU_SET_REG, all, &count), -EBADFD);
}

void args_affinity(void)
{
	struct axvm_vcpu_affinity arg = { .size = sizeof(arg) };
	struct axvm_vcpu_info info;
	struct vm vm;

	vm_guest(&vm, &guest_spin, arch.results, 0);
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_AFFINITY, &arg), -EINVAL);
	arg.mask[15] = 1ull << 63; /* a CPU that is not there */
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_AFFINITY, &arg), -EINVAL);
	arg.mask[0] = 1; /* what is not allowed is cut away */
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_AFFINITY, &arg), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.affinity[0], 1);
	CHECK_EQ(info.affinity[15], 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_result(vm.fd, 0, 1), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.cpu, 0);
	CHECK(info.tid > 0);
}

void args_claim(void)
{
	struct axvm_vcpu_claim claim = { .size = sizeof(claim) };
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_halt, 0, 0);
	fd = vm.vcpu[0];
	claim.eventfd = 9999;
	CHECK_RET(call(fd, AXVM_VCPU_CLAIM, &claim), -EBADF);
	claim.eventfd = dev_fd;
	CHECK_RET(call(fd, AXVM_VCPU_CLAIM, &claim), -EBADF);
	claim.eventfd = -2;
	CHECK_RET(call(fd, AXVM_VCPU_CLAIM, &claim), -EBADF);
	claim.flags = AXVM_CLAIM_RELEASE;
	claim.eventfd = 0;
	CHECK_RET(call(fd, AXVM_VCPU_CLAIM, &claim), -EINVAL);
	CHECK_RET(vcpu_release(fd), -EPERM);
	CHECK_RET(vcpu_complete(fd, 1, 0, 0), -EPERM);
	CHECK_RET(vcpu_claim(fd, -1), 0);
	CHECK_RET(vcpu_complete(fd, 1, 0, 0), -ENOENT);
	CHECK_RET(vcpu_release(fd), 0);
	CHECK_RET(call(fd, AXVM_VCPU_RUN, &run), -EBADFD);
}

void args_translate(void)
{
	struct axvm_translate t = {
		.size = sizeof(t),
		.gva = arch.results + 0x123,
	};
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_TRANSLATE, &t), 0);
	CHECK_EQ(t.gpa, arch.results + 0x123);
	CHECK_EQ(t.levels, 0);
	CHECK(t.prot & AXVM_MEM_READ);
	CHECK(t.prot & AXVM_MEM_WRITE);
}
