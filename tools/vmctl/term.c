// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal on stdin.
 */
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "term.h"

static struct termios saved;
static bool is_raw;

bool term_interactive(void)
{
	return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void term_raw(void)
{
	static bool registered;
	struct termios raw;

	if (is_raw || tcgetattr(STDIN_FILENO, &saved))
		return;
	if (!registered)
		registered = !atexit(term_restore);
	raw = saved;
	cfmakeraw(&raw);
	/* A guest that prints bare newlines is still readable. */
	raw.c_oflag |= OPOST | ONLCR;
	is_raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

void term_restore(void)
{
	if (!is_raw)
		return;
	is_raw = false;
	/* What was typed for the guest must not reach the shell. */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
}
