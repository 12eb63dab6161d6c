// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of vmctl's flight recorder reader against the kernel's own writer
 * (module/lib/ring.c), also with both at work at the same time; and of what
 * is said of records.
 */
#include <check.h>
#include <json-c/json.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flight.h"
#include "module/lib/ring.h"

#define SLOTS 8u

static struct axvm_flight_kernel kernel;
static struct flight reader;
static void *pages;
static struct axvm_exit out[SLOTS];

static void setup(void)
{
	pages = aligned_alloc(4096, AXVM_RING_HEADER + 4096);
	memset(pages, 0, AXVM_RING_HEADER + 4096);
	axvm_flight_init(&kernel, pages, SLOTS);
	reader = (struct flight){ .head = pages, .slots = SLOTS };
}

static void teardown(void)
{
	free(pages);
}

/* All words of record n hold n: a torn copy shows. */
static void put(uint64_t n)
{
	struct axvm_exit e;
	uint64_t *w = (uint64_t *)&e;

	for (size_t i = 0; i < sizeof(e) / 8; i++)
		w[i] = n;
	axvm_flight_put(&kernel, &e);
}

static bool whole(const struct axvm_exit *e)
{
	const uint64_t *w = (const uint64_t *)e;

	for (size_t i = 1; i < sizeof(*e) / 8; i++) {
		if (w[i] != w[0])
			return false;
	}
	return true;
}

START_TEST(test_empty)
{
	ck_assert_uint_eq(flight_read(&reader, out), 0);
	put(1);
	put(2);
	ck_assert_uint_eq(flight_read(&reader, out), 2);
	ck_assert_uint_eq(out[0].seq, 1);
	ck_assert_uint_eq(out[1].seq, 2);
	ck_assert_uint_eq(flight_read(&reader, out), 0);
	ck_assert_uint_eq(reader.missed, 0);
}
END_TEST

START_TEST(test_overwritten)
{
	for (uint64_t i = 1; i <= 3 * SLOTS; i++)
		put(i);
	/* The oldest slot may be under the kernel's pen: it does not count. */
	ck_assert_uint_eq(flight_read(&reader, out), SLOTS - 1);
	ck_assert_uint_eq(out[0].seq, 2 * SLOTS + 2);
	ck_assert_uint_eq(out[SLOTS - 2].seq, 3 * SLOTS);
	ck_assert_uint_eq(reader.missed, 2 * SLOTS + 1);
	put(100);
	ck_assert_uint_eq(flight_read(&reader, out), 1);
	ck_assert_uint_eq(out[0].seq, 100);
	ck_assert_uint_eq(reader.missed, 2 * SLOTS + 1);
}
END_TEST

START_TEST(test_answered)
{
	struct axvm_exit e = { .reason = AXVM_EXIT_HYPERCALL,
			       .flags = AXVM_EXIT_WANTS_ANSWER };

	for (e.seq = 1; e.seq <= SLOTS + 3; e.seq++) {
		e.hypercall.level = 1;
		e.hypercall.args[5] = e.seq;
		axvm_flight_put(&kernel, &e);
	}
	axvm_flight_answered(&kernel, 5, 1234);
	axvm_flight_answered(&kernel, 6, 1ull << 40); /* cannot be held */
	/* Overwritten, never there, none: nothing may change. */
	axvm_flight_answered(&kernel, 3, 7);
	axvm_flight_answered(&kernel, SLOTS + 4, 7);
	axvm_flight_answered(&kernel, 0, 7);
	ck_assert_uint_eq(flight_read(&reader, out), SLOTS - 1);
	for (unsigned int i = 0; i < SLOTS - 1; i++) {
		uint64_t seq = i + 5;
		uint32_t ns = seq == 5 ? 1234 : seq == 6 ? ~0u : 0;

		ck_assert_uint_eq(out[i].seq, seq);
		ck_assert_uint_eq(out[i].answer.ns, ns);
		ck_assert_uint_eq(out[i].flags,
				  AXVM_EXIT_WANTS_ANSWER |
					  (ns ? AXVM_EXIT_ANSWERED : 0));
		ck_assert_uint_eq(out[i].hypercall.level, 1);
		ck_assert_uint_eq(out[i].hypercall.args[5], seq);
	}
}
END_TEST

static void *writer(void *arg)
{
	for (uint64_t i = 1; i <= 300000; i++)
		put(i);
	return NULL;
}

START_TEST(test_race)
{
	uint64_t last = 0, seen = 0;
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, writer, NULL), 0);
	while (last < 300000) {
		size_t n = flight_read(&reader, out);

		for (size_t i = 0; i < n; i++) {
			ck_assert(whole(&out[i]));
			ck_assert_uint_gt(out[i].seq, last);
			last = out[i].seq;
		}
		seen += n;
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(seen + reader.missed, 300000);
}
END_TEST

static const char *detail(const struct axvm_exit *e, uint32_t backend)
{
	static char buf[160];

	return exit_detail(e, backend, buf, sizeof(buf));
}

START_TEST(test_detail)
{
	struct axvm_exit e = { .reason = AXVM_EXIT_IO_WRITE };

	e.io.port = 0x3f8;
	e.io.bytes = 1;
	e.io.data = 0x48;
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_VMX), "port 0x3f8 = 0x48, 1 byte");
	e = (struct axvm_exit){ .reason = AXVM_EXIT_MMIO_READ, .gpa = 0x9000018 };
	e.mmio.bytes = 4;
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_VHE), "0x9000018, 4 bytes");
	e = (struct axvm_exit){ .reason = AXVM_EXIT_SYSREG_READ };
	e.sysreg.id = 3 << 14 | 0 << 11 | 12 << 7 | 12 << 3 | 5; /* ICC_SRE_EL1 */
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_NVHE), "S3_0_C12_C12_5");
	e.reason = AXVM_EXIT_SYSREG_WRITE;
	e.sysreg.id = 0xc0000080;
	e.sysreg.value = 0x500;
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_VMX), "MSR 0xc0000080 = 0x500");
	e = (struct axvm_exit){ .reason = AXVM_EXIT_HALT };
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_VMX), "");
	e = (struct axvm_exit){ .reason = AXVM_EXIT_FAIL_ENTRY };
	e.fail.insn_error = 7;
	ck_assert_str_eq(detail(&e, AXVM_BACKEND_VMX), "VM-instruction error 7");
}
END_TEST

START_TEST(test_detail_any)
{
	struct axvm_exit e;
	struct json_object *obj;
	char small[8];

	memset(&e, 0xff, sizeof(e));
	for (e.reason = 0; e.reason < AXVM_NR_EXITS + 2; e.reason++) {
		exit_detail(&e, AXVM_BACKEND_VHE, small, sizeof(small));
		exit_detail(&e, AXVM_BACKEND_VMX, small, sizeof(small));
		ck_assert_uint_lt(strlen(small), sizeof(small));
		obj = exit_json(&e, AXVM_BACKEND_VMX);
		ck_assert_ptr_nonnull(json_object_to_json_string(obj));
		json_object_put(obj);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flight");
	TCase *tc = tcase_create("flight");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_empty);
	tcase_add_test(tc, test_overwritten);
	tcase_add_test(tc, test_answered);
	tcase_add_test(tc, test_race);
	tcase_add_test(tc, test_detail);
	tcase_add_test(tc, test_detail_any);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
