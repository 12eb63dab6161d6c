// SPDX-License-Identifier: GPL-2.0
/*
 * AXVM_VM_WAIT for exits, and what the flight recorder says of answers.
 */
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/selftest/exits.h"

#define FAR_AWAY_NS 10000000000ull

struct waiter {
	pthread_t thread;
	int fd;
	uint64_t reasons;
	uint32_t states;
	uint32_t reason;
	int result;
	long switches; /* times it slept */
};

static void *waiter(void *opaque)
{
	struct waiter *w = opaque;
	struct axvm_vm_wait arg = {
		.size = sizeof(arg),
		.timeout_ns = slow_ns(FAR_AWAY_NS),
		.reasons = w->reasons,
		.states = w->states,
	};
	struct rusage before, after;

	getrusage(RUSAGE_THREAD, &before);
	w->result = call(w->fd, AXVM_VM_WAIT, &arg);
	getrusage(RUSAGE_THREAD, &after);
	w->reason = arg.reason;
	w->switches = after.ru_nvcsw - before.ru_nvcsw;
	return NULL;
}

static void waiter_start(struct waiter *w, const struct vm *vm,
			 uint64_t reasons, uint32_t states)
{
	w->fd = vm->fd;
	w->reasons = reasons;
	w->states = states;
	REQUIRE(!pthread_create(&w->thread, NULL, waiter, w));
}

static uint64_t hypercalls(const struct vm *vm)
{
	return vm_stat(vm->fd, AXVM_NR_STATS + AXVM_EXIT_HYPERCALL);
}

/* Thousands of records that it does not wait for. */
static void left_alone(void)
{
	struct waiter w;
	uint64_t from;
	struct vm vm;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	waiter_start(&w, &vm, 1ull << AXVM_EXIT_SYSTEM_DOWN,
		     1u << AXVM_VM_STOPPED);
	from = hypercalls(&vm);
	while (hypercalls(&vm) < from + 5000)
		sleep_ms(5);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	pthread_join(w.thread, NULL);
	CHECK_RET(w.result, 0);
	CHECK_EQ(w.reason, AXVM_EXIT_NONE);
	if (!CHECK(w.switches < 100))
		note("it was woken %ld times", w.switches);
}

/* Each hears of its own; one that gives up leaves the others in peace. */
static void several(void)
{
	struct axvm_vm_wait brief = {
		.size = sizeof(brief),
		.timeout_ns = 20000000,
		.reasons = 1ull << AXVM_EXIT_HYPERCALL | 1ull << AXVM_EXIT_HALT,
	};
	struct waiter call_waiter, halt_waiter;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0, AXVM_IO_USER),
		    0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	waiter_start(&call_waiter, &vm, 1ull << AXVM_EXIT_HYPERCALL, 0);
	waiter_start(&halt_waiter, &vm, 1ull << AXVM_EXIT_HALT, 0);
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &brief), -ETIMEDOUT);
	REQUIRE_RET(vm_start(vm.fd), 0);
	pthread_join(call_waiter.thread, NULL);
	CHECK_RET(call_waiter.result, 0);
	CHECK_EQ(call_waiter.reason, AXVM_EXIT_HYPERCALL);
	CHECK_RET(vcpu_complete(vm.vcpu[0], 1, 0, 0), 0);
	pthread_join(halt_waiter.thread, NULL);
	CHECK_RET(halt_waiter.result, 0);
	CHECK_EQ(halt_waiter.reason, AXVM_EXIT_HALT);
}

static void recorded_answer(void)
{
	const uint64_t late = 20000000;
	struct axvm_flight *flight;
	struct axvm_ring *ring;
	struct axvm_exit e;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0, AXVM_IO_USER),
		    0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	flight = vcpu_flight(vm.vcpu[0]);
	REQUIRE(ring && flight);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE(ring_wait_parked(ring) == 1);
	REQUIRE(flight_read(flight, 0, &e));
	CHECK_EQ(e.flags, AXVM_EXIT_WANTS_ANSWER);
	while (now_ns() < e.time_ns + late)
		sleep_ms(1);
	CHECK_RET(vcpu_complete(vm.vcpu[0], 1, 7, 0), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	REQUIRE(flight_read(flight, 0, &e));
	CHECK_EQ(e.flags, AXVM_EXIT_WANTS_ANSWER | AXVM_EXIT_ANSWERED);
	CHECK(e.answer.ns >= late);
	CHECK_EQ((uint32_t)e.hypercall.args[0], 0x11);
	CHECK(e.hypercall.level <= 1);
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_answer_ns), e.answer.ns);
	REQUIRE(flight_read(flight, 1, &e));
	CHECK_EQ(e.reason, AXVM_EXIT_HALT);
	CHECK_EQ(e.flags & AXVM_EXIT_ANSWERED, 0);
}

static const struct test tests[] = {
	{ "a waiter is left alone by exits that it does not wait for",
	  left_alone, 120 },
	{ "several waiters, each for its own exits", several },
	{ "the recorder tells how long an answer took", recorded_answer },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
