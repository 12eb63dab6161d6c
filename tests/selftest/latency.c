// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that sleeps a millisecond at a time and remembers the worst of it.
 */
#include <pthread.h>
#include <time.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/latency.h"

#define STEP_NS 1000000

static pthread_t thread;
static volatile bool stop;
static uint64_t worst, total, steps;

static void *watch(void *opaque)
{
	while (!stop) {
		struct timespec step = { .tv_nsec = STEP_NS };
		uint64_t begin = now_ns(), late;

		nanosleep(&step, NULL);
		late = now_ns() - begin - STEP_NS;
		if (late > worst)
			worst = late;
		total += late;
		steps++;
	}
	return NULL;
}

void latency_begin(void)
{
	stop = false;
	worst = total = steps = 0;
	REQUIRE(!pthread_create(&thread, NULL, watch, NULL));
}

uint64_t latency_end(void)
{
	stop = true;
	pthread_join(thread, NULL);
	return worst;
}

uint64_t latency_mean(void)
{
	return steps ? total / steps : 0;
}
