/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the kernel's memory grow?  Counts slab objects per cache and pages.
 */
#ifndef SELFTEST_LEAKS_H
#define SELFTEST_LEAKS_H

#include <stdbool.h>

#define LEAK_CACHES 512

/**
 * struct leak_mark - what the kernel holds at one moment
 * @caches: entries of @name and @objects
 * @free_kb: memory that is free, or could be at once
 * @slab_kb: unreclaimable slab
 */
struct leak_mark {
	unsigned int caches;
	char name[LEAK_CACHES][32];
	long objects[LEAK_CACHES];
	long free_kb;
	long slab_kb;
	long stack_kb;
	long vmalloc_kb;
};

/** Does this kernel hold freed memory back on purpose? */
bool leak_hidden(void);

/** False when the numbers cannot be had (not root). */
bool leak_mark(struct leak_mark *mark);

/**
 * leak_check() - fail the test for what grew between two marks
 * @cycles: a cache that grew by half as many objects leaks
 */
void leak_check(const struct leak_mark *a, const struct leak_mark *b,
		unsigned int cycles);

#endif /* SELFTEST_LEAKS_H */
