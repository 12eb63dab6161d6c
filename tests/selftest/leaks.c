// SPDX-License-Identifier: GPL-2.0
/*
 * Reads /proc/slabinfo and /proc/meminfo.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/leaks.h"

bool leak_hidden(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, " kasan_quarantine_put\n");
	if (f)
		fclose(f);
	return found;
}

/* Let deferred frees happen, and caches that may shrink do so. */
static void settle(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (fd >= 0 && write(fd, "3", 1) != 1)
			break;
		sleep_ms(150);
	}
	if (fd >= 0)
		close(fd);
}

static bool read_slabinfo(struct leak_mark *m)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	char line[256];

	if (!f)
		return false;
	m->caches = 0;
	while (m->caches < LEAK_CACHES && fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %ld", m->name[m->caches],
			   &m->objects[m->caches]) == 2)
			m->caches++;
	fclose(f);
	return m->caches > 0;
}

static bool read_meminfo(struct leak_mark *m)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128], key[64];
	long kb;

	if (!f)
		return false;
	m->free_kb = 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63[^:]: %ld", key, &kb) != 2)
			continue;
		if (!strcmp(key, "MemFree") || !strcmp(key, "Cached") ||
		    !strcmp(key, "Buffers") || !strcmp(key, "SReclaimable"))
			m->free_kb += kb;
		else if (!strcmp(key, "SUnreclaim"))
			m->slab_kb = kb;
		else if (!strcmp(key, "KernelStack"))
			m->stack_kb = kb;
		else if (!strcmp(key, "VmallocUsed"))
			m->vmalloc_kb = kb;
	}
	fclose(f);
	return true;
}

/* Free pages that CPUs keep at hand are not in MemFree. */
static bool read_zoneinfo(struct leak_mark *m)
{
	FILE *f = fopen("/proc/zoneinfo", "r");
	char line[128];
	long pages;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " count: %ld", &pages) == 1)
			m->free_kb += pages * (sysconf(_SC_PAGESIZE) / 1024);
	fclose(f);
	return true;
}

bool leak_mark(struct leak_mark *m)
{
	memset(m, 0, sizeof(*m));
	settle();
	return read_slabinfo(m) && read_meminfo(m) && read_zoneinfo(m);
}

static long objects_of(const struct leak_mark *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < m->caches; i++)
		if (!strcmp(m->name[i], name))
			return m->objects[i];
	return 0;
}

void leak_check(const struct leak_mark *a, const struct leak_mark *b,
		unsigned int cycles)
{
	long slab = b->slab_kb - a->slab_kb, used = a->free_kb - b->free_kb;
	unsigned int i;

	for (i = 0; i < b->caches; i++) {
		long grown = b->objects[i] - objects_of(a, b->name[i]);

		/* the kernel gathers unmapped areas to flush TLBs rarely */
		if (!strcmp(b->name[i], "vmap_area"))
			continue;
		if (grown >= (long)cycles / 2)
			test_fail(__FILE__, __LINE__,
				  "slab %s grew by %ld objects in %u cycles",
				  b->name[i], grown, cycles);
	}
	note("%u cycles: memory %+ld KiB, slab %+ld, stacks %+ld, vmalloc %+ld",
	     cycles, used, slab, b->stack_kb - a->stack_kb,
	     b->vmalloc_kb - a->vmalloc_kb);
	/* a page per four cycles, and some noise */
	CHECK(used < (long)cycles + 2048);
	CHECK(slab < (long)cycles / 4 + 512);
	CHECK(b->stack_kb - a->stack_kb < (long)cycles / 4 + 64);
	CHECK(b->vmalloc_kb - a->vmalloc_kb < (long)cycles / 4 + 256);
}
