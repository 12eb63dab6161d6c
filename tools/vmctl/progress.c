// SPDX-License-Identifier: GPL-2.0
/*
 * How far long work is.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "num.h"
#include "progress.h"
#include "stats.h"
#include "vmctl.h"

#define FIRST_NS 500000000ull /* what is done by then needs no line */
#define EVERY_NS 100000000ull

static struct {
	const char *what;
	uint64_t total, next_ns;
	bool on, shown;
} p;

bool progress_wanted(void)
{
	const char *term = getenv("TERM");

	return !opt_quiet && isatty(STDERR_FILENO) &&
	       !(term && !strcmp(term, "dumb"));
}

void progress_begin(const char *what, uint64_t total)
{
	progress_end();
	p.on = total && progress_wanted();
	p.what = what;
	p.total = total;
	if (p.on)
		p.next_ns = stats_now() + FIRST_NS;
}

void progress_at(uint64_t done)
{
	char buf[16], all[16];
	uint64_t now;

	if (!p.on)
		return;
	now = stats_now();
	if (now < p.next_ns)
		return;
	p.next_ns = now + EVERY_NS;
	p.shown = true;
	fprintf(stderr, "\r%s: %s of %s (%u%%)\033[K", p.what,
		num_bytes(done, buf), num_bytes(p.total, all),
		(unsigned int)((double)done * 100 / (double)p.total));
	fflush(stderr);
}

void progress_end(void)
{
	if (p.shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	p.on = p.shown = false;
}
