// SPDX-License-Identifier: GPL-2.0
/*
 * The console loop: one poll() over signals, the console, stdin, stdout and a
 * helper thread that sits in AXVM_VM_WAIT.  No direction ever blocks another:
 * a guest that reads no input, or a pipe that nobody empties, stops only its
 * own direction, and time limits and signals still count.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "attach.h"
#include "dev.h"
#include "term.h"
#include "vmctl.h"

#define BUFFER 4096u /* PIPE_BUF: what poll() promises a pipe takes */
#define DRAIN_MS 1000 /* how long a slow reader gets at the end */

/* Bytes on their way in one direction. */
struct pipe_buf {
	unsigned int at, n;
	char bytes[BUFFER];
};

/*
 * What the waiting thread shares with the loop.  It may outlive the loop (it
 * sits in the kernel until the VM changes), so it is never freed.
 */
struct watcher {
	int vm;
	int event;
	bool memory;
	enum attach_end end; /* written before @event is signalled */
};

struct loop {
	struct attach *a;
	struct pipe_buf in, out;
	struct watcher *watcher;
	bool keys; /* stdin is a terminal: Ctrl-] means us */
	bool out_tty; /* stdout is (was) a terminal */
	bool in_open; /* stdin may have more */
	bool console_open;
};

enum { FD_SIGNAL, FD_WATCH, FD_CONSOLE, FD_IN, FD_OUT, FD_COUNT };

static int signal_fd = -1;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int attach_prepare(void)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction old;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		/* What nohup or a shell told us to ignore stays ignored. */
		if (!sigaction(wanted[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaddset(&set, wanted[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd < 0 ? -errno : 0;
}

int attach_signals(void)
{
	int ret = attach_prepare();

	return ret ? ret : signal_fd;
}

void attach_die(int sig)
{
	sigset_t set;

	signal(sig, SIG_DFL);
	raise(sig);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + sig);
}

int attach_lost(const struct attach *a)
{
	if (a->error == EPIPE)
		return VMCTL_FAILED; /* as quiet as a death by SIGPIPE */
	return err(VMCTL_FAILED, "cannot write the output: %s",
		   err_text(a->error));
}

static void *watch(void *arg)
{
	struct watcher *w = arg;
	struct axvm_vm_wait wait;
	uint64_t one = 1;
	int ret;

	do {
		wait = (struct axvm_vm_wait){
			.timeout_ns = ~0ull,
			.states = 1u << AXVM_VM_STOPPED,
			.reasons = w->memory ? 1ull << AXVM_EXIT_MEMORY : 0,
		};
		ret = DEV_CALL(w->vm, AXVM_VM_WAIT, &wait);
	} while (ret == -EINTR);
	if (ret)
		w->end = ATTACH_GONE;
	else
		w->end = wait.state == AXVM_VM_STOPPED ? ATTACH_STOPPED :
							 ATTACH_MEMORY;
	if (write(w->event, &one, sizeof(one)) < 0)
		return NULL;
	return NULL;
}

static struct watcher *watch_start(struct attach *a)
{
	struct watcher *w = must(calloc(1, sizeof(*w)));
	pthread_t thread;

	w->vm = a->vm->fd;
	w->memory = a->memory;
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->event < 0 || pthread_create(&thread, NULL, watch, w)) {
		free(w);
		return NULL;
	}
	pthread_detach(thread);
	return w;
}

static void fill_polls(struct loop *l, struct pollfd *p)
{
	short console = 0;

	if (!l->out.n)
		console |= POLLIN;
	if (l->in.n)
		console |= POLLOUT;
	p[FD_SIGNAL] = (struct pollfd){ signal_fd, POLLIN, 0 };
	p[FD_WATCH] = (struct pollfd){ l->watcher->event, POLLIN, 0 };
	p[FD_CONSOLE] = (struct pollfd){
		console && l->console_open ? l->a->console : -1, console, 0
	};
	/* A terminal is read even when the guest is not: Ctrl-] must work. */
	p[FD_IN] =
		(struct pollfd){ l->in_open && (l->keys || !l->in.n) ? 0 : -1,
				 POLLIN, 0 };
	/* Always watched: a reader that went away is an error by itself. */
	p[FD_OUT] = (struct pollfd){ 1, l->out.n ? POLLOUT : 0, 0 };
}

/* From stdin; true when it was the key that detaches. */
static bool take_input(struct loop *l)
{
	char bytes[BUFFER];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	char *key;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0) {
		l->in_open = false;
		return false;
	}
	key = l->keys ? memchr(bytes, ATTACH_KEY, (size_t)n) : NULL;
	if (key)
		n = key - bytes;
	/* A terminal's keys are dropped when the guest reads none. */
	if (!l->in.n) {
		memcpy(l->in.bytes, bytes, (size_t)n);
		l->in.at = 0;
		l->in.n = (unsigned int)n;
	}
	return key != NULL;
}

static void push_input(struct loop *l)
{
	ssize_t n = write(l->a->console, l->in.bytes + l->in.at, l->in.n);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		n = l->in.n; /* the VM is gone: the watcher tells */
	l->in.at += (unsigned int)n;
	l->in.n -= (unsigned int)n;
}

static void take_output(struct loop *l)
{
	ssize_t n = read(l->a->console, l->out.bytes, sizeof(l->out.bytes));

	if (n > 0) {
		l->out.at = 0;
		l->out.n = (unsigned int)n;
	} else if (!n || (errno != EINTR && errno != EAGAIN)) {
		l->console_open = false;
	}
}

static bool push_output(struct loop *l)
{
	ssize_t n = write(STDOUT_FILENO, l->out.bytes + l->out.at, l->out.n);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n < 0) {
		l->a->error = errno;
		return false;
	}
	l->out.at += (unsigned int)n;
	l->out.n -= (unsigned int)n;
	return true;
}

/* What the guest printed before it ended, as far as anyone takes it. */
static void drain(struct loop *l)
{
	struct pollfd p = { STDOUT_FILENO, POLLOUT, 0 };

	for (;;) {
		if (!l->out.n && l->console_open)
			take_output(l);
		if (!l->out.n)
			return;
		if (poll(&p, 1, DRAIN_MS) <= 0 || !(p.revents & POLLOUT) ||
		    !push_output(l))
			return;
	}
}

static int timeout_ms(const struct attach *a)
{
	uint64_t now = now_ns();

	if (!a->deadline_ns)
		return -1;
	if (now >= a->deadline_ns)
		return 0;
	now = (a->deadline_ns - now + 999999) / 1000000;
	return now > 3600000 ? 3600000 : (int)now;
}

static bool timed_out(const struct attach *a)
{
	return a->deadline_ns && now_ns() >= a->deadline_ns;
}

/* A terminal that is gone comes with SIGHUP, sooner or later. */
static enum attach_end output_closed(struct loop *l, int error)
{
	l->a->error = error;
	if (!l->out_tty)
		return ATTACH_OUTPUT;
	l->a->signal = SIGHUP;
	return ATTACH_SIGNAL;
}

static enum attach_end carry(struct loop *l)
{
	struct pollfd p[FD_COUNT];
	struct signalfd_siginfo si;

	for (;;) {
		fill_polls(l, p);
		if (poll(p, FD_COUNT, timeout_ms(l->a)) < 0 && errno != EINTR)
			return ATTACH_GONE;
		if (p[FD_SIGNAL].revents &&
		    read(signal_fd, &si, sizeof(si)) == sizeof(si)) {
			l->a->signal = (int)si.ssi_signo;
			return ATTACH_SIGNAL;
		}
		if (p[FD_IN].revents && take_input(l))
			return ATTACH_DETACHED;
		if (p[FD_CONSOLE].revents & POLLOUT)
			push_input(l);
		if (p[FD_CONSOLE].revents & (POLLIN | POLLHUP | POLLERR) &&
		    !l->out.n)
			take_output(l);
		if (p[FD_OUT].revents & (POLLERR | POLLHUP | POLLNVAL))
			return output_closed(l, p[FD_OUT].revents & POLLNVAL ?
							EBADF :
							EPIPE);
		if (p[FD_OUT].revents & POLLOUT && l->out.n && !push_output(l))
			return output_closed(l, l->a->error);
		if (p[FD_WATCH].revents)
			return l->watcher->end;
		if (timed_out(l->a))
			return ATTACH_TIMEOUT;
	}
}

enum attach_end attach_run(struct attach *a)
{
	struct loop l = { .a = a, .in_open = true, .console_open = true };
	enum attach_end end;

	fcntl(a->console, F_SETFL, O_RDWR | O_NONBLOCK);
	l.watcher = watch_start(a);
	if (!l.watcher)
		return ATTACH_GONE;
	l.out_tty = isatty(STDOUT_FILENO);
	l.keys = term_interactive();
	if (isatty(STDIN_FILENO) && !l.keys)
		l.in_open =
			false; /* in the background: the keys are not ours */
	if (l.keys)
		term_raw();
	end = carry(&l);
	if (end != ATTACH_OUTPUT)
		drain(&l); /* may set a->error too */
	term_restore();
	return end;
}
