// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of module/lib/ring.c with producer and consumer on two threads, for
 * ThreadSanitizer (which cannot be combined with the address sanitizer of the
 * other tests).  The consumers here follow uapi/axvm.h to the letter.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "module/lib/ring.h"

#define SLOTS 16u
#define RECORDS 60000u
#define WORDS (sizeof(struct axvm_exit) / sizeof(u64))

static struct axvm_exit record(u64 seq)
{
	struct axvm_exit e = { .seq = seq, .time_ns = ~seq, .pc = seq * 3 };
	unsigned int i;

	for (i = 0; i < 8; i++)
		e.raw[i] = seq * 0x9e3779b97f4a7c15ull + i;
	return e;
}

static bool is_record(const struct axvm_exit *e, u64 seq)
{
	struct axvm_exit want = record(seq);

	return !memcmp(e, &want, sizeof(want));
}

static struct axvm_exit *slot(void *shared, u64 index)
{
	return (struct axvm_exit *)((char *)shared + AXVM_RING_HEADER) +
	       index % SLOTS;
}

/* ---- ring: nothing lost, nothing torn, in order ---------------------- */

static void *ring_producer(void *arg)
{
	struct axvm_ring_kernel *r = arg;
	u64 seq = 1;

	while (seq <= RECORDS) {
		struct axvm_exit e = record(seq);

		if (axvm_ring_put(r, &e))
			seq++;
		else
			sched_yield();
	}
	return NULL;
}

START_TEST(test_ring)
{
	struct axvm_ring *shared = calloc(1, axvm_ring_bytes(SLOTS));
	struct axvm_ring_kernel ring;
	u64 consumed = 0;
	pthread_t thread;

	axvm_ring_init(&ring, shared, SLOTS);
	pthread_create(&thread, NULL, ring_producer, &ring);
	while (consumed < RECORDS) {
		u64 produced = smp_load_acquire(&shared->produced);

		ck_assert_uint_le(produced - consumed, SLOTS);
		if (consumed == produced)
			sched_yield();
		while (consumed < produced) {
			ck_assert(is_record(slot(shared, consumed),
					    consumed + 1));
			consumed++;
			smp_store_release(&shared->consumed, consumed);
		}
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(shared->produced, RECORDS);
	ck_assert_uint_eq(shared->dropped, ring.dropped);
	free(shared);
}
END_TEST

/* ---- parked record: published whole, cleared after each answer -------- */

struct park {
	struct axvm_ring_kernel ring;
	u64 answer; /* the ioctl's way back */
};

static void *park_producer(void *arg)
{
	struct park *p = arg;
	u64 seq;

	for (seq = 1; seq <= RECORDS / 10; seq++) {
		struct axvm_exit e = record(seq);

		axvm_ring_park(&p->ring, &e);
		while (smp_load_acquire(&p->answer) != seq)
			sched_yield();
		axvm_ring_park(&p->ring, NULL);
	}
	return NULL;
}

START_TEST(test_park)
{
	struct axvm_ring *shared = calloc(1, axvm_ring_bytes(SLOTS));
	struct park p = {};
	pthread_t thread;
	u64 seq = 0;

	axvm_ring_init(&p.ring, shared, SLOTS);
	pthread_create(&thread, NULL, park_producer, &p);
	while (seq < RECORDS / 10) {
		u64 now = smp_load_acquire(&shared->parked_seq);

		if (!now || now == seq) {
			sched_yield();
			continue;
		}
		ck_assert_uint_eq(now, seq + 1);
		ck_assert(is_record(&shared->parked, now));
		seq = now;
		smp_store_release(&p.answer, seq);
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(shared->parked_seq, 0);
	free(shared);
}
END_TEST

/* ---- flight recorder: overwriting, torn copies are told apart --------- */

static void *flight_producer(void *arg)
{
	struct axvm_flight_kernel *f = arg;
	u64 seq;

	for (seq = 1; seq <= RECORDS; seq++) {
		struct axvm_exit e = record(seq);

		axvm_flight_put(f, &e);
		if (seq % 61 == 0)
			sched_yield();
	}
	return NULL;
}

static void copy_words(struct axvm_exit *to, struct axvm_exit *from)
{
	u64 words[WORDS], *src = (u64 *)from;
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		words[i] = READ_ONCE(src[i]);
	memcpy(to, words, sizeof(words));
}

START_TEST(test_flight)
{
	struct axvm_flight *shared = calloc(1, axvm_ring_bytes(SLOTS));
	struct axvm_flight_kernel flight;
	u64 good = 0, stale = 0, produced = 0;
	pthread_t thread;

	axvm_flight_init(&flight, shared, SLOTS);
	pthread_create(&thread, NULL, flight_producer, &flight);
	while (produced < RECORDS) {
		struct axvm_exit e;
		u64 i;

		produced = smp_load_acquire(&shared->produced);
		if (!produced)
			continue;
		/* the oldest that may be whole: the one at most risk */
		i = produced < SLOTS ? 0 : produced - SLOTS + 1;
		copy_words(&e, slot(shared, i));
		smp_rmb();
		if (i + SLOTS > READ_ONCE(shared->produced)) {
			ck_assert(is_record(&e, i + 1));
			good++;
		} else {
			stale++;
		}
	}
	pthread_join(thread, NULL);
	ck_assert_uint_gt(good, 0);
	ck_assert_msg(stale > 0 || good > 100, "the threads never met");
	free(shared);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring, two threads");
	TCase *tcase = tcase_create("ring");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_ring);
	tcase_add_test(tcase, test_park);
	tcase_add_test(tcase, test_flight);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
