// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VCPU_NEXT: the answer goes in as the argument, the record is the flight
 * recorder's last; and who may be the thread that runs a sync vCPU, and what
 * becomes of the vCPU when that thread goes away.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/selftest/exits.h"
#include "tests/selftest/sync_vcpu.h"

static int next(int fd, uint64_t answer)
{
	return call(fd, AXVM_VCPU_NEXT, (void *)(uintptr_t)answer);
}

/* What the last call came back with. */
static struct axvm_exit last(const struct axvm_flight *f)
{
	const struct axvm_exit *slots = (void *)((char *)f + AXVM_RING_HEADER);

	return slots[(load(&f->produced) - 1) % AXVM_FLIGHT_SLOTS];
}

static uint64_t last_data(const struct axvm_flight *f)
{
	struct axvm_exit e = last(f);

	return arch_exit_data(&e);
}

/* Hypercalls 1, 2, 3 and so on, each answered by the caller. */
static const struct axvm_flight *calls_vm(struct vm *vm)
{
	const struct axvm_flight *f;

	sync_vm(vm, &guest_hypercalls, 0);
	REQUIRE_RET(vm_policy(vm->fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	f = vcpu_flight(vm->vcpu[0]);
	REQUIRE(f != NULL);
	REQUIRE_RET(vm_start(vm->fd), 0);
	return f;
}

static void check_call(const struct axvm_flight *f, uint64_t nr)
{
	struct axvm_exit e = last(f);

	CHECK_EQ(e.reason, AXVM_EXIT_HYPERCALL);
	CHECK(e.flags & AXVM_EXIT_WANTS_ANSWER);
	CHECK_EQ((uint32_t)e.hypercall.nr, nr);
	CHECK_EQ(e.seq, load(&f->produced));
}

/* ---- records and answers --------------------------------------------------- */

static void modes(void)
{
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	CHECK_RET(next(vm.vcpu[0], 0), -EBADFD);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	REQUIRE_RET(arch_set_entry(vm.vcpu[1], arch.code, arch.results), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(next(vm.vcpu[1], 0), -EBADFD);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	CHECK_RET(next(vm.vcpu[0], 0), -EBADFD);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_RET(next(vm.vcpu[0], 0), -ENODEV);
	CHECK_RET(next(vm.vcpu[1], 0), -ENODEV);
}

static void accesses(void)
{
	static const struct {
		bool write;
		unsigned int offset;
		unsigned int bytes;
		uint64_t data;
	} want[] = {
		{ true, 0, 4, 0x11223344 },
		{ false, 4, 4, 0x89abcdef },
		{ false, 8, 1, 0x5c },
		{ true, 12, 2, 0xbeef },
	};
	const struct axvm_flight *f;
	uint64_t answer = 0;
	struct axvm_exit e;
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_device, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, 0, 0, AXVM_IO_USER), 0);
	f = vcpu_flight(vm.vcpu[0]);
	REQUIRE(f != NULL);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		REQUIRE_RET(next(vm.vcpu[0], answer), 0);
		e = last(f);
		CHECK_EQ(e.reason, want[i].write ? arch.device_write :
						   arch.device_read);
		CHECK_EQ(e.seq, i + 1);
		CHECK_EQ(e.flags, AXVM_EXIT_WANTS_ANSWER);
		CHECK_EQ(arch_exit_address(&e), arch.device + want[i].offset);
		CHECK_EQ(arch_exit_bytes(&e), want[i].bytes);
		if (want[i].write)
			CHECK_EQ(arch_exit_data(&e), want[i].data);
		answer = want[i].write ? 0 : want[i].data;
	}
	REQUIRE_RET(next(vm.vcpu[0], 0), 0);
	CHECK_EQ(last(f).reason, AXVM_EXIT_HALT);
	CHECK_EQ(vm_result(vm.fd, 0), 0x89abcdef);
	CHECK_EQ(vm_result(vm.fd, 1), 0x5c);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
	CHECK_RET(next(vm.vcpu[0], 0), -EBADFD);
}

/* Both calls on one vCPU, in turn. */
static void both_calls(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	const struct axvm_flight *f;
	struct vm vm;
	uint64_t nr;

	f = calls_vm(&vm);
	for (nr = 1; nr < 40; nr += 2) {
		REQUIRE_RET(next(vm.vcpu[0], 7), 0);
		check_call(f, nr);
		/* not answered: the same again */
		run.flags = 0;
		run.answer = 0;
		REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
		CHECK_EQ((uint32_t)run.exit.hypercall.nr, nr);
		run.flags = AXVM_VCPU_RUN_ANSWER;
		REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
		CHECK_EQ((uint32_t)run.exit.hypercall.nr, nr + 1);
		check_call(f, nr + 1);
	}
}

/* The recorder is overwritten many times. */
static void many(void)
{
	const struct axvm_flight *f;
	struct vm vm;
	uint64_t nr;

	f = calls_vm(&vm);
	for (nr = 1; nr <= 3 * AXVM_FLIGHT_SLOTS; nr++) {
		REQUIRE_RET(next(vm.vcpu[0], nr), 0);
		check_call(f, nr);
	}
	CHECK_EQ(vm_result(vm.fd, 0), nr - 2);
}

/* ---- with a claimant -------------------------------------------------------- */

struct rival {
	atomic_int stop;
	int fd;
	uint64_t answered;
};

/* Claims, answers whatever is parked and what will be, lets go, and again. */
static void *rival_main(void *opaque)
{
	struct rival *r = opaque;
	const struct axvm_flight *f = vcpu_flight(r->fd);

	while (!r->stop) {
		unsigned int i;

		if (vcpu_claim(r->fd, -1))
			test_fail(__FILE__, __LINE__, "claim");
		for (i = 0; i < 20; i++)
			if (!vcpu_complete(r->fd, load(&f->produced) + i % 2, 0,
					   0))
				r->answered++;
		vcpu_release(r->fd);
	}
	return NULL;
}

/*
 * Each hypercall is answered exactly once, whoever wins: their numbers come in
 * order, and none is finished before its time.
 */
static void rivals(void)
{
	struct rival rival = {};
	const struct axvm_flight *f;
	struct axvm_exit e = {};
	pthread_t thread;
	uint32_t nr = 0;
	struct vm vm;
	unsigned int i;

	f = calls_vm(&vm);
	rival.fd = vm_vcpu_open(vm.fd, 0);
	REQUIRE(rival.fd >= 0);
	REQUIRE(!pthread_create(&thread, NULL, rival_main, &rival));
	for (i = 0; i < 3000; i++) {
		int err = next(vm.vcpu[0], 0);

		if (err) {
			test_fail(__FILE__, __LINE__, "NEXT: %d", err);
			break;
		}
		e = last(f);
		/* A rival that is quick lets some pass unseen. */
		CHECK(e.hypercall.nr > nr);
		CHECK_EQ(e.seq, e.hypercall.nr);
		CHECK(vm_result(vm.fd, 0) <= e.hypercall.nr);
		nr = e.hypercall.nr;
		if (i % 16 == 15)
			sched_yield();
	}
	rival.stop = 1;
	pthread_join(thread, NULL);
	/* Nothing of an old answer is left for the next one. */
	REQUIRE_RET(next(vm.vcpu[0], 0), 0);
	nr = last(f).hypercall.nr;
	for (i = 1; i < 10; i++) {
		REQUIRE_RET(next(vm.vcpu[0], 0), 0);
		check_call(f, nr + i);
	}
	note("the rival answered %llu", (unsigned long long)rival.answered);
}

/* ---- who runs it --------------------------------------------------------------- */

static int enter(int fd)
{
	return next(fd, 0);
}

static void signals(void)
{
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	interrupted(&vm, enter, 20, 20);
}

/*
 * As a real-time task it still hears of signals and of those who want it out.
 * A machine that is too slow for the guest to get on has longer, but less than
 * what the kernel allows such tasks of a second.
 */
static void realtime(void)
{
	struct sched_param param = { .sched_priority = 10 };
	struct sched_param zero = {};
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		test_skip("no real-time scheduling here");
	for (i = 0; i < 5; i++) {
		interrupt_in(vm_result(vm.fd, 0) ? 20 : 20 << i, true);
		CHECK_RET(next(vm.vcpu[0], 0), -EINTR);
		interrupt_in(0, false);
	}
	sched_setscheduler(0, SCHED_OTHER, &zero);
	CHECK(vm_result(vm.fd, 0) != 0);
}

/* Who answers the device's first word; @fd: an eventfd, or 0. */
static int device_io(int vm_fd, uint32_t flags, uint32_t policy, int fd)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.flags = flags,
		.space = arch.space,
		.policy = policy,
		.base = arch.device,
		.len = 4,
		.fd = fd,
	};

	return call(vm_fd, AXVM_VM_IO, &io);
}

/* Signals get the guest out again, later and later, until it has written. */
static uint64_t signals_until(int fd, int vcpu)
{
	uint64_t count = 0;
	unsigned int tries;

	for (tries = 0; tries < 8 && read(fd, &count, 8) != 8; tries++) {
		interrupt_in(20 << tries, true);
		CHECK_RET(next(vcpu, 0), -EINTR);
		interrupt_in(0, false);
	}
	return count;
}

/* What was userspace's the last time is an eventfd's, then userspace's again. */
static void policies_change(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	const struct axvm_flight *f;
	uint64_t n, seen, count;
	struct vm vm;

	sync_vm(&vm, &guest_device_writes, 0);
	f = vcpu_flight(vm.vcpu[0]);
	REQUIRE(f != NULL);
	REQUIRE_RET(device_io(vm.fd, 0, AXVM_IO_USER, 0), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (n = 1; n <= 5; n++) {
		REQUIRE_RET(next(vm.vcpu[0], 0), 0);
		CHECK_EQ(last_data(f), n);
	}
	REQUIRE_RET(device_io(vm.fd, AXVM_IO_REMOVE, 0, 0), 0);
	REQUIRE_RET(device_io(vm.fd, 0, AXVM_IO_EVENTFD, fd), 0);
	seen = load(&f->produced);
	count = signals_until(fd, vm.vcpu[0]);
	CHECK(count > 0);
	CHECK_EQ(load(&f->produced), seen);
	REQUIRE_RET(device_io(vm.fd, AXVM_IO_REMOVE, 0, 0), 0);
	REQUIRE_RET(device_io(vm.fd, 0, AXVM_IO_USER, 0), 0);
	for (n = 1; n <= 2; n++) {
		REQUIRE_RET(next(vm.vcpu[0], 0), 0);
		CHECK_EQ(last_data(f), 5 + count + n);
	}
}

static void held_inside(void)
{
	struct runner r;
	uint32_t before;
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	CHECK_RET(next(vm.vcpu[0], 0), -EBUSY);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	before = vm_result(vm.fd, 0);
	sleep_ms(20);
	CHECK_EQ(vm_result(vm.fd, 0), before);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK_RET(vm_wait_result(vm.fd, 0, before + 1), 0);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	CHECK_RET(runner_end(&r), -EBADFD);
}

static void destroyed_inside(void)
{
	struct runner r;
	struct vm vm;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	runner_spin(&r, &vm, enter);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_RET(runner_end(&r), -ENODEV);
}

/* The one that was there when a record came is gone; another one answers it. */
static void other_thread(void)
{
	const struct axvm_flight *f;
	struct runner r;
	struct vm vm;
	uint64_t nr;

	f = calls_vm(&vm);
	for (nr = 1; nr < 20; nr += 2) {
		runner_start(&r, &vm, enter);
		CHECK_RET(runner_end(&r), 0);
		check_call(f, nr);
		REQUIRE_RET(next(vm.vcpu[0], 0), 0);
		check_call(f, nr + 1);
	}
}

static void spin_child(void *opaque)
{
	const struct vm *vm = opaque;

	next(vm->vcpu[0], 0);
}

/* Killed in the guest: the VM lives, and whoever has it open goes on. */
static void killed_inside(void)
{
	uint32_t before;
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, &guest_spin, arch.results);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < 3; i++) {
		pid_t pid = spawn(spin_child, &vm);

		before = vm_result(vm.fd, 0);
		CHECK_RET(vm_wait_result(vm.fd, 0, before + 1), 0);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	}
	interrupted(&vm, enter, 20, 1);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
}

static void calls_child(void *opaque)
{
	const struct vm *vm = opaque;
	const struct axvm_flight *f = vcpu_flight(vm->vcpu[0]);
	uint64_t nr = load(&f->produced);
	unsigned int i;

	for (i = 1; i <= 50; i++) {
		CHECK_RET(next(vm->vcpu[0], 0), 0);
		check_call(f, nr + i);
	}
}

/* A process and its children, one after the other. */
static void forked(void)
{
	const struct axvm_flight *f;
	struct vm vm;
	unsigned int i;

	f = calls_vm(&vm);
	for (i = 0; i < 3; i++) {
		uint64_t nr = load(&f->produced);

		CHECK_RET(next(vm.vcpu[0], 0), 0);
		check_call(f, nr + 1);
		CHECK(reap(spawn(calls_child, &vm), false));
		CHECK_EQ(load(&f->produced), nr + 51);
	}
}

static const struct test tests[] = {
	{ "NEXT needs a sync vCPU of a started VM", modes },
	{ "device accesses, one by one", accesses },
	{ "NEXT and RUN in turn", both_calls },
	{ "who answers an access may change", policies_change },
	{ "more records than the recorder has room for", many },
	{ "a claimant answers, too: each exit once", rivals },
	{ "a signal ends NEXT", signals },
	{ "a real-time thread runs it", realtime },
	{ "one thread at a time; suspend holds it, stop ends it", held_inside },
	{ "destroy ends NEXT", destroyed_inside },
	{ "another thread answers", other_thread },
	{ "a process is killed inside: the VM lives", killed_inside },
	{ "parent and child in turn", forked },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
