// SPDX-License-Identifier: GPL-2.0
/*
 * Ends: destruction and dead clients in every state, waiters that are woken,
 * the module that stays, and no memory left over.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/leaks.h"

/* ---- in every state --------------------------------------------------------- */

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
			CHECK(vm_progresses(fd, 0));
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
	int fd = vm_console(w->vm->fd, 0);

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

	vm_spin(&vm);
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

	vm_spin(&vm);
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
	CHECK(vm_progresses(vm.fd, 0));
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
