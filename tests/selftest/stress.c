// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations on the same VMs from several threads and processes at
 * once.  Nothing is expected of single results but that they come: no hang,
 * no crash, no VM left over, and a clean kernel log, at which the caller
 * looks.  AXVM_TEST_SEED repeats a run's choices, AXVM_TEST_SECONDS is its
 * length.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define NAMES 3
#define THREADS 4
#define FAR (arch.mem_base + (1ull << 28))

/* One thread: its random numbers and the descriptors it holds. */
struct worker {
	unsigned int seed;
	uint64_t until;
	unsigned long done;
	int vm;
	int vcpu;
	int console;
	int event;
	void *map[3];
	size_t map_len[3];
};

static unsigned int pick(struct worker *w, unsigned int n)
{
	return rand_r(&w->seed) % n;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void replace(int *fd, int new)
{
	drop(fd);
	*fd = new;
}

static void unmap(struct worker *w, unsigned int i)
{
	if (w->map[i])
		munmap(w->map[i], w->map_len[i]);
	w->map[i] = NULL;
}

static const char *name_of(unsigned int i)
{
	static const char *const names[NAMES] = { "st-x", "st-y", "st-z" };

	return names[i];
}

/* A VM that runs at once, under a name that may be taken. */
static void do_create(struct worker *w)
{
	static const struct guest *const guests[] = {
		&guest_spin, &guest_hypercalls, &guest_device, &guest_halt,
		&guest_print, &guest_device_writes, &guest_poweroff,
	};
	struct vm vm;

	if (vm_create(&vm, name_of(pick(w, NAMES))))
		return;
	replace(&w->vm, vm.fd);
	if (vm_memory(&vm, arch.mem_base, arch.mem_len) ||
	    vm_load(vm.fd, guests[pick(w, ARRAY_SIZE(guests))]) ||
	    vm_vcpu(&vm, 0, pick(w, 4) ? 0 : AXVM_VCPU_SYNC))
		return;
	replace(&w->vcpu, vm.vcpu[0]);
	arch_set_entry(w->vcpu, arch.code, arch.results);
	vm_start(w->vm);
}

static void do_open(struct worker *w)
{
	replace(&w->vm, vm_open(0, name_of(pick(w, NAMES))));
}

static void do_open_vcpu(struct worker *w)
{
	struct axvm_vcpu_create arg = { .size = sizeof(arg) };

	if (!call(w->vm, AXVM_VCPU_OPEN, &arg))
		replace(&w->vcpu, arg.fd);
}

static void do_destroy(struct worker *w)
{
	if (!pick(w, 4))
		vm_destroy(0, name_of(pick(w, NAMES)));
}

static void do_state(struct worker *w)
{
	static const unsigned long ops[] = {
		AXVM_VM_START, AXVM_VM_STOP, AXVM_VM_SUSPEND, AXVM_VM_RESUME,
		AXVM_VM_RESET,
	};
	unsigned int i = pick(w, ARRAY_SIZE(ops));
	uint32_t flags = 0;

	if (ops[i] == AXVM_VM_STOP)
		flags = AXVM_OP_FORCE;
	else if (ops[i] == AXVM_VM_RESET && pick(w, 2))
		flags = AXVM_OP_START;
	else if (ops[i] == AXVM_VM_START && pick(w, 2))
		flags = AXVM_OP_PAUSED;
	vm_op(w->vm, ops[i], flags);
}

static void do_policy(struct worker *w)
{
	vm_set_policy(w->vm, pick(w, 3));
}

static void do_wait(struct worker *w)
{
	struct axvm_vm_wait wait = {
		.size = sizeof(wait),
		.timeout_ns = pick(w, 3) * 1000000ull,
		.states = 1u << pick(w, 4),
		.reasons = 1ull << AXVM_EXIT_HALT,
	};

	call(w->vm, AXVM_VM_WAIT, &wait);
}

static void do_memory(struct worker *w)
{
	static uint8_t own[1 << 16] __attribute__((aligned(65536)));
	struct axvm_mem mem = {
		.size = sizeof(mem),
		.flags = AXVM_MEM_READ | AXVM_MEM_WRITE,
		.gpa = FAR + pick(w, 4) * 0x10000,
		.len = 0x10000,
	};

	if (pick(w, 2)) {
		mem.flags = 0;
		call(w->vm, AXVM_VM_MEM_UNMAP, &mem);
		return;
	}
	if (pick(w, 2)) {
		mem.kind = AXVM_MEM_USER;
		mem.source = (uintptr_t)own;
	}
	call(w->vm, AXVM_VM_MEM_MAP, &mem);
}

static void do_access(struct worker *w)
{
	uint8_t buf[300];
	uint64_t gpa = pick(w, 2) ? FAR + pick(w, 1 << 18) :
				    arch.results + 512;

	if (pick(w, 2))
		vm_read(w->vm, gpa, buf, sizeof(buf));
	else
		vm_write(w->vm, gpa, buf, sizeof(buf));
}

static void do_map(struct worker *w)
{
	unsigned int i = pick(w, 3);
	void *p = NULL;

	unmap(w, i);
	if (i == 0) {
		p = vcpu_ring(w->vcpu);
		w->map_len[i] = ring_bytes();
	} else if (i == 1) {
		p = vcpu_flight(w->vcpu);
		w->map_len[i] = flight_bytes();
	} else {
		p = mmap(NULL, page, PROT_READ, MAP_SHARED, w->vm, FAR);
		p = p == MAP_FAILED ? NULL : p;
		w->map_len[i] = page;
	}
	w->map[i] = p;
}

/* Read everything that is mapped; write rubbish into the ring. */
static void do_touch(struct worker *w)
{
	static volatile uint64_t sink;

	if (w->map[0] && pick(w, 2))
		memset(w->map[0], rand_r(&w->seed), w->map_len[0]);
	if (w->map[1])
		sink = ((uint64_t *)w->map[1])[pick(w, 4096)];
	/* the page may be gone: a system call takes the fault for us */
	if (w->map[2] && write(w->event, w->map[2], 8) < 0)
		sink++;
}

static void do_claim(struct worker *w)
{
	if (pick(w, 3))
		vcpu_claim(w->vcpu, pick(w, 2) ? w->event : -1);
	else
		vcpu_release(w->vcpu);
}

static void do_answer(struct worker *w)
{
	struct axvm_vcpu_info info;
	struct pollfd p = { .fd = w->vcpu, .events = POLLIN };
	uint64_t seq;

	poll(&p, w->vcpu >= 0, pick(w, 2));
	if (vcpu_info(w->vcpu, &info))
		return;
	for (seq = info.exits; seq && seq + 3 > info.exits; seq--)
		vcpu_complete(w->vcpu, seq, 1, 0);
	if (w->map[0])
		vcpu_complete(w->vcpu,
			      ((struct axvm_ring *)w->map[0])->parked_seq, 1,
			      0);
}

static void do_io(struct worker *w)
{
	struct axvm_io io = {
		.size = sizeof(io),
		.space = arch.space,
		.policy = pick(w, 4),
		.base = arch.device + 4 * pick(w, 4),
		.len = 4,
	};

	if (io.policy == AXVM_IO_EVENTFD)
		io.fd = w->event;
	else if (!pick(w, 3))
		io.flags = AXVM_IO_REMOVE, io.policy = 0;
	else if (!pick(w, 4))
		io.flags = AXVM_IO_DEFAULT, io.base = 0, io.len = 0;
	call(w->vm, AXVM_VM_IO, &io);
}

static void do_console(struct worker *w)
{
	struct axvm_console arg = {
		.size = sizeof(arg),
		.flags = pick(w, 2) ? AXVM_CONSOLE_TAIL : 0,
	};
	char buf[500];
	ssize_t n;

	if (!pick(w, 4) && !call(w->vm, AXVM_VM_CONSOLE, &arg)) {
		replace(&w->console, arg.fd);
		fcntl(w->console, F_SETFL, O_NONBLOCK);
	}
	n = read(w->console, buf, sizeof(buf));
	n = write(w->console, buf, pick(w, 50) + (n > 0));
}

static void do_registers(struct worker *w)
{
	uint8_t buf[8192];
	struct axvm_regs regs = {
		.size = sizeof(regs),
		.block = pick(w, 2),
		.buf = (uintptr_t)buf,
	};

	regs.len = regs.block ? arch.system_bytes : arch.general_bytes;
	if (!call(w->vcpu, AXVM_VCPU_GET_REGS, &regs) && pick(w, 2))
		call(w->vcpu, AXVM_VCPU_SET_REGS, &regs);
}

static void on_signal(int sig)
{
}

static void do_run(struct worker *w)
{
	struct axvm_vcpu_run run = {
		.size = sizeof(run),
		.flags = pick(w, 2),
	};
	struct itimerspec in = { .it_value.tv_nsec = 2000000 };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR1,
		._sigev_un._tid = gettid(),
	};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return;
	in.it_interval = in.it_value; /* it may come before the call */
	timer_settime(timer, 0, &in, NULL);
	call(w->vcpu, AXVM_VCPU_RUN, &run);
	timer_delete(timer);
}

static void do_look(struct worker *w)
{
	struct axvm_vm_info info[4];
	struct axvm_list list = {
		.size = sizeof(list),
		.entries = (uintptr_t)info,
		.entry_size = sizeof(info[0]),
		.capacity = 4,
	};
	uint64_t values[AXVM_NR_STATS];
	struct axvm_stats stats = {
		.size = sizeof(stats),
		.vcpu = AXVM_STATS_ALL,
		.count = AXVM_NR_STATS,
		.values = (uintptr_t)values,
	};

	call(dev_fd, AXVM_VM_LIST, &list);
	call(w->vm, AXVM_VM_STATS, &stats);
}

static void do_close(struct worker *w)
{
	switch (pick(w, 4)) {
	case 0:
		drop(&w->vm);
		break;
	case 1:
		drop(&w->vcpu);
		break;
	case 2:
		drop(&w->console);
		break;
	default:
		unmap(w, pick(w, 3));
	}
}

static void (*const actions[])(struct worker *w) = {
	do_create, do_open,  do_open_vcpu, do_destroy, do_state,
	do_state,  do_state, do_policy,	   do_wait,    do_memory,
	do_access, do_map,   do_touch,	   do_claim,   do_answer,
	do_io,	   do_console, do_registers, do_run,   do_look,
	do_close,
};

static void *work(void *opaque)
{
	struct worker *w = opaque;
	unsigned int i;

	w->vm = w->vcpu = w->console = -1;
	w->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	while (now_ns() < w->until) {
		actions[pick(w, ARRAY_SIZE(actions))](w);
		w->done++;
	}
	drop(&w->vm);
	drop(&w->vcpu);
	drop(&w->console);
	drop(&w->event);
	for (i = 0; i < 3; i++)
		unmap(w, i);
	return NULL;
}

static unsigned int env(const char *name, unsigned int other)
{
	const char *s = getenv(name);

	return s && *s ? strtoul(s, NULL, 0) : other;
}

static uint64_t seconds(void)
{
	return env("AXVM_TEST_SECONDS", 5) * 1000000000ull;
}

static void run_workers(unsigned int seed, uint64_t ns)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct worker w[THREADS] = {};
	pthread_t thread[THREADS];
	unsigned long done = 0;
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	for (i = 0; i < THREADS; i++) {
		w[i].seed = seed * THREADS + i;
		w[i].until = now_ns() + ns;
		REQUIRE(!pthread_create(&thread[i], NULL, work, &w[i]));
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		done += w[i].done;
	}
	note("seed %u: %lu operations", seed, done);
	for (i = 0; i < NAMES; i++)
		vm_destroy(0, name_of(i));
}

static unsigned int seed(void)
{
	return env("AXVM_TEST_SEED", (unsigned int)now_ns());
}

static void threads(void)
{
	run_workers(seed(), seconds());
}

static void child(void *opaque)
{
	run_workers(*(unsigned int *)opaque, ~0ull / 4);
}

/* Two processes, killed and started again. */
static void processes(void)
{
	uint64_t until = now_ns() + seconds();
	unsigned int s[2] = { seed(), seed() + 1 };
	pid_t pid[2] = { spawn(child, &s[0]), spawn(child, &s[1]) };
	unsigned int i = 0, n;

	for (n = 0; now_ns() < until; n++) {
		sleep_ms(40 + s[0] % 37);
		kill(pid[i], SIGKILL);
		CHECK(reap(pid[i], true));
		s[i] += 2;
		pid[i] = spawn(child, &s[i]);
		i ^= 1;
	}
	note("%u processes killed", n);
	for (i = 0; i < 2; i++) {
		kill(pid[i], SIGKILL);
		CHECK(reap(pid[i], true));
	}
	for (i = 0; i < NAMES; i++)
		vm_destroy(0, name_of(i));
}

static const struct test tests[] = {
	{ "random operations from several threads", threads, 120 },
	{ "random operations, processes killed in them", processes, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
