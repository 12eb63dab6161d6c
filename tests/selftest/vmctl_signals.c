// SPDX-License-Identifier: GPL-2.0
/*
 * Every command of vmctl that takes its time, interrupted at random points by
 * SIGINT, and with the terminal closed under it: it ends with a documented
 * status, the terminal is as it was, the VM whole or gone, and the kernel holds
 * nothing more than before.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/selftest/tty.h"

#define CONFIG "/tmp/vmctl_signals.toml"
#define DIR "/tmp/vmctl_signals.d"
#define CORE DIR "/core"
#define IMAGE DIR "/image"
#define POINTS 2
#define POINT_MOST 600 /* ms */

/** struct row - a command; @torn: it makes a VM of this name, whole or not */
static const struct row {
	const char *command;
	bool torn;
} rows[] = {
	{ "run -n torn " CONFIG, true },
	{ "create -n torn " CONFIG, true },
	{ "console sig" },
	{ "wait sig --state suspended" },
	{ "exits --follow sig" },
	{ "stats --watch --interval 20ms sig" },
	{ "top --interval 20ms" },
	{ "dump sig " CORE },
	{ "gdb sig --unix " DIR "/socket" },
	{ "test " DIR "/guests" },
	{ "load sig " IMAGE " --at 0x100000000" },
	{ "stop sig --timeout 100" },
	{ "restart --force sig" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static long longest_ms = 50;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* A status that `vmctl help exit-codes` has, or the end by @sig. */
static bool documented(int status, int sig)
{
	return (status >= 0 && status < 30) || status == 128 + sig;
}

/* The VM is as it was before the command, or is made so; false: it is torn. */
static bool settle(const struct row *r)
{
	if (r->torn) {
		if (shell("vmctl list -H | grep -q '	torn	'"))
			return true;
		return !strncmp(r->command, "create", 6) &&
		       !shell("vmctl start torn && vmctl destroy torn");
	}
	if (shell("vmctl list -H | grep -q '	sig	\\(running\\|stopped\\|created\\)	'"))
		return false;
	return !shell("vmctl list -H | grep -q '	sig	running	' || "
		      "vmctl start sig");
}

/* What a command leaves behind is swept up by the kernel at its end. */
static bool only_one_vm(void)
{
	for (int i = 0; i < TTY_LONG_MS / 100; i++) {
		if (!shell("[ \"$(vmctl list -H | wc -l)\" = 1 ]"))
			return true;
		pause_ms(100);
	}
	return false;
}

static void interrupt(const struct row *r, unsigned int point)
{
	long ms = random() % longest_ms;
	char command[200];
	bool good, tidy;
	struct tty t;
	int status;

	snprintf(command, sizeof(command), "exec vmctl %s", r->command);
	tty_open(&t, "vt100", command);
	pause_ms(ms);
	kill(t.pid, SIGINT);
	status = tty_end(&t, TTY_LONG_MS);
	good = documented(status, SIGINT);
	tidy = tty_as_before(&t);
	tty_close(&t);
	ok(good && tidy && settle(r) && only_one_vm(),
	   "interrupted %u: %s # after %ld ms: status %d%s", point, r->command,
	   ms, status, tidy ? "" : ", terminal changed");
}

static void close_terminal(const struct row *r)
{
	long ms = random() % longest_ms;
	char command[200];
	struct tty t;
	int status;

	snprintf(command, sizeof(command), "exec vmctl %s", r->command);
	tty_open(&t, "vt100", command);
	pause_ms(ms);
	tty_close(&t);
	status = tty_end(&t, TTY_LONG_MS);
	ok(documented(status, SIGHUP) && settle(r) && only_one_vm(),
	   "terminal closed: %s # after %ld ms: status %d", r->command, ms,
	   status);
}

/* As nohup does it: no signal tells of it, output fails. */
static void close_silently(const char *command)
{
	char line[200];
	struct tty t;
	int status;

	snprintf(line, sizeof(line), "trap '' HUP; exec vmctl %s", command);
	tty_open(&t, "vt100", line);
	pause_ms(longest_ms);
	tty_close(&t);
	status = tty_end(&t, TTY_LONG_MS);
	ok(documented(status, SIGHUP), "no terminal, no signal: %s # status %d",
	   command, status);
}

static bool prepare(void)
{
	long start;

	if (!tty_config(CONFIG, "sig") ||
	    shell("mkdir -p " DIR "/guests && "
		  "case $(uname -m) in x86_64) at=0x8000 ;; "
		  "*) at=0x40080000 ;; esac && "
		  "printf '[boot]\\nkernel = \"/root/guest/counter.bin\"\\n"
		  "kernel_at = %%s\\n[test]\\ntimeout = \"100s\"\\n' $at >" DIR
		  "/guests/loop.toml") ||
	    shell("vmctl create -n sig " CONFIG
		  " && vmctl map sig 0x100000000 32M && vmctl start sig && "
		  "dd if=/dev/zero of=" IMAGE " bs=1M count=24 2>/dev/null"))
		return false;
	/* How long does it take at all? Twice that is every point of it. */
	start = now_ms();
	shell("vmctl dump --live sig " CORE " 2>/dev/null");
	longest_ms = 20 + 2 * (now_ms() - start);
	if (longest_ms > POINT_MOST)
		longest_ms = POINT_MOST;
	return true;
}

static int references(void)
{
	FILE *f = fopen("/sys/module/axvm/refcnt", "re");
	int n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* What a process held is given back a moment after its end. */
static bool references_are(int n)
{
	for (int i = 0; i < TTY_LONG_MS / 100; i++) {
		if (references() == n)
			return true;
		pause_ms(100);
	}
	return false;
}

int main(void)
{
	unsigned int seed = (unsigned int)(time(NULL) ^ getpid());
	int before = references();

	if (!prepare()) {
		puts("1..0 # SKIP no /dev/axvm, no vmctl or no guest");
		return 4;
	}
	puts("KTAP version 1");
	printf("# seed %u, points up to %ld ms\n", seed, longest_ms);
	srandom(seed);
	for (size_t i = 0; i < ROWS; i++) {
		for (unsigned int k = 0; k < POINTS; k++)
			interrupt(&rows[i], k + 1);
		close_terminal(&rows[i]);
	}
	close_silently("stats --watch --interval 20ms sig");
	close_silently("top --interval 20ms");
	close_silently("console sig");
	close_silently("run -n torn " CONFIG);
	ok(only_one_vm(), "no VM is left of all that");
	ok(!shell("vmctl destroy sig"), "nor one in the end");
	ok(references_are(before), "nothing holds the module");
	ok(shell("ps | grep -q '[[]axvm[0-9]'"), "no thread of a vCPU is left");
	shell("rm -rf " DIR " " CONFIG);
	return ok_end();
}
