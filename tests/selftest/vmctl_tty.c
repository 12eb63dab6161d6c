// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl on a terminal: run and console in a pty.  Ctrl-] detaches, Ctrl-C is
 * the guest's, and whatever ends them leaves the terminal as it was.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CTRL_BRACKET "\x1d"
#define CTRL_C "\x03"
#define CONFIG "/tmp/vmctl_tty.toml"
#define GUEST "/root/guest/counter.bin"

static unsigned int tests, bad;

static void ok(bool good, const char *text)
{
	printf("%sok %u %s\n", good ? "" : "not ", ++tests, text);
	bad += !good;
}

/* struct tty - a vmctl in a terminal */
struct tty {
	int master;
	pid_t pid;
	struct termios before;
	char seen[8192];
	size_t n;
};

static int shell(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void tty_open(struct tty *t, const char *command)
{
	memset(t, 0, sizeof(*t));
	fflush(stdout);
	t->pid = forkpty(&t->master, NULL, NULL, NULL);
	if (t->pid < 0) {
		printf("Bail out! forkpty: %s\n", strerror(errno));
		exit(1);
	}
	if (!t->pid) {
		/* Wait for a line, so that the terminal can be looked at first. */
		char go[8];

		if (read(0, go, sizeof(go)) > 0)
			execlp("sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	tcgetattr(t->master, &t->before);
	if (write(t->master, "\n", 1) != 1)
		perror("# write");
}

/* Read for @ms, or until @text is seen. */
static bool tty_expect(struct tty *t, const char *text, int ms)
{
	struct pollfd p = { t->master, POLLIN, 0 };

	while (!text || !strstr(t->seen, text)) {
		ssize_t n;

		if (poll(&p, 1, ms) <= 0)
			return false;
		n = read(t->master, t->seen + t->n, sizeof(t->seen) - 1 - t->n);
		if (n <= 0)
			return false;
		t->n += (size_t)n;
		t->seen[t->n] = '\0';
		if (t->n == sizeof(t->seen) - 1)
			t->n = 0;
	}
	return true;
}

static void tty_type(struct tty *t, const char *keys)
{
	if (write(t->master, keys, strlen(keys)) < 0)
		perror("# write");
}

static bool tty_is_raw(struct tty *t)
{
	struct termios now;

	return !tcgetattr(t->master, &now) &&
	       !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static bool tty_as_before(struct tty *t)
{
	struct termios now;

	return !tcgetattr(t->master, &now) &&
	       now.c_lflag == t->before.c_lflag &&
	       now.c_iflag == t->before.c_iflag &&
	       now.c_oflag == t->before.c_oflag;
}

/* Wait @ms for the end: exit status, 128 + signal, or -1: still there. */
static int tty_end(struct tty *t, int ms)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int status;

	for (int i = 0; i < ms / 10; i++) {
		if (waitpid(t->pid, &status, WNOHANG) == t->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   128 + WTERMSIG(status);
		tty_expect(t, NULL, 0);
		nanosleep(&tick, NULL);
	}
	printf("# seen: %s\n", t->seen);
	kill(t->pid, SIGKILL);
	waitpid(t->pid, &status, 0);
	return -1;
}

static void tty_close(struct tty *t)
{
	close(t->master);
}

static void test_run_detach(void)
{
	struct tty t;

	tty_open(&t, "exec vmctl run " CONFIG);
	ok(tty_expect(&t, "Ctrl-] detaches", 10000), "run says how to detach");
	tty_expect(&t, NULL, 200);
	ok(tty_is_raw(&t), "the terminal is raw");
	tty_type(&t, CTRL_C "some text");
	tty_expect(&t, NULL, 300);
	ok(waitpid(t.pid, NULL, WNOHANG) == 0, "Ctrl-C is the guest's");
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, 5000) == 16, "Ctrl-] detaches with status 16");
	ok(tty_as_before(&t), "the terminal is as before");
	ok(!shell("vmctl list -H | grep -q '	tty	running	'"),
	   "the VM goes on");
	tty_close(&t);
	ok(!shell("vmctl destroy tty"), "until it is destroyed");
}

static void test_run_signal(void)
{
	struct tty t;

	tty_open(&t, "exec vmctl run " CONFIG);
	tty_expect(&t, "Ctrl-] detaches", 10000);
	tty_expect(&t, NULL, 200);
	kill(t.pid, SIGINT);
	ok(tty_end(&t, 5000) == 128 + SIGINT, "SIGINT ends run");
	ok(tty_as_before(&t), "the terminal is as before");
	ok(shell("vmctl show tty >/dev/null 2>&1") == 3, "the VM is gone");
	tty_close(&t);
	tty_open(&t, "exec vmctl run " CONFIG);
	tty_expect(&t, "Ctrl-] detaches", 10000);
	tty_expect(&t, NULL, 200);
	tty_close(&t);
	ok(tty_end(&t, 5000) == 128 + SIGHUP, "the terminal's end ends run");
	ok(shell("vmctl show tty >/dev/null 2>&1") == 3, "the VM is gone");
}

static void test_run_timeout(void)
{
	struct tty t;

	tty_open(&t, "exec vmctl run --timeout 1 " CONFIG);
	ok(tty_end(&t, 10000) == 13, "a time limit ends run");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static void test_console(void)
{
	struct tty t;

	ok(!shell("vmctl create -n tty " CONFIG " && vmctl start tty"), "a VM");
	tty_open(&t, "exec vmctl console tty");
	ok(tty_expect(&t, "Ctrl-] detaches", 5000),
	   "console says how to detach");
	tty_expect(&t, NULL, 200);
	ok(tty_is_raw(&t), "the terminal is raw");
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, 5000) == 0, "Ctrl-] detaches with status 0");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
	tty_open(&t, "exec vmctl console tty");
	tty_expect(&t, "Ctrl-] detaches", 5000);
	tty_expect(&t, NULL, 200);
	/* More keys than any buffer holds: the guest reads none. */
	for (int i = 0; i < 40; i++) {
		char keys[257];

		memset(keys, 'x', 256);
		keys[256] = '\0';
		tty_type(&t, keys);
		tty_expect(&t, NULL, 10);
	}
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, 5000) == 0, "Ctrl-] works when the guest reads nothing");
	tty_close(&t);
	tty_open(&t, "exec vmctl console tty");
	tty_expect(&t, "Ctrl-] detaches", 5000);
	tty_expect(&t, NULL, 200);
	ok(!shell("vmctl destroy tty"), "destroyed from elsewhere");
	ok(tty_end(&t, 5000) == 14, "console says destroyed");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static void test_background(void)
{
	struct tty t;

	/* Not in front of the terminal: its keys and its mode are not ours. */
	tty_open(&t,
		 "set -m; vmctl run --timeout 1 " CONFIG " & wait $!; exit $?");
	ok(tty_end(&t, 10000) == 13,
	   "run in the background is not stopped by the terminal");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static bool write_config(void)
{
	FILE *f = fopen(CONFIG, "w");
	struct utsname uts;
	bool x86 = !uname(&uts) && !strcmp(uts.machine, "x86_64");

	if (!f)
		return false;
	fprintf(f,
		"[base]\nname = \"tty\"\n[kernel]\nentry_point = %s\n"
		"kernel_path = \"" GUEST "\"\nkernel_load_addr = %s\n"
		"memory_regions = [%s]\n",
		x86 ? "0x8000" : "0x40080000", x86 ? "0x8000" : "0x40080000",
		x86 ? "[0, 0x1000000]" : "[0x40000000, 0x1000000]");
	return !fclose(f);
}

int main(void)
{
	if (access("/dev/axvm", F_OK) || access(GUEST, R_OK) ||
	    system("vmctl version >/dev/null") || !write_config()) {
		puts("1..0 # SKIP no /dev/axvm, no vmctl or no " GUEST);
		return 4;
	}
	puts("KTAP version 1");
	setbuf(stdout, NULL);
	test_run_detach();
	test_run_signal();
	test_run_timeout();
	test_console();
	test_background();
	shell("vmctl destroy --if-exists tty");
	unlink(CONFIG);
	printf("1..%u\n", tests);
	return bad != 0;
}
