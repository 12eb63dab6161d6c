// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl on a terminal: run and console in a pty.  Ctrl-] detaches, Ctrl-C is
 * the guest's, and whatever ends them leaves the terminal as it was.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/selftest/tty.h"

#define CTRL_BRACKET "\x1d"
#define CTRL_C "\x03"
#define CONFIG "/tmp/vmctl_tty.toml"

static void test_run_detach(void)
{
	struct tty t;

	tty_open(&t, "vt100", "exec vmctl run " CONFIG);
	ok(tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS),
	   "run says how to detach");
	ok(tty_until_raw(&t), "the terminal is raw");
	tty_type(&t, CTRL_C "some text");
	tty_expect(&t, NULL, 300);
	ok(waitpid(t.pid, NULL, WNOHANG) == 0, "Ctrl-C is the guest's");
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, TTY_LONG_MS) == 16, "Ctrl-] detaches with status 16");
	ok(tty_as_before(&t), "the terminal is as before");
	ok(!shell("vmctl list -H | grep -q '	tty	running	'"),
	   "the VM goes on");
	tty_close(&t);
	ok(!shell("vmctl destroy tty"), "until it is destroyed");
}

static void test_run_signal(void)
{
	struct tty t;

	tty_open(&t, "vt100", "exec vmctl run " CONFIG);
	tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS);
	tty_until_raw(&t);
	kill(t.pid, SIGINT);
	ok(tty_end(&t, TTY_LONG_MS) == 128 + SIGINT, "SIGINT ends run");
	ok(tty_as_before(&t), "the terminal is as before");
	ok(shell("vmctl show tty >/dev/null 2>&1") == 3, "the VM is gone");
	tty_close(&t);
	tty_open(&t, "vt100", "exec vmctl run " CONFIG);
	tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS);
	tty_until_raw(&t);
	tty_close(&t);
	ok(tty_end(&t, TTY_LONG_MS) == 128 + SIGHUP,
	   "the terminal's end ends run");
	ok(shell("vmctl show tty >/dev/null 2>&1") == 3, "the VM is gone");
}

static void test_run_timeout(void)
{
	struct tty t;

	tty_open(&t, "vt100", "exec vmctl run --timeout 1 " CONFIG);
	ok(tty_end(&t, TTY_LONG_MS) == 13, "a time limit ends run");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static void test_console(void)
{
	struct tty t;

	ok(!shell("vmctl create -n tty " CONFIG " && vmctl start tty"), "a VM");
	tty_open(&t, "vt100", "exec vmctl console tty");
	ok(tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS),
	   "console says how to detach");
	ok(tty_until_raw(&t), "the terminal is raw");
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, TTY_LONG_MS) == 0, "Ctrl-] detaches with status 0");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
	tty_open(&t, "vt100", "exec vmctl console tty");
	tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS);
	tty_until_raw(&t);
	/* More keys than any buffer holds: the guest reads none. */
	for (int i = 0; i < 40; i++) {
		char keys[257];

		memset(keys, 'x', 256);
		keys[256] = '\0';
		tty_type(&t, keys);
		tty_expect(&t, NULL, 10);
	}
	tty_type(&t, CTRL_BRACKET);
	ok(tty_end(&t, TTY_LONG_MS) == 0,
	   "Ctrl-] works when the guest reads nothing");
	tty_close(&t);
	tty_open(&t, "vt100", "exec vmctl console tty");
	tty_expect(&t, "Ctrl-] detaches", TTY_LONG_MS);
	tty_until_raw(&t);
	ok(!shell("vmctl destroy tty"), "destroyed from elsewhere");
	ok(tty_end(&t, TTY_LONG_MS) == 14, "console says destroyed");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static void test_background(void)
{
	struct tty t;

	/* Not in front of the terminal: its keys and its mode are not ours. */
	tty_open(&t, "vt100",
		 "set -m; vmctl run --timeout 1 " CONFIG " & wait $!; exit $?");
	ok(tty_end(&t, TTY_LONG_MS) == 13,
	   "run in the background is not stopped by the terminal");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

int main(void)
{
	if (!tty_config(CONFIG, "tty")) {
		puts("1..0 # SKIP no /dev/axvm, no vmctl or no guest");
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
	return ok_end();
}
