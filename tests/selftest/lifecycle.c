// SPDX-License-Identifier: GPL-2.0
/*
 * States of VMs and vCPUs, how guests end, names, policies on last close,
 * destruction and dead clients in every state, and no memory left over.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/leaks.h"

static void spin_vm(struct vm *vm)
{
	vm_guest(vm, &guest_spin, arch.results, 0);
}

/* Does the counter of guest_spin move? */
static bool progresses(int vm_fd)
{
	uint32_t before = vm_result(vm_fd, 0);
	uint64_t limit = now_ns() + slow_ns(5000000000ull);

	while (now_ns() < limit) {
		if (vm_result(vm_fd, 0) != before)
			return true;
		sleep_ms(1);
	}
	return false;
}

static bool stands_still(int vm_fd)
{
	uint32_t before = vm_result(vm_fd, 0);

	sleep_ms(60);
	return vm_result(vm_fd, 0) == before;
}

/* ---- states ---------------------------------------------------------------- */

static void transitions(void)
{
	struct axvm_vm_info info;
	struct vm vm;

	spin_vm(&vm);
	/* CREATED */
	CHECK_RET(vm_stop(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	CHECK_RET(vm_start(vm.fd), 0);
	/* RUNNING */
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_start(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK_RET(vm_suspend(vm.fd), 0);
	/* SUSPENDED */
	CHECK(stands_still(vm.fd));
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	CHECK_RET(vm_start(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), 0);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_stop(vm.fd), 0);
	/* STOPPED */
	CHECK(stands_still(vm.fd));
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.state, AXVM_VM_STOPPED);
	CHECK_EQ(info.stop_reason, AXVM_EXIT_STOPPED);
	CHECK(info.started_ns > info.created_ns);
	CHECK_RET(vm_stop(vm.fd), -EBADFD);
	CHECK_RET(vm_suspend(vm.fd), -EBADFD);
	CHECK_RET(vm_resume(vm.fd), -EBADFD);
	/* a suspended VM can be stopped; a stopped one starts again */
	CHECK_RET(vm_start(vm.fd), 0);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_suspend(vm.fd), 0);
	CHECK_RET(vm_stop(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void start_paused(void)
{
	struct axvm_vcpu_info info;
	struct vm vm;

	spin_vm(&vm);
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	sleep_ms(30);
	CHECK_EQ(vm_result(vm.fd, 0), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.state, AXVM_VCPU_BLOCKED);
	CHECK_EQ(info.wait, AXVM_WAIT_SUSPENDED);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK(progresses(vm.fd));
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

	spin_vm(&vm);
	CHECK_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_CREATED);
	CHECK(stands_still(vm.fd));
	CHECK(vm_result(vm.fd, 0) > 0); /* memory keeps its contents */
	CHECK_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_suspend(vm.fd), 0);
	CHECK_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	CHECK(progresses(vm.fd));
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

	spin_vm(&vm);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[1], arch.code, second), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(progresses(vm.fd));
	REQUIRE_RET(vcpu_info(vm.vcpu[0], &info[0]), 0);
	REQUIRE_RET(vcpu_info(vm.vcpu[1], &info[1]), 0);
	CHECK(info[0].tid != info[1].tid);
	if (info[1].state == AXVM_VCPU_BLOCKED &&
	    info[1].wait == AXVM_WAIT_OFF)
		test_skip("secondary vCPUs wait to be brought up here");
	CHECK_RET(vm_wait_result(vm.fd, 1, 1), 0);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK(stands_still(vm.fd));
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK(progresses(vm.fd));
}

static void two_vms(void)
{
	struct vm a, b;

	spin_vm(&a);
	spin_vm(&b);
	REQUIRE_RET(vm_start(a.fd), 0);
	REQUIRE_RET(vm_start(b.fd), 0);
	CHECK(progresses(a.fd));
	CHECK(progresses(b.fd));
	REQUIRE_RET(vm_stop(a.fd), 0);
	CHECK(stands_still(a.fd));
	CHECK(progresses(b.fd));
}

/* ---- policies --------------------------------------------------------------- */

/* Which kind of view is the last one. */
enum view { VIEW_VM, VIEW_VCPU, VIEW_CONSOLE, VIEW_FLIGHT, VIEW_MEMORY, VIEWS };

static int open_console(int vm_fd)
{
	struct axvm_console arg = { .size = sizeof(arg) };

	REQUIRE_RET(call(vm_fd, AXVM_VM_CONSOLE, &arg), 0);
	return arg.fd;
}

/* Everything is closed, in an order that leaves @last to the end. */
static void close_down(struct vm *vm, enum view last)
{
	int fd = dup(last == VIEW_VM ? vm->fd : last == VIEW_VCPU ?
						vm->vcpu[0] : dev_fd);
	int console = open_console(vm->fd);
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

		spin_vm(&vm);
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

	spin_vm(&vm);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_KEEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	close_down(&vm, VIEW_VM);
	sleep_ms(30);
	vm.fd = vm_open(vm.id, NULL);
	REQUIRE(vm.fd >= 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
}

static void policy_pause(void)
{
	struct vm vm;

	spin_vm(&vm);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_PAUSE), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(progresses(vm.fd));
	close_down(&vm, VIEW_VCPU);
	CHECK_EQ(state_after(&vm, AXVM_VM_SUSPENDED), AXVM_VM_SUSPENDED);
	vm.fd = vm_open(vm.id, NULL);
	REQUIRE(vm.fd >= 0);
	/* opening alone does not resume */
	CHECK(stands_still(vm.fd));
	CHECK_RET(vm_resume(vm.fd), 0);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
}

static void reattach_child(void *opaque)
{
	struct vm vm;

	spin_vm(&vm);
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
	CHECK(progresses(fd));
	REQUIRE_RET(call(fd, AXVM_VCPU_OPEN, &open), 0);
	REQUIRE_RET(vcpu_info(open.fd, &info), 0);
	CHECK(info.tid > 0);
	CHECK_RET(vcpu_claim(open.fd, -1), 0);
	CHECK_RET(vm_suspend(fd), 0);
	CHECK_RET(vm_destroy(id, NULL), 0);
	CHECK_RET(vm_state(fd), -ENODEV);
}

/* ---- destruction and death in every state ----------------------------------- */

static const char *const stages[] = {
	"empty", "created", "running", "suspended", "stopped", "halted",
	"parked", "inside RUN", "exiting",
};

enum stage { EMPTY, CREATED, RUNNING, SUSPENDED, STOPPED, HALTED, PARKED, SYNC,
	     EXITING, STAGES };

static void *run_sync(void *opaque)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };

	call(*(int *)opaque, AXVM_VCPU_RUN, &run);
	return NULL;
}

static void start_sync(struct vm *vm)
{
	pthread_t thread;

	REQUIRE(!pthread_create(&thread, NULL, run_sync, &vm->vcpu[0]));
	pthread_detach(thread);
	CHECK_RET(vm_wait_result(vm->fd, 0, 1), 0);
}

/* Bring a new VM to @stage. */
static void bring_to(struct vm *vm, enum stage stage)
{
	const struct guest *guest = &guest_spin;

	if (stage == EMPTY) {
		REQUIRE_RET(vm_create(vm, NULL), 0);
		return;
	}
	if (stage == HALTED)
		guest = &guest_halt;
	else if (stage == PARKED)
		guest = &guest_device;
	else if (stage == EXITING)
		guest = &guest_hypercalls;
	vm_guest(vm, guest, arch.results, stage == SYNC ? AXVM_VCPU_SYNC : 0);
	if (stage == PARKED)
		REQUIRE_RET(vm_policy(vm->fd, arch.space, arch.device, 16,
				      AXVM_IO_USER), 0);
	if (stage == CREATED)
		return;
	REQUIRE_RET(vm_start(vm->fd), 0);
	if (stage == SYNC)
		start_sync(vm);
	else if (stage == PARKED)
		CHECK_RET(vcpu_wait_blocked(vm->vcpu[0], AXVM_WAIT_PARKED), 0);
	else if (stage == HALTED)
		CHECK_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, NULL), 0);
	else
		CHECK_RET(vm_wait_result(vm->fd, 0, 1), 0);
	if (stage == SUSPENDED)
		REQUIRE_RET(vm_suspend(vm->fd), 0);
	if (stage == STOPPED)
		REQUIRE_RET(vm_stop(vm->fd), 0);
}

static void destroy_everywhere(void)
{
	enum stage stage;
	struct vm vm, again;

	for (stage = 0; stage < STAGES; stage++) {
		uint64_t begin, took;

		note("destroy while %s", stages[stage]);
		bring_to(&vm, stage);
		begin = now_ns();
		REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
		took = now_ns() - begin;
		if (took > slow_ns(1000000000ull))
			test_fail(__FILE__, __LINE__, "took %llu ms",
				  (unsigned long long)(took / 1000000));
		CHECK_RET(vm_state(vm.fd), -ENODEV);
		CHECK_RET(vm_open(vm.id, NULL), -ENOENT);
		/* the name is free already */
		CHECK_RET(vm_create(&again, vm.name), 0);
		vm_close(&again);
		vm_close(&vm);
	}
}

static void stage_child(void *opaque)
{
	struct {
		struct sync_point sync;
		enum stage stage;
		uint32_t policy;
	} *job = opaque;
	struct vm vm;

	bring_to(&vm, job->stage);
	REQUIRE_RET(vm_set_policy(vm.fd, job->policy), 0);
	sync_tell_parent(&job->sync, vm.id);
	sync_hear_parent(&job->sync); /* never told */
}

/* kill -9 in each state, with policy destroy and with policy keep. */
static void kill_everywhere(void)
{
	struct {
		struct sync_point sync;
		enum stage stage;
		uint32_t policy;
	} job;
	uint64_t id, limit;
	pid_t pid;
	int fd;

	for (job.stage = 0; job.stage < STAGES; job.stage++) {
		note("kill -9 while %s", stages[job.stage]);
		sync_init(&job.sync);
		job.policy = AXVM_POLICY_DESTROY;
		pid = spawn(stage_child, &job);
		id = sync_hear_child(&job.sync);
		kill(pid, SIGKILL);
		CHECK(reap(pid, true));
		limit = now_ns() + slow_ns(2000000000ull);
		while ((fd = vm_open(id, NULL)) >= 0 && now_ns() < limit) {
			close(fd);
			sleep_ms(2);
		}
		CHECK_RET(fd, -ENOENT);

		job.policy = AXVM_POLICY_KEEP;
		pid = spawn(stage_child, &job);
		id = sync_hear_child(&job.sync);
		kill(pid, SIGKILL);
		CHECK(reap(pid, true));
		fd = vm_open(id, NULL);
		CHECK(fd >= 0);
		CHECK(vm_state(fd) >= 0);
		if (job.stage == RUNNING)
			CHECK(progresses(fd));
		CHECK_RET(vm_destroy(id, NULL), 0);
		close(fd);
	}
}

/* ---- waiters ---------------------------------------------------------------- */

struct waiter {
	pthread_t thread;
	struct vm *vm;
	void (*fn)(struct waiter *w);
	int result;
};

static void wait_for_state(struct waiter *w)
{
	struct axvm_vm_wait wait = {
		.size = sizeof(wait),
		.timeout_ns = ~0ull,
		.states = 1u << AXVM_VM_CREATED,
	};

	w->result = call(w->vm->fd, AXVM_VM_WAIT, &wait);
}

static void wait_for_exit(struct waiter *w)
{
	struct axvm_vm_wait wait = {
		.size = sizeof(wait),
		.timeout_ns = ~0ull,
		.reasons = 1ull << AXVM_EXIT_TRIPLE_FAULT,
	};

	w->result = call(w->vm->fd, AXVM_VM_WAIT, &wait);
}

static void wait_poll_vcpu(struct waiter *w)
{
	struct pollfd p = { .fd = w->vm->vcpu[0], .events = POLLIN };

	poll(&p, 1, -1);
	w->result = p.revents & POLLHUP ? -ENODEV : p.revents;
}

static void wait_poll_vm(struct waiter *w)
{
	struct pollfd p = { .fd = w->vm->fd, .events = POLLIN };

	poll(&p, 1, -1);
	w->result = p.revents & POLLHUP ? -ENODEV : p.revents;
}

static void wait_console(struct waiter *w)
{
	char c;
	int fd = open_console(w->vm->fd);

	w->result = read(fd, &c, 1) == 0 ? -ENODEV : 1;
	close(fd);
}

static void wait_run(struct waiter *w)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };

	w->result = call(w->vm->vcpu[1], AXVM_VCPU_RUN, &run);
}

static void *waiter_thread(void *opaque)
{
	struct waiter *w = opaque;

	w->fn(w);
	return NULL;
}

static void wakes_waiters(void)
{
	static void (*const fns[])(struct waiter *w) = {
		wait_for_state, wait_for_exit, wait_poll_vcpu, wait_poll_vm,
		wait_console,	wait_run,
	};
	struct waiter w[ARRAY_SIZE(fns)];
	struct vm vm;
	unsigned int i;

	spin_vm(&vm);
	REQUIRE_RET(vm_vcpu(&vm, 1, AXVM_VCPU_SYNC), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[1], arch.code, arch.results + 8),
		    0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		w[i] = (struct waiter){ .vm = &vm, .fn = fns[i] };
		REQUIRE(!pthread_create(&w[i].thread, NULL, waiter_thread,
					&w[i]));
	}
	sleep_ms(100);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		pthread_join(w[i].thread, NULL);
		if (w[i].result != -ENODEV)
			test_fail(__FILE__, __LINE__, "waiter %u: %s", i,
				  err_name(w[i].result));
	}
}

static void on_signal(int sig)
{
}

static void wait_signal(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct axvm_vm_wait wait = {
		.size = sizeof(wait),
		.timeout_ns = ~0ull,
		.states = 1u << AXVM_VM_STOPPED,
	};
	struct vm vm;

	spin_vm(&vm);
	REQUIRE_RET(vm_start(vm.fd), 0);
	sigaction(SIGALRM, &action, NULL);
	ualarm(100000, 0);
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &wait), -EINTR);
	CHECK_EQ(wait.state, AXVM_VM_RUNNING);
}

/* ---- module and memory ------------------------------------------------------ */

static void unload(void)
{
	struct vm vm;

	if (geteuid())
		test_skip("needs root");
	vm_guest(&vm, &guest_spin, arch.results, 0);
	REQUIRE_RET(vm_set_policy(vm.fd, AXVM_POLICY_KEEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(syscall(SYS_delete_module, "axvm", O_NONBLOCK) < 0 &&
	      (errno == EWOULDBLOCK || errno == EBUSY));
	/* the VM alone holds the module too */
	vm_close(&vm);
	close(dev_fd);
	CHECK(syscall(SYS_delete_module, "axvm", O_NONBLOCK) < 0 &&
	      (errno == EWOULDBLOCK || errno == EBUSY));
	dev_fd = dev_open();
	REQUIRE(dev_fd >= 0);
	vm.fd = vm_open(vm.id, NULL);
	CHECK(progresses(vm.fd));
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
}

static void cycle(void)
{
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 1), 1);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}

static void no_growth(void)
{
	static struct leak_mark a, b;
	const char *env = getenv("AXVM_TEST_CYCLES");
	unsigned int i, n = env ? atoi(env) : 1000;

	if (leak_hidden())
		test_skip("KASAN keeps freed memory back");
	for (i = 0; i < 100; i++)
		cycle();
	if (!leak_mark(&a))
		test_skip("/proc/slabinfo cannot be read");
	for (i = 0; i < n; i++)
		cycle();
	REQUIRE(leak_mark(&b));
	leak_check(&a, &b, n);
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
	{ "destroy from every state, in time", destroy_everywhere },
	{ "kill -9 of the client in every state", kill_everywhere, 120 },
	{ "destroy wakes every kind of waiter", wakes_waiters },
	{ "a signal ends a wait", wait_signal },
	{ "the module cannot be removed under a VM", unload },
	{ "1000 cycles leave no memory behind", no_growth, 600 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
