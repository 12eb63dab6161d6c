// SPDX-License-Identifier: GPL-2.0
/*
 * A watchdog beside a hostile guest: scheduling latency, the kernel's log, and
 * the guest's end.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/storm.h"

/*
 * Of a task among a hundred others; a CPU that is lost to a guest takes as long
 * as the guest runs.  By the host's own clock, however slow the host is.
 */
#define LATENCY_NS 150000000ull
#define DESTROY_NS 1000000000ull

static void *beat(void *opaque)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct watchdog *w = opaque;
	uint64_t last = now_ns(), now;

	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		nanosleep(&pause, NULL);
		now = now_ns();
		if (now - last > w->worst + 1000000)
			w->worst = now - last - 1000000;
		last = now;
		w->beats++;
	}
	return NULL;
}

void watchdog_start(struct watchdog *w)
{
	memset(w, 0, sizeof(*w));
	w->log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->log >= 0)
		lseek(w->log, 0, SEEK_END);
	REQUIRE(!pthread_create(&w->thread, NULL, beat, w));
}

/* "PRIORITY,SEQUENCE,...;text": 4 is a warning, above 7 is userspace's. */
static void check_log(int fd)
{
	char line[1000];
	ssize_t n;

	while ((n = read(fd, line, sizeof(line) - 1)) > 0) {
		line[n] = 0;
		if (atoi(line) <= 4)
			test_fail(__FILE__, __LINE__, "kernel: %s", line);
	}
	close(fd);
}

void watchdog_stop(struct watchdog *w)
{
	__atomic_store_n(&w->stop, true, __ATOMIC_RELAXED);
	pthread_join(w->thread, NULL);
	note("latency at most %llu us in %u turns",
	     (unsigned long long)(w->worst / 1000), w->beats);
	CHECK(w->beats > 0);
	CHECK(w->worst < LATENCY_NS);
	if (w->log >= 0)
		check_log(w->log);
}

static void *destroyer(void *opaque)
{
	struct vm *vm = opaque;
	uint64_t begin = now_ns(), took;

	CHECK_RET(vm_destroy(vm->id, NULL), 0);
	took = now_ns() - begin;
	if (took > DESTROY_NS)
		test_fail(__FILE__, __LINE__, "destroy took %llu ms",
			  (unsigned long long)(took / 1000000));
	return NULL;
}

void destroy_from_thread(struct vm *vm)
{
	pthread_t thread;

	REQUIRE(!pthread_create(&thread, NULL, destroyer, vm));
	pthread_join(thread, NULL);
	CHECK_RET(vm_state(vm->fd), -ENODEV);
	CHECK_RET(vm_open(vm->id, NULL), -ENOENT);
	vm_close(vm);
}
