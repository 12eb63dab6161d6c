// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what: the device's group, owners and modes, CAP_SYS_ADMIN, user
 * namespaces, limits per uid.  Needs root; users are numbers (alice 1001, bob
 * 1002, group axvm 990), no account has to exist.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define ALICE 1001
#define BOB 1002
#define GROUP 990
#define PARAM "/sys/module/axvm/parameters/"

/* Give up root for good: @uid with its own group, and maybe the device's. */
static void become(uid_t uid, bool in_group)
{
	gid_t group = GROUP;

	REQUIRE(!setgroups(in_group ? 1 : 0, &group));
	REQUIRE(!setresgid(uid, uid, uid));
	REQUIRE(!setresuid(uid, uid, uid));
	close(dev_fd);
	dev_fd = dev_open();
}

struct job {
	uid_t uid;
	bool in_group;
	void (*fn)(void *opaque);
	void *opaque;
};

static void run_job(void *opaque)
{
	struct job *job = opaque;

	become(job->uid, job->in_group);
	job->fn(job->opaque);
}

static void as_user(uid_t uid, bool in_group, void (*fn)(void *opaque),
		    void *opaque)
{
	struct job job = { uid, in_group, fn, opaque };

	CHECK(reap(spawn(run_job, &job), false));
}

/* The device belongs to the group while a test runs. */
static struct stat device_was;

static void device_restore(void)
{
	if (chown(AXVM_DEVICE, device_was.st_uid, device_was.st_gid) ||
	    chmod(AXVM_DEVICE, device_was.st_mode & 07777))
		note("the device's rights could not be restored");
}

static void device_for_group(void)
{
	if (geteuid())
		test_skip("needs root");
	REQUIRE(!stat(AXVM_DEVICE, &device_was));
	REQUIRE(!chown(AXVM_DEVICE, 0, GROUP));
	REQUIRE(!chmod(AXVM_DEVICE, 0660));
}

/* ---- device ----------------------------------------------------------------- */

static void expect_open(void *opaque)
{
	int want = *(int *)opaque;

	CHECK_RET(dev_fd < 0 ? dev_fd : 0, want);
}

static void device_rights(void)
{
	int yes = 0, no = -EACCES;

	device_for_group();
	as_user(ALICE, true, expect_open, &yes);
	as_user(ALICE, false, expect_open, &no);
	as_user(BOB, false, expect_open, &no);
	device_restore();
}

static void in_namespace(void *opaque)
{
	struct axvm_info info = { .size = sizeof(info) };
	struct vm vm;
	int fd;

	if (unshare(CLONE_NEWUSER)) {
		note("no user namespaces here");
		*(bool *)opaque = false;
		return;
	}
	CHECK_RET(vm_create(&vm, NULL), -EPERM);
	CHECK_RET(call(dev_fd, AXVM_INFO, &info), 0);
	fd = vm_open(0, "st-ns");
	CHECK_RET(fd < 0 ? fd : 0, -EACCES);
	CHECK_RET(vm_destroy(0, "st-ns"), -EACCES);
}

static void namespaces(void)
{
	bool *possible = mmap(NULL, page, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct vm vm;

	device_for_group();
	*possible = true;
	REQUIRE_RET(vm_create(&vm, "st-ns"), 0);
	CHECK(reap(spawn(in_namespace, possible), false));
	device_restore();
	if (!*possible)
		test_skip("no user namespaces here");
}

/* ---- owners and modes ------------------------------------------------------- */

/* A VM made by alice that stays; its id through @opaque. */
static void alice_makes(void *opaque)
{
	struct vm vm;

	REQUIRE_RET(vm_create(&vm, "st-alice"), 0);
	REQUIRE_RET(vm_memory(&vm, arch.mem_base, arch.mem_len), 0);
	REQUIRE_RET(vm_vcpu(&vm, 0, 0), 0);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_KEEP), 0);
	*(uint64_t *)opaque = vm.id;
}

static uint64_t *shared_id(void)
{
	uint64_t *id = mmap(NULL, page, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(id != MAP_FAILED);
	return id;
}

static bool listed(uint64_t id, struct axvm_vm_info *info)
{
	struct axvm_list list = {
		.size = sizeof(list),
		.after = id - 1,
		.entries = (uintptr_t)info,
		.entry_size = sizeof(*info),
		.capacity = 1,
	};

	return !call(dev_fd, AXVM_VM_LIST, &list) && list.count == 1 &&
	       info->id == id;
}

static void bob_refused(void *opaque)
{
	uint64_t id = *(uint64_t *)opaque;
	struct axvm_vm_info info = {};
	struct vm vm;
	int fd = vm_open(id, NULL);

	CHECK_RET(fd < 0 ? fd : 0, -EACCES);
	fd = vm_open(0, "st-alice");
	CHECK_RET(fd < 0 ? fd : 0, -EACCES);
	CHECK_RET(vm_destroy(id, NULL), -EACCES);
	CHECK_RET(vm_destroy(0, "st-alice"), -EACCES);
	CHECK_RET(vm_create(&vm, "st-alice"), -EEXIST);
	/* the list is everybody's */
	CHECK(listed(id, &info));
	CHECK(!strcmp(info.name, "st-alice"));
	CHECK_EQ(info.uid, ALICE);
	CHECK_EQ(info.gid, ALICE);
	CHECK_EQ(info.mode, 0600);
	CHECK_EQ(info.state, AXVM_VM_CREATED);
}

static void alice_again(void *opaque)
{
	int fd = vm_open(*(uint64_t *)opaque, NULL);

	CHECK(fd >= 0);
	CHECK_EQ(vm_state(fd), AXVM_VM_CREATED);
}

static void owners(void)
{
	uint64_t *id = shared_id();
	int fd;

	device_for_group();
	as_user(ALICE, true, alice_makes, id);
	REQUIRE(*id);
	as_user(BOB, true, bob_refused, id);
	as_user(ALICE, true, alice_again, id);
	/* root passes */
	fd = vm_open(*id, NULL);
	CHECK(fd >= 0);
	CHECK_RET(vm_destroy(*id, NULL), 0);
	device_restore();
}

static void share_with_group(void *opaque)
{
	struct axvm_vm_set set = {
		.size = sizeof(set),
		.flags = AXVM_SET_MODE,
		.mode = 0660,
	};
	int fd = vm_open(*(uint64_t *)opaque, NULL);

	REQUIRE(fd >= 0);
	CHECK_RET(call(fd, AXVM_VM_SET, &set), 0);
}

static void bob_locked_out(void *opaque)
{
	int fd = vm_open(*(uint64_t *)opaque, NULL);

	CHECK_RET(fd < 0 ? fd : 0, -EACCES);
}

/* bob, whose groups are @GROUP and alice's own */
static void bob_in_alices_group(void *opaque)
{
	gid_t groups[] = { GROUP, ALICE };
	int fd;

	REQUIRE(!setgroups(2, groups));
	REQUIRE(!setresgid(BOB, BOB, BOB));
	REQUIRE(!setresuid(BOB, BOB, BOB));
	close(dev_fd);
	dev_fd = dev_open();
	REQUIRE(dev_fd >= 0);
	fd = vm_open(*(uint64_t *)opaque, NULL);
	CHECK(fd >= 0);
	CHECK_RET(vm_start(fd), 0);
	CHECK_RET(vm_stop(fd), 0);
}

static void group_mode(void)
{
	uint64_t *id = shared_id();

	device_for_group();
	as_user(ALICE, true, alice_makes, id);
	REQUIRE(*id);
	as_user(ALICE, true, share_with_group, id);
	/* another group: no; the VM's group: yes */
	as_user(BOB, true, bob_locked_out, id);
	CHECK(reap(spawn(bob_in_alices_group, id), false));
	CHECK_RET(vm_destroy(*id, NULL), 0);
	device_restore();
}

/* ---- what a passed descriptor allows ---------------------------------------- */

static void uses_inherited(void *opaque)
{
	const struct vm *vm = opaque;
	int fd;

	/* opened by its owner and handed over: the descriptor is the right */
	CHECK_EQ(vm_state(vm->fd), AXVM_VM_CREATED);
	CHECK_RET(vm_start(vm->fd), 0);
	CHECK_RET(vm_stop(vm->fd), 0);
	fd = vm_open(vm->id, NULL);
	CHECK_RET(fd < 0 ? fd : 0, -EACCES);
}

static void inherited(void)
{
	struct vm vm;

	device_for_group();
	vm_guest(&vm, &guest_spin, arch.results, 0);
	as_user(BOB, true, uses_inherited, &vm);
	device_restore();
}

/* ---- limits ----------------------------------------------------------------- */

static bool param_read(const char *name, char *buf, size_t len)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), PARAM "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, len - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	return n > 0;
}

static bool param_write(const char *name, const char *value)
{
	char path[128];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), PARAM "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return ok;
}

static void three_vms(void *opaque)
{
	struct vm vm[4];
	unsigned int i;

	for (i = 0; i < 3; i++)
		CHECK_RET(vm_create(&vm[i], NULL), 0);
	CHECK_RET(vm_create(&vm[3], NULL), -ENOSPC);
	CHECK_RET(vm_destroy(vm[0].id, NULL), 0);
	CHECK_RET(vm_create(&vm[3], NULL), 0);
}

static void vms_per_uid(void)
{
	struct vm vm[4];
	char old[32];
	unsigned int i;

	if (geteuid())
		test_skip("needs root");
	if (!param_read("max_vms_uid", old, sizeof(old)) ||
	    !param_write("max_vms_uid", "3"))
		test_skip("no parameter max_vms_uid");
	device_for_group();
	as_user(ALICE, true, three_vms, NULL);
	as_user(BOB, true, three_vms, NULL);
	/* CAP_SYS_ADMIN is not bound by it */
	for (i = 0; i < 4; i++)
		CHECK_RET(vm_create(&vm[i], NULL), 0);
	CHECK(param_write("max_vms_uid", old));
	device_restore();
}

static void vms_in_all(void)
{
	struct axvm_info info = { .size = sizeof(info) };
	char old[32], now[32];
	struct vm vm[3];

	if (geteuid())
		test_skip("needs root");
	REQUIRE_RET(call(dev_fd, AXVM_INFO, &info), 0);
	snprintf(now, sizeof(now), "%u", info.nr_vms + 2);
	if (!param_read("max_vms", old, sizeof(old)) ||
	    !param_write("max_vms", now))
		test_skip("no parameter max_vms");
	CHECK_RET(vm_create(&vm[0], NULL), 0);
	CHECK_RET(vm_create(&vm[1], NULL), 0);
	CHECK_RET(vm_create(&vm[2], NULL), -ENOSPC);
	REQUIRE_RET(call(dev_fd, AXVM_INFO, &info), 0);
	CHECK_EQ(info.max_vms, info.nr_vms);
	CHECK(param_write("max_vms", old));
}

static void three_vcpus(void *opaque)
{
	struct vm vm, other;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_create(&other, NULL), 0);
	CHECK_RET(vm_vcpu(&vm, 0, 0), 0);
	CHECK_RET(vm_vcpu(&vm, 1, 0), 0);
	/* one that is refused for another reason does not count */
	CHECK_RET(vm_vcpu(&vm, 1, 0), -EEXIST);
	CHECK_RET(vm_vcpu(&other, 0, 0), 0);
	CHECK_RET(vm_vcpu(&other, 1, 0), -ENOSPC);
	CHECK_RET(vm_vcpu(&vm, 2, 0), -ENOSPC);
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_RET(vm_vcpu(&other, 1, 0), 0);
}

static void vcpus_limited(void)
{
	char old[32], old_all[32];
	struct vm vm;

	if (geteuid())
		test_skip("needs root");
	if (!param_read("max_vcpus_uid", old, sizeof(old)) ||
	    !param_read("max_vcpus", old_all, sizeof(old_all)) ||
	    !param_write("max_vcpus_uid", "3"))
		test_skip("no parameter max_vcpus_uid");
	device_for_group();
	as_user(ALICE, true, three_vcpus, NULL);
	as_user(BOB, true, three_vcpus, NULL);
	device_restore();
	CHECK(param_write("max_vcpus_uid", old));
	/* In all: others' VMs count, and nobody is above it. */
	REQUIRE_RET(vm_create(&vm, NULL), 0);
	CHECK_RET(vm_vcpu(&vm, 0, 0), 0);
	REQUIRE(param_write("max_vcpus", "1"));
	CHECK_RET(vm_vcpu(&vm, 1, 0), -ENOSPC);
	CHECK(param_write("max_vcpus", old_all));
	CHECK_RET(vm_vcpu(&vm, 1, 0), 0);
}

static void one_mib(void *opaque)
{
	struct vm vm, other;

	REQUIRE_RET(vm_create(&vm, NULL), 0);
	REQUIRE_RET(vm_create(&other, NULL), 0);
	CHECK_RET(vm_memory(&vm, arch.mem_base, 1 << 19), 0);
	CHECK_RET(vm_memory(&other, arch.mem_base, 1 << 19), 0);
	CHECK_RET(vm_memory(&vm, arch.mem_base + (1 << 20), 4096), -ENOSPC);
	CHECK_RET(vm_destroy(other.id, NULL), 0);
	CHECK_RET(vm_memory(&vm, arch.mem_base + (1 << 20), 4096), 0);
}

static void memory_per_uid(void)
{
	char old[32];

	if (geteuid())
		test_skip("needs root");
	if (!param_read("max_mem_uid", old, sizeof(old)) ||
	    !param_write("max_mem_uid", "1048576"))
		test_skip("no parameter max_mem_uid");
	device_for_group();
	as_user(ALICE, true, one_mib, NULL);
	as_user(BOB, true, one_mib, NULL);
	CHECK(param_write("max_mem_uid", old));
	device_restore();
}

static const struct test tests[] = {
	{ "the device is its group's", device_rights },
	{ "not from another user namespace", namespaces },
	{ "a VM is its owner's; everybody sees it in the list", owners },
	{ "mode 0660 lets the owner's group in", group_mode },
	{ "a descriptor that was handed over works", inherited },
	{ "limit of VMs per uid", vms_per_uid },
	{ "limit of VMs in all", vms_in_all },
	{ "limits of vCPUs, per uid and in all", vcpus_limited },
	{ "limit of memory per uid, over all its VMs", memory_per_uid },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
