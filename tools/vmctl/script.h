/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talking to a console from a script: send a text, wait for a pattern.
 */
#ifndef VMCTL_SCRIPT_H
#define VMCTL_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct vm;

/**
 * struct script - one exchange
 * @send: what the guest is sent, with C's escapes (\n, \r, \t, \xHH, \e), or
 *	NULL
 * @expect: extended regular expression that ends it well, or NULL
 * @log: file that takes all output, or NULL
 * @timeout_ns: how long @expect may take; 0: for ever
 */
struct script {
	const char *send, *expect, *log;
	uint64_t timeout_ns;
};

/**
 * script_run() - send, then print output until the pattern is there
 * @console: descriptor of the console
 *
 * Says what is wrong.  Return: 0 the pattern came (or was not asked for),
 * VMCTL_TIMEOUT, VMCTL_DESTROYED, VMCTL_STATE the VM stopped without it.
 */
int script_run(const struct vm *vm, int console, const struct script *s);

/**
 * script_plain() - output as a pattern sees it: without carriage returns and
 * escape sequences of terminals, NUL bytes as blanks
 * @state: of the sequence that the text before ended in; 0 at first
 * @out: as long as @in
 * Return: bytes.
 */
size_t script_plain(int *state, const char *in, size_t n, char *out);

/**
 * script_unescape() - C's escapes into bytes
 * @text: as typed
 * @out: as long as @text
 * Return: bytes, or -EINVAL.
 */
int script_unescape(const char *text, char *out);

#endif /* VMCTL_SCRIPT_H */
