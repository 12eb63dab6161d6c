// SPDX-License-Identifier: GPL-2.0
/*
 * A command in a pseudo-terminal, as a person would see it.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/selftest/tty.h"

#define TICK_MS 10
#define GUEST "/root/guest/counter.bin"

static unsigned int tests, bad;

void ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u ", good ? "" : "not ", ++tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	bad += !good;
}

int ok_end(void)
{
	printf("1..%u\n", tests);
	return bad != 0;
}

int shell(const char *fmt, ...)
{
	char command[1024];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool tty_config(const char *path, const char *name)
{
	struct utsname uts;
	bool x86 = !uname(&uts) && !strcmp(uts.machine, "x86_64");
	FILE *f;

	if (access("/dev/axvm", F_OK) || access(GUEST, R_OK) ||
	    shell("vmctl version >/dev/null"))
		return false;
	f = fopen(path, "w");
	if (!f)
		return false;
	fprintf(f,
		"[base]\nname = \"%s\"\n[kernel]\nentry_point = %s\n"
		"kernel_path = \"" GUEST "\"\nkernel_load_addr = %s\n"
		"memory_regions = [%s]\n",
		name, x86 ? "0x8000" : "0x40080000",
		x86 ? "0x8000" : "0x40080000",
		x86 ? "[0, 0x1000000]" : "[0x40000000, 0x1000000]");
	return !fclose(f);
}

static void tick(void)
{
	const struct timespec t = { .tv_nsec = TICK_MS * 1000000l };

	nanosleep(&t, NULL);
}

void tty_open(struct tty *t, const char *term, const char *command)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	memset(t, 0, sizeof(*t));
	fflush(stdout);
	t->pid = forkpty(&t->master, NULL, NULL, &size);
	if (t->pid < 0) {
		puts("Bail out! forkpty");
		exit(1);
	}
	if (!t->pid) {
		/* Wait for a line, so that the terminal can be looked at first. */
		char go[8];

		setenv("TERM", term, 1);
		if (read(0, go, sizeof(go)) > 0)
			execlp("sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	tcgetattr(t->master, &t->before);
	if (write(t->master, "\n", 1) != 1)
		perror("# write");
}

void tty_close(struct tty *t)
{
	close(t->master);
}

/* Keep the younger half of what is there when it gets too much. */
static void make_room(struct tty *t)
{
	size_t half = sizeof(t->seen) / 2;

	if (t->n < sizeof(t->seen) - 1)
		return;
	memmove(t->seen, t->seen + half, t->n - half);
	t->n -= half;
}

bool tty_expect(struct tty *t, const char *text, int ms)
{
	struct pollfd p = { t->master, POLLIN, 0 };

	while (!text || !strstr(t->seen, text)) {
		ssize_t n;

		if (ms < 0 || poll(&p, 1, text ? TICK_MS : ms) < 0)
			return false;
		if (!text)
			ms = -1;
		else if (!p.revents)
			ms -= TICK_MS;
		if (!p.revents)
			continue;
		make_room(t);
		n = read(t->master, t->seen + t->n, sizeof(t->seen) - 1 - t->n);
		if (n <= 0)
			return false;
		/* A NUL would hide what follows. */
		for (ssize_t i = 0; i < n; i++) {
			if (!t->seen[t->n + (size_t)i])
				t->seen[t->n + (size_t)i] = ' ';
		}
		t->n += (size_t)n;
		t->seen[t->n] = '\0';
	}
	return true;
}

void tty_forget(struct tty *t)
{
	struct pollfd p = { t->master, POLLIN, 0 };

	while (poll(&p, 1, 0) > 0 && p.revents & POLLIN &&
	       read(t->master, t->seen, sizeof(t->seen)) > 0)
		;
	t->n = 0;
	t->seen[0] = '\0';
}

void tty_type(struct tty *t, const char *keys)
{
	if (write(t->master, keys, strlen(keys)) < 0)
		perror("# write");
}

static bool until_flags(struct tty *t, tcflag_t off, tcflag_t on)
{
	struct termios now;

	for (int ms = 0; ms < TTY_LONG_MS; ms += TICK_MS) {
		if (!tcgetattr(t->master, &now) && !(now.c_lflag & off) &&
		    (now.c_lflag & on) == on)
			return true;
		tty_expect(t, NULL, 0);
		tick();
	}
	return false;
}

bool tty_until_raw(struct tty *t)
{
	return until_flags(t, ICANON | ECHO | ISIG, 0);
}

bool tty_until_keys(struct tty *t)
{
	return until_flags(t, ICANON | ECHO, ISIG);
}

bool tty_as_before(struct tty *t)
{
	struct termios now;

	return !tcgetattr(t->master, &now) &&
	       now.c_lflag == t->before.c_lflag &&
	       now.c_iflag == t->before.c_iflag &&
	       now.c_oflag == t->before.c_oflag &&
	       now.c_cflag == t->before.c_cflag;
}

int tty_end(struct tty *t, int ms)
{
	int status;

	for (; ms > 0; ms -= TICK_MS) {
		if (waitpid(t->pid, &status, WNOHANG) == t->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   128 + WTERMSIG(status);
		tty_expect(t, NULL, 0);
		tick();
	}
	printf("# seen: %s\n", t->seen);
	kill(t->pid, SIGKILL);
	waitpid(t->pid, &status, 0);
	return -1;
}
