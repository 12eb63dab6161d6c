// SPDX-License-Identifier: GPL-2.0
/*
 * Talking to a console from a script: one thread, one poll() over console and
 * time; the VM is looked at now and then, because a guest that stopped says
 * nothing any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "script.h"
#include "stats.h"
#include "vmctl.h"

#define LOOK_MS 200 /* how often the VM's state is looked at */
#define KEEP 65536u /* the pattern is looked for in so much of the end */

/**
 * struct talk - one running exchange
 * @seen: the end of the output, NUL-terminated, as script_plain() leaves it
 * @escape: its state
 */
struct talk {
	const struct vm *vm;
	int console;
	FILE *log;
	bool wants;
	regex_t pattern;
	uint64_t deadline_ns;
	char *send;
	size_t send_at, send_n;
	char *seen;
	size_t n;
	int escape;
};

static void keep(struct talk *t, const char *raw, size_t n)
{
	char buf[4096];

	n = script_plain(&t->escape, raw, n, buf);
	if (t->n + n > KEEP) {
		size_t drop = t->n + n - KEEP;

		memmove(t->seen, t->seen + drop, t->n - drop);
		t->n -= drop;
	}
	memcpy(t->seen + t->n, buf, n);
	t->n += n;
	t->seen[t->n] = '\0';
}

/* All there is now; -errno when it is over, 1 when something came. */
static int take(struct talk *t)
{
	char buf[4096];
	ssize_t n = read(t->console, buf, sizeof(buf));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (!n)
		return -ENODEV;
	fwrite(buf, 1, (size_t)n, stdout);
	if (t->log)
		fwrite(buf, 1, (size_t)n, t->log);
	keep(t, buf, (size_t)n);
	return 1;
}

static bool matches(const struct talk *t)
{
	return t->wants && !regexec(&t->pattern, t->seen, 0, NULL, 0);
}

static void push(struct talk *t)
{
	ssize_t n =
		write(t->console, t->send + t->send_at, t->send_n - t->send_at);

	if (n > 0)
		t->send_at += (size_t)n;
}

static int over(const struct talk *t)
{
	struct axvm_vm_info info;
	int ret = vm_info(t->vm->fd, &info);

	if (ret)
		return err(VMCTL_DESTROYED, "VM '%s' was destroyed",
			   t->vm->name);
	if (info.state != AXVM_VM_STOPPED)
		return 0;
	return err(
		VMCTL_STATE,
		"VM '%s' has stopped (%s) without the text that was expected",
		t->vm->name, name_exit(info.stop_reason));
}

static int wait_ms(const struct talk *t)
{
	uint64_t now = stats_now(), left;

	if (!t->deadline_ns)
		return LOOK_MS;
	if (now >= t->deadline_ns)
		return 0;
	left = (t->deadline_ns - now + 999999) / 1000000;
	return left < LOOK_MS ? (int)left : LOOK_MS;
}

static int talk(struct talk *t)
{
	for (;;) {
		struct pollfd p = { t->console, POLLIN, 0 };
		int ret;

		if (t->send_at < t->send_n)
			p.events |= POLLOUT;
		else if (!t->wants)
			return 0;
		if (poll(&p, 1, wait_ms(t)) < 0 && errno != EINTR)
			return vmctl_failed(t->vm, "wait for the console of",
					    -errno);
		if (p.revents & POLLOUT)
			push(t);
		ret = take(t);
		if (ret > 0) {
			if (matches(t))
				return 0;
			continue;
		}
		fflush(stdout);
		ret = over(t);
		if (ret)
			return ret;
		if (t->deadline_ns && stats_now() >= t->deadline_ns)
			return err(
				VMCTL_TIMEOUT,
				"VM '%s': the time is up, and the text that was expected has not come",
				t->vm->name);
	}
}

static int prepare(struct talk *t, const struct script *s)
{
	char why[128];
	int n;

	if (s->send) {
		t->send = must(malloc(strlen(s->send) + 1));
		n = script_unescape(s->send, t->send);
		if (n < 0)
			return err(
				VMCTL_USAGE,
				"console: --send knows \\n, \\r, \\t, \\b, \\e, \\0, \\xHH, \\\\ and no other escapes");
		t->send_n = (size_t)n;
	}
	if (s->expect) {
		n = regcomp(&t->pattern, s->expect,
			    REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
		if (n) {
			regerror(n, &t->pattern, why, sizeof(why));
			return err(
				VMCTL_USAGE,
				"console: --expect '%s' is no regular expression: %s",
				s->expect, why);
		}
		t->wants = true;
	}
	if (s->log) {
		t->log = fopen(s->log, "ae");
		if (!t->log)
			return err(VMCTL_FAILED, "cannot open %s: %s", s->log,
				   err_text(errno));
	}
	return 0;
}

int script_run(const struct vm *vm, int console, const struct script *s)
{
	struct talk t = { .vm = vm, .console = console };
	int ret = prepare(&t, s);

	t.seen = must(calloc(1, KEEP + 1));
	if (s->timeout_ns &&
	    __builtin_add_overflow(stats_now(), s->timeout_ns, &t.deadline_ns))
		t.deadline_ns = 0;
	fcntl(console, F_SETFL, O_RDWR | O_NONBLOCK);
	if (!ret)
		ret = talk(&t);
	if (t.log && fclose(t.log) && !ret)
		ret = err(VMCTL_FAILED, "cannot write %s: %s", s->log,
			  err_text(errno));
	if (t.wants)
		regfree(&t.pattern);
	free(t.send);
	free(t.seen);
	return ret;
}
