/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command in a terminal of its own: what it prints, what is typed for it,
 * how the terminal is set, and how it ends.  And plain TAP lines.
 */
#ifndef SELFTEST_TTY_H
#define SELFTEST_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/** What is waited for comes by then, or never: for the slowest machine. */
#define TTY_LONG_MS 120000

/** ok() - a line of TAP; ok_end() - the plan; the program's exit status */
void ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int ok_end(void);

/** shell() - exit status of a shell command, -1 if it has none */
int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * tty_config() - write the configuration of a VM whose guest runs for ever
 * Return: false if VMs cannot be made here.
 */
bool tty_config(const char *path, const char *name);

/**
 * struct tty - a command in a terminal
 * @master: the terminal's other side
 * @pid: the command, leader of the terminal's session
 * @before: the terminal's settings before it began
 * @seen: what it has printed lately, @n bytes
 */
struct tty {
	int master;
	pid_t pid;
	struct termios before;
	char seen[16384];
	size_t n;
};

/** tty_open() - `sh -c @command` with TERM=@term in 24 lines of 80 */
void tty_open(struct tty *t, const char *term, const char *command);
void tty_close(struct tty *t);

/** tty_expect() - wait until @text has come, or for @ms if it is NULL */
bool tty_expect(struct tty *t, const char *text, int ms);
/** tty_forget() - expect what comes from now on only */
void tty_forget(struct tty *t);
void tty_type(struct tty *t, const char *keys);
/** tty_until_raw() - keys come one by one, without a meaning */
bool tty_until_raw(struct tty *t);
/** tty_until_keys() - keys come one by one, Ctrl-C keeps its meaning */
bool tty_until_keys(struct tty *t);
bool tty_as_before(struct tty *t);
/**
 * tty_end() - wait @ms for the end
 * Return: exit status, 128 + signal, or -1: still there (it is killed then).
 */
int tty_end(struct tty *t, int ms);

#endif /* SELFTEST_TTY_H */
