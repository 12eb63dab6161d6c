// SPDX-License-Identifier: GPL-2.0
/*
 * A second process beside `vmctl gdb` that does nothing but wait for its death:
 * if that comes so suddenly that breakpoints are left in the guest, it takes
 * them away and lets the VM go on.  Both see the session in shared memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gdb_guard.h"

static void guard(struct gdb *g, int death)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t all;
	char c;

	/* What ends the other is none of our business: its end is. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	while (read(death, &c, 1) < 0 && errno == EINTR)
		;
	/* These point into memory that was never ours. */
	g->xml = NULL;
	g->threads = NULL;
	gdb_close(g);
	_exit(0);
}

struct gdb *gdb_guard_begin(struct gdb_guard *guarded)
{
	struct gdb *g = mmap(NULL, sizeof(*g), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int death[2];

	if (g == MAP_FAILED)
		return NULL;
	/* As good as over: nothing to be done about it. */
	g->phase = GDB_OVER;
	if (pipe2(death, O_CLOEXEC)) {
		munmap(g, sizeof(*g));
		return NULL;
	}
	guarded->pid = fork();
	if (!guarded->pid) {
		close(death[1]);
		guard(g, death[0]);
	}
	close(death[0]);
	guarded->alive = death[1];
	return g;
}

void gdb_guard_end(struct gdb_guard *guarded, struct gdb *g)
{
	close(guarded->alive);
	if (guarded->pid > 0) {
		while (waitpid(guarded->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	munmap(g, sizeof(*g));
}
