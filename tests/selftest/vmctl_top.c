// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl top as a person sees it: the screen, its keys, another size of the
 * terminal, VMs that come and go, and the terminal as it was whatever ends it.
 * Progress of long work, which is for people's eyes, too.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/selftest/tty.h"

#define CONFIG "/tmp/vmctl_top.toml"
#define CORE "/tmp/vmctl_top.core"
#define TOP "exec vmctl top --interval 200ms"
#define CTRL_C "\x03"
#define CTRL_L "\x0c" /* all of the screen once more */
#define ENTER_SCREEN "\033[?1049h"
#define LEAVE_SCREEN "\033[?1049l"

/* Type @keys, draw everything again, and wait for @text. */
static bool shows(struct tty *t, const char *keys, const char *text)
{
	tty_forget(t);
	tty_type(t, keys);
	tty_type(t, CTRL_L);
	return tty_expect(t, text, TTY_LONG_MS);
}

static void resize(struct tty *t, unsigned short rows, unsigned short cols)
{
	const struct winsize size = { .ws_row = rows, .ws_col = cols };

	tty_forget(t);
	ioctl(t->master, TIOCSWINSZ, &size);
}

static void test_screen(void)
{
	struct tty t;

	tty_open(&t, "xterm", TOP);
	ok(tty_expect(&t, "RESIDENT", TTY_LONG_MS), "headings");
	ok(strstr(t.seen, ENTER_SCREEN), "on a screen of its own");
	ok(tty_until_keys(&t), "keys come one by one, without an echo");
	ok(shows(&t, "", "toptest"), "the VM's name");
	ok(shows(&t, "", "running"), "its state");
	ok(shows(&t, "", "q quit"), "what keys there are");
	ok(shows(&t, "n", "by name"), "n: in the order of names");
	ok(shows(&t, "e", "by exits"), "e: of exits");
	ok(shows(&t, "m", "by memory"), "m: of memory");
	ok(shows(&t, "c", "by cpu"), "c: of CPU time");
	ok(shows(&t, "r", "reversed"), "r: the other way round");
	ok(shows(&t, "v", "vCPU 0"), "v: vCPUs");
	ok(shows(&t, "h", "scroll"), "h: help");
	ok(shows(&t, "h", "toptest"), "h: and back");
	ok(!shell("vmctl create -n second " CONFIG) && shows(&t, "", "second"),
	   "a VM that comes is shown");
	ok(!shell("vmctl destroy second") && shows(&t, "", "1 VM,"),
	   "and no more when it is gone");
	/* The line of keys is the last one. */
	resize(&t, 40, 120);
	ok(tty_expect(&t, "\033[40", TTY_LONG_MS),
	   "another size of the terminal is seen");
	resize(&t, 2, 20);
	ok(shows(&t, "", "1 VM,"), "a tiny one is used as far as it goes");
	resize(&t, 24, 80);
	ok(shows(&t, "", "toptest"), "and a usual one again");
	tty_type(&t, "q");
	ok(tty_end(&t, TTY_LONG_MS) == 0, "q quits with status 0");
	tty_expect(&t, LEAVE_SCREEN, 1000);
	ok(strstr(t.seen, LEAVE_SCREEN), "the shell's screen is back");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

/* Whatever ends it, the terminal is as it was. */
static void test_ends(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct tty t;

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		tty_open(&t, "vt100", TOP);
		tty_until_keys(&t);
		tty_expect(&t, "RESIDENT", TTY_LONG_MS);
		kill(t.pid, signals[i]);
		ok(tty_end(&t, TTY_LONG_MS) == 128 + signals[i],
		   "signal %d ends it", signals[i]);
		ok(tty_as_before(&t), "the terminal is as before");
		tty_close(&t);
	}
	tty_open(&t, "vt100", TOP);
	tty_until_keys(&t);
	tty_expect(&t, "RESIDENT", TTY_LONG_MS);
	tty_type(&t, CTRL_C);
	ok(tty_end(&t, TTY_LONG_MS) == 128 + SIGINT, "Ctrl-C ends it");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
	tty_open(&t, "vt100", TOP);
	tty_until_keys(&t);
	tty_expect(&t, "RESIDENT", TTY_LONG_MS);
	tty_close(&t);
	ok(tty_end(&t, TTY_LONG_MS) == 128 + SIGHUP,
	   "the terminal's end ends it");
	tty_open(&t, "vt100", TOP " --count 3");
	ok(tty_end(&t, TTY_LONG_MS) == 0, "--count ends it");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

static void test_no_screen(void)
{
	struct tty t;

	tty_open(&t, "nosuchterm", TOP " --count 2");
	ok(tty_expect(&t, "tables instead of a screen", TTY_LONG_MS) &&
		   tty_expect(&t, "toptest", TTY_LONG_MS),
	   "an unknown terminal gets tables, and is told");
	ok(tty_end(&t, TTY_LONG_MS) == 0, "that ends, too");
	tty_close(&t);
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/*
 * Progress is shown of what takes more than half a second, which a fast machine
 * may not need: let it stand still for that long, whenever it is.
 */
static void test_progress(const char *what, const char *command)
{
	struct tty t;
	bool seen = false;
	int status;

	tty_open(&t, "vt100", command);
	for (int i = 0; i < 100 && !seen; i++) {
		pause_ms(20);
		kill(t.pid, SIGSTOP);
		pause_ms(600);
		kill(t.pid, SIGCONT);
		seen = tty_expect(&t, "%)", 20);
		if (waitpid(t.pid, &status, WNOHANG | WNOWAIT) == t.pid)
			break;
	}
	ok(seen || tty_expect(&t, "%)", 20), "progress of %s", what);
	ok(tty_end(&t, TTY_LONG_MS) == 0, "which ends well");
	ok(tty_as_before(&t), "the terminal is as before");
	tty_close(&t);
}

int main(void)
{
	if (!tty_config(CONFIG, "toptest")) {
		puts("1..0 # SKIP no /dev/axvm, no vmctl or no guest");
		return 4;
	}
	puts("KTAP version 1");
	ok(!shell("vmctl create " CONFIG " && vmctl start toptest"), "a VM");
	test_screen();
	test_ends();
	test_no_screen();
	ok(!shell("vmctl destroy toptest"), "destroy");
	ok(!shell("vmctl create " CONFIG
		  " && vmctl map toptest 0x100000000 256M"),
	   "a VM with more memory");
	test_progress("a dump", "exec vmctl dump toptest " CORE);
	ok(!shell("dd if=/dev/zero of=" CORE
		  " bs=1M count=1 seek=99 2>/dev/null"),
	   "an image");
	test_progress("loading an image",
		      "exec vmctl load toptest " CORE " --at 0x100000000");
	shell("vmctl destroy toptest");
	unlink(CORE);
	unlink(CONFIG);
	return ok_end();
}
