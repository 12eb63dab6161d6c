// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VM_PROFILE and AXVM_VCPU_CONTROL: what they count and show, when they
 * do not, and what they refuse; hypercalls whose numbers have a policy.
 */
#include <string.h>
#include <unistd.h>

#include "tests/selftest/exits.h"
#include "uapi/axvm_x86_vmcs.h"

#define ROOM 128u
#define VMX_VMCALL 18u
#define ARM64_HVC64 0x16u

static struct axvm_profile_row rows[ROOM];
static struct axvm_profile profile;

static int set(const struct vm *vm, uint32_t flags)
{
	struct axvm_vm_set arg = { .size = sizeof(arg), .flags = flags };

	return call(vm->fd, AXVM_VM_SET, &arg);
}

static int get(const struct vm *vm, uint32_t vcpu)
{
	memset(rows, 0xff, sizeof(rows));
	profile = (struct axvm_profile){ .size = sizeof(profile),
					 .vcpu = vcpu,
					 .count = ROOM,
					 .rows = (uintptr_t)rows };
	return call(vm->fd, AXVM_VM_PROFILE, &profile);
}

static uint32_t hypercall_reason(void)
{
	return dev_info.backend == AXVM_BACKEND_VMX ? VMX_VMCALL : ARM64_HVC64;
}

static const struct axvm_profile_row *row_of(uint32_t reason)
{
	for (unsigned int i = 0; i < profile.count && i < ROOM; i++) {
		if (rows[i].hw_reason == reason)
			return &rows[i];
	}
	return NULL;
}

static void check_row(const struct axvm_profile_row *r)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < AXVM_PROFILE_BUCKETS; i++)
		sum += r->bucket[i];
	CHECK_EQ(r->pad, 0);
	CHECK(r->count > 0);
	CHECK_EQ(sum, r->count);
	CHECK(r->max_ns <= r->ns);
	CHECK(r->ns <= r->max_ns * r->count);
}

static void counts(void)
{
	const struct axvm_profile_row *r;
	uint64_t before, calls;
	struct vm vm;

	vm_guest(&vm, &guest_flood, 3000, 0);
	REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
	CHECK_EQ(profile.count, 0);
	CHECK_EQ(profile.on, 0);
	/* Its last access, to a device, ends it. */
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_STOP), 0);
	REQUIRE_RET(set(&vm, AXVM_SET_PROFILE), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	calls = vm_stat(vm.fd, AXVM_NR_STATS + AXVM_EXIT_HYPERCALL);
	CHECK_EQ(calls, 3000);
	REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
	CHECK_EQ(profile.on, 1);
	CHECK(profile.count > 0 && profile.count <= ROOM);
	for (unsigned int i = 0; i < profile.count && i < ROOM; i++) {
		check_row(&rows[i]);
		if (i)
			CHECK(rows[i - 1].hw_reason < rows[i].hw_reason);
	}
	r = row_of(hypercall_reason());
	REQUIRE(r);
	CHECK_EQ(r->count, 3000);
	before = r->ns;
	/* The same of its only vCPU, and no other. */
	REQUIRE_RET(get(&vm, 0), 0);
	r = row_of(hypercall_reason());
	REQUIRE(r);
	CHECK_EQ(r->ns, before);
	CHECK_RET(get(&vm, 1), -ENOENT);
	CHECK_RET(get(&vm, AXVM_MAX_VCPUS), -ENOENT);
}

static void off_and_on(void)
{
	struct vm vm;
	uint64_t n;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_exit(vm.fd, AXVM_EXIT_HYPERCALL, NULL), 0);
	REQUIRE_RET(set(&vm, AXVM_SET_PROFILE), 0);
	REQUIRE_RET(set(&vm, AXVM_SET_PROFILE), 0); /* twice is once */
	do {
		REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
		sleep_ms(1);
	} while (!row_of(hypercall_reason()) ||
		 row_of(hypercall_reason())->count < 1000);
	REQUIRE_RET(set(&vm, AXVM_SET_NO_PROFILE), 0);
	REQUIRE_RET(set(&vm, AXVM_SET_NO_PROFILE), 0);
	REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
	CHECK_EQ(profile.on, 0);
	REQUIRE(row_of(hypercall_reason()));
	n = row_of(hypercall_reason())->count;
	sleep_ms(20);
	REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
	REQUIRE(row_of(hypercall_reason()));
	CHECK_EQ(row_of(hypercall_reason())->count, n);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	REQUIRE_RET(set(&vm, AXVM_SET_PROFILE), 0);
	REQUIRE_RET(get(&vm, AXVM_STATS_ALL), 0);
	CHECK_EQ(profile.count, 0); /* it begins at zero */
	CHECK_EQ(profile.on, 1);
	/* And ends with the VM, without being turned off. */
}

static void refused(void)
{
	struct axvm_profile p = { .size = sizeof(p), .vcpu = AXVM_STATS_ALL };
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	CHECK_RET(set(&vm, AXVM_SET_PROFILE | AXVM_SET_NO_PROFILE), -EINVAL);
	CHECK_RET(set(&vm, 1u << 4), -EINVAL);
	CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), 0); /* no room: a count */
	p.flags = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), -EINVAL);
	p.flags = 0;
	p.on = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), -EINVAL);
	p.on = 0;
	p.pad = 1;
	CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), -EINVAL);
	p.pad = 0;
	p.size--;
	CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), -EINVAL);
	REQUIRE_RET(set(&vm, AXVM_SET_PROFILE), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	get(&vm, AXVM_STATS_ALL);
	if (profile.count) {
		p = profile;
		p.on = 0;
		p.rows = 8;
		CHECK_RET(call(vm.fd, AXVM_VM_PROFILE, &p), -EFAULT);
	}
}

/* ---- the control structure --------------------------------------------------- */

static struct axvm_reg fields[512];
static struct axvm_control control;

static int get_control(int vcpu)
{
	control = (struct axvm_control){ .size = sizeof(control),
					 .count = ARRAY_SIZE(fields),
					 .fields = (uintptr_t)fields };
	return call(vcpu, AXVM_VCPU_CONTROL, &control);
}

static uint64_t field(uint32_t encoding, bool *found)
{
	*found = false;
	for (unsigned int i = 0; i < control.count; i++) {
		if (fields[i].id != encoding)
			continue;
		*found = true;
		return fields[i].value;
	}
	return 0;
}

static uint64_t must_have(uint32_t encoding)
{
	bool found;
	uint64_t v = field(encoding, &found);

	CHECK(found);
	return v;
}

#define GUEST_RIP 0x681e
#define HOST_RIP 0x6c16
#define EPT_POINTER 0x201a
#define VM_INSN_ERROR 0x4400
#define LINK_POINTER 0x2800

static void vmcs(void)
{
	uint64_t rip;
	struct vm vm;
	bool found;

	vm_guest(&vm, &guest_spin, 0, 0);
	if (dev_info.backend != AXVM_BACKEND_VMX) {
		CHECK(!(dev_info.caps & AXVM_CAP_CONTROL));
		CHECK_RET(get_control(vm.vcpu[0]), -EOPNOTSUPP);
		return;
	}
	CHECK(dev_info.caps & AXVM_CAP_CONTROL);
	/* Before it ever ran: as its first entry will find it. */
	REQUIRE_RET(get_control(vm.vcpu[0]), 0);
	CHECK_EQ(control.kind, AXVM_CONTROL_VMCS);
	CHECK(control.count > 80);
	CHECK_EQ(must_have(LINK_POINTER), ~0ull);
	rip = must_have(GUEST_RIP);
	/* While it runs, again and again: it goes on, and no error is left. */
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (int i = 0; i < 50; i++) {
		REQUIRE_RET(get_control(vm.vcpu[0]), 0);
		CHECK(must_have(GUEST_RIP) - rip < 4096);
		CHECK_EQ(must_have(VM_INSN_ERROR), 0);
		CHECK(must_have(HOST_RIP) >> 47 != 0);
	}
	for (unsigned int i = 1; i < control.count; i++)
		CHECK(fields[i - 1].id < fields[i].id);
	CHECK_EQ(control.flags, 0);
	CHECK(vm_state(vm.fd) == AXVM_VM_RUNNING);
	/* Whoever is no administrator learns nothing of the host. */
	REQUIRE(!seteuid(65534));
	REQUIRE_RET(get_control(vm.vcpu[0]), 0);
	REQUIRE(!seteuid(0));
	CHECK_EQ(control.flags, AXVM_CONTROL_PARTIAL);
	must_have(GUEST_RIP);
	field(HOST_RIP, &found);
	CHECK(!found);
	field(EPT_POINTER, &found);
	CHECK(!found);
}

static void control_refused(void)
{
	struct axvm_control c = { .size = sizeof(c) };
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	c.flags = 1;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), -EINVAL);
	c.flags = 0;
	c.kind = 1;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), -EINVAL);
	c.kind = 0;
	c.pad = 1;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), -EINVAL);
	c.pad = 0;
	c.size--;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), -EINVAL);
	if (!(dev_info.caps & AXVM_CAP_CONTROL))
		return;
	c = (struct axvm_control){ .size = sizeof(c) };
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), 0);
	CHECK(c.count > 80); /* no room: how many there are */
	c = (struct axvm_control){ .size = sizeof(c), .count = 1, .fields = 8 };
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_CONTROL, &c), -EFAULT);
}

/* ---- hypercalls by number ------------------------------------------------------ */

static void calls_by_number(void)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	vm_guest(&vm, &guest_hypercalls, 0, 0); /* 1, 2, 3, ... */
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 40, 2, AXVM_IO_STOP),
		    0);
	CHECK_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 41, 5, AXVM_IO_USER),
		  -EEXIST);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HYPERCALL);
	CHECK_EQ(vm_stat(vm.fd, AXVM_NR_STATS + AXVM_EXIT_HYPERCALL), 40);
}

static const struct test tests[] = {
	{ "exits are counted with their time", counts },
	{ "a profile is turned off and on", off_and_on },
	{ "what a profile refuses", refused },
	{ "a VMCS, field by field", vmcs },
	{ "what the control structure refuses", control_refused },
	{ "hypercalls whose numbers have a policy", calls_by_number },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
