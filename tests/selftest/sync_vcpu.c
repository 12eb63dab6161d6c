// SPDX-License-Identifier: GPL-2.0
/*
 * vCPUs without a kernel thread, and threads that run them.
 */
#include <signal.h>
#include <sys/time.h>

#include "tests/selftest/sync_vcpu.h"

void sync_vm(struct vm *vm, const struct guest *guest, uint64_t arg)
{
	vm_guest(vm, guest, arg, AXVM_VCPU_SYNC);
}

static void on_signal(int sig)
{
}

void interrupt_in(unsigned int ms, bool repeat)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct itimerval timer = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
	};

	if (repeat)
		timer.it_interval = timer.it_value;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void interrupted(const struct vm *vm, int (*enter)(int fd), unsigned int ms,
		 unsigned int calls)
{
	uint32_t before = vm_result(vm->fd, 0);
	unsigned int i, tries;

	for (tries = 0; tries < 8 && vm_result(vm->fd, 0) == before; tries++) {
		interrupt_in(ms << tries, true);
		for (i = 0; i < calls; i++)
			CHECK_RET(enter(vm->vcpu[0]), -EINTR);
		interrupt_in(0, false);
	}
	CHECK(vm_result(vm->fd, 0) != before);
}

static void *runner(void *opaque)
{
	struct runner *r = opaque;

	r->result = r->enter(r->fd);
	return NULL;
}

void runner_start(struct runner *r, const struct vm *vm, int (*enter)(int fd))
{
	r->fd = vm->vcpu[0];
	r->enter = enter;
	REQUIRE(!pthread_create(&r->thread, NULL, runner, r));
}

void runner_spin(struct runner *r, const struct vm *vm, int (*enter)(int fd))
{
	runner_start(r, vm, enter);
	CHECK_RET(vm_wait_result(vm->fd, 0, 1), 0);
}

int runner_end(struct runner *r)
{
	pthread_join(r->thread, NULL);
	return r->result;
}
