// SPDX-License-Identifier: GPL-2.0
/*
 * States of VMs and vCPUs, how guests end, policies on last close.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

/* ---- states ---------------------------------------------------------------- */

static void transitions(void)
{
	struct axvm_vm_info info;
	struct vm vm;

	vm_spin(&vm);
	/* CREATED */
	CHECK_RET(vm_stop(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	CHECK_RET(vm_start(vm.fd), 0);
	/* RUNNING */
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_start(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK_RET(vm_suspend(vm.fd), 0);
	/* SUSPENDED */
	CHECK(vm_stands_still(vm.fd));
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	CHECK_RET(vm_start(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_stop(vm.fd), 0);
	/* STOPPED */
	CHECK(vm_stands_still(vm.fd));
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.state, AXVM_VM_STOPPED);
	CHECK_EQ(info.stop_reason, AXVM_EXIT_STOPPED);
	CHECK(info.started_ns > info.created_ns);
	CHECK_RET(vm_stop(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	/* a suspended VM can be stopped; a stopped one starts again */
	CHECK_RET(vm_start(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_suspend(vm.fd), 0);
	CHECK_RET(vm_stop(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void start_paused(void)
{
	struct axvm_vcpu_info info;
	struct vm vm;

	vm_spin(&vm);
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	sleep_ms(30);
	CHECK_EQ(vm_result(vm.fd, 0), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.state, AXVM_VCPU_BLOCKED);
	CHECK_EQ(info.wait, AXVM_WAIT_SUSPENDED);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
}

static void restarts(void)
{
	struct vm vm;
	unsigned int i;

	vm_guest(&vm, &guest_store, arch.results, 0);
	for (i = 0; i < 5; i++) {
		uint32_t zero = 0;
		struct axvm_vm_wait wait;

		REQUIRE_RET(vm_write(vm.fd, arch.results, &zero, 4), 0);
		REQUIRE_RET(vm_start(vm.fd), 0);
		REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
		CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
		CHECK_EQ(vm_result(vm.fd, 0), 0x600d);
	}
}

static void resets(void)
{
	struct vm vm;

	vm_spin(&vm);
	CHECK_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	CHECK(vm_stands_still(vm.fd));
	CHECK(vm_result(vm.fd, 0) > 0); /* memory keeps its contents */
	CHECK_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_suspend(vm.fd), 0);
	CHECK_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_stop(vm.fd), 0);
	CHECK_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
}

/* ---- how guests end --------------------------------------------------------- */

static void ends_halted(void)
{
	struct axvm_vm_wait wait;
	struct axvm_vcpu_info info;
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_exit(vm.fd, AXVM_EXIT_HALT, &wait), 0);
	CHECK_EQ(wait.reason, AXVM_EXIT_HALT);
	CHECK_EQ(wait.vcpu, 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	/* still true afterwards: HALT is the last exit */
	REQUIRE_RET(vm_wait_exit(vm.fd, AXVM_EXIT_HALT, &wait), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.last_exit, AXVM_EXIT_HALT);
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_halts), 1);
}

static void ends_poweroff(void)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	vm_guest(&vm, &guest_poweroff, 0, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_SYSTEM_DOWN);
}

static void two_vcpus(void)
{
	uint64_t second = arch.results + 8;
	struct axvm_vcpu_info info[2];
	struct vm vm;

	vm_spin(&vm);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[1], arch.code, second), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info[0]), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[1], &info[1]), 0);
	CHECK(info[0].tid != info[1].tid);
	if (info[1].state == AXVM_VCPU_BLOCKED &&
	    info[1].wait == AXVM_WAIT_OFF)
		test_skip("secondary vCPUs wait to be brought up here");
	CHECK_RET(vm_wait_result(vm.fd, 1, 1), 0);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK(vm_stands_still(vm.fd));
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
}

static void two_vms(void)
{
	struct vm a, b;

	vm_spin(&a);
	vm_spin(&b);
	REQUIRE_RET(vm_start(a.fd), 0);
	REQUIRE_RET(vm_start(b.fd), 0);
	CHECK(vm_progresses(a.fd, 0));
	CHECK(vm_progresses(b.fd, 0));
	REQUIRE_RET(vm_stop(a.fd), 0);
	CHECK(vm_stands_still(a.fd));
	CHECK(vm_progresses(b.fd, 0));
}

/* ---- policies --------------------------------------------------------------- */

/* Which kind of view is the last one. */
enum view { VIEW_VM, VIEW_VCPU, VIEW_CONSOLE, VIEW_FLIGHT, VIEW_MEMORY, VIEWS };

/* Everything is closed, in an order that leaves @last to the end. */
static void close_down(struct vm *vm, enum view last)
{
	int fd = dup(last == VIEW_VM ? vm->fd : last == VIEW_VCPU ?
						vm->vcpu[0] : dev_fd);
	int console = vm_console(vm->fd, 0);
	void *map = NULL;
	size_t len = page;

	if (last == VIEW_FLIGHT) {
		map = vcpu_flight(vm->vcpu[0]);
		len = flight_bytes();
	} else if (last == VIEW_MEMORY) {
		map = mmap(NULL, page, PROT_READ, MAP_SHARED, vm->fd,
			   arch.results);
	}
	CHECK(map != MAP_FAILED);
	vm_close(vm);
	if (last == VIEW_CONSOLE)
		fd = console;
	else
		close(console);
	/* one view left: still there and running */
	sleep_ms(20);
	vm->fd = vm_open(vm->id, NULL);
	CHECK(vm->fd >= 0);
	CHECK_EQ(vm_state(vm->fd), AXVM_VM_RUNNING);
	close(vm->fd);
	vm->fd = -1;
	if (map)
		munmap(map, len);
	close(fd);
}

/* The policy has been carried out when close() or munmap() returns, or soon. */
static int state_after(const struct vm *vm, int want)
{
	uint64_t limit = now_ns() + slow_ns(2000000000ull);
	int fd, state;

	do {
		fd = vm_open(vm->id, NULL);
		state = fd < 0 ? fd : vm_state(fd);
		if (fd >= 0) {
			vm_set_policy(fd, AXVM_POLICY_KEEP);
			close(fd);
		}
		if (state == want)
			break;
		sleep_ms(5);
	} while (now_ns() < limit);
	return state;
}

static void policy_destroy(void)
{
	enum view last;
	struct vm vm;

	for (last = 0; last < VIEWS; last++) {
		uint64_t limit = now_ns() + slow_ns(2000000000ull);
		int fd;

		vm_spin(&vm);
		REQUIRE_RET(vm_start(vm.fd), 0);
		close_down(&vm, last);
		while ((fd = vm_open(vm.id, NULL)) >= 0 && now_ns() < limit) {
			/* looking is a view too, and its close another end */
			close(fd);
			sleep_ms(2);
		}
		CHECK_RET(fd, -ENOENT);
	}
}

static void policy_keep(void)
{
	struct vm vm;

	vm_spin(&vm);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_KEEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	close_down(&vm, VIEW_VM);
	sleep_ms(30);
	vm.fd = vm_open(vm.id, NULL);
	REQUIRE(vm.fd >= 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
}

static void policy_pause(void)
{
	struct vm vm;

	vm_spin(&vm);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_PAUSE), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	close_down(&vm, VIEW_VCPU);
	CHECK_EQ(state_after(&vm, AXVM_VM_SUSPENDED), AXVM_VM_SUSPENDED);
	vm.fd = vm_open(vm.id, NULL);
	REQUIRE(vm.fd >= 0);
	/* opening alone does not resume */
	CHECK(vm_stands_still(vm.fd));
	CHECK_RET(vm_resume(vm.fd), 0);
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
}

static void reattach_child(void *opaque)
{
	struct vm vm;

	vm_spin(&vm);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_KEEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	sync_tell_parent(opaque, vm.id);
}

static void reattach(void)
{
	struct axvm_vcpu_create open = { .size = sizeof(open) };
	struct axvm_vcpu_info info;
	struct sync_point sync;
	uint64_t id;
	pid_t pid;
	int fd;

	sync_init(&sync);
	pid = spawn(reattach_child, &sync);
	id = sync_hear_child(&sync);
	REQUIRE(reap(pid, false));
	fd = vm_open(id, NULL);
	REQUIRE(fd >= 0);
	CHECK_EQ(vm_state(fd), AXVM_VM_RUNNING);
	CHECK(vm_progresses(fd, 0));
	REQUIRE_RET(call(fd, AXVM_VCPU_OPEN, &open), 0);
	REQUIRE_RET(vcpu_info(open.fd, &info), 0);
	CHECK(info.tid > 0);
	CHECK_RET(vcpu_claim(open.fd, -1), 0);
	CHECK_RET(vm_suspend(fd), 0);
	CHECK_RET(vm_destroy(id, NULL), 0);
	CHECK_RET(vm_state(fd), -ENODEV);
}

static const struct test tests[] = {
	{ "transitions between states, allowed and refused", transitions },
	{ "start paused runs nothing until resume", start_paused },
	{ "a stopped VM starts again, five times", restarts },
	{ "reset from every state", resets },
	{ "a guest that halts for ever ends as halted", ends_halted },
	{ "a guest powers off", ends_poweroff },
	{ "two vCPUs at once", two_vcpus },
	{ "two VMs at once", two_vms },
	{ "policy destroy, whatever is closed last", policy_destroy },
	{ "policy keep", policy_keep },
	{ "policy pause", policy_pause },
	{ "another process takes over", reattach },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
