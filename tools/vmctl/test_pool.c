// SPDX-License-Identifier: GPL-2.0
/*
 * Runs of tests, some at a time, each in a process of its own; results are
 * reported in order.  A signal, or an output that nobody takes, ends them all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach.h"
#include "stats.h"
#include "test.h"
#include "vmctl.h"

#define ROOM (sizeof(struct test_outcome) + TEST_TAIL)
#define GRACE_NS 60000000000ull /* for all but the guest's own time */

/** struct slot - a place for one process; @pid 0: free */
struct slot {
	pid_t pid;
	size_t job;
	int fd;
	size_t got;
	uint64_t until;
	char bytes[ROOM];
};

/** struct outcome - of a job that is over, until it is its turn */
struct outcome {
	bool done;
	struct test_outcome result;
	char *tail;
};

struct pool {
	struct test_pool *p;
	struct slot *slots;
	struct outcome *outcomes;
	size_t next, reported;
	bool stop; /* begin no more */
};

static int spawn(struct pool *pool, struct slot *s)
{
	const struct test_job *job = &pool->p->jobs[pool->next];
	pid_t parent = getpid();
	sigset_t none;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	fflush(stdout);
	s->pid = fork();
	if (s->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		s->pid = 0;
		return -errno;
	}
	if (!s->pid) {
		/* Its VM goes when it goes, and it goes when we go. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(VMCTL_FAILED);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		for (size_t i = 0; i < pool->p->parallel; i++) {
			if (&pool->slots[i] != s && pool->slots[i].pid)
				close(pool->slots[i].fd);
		}
		test_child(job, fds[1]);
	}
	close(fds[1]);
	s->fd = fds[0];
	s->got = 0;
	s->job = pool->next++;
	s->until = stats_now() + job->rule.timeout_ns + GRACE_NS;
	return 0;
}

/* The process is over, or must be. */
static void reap(struct pool *pool, struct slot *s, bool kill_it)
{
	struct outcome *o = &pool->outcomes[s->job];
	struct test_outcome *r = &o->result;
	int status = 0;

	if (kill_it)
		kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(s->fd);
	s->pid = 0;
	o->done = true;
	if (s->got >= sizeof(*r))
		memcpy(r, s->bytes, sizeof(*r));
	if (s->got < sizeof(*r) || s->got != sizeof(*r) + r->tail_n) {
		*r = (struct test_outcome){ .verdict = CFG_VERDICT_ERROR };
		snprintf(r->text, sizeof(r->text),
			 kill_it ? "the process that ran it hung" :
			 WIFSIGNALED(status) ?
				   "the process that ran it died of signal %d" :
				   "the process that ran it gave up (%d)",
			 WIFSIGNALED(status) ? WTERMSIG(status) :
					       WEXITSTATUS(status));
	}
	r->text[TEST_TEXT - 1] = '\0';
	o->tail = must(strndup(s->bytes + sizeof(*r), r->tail_n));
	if (pool->p->fail_fast &&
	    !test_is_ok(&pool->p->jobs[s->job].rule, r->verdict))
		pool->stop = true;
}

/* More of a result. */
static void take(struct pool *pool, struct slot *s)
{
	ssize_t n = read(s->fd, s->bytes + s->got, ROOM - s->got);

	if (n > 0)
		s->got += (size_t)n;
	else if (!n || errno != EINTR)
		reap(pool, s, false);
}

static void report(struct pool *pool)
{
	while (pool->reported < pool->p->n) {
		size_t i = pool->reported;
		struct outcome *o = &pool->outcomes[i];

		if (!o->done && (i < pool->next || !pool->stop))
			return;
		pool->p->report(i, &pool->p->jobs[i],
				o->done ? &o->result : NULL,
				o->tail ? o->tail : "");
		free(o->tail);
		o->tail = NULL;
		pool->reported++;
	}
}

static void kill_all(struct pool *pool)
{
	for (size_t i = 0; i < pool->p->parallel; i++) {
		if (pool->slots[i].pid)
			reap(pool, &pool->slots[i], true);
	}
	for (size_t i = 0; i < pool->p->n; i++) {
		free(pool->outcomes[i].tail);
		pool->outcomes[i].tail = NULL;
	}
}

/* Fill free places; how many are taken. */
static unsigned int fill(struct pool *pool)
{
	unsigned int busy = 0;

	for (size_t i = 0; i < pool->p->parallel; i++) {
		struct slot *s = &pool->slots[i];

		if (!s->pid && !pool->stop && pool->next < pool->p->n &&
		    spawn(pool, s)) {
			/* No process to be had: go on with those there are. */
			if (!busy)
				pool->stop = true;
			break;
		}
		busy += s->pid != 0;
	}
	return busy;
}

/* One look at all processes; a signal, or 0. */
static int look(struct pool *pool, int signals)
{
	unsigned int n = pool->p->parallel;
	struct pollfd p[n + 2];
	struct signalfd_siginfo si;

	p[n] = (struct pollfd){ signals, POLLIN, 0 };
	p[n + 1] = (struct pollfd){ STDOUT_FILENO, 0, 0 };
	for (unsigned int i = 0; i < n; i++)
		p[i] = (struct pollfd){ pool->slots[i].pid ? pool->slots[i].fd :
							     -1,
					POLLIN, 0 };
	if (poll(p, n + 2, 1000) < 0 && errno != EINTR)
		return SIGTERM;
	if (p[n].revents && read(signals, &si, sizeof(si)) == sizeof(si))
		return (int)si.ssi_signo;
	if (p[n + 1].revents & (POLLERR | POLLNVAL) || ferror(stdout))
		return SIGPIPE;
	for (unsigned int i = 0; i < n; i++) {
		struct slot *s = &pool->slots[i];

		if (s->pid && p[i].revents)
			take(pool, s);
		else if (s->pid && stats_now() > s->until)
			reap(pool, s, true);
	}
	return 0;
}

int test_pool_run(struct test_pool *p)
{
	struct pool pool = { .p = p };
	int signals, sig = 0;

	signals = attach_signals();
	if (signals < 0)
		return SIGTERM;
	pool.slots = must(calloc(p->parallel, sizeof(*pool.slots)));
	pool.outcomes = must(calloc(p->n + 1, sizeof(*pool.outcomes)));
	while (!sig && fill(&pool)) {
		sig = look(&pool, signals);
		if (!sig)
			report(&pool);
	}
	if (sig)
		kill_all(&pool);
	else
		report(&pool);
	free(pool.slots);
	free(pool.outcomes);
	return sig;
}
