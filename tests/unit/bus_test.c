// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of module/lib/bus.c: edges by hand, and random tables against a model
 * that keeps one owner per address.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/lib/bus.h"

static int dev[8];

static struct axvm_bus *bus_new(unsigned int n)
{
	/* exact size: the address sanitizer sees a write past the end */
	struct axvm_bus *bus = malloc(axvm_bus_bytes(n));

	memset(bus, 0xa5, axvm_bus_bytes(n));
	return bus;
}

/* Add, or fail and leave the table alone; frees the old one. */
static int add(struct axvm_bus **bus, u64 start, u64 last, void *value)
{
	struct axvm_bus *to = bus_new((*bus ? (*bus)->n : 0) + 1);
	int err = axvm_bus_with(to, *bus, start, last, value);

	if (err) {
		free(to);
		return err;
	}
	free(*bus);
	*bus = to;
	return 0;
}

static int del(struct axvm_bus **bus, u64 start, u64 last)
{
	struct axvm_bus *to = bus_new(*bus ? (*bus)->n : 0);
	int err = axvm_bus_without(to, *bus, start, last);

	if (err) {
		free(to);
		return err;
	}
	free(*bus);
	*bus = to;
	return 0;
}

static void *at(const struct axvm_bus *bus, u64 addr, unsigned int bytes)
{
	const struct axvm_bus_range *r = axvm_bus_find(bus, addr, bytes);

	return r ? r->value : NULL;
}

START_TEST(test_empty)
{
	struct axvm_bus *bus = NULL, *empty = bus_new(0);

	empty->n = 0;
	ck_assert_ptr_null(axvm_bus_find(NULL, 0, 1));
	ck_assert_ptr_null(axvm_bus_find(empty, 0, 1));
	ck_assert(!axvm_bus_overlaps(NULL, 0, ~0ull));
	ck_assert(!axvm_bus_overlaps(empty, 0, ~0ull));
	ck_assert_int_eq(del(&bus, 0, 0), -ENOENT);
	ck_assert_int_eq(add(&bus, 5, 4, dev), -EINVAL);
	ck_assert_ptr_null(bus);
	free(empty);
}
END_TEST

START_TEST(test_edges)
{
	struct axvm_bus *bus = NULL;

	ck_assert_int_eq(add(&bus, 0x3f8, 0x3ff, &dev[0]), 0);
	ck_assert_int_eq(add(&bus, 0x20, 0x21, &dev[1]), 0);
	ck_assert_int_eq(add(&bus, 0x400, 0x40f, &dev[2]), 0);
	ck_assert_uint_eq(bus->n, 3);

	ck_assert_ptr_eq(at(bus, 0x3f8, 1), &dev[0]);
	ck_assert_ptr_eq(at(bus, 0x3f8, 8), &dev[0]);
	ck_assert_ptr_eq(at(bus, 0x3ff, 1), &dev[0]);
	ck_assert_ptr_eq(at(bus, 0x400, 4), &dev[2]);
	/* across an edge, also into the next range: nobody's */
	ck_assert_ptr_null(at(bus, 0x3fe, 4));
	ck_assert_ptr_null(at(bus, 0x3f7, 2));
	ck_assert_ptr_null(at(bus, 0x3f7, 1));
	ck_assert_ptr_null(at(bus, 0x410, 1));
	ck_assert_ptr_null(at(bus, 0x20, 4));
	ck_assert_ptr_null(at(bus, 0x20, 0));

	/* every way to meet a range */
	ck_assert_int_eq(add(&bus, 0x3f8, 0x3ff, dev), -EEXIST);
	ck_assert_int_eq(add(&bus, 0x3ff, 0x3ff, dev), -EEXIST);
	ck_assert_int_eq(add(&bus, 0x3f0, 0x3f8, dev), -EEXIST);
	ck_assert_int_eq(add(&bus, 0x3fa, 0x3fb, dev), -EEXIST);
	ck_assert_int_eq(add(&bus, 0, ~0ull, dev), -EEXIST);
	ck_assert_int_eq(add(&bus, 0x22, 0x3f7, &dev[3]), 0);
	ck_assert(axvm_bus_overlaps(bus, 0, 0x20));
	ck_assert(!axvm_bus_overlaps(bus, 0, 0x1f));
	ck_assert(!axvm_bus_overlaps(bus, 0x410, ~0ull));

	/* only a whole range goes */
	ck_assert_int_eq(del(&bus, 0x3f8, 0x3fe), -ENOENT);
	ck_assert_int_eq(del(&bus, 0x3f9, 0x3ff), -ENOENT);
	ck_assert_int_eq(del(&bus, 0x3f8, 0x40f), -ENOENT);
	ck_assert_int_eq(del(&bus, 0x3f8, 0x3ff), 0);
	ck_assert_ptr_null(at(bus, 0x3f8, 1));
	ck_assert_ptr_eq(at(bus, 0x400, 1), &dev[2]);
	ck_assert_ptr_eq(at(bus, 0x3f7, 1), &dev[3]);
	free(bus);
}
END_TEST

START_TEST(test_top)
{
	struct axvm_bus *bus = NULL;

	ck_assert_int_eq(add(&bus, ~0ull - 7, ~0ull, &dev[0]), 0);
	ck_assert_int_eq(add(&bus, 0, 0, &dev[1]), 0);
	ck_assert_ptr_eq(at(bus, ~0ull, 1), &dev[0]);
	ck_assert_ptr_eq(at(bus, ~0ull - 7, 8), &dev[0]);
	/* an access that wraps to address 0 belongs to nobody */
	ck_assert_ptr_null(at(bus, ~0ull, 2));
	ck_assert_ptr_null(at(bus, ~0ull - 3, 8));
	ck_assert_ptr_eq(at(bus, 0, 1), &dev[1]);
	ck_assert_int_eq(add(&bus, ~0ull, ~0ull, dev), -EEXIST);
	ck_assert_int_eq(del(&bus, ~0ull - 7, ~0ull), 0);
	ck_assert_int_eq(add(&bus, 1, ~0ull, &dev[2]), 0);
	ck_assert_ptr_eq(at(bus, ~0ull, 1), &dev[2]);
	free(bus);
}
END_TEST

#define SPACE 64

/* With a hint that may mean anything, then with the one that came of it. */
static void *near(const struct axvm_bus *bus, u64 addr, unsigned int bytes)
{
	unsigned int hint = rand() % 16;
	const struct axvm_bus_range *r, *again;

	r = axvm_bus_find_near(bus, addr, bytes, &hint);
	again = axvm_bus_find_near(bus, addr, bytes, &hint);
	ck_assert_ptr_eq(r, again);
	ck_assert(!r || r == &bus->range[hint]);
	return r ? r->value : NULL;
}

static void compare(const struct axvm_bus *bus, void *const *model)
{
	unsigned int a, n;

	for (a = 0; a < SPACE; a++)
		for (n = 1; n <= 8 && a + n <= SPACE; n++) {
			void *want = model[a];
			unsigned int i;
			bool any = false;

			for (i = a; i < a + n; i++) {
				any |= model[i] != NULL;
				if (model[i] != model[a])
					want = NULL;
			}
			ck_assert_ptr_eq(at(bus, a, n), want);
			ck_assert_ptr_eq(near(bus, a, n), want);
			ck_assert(axvm_bus_overlaps(bus, a, a + n - 1) == any);
		}
}

static bool sorted(const struct axvm_bus *bus)
{
	unsigned int i;

	for (i = 1; bus && i < bus->n; i++)
		if (bus->range[i - 1].last >= bus->range[i].start)
			return false;
	return true;
}

START_TEST(test_model)
{
	static char id[4096];
	struct axvm_bus *bus = NULL;
	void *model[SPACE] = {};
	unsigned int round;

	srand(_i);
	for (round = 0; round < 400; round++) {
		unsigned int a = rand() % SPACE, b, i;
		bool free_range = true;

		if (rand() % 3 == 0 && model[a]) {
			void *value = model[a];

			for (; a > 0 && model[a - 1] == value; a--)
				;
			for (b = a; b + 1 < SPACE && model[b + 1] == value; b++)
				;
			ck_assert_int_eq(del(&bus, a, b), 0);
			for (i = a; i <= b; i++)
				model[i] = NULL;
		} else {
			b = a + rand() % 6;
			if (b >= SPACE)
				b = SPACE - 1;
			for (i = a; i <= b; i++)
				free_range &= !model[i];
			ck_assert_int_eq(add(&bus, a, b, &id[round]),
					 free_range ? 0 : -EEXIST);
			for (i = a; free_range && i <= b; i++)
				model[i] = &id[round];
		}
		ck_assert(sorted(bus));
		if (round % 20 == 0)
			compare(bus, model);
	}
	compare(bus, model);
	free(bus);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bus");
	TCase *tcase = tcase_create("bus");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_empty);
	tcase_add_test(tcase, test_edges);
	tcase_add_test(tcase, test_top);
	tcase_add_loop_test(tcase, test_model, 0, 16);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
