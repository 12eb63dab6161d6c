// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of module/lib/imap.c: edges by hand, and random operations against a
 * model that keeps one owner per address.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "module/lib/imap.h"

#define TOP (~0ull)

static int owner[8];

/* Exact size: the address sanitizer sees a write past the end. */
static struct axvm_imap map_new(unsigned int cap)
{
	struct axvm_imap m = { .cap = cap };

	m.v = malloc(cap * sizeof(*m.v));
	memset(m.v, 0xa5, cap * sizeof(*m.v));
	return m;
}

static void *at(const struct axvm_imap *m, u64 addr)
{
	struct axvm_interval *v = axvm_imap_find(m, addr);

	return v ? v->value : NULL;
}

START_TEST(test_empty)
{
	struct axvm_imap m = {};

	ck_assert_ptr_null(axvm_imap_find(&m, 0));
	ck_assert_ptr_null(axvm_imap_find(&m, TOP));
	ck_assert_ptr_null(axvm_imap_overlap(&m, 0, TOP));
	ck_assert_ptr_null(axvm_imap_at_or_after(&m, 0));
	ck_assert_int_eq(axvm_imap_remove(&m, 0, 0), -ENOENT);
	ck_assert_int_eq(axvm_imap_insert(&m, 0, 0, owner), -ENOSPC);
	ck_assert_int_eq(axvm_imap_insert(&m, 1, 0, owner), -EINVAL);
	ck_assert_uint_eq(m.n, 0);
}
END_TEST

START_TEST(test_edges)
{
	struct axvm_imap m = map_new(3);

	ck_assert_int_eq(axvm_imap_insert(&m, 10, 19, &owner[0]), 0);
	ck_assert_int_eq(axvm_imap_insert(&m, 30, 39, &owner[1]), 0);
	/* every way to overlap, and no change by trying */
	ck_assert_int_eq(axvm_imap_insert(&m, 19, 20, &owner[2]), -EEXIST);
	ck_assert_int_eq(axvm_imap_insert(&m, 5, 10, &owner[2]), -EEXIST);
	ck_assert_int_eq(axvm_imap_insert(&m, 12, 15, &owner[2]), -EEXIST);
	ck_assert_int_eq(axvm_imap_insert(&m, 0, TOP, &owner[2]), -EEXIST);
	ck_assert_int_eq(axvm_imap_insert(&m, 20, 30, &owner[2]), -EEXIST);
	ck_assert_uint_eq(m.n, 2);
	/* the gap, exactly */
	ck_assert_int_eq(axvm_imap_insert(&m, 20, 29, &owner[2]), 0);
	ck_assert_int_eq(axvm_imap_insert(&m, 50, 50, &owner[3]), -ENOSPC);

	ck_assert_ptr_null(at(&m, 9));
	ck_assert_ptr_eq(at(&m, 10), &owner[0]);
	ck_assert_ptr_eq(at(&m, 19), &owner[0]);
	ck_assert_ptr_eq(at(&m, 20), &owner[2]);
	ck_assert_ptr_eq(at(&m, 39), &owner[1]);
	ck_assert_ptr_null(at(&m, 40));

	ck_assert_ptr_eq(axvm_imap_overlap(&m, 0, 10)->value, &owner[0]);
	ck_assert_ptr_null(axvm_imap_overlap(&m, 0, 9));
	ck_assert_ptr_eq(axvm_imap_overlap(&m, 15, 35)->value, &owner[0]);
	ck_assert_ptr_null(axvm_imap_overlap(&m, 40, TOP));

	ck_assert_ptr_eq(axvm_imap_at_or_after(&m, 0)->value, &owner[0]);
	ck_assert_ptr_eq(axvm_imap_at_or_after(&m, 10)->value, &owner[0]);
	ck_assert_ptr_eq(axvm_imap_at_or_after(&m, 11)->value, &owner[2]);
	ck_assert_ptr_eq(axvm_imap_at_or_after(&m, 30)->value, &owner[1]);
	ck_assert_ptr_null(axvm_imap_at_or_after(&m, 31));

	/* only exactly what was put in comes out */
	ck_assert_int_eq(axvm_imap_remove(&m, 20, 28), -ENOENT);
	ck_assert_int_eq(axvm_imap_remove(&m, 21, 29), -ENOENT);
	ck_assert_int_eq(axvm_imap_remove(&m, 10, 29), -ENOENT);
	ck_assert_int_eq(axvm_imap_remove(&m, 20, 29), 0);
	ck_assert_ptr_null(at(&m, 25));
	ck_assert_ptr_eq(at(&m, 35), &owner[1]);
	ck_assert_uint_eq(m.n, 2);
	free(m.v);
}
END_TEST

START_TEST(test_top)
{
	struct axvm_imap m = map_new(2);

	ck_assert_int_eq(axvm_imap_insert(&m, TOP - 4095, TOP, &owner[0]), 0);
	ck_assert_int_eq(axvm_imap_insert(&m, TOP, TOP, &owner[1]), -EEXIST);
	ck_assert_int_eq(axvm_imap_insert(&m, 0, TOP - 4096, &owner[1]), 0);
	ck_assert_ptr_eq(at(&m, TOP), &owner[0]);
	ck_assert_ptr_eq(at(&m, TOP - 4096), &owner[1]);
	ck_assert_ptr_null(axvm_imap_at_or_after(&m, TOP));
	ck_assert_int_eq(axvm_imap_remove(&m, TOP - 4095, TOP), 0);
	ck_assert_ptr_null(at(&m, TOP));
	free(m.v);
}
END_TEST

/* ---- random operations against one owner per address --------------------- */

#define SPACE 96
#define CAP 12

struct model {
	void *owner[SPACE]; /* of each address */
	unsigned int n;
};

static bool model_free(const struct model *w, u64 start, u64 last)
{
	for (; start <= last; start++)
		if (w->owner[start])
			return false;
	return true;
}

/* Is [start, last] exactly one interval?  Owners are unique while in. */
static bool model_exact(const struct model *w, u64 start, u64 last)
{
	void *o = w->owner[start];
	u64 i;

	if (!o || (start && w->owner[start - 1] == o) ||
	    (last + 1 < SPACE && w->owner[last + 1] == o))
		return false;
	for (i = start; i <= last; i++)
		if (w->owner[i] != o)
			return false;
	return true;
}

static void model_set(struct model *w, u64 start, u64 last, void *o)
{
	for (; start <= last; start++)
		w->owner[start] = o;
	w->n += o ? 1 : -1;
}

static void compare(const struct axvm_imap *m, const struct model *w)
{
	unsigned int i;
	u64 a, b;

	ck_assert_uint_eq(m->n, w->n);
	for (i = 1; i < m->n; i++)
		ck_assert(m->v[i - 1].last < m->v[i].start);
	for (a = 0; a < SPACE; a++) {
		void *next = NULL;
		struct axvm_interval *v;

		ck_assert_ptr_eq(at(m, a), w->owner[a]);
		for (b = a; b < SPACE && !next; b++)
			if (w->owner[b] &&
			    (!b || w->owner[b - 1] != w->owner[b]))
				next = w->owner[b];
		v = axvm_imap_at_or_after(m, a);
		ck_assert_ptr_eq(v ? v->value : NULL, next);
	}
	a = rand() % SPACE;
	b = a + rand() % (SPACE - a);
	ck_assert_int_eq(!axvm_imap_overlap(m, a, b), model_free(w, a, b));
}

START_TEST(test_model)
{
	static char names[4096];
	struct axvm_imap m = map_new(CAP);
	struct model w = {};
	unsigned int i, added = 0;

	srand(_i + 1);
	for (i = 0; i < 500; i++) {
		u64 start = rand() % SPACE;
		u64 last = start + rand() % min(SPACE - start, 12ull);
		int err, want;

		if (rand() % 2) {
			want = !model_free(&w, start, last) ? -EEXIST :
			       w.n == CAP		    ? -ENOSPC :
							      0;
			err = axvm_imap_insert(&m, start, last, &names[i]);
			if (!want)
				model_set(&w, start, last, &names[i]);
			added += !want;
		} else {
			if (m.n && rand() % 4) { /* mostly one that is there */
				unsigned int j = rand() % m.n;

				start = m.v[j].start;
				last = m.v[min(j + !(rand() % 4), m.n - 1)].last;
			}
			want = model_exact(&w, start, last) ? 0 : -ENOENT;
			err = axvm_imap_remove(&m, start, last);
			if (!want)
				model_set(&w, start, last, NULL);
		}
		ck_assert_int_eq(err, want);
		compare(&m, &w);
	}
	ck_assert_uint_gt(added, 100);
	free(m.v);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("imap");
	TCase *tcase = tcase_create("imap");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_empty);
	tcase_add_test(tcase, test_edges);
	tcase_add_test(tcase, test_top);
	tcase_add_loop_test(tcase, test_model, 0, 8);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
