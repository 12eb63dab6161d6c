// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of module/lib/ring.c on one thread: full ring, wrap-around, parked
 * record, hostile consumer, overwriting recorder.  With two threads:
 * ring_tsan_test.c.
 */
#include <check.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/lib/ring.h"

#define SLOTS 8u

struct fixture {
	struct axvm_ring_kernel ring;
	struct axvm_flight_kernel flight;
	struct axvm_ring *shared;
	struct axvm_flight *recorder;
	u64 seq;
};

static struct fixture f;

/* Exact sizes: the address sanitizer sees whatever leaves the pages. */
static void setup(void)
{
	memset(&f, 0, sizeof(f));
	f.shared = calloc(1, axvm_ring_bytes(SLOTS));
	f.recorder = calloc(1, axvm_ring_bytes(SLOTS));
	axvm_ring_init(&f.ring, f.shared, SLOTS);
	axvm_flight_init(&f.flight, f.recorder, SLOTS);
}

static void teardown(void)
{
	free(f.shared);
	free(f.recorder);
}

static struct axvm_exit record(u64 seq)
{
	struct axvm_exit e = { .seq = seq, .reason = AXVM_EXIT_IO_WRITE };
	unsigned int i;

	for (i = 0; i < 8; i++)
		e.raw[i] = seq * 1000 + i;
	return e;
}

static bool is_record(const struct axvm_exit *e, u64 seq)
{
	struct axvm_exit want = record(seq);

	return !memcmp(e, &want, sizeof(want));
}

static bool put(void)
{
	struct axvm_exit e = record(++f.seq);

	return axvm_ring_put(&f.ring, &e);
}

static const struct axvm_exit *slot(void *shared, u64 index)
{
	return (struct axvm_exit *)((char *)shared + AXVM_RING_HEADER) +
	       index % SLOTS;
}

/* What an honest consumer does. */
static void take(u64 seq)
{
	ck_assert_uint_lt(f.shared->consumed, f.shared->produced);
	ck_assert(is_record(slot(f.shared, f.shared->consumed), seq));
	f.shared->consumed++;
}

START_TEST(test_layout)
{
	ck_assert_uint_eq(f.shared->magic, AXVM_RING_MAGIC);
	ck_assert_uint_eq(f.shared->slots, SLOTS);
	ck_assert_uint_eq(f.recorder->magic, AXVM_FLIGHT_MAGIC);
	ck_assert_uint_eq(f.recorder->slots, SLOTS);
	ck_assert_uint_eq(axvm_ring_bytes(SLOTS), 4096 + SLOTS * 128);
	ck_assert_uint_eq(AXVM_RING_SLOTS & (AXVM_RING_SLOTS - 1), 0);
	ck_assert_uint_eq(AXVM_FLIGHT_SLOTS & (AXVM_FLIGHT_SLOTS - 1), 0);
	/* kernel and owner write to different cache lines */
	ck_assert_uint_eq(offsetof(struct axvm_ring, consumed) / 64,
			  offsetof(struct axvm_ring, produced) / 64 + 1);
}
END_TEST

START_TEST(test_put_take)
{
	ck_assert(!axvm_ring_pending(&f.ring));
	ck_assert(put());
	ck_assert_uint_eq(f.shared->produced, 1);
	ck_assert(axvm_ring_pending(&f.ring));
	take(1);
	ck_assert(!axvm_ring_pending(&f.ring));
}
END_TEST

START_TEST(test_full)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		ck_assert(put());
	for (i = 0; i < 3; i++)
		ck_assert(!put());
	ck_assert_uint_eq(f.shared->produced, SLOTS);
	ck_assert_uint_eq(f.shared->dropped, 3);
	/* nothing was overwritten, and one free place takes one record */
	take(1);
	ck_assert(put()); /* seq 12 */
	ck_assert(!put());
	for (i = 2; i <= SLOTS; i++)
		take(i);
	take(SLOTS + 4);
	ck_assert(!axvm_ring_pending(&f.ring));
	ck_assert_uint_eq(f.shared->dropped, 4);
}
END_TEST

START_TEST(test_wrap)
{
	u64 i;

	for (i = 1; i <= 10 * SLOTS + 3; i++) {
		ck_assert(put());
		if (i > 3)
			take(i - 3);
	}
	ck_assert_uint_eq(f.shared->dropped, 0);
}
END_TEST

/* The 64-bit counters themselves wrap. */
START_TEST(test_counter_wrap)
{
	u64 start = ~0ull - 3, i;

	f.ring.produced = f.ring.consumed = start;
	f.shared->produced = f.shared->consumed = start;
	for (i = 1; i <= SLOTS; i++)
		ck_assert(put());
	ck_assert(!put());
	for (i = 1; i <= SLOTS; i++) {
		ck_assert(is_record(slot(f.shared, f.shared->consumed), i));
		f.shared->consumed++;
	}
	ck_assert(!axvm_ring_pending(&f.ring));
	ck_assert(put());
}
END_TEST

START_TEST(test_park)
{
	struct axvm_exit e = record(77);
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		put();
	/* a full ring has room for it */
	axvm_ring_park(&f.ring, &e);
	ck_assert_uint_eq(f.shared->parked_seq, 77);
	ck_assert(is_record(&f.shared->parked, 77));
	ck_assert_uint_eq(f.shared->produced, SLOTS);
	ck_assert_uint_eq(f.shared->dropped, 0);
	axvm_ring_park(&f.ring, NULL);
	ck_assert_uint_eq(f.shared->parked_seq, 0);
}
END_TEST

/* Each lie about @consumed reads as a full ring, until it tells the truth. */
START_TEST(test_lies)
{
	static const s64 lie[] = { 1, 2, SLOTS, SLOTS + 1, 1000, -1000, -5,
				   0x7fffffffffffffff };
	unsigned int i;

	for (i = 0; i < 5; i++)
		put();
	for (i = 1; i <= 4; i++)
		take(i);
	ck_assert(put());
	for (i = 0; i < ARRAY_SIZE(lie); i++) {
		u64 produced = f.shared->produced;
		u64 dropped = f.shared->dropped;

		/* ahead of produced, or behind what was read last (4) */
		f.shared->consumed = lie[i] < 0 ? 4 + lie[i] :
						  produced + lie[i];
		ck_assert(axvm_ring_pending(&f.ring));
		ck_assert(!put());
		ck_assert_uint_eq(f.shared->produced, produced);
		ck_assert_uint_eq(f.shared->dropped, dropped + 1);
	}
	f.shared->consumed = 4;
	ck_assert(put());
}
END_TEST

/*
 * A hostile consumer scribbles over the whole header page and every slot.
 * Private state must follow a model that never looks at the garbage.
 */
START_TEST(test_hostile)
{
	size_t bytes = axvm_ring_bytes(SLOTS), i;
	u64 produced = 0, consumed = 0, dropped = 0;
	unsigned int round;

	srand(_i);
	for (round = 0; round < 5000; round++) {
		u64 lie = rand() % 4 == 0 ? (u64)rand() << (rand() % 33) :
					    produced - 10 + rand() % 20;
		bool valid, ok;

		for (i = 0; i < 64; i++)
			((u8 *)f.shared)[rand() % bytes] = rand();
		f.shared->consumed = lie;
		valid = lie - consumed <= produced - consumed;
		if (valid)
			consumed = lie;
		ok = put();
		ck_assert(ok == (valid && produced - consumed < SLOTS));
		if (ok)
			ck_assert(is_record(slot(f.shared, produced++),
					    f.seq));
		else
			dropped++;
		ck_assert_uint_eq(f.ring.produced, produced);
		ck_assert_uint_eq(f.ring.consumed, consumed);
		ck_assert_uint_eq(f.ring.dropped, dropped);
		ck_assert_uint_eq(f.ring.slots, SLOTS);
		ck_assert_uint_le(produced - consumed, SLOTS);
	}
	ck_assert_uint_gt(produced, SLOTS);
	ck_assert_uint_gt(dropped, 0);
}
END_TEST

/* uapi: the copy of record i is good while i + slots > produced. */
START_TEST(test_flight)
{
	u64 i, n;

	for (n = 1; n <= 5 * SLOTS + 3; n++) {
		struct axvm_exit e = record(n);

		axvm_flight_put(&f.flight, &e);
		ck_assert_uint_eq(f.recorder->produced, n);
		for (i = n < SLOTS ? 0 : n - SLOTS + 1; i < n; i++)
			ck_assert(is_record(slot(f.recorder, i), i + 1));
	}
	/* the user's page may not be read-only: the indices are private */
	f.recorder->produced = 0;
	f.recorder->slots = 0;
	for (i = 0; i < SLOTS; i++, n++) {
		struct axvm_exit e = record(n);

		axvm_flight_put(&f.flight, &e);
		ck_assert(is_record(slot(f.recorder, n - 1), n));
		ck_assert_uint_eq(f.recorder->produced, n);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring");
	TCase *tcase = tcase_create("ring");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_layout);
	tcase_add_test(tcase, test_put_take);
	tcase_add_test(tcase, test_full);
	tcase_add_test(tcase, test_wrap);
	tcase_add_test(tcase, test_counter_wrap);
	tcase_add_test(tcase, test_park);
	tcase_add_test(tcase, test_lies);
	tcase_add_loop_test(tcase, test_hostile, 0, 8);
	tcase_add_test(tcase, test_flight);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
